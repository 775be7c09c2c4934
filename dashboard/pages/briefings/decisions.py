"""议定事项: what meetings decided, who leads, by when and how far it is; entered by the clerk, worked as every instruction."""

from __future__ import annotations

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Child
from dashboard.pages.warnings.deeds import instructed_by, leading_options
from dashboard.pages.warnings.instructions import next_step, state_said
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Area, Choice, Day, Whole
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words import display, meetings as words
from dashboard.words.departments import office_name
from dashboard.words.wording import N_, _
from rules.errors import StaleRow
from workflows.cases.instructions import Instruction, give_instruction, instructions_since
from workflows.meetings.register import Meeting
from workflows.people.rights import WRITING
from workflows.warnings.working_clock import working_day

MEETING = Whole("meeting", N_("会议"), hidden=True)
DECIDED = Area("text", N_("议定事项"), rows=2, most=500)


def _leading(reading: Reading) -> list[tuple[str, str]]:
    """The province's departments, and the governments of its cities."""
    tree = reading.tree
    cities = [f"{code}/" for code in tree.children(tree.root, reading.today) if tree.region(code).governed]
    return [*leading_options(reading, tree.root), *((code, office_name(tree, code)) for code in cities)]


LEADING = Choice("given_to", N_("由谁牵头"), _leading)
DUE = Day("due", N_("限期"))


@act("decision_enter", N_("登记议定事项"), WRITING, (MEETING, DECIDED, (LEADING, DUE)), whole=True)
def enter(deed: Deed) -> Done:
    """What a held meeting decided, with its number. Raises StaleRow, NotAllowed, WorkRefused."""
    one = next((one for one in words.register(deed.reading) if one.id == deed[MEETING] and one.held), None)
    if one is None:
        raise StaleRow("the meeting was withdrawn or is not held yet")
    given = give_instruction(
        deed.connection,
        deed.account,
        deed.now,
        scheme=one.scheme,
        region=deed.reading.tree.root,
        text=deed[DECIDED],
        given_to=deed[LEADING],
        due_on=working_day(deed.connection, deed[DUE]),
        meeting=one.id,
    )
    message = _("已登记{meeting}议定事项{number}，转为督办。", meeting=words.name(one.number), number=given.number)
    return Done(message, f"{one.scheme} {one.number}", {"number": given.number})


def section(reading: Reading, every: tuple[Meeting, ...]) -> Component | None:
    """What the last meeting held decided and what of earlier ones was not done by then, with the leaders' own instructions:
    what stands before the next meeting. None before the first meeting."""
    last = next((one for one in every if one.held), None)
    if last is None:
        return None
    tree = reading.tree
    found = [
        one
        for one in reading.ask(instructions_since, reading.scheme.code, last.held_on)
        if one.region in tree and reading.scope.covers(tree, one.region)
    ]
    heads = [_("编号"), _("来由"), _("议定或批示"), _("牵头"), _("限期"), _("状态"), ""]
    numbers = {one.id: one.number for one in every}
    rows = [_row(reading, one, numbers) for one in found]
    table = html.Table(
        [
            html.Caption(_("议定事项"), className="vh"),
            html.Thead(html.Tr([html.Th(text, scope="col") for text in heads])),
            html.Tbody(rows),
        ],
        className="t",
    )
    nothing = html.P(_("上次会议以来没有议定事项和批示。"), className="foot")
    body: list[Child] = [html.Div(table, className="scroll") if rows else nothing]
    if enter.open_to(reading):
        form = enter.form(reading, {MEETING: last.id, DUE: instructed_by(reading)})
        title = _("登记{meeting}议定事项", meeting=words.name(last.number))
        body.append(html.Details([html.Summary(title, className="button"), form]))
    return html.Div(parts.section(_("议定事项与批示"), body, note=_("下次会议逐项报告")), className="meetings")


def _row(reading: Reading, one: Instruction, numbers: dict[int, int]) -> Component:
    """One of the register: number, where it comes from, what, who leads, until when, how far."""
    origin = one.given_by_name
    if one.meeting in numbers:
        origin = words.name(numbers[one.meeting])
    at = replace(reading, view=View("/warnings", reading.view.scheme))
    cells: list[Child] = [
        one.number,
        origin,
        html.Span(one.text, className="written"),
        office_name(reading.tree, one.given_to),
        display.short_day(one.due_on),
        state_said(reading, one),
        html.Div(list(next_step(at, one)), className="deeds"),
    ]
    return html.Tr([html.Td(cell) for cell in cells])
