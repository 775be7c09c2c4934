"""A store that knows the regions and a source, and ledger entries to import into it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.intake.importers import import_file, import_rows
from tests.stores import made_once

REFERENCE = Path(__file__).parents[2] / "data_access" / "intake" / "reference"
SOURCE = {
    "code": ["js-tax", "js-agency"],
    "name": ["税务征收", "经办发放"],
    "name_en": ["Tax", "Agency"],
    "department": ["tax", "agency"],
    "scheme": ["jiangsu-pension"] * 2,
    "rhythm": ["daily"] * 2,
    "due": ["10:00"] * 2,
}


def make_ready(engine: Engine, now: datetime) -> Engine:
    """Import the regions and two sources."""
    made_once(engine, ("ready", now), lambda: _make_ready(engine, now))
    return engine


def _make_ready(engine: Engine, now: datetime) -> None:
    assert import_file(engine, REFERENCE / "regions.csv", target="region", now=now).state == "loaded"
    assert import_rows(engine, "source", SOURCE, now=now).state == "loaded"


@pytest.fixture
def ready(store: Engine, now: datetime) -> Engine:
    """A store that knows the regions and two sources, on each database."""
    return make_ready(store, now)


@pytest.fixture
def ready_sqlite(sqlite_store: Engine, now: datetime) -> Engine:
    """The same on SQLite only."""
    return make_ready(sqlite_store, now)


@pytest.fixture
def entry() -> Callable[..., dict[str, Any]]:
    """A good ledger entry, with what a test wants changed."""

    def make(**changes: Any) -> dict[str, Any]:
        good = {
            "scheme": "jiangsu-pension",
            "region": "320102",
            "item": "premium_current",
            "movement": "collect",
            "business_date": "2026-10-09",
            "booked_at": "2026-10-09T16:30:00+08:00",
            "amount_fen": "125000000",
            "source": "js-tax",
            "source_ref": "T1",
            "corrects": "",
        }
        return {**good, **changes}

    return make


@pytest.fixture
def columns() -> Callable[..., dict[str, list[Any]]]:
    """Rows as columns."""

    def turn(*rows: dict[str, Any]) -> dict[str, list[Any]]:
        return {name: [row[name] for row in rows] for name in rows[0]}

    return turn
