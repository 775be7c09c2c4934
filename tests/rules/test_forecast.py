"""预计: the baseline follows earlier years' schedule, intervals hold their means, odd series get an answer."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from rules.calendar import historical_share, month_end
from rules.forecast import HORIZON, Ahead, ahead, balance_ahead, baseline, by_schedule, mase, origins

YEAR = [9, 7, 8, 8, 8, 10, 8, 8, 8, 8, 8, 10]
amounts = st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=60)


def seasonal(months: int, growth: float = 1.05) -> list[int]:
    return [round(1e9 * YEAR[at % 12] * growth ** (at // 12)) for at in range(months)]


@given(months=st.integers(36, 60).filter(lambda count: count % 12), growth=st.floats(0.9, 1.2))
def test_the_baseline_gives_the_rest_of_the_year_its_share_of_earlier_years(months: int, growth: float) -> None:
    series, last = seasonal(months, growth), 202200 + (months - 1) // 12 * 100 + (months - 1) % 12 + 1
    number = last % 100
    done = sum(series[-number:])
    rest = sum(baseline(last, series)[: 12 - number])
    years = {2022 + at: series[at * 12 : at * 12 + 12] for at in range(months // 12)}
    share = historical_share(last, month_end(last), years)
    assert share is not None
    assert done / (done + rest) == pytest.approx(float(share), rel=1e-9)


def test_the_baseline_goes_on_growing_as_the_year_did() -> None:
    series = seasonal(58)
    assert baseline(202610, series) == pytest.approx(seasonal(70)[58:], rel=1e-6)
    # At a year's end the twelve months ahead are the whole of the next one.
    assert baseline(202512, seasonal(48)) == pytest.approx(seasonal(60)[48:], rel=1e-6)


@given(months=st.integers(1, 11))
def test_without_a_closed_year_every_month_is_the_mean_so_far(months: int) -> None:
    series = seasonal(months)
    assert baseline(202200 + months, series) == pytest.approx([sum(series) / months] * HORIZON)


@given(series=amounts)
def test_any_series_has_twelve_months_ahead_whose_intervals_hold_their_means(series: list[int]) -> None:
    fit = by_schedule(202610, series)
    months = ahead(202610, fit)
    assert [one.month for one in months] == [202611, 202612, *range(202701, 202711)]
    total = 0
    for one in months:
        total += one.mean_fen
        assert one.total_fen == total
        if one.low_fen is None or one.high_fen is None:
            assert len(series) < 12 + 3
            continue
        assert one.low_fen <= one.mean_fen <= one.high_fen
        assert one.total_low_fen is not None and one.total_high_fen is not None
        assert one.total_low_fen <= one.total_fen <= one.total_high_fen
    assert fit.mase is None or fit.mase >= 0


@given(series=st.lists(st.integers(0, 10**12), min_size=30, max_size=60))
def test_intervals_do_not_narrow_with_distance(series: list[int]) -> None:
    months = ahead(202610, by_schedule(202610, series))
    widths = [(one.high_fen or 0) - (one.low_fen or 0) for one in months]
    sums = [(one.total_high_fen or 0) - (one.total_low_fen or 0) for one in months]
    assert all(before <= after for before, after in (*pairwise(widths), *pairwise(sums)))


def test_a_balance_may_miss_by_what_comes_and_by_what_is_spent() -> None:
    income = [Ahead(202611, 50, 47, 53, 50, 47, 53)]
    spent = [Ahead(202611, 20, 16, 24, 20, 16, 24)]
    (one,) = balance_ahead(1000, income, spent)
    # The root of 3² + 4².
    assert (one.month, one.mean_fen, one.low_fen, one.high_fen) == (202611, 1030, 1025, 1035)
    unknown = [Ahead(202611, 20, None, None, 20, None, None)]
    assert [(b.mean_fen, b.low_fen, b.high_fen) for b in balance_ahead(1000, income, unknown)] == [(1030, None, None)]


def test_a_series_under_a_year_has_no_interval_and_no_backtest_error() -> None:
    fit = by_schedule(202603, seasonal(11))
    assert (fit.deviations, fit.mase) == (None, None)
    assert not origins(11) and list(origins(13)) == [12] and origins(58) == range(34, 58)


def test_the_backtest_error_is_scaled_by_last_year() -> None:
    series = [*[10] * 12, *[14] * 12]
    # Every month was 4 apart from the year before; an error of 1 is a quarter of that.
    assert str(mase([[1, -1], [1]], series)) == "0.250"
    assert mase([[1.0]], [5] * 24) is None
