"""总览 [/]: how much there is, how long it lasts, whether income and spending are on plan, who lags, what needs attention."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.charts.graph import Chart, graph
from dashboard.components import frame, history, parts
from dashboard.components.attributes import attributes
from dashboard.components.drawer import indicator_drawer
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Table, html_table
from dashboard.pages.calendar.coming import coming_section
from dashboard.pages.overview import lasting, published_totals, ranking
from dashboard.pages.overview.band import band_table, on_screen
from dashboard.pages.overview.matters import MATTERS, matters_section
from dashboard.pages.overview.ranking import PATH, measure, ranking_section
from dashboard.pages.overview.since import said_of
from dashboard.pages.overview.trend import trend
from dashboard.pages.warnings.words import read_forecasts, wanted
from dashboard.pages.warnings.work import matters
from dashboard.site import annotating, explaining, heading
from dashboard.site.page import Page, of_months
from dashboard.site.reading import LIVE, MEETING, Reading
from dashboard.site.view import View
from dashboard.words import as_of, display, expected, figures, meetings
from dashboard.words.wording import N_, _, between, name_of
from rules.indicators import INDICATORS
from workflows.people import rights

TITLE = N_("总览")
SHEET = "/one-page"

# What the page shows of the period, and what it shows of the month that expectations rest on.
SHOWN = (
    "balance_total",
    "months_payable",
    "management_gap_forecast",
    "income_deviation",
    "expenditure_deviation",
    "premium_deviation",
)
# What stands beside the cases, as of now.
NOW = ("data_age", "balance_identity", "reconciliation_difference")
AHEAD = ("months_payable_ahead", "management_gap_forecast")


def show(reading: Reading) -> Component:
    if reading.scheme.kind == "published":
        return published_totals.overview(reading)
    if reading.snapshot.month is None:
        return html.Div(_empty(), className="content")
    read_values(reading)
    first, second = conclusion(reading)
    left = [matters_section(reading), _trend_section(reading), coming_section(reading)]
    body = [
        html.H1(_(TITLE), className="vh"),
        parts.conclusion(first, second, _actions(reading)),
        parts.band(on_screen(reading)),
        *([html.Div(said_of(reading), className="foot")] if reading.compare == MEETING else []),
        html.Div([html.Div(left), ranking_section(reading)], className="split"),
        heading.footer(reading),
    ]
    return html.Div(body, className="content overview")


def read_values(reading: Reading) -> None:
    """Every indicator value of the page, in one statement."""
    snapshot, live = reading.snapshot, reading.published.snapshot(reading.scheme.code, LIVE)
    months = snapshot.wanted("months_payable", None, reading.region)
    leads = [one.lead for one in matters(reading)[:MATTERS]]
    cases = wanted(reading, leads)
    read_forecasts(reading, leads, [reading.region])
    ahead = [snapshot.wanted(code, expected.last_month(reading)) for code in AHEAD]
    opened = [reading.view.item] if reading.view.item in INDICATORS else []
    shown = figures.wanted(reading, [*SHOWN, measure(reading), *opened])
    then = meetings.then(reading) if reading.compare == MEETING else None
    before = [] if then is None else figures.wanted(then, SHOWN)
    now = [*(live.wanted(code, None) for code in NOW), *lasting.wanted(reading)]
    snapshot.read([*shown, *before, *ahead, months, *now, *cases])


def _empty() -> Component:
    return parts.message(
        _("本险种还没有收支数据。"),
        _("请在“数据接入”下载模板，填好后上传；首次刷新后这里会显示结余、进度和排名。"),
        [html.A(_("数据接入"), href="/data", className="button")],
    )


def _actions(reading: Reading) -> list[Component]:
    on = reading.compare == MEETING
    href = reading.view.href(compare="" if on else MEETING)
    pressed = attributes(aria_current="true" if on else None)
    printed = html.Button(_("打印本页"), type="button", **attributes(data_print="1"))
    since = html.A(_("较上次会议"), href=href, className="button", **pressed)
    return [
        since,
        *sheet_links(reading),
        frame.exports(PATH, "figures", reading.view, also=[printed]),
    ]


def sheet_links(reading: Reading) -> list[Component]:
    """会前一页纸 for those it is made for: on a phone the file at once, as nothing is printed there."""
    if not rights.may_open(reading.scope, SHEET):
        return []
    there = reading.view.page_href(SHEET)
    file = f"/export{SHEET}/sheet.pdf?{there.partition('?')[2]}"
    return [
        html.A(_("会前一页纸"), href=there, className="button not-phone"),
        html.A(_("会前一页纸"), href=file, className="button phone-only"),
    ]


# --- conclusion


def conclusion(reading: Reading) -> tuple[list[Child], list[Child]]:
    """The page's two lines: how much there is and whether it is on plan, then who lags and what that will cost."""
    snapshot, until = reading.snapshot, as_of.until(reading)
    income, expenditure = figures.progress(reading, "income"), figures.progress(reading, "expenditure")
    if reading.is_province:
        months = figures.value(reading, "months_payable")
        if not snapshot.facts.opened:
            return [_("没有导入期初余额，累计结余和可支付月数不能计算，本月也不能定稿。")], _import_openings(reading)
        first = sentence(
            N_("截至{until}，全省累计结余{balance}亿元"),
            until=until,
            balance=Strong(figures.printed(reading, "balance_total")),
        )
        if months is not None and months.value is not None:
            first += sentence(N_("，可支付{months}个月"), months=Strong(figures.printed(reading, "months_payable")))
    else:
        first = sentence(
            N_("截至{until}，{region}本年收入{income}亿元、支出{expenditure}亿元"),
            until=until,
            region=name_of(reading.node),
            income=Strong(income.amount_shown),
            expenditure=Strong(expenditure.amount_shown),
        )
    first += [_("；收入"), *figures.pace(income.pace, strong=True), _("，支出")]
    first += [*figures.pace(expenditure.pace, strong=True), _("。")]
    return first, _second(reading)


