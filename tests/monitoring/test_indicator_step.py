"""Indicators follow the ledger: computed step by step they are what a full rebuild computes; nothing is invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, delete

from data_access.books.facts import load_facts
from data_access.books.indicators import IndicatorRow, values_at
from data_access.books.reconciliation import Repeated, load_reconciliation, load_repeated
from data_access.books.versions import FACTS, current_version, reading
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules.indicators import INDICATORS
from tests.small_province import (
    LIANGXI,
    NANJING,
    OWN,
    PROVINCE,
    QINHUAI,
    SCHEME,
    WUXI,
    XUANWU,
    Entry,
    batches,
    load_entries,
    load_opening,
    load_province,
    load_table,
    reversal,
)


@pytest.fixture
def province(store: Engine, now: datetime) -> Engine:
    load_province(store, now)
    load_opening(store, now)
    return store


@pytest.fixture
def sqlite_province(sqlite_store: Engine, now: datetime) -> Engine:
    load_province(sqlite_store, now)
    return sqlite_store


def refreshed(engine: Engine, now: datetime, **options: Any) -> int:
    return refresh(engine, clock=lambda: now, **options).values


def values(engine: Engine, *codes: str, version: int | None = None) -> dict[tuple[str, str, str], IndicatorRow]:
    with reading(engine) as connection:
        rows = values_at(connection, SCHEME, indicators=codes or tuple(INDICATORS), version=version)
    live = {code for code, declared in INDICATORS.items() if declared.period == "live"}
    return {(row.indicator, "" if row.indicator in live else row.period, row.region + row.part): row for row in rows}


def plan(engine: Engine, now: datetime, *rows: tuple[str, str, int, int, str]) -> None:
    """Rows of the 2026 plan: region, item, version, fen, approved on."""
    load_table(
        engine,
        "plan",
        [
            {
                "scheme": SCHEME,
                "year": 2026,
                "region": region,
                "item": item,
                "version": version,
                "amount_fen": fen,
                "approval_ref": "苏财社〔2026〕1号",
                "approved_on": approved,
            }
            for region, item, version, fen, approved in rows
        ],
        now,
    )


def premium(ref: str, region: str, day: date, fen: int) -> Entry:
    return Entry(ref, region, "premium_current", "collect", day, fen)


# --- step by step = all at once


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=batches())
def test_refreshing_batch_by_batch_leaves_a_full_refresh_nothing_to_change(
    sqlite_province: Engine, now: datetime, made: list[list[Entry]]
) -> None:
    province = sqlite_province
    with writing(province) as connection:
        for table in (
            *(table for pair in FACTS for table in pair),
            schema.ledger_entry,
            schema.indicator_value,
            schema.rows_seal,
        ):
            connection.execute(delete(table))
        connection.execute(delete(schema.batch_source))
        connection.execute(delete(schema.import_batch).where(schema.import_batch.c.target == "ledger_entry"))
    for batch in made:
        load_entries(province, batch, now)
        refreshed(province, now)
    step_by_step = values(province)
    assert refreshed(province, now, full=True) == 0
    assert values(province) == step_by_step
    with writing(province) as connection:
        connection.execute(delete(schema.indicator_value))
    refreshed(province, now, full=True)
    at_once = {key: row.value for key, row in values(province).items()}
    assert {key: row.value for key, row in step_by_step.items()} == at_once


def test_the_running_month_moves_with_the_day_and_ended_months_do_not(province: Engine, now: datetime) -> None:
    load_entries(
        province, [premium("1", XUANWU, date(2026, 10, 9), 5), premium("2", XUANWU, date(2026, 11, 9), 5)], now
    )
    plan(province, now, (XUANWU, "premium", 0, 100, "2026-02-20"))
    refreshed(province, now)
    before = values(province, "premium_deviation")
    refreshed(province, now + timedelta(days=1))
    after = values(province, "premium_deviation")
    changed = {key[1] for key, row in after.items() if row != before[key]}
    assert changed == {"2026-11"}


def test_an_opening_a_deposit_or_a_balance_owed_that_comes_late_moves_past_months(
    province: Engine, now: datetime
) -> None:
    entries = [premium(f"{month}", XUANWU, date(2026, month, 9), 5) for month in (8, 9, 10)]
    load_entries(province, [*entries, Entry("l", XUANWU, "", "legacy_transfer", date(2026, 9, 9), 40)], now)
    refreshed(province, now)
    owed = {"owed_fen": 100, "handed_before_fen": 0, "due_on": "2026-01-01", "as_of": "2020-12-31"}
    bank = {"ref": "D-1", "bank": "bank", "rate": "0.03", "starts_on": "2026-08-01", "matures_on": "2027-08-01"}
    for table, row in (
        ("opening_balance", {"account": "provincial", "region": PROVINCE, "amount_fen": 700, "as_of": "2026-07-31"}),
        ("legacy_balance", {"region": XUANWU, **owed}),
        ("deposit", {"region": XUANWU, "account": "legacy_deposit", "amount_fen": 60, **bank}),
    ):
        before = values(province)
        load_table(province, table, [{"scheme": SCHEME, **row}], now)
        refreshed(province, now)
        after = values(province)
        assert {key[1] for key, row in after.items() if before.get(key) != row} >= {"2026-08", "2026-09"}, table
    assert refreshed(province, now, full=True) == 0


# --- what counts where


def test_a_city_is_judged_by_its_own_items_and_the_province_by_all(province: Engine, now: datetime) -> None:
    day = date(2026, 10, 9)
    load_entries(
        province,
        [
            premium("1", XUANWU, day, 30),
            Entry("2", OWN, "interest", "receive", day, 10),
            Entry("3", OWN, "subsidy_local", "receive", day, 500),
            Entry("4", PROVINCE, "subsidy_central", "receive", day, 1000),
        ],
        now,
    )
    plan(
        province,
        now,
        (XUANWU, "premium", 0, 100, "2026-02-20"),
        (OWN, "interest", 0, 100, "2026-02-20"),
        (OWN, "subsidy", 0, 600, "2026-02-20"),
        (PROVINCE, "subsidy_central", 0, 1200, "2026-02-20"),
    )
    refreshed(province, now)
    found = values(province, "income_progress")
    city = found["income_progress", "2026-10", NANJING].value
    assert (city.value, dict(city.inputs)) == (Decimal("20.00"), {"income_fen": 40, "income_plan_fen": 200})
    whole = found["income_progress", "2026-10", PROVINCE].value
    assert whole.inputs["income_fen"] == 1540
    assert found["income_progress", "2026-10", WUXI].value.reason == "no_plan"


def test_an_adjustment_counts_from_the_month_it_is_approved_in(province: Engine, now: datetime) -> None:
    load_entries(
        province, [premium("1", XUANWU, date(2026, 8, 9), 50), premium("2", XUANWU, date(2026, 10, 9), 30)], now
    )
    plan(
        province,
        now,
        (XUANWU, "premium", 0, 100, "2026-03-20"),
        (XUANWU, "premium", 1, 200, "2026-09-30"),
    )
    refreshed(province, now)
    found = values(province, "income_progress")
    shown = [found["income_progress", f"2026-{month:02d}", XUANWU].value.value for month in (8, 9, 10)]
    assert shown == [Decimal("50.00"), Decimal("25.00"), Decimal("40.00")]


def test_months_payable_waits_for_twelve_closed_months(province: Engine, now: datetime) -> None:
    months = [date(2025, number, 5) for number in (11, 12)] + [date(2026, number, 5) for number in range(1, 12)]
    paid = [Entry(f"p{day}", XUANWU, "pension", "pay", day, 100) for day in months]
    load_entries(province, [*paid, Entry("s", PROVINCE, "subsidy_central", "receive", months[0], 5000)], now)
    refreshed(province, now)
    found = values(province, "months_payable")
    shown = {key[1]: (row.value.value, row.value.reason) for key, row in found.items()}
    assert {key[2] for key in found} == {PROVINCE}
    assert shown["2026-09"] == (None, "too_few_months")
    assert shown["2026-10"] == (Decimal("38.0"), None)  # 3,800 left, 100 a month
    # The running month is not closed: its balance is today's, its twelve months end with October.
    assert shown["2026-11"] == (Decimal("37.0"), None)


def test_what_need_not_be_transferred_yet_is_not_held_against_the_region(province: Engine, now: datetime) -> None:
    load_entries(
        province,
        [
            premium("1", XUANWU, date(2026, 10, 26), 100),
            Entry("2", XUANWU, "", "pool", date(2026, 10, 27), 80),
            premium("3", XUANWU, date(2026, 10, 27), 900),  # within the five days up to the month's end
            premium("4", LIANGXI, date(2026, 10, 27), 7),
        ],
        now,
    )
    refreshed(province, now)
    found = values(province, "pooling_rate")
    assert found["pooling_rate", "2026-10", XUANWU].value.value == Decimal("80.00")
    assert found["pooling_rate", "2026-10", LIANGXI].value.reason == "no_denominator"


def test_one_countys_prompt_transfer_does_not_hide_anothers_delay(province: Engine, now: datetime) -> None:
    day = date(2026, 10, 21)
    load_entries(
        province,
        [
            premium("1", XUANWU, day, 100),
            premium("2", QINHUAI, date(2026, 11, 19), 100),
            Entry("3", QINHUAI, "", "pool", date(2026, 11, 20), 100),
        ],
        now,
    )
    refreshed(province, now)
    found = values(province, "pooling_delay")
    ages: dict[str, Any] = {key[2]: row.value.value for key, row in found.items()}
    assert (ages[XUANWU], ages[QINHUAI], ages[NANJING], ages[PROVINCE], ages[WUXI]) == (30, 0, 30, 30, 0)


def test_departments_that_agree_after_unreached_items_show_no_difference(province: Engine, now: datetime) -> None:
    def totals(department: str, *days: tuple[str, int]) -> list[dict[str, object]]:
        return [
            {
                "scheme": SCHEME,
                "region": XUANWU,
                "day": day,
                "department": department,
                "measure": "premium_collected",
                "amount_fen": fen,
            }
            for day, fen in days
        ]

    load_table(
        province,
        "agency_total",
        totals("tax", ("2026-10-09", 600), ("2026-10-10", 400))
        + totals("treasury", ("2026-10-09", 600), ("2026-10-10", 300)),
        now,
    )
    days = (date(2026, 10, 9), 600), (date(2026, 10, 10), 400)
    load_entries(province, [premium(f"own-{fen}", XUANWU, day, fen) for day, fen in days], now)
    refreshed(province, now)
    value = values(province, "reconciliation_difference")["reconciliation_difference", "", PROVINCE].value
    assert (value.value, value.inputs["days_open"]) == (Decimal("100.00"), 1)
    load_table(
        province,
        "unreached_item",
        [
            {
                "scheme": SCHEME,
                "ref": "WD-1",
                "region": XUANWU,
                "recorded_by": "tax",
                "missing_at": "treasury",
                "amount_fen": 100,
                "reason": "次日到账",
                "arose_on": "2026-10-10",
                "cleared_on": None,
            }
        ],
        now,
    )
    refreshed(province, now)
    value = values(province, "reconciliation_difference")["reconciliation_difference", "", PROVINCE].value
    assert (value.value, value.inputs["unreached_fen"]) == (Decimal("0.00"), 100)


def test_what_the_ledger_has_twice_is_a_difference_and_named_until_it_is_reversed(
    province: Engine, now: datetime
) -> None:
    """Of the four departments no one has it twice: only the fund's own book beside them shows it."""
    day, departments = date(2026, 10, 9), ("tax", "treasury", "fiscal", "agency")
    row = {"scheme": SCHEME, "region": XUANWU, "day": day, "measure": "premium_collected", "amount_fen": 1_000}
    load_table(province, "agency_total", [row | {"department": name} for name in departments], now)
    posted = [premium("1", XUANWU, day, 400), premium("2", XUANWU, day, 600)]
    load_entries(province, posted, now)
    refreshed(province, now)
    assert _difference(province) == (Decimal("0.00"), 0, ())
    again = premium("3", XUANWU, day, 400)
    load_entries(province, [again], now)
    refreshed(province, now)
    value, own, repeated = _difference(province)
    assert (value, own) == (Decimal("400.00"), 400)
    assert [(one.region, one.day, one.amount_fen, one.times) for one in repeated] == [(XUANWU, day, 400, 2)]
    load_entries(province, [reversal(again, "4")], now)
    refreshed(province, now)
    assert _difference(province) == (Decimal("0.00"), 0, ())


