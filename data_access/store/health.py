"""How the store itself is: which database, how large, at which revision, and who holds its leases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text

from data_access.store import schema
from data_access.store.engine import alembic_config

# Four missed heartbeats: long enough for a busy machine, short enough to be replaced within a minute.
DEAD_AFTER = timedelta(seconds=45)
REVISION = "(SELECT version_num FROM alembic_version)"
ASKED = {
    "sqlite": f"SELECT sqlite_version(), page_count * page_size, {REVISION} FROM pragma_page_count, pragma_page_size",
    "postgresql": f"SELECT current_setting('server_version'), pg_database_size(current_database()), {REVISION}",
}


@dataclass(frozen=True, slots=True)
class StoreState:
    """The store: sqlite or postgresql, the database's release, its size in bytes, its schema's revision and the one that
    this program brings; ``revision`` None before the first."""

    kind: str
    release: str
    size: int
    revision: str | None
    head: str

    @property
    def current(self) -> bool:
        return self.revision == self.head


@dataclass(frozen=True, slots=True)
class LeaseState:
    """One lease: ``holder`` is "" while nobody works under it."""

    name: str
    holder: str
    heartbeat_at: datetime

    def dead(self, now: datetime) -> bool:
        """Whether its holder no longer gives signs of life: the next one takes over."""
        return bool(self.holder) and abs(now - self.heartbeat_at) > DEAD_AFTER


def store_state(connection: Connection) -> StoreState:
    """The store as it is now."""
    kind = connection.dialect.name
    release, size, revision = connection.execute(text(ASKED[kind])).one()
    return StoreState(kind, str(release).split()[0], int(size), revision, head())


def revision(connection: Connection) -> str | None:
    """The store's own revision; None where no schema is in it."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str:
    """The schema's revision that this program brings."""
    return str(ScriptDirectory.from_config(alembic_config()).get_current_head())


def leases(connection: Connection) -> tuple[LeaseState, ...]:
    """Every lease that was ever taken, by name."""
    table = schema.lease
    rows = connection.execute(select(table.c.name, table.c.holder, table.c.heartbeat_at).order_by(table.c.name))
    return tuple(LeaseState(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class ServerState:
    """A PostgreSQL server: its release as it numbers them (150004), the database's encoding, how many connections it takes
    and has left, whether our role may make temporary tables."""

    release: int
    encoding: str
    connections: int
    connections_left: int
    temporary: bool


def server_state(connection: Connection) -> ServerState | None:
    """The server of the store; None of SQLite, which has none."""
    if connection.dialect.name != "postgresql":
        return None
    release, encoding, most, reserved, taken, temporary = connection.execute(
        text(
            "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),"
            " current_setting('max_connections')::int, current_setting('superuser_reserved_connections')::int,"
            " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
            " has_database_privilege(current_database(), 'TEMPORARY')"
        )
    ).one()
    return ServerState(release, encoding, most, most - reserved - int(taken), temporary)


def broken(connection: Connection) -> str:
    """What SQLite finds wrong with the store's file, "" for nothing. PostgreSQL watches over its own."""
    if connection.dialect.name != "sqlite":
        return ""
    found = str(connection.execute(text("PRAGMA quick_check(1)")).scalar_one())
    return "" if found == "ok" else found.splitlines()[0]
