"""The full roll-up and what new entries cost, against the bare database: ``python -m benchmarks.rollup``.

Full: the floor is one ``SELECT … SUM, COUNT … GROUP BY`` of the ledger by the keys of the monthly roll-up, its rows fetched;
ours is the same roll-up as the full one makes it, and then all three (by item, by account, by day) made anew from the
ledger. The second stands beside the bare GROUP BY of each of the three.

New entries: the floor is their insertion by the driver alone and one upsert of their monthly sums, committed; ours is a
delivery that is checked, inserted, added up for three roll-ups and closed (``import_rows``) and then published. Their sums
alone: that upsert beside what publishing does to the facts. The ledgers are of two sizes: it must not matter which.

    python -m benchmarks.rollup                                # ledgers of 1 M and 10 M, 10,000 new entries, both databases
    python -m benchmarks.rollup --database postgres --sizes 1000000 --new 1000
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine, text

from benchmarks.import_ledger import NAMES, NOW, entries, fill, floor, opened, prepare, stored
from benchmarks.measured import Goal, Measured, best, table
from data_access.books.rebuild import rebuild, rollup_queries
from data_access.books.versions import publish
from data_access.intake.importers import import_rows
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules.movements import DAILY_MOVEMENTS

REPEATS = 3
FULL, NEW, SAME = 1.5, 3.0, 1.5  # times the floor; times the same on the smaller ledger
MONTHLY = "scheme, region, month, item, movement"
# Keys of the three roll-ups and which entries they count; accounts follow from the movements.
BARE = (
    (MONTHLY, ""),
    ("scheme, region, month, movement", ""),
    ("scheme, region, business_date, movement", f"WHERE movement IN {DAILY_MOVEMENTS}"),
)


def grouped(keys: str, where: str = "") -> str:
    return (
        f"SELECT {keys}, SUM(amount_fen) AS amount_fen, COUNT(*) AS entries FROM ledger_entry {where} GROUP BY {keys}"
    )


def group_by(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text(grouped(MONTHLY))).all()


def monthly(engine: Engine) -> None:
    """The roll-up by item alone, as the full one makes it: the floor's work, by batch, kept in the store."""
    with engine.connect() as connection:
        _room(connection)
        connection.execute(text(f"CREATE TEMPORARY TABLE rolled AS {rollup_queries(connection)[0]}"))
        connection.rollback()


def kept(engine: Engine) -> None:
    """What plain SQL would do for the three: each GROUP BY kept in a table with its key."""
    with writing(engine) as connection:
        _room(connection)
        for number, (keys, where) in enumerate(BARE):
            connection.execute(text(f"CREATE TABLE bare_{number} AS {grouped(keys, where)}"))
            connection.execute(text(f"CREATE UNIQUE INDEX bare_key_{number} ON bare_{number} ({keys})"))


def _room(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL work_mem = '256MB'"))


def full(engine: Engine) -> None:
    with writing(engine) as connection:
        rebuild(connection)


def upsert(engine: Engine, frame: pa.Table) -> Callable[[Any], object]:
    """The bare one: the entries' monthly sums, ready in memory, added to ``bare_0`` in one statement on a cursor."""
    sums = frame.group_by(MONTHLY.split(", ")).aggregate([("amount_fen", "sum"), ("amount_fen", "count")]).to_pylist()
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    rows = ", ".join([f"({', '.join([mark] * len(sums[0]))})"] * len(sums))
    statement = (
        f"INSERT INTO bare_0 ({MONTHLY}, amount_fen, entries) VALUES {rows} ON CONFLICT ({MONTHLY}) DO UPDATE SET "
        "amount_fen = bare_0.amount_fen + excluded.amount_fen, entries = bare_0.entries + excluded.entries"
    )
    values = [row[name] for row in sums for name in (*MONTHLY.split(", "), "amount_fen_sum", "amount_fen_count")]
    return lambda cursor: cursor.execute(statement, values)


def published(engine: Engine) -> None:
    """Make a version of what waits, as a refresh does, without its indicators."""
    with writing(engine) as connection:
        run = connection.execute(text("SELECT MAX(id) FROM refresh_run")).scalar_one()
        publish(connection, run=run, published_at=NOW, as_of=NOW)


def arrive(engine: Engine, size: int, new: int) -> tuple[float, float, float, float]:
    """Seconds of new entries: bare, ours, and of their sums alone, bare and ours; the best of some rounds each."""
    with engine.connect() as connection:
        batch = connection.execute(text("SELECT MAX(id) FROM import_batch")).scalar_one()
    taken = []
    for turn in range(REPEATS):
        first = size + 2 * turn * new
        bare, ours = stored(entries(first, new, 11), batch), entries(first + new, new, 11)
        add = upsert(engine, bare)
        inserted = floor(engine, bare, add)
        added = floor(engine, bare.slice(0, 0), add)
        (delivered,) = best(lambda ours=ours: import_rows(engine, "ledger_entry", ours, now=NOW))  # type: ignore[misc]
        (made,) = best(partial(published, engine))
        taken.append((inserted, delivered + made, added, made))
    bare_all, ours_all, bare_sums, ours_sums = (min(one) for one in zip(*taken, strict=True))
    return bare_all, ours_all, bare_sums, ours_sums


def measure(engine: Engine, name: str, size: int, new: int) -> tuple[list[Measured], float]:
    """A ledger of one size; also the seconds of ours for new entries."""
    prepare(engine)
    import_rows(engine, "ledger_entry", entries(10**9, 1, 5), now=NOW)  # with it the scheme is in the store
    refresh(engine, clock=lambda: NOW - timedelta(days=1))
    fill(engine, size)
    on, goal = f"{size:,} entries", Goal(FULL) if engine.dialect.name == "postgresql" else None
    three, ours_three = best(lambda: kept(engine), lambda: full(engine))
    refresh(engine, clock=lambda: NOW)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    one, ours_one = best(lambda: group_by(engine), lambda: monthly(engine), rounds=REPEATS if goal else 1)
    bare, ours, bare_sums, ours_sums = arrive(engine, size, new)
    return [
        Measured(f"{name}: full roll-up of {on} by item", one, ours_one, "s", goal),
        Measured(f"{name}: full roll-up of {on}, all three, kept", three, ours_three, "s"),
        Measured(f"{name}: {new:,} new entries on {on}, published", bare, ours, "s", Goal(NEW)),
        Measured(f"{name}: the sums of these alone", bare_sums, ours_sums, "s", Goal(NEW)),
    ], ours


def records(database: str, sizes: Sequence[int], new: int) -> list[Measured]:
    """Every ledger of its own; at last, new entries on the largest beside the same on the smallest."""
    found, taken = [], []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, opened(database, Path(folder)) as engine:
            measured, ours = measure(engine, NAMES[database], size, new)
            found += measured
            taken.append(ours)
    if len(taken) > 1:
        what = f"{NAMES[database]}: {new:,} new entries on {sizes[-1]:,}, beside ours on {sizes[0]:,}"
        found.append(Measured(what, taken[0], taken[-1], "s", Goal(SAME)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=(*NAMES, "both"), default="both")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--new", type=int, default=10_000)
    options = parser.parse_args()
    chosen = NAMES if options.database == "both" else (options.database,)
    print(table([one for name in chosen for one in records(name, options.sizes, options.new)]))


if __name__ == "__main__":
    main()
