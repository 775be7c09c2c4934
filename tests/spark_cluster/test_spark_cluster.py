"""On a real Spark cluster: the same sums as embedded and as plain SQL to the fen, late rows, a city that has most of them, and
a worker killed in the middle of a job. Run by ``make test-cluster``; not part of ``make test``."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from ibis.backends import BaseBackend
from pyspark.sql import SparkSession
from sqlalchemy import Engine

from benchmarks.persons import MONTHS, fill, simulated
from data_access.persons.comparing import compare
from data_access.persons.engines import EngineError, engine_of
from data_access.persons.lake import Lake
from data_access.persons.rollup import Increment, increments
from demonstration.persons import simulate
from monitoring.persons import roll_up
from rules.persons.comparisons import COMPARISONS
from tests.conftest import NOW
from tests.data_access.conftest import make_ready
from tests.data_access.persons.test_comparing import LIMITS, MONTHS as COMPARED_MONTHS, UNTIL, into_lakes, planted
from tests.data_access.persons.test_person_ledger import KEY, lake_rows
from tests.spark_cluster.standalone import Cluster, standalone

ROWS = 1_200_000
TASK_BYTES = 1 << 20


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with standalone(tmp_path_factory.mktemp("cluster"), workers=2, task_bytes=TASK_BYTES) as running:
        yield running


@pytest.fixture(scope="module")
def spark(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseBackend]:
    with engine_of(cluster.url, tmp_path_factory.mktemp("scratch")) as engine:
        yield engine


@pytest.fixture(scope="module")
def duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseBackend]:
    with engine_of("duckdb://", tmp_path_factory.mktemp("scratch")) as engine:
        yield engine


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Half of its rows are of one city, one in a hundred is a reversal."""
    made = Lake(tmp_path_factory.mktemp("lake"))
    fill(made, ROWS)
    return made


def told(found: list[Increment]) -> list[tuple[str, Any, int, list[dict[str, Any]]]]:
    return [(one.origin, one.mark, one.rows, one.entries.to_pylist()) for one in found]


def plain_sql(lake: Lake) -> dict[tuple[Any, ...], int]:
    """The sums by SQLite over the same rows."""
    names = ["region", "item", "month", "amount_fen"]
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE entry (region, item, month INTEGER, amount_fen INTEGER)")
        for part in (part for one in lake.deliveries() for part in one.parts):
            columns = pq.read_table(lake.path(part), columns=names).to_pydict()
            database.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", zip(*columns.values(), strict=True))
        query = "SELECT region, item, month, SUM(amount_fen) FROM entry GROUP BY region, item, month"
        return {tuple(one[:3]): one[3] for one in database.execute(query)}


def test_cluster_embedded_and_plain_sql_give_the_same_to_the_fen(
    spark: BaseBackend, duckdb: BaseBackend, lake: Lake
) -> None:
    distributed, embedded = increments(spark, lake, {}), increments(duckdb, lake, {})
    assert told(distributed) == told(embedded)
    sums: dict[tuple[Any, ...], int] = {}
    for one in distributed:
        for entry in one.entries.to_pylist():
            key = (entry["region"], entry["item"], one.month)
            sums[key] = sums.get(key, 0) + entry["amount_fen"]
    assert sums == plain_sql(lake)
    assert sum(one.rows for one in distributed) == ROWS


def test_sums_near_sixty_four_bits_are_exact_and_beyond_them_refused(
    spark: BaseBackend, duckdb: BaseBackend, tmp_path: Path
) -> None:
    lake = Lake(tmp_path / "lake")
    amounts = (2**62, 2**62 - 1, -1, 2**53 + 1)  # no float holds them
    with lake.writing(KEY.fingerprint) as writer:
        writer.append("near", "0", lake_rows([("320102", 202610, "pay", one) for one in amounts[:3]]), 0, NOW)
        writer.append("odd", "1", lake_rows([("320104", 202610, "pay", amounts[3])]), 0, NOW)
    near = increments(spark, lake, {})
    assert [one.entries["amount_fen"].to_pylist() for one in near] == [[2**63 - 2, 2**53 + 1]]
    assert told(near) == told(increments(duckdb, lake, {}))
    with lake.writing(KEY.fingerprint) as writer:
        writer.append("beyond", "2", lake_rows([("320505", 202610, "pay", 2**62)] * 2), 0, NOW)
    with pytest.raises(EngineError, match="overflow"):
        increments(spark, lake, {})


