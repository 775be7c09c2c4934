"""Small tables as they really come: each is taken exactly or refused in words that change no figure."""

from __future__ import annotations

import shutil
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from dashboard.words.problems import rejection_line, rejection_text
from dashboard.words.wording import in_language
from data_access.intake.importers import import_file, import_rows
from data_access.intake.reference import load_reference
from data_access.store import schema
from tests.stores import open_store

TABLES = Path(__file__).parent / "tables"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((TABLES / "expected.toml").read_text(encoding="utf-8"))
FILES = sorted(path.name for path in TABLES.iterdir() if path.name not in ("README.md", "expected.toml"))
SHOWN = {
    "ledger_entry": ("region", "business_date", "amount_fen"),
    "published_total": ("scheme", "year", "region", "measure", "value", "unit"),
    "plan": ("region", "item", "amount_fen"),
    "region": ("code", "name"),
}


@pytest.fixture(scope="module")
def reference_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, now: datetime) -> Path:
    """A store that knows regions and sources, to be copied."""
    path = tmp_path_factory.mktemp("real") / "reference.db"
    shutil.copy(sqlite_template, path)
    engine = open_store(f"sqlite:///{path}")
    load_reference(engine, now)
    source = {"code": "exercise-ledger", "name": "练习账", "name_en": "Exercise ledger", "department": "agency"}
    more = {"scheme": "jiangsu-pension", "rhythm": "daily", "due": "10:00"}
    import_rows(engine, "source", {name: [value] for name, value in {**source, **more}.items()}, now=now)
    engine.dispose()
    return path


@pytest.fixture
def engine(reference_file: Path, tmp_path: Path) -> Any:
    """A copy of that store for one file."""
    path = tmp_path / "store.db"
    shutil.copy(reference_file, path)
    engine = open_store(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def _stored(engine: Engine, target: str, batch: int) -> list[str]:
    """What stands in a table since a batch; of regions the one the file names."""
    table = schema.metadata.tables[target]
    wanted = select(*(table.c[name] for name in SHOWN[target]))
    wanted = wanted.where(table.c.batch == batch if "batch" in table.c else table.c.code == "330000")
    with engine.connect() as connection:
        return sorted(" ".join(map(str, row)) for row in connection.execute(wanted))


def _case(name: str) -> Any:
    later = pytest.mark.xfail(strict=True, reason="not so yet")
    return pytest.param(name, marks=later if EXPECTED.get(name, {}).get("later") else ())


@pytest.mark.parametrize("name", [_case(name) for name in FILES])
def test_a_real_table_is_taken_exactly_or_refused_in_words_that_change_nothing(
    engine: Engine, now: datetime, name: str
) -> None:
    expected = EXPECTED[name]
    result = import_file(engine, TABLES / name, now=now)
    if "taken" in expected:
        assert result.rejections == ()
        assert result.state == "loaded"
        assert [note["note"] for note in result.notes] == expected.get("notes", [])
        assert _stored(engine, result.target, result.batch) == sorted(expected["taken"])
        return
    assert result.state == "refused"
    assert len(result.rejections) == len(expected["refused"])
    for rejection, one in zip(result.rejections, expected["refused"], strict=True):
        assert {
            name: getattr(rejection, name) for name in ("line", "reason", "value") if name in one
        }.items() <= one.items()
        for language in ("zh", "en"):
            with in_language(language):
                said = rejection_text(rejection.reason, rejection.parameters, result.target)
                assert rejection_line(rejection, result.target).endswith(said)
            assert [word for word in one.get(language, ()) if word not in said] == []
            assert [word for word in one.get("never", ()) if word in said] == []


def test_every_file_is_expected_and_every_expectation_has_its_file() -> None:
    assert sorted(EXPECTED) == FILES
