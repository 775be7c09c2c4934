"""How long forecasts take: 100 regions × 2 series, against the baseline alone and a plain loop over the library.

``python -m benchmarks.forecast`` prints one line each; the ratios hold within the one run.
"""

from __future__ import annotations

import time
import warnings

import numpy as np
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

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


def main() -> None:
    """Print seconds and ratios."""
    warnings.simplefilter("ignore")
    series, taken = made(), {}
    for name, run in (
        ("ours, backtest included", lambda: fit(series)),
        ("seasonal schedule alone", lambda: [by_schedule(one.last, one.amounts) for one in series]),
        ("plain library loop", lambda: plain(series)),
    ):
        begun = time.perf_counter()
        run()
        taken[name] = time.perf_counter() - begun
        print(f"{name:26} {taken[name]:7.2f} s")
    print(f"ours ÷ plain loop          {taken['ours, backtest included'] / taken['plain library loop']:7.2f}")


if __name__ == "__main__":
    main()
