"""Restoring an archive: put together beside what is there, verified there, and only then in its place.

Until then nothing of the installation is changed, whatever fails or is killed. Then come the files, which are taken back
where the last step, the store's, fails.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, update

from data_access.backup import snapshot
from data_access.backup.alone import demand_alone
from data_access.backup.archive import VAR, Manifest, read_manifest, verify
from data_access.backup.files import put_back
from data_access.backup.places import beside
from data_access.backup.trouble import BackupError
from data_access.books.checks import run_checks
from data_access.books.versions import reading
from data_access.store import audit, schema
from data_access.store.engine import is_empty, known_revisions, migrate, writing
from data_access.store.identity import NAME as IDENTITY, identity_of
from data_access.store.integrity.accepting import AUDIT, accept_as_found
from data_access.store.integrity.heads import NAME as SEALS, faults_of_heads
from data_access.store.integrity.keys import name_of
from data_access.store.integrity.verifying import faults_of_tables
from data_access.whole_files import write_whole

DEED = "restore"
NAMED = 5  # of what differs, in a sentence


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for a store that is not as it was sealed, and why it is right as it is."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: from which archive, how many rows and files; what the store and the files that had to make way are
    called now ("" and None where none had); the revision it was brought from, "" where it was current; what differed and
    was put on record."""

    manifest: Manifest
    rows: int
    files: int
    store_before: str
    files_before: Path | None
    migrated_from: str
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """With which key the installation seals, and whether that one is set in the environment: then none of an archive takes its place."""

    seal: bytes
    set_outside: bool = False


def restore(
    engine: Engine,
    var: Path,
    archive: Path,
    now: datetime,
    *,
    keys: Keys,
    by: str,
    replace: bool = False,
    answer: Answer | None = None,
) -> Restored:
    """Restore an archive into the store of ``engine`` and the folder ``var``. ``replace``: where there are data, they are moved
    aside and kept. What is not as it was sealed, or older than ``seals.log`` tells, needs an ``answer``, and is put on record.

    Raises BackupError, StoreError or OSError; then everything is as it was.
    """
    manifest = read_manifest(archive)
    _demand_fit(manifest, engine, archive)
    if not (replace or is_empty(engine)):
        raise BackupError(
            "The store has data. With --replace it is moved aside and kept under another name, which is told.",
            replace=True,
        )
    demand_alone(engine, now)
    with _unpacked(archive, var) as folder:
        files = folder / VAR
        key = _key(manifest, files, keys)
        # What the heads here tell of later days stays told.
        if (var / SEALS).exists():
            files.mkdir(exist_ok=True)
            shutil.copy2(var / SEALS, files / SEALS)
        with beside(engine, folder / manifest.store, key) as put:
            rows = _demand_rows(put.engine, manifest)
            migrate(put.engine)
            accepted = _accept(put.engine, files / SEALS, answer, now)
            with writing(put.engine) as connection:
                _settle(connection, now)
                told = {"archive": archive.name, "made_at": manifest.made_at.isoformat(), "faults": len(accepted)}
                told |= {"version": manifest.held.data_version, "rows": rows}
                audit.record(connection, by, DEED, archive.name, told, now)
            write_whole(files / IDENTITY, f"{identity_of(put.engine)}\n")
            with put_back(files, var, now) as done:
                before = put.take_its_place(now)
    migrated = manifest.held.revision if manifest.held.revision != known_revisions()[0] else ""
    return Restored(manifest, rows, done.files, before, done.aside, migrated, accepted)


def put_as_it_was(engine: Engine, var: Path, archive: Path, now: datetime) -> str:
    """The store of an archive in the place of the present one, at the revision it has, unchanged and with nothing beside it; what
    the present one is called from now on. Raises BackupError or OSError; then everything is as it was."""
    manifest = read_manifest(archive)
    with _unpacked(archive, var) as folder, beside(engine, folder / manifest.store, b"") as put:
        _demand_rows(put.engine, manifest)
        before = put.take_its_place(now)
    if not manifest.held.identity:
        (var / IDENTITY).unlink(missing_ok=True)  # as before stores were told apart
    return before


