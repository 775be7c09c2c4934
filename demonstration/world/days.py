"""Working days as arrays, for the simulation: from the reference calendar."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from data_access.intake.reference import reference_rows

Days = NDArray[np.datetime64]
LAST_YEAR = 2040  # far enough for any demonstration


@cache
def working_days() -> Days:
    """Every working day, in order; years without a notice count as the week has them."""
    every = np.arange(np.datetime64("2018-01-01"), np.datetime64(date(LAST_YEAR, 12, 31)))
    weekday = (every.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    works = weekday < 5
    for row in reference_rows("calendar"):
        index = int(np.datetime64(row["day"]).astype(np.int64) - every[0].astype(np.int64))
        if 0 <= index < len(every):
            works[index] = row["kind"] == "workday"
    return every[works]


def on_or_before(days: Days) -> Days:
    """Each day itself if it is a working day, else the last one before it."""
    known = working_days()
    return known[np.searchsorted(known, days, side="right") - 1]


def shifted(days: Days, count: NDArray[np.int64] | int) -> Days:
    """The ``count``-th working day after each day (before it, when negative)."""
    known = working_days()
    side = np.searchsorted(known, days, side="right") - 1
    found: Days = known[side + count]
    return found


def first_days(months: Days) -> Days:
    """The first calendar day of each month."""
    return months.astype("datetime64[M]").astype("datetime64[D]")


def at_share(months: Days, share: NDArray[np.float64]) -> Days:
    """The working day that stands at ``share`` (0–1) of each month's working days; months [C], share [U, C]."""
    known = working_days()
    start = np.searchsorted(known, first_days(months))
    end = np.searchsorted(known, first_days(months + np.timedelta64(1, "M")))
    found: Days = known[start + np.minimum((share * (end - start)).astype(np.int64), end - start - 1)]
    return found
