"""The working-time clock of the store's calendar: instants to working hours, and back to deadlines."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Connection

from data_access.intake.sources.status import load_calendar
from rules.alerts.episode import Hours
from rules.alerts.working_time import WorkingTime
from rules.calendar import WorkingCalendar
from rules.month import SHANGHAI


class WorkingClock:
    """Turns instants into the workflow's hours; deadlines come back as instants."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self._time = WorkingTime(calendar)

    def __call__(self, instant: datetime) -> Hours:
        return self._time.hours(instant.astimezone(SHANGHAI).replace(tzinfo=None))

    def after(self, instant: datetime, hours: Hours) -> datetime:
        """The instant at which so many working hours have gone by since another."""
        local = instant.astimezone(SHANGHAI).replace(tzinfo=None)
        return self._time.after(local, hours).replace(tzinfo=SHANGHAI)


def working_clock(connection: Connection) -> WorkingClock:
    """The clock of the calendar now in the store."""
    return WorkingClock(load_calendar(connection))


def working_day(connection: Connection, day: date, latest: date | None = None) -> date:
    """The day on which something due falls: a working day of the store's calendar, the next one if need be; with
    ``latest`` none after it."""
    return load_calendar(connection).on_working(day, latest)


# Outside these hours, and on days off, only what is red is told outside the system (assumed).
LOUD = (time(8), time(20))
# When what people need only know goes out, once a day.
DIGEST = time(17)


def loud_from(connection: Connection, now: datetime) -> datetime:
    """The instant from which people may be told: now, or in quiet hours the next working day's morning."""
    calendar, here = load_calendar(connection), now.astimezone(SHANGHAI)
    if calendar.is_working(here.date()) and LOUD[0] <= here.time() < LOUD[1]:
        return now
    today = calendar.is_working(here.date()) and here.time() < LOUD[0]
    day = here.date() if today else calendar.next_working(here.date())
    return datetime.combine(day, LOUD[0], SHANGHAI)
