"""Opening the stores of tests."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable

import pytest
from sqlalchemy import Engine, event

from data_access.store.engine import create_store
from data_access.store.integrity.keys import key_of

# For fixtures that are given once for each database.
EACH_DATABASE = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


def open_store(url: str) -> Engine:
    """A store as the product opens it, but for SQLite's waiting for the disk: no test cuts the power."""
    engine = create_store(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _wait_for_no_disk)
    return engine


def _wait_for_no_disk(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


# What stores held once it had been made in them: by what it is, the key of its seals and the schema's revision.
_made: dict[tuple[Hashable, ...], sqlite3.Connection] = {}


def made_once(engine: Engine, what: Hashable, make: Callable[[], object]) -> None:
    """Make what a test begins with. In an empty SQLite store it is made once a process and then copied, which takes a tenth of the time."""
    if engine.dialect.name != "sqlite":
        make()
        return
    with engine.connect() as connection:
        store = connection.connection.driver_connection
        assert isinstance(store, sqlite3.Connection)
        key = (what, key_of(connection), *store.execute("SELECT version_num FROM alembic_version").fetchone())
        empty = _is_empty(store)
        if empty and key in _made:
            _made[key].backup(store)
            return
    make()
    if empty:
        with engine.connect() as connection:
            store = connection.connection.driver_connection
            assert isinstance(store, sqlite3.Connection)
            store.backup(_made.setdefault(key, sqlite3.connect(":memory:", check_same_thread=False)))


def _is_empty(store: sqlite3.Connection) -> bool:
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('alembic_version', 'store_identity')"
    names = [name for (name,) in store.execute(tables)]
    return not any(store.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")').fetchone()[0] for name in names)
