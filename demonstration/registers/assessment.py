"""The demonstration's assessment: entries by hand for two years, last year signed by three departments, a later finding."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Engine

from data_access.books.regions import load_tree
from data_access.store.engine import writing
from demonstration.world import assessment as told
from monitoring.assessments import AREAS
from rules import assessment, in_force
from rules.month import SHANGHAI, Month
from rules.scheme import Scheme, load_scheme
from workflows.assessment.measures import DECEMBER, local_units
from workflows.assessment.register import (
    load_confirmations,
    load_entries,
    load_scores,
    record_entry,
    sign_year,
)
from workflows.people.accounts import By

FOUND_DAYS_AGO = 12


def enter_assessments(engine: Engine, scheme_code: str, now: datetime) -> None:
    """What assessors entered for last year and the running one; nothing where entries stand."""
    scheme, year = load_scheme(scheme_code), now.astimezone(SHANGHAI).year
    if AREAS not in scheme.parameters:
        return
    with writing(engine) as connection:
        if load_entries(connection, scheme_code, year):
            return
        for of_year, day in ((year - 1, date(year, 1, 12)), (year, date(year, 10, 26))):
            areas, units = _defined(connection, scheme, of_year)
            by = _by(told.ASSESSOR, min(day, now.astimezone(SHANGHAI).date()))
            for one in told.entries(scheme_code, of_year, areas, units, running=of_year == year):
                record_entry(
                    connection, scheme_code, of_year, one.region, one.indicator, one.value, one.evidence, None, by
                )


def confirm_last_year(engine: Engine, scheme_code: str, now: datetime) -> None:
    """Three signatures under last year's scores, then a finding that came later; nothing where it is signed."""
    scheme, today = load_scheme(scheme_code), now.astimezone(SHANGHAI).date()
    year = today.year - 1
    with writing(engine) as connection:
        if load_confirmations(connection, scheme_code, year):
            return
        if not load_scores(connection, scheme_code, Month.at(year, DECEMBER)):
            return
        for place, person in enumerate(told.SIGNERS):
            day = min(date(year + 1, 2, 24) + timedelta(days=place), today)
            sign_year(connection, scheme_code, year, f"考核确认单〔{year}〕1号", _by(person, day))
        areas, units = _defined(connection, scheme, year)
        for one in told.correction(scheme_code, areas, units):
            by = _by(told.ASSESSOR, today - timedelta(days=FOUND_DAYS_AGO))
            record_entry(connection, scheme_code, year, one.region, one.indicator, one.value, one.evidence, None, by)


def _defined(connection: Connection, scheme: Scheme, year: int) -> tuple[tuple[assessment.Area, ...], tuple[str, ...]]:
    day = date(year, 12, 31)
    case, _rests_on = in_force.case(assessment.Case, scheme, day, values={})
    tree = load_tree(connection, scheme)
    return case.areas, local_units(tree, Month.of(day))


def _by(person: tuple[str, str, str], day: date) -> By:
    return By(*person, datetime(day.year, day.month, day.day, 2, 30, tzinfo=UTC))
