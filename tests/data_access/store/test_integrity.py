"""Every row changed by another hand than the program's is noticed, in every table that is vouched for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Integer,
    LargeBinary,
    Numeric,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from data_access.books.checks import Check, check_facts, check_rollup
from data_access.store import audit, schema
from data_access.store.engine import alembic_config, create_store, migrate, writing
from data_access.store.integrity.forms import disarm, without
from data_access.store.integrity.keys import name_of
from data_access.store.integrity.sealing import seal_tables
from data_access.store.integrity.verifying import Fault, faults_of_deliveries, faults_of_tables, faults_of_versions
from data_access.store.integrity.vouched import NOT_VOUCHED, VOUCHED, Means, by
from data_access.store.schema import Instant
from tests import demonstration_store
from tests.stores import open_store

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
Verify = Callable[[Connection, list[str]], tuple[int, list[Fault]]]
# What `flask check` asks of one table.
ASKED: dict[Means, Verify] = {
    Means.ROW_BY_ROW: faults_of_tables,
    Means.DELIVERY: faults_of_deliveries,
    Means.VERSION: faults_of_versions,
}


@pytest.fixture(scope="module")
def filled(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A copy of the site's demonstration."""
    store = demonstration_store.built_once(run_folder)
    with demonstration_store.copy_of(store, tmp_path_factory.mktemp("integrity")) as engine:
        yield engine


def test_of_every_table_it_is_said_what_vouches_for_it_or_why_nothing_does() -> None:
    assert sorted(VOUCHED) == sorted(schema.metadata.tables)
    assert all(len(reason) > 20 for reason in NOT_VOUCHED.values())
    # Seals leave out bytes beside their digest and which delivery ended a row; both are compared by themselves.
    left_out = {name: without(name) for name in schema.metadata.tables if without(name)}
    assert {name for name, column in left_out.items() if column == "ended_by"} == set(by(Means.DELIVERY))
    assert {name: column for name, column in left_out.items() if column != "ended_by"} == {
        "attachment": "content",
        "briefing_template": "content",
    }


def test_what_the_program_wrote_is_sound(filled: Engine) -> None:
    with filled.connect() as connection:
        for verify in (faults_of_tables, faults_of_deliveries, faults_of_versions):
            compared, faults = verify(connection)
            assert faults == [] and compared > 1000


def change(connection: Connection, name: str) -> None:
    """Change one value of one row, or put a row in where there is none."""
    table = schema.metadata.tables[name]
    free = [column for column in table.columns if not column.primary_key and column.name != without(name)]
    last = (free or list(table.columns))[-1]
    key = list(table.primary_key)
    one = connection.execute(select(*key).limit(1)).one_or_none()
    if one is None:
        values = {column.name: other(column, None) for column in table.columns if not column.nullable}
        connection.execute(insert(table).values(values))
        return
    same = [column == value for column, value in zip(key, one, strict=True)]
    was = connection.execute(select(last).where(*same)).scalar_one()
    assert connection.execute(update(table).where(*same).values({last.name: other(last, was)})).rowcount == 1


def other(column: Column[Any], was: Any) -> object:
    """Another value than a column has."""
    if isinstance(column.type, Instant):
        return NOW
    if isinstance(column.type, Date):
        return date(2020, 2, 2)
    if isinstance(column.type, Boolean):
        return not was
    if isinstance(column.type, LargeBinary):
        return (was or b"") + b"1"
    return (was or 0) + 1 if isinstance(column.type, (Integer, Numeric)) else f"{was or ''}1"


@contextmanager
def by_hand(engine: Engine) -> Iterator[Connection]:
    """Changes without the program, which are taken back at the end."""
    with engine.connect() as connection, connection.begin() as hand:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield connection
        hand.rollback()


@pytest.mark.parametrize("noted", [True, False], ids=["noted", "triggers away"])
def test_one_value_changed_by_hand_is_noticed_in_every_table(filled: Engine, noted: bool) -> None:
    """One table after the other. What the triggers note names the row; without them a table is known to differ."""
    missed, unnamed = [], []
    for name, means in sorted(VOUCHED.items()):
        if means not in ASKED or (not noted and means is not Means.ROW_BY_ROW):
            continue
        with by_hand(filled) as connection:
            if not noted:
                disarm(connection)
            change(connection, name)
            _compared, found = ASKED[means](connection, [name])
        missed += [name] if not found else []
        named = found and found[0].where.startswith(f"{name} ")
        unnamed += [name] if noted and means is Means.ROW_BY_ROW and not named else []
    assert (missed, unnamed) == ([], [])


@pytest.mark.parametrize(("kind", "check"), [("change", check_rollup), ("fact", check_facts)])
def test_one_value_changed_by_hand_in_a_roll_up_is_noticed(
    filled: Engine, kind: str, check: Callable[[Connection], Check]
) -> None:
    names = [name for name in by(Means.COMPUTED) if name.endswith(kind)]
    with by_hand(filled) as connection:
        for name in names:
            change(connection, name)
        assert {one.where for one in check(connection).differences} == set(names)
    assert len(names) == len(by(Means.COMPUTED)) / 2


