"""预算执行 [/budget]: 执行表 in the official form · 地区进度."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard import display, figures, heading
from dashboard.charts import series
from dashboard.charts.graph import Chart, graph
from dashboard.components import drawer as docked
from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages import published_totals
from dashboard.reading import Reading
from dashboard.wording import N_, _, language, name_of
from data_access.facts import Series
from rules.calendar import historical_share
from rules.execution_form import (
    CLOSING,
    EXPENDITURE_SUBTOTAL,
    EXPENDITURE_TOTAL,
    INCOME_SUBTOTAL,
    INCOME_TOTAL,
    RESULT,
    Balances,
    CrossCheck,
    Figures,
    Form,
    build_form,
)
from rules.execution_form import Row as FormRow
from rules.scheme import Side

PATH = "/budget"
TITLE = N_("预算执行")
TABS = {"form": N_("执行表"), "regions": N_("地区进度")}
SPANS = {"month": N_("月"), "quarter": N_("季")}
ENDS = 2
CHECKS = {
    "children": N_("其中项合计＝上级项"),
    "total": N_("合计＝小计＋上级补助＋下级上解（支出：＋补助下级＋上解上级）"),
    "closing": N_("年末滚存＝期初＋收入－支出"),
    "accounts": N_("年末滚存＝各账户合计"),
}


def register(app: object, site: object) -> None:
    """No callbacks of its own: the shell's serve it."""


def show(reading: Reading) -> Component:
    if reading.scheme.kind == "published":
        return published_totals.no_budget(reading)
    tab = reading.view.tab if reading.view.tab in TABS else "form"
    names = [
        (_(name), reading.view.href(tab="" if code == "form" else code, item="", sort=""), code == tab)
        for code, name in TABS.items()
    ]
    if reading.snapshot.month is None:
        body: Component = parts.message(_("本险种还没有收支数据。"), _("请在“数据接入”上传数据。"))
        return html.Div([frame.tabs(_(TITLE), names), html.Div(body, className="content")], className="tabbed")
    shown = _form_page(reading) if tab == "form" else _regions_page(reading)
    content = html.Div([shown, heading.footer(reading)], className="content")
    return html.Div([frame.tabs(_(TITLE), names), content], className="tabbed")


# --- the figures behind the form


def _span(reading: Reading) -> str:
    return reading.view.span if reading.view.span in SPANS else "month"


def _unit(reading: Reading) -> str:
    return reading.view.unit if reading.view.unit in display.UNITS else "yi"


def execution_form(reading: Reading, region: str | None = None) -> Form:
    """The form of a region for the period shown, from roll-ups and plans of one version."""
    snapshot, facts = reading.snapshot, reading.snapshot.facts
    code = region or reading.region
    lines = {item.code: _line(reading, code, item.code) for item in reading.scheme.items}
    lines[INCOME_TOTAL] = _line(reading, code, INCOME_TOTAL)
    lines[EXPENDITURE_TOTAL] = _line(reading, code, EXPENDITURE_TOTAL)
    for subtotal in (INCOME_SUBTOTAL, EXPENDITURE_SUBTOTAL):
        lines[subtotal] = Figures(historical_share=_historical(reading, _amounts(reading, code, subtotal)))
    balances = Balances()
    if code == reading.tree.root:
        balance, first, at = facts.result_balance(code), snapshot.year_start, snapshot.at
        balances = Balances(
            opening=int(balance[first - 1]) if first else facts.opening(code),
            closing=int(balance[at]),
            last_year_closing=int(balance[at - 12]) if at >= 12 else None,
            accounts=int(facts.account_total(code)[at]),
        )
    return build_form(reading.scheme, lines, balances)


def _amounts(reading: Reading, region: str, line: str) -> Series:
    """A line's amounts by month: a total, a subtotal (without what moves between levels) or an item."""
    facts = reading.snapshot.facts
    if line == INCOME_TOTAL:
        return facts.income(region)
    if line == EXPENDITURE_TOTAL:
        return facts.expenditure(region)
    if line in (INCOME_SUBTOTAL, EXPENDITURE_SUBTOTAL):
        side = "income" if line == INCOME_SUBTOTAL else "expenditure"
        items = [i.code for i in reading.scheme.items if i.side == side and i.parent is None and not i.between_levels]
        return facts.items(region, items)
    return facts.item(region, line)


