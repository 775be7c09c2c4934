"""预算执行 [/budget]: 执行表 in the official form · 地区进度 · 月度比对 · 全年预计 · 编制与下达 · 调整与决算."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Strong, known
from dashboard.components.table import Column, Row, Table, html_table, raw, rest
from dashboard.pages.budget.drafting import tab as drafting
from dashboard.pages.budget.drawer import drawer as item_drawer, item_chart, item_regions
from dashboard.pages.budget.expected import expected_page, expected_table
from dashboard.pages.budget.final_accounts import ACTS as FINAL_ACTS, final_section, final_table
from dashboard.pages.budget.form import (
    CHECKS_ITEM,
    check_drawer,
    check_table,
    execution_table,
    form_page,
    official_table,
)
from dashboard.pages.budget.lines import form_of
from dashboard.pages.budget.review.acts import ACTS as REVIEW_ACTS
from dashboard.pages.budget.review.drawer import review_drawer
from dashboard.pages.budget.review.page import review_page, review_table
from dashboard.pages.budget.review.reading import TAB as REVIEW
from dashboard.pages.overview import published_totals
from dashboard.site import heading
from dashboard.site.page import Page, of_months
from dashboard.site.reading import Reading
from dashboard.words import as_of, figures
from dashboard.words.wording import N_, _, name_of
from rules.execution_form import (
    CLOSING,
    RESULT,
    Row as FormRow,
)

PATH = "/budget"
TITLE = N_("预算执行")
TABS = {
    "form": N_("执行表"),
    "regions": N_("地区进度"),
    "review": N_("月度比对"),
    "expected": N_("全年预计"),
    "drafting": N_("编制与下达"),
    "adjustments": N_("调整与决算"),
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
    pages = {
        "form": form_page,
        "regions": _regions_page,
        "review": review_page,
        "expected": expected_page,
        **drafting.PAGES,
    }
    shown = [pages[tab](reading), *(final_section(reading) if tab == "adjustments" else [])]
    content = html.Div([*shown, heading.footer(reading)], className="content")
    return html.Div([frame.tabs(_(TITLE), names), content], className="tabbed")


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


def drawer(reading: Reading) -> Component | None:
    """One line of the form, or its cross-checks; an item of a budget; a region's comparison of the month."""
    if reading.view.tab == drafting.TAB:
        return drafting.budget_drawer(reading)
    if reading.view.tab == REVIEW:
        return review_drawer(reading)
    if reading.view.item == CHECKS_ITEM and reading.has_months:
        return check_drawer(reading)
    return item_drawer(reading)


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={
        "execution": of_months(execution_table),
        "form": of_months(official_table),
        CHECKS_ITEM: of_months(check_table),
        "final": final_table,
        "regions": of_months(region_table),
        "income-review": of_months(review_table),
        "expected": of_months(expected_table),
        "item-regions": _of_item(item_regions),
        **drafting.TABLES,
    },
    charts={"item": _of_item(item_chart)},
    documents=drafting.DOCUMENTS,
    acts=(*drafting.ACTS, *REVIEW_ACTS, *FINAL_ACTS),
)
