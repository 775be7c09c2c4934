"""Pooling 归集 and disbursement 拨付: whether money moves to and from the provincial account on its day."""

from __future__ import annotations

from fractions import Fraction

from rules.department import Department
from rules.indicators.catalogue import _declare
from rules.indicators.declaration import (
    EVERYWHERE,
    NO_DENOMINATOR,
    NOT_DISBURSED,
    PLANNED,
    PROVINCE,
    Input,
    Number,
    four,
    ratio,
)


def pooling_rate(due_fen: int, of_due_fen: int, **_: object) -> Number | str:
    return ratio(of_due_fen, due_fen, 100)


def pooling_delay(waiting_fen: int, waiting_fen_days: int) -> Number | str:
    return Fraction(waiting_fen_days, waiting_fen) if waiting_fen > 0 else 0


_declare(
    pooling_rate,
    name="归集率",
    name_en="Pooling rate",
    unit="percent",
    scale=2,
    worse="lower",
    formula="应归集中已归集的部分÷应归集，逐单位计算后汇总（先归集的不抵他人未归集的）；应归集＝年初国库结存＋本年征收入库－按规定尚不必划转的入库",
    formula_en="pooled of what was due ÷ due, unit by unit and then summed, so that nobody's early money hides another's "
    "arrears; due: in the treasury at new year + collected − not yet due",
    period="month",
    side="supervision",
    levels=EVERYWHERE,
    responsible=(Department.FISCAL, Department.TREASURY),
    inputs=(
        Input("due_fen", "应归集", "Due", "fen"),
        Input("of_due_fen", "其中已归集", "Of it pooled", "fen"),
        Input("overdue_fen", "应归集未归集", "Overdue", "fen", optional=True),
        Input("waiting_at_new_year_fen", "年初国库结存", "In the treasury at new year", "fen", optional=True),
        Input("collected_fen", "本年征收入库", "Collected this year", "fen", optional=True),
        Input("not_yet_due_fen", "尚不必划转", "Not yet due for transfer", "fen", optional=True),
        Input("pooled_fen", "本年已归集（含提前）", "Pooled this year, early money too", "fen", optional=True),
    ),
    limits=(four("lt", "99.5", "99", "97", "95"),),
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
    responsible=(Department.FISCAL, Department.TREASURY),
    inputs=(
        Input("waiting_fen", "国库结存", "In the treasury", "fen"),
        Input("waiting_fen_days", "金额×天数", "Amount × days", "fen_days"),
    ),
    limits=(four("gt", "3", "5", "10", "20"),),
)


def legacy_progress(handed_fen: int, owed_fen: int, unmatured_fen: int, due_share: Fraction) -> Number | str:
    if owed_fen <= 0:
        return NO_DENOMINATOR
    due = min(owed_fen * Fraction(due_share), Fraction(owed_fen - unmatured_fen))
    return (handed_fen - due) / owed_fen * 100


def disbursement_delay(disbursed_day: int, due_day: int) -> Number | str:
    return disbursed_day - due_day


_declare(
    legacy_progress,
    name="历年结余上解进度差",
    name_en="Legacy balances behind schedule",
    unit="points",
    scale=2,
    worse="lower",
    formula="（已上解－到期应上解）÷应上解总额；到期应上解按制度进度计，至多为应上解总额减未到期定期存款",
    formula_en="(handed over − due) ÷ owed; due by the profile's schedule, at most what is not in an unmatured deposit",
    period="month",
    side="supervision",
    levels=PLANNED,
    responsible=(Department.FISCAL,),
    inputs=(
        Input("handed_fen", "已上解", "Handed over", "fen"),
        Input("owed_fen", "应上解总额", "Owed", "fen"),
        Input("unmatured_fen", "未到期定期存款", "In unmatured deposits", "fen"),
        Input("due_share", "到期应上解比例", "Share due by the day", "share"),
    ),
    limits=(four("lt", "-5", "-10", "-20", "-30"),),
)
_declare(
    disbursement_delay,
    name="拨付滞后天数",
    name_en="Days disbursed late",
    unit="days",
    scale=0,
    worse="higher",
    formula="本月各单位首次拨付中最晚的一天－规定拨付日（负数为提前）",
    formula_en="day on which the last unit got its first disbursement of the month − the day set (negative: early)",
    period="month",
    side="operations",
    levels=PROVINCE,
    responsible=(Department.FISCAL,),
    inputs=(
        Input(
            "disbursed_day",
            "本月拨付到最后一个单位的日",
            "Day of the month the last unit was paid",
            "day",
            NOT_DISBURSED,
        ),
        Input("due_day", "规定拨付日", "Day set for it", "day"),
    ),
    limits=(four("ge", "1", "2", "3", "5"),),
)
