"""What the tests of the person-level ledger share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.data_access.conftest import make_ready
from tests.stores import open_store

NOW = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def codes(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A store that the door asks for codes alone."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("codes"))
    engine = open_store(f"sqlite:///{path}")
    yield make_ready(engine, NOW)
    engine.dispose()
