"""预算执行 [/budget]: 执行表 in the official form · 地区进度 · 全年预计."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Strong, known, sentence
from dashboard.components.table import Column, Row, Table, html_table, raw, rest
from dashboard.pages.budget.drawer import drawer as drawer, item_chart, item_regions
from dashboard.pages.budget.expected import expected_page, expected_table
from dashboard.pages.budget.lines import SPANS, ahead, figure, form_of, label_of, printed, span_of, spends, unit_of
from dashboard.pages.overview import published_totals
from dashboard.site import heading
from dashboard.site.page import Page, of_months
from dashboard.site.reading import Reading
from dashboard.words import as_of, display, figures
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _, bracketed, language, name_of
from rules.execution_form import (
    CLOSING,
    EXPENDITURE_TOTAL,
    INCOME_TOTAL,
    RESULT,
    CrossCheck,
    Form,
    Row as FormRow,
)

PATH = "/budget"
TITLE = N_("预算执行")
TABS = {"form": N_("执行表"), "regions": N_("地区进度"), "expected": N_("全年预计")}
CHECKS = {
    "children": N_("其中项合计＝上级项"),
    "total": N_("合计＝小计＋上级补助＋下级上解（支出：＋补助下级＋上解上级）"),
    "closing": N_("年末滚存＝期初＋收入－支出"),
    "accounts": N_("年末滚存＝各账户合计"),
}


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
    shown = {"form": _form_page, "regions": _regions_page, "expected": expected_page}[tab](reading)
    content = html.Div([shown, heading.footer(reading)], className="content")
    return html.Div([frame.tabs(_(TITLE), names), content], className="tabbed")


# --- 执行表


def _form_page(reading: Reading) -> Component:
    form = form_of(reading)
    title = _("社会保险基金预算执行情况表")
    unit = display.unit_name(unit_of(reading))
    # Beside an open drawer there is less room.
    left_out = "original_plan" if reading.view.item else ""
    section = parts.section(
        title,
        html.Div(html_table(screen_table(reading, form, left_out)), className="sheet"),
        note=f"{_fund_name(reading)} · {unit}",
        actions=[frame.exports(PATH, "execution", reading.view)],
    )
    return html.Div([parts.conclusion(*_conclusion(reading, form)), _toolbar(reading, form), section])


def _fund_name(reading: Reading) -> str:
    return reading.scheme.short_name_en if language() == "en" else reading.scheme.short_name


def _conclusion(reading: Reading, form: Form) -> tuple[list[Child], list[Child]]:
    income, spent = form.row(INCOME_TOTAL), form.row(EXPENDITURE_TOTAL)
    first: list[Child] = as_of.of_another_year(reading)
    if income.progress is not None:
        first += sentence(N_("收入完成年度预算{rate}%，"), rate=Strong(printed(reading, income, "progress")))
        first += figures.pace(ahead(reading, income), strong=True)
    else:
        first += [_("本年没有收入计划，只列执行数")]
    if spent.progress is not None:
        first += sentence(N_("；支出完成{rate}%，"), rate=Strong(printed(reading, spent, "progress")))
        first += figures.pace(ahead(reading, spent), strong=True)
    first += [_("。")]
    return first, _gap_sentence(reading, form)


def _gap_sentence(reading: Reading, form: Form) -> list[Child]:
    row = form.row(RESULT)
    result = row.figures
    if result.cumulative is None:
        return []
    word = N_("本年累计收支结余{amount}亿元") if result.cumulative >= 0 else N_("本年累计收支缺口{amount}亿元")
    said = sentence(word, amount=printed(reading, row, "to_date", absolute=True))
    if result.adjusted_plan is not None:
        plan = N_("，全年计划结余{amount}亿元") if result.adjusted_plan >= 0 else N_("，全年计划缺口{amount}亿元")
        said += sentence(plan, amount=printed(reading, row, "plan.adjusted", absolute=True))
    return [*said, _("。")]


def _toolbar(reading: Reading, form: Form) -> Component:
    view = reading.view
    spans = [
        (_(name), view.href(span="" if code == "month" else code), code == span_of(reading))
        for code, name in SPANS.items()
    ]
    units = [
        (_(one.name), view.href(unit="" if code == "yi" else code), code == unit_of(reading))
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
    return [
        frame.exports(PATH, "form", reading.view, label=_("导出财政部表样")),
        html.Button(_("打印"), type="button", className="button", **attributes(data_print="1")),
    ]


def _checks_line(checks: tuple[CrossCheck, ...]) -> Component:
    failed = [check for check in checks if not check.passed]
    if not failed:
        return html.Span(_("勾稽校验{count}项全部通过", count=len(checks)), className="checked")
    # A tooltip is no text of the page: it has no room for a passport.
    said = "；".join(
        f"{_(CHECKS.get(check.code, check.code))} {check.key}: {display.money(check.difference, 'yuan')} {_('元')}"
        for check in failed
    )
    return html.Span(
        _("勾稽校验{count}项，{failed}项不符", count=len(checks), failed=len(failed)),
        className="checked no",
        title=said,
    )


WHATS = {
    "original_plan": "plan.original",
    "adjusted_plan": "plan.adjusted",
    "cumulative": "to_date",
    "progress": "progress",
    "historical": "historical",
    "growth": "growth",
}
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


def execution_table(reading: Reading) -> Table:
    """The form for files as the screen shows it; the bars are drawn there alone."""
    return screen_table(reading, form_of(reading), "bar")


def screen_table(reading: Reading, form: Form, left_out: str) -> Table:
    """The form as the screen shows it, without one column: with 历史同期 and 快慢, "—" where there is no figure."""
    columns = [
        Column(
            key,
            _("当季执行") if key == "period" and span_of(reading) == "quarter" else _(title) if title else "",
            kind,  # type: ignore[arg-type]
            signed=kind == "points",
            what=_what(reading, key),
        )
        for key, title, kind in SCREEN_COLUMNS
        if key != left_out
    ]
    rows = [_screen_row(reading, row) for row in form.rows if row.key not in (RESULT, CLOSING)]
    foot = [_screen_row(reading, form.row(RESULT))]
    closing = form.row(CLOSING)
    if closing.figures.cumulative is not None:
        foot.append(_screen_row(reading, closing))
    title = _("社会保险基金预算执行情况表")
    return Table("execution", title, columns, rows, unit=unit_of(reading), foot=foot, about=reading.about)


def _what(reading: Reading, column: str) -> str:
    """What figures stand in a column of the form; 快慢 brings its own."""
    if column == "period":
        return "quarter" if span_of(reading) == "quarter" else "month"
    return WHATS.get(column, "")


def _screen_row(reading: Reading, row: FormRow) -> Row:
    line = row.figures
    nothing = not line.adjusted_plan and not line.cumulative and row.key not in (RESULT, CLOSING)
    values: dict[str, object] = {
        "item": label_of(row),
        "original_plan": None if nothing else line.original_plan,
        "adjusted_plan": None if nothing else line.adjusted_plan,
        "period": None if nothing else line.period,
        "cumulative": None if nothing else line.cumulative,
        "progress": row.progress,
        "historical": None if nothing else row.historical,
        "ahead": ahead(reading, row),
        "growth": row.growth,
    }
    extra: dict[str, Child] = {}
    if row.progress is not None:
        tick = None if row.historical is None else float(row.historical) / 100
        extra["bar"] = parts.track(float(row.progress) / 100, tick, spend=spends(reading, row), mini=True)
    values["bar"] = ""
    if row.key in (RESULT, CLOSING):
        values = {
            key: value for key, value in values.items() if key not in ("progress", "historical", "ahead", "growth")
        }
        extra = {}
    indent = 3 if row.indent == 2 and not row.first_child else row.indent
    href = reading.view.href(item=row.key) if row.key not in (RESULT, CLOSING) else ""
    return Row(values, href=href, indent=indent, style="total" if row.is_total else "", extra=extra, part=row.key)


def official_table(reading: Reading) -> Table:
    """The form as printed: the ministry's columns, 100.00 and blanks by its conventions."""
    form = form_of(reading)
    period = _("当期（季）执行数") if span_of(reading) == "quarter" else _("当期（月）执行数")
    columns = (
        Column("item", _("项目")),
        Column("original_plan", _("年初预算数"), "money", what="plan.original"),
        Column("adjusted_plan", _("调整后预算数"), "money", what="plan.adjusted"),
        Column("period", period, "money", what=_what(reading, "period")),
        Column("cumulative", _("累计执行数"), "money", what="to_date"),
        Column("last_year", _("上年同期累计"), "money", what="to_date.last_year"),
        Column("progress", _("预算执行进度%"), "percent"),
        Column("growth", _("同比%"), "percent", what="growth"),
    )
    rows = [
        Row(
            {
                "item": "　" * row.indent + label_of(row),
                "original_plan": row.figures.original_plan,
                "adjusted_plan": row.figures.adjusted_plan,
                "period": row.figures.period,
                "cumulative": row.figures.cumulative,
                "last_year": row.figures.last_year,
                **({"progress": _progress(reading, row)} if row.printed_progress is not None else {}),
                **({"growth": row.growth} if row.growth is not None else {}),
            },
            style="total" if row.is_total else "",
            part=row.key,
        )
        for row in form.rows
    ]
    title = _("社会保险基金预算执行情况表") + bracketed(_fund_name(reading))
    return Table("form", title, columns, rows, unit=unit_of(reading), about=reading.about)


