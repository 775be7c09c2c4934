"""Balances 结余: how much there is and for how long it lasts. The province's alone: after pooling the money is its own."""

from __future__ import annotations

from fractions import Fraction

from rules.department import Department
from rules.indicators.catalogue import _declare
from rules.indicators.declaration import (
    NO_DENOMINATOR,
    NO_OPENING,
    NO_REQUEST,
    PROVINCE,
    TOO_FEW_MONTHS,
    Input,
    Limits,
    Number,
    four,
    ratio,
)
from rules.money import FEN_PER_YUAN

EXPENDITURE_12 = Input(
    "expenditure_12_fen", "最近12个月支出", "Expenditure of the last 12 months", "fen", TOO_FEW_MONTHS
)


def balance_total(balance_fen: int) -> Number | str:
    return Fraction(balance_fen, FEN_PER_YUAN)


BALANCE = Input("balance_fen", "累计结余", "Total balance", "fen", NO_OPENING)

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
    responsible=(Department.FISCAL, Department.SOCIAL),
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
    responsible=(Department.FISCAL, Department.SOCIAL),
    inputs=(BALANCE, EXPENDITURE_12),
    limits=(
        four("lt", "12", "9", "6", "3"),
        # 费率下浮区间 (2019年阶段性降低费率): structural, no one has to work it.
        Limits("ge", {"blue": "18", "yellow": "24"}, fund="work_injury", kind="watch"),
    ),
)


def account_cover(account_fen: int, request_fen: int, **_: object) -> Number | str:
    return Fraction(account_fen, request_fen) if request_fen > 0 else NO_DENOMINATOR


_declare(
    account_cover,
    name="省级专户备付月数",
    name_en="Months the provincial account covers",
    unit="months",
    scale=1,
    worse="lower",
    formula="省级财政专户余额÷下月批准用款计划（未批准的取最近一个月的批准数）",
    formula_en="provincial account balance ÷ next month's approved disbursement request, else the latest approved one",
    period="live",
    side="operations",
    levels=PROVINCE,
    responsible=(Department.FISCAL, Department.SOCIAL),
    inputs=(
        Input("account_fen", "省级财政专户余额", "Balance of the provincial account", "fen", NO_OPENING),
        Input("request_fen", "批准用款计划", "Approved disbursement request", "fen", NO_REQUEST),
        Input("request_month", "用款月份", "Month of the request", "month", optional=True),
    ),
    limits=(four("lt", "2", "1.5", "1.2", "1"),),
)


def reserve_ratio(reserve_fen: int, expenditure_12_fen: int) -> Number | str:
    return ratio(reserve_fen, expenditure_12_fen, 100)


_declare(
    reserve_ratio,
    name="储备金占比",
    name_en="Reserve share",
    unit="percent",
    scale=2,
    worse="lower",
    formula="储备金余额÷最近12个已结月份的支出",
    formula_en="reserve balance ÷ expenditure of the last 12 closed months",
    period="month",
    side="supervision",
    levels=PROVINCE,
    responsible=(Department.FISCAL, Department.SOCIAL),
    inputs=(Input("reserve_fen", "储备金余额", "Balance of the reserve", "fen", NO_OPENING), EXPENDITURE_12),
    limits=(four("lt", "30", "20", "15", "10"),),
)
