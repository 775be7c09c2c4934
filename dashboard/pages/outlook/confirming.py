"""提请确认: what is assumed is put before the next meeting of the joint conference; a department leads, and it stands among
the matters to follow up until it is done."""

from __future__ import annotations

from dash import html

from dashboard.components.parts import Child, Children
from dashboard.pages.outlook import assumed
from dashboard.pages.outlook.reading import Outlook, outlook
from dashboard.pages.warnings.deeds import leading_options
from dashboard.pages.warnings.instructions import state_said
from dashboard.site.act import Deed, Done, Values, act
from dashboard.site.fields import Choice, Day
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words import display, meetings
from dashboard.words.departments import office_name
from dashboard.words.wording import N_, _, in_language
from rules.errors import PoolwatchError
from rules.scheme import Scheme
from workflows.cases.instructions import Instruction, give_instruction, instructions_of
from workflows.meetings.register import Meeting
from workflows.people.rights import MONITORS
from workflows.warnings.working_clock import working_day

# Instructions are kept as they were written, in Chinese, whatever language the writer reads in.
SUBJECT = N_("确认中长期测算暂定参数{count}项：{values}。")
BEGINS = SUBJECT.partition("{")[0]
LONGEST = 500
LEADING = Choice("given_to", N_("由谁牵头"), lambda reading: leading_options(reading, reading.tree.root))
DUE = Day("due", N_("限期"))


class NothingToConfirm(PoolwatchError):
    """Nothing is assumed in what is looked at, no meeting is planned, or it was asked for already."""

    code = "nothing_to_confirm"


def planned(reading: Reading) -> Meeting | None:
    """The next meeting that is planned; None where none is."""
    coming = [one for one in meetings.register(reading) if not one.held and one.held_on >= reading.today]
    return min(coming, key=lambda one: one.held_on, default=None)


def asked(reading: Reading) -> Instruction | None:
    """The newest that asks for it and is not done."""
    under_way = reading.ask(instructions_of, (), reading.scheme.code)
    return next((one for one in reversed(under_way) if one.text.startswith(BEGINS)), None)


def line(reading: Reading, found: Outlook) -> Children:
    """How far it is, under the assumptions, with the next step."""
    count = found.basis.open
    if found.scenario is not None:
        one = found.scenario
        day = display.short_day(display.local(one.made_at).date())
        computed = display.short_day(display.local(found.computed_at).date())
        said = _(
            "{name} {day}存，第{version}版，{computed}算：",
            name=one.made_by_name,
            day=day,
            version=one.version,
            computed=computed,
        )
        return [said, html.Span(one.reason, className="written")]
    if not count:
        return _("参数均有依据，没有待确认的。")
    if (waiting := asked(reading)) is not None:
        return _under_way(reading, waiting, count)
    said = _("暂定{count}项，尚未提请联席会议确认。", count=count)
    if not confirm.open_to(reading):
        return said
    return [said, html.A(_("提请确认"), href=reading.view.href(item="confirm"), className="right")]


def _under_way(reading: Reading, one: Instruction, count: int) -> list[Child]:
    numbers = {meeting.id: meeting.number for meeting in meetings.register(reading)}
    before = meetings.name(numbers[one.meeting]) if one.meeting in numbers else _("联席会议")
    said = _(
        "暂定{count}项：{who}牵头，{day}前提请{meeting}确认，{state}。",
        count=count,
        who=office_name(reading.tree, one.given_to),
        day=display.short_day(one.due_on),
        meeting=before,
        state=state_said(reading, one),
    )
    there = View("/warnings", reading.view.scheme, tab="instructions")
    return [said, html.A(one.number, href=there.href(), className="right")]


def form(reading: Reading, found: Outlook) -> list[Child]:
    """What would be put before the meeting, and by whom until when; or why it cannot be."""
    meeting = planned(reading)
    if meeting is None:
        there = View("/briefings", reading.view.scheme, tab="meetings")
        return [
            html.P(_("还没有登记下次会议。请先在“会议材料”登记拟开的会议，再提请确认。")),
            html.A(_("会议材料"), href=there.href(), className="button"),
        ]
    if asked(reading) is not None or not found.basis.open:
        return [html.P(line(reading, found))]
    day = display.day_name(meeting.held_on)
    values: Values = {DUE: meeting.held_on}
    return [
        html.P(_("提请{meeting}（{day}）确认：", meeting=meetings.name(meeting.number), day=day)),
        html.P(text_of(reading.scheme, found), className="norm written"),
        confirm.form(reading, values),
        html.P(_("确认后由系统管理员按会议决定在“暂定参数”设定。"), className="muted"),
    ]


def text_of(scheme: Scheme, found: Outlook) -> str:
    """What is asked for, in Chinese: each assumption with its value."""
    with in_language("zh"):
        values = [assumed.differences(one for one in found.basis.assumptions if one.open)]
        rates = (one for one in found.basis.rates if one.open)
        values += [f"{assumed.rate_name(scheme, one)} {assumed.percent(one.values[0])}" for one in rates]
        said = _(SUBJECT, count=found.basis.open, values=_("；").join(filter(None, values)))
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


@act("outlook_confirm", N_("提请确认"), MONITORS, ((LEADING, DUE),), whole=True)
def confirm(deed: Deed) -> Done:
    """Put what is assumed in the base before the next meeting. Raises NothingToConfirm, WorkRefused."""
    reading = deed.reading
    meeting, found = planned(reading), outlook(reading)
    if meeting is None or found is None or found.scenario or not found.basis.open or asked(reading) is not None:
        raise NothingToConfirm(f"{reading.scheme.code} has nothing to put before a meeting")
    given = give_instruction(
        deed.connection,
        deed.account,
        deed.now,
        scheme=reading.scheme.code,
        region=reading.tree.root,
        text=text_of(reading.scheme, found),
        given_to=deed[LEADING],
        due_on=working_day(deed.connection, deed[DUE]),
        meeting=meeting.id,
    )
    said = _("已提请{meeting}确认，编号{number}。", meeting=meetings.name(meeting.number), number=given.number)
    href = reading.view.href(item="")
    return Done(said, f"{given.scheme} {given.number}", {"number": given.number}, href=href)
