"""Progress 进度: what was done against the year's plan and against the same month of earlier years."""

from __future__ import annotations

from fractions import Fraction

from rules.department import Department
from rules.indicators.catalogue import _declare
from rules.indicators.declaration import (
    EVERYWHERE,
    NO_DENOMINATOR,
    NO_PLAN,
    NO_REQUEST,
    NO_STATISTIC,
    PLANNED,
    TOO_FEW_MONTHS,
    TOO_FEW_YEARS,
    Input,
    Limits,
    Number,
    four,
    ratio,
)
from rules.money import FEN_PER_YUAN


def income_progress(income_fen: int, income_plan_fen: int) -> Number | str:
    return ratio(income_fen, income_plan_fen, 100)


def expenditure_progress(expenditure_fen: int, expenditure_plan_fen: int) -> Number | str:
    return ratio(expenditure_fen, expenditure_plan_fen, 100)


def _deviation(amount: Number, plan: Number, share: Number) -> Number | str:
    progress = ratio(amount, plan, 100)
    return progress if isinstance(progress, str) else Fraction(progress) - Fraction(share) * 100


def income_deviation(income_fen: int, income_plan_fen: int, historical_share: Fraction, **_: object) -> Number | str:
    return _deviation(income_fen, income_plan_fen, historical_share)


def premium_deviation(premium_fen: int, premium_plan_fen: int, historical_share: Fraction, **_: object) -> Number | str:
    return _deviation(premium_fen, premium_plan_fen, historical_share)


def expenditure_deviation(
    expenditure_fen: int, expenditure_plan_fen: int, historical_share: Fraction, **_: object
) -> Number | str:
    return _deviation(expenditure_fen, expenditure_plan_fen, historical_share)


INCOME = (
    Input("income_fen", "本年累计收入", "Income year to date", "fen"),
    Input("income_plan_fen", "全年收入计划（调整后）", "Income plan of the year (adjusted)", "fen", NO_PLAN),
)
PREMIUM = (
    Input("premium_fen", "本年累计保费收入", "Premium year to date", "fen"),
    Input("premium_plan_fen", "全年保费计划（调整后）", "Premium plan of the year (adjusted)", "fen", NO_PLAN),
)
EXPENDITURE = (
    Input("expenditure_fen", "本年累计支出", "Expenditure year to date", "fen"),
    Input("expenditure_plan_fen", "全年支出计划（调整后）", "Expenditure plan of the year (adjusted)", "fen", NO_PLAN),
)
# The plain schedule is kept beside the historical one so that it can be shown where there are too few years.
SCHEDULES = (
    Input("historical_share", "历史同期进度", "Share reached by this month in earlier years", "share", TOO_FEW_YEARS),
    Input("schedule_share", "序时进度", "Share of the year elapsed", "share", optional=True),
)
FORMULA_LOCAL = "；市县只计本级负责的项目（保费、利息、转移、其他），财政补助、调剂和委托投资由省统一管理"
FORMULA_LOCAL_EN = (
    "; a city's or county's counts its own items only: subsidies, adjustment and investment are the province's"
)

