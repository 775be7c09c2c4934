"""Statistics 统计指标 by region and month: heads, wage bases, what was due; as reported, newest correction first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from sqlalchemy import Connection, select

from data_access.books.regions import RegionTree
from data_access.books.standing import standing
from data_access.store import schema
from rules.statistics import MEASURES

Own = Mapping[tuple[str, str], Mapping[int, Decimal]]  # (region, measure) → month → value


class Statistics:
    """The statistics of one scheme over its regions.

    Additive measures: a region's figure is its own rows and all below it. Others hold only where they are reported.
    """

    def __init__(self, tree: RegionTree, own: Own) -> None:
        self.tree, self._own = tree, own
        self._known: dict[tuple[str, str], dict[int, Decimal]] = {}

    def value(self, region: str, month: int, measure: str) -> Decimal | None:
        """The figure of a month yyyymm in the measure's unit; None when nothing was reported, never 0."""
        return self.series(region, measure).get(month)

    def series(self, region: str, measure: str) -> Mapping[int, Decimal]:
        """Every reported month yyyymm with its figure, in order. Raises KeyError for an unknown measure."""
        key = (region, measure)
        if key not in self._known:
            own = self._own.get(key, {})
            self._known[key] = self._summed(region, measure, own) if MEASURES[measure].additive else dict(own)
        return self._known[key]

    def _summed(self, region: str, measure: str, own: Mapping[int, Decimal]) -> dict[int, Decimal]:
        found = dict(own)
        for child in self.tree.children(region):
            for month, value in self.series(child, measure).items():
                found[month] = found[month] + value if month in found else value
        return dict(sorted(found.items()))

    def sum(self, region: str, months: Iterable[int], measure: str) -> Decimal | None:
        """The sum over months; None unless every one of them was reported."""
        series = self.series(region, measure)
        values = [series.get(month) for month in months]
        given = [value for value in values if value is not None]
        return sum(given, Decimal(0)) if given and len(given) == len(values) else None

    @property
    def measures(self) -> frozenset[str]:
        """The measures that anything was reported of."""
        return frozenset(measure for _, measure in self._own)

    @property
    def newest_month(self) -> int | None:
        """The latest month that anything was reported of."""
        return max((month for months in self._own.values() for month in months), default=None)


def load_statistics(
    connection: Connection,
    scheme_code: str,
    tree: RegionTree,
    version: int | None = None,
    since: int = 0,
    *,
    measures: Collection[str] | None = None,
) -> Statistics:
    """The statistics of a scheme published up to a version (None: all published), the newest correction of each.

    ``since`` leaves out the months yyyymm before it, ``measures`` all others (None: no one).
    """
    table = schema.statistic
    wanted = (
        select(table.c.region, table.c.measure, table.c.month, table.c.value)
        .where(table.c.scheme == scheme_code, table.c.month >= since, standing(table, version))
        .order_by(table.c.region, table.c.measure, table.c.month, table.c.version)
    )
    if measures is not None:
        wanted = wanted.where(table.c.measure.in_(measures))
    own: dict[tuple[str, str], dict[int, Decimal]] = {}
    for region, measure, month, value in connection.execute(wanted).all():
        own.setdefault((region, measure), {})[month] = Decimal(value)
    return Statistics(tree, own)
