"""Taking an uploaded file in: rights, a place in the queue, and the answer while it waits and comes in."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from typing import Any

from dash import Dash, Input, Output, State
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from flask import g

from dashboard.components import parts
from dashboard.guard.sizes import SMALL
from dashboard.pages.data import imports as data_imports
from dashboard.pages.data.acts import REFRESH, UPLOAD
from dashboard.site.dispatch import surprise
from dashboard.site.reading import Reading, current_scope, reading_of
from dashboard.site.site import Site
from dashboard.site.view import parse_view
from dashboard.words import display
from dashboard.words.wording import _
from data_access.intake.importers.history import batch
from data_access.intake.originals import ORIGINALS
from data_access.intake.queue import Given, enqueue
from data_access.intake.sources.status import every_source
from data_access.store import audit
from data_access.store.engine import writing
from rules.errors import PoolwatchError
from workflows.people.rights import allowance

log = logging.getLogger("poolwatch.dashboard")
# How Dash begins the question that brings a file: the outputs of ``take`` below.
QUESTION = b'{"output":"..upload-given.data...upload.contents..",'
LARGEST = data_imports.LARGEST_MB << 20


class UploadTooLarge(PoolwatchError):
    """More bytes than the page takes."""

    code = "upload_too_large"


class UploadEmpty(PoolwatchError):
    """The browser sent no file."""

    code = "upload_empty"


def file_name(given: str | None) -> str:
    """A name that is safe as a file's and still the one the reader knows."""
    name = re.sub(r"[^\w.()（）\- ]", "_", re.split(r"[/\\]", given or "")[-1]).strip(" .")
    return name[-100:] or "upload"


def file_bytes(contents: str) -> bytes:
    """The bytes of a data URL. Raises UploadEmpty, UploadTooLarge."""
    _head, _comma, encoded = contents.partition(",")
    if len(encoded) > LARGEST * 4 // 3 + 4:
        raise UploadTooLarge(f"more than {LARGEST} bytes", limit=data_imports.LARGEST_MB)
    try:
        content = base64.b64decode(encoded, validate=True)
    except binascii.Error as problem:
        raise UploadEmpty("not base64") from problem
    if not content:
        raise UploadEmpty("no bytes")
    return content


def largest_question() -> int:
    """How many bytes the present reader may send in the question that brings a file: of who uploads none, a small one's."""
    # A file in Base64 that is just too large is still read, so that it is refused in words.
    return LARGEST * 3 // 2 if g.account is not None and UPLOAD.permits(current_scope()) else SMALL


def register(app: Dash, site: Site) -> None:
    """Three callbacks: take a file, tell how its import goes, refresh now."""

    @app.callback(
        [Output("upload-given", "data"), Output("upload", "contents")],
        Input("upload", "contents"),
        [State("upload", "filename"), State("view", "data"), State("upload-reason", "value")],
        prevent_initial_call=True,
    )
    def take(
        contents: str | None, name: str | None, address: str | None, reason: str | None
    ) -> tuple[dict[str, Any], None]:
        if not contents:
            raise PreventUpdate
        try:
            number = _take(site, _reading(site, address), contents, file_name(name), (reason or "").strip())
        except PoolwatchError as problem:
            return {"problem": display.problem_text(problem)}, None
        site.refresh()
        return {"batch": number}, None

    @app.callback(
        [Output("upload-answer", "children"), Output("batches", "children"), Output("upload-clock", "disabled")],
        [Input("upload-given", "data"), Input("upload-clock", "n_intervals")],
        State("view", "data"),
        prevent_initial_call=True,
    )
    def tell(
        given: dict[str, Any] | None, _ticks: int | None, address: str | None
    ) -> tuple[Component, Component, bool]:
        if not given:
            raise PreventUpdate
        reading = _reading(site, address)
        answer, done = _told(reading, given)
        return answer, data_imports.batch_list(reading), done

    @app.callback(Output("refresh-answer", "children"), Input("refresh-now", "n_clicks"), prevent_initial_call=True)
    def refresh_now(clicks: int | None) -> str:
        if not clicks:
            raise PreventUpdate
        try:
            REFRESH.demand(current_scope())
        except PoolwatchError as problem:
            return display.problem_text(problem)
        with writing(site.engine) as connection:
            audit.record(connection, g.account.login, REFRESH.name, REFRESH.name, {}, site.written_at())
        site.refresh()
        return _("已请求刷新，有新数据时页面自动更新。")


def _reading(site: Site, address: str | None) -> Reading:
    path, _mark, query = (address or "").partition("?")
    return reading_of(site, parse_view(path, query))


def _take(site: Site, reading: Reading, contents: str, name: str, reason: str) -> int:
    """Check the rights and put the file in the queue: the number of its batch. Raises NotAllowed and the refusals of an
    upload."""
    UPLOAD.demand(reading.scope, reading)
    target, login = data_imports.chosen_table(reading), g.account.login
    allowed = allowance(reading.scope, target, reading.ask(every_source))
    given = Given(
        target,
        login,
        accept_good_rows=reading.view.show == "good",
        reason=reason or None,
        province=allowed.province,
    )
    return enqueue(site.engine, site.var / ORIGINALS, file_bytes(contents), name, given, site.written_at())


def _told(reading: Reading, given: dict[str, Any]) -> tuple[Component, bool]:
    """What to show of an upload, and whether that is final."""
    if "problem" in given:
        return parts.message(_("文件没有收下。"), str(given["problem"])), True
    try:
        record = reading.ask(batch, int(given["batch"]))
    except Exception:
        log.exception("batch %s", given)
        return surprise(), True
    if record is None or record.uploaded_by != g.account.login:
        raise PreventUpdate
    return data_imports.answer(reading, record), record.finished