def _progress(reading: Reading, row: FormRow) -> Figure | Decimal | None:
    """By the form's convention 100.00 stands where there is neither plan nor execution: no figure of its own."""
    return row.printed_progress if row.progress is None else figure(reading, row, "progress")


# --- 地区进度


REGION_SORTS = ("income_ahead", "income_rate", "spent_rate", "spent_ahead", "premium_ahead")


def _regions_page(reading: Reading) -> Component:
    table = region_table(reading)
    compared = [raw(row.values["premium_ahead"]) for row in table.rows]
    slow = sum(points is not None and points < 0 for points in compared)
    whole = figures.progress(reading, "premium")
    first = as_of.of_another_year(reading)
    rate = Strong(whole.progress_shown)
    first += known(N_("保费完成全年计划{rate}%，"), N_("没有保费计划，只列执行数；"), rate=rate)
    first += figures.pace(whole.pace, strong=True)
    first.append(_("；{count}个地区慢于历史同期。", count=slow) if any(p is not None for p in compared) else _("。"))
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
        Column("premium_plan", _("保费计划"), "money"),
        Column("premium", _("累计保费"), "money"),
        Column("premium_rate", _("进度%"), "percent"),
        Column("premium_ahead", _("保费快慢"), "points", signed=True),
        Column("income_plan", _("收入计划"), "money"),
        Column("income", _("累计收入"), "money"),
        Column("income_rate", _("收入进度%"), "percent"),
        Column("income_ahead", _("收入快慢"), "points", signed=True),
        Column("spent_plan", _("支出计划"), "money"),
        Column("spent", _("累计支出"), "money"),
        Column("spent_rate", _("支出进度%"), "percent"),
        Column("spent_ahead", _("支出快慢"), "points", signed=True),
    )
    key = _region_sort(reading)
    rows = [_region_row(reading, code, name_of(reading.tree.region(code))) for code in reading.children()]
    rows.sort(key=lambda row: (row.values[key].value is None, row.values[key].value or 0))
    whole = _region_row(reading, reading.region, _("全省") if reading.is_province else _("合计"))
    rows += rest(columns, rows, whole.values, *figures.below_no_region(reading))
    return Table("regions", _("地区进度"), columns, rows, foot=[Row(whole.values, style="sum")])