def _difference(province: Engine) -> tuple[Decimal | None, int, tuple[Repeated, ...]]:
    """The province's difference, how much the ledger has more, and what it has more than once."""
    value = values(province, "reconciliation_difference")["reconciliation_difference", "", PROVINCE].value
    with reading(province) as connection:
        tree, newest = load_facts(connection, SCHEME).tree, current_version(connection)
        assert newest is not None
        books = load_reconciliation(connection, SCHEME, tree, date(2026, 1, 1), newest.id)
        found = books.year_to_date(PROVINCE, date(2026, 11, 20))
        assert found is not None
        repeated = load_repeated(connection, SCHEME, tree.codes, found.first, found.day, newest.id)
    return value.value, found.own_fen, repeated


def test_an_earlier_version_keeps_its_values(province: Engine, now: datetime) -> None:
    plan(province, now, (XUANWU, "premium", 0, 100, "2026-02-20"))
    load_entries(province, [premium("1", XUANWU, date(2026, 10, 9), 50)], now)
    first = refresh(province, clock=lambda: now).version
    assert first is not None
    load_entries(province, [premium("2", XUANWU, date(2026, 10, 9), 5)], now)
    refreshed(province, now)
    key = ("income_progress", "2026-10", XUANWU)
    assert values(province, "income_progress", version=first.id)[key].value.value == Decimal("50.00")
    assert values(province, "income_progress")[key].value.value == Decimal("55.00")


