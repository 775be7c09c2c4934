"""A store of the release before is upgraded with nothing lost; an upgrade that fails leaves the store as it was."""

from __future__ import annotations

import gc
import gzip
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, MetaData, create_engine, insert, select, text

from dashboard import create_site
from dashboard.self_test import open_pages
from data_access.backup.archive import read_manifest
from data_access.backup.restoring import Answer, Keys, restore
from data_access.backup.snapshot import Held, held
from data_access.backup.taking import back_up
from data_access.backup.trouble import BackupError
from data_access.backup.upgrading import Upgrade, upgrade
from data_access.store import audit, engine as store_engine
from data_access.store.engine import alembic_config, demand_current, known_revisions, revision_of
from data_access.store.identity import identity_of, remembered
from monitoring.refresh import refresh
from rules.errors import StoreError
from tests.cluster import Cluster
from tests.demonstration_store import site_on
from tests.small_province import COLLECTED, load_entries, load_province
from tests.stores import EACH_DATABASE, open_store
from workflows.people.sign_in import sign_in

RELEASED = Path(__file__).parent / "store-0.1.0.sql.gz"
# What the release kept and later ones compute, or keep otherwise.
GONE, GROWN = {"inbox", "outbox"}, {"daily_change", "daily_fact", "audit_event", "alembic_version"}


@pytest.fixture(params=EACH_DATABASE)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A store that release 0.1.0 made, on each database; on PostgreSQL the same rows in the tables that it made there."""
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(gzip.decompress(RELEASED.read_bytes()).decode())
    connection.close()
    if request.param == "sqlite":
        engine = open_store(f"sqlite:///{path}")
        yield engine
        engine.dispose()
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    cluster.execute("CREATE DATABASE released")
    engine = open_store(cluster.url("released"))
    _copy(f"sqlite:///{path}", engine)
    yield engine
    engine.dispose()
    cluster.execute("DROP DATABASE released")


def _copy(url: str, target: Engine) -> None:
    with store_engine._transaction(target) as connection:
        command.upgrade(alembic_config(connection), "initial")
    source, tables = create_engine(url), MetaData()
    tables.reflect(target)
    with source.connect() as reading, target.begin() as writing_:
        writing_.execute(text("SET LOCAL session_replication_role = replica"))
        for table in tables.sorted_tables:
            if rows := [dict(row._mapping) for row in reading.execute(select(table))]:
                writing_.execute(table.delete())
                writing_.execute(insert(table), rows)
                if "id" in table.c and table.c.id.autoincrement is True:
                    number = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), MAX(id)) FROM {table.name}"
                    writing_.execute(text(number))
    source.dispose()


@pytest.fixture
def small(store_url: str, now: datetime) -> Iterator[Engine]:
    engine = open_store(store_url)
    load_province(engine, now)
    load_entries(engine, [COLLECTED], now)
    refresh(engine, clock=lambda: now)
    yield engine
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            for name in connection.execute(text("SELECT nspname FROM pg_namespace")).scalars().all():
                if name.startswith("poolwatch_"):
                    connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


def upgraded(engine: Engine, var: Path, now: datetime, answer: Answer | None = None) -> list[str]:
    """What an upgrade tells; the last line is its failure, where it fails."""
    told: list[str] = []
    gc.collect()  # what this process let go of without closing it is no other session
    server = create_site(site_on(engine, var, known=False)).server
    asked = Upgrade(
        engine, var, "1", "command:root", told.append, lambda: open_pages(server), lambda: now, answer=answer
    )  # fmt: skip
    try:
        upgrade(asked)
    except (BackupError, StoreError) as problem:
        told.append(str(problem))
    return told


def holds(engine: Engine) -> Held:
    with engine.connect() as connection:
        return held(connection)


SUMS = (
    "SELECT SUM(amount_fen) FROM ledger_entry", "SELECT SUM(amount_fen) FROM plan", "SELECT SUM(amount_fen) FROM account_fact",
    "SELECT SUM(amount_fen) FROM opening_balance", "SELECT SUM(data_version) FROM month_close", "SELECT COUNT(value) FROM indicator_value",
    "SELECT SUM(LENGTH(content)) FROM attachment", "SELECT SUM(LENGTH(text)) FROM case_step",
)  # fmt: skip


def sums(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return [int(connection.execute(text(query)).scalar_one()) for query in SUMS]


def test_a_store_of_release_0_1_0_comes_with_everything_in_it(released: Engine, tmp_path: Path, now: datetime) -> None:
    now += timedelta(days=5)  # the release sealed the days up to its last
    var, was, counted = tmp_path / "var", holds(released), sums(released)
    with pytest.raises(StoreError, match=r"revision initial and this program needs .*: run flask upgrade"):
        demand_current(released)
    told = upgraded(released, var, now)
    assert [line[:2] for line in told[:-1]] == ["1 ", "2 ", "3 ", "4 "], told
    assert "identities and seals (0 faults)" in told[3] and "pages (0 failed)" in told[3]
    assert told[-1] == "The store is upgraded: start site and clock."
    stands = holds(released)
    assert stands.revision == known_revisions()[0] and remembered(var) == identity_of(released)
    assert {name: rows for name, rows in was.rows.items() if name not in GONE | GROWN} == {
        name: stands.rows[name] for name in was.rows if name not in GONE | GROWN
    }
    assert all(stands.rows[name] >= was.rows[name] for name in GROWN) and sums(released) == counted
    assert sign_in(released, "zhang", "correct horse battery", now)
    (made,) = (var / "backups").iterdir()
    assert read_manifest(made).held == was
    with released.connect() as connection:
        done = audit.last_of(connection, "upgrade")
        assert done and done[1]["from"] == "initial" and done[1]["backup"] == made.name
        assert audit.last_of(connection, "backup") and audit.broken_seals(connection) == ()


REVISION = """
from alembic import op
revision, down_revision, branch_labels, depends_on = "next", {head!r}, None, None
def upgrade():
    op.execute("CREATE TABLE half_way (id INTEGER)")
    op.execute("UPDATE account_fact SET amount_fen = amount_fen + 1")
    {then}