_declare(
    income_progress,
    name="收入预算执行率",
    name_en="Income budget progress",
    unit="percent",
    scale=2,
    worse=None,
    formula="本年累计收入÷全年收入计划（调整后）" + FORMULA_LOCAL,
    formula_en="income year to date ÷ (adjusted) annual plan" + FORMULA_LOCAL_EN,
    period="month",
    side=None,
    levels=PLANNED,
    responsible=(Department.TAX, Department.FISCAL),
    inputs=INCOME,
)
_declare(
    expenditure_progress,
    name="支出预算执行率",
    name_en="Expenditure budget progress",
    unit="percent",
    scale=2,
    worse=None,
    formula="本年累计支出÷全年支出计划（调整后）",
    formula_en="expenditure year to date ÷ (adjusted) annual plan",
    period="month",
    side=None,
    levels=PLANNED,
    responsible=(Department.AGENCY,),
    inputs=EXPENDITURE,
)
_declare(
    income_deviation,
    name="收入进度偏差",
    name_en="Income ahead of earlier years",
    unit="points",
    scale=2,
    worse="lower",
    formula="收入预算执行率－历史同期进度（前三个已结年度同期占全年比重的平均，至少两年）" + FORMULA_LOCAL,
    formula_en="income progress − mean share reached by the same month in up to three earlier years" + FORMULA_LOCAL_EN,
    period="month",
    side="operations",
    levels=PLANNED,
    responsible=(Department.TAX, Department.FISCAL),
    inputs=(*INCOME, *SCHEDULES),
    limits=(four("lt", "-1", "-3", "-5", "-8"),),
)
_declare(
    premium_deviation,
    name="征缴进度偏差",
    name_en="Premium ahead of earlier years",
    unit="points",
    scale=2,
    worse="lower",
    formula="保费收入÷全年保费计划（调整后）－历史同期进度",
    formula_en="premium ÷ (adjusted) annual premium plan − share reached by the same month in earlier years",
    period="month",
    side="operations",
    levels=PLANNED,
    responsible=(Department.TAX,),
    inputs=(*PREMIUM, *SCHEDULES),
    limits=(four("lt", "-1", "-3", "-5", "-8"),),
)
_declare(
    expenditure_deviation,
    name="支出进度偏差",
    name_en="Expenditure ahead of earlier years",
    unit="points",
    scale=2,
    worse="higher",
    formula="支出预算执行率－历史同期进度（前三个已结年度同期占全年比重的平均，至少两年）",
    formula_en="expenditure progress − mean share reached by the same month in up to three earlier years",
    period="month",
    side="operations",
    levels=PLANNED,
    responsible=(Department.AGENCY,),
    inputs=(*EXPENDITURE, *SCHEDULES),
    limits=(four("gt", "1", "3", "5", "8"), four("lt", "-2", "-4", "-6", "-10")),
)

# --- collection and payment


def prepaid_share(prepaid_fen: int, premium_fen: int, usual_share: Fraction) -> Number | str:
    return _deviation(prepaid_fen, premium_fen, usual_share)


def collection_rate(collected_fen: int, due_fen: int) -> Number | str:
    return ratio(collected_fen, due_fen, 100)


def subsidy_arrival(received_fen: int, planned_fen: int, historical_share: Fraction, **_: object) -> Number | str:
    return _deviation(received_fen, planned_fen, historical_share)


def expenditure_account_months(account_fen: int, expenditure_12_fen: int) -> Number | str:
    return Fraction(account_fen * 12, expenditure_12_fen) if expenditure_12_fen > 0 else NO_DENOMINATOR


def request_deviation(paid_fen: int, asked_fen: int) -> Number | str:
    share = ratio(paid_fen, asked_fen, 100)
    return share if isinstance(share, str) else abs(Fraction(share) - 100)


def unpaid_due(due_fen: int, paid_fen: int, held_fen: int, **_: object) -> Number | str:
    return Fraction(max(0, due_fen - paid_fen - held_fen), FEN_PER_YUAN)


