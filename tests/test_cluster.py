"""The database that a worker's tests share is empty when a test gets it, whatever the test before left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, MetaData, Table, func, inspect, select, text
from sqlalchemy.exc import OperationalError

from data_access.store.engine import create_store
from tests.cluster import Cluster, cluster_of_run

ROOT = Path(__file__).parent.parent
VALUES = {
    bool: True, bytes: b"1", date: date(2026, 1, 1), datetime: datetime(2026, 1, 1, tzinfo=UTC), Decimal: Decimal(1),
    dict: {}, float: 1.0, int: 1, list: [], str: "1",
}  # fmt: skip
JOIN = """
import os, sys
from pathlib import Path
from tests.cluster import cluster_of_run
with cluster_of_run(Path(sys.argv[1])) as cluster:
    print(cluster.port, flush=True)
    if sys.argv[2] == "dies":
        os._exit(0)
"""


@pytest.fixture
def database(postgres_cluster: Cluster) -> str:
    return postgres_cluster.new_database()


@pytest.fixture
def engine(postgres_cluster: Cluster, database: str) -> Iterator[Engine]:
    engine = create_store(postgres_cluster.url(database))
    yield engine
    engine.dispose()


def tables(connection: Connection) -> list[Table]:
    """Every table that is in the database, declared or not."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.tables.values() if table.name != "alembic_version"]


def test_an_emptied_database_is_as_a_new_one(postgres_cluster: Cluster, database: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE made_by_a_test (id serial PRIMARY KEY)"))
        connection.execute(text("SET session_replication_role = replica"))
        for table in tables(connection):
            connection.execute(
                table.insert().values(
                    {c.name: VALUES[c.type.python_type] for c in table.columns if not c.server_default}
                )
            )
        assert {table.name: rows for table, rows in counted(connection).items() if rows != 1} == {}
        assert inspect(connection).get_sequence_names() and advanced(connection)
    postgres_cluster.empty(database)
    with engine.connect() as connection:
        assert {table.name: rows for table, rows in counted(connection).items() if rows} == {}
        assert advanced(connection) == []
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1


def counted(connection: Connection) -> dict[Table, int]:
    return {
        table: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables(connection)
    }


def advanced(connection: Connection) -> list[str]:
    """The sequences that gave a number."""
    given = text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL")
    return list(connection.execute(given).scalars())


def test_nobody_of_an_earlier_test_holds_it(postgres_cluster: Cluster, database: str, engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE region"))
        postgres_cluster.empty(database)
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))


def join(run_folder: Path, leaves: str = "leaves") -> int:
    """The port of the cluster that another process of the run works with; it leaves it, or dies holding it."""
    child = [sys.executable, "-c", JOIN, str(run_folder), leaves]
    return int(subprocess.run(child, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def test_the_workers_of_a_run_share_one_cluster(postgres_cluster: Cluster, run_folder: Path) -> None:
    assert join(run_folder) == postgres_cluster.port
    postgres_cluster.execute("SELECT 1")  # one that leaves does not stop it for the others


def test_the_last_worker_stops_it_even_where_another_died(tmp_path: Path) -> None:
    port = join(tmp_path, "dies")
    with cluster_of_run(tmp_path) as cluster:
        assert cluster.port == port
        cluster.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        cluster.execute("SELECT 1")
    assert not Path(cluster.folder).exists()
