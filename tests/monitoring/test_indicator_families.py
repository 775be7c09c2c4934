"""Indicators from statistics, requests and registers: worked on a small province, step by step as all at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import Engine, delete

from data_access.books.indicators import IndicatorRow, values_at
from data_access.books.parameters import set_parameter
from data_access.books.regions import Region, RegionTree
from data_access.books.requests import Requests
from data_access.books.statistics import Statistics
from data_access.books.versions import reading
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.indicators.ledger import median_deviation
from monitoring.indicators.people import Reported
from monitoring.indicators.step import _first_not_due
from monitoring.refresh import refresh
from rules.indicators import INDICATORS
from rules.scheme import load_scheme
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
    load_entries,
    load_opening,
    load_province,
    load_table,
)
from workflows.gap import items as gap_items
from workflows.issues import steps as violation_steps
from workflows.people.accounts import By

PENSION = load_scheme(SCHEME)


@pytest.fixture
def province(store: Engine, now: datetime) -> Engine:
    load_province(store, now)
    load_opening(store, now)
    return store


def values(engine: Engine) -> dict[tuple[str, str, str], IndicatorRow]:
    with reading(engine) as connection:
        rows = values_at(connection, SCHEME, indicators=tuple(INDICATORS))
    live = {code for code, declared in INDICATORS.items() if declared.period == "live"}
    return {(row.indicator, "" if row.indicator in live else row.period, row.region + row.part): row for row in rows}


def shown(engine: Engine, code: str, period: str, region: str) -> str | None:
    found = values(engine)[code, period, region].value
    return found.reason if found.value is None else str(found.value)


def report(engine: Engine, now: datetime, *rows: tuple[str, int, str, int | str]) -> None:
    """Statistics: region, month, measure, value."""
    names = ("scheme", "region", "month", "measure", "value")
    load_table(engine, "statistic", [dict(zip(names, (SCHEME, *row), strict=True), version=0) for row in rows], now)


def request(engine: Engine, now: datetime, *rows: tuple[str, int, int, int | None]) -> None:
    """Requests: region, month, asked, approved."""
    load_table(
        engine,
        "disbursement_request",
        [
            {
                "scheme": SCHEME,
                "month": month,
                "region": region,
                "asked_fen": asked,
                "approved_fen": approved,
                "asked_on": "2026-10-20",
                "approved_on": None if approved is None else "2026-10-25",
            }
            for region, month, asked, approved in rows
        ],
        now,
    )


def premium(ref: str, region: str, day: date, fen: int, item: str = "premium_current") -> Entry:
    return Entry(ref, region, item, "collect", day, fen)


def nothing_left_for_a_full_refresh(engine: Engine, now: datetime) -> None:
    before = {key: row.value for key, row in values(engine).items()}
    assert refresh(engine, clock=lambda: now, full=True).values == 0
    with writing(engine) as connection:
        connection.execute(delete(schema.indicator_value))
    refresh(engine, clock=lambda: now, full=True)
    assert {key: row.value for key, row in values(engine).items()} == before


# --- what is reported beside the ledger


def test_heads_add_up_and_what_is_not_reported_has_no_value(province: Engine, now: datetime) -> None:
    load_entries(province, [premium("1", XUANWU, date(2026, 10, 9), 96)], now)
    refresh(province, clock=lambda: now)
    assert shown(province, "dependency_ratio", "2026-10", PROVINCE) == "no_statistic"
    report(
        province,
        now,
        (XUANWU, 202610, "contributors", 300),
        (XUANWU, 202610, "retirees", 100),
        (LIANGXI, 202610, "contributors", 100),
        (LIANGXI, 202610, "retirees", 100),
        (LIANGXI, 202510, "contributors", 104),
    )
    refresh(province, clock=lambda: now)
    assert shown(province, "dependency_ratio", "2026-10", NANJING) == "3.00"
    assert shown(province, "dependency_ratio", "2026-10", PROVINCE) == "2.00"
    assert shown(province, "dependency_ratio", "2026-10", QINHUAI) == "no_statistic"
    assert shown(province, "contributor_growth", "2026-10", WUXI) == "-3.85"
    assert shown(province, "contributor_growth", "2026-10", XUANWU) == "no_year_ago"
    nothing_left_for_a_full_refresh(province, now)


def test_the_effective_rate_falls_where_less_is_due_than_the_rate_in_force_asks(
    province: Engine, now: datetime
) -> None:
    load_entries(province, [premium("1", XUANWU, date(2026, 10, 9), 229)], now)
    for region, due in ((XUANWU, 229), (QINHUAI, 240)):
        report(
            province,
            now,
            (region, 202610, "wage_base_employer", 1000),
            (region, 202610, "wage_base_flexible", 0),
            (region, 202610, "premium_due", due),
        )
    refresh(province, clock=lambda: now)
    assert shown(province, "effective_rate", "2026-10", XUANWU) == "-1.10"
    assert shown(province, "effective_rate", "2026-10", QINHUAI) == "0.00"
    assert shown(province, "effective_rate", "2026-10", NANJING) == "-0.55"
    # January to September were not reported.
    assert shown(province, "collection_rate", "2026-10", XUANWU) == "no_statistic"


@pytest.mark.parametrize(
    ("month", "employer"), [(202012, "0.14"), (202101, "0.15"), (202112, "0.15"), (202201, "0.16")]
)
def test_a_local_transition_counts_for_its_own_base_until_the_day_it_ends(month: int, employer: str) -> None:
    regions = [
        Region(PROVINCE, "江苏省", "Jiangsu", "province", None, "division"),
        Region("320576", "苏州工业园区", "Suzhou Industrial Park", "county", PROVINCE, "zone"),
        Region(WUXI, "无锡市", "Wuxi", "city", PROVINCE, "division"),
    ]
    tree = RegionTree(PROVINCE, regions)
    own = {
        (region, f"wage_base_{kind}"): {month: Decimal(base)}
        for region, kind, base in (
            ("320576", "employer", 100),
            ("320576", "flexible", 10),
            (WUXI, "employer", 100),
            (WUXI, "flexible", 10),
        )
    }
    reported = Reported(Statistics(tree, own), Requests(tree, {}))
    park = Fraction(employer) * 100 + 8 + 2
    assert reported.at_rates(PENSION, "320576", month) == park
    assert reported.at_rates(PENSION, PROVINCE, month) == park + 16 + 8 + 2


def test_a_pension_raise_shows_against_the_province(province: Engine, now: datetime) -> None:
    paid = [
        Entry(f"{region}{year}", region, "pension", "pay", date(year, 10, 9), fen)
        for region, year, fen in (
            (XUANWU, 2025, 1000),
            (XUANWU, 2026, 1100),
            (LIANGXI, 2025, 3000),
            (LIANGXI, 2026, 3000),
        )
    ]
    load_entries(province, paid, now)
    heads = [(region, month, "retirees", 10) for region in (XUANWU, LIANGXI) for month in (202510, 202610)]
    report(province, now, *heads)
    refresh(province, clock=lambda: now)
    # 10 % less the province's 2.5 %.
    assert shown(province, "pension_per_head_growth", "2026-10", XUANWU) == "7.50"
    assert ("pension_per_head_growth", "2026-10", PROVINCE) not in values(province)
    # The province moves with what another county pays later: every region is compared anew.
    load_entries(province, [Entry("late", LIANGXI, "pension", "pay", date(2026, 10, 12), 300)], now)
    refresh(province, clock=lambda: now)
    assert shown(province, "pension_per_head_growth", "2026-10", XUANWU) == "0.00"
    nothing_left_for_a_full_refresh(province, now)


def test_what_is_due_and_not_paid_counts_once_the_paying_day_has_come(province: Engine, now: datetime) -> None:
    load_entries(province, [Entry("p", XUANWU, "pension", "pay", date(2026, 11, 9), 900)], now)
    report(province, now, (XUANWU, 202611, "pension_due", 1000), (XUANWU, 202611, "pension_held", 30))
    early = datetime(2026, 11, 9, 2, tzinfo=UTC)
    refresh(province, clock=lambda: early)
    assert ("unpaid_due", "2026-11", XUANWU) not in values(province)
    refresh(province, clock=lambda: now)
    assert shown(province, "unpaid_due", "2026-11", XUANWU) == "0.70"


def test_requests_are_compared_with_what_was_paid_and_with_the_account(province: Engine, now: datetime) -> None:
    load_entries(
        province,
        [
            Entry("r", PROVINCE, "subsidy_central", "receive", date(2026, 10, 2), 300),
            Entry("p", XUANWU, "pension", "pay", date(2026, 10, 9), 95),
        ],
        now,
    )
    refresh(province, clock=lambda: now)
    assert shown(province, "account_cover", "", PROVINCE) == "no_request"
    request(province, now, (XUANWU, 202610, 100, 100), (XUANWU, 202611, 120, 120), (LIANGXI, 202612, 900, None))
    refresh(province, clock=lambda: now)
    assert shown(province, "request_deviation", "2026-10", NANJING) == "5.00"
    # December's request is not approved yet, so November's counts.
    assert shown(province, "account_cover", "", PROVINCE) == "2.5"


# --- the ledger


@pytest.mark.parametrize(
    ("scheme", "day", "first"),
    [
        ("jiangsu-pension", date(2026, 10, 31), date(2026, 10, 27)),
        # Shanxi hands up month by month: the whole month's receipts are due five days after it.
        ("shanxi-pension", date(2026, 10, 31), date(2026, 10, 1)),
        ("shanxi-pension", date(2026, 11, 4), date(2026, 10, 1)),
        ("shanxi-pension", date(2026, 11, 5), date(2026, 11, 1)),
    ],
)
def test_what_need_not_be_pooled_yet_follows_the_profiles_rule(scheme: str, day: date, first: date) -> None:
    assert _first_not_due(load_scheme(scheme), day) == first


def test_prepaid_premium_stands_out_against_earlier_years(province: Engine, now: datetime) -> None:
    entries = []
    for year, early in ((2024, 1), (2025, 3), (2026, 12)):
        entries += [premium(f"c{year}", XUANWU, date(year, 1, 9), 100 - early)]
        entries += [premium(f"p{year}", XUANWU, date(year, 1, 9), early, "premium_prepaid")]
    load_entries(province, entries, now)
    refresh(province, clock=lambda: now)
    assert shown(province, "prepaid_share", "2026-01", XUANWU) == "10.00"
    assert shown(province, "prepaid_share", "2025-01", XUANWU) == "too_few_years"
    assert shown(province, "prepaid_share", "2026-01", WUXI) == "too_few_years"


def test_there_is_no_disbursement_day_in_jiangsu(province: Engine, now: datetime) -> None:
    load_entries(province, [Entry("d", XUANWU, "", "disburse", date(2026, 10, 20), 5)], now)
    refresh(province, clock=lambda: now)
    codes = {code for code, _period, _region in values(province)}
    assert not codes & {"disbursement_delay", "reserve_ratio", "rate_gap", "central_net"}


def test_province_only_indicators_exist_at_the_province_alone(province: Engine, now: datetime) -> None:
    load_entries(province, [premium("1", XUANWU, date(2026, 10, 9), 5)], now)
    refresh(province, clock=lambda: now)
    tree_levels = {PROVINCE: "province", NANJING: "city", WUXI: "city", XUANWU: "county", OWN: "county"}
    for code, _period, region in values(province):
        if region in tree_levels:
            assert tree_levels[region] in INDICATORS[code].levels


def test_the_general_gap_is_the_provinces_as_a_whole_and_its_units_one_by_one(province: Engine, now: datetime) -> None:
    load_entries(province, [premium("1", XUANWU, date(2026, 10, 9), 5)], now)
    plans = [(XUANWU, "premium", 70), (XUANWU, "pension", 100), (LIANGXI, "premium", 90), (LIANGXI, "pension", 80)]
    load_table(
        province,
        "plan",
        [
            {
                "scheme": SCHEME,
                "year": 2026,
                "region": region,
                "item": item,
                "version": 0,
                "amount_fen": fen,
                "approval_ref": "苏财社〔2026〕1号",
                "approved_on": "2026-02-20",
            }
            for region, item, fen in plans
        ],
        now,
    )
    refresh(province, clock=lambda: now)
    assert shown(province, "general_gap", "2026-10", NANJING) == "0.30"
    assert shown(province, "general_gap", "2026-10", WUXI) == "0.00"
    assert shown(province, "general_gap", "2026-10", PROVINCE) == "0.20"
    assert shown(province, "general_gap_share", "2026-10", NANJING) == "30.00"
    # What is not planned for has no gap, not one of nothing.
    assert ("general_gap", "2026-10", QINHUAI) not in values(province)
    nothing_left_for_a_full_refresh(province, now)


def test_an_unusual_month_stands_out_after_three_years(province: Engine, now: datetime) -> None:
    entries = []
    for number in range(46):  # from January 2023 to October 2026
        day = date(2023 + number // 12, number % 12 + 1, 9)
        fen = 100_000 + (number * number * 7 % 13) * 100 - (60_000 if number == 45 else 0)
        entries.append(premium(f"m{number}", XUANWU, day, fen))
    # The running month has little yet: that is no anomaly.
    load_entries(province, [*entries, premium("running", XUANWU, date(2026, 11, 2), 7)], now)
    refresh(province, clock=lambda: now)
    found = values(province)
    assert ("series_anomaly", "2025-12", XUANWU + "premium") not in found  # the thirty-sixth month
    assert ("series_anomaly", "2026-11", XUANWU + "premium") not in found
    quiet, loud = (found["series_anomaly", f"2026-{month}", XUANWU + "premium"].value.value for month in ("09", "10"))
    assert quiet is not None and loud is not None and quiet < 3 < 6 < loud


def test_money_in_both_expenditure_accounts_counts(province: Engine, now: datetime) -> None:
    opening = {"scheme": SCHEME, "region": XUANWU, "as_of": "2025-09-30"}
    held = [
        {**opening, "account": one, "amount_fen": fen} for one, fen in (("expenditure", 130), ("city_expenditure", 70))
    ]
    load_table(province, "opening_balance", held, now)
    months = [(2025, month) for month in (10, 11, 12)] + [(2026, month) for month in range(1, 11)]
    load_entries(province, [Entry(f"{y}{m}", XUANWU, "pension", "pay", date(y, m, 9), 10) for y, m in months], now)
    refresh(province, clock=lambda: now)
    # 200 less thirteen months of 10.
    assert shown(province, "expenditure_account_months", "2026-10", XUANWU) == "7.0"


def test_of_deposits_only_those_of_legacy_balances_excuse_what_was_not_handed_over(
    province: Engine, now: datetime
) -> None:
    owed = {"scheme": SCHEME, "region": XUANWU, "as_of": "2020-12-31", "owed_fen": 100, "handed_before_fen": 40}
    load_table(province, "legacy_balance", [{**owed, "due_on": "2025-12-31"}], now)
    days = {"scheme": SCHEME, "region": XUANWU, "bank": "bank", "rate": "0.03"}
    held = [
        {**days, "ref": one, "account": one, "amount_fen": fen, "starts_on": "2026-01-01", "matures_on": matures}
        for one, fen, matures in (("legacy_deposit", 30, "2026-11-01"), ("deposit", 500, "2027-01-01"))
    ]
    load_table(province, "deposit", held, now)
    load_entries(province, [premium("1", XUANWU, date(2026, 11, 9), 5)], now)
    load_entries(province, [premium("2", XUANWU, date(2026, 10, 9), 5)], now)
    refresh(province, clock=lambda: now)
    found = values(province)
    unmatured = [found["legacy_progress", f"2026-{month}", XUANWU].value.inputs["unmatured_fen"] for month in (10, 11)]
    assert unmatured == [30, 0]


def test_a_parameter_that_is_set_moves_past_months_at_the_next_refresh(province: Engine, now: datetime) -> None:
    load_entries(
        province, [premium("1", XUANWU, date(2026, 10, 20), 90), premium("2", XUANWU, date(2026, 10, 30), 10)], now
    )
    refresh(province, clock=lambda: now)
    before = values(province)["pooling_rate", "2026-10", XUANWU].value
    assert before.inputs["not_yet_due_fen"] == 10
    with writing(province) as connection:
        later = now + timedelta(minutes=5)
        set_parameter(connection, SCHEME, "pooling_days", date(2026, 1, 1), "15", "meeting", "system", later)
    refresh(province, clock=lambda: now + timedelta(minutes=10))
    after = values(province)["pooling_rate", "2026-10", XUANWU].value
    assert after.inputs["not_yet_due_fen"] == 100


def test_the_median_deviation_is_the_middle_distance_from_the_middle() -> None:
    assert median_deviation([1, 1, 2, 2, 4, 6, 9]) == 1
    assert median_deviation([5, 5]) == 0
    assert median_deviation([0, 10]) == 5


# --- registers


def test_an_assessed_item_of_the_gap_register_makes_a_version_and_a_value(province: Engine, now: datetime) -> None:
    load_entries(province, [premium(f"{month}", XUANWU, date(2026, month, 9), 5) for month in (8, 9, 10)], now)
    refresh(province, clock=lambda: now)
    assert shown(province, "management_gap", "2026-10", NANJING) == "0.00"
    by = By("p-monitor", "王", "social", datetime(2026, 10, 5, tzinfo=UTC))
    inputs = {"kind": "added_items", "paid_fen": 1234}
    with writing(province) as connection:
        item = gap_items.register(connection, PENSION, 2026, gap_items.Finding(XUANWU, inputs, "事由", "依据"), by)
    assert refresh(province, clock=lambda: now).version is not None
    assert shown(province, "management_gap", "2026-10", NANJING) == "0.00", "a lead may come to nothing"
    with writing(province) as connection:
        gap_items.assess(connection, PENSION, item, inputs, by)
    assert refresh(province, clock=lambda: now).version is not None
    assert shown(province, "management_gap", "2026-10", NANJING) == "12.34"
    assert shown(province, "management_gap", "2026-09", NANJING) == "0.00"
    assert shown(province, "management_gap", "2026-10", WUXI) == "0.00"
    assert refresh(province, clock=lambda: now).version is None, "nothing changed since"
    nothing_left_for_a_full_refresh(province, now)


def test_a_problem_past_its_deadline_counts_until_it_is_put_right(province: Engine, now: datetime) -> None:
    months = [date(2025, 10 + number, 9) for number in range(3)] + [date(2026, number, 9) for number in range(1, 11)]
    load_entries(province, [Entry(f"p{day}", XUANWU, "pension", "pay", day, 1000) for day in months], now)
    by = By("p-monitor", "王", "social", datetime(2026, 9, 1, tzinfo=UTC))
    found = violation_steps.NewIssue(
        region=XUANWU,
        department="social",
        origin="audit",
        side="supervision",
        category="死亡后领取",
        title="死亡后领取",
        found_on=date(2026, 8, 20),
        amount_fen=50,
        evidence="审计报告",
    )
    with writing(province) as connection:
        problem = violation_steps.register(connection, SCHEME, found, by)
        said = violation_steps.StepDetails("核实", amount_fen=40, due_on=date(2026, 9, 20))
        problem = violation_steps.verify(connection, problem, said, by)
        violation_steps.recover(
            connection, problem, violation_steps.StepDetails("追回", document="凭证1", amount_fen=30), by
        )
    refresh(province, clock=lambda: now)
    assert shown(province, "recovery_rate", "2026-10", NANJING) == "75.00"
    assert shown(province, "recovery_rate", "2026-08", NANJING) == "no_denominator", "the deadline was not over"
    assert shown(province, "open_violations_share", "2026-10", PROVINCE) == "5.00"
    assert ("recovery_rate", "2026-10", WUXI) not in values(province), "nothing to recover there"
    nothing_left_for_a_full_refresh(province, now)
