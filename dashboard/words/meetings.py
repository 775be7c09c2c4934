"""The meetings 联席会议 as pages speak of them: the one before the period looked at, the next, what was asked for since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import office_name
from dashboard.words.wording import _
from rules.month import Month
from workflows.cases.instructions import DONE, Instruction, instructions_since
from workflows.meetings.register import Meeting, load_meetings


def register(reading: Reading) -> tuple[Meeting, ...]:
    """The meetings of the scheme looked at, newest first."""
    return reading.ask(load_meetings, reading.scheme.code)


def last(reading: Reading) -> Meeting | None:
    """The newest held meeting that had data of before the month looked at; None where there was none."""
    at = reading.snapshot.month
    return next((one for one in register(reading) if one.held and one.month and at and one.month < at), None)


def then(reading: Reading) -> Reading | None:
    """The same look at the month put before that meeting, as it was signed; None without one."""
    meeting = last(reading)
    if meeting is None or meeting.month is None:
        return None
    return replace(reading, view=replace(reading.view, period=Month(meeting.month).iso, version="", item=""))


def coming(reading: Reading) -> Meeting | None:
    """The meeting that the month looked at is for: the one it was put before, else the first one planned."""
    at, every = reading.snapshot.month, register(reading)
    had = next((one for one in every if one.held and one.month == at), None)
    planned = [one for one in every if not one.held]
    return had or min(planned, key=lambda one: one.held_on, default=None)


def name(number: int) -> str:
    return _("第{number}次会议", number=number)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a meeting has to follow up: what was decided there and asked for since, and earlier ones not done by then: all
    of it, done, and what is not, the first due first."""

    count: int
    done: int
    under_way: Sequence[Instruction]
    late: int


def follow_up(reading: Reading, since: date) -> FollowUp:
    """The instructions and decisions of the region looked at and below that a meeting on a day leaves to follow up."""
    tree = reading.tree
    found = [
        one
        for one in reading.ask(instructions_since, reading.scheme.code, since)
        if one.region in tree and reading.scope.covers(tree, one.region) and reading.region in tree.path(one.region)
    ]
    under_way = [one for one in found if one.state != DONE]
    return FollowUp(
        len(found), len(found) - len(under_way), under_way, sum(one.overdue(reading.today) for one in found)
    )


def follow_up_words(reading: Reading, meeting: Meeting | None) -> tuple[str, str]:
    """In one line what became of what was asked for since a meeting, and the next of it that are due."""
    if meeting is None:
        return _("没有上次会议的记录。"), ""
    found = follow_up(reading, meeting.held_on)
    if not found.count:
        return _("上次会议以来没有议定事项和批示。"), ""
    said = _(
        "议定事项和批示{count}件：办结{done}，在办{open}，逾期{late}",
        count=found.count,
        done=found.done,
        open=len(found.under_way),
        late=found.late,
    )
    if not found.under_way:
        return said, ""
    due = [
        _(
            "{number} {who}（{day}）",
            number=one.number,
            who=office_name(reading.tree, one.given_to),
            day=display.short_day(one.due_on),
        )
        for one in found.under_way[:2]
    ]
    return said, _("在办：{due}", due=_("、").join(due))
