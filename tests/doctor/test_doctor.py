"""What is wrong with an installation is said in a sentence with its remedy; each condition is brought about and read."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, delete, insert, text

from dashboard.exports.probe import Environment
from data_access.backup.taking import DEED as BACKUP
from data_access.store import audit, schema
from data_access.store.clock import SteadyClock
from data_access.store.engine import create_store, writing
from data_access.store.identity import prepare
from doctor import command, store
from doctor.finding import Finding
from doctor.installation import (
    ROOT,
    disk_findings,
    export_findings,
    file_findings,
    program_findings,
    settings_findings,
)
from doctor.store import clock_findings, store_findings
from settings import Settings
from tests.demonstration_store import NOW, built_once, copy_of
from workflows.warnings.rhythm import Rhythm

GB = 10**9
RHYTHM = Rhythm()


def told(found: Iterable[Finding], part: str = "") -> str:
    """The findings as they are printed, of one part or all."""
    return "\n".join(f"{one.state} {one.said}" for one in found if part in ("", one.part))


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("POOLWATCH_"):
            monkeypatch.delenv(name)


# --- without the store


def test_settings_that_do_not_go_together_are_named() -> None:
    quiet = told(settings_findings(Settings()))
    assert quiet.startswith("ok ") and "\n" not in quiet
    open_ = told(settings_findings(Settings(hosts="pool.example", demo="auto")))
    assert "fail Readers come from elsewhere" in open_ and "set POOLWATCH_DEMO=off" in open_
    assert "warn No proxy is set to be believed" in open_
    nameless = told(settings_findings(Settings(proxies=1, demo="off", database_url="postgresql://a@b/c")))
    assert "set POOLWATCH_HOSTS" in nameless and "set POOLWATCH_PROVINCE" in nameless
    assert "warn The key of the seals lies under POOLWATCH_VAR" in nameless
    weak = told(settings_findings(Settings(secret_key="a" * 40)))
    assert "fail POOLWATCH_SECRET_KEY is no key by chance" in weak and "aaaa" not in weak


def test_a_folder_that_others_reach_and_keys_that_they_read_are_named(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var")
    assert "fail There is no folder" in told(file_findings(settings))
    settings.var.mkdir(mode=0o700)
    settings.sealing()
    assert told(file_findings(settings)) == f"ok {settings.var} is its owner's alone."
    (settings.var / "seal_key").chmod(0o640)
    settings.var.chmod(0o755)
    found = told(file_findings(settings))
    assert f"fail Others than its owner can read the key {settings.var / 'seal_key'}: chmod 600" in found
    assert f"warn Every user of this machine can look into {settings.var}: chmod 700" in found
    if os.geteuid() == 0:
        os.chown(settings.var, 12_345, -1)
        assert "belongs to user 12345" in told(file_findings(settings))


def test_packages_that_are_missing_or_others_are_named() -> None:
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert told(program_findings(pinned)).startswith("ok Python 3.")
    found = told(program_findings("nothing-of-the-kind==1.0  # x\nwaitress==0.1  # y\n"))
    assert "fail Packages are missing: nothing-of-the-kind; run pip install" in found
    assert "waitress 3.0.2 instead of 0.1" in found


def test_a_disk_without_room_is_said_with_how_much_there_is() -> None:
    def said(free: float, store: float = 0.0) -> str:
        return told(disk_findings(Path("var"), int(free * GB), 100 * GB, int(store * GB)))

    assert said(0.1).startswith("fail 0.1 GB of 100.0 GB are free") and said(5).startswith("warn 5.0 GB")
    assert said(20).startswith("ok ") and "less than the store of 30.0 GB" in said(20, 30)


def test_what_exports_lack_is_named_with_its_package(tmp_path: Path) -> None:
    found = told(export_findings(Environment(), tmp_path))
    for package in ("fonts-noto-cjk", "libreoffice-writer", "tools.chart_library"):
        assert package in found
    assert "libpangoft2-1.0-0" in told(export_findings(Environment({"any": "Noto"}), tmp_path))
    assert "ok PDF is set with Noto" in told(export_findings(Environment({"any": "Noto"}, True, "soffice"), tmp_path))


def test_a_mail_server_is_asked_only_when_told_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    settings = Settings(mail_url=f"smtp://127.0.0.1:{port}?from=a@example")
    quiet = told(command.mail_findings(settings, connect=False))
    assert "warn Nobody is reached by mail" in quiet and "flask doctor --mail tries it" in quiet
    assert "fail 127.0.0.1" in told(command.mail_findings(settings, connect=True))
    assert "ok No mail is sent" in told(command.mail_findings(Settings(), connect=True))


# --- the store


@pytest.fixture(scope="module")
def store_file(run_folder: Path) -> Path:
    return built_once(run_folder)


@pytest.fixture(scope="module")
def kept(store_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with copy_of(store_file, tmp_path_factory.mktemp("doctor")) as engine:
        yield engine


def test_a_store_that_is_away_damaged_or_of_another_release_is_said_so(sqlite_url: str, tmp_path: Path) -> None:
    def said(url: str) -> str:
        return told(store_findings(create_store(url), RHYTHM, NOW))

    away = said("postgresql://somebody:hunter2@127.0.0.1:1/none")
    assert away.startswith("fail postgresql") and "POOLWATCH_DATABASE_URL" in away and "hunter2" not in away
    (tmp_path / "none.db").write_bytes(b"this is no database " * 100)
    assert "is no store that can be read" in said(f"sqlite:///{tmp_path}/none.db")
    (tmp_path / "empty.db").touch()
    assert "Its schema is missing" in said(f"sqlite:///{tmp_path}/empty.db") and "flask init" in said(
        f"sqlite:///{tmp_path}/empty.db"
    )
    engine = create_store(sqlite_url)
    assert "warn Nothing was ever refreshed" in told(store_findings(engine, RHYTHM, NOW))
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert "fail Its schema is 0001" in said(sqlite_url) and "flask upgrade" in said(sqlite_url)
    with writing(engine) as connection:  # an index that lacks what its table has
        root = connection.execute(text("SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = 'region'"))
        page, size = int(root.scalar_one()), int(connection.execute(text("PRAGMA page_size")).scalar_one())
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    with Path(str(engine.url.database)).open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 64)
    assert "fail The file of the store is damaged" in said(sqlite_url)


def test_processes_that_stand_still_and_what_waits_for_somebody_are_said(kept: Engine) -> None:
    soon = NOW + timedelta(minutes=5)
    quiet = told(store_findings(kept, RHYTHM, soon), "refresh")
    assert quiet.startswith("ok Version") and "fail" not in quiet
    later = told(store_findings(kept, RHYTHM, NOW + timedelta(days=40)))
    assert "fail No refresh has ended well since 2026-11-20" in later and "poolwatch-scheduler" in later
    assert "warn Data are late of " in later and "warn The calendar ends before 2027-01-01" in later
    with writing(kept) as connection:
        connection.execute(delete(schema.lease))
        died = {"name": "refresh", "holder": "host process 7", "token": 1, "heartbeat_at": NOW - timedelta(minutes=3)}
        connection.execute(insert(schema.lease).values(**died))
        sent = {"created_at": NOW, "not_before": NOW, "attempts": 9, "state": "dead", "about": "{}", "level": 1}
        connection.execute(insert(schema.outbox).values(key="k", recipient="p", channel="mail", **sent))
    found = told(store_findings(kept, RHYTHM, soon))
    assert "warn host process 7 died at the work refresh" in found and "warn 1 messages were given up" in found


def test_checks_and_backups_that_were_not_made_are_said(kept: Engine) -> None:
    found = told(store_findings(kept, RHYTHM, NOW), "care")
    assert "not checked ever: run flask check" in found and "not backed up ever: run flask backup" in found
    with writing(kept) as connection:
        audit.record(connection, "command:x", BACKUP, "a.tar", {}, NOW)
        audit.record(connection, "command:x", audit.CHECKED, "store", {"compared": 1, "at_fault": ["facts"]}, NOW)
    found = told(store_findings(kept, RHYTHM, NOW), "care")
    assert "fail flask check of 2026-11-20 10:15 found faults" in found and "ok The last backup is of" in found
    old = told(store_findings(kept, RHYTHM, NOW + timedelta(days=30)), "care")
    assert "not backed up since 2026-11-20 10:15" in old and "not checked since" in old


def test_postgresql_tells_of_its_connections(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_store(postgres_url)
    found = told(store_findings(engine, RHYTHM, NOW), "database")
    assert re.fullmatch(r"ok PostgreSQL \d+, \d+ of \d+ connections are left\.", found)
    monkeypatch.setattr(store, "FEWEST_CONNECTIONS", 100_000)
    assert "warn Of " in (found := told(store_findings(engine, RHYTHM, NOW), "database")) and "max_connections" in found
    monkeypatch.setattr(store, "OLDEST_SERVER", 1_000_000)
    assert "is too old: move to 15 or newer" in told(store_findings(engine, RHYTHM, NOW), "database")
    engine.dispose()


def test_a_clock_that_jumped_is_said(sqlite_store: Engine, tmp_path: Path) -> None:
    hands = [datetime(2026, 11, 20, tzinfo=UTC).timestamp(), 1000.0]
    clock = SteadyClock(sqlite_store, tmp_path, lambda: (hands[0], hands[1]))
    assert told(clock_findings(clock)) == "ok The clock runs steadily."
    hands[0] += 3 * 86_400
    assert "fail The clock of this machine says 2026-11-23" in told(clock_findings(clock))


# --- the command


def test_the_command_says_all_of_it_one_sentence_a_line_and_ends_with_one_where_something_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What it finds is tried with the exports; looking takes seconds.
    monkeypatch.setattr(command, "environment", lambda: Environment({"any": "Noto"}, True, "soffice"))
    settings = Settings(var=tmp_path / "var", demo="off", province="320000")
    settings.var.mkdir(mode=0o700)
    away = CliRunner().invoke(command.doctor_command(settings))
    assert away.exit_code == 1 and "fail  database" in away.output
    made = create_store(settings.store_url)
    prepare(made, settings.var)
    made.dispose()
    there = CliRunner().invoke(command.doctor_command(settings))
    assert there.exit_code == 0, there.output
    parts = [line.split()[1] for line in there.output.splitlines()]
    looked_at = "settings files program disk exports database refresh care clock mail"
    assert set(parts) - {"calendar"} == set(looked_at.split())  # by the day on which this runs
    assert all(line.endswith(".") for line in there.output.splitlines())
