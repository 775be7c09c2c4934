"""Whether anybody else works with a store: nobody may while another takes its place or its schema is changed."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect

from data_access.backup.trouble import BackupError
from data_access.store import schema
from data_access.store.engine import file_of
from data_access.store.health import leases

STOP = "Stop the site and the clock first."
LEAVING_SECONDS = 10.0  # so long a session that was closed may still be counted
# The site's own sessions; a program that watches the server is another role's.
_OTHERS = (
    "SELECT concat_ws(' ', application_name, client_addr, state, date_trunc('second', state_change)) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
    "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


def demand_alone(engine: Engine, now: datetime) -> None:
    """Raise BackupError where another process has the store open, or one that lives holds a lease of it. What an embedded
    store's log holds is in its file afterwards."""
    engine.dispose()
    if path := file_of(engine):
        _demand_sqlite(path)
        return
    with engine.connect() as connection:
        if others := _others(connection):
            raise BackupError(
                f"{len(others)} other sessions of this role are open in the database ({'; '.join(others)}). {STOP}",
                sessions=others,
            )
        if inspect(connection).has_table(schema.lease.name):
            for lease in leases(connection):
                if lease.holder and not lease.dead(now):
                    raise BackupError(f"{lease.name} is being done by {lease.holder}. {STOP}")


def _others(connection: Connection) -> list[str]:
    until = time.monotonic() + LEAVING_SECONDS
    while (others := list(connection.exec_driver_sql(_OTHERS).scalars())) and time.monotonic() < until:
        time.sleep(0.05)
    return others


def _demand_sqlite(path: Path) -> None:
    if not path.exists():
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0.5)) as connection:
        try:
            # The log can only be given up by who is alone.
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.OperationalError as problem:
            raise BackupError(f"Another process has {path} open ({problem}). {STOP}") from None