def _historical(reading: Reading, amounts: Series) -> Fraction | None:
    """历史同期进度 of a line from its closed years; None with fewer than two."""
    months = reading.snapshot.facts.months
    history = {
        month // 100: [int(fen) for fen in amounts[index : index + 12]]
        for index, month in enumerate(months[:-11])
        if month % 100 == 1 and month // 100 < reading.snapshot.year
    }
    return historical_share(reading.snapshot.month or 0, reading.snapshot.day, history)


def _line(reading: Reading, region: str, line: str) -> Figures:
    """One line of the form; months the ledger never had are not known, not zero."""
    snapshot = reading.snapshot
    amounts, at, first, year, day = (
        _amounts(reading, region, line),
        snapshot.at,
        snapshot.year_start,
        snapshot.year,
        snapshot.day,
    )
    start = at if _span(reading) == "month" else at - ((snapshot.month or 1) % 100 - 1) % 3
    plans = snapshot.plans
    if line in (INCOME_TOTAL, EXPENDITURE_TOTAL):
        side: Side = "income" if line == INCOME_TOTAL else "expenditure"
        original, adjusted = plans.total(region, side, year), plans.total(region, side, year, day)
    else:
        original, adjusted = plans.original(region, line, year), plans.adjusted(region, line, year, day)
    return Figures(
        original,
        adjusted,
        period=int(amounts[max(start, 0) : at + 1].sum()),
        cumulative=int(amounts[first : at + 1].sum()),
        last_year=int(amounts[first - 12 : at - 11].sum()) if first >= 12 else None,
        historical_share=_historical(reading, amounts),
    )


# --- 执行表


def _form_page(reading: Reading) -> Component:
    form = execution_form(reading)
    title = _("社会保险基金预算执行情况表")
    unit = display.unit_name(_unit(reading))
    section = parts.section(
        title,
        html.Div(html_table(screen_table(reading, form)), className="sheet"),
        note=f"{_fund_name(reading)} · {unit}",
        actions=[frame.exports(PATH, "form", reading.view)],
    )
    return html.Div([parts.conclusion(*_conclusion(reading, form)), _toolbar(reading, form), section])


def _fund_name(reading: Reading) -> str:
    return reading.scheme.short_name_en if language() == "en" else reading.scheme.short_name


def _conclusion(reading: Reading, form: Form) -> tuple[list[Child], list[Child]]:
    income, spent = form.row(INCOME_TOTAL), form.row(EXPENDITURE_TOTAL)
    first: list[Child] = []
    if income.progress is not None:
        first += sentence(N_("收入完成年度预算{rate}%，"), rate=Strong(display.number(income.progress, 2)))
        first += figures.pace(income.ahead, strong=True)
    else:
        first += [_("本年没有收入计划，只列执行数")]
    if spent.progress is not None:
        first += sentence(N_("；支出完成{rate}%，"), rate=Strong(display.number(spent.progress, 2)))
        first += figures.pace(spent.ahead, strong=True)
    first += [_("。")]
    return first, _gap_sentence(form)


def _gap_sentence(form: Form) -> list[Child]:
    result = form.row(RESULT).figures
    if result.cumulative is None:
        return []
    word = N_("本年累计收支结余{amount}亿元") if result.cumulative >= 0 else N_("本年累计收支缺口{amount}亿元")
    said = sentence(word, amount=display.money(abs(result.cumulative)))
    if result.adjusted_plan is not None:
        plan = N_("，全年计划结余{amount}亿元") if result.adjusted_plan >= 0 else N_("，全年计划缺口{amount}亿元")
        said += sentence(plan, amount=display.money(abs(result.adjusted_plan)))
    return [*said, _("。")]