@pytest.mark.parametrize("name", ["account", "ledger_entry", "forecast", "gap_step"])
def test_a_row_taken_out_by_hand_is_noticed(filled: Engine, name: str) -> None:
    table = schema.metadata.tables[name]
    with by_hand(filled) as connection:
        disarm(connection)
        one = connection.execute(select(*table.primary_key).order_by(*table.primary_key).limit(1)).one()
        connection.execute(delete(table).where(*(c == v for c, v in zip(table.primary_key, one, strict=True))))
        assert ASKED[VOUCHED[name]](connection, [name])[1]


def test_bytes_of_a_file_that_are_others_are_noticed(filled: Engine) -> None:
    table = schema.briefing_template
    values = {column.name: other(column, None) for column in table.columns if not column.nullable}
    with by_hand(filled) as connection:
        disarm(connection)
        connection.execute(insert(table).values({**values, "content": b"1", "sha256": sha256(b"1").hexdigest()}))
        seal_tables(connection, [table.name])
        assert [one.where for one in faults_of_tables(connection, [table.name])[1]] == [table.name], "no triggers"
        connection.execute(update(table).values(content=b"2"))
        assert faults_of_tables(connection, [table.name])[1][-1].where == f"{table.name} 1"


# --- on both databases: what the program writes after a change by hand does not cover it


def registered(store: Engine, subject: str) -> None:
    with writing(store) as connection:
        audit.record(connection, "zhang", "upload", subject, {}, NOW)


@contextmanager
def hand(store: Engine) -> Iterator[Connection]:
    """Somebody else's connection."""
    engine = create_store(store.url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def faults(store: Engine, name: str = "audit_event") -> list[str]:
    with store.connect() as connection:
        return [one.where for one in faults_of_tables(connection, [name])[1]]


def test_a_change_by_hand_stays_seen_whatever_the_program_writes_later(store: Engine) -> None:
    registered(store, "1.csv")
    assert faults(store) == []
    with hand(store) as connection:
        connection.execute(update(schema.audit_event).values(actor="li"))
    registered(store, "2.csv")
    assert faults(store) == ["audit_event 1"]
    with store.connect() as connection:
        (one,) = faults_of_tables(connection, ["audit_event"])[1]
    assert (one.expected, one.found) == ("actor = zhang", "actor = li")


def test_what_was_noted_of_a_change_by_hand_cannot_be_taken_away(store: Engine) -> None:
    registered(store, "1.csv")
    with hand(store) as connection:
        connection.execute(update(schema.audit_event).values(actor="li"))
        connection.execute(delete(schema.row_change))
    registered(store, "2.csv")
    assert faults(store) == ["audit_event"]


def test_a_forged_seal_does_not_become_good_by_the_next_change(store: Engine) -> None:
    """Who saw the sum before a row came can take the row out and put that sum back, but cannot seal it."""
    seal, event = schema.table_seal, schema.audit_event
    registered(store, "1.csv")
    with store.connect() as connection:
        before = connection.execute(select(seal.c.rows, seal.c.sum).where(seal.c.name == "audit_event")).one()
    registered(store, "2.csv")
    with hand(store) as connection:
        connection.execute(delete(event).where(event.c.subject == "2.csv"))
        connection.execute(delete(schema.row_change))
        connection.execute(update(seal).where(seal.c.name == "audit_event").values(**before._mapping))
    assert faults(store) == ["audit_event"]
    registered(store, "3.csv")
    assert faults(store) == ["audit_event"]


def test_a_transaction_that_fails_leaves_no_trace_in_the_seals(store: Engine) -> None:
    registered(store, "1.csv")
    with pytest.raises(RuntimeError), writing(store) as connection:
        audit.record(connection, "zhang", "upload", "2.csv", {}, NOW)
        raise RuntimeError
    with writing(store) as connection, connection.begin_nested() as inner:
        audit.record(connection, "zhang", "upload", "3.csv", {}, NOW)
        inner.rollback()
    registered(store, "4.csv")
    with store.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.row_change)).scalar_one() == 0
    assert faults(store) == []


def test_who_has_another_key_can_neither_write_nor_verify(store_url: str) -> None:
    ours, other = create_store(store_url, b"ours" * 8), create_store(store_url, b"others" * 8)
    registered(ours, "1.csv")
    assert faults(ours) == []
    with other.connect() as connection:
        (one,) = faults_of_tables(connection, ["audit_event"])[1]
    assert (one.expected, one.found) == (f"sealed with the key {name_of(b'others' * 8)}", name_of(b"ours" * 8))
    registered(other, "2.csv")
    assert faults(ours) == ["audit_event"]
    ours.dispose()
    other.dispose()


def test_a_store_from_before_the_seals_is_sealed_as_it_is_found(sqlite_url: str) -> None:
    engine = open_store(sqlite_url)
    registered(engine, "1.csv")
    with engine.begin() as connection:
        disarm(connection)
        command.downgrade(alembic_config(connection), "0013")
    migrate(engine)
    assert faults(engine) == []
    registered(engine, "2.csv")
    assert faults(engine) == []
    with engine.begin() as connection:
        connection.execute(update(schema.audit_event).values(actor="li"))
    assert len(faults(engine)) == 2
    engine.dispose()
