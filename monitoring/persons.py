"""What the person-level ledger is asked: rolled up, what its new files add comes into the ledger by the ordinary door, as
entries; compared with the registers, what contradicts them comes into the register of problems, as leads.

The engine works before the lease is asked for: a job of minutes holds nothing up. Sums are by delivery, so that whatever
is offered twice, after a crash or by two at once, is known by its reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from sqlalchemy import Connection, Engine

from data_access.books.parameters import schemes_in_force
from data_access.books.regions import load_tree
from data_access.books.statistics import load_statistics
from data_access.books.versions import reading
from data_access.intake.importers import BatchResult, import_rows
from data_access.persons.comparing import PARTS, Compared, Limit, compare
from data_access.persons.engines import engine_of
from data_access.persons.lake import Lake
from data_access.persons.rollup import Increment, increments, marks, same_lake
from data_access.store.engine import writing
from monitoring.inbox import Progress
from monitoring.lease import Clock, utc_now
from monitoring.refresh import Refreshed, import_each
from rules import base_limits
from rules.errors import NotInForce
from rules.in_force import case
from rules.money import FEN_PER_YUAN
from rules.month import MONTHS
from rules.persons.comparisons import COMPARISONS
from rules.scheme import Scheme
from workflows.comparisons.register import Run, known, last_run, open_run
from workflows.people.accounts import By

WAGE = "avg_wage"


def roll_up(
    store: Engine,
    lake: Lake,
    engine_url: str,
    *,
    again: bool = False,
    wait_seconds: float = 60.0,
    clock: Clock = utc_now,
    progress: Progress | None = None,
) -> Refreshed | None:
    """Add up what the files beyond each partition's mark bring, import it, a batch each, and publish; None where there
    are none. ``again`` reads every file: what had come in is known, what was taken back comes in anew.

    Raises LakeError and EngineError, then nothing came in; LeaseHeld.
    """
    with reading(store) as connection:
        since = marks(connection)
    same_lake(lake.deliveries(), since)
    with engine_of(engine_url, lake.scratch) as engine:
        found = increments(engine, lake, {} if again else since)
    if not found:
        return None
    each = [(one.origin, partial(_import, store, one, clock)) for one in found]
    return import_each(store, each, wait_seconds=wait_seconds, clock=clock, progress=progress)


def _import(store: Engine, one: Increment, clock: Clock, progress: Progress) -> BatchResult:
    return import_rows(
        store,
        "ledger_entry",
        one.entries,
        origin=one.origin,
        watermark=one.watermark,
        progress=progress,
        now=clock(),
    )


def compare_persons(
    store: Engine, lake: Lake, engine_url: str, rules: Sequence[str], until: int, by: By
) -> tuple[Run | None, list[Compared]]:
    """Ask these rules what the ledger says up to a month, and register what is new as leads of one run; None where no rule
    could be asked, because nothing of what it reads was ever delivered.

    Raises LakeError and EngineError, then nothing was registered; StaleRow where another run was registered meanwhile.
    """
    with reading(store) as connection:
        before, raised, limits = last_run(connection), known(connection), base_limits_of(connection, until)
    deliveries = lake.deliveries()  # what comes in meanwhile may be read too, but is not said to have been
    with engine_of(engine_url, lake.scratch) as engine:
        answers = compare(engine, lake, rules, until, limits, raised)
    asked = [one.rule for one in answers if not one.missing]
    if not asked:
        return None, answers
    read = (deliveries[-1].number, deliveries[-1].sha256) if deliveries else (0, "")
    with writing(store) as connection:
        run = open_run(
            connection,
            [found for one in answers for found in one.suspicions],
            until=until,
            rules=asked,
            delivery=read,
            rows=sum(one.rows for one in deliveries),
            by=by,
            after=before,
        )
    return run, answers


def base_limits_of(connection: Connection, until: int) -> list[Limit]:
    """The lower limit of the base by scheme and year up to a month, from the average wage of the year before; without the
    years for which no wage was reported or no limit was in force."""
    rule = COMPARISONS["base_under_limit"]
    found = []
    for scheme, _demo in schemes_in_force(connection):
        if scheme.code not in rule.schemes:
            continue
        tree = load_tree(connection, scheme)
        wages = load_statistics(connection, scheme.code, tree, measures=(WAGE,)).series(scheme.province, WAGE)
        for year in range(rule.since.year, until // 100 + 1):
            of_year = [wage for month, wage in wages.items() if month // 100 == year - 1]
            if of_year:
                found += _limit(scheme, year, sum(of_year, Decimal(0)) * MONTHS / len(of_year))
    return found


def _limit(scheme: Scheme, year: int, wage: Decimal) -> list[Limit]:
    first = max(date(year, 1, 1), COMPARISONS["base_under_limit"].since)
    try:
        asked, _ = case(base_limits.Case, scheme, first, avg_wage_yuan=wage)
        rates = [scheme.parameter(code, first).value for code in ("employer_rate", "employee_rate", "flexible_rate")]
    except NotInForce:
        return []
    employer, employee, flexible = (int(Decimal(str(rate)) * PARTS) for rate in rates)
    lower = base_limits.calculate(asked).lower_yuan * FEN_PER_YUAN
    return [Limit(scheme.code, year, lower, employer + employee, flexible)]
