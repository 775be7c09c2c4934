"""Money in the treasury 国库: how long what is still there has waited, and what came in lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import Connection, func, or_, select

from data_access.books.regions import RegionTree
from data_access.store import schema
from rules.calendar import Waiting, waiting
from rules.month import Month
from rules.movements import Account

# Money rarely waits longer; where it does, the whole history of that region is read.
USUAL_WAIT = timedelta(days=90)


def load_waiting(connection: Connection, scheme: str, tree: RegionTree, as_of: date) -> dict[str, Waiting]:
    """What is in the treasury and for how long, first in first out, by region including everything below it.

    Ages are taken region by region and added up, so that one county's prompt transfer does not hide another's delay. A
    region whose own treasury balance is negative holds nothing.
    """
    balances, opened = _balances(connection, scheme)
    holding = {region: balance for region, balance in balances.items() if balance > 0 and region in tree}
    receipts = _receipts(connection, scheme, since=as_of - USUAL_WAIT)
    unexplained = [
        region for region, balance in holding.items() if sum(max(fen, 0) for _, fen in receipts[region]) < balance
    ]
    if unexplained:
        receipts.update(_receipts(connection, scheme, regions=unexplained))
    own = {
        region: waiting(balance, [*receipts[region], (opened.get(region, as_of), 0)], as_of)
        for region, balance in holding.items()
    }
    return _with_subtrees(tree, own)


def _balances(connection: Connection, scheme: str) -> tuple[dict[str, int], dict[str, date]]:
    """Each region's own treasury balance, and the day of its opening balance."""
    fact, opening, batch = schema.account_fact, schema.opening_balance, schema.import_batch
    changes = connection.execute(
        select(fact.c.region, func.sum(fact.c.amount_fen))
        .where(fact.c.scheme == scheme, fact.c.account == Account.TREASURY)
        .group_by(fact.c.region)
    )
    balances: dict[str, int] = defaultdict(int, {region: int(fen) for region, fen in changes})
    opened = {}
    for row in connection.execute(
        select(opening)
        .join(batch, batch.c.id == opening.c.batch)
        .where(opening.c.scheme == scheme, opening.c.account == Account.TREASURY, batch.c.data_version.is_not(None))
    ):
        balances[row.region] += int(row.amount_fen)
        opened[row.region] = row.as_of
    return balances, opened


def _receipts(
    connection: Connection, scheme: str, since: date | None = None, regions: list[str] | None = None
) -> dict[str, list[tuple[date, int]]]:
    """What was collected into the treasury day by day, newest first."""
    fact = schema.daily_fact
    wanted = (
        select(fact.c.region, fact.c.day, fact.c.amount_fen)
        .where(fact.c.scheme == scheme, fact.c.movement == "collect")
        .order_by(fact.c.day.desc())
    )
    if since is not None:
        wanted = wanted.where(fact.c.day > since)
    if regions is not None:
        wanted = wanted.where(fact.c.region.in_(regions))
    received: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for region, day, fen in connection.execute(wanted):
        received[region].append((day, int(fen)))
    return received


def _with_subtrees(tree: RegionTree, own: Mapping[str, Waiting]) -> dict[str, Waiting]:
    total = {code: own.get(code, Waiting()) for code in tree.codes}
    for code in reversed(tree.codes):
        parent = tree.parent(code)
        if parent is not None:
            total[parent] += total[code]
    return total


def load_received(
    connection: Connection, scheme: str, tree: RegionTree, windows: Mapping[int, tuple[date, date]]
) -> dict[tuple[str, int], int]:
    """What was collected within each month's window (first and last day included), by region with everything below it
    and month; zero where nothing came in."""
    fact = schema.daily_fact
    if not windows:
        return {}
    inside = or_(*(fact.c.day.between(first, last) for first, last in windows.values()))
    own: dict[tuple[str, int], int] = defaultdict(int)
    for region, day, fen in connection.execute(
        select(fact.c.region, fact.c.day, fact.c.amount_fen).where(
            fact.c.scheme == scheme, fact.c.movement == "collect", inside
        )
    ):
        for month, (first, last) in windows.items():
            if first <= day <= last:
                own[region, month] += int(fen)
    for month in windows:
        for code in reversed(tree.codes):
            parent = tree.parent(code)
            if parent is not None:
                own[parent, month] += own[code, month]
    return own


def load_disbursed(connection: Connection, scheme: str, since: int) -> dict[int, date]:
    """By month from one on (yyyymm), the day on which the last unit got its first disbursement 拨付 of the month."""
    fact = schema.daily_fact
    months: dict[int, dict[str, date]] = defaultdict(dict)
    for region, day in connection.execute(
        select(fact.c.region, fact.c.day)
        .where(
            fact.c.scheme == scheme,
            fact.c.movement == "disburse",
            fact.c.day >= Month(since).first,
            fact.c.amount_fen > 0,
        )
        .order_by(fact.c.day)
    ):
        months[Month.of(day)].setdefault(region, day)
    return {month: max(units.values()) for month, units in months.items()}
