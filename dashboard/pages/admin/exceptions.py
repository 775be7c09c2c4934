"""例外清单: everything that departs from the rule, with who, when and why; one report."""

from __future__ import annotations

from collections import Counter

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.pages.admin.trail import exact_moment
from dashboard.pages.warnings.words import title
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from rules.indicators import INDICATORS
from rules.scheme import load_scheme, scheme_codes
from workflows.people.auditing import readable, within
from workflows.people.departures import EXPORTS_LISTED, KINDS, Departure, load_departures
from workflows.warnings.alerts import Subject

SHOWN = 100
NAMES = {
    "silence": N_("暂缓提醒"),
    "accepted": N_("带险销号"),
    "retroactive": N_("追溯生效的标准"),
    "override": N_("人工设定"),
    "excluded": N_("剔除不可抗力"),
    "disabled": N_("停用的标准"),
    "trial": N_("未经本省确认的标准"),
    "withdrawn": N_("撤回的批次"),
    "restated": N_("定稿后更正"),
    "reopened": N_("撤销的定稿"),
    "reseal": N_("按现状封存"),
    "export": N_("导出"),
}


def show(reading: Reading) -> Component:
    found = _departures(reading)
    counted = Counter(one.kind for one in found)
    kind = reading.view.measure if reading.view.measure in NAMES else ""
    said = sentence(
        N_("例外共{count}条：{parts}。"),
        count=Strong(str(len(found))),
        parts=_("、").join(f"{_(NAMES[one])} {counted[one]}" for one in KINDS if counted[one]),
    )
    if not found:
        said = sentence(N_("没有例外。"))
    second = _("为什么没有预警、标准为何未生效、数字为何由人设定或定稿后改动、谁导出了什么，都在这里。")
    options = [(_("全部"), reading.view.href(measure=""), not kind)]
    options += [(_(NAMES[one]), reading.view.href(measure=one), one == kind) for one in KINDS if counted[one]]
    table = exception_table(reading)
    shown = Table(table.code, table.title, table.columns, table.rows[:SHOWN], of_now=True)
    more = _("显示前{shown}条，其余见导出文件。", shown=SHOWN) if len(table.rows) > SHOWN else ""
    body = parts.section(
        _("例外清单"),
        [
            parts.segment(options, label=_("类别"), small=True),
            html.Div(html_table(shown), className="scroll")
            if table.rows
            else html.Div(_("没有例外。"), className="foot"),
        ],
        actions=[frame.exports(PATH, table.code, reading.view)] if table.rows else (),
        foot=more + _("导出只列最近{count}次，全部在操作记录中。", count=EXPORTS_LISTED),
    )
    return html.Div([parts.conclusion(said, second), body])


def _departures(reading: Reading) -> list[Departure]:
    """Those of schemes and regions that the reader may see; of what people took out, whose record the reader may read."""
    limits = reading.ask(readable, reading.scope)
    schemes = {
        entry.scheme.code
        for entry in reading.published.schemes
        if reading.scope.covers(tree := reading.published.tree(entry.scheme), tree.root)
    }
    return [
        one
        for one in reading.ask(load_departures)
        if (not one.scheme or one.scheme in schemes)
        and (not one.region or within(one.region, reading.scope.region))
        and (one.scheme or one.region or one.by not in limits.never)
    ]


def _subject(one: Departure) -> str:
    """What it is about in words, where the record has a code."""
    indicator, _dot, rule = one.subject.partition(".")
    if indicator in INDICATORS:
        return title(Subject(one.scheme, indicator, rule, one.region)) if rule else name_of(INDICATORS[indicator])
    if one.kind == "silence":
        return _("全部指标")
    parameters = load_scheme(one.scheme).parameters if one.scheme in scheme_codes() else {}
    if one.kind == "override" and one.subject in parameters:
        return name_of(parameters[one.subject])
    if one.kind == "restated":
        month, _blank, batch = one.subject.partition(" ")
        return _("{month}，批次{batch}", month=display.month_name(int(month)), batch=batch)
    return display.month_name(int(one.subject)) if one.kind == "reopened" else one.subject


def exception_table(reading: Reading) -> Table:
    """One row a departure, those of the kind looked at."""
    columns = (
        Column("kind", _("类别")),
        Column("at", _("时间")),
        Column("by", _("经办")),
        Column("scheme", _("险种")),
        Column("region", _("地区")),
        Column("subject", _("对象"), className="wrap"),
        Column("reason", _("理由"), className="wrap"),
    )
    names = {entry.scheme.code: name_of(entry.scheme) for entry in reading.published.schemes}
    kind = reading.view.measure if reading.view.measure in NAMES else ""
    rows = [
        Row(
            {
                "kind": _(NAMES[one.kind]),
                "at": None if one.at is None else exact_moment(one.at),
                "by": one.by or _("系统"),
                "scheme": names.get(one.scheme, one.scheme) or _("全部"),
                "region": name_of(reading.tree.region(one.region))
                if one.region in reading.tree
                else one.region or _("全部"),
                "subject": _subject(one),
                "reason": one.reason,
            }
        )
        for one in _departures(reading)
        if not kind or one.kind == kind
    ]
    return Table("exceptions", _("例外清单"), columns, rows, of_now=True)


TAB = Tab("exceptions", N_("例外清单"), show, tables={"exceptions": exception_table})
