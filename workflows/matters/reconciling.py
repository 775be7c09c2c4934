"""What waits for somebody in 对账调节: the last month's items to be explained, its statement to be signed, explained items
past their day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby

from sqlalchemy import Connection, select

from data_access.books.reconciliation import MEASURE
from data_access.books.reconciling.statement import BANK, Item
from data_access.books.standing import standing
from data_access.books.versions import current_version
from data_access.store import schema
from rules.alerts.threshold import Level
from rules.month import Month
from rules.scheme import Scheme
from workflows.cases.commands import end_of, start_of
from workflows.matters.records import Kind, Matter, Step as Told, Waiting
from workflows.matters.registers import close_by
from workflows.reconciling.months import Reconciled, month_reconciled
from workflows.reconciling.register import Step, explanations, holders, load_steps

TOTAL = schema.agency_total
# A scheme's month as it is reconciled by now; None where it cannot be.
Statements = Callable[[str, int], Reconciled | None]


@dataclass(frozen=True, slots=True)
class SignOff:
    """A month's statement that departments have still to sign; ``changed``: some of them signed other data."""

    month: Month
    changed: bool


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Items of a month that nobody explains: so many of one place and one book."""

    month: Month
    count: int


@dataclass(frozen=True, slots=True)
class LateItem:
    """An explained item that should have cleared by a day and stands still; ``text`` is the explanation."""

    month: Month
    expected_on: date
    text: str


def books(
    connection: Connection, scheme: Scheme, today: date, statements: Statements | None = None
) -> Iterator[Matter]:
    """Of the month that ended last, where departments report of it: its items to be explained, once there are none its
    statement to be signed, anew where data changed; and the explained items past their day."""
    statement = statements or cache(_statements(connection))
    steps = load_steps(connection, scheme.code)
    month = Month.of(today).plus(-1)
    wanted = select(TOTAL.c.department).where(
        TOTAL.c.scheme == scheme.code,
        TOTAL.c.measure == MEASURE,
        TOTAL.c.day.between(month.first, month.last),
        standing(TOTAL),
    )
    reports = connection.execute(wanted.limit(1)).first() is not None
    found = statement(scheme.code, month) if reports else None
    if found is not None:
        yield from _to_explain(scheme, found, month) if found.open else _to_sign(scheme, found, month)
    yield from _expired(scheme, statement, steps, today)


def _statements(connection: Connection) -> Statements:
    version = current_version(connection)
    return lambda scheme, month: None if version is None else month_reconciled(connection, scheme, month, version.id)


def _to_explain(scheme: Scheme, found: Reconciled, month: Month) -> Iterator[Matter]:
    """One matter for each place and book: whoever keeps the book explains its items."""
    opened = start_of(month.plus(1).first)
    for (region, book), items in groupby(sorted(found.open, key=_place), key=_place):
        listed = list(items)
        of = (Waiting("open", close_by(scheme, month)),), (), opened, OpenItems(month, len(listed))
        number = f"{month.iso}.{region}.{book}"
        yield Matter(Kind.RECONCILING, scheme.code, number, region, Level.NONE, *of, holders(listed[0]))


def _place(item: Item) -> tuple[str, str]:
    return item.region, BANK if item.account else item.book


def _to_sign(scheme: Scheme, found: Reconciled, month: Month) -> Iterator[Matter]:
    missing = found.waiting
    if missing:
        waiting = Waiting("unsigned", close_by(scheme, month))
        course = tuple(map(_told, sorted(found.signed.values(), key=lambda one: one.happened_at)))
        record = SignOff(month, any(one in found.signed for one in missing))
        of = (waiting,), course, start_of(month.plus(1).first), record, missing
        yield Matter(Kind.RECONCILING, scheme.code, month.iso, scheme.province, Level.NONE, *of)


def _expired(scheme: Scheme, statement: Statements, steps: tuple[Step, ...], today: date) -> Iterator[Matter]:
    late = [one for one in explanations(steps).values() if one.expected_on is not None and one.expected_on < today]
    # Whether an item has cleared is seen in its month's statement.
    for one in late:
        found = statement(scheme.code, one.month)
        item = next((item for item in found.statement.items if item.key == one.item), None) if found else None
        if item is None or one.expected_on is None:
            continue
        month = Month(one.month)
        of = (Waiting("expired", end_of(one.expected_on)),), (_told(one),), one.happened_at
        record, number = LateItem(month, one.expected_on, one.text), f"{month.iso}.{one.id}"
        yield Matter(Kind.RECONCILING, scheme.code, number, one.region, Level.NONE, *of, record, holders(item))


def _told(one: Step) -> Told:
    return Told(one.happened_at, one.login, one.name, one.step, one.text)
