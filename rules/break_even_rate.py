"""The premium rate at which a year's work-injury fund breaks even (以支定收，收支平衡)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from rules.calculators.records import Amount, FromProfile, PositiveAmount, PositiveRatio, Step
from rules.money import product, round_half_up, rounded, yuan_text

TITLE = "Break-even rate 以支定收费率"
ARTICLE = "吉政发〔2020〕20号 三（四）"
ASSUMED = "the collection rate; the size of the provincial reserve 储备金"


@dataclass(frozen=True, slots=True)
class Case:
    expected_expenditure_fen: Amount
    wage_base_fen: PositiveAmount
    reserve_addition_fen: Amount = 0
    other_income_fen: Amount = 0
    collection_rate: Annotated[PositiveRatio, FromProfile("collection_rate")] = Decimal(1)


@dataclass(frozen=True, slots=True)
class Result:
    rate: Decimal
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """The average premium rate that covers expenditure and reserve, never below zero. 吉政发〔2020〕20号 三（四）."""
    needed = case.expected_expenditure_fen + case.reserve_addition_fen - case.other_income_fen
    rate = rounded(max(Fraction(0), needed / product(case.wage_base_fen, case.collection_rate)), 6)
    steps = (
        Step(
            None,
            f"预计支出 {yuan_text(case.expected_expenditure_fen)} + 增提储备金 {yuan_text(case.reserve_addition_fen)}"
            f" − 其他收入 {yuan_text(case.other_income_fen)} = 需征收 {yuan_text(needed)}",
        ),
        Step(None, f"÷（缴费工资总额 {yuan_text(case.wage_base_fen)} × 征缴率 {case.collection_rate}）= 费率 {rate}"),
    )
    return Result(rate, steps)


def reserve_addition(expected_expenditure_fen: int, reserve_fen: int, reserve_ratio: Decimal) -> int:
    """What the provincial reserve 储备金 lacks to its share of a year's expenditure. 吉政发〔2020〕20号 三（二）2."""
    return max(0, round_half_up(product(expected_expenditure_fen, reserve_ratio)) - reserve_fen)
