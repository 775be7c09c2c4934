"""The words of 考核评估: what an indicator aims at, what was reached, why points are missing, what is suggested."""

from __future__ import annotations

from decimal import Decimal

from dashboard.pages.assessment.reading import Assessed, by_hand
from dashboard.words import display, figures
from dashboard.words.wording import N_, _
from rules import assessment
from rules.assessment import Deduct, Indicator, Linear
from rules.indicators import INDICATORS
from rules.month import Month
from workflows.assessment.register import Scored

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


def suggested(found: Assessed) -> dict[str, list[Scored]]:
    """By suggestion the units it is made for, best first; bands from which nothing follows are left out."""
    lists: dict[str, list[Scored]] = {
        suggestion(str(band["consequence"])): [] for band in found.bands if band["consequence"]
    }
    for scored in found.ranked:
        band = assessment.consequence(scored.scaled, found.bands)
        if band:
            lists[suggestion(band)].append(scored)
    return lists


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
        return _("无；每件减{per}分", per=points(indicator.per))
    return _("按评分，满分{points}", points=points(indicator.points))


def _with_unit(indicator: Indicator, value: Decimal) -> str:
    text = display.number(value, 0 if value == int(value) else 1)
    name = unit(indicator)
    return f"{text}{name}" if name in ("%", "‰") else f"{text} {name}"


def reached(indicator: Indicator, value: Decimal | None) -> str:
    """完成情况, with its unit."""
    if value is None:
        return display.NO_VALUE
    if isinstance(indicator, Deduct):
        return _("{count}件", count=points(value))
    if indicator.code in INDICATORS:
        shown = figures.shown(indicator.code, value)
        name = unit(indicator)
        return f"{shown}{name}" if name in ("%", "‰") else f"{shown} {name}"
    return _with_unit(indicator, value) if isinstance(indicator, Linear) else _("评{points}分", points=points(value))


def missing(indicator: Indicator, value: Decimal | None, score: Decimal | None) -> str:
    """Why points are missing; empty where none is."""
    if score is None or value is None:
        return _("待录，不计分") if by_hand(indicator) else _("无数据，不计分")
    if score >= indicator.points:
        return ""
    if isinstance(indicator, Linear):
        return _("距满分标准差{gap}", gap=_with_places(indicator, abs(value - indicator.full_at)))
    if isinstance(indicator, Deduct):
        return _("发生{count}件，每件减{per}分", count=points(value), per=points(indicator.per))
    return _("评分少{points}分", points=points(indicator.points - value))


def _with_places(indicator: Indicator, value: Decimal) -> str:
    places = INDICATORS[indicator.code].scale if indicator.code in INDICATORS else 2
    name = unit(indicator)
    name = _("百分点") if name == "%" else name
    return f"{display.number(value, places)} {name}" if name else display.number(value, places)


def evidence(found: Assessed, region: str, indicator: Indicator) -> str:
    """What a figure rests on: the catalogue, the statistics, or who entered it with which evidence."""
    if not by_hand(indicator):
        return _("指标库") if indicator.code in INDICATORS else _("统计报表")
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
