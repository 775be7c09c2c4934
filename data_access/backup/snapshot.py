"""A copy of the store in one file, as it stood at one instant, taken while others write to it; and what it holds."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect

from data_access.backup import postgres
from data_access.backup.trouble import BackupError
from data_access.store.engine import create_store
from data_access.store.health import ASKED

FILES = {"sqlite": "store.db.gz", "postgresql": "store.dump"}
# Beyond it the file shrinks by a fiftieth more in a third more time.
LEVEL = 1
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Held:
    """What a store held: ``kind`` sqlite or postgresql, revision of its schema, its own identity ("" from before there were
    any), newest data version and its instant in UTC (None before the first), newest sealed day and its digest ("" before
    the first), the short name of the key it is sealed with ("" without seals), and of each table how many rows."""

    kind: str
    revision: str
    identity: str
    data_version: int | None
    as_of: str | None
    sealed_day: str
    sealed_digest: str
    seal_key: str
    rows: Mapping[str, int]


def held(connection: Connection) -> Held:
    """What the store holds in this transaction, at whatever revision it is."""
    rows = {
        name: int(connection.exec_driver_sql(f'SELECT COUNT(*) FROM "{name}"').scalar_one())
        for name in sorted(inspect(connection).get_table_names())
    }

    def last(columns: str, table: str, order: str) -> tuple[object, ...]:
        if not rows.get(table):
            return ()
        newest = f"SELECT {columns} FROM {table} ORDER BY {order} DESC LIMIT 1"
        return tuple(connection.exec_driver_sql(newest).one())

    version = last("id, as_of", "data_version", "id")
    day = last("day, digest", "audit_seal", "day")
    return Held(
        kind=connection.dialect.name,
        revision=_text(last("version_num", "alembic_version", "version_num")),
        identity=_text(last("id", "store_identity", "id")),
        data_version=int(str(version[0])) if version else None,
        as_of=str(version[1]) if version else None,
        sealed_day=_text(day),
        sealed_digest=_text(day[1:]),
        seal_key=_text(last("key", "table_seal", "name")),
        rows=rows,
    )


def _text(found: tuple[object, ...]) -> str:
    return str(found[0]) if found else ""


def size_of(engine: Engine) -> int:
    """The bytes of the store."""
    with engine.connect() as connection:
        return int(connection.exec_driver_sql(ASKED[engine.dialect.name]).one()[1])


def take(engine: Engine, folder: Path) -> tuple[Path, Held]:
    """Copy the store into a file of the folder; returns it and what it holds. Raises BackupError."""
    path = folder / FILES[engine.dialect.name]
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            instant = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            postgres.dump(connection, str(instant), path)
            return path, held(connection)
    copy = folder / "store.db"
    _copy_sqlite(engine, copy)
    copied = create_store(f"sqlite:///{copy}")
    try:
        with copied.connect() as connection:
            found = held(connection)
    finally:
        copied.dispose()
    with copy.open("rb") as whole, gzip.GzipFile(path, "wb", LEVEL) as packed:
        shutil.copyfileobj(whole, packed, CHUNK)
    copy.unlink()
    return path, found


def _copy_sqlite(engine: Engine, path: Path) -> None:
    # In one step: readers and writers go on beside it (measured: as beside VACUUM INTO, in half of its time), where in
    # several steps each commit of another process would begin the copy anew.
    with engine.connect() as connection, closing(sqlite3.connect(path)) as copy:
        source: Any = connection.connection.dbapi_connection
        source.backup(copy)
        (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
    if said != "ok":
        raise BackupError(f"The store {engine.url!r} is damaged ({said}): restore the last good backup.", problem=said)
