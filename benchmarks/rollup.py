"""The full roll-up and the incremental one against the bare database: ``python -m benchmarks.rollup``.

Floor: one ``SELECT … SUM, COUNT … GROUP BY`` of the ledger by the keys of the monthly roll-up, its rows fetched. By item
alone: what the full roll-up does for the same sums. Full: all three roll-ups (by item, by account, by day) made anew from the ledger, into empty tables and beside sound ones.
Incremental: what publishing adds for a batch of new entries, and the whole refresh around it with every indicator it
touches. All on PostgreSQL, in one run, so that only the ratios matter.

    python -m benchmarks.rollup                                # ledgers of 1 M and 10 M, 10,000 new entries
    python -m benchmarks.rollup --sizes 1000000 --new 1000
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine, text

from benchmarks.import_ledger import NOW, entries, fill, prepare
from data_access.books.rebuild import rebuild, rollup_queries
from data_access.books.versions import FACTS, _add_changes
from data_access.intake.importers import import_rows
from data_access.store.engine import create_store, writing
from monitoring.refresh import refresh
from tests.cluster import temporary_cluster

REPEATS = 3


def seconds(work: Callable[[], object], repeats: int = 1) -> float:
    """The best of several runs: what the work costs when nothing disturbs it."""
    best = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


GROUP_BY = (
    "SELECT scheme, region, month, item, movement, SUM(amount_fen), COUNT(*) FROM ledger_entry "
    "GROUP BY scheme, region, month, item, movement"
)


def group_by(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text(GROUP_BY)).all()


def monthly(engine: Engine) -> None:
    """The roll-up by item alone, as the full one makes it: the floor's work, by batch, kept in the store."""
    with engine.connect() as connection:
        connection.execute(text("SET work_mem = '256MB'"))
        query = rollup_queries(connection)[0]
        connection.execute(text(f"CREATE TEMPORARY TABLE rolled AS {query}"))
        connection.rollback()


def full(engine: Engine) -> None:
    with writing(engine) as connection:
        rebuild(connection)


def incremental(engine: Engine, batch: int) -> float:
    """What publishing adds to the facts for one batch, rolled back afterwards so that the refresh can do it."""
    with engine.connect() as connection:
        transaction = connection.begin()
        version = connection.execute(
            text(
                "INSERT INTO data_version (published_at, as_of, refresh_run) SELECT now(), now(), max(id) "
                "FROM refresh_run RETURNING id"
            )
        ).scalar_one()
        connection.execute(text("UPDATE import_batch SET data_version = :v WHERE id = :b"), {"v": version, "b": batch})
        began = time.perf_counter()
        for fact, change in FACTS:
            _add_changes(connection, fact, change, version)
        took = time.perf_counter() - began
        transaction.rollback()
    return took


def measure(engine: Engine, size: int, new: int) -> None:
    prepare(engine)
    # With its first published entry the scheme is in the store.
    import_rows(engine, "ledger_entry", entries(10**9, 1, 5), now=NOW)
    refresh(engine, clock=lambda: NOW - timedelta(days=1))
    fill(engine, size)
    empty = seconds(lambda: full(engine))
    refresh(engine, clock=lambda: NOW)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    floor = seconds(lambda: group_by(engine), REPEATS)
    one = seconds(lambda: monthly(engine), REPEATS)
    whole = seconds(lambda: full(engine), REPEATS)
    batch = import_rows(engine, "ledger_entry", entries(size, new, 11), now=NOW).batch
    added = incremental(engine, batch)
    later = NOW + timedelta(minutes=15)
    published = seconds(lambda: refresh(engine, clock=lambda: later))
    print(f"ledger of {size:,} entries, {new:,} new")
    print(f"  floor: bare GROUP BY            {floor:8.2f} s")
    print(f"  roll-up by item alone           {one:8.2f} s   {one / floor:6.2f} × the floor")
    print(f"  full roll-up into empty tables  {empty:8.2f} s   {empty / floor:6.2f} × the floor")
    print(f"  full roll-up                    {whole:8.2f} s   {whole / floor:6.2f} × the floor")
    print(f"  incremental roll-up             {added:8.3f} s   full = {whole / added:,.0f} × incremental")
    print(f"  refresh with its indicators     {published:8.2f} s")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000_000, 10_000_000])
    options.add_argument("--new", type=int, default=10_000)
    chosen = options.parse_args()
    with temporary_cluster() as cluster:
        for size in chosen.sizes:
            engine = create_store(cluster.url(cluster.new_database()))
            measure(engine, size, chosen.new)
            engine.dispose()


if __name__ == "__main__":
    main()
