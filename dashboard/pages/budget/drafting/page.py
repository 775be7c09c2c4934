"""编制与下达 of 预算执行: next year's budget by unit and item, its procedure, and what the reader is to do."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.export_form import export_form
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Table, html_table
from dashboard.exports.probe import environment
from dashboard.pages.budget.drafting import acts
from dashboard.pages.budget.drafting.forms import forms
from dashboard.pages.budget.drafting.reading import Budget, budgets, chosen
from dashboard.pages.budget.drafting.tables import item_table, reply_words, step_table, unit_table
from dashboard.pages.budget.drafting.words import round_name, step_name
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, between
from workflows.budget.register import DONE

PATH = "/budget"
TAB = "drafting"
ISSUE = "budget-plan"


def drafting_page(reading: Reading) -> Component:
    found = budgets(reading)
    one = chosen(reading, found)
    begin = _begin(reading, found)
    if one is None:
        said = _("草案编好、下发后在这里看到收支计划。") if not reading.sees_siblings else _("还没有开始编制预算。")
        return html.Div([parts.conclusion([_("没有可看的预算。")], said), *begin])
    body: list[Component] = [parts.conclusion(_first(one), _second(one)), _toolbar(one, found)]
    left: list[Component] = [_section(one, unit_table(one), _("亿元；点地区下钻"))] if one.rows else []
    left.append(_section(one, item_table(one), _("亿元；点项目看测算依据")))
    steps = parts.section(_("编制程序"), _scrolled(step_table(one)), actions=[_exports(one, "budget-steps")])
    right = [steps, *forms(one), *begin]
    return html.Div([*body, html.Div([html.Div(left), html.Div(right)], className="split drafting")])


def _begin(reading: Reading, found: Sequence[Budget]) -> list[Component]:
    """The form that begins next year's budget, for who may and where it was not begun."""
    year = reading.today.year + 1
    if not acts.begin.open_to(reading) or not reading.is_province or any(one.one.year == year for one in found):
        return []
    text = html.P(_("按预算测算方法逐地逐项列出{year}年度测算数，作为草案。", year=year), className="muted")
    form = acts.begin.form(reading, {acts.YEAR: year}, [acts.YEAR, text], button=_("开始编制{year}年度预算", year=year))
    return [parts.section(_("开始编制"), form)]


def _scrolled(table: Table) -> Component:
    return html.Div(html_table(table), className="scroll")


def _exports(one: Budget, code: str) -> Component:
    return frame.exports(PATH, code, one.reading.view)


def _section(one: Budget, table: Table, note: str) -> Component:
    title = table.title.partition("（")[0].partition(" (")[0]
    return parts.section(title, _scrolled(table), note=note, actions=[_exports(one, table.code)])


def _toolbar(one: Budget, found: Sequence[Budget]) -> Component:
    view = one.reading.view
    years = [(str(each.one.year), view.href(show=each.one.number, item=""), each is one) for each in found]
    bar: list[Component] = [parts.segment(years, label=_("年度"))] if len(years) > 1 else []
    actions: list[Component] = [
        html.Button(_("打印"), type="button", className="button", **attributes(data_print="1")),
    ]
    if one.one.taken_in:
        query = view.href().partition("?")[2]
        actions.insert(0, export_form(f"/export-job{PATH}/{ISSUE}?{query}", environment(), ("pdf", "docx")))
    bar.append(html.Div(actions, className="push"))
    return html.Div(bar, className="toolbar")


def _first(one: Budget) -> list[Child]:
    """Which budget, where it stands, and what it comes to."""
    state = one.one.state
    said = _("{name}已办结", name=round_name(one.one))
    if state != DONE:
        said = _("{name}在办：{step}", name=round_name(one.one), step=step_name(one.one, state))
    stage = "second" if "second" in one.stages() and state != "reply" else "drafted"
    regions = one.within(one.reading.region)
    income, spent = (one.amount(regions, one.items(side), stage) for side in ("income", "expenditure"))
    figures = {
        "income": Strong(display.printed(one.figure(stage, income, "income"))),
        "spent": Strong(display.printed(one.figure(stage, spent, "expenditure"))),
    }
    text = (
        N_("；计划收入{income}亿元、支出{spent}亿元，")
        if state in ("receive", DONE)
        else N_("；草案收入{income}亿元、支出{spent}亿元，")
    )
    if income is None or spent is None:
        return [said, _("。")]
    result = one.figure("result", income - spent, stage)
    word = N_("收支结余{amount}亿元。") if income >= spent else N_("收支缺口{amount}亿元。")
    return [said, *sentence(text, **figures), *sentence(word, amount=Strong(display.printed(result, absolute=True)))]


def _second(one: Budget) -> list[Child]:
    """What the units answered or received, and whether the plans are in."""
    said: list[Child] = []
    if one.replies and one.put_out and one.units and one.one.state != DONE:
        said.append(_("一上：{replies}", replies=reply_words(one, one.units)))
        late = [unit for unit in one.units if unit in one.answers and one.answers[unit].late(one.due)]
        still = [unit for unit in one.units if unit not in one.answers]
        if late:
            said.append(_("，{count}个逾期反馈", count=len(late)))
        if still and one.due is not None and len(one.units) > 1:
            if one.reading.today > one.due:
                said.append(_("，{count}个逾期未反馈", count=len(still)))
            else:
                said.append(_("，{count}个待反馈（截止{day}）", count=len(still), day=display.short_day(one.due)))
        said += [_("。"), between()]
    if one.one.state == "receive":
        received = sum(one.one.last("receive", unit) is not None for unit in one.units)
        said.append(
            _("计划已入库，{done}/{count}个市县已签收。", done=received, count=len(one.units))
            if one.one.taken_in
            else _("计划在第{number}批，待第二人复核后入库。", number=one.one.delivery)
        )
    elif one.one.state == DONE and one.one.approval is not None:
        said.append(_("批准文号：{document}。", document=one.one.approval.document))
    return said
