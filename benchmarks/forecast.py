"""How long forecasts take: 100 regions × 2 series, against the baseline alone and a plain loop over the library.

``python -m benchmarks.forecast``; the ratios hold within the one run.
"""

from __future__ import annotations

import warnings

import numpy as np
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from benchmarks.measured import Measured, best, table
from monitoring.forecasts.step import Series, fit
from rules.forecast import HORIZON, by_schedule

REGIONS, ITEMS, MONTHS, LAST = 100, ("local_income", "expenditure_total"), 58, 202610


def made() -> list[Series]:
    """Seeded series with seasons, growth and noise."""
    random = np.random.default_rng(20261120)
    season = np.array([9, 7, 8, 8, 8, 10, 8, 8, 8, 8, 8, 10]) / 100
    found = []
    for region in range(REGIONS):
        for item in ITEMS:
            level = random.uniform(1e9, 1e12) * 1.05 ** (np.arange(MONTHS) / 12)
            amounts = level * np.resize(season, MONTHS) * random.normal(1, 0.03, MONTHS)
            found.append(Series(str(region), item, LAST, tuple(int(fen) for fen in amounts)))
    return found


def plain(series: list[Series]) -> None:
    """What a script would do: the library's own estimate of everything, one series after another, no backtest."""
    for one in series:
        scaled = np.asarray(one.amounts, float) / max(one.amounts)
        ETSModel(scaled, error="add", trend="add", damped_trend=True, seasonal="add", seasonal_periods=12).fit(
            disp=False
        ).forecast(HORIZON)


def records() -> list[Measured]:
    """Ours, backtest included, beside the plain loop; and the seasonal schedule alone."""
    warnings.simplefilter("ignore")
    series = made()
    bare, ours, schedule = best(
        lambda: plain(series), lambda: fit(series), lambda: [by_schedule(one.last, one.amounts) for one in series]
    )
    what = f"forecasts of {REGIONS} regions"
    return [
        Measured(f"{what}, backtest included", bare, ours, "s"),
        Measured(f"{what}, seasonal schedule alone", bare, schedule, "s"),
    ]


if __name__ == "__main__":
    print(table(records()))
