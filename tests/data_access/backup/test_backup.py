"""What is backed up comes back as it was, on each database; what is not whole, not ours or not verified changes nothing."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text, update

from data_access.backup import archive, postgres, restoring, snapshot, taking
from data_access.backup.archive import Writing, read_manifest, verify
from data_access.backup.files import put_back
from data_access.backup.restoring import Answer, Keys, restore
from data_access.backup.snapshot import Held, held
from data_access.backup.taking import Made, back_up
from data_access.backup.trouble import BackupError
from data_access.books.checks import run_checks
from data_access.intake.originals import ORIGINALS, original_path
from data_access.intake.queue import Given, enqueue
from data_access.store import audit, schema
from data_access.store.engine import create_store, writing
from data_access.store.integrity.heads import NAME as SEALS, write_heads
from monitoring.refresh import refresh
from tests.small_province import COLLECTED, XUANWU, Entry, load_entries, load_province
from tests.stores import open_store

KEY = b"the key of the seals of the tests, long enough"
LATER = Entry("2", XUANWU, "premium_current", "collect", COLLECTED.day, 7)


def sealed(url: str) -> Engine:
    """The store at an address as the installation opens it, with its key."""
    engine = open_store(url)
    engine.update_execution_options(seal_key=KEY)
    return engine


@pytest.fixture
def full(store_url: str, now: datetime) -> Iterator[Engine]:
    """A store with a published ledger, a reader who is signed in, and a refresh under way."""
    yield from filled(store_url, now)


@pytest.fixture
def embedded(sqlite_url: str, now: datetime) -> Iterator[Engine]:
    yield from filled(sqlite_url, now)


def filled(url: str, now: datetime) -> Iterator[Engine]:
    engine = sealed(url)
    load_province(engine, now)
    load_entries(engine, [COLLECTED], now)
    refresh(engine, clock=lambda: now)
    with writing(engine) as connection:
        account = {"login": "zhang", "name": "张", "role": "monitor", "region": "320000", "demo": False}
        connection.execute(insert(schema.account).values(account))
        times = dict.fromkeys(("created_at", "seen_at", "expires_at"), now)
        opened = {"token_hash": "x", "login": "zhang", "stage": "", "address": "", "agent": "", **times}
        connection.execute(insert(schema.session).values(opened))
        audit.record(connection, "zhang", "account:sign_in", "zhang", {}, now)
        connection.execute(insert(schema.refresh_run).values(started_at=now, state="running", full=False))
        gone = {"holder": "a process that is gone", "heartbeat_at": now - timedelta(hours=1)}
        connection.execute(update(schema.lease).values(gone))
    yield engine
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            names = connection.execute(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'poolwatch_%'"))
            for name in names.scalars().all():
                connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


def backup_of(engine: Engine, var: Path, now: datetime, target: Path | None = None, **options: object) -> Made:
    return back_up(engine, var, target, now, program="0", **options)  # type: ignore[arg-type]


def put(var: Path, **files: str) -> None:
    for name, content in files.items():
        path = var / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def found(var: Path) -> dict[str, str]:
    """Every file under a folder but the backups, with what it says."""
    paths = [path for path in sorted(var.rglob("*")) if path.is_file() and path.suffix != ".tar"]
    return {path.relative_to(var).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def test_what_was_backed_up_comes_back_and_what_stood_there_is_kept(
    full: Engine, tmp_path: Path, now: datetime
) -> None:
    var = tmp_path / "var"
    put(
        var, inbox__waits="1", sources__tax="2", mappings__m="3", originals__ab__abc="4", secret_key="5", exports__x="6"
    )
    half, link = var / "inbox" / ".half", var / "inbox" / "link"
    half.write_text("still being written", encoding="utf-8")
    link.symlink_to(var / "secret_key")
    made = backup_of(full, var, now)
    names = {part.name for part in made.manifest.parts}
    assert not {"var/inbox/.half", "var/inbox/link", "var/secret_key", "var/exports/x"} & names
    half.unlink()
    link.unlink()
    assert made.manifest == read_manifest(made.path) and made.path.name == "poolwatch-20261120-101500.tar"
    with full.connect() as connection:
        was = held(connection)
    assert was == made.manifest.held and was.rows["ledger_entry"] == 1 and was.data_version == 1
    taking.record(full, made, "command:root", now)
    load_entries(full, [LATER], now)
    refresh(full, clock=lambda: now)
    put(var, inbox__waits="other", inbox__later="7", sources__tax="changed", originals__ab__abc="4")

    with pytest.raises(BackupError, match="With --replace"):
        restore(full, var, made.path, now, keys=Keys(KEY), by="command:root")
    killed_while_restoring(full, var, made.path, now)
    done = restore(full, var, made.path, now, keys=Keys(KEY), by="command:root", replace=True)

    with full.connect() as connection:
        assert connection.execute(text("SELECT SUM(amount_fen) FROM ledger_entry")).scalar_one() == COLLECTED.amount_fen
        assert all(check.passed for check in run_checks(connection))
        # Nobody is signed in or at work.
        assert connection.execute(text("SELECT COUNT(*) FROM session")).scalar_one() == 0
        assert connection.execute(text("SELECT DISTINCT holder FROM lease")).scalars().all() == [""]
        assert [path.name for path in var.iterdir() if path.name.startswith(".")] == []
        states = connection.execute(text("SELECT state, error FROM refresh_run ORDER BY id DESC")).all()
        assert states[0] == ("failed", "the store was restored before the run ended")
        told = audit.last_of(connection, "restore")
        assert told and told[1]["archive"] == made.path.name and told[1]["version"] == 1
    load_entries(full, [LATER], now)  # numbers go on where they were
    aside = "before-20261120-101500"
    waits = "inbox/waits-20261120-101500"
    kept = {
        f"{aside}/sources/tax": "changed",
        "sources/tax": "2",
        waits: "1",
        "inbox/waits": "other",
        "inbox/later": "7",
    }
    with full.connect() as connection:
        same = {
            "store-identity": f"{held(connection).identity}\n",
            "mappings/m": "3",
            "originals/ab/abc": "4",
            "secret_key": "5",
            "exports/x": "6",
        }
    assert found(var) == kept | same
    assert done.files_before == var / aside and done.rows == sum(was.rows.values())
    with open_before(full, done.store_before).connect() as connection:
        assert connection.execute(text("SELECT SUM(amount_fen) FROM ledger_entry")).scalar_one() == 50_007
        told = audit.last_of(connection, "backup")
        assert told and told[1]["sha256"] == made.sha256


def killed_while_restoring(engine: Engine, var: Path, path: Path, now: datetime) -> None:
    """A restore whose process dies once all is put together and verified: everything stands as it did."""
    with engine.connect() as connection:
        was = held(connection)
    engine.dispose()
    if (child := os.fork()) == 0:
        dies = pytest.MonkeyPatch()
        dies.setattr(restoring, "put_back", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        restore(engine, var, path, now, keys=Keys(KEY), by="", replace=True)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    with engine.connect() as connection:
        assert held(connection) == was and connection.execute(text("SELECT COUNT(*) FROM session")).scalar_one() == 1


def open_before(engine: Engine, name: str) -> Engine:
    if engine.dialect.name == "sqlite":
        return open_store(f"sqlite:///{name}")
    options = {"options": f"-csearch_path={name.rpartition(' ')[2]}"}
    return open_store(engine.url.update_query_dict(options).render_as_string(hide_password=False))


def test_of_what_the_copied_store_names_the_original_is_there_and_what_it_has_not_taken_waits(
    embedded: Engine, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    var, other, copy = tmp_path / "var", tmp_path / "other", snapshot.take
    put(var, inbox__waits="1")

    def deliver(name: str) -> None:
        enqueue(embedded, var / ORIGINALS, name.encode(), f"{name}.csv", Given(target="plan", uploaded_by=name), now)

    def take_between_deliveries(engine: Engine, folder: Path) -> tuple[Path, Held]:
        deliver("before")
        taken = copy(engine, folder)
        deliver("after")
        (var / "inbox" / "waits").rename(var / "inbox" / "taken")
        return taken

    monkeypatch.setattr(snapshot, "take", take_between_deliveries)
    made = backup_of(embedded, var, now)
    empty = open_store(f"sqlite:///{other / 'store.db'}")
    restore(empty, other, made.path, now, keys=Keys(KEY), by="")
    with empty.connect() as connection:
        named = connection.execute(text("SELECT origin, sha256 FROM import_batch WHERE state = 'queued'")).all()
    assert [name for name, _digest in named] == ["before.csv"] and original_path(
        other / ORIGINALS, named[0][1]
    ).exists()
    assert (other / "inbox" / "waits").exists()


def test_files_are_taken_back_where_the_last_step_fails(tmp_path: Path, now: datetime) -> None:
    var, unpacked = tmp_path / "var", tmp_path / "unpacked"
    put(var, sources__tax="here", inbox__waits="later")
    put(unpacked, sources__tax="archive", sources__more="archive", inbox__waits="archive", originals__ab__abc="archive")
    was = found(var)
    with pytest.raises(OSError, match="no room"), put_back(unpacked, var, now) as done:
        assert done.files == 4 and len(found(var)) == 6
        raise OSError("no room")
    assert found(var) == was and not (var / "before-20261120-101500").exists()


def test_a_backup_that_is_killed_or_cut_short_is_none(embedded: Engine, tmp_path: Path, now: datetime) -> None:
    var = tmp_path / "var"
    if (child := os.fork()) == 0:
        archive.Writing.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
        backup_of(embedded, var, now)
    os.waitpid(child, 0)
    folder = var / taking.FOLDER
    left = list(folder.iterdir())
    assert len(left) == 1 and left[0].is_dir() and left[0].name.startswith(".")
    made = backup_of(embedded, var, now)
    assert list(folder.iterdir()) == [made.path], "what the killed one left is gone"
    whole = made.path.read_bytes()
    for part in (0, 100, 600, len(whole) // 2, len(whole) - 12_000):
        made.path.write_bytes(whole[:part])
        for look in (read_manifest, verify):
            with pytest.raises(BackupError, match=r"no whole archive|no manifest"):
                look(made.path)


def test_an_archive_that_was_changed_or_is_not_ours_leaves_everything_as_it_was(
    embedded: Engine, tmp_path: Path, now: datetime
) -> None:
    var = tmp_path / "var"
    put(var, sources__tax="right")
    made = backup_of(embedded, var, now)
    embedded.dispose()
    before, files = said_by(tmp_path / "store.db"), found(var)
    whole = made.path.read_bytes()

    def refused(said: str, path: Path = made.path, **options: Any) -> None:
        with pytest.raises((BackupError, OSError), match=said):
            restore(embedded, var, path, now, **{"keys": Keys(KEY), "by": "", "replace": True, **options})
        embedded.dispose()
        assert said_by(tmp_path / "store.db") == before and found(var) == files
        assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".tar") == ["store.db", "var"]

    made.path.write_bytes(whole.replace(b"right", b"wrong"))
    refused("var/sources/tax is not what was backed up")
    made.path.write_bytes(whole)
    manifest = read_manifest(made.path)
    had = manifest.held
    forged = {
        "on postgresql, and this one is on sqlite": replace(manifest, held=replace(had, kind="postgresql")),
        "revision 9999, which this program does not know": replace(manifest, held=replace(had, revision="9999")),
        "lacks var/sources/more": replace(manifest, parts=(*manifest.parts, archive.Part("var/sources/more", 1, ""))),
        "of which its manifest does not tell": replace(manifest, parts=manifest.parts[:1]),
        "ledger_entry 2 → 1": replace(manifest, held=replace(had, rows={**had.rows, "ledger_entry": 2})),
    }
    for said, told in forged.items():
        refused(said, told_by(made.path, tmp_path / "forged.tar", told))
    refused("sealed with the key", keys=Keys(b"another key"))
    refused("Not a gzipped file", told_by(made.path, tmp_path / "bad.tar", manifest, b"no store"))
    other = create_store(str(embedded.url))
    with other.connect() as connection:
        connection.execute(text("SELECT COUNT(*) FROM region"))
        with pytest.raises(BackupError, match="Stop the site and the clock"):
            restore(embedded, var, made.path, now, keys=Keys(KEY), by="", replace=True)
    other.dispose()


def said_by(path: Path) -> str:
    """Everything that an embedded store holds."""
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump())


def told_by(path: Path, target: Path, manifest: archive.Manifest, store: bytes = b"") -> Path:
    """The archive with another manifest, or another store whose digest is right."""
    folder = target.with_suffix("")
    verify(path, folder)
    with target.open("wb") as file:
        writing = Writing(file)
        for part in read_manifest(path).parts:
            if store and part.name.startswith("store"):
                (folder / part.name).write_bytes(store)
            writing.add(folder / part.name, part.name)
        writing.finish(replace(manifest, parts=tuple(writing.parts)) if store else manifest)
    shutil.rmtree(folder)
    return target


def test_names_that_lead_elsewhere_are_not_unpacked(embedded: Engine, tmp_path: Path, now: datetime) -> None:
    made = backup_of(embedded, tmp_path / "var", now)
    for name in ("/etc/passwd", "../out", "var/../../out", "elsewhere/file"):
        with (tmp_path / "forged.tar").open("wb") as file:
            forged = Writing(file)
            forged.add(made.path, name)
            forged.finish(replace(made.manifest, parts=tuple(forged.parts)))
        with pytest.raises(BackupError, match="does not tell"):
            verify(tmp_path / "forged.tar", tmp_path / "into")
        assert not (tmp_path / "into").exists()


def test_what_was_changed_by_hand_and_days_sealed_since_need_somebody_who_answers(
    embedded: Engine, tmp_path: Path, now: datetime
) -> None:
    var = tmp_path / "var"
    var.mkdir()
    with embedded.begin() as connection:
        connection.execute(text("UPDATE account SET role = 'leader'"))
    made = backup_of(embedded, var, now)
    with writing(embedded) as connection:
        write_heads(connection, var / SEALS, audit.seal_days(connection, now + timedelta(days=2)))
    heads = (var / SEALS).read_text(encoding="utf-8")
    with pytest.raises(BackupError) as refused:
        restore(embedded, var, made.path, now, keys=Keys(KEY), by="", replace=True)
    assert "account zhang: expected role = monitor, found role = leader" in str(refused.value)
    assert "2026-11-20: expected" in str(refused.value) and "--by NAME --reason TEXT" in str(refused.value)
    assert (var / SEALS).read_text(encoding="utf-8") == heads
    answer = Answer("李某某", "机房断电")
    done = restore(embedded, var, made.path, now, keys=Keys(KEY), by="", replace=True, answer=answer)
    assert len(done.accepted) == len(refused.value.parameters["faults"])  # type: ignore[arg-type]
    assert (var / SEALS).read_text(encoding="utf-8").startswith(heads), "what was told stays"
    with embedded.connect() as connection:
        told = audit.last_of(connection, "accept_as_found")
        assert told and told[1]["by"] == "李某某" and told[1]["reason"] == "机房断电"
        assert all(check.passed for check in run_checks(connection))


def test_heads_of_a_day_sealed_while_the_store_is_copied_are_not_told(embedded: Engine, now: datetime) -> None:
    with embedded.connect() as connection:
        copied = replace(held(connection), sealed_day="2026-11-19")
    told, since = b'{"day": "2026-11-20"}\n', b'{"day": "2026-11-19"}\n{"day": "2026-11-21"}\n'
    assert taking._heads(told + since, len(told), copied) == told + b'{"day": "2026-11-19"}\n'


def test_so_many_backups_of_a_store_are_kept_and_none_of_another(
    embedded: Engine, tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    mine = backup_of(embedded, tmp_path, now, folder / "mine.tar")
    foreign = replace(mine.manifest, held=replace(mine.manifest.held, identity="x"))
    other = told_by(mine.path, folder / "another.tar", foreign)
    put(folder, **{"notes.tar": "no archive"})
    made = [backup_of(embedded, tmp_path, now + timedelta(hours=hour), folder, keep=2) for hour in (1, 2, 3)]
    assert [one.deleted for one in made] == [(), (mine.path,), (made[0].path,)]
    assert {*folder.iterdir()} == {other, folder / "notes.tar", made[1].path, made[2].path}
    with pytest.raises(BackupError, match="exists: name another file"):
        backup_of(embedded, tmp_path, now, other)


def test_two_backups_at_once_and_a_full_disk_are_told_and_leave_nothing(
    embedded: Engine, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    var = tmp_path / "var"
    with taking._alone(tmp_path), pytest.raises(BackupError, match="Another backup"):
        backup_of(embedded, var, now, tmp_path / "x.tar")
    room = type(shutil.disk_usage(tmp_path))(10**9, 10**9 - 1000, 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: room)
    with pytest.raises(BackupError, match=r"has 0 MB left and the backup may need \d"):
        backup_of(embedded, var, now)
    assert found(var) == {} and list((var / taking.FOLDER).iterdir()) == []


def test_keys_are_in_it_only_when_asked_for_and_take_their_place(
    embedded: Engine, tmp_path: Path, now: datetime
) -> None:
    var, other = tmp_path / "var", tmp_path / "other"
    put(var, seal_key=KEY.decode(), secret_key="s")
    made = backup_of(embedded, var, now, keys=True)
    assert {"var/seal_key", "var/secret_key"} <= {part.name for part in made.manifest.parts}
    put(other, seal_key="made at the first start")
    empty = open_store(f"sqlite:///{other / 'store.db'}")
    with pytest.raises(BackupError, match="sealed with the key"):
        restore(empty, other, made.path, now, keys=Keys(b"from the environment", set_outside=True), by="")
    restore(empty, other, made.path, now, keys=Keys(b"made at the first start"), by="")
    assert (other / "seal_key").read_text(encoding="utf-8") == KEY.decode()
    assert (other / "seal_key").stat().st_mode & 0o777 == 0o600
    assert (other / "before-20261120-101500" / "seal_key").exists()


def test_a_program_of_postgresql_that_is_missing_is_named(
    postgres_url: str, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = create_store(postgres_url)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_dump is not in PATH: install PostgreSQL's client programs of release"):
        backup_of(store, tmp_path / "var", now)
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n", encoding="utf-8")
    old.chmod(0o755)
    with pytest.raises(BackupError, match=r"pg_dump \(PostgreSQL\) 9.6 is older than the server"):
        backup_of(store, tmp_path / "var", now)
    assert list((tmp_path / "var" / taking.FOLDER).iterdir()) == []
    store.dispose()


def test_a_role_that_cannot_make_room_is_told_before_anything_is_done(postgres_url: str) -> None:
    store = create_store(postgres_url)
    with store.connect() as connection:
        connection.execute(text("CREATE ROLE guest"))
        connection.execute(text("SET LOCAL ROLE guest"))
        with pytest.raises(BackupError, match=r"The role guest does not own the database .* OWNER TO guest"):
            postgres.demand_restorable(connection)
    store.dispose()
