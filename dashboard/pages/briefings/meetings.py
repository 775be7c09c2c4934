"""会议材料: the register of the joint conference's meetings, and what was asked for since the last one."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.pages.briefings import decisions
from dashboard.site.act import Deed, Done, Values, act
from dashboard.site.fields import Area, Day, Month, Text, Whole, blank
from dashboard.site.reading import Reading
from dashboard.words import display, meetings as words
from dashboard.words.wording import N_, _
from rules.errors import StaleRow
from workflows.meetings.register import (
    Meeting,
    NewMeeting,
    correct_meeting,
    register_meeting,
    withdraw_meeting,
)
from workflows.people.rights import WRITING

STATES = {"planned": N_("拟开"), "held": N_("已开")}

MEETING = Whole("meeting", N_("会议"), hidden=True)
ROW_VERSION = Whole("row_version", N_("版本"), hidden=True, kept=False)
NUMBER = Whole("number", N_("第几次"), low=1, high=9999)
HELD_ON = Day("held_on", N_("召开日期"), note=N_("晚于今天的记为拟开"))
TITLE = Text("title", N_("会议名称（可不填）"), most=60, required=False, placeholder=N_("联席会议"))
MONTH = blank(Month("month", N_("数据月份（可不填）"), placeholder="2026-10", note=N_("不填则为会前最后定稿的月份")))
REASON = Area("reason", N_("撤销理由"), rows=2, most=200)
FIELDS = ((NUMBER, HELD_ON), (MONTH, TITLE))


def section(reading: Reading) -> Component:
    """The tab: what became of the last meeting's instructions, the register, and the form of a new one."""
    every = words.register(reading)
    # What became of what was asked for is of now, so the last meeting held is meant.
    said, due = words.follow_up_words(reading, next((one for one in every if one.held), None))
    body: list[Child] = [_register(reading, every)] if every else [html.P(_("还没有登记会议。"), className="foot")]
    if register.open_to(reading):
        body.append(html.Details([html.Summary(_(register.title), className="button"), register.form(reading)]))
    foot = [html.Span(said), *([html.Span(due, className="right")] if due else [])]
    registered = html.Div(parts.section(_("会议登记"), body, foot=foot), className="meetings")
    decided = decisions.section(reading, every)
    return html.Div([registered, *([decided] if decided is not None else [])])


def _register(reading: Reading, every: Sequence[Meeting]) -> Component:
    heads = [_("会议"), _("召开日期"), _("数据月份"), _("状态"), _("登记"), ""]
    table = html.Table(
        [
            html.Caption(_("会议登记"), className="vh"),
            html.Thead(html.Tr([html.Th(text, scope="col") for text in heads])),
            html.Tbody([_line(reading, one) for one in every]),
        ],
        className="t",
    )
    return html.Div(table, className="scroll")


def _line(reading: Reading, one: Meeting) -> Component:
    title: list[Child] = [html.Small(one.title, className="written")] if one.title else []
    month = display.NO_VALUE if one.month is None else display.month_name(one.month)
    noted = _("{name} {day}", name=one.noted_by_name, day=display.short_day(display.local(one.noted_at).date()))
    cells = [[words.name(one.number), " ", *title], display.day_name(one.held_on), month, _(STATES[one.state]), noted]
    return html.Tr([*(html.Td(cell) for cell in cells), html.Td(_deeds(reading, one))])


def _deeds(reading: Reading, one: Meeting) -> list[Child]:
    if not correct.open_to(reading):
        return []
    known: Values = {MEETING: one.id, ROW_VERSION: one.row_version}
    stands: Values = {NUMBER: one.number, HELD_ON: one.held_on, TITLE: one.title, MONTH: one.month}
    forms = (correct.form(reading, {**known, **stands}), withdraw.form(reading, known, main=False))
    named = zip((correct, withdraw), forms, strict=True)
    deeds = [
        html.Details(
            [html.Summary(_(deed.title), **attributes(aria_label=f"{_(deed.title)} {words.name(one.number)}")), form],
            className="deed",
        )
        for deed, form in named
    ]
    return [html.Div(deeds, className="deeds")]


# --- acts


def _new(deed: Deed) -> NewMeeting:
    return NewMeeting(deed[NUMBER], deed[HELD_ON], deed[TITLE], deed[MONTH])


def _seen(deed: Deed) -> Meeting:
    """The meeting as the reader saw it. Raises StaleRow where it stands otherwise by now."""
    known = (one for one in words.register(deed.reading) if one.id == deed[MEETING])
    one = next(known, None)
    if one is None or one.row_version != deed[ROW_VERSION]:
        raise StaleRow("the meeting was changed")
    return one


def _done(message: str, one: Meeting) -> Done:
    details = {"month": one.month, "data_version": one.data_version, "state": one.state}
    return Done(message, f"{one.scheme} {one.number}", details)


@act("meeting_register", N_("登记会议"), WRITING, FIELDS, whole=True)
def register(deed: Deed) -> Done:
    """Enter a meeting that was held or is planned. Raises MeetingRefused."""
    one = register_meeting(deed.connection, deed.reading.scheme.code, _new(deed), deed.by)
    return _done(_("已登记{meeting}。", meeting=words.name(one.number)), one)


@act("meeting_correct", N_("更正"), WRITING, (MEETING, ROW_VERSION, *FIELDS), whole=True)
def correct(deed: Deed) -> Done:
    """Enter a meeting otherwise. Raises MeetingRefused, StaleRow."""
    one = correct_meeting(deed.connection, _seen(deed), _new(deed), deed.by)
    return _done(_("已更正{meeting}。", meeting=words.name(one.number)), one)


@act("meeting_withdraw", N_("撤销"), WRITING, (MEETING, ROW_VERSION, REASON), whole=True)
def withdraw(deed: Deed) -> Done:
    """Take a meeting out of the register, on record with the reason. Raises StaleRow."""
    one = _seen(deed)
    withdraw_meeting(deed.connection, one, deed[REASON], deed.by)
    return _done(_("已撤销{meeting}，留有记录。", meeting=words.name(one.number)), one)


ACTS = (register, correct, withdraw, decisions.enter)
