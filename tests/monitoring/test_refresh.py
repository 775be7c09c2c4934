"""The refresh publishes what is new, once, whole, and leaves the last version standing when something fails."""

from __future__ import annotations

import itertools
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, func, select, text
from sqlalchemy.exc import OperationalError

from data_access.books.facts import load_facts
from data_access.books.indicators import values_at
from data_access.books.versions import close_month, current_version, reading, restatements
from data_access.store import schema
from data_access.store.engine import create_store, writing
from monitoring import lease, refresh as module
from monitoring.lease import acquire, hold
from monitoring.refresh import LEASE, Places, refresh
from rules.errors import LeaseHeld
from tests.processes import SECONDS, begun, meet, together
from tests.small_province import (
    BAIXIA,
    COLLECTED,
    LIANGXI,
    NANJING,
    OCTOBER,
    PROVINCE,
    QINHUAI,
    SCHEME,
    XUANWU,
    Entry,
    load_entries,
    load_opening,
    load_province,
    reversal,
)

Other = Callable[[Callable[..., None]], ForkServerProcess]


@pytest.fixture
def province(store: Engine, now: datetime) -> Engine:
    load_province(store, now)
    return store


def at(instant: datetime):
    return lambda: instant


def income_now(engine: Engine, region: str = PROVINCE) -> int:
    with reading(engine) as connection:
        return int(load_facts(connection, SCHEME).income(region).sum())


def run_states(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(select(schema.refresh_run.c.state).order_by(schema.refresh_run.c.id)).scalars())


def versions(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(schema.data_version)).scalar_one()


MAPPING = """
target: ledger_entry
source: tax
url_env: TAX_DATABASE_URL
query: select number, county, paid_on, fen from payments
columns: {number: source_ref, county: region, paid_on: business_date, fen: amount_fen}
constants: {scheme: jiangsu-pension, movement: collect, item: premium_current}
"""


def test_entries_are_seen_only_once_published(province: Engine, now: datetime) -> None:
    refresh(province, clock=at(now))
    load_entries(province, [COLLECTED], now)
    assert income_now(province) == 0
    refresh(province, clock=at(now))
    assert income_now(province) == 50_000
    assert income_now(province, NANJING) == 50_000


def test_unchanged_data_make_no_version(province: Engine, now: datetime) -> None:
    first = refresh(province, clock=at(now))
    again = refresh(province, clock=at(now + timedelta(minutes=15)))
    assert first.version is not None and again.version is None
    assert run_states(province) == ["published", "unchanged"]


def test_the_first_refresh_of_a_day_publishes_even_when_nothing_came(province: Engine, now: datetime) -> None:
    refresh(province, clock=at(now))
    midnight = datetime.fromisoformat("2026-11-21T00:00:00+08:00")
    assert refresh(province, clock=at(midnight - timedelta(seconds=1))).version is None
    assert refresh(province, clock=at(midnight)).version is not None


def test_silence_of_a_source_is_seen_on_the_next_working_days(province: Engine, now: datetime) -> None:
    load_entries(province, [COLLECTED], now)  # Friday
    ages = []
    for day in ("2026-11-20T10:16", "2026-11-24T09:59", "2026-11-24T10:00", "2026-11-25T10:00"):
        refresh(province, full=True, clock=at(datetime.fromisoformat(f"{day}:00+08:00")))
        with reading(province) as connection:
            rows = values_at(connection, SCHEME, indicators=["data_age"])
        ages.append({row.part: row.value.value for row in rows}["tax"])
    # Monday's data are owed on Tuesday at ten; one working day later they are one day late.
    assert ages == [0, 0, 0, 1]


def test_a_late_entry_recomputes_its_month_and_is_listed_as_a_restatement(province: Engine, now: datetime) -> None:
    load_opening(province, now)
    load_entries(province, [COLLECTED], now)
    first = refresh(province, clock=at(now)).version
    assert first is not None
    with writing(province) as connection:
        close_month(connection, SCHEME, 202610, signed_by="李某某", signed_at=now, version=first.id)
    load_entries(
        province, [reversal(COLLECTED, "2"), Entry("3", XUANWU, "premium_current", "collect", OCTOBER, 7)], now
    )
    refresh(province, clock=at(now))
    with reading(province) as connection:
        (found,) = restatements(connection, SCHEME)
        signed, current = load_facts(connection, SCHEME, first.id), load_facts(connection, SCHEME)
    assert (found.region, found.month, found.item) == (XUANWU, 202610, "premium_current")
    assert (found.signed_fen, found.current_fen) == (50_000, 7)
    assert signed.income(PROVINCE).tolist() == [50_000]
    assert current.income(PROVINCE).tolist() == [7]


