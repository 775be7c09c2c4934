"""归档: the issues that were signed, each with its data version, to be opened, carried over, compared with today."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Child
from dashboard.pages.briefings.compose import issue_name
from dashboard.pages.briefings.issue_acts import FORMS
from dashboard.pages.briefings.reading import PATH, Open, issues
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import NO_VALUE, _


def section(reading: Reading) -> Component:
    every = [one for one in issues(reading) if one.state == "issued"]
    if not every:
        return parts.message(_("还没有签发的简报。"), _("签发后在这里，按签发时的数据版本保存，不再改变。"))
    heads = (_("期数"), _("题目"), _("形式"), _("数据月份"), _("数据版本"), _("印发日期"), _("与今天相比"))
    rows = []
    for issue in every:
        cells: list[Child] = [
            html.A(issue_name(issue), href=f"{PATH}/{issue.id}", className="cover"),
            issue.title,
            _(FORMS[issue.form]),
            display.month_name(issue.month),
            str(issue.data_version),
            display.day_name(issue.day) if issue.day else NO_VALUE,
            html.A(_("比较"), href=f"{PATH}/{issue.id}?show=today"),
        ]
        rows.append(html.Tr([html.Td(cell) for cell in cells]))
    table = html.Table(
        [
            html.Caption(_("归档"), className="vh"),
            html.Thead(html.Tr([html.Th(text, scope="col") for text in heads])),
            html.Tbody(rows),
        ],
        className="t",
    )
    return parts.section(_("归档"), html.Div(table, className="scroll"))


def today(one: Open) -> Component:
    """What an issued briefing's figures would read today: each that differs, with both."""
    lines = [
        html.Li([html.B(part.heading), " ", html.Del(moved.written), " → ", html.B(moved.now)])
        for part in one.parts
        for place in range(len(part.blocks))
        for moved in one.moved(part, place)
    ]
    lines += [
        html.Li([html.B(part.heading), " ", found.title, " ", html.Del(was), " → ", html.B(now)])
        for part in one.parts
        for place in range(len(part.blocks))
        if (found := one.renewed(part, place)) is not None
        for was, now in found.pairs
    ]
    back = html.A(_("回到{issue}", issue=issue_name(one.issue)), href=f"{PATH}/{one.issue.id}", className="button")
    if not lines:
        return html.Div([html.P(_("文中各数与今天的定稿数一致。"), className="foot"), back], className="compared")
    head = html.H2(_("与今天相比，{count}个数不同", count=len(lines)))
    return html.Div([head, html.Ul(lines), back], className="compared")
