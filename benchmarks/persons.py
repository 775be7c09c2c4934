"""The person-level ledger on one machine and on a cluster: ``python -m benchmarks.persons``.

Rows of one province and two years, simulated and always the same, half of them of one city. Floor: the bare GROUP BY of
DuckDB over the same files. Ours: what ``flask persons roll-up`` does before the import: manifest, expression, comparison of
every file's sums, entries. With ``--cluster`` the same by a standalone Spark master on this machine with one worker of one
core, then with two. The increment: a hundredth more rows of one month. The door: rows with identity numbers from a CSV file.

    python -m benchmarks.persons                         # 10 M rows, DuckDB
    python -m benchmarks.persons --cluster               # and Spark, by the packages of requirements-cluster.txt and Java 17
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from benchmarks.measured import best
from data_access.intake.importers import import_rows
from data_access.intake.reference import load_reference
from data_access.persons.door import take
from data_access.persons.engines import engine_of
from data_access.persons.identity import Pseudonyms, check_digit
from data_access.persons.lake import SCHEMA, Lake
from data_access.persons.rollup import BY, increments
from data_access.store.engine import create_store, migrate
from tests.spark_cluster.standalone import standalone

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
MONTHS = np.array([year * 100 + month for year in (2025, 2026) for month in range(1, 11)])
REGIONS = np.array([f"32{city:02d}{county:02d}" for city in range(1, 14) for county in range(2, 10)])
ITEMS = np.array(["pension", "funeral", "disability_allowance", "transfer_out", "other_expenditure"])
PERSONS = 1_000_000
DELIVERY_ROWS = 1_000_000
CITY_SHARE = 0.5


def pool(chance: np.random.Generator) -> pa.Array:
    """Hashes of persons."""
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)[chance.integers(0, 16, (PERSONS, 32), np.uint8)]
    return pa.array(digits.reshape(-1).view("S32").astype(str).tolist())


def simulated(
    persons: pa.Array,
    rows: int,
    first: int,
    chance: np.random.Generator,
    months: Any = MONTHS,
    city_share: float = CITY_SHARE,
) -> pa.Table:
    """Rows as the lake keeps them, half of them of one city, one in a hundred a reversal."""
    region = REGIONS[chance.integers(0, len(REGIONS), rows)]
    region[chance.random(rows) < city_share] = "320505"
    amount = chance.integers(50_000, 900_000, rows)
    amount[chance.random(rows) < 0.01] *= -1
    reference = pc.utf8_lpad(pa.array(np.arange(first, first + rows)).cast(pa.string()), 10, "0")

    def constant(text: str) -> pa.Array:
        return pa.repeat(pa.scalar(text), rows)

    values = {
        "person": persons.take(pa.array(chance.integers(0, len(persons), rows))),
        "scheme": constant("jiangsu-pension"),
        "province": constant("320000"),
        "region": pa.array(region),
        "insured_region": pa.array(region),
        "item": pa.array(ITEMS[chance.choice(len(ITEMS), rows, p=(0.9, 0.04, 0.03, 0.02, 0.01))]),
        "movement": constant("pay"),
        "month": pa.array(months[chance.integers(0, len(months), rows)]),
        "amount_fen": pa.array(amount),
        "source": constant("jiangsu-pension-agency"),
        "source_ref": pc.binary_join_element_wise("AG", reference, "-"),
        "corrects": pa.nulls(rows, pa.string()),
        "booked_at": pa.repeat(pa.scalar(NOW, pa.timestamp("us", "UTC")), rows),
    }
    return pa.table({name: column.cast(SCHEMA.field(name).type) for name, column in values.items()})


def fill(lake: Lake, rows: int, city_share: float = CITY_SHARE, seed: int = 1) -> pa.Array:
    """Deliveries of a million rows; returns whose they are."""
    chance = np.random.default_rng(seed)
    persons = pool(chance)
    with lake.writing("benchmark") as writer:
        for first in range(0, rows, DELIVERY_ROWS):
            some = simulated(persons, min(DELIVERY_ROWS, rows - first), first, chance, MONTHS, city_share)
            writer.append(f"{first}", f"{first}", some, 0, NOW)
    return persons


def bare(lake: Lake) -> None:
    paths = [lake.path(part) for one in lake.deliveries() for part in one.parts]
    keys = ", ".join(BY)
    with duckdb.connect() as engine:
        query = (
            f"SELECT {keys}, SUM(amount_fen), COUNT(*) FROM read_parquet(?, hive_partitioning = false) GROUP BY {keys}"
        )
        engine.execute(query, [paths]).fetchall()


def timed(what: str, floor: float, work: Callable[[], object], repeats: int = 1) -> float:
    (took,) = best(work, rounds=repeats)
    print(f"  {what:40} {took:8.2f} s   {took / floor:7.2f} × the floor", flush=True)
    return took


def door(folder: Path, rows: int = 200_000) -> None:
    """Rows a second through the door, and of a plain import into the store beside it."""
    store = create_store(f"sqlite:///{folder / 'door.db'}")
    migrate(store)
    load_reference(store, now=NOW)
    numbers = [f"320102{1940 + n % 60}{1 + n % 12:02d}{1 + n % 28:02d}{n // 3 % 1000:03d}" for n in range(rows)]
    columns: dict[str, Any] = {
        "person": [number + check_digit(number) for number in numbers],
        "scheme": ["jiangsu-pension"] * rows,
        "region": ["320505"] * rows,
        "item": ["pension"] * rows,
        "movement": ["pay"] * rows,
        "month": ["202610"] * rows,
        "amount_fen": [str(50_000 + n) for n in range(rows)],
        "source": ["jiangsu-pension-agency"] * rows,
        "source_ref": [f"AG-{n:010d}" for n in range(rows)],
    }
    path = folder / "rows.csv"
    pacsv.write_csv(pa.table(columns), path)
    lake = Lake(folder / "door")
    began = time.perf_counter()
    assert take(store, lake, Pseudonyms(b"k" * 32), path, now=NOW).inserted == rows
    ours = time.perf_counter() - began
    plain = {name: values for name, values in columns.items() if name not in ("person", "month")}
    began = time.perf_counter()
    import_rows(store, "ledger_entry", {**plain, "business_date": ["2026-10-09"] * rows}, now=NOW)
    theirs = time.perf_counter() - began
    print(
        f"door: {rows:,} rows, {len({*numbers}):,} persons, {rows / ours:,.0f} rows/s; {ours / theirs:.2f} × their import as entries"
    )


def by_engine(lake: Lake, url: str, since: dict[str, Any] | None = None) -> list[Any]:
    with engine_of(url, lake.scratch) as engine:
        return increments(engine, lake, since or {})


def on_cluster(lake: Lake, folder: Path, floor: float, workers: int) -> None:
    with standalone(folder / f"cluster-{workers}", workers, task_bytes=16 << 20) as cluster:
        began = time.perf_counter()
        with engine_of(cluster.url, lake.scratch) as engine:
            increments(engine, lake, {})
            first = time.perf_counter() - began
            print(f"  Spark, {workers} workers: with its start      {first:8.2f} s")
            timed(f"Spark, {workers} workers of one core", floor, lambda: increments(engine, lake, {}), 3)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--cluster", action="store_true")
    options.add_argument("--city-share", type=float, default=CITY_SHARE, help="of the rows, how many are of one city")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lake = Lake(folder / "lake")
        began = time.perf_counter()
        persons = fill(lake, chosen.rows, chosen.city_share)
        parts = [part for one in lake.deliveries() for part in one.parts]
        size = sum(part.bytes for part in parts)
        print(
            f"{chosen.rows:,} rows in {len(parts)} files, {size / 1e6:,.0f} MB, {size / chosen.rows:.1f} bytes a row, "
            f"made in {time.perf_counter() - began:.0f} s"
        )
        (floor,) = best(lambda: bare(lake), rounds=3)
        print(f"  floor: bare GROUP BY of DuckDB           {floor:8.2f} s")
        timed("DuckDB, two cores", floor, lambda: by_engine(lake, "duckdb://"), 3)
        one = timed("DuckDB, one core", floor, lambda: by_engine(lake, "duckdb://?threads=1"), 3)
        if chosen.cluster:
            for workers in (1, 2):
                on_cluster(lake, folder, floor, workers)
        since = {found.origin: found.mark for found in by_engine(lake, "duckdb://")}
        some = simulated(persons, chosen.rows // 100, chosen.rows, np.random.default_rng(9), MONTHS[-1:])
        with lake.writing("benchmark") as writer:
            writer.append("late", "late", some, 0, NOW)
        new = timed(
            "a hundredth more, DuckDB, one core", floor, lambda: by_engine(lake, "duckdb://?threads=1", since), 3
        )
        print(f"  all of it is {one / new:.0f} × the increment")
        door(folder)


if __name__ == "__main__":
    main()
