"""Values of columns as numbers, to be compared all at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from data_access.intake.importers.sheet import Ints, Mask

EPOCH = date(1970, 1, 1).toordinal()


def days_since_1970(days: list[date]) -> Ints:
    return np.array([day.toordinal() - EPOCH for day in days], dtype=np.int64)


def pairs(rows: list[str], columns: list[str], holds: Callable[[str, str], bool]) -> Mask:
    """For every pair of distinct values whether the rule holds, to be looked up for all rows at once."""
    return np.array([[holds(row, column) for column in columns] for row in rows], dtype=bool).reshape(
        len(rows), len(columns)
    )
