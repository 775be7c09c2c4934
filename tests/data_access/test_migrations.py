"""The revisions and the declared tables are the same schema, on both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from data_access.store.engine import create_store, is_empty, migrate, writing
from data_access.store.schema import metadata, region


def test_the_revisions_build_exactly_the_declared_tables(store: Engine) -> None:
    with store.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing_and_keeps_the_data(store: Engine) -> None:
    row = {"code": "000000", "name": "全国", "name_en": "China", "level": "nation", "kind": "division"}
    with writing(store) as connection:
        connection.execute(region.insert().values(row))
    migrate(store)
    with store.connect() as connection:
        assert connection.execute(region.select()).one().name == "全国"


def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'together.db'}"
    start = "import sys; from data_access.store.engine import *; migrate(create_store(sys.argv[1]))"
    children = [subprocess.Popen([sys.executable, "-c", start, url], stderr=subprocess.PIPE) for _ in range(3)]
    errors = [child.communicate()[1] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], errors
    assert set(inspect(create_store(url)).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_a_store_without_batches_is_empty(store: Engine, tmp_path: Path) -> None:
    assert is_empty(store)
    assert is_empty(create_store(f"sqlite:///{tmp_path / 'never.db'}"))


def test_sqlite_waits_for_the_lock_and_syncs_fully(sqlite_store: Engine) -> None:
    with sqlite_store.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings["journal_mode"] == "wal"
    assert settings["synchronous"] == 2
    assert settings["foreign_keys"] == 1
    assert int(str(settings["busy_timeout"])) >= 5000
