"""PostgreSQL's own programs, which dump a database and load a dump; and where a store lies while another takes its place."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from psycopg import pq
from sqlalchemy import Connection

from data_access.backup.trouble import BackupError

# The schema in which a store lies, one in which one is put together, and how those are named that had to make way.
PUBLIC, RESTORING, BEFORE = "public", "poolwatch_restoring", "poolwatch_before_"
_ASIDE = "poolwatch_present"
_OWNS = (
    "SELECT pg_has_role(nspowner, 'USAGE') AND has_database_privilege(current_database(), 'CREATE') "
    f"FROM pg_namespace WHERE nspname = '{PUBLIC}'"
)


def dump(connection: Connection, instant: str, path: Path) -> None:
    """Write the store as it stood at an instant that the connection exported. Raises BackupError."""
    _in_public(connection)
    options = ("--format=custom", "--compress=1", f"--snapshot={instant}", f"--schema={PUBLIC}", f"--file={path}")
    _run([_program("pg_dump", connection), *options], connection)


def load(connection: Connection, path: Path) -> None:
    """Load a dump into the schema ``RESTORING``, in one transaction: whatever happens, the store that is there stays where
    it is, and is read and written meanwhile. Raises BackupError."""
    demand_restorable(connection)
    making = f"SET client_min_messages = warning; DROP SCHEMA IF EXISTS {RESTORING} CASCADE; ALTER SCHEMA {PUBLIC} RENAME TO {_ASIDE}"
    made = f"ALTER SCHEMA {PUBLIC} RENAME TO {RESTORING}; ALTER SCHEMA {_ASIDE} RENAME TO {PUBLIC}"
    script = path.with_suffix(".sql")
    # Who owns what, and who may what, is the target's own affair.
    wanted = ("--no-owner", "--no-privileges", f"--file={script}", str(path))
    _run([_program("pg_restore", connection), *wanted], connection)
    order = ("--command", making, "--file", str(script), "--command", made)
    chosen = ("--no-psqlrc", "--quiet", "--output=/dev/null", "--single-transaction", "--set=ON_ERROR_STOP=1")
    try:
        _run([_program("psql", connection), *chosen, *order], connection)
    finally:
        script.unlink(missing_ok=True)


def demand_restorable(connection: Connection) -> None:
    """Raise BackupError where a dump could not be loaded: a program is missing, or the role may not make room for it."""
    _in_public(connection)
    for name in ("pg_restore", "psql"):
        _program(name, connection)
    if not connection.exec_driver_sql(_OWNS).scalar_one():
        role, database = connection.exec_driver_sql("SELECT current_user, current_database()").one()
        raise BackupError(
            f"The role {role} does not own the database {database}, and cannot move a store aside in it: ALTER DATABASE {database} "
            f"OWNER TO {role}.",
            role=role,
        )


def look_through(connection: Connection, path: Path) -> None:
    """Read the list of what a dump holds. Raises BackupError where it has none."""
    _run([_program("pg_restore", connection), "--list", str(path)], connection)


def _in_public(connection: Connection) -> None:
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    if schema != PUBLIC:
        raise BackupError(f"The store lies in the schema {schema}; only one in {PUBLIC} can be backed up and restored.")


def _program(name: str, connection: Connection) -> str:
    number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000
    remedy = f"install PostgreSQL's client programs of release {number} or newer (Debian, Ubuntu: postgresql-client-{number})"
    path = shutil.which(name)
    if path is None:
        raise BackupError(f"{name} is not in PATH: {remedy}.", program=name)
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r" (\d+)", said)
    if found is None or int(found[1]) < number:
        raise BackupError(f"{said.strip() or name} is older than the server, {number}: {remedy}.", program=name)
    return path


def _run(command: list[str], connection: Connection) -> None:
    name = Path(command[0]).name
    done = subprocess.run(command, env=_environment(connection), capture_output=True, text=True, check=False)
    if done.returncode:
        problem = "; ".join(line for line in done.stderr.strip().splitlines()[-3:]) or f"status {done.returncode}"
        raise BackupError(f"{name} failed: {problem}", program=name, problem=problem)


def _environment(connection: Connection) -> dict[str, str]:
    """The connection's own address, for a program that other users of the machine can see the command line of."""
    raw: Any = connection.connection.dbapi_connection
    chosen = {**raw.info.get_parameters(), "password": raw.info.password}
    named = {option.keyword.decode(): option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar}
    return {**os.environ, **{named[key]: str(value) for key, value in chosen.items() if value and key in named}}