def _toolbar(reading: Reading, form: Form) -> Component:
    view = reading.view
    spans = [
        (_(name), view.href(span="" if code == "month" else code), code == _span(reading))
        for code, name in SPANS.items()
    ]
    units = [
        (_(one.name), view.href(unit="" if code == "yi" else code), code == _unit(reading))
        for code, one in display.UNITS.items()
    ]
    bar: list[Component] = [
        parts.segment(spans, label=_("期次")),
        parts.segment(units, label=_("单位")),
    ]
    own = f"{reading.tree.root}-0"
    if reading.sees_siblings and own in reading.tree:
        scopes = [
            (_("全省合计"), view.href(region=reading.tree.root, item=""), reading.is_province),
            (_("省本级"), view.href(region=own, item=""), reading.region == own),
            (_("各市县"), view.href(tab="regions", region=reading.tree.root, item=""), False),
        ]
        bar.append(parts.segment(scopes, label=_("口径")))
    bar.append(_checks_line(form.checks))
    bar.append(html.Div(_form_actions(reading), className="push"))
    return html.Div(bar, className="toolbar")


def _form_actions(reading: Reading) -> list[Component]:
    query = reading.view.href().partition("?")[2]
    return [
        html.A(_("导出财政部表样"), href=f"/export/budget/form.xlsx?{query}", className="button", download=""),
        html.Button(_("打印"), type="button", className="button", **{"data-print": "1"}),
    ]


def _checks_line(checks: tuple[CrossCheck, ...]) -> Component:
    failed = [check for check in checks if not check.passed]
    if not failed:
        return html.Span(_("勾稽校验{count}项全部通过", count=len(checks)), className="checked")
    said = "；".join(
        f"{_(CHECKS.get(check.code, check.code))} {check.key}: {display.money(check.difference, 'yuan')} {_('元')}"
        for check in failed
    )
    return html.Span(
        _("勾稽校验{count}项，{failed}项不符", count=len(checks), failed=len(failed)),
        className="checked no",
        title=said,
    )


SCREEN_COLUMNS = (
    ("item", N_("项目"), "text"),
    ("original_plan", N_("年初预算"), "money"),
    ("adjusted_plan", N_("调整后预算"), "money"),
    ("period", N_("当月执行"), "money"),
    ("cumulative", N_("累计执行"), "money"),
    ("bar", "", "text"),
    ("progress", N_("进度%"), "percent"),
    ("historical", N_("历史同期%"), "percent"),
    ("ahead", N_("快慢"), "points"),
    ("growth", N_("同比%"), "percent"),
)


def screen_table(reading: Reading, form: Form) -> Table:
    """The form as the screen shows it: with 历史同期 and 快慢, "—" where there is no figure."""
    docked_open = bool(reading.view.item)
    columns = [
        Column(key, _("当季执行") if key == "period" and _span(reading) == "quarter" else _(title) if title else "", kind,  # type: ignore[arg-type]
               signed=kind == "points")
        for key, title, kind in SCREEN_COLUMNS
        if not (docked_open and key == "original_plan")
    ]  # fmt: skip
    rows = [_screen_row(reading, row) for row in form.rows if row.key not in (RESULT, CLOSING)]
    foot = [_screen_row(reading, form.row(RESULT))]
    closing = form.row(CLOSING)
    if closing.figures.cumulative is not None:
        foot.append(_screen_row(reading, closing))
    return Table("form", _("社会保险基金预算执行情况表"), columns, rows, unit=_unit(reading), foot=foot)


def _label(row: FormRow) -> str:
    label = row.label_en if language() == "en" else row.label
    return f"{_('其中：')}{label}" if row.first_child else label


def _screen_row(reading: Reading, row: FormRow) -> Row:
    spend = (
        row.item is not None and reading.scheme.item(row.item).side == "expenditure"
    ) or row.key == EXPENDITURE_TOTAL
    line = row.figures
    nothing = not line.adjusted_plan and not line.cumulative and row.key not in (RESULT, CLOSING)
    values: dict[str, object] = {
        "item": _label(row),
        "original_plan": None if nothing else line.original_plan,
        "adjusted_plan": None if nothing else line.adjusted_plan,
        "period": None if nothing else line.period,
        "cumulative": None if nothing else line.cumulative,
        "progress": row.progress,
        "historical": None if nothing else row.historical,
        "ahead": row.ahead,
        "growth": row.growth,
    }
    extra: dict[str, Child] = {}
    if row.progress is not None:
        tick = None if row.historical is None else float(row.historical) / 100
        extra["bar"] = parts.track(float(row.progress) / 100, tick, spend=spend, mini=True)
    values["bar"] = ""
    if row.key in (RESULT, CLOSING):
        values = {
            key: value for key, value in values.items() if key not in ("progress", "historical", "ahead", "growth")
        }
        extra = {}
    indent = 3 if row.indent == 2 and not row.first_child else row.indent
    href = reading.view.href(item=row.key) if row.key not in (RESULT, CLOSING) else ""
    return Row(values, href=href, indent=indent, style="total" if row.is_total else "", extra=extra)


