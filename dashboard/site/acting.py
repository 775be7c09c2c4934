"""What readers do: ``POST /act/PAGE/NAME``, the one door by which a page changes anything (files come by the import).

A page lists its acts in ``ACTS``. The view stands in the query string as on the page itself, so the same rights are
checked: the page's, then the act's own (``access.ACTIONS``; an act that is not listed there is closed to everyone).
An act runs in one transaction with its audit row; one that is refused changes nothing and is recorded as refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from dash import html
from dash.development.base_component import Component
from flask import Flask, abort, g, jsonify, make_response, redirect, request
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.wrappers import Response

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.site import access
from dashboard.site.reading import Reading, current_scope, reading_of
from dashboard.site.site import Site
from dashboard.site.view import View, parse_view
from dashboard.words import display
from dashboard.words.wording import _
from data_access.books.published import Published
from data_access.store import audit
from data_access.store.engine import writing
from rules.errors import NotAllowed, PoolwatchError
from workflows.people.accounts import Account

LARGEST_FILE_MB = 10
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class FieldProblem(PoolwatchError):
    """A field of a form is missing or not what it must be: ``label`` names it, ``got`` is what stood there."""


class FieldMissing(FieldProblem):
    code = "field_missing"


class FieldTooLong(FieldProblem):
    code = "field_too_long"


class FieldNotNumber(FieldProblem):
    code = "field_not_number"


class FieldNotDay(FieldProblem):
    code = "field_not_day"


class FieldNotChoice(FieldProblem):
    code = "field_not_choice"


class FieldOutOfRange(FieldProblem):
    code = "field_out_of_range"


class Conflict(PoolwatchError):
    """Someone else changed the row first; nothing was changed."""

    code = "conflict_stale"


class Form:
    """The fields of a form, read one by one; each is refused by name when it is not what it must be."""

    def __init__(self, fields: MultiDict[str, str], files: MultiDict[str, FileStorage] | None = None) -> None:
        self._fields, self._files = fields, files or MultiDict()

    def text(self, name: str, label: str, *, most: int = 2000, required: bool = True) -> str:
        """What was written, without surrounding blanks; "" only where it is not required."""
        got = self._fields.get(name, "").strip()
        if not got and required:
            raise FieldMissing(f"{name} is empty", label=label)
        if len(got) > most:
            raise FieldTooLong(f"{name} has {len(got)} characters", label=label, limit=most)
        return got

    def all(self, name: str) -> list[str]:
        """Every value given under a name (ticked boxes)."""
        return self._fields.getlist(name)

    def ticked(self, name: str) -> bool:
        return bool(self._fields.get(name))

    def choice(self, name: str, label: str, allowed: Sequence[str]) -> str:
        got = self.text(name, label)
        if got not in allowed:
            raise FieldNotChoice(f"{name} is {got}", label=label, got=got)
        return got

    def decimal(self, name: str, label: str, *, low: Decimal | None = None, high: Decimal | None = None) -> Decimal:
        """A plain decimal: no separators, no full-width digits, no unit."""
        got = self.text(name, label, most=40)
        try:
            value = Decimal(got) if _NUMBER.fullmatch(got) and got.isascii() else None
        except InvalidOperation:
            value = None
        if value is None:
            raise FieldNotNumber(f"{name} is {got}", label=label, got=got)
        if (low is not None and value < low) or (high is not None and value > high):
            raise FieldOutOfRange(f"{name} is {got}", label=label, got=got, low=low, high=high)
        return value

    def whole(self, name: str, label: str, *, low: int = 0, high: int = 10**12) -> int:
        value = self.decimal(name, label, low=Decimal(low), high=Decimal(high))
        if value != int(value):
            raise FieldNotNumber(f"{name} is {value}", label=label, got=str(value))
        return int(value)

    def fen(self, name: str, label: str, *, low: int = 0) -> int:
        """An amount written in yuan, to the fen."""
        value = self.decimal(name, label, low=Decimal(low), high=Decimal(10) ** 13) * 100
        if value != int(value):
            raise FieldNotNumber(f"{name} has parts of a fen", label=label, got=str(value / 100))
        return int(value)

    def day(self, name: str, label: str) -> date:
        got = self.text(name, label, most=10)
        try:
            return date.fromisoformat(got)
        except ValueError:
            raise FieldNotDay(f"{name} is {got}", label=label, got=got) from None

    def file(self, name: str, label: str, *, required: bool = True) -> tuple[str, bytes] | None:
        """A file's own name and bytes; None where none is required and none was sent."""
        sent = self._files.get(name)
        content = b"" if sent is None else sent.read((LARGEST_FILE_MB << 20) + 1)
        if sent is None or not content:
            if required:
                raise FieldMissing(f"{name} is empty", label=label)
            return None
        if len(content) > LARGEST_FILE_MB << 20:
            raise FieldTooLong(f"{name} is too large", label=label, limit=f"{LARGEST_FILE_MB} MB")
        return re.split(r"[/\\]", sent.filename or "")[-1][-120:] or name, content


