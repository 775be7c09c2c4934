"""Changes that wait for a second person 待第二人确认: what they would do, what the trial showed, and the two answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.parts import Child
from dashboard.pages.thresholds import acts, words as words
from dashboard.site.act import Values
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _, bracketed
from workflows.thresholds.changes import Step, as_threshold
from workflows.thresholds.proposals import Proposal, waiting_proposals
from workflows.thresholds.register import Limit, Register


def waiting(reading: Reading, indicator: str = "", rule: str = "") -> tuple[Proposal, ...]:
    """Waiting changes, of one rule or all."""
    found = reading.ask(waiting_proposals)
    if not indicator:
        return found
    return tuple(one for one in found if any((s.indicator, s.rule) == (indicator, rule) for s in one.steps))


def waiting_panels(reading: Reading, register: Register, indicator: str = "", rule: str = "") -> list[Child]:
    """A panel for each waiting change of a rule (or of all)."""
    return [_panel(reading, register, one) for one in waiting(reading, indicator, rule)]


def _panel(reading: Reading, register: Register, one: Proposal) -> Component:
    lines: list[Child] = [
        html.B(_("待第二人确认：{count}项追溯改动", count=len(one.steps))),
        html.P(
            _(
                "{login} {moment}提出，理由：{reason}",
                login=one.created_by,
                moment=display.moment(one.created_at),
                reason=one.reason,
            ),
            className="written",
        ),
        html.Ul([html.Li(step_words(reading, register, step)) for step in one.steps], className="reasons norm"),
    ]
    if preview := preview_words(one.preview):
        lines.append(html.P(preview))
    if one.overtaken(register):
        lines.append(html.P(_("这些指标的标准在提出之后已有改动，不能再确认。请退回后重新提出。")))
    if acts.approve_limits.open_to(reading):
        values: Values = {acts.TOKEN: one.token}
        lines.append(
            html.Div(
                [acts.approve_limits.form(reading, values), acts.reject_limits.form(reading, values, main=False)],
                className="two-acts",
            )
        )
        lines.append(html.P(_("提出人不能自己同意；提出人可以撤回（退回）。"), className="why"))
    return html.Div(lines, className="panel pending", key=one.token)


def step_words(reading: Reading, register: Register, step: Step) -> str:
    """What one step does, in a line: which limit, from when, what stood before."""
    name = words.rule_name(step.indicator, step.rule)
    by_id = {row.id: row for row in register.rows(step.indicator, step.rule)}
    since = "" if step.since is None else _("，{period}起", period=words.period_words(step.since))
    head = f"{_(words.STEPS[step.kind])} {name}{since}"
    if not step.records:
        row = by_id.get(step.ends[0][0])
        return head if row is None else head + bracketed(words.scope_words(reading.tree, row.scope))
    new = step.records[0]
    said = words.limits_words(as_threshold(new)) if new.enabled else _("不设预警")
    return f"{head}{bracketed(words.scope_words(reading.tree, new.scope))}{_('：')}{said}{_before(by_id, step)}"


def _before(by_id: Mapping[int, Limit], step: Step) -> str:
    old = [by_id[number] for number, _ends in step.ends if number in by_id]
    if not old:
        return ""
    return _("；原为 {limits}", limits=words.limits_words(old[-1].threshold))


def preview_words(preview: Mapping[str, Any]) -> str:
    """The trial's one sentence, from what was kept of it."""
    wanted, present = preview.get("wanted"), preview.get("present")
    if not wanted or not present:
        return ""
    return _(
        "试算：会预警{count}次，其中红色{red}次；按现行标准{before}次，其中红色{before_red}次。",
        count=wanted["warnings"],
        red=wanted["red"],
        before=present["warnings"],
        before_red=present["red"],
    )
