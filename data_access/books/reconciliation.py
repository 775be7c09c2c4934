"""Reconciliation 对账: tax, treasury, fiscal and agency totals beside the fund's own book, less the unreached items 未达账项.

Totals are what each department booked on a day, and what the ledger itself collected. Cumulated over the year to the last
day that every reporting department has reported, with each department's missing items added, they must agree; what remains
is the difference 调节后差额. What the ledger has more than once under the same day, item and amount is named beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, func, literal, select, tuple_, union_all

from data_access.books.regions import RegionTree
from data_access.books.standing import published, standing
from data_access.store import schema
from rules.calendar import month_end
from rules.month import Month

DEPARTMENTS = ("tax", "treasury", "fiscal", "agency")
OWN = "ledger"  # the fund's own book 基金账
BOOKS = (*DEPARTMENTS, OWN)
MEASURE = "premium_collected"


@dataclass(frozen=True, slots=True)
class Unreached:
    """One item that is in ``recorded_by``'s books and not yet in ``missing_at``'s, in fen; cleared when it arrived."""

    ref: str
    region: str
    recorded_by: str
    missing_at: str
    amount_fen: int
    reason: str
    arose_on: date
    cleared_on: date | None

    def open_on(self, day: date) -> bool:
        return self.arose_on <= day and (self.cleared_on is None or self.cleared_on > day)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The totals of a region from ``first`` to ``day`` in fen, as booked and with the items each has not reached.

    A department that never reports for the region is left out; the ledger never is. ``open_since`` is the first day from which on the
    difference has not been zero, None when it is zero. ``items`` are those open on the day.
    """

    region: str
    first: date
    day: date
    booked: Mapping[str, int]
    adjusted: Mapping[str, int]
    difference_fen: int
    open_since: date | None
    items: tuple[Unreached, ...]

    @property
    def collected_fen(self) -> int:
        """The tax side's total, or the largest where the tax side does not report."""
        return self.booked.get("tax", max(self.booked.values()))

    @property
    def days_open(self) -> int | None:
        """How many days the difference has stood, the first counted; None when it is zero."""
        return None if self.open_since is None else (self.day - self.open_since).days + 1

    @property
    def own_fen(self) -> int:
        """What the ledger has more than the tax side, or than the largest department; below zero what it lacks."""
        departments = [fen for book, fen in self.adjusted.items() if book != OWN]
        return self.adjusted[OWN] - self.adjusted.get("tax", max(departments))

    @property
    def unreached_fen(self) -> int:
        return sum(abs(item.amount_fen) for item in self.items)


Daily = dict[str, dict[date, int]]  # department → day → fen


class Reconciliation:
    """All totals and unreached items of one scheme, ready to be compared for any region and period."""

    def __init__(
        self,
        tree: RegionTree,
        totals: Mapping[str, Daily],
        own: Mapping[str, Mapping[date, int]],
        items: Iterable[Unreached],
    ) -> None:
        """``totals`` of the departments and ``own``, the ledger's collections by day, by region."""
        self.tree, self.totals, self.own, self.items = tree, totals, own, tuple(items)
        self._compared: dict[tuple[str, date, date], Reconciled | None] = {}

    def regions(self) -> tuple[str, ...]:
        """Regions with totals of their own or below them, parents first."""
        reported = {node for region in self.totals if region in self.tree for node in self.tree.path(region)}
        return tuple(code for code in self.tree.codes if code in reported)

    def _collected(self, region: str) -> Mapping[date, int]:
        """What the ledger collected day by day in the region and below."""
        summed: dict[date, int] = defaultdict(int)
        for code in self.tree.subtree(region):
            for day, amount in self.own.get(code, {}).items():
                summed[day] += amount
        return summed

    def _summed(self, region: str) -> Daily:
        summed: Daily = defaultdict(lambda: defaultdict(int))
        for code in self.tree.subtree(region):
            for department, days in self.totals.get(code, {}).items():
                for day, amount in days.items():
                    summed[department][day] += amount
        return summed

    def year_to_date(self, region: str, as_of: date) -> Reconciled | None:
        """From 1 January to the last day that every reporting department has reported; None when one has none yet."""
        return self._compare(region, date(as_of.year, 1, 1), as_of)

    def months(self, region: str, year: int, as_of: date) -> tuple[Reconciled, ...]:
        """Month by month, each month by itself; months not reported by every department are left out."""
        compared = [self.month(region, Month.at(year, number), as_of) for number in range(1, 13)]
        return tuple(month for month in compared if month is not None)

    def month(self, region: str, month: int, as_of: date) -> Reconciled | None:
        """One month by itself; None where it has not begun or not every department has reported it."""
        end = month_end(month)
        return self._compare(region, end.replace(day=1), min(end, as_of)) if end.replace(day=1) <= as_of else None

    def _compare(self, region: str, first: date, last: date) -> Reconciled | None:
        asked = (region, first, last)
        if asked not in self._compared:
            self._compared[asked] = self._comparison(*asked)
        return self._compared[asked]

    def _comparison(self, region: str, first: date, last: date) -> Reconciled | None:
        summed = self._summed(region)
        if not summed:
            return None
        inside = {department: [d for d in days if first <= d <= last] for department, days in summed.items()}
        if not all(inside.values()):
            return None
        day = min(max(days) for days in inside.values())
        below = set(self.tree.subtree(region))
        items = [item for item in self.items if item.region in below]
        summed[OWN] = dict(self._collected(region))
        booked = {book: _sum(summed[book], first, day) for book in BOOKS if book in summed}
        adjusted = _adjusted(booked, items, first, day)
        difference = _spread(adjusted)
        return Reconciled(
            region,
            first,
            day,
            booked,
            adjusted,
            difference,
            _open_since(summed, items, first, day) if difference else None,
            tuple(item for item in items if item.open_on(day)),
        )


