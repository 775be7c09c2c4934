"""The refresh step of the long-run projection 中长期测算: where what it rests on changed, the set is computed and kept.

What cannot be computed holds up no publication: the last results stand, and what went wrong is kept beside them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from data_access.books.outlook.population import NoHeads
from data_access.books.outlook.results import FAILED, MID, Computed, StoredRun, load_runs, write_runs
from data_access.books.parameters import Setting, newest_setting, settings
from data_access.books.standing import touched
from data_access.books.versions import Version
from data_access.store import schema
from monitoring.outlook.cases import EMPLOYED, FLEXIBLE, YearEnd
from monitoring.scheme_books import SchemeBooks
from rules import in_force
from rules.errors import PoolwatchError
from rules.month import SHANGHAI, Month
from rules.projection.assumptions import ASSUMPTIONS
from rules.projection.stress import Projection, Settings
from rules.scheme import ParameterValue
from workflows.outlook.assumptions import Assumption, Basis, decimal_text, knows
from workflows.outlook.runs import Base, case_of, computed
from workflows.outlook.scenarios import changed, load_scenarios

BACK = 3  # 回测: years back
# Tables whose rows a projection rests on beside the ledger.
TABLES = (schema.population_structure, schema.mortality_table, schema.statistic, schema.opening_balance)

log = logging.getLogger(__name__)


def update_outlook(
    connection: Connection,
    version: Version,
    previous: Version | None,
    batches: Sequence[int],
    ledgers: Sequence[SchemeBooks],
    *,
    full: bool = False,
) -> int:
    """Compute the projections of every scheme with a closed year whose books or assumptions changed; returns how many were
    written."""
    written = 0
    today = version.as_of.astimezone(SHANGHAI).date()
    for books in ledgers:
        year = closed_year(books)
        known = load_runs(connection, books.code)
        if year is None or not (full or _asked(connection, books, year, today, known, previous, batches)):
            continue
        made = list(_attempted(connection, books, year, today, known))
        write_runs(connection, books.code, version.id, made, version.published_at)
        written += len(made)
        if any(one.variant == MID for one in made):
            written += _scenarios(connection, books.code, version)
    return written


def closed_year(books: SchemeBooks) -> int | None:
    """The last year whose December is signed; None before the first."""
    decembers = (Month(close.month) for close in books.closes if Month(close.month).number == 12)
    return max((month.year for month in decembers), default=None)


def _asked(
    connection: Connection,
    books: SchemeBooks,
    year: int,
    today: date,
    known: Mapping[str, StoredRun],
    previous: Version | None,
    batches: Sequence[int],
) -> bool:
    """Whether a projection may have changed: a year newly closed, a parameter set or come into force, rows of what it rests
    on."""
    mid, failed = known.get(MID), known.get(FAILED)
    tried = json.loads(failed.made.result).get("year") if failed and failed.made.result else None
    if tried != year and (mid is None or case_of(mid.made).base_year != year):
        return True
    if previous is None or newest_setting(connection, books.code) > previous.published_at:
        return True
    before = previous.as_of.astimezone(SHANGHAI).date()
    if any(before < value.starts_on <= today for one in books.scheme.parameters.values() for value in one.values):
        return True
    change = schema.monthly_change
    closed = [change.c.scheme == books.code, change.c.month <= Month.at(year, 12), change.c.batch.in_(batches)]
    asked = [select(change.c.batch).where(*closed)]
    asked += [select(table.c.batch).where(touched(table, batches)) for table in TABLES]
    return any(connection.execute(wanted.limit(1)).first() for wanted in asked)


def _attempted(
    connection: Connection, books: SchemeBooks, year: int, today: date, known: Mapping[str, StoredRun]
) -> Iterator[Computed]:
    """What changed of the base's set; what it failed with, where it did; that it no longer does."""
    failed = known.get(FAILED)
    try:
        made = list(computed(base_of(connection, books, year, today), known.get))
    except Exception as problem:
        if not isinstance(problem, NoHeads):
            log.exception("the projection of %s was not computed", books.code)
        said = {"code": problem.code, **problem.parameters} if isinstance(problem, PoolwatchError) else {}
        result = json.dumps({"message": str(problem), **said, "year": year}, ensure_ascii=False, default=str)
        if failed is None or failed.made.result != result:
            yield Computed(FAILED, "", "", "", result)
        return
    yield from made
    if failed is not None and failed.made.result:
        yield Computed(FAILED, "", "", "", "")


def base_of(connection: Connection, books: SchemeBooks, year: int, today: date) -> Base:
    """The base of a scheme at a year's end with the assumptions of today. Raises NoHeads without heads and money to go on.

    Looked back is from three years before, with what was known and in force then.
    """
    now = YearEnd(connection, books, year, today)
    case = now.by_age() or now.of_totals()
    if case is None:
        raise NoHeads(f"no heads of the end of {year}", year=year)
    then = YearEnd(connection, books, year - BACK, date(year - BACK, 12, 31))
    holds = then.amount(year - BACK, ("premium",)) is not None
    back = then.by_age() or then.of_totals() if holds else None
    return Base(case, _basis(connection, now, case), None if back is None else replace(back, horizon=BACK))


def _basis(connection: Connection, at: YearEnd, case: Projection) -> Basis:
    """What the case rests on, each value with where it comes from."""
    set_by = {one.code: one for one in settings(connection, at.scheme.code) if one.starts_on <= at.on}
    found = []
    for code, kind in ASSUMPTIONS.items():
        if not knows(case, code):
            continue
        if code in at.measured:
            measured = at.measured[code]
            years = str(measured.last) if measured.first == measured.last else f"{measured.first}–{measured.last}"
            found.append(Assumption(code, (decimal_text(measured.value),), "measured", years))
        elif kind.parameter in at.scheme.parameters:
            found.append(_given(code, at.parameter(kind.parameter), set_by.get(kind.parameter)))
    given, _rests_on = in_force.case(Settings, at.scheme, at.on)
    by_age = at.mortality is not None and hasattr(case, "groups")
    mortality = (at.mortality.name, at.mortality.source) if by_age and at.mortality else None
    beyond = at.beyond_reported() if by_age else {}
    rates = (
        tuple(_given(code, at.parameter(code), set_by.get(code)) for code in (*EMPLOYED, *FLEXIBLE)) if by_age else ()
    )
    return Basis(tuple(found), given, at.year if by_age else None, mortality, at.entrants_of, beyond, rates)


def _given(code: str, used: ParameterValue, person: Setting | None) -> Assumption:
    """A parameter's value as the projection rests on it."""
    values = used.value if isinstance(used.value, list | tuple) else [used.value]
    texts = tuple(value if isinstance(value, str) else decimal_text(Decimal(str(value))) for value in values)
    who = (person.set_by, person.set_at) if person else (None, None)
    return Assumption(code, texts, used.status, used.source or used.reason or "", *who)


def _scenarios(connection: Connection, scheme: str, version: Version) -> int:
    """The newest version of each scenario on the base as it is now."""
    base = load_runs(connection, scheme)[MID]
    newest = {one.name: one for one in reversed(load_scenarios(connection, scheme))}
    written = 0
    for scenario in newest.values():
        known = load_runs(connection, scheme, None, scenario.id)
        try:
            made = list(computed(changed(base, scenario.changes), known.get))
        except Exception:
            # The page tells of when its results are.
            log.exception("scenario %s of %s was not computed on the new base", scenario.id, scheme)
            continue
        write_runs(connection, scheme, version.id, made, version.published_at, scenario.id)
        written += len(made)
    return written
