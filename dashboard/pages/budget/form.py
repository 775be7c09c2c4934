"""执行表: the execution form on screen and as printed, what was said of its rows, and its cross-checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.budget.lines import SPANS, ahead, figure, form_of, label_of, printed, span_of, spends, unit_of
from dashboard.pages.calendar.coming import report_line
from dashboard.site import explaining
from dashboard.site.reading import Reading
from dashboard.words import as_of, display, figures
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _, bracketed, language
from rules.execution_form import CLOSING, EXPENDITURE_TOTAL, INCOME_TOTAL, RESULT, CrossCheck, Form, Row as FormRow

PATH = "/budget"
CHECKS_ITEM = "checks"
CHECKS = {
    "children": N_("其中项合计＝上级项"),
    "total": N_("合计＝小计＋上级补助＋下级上解（支出：＋补助下级＋上解上级）"),
    "closing": N_("年末滚存＝期初＋收入－支出"),
    "accounts": N_("年末滚存＝各账户合计"),
}


def form_page(reading: Reading) -> Component:
    form = form_of(reading)
    title = _("社会保险基金预算执行情况表")
    unit = display.unit_name(unit_of(reading))
    # Beside an open drawer there is less room.
    left_out = ("original_plan", "last_year") if reading.view.item else ()
    section = parts.section(
        title,
        html.Div(html_table(screen_table(reading, form, left_out)), className="sheet"),
        note=f"{_fund_name(reading)} · {unit}",
        actions=[frame.exports(PATH, "execution", reading.view)],
        foot=report_line(reading, month) if (month := reading.snapshot.month) is not None else [],
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
    bar.append(_checks_line(reading, form.checks))
    bar.append(html.Div(_form_actions(reading), className="push"))
    return html.Div(bar, className="toolbar")


def _form_actions(reading: Reading) -> list[Component]:
    return [
        frame.exports(PATH, "form", reading.view, label=_("导出财政部表样")),
        html.Button(_("打印"), type="button", className="button", **attributes(data_print="1")),
    ]


def _checks_line(reading: Reading, checks: tuple[CrossCheck, ...]) -> Component:
    failed = sum(not check.passed for check in checks)
    said = (
        _("勾稽校验{count}项，{failed}项不符", count=len(checks), failed=failed)
        if failed
        else _("勾稽校验{count}项全部通过", count=len(checks))
    )
    return html.A(said, href=reading.view.href(item=CHECKS_ITEM), className="checked no" if failed else "checked")


def check_drawer(reading: Reading) -> Component:
    """Every cross-check of the form, those that fail first: its rule, both sides, the difference."""
    table, checks = check_table(reading), form_of(reading).checks
    narrow = replace(table, columns=[one for one in table.columns if one.key not in ("stated", "computed", "passed")])
    failed = [check for check in checks if not check.passed]
    said = (
        _("{count}项中{failed}项不符，列在前面。", count=len(checks), failed=len(failed))
        if failed
        else _("{count}项全部通过，两边分毫不差。", count=len(checks))
    )
    listed = docked.block(
        _("逐项"),
        [html.P(said), html.Div(html_table(narrow), className="scroll")],
        note=_("元；两边的数见导出文件"),
        right=frame.exports(PATH, table.code, reading.view),
    )
    rules = docked.block(
        _("校验关系"), [html.P(_(CHECKS[code])) for code in dict.fromkeys(check.code for check in checks)]
    )
    crumb = _("社会保险基金预算执行情况表")
    return docked.drawer(reading, crumb=crumb, title=_("勾稽校验"), leading=[], blocks=[listed, rules])


def check_table(reading: Reading) -> Table:
    """One row a check, in yuan."""
    form = form_of(reading)
    columns = (
        Column("row", _("项目"), className="wrap"),
        Column("column", _("栏次")),
        Column("stated", _("表内数"), "money", what="check.stated"),
        Column("computed", _("按关系计算"), "money", what="check.computed"),
        Column("difference", _("差额"), "money", what="check.difference"),
        Column("passed", _("结果")),
    )
    names = {key: _(title) for key, title, _kind in SCREEN_COLUMNS if title} | {"last_year": _("上年同期累计")}
    rows = [
        Row(
            {
                "row": label_of(form.row(check.key)),
                "column": names[check.column],
                "stated": check.stated,
                "computed": check.computed,
                "difference": check.difference,
                "passed": _("通过") if check.passed else _("不符"),
            },
            style="" if check.passed else "total",
            part=f"{check.code}.{check.key}.{check.column}",
        )
        for check in sorted(form.checks, key=lambda check: check.passed)
    ]
    return Table(CHECKS_ITEM, _("勾稽校验"), columns, rows, unit="yuan", about=reading.about)


WHATS = {
    "original_plan": "plan.original",
    "adjusted_plan": "plan.adjusted",
    "cumulative": "to_date",
    "last_year": "to_date.last_year",
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
    ("last_year", N_("上年同期累计"), "money"),
    ("bar", "", "text"),
    ("progress", N_("进度%"), "percent"),
    ("historical", N_("历史同期%"), "percent"),
    ("ahead", N_("快慢"), "points"),
    ("growth", N_("同比%"), "percent"),
    ("said", N_("说明"), "text"),
)


def execution_table(reading: Reading) -> Table:
    """The form for files as the screen shows it; the bars are drawn there alone."""
    return screen_table(reading, form_of(reading), ("bar",))


def screen_table(reading: Reading, form: Form, left_out: Sequence[str]) -> Table:
    """The form as the screen shows it, without some columns: with 历史同期 and 快慢, "—" where there is no figure."""
    columns = [
        Column(
            key,
            _("当季执行") if key == "period" and span_of(reading) == "quarter" else _(title) if title else "",
            kind,  # type: ignore[arg-type]
            signed=kind == "points",
            what=_what(reading, key),
        )
        for key, title, kind in SCREEN_COLUMNS
        if key not in left_out
    ]
    said = Counter(one.figure for one in explaining.said(reading))
    rows = [_screen_row(reading, row, said[row.key]) for row in form.rows if row.key not in (RESULT, CLOSING)]
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


def _screen_row(reading: Reading, row: FormRow, said: int = 0) -> Row:
    """``said``: how many explanations of the line there are."""
    line = row.figures
    nothing = not line.adjusted_plan and not line.cumulative and row.key not in (RESULT, CLOSING)
    values: dict[str, object] = {
        "item": label_of(row),
        "original_plan": None if nothing else line.original_plan,
        "adjusted_plan": None if nothing else line.adjusted_plan,
        "period": None if nothing else line.period,
        "cumulative": None if nothing else line.cumulative,
        "last_year": None if nothing else line.last_year,
        "progress": row.progress,
        "historical": None if nothing else row.historical,
        "ahead": ahead(reading, row),
        "growth": row.growth,
        "said": str(said) if said else "",
    }
    extra: dict[str, Child] = {}
    if row.progress is not None:
        tick = None if row.historical is None else float(row.historical) / 100
        extra["bar"] = parts.track(float(row.progress) / 100, tick, spend=spends(reading, row), mini=True)
    values["bar"] = ""
    if row.key in (RESULT, CLOSING):
        values = {
            key: value
            for key, value in values.items()
            if key not in ("progress", "historical", "ahead", "growth", "said")
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
