"""Values of live indicators from the books: as of now, and as a closed month's end has them.

A live indicator is judged at every version, but most of them rest on dated books, so that they can be told as of any
day. In a closed month they are, so that all figures of a period speak of one day; what rests on deliveries exists only
now (:data:`ONLY_NOW`). What rests on dated registers stands with them: 缺口资金逾期 in :mod:`workflows.gap.register`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import Connection

from data_access.books.facts import Facts
from data_access.books.indicators import IndicatorRow, month_period
from data_access.books.reconciliation import Reconciled, Reconciliation
from data_access.books.requests import Requests, load_requests
from data_access.books.treasury import load_waiting
from rules.calendar import month_end, months_before
from rules.indicators import INDICATORS, Value
from rules.month import Month
from rules.movements import Account

# Of what is delivered only the present state is known.
ONLY_NOW = frozenset({"data_age", "rejected_share"})


def waiting_values(connection: Connection, facts: Facts, as_of: date, version: int | None = None) -> dict[str, Value]:
    """国库待划转天数 of every region on a day, as known to a version (None: all published)."""
    held = load_waiting(connection, facts, as_of, version)
    delay = INDICATORS["pooling_delay"]
    return {
        code: delay.value(waiting_fen=held[code].amount_fen, waiting_fen_days=held[code].fen_days)
        for code in facts.tree.codes
    }


def identity_value(facts: Facts, region: str, last: int | None = None) -> Value:
    """收支平衡校验差额 of a region: the largest of the months up to one (None: of all)."""
    until = None if last is None else facts.index(last) + 1
    result, accounts = facts.result_balance(region).tolist()[:until], facts.account_total(region).tolist()[:until]
    worst = max(range(len(result)), key=lambda index: (abs(accounts[index] - result[index]), index))
    return INDICATORS["balance_identity"].value(
        result_fen=result[worst], accounts_fen=accounts[worst], month=facts.months[worst]
    )


def reconciled_values(
    books: Reconciliation, as_of: date, wanted: Collection[str] | None = None
) -> Iterator[tuple[str, Value]]:
    """调节后差额 of the year so far, by region that reports totals (None: of every one)."""
    for region in books.regions():
        if wanted is not None and region not in wanted:
            continue
        yield region, reconciled_value(books.year_to_date(region, as_of))


def reconciled_value(found: Reconciled | None) -> Value:
    """调节后差额 of one comparison; without a value where there is none."""
    return INDICATORS["reconciliation_difference"].value(
        difference_fen=None if found is None else found.difference_fen,
        collected_fen=None if found is None else found.collected_fen,
        unreached_fen=None if found is None else found.unreached_fen,
        days_open=None if found is None else found.days_open,
    )


def cover_value(facts: Facts, requests: Requests, month: int, as_of: date) -> Value:
    """省级专户备付月数 at the end of a month: against the next month's request, else the latest one, approved by a day."""
    root, following = facts.tree.root, months_before(Month.of(as_of), -1)
    approved = (
        (asked_for, requests.approved(root, asked_for, as_of))
        for asked_for in sorted(requests.months, reverse=True)
        if asked_for <= following
    )
    request_month, request = next(((one, fen) for one, fen in approved if fen is not None), (None, None))
    return INDICATORS["account_cover"].value(
        account_fen=int(facts.account(root, Account.PROVINCIAL)[facts.index(month)]) if facts.opened else None,
        request_fen=request,
        request_month=request_month,
    )


def month_end_rows(
    connection: Connection, facts: Facts, month: int, code: str, books: Reconciliation
) -> tuple[IndicatorRow, ...]:
    """A live indicator's values at the end of a month that the facts' version knows; regions without one are absent."""
    tree, last, found = facts.tree, month_end(month), dict[str, Value]()
    if code == "pooling_delay":
        found = waiting_values(connection, facts, last, facts.version)
    elif code == "balance_identity":
        found = {region: identity_value(facts, region, month) for region in tree.codes}
    elif code == "reconciliation_difference":
        found = dict(reconciled_values(books, last))
    elif code == "account_cover":
        requests = load_requests(connection, facts.scheme.code, tree, facts.version)
        found = {tree.root: cover_value(facts, requests, month, last)}
    else:
        raise KeyError(f"{code} has no value as of a month's end")
    period = month_period(month)
    return tuple(IndicatorRow(code, period, region, "", facts.version, value) for region, value in found.items())
