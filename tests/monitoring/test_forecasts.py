"""预计 in the refresh: from signed months alone, each series fitted once, the past untouched."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from data_access.books.facts import load_facts
from data_access.books.forecasts import LOCAL_INCOME, Forecast, Key, load_forecasts
from data_access.books.indicators import values_at
from data_access.books.versions import close_month, current_version
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.forecasts import step as step
from monitoring.forecasts.fits import fit
from monitoring.refresh import Refreshed, refresh
from rules.forecast import SCHEDULE, SMOOTHING
from rules.indicators import Value
from tests.small_province import (
    NANJING,
    PROVINCE,
    SCHEME,
    WUXI,
    XUANWU,
    Entry,
    load_entries,
    load_opening,
    load_province,
    load_table,
)

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def province(store: Engine, now: datetime) -> Engine:
    return twenty_months(store, now)


@pytest.fixture
def long_province(sqlite_store: Engine, now: datetime) -> Engine:
    """The same with 玄武's premium of a year more: long enough to be smoothed, which is done outside the store."""
    twenty_months(sqlite_store, now)
    days = [date(2024, month, 5) for month in range(1, 13)]
    entries = [Entry(f"{day}", XUANWU, "premium_current", "collect", day, 10_000) for day in days]
    load_entries(sqlite_store, entries, now)
    return sqlite_store


