"""The record of deeds is sealed day by day, and whoever changes a sealed row is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, delete, select, update

from data_access.store.audit import EVENT, SEAL, broken_seals, record, seal_days, sealed_days
from data_access.store.engine import writing

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
        assert seal_days(connection, FRIDAY) == 4
    return store


def test_every_day_that_ended_is_sealed_once(sealed: Engine) -> None:
    with writing(sealed) as connection:
        assert seal_days(connection, FRIDAY) == 0
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
        assert seal_days(connection, midnight + timedelta(minutes=59)) == 0
        assert seal_days(connection, midnight + timedelta(hours=1)) == 1
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
        assert seal_days(connection, FRIDAY - timedelta(days=1)) == 1
        connection.execute(SEAL.insert(), [dict(row) for row in later])
        assert [broken.day for broken in broken_seals(connection)] == [date(2026, 11, 19)]


def test_an_empty_record_needs_no_seal(store: Engine) -> None:
    with writing(store) as connection:
        assert seal_days(connection, FRIDAY) == 0
        assert broken_seals(connection) == ()
