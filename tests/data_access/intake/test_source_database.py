"""Pulling from a source database by a mapping file: what is new, exactly once, read-only."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select, text

from data_access.intake.sources.database import SourceError, pull, read_mapping
from data_access.intake.sources.watermark import Watermark
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


def pay(url: str, number: int, ref: str = "", month: str = "10") -> None:
    day = f"2026-{month}-{number:02d}"
    ref = ref or f"P{number}"
    _execute(url, f"insert into payments values ('{ref}', '320102', '{day}', '{day} 09:00:00', {number * 100})")


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "tax.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def total(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.sum(schema.ledger_entry.c.amount_fen))).scalar() or 0)


def batches(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(schema.import_batch)).scalar_one()


def test_values_are_read_by_the_saved_mapping_that_the_source_names(
    ready_sqlite: Engine, source_url: str, mapping: Path, tmp_path: Path, now: datetime
) -> None:
    mapping.write_text(f"{MAPPING}mapping: counties\n", encoding="utf-8")
    with pytest.raises(SourceError, match="there is no mapping counties"):
        pull(ready_sqlite, mapping, saved=tmp_path, now=now)
    (tmp_path / "counties.yaml").write_text("unit: 元\nnames: {region: {'320102': '320104'}}", encoding="utf-8")
    result = pull(ready_sqlite, mapping, saved=tmp_path, now=now)
    assert result is not None and (result.inserted, total(ready_sqlite)) == (2, 30_000)
    with ready_sqlite.connect() as connection:
        assert set(connection.execute(select(schema.ledger_entry.c.region)).scalars()) == {"320104"}


def test_each_pull_brings_what_is_new_and_what_was_committed_late(
    ready_sqlite: Engine, source_url: str, mapping: Path, now: datetime
) -> None:
    for number in range(5, 10):
        pay(source_url, number)
    first = pull(ready_sqlite, mapping, now=now)
    assert first is not None and (first.state, first.inserted, first.rejections) == ("loaded", 7, ())
    assert pull(ready_sqlite, mapping, now=now) is None
    kept = batches(ready_sqlite)
    pay(source_url, 7, "P7b")  # committed late: its stamp lies two days below the mark
    late = pull(ready_sqlite, mapping, now=now)
    assert late is not None and (late.offered, late.inserted, late.known) == (5, 1, 4)
    pay(source_url, 3)  # too late for the overlap
    assert pull(ready_sqlite, mapping, now=now) is None
    mapping.write_text(MAPPING.replace("01-01", '01-01", overlap: "2 weeks'), encoding="utf-8")
    wide = pull(ready_sqlite, mapping, now=now)
    assert wide is not None and (wide.inserted, total(ready_sqlite)) == (1, 100 * (1 + 2 + 3 + 5 + 6 + 7 + 7 + 8 + 9))
    # A pull of what is known leaves no batch.
    assert batches(ready_sqlite) == kept + 2


def test_a_bad_row_keeps_no_other_back_is_told_once_and_comes_in_once_it_is_mended(
    ready_sqlite: Engine, source_url: str, mapping: Path, now: datetime
) -> None:
    _execute(source_url, "update payments set county = '329999' where no = 'P1'")
    first = pull(ready_sqlite, mapping, now=now)
    assert first is not None and (first.state, first.inserted, first.rejected) == ("loaded", 1, 1)
    assert {one.reason for one in first.rejections} == {"not_a_place", "offered_again"}
    assert pull(ready_sqlite, mapping, now=now) is None
    pay(source_url, 3)
    second = pull(ready_sqlite, mapping, now=now)
    assert second is not None and (second.inserted, second.rejected) == (1, 1)
    assert {one.reason for one in second.rejections} == {"rejected_before", "offered_again"}
    pay(source_url, 20)
    pull(ready_sqlite, mapping, now=now)
    _execute(source_url, "update payments set county = '320102' where no = 'P1'")
    # It lies far below the mark now: the pull of every quarter of an hour does not reach it, that of the day does.
    assert pull(ready_sqlite, mapping, now=now) is None
    mended = pull(ready_sqlite, mapping, again=True, now=now)
    assert mended is not None and (mended.inserted, mended.rejections) == (1, ())
    assert total(ready_sqlite) == 100 * (1 + 2 + 3 + 20)


def test_rows_that_are_all_bad_and_a_mapping_that_does_not_fit_are_told_once(
    ready_sqlite: Engine, source_url: str, mapping: Path, now: datetime
) -> None:
    _execute(source_url, "update payments set county = '329999'")
    first = pull(ready_sqlite, mapping, now=now)
    assert first is not None and (first.state, first.rejected) == ("refused", 2)
    assert pull(ready_sqlite, mapping, now=now) is None
    mapping.write_text(MAPPING.replace(", day: business_date", ""), encoding="utf-8")
    unfit = pull(ready_sqlite, mapping, now=now)
    assert unfit is not None and unfit.rejections[-1].reason == "missing_header"
    assert pull(ready_sqlite, mapping, now=now) is None


def test_a_clock_that_is_ahead_does_not_take_the_mark_with_it(
    ready_sqlite: Engine, source_url: str, mapping: Path, now: datetime
) -> None:
    """And one float among whole numbers, as SQLite gives them, is the affair of its own row."""
    mapping.write_text(MAPPING.replace("changed_at: booked_at, ", ""), encoding="utf-8")
    _execute(source_url, "update payments set changed_at = '2099-01-01 09:00:00' where no = 'P2'")
    first = pull(ready_sqlite, mapping, now=now)
    assert first is not None and first.inserted == 2
    pay(source_url, 19, "P19", month="11")
    assert (after := pull(ready_sqlite, mapping, now=now)) is not None and after.inserted == 1


@pytest.mark.parametrize(
    ("start", "overlap", "mark", "begin"),
    [
        ("2021-01-01", None, "2026-10-09 09:00:00", "2026-10-06 09:00:00"),
        ("2021-01-01", "12 hours", "2026-10-09T09:00:00.250000+08:00", "2026-10-08T21:00:00.250000+08:00"),
        ("2021-01-01", "1 day", "2026-10-09T01:00:00Z", "2026-10-08T01:00:00Z"),
        ("2021-01-01", "2 weeks", "2026-10-09", "2026-09-25"),
        ("20210101", "1 day", "20261001", "20260930"),
        ("2021-01-01", None, "2021-01-02", "2021-01-01"),
        ("0", None, "5000", "4000"),
        ("0", "10", "5000", "4990"),
        ("0", None, "12", "0"),
        ("A-000", None, "A-007", "A-007"),
        ("2021-01-01", None, None, "2021-01-01"),
        ("2021-01-01", None, "no date", "2021-01-01"),
    ],
)
def test_a_pull_begins_an_overlap_before_the_mark(
    start: str, overlap: str | None, mark: str | None, begin: str
) -> None:
    assert Watermark("at", start, overlap).begin(mark) == begin


def test_the_mark_is_the_largest_of_its_kind() -> None:
    now = datetime(2026, 10, 9, 1, tzinfo=UTC)
    times, numbers = Watermark("at", "2021-01-01"), Watermark("id", "0")
    assert times.newest(["", "2026-10-08 09:00:00", "never", "2026-10-07"], now) == "2026-10-08 09:00:00"
    assert times.newest(["2026-10-08", "2099-01-01 00:00:00"], now) == "2026-10-09 09:00:00"
    assert numbers.newest(["9", "10", "x", ""], now) == "10"
    assert times.newest(["", "soon"], now) is None


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
        ('start: "2021-01-01"', "start: ", "start is empty"),
        ('"2021-01-01"}', '"2021-01-01", overlap: soon}', "neither a time"),
        ('"2021-01-01"}', '"A-1", overlap: 3 days}', "does not go with"),
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
