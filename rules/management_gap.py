"""Management gap (管理性收支缺口): too little collected or too much paid through a local government's own doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from rules.calculators.records import (
    Amount,
    Count,
    FromProfile,
    Items,
    NonNegative,
    Positive,
    ProfileOnly,
    Ratio,
    Step,
)
from rules.errors import refused
from rules.money import FEN_PER_YUAN, product, round_half_up, yuan_text

TITLE = "Management gap 管理性收支缺口"
ARTICLE = "苏政发〔2020〕45号 附件3 三（二）（三）（四）"
ASSUMED = "months and rate of base differences; the document names head-count and difference only"

Side = Literal["less", "over"]
# 苏政发〔2020〕45号 附件3 三（三）
EARLY_FEMALE_FROM = date(2021, 1, 1)
OVERPAID_MONTHS = 12

OverpaidMonths = Annotated[Count, FromProfile("overpaid_months"), ProfileOnly]


@dataclass(frozen=True, slots=True)
class PlanShortfall:
    """Income plan not met (未完成收入计划), without force majeure (剔除不可抗力因素)."""

    kind: Literal["plan_shortfall"]
    plan_fen: Amount
    actual_fen: Amount
    force_majeure_fen: Amount = 0


@dataclass(frozen=True, slots=True)
class RateCut:
    """Employer rate lowered without leave (擅自下调单位缴费比例)."""

    kind: Literal["rate_cut"]
    headcount: Count
    monthly_base_yuan: NonNegative
    months: Count
    cut: Ratio
    in_shortfall: bool = False


@dataclass(frozen=True, slots=True)
class BaseDifference:
    """Lower base limit not applied (未执行下限), or persons and wages under-declared and not corrected (未按实申报)."""

    kind: Literal["base_floor", "under_declared"]
    headcount: Count
    monthly_difference_yuan: NonNegative
    months: Count
    rate: Annotated[Ratio, FromProfile("base_difference_rate")] = Decimal("0.24")
    in_shortfall: bool = False


@dataclass(frozen=True, slots=True)
class LessOther:
    """Other money not collected, by its effect (按影响数额核定)."""

    kind: Literal["less_other"]
    amount_fen: Amount
    in_shortfall: bool = False


@dataclass(frozen=True, slots=True)
class WronglyPaid:
    """What was paid to the people concerned: early retirement by special trade or disability, items added locally."""

    kind: Literal["special_work_early", "disability_early", "added_items"]
    paid_fen: Amount


@dataclass(frozen=True, slots=True)
class EarlyFemaleFlexible:
    """Pension drawn before 55 by women in flexible work, new cases only (女性灵活就业人员55岁前违规领取)."""

    kind: Literal["early_female_flexible"]
    paid_fen: Amount
    since: date
    counted_from: Annotated[date, FromProfile("early_female_from"), ProfileOnly] = EARLY_FEMALE_FROM


@dataclass(frozen=True, slots=True)
class BackpaidPerson:
    backpaid_years: NonNegative
    total_years: Positive
    monthly_pension_yuan: NonNegative


@dataclass(frozen=True, slots=True)
class LumpSumBackpay:
    """Retirement on years paid back in a lump sum against the rules (违规一次性前补)."""

    kind: Literal["lump_sum_backpay"]
    people: Annotated[tuple[BackpaidPerson, ...], Items()]
    pension_months: OverpaidMonths = OVERPAID_MONTHS


@dataclass(frozen=True, slots=True)
class PensionRaise:
    """Level of pensions raised without leave (擅自调整基本养老金水平)."""

    kind: Literal["pension_raise"]
    headcount: Count
    avg_monthly_pension_yuan: NonNegative
    raise_rate: Ratio
    pension_months: OverpaidMonths = OVERPAID_MONTHS


@dataclass(frozen=True, slots=True)
class OverOther:
    """Other payments outside the rules, by their amount (按多支额核定)."""

    kind: Literal["over_other"]
    amount_fen: Amount


Less = PlanShortfall | RateCut | BaseDifference | LessOther
Over = WronglyPaid | EarlyFemaleFlexible | LumpSumBackpay | PensionRaise | OverOther


@dataclass(frozen=True, slots=True)
class Case:
    items: Annotated[tuple[Less | Over, ...], Items()]


@dataclass(frozen=True, slots=True)
class Determined:
    """One item as determined. Not ``counted``: it is already inside the plan shortfall."""

    kind: str
    side: Side
    amount_fen: Amount
    counted: bool


@dataclass(frozen=True, slots=True)
class Result:
    items: tuple[Determined, ...]
    less_fen: Amount
    over_fen: Amount
    total_fen: Amount
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """What was collected too little (少收) and paid too much (多支), item by item, in input order.

    苏政发〔2020〕45号 附件3 三（二）（三）. All of it is the local government's (附件3 三（四）): the one side is
    made good from local money, the other recovered. Raises InputError for an early_female_flexible
    case before 2021-01-01.
    """
    items = []
    steps = []
    for index, item in enumerate(case.items):
        amount, working = _determine(item, f"items[{index}]")
        side: Side = "less" if isinstance(item, PlanShortfall | RateCut | BaseDifference | LessOther) else "over"
        counted = not getattr(item, "in_shortfall", False)
        items.append(Determined(item.kind, side, amount, counted))
        note = "" if counted else "（已含在未完成计划数内，不重复计）"
        steps.append(Step(item.kind, f"{'少收' if side == 'less' else '多支'}：{working} = {yuan_text(amount)}{note}"))
    less, over = (sum(i.amount_fen for i in items if i.counted and i.side == side) for side in ("less", "over"))
    steps.append(Step(None, f"少收 {yuan_text(less)} + 多支 {yuan_text(over)} = 管理性缺口 {yuan_text(less + over)}"))
    return Result(tuple(items), less, over, less + over, tuple(steps))


def _determine(item: Less | Over, path: str) -> tuple[int, str]:
    """An item's amount and its working."""
    match item:
        case PlanShortfall():
            short = item.plan_fen - item.actual_fen - item.force_majeure_fen
            working = (
                f"计划 {yuan_text(item.plan_fen)} − 实际 {yuan_text(item.actual_fen)}"
                f" − 不可抗力 {yuan_text(item.force_majeure_fen)}"
            )
            return max(0, short), working
        case RateCut():
            return _times(item.headcount, item.monthly_base_yuan, item.months, item.cut)
        case BaseDifference():
            return _times(item.headcount, item.monthly_difference_yuan, item.months, item.rate)
        case PensionRaise():
            return _times(item.headcount, item.avg_monthly_pension_yuan, item.pension_months, item.raise_rate)
        case LumpSumBackpay():
            return _backpaid(item, path)
        case LessOther() | OverOther():
            return item.amount_fen, "按影响数额"
        case EarlyFemaleFlexible() if item.since < item.counted_from:
            raise refused(f"{path}.since", item.since, f"{item.counted_from} or later")
        case WronglyPaid() | EarlyFemaleFlexible():
            return item.paid_fen, "按支付额"


def _times(headcount: int, monthly_yuan: Decimal, months: int, rate: Decimal) -> tuple[int, str]:
    amount = round_half_up(product(headcount, monthly_yuan, months, rate, FEN_PER_YUAN))
    return amount, f"{headcount}人 × {monthly_yuan}元/月 × {months}个月 × {rate}"


def _backpaid(item: LumpSumBackpay, path: str) -> tuple[int, str]:
    """The mean share of years paid back, applied to each person's own pension over the months counted."""
    for index, person in enumerate(item.people):
        if person.backpaid_years > person.total_years:
            raise refused(
                f"{path}.people[{index}].backpaid_years",
                person.backpaid_years,
                f"at most total_years, {person.total_years}",
            )
    shares = [Fraction(person.backpaid_years) / Fraction(person.total_years) for person in item.people]
    mean = sum(shares, Fraction(0)) / len(shares)
    amount = sum(
        round_half_up(product(mean, person.monthly_pension_yuan, item.pension_months, FEN_PER_YUAN))
        for person in item.people
    )
    return amount, f"前补年限平均占比 × 本人月养老金 × {item.pension_months}个月，{len(item.people)}人合计"
