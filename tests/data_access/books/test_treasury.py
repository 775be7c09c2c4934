"""Money in the treasury 国库: what counts as received and paid out, and since when it waits."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import Connection, Engine, insert

from data_access.books.facts import load_facts
from data_access.books.regions import load_tree
from data_access.books.treasury import load_disbursed, load_received, load_waiting
from data_access.books.versions import current_version
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules.calendar import Waiting
from rules.scheme import load_scheme
from tests.small_province import NANJING, SCHEME, WUXI, XUANWU, Entry, load_entries, load_province, load_table

WINDOW = {202610: (date(2026, 10, 1), date(2026, 10, 31))}


@pytest.fixture
def province(sqlite_store: Engine, now: datetime) -> Engine:
    load_province(sqlite_store, now)
    refresh(sqlite_store, clock=lambda: now)
    return sqlite_store


def daily(scheme: str, region: str, day: date, movement: str, fen: int) -> dict[str, object]:
    return {"scheme": scheme, "region": region, "day": day, "movement": movement, "amount_fen": fen}


def published(connection: Connection, rows: list[dict[str, object]]) -> None:
    version = current_version(connection)
    assert version is not None
    connection.execute(insert(schema.daily_fact), [{**row, "entries": 1, "data_version": version.id} for row in rows])


def test_only_the_schemes_own_receipts_within_the_window_count(province: Engine) -> None:
    rows = [
        daily(SCHEME, XUANWU, date(2026, 10, 1), "collect", 5),
        daily(SCHEME, XUANWU, date(2026, 10, 31), "collect", 7),
        daily(SCHEME, XUANWU, date(2026, 9, 30), "collect", 100),
        daily(SCHEME, XUANWU, date(2026, 10, 9), "pool", 1000),
        daily("jiangsu-work-injury", XUANWU, date(2026, 10, 9), "collect", 10_000),
    ]
    with writing(province) as connection:
        published(connection, rows)
        found = load_received(connection, SCHEME, load_tree(connection, load_scheme(SCHEME)), WINDOW)
    assert (found[XUANWU, 202610], found[NANJING, 202610], found[WUXI, 202610]) == (12, 12, 0)


def test_a_month_is_paid_out_when_the_last_unit_got_its_first_money(province: Engine) -> None:
    rows = [
        daily(SCHEME, XUANWU, date(2026, 10, 5), "disburse", -5),  # a correction brings nothing
        daily(SCHEME, XUANWU, date(2026, 10, 8), "disburse", 10),
        daily(SCHEME, XUANWU, date(2026, 10, 20), "disburse", 10),
        daily(SCHEME, WUXI, date(2026, 10, 6), "disburse", 10),
        daily(SCHEME, WUXI, date(2026, 9, 6), "disburse", 10),
    ]
    with writing(province) as connection:
        published(connection, rows)
        assert load_disbursed(connection, SCHEME, 202610) == {202610: date(2026, 10, 8)}


def test_what_no_receipt_explains_waits_since_the_opening(province: Engine, now: datetime) -> None:
    opening = {"scheme": SCHEME, "account": "treasury", "region": XUANWU, "amount_fen": 5, "as_of": "2026-08-31"}
    load_table(province, "opening_balance", [opening], now)
    load_entries(province, [Entry("1", XUANWU, "premium_current", "collect", date(2026, 10, 21), 3)], now)
    refresh(province, clock=lambda: now)
    with writing(province) as connection:
        held = load_waiting(connection, load_facts(connection, SCHEME), date(2026, 10, 31))
    assert held[NANJING] == Waiting(8, 3 * 10 + 5 * 61)
