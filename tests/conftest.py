"""Fixtures: a migrated store on SQLite and on a real PostgreSQL that the tests start themselves."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from data_access.store.engine import create_store, migrate

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)  # 10:15 in Beijing
TEMPLATE = "poolwatch_template"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def now() -> datetime:
    """The instant at which the tests' imports happen."""
    return NOW


# --- PostgreSQL ---


@dataclass(frozen=True)
class Cluster:
    """A running temporary cluster; databases in it are copies of a migrated template."""

    port: int
    folder: str
    run: tuple[str, ...]

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://poolwatch@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        where = f"host=127.0.0.1 port={self.port} user=poolwatch dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement)

    def new_database(self) -> str:
        name = f"poolwatch_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name)


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


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """The cluster of this test session."""
    with temporary_cluster() as cluster:
        yield cluster


@contextmanager
def temporary_cluster() -> Iterator[Cluster]:
    """A temporary PostgreSQL cluster on a free loopback port, gone at the end."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="poolwatch-postgres-"))
    run = _as_ordinary_user(folder)
    data, port = folder / "data", _free_port()
    options = f"-h 127.0.0.1 -p {port} -k {folder} -c shared_buffers=256MB -c max_connections=60"
    log = folder / "log"
    try:
        initdb = [*run, str(binaries / "initdb"), "-D", str(data), "-U", "poolwatch", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*initdb, "--locale=C"], check=True, capture_output=True, cwd=folder)
        control = [*run, str(binaries / "pg_ctl"), "-D", str(data), "-w"]
        subprocess.run([*control, "-l", str(log), "-o", options, "start"], check=True, capture_output=True, cwd=folder)
        try:
            cluster = Cluster(port, str(folder), run)
            cluster.execute(f"CREATE DATABASE {TEMPLATE}")
            template = create_store(cluster.url(TEMPLATE))
            migrate(template)
            template.dispose()
            yield cluster
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- stores ---


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "store.db"
    engine = create_store(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh migrated SQLite file."""
    path = tmp_path / "store.db"
    shutil.copy(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> str:
    """The URL of a fresh migrated PostgreSQL database."""
    return postgres_cluster.new_database()


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh migrated store, on each database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """A fresh migrated store, on each database."""
    engine = create_store(store_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Engine]:
    """A fresh migrated store on SQLite, for what does not depend on the database."""
    engine = create_store(sqlite_url)
    yield engine
    engine.dispose()
