"""Information 信息: whether the figures can be trusted."""

from __future__ import annotations

from fractions import Fraction

from rules.department import Department
from rules.indicators.catalogue import _declare
from rules.indicators.declaration import (
    EVERYWHERE,
    NEVER_DELIVERED,
    NO_SPREAD,
    NOT_REPORTED,
    PROVINCE,
    TOO_SHORT,
    Input,
    Limits,
    Number,
    four,
    ratio,
)
from rules.money import FEN_PER_YUAN


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
    formula="税务、国库、财政、经办四方和基金账本年累计征缴入库扣除在途和未达账项后的最大差额÷本年征收数",
    formula_en="largest difference between the four departments' and the fund's own totals after unreached items "
    "÷ collected this year",
    period="live",
    side="information",
    levels=EVERYWHERE,
    responsible=(Department.TAX, Department.TREASURY, Department.FISCAL, Department.AGENCY),
    inputs=(
        Input("difference_fen", "调节后差额", "Difference after reconciliation", "fen", NOT_REPORTED),
        Input("collected_fen", "税务征收数", "Collected by the tax side", "fen", NOT_REPORTED),
        Input("unreached_fen", "未达账项", "Unreached items", "fen", optional=True),
        Input("days_open", "差额已存续天数", "Days the difference has stood", "days", optional=True),
    ),
    limits=(four("gt", "0.05", "0.1", "0.5", "1"),),
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
    limits=(four("gt", "0.1", "0.5", "1", "5"),),
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
    responsible=(Department.FISCAL, Department.AGENCY),
    inputs=(
        Input("result_fen", "期初＋收入－支出", "Opening + income − expenditure", "fen"),
        Input("accounts_fen", "账户余额合计", "Sum of account balances", "fen"),
        Input("month", "月份", "Month", "month", optional=True),
    ),
    limits=(Limits("gt", {"red": "0"}),),
)


def series_anomaly(amount_fen: int, expected_fen: int, spread_fen: int) -> Number | str:
    return abs(amount_fen - expected_fen) / (MAD_TO_SIGMA * spread_fen) if spread_fen > 0 else NO_SPREAD


# Makes the median absolute deviation comparable with a standard deviation where deviations are normal.
MAD_TO_SIGMA = Fraction("1.4826")

_declare(
    series_anomaly,
    name="异常波动",
    name_en="Unusual fluctuation",
    unit="times",
    scale=1,
    worse="higher",
    formula="｜本月数－预期｜÷（1.4826×历史偏差的绝对中位差）；预期＝上年同月×（最近12个月÷再前12个月）；至少36个月",
    formula_en="|amount − expected| ÷ (1.4826 × MAD of past deviations); "
    "expected = same month last year × (last 12 months ÷ the 12 before); needs 36 months",
    period="month",
    side="information",
    levels=EVERYWHERE,
    responsible=(Department.AGENCY, Department.TAX),
    inputs=(
        Input("amount_fen", "本月数", "This month", "fen"),
        Input("expected_fen", "预期", "Expected", "fen", TOO_SHORT),
        Input("spread_fen", "历史偏差的绝对中位差", "Median absolute deviation", "fen", TOO_SHORT),
    ),
    limits=(four("gt", "3", "4", "5", "6"),),
    kind="watch",
    parted=True,
)
