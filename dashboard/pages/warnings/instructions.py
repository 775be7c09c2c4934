"""批示与督办: what leaders asked for, by when, of whom, and how far it is; shown until it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components import parts
from dashboard.components.parts import Child
from dashboard.pages.warnings import words
from dashboard.pages.warnings.acts import INSTRUCTION, VERSION, finish, report
from dashboard.pages.warnings.work import assignee_words, open_work_of, visible, what
from dashboard.site.act import Values
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.cases.instructions import Instruction
from workflows.meetings.register import load_meetings
from workflows.people.local_rights import leads

STATES = {"open": N_("在办"), "reported": N_("已报结果，待办结"), "done": N_("办结")}


def instructions(reading: Reading) -> tuple[Instruction, ...]:
    """Instructions not done of the region looked at and below, as far as the reader may see them."""
    tree = reading.tree
    return tuple(
        one
        for one in open_work_of(reading).instructions
        if one.region in tree and reading.scope.covers(tree, one.region) and reading.region in tree.path(one.region)
    )


LOOKS = {"": N_("未办结"), "reported": N_("已报结果"), "overdue": N_("逾期")}


def looked_at(reading: Reading) -> list[Instruction]:
    """Those that the view's state leaves."""
    state, found = reading.view.state, instructions(reading)
    if state == "overdue":
        return [one for one in found if one.overdue(reading.today)]
    return [one for one in found if state not in LOOKS or not state or one.state == state]


def state_said(reading: Reading, one: Instruction) -> str:
    return _("{state}，已逾期", state=_(STATES[one.state])) if one.overdue(reading.today) else _(STATES[one.state])


def instruction_line(reading: Reading, one: Instruction, *, named: bool = False) -> Component:
    """One instruction with its text, deadline, report, and the next step where it is the reader's; ``named``: with what it
    is about, which elsewhere stands beside it."""
    given = display.short_day(display.local(one.given_at).date())
    said: list[Child] = [
        *(_matter(reading, one) if named else []),
        html.P(one.text, className="written"),
        html.Small(
            _(
                "{day} {name}　督办事项{number}，{who}牵头，限{due}　{state}",
                day=given,
                name=one.given_by_name,
                number=one.number,
                who=assignee_words(reading, one.given_to),
                due=display.short_day(one.due_on),
                state=state_said(reading, one),
            )
        ),
    ]
    if one.report:
        said.append(html.P(_("结果：{report}", report=one.report), className="foot written"))
    return html.Div([*said, *next_step(reading, one)], className="instruction")


def next_step(reading: Reading, one: Instruction) -> Sequence[Child]:
    """The form of what comes next, where it is the reader's; empty elsewhere."""
    values: Values = {INSTRUCTION: one.number, VERSION: one.row_version}
    if one.state == "reported" and finish.open_to(reading) and reading.sees_siblings:
        return [finish.form(reading, values, main=False)]
    if one.state == "open" and report.open_to(reading) and leads(g.account, one.given_to, one.region, reading.tree):
        form = report.form(reading, values, main=False)
        return [html.Details([html.Summary(_("报告结果")), form], className="deed")]
    return []


def _matter(reading: Reading, one: Instruction) -> list[Child]:
    """The case it is about, as a link; of a meeting's decision which meeting."""
    if one.meeting is not None:
        known = next((held for held in reading.ask(load_meetings, one.scheme) if held.id == one.meeting), None)
        return [] if known is None else [html.B(_("第{number}次会议议定", number=known.number))]
    case = next((case for case in open_work_of(reading).cases if case.id == one.work_case), None)
    matter = None if case is None else visible(replace(reading, region=reading.tree.root), case)
    if matter is None:
        return []
    place = words.place(reading, matter.lead.subject)
    href = View(f"/warnings/{matter.number}", reading.view.scheme).href()
    return [html.A([html.B(place), "　", *what(reading, matter)], href=href, className="about")]


def instructions_section(reading: Reading, *, whole: bool = False) -> Component | None:
    """The list under the queue; None where nothing was asked for. ``whole``: as a tab of its own, by state."""
    found = instructions(reading)
    if not found:
        return None
    if whole:
        view, shown = reading.view, looked_at(reading)
        looks = [(_(name), view.href(state=code), code == view.state) for code, name in LOOKS.items()]
        switch = [parts.segment(looks, label=_("看哪些"), small=True)]
        lines = [instruction_line(reading, one, named=True) for one in shown]
        return parts.section(_("批示与督办"), lines, note=_("{count}项", count=len(shown)), actions=switch)
    late = sum(one.overdue(reading.today) for one in found)
    note = _("{count}项未办结，逾期{late}项", count=len(found), late=late)
    return parts.section(_("批示与督办"), [instruction_line(reading, one, named=True) for one in found], note=note)
