"""What a warning comes to in money (涉及金额) and what would end it (解除条件): exact amounts behind the sentence on screen.

The way out is found from the indicator's own function: one of its inputs is an amount that people can move (collect
more, hand over more), and the value runs in a straight line with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from rules.alerts.threshold import Operator, Threshold
from rules.indicators import INDICATORS, Value
from rules.money import round_half_up

RECENT_MONTHS = 3

# Indicator → the amount that the responsible can move.
MOVABLE = {
    "balance_total": "balance_fen",
    "months_payable": "balance_fen",
    "reserve_ratio": "reserve_fen",
    "account_cover": "account_fen",
    "income_deviation": "income_fen",
    "premium_deviation": "premium_fen",
    "expenditure_deviation": "expenditure_fen",
    "collection_rate": "collected_fen",
    "subsidy_arrival": "received_fen",
    "expenditure_account_months": "account_fen",
    "pooling_rate": "of_due_fen",
    "legacy_progress": "handed_fen",
    "recovery_rate": "recovered_fen",
    "open_violations_share": "open_fen",
    "central_prepayment": "prepaid_fen",
}


def amount_to_limit(indicator: str, found: Value, limit: Decimal, operator: Operator) -> int | None:
    """到标准以内还差: the fen by which the movable amount must grow (negative: fall) for the value to hold the limit no
    longer. 0 when it is within already; None where no amount moves it or the value is not known.
    """
    name = MOVABLE.get(indicator)
    amount = None if name is None else found.inputs.get(name)
    if name is None or amount is None or found.value is None:
        return None
    given = {key: None if value is None else Fraction(value) for key, value in found.inputs.items()}
    compute = INDICATORS[indicator].compute
    # One fen more: some values have a ceiling, which a larger step would run into.
    now, moved = compute(**given), compute(**given | {name: Fraction(amount) + 1})
    if isinstance(now, str) or isinstance(moved, str) or now == moved:
        return None
    slope = Fraction(moved) - Fraction(now)
    target = Fraction(limit)
    # Where the limit itself still warns, the value as shown must be beyond it.
    beyond = operator in (Operator.LE, Operator.GE)
    if beyond:
        half = Fraction(1, 2 * 10 ** INDICATORS[indicator].scale)
        target += half if operator.worse_is_lower else -half
    exact = (target - Fraction(now)) / slope
    grows = operator.worse_is_lower == (slope > 0)
    if grows:
        return max(0, floor(exact) + 1 if beyond else ceil(exact))
    return min(0, ceil(exact) - 1 if beyond else floor(exact))


def mildest_limit(threshold: Threshold) -> Decimal:
    """Where the last colour ends: the recovery value of the mildest level."""
    return threshold.limits[0].recover_at


@dataclass(frozen=True, slots=True)
class YearEnd:
    """What is left of an annual plan, all in fen.

    ``rest`` 完成全年计划还差 (negative: already beyond the plan); ``monthly_need`` 月均需 over the months left, None in
    December; ``recent_mean`` 近3月月均; ``expected_gap`` 预计年底少收: the rest less what is forecast to come (negative: the
    plan will be exceeded), None without a forecast.
    """

    rest: int
    monthly_need: int | None
    recent_mean: int
    expected_gap: int | None


def year_end(
    plan_fen: int, done_fen: int, recent: Sequence[int], months_left: int, forecast_fen: int | None
) -> YearEnd | None:
    """The rest of the year, beside the pace of the last three months; None without them. Rounded to the fen, each once.

    ``forecast_fen`` is what 全年预计 expects of the months left: the one forecast there is.
    """
    if len(recent) < RECENT_MONTHS:
        return None
    mean = Fraction(sum(recent[-RECENT_MONTHS:]), RECENT_MONTHS)
    rest = plan_fen - done_fen
    need = None if months_left <= 0 else round_half_up(Fraction(rest, months_left))
    return YearEnd(rest, need, round_half_up(mean), None if forecast_fen is None else rest - forecast_fen)
