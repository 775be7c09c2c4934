"""The drop folder: what comes in, what is refused with its reason beside it, and that one file never holds up another."""

from __future__ import annotations

import errno
import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, event, select

from dashboard.words.problems import reasons_in_both
from data_access.books.indicators import values_at
from data_access.books.versions import current_version, reading
from data_access.intake.files.process import book_of_bytes
from data_access.intake.workbench.find import find
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.saved import save
from data_access.store import schema
from monitoring import inbox as drop_folder
from monitoring.inbox import Inbox
from monitoring.refresh import Places, import_files, refresh
from tests.small_province import COLLECTED, OCTOBER, SCHEME, XUANWU, Entry, load_province

BAD = Entry("2", "999999", "premium_current", "collect", OCTOBER, 1)


@pytest.fixture
def province(sqlite_store: Engine, now: datetime) -> Engine:
    load_province(sqlite_store, now)
    return sqlite_store


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "inbox").mkdir()
    return Places.under(tmp_path, reasons_in_both)


def content(*entries: Entry) -> str:
    rows = [
        f"{SCHEME},{e.region},{e.item},{e.movement},{e.day},2026-11-20T09:00:00+08:00,{e.amount_fen},tax,{e.ref},\n"
        for e in entries
    ]
    head = "scheme,region,item,movement,business_date,booked_at,amount_fen,source,source_ref,corrects\n"
    return head + "".join(rows)


def drop(path: Path, text: str | bytes) -> None:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    settle(path)


def settle(path: Path) -> None:
    os.utime(path, (time.time() - 60, time.time() - 60), follow_symlinks=False)


def broken_text() -> bytes:
    """A Parquet file of a column of text whose bytes are none."""
    offsets, raw = pa.py_buffer(b"\x00\x00\x00\x00\x04\x00\x00\x00"), pa.py_buffer(b"\xff\xfe\xfd\xfc")
    names = [*content().strip().split(",")]
    table = pa.table(dict.fromkeys(names, pa.StringArray.from_buffers(1, offsets, raw)))
    out = pa.BufferOutputStream()
    pq.write_table(table, out)
    return bytes(out.getvalue().to_pybytes())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def take(engine: Engine, places: Places, now: datetime):
    return refresh(engine, places, clock=lambda: now)


def test_files_come_in_and_move_out_and_what_is_refused_has_its_reason_beside_it(
    province: Engine, places: Places, now: datetime
) -> None:
    inbox = places.inbox.folder
    drop(inbox / "good.csv", content(COLLECTED))
    drop(inbox / "bad.csv", content(BAD))
    drop(inbox / ".hidden.csv", content(Entry("3", XUANWU, "premium_current", "collect", OCTOBER, 1)))
    done = take(province, places, now)
    assert sorted(result.state for result in done.batches) == ["loaded", "refused"]
    assert names(inbox / "done") == ["good.csv"]
    assert names(inbox / "refused") == ["bad.csv", "bad.csv.txt"]
    said = (inbox / "refused" / "bad.csv.txt").read_text(encoding="utf-8")
    assert "第 2 行“地区代码”列，值“999999”：没有这个地区" in said
    assert 'Line 2, column "Region code": "999999"' in said
    # The same file again changes nothing, and its predecessor is kept beside it.
    drop(inbox / "good.csv", content(COLLECTED))
    assert [result.state for result in take(province, places, now).batches] == ["duplicate"]
    assert names(inbox / "done") == ["good (2).csv", "good.csv"]


def published(title: str, *rows: str) -> str:
    return f"{title}\n单位：万人,\n地区,参保人数\n" + "".join(f"{row}\n" for row in rows)


