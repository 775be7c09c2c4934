"""用款计划 as matters: needs that a city's units still owe, the application, what was not paid out in full on time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from data_access.books.regions import RegionTree, load_tree
from data_access.store import schema
from rules import deadlines
from rules.alerts.threshold import Level
from rules.department import Department
from rules.errors import NotInForce
from rules.month import Month
from rules.scheme import Scheme
from workflows.cases.commands import end_of, start_of
from workflows.fund_requests.register import (
    APPROVED,
    SUBMITTED,
    FundStep,
    MonthRequests,
    Unpaid,
    asking_units,
    load_months,
)
from workflows.matters.records import Kind, Matter, Step, Waiting

# How long before the request day the units are asked, and how many months back what was not paid out is followed.
ASKED_AHEAD = timedelta(days=10)
MONTHS_BACK = 12
REQUEST = schema.disbursement_request
PARTS = (str(Department.AGENCY), str(Department.FISCAL))


@dataclass(frozen=True, slots=True)
class FundMatter:
    """``units``: those whose turn it is where it is units'; ``unpaid`` of what was not paid out, else None."""

    month: int
    units: tuple[str, ...]
    unpaid: Unpaid | None = None


def fund_requests(connection: Connection, scheme: Scheme, today: date) -> Iterator[Matter]:
    """What waits for somebody; nothing of a scheme of which nothing was ever asked for."""
    running = Month.of(today)
    months = load_months(connection, scheme.code, scheme.province, running.plus(-MONTHS_BACK))
    if not months and not _asked(connection, scheme.code):
        return
    for month in (running, running.plus(1)):
        register = months.get(month, MonthRequests(scheme.code, scheme.province, month, ()))
        # Of the running month only what was begun here: it may have been asked for elsewhere.
        if register.regions or month > running:
            yield from _application(connection, scheme, register, today)
    for known, register in sorted(months.items()):
        for region in register.regions:
            unpaid = register.unpaid(region)
            if unpaid is not None and unpaid.open:
                yield _not_paid(scheme, register, region, unpaid, Month(known))


def _asked(connection: Connection, scheme: str, month: int | None = None) -> bool:
    """Whether requests were delivered, of a month or ever."""
    wanted = select(REQUEST.c.month).where(REQUEST.c.scheme == scheme, REQUEST.c.ended_by.is_(None))
    wanted = wanted if month is None else wanted.where(REQUEST.c.month == month)
    return connection.execute(wanted.limit(1)).first() is not None


def _application(connection: Connection, scheme: Scheme, register: MonthRequests, today: date) -> Iterator[Matter]:
    """The whole application at its stage; while it is drawn up, also each city whose units have not reported."""
    month = Month(register.month)
    due = _day(scheme, month.plus(-1), "request_day")
    if due is None or (register.state == APPROVED and register.orders):
        return
    begins = due - ASKED_AHEAD
    if register.drafted:
        if today < begins or (not register.steps and _asked(connection, scheme.code, month)):
            return
        stage, by, but = ("returned" if register.steps else "drafting"), due, frozenset[str]()
        yield from _needs(scheme, load_tree(connection, scheme), register, due, today)
    elif register.state == SUBMITTED:
        applied = register.last("apply")
        stage, by, but = "submitted", None, frozenset({applied.login} if applied else ())
    else:
        stage, by, but = "approved", _day(scheme, month, "disbursement_day"), frozenset()
    steps = _steps(register.steps)
    opened = steps[0].at if steps else start_of(begins)
    waiting = Waiting(stage, None if by is None else end_of(by), but=but)
    record = FundMatter(month, ())
    yield Matter(
        Kind.FUNDS, scheme.code, month.iso, scheme.province, Level.NONE, (waiting,), steps, opened, record, PARTS
    )


def _needs(scheme: Scheme, tree: RegionTree, register: MonthRequests, due: date, today: date) -> Iterator[Matter]:
    for city in tree.children(tree.root, today):
        units = [code for code in asking_units(tree, city, today) if register.line_fen(code) is None]
        if units:
            month = Month(register.month)
            steps = _steps(step for code in tree.subtree(city) for step in register.of(code))
            waiting = Waiting("needed", end_of(due))
            record, number = FundMatter(month, tuple(units)), f"{month.iso}.{city}"
            opened = start_of(due - ASKED_AHEAD)
            yield Matter(
                Kind.FUNDS, scheme.code, number, city, Level.NONE, (waiting,), steps, opened, record, PARTS[:1]
            )


def _not_paid(scheme: Scheme, register: MonthRequests, region: str, unpaid: Unpaid, month: Month) -> Matter:
    by = unpaid.step.day
    waiting = Waiting("unpaid", None if by is None else end_of(by))
    steps = _steps(step for step in register.of(region) if step.step in ("unpaid", "paid_up"))
    record = FundMatter(month, (region,), unpaid)
    number, opened = f"{month.iso}.{region}", unpaid.step.happened_at
    return Matter(Kind.FUNDS, scheme.code, number, region, Level.NONE, (waiting,), steps, opened, record, PARTS[:1])


def _steps(steps: Iterator[FundStep] | tuple[FundStep, ...]) -> tuple[Step, ...]:
    found = (Step(one.happened_at, one.login, one.name, one.step, one.text) for one in steps)
    return tuple(sorted(found, key=lambda one: one.at))


def _day(scheme: Scheme, month: Month, code: str) -> date | None:
    try:
        return next((one.on for one in deadlines.of_month(scheme, month.first) if one.code == code), None)
    except NotInForce:
        return None
