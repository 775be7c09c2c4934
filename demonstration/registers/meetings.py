"""The demonstration's meetings: two that were held, the next one planned, noted by the ordinary functions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from data_access.books.versions import closes
from data_access.store.engine import writing
from rules.month import SHANGHAI, Month
from workflows.meetings.register import NewMeeting, load_meetings, register_meeting
from workflows.people.accounts import By

# Number, how many months before the last signed one its data were of, the day of the month after them on which it met.
HELD = ((4, 5, 24), (5, 3, 26))
PLANNED, DAYS_AHEAD = 6, 5


def enter_meetings(engine: Engine, scheme_code: str, now: datetime) -> None:
    """The meetings of a scheme with signed months; nothing where some stand."""
    today = now.astimezone(SHANGHAI).date()
    with writing(engine) as connection:
        signed = {close.month for close in closes(connection, scheme_code)}
        if not signed or load_meetings(connection, scheme_code):
            return
        for number, before, day in HELD:
            month = Month(max(signed)).plus(-before)
            met = month.plus(1)
            held_on = date(met.year, met.number, day)
            if month in signed and held_on <= today:
                register_meeting(
                    connection, scheme_code, NewMeeting(number, held_on, month=month), _by(_morning(held_on))
                )
        planned = NewMeeting(PLANNED, today + timedelta(days=DAYS_AHEAD), month=max(signed))
        register_meeting(connection, scheme_code, planned, _by(now))


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


def _by(at: datetime) -> By:
    return By("demo-writer", "演示文书", "", at)
