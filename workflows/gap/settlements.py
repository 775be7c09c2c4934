"""应缴与扣缴 and 超收台账: shares issued, payments and deductions recorded, credits booked.

苏政发〔2020〕45号 附件3 三（四）: what is not handed over in the year is deducted in the fiscal settlement between the
province and its cities and counties. 附件3 四: credits stand in a register of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from data_access.store import schema
from rules import over_collection
from rules.deadlines import general_gap_due, settled_by
from rules.errors import PoolwatchError, StaleRow
from rules.in_force import case
from rules.scheme import Scheme
from workflows.gap.general import Share
from workflows.gap.items import AmountTooLarge, settle
from workflows.gap.register import PAYMENT, SETTLEMENT, Credit, Payment, Settlement, load_gap_items, load_settlements
from workflows.people.accounts import By
from workflows.warnings.working_clock import working_day

CREDIT = schema.credit


class NoSuchEntry(PoolwatchError):
    """The ledger has no receipt of a local subsidy of this number in the region."""

    code = "gap_no_entry"


class SharesIssued(PoolwatchError):
    """The year's local shares were issued already."""

    code = "gap_shares_issued"


class CreditsBooked(PoolwatchError):
    """The year's credits were booked already."""

    code = "gap_credits_booked"


def issue_shares(
    connection: Connection, scheme: Scheme, year: int, shares: Sequence[Share], due_on: date, document: str
) -> int:
    """下达一般性缺口地方分担: every region's payable share becomes due, its credit of last year is used; how many.

    They fall due on a working day, not before the profile's and not after the year's settlement. Once a year: raises
    SharesIssued when it was done.
    """
    due_on = working_day(connection, max(due_on, general_gap_due(scheme, year) or due_on), settled_by(scheme, year))
    known = select(SETTLEMENT.c.id).where(
        SETTLEMENT.c.scheme == scheme.code, SETTLEMENT.c.year == year, SETTLEMENT.c.basis == "general"
    )
    if connection.execute(known).first():
        raise SharesIssued(f"shares of {year} are issued", year=year)
    due = [share for share in shares if share.payable_fen > 0]
    for share in due:
        connection.execute(
            insert(SETTLEMENT).values(
                scheme=scheme.code,
                year=year,
                region=share.region,
                basis="general",
                due_fen=share.payable_fen,
                due_on=due_on,
                document=document,
                row_version=1,
            )
        )
    for share in shares:
        if share.credit_used_fen:
            of_region = (
                (CREDIT.c.scheme == scheme.code) & (CREDIT.c.year == year - 1) & (CREDIT.c.region == share.region)
            )
            used = CREDIT.c.used_fen + share.credit_used_fen
            connection.execute(update(CREDIT).where(of_region).values(used_fen=used))
    return len(due)


def settlement_of(connection: Connection, scheme: str, number: int) -> Settlement | None:
    """One settlement by its id; None when the scheme has none such."""
    return next((one for one in load_settlements(connection, scheme) if one.id == number), None)


def record_payment(connection: Connection, scheme: str, owed: Settlement, payment: Payment, by: By) -> None:
    """One payment, deduction or negative correction; the item of a settlement paid in full is settled 办结.

    Raises AmountTooLarge for more than is owed (or a correction of more than was paid), NoSuchEntry for a ledger entry
    that is not there, StaleRow when the settlement changed meanwhile.
    """
    so_far = owed.paid_fen if payment.kind == "paid" else owed.deducted_fen
    if payment.amount_fen > owed.unpaid_fen or so_far + payment.amount_fen < 0:
        raise AmountTooLarge(f"{payment.amount_fen} of {owed.unpaid_fen}", most=owed.unpaid_fen)
    if payment.ledger_ref and not _in_ledger(connection, scheme, owed.region, payment.ledger_ref):
        raise NoSuchEntry(f"no entry {payment.ledger_ref}", got=payment.ledger_ref)
    _change(connection, owed, {})
    connection.execute(
        insert(PAYMENT).values(
            settlement=owed.id,
            kind=payment.kind,
            day=payment.day,
            amount_fen=payment.amount_fen,
            ledger_ref=payment.ledger_ref,
            document=payment.document,
            recorded_at=by.at,
            recorded_by=by.login,
        )
    )
    if owed.item is not None and payment.amount_fen == owed.unpaid_fen:
        item = next(one for one in load_gap_items(connection, scheme, owed.year) if one.id == owed.item)
        settle(connection, item, by)


