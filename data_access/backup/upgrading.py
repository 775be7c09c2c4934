"""The upgrade of a store to this program's schema: checked, backed up, migrated, tested, and put back where that fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select

from data_access.backup import postgres, snapshot, taking
from data_access.backup.alone import demand_alone
from data_access.backup.restoring import NAMED, Answer, faults_of_store, put_as_it_was
from data_access.backup.taking import Made
from data_access.backup.trouble import BackupError
from data_access.books.versions import reading
from data_access.store import audit
from data_access.store.engine import known_revisions, migrate, revision_of, writing
from data_access.store.identity import recognise, remember, remembered
from data_access.store.integrity.accepting import accept_as_found
from data_access.store.integrity.forms import is_made
from data_access.store.integrity.heads import NAME as SEALS
from data_access.store.integrity.sealing import SEAL
from data_access.store.integrity.verifying import faults_of_tables
from rules.errors import StoreError

DEED = "upgrade"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade needs to know: the installation, the program's release, who runs it, how each step is told, and what opens
    the pages on the migrated store (how many, and those that failed); ``answer``: who answers for what the tests find."""

    engine: Engine
    var: Path
    program: str
    by: str
    tell: Tell
    open_pages: Callable[[], tuple[int, list[str]]]
    clock: Callable[[], datetime]
    secret_key: str = ""
    answer: Answer | None = None


def upgrade(asked: Upgrade) -> None:
    """Bring the store to this program's schema; one that has it is tested. Site and clock must stand still.

    Raises BackupError or StoreError. Whatever fails from the migration on, the store is put back as it was before.
    """
    engine, tell, head = asked.engine, asked.tell, known_revisions()[0]
    recognise(engine, asked.var)
    at = revision_of(engine)
    if at is None:
        raise StoreError("There is no store yet: begin one with flask init.")
    if at not in known_revisions():
        raise StoreError(f"The store has the revision {at}, of a later release or a development build.", revision=at)
    demand_alone(engine, asked.clock())
    if at == head:
        _demand_sound(_test(asked), asked)
        tell(f"The schema is current ({head}): nothing to upgrade.")
        return
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            postgres.demand_restorable(connection)  # the way back, while nothing is changed yet
    if faults := _changed_by_hand(engine):
        _demand_sound(faults, asked)
    tell(f"1 Checked: nobody else is at work; the store is at revision {at}, this program needs {head}.")
    made = taking.back_up(
        engine, asked.var, None, asked.clock(), program=asked.program, secret_key=asked.secret_key
    )  # fmt: skip
    tell(f"2 Backed up: {made.path} ({made.bytes / 1e6:,.1f} MB, SHA-256 {made.sha256}).")
    try:
        migrate(engine)
        tell(f"3 Migrated to revision {head}.")
        faults = _test(asked)
        _demand_sound(faults, asked)
        _record(asked, made, at, head, faults)
    except Exception as problem:
        tell(f"Failed: {problem}")
        raise BackupError(f"The upgrade failed. {_way_back(asked, made)} Start the program of before.") from problem
    tell("The store is upgraded: start site and clock.")


def _changed_by_hand(engine: Engine) -> list[str]:
    """What of a store of an earlier release is not as it was sealed; its identities are asked once it is migrated."""
    with reading(engine) as connection:
        if not is_made(connection):
            return []
        sealed = connection.execute(select(SEAL.c.name)).scalars().all()
        return [
            f"{one.where}: expected {one.expected}, found {one.found}"
            for one in faults_of_tables(connection, sealed)[1]
        ]


def _test(asked: Upgrade) -> list[str]:
    with reading(asked.engine) as connection:
        faults = faults_of_store(connection, asked.var / SEALS)
    opened, failed = asked.open_pages()
    asked.tell(f"4 Tested: identities and seals ({len(faults)} faults), {opened} pages ({len(failed)} failed).")
    return faults + failed


def _demand_sound(faults: list[str], asked: Upgrade) -> None:
    for fault in faults[:NAMED]:
        asked.tell(f"  {fault}")
    if faults and asked.answer is None:
        raise BackupError(
            f"{len(faults)} faults. If the store had them before, mend it with the program of before (flask check), or answer for "
            "it with --by NAME --reason TEXT, which goes on record.",
            faults=faults,
        )


def _record(asked: Upgrade, made: Made, at: str, head: str, faults: list[str]) -> None:
    now = asked.clock()
    if asked.answer is not None:
        accept_as_found(asked.engine, asked.var / SEALS, asked.answer.person, asked.answer.reason, now)
    taking.record(asked.engine, made, asked.by, now)
    with writing(asked.engine) as connection:
        told = {"from": at, "to": head, "program": asked.program, "backup": made.path.name, "faults": len(faults)}
        audit.record(connection, asked.by, DEED, "store", told, now)
    if remembered(asked.var) is None:
        remember(asked.engine, asked.var)


def _way_back(asked: Upgrade, made: Made) -> str:
    asked.engine.dispose()
    with asked.engine.connect() as connection:
        same = snapshot.held(connection) == made.manifest.held
    if same and not _changed_by_hand(asked.engine):
        return "Its transaction was taken back: the store is as it was."
    kept = put_as_it_was(asked.engine, asked.var, made.path, asked.clock())
    return f"The store was put back from the backup as it was; the one that failed is kept: {kept}."
