"""本地概况 [/region/CODE]: one region on one printable page: where it stands, what it must do, what it owes, its place.

The home of city users and where every drill-down leads. Of other regions it shows only what may be derived: rank and
number ranked, the province's value, mean and median.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.charts import series
from dashboard.charts.graph import Chart, graph
from dashboard.charts.plot import Mark, Plot
from dashboard.charts.theme import Figure, Palette
from dashboard.components import frame, history, parts, ranking
from dashboard.components.attributes import attributes
from dashboard.components.drawer import indicator_drawer
from dashboard.components.level import level_tag
from dashboard.components.parts import Child, Strong, known
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.calendar.coming import coming_section
from dashboard.pages.overview import band as overview_band
from dashboard.pages.overview.page import sheet_links
from dashboard.pages.region.duties import dues, dues_section, dues_table, duties_section
from dashboard.site import annotating, heading
from dashboard.site.page import Page, of_months
from dashboard.site.reading import Reading
from dashboard.words import as_of, display, figures, headlines
from dashboard.words.wording import N_, _, name_of
from rules.alerts.threshold import Level
from rules.indicators import INDICATORS, Indicator
from rules.violations import SIDES, sides_of
from workflows.warnings.alerts import Standing, standings

PATH = "/region"
CARDS = Cards(("side", "level"), "name", ("value", "whole", "mean", "rank"))
TITLE = N_("本地概况")


def show(reading: Reading) -> Component:
    if reading.scheme.kind == "published" or reading.snapshot.month is None:
        said = parts.message(_("本险种没有分月的地区数据。"), _("公布数只有分年合计，见总览。"))
        return html.Div([html.H1(_(TITLE), className="vh"), said], className="content")
    chart = collection_chart(reading)
    table = standing_table(reading)
    left = [
        duties_section(reading),
        dues_section(reading),
        coming_section(reading, 5),
        parts.section(
            _("征缴进度"),
            graph(chart, str(g.theme)),
            note=f"{chart.span} · {chart.unit}",
            actions=[frame.exports(PATH, chart.code, reading.view, chart=True)],
        ),
    ]
    right = parts.section(
        _("各项指标"),
        html.Div(html_table(table, cards=CARDS), className="scroll"),
        note=_("与全省比较"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_("名次按好坏排列，1为最好；只比较有数值的同级地区。平均、中位不含本级以外地区的明细。"),
    )
    first, second = _conclusion(reading)
    printing = html.Button(_("打印本页"), type="button", className="button", **attributes(data_print="1"))
    body = [
        html.H1(_(TITLE), className="vh"),
        _path(reading),
        parts.conclusion(first, second, [*sheet_links(reading), printing]),
        parts.band(overview_band.cells(reading)),
        html.Div([html.Div(left), right], className="split even"),
        heading.footer(reading),
    ]
    return html.Div(body, className="content region")


def _path(reading: Reading) -> Component:
    """省 › 市 › 县, as far as the reader may go up."""
    steps: list[Child] = []
    for node in reading.names():
        if steps:
            steps.append(html.Span("›", className="muted"))
        here = node.code == reading.region
        steps.append(html.B(name_of(node)) if here else html.A(name_of(node), href=reading.view.href(region=node.code)))
    below = [code for code in reading.children() if reading.scope.covers(reading.tree, code)]
    links = [parts.option(name_of(reading.tree.region(code)), reading.view.href(region=code)) for code in below]
    if links:
        steps += [html.Span("›", className="muted"), parts.menu(_("下辖{count}个地区", count=len(links)), links)]
    return html.Nav(steps, className="path", **attributes(aria_label=_("地区")))


def _conclusion(reading: Reading) -> tuple[list[Child], list[Child]]:
    income, expenditure = figures.progress(reading, "income"), figures.progress(reading, "expenditure")
    first = known(
        N_("截至{until}，{region}收入完成年度计划{income}%，支出完成{spent}%；收入"),
        N_("截至{until}，{region}没有完整的收支计划，不计完成率；收入"),
        until=as_of.until(reading),
        region=name_of(reading.node),
        income=Strong(income.progress_shown),
        spent=Strong(expenditure.progress_shown),
    )
    first += [*figures.pace(income.pace, strong=True), _("，支出")]
    first += [*figures.pace(expenditure.pace, strong=True), _("。")]
    return first, dues(reading)


# --- the indicators beside the province's


@dataclass(frozen=True, slots=True)
class Compared:
    """One indicator of the region beside its siblings: their mean and median, its rank among how many, its level."""

    indicator: Indicator
    value: Decimal | None
    whole: Decimal | None
    mean: Fraction | None
    median: Fraction | None
    rank: int | None
    ranked: int
    level: Level


def compared(reading: Reading) -> list[Compared]:
    """Every indicator that exists for the region, in the order of 四位一体 side and catalogue."""
    known = reading.ask(standings, reading.scheme.code, reading.region)
    shown = [one for one in INDICATORS.values() if one.side and not one.parted and reading.node.level in one.levels]
    reading.snapshot.read(figures.wanted(reading, (one.code for one in shown)))
    found = []
    for indicator in shown:
        value = figures.value(reading, indicator.code)
        if value is not None:
            found.append(_compared(reading, indicator, value.value, _worst(known, indicator.code)))
    order = list(SIDES)
    return sorted(found, key=lambda one: order.index(str(one.indicator.side)))


def _worst(known: Sequence[Standing], code: str) -> Level:
    return max((one.level for one in known if one.indicator == code and one.coloured), default=Level.NONE)


def _compared(reading: Reading, indicator: Indicator, value: Decimal | None, level: Level) -> Compared:
    root = reading.tree.root
    whole = figures.exact(figures.value(reading, indicator.code, root)) if reading.region != root else None
    siblings = reading.peers(reading.region)
    values = {code: figures.exact(figures.value(reading, indicator.code, code)) for code in siblings}
    known = sorted(given for given in values.values() if given is not None)
    placed = ranking.rank(values, higher_first=indicator.worse == "lower") if indicator.worse else []
    own = next((place for code, _value, place in placed if code == reading.region), None)
    mean = Fraction(sum(known)) / len(known) if known else None
    median = Fraction(known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2 if known else None
    return Compared(indicator, value, whole, mean, median, own, len(known), level)


def standing_table(reading: Reading) -> Table:
    """Every indicator of the region: value, the province's, mean and median of its like, rank, level."""
    columns = (
        Column("side", _("方面")),
        Column("name", _("指标")),
        Column("value", _("本地"), right=True),
        Column("whole", _("全省"), right=True),
        Column("mean", _("平均"), right=True),
        Column("median", _("中位"), right=True),
        Column("rank", _("名次"), right=True),
        Column("level", as_of.noted(reading, _("预警"))),
    )
    rows = []
    for one in compared(reading):
        code = one.indicator.code
        about, root = figures.about(reading, code), reading.tree.root
        level_of = reading.tree.parent(reading.region)
        rows.append(
            Row(
                {
                    "side": name_of(sides_of(reading.scheme)[str(one.indicator.side)]),
                    "name": _name(reading, one.indicator),
                    "value": figures.figure(reading, code),
                    "whole": figures.figure(reading, code, root) if reading.region != root else None,
                    "mean": about.figure("mean", figures.amount(code, one.mean), part=code, place=level_of)
                    if level_of
                    else None,
                    "median": about.figure("median", figures.amount(code, one.median), part=code, place=level_of)
                    if level_of
                    else None,
                    "rank": display.NO_VALUE if one.rank is None else f"{one.rank} / {one.ranked}",
                    "level": "",
                },
                href=reading.view.href(item=code),
                extra={"level": level_tag(one.level)},
            )
        )
    return Table("indicators", _("各项指标"), columns, rows)


