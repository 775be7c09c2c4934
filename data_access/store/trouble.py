"""What the store itself could not do: it is full, busy or away. Such a failure says nothing about what was sent."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from rules.errors import StoreError

FULL, BUSY, AWAY = "store_full", "store_busy", "store_away"
_SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_IOERR: AWAY,
    sqlite3.SQLITE_CANTOPEN: AWAY,
    sqlite3.SQLITE_READONLY: AWAY,
}
# Of the disk on which originals are kept, too.
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_POSTGRES_FULL = ("53100", "53200")  # disk full, out of memory
_POSTGRES_BUSY = ("40001", "40P01", "53300", "55P03")


def store_trouble(problem: BaseException) -> str | None:
    """``store_full``, ``store_busy`` or ``store_away`` when a failure is the store's own; None of any other.

    What it failed with first decides: a full SQLite has ended the transaction by itself, and then the rollback fails.
    """
    found: str | None = None
    cause: BaseException | None = problem
    while cause is not None:
        found, cause = _trouble(cause) or found, cause.__cause__ or cause.__context__
    return found


def _trouble(problem: BaseException) -> str | None:
    if isinstance(problem, StoreError):
        return AWAY
    if isinstance(problem, OSError):
        return FULL if problem.errno in _DISK_FULL else None
    cause = problem.orig if isinstance(problem, DBAPIError) else problem
    if isinstance(cause, sqlite3.Error):
        # The lowest byte is the kind, what stands above it tells more of it.
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)):
        state = cause.sqlstate or ""
        return FULL if state in _POSTGRES_FULL else BUSY if state in _POSTGRES_BUSY else AWAY
    return None
