"""Nothing that was accepted vanishes: a file waits in the queue, whatever dies, and the refresh takes it once."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Connection, Engine, Row, func, select
from sqlalchemy.exc import OperationalError

from data_access.intake import queue
from data_access.intake.entered import enter_rows
from data_access.intake.files.process import book_of_bytes
from data_access.intake.importers import import_file, import_given
from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.history import waiting
from data_access.intake.originals import originals_of
from data_access.intake.queue import MOST_ATTEMPTS, AlreadyWaiting, Given, NotKept, QueueFull, claim, enqueue
from data_access.intake.workbench.find import find
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.saved import save
from data_access.store import schema
from data_access.store.engine import create_store, writing
from monitoring.lease import hold
from monitoring.refresh import LEASE, Places, refresh
from rules.errors import InputError, LeaseHeld, StaleRow
from tests.processes import begun
from tests.small_province import NANJING, PROVINCE, SCHEME, WUXI, XUANWU, load_province
from workflows.deliveries.decisions import NoSuchDelivery, cancel, confirm
from workflows.people.accounts import Account, Role, create_account, disable_account

BATCH = schema.import_batch
TAX = Given("ledger_entry", "tax", province=PROVINCE)
HEAD = "scheme,region,item,movement,business_date,amount_fen,source,source_ref"


def entries(*refs: str) -> bytes:
    rows = [f"{SCHEME},{XUANWU},premium_current,collect,2026-10-09,500,tax,{ref}" for ref in refs]
    return "\n".join([HEAD, *rows]).encode("ascii")


@pytest.fixture
def people(store: Engine, now: datetime) -> dict[str, Account]:
    load_province(store, now)
    made = {
        "tax": (Role.TAX, PROVINCE),
        "finance": (Role.FINANCE, PROVINCE),
        "wuxi": (Role.CITY, WUXI),
        "desk": (Role.MONITOR, PROVINCE),
    }
    with writing(store) as connection:
        return {
            login: create_account(connection, login=login, name=login, role=role, region=region)
            for login, (role, region) in made.items()
        }


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.under(tmp_path)


def states(engine: Engine) -> list[tuple[str, str, int]]:
    """Of the batches that somebody gave in."""
    wanted = select(BATCH.c.origin, BATCH.c.state, BATCH.c.rows_inserted).where(BATCH.c.uploaded_by.is_not(None))
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(wanted.order_by(BATCH.c.id))]


def booked(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(schema.ledger_entry)).scalar_one()


def take(engine: Engine, places: Places, now: datetime) -> Sequence[str]:
    return [batch.state for batch in refresh(engine, places, clock=lambda: now, alerts=False).batches]


def kept_files(places: Places) -> list[Path]:
    return [path for path in places.originals.rglob("*") if path.is_file()]


def accept_and_die(url: str, originals: Path, now: datetime) -> None:
    engine = create_store(url)
    enqueue(engine, originals, entries("1"), "begun.csv", TAX, now)
    with writing(engine) as connection:
        claim(connection, waiting(connection)[0])
    enqueue(engine, originals, entries("2"), "accepted.csv", TAX, now)
    with originals_of(originals, entries("3")):
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_killed_after_it_accepted_loses_nothing_and_the_next_takes_each_file_once(
    store: Engine, store_url: str, people: object, places: Places, now: datetime
) -> None:
    child = begun(accept_and_die, store_url, places.originals, now)
    child.join()
    assert states(store) == [("begun.csv", "running", 0), ("accepted.csv", "queued", 0)]
    (nameless,) = places.originals.glob("*/.*")
    assert take(store, places, now) == ["loaded", "loaded"] and nameless.exists()
    os.utime(nameless, (0, (now - timedelta(days=3)).timestamp()))
    assert take(store, places, now) == []
    assert states(store) == [("begun.csv", "loaded", 1), ("accepted.csv", "loaded", 1)]
    assert booked(store) == 2 and not nameless.exists()


def test_a_file_that_kills_is_not_tried_for_ever(
    store: Engine, people: object, places: Places, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt  # nothing closes the batch, as when the process is killed

    enqueue(store, places.originals, entries("1"), "killer.csv", TAX, now)
    enqueue(store, places.originals, entries("2"), "good.csv", TAX, now)
    with monkeypatch.context() as patched:
        patched.setattr("data_access.intake.importers.load._import", die)
        for _ in range(MOST_ATTEMPTS):
            with pytest.raises(KeyboardInterrupt):
                take(store, places, now)
    assert take(store, places, now) == ["loaded"]
    assert states(store) == [("killer.csv", "interrupted", 0), ("good.csv", "loaded", 1)]


def test_what_is_given_in_while_the_lease_is_held_waits_as_long(
    store: Engine, people: object, places: Places, now: datetime
) -> None:
    with hold(store, LEASE, clock=lambda: now):
        number = enqueue(store, places.originals, entries("1"), "a.csv", TAX, now)
        with pytest.raises(LeaseHeld):
            take(store, places, now)
    with store.connect() as connection:
        assert waiting(connection) == (number,)
    assert take(store, places, now + timedelta(hours=3)) == ["loaded"]


def test_no_file_holds_up_those_behind_it(store: Engine, people: object, places: Places, now: datetime) -> None:
    first = enqueue(store, places.originals, b"PK\x03\x04 no workbook", "broken.xlsx", TAX, now)
    enqueue(store, places.originals, entries("lost"), "lost.csv", TAX, now)
    enqueue(store, places.originals, entries("1"), "good.csv", TAX, now)
    next(path for path in places.originals.glob("*/*") if path.read_bytes() == entries("lost")).unlink()
    assert take(store, places, now) == ["refused", "refused", "loaded"]
    assert [state for _name, state, _rows in states(store)] == ["refused", "refused", "loaded"]
    kept = schema.rejected_row
    with store.connect() as connection:
        why = connection.execute(select(kept.c.batch - first, kept.c.reason).order_by(kept.c.batch)).all()
    assert why[0][0] == 0 and tuple(why[1]) == (1, "original_missing")
    assert [path.read_bytes() for path in kept_files(places)] == [entries("1")]


def test_the_sender_must_still_be_allowed_when_the_file_is_taken(
    store: Engine, people: object, places: Places, now: datetime
) -> None:
    plan = Given("plan", "finance", province=PROVINCE)
    row = f"scheme,year,region,item,version,amount_fen,approval_ref,approved_on\n{SCHEME},2026,{NANJING},premium,0,1,文,2026-02-20\n"
    enqueue(store, places.originals, entries("1"), "gone.csv", TAX, now)
    enqueue(store, places.originals, row.encode("utf-8"), "plan.csv", plan, now)
    enqueue(
        store,
        places.originals,
        row.encode("utf-8"),
        "not-theirs.csv",
        replace(plan, uploaded_by="wuxi", sheet="1"),
        now,
    )
    with writing(store) as connection:
        disable_account(connection, "tax", now - timedelta(days=1))
    assert take(store, places, now) == ["refused", "pending", "refused"]
    kept = schema.rejected_row
    with store.connect() as connection:
        assert set(connection.execute(select(kept.c.reason)).scalars()) == {"sender_not_allowed"}


def test_a_twin_of_what_waits_is_told_and_one_read_another_way_is_none(
    store: Engine, people: object, places: Places, now: datetime
) -> None:
    number = enqueue(store, places.originals, entries("1"), "a.csv", TAX, now)
    with pytest.raises(AlreadyWaiting) as told:
        enqueue(store, places.originals, entries("1"), "again.csv", replace(TAX, reason="x"), now)
    assert (told.value.code, told.value.parameters["number"]) == ("upload_twin_queued", number)
    others = [replace(TAX, sheet="2月"), replace(TAX, mapping="unit: 元"), replace(TAX, target="plan")]
    for other in (*others, replace(TAX, source="tax")):
        enqueue(store, places.originals, entries("1"), "other.csv", other, now)
    with writing(store) as connection:
        connection.execute(BATCH.update().where(BATCH.c.id == number).values(state="pending"))
    with pytest.raises(AlreadyWaiting) as told:
        enqueue(store, places.originals, entries("1"), "again.csv", TAX, now)
    assert told.value.code == "upload_twin_pending"


def test_a_file_that_is_needed_again_while_it_is_deleted_is_kept(
    store: Engine, people: object, places: Places, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(store, places.originals, b"no table", "bad.csv", TAX, now)
    really = queue._take_turns

    def late(connection: Connection, digest: str) -> None:
        for path in kept_files(places):
            path.unlink()  # between the first look at it and the transaction
        really(connection, digest)

    monkeypatch.setattr(queue, "_take_turns", late)
    number = enqueue(store, places.originals, b"no table", "again.csv", replace(TAX, target="plan"), now)
    assert [path.read_bytes() for path in kept_files(places)] == [b"no table"] and number


def test_a_sender_fills_the_queue_with_no_more_than_so_many(
    store: Engine, people: object, places: Places, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_WAITING", 1)
    enqueue(store, places.originals, entries("1"), "a.csv", TAX, now)
    with pytest.raises(QueueFull):
        enqueue(store, places.originals, entries("2"), "b.csv", TAX, now)
    enqueue(store, places.originals, entries("2"), "b.csv", replace(TAX, uploaded_by="wuxi"), now)
    assert len(kept_files(places)) == 2


def test_an_upload_is_read_by_the_mapping_saved_for_its_kind_before_and_after_a_second_person_confirmed_it(
    store: Engine, people: dict[str, Account], places: Places, now: datetime
) -> None:
    content = "养老保险参保情况（2025年）,\n单位：万人,\n地区,参保人数\n南京市,1\n".encode()
    (sheet,) = book_of_bytes(content).sheets
    table = find(sheet)
    assert table is not None
    save(places.saved, "a", Mapping("published_total", constants={"scheme": "pension"}), [table], "zhang", now)
    other = Given("plan", "finance", province=PROVINCE)
    enqueue(
        store, places.originals, content, "a.csv", replace(other, target="published_total", uploaded_by="desk"), now
    )
    enqueue(store, places.originals, content, "not-meant.csv", other, now)
    pending, refused = refresh(store, places, clock=lambda: now, alerts=False).batches
    assert (pending.state, refused.state, refused.rejections[0].reason) == ("pending", "refused", "unknown_target")
    (places.saved / "a.yaml").unlink()
    with writing(store) as connection:
        confirm(connection, pending.batch, people["finance"], now)
    assert take(store, places, now) == ["loaded"]
    with store.connect() as connection:
        assert connection.execute(select(schema.published_total.c.value)).scalars().all() == ["1"]


def test_the_same_file_is_a_duplicate_by_file_sheet_and_mapping(
    store: Engine, people: object, tmp_path: Path, now: datetime
) -> None:
    book = openpyxl.Workbook()
    for ref in ("1", "2"):
        sheet = book.create_sheet(ref)
        for line in entries(ref).decode("ascii").splitlines():
            sheet.append(line.split(","))
    book.remove(book.worksheets[0])
    path = tmp_path / "a.xlsx"
    book.save(path)
    states = [import_file(store, path, sheet=sheet, now=now).state for sheet in ("1", "2", "1", "2")]
    assert states == ["loaded", "loaded", "duplicate", "duplicate"]


def test_only_the_sender_takes_a_file_out_of_the_queue_and_only_while_it_waits(
    store: Engine, people: dict[str, Account], places: Places, now: datetime
) -> None:
    number = enqueue(store, places.originals, entries("1"), "a.csv", TAX, now)
    with writing(store) as connection, pytest.raises(NoSuchDelivery):
        cancel(connection, number, people["finance"], now)
    with writing(store) as connection:
        cancel(connection, number, people["tax"], now)
    with writing(store) as connection, pytest.raises(StaleRow):
        cancel(connection, number, people["tax"], now)
    assert take(store, places, now) == []
    assert states(store) == [("a.csv", "cancelled", 0)] and booked(store) == 0
    assert kept_files(places) == [], "what was taken out is not kept"
    enqueue(store, places.originals, entries("1"), "a.csv", TAX, now)


@pytest.mark.parametrize("at", ["disk", "store"])
def test_what_cannot_be_kept_is_told_and_leaves_nothing(
    store: Engine, people: object, places: Places, now: datetime, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space left on device") if at == "disk" else OperationalError("", {}, Exception("locked"))

    monkeypatch.setattr("os.fsync" if at == "disk" else "data_access.store.audit.record", full)
    with pytest.raises(NotKept):
        enqueue(store, places.originals, entries("1"), "a.csv", TAX, now)
    assert states(store) == [] and kept_files(places) == []


def test_a_store_in_trouble_lets_the_file_wait_on(
    store: Engine, people: object, places: Places, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        problem = sqlite3.OperationalError("disk I/O error")
        problem.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise problem

    enqueue(store, places.originals, entries("1"), "a.csv", TAX, now)
    with monkeypatch.context() as patched:
        patched.setattr("data_access.intake.importers.load._load", away)
        assert take(store, places, now) == []
    assert states(store) == [("a.csv", "queued", 0)]
    assert take(store, places, now) == ["loaded"]


def test_how_far_an_import_is_is_seen_by_others_while_it_runs(
    store: Engine, people: object, places: Places, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Row[Any, Any]] = {}

    def look(phase: str, _done: int, _total: int) -> None:
        with store.connect() as connection:
            seen[phase] = connection.execute(select(BATCH.c.rows_done, BATCH.c.rows_offered).where(here)).one()

    monkeypatch.setattr("data_access.intake.importers.batch.SHOWN_SECONDS", -1.0)
    number = enqueue(store, places.originals, entries("1", "2"), "a.csv", TAX, now)
    here = BATCH.c.id == number
    import_given(store, number, places.originals, lambda *_: Allowance(), progress=look, now=now)
    # While rows go into SQLite nothing else is written there.
    inserted = 0 if store.dialect.name == "sqlite" else 2
    assert (tuple(seen["read"]), tuple(seen["roll-up"]), tuple(seen["done"])) == ((0, 0), (inserted, 2), (2, 2))


def test_rows_made_by_an_act_come_in_if_it_was_committed_and_again_by_each_further_step(
    store: Engine, people: object, places: Places, now: datetime
) -> None:
    def enter(step: str, fen: int, reason: str | None = None) -> None:
        row = {"scheme": SCHEME, "month": 202611, "region": XUANWU, "asked_fen": fen, "approved_fen": None}
        told = {"step": step, "name": "requests", "login": "finance", "province": PROVINCE, "now": now}
        with writing(store) as connection:
            enter_rows(
                connection,
                places.originals,
                "disbursement_request",
                [{**row, "asked_on": now.date()}],
                **told,  # type: ignore[arg-type]
                reason=reason,
            )
            if step == "undone":
                raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        enter("undone", 700)
    assert states(store) == []
    enter("first", 500)
    with pytest.raises(AlreadyWaiting):
        enter("first", 500)
    for step, fen in (("second", 600), ("third", 500)):
        assert take(store, places, now) == ["loaded"]
        enter(step, fen, "recounted")
    assert take(store, places, now) == ["loaded"]
    request = schema.disbursement_request
    with store.connect() as connection:
        standing = connection.execute(select(request.c.asked_fen).where(request.c.ended_by.is_(None))).scalars().all()
    assert standing == [500] and states(store) == [("requests.csv", "loaded", 1)] * 3
    with writing(store) as connection, pytest.raises(InputError):
        enter_rows(connection, places.originals, "plan", [], step="x", name="x", login="x", province=PROVINCE, now=now)
