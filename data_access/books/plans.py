"""Plans 预算: the year's plan of each region and item, as first approved and as adjusted since."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from data_access.books.regions import RegionTree, load_tree
from data_access.books.standing import standing
from data_access.store import schema
from rules.scheme import Scheme, Side, load_scheme


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One approved amount. ``version`` 0 is 年初预算, later ones are approved adjustments that replace it.

    ``published`` is the data version that brought it, ``ended`` the one that corrected or withdrew it, None while it stands.
    """

    version: int
    amount_fen: int
    approval_ref: str
    approved_on: date
    published: int
    ended: int | None = None

    def stands_at(self, version: int) -> bool:
        return self.published <= version and (self.ended is None or self.ended > version)


Key = tuple[int, str, str]  # year, region, item


class Plans:
    """The plans of one scheme; ``history`` has also the rows that no longer stand.

    A plan row stands for the whole of its region and item. Where a region or an item has no row of its own, its plan is
    the sum of what is below it: children items first, then children regions. Nothing given anywhere is None, never 0.
    An adjustment counts from the day it was approved; the original plan counts for its whole year.
    """

    def __init__(
        self, scheme: Scheme, tree: RegionTree, history: Mapping[Key, tuple[PlanRow, ...]], version: int | None = None
    ) -> None:
        self.scheme, self.tree, self._history = scheme, tree, history
        rows = {key: tuple(row for row in given if _stands(row, version)) for key, given in history.items()}
        self.rows = rows = {key: given for key, given in rows.items() if given}
        self._known: dict[tuple[int, str, str, date | None], int | None] = {}
        self.years = tuple(sorted({year for year, _, _ in rows}))
        self._planned = {year: frozenset(code for of, code, _ in rows if of == year) for year in self.years}
        turns: dict[int, set[date]] = {year: set() for year in self.years}
        for (year, _region, _item), given in rows.items():
            turns[year].update(row.approved_on for row in given if row.version > 0)
        self._turns = {year: sorted(days) for year, days in turns.items()}

    def at(self, version: int) -> Plans:
        """The plans as an earlier data version knew them."""
        return Plans(self.scheme, self.tree, self._history, version)

    def original(self, region: str, item: str, year: int) -> int | None:
        """年初预算 in fen; None when none was given."""
        return self._amount(region, item, year, None)

    def adjusted(self, region: str, item: str, year: int, on: date) -> int | None:
        """调整后预算 in force on a day in fen; the original where nothing was adjusted by then, None without a plan."""
        return self._amount(region, item, year, self._standing(year, on))

    def total(self, region: str, side: Side, year: int, on: date | None = None) -> int | None:
        """The plan's 收入合计 or 支出合计: adjusted as of ``on``, else the original; None without a plan."""
        top = [item.code for item in self.scheme.items if item.side == side and item.parent is None]
        return self.items(region, top, year, on)

    def items(self, region: str, items: list[str] | tuple[str, ...], year: int, on: date | None = None) -> int | None:
        """The sum of several items' plans, none inside another; None when none of them is planned."""
        standing = self._standing(year, on)
        return _sum(self._amount(region, item, year, standing) for item in items)

    def units_of(self, region: str, year: int) -> tuple[str, ...]:
        """The local governments 市县 at or below a region that have a plan of their own for a year: the highest ones.

        省本级 is planned for too, but it is the province's own: it bears no local share and earns no credit.
        """
        given = self._planned.get(year, frozenset())
        inside, root = frozenset(self.tree.subtree(region)), self.tree.root
        return tuple(
            code
            for code in self.tree.codes
            if code in given
            and code in inside
            and code != root
            and self.tree.region(code).governed
            and given.isdisjoint(self.tree.path(code)[1:-1])
        )

    def _standing(self, year: int, on: date | None) -> date | None:
        """The last adjustment of the year approved by a day: between two of them every day's plan is the same."""
        turns = self._turns.get(year, [])
        at = 0 if on is None else bisect_right(turns, on)
        return turns[at - 1] if at else None

    def own(self, region: str, item: str, year: int, on: date | None = None) -> int | None:
        """What was entered for exactly this region and item, None when nothing was."""
        given = self.rows.get((year, region, item), ())
        counted = [row for row in given if row.version == 0 or (on is not None and row.approved_on <= on)]
        return max(counted, key=lambda row: row.version).amount_fen if counted else None

    def _amount(self, region: str, item: str, year: int, on: date | None) -> int | None:
        key = (year, region, item, on)
        if key not in self._known:
            found = self.own(region, item, year, on)
            if found is None:
                found = _sum(self._amount(region, child.code, year, on) for child in self.scheme.children(item))
            if found is None:
                found = _sum(self._amount(child, item, year, on) for child in self.tree.children(region))
            self._known[key] = found
        return self._known[key]


def _stands(row: PlanRow, version: int | None) -> bool:
    return row.ended is None if version is None else row.stands_at(version)


def _sum(amounts: Iterable[int | None]) -> int | None:
    given = [amount for amount in amounts if amount is not None]
    return sum(given) if given else None


def load_plans(connection: Connection, scheme_code: str, *, tree: RegionTree | None = None) -> Plans:
    """All published plans of a scheme. ``tree``: the province's, if at hand."""
    table, batch, ending = schema.plan, schema.import_batch, schema.import_batch.alias()
    wanted = (
        select(table, batch.c.data_version, ending.c.data_version.label("ended"))
        .join(batch, batch.c.id == table.c.batch)
        .outerjoin(ending, ending.c.id == table.c.ended_by)
        .where(table.c.scheme == scheme_code, batch.c.data_version.is_not(None))
        .order_by(table.c.version)
    )
    rows: dict[Key, tuple[PlanRow, ...]] = {}
    for row in connection.execute(wanted):
        key = (row.year, row.region, row.item)
        adjustment = PlanRow(
            row.version, int(row.amount_fen), row.approval_ref, row.approved_on, row.data_version, row.ended
        )
        rows[key] = (*rows.get(key, ()), adjustment)
    scheme = load_scheme(scheme_code)
    return Plans(scheme, tree or load_tree(connection, scheme), rows)


def load_planned(connection: Connection, scheme_code: str, year: int) -> frozenset[tuple[str, str]]:
    """Which regions have a plan of a year as it stands, of which items: (region, item)."""
    table = schema.plan.c
    wanted = select(table.region, table.item).where(
        table.scheme == scheme_code, table.year == year, standing(schema.plan)
    )
    return frozenset((row.region, row.item) for row in connection.execute(wanted.distinct()))
