"""Indicators of the long-run projection 中长期测算, once a year: of the December it starts from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection

from data_access.books.outlook.results import MID, load_runs
from monitoring.indicators.figures import ComputedValue, kept_share
from rules.indicators import INDICATORS
from rules.month import Month
from rules.scheme import Scheme
from workflows.outlook.runs import case_of, present_rate, projected

MONTHS = 12


def outlook(connection: Connection, scheme: Scheme) -> Iterator[ComputedValue]:
    """Of a scheme's province, where there is a projection."""
    mid = load_runs(connection, scheme.code, variants=(MID,)).get(MID)
    if mid is None:
        return
    case, result = case_of(mid.made), projected(mid.made)
    month, used_up = Month.at(case.base_year, MONTHS), result.exhausted
    left = None if used_up is None else (used_up.year - case.base_year - 1) * MONTHS + used_up.month
    value = INDICATORS["exhaustion_years"].value(months_left=left, horizon_years=case.horizon)
    yield "exhaustion_years", "", month, value
    scale = None if result.balanced_scale is None else Fraction(Decimal(str(result.balanced_scale)))
    value = INDICATORS["balanced_rate_gap"].value(
        balanced_scale=None if scale is None else kept_share(scale), rate=kept_share(Fraction(present_rate(case)))
    )
    yield "balanced_rate_gap", "", month, value
