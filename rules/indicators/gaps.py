"""Gaps 缺口, settlement and violations 违规: who owes what, and the central adjustment 中央调剂."""

from __future__ import annotations

from fractions import Fraction

from rules.department import Department
from rules.indicators.catalogue import _declare
from rules.indicators.declaration import (
    EVERYWHERE,
    NO_DENOMINATOR,
    NO_PLAN,
    NOT_REPORTED,
    PLANNED,
    PROVINCE,
    TOO_FEW_MONTHS,
    Input,
    Number,
    four,
    ratio,
)
from rules.money import FEN_PER_YUAN
from rules.scheme import MANAGEMENT_GAP


def general_gap(gap_fen: int) -> Number | str:
    return Fraction(gap_fen, FEN_PER_YUAN)


def general_gap_share(gap_fen: int, expenditure_plan_fen: int) -> Number | str:
    return ratio(gap_fen, expenditure_plan_fen, 100)


def management_gap(total_fen: int) -> Number | str:
    return Fraction(total_fen, FEN_PER_YUAN)


def management_gap_share(total_fen: int, income_plan_fen: int) -> Number | str:
    return ratio(total_fen, income_plan_fen, 100)


def gap_overdue(days_overdue: int, **_: object) -> Number | str:
    return days_overdue


def recovery_rate(recovered_fen: int, to_recover_fen: int) -> Number | str:
    return ratio(recovered_fen, to_recover_fen, 100)


def open_violations_share(open_fen: int, expenditure_12_fen: int) -> Number | str:
    return Fraction(open_fen * 1200, expenditure_12_fen) if expenditure_12_fen > 0 else NO_DENOMINATOR


def central_net(allocation_fen: int, contribution_fen: int) -> Number | str:
    return Fraction(allocation_fen - contribution_fen, FEN_PER_YUAN)


def central_prepayment(prepaid_fen: int, contribution_fen: int, elapsed_share: Fraction) -> Number | str:
    done = ratio(prepaid_fen, contribution_fen, 100)
    return done if isinstance(done, str) else Fraction(done) - Fraction(elapsed_share) * 100


GAP = Input("gap_fen", "计划缺口（全省为净额）", "Gap of the plan (the province's net)", "fen", NO_PLAN)
DETERMINED = Input("total_fen", "本年管理性缺口", "Management gap of the year", "fen")

