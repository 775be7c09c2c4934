"""收入计划按月比对 as matters: a place's office that has not compared the last signed month, a report nobody took note of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from data_access.books.plans import load_planned
from data_access.books.regions import load_tree
from data_access.books.versions import closes
from data_access.intake.sources.status import load_calendar
from rules.alerts.threshold import Level
from rules.budget.income_review import DAY
from rules.month import Month
from rules.scheme import Scheme
from rules.statutory.days import statutory_days
from workflows.cases.commands import end_of
from workflows.income_reviews.register import Review, asked_of, load_steps, reviews, signed_month, units
from workflows.matters.records import Kind, Matter, Step, Waiting


@dataclass(frozen=True, slots=True)
class ReviewMatter:
    """A month that a department has still to compare, or that it reported on."""

    month: Month
    side: str


def income_reviews(connection: Connection, scheme: Scheme, today: date) -> Iterator[Matter]:
    """Reports of any month without a note, and of the last signed month who has not compared it."""
    month = signed_month(connection, scheme)
    if month is None:
        return
    known = reviews(load_steps(connection, scheme.code))
    signed_at = closes(connection, scheme.code)[-1].signed_at
    due = _due(connection, scheme, month)
    tree, planned = load_tree(connection, scheme), load_planned(connection, scheme.code, month.year)
    for region in units(tree, today):
        for side in asked_of(scheme, tree, planned, region):
            one = known.get((month, region, side.department), Review(month, region, side.department))
            if one.standing is None:
                yield _matter(scheme, one, Waiting("uncompared", None if due is None else end_of(due)), signed_at)
    for one in known.values():
        if one.report is not None and one.noted is None:
            waiting = Waiting("reported", but=frozenset({one.report.login}))
            yield _matter(scheme, one, waiting, one.steps[0].happened_at)


def _due(connection: Connection, scheme: Scheme, month: Month) -> date | None:
    calendar, after = load_calendar(connection), month.plus(1)
    days = statutory_days(scheme, after.year, calendar)
    return next((one.due for one in days if one.duty.code == DAY and one.period == month.iso), None)


def _matter(scheme: Scheme, one: Review, waiting: Waiting, opened: datetime) -> Matter:
    steps = tuple(Step(step.happened_at, step.login, step.name, step.step, step.problem) for step in one.steps)
    number, record = f"{Month(one.month).iso}.{one.region}.{one.side}", ReviewMatter(Month(one.month), one.side)
    of = (waiting,), steps, opened, record, (one.side,)
    return Matter(Kind.REVIEW, scheme.code, number, one.region, Level.NONE, *of)
