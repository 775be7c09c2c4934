"""The refresh step that scores the regions: the newest final month, and last year's December as known now.

A month keeps the scores it had when the next one became final, so that movement can be shown. December of last year is
scored again whenever something under it changes: once the year is confirmed, what differs stands beside the signed
scores. Live indicators count as they stood when the month was signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from data_access.books.indicators import month_period, values_at
from data_access.books.regions import RegionTree
from data_access.books.statistics import Statistics, load_statistics
from data_access.books.versions import MonthClose, Version
from monitoring.scheme_books import SchemeBooks
from rules import assessment, in_force
from rules.assessment import Area, Indicator, Linear, Manual
from rules.calendar import month_end
from rules.errors import NotInForce
from rules.indicators import INDICATORS
from rules.month import Month
from rules.scheme import Scheme
from workflows.assessment.register import DECEMBER, Entry, load_entries, scored_months, write_scores

AREAS = "assessment_areas"
Given = Mapping[tuple[str, str], Decimal]  # (region, indicator) → value


def update_assessments(connection: Connection, version: Version, ledgers: Sequence[SchemeBooks]) -> int:
    """Score what is due and keep what changed; returns how many scores were written."""
    written = 0
    for books in ledgers:
        code, scheme, tree = books.code, books.scheme, books.tree
        signed = {close.month: close for close in books.closes}
        if AREAS not in scheme.parameters or not signed:
            continue
        statistics = load_statistics(connection, code, tree)
        for month in _due(signed, scored_months(connection, code)):
            cases = _cases(connection, scheme, tree, statistics, signed[month])
            written += write_scores(connection, code, month, version.id, cases)
    return written


def _due(signed: Iterable[int], known: Iterable[int]) -> list[int]:
    """The newest final month, those of its year without scores, and December of the year before."""
    newest = max(signed)
    year = Month(newest).year
    scored = set(known)
    due = {month for month in signed if Month(month).year == year and month not in scored} | {newest}
    return sorted(due | ({Month.at(year - 1, DECEMBER)} & set(signed)))


def _cases(
    connection: Connection, scheme: Scheme, tree: RegionTree, statistics: Statistics, close: MonthClose
) -> dict[str, assessment.Case]:
    """The rule's case of each unit that is ranked: the regions directly under the province."""
    day = month_end(close.month)
    try:
        case, _rests_on = in_force.case(assessment.Case, scheme, day, values={})
    except NotInForce:
        return {}
    found = _catalogue(connection, scheme.code, case.areas, close)
    entries = load_entries(connection, scheme.code, Month(close.month).year)
    cases = {}
    for region in tree.children(tree.root, day):
        values = {
            indicator.code: _value(indicator, region, found, entries, statistics, day)
            for area in case.areas
            for indicator in area.indicators
        }
        cases[region] = assessment.Case(case.areas, values)
    return cases


def _catalogue(connection: Connection, scheme: str, areas: Iterable[Area], close: MonthClose) -> Given:
    codes = [indicator.code for area in areas for indicator in area.indicators if indicator.code in INDICATORS]
    month = [code for code in codes if INDICATORS[code].period == "month"]
    live = [code for code in codes if INDICATORS[code].period == "live"]
    rows = [
        *values_at(connection, scheme, indicators=month, periods=(month_period(close.month),)),
        *values_at(connection, scheme, indicators=live, version=close.version),
    ]
    return {
        (row.region, row.indicator): row.value.value for row in rows if not row.part and row.value.value is not None
    }


def _value(
    indicator: Indicator,
    region: str,
    found: Given,
    entries: Mapping[tuple[str, str], tuple[Entry, ...]],
    statistics: Statistics,
    day: date,
) -> Decimal | None:
    """What an indicator is judged by: the catalogue's value, a share of two statistics, or what was entered by hand."""
    if indicator.code in INDICATORS:
        return found.get((region, indicator.code))
    if isinstance(indicator, Linear) and indicator.share_of:
        months = [Month.at(day.year, month) for month in range(1, day.month + 1)]
        part, whole = (statistics.sum(region, months, measure) for measure in indicator.share_of)
        return None if part is None or not whole else (part * 100 / whole).quantize(Decimal("0.01"))
    entered = entries.get((region, indicator.code), ())
    value = entered[-1].value if entered else None
    # Entered under other points than now in force: it has to be given again.
    if value is not None and isinstance(indicator, Manual) and value > indicator.points:
        return None
    return value
