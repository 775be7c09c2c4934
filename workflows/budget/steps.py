"""Steps of a budget: opened, drafted, put to the units, answered, approved; issuing is in ``issuing``.

Which steps there are and whose they are stands in the profile. Who may act where is checked by the caller; the order of
steps, the office, that nobody makes two steps of the province in a row, and that nobody else was faster are checked here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from data_access.store import schema
from rules.budget.procedure import DOCUMENTED, ProcedureStep, procedure
from rules.budget.proposal import needs_reason
from rules.errors import PoolwatchError, StaleRow
from rules.month import SHANGHAI
from rules.scheme import Scheme
from workflows.budget.proposals import Proposal, in_wan
from workflows.budget.register import (
    DONE,
    DRAFTING,
    FIGURE,
    ROUND,
    SECOND,
    STEP,
    BudgetFigure,
    BudgetRound,
    load_drivers,
    the_round,
)
from workflows.people.accounts import By

# While a unit may answer: what comes after its day is late, and kept all the same.
ANSWERED_IN = frozenset({"reply", SECOND, "review", "check", "government"})


class BudgetRefused(PoolwatchError):
    """A budget's step cannot be made as asked; ``why`` is one of WHY."""

    WHY = ("exists", "state", "office", "four_eyes", "reason", "empty", "replies", "day", "not_taken", "unit", "plan")

    def __init__(self, message: str, why: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"budget_{self.WHY[self.WHY.index(why)]}"


def step_of(scheme: Scheme, one: BudgetRound) -> ProcedureStep | None:
    """The step of the procedure that a round waits for; None once it is done."""
    steps = procedure(scheme, one.year, adjustment=one.adjustment)
    return next((step for step in steps if step.code == one.state), None)


def open_round(connection: Connection, scheme: Scheme, year: int, proposals: Sequence[Proposal], by: By) -> BudgetRound:
    """Begin the budget of a year from what is proposed. Raises BudgetRefused where it was begun, or for another office."""
    first = procedure(scheme, year)[0]
    demand_office(first, by)
    number = _new_round(connection, scheme, year, 0, first.code, None, by)
    if proposals:
        connection.execute(insert(FIGURE), [_drafted(number, one) for one in proposals])
    return again(connection, scheme.code, f"{year}-0")


def _drafted(number: int, one: Proposal) -> dict[str, object]:
    proposed = one.result.proposed_fen
    return {
        "round": number,
        "region": one.region,
        "item": one.item,
        "drivers": _kept(one),
        "proposed_fen": proposed,
        "drafted_fen": None if proposed is None else in_wan(proposed),
        "row_version": 1,
    }


def _kept(one: Proposal) -> str:
    return json.dumps({name: [str(value), source] for name, (value, source) in one.drivers.items()}, ensure_ascii=False)


def open_adjustment(
    connection: Connection, scheme: Scheme, year: int, versions: Sequence[int], reason: str, by: By
) -> BudgetRound:
    """Begin an adjustment 预算调整 of a running year; ``versions``: those of the year's plans. It needs a plan to adjust,
    and none under way. Raises BudgetRefused."""
    if not versions:
        raise BudgetRefused(f"there is no plan of {year}", "plan", year=year)
    first = procedure(scheme, year, adjustment=True)[0]
    demand_office(first, by)
    known = connection.execute(
        select(ROUND.c.version, ROUND.c.state).where(ROUND.c.scheme == scheme.code, ROUND.c.year == year)
    ).all()
    if any(row.state != DONE and row.version > 0 for row in known):
        raise BudgetRefused(f"an adjustment of {year} is under way", "exists", year=year)
    version = 1 + max([*versions, *(row.version for row in known)])
    _new_round(connection, scheme, year, version, first.code, reason, by)
    return again(connection, scheme.code, f"{year}-{version}")


def _new_round(
    connection: Connection, scheme: Scheme, year: int, version: int, state: str, reason: str | None, by: By
) -> int:
    values = {"scheme": scheme.code, "year": year, "version": version, "state": state, "reason": reason}
    try:
        number = int(
            connection.execute(insert(ROUND).values(**values, row_version=1).returning(ROUND.c.id)).scalar_one()
        )
    except IntegrityError as problem:
        raise BudgetRefused(f"the budget of {year} was begun", "exists", year=year) from problem
    note(connection, number, "open", by, text=reason)
    return number


# --- amounts


def set_figure(
    connection: Connection,
    scheme: Scheme,
    one: BudgetRound,
    region: str,
    item: str,
    amount_fen: int,
    why: str,
    row_version: int,
    by: By,
) -> BudgetRound:
    """Set the amount of a unit's item: the draft's, after the replies the second one. ``row_version`` 0 for a figure that
    an adjustment does not have yet. Raises BudgetRefused for another step or office, and where a reason is missing."""
    step = _demand_open(scheme, one, by)
    known = one.figures.get((region, item))
    if (known.row_version if known else 0) != row_version:
        raise StaleRow(f"{region} {item} of {one.number} was changed")
    if not why and _unexplained(scheme, one, known, amount_fen):
        raise BudgetRefused(f"{region} {item} differs from what was proposed", "reason")
    column = "second_fen" if step.code == SECOND else "drafted_fen"
    values = {column: amount_fen, "why": why or None}
    if known is None:
        if not one.adjustment:
            raise BudgetRefused(f"{one.number} has no {item} of {region}", "unit")
        connection.execute(insert(FIGURE).values(round=one.id, region=region, item=item, row_version=1, **values))
    else:
        _change_figure(connection, one.id, known, values)
    note(connection, one.id, "figure", by, region=region, item=item, amount_fen=amount_fen, text=why or None)
    return again(connection, one.scheme, one.number)


def _unexplained(scheme: Scheme, one: BudgetRound, known: BudgetFigure | None, amount_fen: int) -> bool:
    """Whether an amount needs a reason: of an adjustment always, of a draft beyond the share that the profile sets."""
    if one.adjustment:
        return True
    share = scheme.parameter("budget_deviation_share", date(one.year - 1, 12, 31)).value
    assert isinstance(share, Decimal)
    return known is not None and needs_reason(amount_fen, known.proposed_fen, share)


def _change_figure(connection: Connection, number: int, known: BudgetFigure, values: Mapping[str, object]) -> None:
    mine = (FIGURE.c.round == number, FIGURE.c.region == known.region, FIGURE.c.item == known.item)
    changed = update(FIGURE).where(*mine, FIGURE.c.row_version == known.row_version)
    if not connection.execute(changed.values(**values, row_version=known.row_version + 1)).rowcount:
        raise StaleRow(f"{known.region} {known.item} was changed")


def enter_driver(
    connection: Connection,
    scheme: Scheme,
    one: BudgetRound,
    region: str,
    name: str,
    value: Decimal,
    source: str,
    propose: Callable[[Mapping[tuple[str, str], tuple[Decimal, str]]], Sequence[Proposal]],
    by: By,
) -> BudgetRound:
    """Enter what no book knows, with its source, while the draft is open; ``propose`` gives the proposals anew. A draft
    that stood at its proposal follows it. Raises BudgetRefused."""
    step = _demand_open(scheme, one, by)
    if step.code != DRAFTING or one.adjustment:
        raise BudgetRefused(f"{one.number} is no draft", "state")
    table = schema.budget_driver
    mine = (table.c.round == one.id, table.c.region == region, table.c.name == name)
    values = {"value": format(value, "f"), "source": source}
    if not connection.execute(update(table).where(*mine).values(**values)).rowcount:
        connection.execute(insert(table).values(round=one.id, region=region, name=name, **values))
    for found in propose(load_drivers(connection, one.id)):
        known = one.figures.get((found.region, found.item))
        kept = _kept(found)
        if known is None or (known.drivers == kept and known.proposed_fen == found.result.proposed_fen):
            continue
        new = _drafted(one.id, found)
        before = None if known.proposed_fen is None else in_wan(known.proposed_fen)
        follows = known.drafted_fen == before
        told = {"drivers": kept, "proposed_fen": new["proposed_fen"]}
        _change_figure(connection, one.id, known, told | ({"drafted_fen": new["drafted_fen"]} if follows else {}))
    note(connection, one.id, "driver", by, region=region, item=name, text=f"{format(value, 'f')} {source}")
    return again(connection, one.scheme, one.number)


# --- steps


def advance(
    connection: Connection,
    scheme: Scheme,
    one: BudgetRound,
    units: Sequence[str],
    document: str,
    document_on: date | None,
    by: By,
) -> BudgetRound:
    """Make the step that a round waits for: hand the draft on, issue it for replies, close them, note an approval. Raises
    BudgetRefused where the step is another's, where something is still open (``units`` are those that answer), or for a document of a day to come."""
    step = _demand_step(scheme, one, by)
    if step.code in ("issue", "receive"):
        raise BudgetRefused(f"{one.number} waits for {step.code}", "state")
    if step.code == DRAFTING:
        _demand_amounts(scheme, one)
    if step.code == "reply" and not replies_closed(one, units, step.due, by.at.astimezone(SHANGHAI).date()):
        raise BudgetRefused(
            f"replies to {one.number} are open", "replies", due=step.due.isoformat() if step.due else "—"
        )
    if step.code in DOCUMENTED:
        before = one.approval
        today = by.at.astimezone(SHANGHAI).date()
        earliest = before.document_on if before else None
        if document_on is None or not document or document_on > today or (earliest and document_on < earliest):
            raise BudgetRefused(f"{step.code} on {document_on}", "day", today=today.isoformat())
    else:
        document, document_on = document or "", None
    move(connection, one, _after(scheme, one))
    note(connection, one.id, step.code, by, document=document or None, document_on=document_on)
    return again(connection, one.scheme, one.number)


def send_back(connection: Connection, scheme: Scheme, one: BudgetRound, reason: str, by: By) -> BudgetRound:
    """退回修改: what is reviewed, checked or approved goes back to where amounts are open. Raises BudgetRefused."""
    steps = [step.code for step in procedure(scheme, one.year, adjustment=one.adjustment)]
    step = step_of(scheme, one)
    if step is None or step.code not in ("first_issue", "review", "check", "government", "congress", "issue"):
        raise BudgetRefused(f"{one.number} is {one.state}", "state")
    demand_office(step, by)
    before = steps[: steps.index(step.code)]
    target = SECOND if SECOND in before else DRAFTING
    move(connection, one, target)
    note(connection, one.id, "back", by, item=target, text=reason)
    return again(connection, one.scheme, one.number)


def answer(
    connection: Connection, one: BudgetRound, region: str, wanted: tuple[str, int] | None, reason: str, by: By
) -> BudgetRound:
    """一上: a unit agrees, or wants another amount of an item, with the reason. After its day it is late and kept all the
    same, until the budget is approved. Raises BudgetRefused."""
    if region not in one.regions:
        raise BudgetRefused(f"{one.number} has no {region}", "unit")
    if one.adjustment or one.state not in ANSWERED_IN or one.last("first_issue") is None:
        raise BudgetRefused(f"{one.number} is {one.state}", "state")
    if wanted is None:
        note(connection, one.id, "agree", by, region=region, text=reason or None)
    else:
        item, amount = wanted
        if (region, item) not in one.figures:
            raise BudgetRefused(f"{one.number} has no {item} of {region}", "unit")
        if not reason:
            raise BudgetRefused(f"{region} wants another {item}", "reason")
        note(connection, one.id, "want", by, region=region, item=item, amount_fen=amount, text=reason)
    return again(connection, one.scheme, one.number)


def replies_closed(one: BudgetRound, units: Sequence[str], due: date | None, today: date) -> bool:
    """Whether no more replies are waited for: all are in, or their day is over."""
    return all(one.reply(unit) is not None for unit in units) or (due is not None and today > due)


def note(connection: Connection, number: int, step: str, by: By, **about: object) -> None:
    """A line of a round's journal."""
    who = {"happened_at": by.at, "login": by.login, "name": by.name, "department": by.department}
    connection.execute(insert(STEP).values(round=number, step=step, **who, **about))


def _demand_open(scheme: Scheme, one: BudgetRound, by: By) -> ProcedureStep:
    """The step in which amounts may be set. Raises BudgetRefused in another, or for another office."""
    step = step_of(scheme, one)
    if step is None or step.code not in (DRAFTING, SECOND):
        raise BudgetRefused(f"{one.number} is {one.state}", "state")
    demand_office(step, by)
    return step


def _demand_step(scheme: Scheme, one: BudgetRound, by: By) -> ProcedureStep:
    step = step_of(scheme, one)
    if step is None:
        raise BudgetRefused(f"{one.number} is done", "state")
    # The replies are the units'; who works on the second draft closes them.
    steps = {each.code: each for each in procedure(scheme, one.year, adjustment=one.adjustment)}
    demand_office(steps.get(SECOND, step) if step.code == "reply" else step, by)
    if step.code != "reply":
        demand_other(one, by)
    return step


def demand_office(step: ProcedureStep, by: By) -> None:
    if by.department not in step.offices:
        raise BudgetRefused(f"{by.login} of {by.department} does not make {step.code}", "office")


def demand_other(one: BudgetRound, by: By) -> None:
    """Raises BudgetRefused for who made the step before: nobody confirms what is his own."""
    if one.by_before == by.login:
        raise BudgetRefused(f"{by.login} made the step before", "four_eyes")


def _demand_amounts(scheme: Scheme, one: BudgetRound) -> None:
    """Raises BudgetRefused while a unit has no premium or no benefits, or an adjustment nothing at all."""
    named = [figure for figure in one.figures.values() if figure.region != scheme.province]
    if not one.figures or (not one.adjustment and any(figure.drafted_fen is None for figure in named)):
        missing = sum(figure.drafted_fen is None for figure in named)
        raise BudgetRefused(f"{one.number} lacks {missing} amounts", "empty", count=missing)


def _after(scheme: Scheme, one: BudgetRound) -> str:
    steps = [step.code for step in procedure(scheme, one.year, adjustment=one.adjustment)]
    return [*steps, DONE][steps.index(one.state) + 1]


def move(connection: Connection, one: BudgetRound, state: str, **values: object) -> None:
    mine = (ROUND.c.id == one.id, ROUND.c.row_version == one.row_version)
    changed = update(ROUND).where(*mine).values(state=state, row_version=one.row_version + 1, **values)
    if not connection.execute(changed).rowcount:
        raise StaleRow(f"{one.number} is no longer at {one.row_version}")


def again(connection: Connection, scheme: str, number: str) -> BudgetRound:
    found = the_round(connection, scheme, number)
    assert found is not None
    return found
