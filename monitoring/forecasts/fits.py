"""The fitting of forecasts, a process of its own: ``python -m monitoring.forecasts.fits`` reads series on stdin as JSON
and writes what they are expected to become on stdout.

The statistics library takes a second to load and memory that a web worker must not keep; so nothing imports this
module, and its process ends with its work.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from rules.forecast import (
    HORIZON,
    MONTHS,
    SMOOTHED_FROM,
    SMOOTHING,
    Fit,
    by_schedule,
    fitted,
    mase,
    origins,
)

Amounts = NDArray[np.float64]
# In units of the machine's precision: a finer fit costs a third more and its backtest is the same to three digits.
TOLERANCE = 1e12


def fit(last: int, amounts: Sequence[int]) -> Fit:
    """What a series is expected to become after the month ``last``: by the method whose backtest erred less."""
    schedule = by_schedule(last, amounts)
    if len(amounts) < SMOOTHED_FROM or schedule.mase is None:
        return schedule
    exact = np.asarray(amounts, np.float64)
    scale = float(np.abs(exact).mean())
    tested = _backtest(exact / scale, scale)
    error = mase(tested, amounts)
    if error is None or error >= schedule.mase:
        return schedule
    means = np.asarray(_model(exact / scale).fit(disp=False, factr=TOLERANCE).forecast(HORIZON)) * scale
    return fitted(SMOOTHING, means.tolist(), tested, amounts) if np.isfinite(means).all() else schedule


def _model(scaled: Amounts) -> Any:
    """A damped trend; seasons in proportion to the level where every month is positive, else added to it."""
    return ETSModel(
        scaled,
        error="add",
        trend="add",
        damped_trend=True,
        seasonal="mul" if scaled.min() > 0 else "add",
        seasonal_periods=MONTHS,
        initialization_method="heuristic",
    )


def _backtest(scaled: Amounts, scale: float) -> list[list[float]]:
    """What the smoothing missed at every step: its parameters fitted once, on what was known at the first, and its states
    run forward from there. Empty where the fit does not come to numbers."""
    steps = origins(len(scaled))
    found = _model(scaled[: steps[0]]).fit(disp=False, factr=TOLERANCE, return_params=True)
    model = _model(scaled)
    states = model.smooth(found)
    damped = np.cumsum(float(found[model.param_names.index("damping_trend")]) ** np.arange(1, HORIZON + 1))
    tested = []
    for at in steps:
        level, seasons = states.level[at - 1] + damped * states.slope[at - 1], states.season[at - MONTHS : at]
        means = level * seasons if model.seasonal == "mul" else level + seasons
        missed = (scaled[at : at + HORIZON] - means[: len(scaled) - at]) * scale
        if not np.isfinite(missed).all():
            return []
        tested.append(missed.tolist())
    return tested


def main() -> None:
    """Fit every series given; a fit that did not converge is judged by its backtest like any other."""
    warnings.simplefilter("ignore")
    # All of it first: who gives the work only then begins to read the answers.
    for line in sys.stdin.readlines():
        given = json.loads(line)
        found = fit(given["last"], given["amounts"])
        answer = [found.method, found.means, found.deviations, found.total_deviations]
        print(json.dumps([*answer, None if found.mase is None else str(found.mase)]))


if __name__ == "__main__":
    main()
