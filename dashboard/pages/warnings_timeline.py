"""办理过程: what happened to a case and who did what, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dash import html
from dash.development.base_component import Component

from dashboard import display
from dashboard.components import parts
from dashboard.components.level import LONG
from dashboard.pages import warnings_words as words
from dashboard.pages.warnings_list import period_name
from dashboard.pages.warnings_work import Matter
from dashboard.reading import Reading
from dashboard.wording import N_, _
from data_access.standing import Happened, happened
from rules.alert_threshold import LEVELS

SHOWN = 7
EVENTS = {
    "open": N_("{period}达到{level}标准，列入预警"),
    "refire": N_("{period}再次触发{level}预警"),
    "escalate": N_("{period}升级为{level}"),
    "deescalate": N_("{period}降为{level}"),
    "recover": N_("{period}指标已回落到标准以内"),
    "data_stale": N_("{period}数据逾期未报"),
    "data_restored": N_("{period}数据恢复报送"),
    "unmonitored": N_("{period}起未设预警标准"),
    "history_revised": N_("以前月份数据更正，重新判定"),
}
REASONS = {
    "no_data": N_("因本期无数据"), "threshold_changed": N_("因标准调整"), "data_revised": N_("因数据更正"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    who: str
    what: str


def entries(reading: Reading, matter: Matter) -> list[Entry]:
    """The lead's own events; what the merged signals did is in their own pages."""
    with reading.published.engine.connect() as connection:
        found = happened(connection, [matter.lead.id])
    return [Entry(one.at, _("系统"), event_words(one)) for one in found]


def event_words(one: Happened) -> str:
    """An event in the reader's words: 10月升级为橙色预警（因数据更正）."""
    kind, _mark, reason = one.text.partition("/")
    name, _colon, level = kind.partition(":")
    name = name.split(" ")[0]
    month = words.month_of(one.period)
    period = period_name(one.period) if month is None else display.short_month(month)
    said = _(EVENTS.get(name, EVENTS["open"]), period=period, level=_(LONG[LEVELS[level]]) if level in LEVELS else "")
    return f"{said}{_('（')}{_(REASONS[reason])}{_('）')}" if reason in REASONS else said


def timeline_section(reading: Reading, matter: Matter) -> Component:
    every = entries(reading, matter)
    whole = reading.view.unit == "all"
    shown = every if whole else every[-SHOWN:]
    lines = [
        html.Li([html.Time(display.moment(one.at)), html.Span(one.who, className="who"), html.Span(one.what)])
        for one in shown
    ]
    more = []
    if len(every) > SHOWN:
        href = reading.view.href(unit="" if whole else "all")
        more = [html.A(_("收起") if whole else _("全部{count}条", count=len(every)), href=href)]
    return parts.section(_("办理过程"), html.Ol(lines, className="timeline"), actions=more)
