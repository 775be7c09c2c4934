"""A real PostgreSQL that the tests start themselves: one cluster a run, one database a worker, emptied between tests."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from data_access.store.engine import create_store, migrate
from tests.run import alone

TEMPLATE = "poolwatch_template"
# A cluster that is thrown away need not survive a power cut.
THROWN_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
_numbers = itertools.count(1)

# Whoever is still connected belongs to a test that is over. Triggers are off, so that tables need no order.
EMPTY = """
DO $$
DECLARE
    name text;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid();
    SET LOCAL lock_timeout = '10s';
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND relname NOT IN ('alembic_version', 'store_identity') AND pg_relation_size(oid) > 0 LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
# Rows must lie in the order in which they come, as in a new database, not where others lay before.
USED = """
SELECT string_agg(format('%I', relname), ', ') FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT IN ('alembic_version', 'store_identity')
        AND pg_relation_size(oid) > 0
"""


@dataclass(frozen=True)
class Cluster:
    """A running temporary cluster; databases in it are copies of a migrated template."""

    port: int
    folder: str
    run: tuple[str, ...]  # what a command is begun with, so that the cluster's own user runs it

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://poolwatch@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        with self._connected("postgres") as connection:
            connection.execute(statement)

    def _connected(self, database: str) -> psycopg.Connection:
        where = f"host=127.0.0.1 port={self.port} user=poolwatch dbname={database}"
        return psycopg.connect(where, autocommit=True)

    def new_database(self) -> str:
        """The name of a fresh migrated database."""
        name = f"poolwatch_{os.getpid()}_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return name

    def empty(self, database: str) -> None:
        """Make a migrated database as it was when it was new: no rows, numbers from one, nobody connected."""
        with self._connected(database) as connection:
            connection.execute(EMPTY)
            (used,) = connection.execute(USED).fetchone() or (None,)
            if used:
                connection.execute(f"VACUUM (INDEX_CLEANUP ON) {used}")
            assert connection.execute(USED).fetchone() == (None,)

    # --- for those who take it away

    def stop(self, mode: str = "immediate") -> None:
        """As a power cut leaves it, or in order (``fast``)."""
        _run([*_control(self), "-m", mode, "stop"], Path(self.folder))

    def let_in(self, network: str) -> None:
        """Let whoever is in a network connect, too."""
        with (Path(self.folder) / "data" / "pg_hba.conf").open("a", encoding="ascii") as file:
            file.write(f"host all all {network} trust\n")
        self.execute("SELECT pg_reload_conf()")

    def start(self) -> None:
        """Again, as it was."""
        _run([*_control(self), "-l", f"{self.folder}/log", "restart"], Path(self.folder))


@contextmanager
def temporary_cluster(*options: str, above: Path | None = None) -> Iterator[Cluster]:
    """A temporary PostgreSQL cluster on a free loopback port, in a folder of its own ``above`` it, gone at the end."""
    cluster = _start(options, above)
    try:
        yield cluster
    finally:
        _stop(cluster)


@contextmanager
def cluster_of_run(run_folder: Path) -> Iterator[Cluster]:
    """The cluster of this test run: the first worker that asks starts it, the last that leaves stops it."""
    said = run_folder / "postgres.json"
    with alone(run_folder, "postgres"):
        if said.exists():
            known = json.loads(said.read_text(encoding="utf-8"))
            cluster = Cluster(known["port"], known["folder"], tuple(known["run"]))
        else:
            known, cluster = {"workers": []}, _start(THROWN_AWAY)
        _say(said, cluster, [*known["workers"], os.getpid()])
    try:
        yield cluster
    finally:
        with alone(run_folder, "postgres"):
            workers = json.loads(said.read_text(encoding="utf-8"))["workers"]
            left = [worker for worker in workers if worker != os.getpid() and _lives(worker)]
            if left:
                _say(said, cluster, left)
            else:
                said.unlink()
                _stop(cluster)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _say(said: Path, cluster: Cluster, workers: Sequence[int]) -> None:
    known = {"port": cluster.port, "folder": cluster.folder, "run": cluster.run, "workers": workers}
    said.write_text(json.dumps(known), encoding="utf-8")


def _start(options: Sequence[str], above: Path | None = None) -> Cluster:
    folder = Path(tempfile.mkdtemp(prefix="poolwatch-postgres-", dir=above))
    cluster = Cluster(_free_port(), str(folder), _as_ordinary_user(folder))
    try:
        initdb = [*cluster.run, str(_binaries() / "initdb"), "-D", str(folder / "data"), "-U", "poolwatch"]
        _run([*initdb, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], folder)
        chosen = ("shared_buffers=256MB", "max_connections=60", *options)
        started = f"-h 127.0.0.1 -p {cluster.port} -k {folder} " + " ".join(f"-c {option}" for option in chosen)
        _run([*_control(cluster), "-l", str(folder / "log"), "-o", started, "start"], folder)
        cluster.execute(f"CREATE DATABASE {TEMPLATE}")
        template = create_store(cluster.url(TEMPLATE))
        migrate(template)
        template.dispose()
    except BaseException:
        _stop(cluster)
        raise
    return cluster


def _stop(cluster: Cluster) -> None:
    folder = Path(cluster.folder)
    try:
        if (folder / "data" / "postmaster.pid").exists():
            _run([*_control(cluster), "-m", "immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _control(cluster: Cluster) -> list[str]:
    return [*cluster.run, str(_binaries() / "pg_ctl"), "-D", f"{cluster.folder}/data", "-w"]


def _run(command: Sequence[str], folder: Path) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd=folder)


def _binaries() -> Path:
    """Where the distribution keeps initdb; a missing PostgreSQL fails the tests and says what to install."""
    found = shutil.which("initdb")
    candidates = [Path(found).parent] if found else []
    if config := shutil.which("pg_config"):
        bindir = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
        candidates.append(Path(bindir))
    roots = [Path("/usr/lib/postgresql"), Path("/opt/homebrew/opt"), Path("/usr/local/opt")]
    candidates += sorted((path for root in roots for path in root.glob("*/bin")), key=_version, reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    pytest.fail(
        "PostgreSQL is missing: the tests need the package `postgresql` (Debian, Ubuntu: sudo apt-get install "
        "postgresql; macOS: brew install postgresql@16)",
        pytrace=False,
    )


def _version(path: Path) -> int:
    digits = "".join(sign for sign in path.parent.name if sign.isdigit())
    return int(digits or 0)


def _as_ordinary_user(folder: Path) -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: then the package's own user runs it."""
    if os.geteuid() != 0:
        return ()
    shutil.chown(folder, "postgres", "postgres")
    return ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
