"""What a region must do and what it owes, for 本地概况: its warnings and what would turn them off, its amounts due."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.gap.reading import of_registers, owing
from dashboard.pages.overview.warnings import case_lines
from dashboard.pages.warnings import words
from dashboard.pages.warnings.directions import plan_words
from dashboard.pages.warnings.work import Matter, due_words, matters
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from rules.alerts.threshold import Level
from rules.indicators import INDICATORS
from workflows.gap.register import Settlement

PATH = "/region"
SHOWN = 6
CARDS = Cards(("region",), "basis", ("due", "paid", "unpaid", "until"))


def owed(reading: Reading) -> tuple[Settlement, ...]:
    """The amounts that the region and those below it owe: those of the year looked at, and what is left of earlier ones."""
    inside = set(reading.tree.subtree(reading.region))
    return tuple(one for one in owing(reading) if one.region in inside and not one.withdrawn)


def dues(reading: Reading) -> list[Child]:
    """The second sentence: how much is to be done and what is owed, or that there is nothing."""
    waiting, settlements = matters(reading), owed(reading)
    unpaid = sum(one.unpaid_fen for one in settlements)
    late = sum(one.unpaid_fen for one in settlements if one.overdue_days(reading.today))
    said: list[Child] = []
    if waiting:
        red = sum(one.level is Level.RED for one in waiting)
        text = N_("本地有预警事项{count}项，其中红色{red}项") if red else N_("本地有预警事项{count}项")
        said += sentence(text, count=Strong(str(len(waiting))), red=Strong(str(red)))
    else:
        said += [_("本地没有预警事项")]
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
    """The most urgent cases of the region and those below it: as many as the card and 待办事项 count."""
    words.read_values(reading, [one.lead for one in matters(reading)[:SHOWN]])
    lines, count = case_lines(reading, SHOWN)
    for line, one in zip(lines, matters(reading), strict=False):
        line.children = [*line.children, _way_out(reading, one)]
    if not count:
        nothing = html.Div(_("没有预警事项。"), className="foot")
        return parts.section(_("本地需办事项"), nothing, note=as_of.noted(reading))
    link = html.A(_("全部{count}项预警事项", count=count), href=reading.view.page_href("/warnings"))
    note = as_of.noted(reading, _("最急在前"))
    return parts.section(_("本地需办事项"), html.Ul(lines, className="matters"), note=note, actions=[link])


def _way_out(reading: Reading, matter: Matter) -> Component:
    """怎样销号 of one case: how much is short, what that is a month, by when, and who helps."""
    found = words.find(reading, matter.lead)
    said: list[Child] = [*(words.to_limit(found) or [_("指标回到标准以内")])]
    if found.year is not None:
        label, rest = plan_words(found, found.year)
        said += [_("；"), label, " ", *rest]
    said += [_("；"), *sentence(N_("限期 {due}"), due=due_words(matter))]
    helping = _("、").join(map(department_name, INDICATORS[matter.lead.subject.indicator].responsible))
    said += sentence(N_("；{who}协助，省级核实后销号。"), who=helping)
    return html.Div([html.I(_("怎样销号")), *said], className="way")


def dues_section(reading: Reading) -> Component:
    table = dues_table(reading)
    title, note = _("应缴与扣缴"), as_of.noted(reading, _("{year}年 · 亿元", year=reading.snapshot.year))
    if not table.rows:
        return parts.section(title, html.Div(_("本年没有应缴款。"), className="foot"), note=note)
    return parts.section(
        title,
        html.Div(html_table(table, cards=CARDS), className="scroll"),
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
        "overdue": one.overdue_days(reading.today),
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
