"""The register of meetings of the joint conference 联席会议: number, day, and the month's data put before each.

A meeting whose day lies ahead is planned 拟开; it is held once somebody notes so. A held one names the month that was put
before it, as signed 定稿.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from data_access.books.versions import MonthClose, closes
from data_access.store import schema
from data_access.store.numbering import take_turn
from rules.errors import PoolwatchError, StaleRow
from rules.month import SHANGHAI, Month
from workflows.people.accounts import By

TABLE = schema.meeting
PLANNED, HELD = "planned", "held"


class MeetingRefused(PoolwatchError):
    """A meeting cannot be entered as asked; ``result`` says why (number, day, month)."""

    def __init__(self, message: str, result: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"meeting_{result}"


@dataclass(frozen=True, slots=True)
class NewMeeting:
    """What is noted of a meeting. ``title``: what meets, "" for the joint conference; ``month``: the month put before it,
    None for the last one signed by then."""

    number: int
    held_on: date
    title: str = ""
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of the register. ``month`` and ``data_version``, with which it was signed, are None where a planned
    one's are not known yet."""

    id: int
    scheme: str
    number: int
    held_on: date
    title: str
    month: int | None
    data_version: int | None
    state: str
    row_version: int
    noted_by: str
    noted_by_name: str
    noted_at: datetime

    @property
    def held(self) -> bool:
        return self.state == HELD


def load_meetings(connection: Connection, scheme: str) -> tuple[Meeting, ...]:
    """The meetings of a scheme, newest day first; what was withdrawn is left out."""
    wanted = select(TABLE).where(TABLE.c.scheme == scheme, TABLE.c.withdrawn_at.is_(None))
    return tuple(_meeting(row) for row in connection.execute(wanted.order_by(TABLE.c.held_on.desc())))


def register_meeting(connection: Connection, scheme: str, found: NewMeeting, by: By) -> Meeting:
    """Enter a meeting: planned where its day lies ahead, else held. Raises MeetingRefused for a number or day that
    another has, for a month that is not before the day, and for a held one without a signed month."""
    values = _values(connection, scheme, found, by, of=None)
    made = insert(TABLE).values(**values, scheme=scheme, row_version=1).returning(TABLE)
    return _meeting(connection.execute(made).one())


def correct_meeting(connection: Connection, one: Meeting, found: NewMeeting, by: By) -> Meeting:
    """Enter a meeting otherwise, as when a planned one was held. Raises as :func:`register_meeting`, StaleRow."""
    values = _values(connection, one.scheme, found, by, of=one)
    return _change(connection, one, values)


def withdraw_meeting(connection: Connection, one: Meeting, reason: str, by: By) -> None:
    """Take a meeting out of the register; it stays on record with the reason. Raises StaleRow."""
    _change(connection, one, {"withdrawn_reason": reason, "withdrawn_by": by.login, "withdrawn_at": by.at})


def _values(connection: Connection, scheme: str, found: NewMeeting, by: By, of: Meeting | None) -> dict[str, object]:
    take_turn(connection, TABLE.name)
    for other in load_meetings(connection, scheme):
        if of is not None and other.id == of.id:
            continue
        if other.number == found.number:
            raise MeetingRefused(f"number {found.number} is taken", "number", number=found.number)
        if other.held_on == found.held_on:
            raise MeetingRefused(f"{other.number} is on that day", "day", number=other.number)
    held = found.held_on <= by.at.astimezone(SHANGHAI).date()
    close = _put_before(closes(connection, scheme), found)
    too_late = found.month is not None and found.month >= Month.of(found.held_on)
    if too_late or (held and close is None):
        raise MeetingRefused(f"nothing signed to put before {found.number}", "month", number=found.number)
    if not held and found.month is None:
        close = None  # what will be signed by then is not known
    return {
        "number": found.number,
        "held_on": found.held_on,
        "title": found.title,
        "month": found.month if close is None else close.month,
        "data_version": None if close is None else close.version,
        "state": HELD if held else PLANNED,
        "noted_by": by.login,
        "noted_by_name": by.name,
        "noted_at": by.at,
    }


def _put_before(signed: Sequence[MonthClose], found: NewMeeting) -> MonthClose | None:
    """The signature of the month put before a meeting: of the one named, else of the last that was signed by then."""
    if found.month is not None:
        return next((close for close in signed if close.month == found.month), None)
    by_then = [close for close in signed if close.signed_at.astimezone(SHANGHAI).date() <= found.held_on]
    return max(by_then, key=lambda close: close.month, default=None)


def _change(connection: Connection, one: Meeting, values: dict[str, object]) -> Meeting:
    mine = (TABLE.c.id == one.id, TABLE.c.row_version == one.row_version, TABLE.c.withdrawn_at.is_(None))
    changed = update(TABLE).where(*mine).values(**values, row_version=one.row_version + 1).returning(TABLE)
    row = connection.execute(changed).one_or_none()
    if row is None:
        raise StaleRow(f"meeting {one.number} is no longer at {one.row_version}")
    return _meeting(row)


def _meeting(row: Row[Any]) -> Meeting:
    return Meeting(**{name: getattr(row, name) for name in Meeting.__slots__})
