"""What waits for somebody in 对账调节: the last month's statement to be signed, explained items past their day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import Connection, select

from data_access.books.reconciliation import MEASURE
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
from workflows.reconciling.register import SIDES, Step, explanations, holders, load_steps, signatures

TOTAL = schema.agency_total


@dataclass(frozen=True, slots=True)
class SignOff:
    """A month's statement that departments have still to sign."""

    month: Month


@dataclass(frozen=True, slots=True)
class LateItem:
    """An explained item that should have cleared by a day and stands still; ``text`` is the explanation."""

    month: Month
    expected_on: date
    text: str


def books(connection: Connection, scheme: Scheme, today: date) -> Iterator[Matter]:
    """The statement of the month that ended last, where departments report of it, and the items past their day."""
    steps = load_steps(connection, scheme.code)
    month = Month.of(today).plus(-1)
    wanted = select(TOTAL.c.department).where(
        TOTAL.c.scheme == scheme.code,
        TOTAL.c.measure == MEASURE,
        TOTAL.c.day.between(month.first, month.last),
        standing(TOTAL),
    )
    reporting = set(connection.execute(wanted.distinct()).scalars())
    signed = signatures(steps, month)
    missing = tuple(side for side in SIDES if side in reporting and side not in signed)
    if missing:
        waiting = Waiting("unsigned", close_by(scheme, month))
        course = tuple(map(_told, sorted(signed.values(), key=lambda one: one.happened_at)))
        opened = start_of(month.plus(1).first)
        of = (waiting,), course, opened, SignOff(month), missing
        yield Matter(Kind.RECONCILING, scheme.code, month.iso, scheme.province, Level.NONE, *of)
    yield from _expired(connection, scheme, steps, today)


def _expired(connection: Connection, scheme: Scheme, steps: tuple[Step, ...], today: date) -> Iterator[Matter]:
    late = [one for one in explanations(steps).values() if one.expected_on is not None and one.expected_on < today]
    version = current_version(connection)
    if not late or version is None:
        return

    # Whether an item has cleared is seen in its month's statement, which is read only where one is due.
    @cache
    def statement(month: int) -> Reconciled | None:
        return month_reconciled(connection, scheme.code, month, version.id)

    for one in late:
        found = statement(one.month)
        item = next((item for item in found.statement.items if item.key == one.item), None) if found else None
        if item is None or one.expected_on is None:
            continue
        month = Month(one.month)
        of = (Waiting("expired", end_of(one.expected_on)),), (_told(one),), one.happened_at
        record, number = LateItem(month, one.expected_on, one.text), f"{month.iso}.{one.id}"
        yield Matter(Kind.RECONCILING, scheme.code, number, one.region, Level.NONE, *of, record, holders(item))


def _told(one: Step) -> Told:
    return Told(one.happened_at, one.login, one.name, one.step, one.text)
