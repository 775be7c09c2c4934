"""Working time 工作时间: the hours in which deadlines run, on working days only.

The workflow of a warning reckons in hours of one clock; this is that clock. Nights, weekends and holidays take no time
in it, make-up working days do.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from rules.alerts.episode import Hours
from rules.calendar import WorkingCalendar

# Office hours of the offices concerned; no document sets them (assumed).
PERIODS = ((time(9, 0), time(12, 0)), (time(13, 30), time(17, 30)))
EPOCH = date(2020, 1, 1)
MICROSECONDS = 3_600_000_000


def _length(start: time, end: time) -> timedelta:
    return datetime.combine(EPOCH, end) - datetime.combine(EPOCH, start)


DAY = sum((_length(start, end) for start, end in PERIODS), timedelta())
DAY_HOURS = Fraction(DAY // timedelta(microseconds=1), MICROSECONDS)


class WorkingTime:
    """The clock of one calendar. Instants are local times of the offices, without a zone."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self._before = calendar.count(EPOCH - timedelta(days=1))

    def hours(self, instant: datetime) -> Hours:
        """Working hours from the epoch to an instant, exact."""
        done = self._calendar.count(instant.date()) - self._before
        spent = done * DAY
        if self._calendar.is_working(instant.date()):
            spent -= DAY - self._within(instant)
        return Fraction(spent // timedelta(microseconds=1), MICROSECONDS)

    def after(self, instant: datetime, hours: Hours) -> datetime:
        """The instant at which so many working hours have gone by; a deadline at a day's end stands on that day."""
        wanted = self.hours(instant) + hours
        whole, rest = divmod(wanted, DAY_HOURS)
        if not rest and hours:
            whole, rest = whole - 1, DAY_HOURS
        day = self._day(int(whole))
        left = timedelta(microseconds=int(Fraction(rest) * MICROSECONDS))
        for start, end in PERIODS:
            if left <= _length(start, end):
                return datetime.combine(day, start) + left
            left -= _length(start, end)
        raise AssertionError("a day's rest is never longer than the day")

    def _within(self, instant: datetime) -> timedelta:
        """How much of its day's working time is over at an instant."""
        spent = timedelta()
        for start, end in PERIODS:
            begins = datetime.combine(instant.date(), start)
            spent += min(max(instant - begins, timedelta()), _length(start, end))
        return spent

    def _day(self, number: int) -> date:
        """The working day before which there are so many since the epoch."""
        ordinals = range(EPOCH.toordinal(), date.max.toordinal())
        wanted = self._before + number + 1
        return date.fromordinal(
            ordinals[bisect_left(ordinals, wanted, key=lambda day: self._calendar.count(date.fromordinal(day)))]
        )
