"""One line of the execution form in the drawer: its months, its regions, how its figures were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.charts import series
from dashboard.charts.graph import Chart, graph
from dashboard.charts.plot import Mark, Plot
from dashboard.charts.theme import Figure, Palette
from dashboard.components import drawer as docked, frame
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.budget.lines import ahead, form_of, label_of, printed, spends
from dashboard.site import annotating
from dashboard.site.reading import Reading
from dashboard.words import display, expected, figures, headlines
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _, bracketed, name_of
from data_access.books.execution import line_amounts, line_figures
from rules.execution_form import (
    CLOSING,
    RESULT,
    Row as FormRow,
)
from rules.money import rounded
from rules.month import Month

ENDS = 2


def drawer(reading: Reading) -> Component | None:
    """One line of the form: its months, its regions, how the figures were made."""
    form = form_of(reading) if reading.scheme.kind == "ledger" and reading.snapshot.month else None
    row = None if form is None else next((one for one in form.rows if one.key == reading.view.item), None)
    if form is None or row is None or row.key in (RESULT, CLOSING):
        return None
    chart = item_chart(reading, row)
    spend = spends(reading, row)
    leading = [
        docked.Trio(_("累计执行"), printed(reading, row, "to_date"), _("亿元")),
        docked.Trio(_("预算执行进度"), printed(reading, row, "progress"), "%" if row.progress is not None else ""),
    ]
    if row.ahead is not None:
        word = _("快于历史同期") if row.ahead >= 0 else _("慢于历史同期")
        leading.append(docked.Trio(word, display.printed(ahead(reading, row), absolute=True), _("百分点")))
    small = docked.block(
        _("各月执行"),
        [
            graph(chart, str(g.theme), size="small"),
            html.Details([html.Summary(_("看表格")), html_table(chart.table)], className="more"),
        ],
        note=f"{chart.unit} · {chart.legend}",
        right=frame.exports("/budget", chart.code, reading.view, chart=True),
    )
    blocks = [
        small,
        *_year_words(reading, row),
        *_item_regions(reading, row),
        docked.basis(_item_basis(reading, row)),
        docked.explanations(reading, row.key),
    ]
    crumb = f"{_('预算执行情况表')} › {_('支出') if spend else _('收入')} · {_span_words(reading)}"
    return docked.drawer(reading, crumb=crumb, title=label_of(row), leading=leading, blocks=blocks)


def _span_words(reading: Reading) -> str:
    return f"{name_of(reading.node) if not reading.is_province else _('全省')} · {display.month_name(reading.snapshot.month or 0)}"


def _year_words(reading: Reading, row: FormRow) -> list[Component]:
    """全年预计 with its interval, what it makes of the plan, and how the past was expected."""
    year = _year(reading, row)
    if year is None:
        return []
    said: list[Child] = sentence(N_("全年预计 {total}"), total=Strong(year.printed("total")))
    if year.low is not None and year.high is not None:
        said += sentence(N_("（{low}～{high}）"), low=year.printed("low"), high=year.printed("high"))
    if year.plan:
        said += sentence(N_("，完成预算 {rate}%"), rate=Strong(year.printed("rate")))
    method = _(expected.METHODS[year.forecast.method])
    told: list[Child] = [_("80%区间；{method}", method=method)]
    if year.mase is not None:
        told += sentence(N_("，回测误差 MASE {mase}"), mase=year.printed("mase"))
    return [html.Div([html.P(said), html.Small(told)], className="block said")]


def _year(reading: Reading, row: FormRow) -> expected.Year | None:
    line = expected.line_of(reading, row.key)
    return expected.year(reading, expected.forecasts(reading, [reading.region]), reading.region, line)


def _months_ahead(reading: Reading, row: FormRow) -> list[tuple[int, int]]:
    """The expected months of the year shown that have not begun: (1–12, fen)."""
    line = expected.line_of(reading, row.key)
    forecast = expected.forecasts(reading, [reading.region]).get((reading.region, line))
    shown = reading.snapshot.month or 0
    return [
        (Month(one.month).number, one.mean_fen)
        for one in (forecast.months if forecast else ())
        if shown < one.month <= Month.at(reading.snapshot.year, 12)
    ]


def item_chart(reading: Reading, row: FormRow) -> Chart:
    """The year's months of one line: actual, the plan's monthly mean, last year."""
    snapshot = reading.snapshot
    amounts, first, at = line_amounts(snapshot.facts, reading.region, row.key), snapshot.year_start, snapshot.at
    # A line with neither plan nor execution has no figure on the form, so none by month.
    nothing = not row.figures.adjusted_plan and not row.figures.cumulative
    actual = [] if nothing else [int(fen) for fen in amounts[first : at + 1]]
    last_year: list[int | None] = [int(fen) for fen in amounts[first - 12 : first]] if first >= 12 else [None] * 12
    monthly = None if row.figures.adjusted_plan is None else row.figures.adjusted_plan // 12
    plan: list[int | None] = [monthly] * 12
    spend = spends(reading, row)
    coming = _months_ahead(reading, row)

    columns = (
        Column("month", _("月份")),
        Column("actual", _("实际"), "money", what="month"),
        Column("plan", _("计划月均"), "money", what="plan.month"),
        Column("last_year", _("上年同期"), "money", what="month.last_year"),
        Column("expected", _("预计"), "money", what="month.expected"),
    )
    rows = [
        Row(
            {
                "month": display.short_month(n),
                "actual": actual[n - 1] if n <= len(actual) else None,
                "plan": plan[n - 1],
                "last_year": last_year[n - 1],
                "expected": dict(coming).get(n),
            },
            part=row.key,
            period=display.period_month(Month.at(snapshot.year, n)),
        )
        for n in range(1, 13)
    ]
    title = _("{item}各月执行", item=label_of(row))
    code = "item"
    legend = _("柱实际　虚框预计　横线计划　灰线上年") if coming else _("柱：实际　横线：计划月均　灰线：上年同期")
    table = Table(code, title, columns, rows, about=reading.about)
    months = [Month.at(snapshot.year, n) for n in range(1, 13)]
    happened = annotating.events(reading, months)

    def draw(colours: Palette) -> Figure:
        now, planned, before, ahead = (series.Months.of(table, column.key, months, rows) for column in columns[1:])
        return series.item_months(now, planned, before, ahead, colours, spend=spend, events=happened)

    marks = (
        Mark("actual", "bar", "brown_mid" if spend else "mid"),
        Mark("plan", "tick", "ink"),
        Mark("last_year", "line", "t4"),
        Mark("expected", "bar", "brown" if spend else "accent", dashed=True),
    )
    plot = Plot(table, "month", rows, marks, events=happened)
    told = headlines.beside(plot, label_of(row), _("亿元"), "actual", "last_year")
    return Chart(code, title, _("亿元"), str(snapshot.year), draw, table, plot, legend, told)


def _item_regions(reading: Reading, row: FormRow) -> list[Component]:
    """The line in the regions below: two fastest and two slowest of those with a plan; every one stands in the file."""
    table = item_regions(reading, row, ENDS)
    if table is None:
        return []
    export = frame.exports("/budget", table.code, reading.view)
    return [docked.block(_("分地区"), html_table(table), note=table.note, right=export)]


def item_regions(reading: Reading, row: FormRow, ends: int | None = None) -> Table | None:
    """A line of the form in the regions below with a plan, the fastest first; with ``ends`` the first and last alone."""
    lines, snapshot = [], reading.snapshot
    for code in reading.children():
        line = line_figures(snapshot.facts, snapshot.plans, code, row.key, snapshot.month or 0, snapshot.day)
        if line.adjusted_plan and line.cumulative is not None:
            rate = Fraction(line.cumulative * 100, line.adjusted_plan)
            points = None if line.historical_share is None else rate - Fraction(line.historical_share) * 100
            lines.append((code, line, rate, points))
    if not lines:
        return None
    lines.sort(key=lambda one: -(one[3] if one[3] is not None else one[2]))
    chosen = lines if ends is None or len(lines) <= 2 * ends else lines[:ends] + lines[-ends:]
    columns = (
        Column("region", _("地区")),
        Column("plan", _("预算"), "money", what="plan.adjusted"),
        Column("done", _("累计"), "money", what="to_date"),
        Column("rate", _("进度%"), "percent", what="progress"),
        Column("ahead", _("快慢"), "points", signed=True),
    )
    rows = [
        Row(
            {
                "region": name_of(reading.tree.region(code)),
                "plan": line.adjusted_plan,
                "done": line.cumulative,
                "rate": rounded(rate, 2),
                "ahead": figures.ahead(
                    replace(reading.about, place=code), row.key, None if points is None else rounded(points, 2)
                ),
            },
            href=reading.view.href(region=code),
            part=row.key,
            place=code,
        )
        for code, line, rate, points in chosen
    ]
    note = _("前{n}位与后{n}位，共{count}个", n=ends or 0, count=len(lines)) if len(chosen) < len(lines) else ""
    return Table("item-regions", label_of(row), columns, rows, note=note, about=reading.about)


def _item_basis(reading: Reading, row: FormRow) -> list[tuple[str, Child | Sequence[Child]]]:
    def shown(what: str) -> Printed:
        return printed(reading, row, what)

    entries: list[tuple[str, Child | Sequence[Child]]] = []
    if row.progress is not None:
        working = [shown("to_date"), " ÷ ", shown("plan.adjusted"), " ＝ ", shown("progress"), "%"]
        entries.append((_("进度"), [f"{_('累计执行÷调整后预算')} ＝ ", *working]))
    if row.historical is not None:
        share = sentence(N_("前三年同期占全年比重的平均 ＝ {share}%"), share=shown("historical"))
        entries.append((_("历史同期"), share))
    else:
        entries.append((_("历史同期"), _("可比的已结年度不足两年")))
    if row.growth is not None:
        entries.append(
            (_("同比"), [shown("to_date"), " ÷ ", shown("to_date.last_year"), " − 1 ＝ ", shown("growth"), "%"])
        )
    approvals = _approvals(reading)
    if approvals:
        entries.append((_("批复"), approvals))
    entries.append((_("条文"), reading.scheme.document))
    entries.append((_("数据"), docked.data_words(reading)))
    return entries


def _approvals(reading: Reading) -> str:
    """The approval of the newest plan version of the year in force."""
    known = [
        plan
        for (year, _region, _item), plans in reading.snapshot.plans.rows.items()
        if year == reading.snapshot.year
        for plan in plans
        if plan.version == 0 or plan.approved_on <= reading.snapshot.day
    ]
    newest = max(known, key=lambda plan: (plan.version, plan.approved_on), default=None)
    return "" if newest is None else newest.approval_ref + bracketed(display.day_name(newest.approved_on))