def twenty_months(store: Engine, now: datetime) -> Engine:
    """Twenty months from January 2025: 100 yuan of premium a month in 玄武 and 梁溪 each, 50 yuan of pension."""
    load_province(store, now)
    load_opening(store, now)
    days = [date(2025 + at // 12, at % 12 + 1, 5) for at in range(20)]
    entries = [
        Entry(f"{region}-{item}-{day}", region, item, movement, day, fen)
        for region in (XUANWU, "320213")
        for item, movement, fen in (("premium_current", "collect", 10_000), ("pension", "pay", 5_000))
        for day in days
    ]
    load_entries(store, entries, now)
    load_table(
        store,
        "plan",
        [
            {
                "scheme": SCHEME,
                "year": 2026,
                "region": region,
                "item": item,
                "version": 0,
                "amount_fen": amount,
                "approval_ref": "苏财社〔2026〕1号",
                "approved_on": date(2026, 1, 10),
            }
            for region in (NANJING, WUXI)
            for item, amount in (("premium_current", 125_000), ("pension", 60_000))
        ],
        now,
    )
    return store


def published(engine: Engine, at: datetime, **options: Any) -> Refreshed:
    return refresh(engine, clock=lambda: at, alerts=False, **options)


def signed(engine: Engine, month: int, now: datetime) -> datetime:
    """Sign a month just after what was published; the instant of the refresh that follows."""
    with writing(engine) as connection:
        version = current_version(connection)
        assert version is not None
        at = version.published_at + timedelta(minutes=1)
        close_month(connection, SCHEME, month, signed_by="签署人", signed_at=at, version=version.id)
    return at + timedelta(minutes=1)


def kept(engine: Engine, version: int | None = None) -> dict[Key, Forecast]:
    with engine.connect() as connection:
        return dict(load_forecasts(connection, SCHEME, version))


def versions(engine: Engine) -> dict[Key, set[int]]:
    table = schema.forecast
    found: dict[Key, set[int]] = {}
    with engine.connect() as connection:
        for row in connection.execute(select(table.c.region, table.c.item, table.c.data_version).distinct()):
            found.setdefault((row.region, row.item), set()).add(row.data_version)
    return found


def value(engine: Engine, code: str, region: str) -> Value:
    with engine.connect() as connection:
        (row,) = values_at(connection, SCHEME, indicators=(code,), regions=(region,))
    return row.value


def test_nothing_is_expected_before_a_month_is_signed(province: Engine, now: datetime) -> None:
    published(province, now)
    assert kept(province) == {}
    now = signed(province, 202607, now)
    published(province, now)
    found = kept(province)
    assert {one.last for one in found.values()} == {202607}
    assert found[XUANWU, LOCAL_INCOME].months[0].month == 202608 and len(found[XUANWU, LOCAL_INCOME].months) == 12


def test_a_steady_year_is_expected_to_end_as_it_went(province: Engine, now: datetime) -> None:
    published(province, now)
    now = signed(province, 202608, now)
    published(province, now)
    forecast = kept(province)[NANJING, LOCAL_INCOME]
    assert forecast.method == SCHEDULE
    assert [one.mean_fen for one in forecast.months] == [10_000] * 12
    # 800 done, 400 to come, 1,250 planned: 96 %, 50 yuan short in each city.
    assert value(province, "completion_forecast", NANJING).value == Decimal("96.00")
    assert value(province, "management_gap_forecast", NANJING).value == Decimal("50.00")
    assert value(province, "management_gap_forecast", PROVINCE).value == Decimal("100.00")
    # 2,000 saved in twenty months, 1,200 more come in the twelve ahead; 100 are spent a month.
    assert value(province, "months_payable_ahead", PROVINCE).value == Decimal("32.0")


def test_a_series_whose_signed_months_are_as_they_were_is_not_fitted_again(
    long_province: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(long_province, now)
    now = signed(long_province, 202608, now)
    published(long_province, now)
    before = kept(long_province)
    started: list[int] = []
    begin = step._start
    monkeypatch.setattr(step, "_start", lambda: started.append(1) or begin())  # type: ignore[func-returns-value]
    # A full refresh, and an entry of a month that is not signed.
    published(long_province, now, full=True)
    load_entries(long_province, [Entry("new", XUANWU, "premium_current", "collect", date(2026, 9, 3), 7)], now)
    published(long_province, now)
    assert (kept(long_province), started) == (before, [])
    # A late entry of a signed month: its region, those above it, and the item it moves; nothing else.
    load_entries(long_province, [Entry("late", XUANWU, "premium_current", "collect", date(2026, 8, 9), 900)], now)
    published(long_province, now)
    again = {key for key, made in versions(long_province).items() if len(made) > 1}
    assert {region for region, _item in again} == {XUANWU, NANJING, PROVINCE}
    assert not {item for _region, item in again} & {"pension", "expenditure_total"}
    assert len(started) == 1


def test_forecasts_leave_the_past_as_it_is(province: Engine, now: datetime) -> None:
    published(province, now)
    with province.connect() as connection:
        before = load_facts(connection, SCHEME)
    now = signed(province, 202608, now)
    published(province, now)
    earlier = kept(province)
    now = signed(province, 202609, now)
    load_entries(province, [Entry("x", XUANWU, "premium_current", "collect", date(2026, 9, 3), 7)], now)
    done = published(province, now)
    with province.connect() as connection:
        after = load_facts(connection, SCHEME)
    assert after.income(PROVINCE).tolist()[:20] == before.income(PROVINCE).tolist()
    assert done.version is not None
    # What an earlier version expected is still known, and all that is expected lies ahead.
    assert kept(province, done.version.id - 1) == earlier
    assert all(ahead.month > one.last for one in kept(province).values() for ahead in one.months)


def test_a_fitting_that_fails_leaves_the_last_version_standing(
    long_province: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = published(long_province, now).version
    now = signed(long_province, 202608, now)
    broken = [sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit(3)"]
    monkeypatch.setattr(
        step, "_start", lambda: subprocess.Popen(broken, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    )
    with pytest.raises(RuntimeError, match="ended with 3"):
        published(long_province, now)
    with long_province.connect() as connection:
        assert current_version(connection) == first
        run = connection.execute(select(schema.refresh_run).order_by(schema.refresh_run.c.id.desc())).first()
    assert run is not None and (run.state, run.step) == ("failed", "forecasts")


# --- fitting


def series(months: int) -> list[int]:
    """Seasons in proportion to a level that wanders: what smoothing follows and a yearly schedule does not."""
    level, amounts = 1_000_000, []
    for at in range(months):
        level += 60_000 if at // 7 % 2 else -35_000
        amounts.append(round(level * (0.8, 0.9, 1, 1, 1, 1.3, 1, 1, 1, 0.9, 0.9, 1.2)[at % 12]))
    return amounts


def test_the_method_that_erred_less_is_taken_and_never_smoothing_under_two_years() -> None:
    assert fit(202612, series(60)).method == SMOOTHING
    assert fit(202612, series(23)).method == SCHEDULE
    steady = [10_000 * (at % 12 + 1) * (at // 12 + 10) for at in range(60)]
    assert fit(202612, steady).method == SCHEDULE


def test_series_too_short_to_be_smoothed_are_answered_without_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(step, "_start")
    short = step.Series(XUANWU, "premium", 202610, tuple(series(29)))
    assert step.fit([short]) == {short.digest: fit(short.last, short.amounts)}
    with pytest.raises(NameError, match="_start"):
        step.fit([short, step.Series(XUANWU, "premium", 202610, tuple(series(30)))])


@pytest.mark.parametrize(
    "amounts",
    [
        [0] * 58,
        [5] * 58,
        [0] * 57 + [7],
        [*series(40), 0, 0, *series(16)],
        [*series(40), -2_000_000, *series(17)],
        [-fen for fen in series(58)],
        [0, 0, 90] * 19,
        [1],
        [10**13 + at % 12 for at in range(58)],
    ],
    ids=[
        "zeros",
        "constant",
        "one month",
        "months missing",
        "a negative month",
        "all negative",
        "quarterly",
        "one",
        "huge",
    ],
)
def test_odd_series_get_twelve_numbers(amounts: list[int]) -> None:
    found = fit(202610, amounts)
    assert len(found.means) == 12
    assert all(abs(mean) < 10**15 for mean in found.means)


def test_the_web_process_does_not_load_the_statistics_library() -> None:
    said = "import app, commands, sys; print('statsmodels' in sys.modules, 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
