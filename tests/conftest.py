"""Fixtures: a migrated store without rows, on SQLite and on a real PostgreSQL that the tests start themselves."""

from __future__ import annotations

import gc
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from data_access.store.engine import migrate
from tests import demonstration_store
from tests.cluster import Cluster, cluster_of_run
from tests.run import alone
from tests.stores import EACH_DATABASE, open_store
from workflows.people import passwords

# fixture → mark of the tests that use it
NEEDS = {
    "postgres_cluster": "postgres",
    "browser": "browser",
    "store_file": "demonstration",
    "pensions_file": "demonstration",
}
left_out: Counter[str] = Counter()
NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)  # 10:15 in Beijing


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests by what they need beyond Python: known from their fixtures."""
    for item in items:
        for fixture, mark in NEEDS.items():
            if fixture in item.fixturenames:  # type: ignore[attr-defined]
                item.add_marker(mark)


def pytest_collection_finish() -> None:
    """Leave what was imported alone: looking through it for rubbish after every few hundred objects is a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Count what a run leaves out; a worker tells the one that reports."""
    for item in items:
        if item.config.option.markexpr:  # left out by its mark, not by its name
            left_out.update(mark for mark in NEEDS.values() if item.get_closest_marker(mark))
        if hasattr(item.config, "workeroutput"):
            item.config.workeroutput["left_out"] = dict(left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    # Every worker collects everything, so one answer is all of it.
    left_out.clear()
    left_out.update(node.workeroutput.get("left_out", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for mark, tests in sorted(left_out.items()):
        terminalreporter.write_line(f"Left out: {tests} tests that need {mark}.")


@pytest.fixture(scope="session")
def now() -> datetime:
    """The instant at which the tests' imports happen."""
    return NOW


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """A password's digest is slow on purpose, to make and to check; in the tests hundreds sign in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


# --- stores ---


@pytest.fixture(scope="session")
def pensions_file(run_folder: Path) -> Path:
    """The demonstration of three provinces' pensions, read only."""
    return demonstration_store.pensions_once(run_folder)


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path) -> Path:
    """A migrated SQLite file without rows, to be copied."""
    path = run_folder / "template.db"
    with alone(run_folder, "template"):
        if not path.exists():
            making = run_folder / "template.making.db"
            engine = open_store(f"sqlite:///{making}")
            migrate(engine)
            engine.dispose()
            making.rename(path)
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh migrated SQLite file; copying one is quicker than emptying it."""
    path = tmp_path / "store.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_cluster(run_folder: Path) -> Iterator[Cluster]:
    """The cluster of this run."""
    with cluster_of_run(run_folder) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _postgres_database(postgres_cluster: Cluster) -> str:
    return postgres_cluster.new_database()


@pytest.fixture
def postgres_url(postgres_cluster: Cluster, _postgres_database: str) -> str:
    """The URL of a migrated PostgreSQL database without rows: the worker's own, emptied."""
    postgres_cluster.empty(_postgres_database)
    return postgres_cluster.url(_postgres_database)


@pytest.fixture(params=EACH_DATABASE)
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh migrated store, on each database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """A fresh migrated store, on each database."""
    engine = open_store(store_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Engine]:
    """A fresh migrated store on SQLite, for what does not depend on the database."""
    engine = open_store(sqlite_url)
    yield engine
    engine.dispose()