"""


@pytest.fixture
def next_release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """A release that brings one revision more."""

    def release(then: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(store_engine.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        revision = REVISION.format(head=known_revisions()[0], then=then)
        (folder / "versions" / "9999_next.py").write_text(revision, encoding="utf-8")
        monkeypatch.setattr(store_engine, "MIGRATIONS", folder)

    return release


def test_a_migration_that_fails_in_mid_way_changes_nothing(
    small: Engine, next_release: Callable[[str], None], tmp_path: Path, now: datetime
) -> None:
    assert upgraded(small, tmp_path / "var", now)[-1].endswith("nothing to upgrade.")
    was = holds(small)
    next_release("raise RuntimeError('no such column')")
    told = upgraded(small, tmp_path / "var", now)
    assert "Failed: no such column" in told and "the store is as it was. Start the program of before" in told[-1]
    assert holds(small) == was and total(small) == COLLECTED.amount_fen


def test_what_was_committed_in_mid_way_and_what_the_test_finds_is_put_back_and_the_failed_store_kept(
    small: Engine, next_release: Callable[[str], None], tmp_path: Path, now: datetime
) -> None:
    was = holds(small)
    next_release("pass")
    told = upgraded(small, tmp_path / "var", now)
    assert told[2].startswith("3 Migrated") and any("rollup" in line or "facts" in line for line in told[4:]), told
    assert "The store was put back from the backup as it was; the one that failed is kept: " in told[-1]
    assert holds(small) == was and total(small) == COLLECTED.amount_fen
    assert revision_of(small) != known_revisions()[0]
    refresh(small, clock=lambda: now)  # the program of before goes on


def test_a_backup_of_the_release_before_is_restored_at_the_current_schema(
    sqlite_url: str, next_release: Callable[[str], None], tmp_path: Path, now: datetime
) -> None:
    store = open_store(sqlite_url)
    load_province(store, now)
    made = back_up(store, tmp_path / "var", None, now, program="0")
    next_release("pass")
    done = restore(store, tmp_path / "var", made.path, now, keys=Keys(b""), by="", replace=True)
    assert done.migrated_from == made.manifest.held.revision and holds(store).revision == "next"
    store.dispose()


def total(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT SUM(amount_fen) FROM account_fact")).scalar_one())
