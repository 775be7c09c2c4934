"""The words of 考核评估: what an indicator aims at, what was reached, why points are missing, what is suggested."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dashboard.components.drawer import REASON_WORDS
from dashboard.pages.assessment.reading import Assessed
from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.wording import N_, _, name_of
from data_access.books.indicators import IndicatorRow
from rules.assessment import Deduct, Indicator, Linear
from rules.calendar import month_end
from rules.indicators import INDICATORS
from rules.month import Month
from workflows.assessment.measures import AT_MONTH_END, Measured, by_hand, catalogue_code
from workflows.assessment.register import Scored
from workflows.assessment.suggestions import Held

# What the documents call a consequence → what is put to the joint conference. Nothing follows of itself.
SUGGESTIONS = {
    N_("通报表扬"): N_("通报表扬建议"),
    N_("奖励"): N_("奖励建议"),
    N_("激励"): N_("激励建议"),
    N_("约谈"): N_("约谈建议（待审定）"),
    N_("精准督导"): N_("精准督导建议（待审定）"),
    N_("约束"): N_("拟提请研究情形"),
    N_("问责"): N_("拟提请研究情形"),
}


def suggestion(band: str) -> str:
    return _(SUGGESTIONS.get(band, N_("拟提请研究情形")))


def period_words(found: Assessed) -> str:
    """2026年1—10月预评, 2025年度考核（已确认）, or 2025年度预评（待三部门确认）."""
    if found.confirmed:
        return _("{year}年度考核（已确认）", year=found.year)
    if found.year_over:
        return _("{year}年度预评（待三部门确认）", year=found.year)
    return _("{year}年1—{month}月预评", year=found.year, month=Month(found.month).number)


def unit(indicator: Indicator) -> str:
    if indicator.code in INDICATORS:
        return figures.unit(indicator.code)
    if isinstance(indicator, Linear):
        return indicator.unit
    return _("件") if isinstance(indicator, Deduct) else _("分")


def source(indicator: Indicator) -> str:
    """Where a value comes from."""
    if by_hand(indicator):
        return _("人工录入")
    return _("指标库") if catalogue_code(indicator) else _("统计报表")


def open_words(scored: Scored) -> str:
    """尚有9分未评; empty where every point is scored."""
    return _("尚有{points}分未评", points=points(scored.open_points)) if scored.open_points else ""


def held_words(found: tuple[Held, ...]) -> str:
    """Why a unit is not commended: its open red matters, else those past their deadline."""
    red = [one.number for one in found if one.red]
    if red and not any(one.red and one.now_red for one in found):
        return _("有曾达红色的预警事项{numbers}未销号，不列入", numbers=_("、").join(red))
    if red:
        return _("有红色预警事项{numbers}未销号，不列入", numbers=_("、").join(red))
    return _("有逾期未反馈事项{numbers}，不列入", numbers=_("、").join(one.number for one in found))


def points(value: Decimal) -> str:
    """Points without needless zeros."""
    return display.number(value, 0 if value == int(value) else 1 if value * 10 == int(value * 10) else 2)


def aim(indicator: Indicator) -> str:
    """目标: what earns full points and what earns none."""
    if isinstance(indicator, Linear):
        return _(
            "{full}得满分，{zero}得零分",
            full=_with_unit(indicator, indicator.full_at),
            zero=_with_unit(indicator, indicator.zero_at),
        )
    if isinstance(indicator, Deduct):
        text = N_("无；每县每月一次，每次减{per}分") if indicator.counts else N_("无；每件减{per}分")
        return _(text, per=points(indicator.per))
    return _("按评分，满分{points}", points=points(indicator.points))


def _with_unit(indicator: Indicator, value: Decimal) -> str:
    text = display.number(value, 0 if value == int(value) else 1)
    name = unit(indicator)
    return f"{text}{name}" if name in ("%", "‰") else f"{text} {name}"


def period(indicator: Indicator, month: int) -> str:
    """The period that a measured value speaks of; empty for one that is entered by hand."""
    year, number = Month(month).year, Month(month).number
    if by_hand(indicator):
        return ""
    if catalogue_code(indicator) in AT_MONTH_END:
        return _("截至{day}", day=display.short_day(month_end(month)))
    if catalogue_code(indicator) == indicator.code:
        return display.month_name(month)
    return _("{year}年1—{month}月", year=year, month=number)


def reached(indicator: Indicator, value: Decimal | None, rests_on: Measured | None) -> str:
    """完成情况, with its unit."""
    if value is None:
        return display.NO_VALUE
    if rests_on is not None and not rests_on.task:
        return _("无此项任务")
    if isinstance(indicator, Deduct):
        return _("{count}次", count=points(value)) if indicator.counts else _("{count}件", count=points(value))
    if indicator.code in INDICATORS:
        shown = figures.shown(indicator.code, value)
        name = unit(indicator)
        return f"{shown}{name}" if name in ("%", "‰") else f"{shown} {name}"
    return _with_unit(indicator, value) if isinstance(indicator, Linear) else _("评{points}分", points=points(value))


def missing(
    reading: Reading, indicator: Indicator, value: Decimal | None, score: Decimal | None, rests_on: Measured | None
) -> str:
    """Why points are missing; empty where none is."""
    if score is None or value is None:
        return (
            _("待评，{points}分未评", points=points(indicator.points))
            if by_hand(indicator)
            else _unknown(indicator, rests_on)
        )
    if score >= indicator.points:
        return ""
    if isinstance(indicator, Linear):
        return _("距满分标准差{gap}", gap=_with_places(indicator, abs(value - indicator.full_at)))
    if isinstance(indicator, Deduct):
        if indicator.counts and rests_on is not None:
            return _("；").join(_unpaid(reading, row) for row in rests_on.rows)
        return _("发生{count}件，每件减{per}分", count=points(value), per=points(indicator.per))
    return _("评分少{points}分", points=points(indicator.points - value))


def _unknown(indicator: Indicator, rests_on: Measured | None) -> str:
    """Why a measured value is not known, so that its points stay open."""
    reason = next((row.value.reason for row in rests_on.rows), None) if rests_on is not None else None
    said = _(REASON_WORDS[reason]) if reason in REASON_WORDS else _("无数据")
    return _("{reason}，{points}分未评", reason=said, points=points(indicator.points))


def _unpaid(reading: Reading, row: IndicatorRow) -> str:
    """泗洪县2026年10月欠131.32万元（386人）."""
    place, month = name_of(reading.tree.region(row.region)), display.month_name(int(row.period.replace("-", "")))
    amount = display.money(int(Fraction(row.value.value or 0) * 100), "wan")
    persons = row.value.inputs.get("unpaid_persons")
    if persons is None:
        return _("{place}{month}欠{amount}万元", place=place, month=month, amount=amount)
    said = display.number(persons, 0)
    return _("{place}{month}欠{amount}万元（{persons}人）", place=place, month=month, amount=amount, persons=said)


def _with_places(indicator: Indicator, value: Decimal) -> str:
    places = INDICATORS[indicator.code].scale if indicator.code in INDICATORS else 2
    name = unit(indicator)
    name = _("百分点") if name == "%" else name
    return f"{display.number(value, places)} {name}" if name else display.number(value, places)


def evidence(found: Assessed, region: str, indicator: Indicator) -> str:
    """What a figure rests on: the catalogue, the statistics, or who entered it with which evidence."""
    if not by_hand(indicator):
        return source(indicator)
    entry = found.entry(region, indicator.code)
    if entry is None:
        return display.NO_VALUE
    day = display.short_day(display.local(entry.at).date())
    return _("{evidence}（{name}，{day}）", evidence=entry.evidence, name=entry.name, day=day)


def movement(before: int | None, now: int | None) -> str:
    """名次升降: ↑2, ↓1, 持平; — where there is nothing to compare with."""
    if before is None or now is None:
        return display.NO_VALUE
    if before == now:
        return _("持平")
    return f"↑{before - now}" if now < before else f"↓{now - before}"
