"""A clock that cannot be right writes nothing: seen against the machine's own count, the database and the last version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data_access.backup.restoring import faults_of_store
from data_access.store import clock as module
from data_access.store.audit import broken_seals, record
from data_access.store.clock import NAME, SteadyClock
from data_access.store.engine import create_store, writing
from data_access.store.integrity.accepting import accept_as_found
from data_access.store.integrity.heads import NAME as SEALS
from data_access.store.schema import data_version, refresh_run
from monitoring.refresh import Places, refresh
from rules.errors import ClockStepped
from tests.stores import open_store

DAY = 86_400.0
KEY = b"a key outside the store" * 2


@dataclass
class Machine:
    """A machine's time and its count since it started."""

    now: float
    count: float = 1_000.0

    def __call__(self) -> tuple[float, float]:
        return self.now, self.count

    def passes(self, seconds: float) -> None:
        self.now, self.count = self.now + seconds, self.count + seconds


@pytest.fixture
def machine() -> Machine:
    return Machine(datetime.now(UTC).timestamp())


def published(engine: Engine, at: float) -> None:
    with writing(engine) as connection:
        moment = datetime.fromtimestamp(at, UTC)
        run = connection.execute(
            refresh_run.insert().values(started_at=moment, state="published", full=False).returning(refresh_run.c.id)
        ).scalar_one()
        connection.execute(
            data_version.insert().values(published_at=moment, as_of=moment, refresh_run=run, registers=0)
        )


def test_time_that_passes_and_small_corrections_are_followed(
    sqlite_store: Engine, tmp_path: Path, machine: Machine
) -> None:
    clock = SteadyClock(sqlite_store, tmp_path, machine)
    begun = clock()
    for _hour in range(48):
        machine.passes(3_600)
        machine.now += 240  # set forward by four minutes each time: far in the end, never at once
        clock()
    assert clock() - begun == timedelta(hours=48, minutes=192)


@pytest.mark.parametrize("days", [3, -3, 0.01])
def test_a_jump_is_seen_by_what_runs_and_by_what_starts_after_it(
    sqlite_store: Engine, tmp_path: Path, machine: Machine, days: float
) -> None:
    running = SteadyClock(sqlite_store, tmp_path, machine)
    begun = running()
    machine.now += days * DAY
    for clock in (running, SteadyClock(sqlite_store, tmp_path, machine)):
        with pytest.raises(ClockStepped, match=r"the machine .*: nothing is written until it is set right"):
            clock()
        assert abs(clock.likely().timestamp() - begun.timestamp()) < 1, "who reads goes on in the time that is right"
    machine.now -= days * DAY
    assert running() == datetime.fromtimestamp(machine.now, UTC)


def test_who_answers_for_a_jump_does_so_for_every_process(
    sqlite_store: Engine, tmp_path: Path, machine: Machine
) -> None:
    running = SteadyClock(sqlite_store, tmp_path, machine)
    running()
    machine.now += 3 * DAY
    SteadyClock(sqlite_store, tmp_path, machine).accept()
    assert running() == datetime.fromtimestamp(machine.now, UTC)


def test_a_time_before_the_last_version_is_wrong_until_somebody_answers_for_it(
    sqlite_store: Engine, tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(sqlite_store, machine.now + 3 * DAY)
    clock = SteadyClock(sqlite_store, tmp_path, machine)
    wrong = clock.trouble()
    assert wrong is not None and wrong.parameters["than"] == "version"
    clock.accept()
    assert clock.trouble() is None
    # After the machine has started anew, too.
    (tmp_path / "boot").write_text("another", encoding="ascii")
    monkeypatch.setattr(module, "BOOT_ID", tmp_path / "boot")
    assert SteadyClock(sqlite_store, tmp_path, Machine(machine.now, 5.0)).trouble() is None
    published(sqlite_store, machine.now + 4 * DAY)  # which nobody answered for
    assert SteadyClock(sqlite_store, tmp_path, Machine(machine.now, 5.0)).trouble() is not None


def test_the_database_has_a_clock_too(postgres_url: str, tmp_path: Path) -> None:
    store = create_store(postgres_url)
    right, wrong = Machine(datetime.now(UTC).timestamp()), Machine(datetime.now(UTC).timestamp() + 3 * DAY)
    assert SteadyClock(store, tmp_path, right).trouble() is None
    (tmp_path / NAME).unlink()
    problem = SteadyClock(store, tmp_path, wrong).trouble()
    assert problem is not None and problem.parameters["than"] == "database"
    store.dispose()


def test_a_note_that_cannot_be_read_is_as_none(sqlite_store: Engine, tmp_path: Path, machine: Machine) -> None:
    for left in ("", "{", "[]", '{"boot": 1}'):
        (tmp_path / NAME).write_text(left, encoding="utf-8")
        assert SteadyClock(sqlite_store, tmp_path, machine).trouble() is None


def test_a_store_that_a_wrong_clock_has_written_to_is_mended_by_who_answers_for_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    """The accident that the clock above keeps away: three days ahead for one refresh, and what the days after look like."""
    store = open_store(sqlite_url)
    engine = create_store(sqlite_url, KEY)
    today = datetime(2026, 11, 16, 3, tzinfo=UTC)
    places = Places.under(tmp_path)
    for moment in (today, today + timedelta(days=3)):
        with writing(engine) as connection:
            record(connection, "one", "upload", "1.csv", {}, moment)
        refresh(engine, places, clock=partial(lambda at: at, moment))
    with writing(engine) as connection:  # the clock is right again, and somebody works
        record(connection, "one", "upload", "2.csv", {}, today + timedelta(hours=1))
    with engine.connect() as connection:
        assert [one.day for one in broken_seals(connection)] == [date(2026, 11, 16)]
    later = today + timedelta(days=4)
    assert accept_as_found(engine, tmp_path / SEALS, "李某某", "the clock was wrong", later) == 1
    with engine.connect() as connection:
        assert [(one.day, one.accepted) for one in broken_seals(connection)] == [(date(2026, 11, 16), True)]
        assert faults_of_store(connection, tmp_path / SEALS) == [], "nor would a restore be held up by it"
    with writing(engine) as connection:  # who changes the day afterwards is found
        record(connection, "one", "upload", "3.csv", {}, today + timedelta(hours=2))
    with engine.connect() as connection:
        assert [one.accepted for one in broken_seals(connection)] == [False]
    store.dispose()
    engine.dispose()