def test_a_table_that_is_no_template_is_read_by_the_mapping_saved_for_its_kind(
    province: Engine, places: Places, now: datetime
) -> None:
    inbox = places.inbox.folder
    last, this = (f"江苏省养老保险参保情况（{year}年）" for year in (2024, 2025))
    (sheet,) = book_of_bytes(published(last, "南京市,1").encode()).sheets
    table = find(sheet)
    assert table is not None
    meant = Mapping("published_total", constants={"scheme": "pension", "year": "2024"})
    save(places.saved, "参保", meant, [table], "zhang", now)
    drop(inbox / "a.csv", published(this, "南京市,100", "无锡市,200", "合计,300"))
    drop(inbox / "b-same.csv", published(this, "南京市,100", "无锡市,200", "合计,300"))
    drop(inbox / "c-other-fund.csv", published("江苏省失业保险参保情况（2025年）", "南京市,100"))
    drop(inbox / "d-wrong-total.csv", published(this, "南京市,101", "无锡市,200", "合计,300"))
    done = take(province, places, now)
    assert [result.state for result in done.batches] == ["loaded", "duplicate", "refused", "refused"]
    assert done.batches[0].notes[0] == {"note": "saved_mapping", "name": "参保", "by": "zhang", "on": "2026-11-20"}
    assert [one.reason for result in done.batches[2:] for one in result.rejections] == [
        "unknown_target",
        "total_differs",
    ]
    with reading(province) as connection:
        rows = connection.execute(select(schema.published_total).order_by("region")).all()
    assert [(row.region, row.year, row.value, row.cell) for row in rows] == [
        ("320100", 2025, "100", "B4"),
        ("320200", 2025, "200", "B5"),
    ]


def test_no_file_holds_up_the_others_whatever_it_is(
    province: Engine, places: Places, now: datetime, tmp_path: Path
) -> None:
    """Text that is none, a link to the session key, a name that is no text: each is refused for itself."""
    inbox = places.inbox.folder
    drop(inbox / "a-poison.parquet", broken_text())
    (tmp_path / "secret_key").write_text("source_ref,secret\n1,2\n", encoding="utf-8")
    (inbox / "b-link.csv").symlink_to(tmp_path / "secret_key")
    (inbox / "b-nowhere.csv").symlink_to(tmp_path / "nothing")
    for link in ("b-link.csv", "b-nowhere.csv"):
        settle(inbox / link)
    odd = inbox / os.fsdecode(b"c-\xff\n'\"; " + "长".encode() * 60 + b".csv")
    drop(odd, content(BAD))
    os.mkfifo(inbox / "d-pipe.csv")
    drop(inbox / "z-good.csv", content(COLLECTED))
    done = take(province, places, now)
    assert done.version is not None and not done.problems
    assert [result.state for result in done.batches] == ["refused"] * 4 + ["loaded"]
    assert [result.rejections[0].reason for result in done.batches[:4]] == [
        "column_not_text",
        "link",
        "link",
        "not_a_place",
    ]
    assert names(inbox) == ["d-pipe.csv", "done", "refused"]
    assert len(names(inbox / "refused")) == 8
    assert (inbox / "refused" / "b-link.csv").is_symlink()
    with reading(province) as connection:
        kept = connection.execute(select(schema.rejected_row.c.value, schema.rejected_row.c.row)).all()
    assert "secret" not in str(kept)


def test_a_file_that_cannot_be_moved_is_named_taken_once_and_no_hindrance(
    province: Engine, places: Places, now: datetime
) -> None:
    inbox = places.inbox.folder
    drop(inbox / "done", "in the way of the folder")
    drop(inbox / "good.csv", content(COLLECTED))
    drop(inbox / "other.csv", content(BAD))
    first, second = take(province, places, now), take(province, places, now)
    assert [result.state for result in first.batches] == ["loaded", "refused"] and first.version is not None
    assert not second.batches
    for done in (first, second):
        assert ["good.csv" in problem for problem in done.problems] == [True]
    (inbox / "done").unlink()
    drop(inbox / "good.csv", content(COLLECTED, Entry("9", XUANWU, "premium_current", "collect", OCTOBER, 1)))
    third = take(province, places, now)
    assert [(result.inserted, result.known) for result in third.batches] == [(1, 1)] and not third.problems