_declare(
    prepaid_share,
    name="预缴占比",
    name_en="Prepaid premium above the usual",
    unit="points",
    scale=2,
    worse="higher",
    formula="本年累计预缴以后年度保费÷本年累计保费－前三年同期的平均占比（至少两年）",
    formula_en="premium prepaid for later years ÷ premium, year to date, − mean of up to three earlier years, at least two",
    period="month",
    side="supervision",
    levels=EVERYWHERE,
    responsible=(Department.TAX,),
    inputs=(
        Input("prepaid_fen", "本年累计预缴", "Prepaid, year to date", "fen"),
        Input("premium_fen", "本年累计保费收入", "Premium year to date", "fen"),
        Input("usual_share", "前三年同期占比", "Share in earlier years", "share", TOO_FEW_YEARS),
    ),
    limits=(four("gt", "1", "2", "4", "8"),),
)
_declare(
    collection_rate,
    name="征缴率",
    name_en="Collection rate",
    unit="percent",
    scale=2,
    worse="lower",
    formula="本年累计当期实缴保费÷本年累计应征保费",
    formula_en="premium collected for the current period ÷ premium due, year to date",
    period="month",
    side="operations",
    levels=EVERYWHERE,
    responsible=(Department.TAX,),
    inputs=(
        Input("collected_fen", "本年累计当期实缴", "Collected for the current period, year to date", "fen"),
        Input("due_fen", "本年累计应征", "Due, year to date", "fen", NO_STATISTIC),
    ),
    limits=(four("lt", "98", "96", "93", "90"),),
)
_declare(
    subsidy_arrival,
    name="地方补助到位率差",
    name_en="Local subsidy behind schedule",
    unit="points",
    scale=2,
    worse="lower",
    formula="本年已到位地方财政补助÷全年预算－历史同期进度（前三个已结年度同期占全年比重的平均，至少两年）",
    formula_en="local subsidy received ÷ budgeted − mean share received by the same month in up to three earlier years",
    period="month",
    side="operations",
    levels=PLANNED,
    responsible=(Department.FISCAL,),
    inputs=(
        Input("received_fen", "本年已到位地方补助", "Local subsidy received", "fen"),
        Input("planned_fen", "全年地方补助预算", "Local subsidy budgeted", "fen", NO_PLAN),
        *SCHEDULES,
    ),
    limits=(four("lt", "-5", "-10", "-20", "-30"),),
)
_declare(
    expenditure_account_months,
    name="支出户结存月数",
    name_en="Months held in expenditure accounts",
    unit="months",
    scale=1,
    worse="higher",
    formula="支出户（含市级支出户）月末余额÷最近12个已结月份的月均支出",
    formula_en="balance of the expenditure accounts (a city's included) ÷ mean expenditure of the last 12 closed months",
    period="month",
    side="supervision",
    levels=EVERYWHERE,
    responsible=(Department.AGENCY,),
    inputs=(
        Input("account_fen", "支出户余额", "Balance of the expenditure accounts", "fen"),
        Input("expenditure_12_fen", "最近12个月支出", "Expenditure of the last 12 months", "fen", TOO_FEW_MONTHS),
    ),
    limits=(four("gt", "1", "1.5", "2", "3"),),
)
_declare(
    request_deviation,
    name="用款计划偏差",
    name_en="Deviation from the disbursement request",
    unit="percent",
    scale=2,
    worse="higher",
    formula="｜本月实际发放÷本月申请用款－1｜",
    formula_en="|paid this month ÷ asked for this month − 1|",
    period="month",
    side="operations",
    levels=EVERYWHERE,
    responsible=(Department.AGENCY,),
    inputs=(
        Input("paid_fen", "本月发放", "Paid this month", "fen"),
        Input("asked_fen", "本月申请用款", "Asked for this month", "fen", NO_REQUEST),
    ),
    limits=(four("gt", "3", "5", "10", "20"),),
)
_declare(
    unpaid_due,
    name="未按时足额发放",
    name_en="Not paid on time in full",
    unit="yuan",
    scale=2,
    worse="higher",
    formula="应发放－已发放－有原因暂缓（待核资格、账户异常），发放日之后，不小于0",
    formula_en="due − paid − held with a reason (eligibility under check, account fault), after the paying day, at least 0",
    period="month",
    side="operations",
    levels=EVERYWHERE,
    responsible=(Department.AGENCY,),
    inputs=(
        Input("due_fen", "应发放", "Due", "fen", NO_STATISTIC),
        Input("paid_fen", "已发放", "Paid", "fen", NO_STATISTIC),
        Input("held_fen", "有原因暂缓", "Held with a reason", "fen", NO_STATISTIC),
        Input("unpaid_persons", "涉及人数", "Persons", "persons", optional=True),
    ),
    limits=(Limits("gt", {"red": "0"}),),
)
