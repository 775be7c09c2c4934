"""Import of ledger entries against the bare database: ``python -m benchmarks.import_ledger``.

Floor: the same rows, ready in memory, put into the same indexed table by nothing but the driver (SQLite: executemany of
tuples; PostgreSQL: COPY of rendered text), committed. Ours: ``import_file`` of a CSV file – read, checked, inserted,
rolled up, batch closed. Both in one run on copies of the same store, so that only the ratio matters.

    python -m benchmarks.import_ledger                                   # 1 M into an empty SQLite ledger
    python -m benchmarks.import_ledger --database postgres --base 10000000
    python -m benchmarks.import_ledger --rows 10000 --base 10000000
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from sqlalchemy import Connection, Engine, text

from benchmarks.measured import Goal, Measured, table
from data_access.intake.importers import import_rows
from data_access.intake.importers.load import import_file
from data_access.store.bulk_frames import insert_frame
from data_access.store.engine import create_store, migrate, writing

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
FLOWS = (("premium_current", "collect"), ("", "pool"), ("", "disburse"), ("", "local_disburse"), ("pension", "pay"))
BASE_CHUNK = 1_000_000
RATIO = 2.0
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def regions() -> list[str]:
    """A hundred counties of one province."""
    return [f"32{city:02d}{county:02d}" for city in range(1, 11) for county in range(2, 12)]


def prepare(engine: Engine) -> None:
    """The regions and the source that the entries name."""
    migrate(engine)
    codes = ["320000", *regions()]
    import_rows(
        engine,
        "region",
        {
            "code": codes,
            "name": codes,
            "name_en": codes,
            "level": ["province"] + ["county"] * (len(codes) - 1),
            "parent": [""] + ["320000"] * (len(codes) - 1),
            "kind": ["division"] * len(codes),
        },
        now=NOW,
    )
    named = {"code": "tax", "name": "税务", "name_en": "Tax", "department": "tax"}
    row = {**named, "scheme": "jiangsu-pension", "rhythm": "daily", "due": "10:00"}
    import_rows(engine, "source", {name: [value] for name, value in row.items()}, now=NOW)


ENTRIES_A_DAY = 1_500
MONTHS_22 = 680


def entries(first: int, rows: int, seed: int) -> pa.Table:
    """Entries ``first`` … of the days that so many are delivered in, at most 22 months."""
    draw = np.random.default_rng([seed, first])
    flow = draw.integers(0, len(FLOWS), rows)
    days = min(rows // ENTRIES_A_DAY + 1, MONTHS_22)
    day = np.datetime64("2026-11-12") - draw.integers(0, days, rows)
    region = np.array(regions())[draw.integers(0, 100, rows)]
    booked = pa.array(day.astype("datetime64[us]") + draw.integers(0, 86_400_000_000, rows), pa.timestamp("us"))
    return pa.table(
        {
            "scheme": pa.repeat("jiangsu-pension", rows),
            "region": pa.array(region),
            "item": pa.array(np.array([item for item, _ in FLOWS])[flow]),
            "movement": pa.array(np.array([movement for _, movement in FLOWS])[flow]),
            "business_date": pa.array(day.astype("datetime64[D]"), pa.date32()),
            "booked_at": booked,
            "amount_fen": pa.array(draw.integers(1, 10**9, rows)),
            "source": pa.repeat("tax", rows),
            "source_ref": pa.array([f"TAX-{number:012d}" for number in range(first, first + rows)]),
        }
    )


def stored(frame: pa.Table, batch: int) -> pa.Table:
    """The entries as the table keeps them."""
    day = frame["business_date"]
    month = pc.add(pc.multiply(pc.year(day), 100), pc.month(day))
    rows = frame.num_rows
    return (
        frame.append_column("month", month.cast(pa.int64()))
        .append_column("corrects", pa.nulls(rows, pa.string()))
        .append_column("batch", pa.repeat(pa.scalar(batch, pa.int64()), rows))
    )


def fill(engine: Engine, rows: int) -> int:
    """Put ``rows`` entries into the ledger without ceremony; returns their batch."""
    first = import_rows(engine, "ledger_entry", entries(0, 1, 7), now=NOW)
    for start in range(1, rows, BASE_CHUNK):
        count = min(BASE_CHUNK, rows - start)
        with writing(engine) as connection:
            insert_frame(connection, "ledger_entry", stored(entries(start, count, 7), first.batch))
        print(f"  base {start + count:,}", flush=True)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE ledger_entry"))
            connection.execute(text("CHECKPOINT"))
    return first.batch


def floor_sqlite(connection: Connection, frame: pa.Table) -> Callable[[], None]:
    """The driver alone: tuples ready in memory."""
    texts = [column.cast(pa.string()) if pa.types.is_temporal(column.type) else column for column in frame.columns]
    rows = list(zip(*(column.to_pylist() for column in texts), strict=True))
    names = ", ".join(frame.column_names)
    marks = ", ".join("?" * frame.num_columns)
    cursor = connection.connection.cursor()
    return lambda: cursor.executemany(f"INSERT INTO ledger_entry ({names}) VALUES ({marks})", rows)


def floor_postgres(connection: Connection, frame: pa.Table) -> Callable[[], None]:
    """COPY alone: text ready in memory."""
    rendered = pa.BufferOutputStream()
    pacsv.write_csv(frame, rendered, pacsv.WriteOptions(include_header=False))
    content = memoryview(rendered.getvalue())
    cursor = connection.connection.cursor()

    def copy() -> None:
        names = ", ".join(frame.column_names)
        with cursor.copy(f"COPY ledger_entry ({names}) FROM STDIN WITH (FORMAT csv)") as stream:
            stream.write(content)

    return copy


def floor(engine: Engine, frame: pa.Table, then: Callable[[Any], object] = lambda _cursor: None) -> float:
    """Seconds from the first row to the commit; ``then`` is done on a cursor of the same transaction."""
    make = floor_sqlite if engine.dialect.name == "sqlite" else floor_postgres
    with engine.connect().execution_options(writes=True) as connection:
        transaction = connection.begin()
        load = make(connection, frame)
        began = time.perf_counter()
        load()
        then(connection.connection.cursor())
        transaction.commit()
        return time.perf_counter() - began


def ours(engine: Engine, path: Path) -> float:
    """Seconds of the whole import."""
    began = time.perf_counter()
    result = import_file(engine, path, now=NOW)
    seconds = time.perf_counter() - began
    assert result.state == "loaded" and result.known == 0, result
    return seconds


@contextmanager
def opened(database: str, folder: Path) -> Iterator[Engine]:
    """A fresh store: a SQLite file, or a PostgreSQL cluster like that of the tests, which waits for the disk."""
    if database == "sqlite":
        engine = create_store(f"sqlite:///{folder / 'benchmark.db'}")
        yield engine
        engine.dispose()
        return
    from tests.cluster import temporary_cluster

    with temporary_cluster() as cluster:
        engine = create_store(cluster.url(cluster.new_database()))
        yield engine
        engine.dispose()


def records(database: str, rows: int, base: int = 0, rounds: int = 2) -> list[Measured]:
    """Floor and ours take turns on a growing store; the best round of each counts."""
    with tempfile.TemporaryDirectory() as folder, opened(database, Path(folder)) as engine:
        prepare(engine)
        batch = fill(engine, max(base, 1))
        floors, times = [], []
        for turn in range(rounds):
            start = base + 1 + 2 * turn * rows
            floors.append(floor(engine, stored(entries(start, rows, 11), batch)))
            path = Path(folder) / f"entries-{turn}.csv"
            pacsv.write_csv(entries(start + rows, rows, 13), path, pacsv.WriteOptions(quoting_style="none"))
            times.append(ours(engine, path))
    name, into = NAMES[database], f" on {base:,}" if base else ""
    return [Measured(f"{name}: import of {rows:,} entries{into}", min(floors), min(times), "s", Goal(RATIO))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=(*NAMES, "both"), default="both")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--base", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    chosen = NAMES if options.database == "both" else (options.database,)
    print(table([one for name in chosen for one in records(name, options.rows, options.base, options.rounds)]))


if __name__ == "__main__":
    main()