def test_a_file_that_is_gone_when_its_turn_comes_is_passed_over(
    province: Engine, places: Places, now: datetime
) -> None:
    inbox = places.inbox.folder
    for name in ("a.csv", "b.csv"):
        drop(inbox / name, content(COLLECTED))

    def steal(phase: str, done: int, total: int) -> None:
        for name in ("a.csv", "b.csv"):
            (inbox / name).unlink(missing_ok=True)

    done = refresh(province, places, clock=lambda: now, progress=steal)
    assert not done.problems and [result.state for result in done.batches] in ([], ["loaded"])


def test_a_file_that_moves_while_the_folder_is_looked_into_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "b.csv"):
        drop(tmp_path / name, content(COLLECTED))

    def moved(path: Path) -> drop_folder.Seen:
        if path.name == "a.csv":
            path.rename(tmp_path / ".a.csv")  # after it was listed
        return looked(path)

    looked = drop_folder._seen
    monkeypatch.setattr(drop_folder, "_seen", moved)
    assert [path.name for path in Inbox(tmp_path).arrived()] == ["b.csv"]


def test_a_file_just_written_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "fresh.csv").write_text(content(COLLECTED), encoding="utf-8")
    assert [path.name for path in Inbox(tmp_path).arrived()] == ["fresh.csv"]


def test_what_was_only_refused_makes_no_version_and_counts_at_the_next(
    province: Engine, places: Places, now: datetime
) -> None:
    take(province, places, now)
    drop(places.inbox.folder / "bad.csv", content(BAD))
    done = take(province, places, now)
    assert [result.state for result in done.batches] == ["refused"] and done.version is None
    assert take(province, places, now + timedelta(days=1)).version is not None
    with reading(province) as connection:
        rows = values_at(connection, SCHEME, indicators=["rejected_share"])
    assert {row.part: row.value.value for row in rows}["tax"] == 100


# --- a store that does not take it


def filled(engine: Engine) -> Engine:
    """The store on a disk with room for hardly more than it has."""
    engine.dispose()

    @event.listens_for(engine, "connect")
    def limit(connection, _record) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 40}").fetchone()

    return engine


def test_a_file_that_the_store_has_no_room_for_stays_and_its_batch_says_why(
    province: Engine, places: Places, now: datetime
) -> None:
    inbox = places.inbox.folder
    many = [Entry(f"M{n}", XUANWU, "premium_current", "collect", OCTOBER, n + 1) for n in range(5000)]
    drop(inbox / "a-large.csv", content(*many))
    drop(inbox / "b-small.csv", content(COLLECTED))
    done = take(filled(province), places, now)
    assert [result.state for result in done.batches] == ["loaded"]
    assert names(inbox) == ["a-large.csv", "done"]
    assert ["a-large.csv" in problem and "store_full" in problem for problem in done.problems] == [True]
    batch, kept = schema.import_batch, schema.rejected_row
    with reading(province) as connection:
        told = connection.execute(select(batch.c.origin, batch.c.state, kept.c.reason).join(kept)).all()
    assert [tuple(row) for row in told] == [("a-large.csv", "interrupted", "store_full")]


def test_of_several_named_files_one_that_fails_stops_none(province: Engine, tmp_path: Path, now: datetime) -> None:
    drop(tmp_path / "good.csv", content(COLLECTED))
    done = import_files(province, [tmp_path / "gone.csv", tmp_path / "good.csv"], clock=lambda: now)
    assert [result.state for result in done.batches] == ["loaded"]
    assert "FileNotFoundError" in done.problems[0] and "gone.csv" in done.problems[0]
    with reading(province) as connection:
        assert current_version(connection) is not None


def test_a_file_that_the_disk_has_no_room_to_keep_stays_where_it_is_until_there_is(
    province: Engine, places: Places, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = places.inbox.folder / "october.csv"
    drop(path, content(COLLECTED))

    def full(*_given: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(drop_folder, "import_file", full)
        refreshed = take(province, places, now)
    assert "store_full" in refreshed.problems[0] and path.exists()
    places.inbox._later.clear()  # it is tried again after a while
    assert [one.state for one in take(province, places, now).batches] == ["loaded"]
