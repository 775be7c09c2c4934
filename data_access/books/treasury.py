"""Money in the treasury 国库: how long what is still there has waited, and what came in lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, Self, TypeVar

from sqlalchemy import Connection, func, or_, select

from data_access.books.facts import Facts
from data_access.books.regions import RegionTree
from data_access.books.standing import published, standing
from data_access.store import schema
from rules.calendar import Waiting, aged, layers
from rules.month import Month
from rules.movements import Account

# Money rarely waits longer; where it does, the whole history of that region is read.
USUAL_WAIT = timedelta(days=90)


# Up to how many days each band of ages reaches; the last has no end.
BANDS = (5, 10, 30)


class Adding(Protocol):
    """What is summed over the regions below."""

    def __add__(self, other: Self, /) -> Self: ...


A = TypeVar("A", bound=Adding)


@dataclass(frozen=True, slots=True)
class Ages:
    """Money still in the treasury by age, in fen: up to each of ``BANDS`` and beyond, ``oldest`` the day of its first receipt
    (None where nothing waits), ``negative_fen`` the balances below zero 红字, which wait for nothing. Bands and these are
    together the account's balance."""

    bands: tuple[int, ...] = (0,) * (len(BANDS) + 1)
    oldest: date | None = None
    negative_fen: int = 0

    def __add__(self, other: Ages) -> Ages:
        days = [day for day in (self.oldest, other.oldest) if day is not None]
        bands = tuple(one + more for one, more in zip(self.bands, other.bands, strict=True))
        return Ages(bands, min(days, default=None), self.negative_fen + other.negative_fen)

    @property
    def balance_fen(self) -> int:
        return sum(self.bands) + self.negative_fen


def load_waiting(connection: Connection, facts: Facts, as_of: date, version: int | None = None) -> dict[str, Waiting]:
    """What is in the treasury and for how long, first in first out, by region including everything below it.

    As of the end of a day's month, or a day of the running month; as an earlier version knew it (None: all published).
    Ages are taken region by region and added up, so that one county's prompt transfer does not hide another's delay. A
    region whose own treasury balance is negative holds nothing.
    """
    held = _held(connection, facts, _balances(facts, as_of), as_of, version)
    return _with_subtrees(facts.tree, {code: aged(own, as_of) for code, own in held.items()}, Waiting())


def load_ages(connection: Connection, facts: Facts, as_of: date, version: int | None = None) -> dict[str, Ages]:
    """The same by bands of days."""
    balances = _balances(facts, as_of)
    own = {code: Ages(negative_fen=fen) for code, fen in balances.items() if fen < 0}
    for code, held in _held(connection, facts, balances, as_of, version).items():
        bands = [0] * (len(BANDS) + 1)
        for day, fen in held:
            bands[sum((as_of - day).days > most for most in BANDS)] += fen
        own[code] = Ages(tuple(bands), min(day for day, _fen in held))
    return _with_subtrees(facts.tree, own, Ages())


def _held(
    connection: Connection, facts: Facts, balances: Mapping[str, int], as_of: date, version: int | None
) -> dict[str, list[tuple[date, int]]]:
    """What each region's own balance above zero is made of, by day of receipt."""
    scheme = facts.scheme.code
    holding = {region: balance for region, balance in balances.items() if balance > 0}
    receipts = _receipts(connection, scheme, version, as_of, since=as_of - USUAL_WAIT)
    unexplained = [
        region for region, balance in holding.items() if sum(max(fen, 0) for _, fen in receipts[region]) < balance
    ]
    opened: Mapping[str, date] = {}
    if unexplained:
        receipts.update(_receipts(connection, scheme, version, as_of, regions=unexplained))
        opened = _opened(connection, scheme, version)
    return {
        region: layers(balance, [*receipts[region], (opened.get(region, as_of), 0)], as_of)
        for region, balance in holding.items()
    }


def _balances(facts: Facts, as_of: date) -> dict[str, int]:
    """Each region's own treasury balance, without those below it, at the end of a day's month."""
    months = [index for index, month in enumerate(facts.months) if month <= Month.of(as_of)]

    def balance(code: str) -> int:
        return (
            int(facts.account(code, Account.TREASURY)[months[-1]]) if months else facts.opening(code, Account.TREASURY)
        )

    whole = {code: balance(code) for code in facts.tree.codes}
    below: dict[str, int] = defaultdict(int)
    for code, fen in whole.items():
        above = facts.tree.parent(code)
        if above is not None:
            below[above] += fen
    return {code: fen - below[code] for code, fen in whole.items()}


def _opened(connection: Connection, scheme: str, version: int | None) -> dict[str, date]:
    """The day of each region's opening balance."""
    opening = schema.opening_balance
    rows = connection.execute(
        select(opening.c.region, opening.c.as_of).where(
            opening.c.scheme == scheme, opening.c.account == Account.TREASURY, standing(opening, version)
        )
    )
    return {row.region: row.as_of for row in rows}


def _receipts(
    connection: Connection,
    scheme: str,
    version: int | None,
    until: date,
    since: date | None = None,
    regions: list[str] | None = None,
) -> dict[str, list[tuple[date, int]]]:
    """What was collected into the treasury day by day up to a day, newest first."""
    kept = schema.daily_fact if version is None else schema.daily_change
    wanted = (
        select(kept.c.region, kept.c.day, func.sum(kept.c.amount_fen))
        .where(kept.c.scheme == scheme, kept.c.movement == "collect", kept.c.day <= until)
        .group_by(kept.c.region, kept.c.day)
        .order_by(kept.c.day.desc())
    )
    if version is not None:
        wanted = wanted.where(schema.daily_change.c.batch.in_(published(version)))
    if since is not None:
        wanted = wanted.where(kept.c.day > since)
    if regions is not None:
        wanted = wanted.where(kept.c.region.in_(regions))
    received: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for region, day, fen in connection.execute(wanted):
        received[region].append((day, int(fen)))
    return received


def _with_subtrees(tree: RegionTree, own: Mapping[str, A], nothing: A) -> dict[str, A]:
    total = {code: own.get(code, nothing) for code in tree.codes}
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