def _name(reading: Reading, indicator: Indicator) -> str:
    """The indicator with its unit, and the day of one that only exists now."""
    said = _("{name}（{unit}）", name=name_of(indicator), unit=figures.unit(indicator.code))
    return f"{said} {as_of.period_words(reading, indicator.code)}" if as_of.only_now(reading, indicator.code) else said


# --- the year's collection


def collection_chart(reading: Reading) -> Chart:
    """Premium collected, cumulative by month, beside the year before."""
    facts, at, first = reading.snapshot.facts, reading.snapshot.at, reading.snapshot.year_start
    months = facts.months[first : at + 1]
    premium = facts.item(reading.region, "premium")
    now = [int(fen) for fen in premium[first : at + 1].cumsum()]
    before = [int(fen) for fen in premium[first - 12 : first - 12 + len(months)].cumsum()] if first >= 12 else []
    columns = (
        Column("month", _("月份")),
        Column("now", _("本年累计"), "money", what="to_date"),
        Column("before", _("上年同期累计"), "money", what="to_date.last_year"),
    )
    rows = [
        Row(
            {"month": display.month_name(month), "now": now[i], "before": before[i] if before else None},
            part="premium",
            period=display.period_month(month),
        )
        for i, month in enumerate(months)
    ]
    title = _("征缴进度")
    span = f"{display.month_name(months[0])}—{display.month_name(months[-1])}"
    table = Table("collection", title, columns, rows, about=reading.about)
    happened = annotating.events(reading, months)

    def draw(colours: Palette) -> Figure:
        this, last = (series.Months.of(table, key, months, rows) for key in ("now", "before"))
        return series.beside_last_year(this, last if before else None, colours, events=happened)

    marks = (Mark("now", "line", "accent"), Mark("before", "line", "t4"))
    plot = Plot(table, "month", rows, marks, events=happened)
    told = headlines.beside(plot, _("累计征缴"), _("亿元"), "now", "before")
    return Chart("collection", title, _("亿元"), span, draw, table, plot, headline=told)


# --- drawer and files


def drawer(reading: Reading) -> Component | None:
    return indicator_drawer(reading, reading.view.item, str(g.theme)) if reading.view.item in INDICATORS else None


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={
        "indicators": of_months(standing_table),
        "dues": of_months(dues_table),
        **history.tables(),
    },
    charts={"collection": of_months(collection_chart), **history.charts()},
)
