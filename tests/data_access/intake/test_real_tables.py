"""Small tables as they really come: at the strict door each is taken exactly or refused in words that change no figure, in
the workbench it is understood, guessed at with its evidence, asked about, and taken once that is answered."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import pytest
import yaml
from sqlalchemy import Connection, Engine, select

from dashboard.words.problems import rejection_line, rejection_text
from dashboard.words.wording import in_language
from data_access.intake.files.process import book_of_bytes
from data_access.intake.importers import import_file, import_rows
from data_access.intake.importers.codes import load_codes
from data_access.intake.importers.delivery import match_headers
from data_access.intake.importers.noise import without_noise
from data_access.intake.importers.reasons import FileRefused
from data_access.intake.importers.tables import TABLES as TARGETS
from data_access.intake.importers.validate import validate
from data_access.intake.reference import load_reference
from data_access.intake.workbench.mapping import read_mapping
from data_access.intake.workbench.take import Previewed, delivery_of, preview
from data_access.store import schema
from tests.stores import open_store

TABLES = Path(__file__).parent / "tables"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((TABLES / "expected.toml").read_text(encoding="utf-8"))
WORKBENCH: dict[str, dict[str, Any]] = tomllib.loads((TABLES / "workbench.toml").read_text(encoding="utf-8"))
FILES = sorted(path.name for path in TABLES.iterdir() if path.suffix not in (".md", ".toml"))
SHOWN = {
    "ledger_entry": ("region", "business_date", "amount_fen"),
    "published_total": ("scheme", "year", "period", "region", "measure", "value", "unit"),
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
        return sorted(_in_words(row) for row in connection.execute(wanted))


def _in_words(row: Iterable[Any]) -> str:
    return " ".join(str(one) for one in row if one != "")


@pytest.mark.parametrize("name", FILES)
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


@pytest.fixture(scope="module")
def connection(reference_file: Path) -> Iterator[Connection]:
    engine = open_store(f"sqlite:///{reference_file}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.parametrize("name", FILES)
def test_the_workbench_understands_a_real_table_and_changes_no_figure(
    connection: Connection, now: datetime, name: str
) -> None:
    expected = WORKBENCH[name]
    assert _understood(connection, now, name, {}) == {key: expected[key] for key in expected if key != "answered"}
    for answered in expected.get("answered", ()):
        wanted = {key: answered[key] for key in answered if key != "mapping"}
        assert _understood(connection, now, name, answered["mapping"]) == wanted


def _understood(connection: Connection, now: datetime, name: str, mapping: dict[str, Any]) -> dict[str, Any]:
    """What a preview by a mapping says, without names told by a short form or another word, and the rows that would be
    taken or why not."""
    try:
        meant = read_mapping(name, yaml.safe_dump(mapping))
        book = book_of_bytes((TABLES / name).read_bytes(), encoding=meant.encoding)
        seen = preview(connection, load_codes(connection, now), book, meant)
    except FileRefused as refused:
        return {"refused": [f"{one.line} {one.reason}" for one in refused.rejections]}
    offers = seen.offers
    told = {
        "passed_over": list(seen.passed_over),
        "asks": [f"{one.about} {one.text}".strip() for offer in offers for one in offer.questions],
        "guesses": [
            f"{one.text} → {one.code} ({one.told_by})"
            for offer in offers
            for one in offer.guesses
            if one.told_by not in ("short", "alias")
        ],
        "nil": [cell for offer in offers for cell in offer.nil],
        "hidden": [str(line) for offer in offers for line in offer.hidden],
        "marks": [f"{cell} {note}" for offer in offers for cell, note in offer.notes.items()],
        "left_out": [head for offer in offers for head in offer.left_out],
        "skipped": [f"{one.line} {one.what}" for offer in offers for one in offer.found.skipped],
    }
    told |= {} if told["asks"] else _offered(connection, now, seen)
    return {key: value for key, value in told.items() if value}


def _offered(connection: Connection, now: datetime, seen: Previewed) -> dict[str, list[str]]:
    if not seen.target or not any(offer.rows for offer in seen.offers):
        return {}
    target, delivery = delivery_of(seen)
    table = TARGETS[target]
    texts, _rounded = without_noise(delivery.under(match_headers(table, delivery.names)), delivery.lines)
    checked = validate(table, texts, delivery.lines, load_codes(connection, now))
    if checked.rejected:
        cells = [delivery.placed(one).parameters["cell"].rpartition("!")[2] for one in checked.rejected]
        lines = [cell.lstrip(ascii_uppercase) for cell in cells]
        return {"refused": [f"{line} {one.reason}" for line, one in zip(lines, checked.rejected, strict=True)]}
    rows = zip(*(checked.frame[name].to_pylist() for name in SHOWN.get(target, ())), strict=True)
    return {"rows": [_in_words(row) for row in rows] or [f"{checked.frame.num_rows} of {target}"]}


def test_every_file_is_expected_and_every_expectation_has_its_file() -> None:
    assert sorted(EXPECTED) == FILES == sorted(WORKBENCH)