@dataclass(frozen=True)
class Deed:
    """One act about to be done: who, at what view, with which fields, in the transaction it is done in."""

    reading: Reading
    form: Form
    account: Account
    connection: Connection
    now: datetime
    site: Site


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the sentence for the reader, subject and details for the audit, and where to go (empty: stay).
    ``refresh`` asks for a refresh once all is committed, for what readers wait to see judged anew."""

    message: str
    subject: str
    details: Mapping[str, object] = field(default_factory=dict)
    href: str = ""
    refresh: bool = False


Act = Callable[[Deed], Done]


def register(server: Flask, site: Site, acts: Mapping[tuple[str, str], Act], everywhere: Mapping[str, Act]) -> None:
    """Install the route of every page's acts, by path and name, and of those that are done ``everywhere``."""

    def answer(path: str, name: str) -> Response:
        view = parse_view(path, request.query_string.decode("utf-8", "replace"))
        act = acts.get((view.page, name)) or everywhere.get(name)
        if act is None:
            abort(404)
        try:
            done = _perform(site, view, name, act)
        except PoolwatchError as problem:
            return _refused(site, view, name, problem)
        if "application/json" in request.headers.get("Accept", ""):
            return jsonify({"message": done.message, "href": done.href})
        return redirect(done.href or view.href(), 303)

    @server.post("/act/<page>/<name>")
    def act_on_page(page: str, name: str) -> Response:
        return answer(f"/{page}", name)

    @server.post("/act/<page>/<subject>/<name>")
    def act_on_subject(page: str, subject: str, name: str) -> Response:
        return answer(f"/{page}/{subject}", name)

    @server.post("/act/<name>")
    def act_on_overview(name: str) -> Response:
        return answer("/", name)


def _perform(site: Site, view: View, name: str, act: Act) -> Done:
    access.demand_action(current_scope(), name)
    now = site.now()
    with writing(site.engine) as connection:
        # What an act rests on is read in the transaction it is done in, not in an earlier one.
        reading = reading_of(site, view, Published(connection, site.cache))
        deed = Deed(reading, Form(request.form, request.files), g.account, connection, now, site)
        done = act(deed)
        audit.record(connection, g.account.login, name, done.subject, dict(done.details), now)
    if done.refresh:
        site.refresh()
    return done


def _refused(site: Site, view: View, name: str, problem: PoolwatchError) -> Response:
    """Nothing was changed; that it was tried is on record, and the reader keeps what was written."""
    with writing(site.engine) as connection:
        details = {"code": problem.code, "at": view.href()}
        audit.record(connection, g.account.login, f"refused:{name}", view.path, details, site.now())
    status = 403 if isinstance(problem, NotAllowed) else 409 if problem.code == Conflict.code else 422
    return make_response(jsonify({"problem": display.problem_text(problem)}), status)


def act_form(view: View, name: str, fields: Sequence[Child], *, button: str = "", main: bool = True) -> Component:
    """The form of one act at a view. What it answers appears in it; it needs no script but is better with it."""
    page = "" if view.page == "/" else view.path
    query = view.href().partition("?")[2]
    content = [*fields]
    if button:
        content.append(html.Button(button, type="submit", className="button main" if main else "button"))
    content.append(html.Div(className="answer", role="status"))
    return html.Form(
        content, action=f"/act{page}/{name}" + (f"?{query}" if query else ""), method="post",
        encType="multipart/form-data", className="act", **attributes(data_act=name, data_failed=_("没有办成，请再试一次。")),
    )  # fmt: skip