def _sum(days: Mapping[date, int], first: date, last: date) -> int:
    return sum(amount for day, amount in days.items() if first <= day <= last)


def _adjusted(booked: Mapping[str, int], items: Iterable[Unreached], first: date, day: date) -> dict[str, int]:
    """Totals as if every item had arrived when it arose: open ones added, arrivals of earlier ones taken off."""
    adjusted = dict(booked)
    for item in items:
        if item.missing_at in adjusted:
            moved = int(item.open_on(day)) - int(item.open_on(first - timedelta(days=1)))
            adjusted[item.missing_at] += moved * item.amount_fen
    return adjusted


def _spread(totals: Mapping[str, int]) -> int:
    return max(totals.values()) - min(totals.values())


def _open_since(summed: Daily, items: list[Unreached], first: date, day: date) -> date:
    """The day after the last one on which the adjusted totals agreed, looking back from ``day``."""
    running = {department: _sum(days, first, day) for department, days in summed.items()}
    since = day
    while since >= first and _spread(_adjusted(running, items, first, since)):
        for department, days in summed.items():
            running[department] -= days.get(since, 0)
        since -= timedelta(days=1)
    return since + timedelta(days=1)


def load_reconciliation(
    connection: Connection, scheme: str, tree: RegionTree, since: date, version: int | None = None
) -> Reconciliation:
    """Totals booked from a day on, and every unreached item, published up to a version (None: all published)."""
    total, unreached = schema.agency_total, schema.unreached_item
    departments = select(
        total.c.region, total.c.department.label("book"), total.c.day, total.c.amount_fen.label("fen")
    ).where(total.c.scheme == scheme, total.c.measure == MEASURE, total.c.day >= since, standing(total, version))
    kept = schema.daily_fact if version is None else schema.daily_change
    collected = (
        select(kept.c.region, literal(OWN).label("book"), kept.c.day, func.sum(kept.c.amount_fen).label("fen"))
        .where(kept.c.scheme == scheme, kept.c.movement == "collect", kept.c.day >= since)
        .group_by(kept.c.region, kept.c.day)
    )
    if version is not None:
        collected = collected.where(schema.daily_change.c.batch.in_(published(version)))
    totals: dict[str, Daily] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    own: dict[str, dict[date, int]] = defaultdict(dict)
    for region, book, day, fen in connection.execute(union_all(departments, collected)).all():
        if book == OWN:
            own[region][day] = int(fen)
        else:
            totals[region][book][day] += int(fen)
    columns = [unreached.c[name] for name in Unreached.__slots__]
    items = connection.execute(select(*columns).where(unreached.c.scheme == scheme, standing(unreached, version)))
    return Reconciliation(tree, totals, own, (Unreached(**row) for row in items.mappings()))


@dataclass(frozen=True, slots=True)
class Repeated:
    """Collections that the ledger has ``times`` over: same region, item, day and amount, none of them reversed."""

    region: str
    item: str
    day: date
    amount_fen: int
    times: int


REPEATED_MOST = 20


def load_repeated(
    connection: Connection, scheme: str, regions: Collection[str], first: date, last: date, version: int
) -> tuple[Repeated, ...]:
    """What may have been posted more than once in some regions from a day to another, the largest first, at most
    ``REPEATED_MOST``; entries that were reversed 红字冲销, and their reversals, are left out."""
    entry = schema.ledger_entry
    back = entry.alias()
    # Asked once for all: an EXISTS for each entry reads the whole source for it, as nothing is kept in order of `corrects`.
    reversals = select(back.c.source, back.c.corrects).where(
        back.c.scheme == scheme, back.c.corrects.is_not(None), standing(back, version)
    )
    keys = (entry.c.region, entry.c.item, entry.c.business_date, entry.c.amount_fen)
    times = func.count().label("times")
    wanted = (
        select(*keys, times)
        .where(
            entry.c.scheme == scheme,
            entry.c.movement == "collect",
            entry.c.month.between(Month.of(first), Month.of(last)),
            entry.c.business_date.between(first, last),
            entry.c.region.in_(tuple(regions)),
            entry.c.corrects.is_(None),
            entry.c.amount_fen > 0,
            standing(entry, version),
            tuple_(entry.c.source, entry.c.source_ref).not_in(reversals),
        )
        .group_by(*keys)
        .having(func.count() > 1)
        .order_by(entry.c.amount_fen.desc(), entry.c.region, entry.c.business_date)
        .limit(REPEATED_MOST)
    )
    return tuple(Repeated(*row) for row in connection.execute(wanted))
