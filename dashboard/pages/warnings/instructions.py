"""批示与督办: what leaders asked for, by when, of whom, and how far it is; shown until it is done."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Child
from dashboard.pages.warnings.acts import INSTRUCTION, VERSION, finish, report
from dashboard.pages.warnings.work import open_work_of
from dashboard.site.act import Values
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.cases.instructions import Instruction

STATES = {"open": N_("在办"), "reported": N_("已报结果，待办结"), "done": N_("办结")}


def instructions(reading: Reading) -> tuple[Instruction, ...]:
    """Instructions not done of the region looked at and below, as far as the reader may see them."""
    tree = reading.tree
    return tuple(
        one
        for one in open_work_of(reading).instructions
        if one.region in tree and reading.scope.covers(tree, one.region) and reading.region in tree.path(one.region)
    )


def state_said(reading: Reading, one: Instruction) -> str:
    return _("{state}，已逾期", state=_(STATES[one.state])) if one.overdue(reading.today) else _(STATES[one.state])


def instruction_line(reading: Reading, one: Instruction) -> Component:
    """One instruction with its text, deadline, report, and the next step where it is the reader's."""
    given = display.short_day(display.local(one.given_at).date())
    said: list[Child] = [
        html.P(one.text, className="written"),
        html.Small(
            _(
                "{day} {name}　督办事项{number}，{who}牵头，限{due}　{state}",
                day=given,
                name=one.given_by_name,
                number=one.number,
                who=one.given_to,
                due=display.short_day(one.due_on),
                state=state_said(reading, one),
            )
        ),
    ]
    if one.report:
        said.append(html.P(_("结果：{report}", report=one.report), className="foot written"))
    return html.Div([*said, *_next_step(reading, one)], className="instruction")


def _next_step(reading: Reading, one: Instruction) -> Sequence[Child]:
    values: Values = {INSTRUCTION: one.number, VERSION: one.row_version}
    if one.state == "reported" and finish.open_to(reading) and reading.sees_siblings:
        return [finish.form(reading, values, main=False)]
    if one.state == "open" and report.open_to(reading):
        form = report.form(reading, values, main=False)
        return [html.Details([html.Summary(_("报告结果")), form], className="deed")]
    return []


def instructions_section(reading: Reading) -> Component | None:
    """The list under the queue; None where nothing was asked for."""
    found = instructions(reading)
    if not found:
        return None
    late = sum(one.overdue(reading.today) for one in found)
    note = _("{count}项未办结，逾期{late}项", count=len(found), late=late)
    return parts.section(_("批示与督办"), [instruction_line(reading, one) for one in found], note=note)
