"""Indicators 指标: what is measured, each declared once and used everywhere (cards, rankings, limits, scores, exports).

Adding one is one declaration plus one function: the function takes its inputs by name and returns the exact number or
the reason why there is none; the declaration says everything else. A value is rounded once, half up, to the declared
scale. An input that is missing gives no value and the reason, never 0; nothing is divided by zero.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from rules.declaration import (
    EVERYWHERE,
    NEVER_DELIVERED,
    NO_DENOMINATOR,
    NO_PLAN,
    NOT_REPORTED,
    PROVINCE,
    REASONS,
    TOO_FEW_MONTHS,
    TOO_FEW_YEARS,
    Indicator,
    Input,
    Limits,
    Number,
    Value,
    four,
    ratio,
)
from rules.money import FEN_PER_YUAN

__all__ = ["INDICATORS", "REASONS", "Indicator", "Input", "Limits", "Value"]

INDICATORS: dict[str, Indicator] = {}


def _declare(compute: Callable[..., Number | str], **declared: object) -> None:
    code = compute.__name__
    INDICATORS[code] = Indicator(code=code, compute=lambda given: compute(**given), **declared)  # type: ignore[arg-type]


# --- balances


def balance_total(balance_fen: int) -> Number | str:
    return Fraction(balance_fen, FEN_PER_YUAN)


BALANCE = Input("balance_fen", "累计结余", "Total balance", "fen")

_declare(
    balance_total,
    name="累计结余",
    name_en="Total balance",
    unit="yuan",
    scale=2,
    worse="lower",
    formula="期初结余＋累计收入－累计支出",
    formula_en="opening balance + income − expenditure to date",
    period="month",
    side="supervision",
    levels=PROVINCE,
    responsible=("财政", "人社"),
    inputs=(BALANCE,),
    limits=(Limits("lt", {"red": "0"}),),
)


def months_payable(balance_fen: int, expenditure_12_fen: int) -> Number | str:
    return Fraction(balance_fen * 12, expenditure_12_fen) if expenditure_12_fen > 0 else NO_DENOMINATOR


_declare(
    months_payable,
    name="可支付月数",
    name_en="Months payable",
    unit="months",
    scale=1,
    worse="lower",
    formula="累计结余÷最近12个已结月份的月均支出",
    formula_en="total balance ÷ mean monthly expenditure of the last 12 closed months",
    period="month",
    side="supervision",
    levels=PROVINCE,
    responsible=("财政", "人社"),
    inputs=(
        BALANCE,
        Input("expenditure_12_fen", "最近12个月支出", "Expenditure of the last 12 months", "fen", TOO_FEW_MONTHS),
    ),
    limits=(
        four("lt", "12", "9", "6", "3"),
        # 费率下浮区间 (2019年阶段性降低费率): structural, no one has to work it.
        Limits("ge", {"blue": "18", "yellow": "24"}, fund="work_injury", kind="watch"),
    ),
)

# --- progress against the plan


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
ARTICLE_LOCAL = "苏政发〔2020〕45号 附件2 第十三条"

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
    levels=EVERYWHERE,
    responsible=("税务", "财政"),
    inputs=INCOME,
    article=ARTICLE_LOCAL,
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
    levels=EVERYWHERE,
    responsible=("经办",),
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
    levels=EVERYWHERE,
    responsible=("税务", "财政"),
    inputs=(*INCOME, *SCHEDULES),
    limits=(four("lt", "-1", "-3", "-5", "-8"),),
    article=ARTICLE_LOCAL,
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
    levels=EVERYWHERE,
    responsible=("税务",),
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
    levels=EVERYWHERE,
    responsible=("经办",),
    inputs=(*EXPENDITURE, *SCHEDULES),
    limits=(four("gt", "1", "3", "5", "8"), four("lt", "-2", "-4", "-6", "-10")),
)

# --- pooling


def pooling_rate(
    waiting_at_new_year_fen: int, collected_fen: int, not_yet_due_fen: int, pooled_fen: int
) -> Number | str:
    return ratio(pooled_fen, waiting_at_new_year_fen + collected_fen - not_yet_due_fen, 100)


def pooling_delay(waiting_fen: int, waiting_fen_days: int) -> Number | str:
    return Fraction(waiting_fen_days, waiting_fen) if waiting_fen > 0 else 0


_declare(
    pooling_rate,
    name="归集率",
    name_en="Pooling rate",
    unit="percent",
    scale=2,
    worse="lower",
    formula="本年已归集÷（年初国库结存＋本年征收入库－规定天数内尚不必划转的入库）",
    formula_en="pooled this year ÷ (in the treasury at new year + collected this year − not yet due for transfer)",
    period="month",
    side="supervision",
    levels=EVERYWHERE,
    responsible=("财政", "人行"),
    inputs=(
        Input("waiting_at_new_year_fen", "年初国库结存", "In the treasury at new year", "fen"),
        Input("collected_fen", "本年征收入库", "Collected this year", "fen"),
        Input("not_yet_due_fen", "尚不必划转", "Not yet due for transfer", "fen"),
        Input("pooled_fen", "本年已归集", "Pooled this year", "fen"),
    ),
    limits=(four("lt", "99.5", "99", "97", "95"),),
    article="苏政发〔2020〕45号 二（二）1",
)
_declare(
    pooling_delay,
    name="国库待划转天数",
    name_en="Days waiting in the treasury",
    unit="days",
    scale=0,
    worse="higher",
    formula="国库结存各笔资金入库天数按金额加权平均（先进先出）；国库无结存为0",
    formula_en="amount-weighted age of what is still in the treasury, first in first out; 0 when it is empty",
    period="live",
    side="supervision",
    levels=EVERYWHERE,
    responsible=("财政", "人行"),
    inputs=(
        Input("waiting_fen", "国库结存", "In the treasury", "fen"),
        Input("waiting_fen_days", "金额×天数", "Amount × days", "fen_days"),
    ),
    limits=(four("gt", "3", "5", "10", "20"),),
    article="苏政发〔2020〕45号 二（二）1",
)

# --- information


def reconciliation_difference(difference_fen: int, collected_fen: int, **_: object) -> Number | str:
    return ratio(abs(difference_fen), collected_fen, 1000)


def data_age(working_days_late: int) -> Number | str:
    return working_days_late


def rejected_share(rejected_rows: int, offered_rows: int) -> Number | str:
    return ratio(rejected_rows, offered_rows, 100)


def balance_identity(result_fen: int, accounts_fen: int, **_: object) -> Number | str:
    return Fraction(abs(accounts_fen - result_fen), FEN_PER_YUAN)


_declare(
    reconciliation_difference,
    name="调节后差额",
    name_en="Difference after reconciliation",
    unit="permille",
    scale=2,
    worse="higher",
    formula="税务、国库、财政、经办四方本年累计数扣除在途和未达账项后的最大差额÷本年征收数",
    formula_en="largest difference between the four departments' totals after unreached items ÷ collected this year",
    period="live",
    side="information",
    levels=EVERYWHERE,
    responsible=("税务", "人行", "财政", "经办"),
    inputs=(
        Input("difference_fen", "调节后差额", "Difference after reconciliation", "fen", NOT_REPORTED),
        Input("collected_fen", "税务征收数", "Collected by the tax side", "fen", NOT_REPORTED),
        Input("unreached_fen", "未达账项", "Unreached items", "fen", optional=True),
        Input("days_open", "差额已存续天数", "Days the difference has stood", "days", optional=True),
    ),
    limits=(four("gt", "0", "0.1", "0.5", "1"),),
)
_declare(
    data_age,
    name="数据更新滞后",
    name_en="Data overdue",
    unit="working_days",
    scale=0,
    worse="higher",
    formula="按来源约定的节奏，数据应到而未到的工作日数",
    formula_en="working days since the source's declared rhythm should have brought data",
    period="live",
    side="information",
    levels=PROVINCE,
    responsible=("source",),
    inputs=(Input("working_days_late", "滞后工作日", "Working days late", "working_days", NEVER_DELIVERED),),
    limits=(four("ge", "1", "2", "3", "5"),),
    parted=True,
)
_declare(
    rejected_share,
    name="数据校验退回率",
    name_en="Rows refused",
    unit="percent",
    scale=2,
    worse="higher",
    formula="该来源最近一批：退回行数÷报送行数",
    formula_en="rows refused ÷ rows offered, latest batch of the source",
    period="live",
    side="information",
    levels=PROVINCE,
    responsible=("source",),
    inputs=(
        Input("rejected_rows", "退回行数", "Rows refused", "rows", NEVER_DELIVERED),
        Input("offered_rows", "报送行数", "Rows offered", "rows", NEVER_DELIVERED),
    ),
    limits=(four("gt", "0", "0.1", "1", "5"),),
    parted=True,
)
_declare(
    balance_identity,
    name="收支平衡校验差额",
    name_en="Balance identity difference",
    unit="yuan",
    scale=2,
    worse="higher",
    formula="｜各账户余额合计－（期初结余＋累计收入－累计支出）｜，取各月最大",
    formula_en="|sum of account balances − (opening + income − expenditure)|, the largest of all months",
    period="live",
    side="information",
    levels=EVERYWHERE,
    responsible=("财政", "经办"),
    inputs=(
        Input("result_fen", "期初＋收入－支出", "Opening + income − expenditure", "fen"),
        Input("accounts_fen", "账户余额合计", "Sum of account balances", "fen"),
        Input("month", "月份", "Month", "month", optional=True),
    ),
    limits=(Limits("gt", {"red": "0"}),),
)
