"""Monthly pension contribution of an employer, an employee or a flexible worker (养老保险缴费)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from rules.calculators.records import Amount, FromProfile, NonNegative, Ratio, Step
from rules.errors import refused
from rules.money import FEN_PER_YUAN, product, round_half_up, trimmed, yuan_text

TITLE = "Contribution 缴费"
ARTICLE = "苏政发〔2020〕45号 附件1 二（一）（二）（三）"
ASSUMED = "the rates outside Jiangsu; 苏州工业园区's steps until 2022-01-01"


@dataclass(frozen=True, slots=True)
class Rates:
    """缴费比例; ``individual_account`` is the part of the flexible rate that goes to the individual account."""

    employer: Annotated[Ratio, FromProfile("employer_rate")] = Decimal("0.16")
    employee: Annotated[Ratio, FromProfile("employee_rate")] = Decimal("0.08")
    flexible: Annotated[Ratio, FromProfile("flexible_rate")] = Decimal("0.20")
    individual_account: Annotated[Ratio, FromProfile("individual_account_rate")] = Decimal("0.08")


@dataclass(frozen=True, slots=True)
class Case:
    """``wage_yuan`` is monthly; for an employer the sum of its employees' bases."""

    kind: Literal["employer", "employee", "flexible"]
    wage_yuan: NonNegative
    lower_yuan: NonNegative
    upper_yuan: NonNegative
    rates: Rates = Rates()


@dataclass(frozen=True, slots=True)
class Result:
    base_yuan: Decimal
    contribution_fen: Amount
    individual_account_fen: Amount
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """The month's base, contribution and what of it goes to the individual account 个人账户.

    苏政发〔2020〕45号 附件1 二: the limits bind employees and flexible workers, not the employer's sum of bases.
    """
    if case.lower_yuan > case.upper_yuan:
        raise refused("lower_yuan", case.lower_yuan, f"at most upper_yuan, {case.upper_yuan}")
    if case.kind == "flexible" and case.rates.individual_account > case.rates.flexible:
        raise refused("rates.individual_account", case.rates.individual_account, f"at most {case.rates.flexible}")
    base = case.wage_yuan
    if case.kind != "employer":
        base = min(max(base, case.lower_yuan), case.upper_yuan)
    rates = case.rates
    rate = {"employer": rates.employer, "employee": rates.employee, "flexible": rates.flexible}[case.kind]
    to_account = {"employer": Decimal(0), "employee": rate, "flexible": rates.individual_account}[case.kind]
    contribution = round_half_up(product(base, rate, FEN_PER_YUAN))
    account = round_half_up(product(base, to_account, FEN_PER_YUAN))
    shown = trimmed(base)
    steps = (
        Step(None, f"缴费工资基数 {shown}元（申报 {trimmed(case.wage_yuan)}元）"),
        Step(None, f"基数 {shown}元 × 缴费比例 {rate} = 应缴 {yuan_text(contribution)}"),
        Step(None, f"其中计入个人账户 {shown}元 × {to_account} = {yuan_text(account)}"),
    )
    return Result(shown, contribution, account, steps)