def report_budget(connection: Connection, owed: Settlement, budgeted: bool, document: str) -> None:
    """列入同级预算: whether the amount stands in the local budget, and by which document (附件2 第十四条)."""
    _change(connection, owed, {"budgeted": budgeted, "budget_document": document or None})


def proposed_deductions(settlements: Sequence[Settlement], on: date) -> Mapping[str, int]:
    """拟扣缴 by region: what is owed past its day (附件3 三（四）); only regions with something to deduct."""
    found: dict[str, int] = {}
    for owed in settlements:
        if owed.overdue_days(on):
            found[owed.region] = found.get(owed.region, 0) + owed.unpaid_fen
    return found


def book_credits(
    connection: Connection,
    scheme: Scheme,
    year: int,
    results: Mapping[str, tuple[int, int]],
    anomalies: Mapping[str, bool | None],
    by: By,
) -> int:
    """登记超收 of a closed year: (plan, actual) by region; those who collected more than planned enter the register.

    The credit is what rule over_collection gives; how many rows. Raises CreditsBooked when the year was booked.
    """
    known = select(CREDIT.c.id).where(CREDIT.c.scheme == scheme.code, CREDIT.c.year == year)
    if connection.execute(known).first():
        raise CreditsBooked(f"credits of {year} are booked", year=year)
    valid = scheme.parameter("credit_valid_years", date(year, 12, 31)).value
    expires = over_collection.expires_on(year, int(str(valid)))
    rows = []
    for region, (plan, actual) in sorted(results.items()):
        if plan <= 0 or actual <= plan:
            continue
        credit, _ = case(over_collection.Case, scheme, date(year, 12, 31), plan_fen=plan, actual_fen=actual)
        rows.append(
            {"scheme": scheme.code, "year": year, "region": region, "plan_fen": plan, "actual_fen": actual}
            | {"credit_fen": over_collection.calculate(credit).credit_fen, "used_fen": 0, "expires_on": expires}
            | {"prepaid_anomaly": anomalies.get(region), "recorded_at": by.at, "recorded_by": by.login}
        )
    try:
        if rows:
            with connection.begin_nested():
                connection.execute(insert(CREDIT), rows)
    except IntegrityError as problem:
        raise CreditsBooked(f"credits of {year} are booked", year=year) from problem
    return len(rows)


def credit_case(scheme: Scheme, credit: Credit) -> over_collection.Case:
    """The rule's input of a booked credit."""
    day = date(credit.year, 12, 31)
    made, _ = case(over_collection.Case, scheme, day, plan_fen=credit.plan_fen, actual_fen=credit.actual_fen)
    return made


def _in_ledger(connection: Connection, scheme: str, region: str, ref: str) -> bool:
    entry = schema.ledger_entry
    wanted = select(entry.c.id).where(
        entry.c.scheme == scheme,
        entry.c.region == region,
        entry.c.source_ref == ref,
        entry.c.movement == "receive",
        entry.c.item == "subsidy_local",
    )
    return connection.execute(wanted).first() is not None


def _change(connection: Connection, owed: Settlement, values: Mapping[str, object]) -> None:
    seen = update(SETTLEMENT).where(SETTLEMENT.c.id == owed.id, SETTLEMENT.c.row_version == owed.row_version)
    if not connection.execute(seen.values(**values, row_version=owed.row_version + 1)).rowcount:
        raise StaleRow(f"settlement {owed.id} was changed meanwhile")
