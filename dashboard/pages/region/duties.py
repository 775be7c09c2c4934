"""What a region must do and what it owes, for 本地概况: its warnings and what would turn them off, its amounts due."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.level import level_tag
from dashboard.components.parts import Child, Strong, known, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.gap.reading import of_registers, owing
from dashboard.pages.warnings.chart import day_of
from dashboard.site.reading import Reading
from dashboard.words import as_of, display, figures
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from rules.alerts.threshold import Level
from rules.indicators import INDICATORS
from rules.month import Month
from workflows.gap.register import Settlement
from workflows.warnings.alerts import Standing, standings

PATH = "/region"
SHOWN = 6


def warnings_of(reading: Reading) -> tuple[Standing, ...]:
    """What the region itself must act on, the worst first."""
    found = reading.ask(standings, reading.scheme.code, reading.region)
    return tuple(one for one in found if one.work and one.indicator in INDICATORS)


def owed(reading: Reading) -> tuple[Settlement, ...]:
    """The amounts that the region and those below it owe: those of the year looked at, and what is left of earlier ones."""
    inside = set(reading.tree.subtree(reading.region))
    return tuple(one for one in owing(reading) if one.region in inside and not one.withdrawn)


def dues(reading: Reading) -> list[Child]:
    """The second sentence: how much is to be done and what is owed, or that there is nothing."""
    waiting, settlements = warnings_of(reading), owed(reading)
    unpaid = sum(one.unpaid_fen for one in settlements)
    late = sum(one.unpaid_fen for one in settlements if one.overdue_days(reading.today))
    said: list[Child] = []
    if waiting:
        red = sum(one.level is Level.RED for one in waiting)
        text = N_("本地有{count}项预警待办，其中红色{red}项") if red else N_("本地有{count}项预警待办")
        said += sentence(text, count=Strong(str(len(waiting))), red=Strong(str(red)))
    else:
        said += [_("本地没有预警待办")]
    if late:
        said += sentence(
            N_("；应缴未缴{amount}亿元，其中逾期{late}亿元。"),
            amount=Strong(display.printed(of_registers(reading).figure("due.unpaid", unpaid))),
            late=Strong(display.printed(of_registers(reading).figure("due.overdue", late))),
        )
    elif unpaid:
        said += sentence(
            N_("；应缴未缴{amount}亿元，未到期。"),
            amount=Strong(display.printed(of_registers(reading).figure("due.unpaid", unpaid))),
        )
    else:
        said += [_("，没有应缴未缴。")]
    return [*said, *as_of.marked(reading)]


def duties_section(reading: Reading) -> Component:
    waiting = warnings_of(reading)
    if not waiting:
        nothing = html.Div(_("没有预警待办。"), className="foot")
        return parts.section(_("本地需办事项"), nothing, note=as_of.noted(reading))
    link = html.A(_("办理"), href=reading.view.page_href("/warnings"))
    lines = html.Ul([_line(reading, one) for one in waiting[:SHOWN]], className="matters")
    note = as_of.noted(reading, _("最急在前，共{count}项", count=len(waiting)))
    return parts.section(_("本地需办事项"), lines, note=note, actions=[link])


def _period(period: str) -> str:
    month = Month.parse(period)
    return day_of(period) if month is None else display.month_name(month)


def _line(reading: Reading, one: Standing) -> Component:
    indicator = INDICATORS[one.indicator]
    unit = figures.unit(one.indicator)
    found = figures.value(reading, one.indicator)
    said = figures.shown(one.indicator, figures.exact(found)) if not one.part else str(one.value or display.NO_VALUE)
    name = name_of(indicator)
    what = known(N_("{name} {value}{unit}"), N_("{name}本期无数据"), name=name, value=Strong(said), unit=unit)
    who = _("、").join(department_name(code) for code in indicator.responsible if code != "source")
    facts = [
        html.Span([html.I(_("责任")), f"{name_of(reading.node)} {who}".strip()]),
        html.Span([html.I(_("期间")), _period(one.period)]),
    ]
    return html.Li(
        [
            html.Span(level_tag(one.level), className="tag-cell"),
            html.Div(what, className="what"),
            html.A(_("查看"), href=reading.view.href(item=one.indicator), className="button"),
            html.Div(facts, className="who"),
        ]
    )


def dues_section(reading: Reading) -> Component:
    table = dues_table(reading)
    title, note = _("应缴与扣缴"), as_of.noted(reading, _("{year}年 · 亿元", year=reading.snapshot.year))
    if not table.rows:
        return parts.section(title, html.Div(_("本年没有应缴款。"), className="foot"), note=note)
    return parts.section(
        title,
        html.Div(html_table(table), className="scroll"),
        note=note,
        actions=[frame.exports(PATH, table.code, reading.view)],
    )


def dues_table(reading: Reading) -> Table:
    """What the region and those below it owe: due, paid, deducted, unpaid, until when, days overdue."""
    columns = (
        Column("region", _("责任政府")),
        Column("basis", _("事由")),
        Column("due", _("应缴"), "money", what="due.one"),
        Column("paid", _("已缴"), "money", what="due.one.paid"),
        Column("deducted", _("已扣缴"), "money", what="due.one.deducted"),
        Column("unpaid", _("未缴"), "money", what="due.one.unpaid"),
        Column("until", _("期限"), "day"),
        Column("overdue", _("逾期天数"), "count", what="due.one.days"),
    )
    found = owed(reading)
    rows = [_due_row(reading, one) for one in found]
    foot = [_whole(reading, found)] if len(rows) > 1 else []
    period, about = as_of.of_year(reading, reading.snapshot.year), of_registers(reading)
    return Table("dues", _("应缴与扣缴"), columns, rows, foot=foot, period=period, of_now=True, about=about)


def _due_row(reading: Reading, one: Settlement) -> Row:
    general = one.basis == "general"
    basis = _("一般性缺口分担") if general else _("管理性缺口 {number}", number=one.item_number or "")
    values = {
        "region": name_of(reading.tree.region(one.region)),
        "basis": basis,
        "due": one.due_fen,
        "paid": one.paid_fen,
        "deducted": one.deducted_fen,
        "unpaid": one.unpaid_fen,
        "until": one.due_on,
        "overdue": one.overdue_days(reading.today) or None,
    }
    return Row(values, part=str(one.id), place=one.region)


def _whole(reading: Reading, found: Sequence[Settlement]) -> Row:
    sums = {
        "due": ("due", sum(one.due_fen for one in found)),
        "paid": ("due.paid_only", sum(one.paid_fen for one in found)),
        "deducted": ("due.deducted", sum(one.deducted_fen for one in found)),
        "unpaid": ("due.unpaid", sum(one.unpaid_fen for one in found)),
    }
    figures = {key: of_registers(reading).figure(what, fen) for key, (what, fen) in sums.items()}
    return Row({"region": _("合计"), **figures}, style="sum")
