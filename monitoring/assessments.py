"""The refresh step that scores the regions: the newest final month, and last year's December as known now.

A month keeps the scores it had when the next one became final, so that movement can be shown. December of last year is
scored again whenever something under it changes: once the year is confirmed, what differs stands beside the signed
scores. What is measured is taken as :mod:`workflows.assessment.measures` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from sqlalchemy import Connection

from data_access.books.reconciliation import Reconciliation, load_reconciliation
from data_access.books.regions import RegionTree
from data_access.books.statistics import Statistics, load_statistics
from data_access.books.versions import MonthClose, Version
from monitoring.scheme_books import SchemeBooks
from rules import assessment, in_force
from rules.assessment import Indicator, Linear, Manual
from rules.calendar import month_end
from rules.errors import NotInForce
from rules.month import Month
from rules.scheme import Scheme
from workflows.assessment.measures import (
    DECEMBER,
    Measured,
    assessed_units,
    by_hand,
    from_statistics,
    known_to,
    load_measured,
    local_units,
)
from workflows.assessment.register import Entry, load_entries, scored_months, write_scores

AREAS = "assessment_areas"


def update_assessments(connection: Connection, version: Version, ledgers: Sequence[SchemeBooks]) -> int:
    """Score what is due and keep what changed; returns how many scores were written."""
    return sum(_update(connection, version, books) for books in ledgers)


def _update(connection: Connection, version: Version, books: SchemeBooks) -> int:
    code, scheme, tree = books.code, books.scheme, books.tree
    signed = {close.month: close for close in books.closes}
    if AREAS not in scheme.parameters or not signed:
        return 0

    @cache
    def reconciled(year: int, number: int) -> Reconciliation:
        return load_reconciliation(connection, code, tree, date(year, 1, 1), number)

    due, written = _due(signed, scored_months(connection, code)), 0
    for month in due:
        cases = _cases(connection, scheme, tree, reconciled, signed[month], version)
        written += write_scores(connection, code, month, version.id, cases, local_units(tree, month))
    return written


def _due(signed: Iterable[int], known: Iterable[int]) -> list[int]:
    """The newest final month, those of its year without scores, and December of the year before."""
    newest = max(signed)
    year = Month(newest).year
    scored = set(known)
    due = {month for month in signed if Month(month).year == year and month not in scored} | {newest}
    return sorted(due | ({Month.at(year - 1, DECEMBER)} & set(signed)))


def _cases(
    connection: Connection,
    scheme: Scheme,
    tree: RegionTree,
    reconciled: Callable[[int, int], Reconciliation],
    close: MonthClose,
    version: Version,
) -> dict[str, assessment.Case]:
    """The rule's case of each unit that has figures of its own."""
    try:
        case, _rests_on = in_force.case(assessment.Case, scheme, month_end(close.month), values={})
    except NotInForce:
        return {}
    units = assessed_units(tree, close.month)
    known = known_to(close.month, close.version, version.id)
    year = Month(close.month).year
    kept = reconciled(year, known)
    measured = load_measured(connection, scheme.code, tree, case.areas, close.month, known, units, kept)
    entries = load_entries(connection, scheme.code, year)
    indicators = [one for area in case.areas for one in area.indicators]
    # A share is one of the year's months up to the one that is scored.
    shared = {measure for one in indicators if isinstance(one, Linear) for measure in one.share_of}
    statistics = load_statistics(connection, scheme.code, tree, since=Month.at(year, 1), measures=shared)
    cases = {}
    for unit in units:
        values = {
            indicator.code: _value(indicator, unit, measured, entries, statistics, close.month)
            for indicator in indicators
        }
        cases[unit] = assessment.Case(case.areas, values)
    return cases


def _value(
    indicator: Indicator,
    unit: str,
    measured: Mapping[tuple[str, str], Measured],
    entries: Mapping[tuple[str, str], tuple[Entry, ...]],
    statistics: Statistics,
    month: int,
) -> Decimal | None:
    """What an indicator is judged by: what is measured, and only where nothing measures it what was entered by hand."""
    if not by_hand(indicator):
        if isinstance(indicator, Linear) and indicator.share_of:
            return from_statistics(indicator, unit, statistics, month)
        return measured[unit, indicator.code].value
    entered = entries.get((unit, indicator.code), ())
    value = entered[-1].value if entered else None
    # Entered under other points than now in force: it has to be given again.
    if value is not None and isinstance(indicator, Manual) and value > indicator.points:
        return None
    return value
