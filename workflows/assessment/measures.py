"""What is measured of an assessment 考核: taken from the catalogue and the statistics, never entered by hand.

A month is judged by the indicators' values as its signature knew them, the ones every page shows of it. The year is
judged by December's as known when it is scored: what is determined of a year after its end counts until three
departments have confirmed it. Both speak of the month's last day, also where an indicator is otherwise judged live.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from data_access.books.indicators import IndicatorRow, Wanted, month_period, values_of
from data_access.books.live import reconciled_values
from data_access.books.reconciliation import Reconciliation
from data_access.books.regions import RegionTree
from data_access.books.statistics import Statistics
from rules.assessment import Area, Deduct, Indicator, Linear
from rules.calendar import month_end
from rules.indicators import INDICATORS, Value
from rules.indicators.declaration import NO_DENOMINATOR
from rules.month import Month
from workflows.gap.register import overdue_on

DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of one unit. ``value`` is what it is scored by, None where that is not known; ``rows`` are the
    catalogue's values it is or is counted from; ``task`` is False where the unit has nothing to do of the kind."""

    value: Decimal | None
    rows: tuple[IndicatorRow, ...] = ()
    task: bool = True


def catalogue_code(indicator: Indicator) -> str | None:
    """The indicator of the catalogue that measures one of the assessment; None for any other."""
    if isinstance(indicator, Deduct) and indicator.counts:
        return indicator.counts
    return indicator.code if indicator.code in INDICATORS else None


def by_hand(indicator: Indicator) -> bool:
    """Whether assessors enter the value, because nothing measures it."""
    shared = isinstance(indicator, Linear) and bool(indicator.share_of)
    return catalogue_code(indicator) is None and not shared


def local_units(tree: RegionTree, month: int) -> tuple[str, ...]:
    """The local governments that are assessed and ranked: those directly below the province, without 省本级."""
    return tuple(code for code in assessed_units(tree, month) if tree.region(code).governed)


def assessed_units(tree: RegionTree, month: int) -> tuple[str, ...]:
    """The units that have figures of their own: the local governments, and 省本级 beside them."""
    return tree.children(tree.root, month_end(month))


def known_to(month: int, signed: int, newest: int) -> int:
    """The data version by which a month is judged: the one signed; of December, the year's, the newest."""
    return newest if Month(month).number == DECEMBER else signed


def load_measured(
    connection: Connection,
    scheme: str,
    tree: RegionTree,
    areas: Iterable[Area],
    month: int,
    version: int,
    units: Sequence[str],
    books: Reconciliation,
) -> Mapping[tuple[str, str], Measured]:
    """By unit and indicator everything that the catalogue measures of a month, as known to a version. ``books``: the year's
    reconciliation as that version knows it."""
    indicators = [one for area in areas for one in area.indicators if catalogue_code(one) is not None]
    found: dict[tuple[str, int, str], IndicatorRow] = {}
    for wanted, row in values_of(connection, scheme, _wanted(indicators, month, version)):
        if not row.part and wanted.month is not None:
            found[wanted.indicator, wanted.month, row.region] = row
    for live in {one.code for one in indicators if one.code in AT_MONTH_END}:
        day = month_end(month)
        if live == "gap_overdue":
            values: Iterable[tuple[str, Value]] = overdue_on(connection, scheme, tree, day)
        else:
            values = reconciled_values(books, day, {tree.root, *units})
        for region, value in values:
            found[live, month, region] = IndicatorRow(live, month_period(month), region, "", version, value)
    measured = {}
    for unit in units:
        for one in indicators:
            code = catalogue_code(one)
            assert code is not None
            if isinstance(one, Deduct):
                measured[unit, one.code] = _counted(found, code, tree, unit, month)
            else:
                measured[unit, one.code] = _single(
                    one, found.get((code, month, unit)), (code, month, tree.root) in found
                )
    return measured


def _wanted(indicators: Iterable[Indicator], month: int, version: int) -> Iterator[Wanted]:
    for one in indicators:
        code = catalogue_code(one)
        if code is not None and code not in AT_MONTH_END:
            for of_month in year_months(month) if isinstance(one, Deduct) else (month,):
                yield Wanted(code, of_month, None, version)


def year_months(month: int) -> tuple[int, ...]:
    """The months of a year up to one."""
    return tuple(Month.at(Month(month).year, number) for number in range(1, Month(month).number + 1))


# Judged live, and told here as of a month's last day; no other live indicator stands in an assessment.
AT_MONTH_END = frozenset({"gap_overdue", "reconciliation_difference"})


def _single(indicator: Indicator, row: IndicatorRow | None, province_known: bool) -> Measured:
    """A value as it stands. Who owes nothing has no row or nothing to divide by; where the province has no row either,
    nothing is known at all."""
    if row is not None and row.value.value is not None:
        return Measured(row.value.value, (row,))
    nothing = province_known if row is None else row.value.reason == NO_DENOMINATOR
    rows = () if row is None else (row,)
    if isinstance(indicator, Linear) and indicator.full_without_task and nothing:
        return Measured(indicator.full_at, rows, task=False)
    return Measured(None, rows)


def _counted(
    found: Mapping[tuple[str, int, str], IndicatorRow], code: str, tree: RegionTree, unit: str, last: int
) -> Measured:
    """The units and months of the year that stand above zero, the newest first; not known while one of them is not."""
    places = tree.children(unit, month_end(last)) or (unit,)
    rows = [found.get((code, month, place)) for month in reversed(year_months(last)) for place in places]
    known = [row for row in rows if row is not None and row.value.value is not None]
    above = tuple(row for row in known if row.value.value)
    return Measured(Decimal(len(above)) if len(known) == len(rows) else None, above)


def from_statistics(indicator: Linear, region: str, statistics: Statistics, month: int) -> Decimal | None:
    """A share of two measures over the year, in percent; None where one of them was not reported."""
    part, whole = (statistics.sum(region, year_months(month), measure) for measure in indicator.share_of)
    return None if part is None or not whole else (part * 100 / whole).quantize(Decimal("0.01"))
