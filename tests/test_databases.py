"""A test gets an empty database, whatever the one before left; what depends on the database is tested on PostgreSQL."""

from __future__ import annotations

import ast
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
    bool: True,
    bytes: b"1",
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
    Decimal: Decimal(1),
    dict: {},
    float: 1.0,
    int: 1,
    list: [],
    str: "1",
}
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
    return [table for table in found.tables.values() if table.name not in ("alembic_version", "store_identity")]


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


@pytest.mark.postgres
def test_the_last_worker_stops_it_even_where_another_died(tmp_path: Path) -> None:
    port = join(tmp_path, "dies")
    with cluster_of_run(tmp_path) as cluster:
        assert cluster.port == port
        cluster.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        cluster.execute("SELECT 1")
    assert not Path(cluster.folder).exists()


# --- what has to be tested on PostgreSQL

# A module whose SQL or locking depends on the database → the file that runs it on PostgreSQL.
TESTED = {
    "data_access/backup/alone.py": "test_backup",
    "data_access/backup/places.py": "test_backup",
    "data_access/backup/postgres.py": "test_backup",
    "data_access/backup/restoring.py": "test_backup",
    "data_access/backup/snapshot.py": "test_backup",
    "data_access/backup/upgrading.py": "test_upgrade",
    "data_access/books/checks/identities.py": "test_checks",
    "data_access/books/published.py": "test_published",
    "data_access/books/rebuild.py": "test_versions",
    "data_access/books/versions.py": "test_versions",
    "data_access/intake/importers/batch.py": "test_queue",
    "data_access/intake/queue.py": "test_queue",
    "data_access/intake/importers/store.py": "test_import_ledger",
    "data_access/intake/importers/withdrawal.py": "test_withdrawal",
    "data_access/intake/sources/database.py": "test_source_database",
    "data_access/store/bulk.py": "test_bulk",
    "data_access/store/bulk_frames.py": "test_bulk",
    "data_access/store/clock.py": "test_clock",
    "data_access/store/engine.py": "test_migrations",
    "data_access/store/identity.py": "test_identity",
    "data_access/store/health.py": "test_system_tabs",
    "data_access/store/integrity/forms.py": "test_integrity",
    "data_access/store/integrity/sealing.py": "test_integrity",
    "data_access/store/numbering.py": "test_numbering",
    "monitoring/lease.py": "test_refresh",
    "workflows/comparisons/steps.py": "test_comparisons",
    "workflows/gap/items.py": "test_gap_registers",
    "workflows/gap/settlements.py": "test_gap_registers",
    "workflows/people/attempts.py": "test_sign_in",
    "workflows/people/outbox.py": "test_dispatcher",
    "workflows/statutory/register.py": "test_statutory",
    "workflows/thresholds/changes.py": "test_threshold_changes",
    "workflows/thresholds/proposals.py": "test_threshold_changes",
    "workflows/warnings/alerts.py": "test_alerts",
}
SHOWN_BY = {"dialect", "exec_driver_sql", "with_for_update", "begin_nested", "isolation_level"}
# Tables and revisions are compared with each other, on both databases, by test_migrations.
DECLARATIONS = {"schema", "migrations"}


def depends_on_the_database(path: Path) -> bool:
    """Whether a module asks for the dialect, or has SQL of its own, conflict clauses, savepoints, locks or isolation."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            if node.module == "sqlalchemy.dialects" or any(alias.name == "text" for alias in node.names):
                return True
        elif isinstance(node, ast.Attribute) and node.attr in SHOWN_BY:
            return True
    return False


def test_every_module_that_depends_on_the_database_names_its_test() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for package in ("data_access", "workflows", "monitoring")
        for path in (ROOT / package).rglob("*.py")
        if not DECLARATIONS & set(path.parts) and depends_on_the_database(path)
    }
    assert sorted(found - TESTED.keys()) == [], "no test on PostgreSQL is named"
    assert sorted(TESTED.keys() - found) == [], "does not depend on the database any more"


@pytest.mark.postgres
def test_the_tests_named_are_run_on_postgresql(request: pytest.FixtureRequest) -> None:
    """Of the files that this run collected; the whole suite collects all."""
    items = request.session.items
    on_postgres = {item.path.stem for item in items if item.get_closest_marker("postgres")}
    assert {item.path.stem for item in items} & set(TESTED.values()) - on_postgres == set()
    assert [name for name in TESTED.values() if not list((ROOT / "tests").rglob(f"{name}.py"))] == []
