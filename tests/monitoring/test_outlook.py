"""中长期测算 in the refresh: from closed years alone, computed where something changed, never in the way of a publication."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from data_access.books.indicators import values_at
from data_access.books.outlook.results import BACKTEST, FAILED, MID, StoredRun, load_runs
from data_access.books.parameters import set_parameter
from data_access.books.versions import close_month, current_version
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.refresh import refresh
from rules.indicators import Value
from rules.projection import cohort_projection, totals_projection
from tests.small_province import PROVINCE, SCHEME, XUANWU, Entry, load_entries, load_opening, load_province, load_table
from workflows.outlook.assumptions import from_json
from workflows.outlook.runs import case_of, projected, stress_of, tested as stress_result
from workflows.outlook.scenarios import load_scenarios, save_scenario

WAN = 1_000_000  # fen
# 100 men of 40 pay on 5,000 yuan a month, 24 % of it: 1,440,000 yuan are due a year; 98 % of it came in.
PREMIUM_A_MONTH = 1_176 * WAN // 100
# 20 men of 70 draw 3,000 yuan a month.
PENSION_A_MONTH = 6 * WAN


def structure(year: int, contributors: Mapping[int, int], retirees: Mapping[int, int]) -> list[dict[str, object]]:
    return [
        {
            "scheme": SCHEME,
            "year": year,
            "region": PROVINCE,
            "insured_group": "employee_male",
            "age": age,
            "contributors": contributors.get(age, 0),
            "retirees": retirees.get(age, 0),
            "mean_base_fen": 500_000 if age in contributors else 0,
            "mean_pension_fen": (360_000 if age < 65 else 300_000) if age in retirees else 0,
        }
        for age in sorted({*contributors, *retirees})
    ]


def mortality(ages: range = range(20, 91)) -> list[dict[str, object]]:
    return [{"name": "生命表", "sex": "m", "age": age, "q": "0.01", "source": "手工"} for age in ages]


def ledger(engine: Engine, now: datetime) -> Engine:
    """A year of premium and pensions, and ten months of the next."""
    load_province(engine, now)
    load_opening(engine, now)
    days = [date(2025 + at // 12, at % 12 + 1, 5) for at in range(22)]
    entries = [
        Entry(f"{item}-{day}", XUANWU, item, movement, day, fen)
        for item, movement, fen in (
            ("premium_current", "collect", PREMIUM_A_MONTH),
            ("pension", "pay", PENSION_A_MONTH),
            ("subsidy_central", "receive", 100),
        )
        for day in days
    ]
    load_entries(engine, entries, now)
    return engine


@pytest.fixture
def province(store: Engine, now: datetime) -> Engine:
    load_table(ledger(store, now), "mortality_table", mortality(), now)
    load_table(store, "population_structure", structure(2025, {40: 100}, {70: 20}), now)
    return store


def published(engine: Engine, at: datetime, **options: Any) -> None:
    refresh(engine, clock=lambda: at, alerts=False, **options)


def signed(engine: Engine, now: datetime, month: int = 202512) -> datetime:
    """Publish, sign a month and publish again; the instant after."""
    published(engine, now)
    at = now + timedelta(minutes=1)
    with writing(engine) as connection:
        version = current_version(connection)
        assert version is not None
        close_month(connection, SCHEME, month, signed_by="签署人", signed_at=at, version=version.id)
    published(engine, at + timedelta(minutes=1))
    return at + timedelta(minutes=2)


def runs(engine: Engine, assumption_set: int = 0) -> dict[str, StoredRun]:
    with engine.connect() as connection:
        return dict(load_runs(connection, SCHEME, None, assumption_set))


def written(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(select(schema.outlook_run.c.variant)).all())


def value(engine: Engine, code: str) -> Value:
    with engine.connect() as connection:
        (row,) = values_at(connection, SCHEME, indicators=(code,), regions=(PROVINCE,))
    assert row.period == "2025-12"
    return row.value


def test_nothing_is_projected_before_a_year_is_closed(province: Engine, now: datetime) -> None:
    published(province, now)
    assert runs(province) == {}
    signed(province, now + timedelta(minutes=1), 202511)
    assert runs(province) == {}


def test_the_case_is_what_the_books_hold(province: Engine, now: datetime) -> None:
    signed(province, now)
    found = runs(province)
    assert found.keys() == {
        variant + ending for variant in ("low", "mid", "high", "stress") for ending in ("", ".original")
    }
    case = case_of(found[MID].made)
    assert isinstance(case, cohort_projection.Case)
    (group,) = case.groups
    assert (case.base_year, case.horizon) == (2025, 30)
    assert case.opening_fen == 12 * (PREMIUM_A_MONTH - PENSION_A_MONTH + 100)
    assert case.base_wage_yuan == 60_000 and case.assumptions.collection == Decimal("0.98")
    assert (group.rate, group.replacement, group.pension_yuan) == (Decimal("0.24"), Decimal("0.6"), Decimal(36_000))
    assert group.contributors == {"40": 100} and group.retirees == {"70": 20}
    # Nothing is known of the year before: who dies is replaced, at the youngest ages there are.
    assert (group.entrants, group.entry_ages) == (Decimal(1), {"40": Decimal(1)})
    assert [(other.code, other.side, other.amount_yuan) for other in case.others] == [
        ("subsidy", "income", Decimal(12))
    ]
    basis = from_json(found[MID].made.basis or "")
    collection = basis.assumption("collection")
    assert collection is not None and (collection.status, collection.source) == ("measured", "2025")
    retirement = basis.assumption("retirement")
    assert retirement is not None and retirement.status == "enacted" and retirement.values == ("statutory",)
    assert basis.structure_year == 2025 and basis.mortality == ("生命表", "手工") and basis.entrants_of is None
    assert basis.beyond_reported == {}
    assert [(one.code, *one.values, one.status) for one in basis.rates] == [
        ("employer_rate", "0.16", "enacted"),
        ("employee_rate", "0.08", "enacted"),
        ("flexible_rate", "0.2", "enacted"),
    ]
    assert basis.open == 9


def test_a_structure_is_told_beside_the_statistics_of_its_month(province: Engine, now: datetime) -> None:
    measures = {"contributors": 101, "retirees": 20}
    rows = [
        {"scheme": SCHEME, "region": XUANWU, "month": 202512, "measure": measure, "version": 0, "value": heads}
        for measure, heads in measures.items()
    ]
    load_table(province, "statistic", rows, now)
    signed(province, now)
    assert from_json(runs(province)[MID].made.basis or "").beyond_reported == {"contributors": -1, "retirees": 0}


def test_the_set_follows_from_the_case(province: Engine, now: datetime) -> None:
    signed(province, now)
    found = {variant: run.made for variant, run in runs(province).items()}
    low, mid, high = (projected(found[variant]).years[-1].closing_fen for variant in ("low", "mid", "high"))
    assert low < mid < high
    assert case_of(found["mid.original"]).assumptions.retirement == "original"  # type: ignore[union-attr]
    stressed = stress_result(found["stress"])
    assert stressed.base.balance_30_fen == mid
    asked = [shock.code for shock in stress_of(found["stress"]).shocks]
    assert [outcome.code for outcome in stressed.shocks] == asked and asked[-1] == "collection_point"
    # In reverse: five and ten years before it is used up under mid.
    exhausted = projected(found["mid"]).exhausted
    assert exhausted is not None
    asked_by = [one.exhausted_by for one in stress_of(found["stress"]).reverse]
    assert asked_by == [exhausted.year - 5, exhausted.year - 10]
    # Where the reform is off already, taking it away is no shock.
    assert {*asked} - {shock.code for shock in stress_of(found["stress.original"]).shocks} == {"retirement"}


def test_new_contributors_are_those_of_the_last_year(province: Engine, now: datetime) -> None:
    # 90 of 39 and 8 of 49 in 2024: of the 90 some 0.9 died, ten came; two of the older left.
    load_table(province, "population_structure", structure(2024, {39: 90, 49: 8}, {69: 20}), now)
    load_table(province, "population_structure", structure(2025, {20: 4, 50: 6, 55: 3}, {}), now)
    signed(province, now)
    case = case_of(runs(province)[MID].made)
    assert isinstance(case, cohort_projection.Case)
    (group,) = case.groups
    # Mortality is a hundredth less each year. 113 − 98 × 0.9901 = 15.97; 4 at 20 and 100 − 89.109 = 10.891 at 40. The three
    # of 55 came, too, but nobody enters so late year after year.
    assert group.entrants == 16
    assert group.entry_ages == {"20": Decimal("0.268619"), "40": Decimal("0.731381")}


def test_premium_beyond_what_was_due_is_an_income_of_its_own(province: Engine, now: datetime) -> None:
    # Another 172,800 yuan make 1,584,000, a tenth more than was due; a refund made other expenditure less than nothing.
    arrears = Entry("arrears", XUANWU, "premium_arrears", "collect", date(2025, 12, 1), 17_280_000)
    refund = Entry("refund", XUANWU, "other_expenditure", "recover", date(2025, 12, 1), 70_000)
    load_entries(province, [arrears, refund], now)
    signed(province, now)
    case = case_of(runs(province)[MID].made)
    assert case.assumptions.collection == 1
    others = {other.code: (other.side, other.amount_yuan) for other in case.others}
    assert others["premium_beyond"] == ("income", Decimal(144_000))
    assert others["other_expenditure"] == ("income", Decimal(700))
    # The first year begins where the last one ended: premium of 100 men and what came beyond it, both 3 % more.
    first = projected(runs(province)[MID].made).years[0]
    assert first.income_yuan == pytest.approx(1.03 * (1_440_000 + 144_000 + 700 + 12), rel=1e-4)


def test_first_pensions_are_those_of_who_retired_lately(province: Engine, now: datetime) -> None:
    load_table(province, "population_structure", structure(2025, {}, {61: 5}), now)
    signed(province, now)
    (group,) = case_of(runs(province)[MID].made).groups  # type: ignore[union-attr]
    # 3,600 yuan of a base of 5,000; all 25 draw 3,120 a month in the mean.
    assert (group.replacement, group.pension_yuan) == (Decimal("0.72"), Decimal(37_440))


def test_three_years_ago_is_projected_from_what_was_known_then(sqlite_store: Engine, now: datetime) -> None:
    load_province(sqlite_store, now)
    load_opening(sqlite_store, now)
    days = [date(year, month, 5) for year in range(2022, 2026) for month in range(1, 13)]
    entries = [
        Entry(f"{item}-{day}", XUANWU, item, movement, day, fen)
        for item, movement, fen in (
            ("premium_current", "collect", PREMIUM_A_MONTH),
            ("pension", "pay", PENSION_A_MONTH),
        )
        for day in days
    ]
    load_entries(sqlite_store, entries, now)
    load_table(sqlite_store, "mortality_table", mortality(), now)
    for year in (2022, 2025):
        load_table(sqlite_store, "population_structure", structure(year, {40: 100}, {70: 20}), now)
    signed(sqlite_store, now)
    back = case_of(runs(sqlite_store)[BACKTEST].made)
    assert (back.base_year, back.horizon) == (2022, 3)
    assert back.opening_fen == 12 * (PREMIUM_A_MONTH - PENSION_A_MONTH)
    # At the end of 2022 nobody knew of the reform, and the last adjustment was 4 %.
    assert back.assumptions.retirement == "original"  # type: ignore[union-attr]
    assert back.assumptions.adjustment == (Decimal("0.04"),)
    assert projected(runs(sqlite_store)[BACKTEST].made).years[-1].year == 2025


def test_a_refresh_without_news_computes_nothing(province: Engine, now: datetime) -> None:
    now = signed(province, now)
    before = written(province)
    load_entries(province, [Entry("later", XUANWU, "pension", "pay", date(2026, 11, 5), 1)], now)
    published(province, now)
    published(province, now + timedelta(minutes=1), full=True)
    assert written(province) == before


def test_a_parameter_set_is_told_with_who_set_it(province: Engine, now: datetime) -> None:
    now = signed(province, now)
    before = runs(province)
    with writing(province) as connection:
        day = date(2026, 1, 1)
        set_parameter(connection, SCHEME, "outlook_wage_growth", day, "[0.05, -0.01]", "省定", "管理员", now)
    load_entries(province, [Entry("later", XUANWU, "pension", "pay", date(2026, 11, 5), 1)], now)
    published(province, now + timedelta(minutes=1))
    after = runs(province)
    assert case_of(after[MID].made).assumptions.wage_growth == (Decimal("0.05"), Decimal("-0.01"))
    told = from_json(after[MID].made.basis or "").assumption("wage_growth")
    assert told is not None and (told.source, told.set_by, told.set_at) == ("省定", "管理员", now)
    assert all(after[variant].data_version > before[variant].data_version for variant in before)


def test_a_parameter_counts_from_its_day_on(province: Engine, now: datetime) -> None:
    now = signed(province, now)
    day = now.date() + timedelta(days=3)
    with writing(province) as connection:
        set_parameter(connection, SCHEME, "outlook_wage_growth", day, "[0.05]", "省定", "管理员", now)
    published(province, now + timedelta(minutes=1), full=True)
    assert case_of(runs(province)[MID].made).assumptions.wage_growth == (Decimal("0.03"),)
    published(province, now + timedelta(days=2))
    assert case_of(runs(province)[MID].made).assumptions.wage_growth == (Decimal("0.03"),)
    published(province, now + timedelta(days=3))
    assert case_of(runs(province)[MID].made).assumptions.wage_growth == (Decimal("0.05"),)


def test_collection_is_measured_at_the_rates_of_its_year(province: Engine, now: datetime) -> None:
    now = signed(province, now)
    # What documents lay down cannot be set; the row stands for a profile whose rate falls after the year.
    row = {"scheme": SCHEME, "code": "employer_rate", "starts_on": date(2026, 1, 1), "value": "0.14"}
    with writing(province) as connection:
        connection.execute(insert(schema.parameter).values(**row, reason="试", set_at=now, set_by="试"))
    published(province, now + timedelta(minutes=1), full=True)
    case = case_of(runs(province)[MID].made)
    assert isinstance(case, cohort_projection.Case)
    assert case.groups[0].rate == Decimal("0.22") and case.assumptions.collection == Decimal("0.98")


def test_what_cannot_be_projected_holds_up_no_publication(province: Engine, now: datetime) -> None:
    now = signed(province, now)
    before = runs(province)[MID]
    # A structure with an age that the mortality table does not know.
    load_table(province, "population_structure", structure(2025, {17: 1}, {}), now)
    published(province, now)
    with province.connect() as connection:
        version = current_version(connection)
    assert version is not None and version.published_at == now
    found = runs(province)
    assert found[MID] == before and found[FAILED].data_version == version.id
    told = json.loads(found[FAILED].made.result)
    assert (told["code"], told["name"], told["sex"], told["ages"]) == ("mortality_incomplete", "生命表", "m", "17–19")
    load_table(province, "mortality_table", mortality(range(17, 20)), now)
    published(province, now + timedelta(minutes=1))
    found = runs(province)
    assert found[FAILED].made.result == "" and found[MID].data_version > before.data_version


def test_without_a_structure_totals_are_carried_on(store: Engine, now: datetime) -> None:
    ledger(store, now)
    signed(store, now)
    told = json.loads(runs(store)[FAILED].made.result)
    assert runs(store).keys() == {FAILED} and (told["code"], told["year"]) == ("no_heads", 2025)
    measures = {"contributors": 100, "retirees": 20, "premium_due": 12 * WAN, "wage_base_employer": 50 * WAN}
    rows = [
        {"scheme": SCHEME, "region": XUANWU, "month": month, "measure": measure, "version": 0, "value": number}
        for measure, number in measures.items()
        for month in range(202501, 202513)
    ]
    load_table(store, "statistic", rows, now)
    published(store, now + timedelta(minutes=9))
    found = runs(store)
    assert found.pop(FAILED).made.result == ""
    assert found.keys() == {"low", "mid", "high", "stress"}
    case = case_of(found[MID].made)
    assert isinstance(case, totals_projection.Case)
    assert (case.contributors, case.retirees, case.rate) == (Decimal(100), Decimal(20), Decimal("0.24"))
    assert (case.base_wage_yuan, case.pension_yuan) == (Decimal(60_000), Decimal(36_000))
    assert case.assumptions.collection == Decimal("0.98")
    basis = from_json(found[MID].made.basis or "")
    assert basis.structure_year is None and basis.assumption("retirement") is None


def test_a_year_without_a_structure_leaves_nothing_of_the_year_before_it(province: Engine, now: datetime) -> None:
    now = signed(province, now)
    assert runs(province)["mid.original"].made.rule
    measures = {"contributors": 100, "retirees": 20, "premium_due": 12 * WAN, "wage_base_employer": 50 * WAN}
    rows = [
        {"scheme": SCHEME, "region": XUANWU, "month": month, "measure": measure, "version": 0, "value": number}
        for measure, number in measures.items()
        for month in range(202501, 202513)
    ]
    load_table(province, "statistic", rows, now)
    with writing(province) as connection:
        structures = schema.population_structure
        connection.execute(update(structures).values(ended_by=structures.c.batch))
    published(province, now + timedelta(minutes=1))
    found = runs(province)
    assert found[MID].made.rule == "totals_projection"
    assert {variant for variant, run in found.items() if run.made.rule} == {"low", "mid", "high", "stress"}


def test_scenarios_follow_the_base(province: Engine, now: datetime) -> None:
    now = signed(province, now)
    with writing(province) as connection:
        version = current_version(connection)
        assert version is not None
        number = save_scenario(
            connection, SCHEME, "低征缴", {"collection": "90"}, "试算", ("login", "姓名"), version.id, now
        )
    before = runs(province, number)[MID]
    load_table(province, "population_structure", structure(2025, {30: 10}, {}), now)
    published(province, now + timedelta(minutes=1))
    after = runs(province, number)[MID]
    assert after.data_version > before.data_version
    case = case_of(after.made)
    assert case.assumptions.collection == Decimal("0.9") and case.groups[0].contributors["30"] == 10  # type: ignore[union-attr]
    with province.connect() as connection:
        assert [one.name for one in load_scenarios(connection, SCHEME)] == ["低征缴"]


def test_a_scenario_that_fits_the_base_no_longer_holds_up_no_publication(province: Engine, now: datetime) -> None:
    now = signed(province, now)
    with writing(province) as connection:
        version = current_version(connection)
        assert version is not None
        given = {"collection": "90"}
        number = save_scenario(connection, SCHEME, "低征缴", given, "试算", ("login", "姓名"), version.id, now)
        value_of_it = schema.assumption_value.c.assumption_set == number
        connection.execute(update(schema.assumption_value).where(value_of_it).values(value="2"))
    before = runs(province, number)[MID]
    load_table(province, "population_structure", structure(2025, {30: 10}, {}), now)
    published(province, now + timedelta(minutes=1))
    assert runs(province)[MID].computed_at == now + timedelta(minutes=1)
    assert runs(province, number)[MID] == before


def test_the_indicators_are_of_the_year_that_was_closed(province: Engine, now: datetime) -> None:
    # Pensions that no premium covers: twice as many retirees.
    load_table(province, "population_structure", structure(2025, {}, {71: 80}), now)
    signed(province, now)
    result = projected(runs(province)[MID].made)
    assert result.exhausted is not None
    months = (result.exhausted.year - 2026) * 12 + result.exhausted.month
    found = value(province, "exhaustion_years")
    assert found.inputs == {"horizon_years": 30, "months_left": months} and found.value == round(
        Decimal(months) / 12, 1
    )
    gap = value(province, "balanced_rate_gap")
    assert gap.value is not None and gap.value > 0 and gap.inputs["rate"] == Decimal("0.24")
