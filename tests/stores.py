"""Opening the stores of tests."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import Engine, event

from data_access.store.engine import create_store

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