def _region_row(reading: Reading, code: str, name: str) -> Row:
    values: dict[str, object] = {"region": name}
    for side, prefix in (("premium", "premium"), ("income", "income"), ("expenditure", "spent")):
        done = figures.progress(reading, side, code)
        values |= {
            prefix: done.amount_shown.figure,
            f"{prefix}_plan": done.plan_shown.figure,
            f"{prefix}_rate": done.progress_shown.figure,
            f"{prefix}_ahead": done.pace,
        }
    return Row(values, href=reading.view.href(region=code) if code != reading.region else "")


# --- files


T = TypeVar("T")


def _of_item(build: Callable[[Reading, FormRow], T]) -> Callable[[Reading], T | None]:
    """What is shown of the line whose drawer is open."""

    def made(reading: Reading) -> T | None:
        if not reading.has_months or not reading.view.item:
            return None
        row = next((one for one in form_of(reading).rows if one.key == reading.view.item), None)
        return None if row is None or row.key in (RESULT, CLOSING) else build(reading, row)

    return made


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={
        "execution": of_months(execution_table),
        "form": of_months(official_table),
        "regions": of_months(region_table),
        "expected": of_months(expected_table),
        "item-regions": _of_item(item_regions),
    },
    charts={"item": _of_item(item_chart)},
)