def faults_of_store(connection: Connection, heads: Path) -> list[str]:
    """Everything by which a store is not what it must be, each in a line: identities, seals, days of the audit, heads."""
    found = []
    for check in run_checks(connection):
        if check.at_fault:
            first = "; ".join(
                f"{one.where}: expected {one.expected}, found {one.found}" for one in check.differences[:2]
            )
            found.append(f"{check.code}: {check.failed} differ ({first})")
    broken = [day for day in audit.broken_seals(connection) if not day.accepted]
    found += [f"the audit of {day.day} is not as it was sealed" for day in broken]
    faults = [*faults_of_tables(connection, AUDIT)[1], *faults_of_heads(connection, heads)]
    return found + [f"{one.where}: expected {one.expected}, found {one.found}" for one in faults]


@contextmanager
def _unpacked(archive: Path, var: Path) -> Iterator[Path]:
    var.mkdir(parents=True, exist_ok=True)
    for left in var.glob(".restoring-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=var) as made:
        free, need = shutil.disk_usage(made).free, archive.stat().st_size
        if free < need:
            raise BackupError(
                f"The disk of {var.absolute()} has {free / 1e6:,.0f} MB left, the archive {need / 1e6:,.0f} MB."
            )
        verify(archive, Path(made))
        yield Path(made)


def _demand_fit(manifest: Manifest, engine: Engine, archive: Path) -> None:
    kind = manifest.held.kind
    if kind != engine.dialect.name:
        raise BackupError(
            f"{archive} is the backup of a store on {kind}, and this one is on {engine.dialect.name}: set POOLWATCH_DATABASE_URL to "
            f"an empty store on {kind}.",
            kind=kind,
        )
    if manifest.held.revision not in known_revisions():
        raise BackupError(
            f"{archive} has the schema revision {manifest.held.revision}, which this program does not know: program "
            f"{manifest.program} made it, and restores it.",
            revision=manifest.held.revision,
        )


def _key(manifest: Manifest, files: Path, keys: Keys) -> bytes:
    """The key by which the store is sealed from now on: the archive's own where it has one and none is set outside."""
    kept = files / "seal_key"
    if kept.exists() and not keys.set_outside:
        return kept.read_bytes()
    wanted = manifest.held.seal_key
    if wanted and wanted != name_of(keys.seal):
        raise BackupError(
            f"The store was sealed with the key {wanted}, and this installation has {name_of(keys.seal)}: put the seal_key of the "
            "installation that made the backup under POOLWATCH_VAR, or set POOLWATCH_SEAL_KEY to it.",
            key=wanted,
        )
    return keys.seal


def _demand_rows(engine: Engine, manifest: Manifest) -> int:
    with engine.connect() as connection:
        found = snapshot.held(connection).rows
    told = manifest.held.rows
    wrong = [
        f"{name} {told.get(name)} → {found.get(name)}"
        for name in sorted({*told, *found})
        if told.get(name) != found.get(name)
    ]
    if wrong:
        raise BackupError(f"Not every row came back: {', '.join(wrong[:NAMED])}. Use another backup.")
    return sum(found.values())


def _accept(engine: Engine, heads: Path, answer: Answer | None, now: datetime) -> tuple[str, ...]:
    with reading(engine) as connection:
        faults = faults_of_store(connection, heads)
    if faults and answer is None:
        raise BackupError(
            f"The store of the archive is not as it was sealed, or older than {SEALS} tells ({len(faults)}): "
            f"{'; '.join(faults[:NAMED])}. Whoever answers for it restores it with --by NAME --reason TEXT, and that goes on record.",
            faults=faults,
        )
    if answer is not None and faults:
        accept_as_found(engine, heads, answer.person, answer.reason, now)
    return tuple(faults)


def _settle(connection: Connection, now: datetime) -> None:
    """Nobody is at work in the restored store, and nobody is signed in: whoever was is of another time."""
    lease, run = schema.lease, schema.refresh_run
    connection.execute(delete(schema.session))
    connection.execute(update(lease).values(holder="", token=lease.c.token + 1))
    died = {"state": "failed", "finished_at": now, "error": "the store was restored before the run ended"}
    connection.execute(update(run).where(run.c.state == "running").values(died))
