"""The refresh step of forecasts 预计: the signed months of every series go to the fitting, what is expected is kept.

A series whose signed months are as they were is not fitted again (its digest is kept with the forecast). The fitting is
a process of its own, begun before the version's transaction where a newly signed month asks for all series at once.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from data_access.books.execution import line_amounts
from data_access.books.facts import Facts
from data_access.books.forecasts import LOCAL_INCOME, Forecast, load_forecasts, write_forecasts
from data_access.books.standing import touched
from data_access.books.versions import Version, reading
from data_access.store import schema
from monitoring.indicators.forecast import write_indicators
from monitoring.scheme_books import SchemeBooks, ledger_books
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.forecast import SMOOTHED_FROM, Fit, ahead, by_schedule

ROOT = Path(__file__).resolve().parents[2]
# A second process costs as much time as fitting this many series.
SERIES_A_PROCESS = 60
METHOD = 1  # raise it when the way of fitting changes: every series is then fitted anew
Fits = dict[str, Fit]  # by digest

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Series:
    """The closed months of one region and item, from the first with any amount to ``last``."""

    region: str
    item: str
    last: int
    amounts: tuple[int, ...]

    @property
    def digest(self) -> str:
        said = json.dumps([METHOD, self.last, self.amounts]).encode()
        return hashlib.sha256(said).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was fitted before the version's transaction, by digest, and the facts read for it, by scheme."""

    fits: Fits
    facts: Mapping[str, Facts]


def prepare(engine: Engine) -> Prepared:
    """Fit what a month signed since the last forecast asks for, without holding up any writer."""
    waiting: list[Series] = []
    facts: dict[str, Facts] = {}
    with reading(engine) as connection:
        for books in ledger_books(connection):
            last = books.last_signed
            if last is not None and _newest(connection, books.code) != last:
                facts[books.code] = books.facts
                waiting += _new(connection, books.code, books.facts, last)
    return Prepared(fit(waiting), facts)


def update_forecasts(
    connection: Connection,
    version: Version,
    batches: Sequence[int],
    ledgers: Sequence[SchemeBooks],
    prepared: Fits,
    *,
    full: bool = False,
) -> int:
    """Keep the forecasts, and the indicators that rest on them, of every scheme with a signed month, where a signature,
    late entries, a plan or ``full`` ask for it; returns how many series are new."""
    asked = [
        (books, last, _new(connection, books.code, books.facts, last))
        for books in ledgers
        if (last := books.last_signed) is not None and (full or _asked(connection, books.code, last, batches))
    ]
    # Of all schemes at once: a process costs more than most fits.
    fits = prepared | fit([one for *_books, fresh in asked for one in fresh if one.digest not in prepared])
    written = 0
    for books, last, fresh in asked:
        made = [_forecast(series, fits[series.digest]) for series in fresh]
        written += write_forecasts(connection, books.code, version.id, made)
        forecasts = load_forecasts(connection, books.code)
        write_indicators(connection, version, books.facts, books.plans, last, forecasts)
    return written


def _asked(connection: Connection, scheme: str, last: int, batches: Sequence[int]) -> bool:
    """Whether a forecast of the scheme may have changed: a month newly signed, entries of signed months, plans."""
    if _newest(connection, scheme) != last:
        return True
    change, plan, opening = schema.monthly_change, schema.plan, schema.opening_balance
    late = select(change.c.batch).where(change.c.scheme == scheme, change.c.month <= last, change.c.batch.in_(batches))
    given = [
        select(table.c.batch).where(table.c.scheme == scheme, touched(table, batches)) for table in (plan, opening)
    ]
    return any(connection.execute(wanted.limit(1)).first() for wanted in (late, *given))


def _newest(connection: Connection, scheme: str) -> int | None:
    """The last month that the scheme's forecasts rest on; None before the first."""
    table = schema.forecast
    newest = select(func.max(table.c.month)).where(table.c.scheme == scheme)
    month = connection.execute(newest).scalar()
    return None if month is None else int(month) - 100


def _new(connection: Connection, scheme: str, facts: Facts, last: int) -> list[Series]:
    """The series whose forecast is not kept yet."""
    kept = {key: one.digest for key, one in load_forecasts(connection, scheme).items()}
    return [one for one in _series(facts, last) if kept.get((one.region, one.item)) != one.digest]


def _series(facts: Facts, last: int) -> Iterator[Series]:
    """Every series to forecast: the province's lines, below it what each region answers for."""
    if last not in facts.months:
        # The ledger has not come as far as what is signed: nothing to go on.
        return
    end = facts.index(last) + 1
    for region in facts.tree.codes:
        items = [LOCAL_INCOME, "premium", EXPENDITURE_TOTAL]
        if region == facts.tree.root:
            items = [LOCAL_INCOME, INCOME_TOTAL, EXPENDITURE_TOTAL, *(item.code for item in facts.scheme.items)]
        for item in items:
            amounts = amounts_of(facts, region, item)[:end]
            begun = next((at for at, amount in enumerate(amounts) if amount), None)
            if begun is not None:
                yield Series(region, item, last, tuple(amounts[begun:]))


def amounts_of(facts: Facts, region: str, item: str) -> list[int]:
    """A series by month: a line of the execution form, or the income items a region answers for."""
    if item == LOCAL_INCOME:
        return [int(fen) for fen in facts.items(region, facts.scheme.local_items)]
    return [int(fen) for fen in line_amounts(facts, region, item)]


def _forecast(series: Series, found: Fit) -> Forecast:
    return Forecast(series.region, series.item, ahead(series.last, found), found.method, found.mase, series.digest)


# --- fitting


def fit(series: Sequence[Series]) -> Fits:
    """The fits of series by digest, on as many processes as there are processors and work for them; a series too short to
    be smoothed needs none."""
    distinct = {one.digest: one for one in series}
    fits = {
        key: by_schedule(one.last, one.amounts) for key, one in distinct.items() if len(one.amounts) < SMOOTHED_FROM
    }
    long = [one for key, one in distinct.items() if key not in fits]
    count = min(os.cpu_count() or 1, -(-len(long) // SERIES_A_PROCESS))
    started = [(_start(), long[at::count]) for at in range(count)]
    # Each is given its work before any is waited for.
    for process, part in started:
        assert process.stdin is not None
        process.stdin.write("".join(json.dumps({"last": s.last, "amounts": s.amounts}) + "\n" for s in part))
        process.stdin.close()
    return fits | {digest: found for process, part in started for digest, found in _answers(process, part)}


def _start() -> subprocess.Popen[str]:
    # One thread each: the processes are the parallelism.
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "monitoring.forecasts.fits"],
        cwd=ROOT,
        env={**os.environ, **single},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def _answers(process: subprocess.Popen[str], part: Sequence[Series]) -> Iterator[tuple[str, Fit]]:
    assert process.stdout is not None
    with process.stdout as answers:
        lines = answers.readlines()
    if process.wait() != 0 or len(lines) != len(part):
        raise RuntimeError(f"the fitting of forecasts ended with {process.returncode} after {len(lines)} series")
    for one, line in zip(part, lines, strict=True):
        method, means, deviations, totals, mase = json.loads(line)
        yield (
            one.digest,
            Fit(
                method,
                tuple(means),
                None if deviations is None else tuple(deviations),
                None if totals is None else tuple(totals),
                None if mase is None else Decimal(mase),
            ),
        )