def test_late_rows_are_read_alone_and_make_the_same_increment(
    spark: BaseBackend, duckdb: BaseBackend, lake: Lake
) -> None:
    marks = {one.origin: one.mark for one in increments(duckdb, lake, {})}
    assert increments(spark, lake, marks) == []
    chance = np.random.default_rng(5)
    persons = pq.read_table(lake.path(lake.deliveries()[0].parts[0]))["person"].combine_chunks()
    with lake.writing("benchmark") as writer:
        writer.append("late", "late", simulated(persons, 20_000, ROWS, chance, MONTHS[:2]), 0, NOW)
    late = increments(spark, lake, marks)
    assert [one.month for one in late] == MONTHS[:2].tolist() and sum(one.rows for one in late) == 20_000
    assert told(late) == told(increments(duckdb, lake, marks))


def test_a_worker_killed_in_the_middle_of_a_job_changes_nothing(
    cluster: Cluster, spark: BaseBackend, duckdb: BaseBackend, lake: Lake
) -> None:
    found: list[list[Increment]] = []
    job = threading.Thread(target=lambda: found.append(increments(spark, lake, {})))
    job.start()
    done, tasks = _under_way()
    cluster.workers[0].kill()
    assert 0 < done < tasks and job.is_alive()
    job.join(180)
    assert told(found[0]) == told(increments(duckdb, lake, {}))
    # And the next one goes on with what is left, and with one that comes.
    cluster.add_worker()
    assert told(increments(spark, lake, {})) == told(found[0])


def _under_way() -> tuple[int, int]:
    """Of the stage that reads the files, how many tasks are done once some are."""
    tracker = SparkSession.builder.getOrCreate().sparkContext.statusTracker()
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info is not None and info.numTasks > 4 and 1 < info.numCompletedTasks < info.numTasks - 2:
                return int(info.numCompletedTasks), int(info.numTasks)
        time.sleep(0.005)
    raise AssertionError("no stage was seen at work")


def test_the_ledger_gets_from_the_cluster_what_it_gets_embedded(
    cluster: Cluster, sqlite_store: Engine, tmp_path: Path
) -> None:
    """The last one: it opens and ends a session of its own, of which a process has one at a time."""
    make_ready(sqlite_store, NOW)
    lake = Lake(tmp_path / "lake")
    rows = [("320102", 202610, "pay", 100), ("320102", 202610, "pay", -30), ("320104", 202609, "pay", 7)]
    with lake.writing(KEY.fingerprint) as writer:
        writer.append("x", "0", lake_rows(rows), 0, NOW)
    first = roll_up(sqlite_store, lake, cluster.url, clock=lambda: NOW)
    assert first is not None and [one.inserted for one in first.batches] == [1, 1]
    again = roll_up(sqlite_store, lake, "duckdb://", again=True, clock=lambda: NOW)
    assert again is not None and [(one.inserted, one.known) for one in again.batches] == [(0, 1), (0, 1)]


def test_every_rule_of_comparison_finds_what_was_planted_on_both(
    spark: BaseBackend, duckdb: BaseBackend, tmp_path: Path
) -> None:
    simulated = simulate(4_000, COMPARED_MONTHS, 5)
    made = Lake(tmp_path / "lake")
    into_lakes(made, simulated)
    distributed, embedded = (compare(engine, made, list(COMPARISONS), UNTIL, LIMITS, {}) for engine in (spark, duckdb))
    assert distributed == embedded
    assert planted(distributed) == simulated.planted
