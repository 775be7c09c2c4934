"""The record of deeds is sealed day by day, and whoever changes a sealed row is found."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, delete, select, update

from data_access.store import schema
from data_access.store.audit import EVENT, SEAL, broken_seals, record, seal_days, sealed_days
from data_access.store.engine import create_store, writing
from data_access.store.integrity.accepting import accept_as_found
from data_access.store.integrity.heads import faults_of_heads, write_heads
from data_access.store.integrity.sealing import seal_tables

MONDAY = datetime(2026, 11, 16, 3, tzinfo=UTC)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def sealed(store: Engine) -> Engine:
    """Deeds of Monday, Tuesday (none), Wednesday and Friday, sealed on Friday."""
    with writing(store) as connection:
        for days, number in ((0, 3), (2, 2), (4, 1)):
            for one in range(number):
                at = MONDAY + timedelta(days=days, minutes=one)
                record(connection, "monitor", "upload", f"{days}.csv", {"行": one}, at)
        assert len(seal_days(connection, FRIDAY)) == 4
    return store


def test_every_day_that_ended_is_sealed_once(sealed: Engine) -> None:
    with writing(sealed) as connection:
        assert len(seal_days(connection, FRIDAY)) == 0
        rows = connection.execute(select(SEAL.c.day, SEAL.c.rows).order_by(SEAL.c.day)).all()
        assert [tuple(row) for row in rows] == [
            (date(2026, 11, 16), 3),
            (date(2026, 11, 17), 0),
            (date(2026, 11, 18), 2),
            (date(2026, 11, 19), 0),
        ]
        assert broken_seals(connection) == ()


def test_a_day_is_sealed_only_when_its_last_deeds_are_in(sealed: Engine) -> None:
    midnight = datetime(2026, 11, 20, 16, tzinfo=UTC)  # in Beijing
    with writing(sealed) as connection:
        assert seal_days(connection, midnight + timedelta(minutes=59)) == ()
        assert len(seal_days(connection, midnight + timedelta(hours=1))) == 1
        assert sealed_days(connection) == 5
        assert broken_seals(connection) == ()


def change_a_row(connection: Connection) -> None:
    connection.execute(update(EVENT).where(EVENT.c.subject == "2.csv").values(actor="somebody else"))


def take_a_row_out(connection: Connection) -> None:
    first = select(EVENT.c.id).where(EVENT.c.subject == "2.csv").limit(1).scalar_subquery()
    connection.execute(delete(EVENT).where(EVENT.c.id == first))


def slip_a_row_in(connection: Connection) -> None:
    record(connection, "monitor", "upload", "2.csv", {}, MONDAY + timedelta(days=2))


def redate_a_row(connection: Connection) -> None:
    connection.execute(update(EVENT).where(EVENT.c.subject == "2.csv").values(happened_at=FRIDAY))


def take_the_seal_away(connection: Connection) -> None:
    connection.execute(delete(SEAL).where(SEAL.c.day == date(2026, 11, 18)))


@pytest.mark.parametrize("tamper", [change_a_row, take_a_row_out, slip_a_row_in, redate_a_row, take_the_seal_away])
def test_tampering_with_a_sealed_day_is_found(sealed: Engine, tamper: Callable[[Connection], None]) -> None:
    with writing(sealed) as connection:
        tamper(connection)
        assert date(2026, 11, 18) in {broken.day for broken in broken_seals(connection)}


def test_a_row_dated_before_the_first_seal_is_found(sealed: Engine) -> None:
    with writing(sealed) as connection:
        record(connection, "monitor", "upload", "early.csv", {}, MONDAY - timedelta(days=9))
        assert broken_seals(connection)[0].day == date(2026, 11, 7)


def test_a_forged_seal_over_changed_rows_does_not_fit_the_next(sealed: Engine) -> None:
    with writing(sealed) as connection:
        change_a_row(connection)
        later = connection.execute(select(SEAL).where(SEAL.c.day > date(2026, 11, 18))).mappings().all()
        connection.execute(delete(SEAL).where(SEAL.c.day >= date(2026, 11, 18)))
        assert len(seal_days(connection, FRIDAY - timedelta(days=1))) == 1
        connection.execute(SEAL.insert(), [dict(row) for row in later])
        assert [broken.day for broken in broken_seals(connection)] == [date(2026, 11, 19)]


def test_an_empty_record_needs_no_seal(store: Engine) -> None:
    with writing(store) as connection:
        assert len(seal_days(connection, FRIDAY)) == 0
        assert broken_seals(connection) == ()


# --- with a key, and the heads told outside the store

KEY = b"a key outside the store" * 2


@pytest.fixture
def keyed(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[Engine, Path]]:
    """Three days sealed without a key, as they once were, and three with one, whose heads are in a file."""
    path = tmp_path / "seals.log"
    for key, since, count in ((b"", MONDAY, 3), (KEY, MONDAY + timedelta(days=3), 3)):
        engine = create_store(sqlite_url, key)
        with writing(engine) as connection:
            for day in range(count):
                record(connection, "monitor", "upload", "1.csv", {}, since + timedelta(days=day))
        with writing(engine) as connection:
            if key:
                seal_tables(connection, ["audit_event", "audit_seal"])
            sealed = seal_days(connection, since + timedelta(days=count))
            assert len(sealed) == count
            if key:
                write_heads(connection, path, sealed)
        engine.dispose()
    yield engine, path
    engine.dispose()


def found(keyed: tuple[Engine, Path]) -> tuple[list[str], list[str]]:
    """What the seals and what the heads do not agree with."""
    engine, path = keyed
    with engine.connect() as connection:
        days = [str(one.day) for one in broken_seals(connection)]
        return days, [one.where for one in faults_of_heads(connection, path)]


def test_days_sealed_before_there_was_a_key_are_verified_as_they_were_made(keyed: tuple[Engine, Path]) -> None:
    assert found(keyed) == ([], [])
    assert (
        len(keyed[1].read_text(encoding="ascii").splitlines()) == 3 and stat.S_IMODE(keyed[1].stat().st_mode) == 0o600
    )
    with writing(keyed[0]) as connection:
        connection.execute(update(EVENT).where(EVENT.c.id == 1).values(actor="somebody else"))
    assert found(keyed) == (["2026-11-16"], [])


def test_a_chain_made_anew_without_the_key_is_found(keyed: tuple[Engine, Path]) -> None:
    without = create_store(str(keyed[0].url))
    with writing(without) as connection:
        connection.execute(delete(EVENT).where(EVENT.c.id == 5))
        connection.execute(delete(SEAL))
        seal_days(connection, MONDAY + timedelta(days=6))
    assert found(keyed) == ([], ["2026-11-19", "2026-11-20", "2026-11-21"])
    without.dispose()


def test_a_chain_made_anew_with_the_key_is_found_by_its_heads(keyed: tuple[Engine, Path]) -> None:
    with writing(keyed[0]) as connection:
        connection.execute(delete(EVENT).where(EVENT.c.id == 5))
        connection.execute(delete(SEAL).where(SEAL.c.day >= date(2026, 11, 20)))
        seal_days(connection, MONDAY + timedelta(days=6))
    assert found(keyed) == ([], ["2026-11-20", "2026-11-21"])


def test_a_seal_without_a_key_after_one_with_it_is_broken(keyed: tuple[Engine, Path]) -> None:
    with writing(keyed[0]) as connection:
        connection.execute(update(SEAL).where(SEAL.c.day == date(2026, 11, 20)).values(key=None))
    assert found(keyed)[0] == ["2026-11-20"]


@pytest.mark.parametrize(
    ("kept", "named"),
    [
        (lambda lines: lines[:-1], ["2026-11-21"]),
        (lambda lines: [], ["2026-11-19", "2026-11-20", "2026-11-21"]),
        (lambda lines: [lines[0], "nonsense", *lines[1:]], ["seals.log 2"]),
    ],
)
def test_a_file_of_heads_that_lost_lines_is_found(
    keyed: tuple[Engine, Path], kept: Callable[[list[str]], list[str]], named: list[str]
) -> None:
    lines = keyed[1].read_text(encoding="ascii").splitlines()
    keyed[1].write_text("".join(f"{line}\n" for line in kept(lines)), encoding="ascii")
    assert found(keyed)[1] == named
    keyed[1].unlink()
    assert found(keyed)[1] == ["2026-11-19", "2026-11-20", "2026-11-21"]


def test_a_table_of_which_fewer_changes_are_sealed_than_the_file_says_is_found(keyed: tuple[Engine, Path]) -> None:
    table = schema.table_seal
    with keyed[0].begin() as connection:
        connection.execute(update(table).where(table.c.name == "audit_event").values(changes=table.c.changes - 1))
    assert found(keyed) == ([], ["audit_event"])


def test_an_earlier_state_of_the_store_put_in_its_place_is_found(keyed: tuple[Engine, Path], tmp_path: Path) -> None:
    engine, path = keyed
    earlier = Path(str(engine.url.database))
    engine.dispose()
    shutil.copy(earlier, tmp_path / "earlier.db")
    with writing(engine) as connection:
        record(connection, "monitor", "upload", "2.csv", {}, MONDAY + timedelta(days=6))
        write_heads(connection, path, seal_days(connection, MONDAY + timedelta(days=7)))
    assert found(keyed) == ([], [])
    engine.dispose()
    for name in (f"{earlier}-wal", f"{earlier}-shm"):
        Path(name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "earlier.db", earlier)
    assert found(keyed) == ([], ["2026-11-22"])
    assert accept_as_found(engine, path, "李某某", "restored", MONDAY + timedelta(days=8)) > 0
    assert found(keyed) == ([], [])
    lines = path.read_text(encoding="ascii").splitlines()
    assert len(lines) == 4 + 4, "what was told before stays"