def test_a_refresh_reads_the_facts_of_a_scheme_once_for_all_its_steps(province: Engine, now: datetime) -> None:
    """A signature asks for indicators, forecasts and assessments: the forecasts' fitting reads the facts for all."""
    load_opening(province, now)
    load_entries(province, [COLLECTED], now)
    first = refresh(province, clock=at(now)).version
    assert first is not None
    read: list[object] = []

    def watch(_connection, _cursor, statement: str, parameters, _context, _many) -> None:
        if "FROM monthly_fact" in statement and not statement.startswith("DELETE"):
            read.append(parameters)

    event.listen(province, "before_cursor_execute", watch)
    load_entries(province, [Entry("2", XUANWU, "premium_current", "collect", OCTOBER, 7)], now)
    assert refresh(province, clock=at(now)).version is not None
    assert len(read) == 1
    with writing(province) as connection:
        close_month(
            connection, SCHEME, 202610, signed_by="李某某", signed_at=now + timedelta(minutes=1), version=first.id
        )
    assert refresh(province, clock=at(now + timedelta(minutes=15))).version is not None
    assert len(read) == 2


def test_a_merged_region_counts_inside_its_successor(province: Engine, now: datetime) -> None:
    load_entries(province, [Entry("1", BAIXIA, "premium_current", "collect", date(2024, 12, 31), 3)], now)
    refresh(province, clock=at(now))
    assert income_now(province, QINHUAI) == 3
    assert income_now(province, NANJING) == 3
    assert income_now(province, LIANGXI) == 0


# --- failures


def test_a_failing_step_leaves_the_last_version_and_is_recorded(
    province: Engine, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "monitoring.steps")
    load_entries(province, [COLLECTED], now)
    refresh(province, clock=at(now))
    load_entries(province, [Entry("2", XUANWU, "premium_current", "collect", OCTOBER, 1)], now)
    with writing(province) as connection:  # a store in which indicators cannot be written
        connection.execute(text("ALTER TABLE indicator_value RENAME TO indicator_value_away"))
    with pytest.raises(Exception, match="indicator_value"):
        refresh(province, clock=at(now))
    assert income_now(province) == 50_000
    assert versions(province) == 1
    with reading(province) as connection:
        run = connection.execute(select(schema.refresh_run).order_by(schema.refresh_run.c.id.desc())).first()
    assert run is not None and (run.state, run.step) == ("failed", "indicators")
    assert "indicator_value" in run.error
    with writing(province) as connection:
        connection.execute(text("ALTER TABLE indicator_value_away RENAME TO indicator_value"))
    refresh(province, clock=at(now))
    assert income_now(province) == 50_001
    # One line in the log for each, with its number and the seconds of its steps as far as they came.
    noted = [vars(one) for one in caplog.records if one.name == "monitoring.steps"]
    assert [one["state"] for one in noted] == ["published", "failed", "published"] and noted[1]["run"] == run.id
    assert list(noted[0]["steps"]) == [
        "recover",
        "forecasts",
        "rollup",
        "outlook",
        "indicators",
        "assessments",
        "publish",
        "alerts",
    ]
    assert list(noted[1]["steps"]) == ["recover", "forecasts", "rollup", "outlook", "indicators"]


