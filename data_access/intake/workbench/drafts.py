"""Files on the workbench: kept with their mapping while a person works on them, and seen by nobody else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select, update

from data_access.intake.originals import original_path
from data_access.store import schema
from rules.errors import PoolwatchError, StaleRow

if TYPE_CHECKING:
    # It brings the libraries that read files, which a web worker loads when a file is read.
    from data_access.intake.workbench.mapping import Mapping

TABLE = schema.workbench_draft


class NoSuchDraft(PoolwatchError):
    """No file of that number is on this login's workbench: it was taken or put away, or never theirs."""

    code = "no_such_draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """One file on the workbench. ``sheet``: the one that is read, None for every one with a table; ``left_out``: the
    cells that are not taken, by choice; ``version``: counts its changes."""

    id: int
    login: str
    origin: str
    sha256: str
    sheet: str | None
    mapping: Mapping
    left_out: frozenset[str]
    changed_at: datetime
    version: int


def open_draft(connection: Connection, login: str, origin: str, sha256: str, mapping: Mapping, now: datetime) -> int:
    """Put a kept file on a login's workbench; its number."""
    key = connection.execute(
        insert(TABLE).values(
            login=login,
            origin=origin,
            sha256=sha256,
            mapping=mapping.as_yaml(),
            left_out="[]",
            opened_at=now,
            changed_at=now,
            version=1,
        )
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def draft(connection: Connection, number: int, login: str) -> Draft:
    """One of a login's files. Raises NoSuchDraft."""
    from data_access.intake.workbench.mapping import read_mapping

    row = connection.execute(select(TABLE).where(TABLE.c.id == number, TABLE.c.login == login)).one_or_none()
    if row is None:
        raise NoSuchDraft(f"{login} has no draft {number}", number=number)
    return Draft(
        row.id,
        row.login,
        row.origin,
        row.sha256,
        row.sheet,
        read_mapping(row.origin, row.mapping),
        frozenset(json.loads(row.left_out)),
        row.changed_at,
        row.version,
    )


def drafts_of(connection: Connection, login: str) -> tuple[tuple[int, str, datetime], ...]:
    """A login's files: number, name and when it was last changed, newest first."""
    query = select(TABLE.c.id, TABLE.c.origin, TABLE.c.changed_at).where(TABLE.c.login == login)
    rows = connection.execute(query.order_by(TABLE.c.changed_at.desc(), TABLE.c.id.desc()))
    return tuple((row.id, row.origin, row.changed_at) for row in rows)


def change_draft(
    connection: Connection,
    was: Draft,
    now: datetime,
    *,
    sheet: str | None,
    mapping: Mapping,
    left_out: frozenset[str] = frozenset(),
) -> None:
    """Decide otherwise on a file. Raises StaleRow where another window did so first."""
    changed = (
        update(TABLE)
        .where(TABLE.c.id == was.id, TABLE.c.version == was.version)
        .values(
            sheet=sheet,
            mapping=mapping.as_yaml(),
            left_out=json.dumps(sorted(left_out), ensure_ascii=False),
            changed_at=now,
            version=was.version + 1,
        )
    )
    if connection.execute(changed).rowcount != 1:
        raise StaleRow(f"draft {was.id} was changed since version {was.version}")


def end_draft(connection: Connection, was: Draft) -> None:
    """Clear a file from the workbench, taken or put away. Raises StaleRow where another window did so first."""
    if connection.execute(delete(TABLE).where(TABLE.c.id == was.id)).rowcount != 1:
        raise StaleRow(f"draft {was.id} is gone")


def drop_original(connection: Connection, folder: Path, sha256: str) -> None:
    """Remove a kept file that nothing rests on: no batch and no other draft."""
    for table in (schema.import_batch, TABLE):
        if connection.execute(select(table.c.id).where(table.c.sha256 == sha256).limit(1)).first():
            return
    original_path(folder, sha256).unlink(missing_ok=True)