def official_table(reading: Reading) -> Table:
    """The form as printed: the ministry's columns, 100.00 and blanks by its conventions."""
    form = execution_form(reading)
    period = _("当期（季）执行数") if _span(reading) == "quarter" else _("当期（月）执行数")
    columns = (
        Column("item", _("项目")), Column("original_plan", _("年初预算数"), "money"),
        Column("adjusted_plan", _("调整后预算数"), "money"), Column("period", period, "money"),
        Column("cumulative", _("累计执行数"), "money"), Column("last_year", _("上年同期累计"), "money"),
        Column("progress", _("预算执行进度%"), "percent"), Column("growth", _("同比%"), "percent"),
    )  # fmt: skip
    rows = [
        Row(
            {
                "item": "　" * row.indent + _label(row),
                "original_plan": row.figures.original_plan, "adjusted_plan": row.figures.adjusted_plan,
                "period": row.figures.period, "cumulative": row.figures.cumulative, "last_year": row.figures.last_year,
                **({"progress": row.printed_progress} if row.printed_progress is not None else {}),
                **({"growth": row.growth} if row.growth is not None else {}),
            },
            style="total" if row.is_total else "",
        )
        for row in form.rows
    ]  # fmt: skip
    return Table(
        "form", f"{_('社会保险基金预算执行情况表')}（{_fund_name(reading)}）", columns, rows, unit=_unit(reading)
    )


# --- 地区进度


REGION_SORTS = ("income_ahead", "income_rate", "spent_rate", "spent_ahead", "premium_ahead")


def _regions_page(reading: Reading) -> Component:
    table = region_table(reading)
    slow = sum(1 for row in table.rows if (row.values["premium_ahead"] or 0) < 0)  # type: ignore[operator]
    whole = figures.progress(reading, "premium")
    first = sentence(N_("保费完成全年计划{rate}%，"), rate=Strong(display.number(whole.progress, 2)))
    first += [*figures.pace(whole.deviation, strong=True), _("；{count}个地区慢于历史同期。", count=slow)]
    second = _("市县收入进度只计本级负责的项目（保费、利息、转移、其他）；财政补助、调剂和委托投资由省统一管理。")
    sorts = {key: reading.view.href(tab="regions", sort=key) for key in REGION_SORTS}
    body = parts.section(
        _("地区进度"),
        html.Div(html_table(table, sort_hrefs=sorts, sorted_by=_region_sort(reading)), className="scroll"),
        note=_("亿元；点列名排序，点地区下钻"),
        actions=[frame.exports(PATH, table.code, reading.view)],
    )
    return html.Div([parts.conclusion(first, second), body])


def _region_sort(reading: Reading) -> str:
    return reading.view.sort if reading.view.sort in REGION_SORTS else "premium_ahead"


def region_table(reading: Reading) -> Table:
    """Plan, execution, progress and pace of each region below, slowest collection first."""
    columns = (
        Column("region", _("地区")),
        Column("premium_plan", _("保费计划"), "money"), Column("premium", _("累计保费"), "money"),
        Column("premium_rate", _("进度%"), "percent"), Column("premium_ahead", _("保费快慢"), "points", signed=True),
        Column("income_plan", _("收入计划"), "money"), Column("income", _("累计收入"), "money"),
        Column("income_rate", _("收入进度%"), "percent"), Column("income_ahead", _("收入快慢"), "points", signed=True),
        Column("spent_plan", _("支出计划"), "money"), Column("spent", _("累计支出"), "money"),
        Column("spent_rate", _("支出进度%"), "percent"), Column("spent_ahead", _("支出快慢"), "points", signed=True),
    )  # fmt: skip
    key = _region_sort(reading)
    rows = [_region_row(reading, code, name_of(reading.tree.region(code))) for code in reading.children()]
    rows.sort(key=lambda row: (row.values[key] is None, row.values[key] if row.values[key] is not None else 0))
    whole = _region_row(reading, reading.region, _("全省") if reading.is_province else _("合计"))
    return Table("regions", _("地区进度"), columns, rows, foot=[Row(whole.values, style="sum")])