def test_a_source_database_that_is_down_does_not_keep_files_back(
    province: Engine, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places.under(tmp_path)
    places.inbox.folder.mkdir()
    places.sources.mkdir()
    (places.sources / "away.yaml").write_text(MAPPING, encoding="utf-8")
    monkeypatch.setenv("TAX_DATABASE_URL", f"sqlite:///{tmp_path}/nowhere/at-all.db")
    write_file(places.inbox.folder / "october.csv", COLLECTED)
    done = refresh(province, places, clock=at(now))
    assert done.version is not None
    assert [problem.split(":")[0] for problem in done.problems] == ["away.yaml"]
    assert income_now(province) == 50_000
    with reading(province) as connection:
        assert "away.yaml" in connection.execute(select(schema.refresh_run.c.error)).scalar_one()


def test_rows_pulled_again_make_no_version(
    province: Engine, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places.under(tmp_path)
    places.sources.mkdir()
    (places.sources / "tax.yaml").write_text(MAPPING, encoding="utf-8")
    address = f"sqlite:///{tmp_path}/tax.db"
    monkeypatch.setenv("TAX_DATABASE_URL", address)
    theirs = create_engine(address)
    with theirs.begin() as connection:
        connection.execute(text("CREATE TABLE payments (number TEXT, county TEXT, paid_on TEXT, fen INTEGER)"))
        connection.execute(text("INSERT INTO payments VALUES ('A-1', '320102', '2026-10-09', 50000)"))
    assert refresh(province, places, clock=at(now)).version is not None
    assert refresh(province, places, clock=at(now)).version is None
    assert income_now(province) == 50_000


# --- the drop folder


def write_file(path: Path, *entries: Entry) -> None:
    rows = [
        f"{SCHEME},{e.region},{e.item},{e.movement},{e.day},2026-11-20T09:00:00+08:00,{e.amount_fen},tax,{e.ref},\n"
        for e in entries
    ]
    head = "scheme,region,item,movement,business_date,booked_at,amount_fen,source,source_ref,corrects\n"
    path.write_text(head + "".join(rows), encoding="utf-8")
    os.utime(path, (time.time() - 60, time.time() - 60))


# --- one at a time


def publish(url: str, now: datetime) -> str:
    """Refresh once all are ready; what came of it."""
    engine = create_store(url)
    meet()
    try:
        return "published" if refresh(engine, clock=at(now)).version else "unchanged"
    except LeaseHeld:
        return "held"


def hang(url: str, told: Connection) -> None:
    """Stops inside the publishing transaction, as a process does that is about to be killed."""
    real: Callable[..., int] = module.update_indicators  # type: ignore[attr-defined]

    def stop(*arguments: object, **options: object) -> None:
        real(*arguments, **options)
        told.send("hanging")
        time.sleep(SECONDS)

    module.update_indicators = stop  # type: ignore[attr-defined,assignment]
    refresh(create_store(url))


def hold_it(url: str, told: Connection) -> None:
    with hold(create_store(url), LEASE):
        told.send("holding")
        time.sleep(SECONDS)


@pytest.fixture
def other(store_url: str) -> Iterator[Other]:
    """Begins a process and waits until it has come as far as it says; it is killed in the end."""
    started: list[ForkServerProcess] = []

    def start(work: Callable[..., None]) -> ForkServerProcess:
        told, say = Pipe(duplex=False)
        process = begun(work, store_url, say)
        started.append(process)
        assert told.poll(SECONDS) and told.recv()
        return process

    yield start
    for process in started:
        process.kill()
        process.join()


def test_of_several_refreshes_at_once_one_works_and_the_others_say_so(
    province: Engine, store_url: str, now: datetime
) -> None:
    load_entries(province, [COLLECTED], now)
    said = together(publish, [(store_url, now)] * 4)
    assert said.count("published") == 1
    assert set(said) <= {"published", "held", "unchanged"}
    assert versions(province) == 1
    assert income_now(province) == 50_000


def test_while_one_process_holds_the_lease_another_is_told_who(province: Engine, other: Other) -> None:
    holder = other(hold_it)
    with pytest.raises(LeaseHeld, match=f"process {holder.pid} "):
        refresh(province)


def test_a_lease_that_a_busy_store_does_not_take_back_is_given_back_later(
    sqlite_store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "RETRY_SECONDS", 0.0)
    really, failures = writing, iter([True, True])

    def busy(engine: Engine) -> AbstractContextManager[object]:
        if next(failures, False):
            raise OperationalError("update", {}, Exception("database is locked"))
        return really(engine)

    held = acquire(sqlite_store, "refresh")
    held.start()
    monkeypatch.setattr(lease, "writing", busy)
    held.release()
    with hold(sqlite_store, "refresh"):
        pass


def test_a_holder_that_stands_still_loses_the_lease(sqlite_store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lives and holds the thread that beats; without a word of progress that beats no more."""
    monkeypatch.setattr(lease, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(lease, "STALLED_SECONDS", 0.05)
    beginning = datetime(2026, 11, 20, tzinfo=UTC)
    passed = itertools.count()
    held = acquire(sqlite_store, "refresh", clock=lambda: beginning + timedelta(seconds=next(passed)))
    held.start()
    held._thread.join(5)
    assert not held._thread.is_alive()
    another = hold(sqlite_store, "refresh", clock=lambda: beginning + timedelta(hours=1))
    with another, pytest.raises(LeaseHeld), writing(sqlite_store) as connection:
        held.confirm(connection)


def test_a_killed_refresh_leaves_the_last_version_and_the_next_one_recovers(
    province: Engine, now: datetime, other: Other
) -> None:
    refresh(province, clock=at(now - timedelta(days=1)))
    load_entries(province, [COLLECTED], now)
    killed = other(hang)
    killed.kill()
    killed.join()
    assert income_now(province) == 0
    assert versions(province) == 1
    with pytest.raises(LeaseHeld):
        refresh(province)  # its heartbeat is fresh: nobody can know yet that it is dead
    later = datetime.now(now.tzinfo) + timedelta(seconds=60)
    done = refresh(province, clock=at(later))
    assert done.version is not None
    assert income_now(province) == 50_000
    assert run_states(province) == ["published", "failed", "published"]


def test_a_reader_in_a_transaction_sees_one_version_while_another_is_published(province: Engine, now: datetime) -> None:
    load_entries(province, [COLLECTED], now)
    refresh(province, clock=at(now))
    with reading(province) as connection:
        before = current_version(connection)
        load_entries(province, [Entry("2", XUANWU, "premium_current", "collect", OCTOBER, 1)], now)
        refresh(province, clock=at(now))
        facts = load_facts(connection, SCHEME)
        assert current_version(connection) == before
        assert int(facts.income(PROVINCE).sum()) == 50_000
    assert income_now(province) == 50_001


def test_a_superseded_holder_cannot_publish(province: Engine, now: datetime) -> None:
    old = acquire(province, LEASE, clock=at(now))
    new = hold(province, LEASE, clock=at(now + timedelta(minutes=1)))
    with new, writing(province) as connection, pytest.raises(LeaseHeld):
        old.confirm(connection)
