"""The working-time clock of the store's calendar: instants to working hours, and back to deadlines."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from data_access.sources.status import TIME_ZONE, load_calendar
from rules.alert_episode import Hours
from rules.calendar import WorkingCalendar
from rules.working_time import WorkingTime


class WorkingClock:
    """Turns instants into the workflow's hours; deadlines come back as instants."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self._time = WorkingTime(calendar)

    def __call__(self, instant: datetime) -> Hours:
        return self._time.hours(instant.astimezone(TIME_ZONE).replace(tzinfo=None))

    def after(self, instant: datetime, hours: Hours) -> datetime:
        """The instant at which so many working hours have gone by since another."""
        local = instant.astimezone(TIME_ZONE).replace(tzinfo=None)
        return self._time.after(local, hours).replace(tzinfo=TIME_ZONE)


def working_clock(connection: Connection) -> WorkingClock:
    """The clock of the calendar now in the store."""
    return WorkingClock(load_calendar(connection))
