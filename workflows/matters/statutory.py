"""Days of the statutory calendar as matters: what is overdue, due today or near, of the province and of each city."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection

from rules.alerts.threshold import Level
from rules.scheme import Scheme
from workflows.cases.commands import end_of, start_of
from workflows.matters.records import Kind, Matter, Step, Waiting
from workflows.statutory.standing import OPEN, Standing, Statutory, load_statutory, of_region

# What other matters tell of already: months to be signed and compared, money to be asked for, gaps that were told; holidays
# are an alert of the system.
ELSEWHERE = frozenset({"closing_day", "income_review_day", "request_day", "management_gap_due", "holidays_by"})
# What a register of budgets tells of itself, where there is one for the year.
OF_BUDGETS = frozenset({"budget_first_issue_by", "budget_reply_by", "plan_issue_by", "plan_receipt_by"})
# A day is told of when it is near; it counts as opened a week before, so that what was read stays read.
WEEK = timedelta(days=7)


def deadlines(connection: Connection, scheme: Scheme, today: date) -> Iterator[Matter]:
    """Nothing before the scheme has books: nobody could have done it here."""
    found = load_statutory(connection, scheme, today)
    if found.books.began is None:
        return
    for one in found.near(without=ELSEWHERE):
        if one.by_facts and one.day.duty.code in OF_BUDGETS:
            continue
        if not one.of_units:
            yield _matter(found, one, found.tree.root, "province")
            continue
        for city in found.books.units:
            if of_region(found.tree, one, city).state in OPEN:
                yield _matter(found, one, city, "unit")


def _matter(found: Statutory, one: Standing, region: str, stage: str) -> Matter:
    key, due = one.day.key, one.day.due
    number = key if stage == "province" else f"{key}.{region}"
    steps = tuple(
        Step(mark.at, mark.login, mark.name, mark.step, mark.note) for mark in found.journal.get((key, region), ())
    )
    departments = tuple(map(str, one.day.duty.departments))
    waiting = (Waiting(stage, end_of(due)),)
    return Matter(
        Kind.DEADLINE,
        found.scheme.code,
        number,
        region,
        Level.NONE,
        waiting,
        steps,
        start_of(due - WEEK),
        one,
        departments,
    )