_declare(
    general_gap,
    name="一般性收支缺口",
    name_en="General gap",
    unit="yuan",
    scale=2,
    worse=None,
    formula="全省：全年计划支出超过计划收入的净额，各地盈余已抵减；市县：所辖各单位计划支出超过计划收入的部分之和"
    "（规则general_gap）",
    formula_en="the province: planned expenditure less planned income, net of its regions' surpluses; below: the sum of "
    "what each unit's planned expenditure exceeds its planned income by (rule general_gap)",
    period="month",
    side="policy",
    levels=PLANNED,
    responsible=(Department.FISCAL, Department.SOCIAL),
    inputs=(GAP,),
    kind="watch",
)
_declare(
    general_gap_share,
    name="一般性收支缺口占比",
    name_en="General gap share",
    unit="percent",
    scale=2,
    worse="higher",
    formula="一般性收支缺口÷全年计划支出",
    formula_en="general gap ÷ planned expenditure of the year",
    period="month",
    side="policy",
    levels=PLANNED,
    responsible=(Department.FISCAL, Department.SOCIAL),
    inputs=(GAP, Input("expenditure_plan_fen", "全年计划支出", "Planned expenditure", "fen", NO_PLAN)),
    limits=(four("gt", "5", "10", "20", "30"),),
    kind="watch",
)
_declare(
    management_gap,
    name="管理性收支缺口",
    name_en="Management gap",
    unit="yuan",
    scale=2,
    worse=None,
    formula="本年台账中核定（认定前为测算）的少收、多支合计（规则management_gap，不重复计算）",
    formula_en="less collected and overpaid in the year's register, as determined, before that as assessed",
    period="month",
    side="supervision",
    levels=PLANNED,
    responsible=(Department.SOCIAL, Department.FISCAL),
    inputs=(DETERMINED,),
    concept=MANAGEMENT_GAP,
)
_declare(
    management_gap_share,
    name="管理性收支缺口占比",
    name_en="Management gap share",
    unit="percent",
    scale=2,
    worse="higher",
    formula="管理性收支缺口÷全年计划收入",
    formula_en="management gap ÷ planned income of the year",
    period="month",
    side="supervision",
    levels=PLANNED,
    responsible=(Department.SOCIAL,),
    inputs=(DETERMINED, Input("income_plan_fen", "全年计划收入", "Planned income", "fen", NO_PLAN)),
    limits=(four("gt", "0.1", "0.5", "1", "2"),),
    # What is determined is worked in its register; a warning of it would ask for the same work twice.
    kind="watch",
    concept=MANAGEMENT_GAP,
)
_declare(
    gap_overdue,
    name="缺口资金逾期",
    name_en="Days gap money is overdue",
    unit="days",
    scale=0,
    worse="higher",
    formula="应上解未上解的缺口资金中，最早一笔到期后的天数；无逾期为0",
    formula_en="days since the oldest unpaid gap money fell due; 0 when nothing is overdue",
    period="live",
    side="supervision",
    levels=PLANNED,
    responsible=(Department.FISCAL,),
    inputs=(
        Input("days_overdue", "逾期天数", "Days overdue", "days"),
        Input("overdue_fen", "逾期金额", "Amount overdue", "fen", optional=True),
    ),
    limits=(four("ge", "1", "15", "30", "60"),),
)
_declare(
    recovery_rate,
    name="违规支出追回率",
    name_en="Recovery rate",
    unit="percent",
    scale=2,
    worse="lower",
    formula="已追回÷应追回（整改期限已过的问题）",
    formula_en="recovered ÷ to recover, of problems past their deadline",
    period="month",
    side="supervision",
    levels=EVERYWHERE,
    responsible=(Department.SOCIAL,),
    inputs=(
        Input("recovered_fen", "已追回", "Recovered", "fen"),
        Input("to_recover_fen", "应追回", "To recover", "fen"),
    ),
    limits=(four("lt", "100", "90", "70", "50"),),
)
_declare(
    open_violations_share,
    name="未整改问题金额占比",
    name_en="Open violations share",
    unit="percent",
    scale=2,
    worse="higher",
    formula="整改期限已过仍未销号的问题金额÷最近12个已结月份的月均支出",
    formula_en="amount of problems open past their deadline ÷ mean monthly expenditure of the last 12 closed months",
    period="month",
    side="supervision",
    levels=EVERYWHERE,
    responsible=(Department.SOCIAL,),
    inputs=(
        Input("open_fen", "逾期未整改金额", "Open past the deadline", "fen"),
        Input("expenditure_12_fen", "最近12个月支出", "Expenditure of the last 12 months", "fen", TOO_FEW_MONTHS),
    ),
    limits=(four("gt", "0.05", "0.1", "0.5", "1"),),
)
DUTY = Input("contribution_fen", "全年应上解", "Contribution of the year", "fen")
_declare(
    central_net,
    name="中央调剂净额",
    name_en="Net of the central adjustment",
    unit="yuan",
    scale=2,
    worse=None,
    formula="拨付额－上解额（规则central_adjustment）",
    formula_en="allocation − contribution (rule central_adjustment)",
    period="month",
    side=None,
    levels=PROVINCE,
    responsible=(Department.FISCAL, Department.SOCIAL),
    inputs=(Input("allocation_fen", "全年拨付", "Allocation of the year", "fen"), DUTY),
)
_declare(
    central_prepayment,
    name="中央调剂预缴进度差",
    name_en="Central prepayment behind schedule",
    unit="points",
    scale=2,
    worse="lower",
    formula="本年已预缴÷全年应上解－已过季度占比",
    formula_en="prepaid this year ÷ the year's contribution − share of quarters elapsed",
    period="month",
    side="operations",
    levels=PROVINCE,
    responsible=(Department.FISCAL, Department.SOCIAL),
    inputs=(
        Input("prepaid_fen", "本年已预缴", "Prepaid this year", "fen", NOT_REPORTED),
        DUTY,
        Input("elapsed_share", "已过季度占比", "Share of quarters elapsed", "share"),
    ),
    limits=(four("lt", "-1", "-5", "-10", "-25"),),
)
