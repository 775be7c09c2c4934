"""The store: SQLite embedded or PostgreSQL in production, opened the same way and brought to the current schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, select, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import (
    DisconnectionError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
    TimeoutError as PoolTimeout,
)
from sqlalchemy.pool import ConnectionPoolEntry

from data_access.store.integrity.keys import OPTION
from data_access.store.integrity.migrating import resealing
from data_access.store.integrity.sealing import begin, seal_changes
from data_access.store.schema import import_batch
from rules.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 30_000
# One for each thread of a web worker: with fewer, every other request would open and close one of its own.
KEPT_CONNECTIONS = 8
# SQLite's page cache, per connection: readers have many and small questions; the one writer changes wide indexes.
READING_CACHE_KIB, WRITING_CACHE_KIB = 2_048, 65_536
# Seconds for a connection to come about, milliseconds until what was sent must have arrived, and when a connection that
# says nothing is asked whether it is still there. Long statements are not concerned.
SILENT = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
# Any fixed number: the key under which processes that start together take turns at the migrations.
MIGRATION_LOCK = 20_201_010
# What is raised where the database cannot be asked at the moment: it is away, another one, or its connections are all taken.
GONE = (OperationalError, InterfaceError, PendingRollbackError)
UNREACHABLE = (*GONE, PoolTimeout, StoreError)


def _with_driver(url: URL) -> URL:
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    return url


def create_store(url: str, seal_key: bytes = b"") -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://…``. Nothing is created or changed yet: see :func:`migrate`.
    ``seal_key``: with which what is written is sealed and what is read verified; without one nothing is proven.

    SQLite runs with a write-ahead log, full synchronisation (a power cut loses nothing acknowledged), foreign keys and
    a busy timeout; a file that is not there is made by :func:`migrate` alone, and one that was moved away or replaced is not
    written to any more. A transaction that writes is opened by :func:`writing`.
    """
    target = _with_driver(make_url(url))
    options: dict[str, Any] = {"pool_size": KEPT_CONNECTIONS, "execution_options": {OPTION: seal_key}}
    if target.get_backend_name() != "sqlite":
        # Of a server or network that has gone silent each is told within seconds; what the URL says of it counts.
        silent = {name: value for name, value in SILENT.items() if name not in target.query}
        return create_engine(target, pool_pre_ping=True, connect_args=silent, **options)
    engine = create_engine(target, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "handle_error", _open_again)
    if path := file_of(engine):
        _stay_with(engine, path)
    return engine


def file_of(engine: Engine) -> Path | None:
    """The file of an embedded store; None of a PostgreSQL, and of a store in memory."""
    name = engine.url.database
    return Path(name) if engine.dialect.name == "sqlite" and name and name != ":memory:" else None


def _stay_with(engine: Engine, path: Path) -> None:
    """Let no connection make the file anew, and none that was kept go on with a file that stands there no longer."""

    @event.listens_for(engine, "do_connect")
    def only_open(_dialect: object, _record: object, names: list[str], options: dict[str, Any]) -> None:
        names[:], options["uri"] = [f"{path.resolve().as_uri()}?mode=rw"], True

    @event.listens_for(engine, "connect")
    def note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _numbered(path)

    @event.listens_for(engine, "checkout")
    def compare(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info["file"] != _numbered(path):
            raise DisconnectionError(f"{path} is no longer the file that was opened")  # the pool opens what is there


def _numbered(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would commit before DDL and begin late; transactions are opened by _begin_sqlite instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"cache_size = -{READING_CACHE_KIB}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _open_again(context: ExceptionContext) -> None:
    """A file that could be read only when it was opened stays so for who opened it: no connection of then is kept."""
    problem = context.original_exception
    if isinstance(problem, sqlite3.OperationalError) and problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY:
        context.is_disconnect = True


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def writing(engine: Engine, *, waits: bool = True) -> Iterator[Connection]:
    """A transaction that will write: seals what it changed and commits at the end, rolls back on an exception.

    On SQLite it takes the write lock at once and waits for it; a transaction that reads first and writes later would
    be refused there whenever another writer came in between. One that never ``waits`` for the lock raises OperationalError
    where it is taken.
    """
    with _transaction(engine, waits=waits) as connection:
        since = begin(connection)
        yield connection
        seal_changes(connection, since)


@contextmanager
def _transaction(engine: Engine, *, waits: bool = True) -> Iterator[Connection]:
    with engine.connect().execution_options(writes=True) as connection:
        _tune_sqlite(connection, cache_size=-WRITING_CACHE_KIB, busy_timeout=BUSY_TIMEOUT_MS if waits else 0)
        try:
            with connection.begin():
                yield connection
        finally:
            if not connection.invalidated:
                _tune_sqlite(connection, cache_size=-READING_CACHE_KIB, busy_timeout=BUSY_TIMEOUT_MS)


def _tune_sqlite(connection: Connection, **pragmas: int) -> None:
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        assert raw is not None
        for name, value in pragmas.items():
            raw.execute(f"PRAGMA {name} = {value}")


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic configured in code, so that a running installation needs no ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Bring the store to the current schema; does nothing when it is, and then waits for nobody who writes. Processes that
    start together take turns.

    Raises StoreError for a store at a revision that is none of this program's.
    """
    if path := file_of(engine):
        path.touch()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == _scripts(connection).get_current_head():
            return
    with _transaction(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        scripts = _scripts(connection)
        known = {one.revision for one in scripts.walk_revisions()}
        at = MigrationContext.configure(connection).get_current_revision()
        if at is not None and at not in known:
            raise StoreError(
                f"The store {engine.url!r} has the schema revision {at}, which this program does not know: a development "
                "build made it, or a later release. Start the program that made it, or begin a new store (another "
                "POOLWATCH_VAR or POOLWATCH_DATABASE_URL) and import the data again.",
                revision=at,
            )
        if at != scripts.get_current_head():
            with resealing(connection):
                command.upgrade(alembic_config(connection), "head")


def revision_of(engine: Engine) -> str | None:
    """The revision of the store's schema; None where there is no store yet."""
    path = file_of(engine)
    if path and not path.exists():
        return None
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def demand_current(engine: Engine, *, new: bool = False) -> None:
    """Raise StoreError where the store has the schema of an earlier release, which is upgraded on purpose alone; unless it is
    to be made ``new``, also where there is none."""
    at, known = revision_of(engine), known_revisions()
    if at in known[1:]:
        raise StoreError(
            f"The store is at the schema revision {at} and this program needs {known[0]}: run flask upgrade, which backs it up "
            "first.",
            revision=at,
        )
    if at is None and not new:
        raise StoreError(f"There is no store at {engine.url!r} yet: run flask init.")


def _scripts(connection: Connection | None = None) -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config(connection))


def known_revisions() -> tuple[str, ...]:
    """The revisions of the schema that this program knows, the newest first."""
    return tuple(one.revision for one in _scripts().walk_revisions())


def is_empty(engine: Engine) -> bool:
    """True when nothing was ever imported: no schema yet, or no batch."""
    path = file_of(engine)
    if (path and not path.exists()) or not inspect(engine).has_table(import_batch.name):
        return True
    with engine.connect() as connection:
        return connection.execute(select(import_batch.c.id).limit(1)).first() is None
