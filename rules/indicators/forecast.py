"""Forecast 预计: how far the year's income will come, what will be missing, how long the balance will last a year on."""

from __future__ import annotations

from fractions import Fraction

from rules.department import Department
from rules.indicators.balances import BALANCE
from rules.indicators.catalogue import _declare
from rules.indicators.declaration import NO_DENOMINATOR, NO_PLAN, PLANNED, PROVINCE, Input, Number, four, ratio
from rules.money import FEN_PER_YUAN
from rules.scheme import MANAGEMENT_GAP


def months_payable_ahead(balance_fen: int, income_ahead_fen: int, expenditure_ahead_fen: int) -> Number | str:
    left = balance_fen + income_ahead_fen - expenditure_ahead_fen
    return Fraction(left * 12, expenditure_ahead_fen) if expenditure_ahead_fen > 0 else NO_DENOMINATOR


def completion_forecast(done_fen: int, rest_fen: int, income_plan_fen: int, **_: object) -> Number | str:
    return ratio(done_fen + rest_fen, income_plan_fen, 100)


def management_gap_forecast(gap_fen: int) -> Number | str:
    return Fraction(gap_fen, FEN_PER_YUAN)


PLAN = Input("income_plan_fen", "全年收入计划（调整后）", "Income plan of the year (adjusted)", "fen", NO_PLAN)
GAP = Input("gap_fen", "预计少收", "Expected to be missing", "fen", NO_PLAN)

_declare(
    months_payable_ahead,
    name="12个月后可支付月数",
    name_en="Months payable twelve months ahead",
    unit="months",
    scale=1,
    worse="lower",
    formula="（累计结余＋预计12个月收入－预计12个月支出）÷预计12个月的月均支出",
    formula_en="(total balance + income − expenditure of the twelve months ahead) ÷ their mean monthly expenditure",
    period="month",
    side="supervision",
    levels=PROVINCE,
    responsible=(Department.FISCAL, Department.SOCIAL),
    inputs=(
        BALANCE,
        Input("income_ahead_fen", "预计12个月收入", "Income of the twelve months ahead", "fen"),
        Input("expenditure_ahead_fen", "预计12个月支出", "Expenditure of the twelve months ahead", "fen"),
    ),
    expected=True,
    limits=(four("lt", "12", "9", "6", "3"),),
)
_declare(
    completion_forecast,
    name="全年收入预计完成率",
    name_en="Year's income expected against plan",
    unit="percent",
    scale=2,
    worse="lower",
    formula="（本年累计收入＋年内其余月份预计收入）÷全年收入计划（调整后）",
    formula_en="(income year to date + expected rest of the year) ÷ (adjusted) annual income plan",
    period="month",
    side="operations",
    levels=PLANNED,
    responsible=(Department.TAX,),
    inputs=(
        Input("done_fen", "本年累计收入", "Income year to date", "fen"),
        Input("rest_fen", "其余月份预计收入", "Expected rest of the year", "fen"),
        PLAN,
        Input("rest_low_fen", "其余月份预计下限（80%）", "Rest of the year, low end (80%)", "fen", optional=True),
        Input("rest_high_fen", "其余月份预计上限（80%）", "Rest of the year, high end (80%)", "fen", optional=True),
    ),
    expected=True,
    # A forecast that misses by a point or two says nothing yet: its own error is as large.
    limits=(four("lt", "98", "96", "94", "90"),),
)
_declare(
    management_gap_forecast,
    name="预计管理性缺口",
    name_en="Expected management gap",
    unit="yuan",
    scale=2,
    worse=None,
    formula="全年收入计划－（本年累计＋其余月份预计），只计本级负责的项目，不小于0；按预算单位逐一计算后汇总，盈余不抵缺口",
    formula_en="income plan − (year to date + expected rest), local items only, at least 0; by planned unit and then summed: no surplus fills another unit's gap",
    period="month",
    side="operations",
    levels=PLANNED,
    responsible=(Department.TAX,),
    inputs=(GAP,),
    expected=True,
    concept=MANAGEMENT_GAP,
)
