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
