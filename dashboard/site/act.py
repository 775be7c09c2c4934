"""Acts: what readers do on a page. One declaration says who may do it, shows its form, reads what was sent, does it.

A page lists its acts; the door in ``acting`` performs them. An act that names no role is closed to everyone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from dash import html
from dash.development.base_component import Component
from sqlalchemy import Connection

from dashboard.components import forms
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.guard.sizes import SMALL
from dashboard.site.fields import Field, File, Sent
from dashboard.site.reading import Reading
from dashboard.site.site import Site
from dashboard.site.view import View
from dashboard.words.wording import _
from rules.errors import NotAllowed
from workflows.people import rights
from workflows.people.accounts import Account, By, Role
from workflows.people.rights import Scope

T = TypeVar("T")
# What stands on a form, one below the other: fields, those of a tuple side by side, and what is said between them.
Part = Field[Any] | tuple[Field[Any], ...] | Child
Layout = Sequence[Part]
Values = Mapping[Field[Any], Any]


@dataclass(frozen=True)
class Deed:
    """One act about to be done: who, at what view, with which fields, in the transaction it is done in. ``kept``: what
    was read of the form, for the audit; ``prepared``: what the act made of what was sent before the transaction began."""

    act: Act
    reading: Reading
    sent: Sent
    account: Account
    connection: Connection
    now: datetime
    site: Site
    prepared: Any = None
    kept: dict[str, object] = field(default_factory=dict)

    @property
    def by(self) -> By:
        """Who does it, as a register's journal names it."""
        return By(self.account.login, self.account.name, rights.department_of(self.account) or "", self.now)

    def __getitem__(self, field: Field[T]) -> T:
        """What was sent in a field of the act. Raises FieldProblem by the field's label."""
        value = field.read(self.sent)
        if field.kept and value is not None and value is not False and value != "":
            self.kept.update(field.recorded(value))
        return value


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the sentence for the reader, the audit's subject and what it tells beside the fields, and where to
    go (empty: stay). ``refresh`` asks for a refresh once all is committed, for what readers wait to see judged anew.
    ``undo`` names the act that takes it back, and what is sent to it. ``once`` is said beside the message, and stays where
    it was asked for until the reader goes on: what is told nobody again, such as a password."""

    message: str
    subject: str
    details: Mapping[str, object] = field(default_factory=dict)
    href: str = ""
    refresh: bool = False
    undo: tuple[str, Mapping[str, str]] | None = None
    once: str = ""


@dataclass(frozen=True)
class Act:
    """One thing that readers do. ``title`` stands on its button; ``whole``: only for who sees the whole province;
    ``before`` is done with what was sent outside the transaction, as reading a file is. ``do`` None: a callback of the page does it, asking here for the right.
    ``recorded`` False: it changes nothing that readers see, so the audit has none of it but what the workflow puts there,
    and only the reader's own page is shown anew.

    ``fields`` are those of its form in their order, or what they are at a reading. A page may show them otherwise, or
    some of them: see :meth:`form`.
    """

    name: str
    title: str
    roles: frozenset[Role] = frozenset()
    fields: Layout | Callable[[Reading], Layout] = ()
    do: Callable[[Deed], Done] | None = None
    whole: bool = False
    before: Callable[[Site, Sent], object] | None = None
    recorded: bool = True

    @property
    def most_bytes(self) -> int:
        """How much may be sent with it: its files, and what is written in the other fields."""
        flat = (
            ()
            if callable(self.fields)
            else [one for part in self.fields for one in (part if isinstance(part, tuple) else (part,))]
        )
        return SMALL + sum(one.most_mb << 20 for one in flat if isinstance(one, File))

    def permits(self, scope: Scope) -> bool:
        """Whether the account's role may do it."""
        return rights.may_do(scope, self.roles)

    def open_to(self, reading: Reading, region: str | None = None) -> bool:
        """Whether the reader may do it somewhere in the tree looked at, or for one region of it."""
        where = reading.tree.root if self.whole else region
        return self.permits(reading.scope) and (where is None or reading.scope.covers(reading.tree, where))

    def demand(self, scope: Scope, reading: Reading | None = None) -> None:
        """Raises NotAllowed where the account's role, or the reader at a reading, may not do it."""
        if not (self.permits(scope) if reading is None else self.open_to(reading)):
            raise NotAllowed(f"{scope.role} of {scope.region} may not {self.name}", action=self.name)

    def form(
        self,
        reading: Reading,
        values: Values | None = None,
        shown: Layout | None = None,
        *,
        button: str | None = None,
        main: bool = True,
        view: View | None = None,
    ) -> Component:
        """The act's form at the reading's view (or another), with values in its fields. ``shown``: the fields in another
        arrangement, with what stands between them. ``button`` says otherwise than the title, "" leaves it out.

        What the act answers appears in the form; it needs no script but is better with it.
        """
        if shown is None:
            shown = self.fields(reading) if callable(self.fields) else self.fields
        given = {field.name: value for field, value in (values or {}).items()}

        def place(one: Part) -> Child:
            if isinstance(one, tuple):
                return forms.row(*(field.input(reading, given.get(field.name)) for field in one))
            return one.input(reading, given.get(one.name)) if isinstance(one, Field) else one

        content = [place(one) for one in shown]
        said = _(self.title) if button is None else button
        if said:
            content.append(html.Button(said, type="submit", className="button main" if main else "button"))
        content.append(html.Div(className="answer", role="status"))
        told = attributes(data_act=self.name, data_failed=_("没有办成，请再试一次。"))
        return html.Form(
            content,
            action=self.address(view or reading.view),
            method="post",
            encType="multipart/form-data",
            className="act",
            **told,
        )

    def address(self, view: View) -> str:
        """Where its form is sent from a view."""
        query = view.href().partition("?")[2]
        return f"/act{'' if view.page == '/' else view.path}/{self.name}" + (f"?{query}" if query else "")


def act(
    name: str,
    title: str,
    roles: frozenset[Role],
    fields: Layout | Callable[[Reading], Layout] = (),
    *,
    whole: bool = False,
    before: Callable[[Site, Sent], object] | None = None,
    recorded: bool = True,
) -> Callable[[Callable[[Deed], Done]], Act]:
    """Declare what the function below does as an act."""
    return lambda do: Act(name, title, roles, fields, do, whole, before, recorded)
