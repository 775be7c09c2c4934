"""Advance from the regions with a balance for the start of provincial pooling (启动资金等比例预调)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from rules.calculators.records import Amount, Fen, FromProfile, Items, NonNegative, Step
from rules.money import product, round_half_up, split_largest_remainder, yuan_text

TITLE = "Advance transfer 预调资金"
ARTICLE = "苏政发〔2020〕45号 二（二）3"
ASSUMED = (
    "two months exactly; the document says about two (2个月左右), so a number of months with decimals is taken too"
)


@dataclass(frozen=True, slots=True)
class Balance:
    """One region's cumulative balance; it may be negative."""

    code: str
    balance_fen: Fen


@dataclass(frozen=True, slots=True)
class Case:
    """``monthly_expenditure_fen`` is the whole province's."""

    months: Annotated[NonNegative, FromProfile("pre_transfer_months")]
    monthly_expenditure_fen: Amount
    balances: Annotated[tuple[Balance, ...], Items(unique="code")]


@dataclass(frozen=True, slots=True)
class Share:
    code: str
    amount_fen: Amount


@dataclass(frozen=True, slots=True)
class Result:
    total_fen: Amount
    regions: tuple[Share, ...]
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """What each region hands up in advance, pro rata of its positive balance, never more than all of it.

    苏政发〔2020〕45号 二（二）3. A region without a balance gives nothing.
    """
    available = {balance.code: max(0, balance.balance_fen) for balance in case.balances}
    wanted = round_half_up(product(case.monthly_expenditure_fen, case.months))
    total = min(wanted, sum(available.values()))
    amounts = split_largest_remainder(total, available)
    shares = tuple(Share(code, amount) for code, amount in amounts.items())
    head = Step(
        None,
        f"{case.months}个月 × 月支出 {yuan_text(case.monthly_expenditure_fen)} = {yuan_text(wanted)}，"
        f"结余地区结余合计 {yuan_text(sum(available.values()))}，预调 {yuan_text(total)}",
    )
    steps = (Step(s.code, f"结余 {yuan_text(available[s.code])}，预调 {yuan_text(s.amount_fen)}") for s in shares)
    return Result(total, shares, (head, *steps))
