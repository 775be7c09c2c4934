"""Working time: nights, weekends and holidays take none; a deadline comes back at the instant it was counted to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from rules.alerts.working_time import DAY_HOURS, EPOCH, WorkingTime
from rules.calendar import WorkingCalendar

# National Day 2026: 1 to 7 October off, 20 September and 10 October worked.
CALENDAR = WorkingCalendar(
    frozenset(date(2026, 10, day) for day in range(1, 8)), frozenset({date(2026, 9, 20), date(2026, 10, 10)})
)
CLOCK = WorkingTime(CALENDAR)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A local time of the offices in 2026."""
    return datetime.combine(date(2026, month, day), time(hour, minute))


INSTANTS = st.datetimes(datetime.combine(date(2026, 1, 1), time()), datetime.combine(date(2027, 1, 31), time()))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (at(11, 20, 9), at(11, 20, 17, 30), DAY_HOURS),  # a whole Friday
        (at(11, 20, 17, 30), at(11, 23, 9), 0),  # over the weekend
        (at(11, 20, 12), at(11, 20, 13, 30), 0),  # over noon
        (at(9, 30, 16, 30), at(10, 8, 10), 2),  # over the holidays
        (at(10, 10, 9), at(10, 10, 12), 3),  # a Saturday that is worked
        (at(11, 20, 9), at(11, 20, 9, 10), Fraction(1, 6)),
    ],
)
def test_only_office_hours_of_working_days_count(start: datetime, end: datetime, hours: Fraction) -> None:
    assert CLOCK.hours(end) - CLOCK.hours(start) == hours


def test_four_working_hours_from_a_friday_afternoon_end_on_monday_at_noon() -> None:
    assert CLOCK.after(at(11, 20, 16, 30), 4) == at(11, 23, 12)


def test_a_day_that_ends_with_its_day_is_due_that_evening_and_not_the_next_morning() -> None:
    assert CLOCK.after(at(11, 19, 20), DAY_HOURS) == at(11, 20, 17, 30)


@given(INSTANTS, st.integers(1, 24_000))
def test_so_many_hours_after_an_instant_are_so_many_hours_later(start: datetime, minutes: int) -> None:
    hours = Fraction(minutes, 60)
    due = CLOCK.after(start, hours)
    assert CLOCK.hours(due) - CLOCK.hours(start) == hours
    assert CALENDAR.is_working(due.date())


@given(INSTANTS, INSTANTS)
def test_the_clock_never_runs_backwards(one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert CLOCK.hours(earlier) <= CLOCK.hours(later)


@given(INSTANTS)
def test_the_order_in_which_instants_are_asked_for_does_not_matter(instant: datetime) -> None:
    assert WorkingTime(CALENDAR).hours(instant) == CLOCK.hours(instant)


def test_a_day_has_seven_hours_and_the_clock_starts_at_the_epoch() -> None:
    assert DAY_HOURS == 7
    before = datetime.combine(EPOCH, time()) - timedelta(hours=1)
    assert CLOCK.hours(before) == 0
