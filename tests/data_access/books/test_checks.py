"""Every check finds the mistake it is there for, and only that one."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import Engine, text

from data_access.books.checks import Check, run_checks
from data_access.books.versions import close_month, reading
from data_access.store.engine import writing
from monitoring.refresh import refresh
from tests.small_province import (
    NANJING,
    OWN,
    SCHEME,
    XUANWU,
    Entry,
    load_entries,
    load_opening,
    load_province,
    load_table,
    reversal,
)
from tests.stores import made_once

COLLECTED = Entry("1", XUANWU, "premium_current", "collect", date(2026, 10, 9), 50)
POOLED = Entry("2", XUANWU, "", "pool", date(2026, 10, 10), 30)


@pytest.fixture
def published(store: Engine, now: datetime) -> Engine:
    made_once(store, ("checked", now), lambda: _publish(store, now))
    return store


def _publish(store: Engine, now: datetime) -> None:
    load_province(store, now)
    load_opening(store, now)
    load_entries(store, [COLLECTED, POOLED], now)
    version = refresh(store, clock=lambda: now).version
    assert version is not None
    with writing(store) as connection:
        close_month(connection, SCHEME, 202610, signed_by="李某某", signed_at=now, version=version.id)
    load_entries(store, [reversal(COLLECTED, "3")], now)
    refresh(store, clock=lambda: now)


def outcome(engine: Engine) -> dict[str, Check]:
    with reading(engine) as connection:
        return {check.code: check for check in run_checks(connection)}


def failed(engine: Engine) -> set[str]:
    return {code for code, check in outcome(engine).items() if not check.passed}


def test_a_sound_store_passes_and_everything_was_compared(published: Engine) -> None:
    checks = outcome(published)
    assert failed(published) == set()
    # Nine regions, one month; the current version and the signed one.
    assert checks["balances"].compared == 2 * 9
    assert checks["versions"].compared == 2 + 2
    assert checks["rollup"].compared > 0 and checks["facts"].compared > 0


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("UPDATE ledger_entry SET amount_fen = 51 WHERE source_ref = '1'", {"rollup", "deliveries"}),
        ("DELETE FROM ledger_entry WHERE source_ref = '2'", {"rollup", "versions", "deliveries"}),
        ("UPDATE monthly_fact SET entries = entries + 1", {"facts"}),
        ("UPDATE daily_change SET amount_fen = amount_fen + 1", {"rollup", "facts"}),
        ("DELETE FROM account_fact WHERE account = 'treasury'", {"balances", "facts"}),
        ("UPDATE refresh_run SET state = 'failed' WHERE id = 1", {"versions"}),
    ],
)
def test_damage_is_found_where_it_is(published: Engine, damage: str, expected: set[str]) -> None:
    with writing(published) as connection:
        connection.execute(text(damage))
    assert failed(published) == expected


def plan(item: str, region: str, fen: int) -> dict[str, object]:
    return {
        "scheme": SCHEME,
        "year": 2026,
        "region": region,
        "item": item,
        "version": 0,
        "amount_fen": fen,
        "approval_ref": "苏财社〔2026〕1号",
        "approved_on": "2026-02-20",
    }


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([plan("premium", XUANWU, 100), plan("premium_current", XUANWU, 99)], f"{SCHEME} 2026 {XUANWU} premium"),
        (
            [plan("premium", NANJING, 100), plan("premium", XUANWU, 60), plan("premium", OWN, 41)],
            f"{SCHEME} 2026 {NANJING} premium",
        ),
    ],
)
def test_a_plan_that_is_not_the_sum_of_its_parts_is_named(
    published: Engine, now: datetime, rows: list[dict[str, object]], where: str
) -> None:
    load_table(published, "plan", rows, now)
    refresh(published, clock=lambda: now)
    check = outcome(published)["plans"]
    assert {difference.where for difference in check.differences} == {where}


def test_a_plan_given_for_a_part_only_is_no_mistake(published: Engine, now: datetime) -> None:
    load_table(published, "plan", [plan("premium", XUANWU, 60), plan("interest", OWN, 41)], now)
    refresh(published, clock=lambda: now)
    assert failed(published) == set()


def test_a_plan_within_a_plan_unit_is_named(published: Engine, now: datetime) -> None:
    load_table(published, "plan", [plan("premium", XUANWU, 60), plan("premium", OWN, 41)], now)
    refresh(published, clock=lambda: now)
    assert failed(published) == set() and outcome(published)["plan_units"].compared > 2
    with writing(published) as connection:
        connection.execute(text(f"UPDATE region SET level = 'district' WHERE code = '{XUANWU}'"))
    assert f"{SCHEME} 2026 {XUANWU}" in {one.where for one in outcome(published)["plan_units"].differences}


def test_a_provinces_plan_that_is_more_than_its_units_and_its_own_is_named(published: Engine, now: datetime) -> None:
    rows = [plan("premium", "320000", 100), plan("premium", XUANWU, 60), plan("subsidy", "320000", 7)]
    load_table(published, "plan", rows, now)
    refresh(published, clock=lambda: now)
    (first, _adjusted) = outcome(published)["plan_units"].differences
    assert (first.where, first.expected, first.found) == (f"{SCHEME} 2026 income", "107", "67")


def test_a_book_that_differs_from_the_others_is_named_with_region_month_and_department(published: Engine) -> None:
    assert outcome(published)["books"].compared == 0
    with writing(published) as connection:
        for department in ("tax", "treasury", "fiscal", "agency"):
            statement = f"""INSERT INTO agency_total SELECT scheme, region, business_date, '{department}',
                'premium_collected', amount_fen, batch, NULL, NULL FROM ledger_entry WHERE source_ref = '1'"""
            connection.execute(text(statement))
    check = outcome(published)["books"]
    assert (check.compared, check.failed) == (1, 0)
    with writing(published) as connection:
        connection.execute(
            text("UPDATE daily_change SET amount_fen = 51 WHERE movement = 'collect' AND amount_fen = 50")
        )
    check = outcome(published)["books"]
    assert not check.passed and not check.at_fault, "people clear it, the store is what was delivered"
    (one,) = check.differences
    assert (one.where, one.found) == (f"{SCHEME} {XUANWU} 202610", "ledger 51")
    assert one.expected == "tax 50, treasury 50, fiscal 50, agency 50"


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        (f"value = '59.99' WHERE region = '{XUANWU}'", f"{XUANWU} pooling_rate"),
        # What a unit lacks does not vanish in the sum above it.
        ("inputs = REPLACE(inputs, '\"overdue_fen\": 20', '\"overdue_fen\": 19') WHERE region = '320000'",
         "320000 pooling_rate.overdue_fen"),
    ],
)  # fmt: skip
def test_an_indicator_that_is_not_its_formula_or_its_units_sum_is_named(
    published: Engine, damage: str, where: str
) -> None:
    assert outcome(published)["indicators"].passed and outcome(published)["indicators"].compared > 10
    with writing(published) as connection:
        connection.execute(text(f"UPDATE indicator_value SET {damage} AND indicator = 'pooling_rate'"))
    assert {one.where for one in outcome(published)["indicators"].differences} == {f"{SCHEME} 2026-10 {where}"}
