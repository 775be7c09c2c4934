"""The clock refreshes at the start, at once when asked, when a file arrives, and after a job that brought something."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from data_access.books.versions import reading
from data_access.intake.asking import ask_for_refresh
from data_access.intake.importers.history import batch
from data_access.intake.queue import Given, enqueue
from data_access.store import schema
from monitoring import scheduler as module
from monitoring.lease import hold
from monitoring.refresh import LEASE, Places
from monitoring.scheduler import Job, RefreshScheduler
from monitoring.telling.channels import Channels
from tests.small_province import SCHEME, XUANWU, Entry, load_entries, load_province
from tests.warning_store import WORDS

ENTRY = Entry("1", XUANWU, "premium_current", "collect", date(2026, 10, 9), 5)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places.under(tmp_path)
    made.inbox.folder.mkdir()
    return made


@pytest.fixture
def start(sqlite_store: Engine, places: Places, now: datetime) -> Iterator[Callable[..., RefreshScheduler]]:
    load_province(sqlite_store, now)
    started: list[RefreshScheduler] = []

    def make(*jobs: Job, cron: str = "0 0 1 1 *") -> RefreshScheduler:
        scheduler = RefreshScheduler(
            sqlite_store, places, cron=cron, jobs=jobs, channels=Channels(WORDS), clock=lambda: now
        )
        started.append(scheduler)
        scheduler.start()
        return scheduler

    yield make
    for scheduler in started:
        scheduler.shutdown()


def versions(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(schema.data_version)).scalar_one()


def until(reached: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if reached():
            return True
        time.sleep(0.05)
    return False


def test_it_refreshes_at_the_start_and_when_asked_in_its_process_or_from_another(
    sqlite_store: Engine,
    places: Places,
    now: datetime,
    start: Callable[..., RefreshScheduler],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("monitoring.scheduler.WATCH_SECONDS", 0.2)
    scheduler = start()
    assert until(lambda: versions(sqlite_store) == 1)
    load_entries(sqlite_store, [ENTRY], now)
    scheduler.trigger()
    assert until(lambda: versions(sqlite_store) == 2)
    load_entries(sqlite_store, [replace(ENTRY, ref="2")], now)
    ask_for_refresh(places.asked.parent)
    assert until(lambda: versions(sqlite_store) == 3)


def test_what_arrives_in_drop_folder_and_queue_is_taken_without_waiting_for_the_clock(
    sqlite_store: Engine,
    places: Places,
    now: datetime,
    start: Callable[..., RefreshScheduler],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("monitoring.scheduler.WATCH_SECONDS", 0.2)
    start()
    assert until(lambda: versions(sqlite_store) == 1)
    (places.inbox.folder / "plan.csv").write_text(
        "scheme,year,region,item,version,amount_fen,approval_ref,approved_on\n"
        f"{SCHEME},2026,{XUANWU},premium,0,100,文,2026-02-20\n",
        encoding="utf-8",
    )
    assert until(lambda: versions(sqlite_store) == 2)
    number = enqueue(sqlite_store, places.originals, b"no table", "x.csv", Given("plan", "nobody"), now)
    assert until(lambda: _state(sqlite_store, number) == "refused")


def _state(engine: Engine, number: int) -> str:
    with reading(engine) as connection:
        found = batch(connection, number)
    return found.state if found else ""


def test_an_extra_job_that_brought_something_is_followed_by_a_refresh(
    sqlite_store: Engine, now: datetime, start: Callable[..., RefreshScheduler]
) -> None:
    waiting = [ENTRY]

    def feed() -> bool:
        if not waiting:
            return False
        load_entries(sqlite_store, [waiting.pop()], now)
        return True

    start(Job("feed", 0.2, feed))
    assert until(lambda: _facts(sqlite_store) == 1)


def _facts(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(schema.monthly_fact)).scalar_one()


def test_a_refresh_gives_the_machine_back_what_nobody_holds(start: Callable[..., RefreshScheduler]) -> None:
    blocks = [bytes(900) for _ in range(200_000)]
    last = blocks.pop()  # the heap does not shrink below what is held at its end
    del blocks
    before = resident_mb()
    start()
    assert until(lambda: resident_mb() < before - 100), (before, resident_mb(), len(last))


def resident_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1_000_000


def test_a_job_that_fails_does_not_stop_the_clock(start: Callable[..., RefreshScheduler]) -> None:
    runs = threading.Semaphore(0)

    def broken() -> bool:
        runs.release()
        raise RuntimeError("no")

    start(Job("broken", 0.1, broken))
    assert all(runs.acquire(timeout=10) for _ in range(3))


def test_what_arrives_while_another_process_refreshes_is_published_after_it(
    sqlite_store: Engine, now: datetime, start: Callable[..., RefreshScheduler]
) -> None:
    with hold(sqlite_store, LEASE, clock=lambda: now):
        start()
        load_entries(sqlite_store, [ENTRY], now)
        assert not until(lambda: versions(sqlite_store) > 0, seconds=1.0)
    assert until(lambda: _facts(sqlite_store) == 1)


def test_a_turn_reckoned_by_a_clock_that_was_ahead_comes_when_the_clock_is_right_again(
    start: Callable[..., RefreshScheduler], monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead, done = [3 * 86_400.0], threading.Event()
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(module, "_ahead", lambda: ahead[0])

    def late() -> bool:
        done.set()
        return False

    scheduler = start(Job("late", 1, late))
    scheduler._scheduler.get_job("late").modify(next_run_time=datetime.now(UTC) + timedelta(days=3))
    assert not done.wait(1.5)
    ahead[0] = 0.0
    assert done.wait(10)
