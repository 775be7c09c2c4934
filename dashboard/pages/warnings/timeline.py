"""办理过程: what the system found and told of a case, and what people did, oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.level import LONG
from dashboard.components.parts import Child
from dashboard.pages.warnings import words as words
from dashboard.pages.warnings.acts import LETTERS
from dashboard.pages.warnings.listing import period_name
from dashboard.pages.warnings.work import Matter, assignee_words
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, bracketed
from rules.alerts.threshold import LEVELS, Level
from rules.month import Month
from workflows.cases.register import CaseStep, Happening, timeline

SHOWN = 7
EVENTS = {
    "open": N_("{period}达到{level}标准，列入预警"),
    "refire": N_("{period}再次触发{level}"),
    "escalate": N_("{period}升级为{level}"),
    "deescalate": N_("{period}降为{level}"),
    "recover": N_("{period}指标已回落到标准以内"),
    "data_stale": N_("{period}数据逾期未报"),
    "data_restored": N_("{period}数据恢复报送"),
    "unmonitored": N_("{period}起未设预警标准"),
    "history_revised": N_("以前月份数据更正，重新判定"),
}
# What the clock told of a case on which nothing else happened.
TOLD = {
    "reminder": N_("尚未签收，催办"),
    "ack_expired": N_("签收后超时未办"),
    "overdue": N_("逾期未反馈"),
    "catch_up": N_("暂缓期满，补发"),
}
# What it found, where the month is not said.
FOUND = {
    "open": N_("达到{level}标准，列入预警"),
    "refire": N_("再次触发{level}"),
    "escalate": N_("升级为{level}"),
    "recover": N_("指标已回落到标准以内"),
    "cancelled": N_("不再按预警办理"),
}
REASONS = {"no_data": N_("因本期无数据"), "threshold_changed": N_("因标准调整"), "data_revised": N_("因数据更正")}
STEPS = {
    "sign": N_("签收"),
    "assign": N_("转办{to}，限{due}"),
    "hand_down": N_("下转{to}"),
    "submit": N_("反馈办理结果"),
    "return": N_("退回补充"),
    "close": N_("核实销号"),
    "remind": N_("催办"),
    "instruct": N_("批示，{to}牵头，限{due}"),
}
# Told of what a person did, which stands in the course itself.
BESIDE_STEPS = ("assigned", "returned")
REQUESTS = {
    "data": N_("数据异议"),
    "force_majeure": N_("剔除不可抗力"),
    "extension": N_("延期"),
    "exception": N_("经批准暂不处置"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    who: str
    what: list[Child]


def entries(reading: Reading, matter: Matter) -> list[Entry]:
    """The course of the case; of the system's findings those of the leading signal, the others have their own pages."""
    found = reading.ask(timeline, matter.case)
    made = [_entry(reading, matter, one) for one in found]
    return [one for one in made if one is not None]


def _entry(reading: Reading, matter: Matter, one: Happening) -> Entry | None:
    if one.step is not None:
        return Entry(one.at, one.step.name, step_words(reading, one.step))
    if one.standing is None or one.standing.id != matter.lead.id or one.event in BESIDE_STEPS:
        return None
    return Entry(one.at, _("系统"), [event_words(one)])


def event_words(one: Happening) -> str:
    """An event in the reader's words: 10月升级为橙色预警（因数据更正）, or what the clock told."""
    kind, _mark, reason = one.event.partition("/")
    name, _colon, level = kind.partition(":")
    name = name.split(" ")[0]
    if name not in EVENTS:
        return _told(one, name, level)
    month = Month.parse(one.period)
    period = period_name(one.period) if month is None else display.short_month(month)
    said = _(EVENTS[name], period=period, level=_(LONG[LEVELS[level]]) if LEVELS.get(level) else "")
    return said + bracketed(_(REASONS[reason])) if reason in REASONS else said


def _told(one: Happening, name: str, step: str) -> str:
    for told in (f"{name}:{step}", *one.told):
        said = told_words(told.removeprefix("withheld:"))
        if said:
            return said
    return one.event


def told_words(kind: str, level: int | None = None) -> str:
    """What the system told of a case, by the workflow's name for it; "" for what it names otherwise."""
    name, _colon, step = kind.partition(":")
    if name == "ladder":
        return _("超时未签收，督办提醒（第{step}次）", step=step or "1")
    if name in FOUND and level is not None:
        return _(FOUND[name], level=_(LONG[Level(level)]) if level else "")
    return _(TOLD[name]) if name in TOLD else ""


def step_words(reading: Reading, step: CaseStep) -> list[Child]:
    """What a person did, with to whom, until when and what was written."""
    kind, _mark, about = step.step.partition(":")
    if kind == "ask":
        said = _("申请{what}", what=_(REQUESTS[about])) if about != "data" else _("提出数据异议")
    elif kind == "decide":
        said = _("答复{what}", what=_(REQUESTS[about]))
    elif kind == "letter":
        said = _("发出{letter} {number}", letter=_(LETTERS.get(about, "notice")), number=step.details.get("number", ""))
    else:
        said = _(STEPS.get(kind, "sign"), to=_to(reading, step.details), due=_due(step.details))
    return [said, _("："), html.Span(step.text, className="written")] if step.text else [said]


def _to(reading: Reading, details: Mapping[str, object]) -> str:
    return assignee_words(reading, str(details.get("to", "")))


def _due(details: Mapping[str, object]) -> str:
    text = str(details.get("due") or details.get("until") or "")[:10]
    return display.short_day(date.fromisoformat(text)) if text else display.NO_VALUE


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