def _import_openings(reading: Reading) -> list[Child]:
    """The way out of a ledger without opening balances."""
    link = html.A(_("数据接入"), href=View("/data", reading.view.scheme, tab="imports").href())
    return [_("请在“数据接入”的“导入”上传期初余额表（opening_balance）。"), link]


def _second(reading: Reading) -> list[Child]:
    """Which of the regions below lag in collection: at most two names, worst first."""
    slow = figures.slow_to_collect(reading)
    if slow is None:
        return []
    if not slow:
        return [_("所辖地区征缴进度均不低于历史同期。"), *_gap_ahead(reading)]
    if not reading.sees_siblings and reading.is_province:
        return []
    worst: list[Child] = []
    for code in slow[:2]:
        points = figures.printed(reading, "premium_deviation", code, absolute=True)
        region = name_of(reading.tree.region(code))
        worst += [
            *([_("、")] if worst else []),
            *sentence(N_("{region}（慢{points}个百分点）"), region=region, points=points),
        ]
    first = sentence(N_("{count}个地区征缴慢于历史同期，最慢的是{worst}。"), count=str(len(slow)), worst=worst)
    return [*first, *_gap_ahead(reading)]


def _gap_ahead(reading: Reading) -> list[Child]:
    """What is expected to be missing at the year's end; nothing where nothing is."""
    gap = figures.figure(reading, "management_gap_forecast", month=expected.last_month(reading))
    if not gap.value:
        return []
    # It follows another sentence.
    said = sentence(N_("按目前进度年底预计形成管理性缺口{amount}亿元。"), amount=display.printed(gap))
    return [between(), *said]


# --- trend


def _trend_section(reading: Reading) -> Component:
    chart = trend(reading)
    as_table, as_notes = reading.view.show == "trend-table", reading.view.show == "trend-notes"
    look = html.A(
        _("看图") if as_table else _("看表格"), href=reading.view.href(show="" if as_table else "trend-table")
    )
    notes = html.A(_("看图") if as_notes else _("标注"), href=reading.view.href(show="" if as_notes else "trend-notes"))
    with_balance = reading.is_province and reading.snapshot.facts.opened
    body: list[Component] = [graph(chart, _theme(), size="" if with_balance else "tall")]
    if as_table or as_notes:
        body = [html.Div(html_table(chart.table), className="sheet") if as_table else annotating.panel(reading)]
    span = _("近36个月及12个月预计") if expected.balances(reading) else _("近36个月")
    note = f"{chart.unit} · {span}" if with_balance else f"{chart.unit} · {_('近14个月')}"
    told = explaining.count_words(reading, ("balance_total", "months_payable", "months_payable_ahead"))
    said = [html.A(told, href=reading.view.href(item="balance_total"))] if told and reading.is_province else []
    return parts.section(
        chart.title,
        body,
        note=note,
        actions=[look, notes, frame.exports(PATH, chart.code, reading.view, chart=True), *said, _enlarge()],
        className="trend",
    )


def _enlarge() -> Component:
    """On a phone: the whole chart, turned, with what happened when."""
    told = attributes(data_enlarge="1", data_close=_("关闭"))
    return html.Button(_("放大"), type="button", className="text enlarge phone-only", **told)


def _theme() -> str:
    from flask import g

    return str(g.theme)


# --- drawer and files


def drawer(reading: Reading) -> Component | None:
    if reading.scheme.kind == "published":
        return published_totals.drawer(reading)
    return indicator_drawer(reading, reading.view.item, _theme()) if reading.view.item in INDICATORS else None


def _figures(reading: Reading) -> Table:
    read_values(reading)
    return band_table(reading)


def _ranking_chart(reading: Reading) -> Chart | None:
    if reading.scheme.kind == "published":
        return published_totals.chart(reading)
    return ranking.chart(reading) if reading.has_months else None


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={"figures": of_months(_figures), **published_totals.TABLES, **history.tables()},
    charts={"trend": of_months(trend), "ranking": _ranking_chart, **history.charts()},
)
