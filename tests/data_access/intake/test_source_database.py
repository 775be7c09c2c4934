"""Pulling from a source database by a mapping file: what is new, exactly once, read-only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select, text

from data_access.intake.sources.database import SourceError, pull, read_mapping
from data_access.store import schema
from data_access.store.engine import create_store
from tests.stores import EACH_DATABASE

MAPPING = """
target: ledger_entry
source: js-tax
url_env: TAX_DATABASE_URL
query: select no, county, day, changed_at, fen from payments where changed_at >= :watermark order by changed_at
columns: {no: source_ref, county: region, day: business_date, changed_at: booked_at, fen: amount_fen}
constants: {scheme: jiangsu-pension, movement: collect, item: premium_current}
watermark: {column: changed_at, start: "2021-01-01"}
"""
PAYMENTS = "create table payments (no text, county text, day text, changed_at text, fen bigint)"


@pytest.fixture(params=EACH_DATABASE)
def source_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A source database with two payments, on each database."""
    url = f"sqlite:///{tmp_path / 'source.db'}"
    if request.param == "postgres":
        cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.url(cluster.new_database())
    _execute(url, PAYMENTS)
    for number in (1, 2):
        pay(url, number)
    monkeypatch.setenv("TAX_DATABASE_URL", url)
    return url


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def pay(url: str, number: int) -> None:
    day = f"2026-10-{number:02d}"
    _execute(url, f"insert into payments values ('P{number}', '320102', '{day}', '{day} 09:00:00', {number * 100})")


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "tax.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def test_each_pull_brings_what_is_new_since_the_watermark(
    ready_sqlite: Engine, source_url: str, mapping: Path, now: datetime
) -> None:
    first = pull(ready_sqlite, mapping, now=now)
    assert first is not None and (first.state, first.inserted, first.rejections) == ("loaded", 2, ())
    pay(source_url, 3)
    second = pull(ready_sqlite, mapping, now=now)
    assert second is not None and (second.offered, second.inserted, second.known) == (2, 1, 1)
    with ready_sqlite.connect() as connection:
        marks = connection.execute(select(schema.import_batch.c.watermark)).scalars().all()
        total = connection.execute(select(func.sum(schema.ledger_entry.c.amount_fen))).scalar_one()
    assert marks[-2:] == ["2026-10-02 09:00:00", "2026-10-03 09:00:00"]
    assert total == 600


def test_a_refused_pull_is_read_again_next_time(
    ready_sqlite: Engine, source_url: str, mapping: Path, now: datetime
) -> None:
    _execute(source_url, "update payments set county = '329999' where no = 'P1'")
    refused = pull(ready_sqlite, mapping, now=now)
    assert refused is not None and refused.state == "refused"
    _execute(source_url, "update payments set county = '320102' where no = 'P1'")
    mended = pull(ready_sqlite, mapping, now=now)
    assert mended is not None and mended.inserted == 2


def test_the_source_cannot_be_written_to(ready_sqlite: Engine, source_url: str, mapping: Path) -> None:
    writing = MAPPING.replace("select no", "delete from payments returning no")
    writing = writing.replace(" from payments where changed_at >= :watermark order by changed_at", "")
    writing = writing.replace('\nwatermark: {column: changed_at, start: "2021-01-01"}', "")
    mapping.write_text(writing, encoding="utf-8")
    with pytest.raises(SourceError):
        pull(ready_sqlite, mapping)
    engine = create_store(source_url)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from payments")).scalar_one() == 2
    engine.dispose()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("target: ledger_entry", "target: ledger", "unknown target"),
        ("source: js-tax", "sauce: js-tax", "unknown keys"),
        ("url_env: TAX_DATABASE_URL", "", "missing url_env"),
        (":watermark", "'2021-01-01'", "do not fit"),
        ("{no: source_ref", "{no: [", "cannot be read"),
    ],
)
def test_a_wrong_mapping_says_what_to_mend(mapping: Path, old: str, new: str, problem: str) -> None:
    mapping.write_text(MAPPING.replace(old, new), encoding="utf-8")
    with pytest.raises(SourceError, match=problem) as raised:
        read_mapping(mapping)
    assert raised.value.parameters["mapping"] == "tax.yaml"
    assert raised.value.parameters["remedy"]


def test_an_address_that_is_missing_or_dead_says_so(
    ready_sqlite: Engine, mapping: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAX_DATABASE_URL", raising=False)
    with pytest.raises(SourceError, match="TAX_DATABASE_URL is not set"):
        pull(ready_sqlite, mapping)
    monkeypatch.setenv("TAX_DATABASE_URL", "postgresql://someone:secret@127.0.0.1:1/none")
    with pytest.raises(SourceError, match="reachable") as raised:
        pull(ready_sqlite, mapping)
    assert "secret" not in str(raised.value)