def _region_row(reading: Reading, code: str, name: str) -> Row:
    values: dict[str, object] = {"region": name}
    for side, prefix in (("premium", "premium"), ("income", "income"), ("expenditure", "spent")):
        done = figures.progress(reading, side, code)
        values |= {
            prefix: done.amount,
            f"{prefix}_plan": done.plan,
            f"{prefix}_rate": done.progress,
            f"{prefix}_ahead": done.deviation,
        }
    return Row(values, href=reading.view.href(region=code) if code != reading.region else "")


# --- drawer and files


def drawer(reading: Reading) -> Component | None:
    """One line of the form: its months, its regions, how the figures were made."""
    form = execution_form(reading) if reading.scheme.kind == "ledger" and reading.snapshot.month else None
    row = None if form is None else next((one for one in form.rows if one.key == reading.view.item), None)
    if form is None or row is None or row.key in (RESULT, CLOSING):
        return None
    chart = item_chart(reading, row)
    spend = row.key == EXPENDITURE_TOTAL or (
        row.item is not None and reading.scheme.item(row.item).side == "expenditure"
    )
    leading = [
        docked.Trio(_("累计执行"), display.money(row.figures.cumulative), _("亿元")),
        docked.Trio(_("预算执行进度"), display.number(row.progress, 2), "%" if row.progress is not None else ""),
    ]
    if row.ahead is not None:
        word = _("快于历史同期") if row.ahead >= 0 else _("慢于历史同期")
        leading.append(docked.Trio(word, display.number(abs(row.ahead), 2), _("百分点")))
    legend = _("柱：实际　横线：计划月均　灰线：上年同期")
    small = docked.block(_("各月执行"), graph(chart, str(g.theme), size="small"), note=f"{_('亿元')} · {legend}")
    blocks = [small, *_item_regions(reading, row), docked.basis(_item_basis(reading, row))]
    foot = [frame.exports(PATH, chart.code, reading.view, chart=True)]
    crumb = f"{_('预算执行情况表')} › {_('支出') if spend else _('收入')} · {_span_words(reading)}"
    return docked.drawer(reading, crumb=crumb, title=_label(row), leading=leading, blocks=blocks, foot=foot)


def _span_words(reading: Reading) -> str:
    return f"{name_of(reading.node) if not reading.is_province else _('全省')} · {display.month_name(reading.snapshot.month or 0)}"


def item_chart(reading: Reading, row: FormRow) -> Chart:
    """The year's months of one line: actual, the plan's monthly mean, last year."""
    snapshot = reading.snapshot
    amounts, first, at = _amounts(reading, reading.region, row.key), snapshot.year_start, snapshot.at
    actual = [int(fen) for fen in amounts[first : at + 1]]
    last_year: list[int | None] = [int(fen) for fen in amounts[first - 12 : first]] if first >= 12 else [None] * 12
    monthly = None if row.figures.adjusted_plan is None else row.figures.adjusted_plan // 12
    plan: list[int | None] = [monthly] * 12
    months = snapshot.facts.months[first : at + 1]
    spend = row.key == EXPENDITURE_TOTAL or (
        row.item is not None and reading.scheme.item(row.item).side == "expenditure"
    )

    def draw(colours: series.Palette) -> series.Figure:
        return series.item_months(series.Months(months, actual), plan, last_year, colours, spend=spend)

    columns = (
        Column("month", _("月份")), Column("actual", _("实际"), "money"), Column("plan", _("计划月均"), "money"),
        Column("last_year", _("上年同期"), "money"),
    )  # fmt: skip
    rows = [
        Row({"month": display.short_month(n), "actual": actual[n - 1] if n <= len(actual) else None, "plan": plan[n - 1],
             "last_year": last_year[n - 1]})
        for n in range(1, 13)
    ]  # fmt: skip
    title = _("{item}各月执行", item=_label(row))
    return Chart(
        f"item-{row.key}", title, _("亿元"), str(snapshot.year), draw, Table(f"item-{row.key}", title, columns, rows)
    )


