"""Budgets as matters: the step that the province's offices are to make, and what each unit is to answer or receive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection

from rules.alerts.threshold import Level
from rules.budget.procedure import ProcedureStep, procedure
from rules.scheme import Scheme
from workflows.budget.register import SECOND, BudgetRound, load_rounds
from workflows.budget.steps import replies_closed
from workflows.cases.commands import end_of
from workflows.matters.records import Kind, Matter, Step, Waiting


def budgets(connection: Connection, ledgers: Sequence[Scheme], today: date) -> Iterator[Matter]:
    """Budgets and adjustments of some schemes that are not done."""
    rounds = load_rounds(connection, *(scheme.code for scheme in ledgers), open_only=True)
    schemes = {scheme.code: scheme for scheme in ledgers}
    for one in rounds:
        scheme = schemes[one.scheme]
        steps = {step.code: step for step in procedure(scheme, one.year, adjustment=one.adjustment)}
        units = one.units(scheme.province)
        yield _of_province(scheme, one, steps, units, today)
        for unit in units:
            waiting = _of_unit(one, unit, steps)
            if waiting is not None:
                yield _matter(one, unit, f"{one.number}.{unit}", (waiting,), ())


def _of_province(
    scheme: Scheme,
    one: BudgetRound,
    steps: dict[str, ProcedureStep],
    units: tuple[str, ...],
    today: date,
) -> Matter:
    stage, code = one.state, one.state
    due = steps[code].due if code in steps else None
    match code:
        case "reply":
            # Who works on the second draft closes the replies, once they are in or their day is over.
            stage, code = "closing", SECOND
            if not replies_closed(one, units, due, today):
                stage = ""
        case "receive" | "done":
            stage, code = ("issue", "issue") if one.failed else ("", "issue")
    departments = tuple(steps[code].offices) if code in steps else ()
    # Replies are closed, and plans that did not come in issued again, by whoever made the step before too.
    but = frozenset({one.by_before} if one.by_before and stage == one.state else ())
    late = None if due is None or stage in ("", "closing") else end_of(due)
    waiting = (Waiting(stage, late, but=but),) if stage else ()
    return _matter(one, scheme.province, one.number, waiting, tuple(map(str, departments)))


def _of_unit(one: BudgetRound, unit: str, steps: dict[str, ProcedureStep]) -> Waiting | None:
    if one.state == "reply" and one.reply(unit) is None:
        due = steps["reply"].due
        return Waiting("answer", None if due is None else end_of(due))
    if one.state == "receive" and one.taken_in and one.last("receive", unit) is None:
        return Waiting("receive")
    return None


def _matter(
    one: BudgetRound, region: str, number: str, waiting: tuple[Waiting, ...], departments: tuple[str, ...]
) -> Matter:
    """Of a unit's matter the steps are the province's and its own; amounts that were set are no news."""
    steps = tuple(
        Step(step.happened_at, step.login, step.name, step.step, step.text or "")
        for step in one.steps
        if step.region in (None, region) and step.step not in ("figure", "driver")
    )
    opened = one.steps[0].happened_at
    return Matter(Kind.BUDGET, one.scheme, number, region, Level.NONE, waiting, steps, opened, one, departments)
