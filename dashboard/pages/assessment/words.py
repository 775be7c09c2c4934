"""The words of 考核评估: what an indicator aims at, what was reached, why points are missing, what is suggested."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from dashboard.components.drawer import REASON_WORDS
from dashboard.components.parts import Child, norm, sentence
from dashboard.pages.assessment.reading import Assessed
from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.passport import About, Figure, Printed
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


def open_words(found: Assessed, scored: Scored) -> list[Child]:
    """尚有9分未评; empty where every point is scored."""
    if not scored.open_points:
        return []
    left = scored.open_points
    open_points = found.printed("score.open", left, place=scored.region, places=decimals(left))
    return sentence(N_("尚有{points}分未评"), points=open_points)


def held_words(found: tuple[Held, ...]) -> str:
    """Why a unit is not commended: its open red matters, else those past their deadline."""
    red = [one.number for one in found if one.red]
    if red and not any(one.red and one.now_red for one in found):
        return _("有曾达红色的预警事项{numbers}未销号，不列入", numbers=_("、").join(red))
    if red:
        return _("有红色预警事项{numbers}未销号，不列入", numbers=_("、").join(red))
    return _("有逾期未反馈事项{numbers}，不列入", numbers=_("、").join(one.number for one in found))


def decimals(value: Decimal) -> int:
    """How many decimals points need."""
    return 0 if value == int(value) else 1 if value * 10 == int(value * 10) else 2


def points(value: Decimal) -> str:
    """Points without needless zeros."""
    return display.number(value, decimals(value))


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


def reached(
    found: Assessed, about: About, indicator: Indicator, value: Decimal | None, rests_on: Measured | None
) -> Figure | str | list[Child]:
    """完成情况: a figure, or a sentence with one. ``about`` is what the unit's measured figures have in common."""
    if value is not None and rests_on is not None and not rests_on.task:
        return _("无此项任务")
    code = indicator.code
    if code in INDICATORS:
        reason = next((row.value.reason for row in rests_on.rows), None) if rests_on is not None else None
        return about.figure(code, figures.amount(code, value), reason=reason or "no_row")
    if value is None:
        return display.NO_VALUE
    of = _entered(found, about) if by_hand(indicator) else about
    if isinstance(indicator, Linear):
        return of.figure("score.share", value, part=code)
    return counted(of, indicator, value, code)


def counted(about: About, indicator: Indicator, value: Decimal, part: str) -> list[Child]:
    """2件, 评8.5分, 92.60%: a value that no catalogue has, in words. ``part`` tells it from others."""
    if isinstance(indicator, Linear):
        share = about.figure("score.share", value, part=part)
        return [display.printed(share), display.after(share)]
    what = "score.counted" if isinstance(indicator, Deduct) else "score.given"
    shown = display.printed(about.figure(what, value, part=part), places=decimals(value))
    if isinstance(indicator, Deduct):
        return sentence(N_("{count}次") if indicator.counts else N_("{count}件"), count=shown)
    return sentence(N_("评{points}分"), points=shown)


def _entered(found: Assessed, about: About) -> About:
    """What people enter is known as it stands now."""
    return replace(found.about, place=about.place)


def missing(
    reading: Reading,
    found: Assessed,
    about: About,
    indicator: Indicator,
    value: Decimal | None,
    score: Decimal | None,
    rests_on: Measured | None,
) -> list[Child]:
    """Why points are missing; empty where none is."""
    if score is None or value is None:
        weight = norm(points(indicator.points))
        if by_hand(indicator):
            return sentence(N_("待评，{points}分未评"), points=[weight])
        return sentence(N_("{reason}，{points}分未评"), reason=_unknown(rests_on), points=[weight])
    if score >= indicator.points:
        return []
    if isinstance(indicator, Linear):
        gap = about.figure("score.short", abs(value - indicator.full_at), part=indicator.code)
        return sentence(N_("距满分标准差{gap}"), gap=[display.printed(gap), display.after(gap)])
    if isinstance(indicator, Deduct):
        if indicator.counts and rests_on is not None:
            said = [_unpaid(reading, about, row) for row in rests_on.rows]
            return [piece for place, one in enumerate(said) for piece in ([_("；")] if place else []) + one]
        count = display.printed(
            _entered(found, about).figure("score.counted", value, part=indicator.code), places=decimals(value)
        )
        return sentence(N_("发生{count}件，每件减{per}分"), count=count, per=[norm(points(indicator.per))])
    short = indicator.points - value
    lost = found.printed("score.lost", short, part=indicator.code, place=about.place, places=decimals(short))
    return sentence(N_("评分少{points}分"), points=lost)


def _unknown(rests_on: Measured | None) -> str:
    """Why a measured value is not known, so that its points stay open."""
    reason = next((row.value.reason for row in rests_on.rows), None) if rests_on is not None else None
    return _(REASON_WORDS[reason]) if reason in REASON_WORDS else _("无数据")


def _unpaid(reading: Reading, about: About, row: IndicatorRow) -> list[Child]:
    """泗洪县2026年10月欠131.32万元（386人）."""
    of = replace(about, place=row.region, period=row.period)
    amount: Printed = display.printed(of.figure(row.indicator, Fraction(row.value.value or 0) * 100), "wan")
    told = {
        "place": name_of(reading.tree.region(row.region)),
        "month": display.month_name(int(row.period.replace("-", ""))),
        "amount": amount,
    }
    if row.value.inputs.get("unpaid_persons") is None:
        return sentence(N_("{place}{month}欠{amount}万元"), **told)
    persons = display.printed(figures.input_figure(reading, row.indicator, row.value, "unpaid_persons", of=of))
    return sentence(N_("{place}{month}欠{amount}万元（{persons}人）"), **told, persons=persons)


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
