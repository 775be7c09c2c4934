"""The revisions and the declared tables are the same schema, on both databases."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from data_access.books.checks import check_facts, check_rollup
from data_access.intake.importers.withdrawal import withdraw
from data_access.store.engine import alembic_config, create_store, is_empty, migrate, writing
from data_access.store.schema import metadata, region, threshold, threshold_set
from monitoring.refresh import refresh
from rules.errors import StoreError
from tests.small_province import XUANWU, Entry, load_entries, load_province


def test_the_revisions_build_exactly_the_declared_tables(store: Engine) -> None:
    with store.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_indexes_of_live_rows_are_unique_and_hold_live_rows_only(store: Engine) -> None:
    """The comparison above does not look at the condition of a partial index."""
    indexes = {one["name"]: one for name in metadata.tables for one in inspect(store).get_indexes(name)}
    for name in ("uq_alert_episode_live", "uq_work_case_live", "uq_system_alert_live"):
        condition = str(indexes[name]["dialect_options"][f"{store.dialect.name}_where"])
        assert indexes[name]["unique"] and re.fullmatch(r"\(?(closed|ended)_at IS NULL\)?", condition), condition


def test_postgresql_refuses_a_second_limit_of_one_scope_in_the_same_period(postgres_url: str) -> None:
    store = create_store(postgres_url)
    limit = {
        "indicator": "payable_months",
        "rule": "low",
        "scope_key": "payable_months|low",
        "spec": "{}",
        "enabled": True,
        "kind": "act",
        "status": "confirmed",
        "since_set": 1,
    }
    with writing(store) as connection:
        row = {"id": 1, "recorded_at": datetime(2026, 1, 1, tzinfo=UTC), "recorded_by": "zhang", "reason": "…"}
        connection.execute(threshold_set.insert().values(row))
        connection.execute(threshold.insert().values({**limit, "starts": "2026-01", "ends": "2026-07"}))
        connection.execute(threshold.insert().values({**limit, "starts": "2026-07", "ends": None}))
    with pytest.raises(IntegrityError, match="ex_threshold_overlap"), writing(store) as connection:
        connection.execute(threshold.insert().values({**limit, "starts": "2026-06", "ends": "2026-07"}))
    store.dispose()


def test_a_store_of_a_development_build_is_refused_in_a_sentence_and_left_as_it_is(store: Engine) -> None:
    with writing(store) as connection:
        was = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    for unknown in ("9999", "0022"):  # a later one, and one of those that became 0026
        with writing(store) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :unknown"), {"unknown": unknown})
        with pytest.raises(StoreError, match=f"revision {unknown}, which this program does not know") as refused:
            migrate(store)
        assert "begin a new store" in str(refused.value)
        with store.connect() as connection:
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == unknown
    with writing(store) as connection:  # the next test may get the same database
        connection.execute(text("UPDATE alembic_version SET version_num = :was"), {"was": was})


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


def test_sqlite_waits_for_the_lock_and_syncs_fully(sqlite_url: str) -> None:
    with create_store(sqlite_url).connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings["journal_mode"] == "wal"
    assert settings["synchronous"] == 2
    assert settings["foreign_keys"] == 1
    assert int(str(settings["busy_timeout"])) >= 5000


def test_a_store_of_before_gets_the_days_of_payment_from_its_ledger(store: Engine, now: datetime) -> None:
    """What was withdrawn since is taken away again, what is not published yet is in no fact."""
    load_province(store, now)
    money = [Entry(movement, XUANWU, "", movement, date(2026, 10, 9), 70) for movement in ("local_disburse", "return")]
    paid = [Entry(f"p{at}", XUANWU, "pension", "pay", date(2026, 10, 10), 30 + at) for at in range(2)]
    load_entries(store, [*money, paid[0]], now)
    refresh(store, clock=lambda: now)
    taken_back = load_entries(store, [paid[1]], now)
    with writing(store) as connection:
        withdraw(connection, taken_back.batch, by="zhang", reason="重复", now=now)
    load_entries(store, [Entry("r", XUANWU, "pension", "recover", date(2026, 10, 20), 5)], now)
    with writing(store) as connection:
        before = connection.execute(text("SELECT COUNT(*) FROM daily_change")).scalar_one()
        command.downgrade(alembic_config(connection), "0018")
        assert connection.execute(text("SELECT COUNT(*) FROM daily_change")).scalar_one() == 0
    migrate(store)
    with store.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM daily_change")).scalar_one() == before
        facts = connection.execute(text("SELECT movement, amount_fen FROM daily_fact ORDER BY movement")).all()
        assert facts == [("local_disburse", 70), ("pay", 30), ("return", 70)]
        assert check_rollup(connection).passed and check_facts(connection).passed
