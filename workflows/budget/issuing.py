"""Plans are issued 下达 by way of the import, which asks its second person, and received 签收 once they are taken in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from data_access.intake.entered import enter_rows
from rules.budget.procedure import procedure
from rules.scheme import Scheme
from workflows.budget.register import DONE, BudgetRound
from workflows.budget.steps import BudgetRefused, again, demand_office, demand_other, move, note
from workflows.people.accounts import By


def issue(
    connection: Connection, originals: Path, scheme: Scheme, one: BudgetRound, units: Sequence[str], by: By
) -> BudgetRound:
    """二下: the plans of every unit wait for the import, whose second person confirms them. Again where that came to
    nothing. Raises BudgetRefused, and as :func:`data_access.intake.entered.enter_rows`."""
    anew = one.state in ("receive", DONE) and one.failed
    steps = {step.code: step for step in procedure(scheme, one.year, adjustment=one.adjustment)}
    if one.state != "issue" and not anew:
        raise BudgetRefused(f"{one.number} is {one.state}", "state")
    demand_office(steps["issue"], by)
    if not anew:
        demand_other(one, by)
    approval = one.approval
    if approval is None or approval.document_on is None:
        raise BudgetRefused(f"{one.number} is not approved", "state")
    rows = [
        {
            "scheme": one.scheme,
            "year": one.year,
            "region": figure.region,
            "item": figure.item,
            "version": one.version,
            "amount_fen": figure.final_fen,
            "approval_ref": approval.document,
            "approved_on": approval.document_on.isoformat(),
        }
        for figure in one.figures.values()
        if figure.final_fen is not None
    ]
    number = enter_rows(
        connection,
        originals,
        "plan",
        rows,
        step=f"budget {one.scheme} {one.number} {one.row_version}",
        name=f"{one.scheme}-{one.number}",
        login=by.login,
        province=scheme.province,
        now=by.at,
    )
    waiting = [unit for unit in units if one.last("receive", unit) is None]
    move(connection, one, "receive" if waiting else DONE, delivery=number)
    note(connection, one.id, "issue", by, document=approval.document, document_on=approval.document_on)
    return again(connection, one.scheme, one.number)


def receive(connection: Connection, one: BudgetRound, region: str, units: Sequence[str], by: By) -> BudgetRound:
    """签收: a unit has its plan. With the last of ``units``, all that are to receive theirs, the round is done. Raises
    BudgetRefused before the plans are taken in."""
    if one.state != "receive" or region not in units or one.last("receive", region) is not None:
        raise BudgetRefused(f"{region} of {one.number}, which is {one.state}", "state")
    if not one.taken_in:
        raise BudgetRefused(f"the plans of {one.number} are not taken in", "not_taken")
    note(connection, one.id, "receive", by, region=region)
    if all(unit == region or one.last("receive", unit) is not None for unit in units):
        move(connection, one, DONE)
    return again(connection, one.scheme, one.number)