def test_a_change_in_one_county_writes_values_of_its_path_only(province: Engine, now: datetime) -> None:
    load_entries(
        province, [premium("1", XUANWU, date(2026, 10, 9), 50), premium("2", LIANGXI, date(2026, 10, 9), 50)], now
    )
    refreshed(province, now)
    before = values(province)
    load_entries(province, [premium("3", LIANGXI, date(2026, 10, 9), 5)], now)
    refreshed(province, now)
    changed = {row.region for key, row in values(province).items() if before.get(key) != row and not row.part}
    assert changed == {LIANGXI, WUXI, PROVINCE}


def test_what_one_unit_pools_early_does_not_hide_what_another_owes(province: Engine, now: datetime) -> None:
    load_entries(
        province,
        [
            premium("1", XUANWU, date(2026, 10, 9), 100),
            premium("2", XUANWU, date(2026, 10, 30), 50),  # not due in October, and pooled all the same
            Entry("3", XUANWU, "", "pool", date(2026, 10, 30), 150),
            premium("4", LIANGXI, date(2026, 10, 9), 100),
            Entry("5", LIANGXI, "", "pool", date(2026, 10, 12), 60),
        ],
        now,
    )
    refreshed(province, now)
    found = values(province, "pooling_rate")
    shown = {region: found["pooling_rate", "2026-10", region].value for region in (XUANWU, LIANGXI, PROVINCE)}
    assert {region: value.value for region, value in shown.items()} == {
        XUANWU: Decimal("100.00"),
        LIANGXI: Decimal("60.00"),
        PROVINCE: Decimal("80.00"),
    }
    whole = shown[PROVINCE].inputs
    assert (whole["due_fen"], whole["of_due_fen"], whole["overdue_fen"], whole["pooled_fen"]) == (200, 160, 40, 210)