def _item_regions(reading: Reading, row: FormRow) -> list[Component]:
    """The line in the regions below: two fastest and two slowest of those with a plan."""
    lines = []
    for code in reading.children():
        line = _line(reading, code, row.key)
        if line.adjusted_plan and line.cumulative is not None:
            rate = Fraction(line.cumulative * 100, line.adjusted_plan)
            ahead = None if line.historical_share is None else rate - Fraction(line.historical_share) * 100
            lines.append((code, line, rate, ahead))
    if not lines:
        return []
    lines.sort(key=lambda one: -(one[3] if one[3] is not None else one[2]))
    chosen = lines if len(lines) <= 2 * ENDS else lines[:ENDS] + lines[-ENDS:]
    columns = (
        Column("region", _("地区")), Column("plan", _("预算"), "money"), Column("done", _("累计"), "money"),
        Column("rate", _("进度%"), "percent"), Column("ahead", _("快慢"), "points", signed=True),
    )  # fmt: skip
    rows = [
        Row(
            {
                "region": name_of(reading.tree.region(code)),
                "plan": line.adjusted_plan,
                "done": line.cumulative,
                "rate": rate,
                "ahead": ahead,
            },
            href=reading.view.href(region=code),
        )
        for code, line, rate, ahead in chosen
    ]
    note = _("前{n}位与后{n}位，共{count}个", n=ENDS, count=len(lines)) if len(lines) > 2 * ENDS else ""
    return [docked.block(_("分地区"), html_table(Table("regions", _("分地区"), columns, rows)), note=note)]


def _item_basis(reading: Reading, row: FormRow) -> list[tuple[str, Child]]:
    line = row.figures
    entries: list[tuple[str, Child]] = []
    if row.progress is not None:
        working = f"{display.money(line.cumulative)} ÷ {display.money(line.adjusted_plan)} ＝ {display.number(row.progress, 2)}%"
        entries.append((_("进度"), f"{_('累计执行÷调整后预算')} ＝ {working}"))
    if row.historical is not None:
        entries.append(
            (_("历史同期"), _("前三年同期占全年比重的平均 ＝ {share}%", share=display.number(row.historical, 2)))
        )
    else:
        entries.append((_("历史同期"), _("可比的已结年度不足两年")))
    if row.growth is not None:
        entries.append(
            (
                _("同比"),
                f"{display.money(line.cumulative)} ÷ {display.money(line.last_year)} − 1 ＝ {display.number(row.growth, 2)}%",
            )
        )
    approvals = _approvals(reading)
    if approvals:
        entries.append((_("批复"), approvals))
    entries.append(
        (
            _("条文"),
            "苏政发〔2020〕45号 附件2 第十八条"
            if reading.scheme.code == "jiangsu-pension"
            else reading.scheme.document,
        )
    )
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
    return "" if newest is None else f"{newest.approval_ref}（{display.day_name(newest.approved_on)}）"


def tables(reading: Reading) -> dict[str, Table]:
    if reading.scheme.kind == "published" or reading.snapshot.month is None:
        return {}
    made: Mapping[str, Table] = {"form": official_table(reading), "regions": region_table(reading)}
    return {**made, **{chart.code: chart.table for chart in charts(reading).values()}}


def charts(reading: Reading) -> dict[str, Chart]:
    if reading.scheme.kind == "published" or reading.snapshot.month is None or not reading.view.item:
        return {}
    row = next((one for one in execution_form(reading).rows if one.key == reading.view.item), None)
    if row is None or row.key in (RESULT, CLOSING):
        return {}
    chart = item_chart(reading, row)
    return {chart.code: chart}
