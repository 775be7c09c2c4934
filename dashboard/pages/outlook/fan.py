"""累计结余 on 中长期测算: the ledger's course, then low, mid and high until each is used up, with a flag where it is."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.charts.graph import Chart, graph
from dashboard.charts.plot import Mark, Plot
from dashboard.charts.theme import Figure, Palette
from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, plain
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.outlook import sentence
from dashboard.pages.outlook.drawing import LEDGER, OTHER, SHOCK, Line, drawn, named, used_up
from dashboard.pages.outlook.figures import month_of
from dashboard.pages.outlook.pressures import shock_words
from dashboard.pages.outlook.reading import MONTHS, OFF, PATH, Outlook
from dashboard.pages.outlook.years import NAMES
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _
from data_access.books.outlook.results import HIGH, LOW, MID
from rules.month import Month

CODE, TABLE = "fan", "fan-table"
BACK = 6  # years of the ledger before the first one projected


def lines(found: Outlook) -> list[Line]:
    """Those drawn, the chosen one last."""
    every = [
        Line(variant, _(NAMES[variant]), found.fan(variant), "accent", 2 if variant == found.variant else 1)
        for variant in (LOW, HIGH, MID)
    ]
    if found.other is not None:
        name = _("不延迟退休") if found.reform else _("延迟退休")
        every.insert(0, Line(OTHER, name, found.other, "below", 1.25))
    if found.shocked is not None and found.shock is not None:
        every.append(Line(SHOCK, shock_words(found.shock), found.shocked, "brown", 2))
    return every


def fan(reading: Reading, found: Outlook) -> Chart:
    """The chart: year-ends of the ledger and its newest month, then what is projected, nothing below zero."""
    every = lines(found)
    known = _ledger(reading, found)
    table = _table(reading, found, every, known)
    shown = {row.values["year"]: row for row in table.rows}
    marks = (
        Mark(LOW, "band", "accent"),
        Mark(HIGH, "band", "accent"),
        *(Mark(line.key, "line", line.colour, dashed=True) for line in every if line.key not in (LOW, HIGH)),
        Mark(LEDGER, "line", "accent"),
    )
    plot = Plot(table, "year", table.rows, marks)
    title, unit = _("累计结余"), _("亿元")
    first = known[0].year if known else found.first_year
    span = _("{first}—{last}年，实线为账，虚线为测算", first=first, last=found.last_year)
    ends = used_up(every)
    legend = _(
        "结余用尽：{ends}", ends="；".join(f"{line.name} {plain(month_of(found, line.course))}" for line in ends)
    )

    def draw(colours: Palette) -> Figure:
        return drawn(found, every, known, table, shown, colours)

    return Chart(
        CODE, title, unit, span, draw, table, plot, legend if ends else "", headline=plain(sentence.lasts(found))
    )


def _ledger(reading: Reading, found: Outlook) -> list[Month]:
    """The months of the ledger drawn: Decembers, and the newest one looked at."""
    if not reading.has_months or not reading.snapshot.facts.opened:
        return []
    facts, at = reading.snapshot.facts, reading.snapshot.at
    every = [Month(month) for month in facts.months[: at + 1]]
    return [
        one
        for place, one in enumerate(every)
        if one.year >= found.first_year - BACK and (one.number == MONTHS or place == at)
    ]


def _table(reading: Reading, found: Outlook, every: Sequence[Line], known: Sequence[Month]) -> Table:
    facts, root = reading.snapshot.facts, reading.tree.root
    columns = [Column("year", _("年度")), Column(LEDGER, _("账面结余"), "money")]
    columns += [
        Column(line.key, line.name, "money", what=f"outlook.closing:{line.course.part}")
        for line in sorted(every, key=lambda line: (LOW, MID, HIGH, OTHER, SHOCK).index(line.key))
    ]
    values: dict[tuple[int, int], dict[str, object]] = {}
    for month in known:
        fen = int(facts.result_balance(root)[facts.index(month)])
        figure = reading.about.figure("balance_total", fen, place=root, period=display.period_month(month))
        values.setdefault((month.year, month.number), {})[LEDGER] = figure
    for line in every:
        at = line.course.exhausted
        for one in line.course.years:
            if at is None or one.year < at.year:
                values.setdefault((one.year, MONTHS), {})[line.key] = one.closing_fen
    # What a row has not it does not claim to be nothing: years after exhaustion, and those that are booked.
    rows = [
        Row({"year": named(year, month), **given}, period=str(year)) for (year, month), given in sorted(values.items())
    ]
    note = _("结余用尽后的年份不列数。")
    return Table(CODE, _("累计结余"), columns, rows, about=found.about, of_now=True, note=note)


# --- the section


def section(reading: Reading, found: Outlook) -> Component:
    chart, as_table = fan(reading, found), reading.view.show == TABLE
    key, filed = attributes(data_key="t"), attributes(data_key="e")
    export = html.Span(frame.exports(PATH, CODE, reading.view, chart=True), **filed)
    look = html.A(_("看图") if as_table else _("看表格"), href=reading.view.href(show="" if as_table else TABLE), **key)
    basis = html.A(_("计算依据"), href=reading.view.href(item="basis"))
    body: list[Child] = [
        html.Div(html_table(chart.table), className="sheet scroll") if as_table else graph(chart, str(g.theme)),
        _flag_key(found),
    ]
    return parts.section(
        chart.title,
        body,
        note=f"{chart.unit} · {chart.span}",
        actions=[*_reform(reading, found), look, export, basis],
        className="fan",
    )


def _reform(reading: Reading, found: Outlook) -> list[Component]:
    """The switch of the retirement reform, which turns the whole page."""
    if found.reform is None:
        return []
    view = reading.view
    options = [
        (_("开"), view.href(ret="", shock="", item=""), found.reform),
        (_("关"), view.href(ret=OFF, shock="", item=""), not found.reform),
    ]
    return [html.Span(_("延迟退休"), className="muted"), parts.segment(options, label=_("延迟退休"), small=True)]


def _flag_key(found: Outlook) -> Component:
    """结余用尽 ① 低方案 2040年7月 …: the words behind the flags, and what is not used up."""
    every = lines(found)
    ends = used_up(every)
    said: list[Child] = [html.Span(_("结余用尽"), className="muted")]
    for number, line in enumerate(ends, start=1):
        mark = html.Span(str(number), className=f"flag {'full' if line.key == MID else line.key}")
        said.append(html.Span([mark, line.name, " ", html.B(month_of(found, line.course))]))
    rest = [line.name for line in every if line.course.exhausted is None]
    if rest:
        names = _("、").join(rest)
        said.append(html.Span(_("{names}：{year}年后", names=names, year=found.last_year)))
    return html.Div(said, className="flag-key")
