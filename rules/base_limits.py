"""Monthly limits of the contribution base (缴费工资基数上下限)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from rules.calculators.records import Count, FromProfile, NonNegative, Positive, Step, Within
from rules.errors import refused
from rules.money import product, round_half_up

TITLE = "Limits of the contribution base 缴费工资基数上下限"
ARTICLE = "苏政发〔2020〕45号 二（一）"
ASSUMED = "rounding to whole yuan; the ratios outside Jiangsu"

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Case:
    """``avg_wage_yuan`` is the previous year's annual average of all urban units (全口径城镇单位就业人员平均工资)."""

    avg_wage_yuan: Positive
    lower: Annotated[NonNegative, FromProfile("base_lower_ratio")] = Decimal("0.6")
    upper: Annotated[NonNegative, FromProfile("base_upper_ratio")] = Decimal(3)
    rounding_yuan: Annotated[int, Within(above=0), FromProfile("base_rounding_yuan")] = 1


@dataclass(frozen=True, slots=True)
class Result:
    lower_yuan: Count
    upper_yuan: Count
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """The year's monthly lower and upper limit in whole yuan. 苏政发〔2020〕45号 二（一）."""
    if case.lower > case.upper:
        raise refused("lower", case.lower, f"at most upper, {case.upper}")
    lower, upper = (_monthly(case, ratio) for ratio in (case.lower, case.upper))
    steps = tuple(
        Step(None, f"年平均工资 {case.avg_wage_yuan}元 × {ratio} ÷ {MONTHS_PER_YEAR} ≈ {name} {limit}元/月")
        for name, ratio, limit in (("下限", case.lower, lower), ("上限", case.upper, upper))
    )
    return Result(lower, upper, steps)


def _monthly(case: Case, ratio: Decimal) -> int:
    multiples = product(case.avg_wage_yuan, ratio) / MONTHS_PER_YEAR / case.rounding_yuan
    return round_half_up(multiples) * case.rounding_yuan
