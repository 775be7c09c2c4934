"""Working days, schedules and waiting money, on the day before, the day and the day after."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from rules.calendar import (
    Waiting,
    WorkingCalendar,
    closed_years,
    daily_due,
    historical_share,
    month_end,
    monthly_due,
    months_before,
    schedule_share,
    waiting,
    year_to_date,
)
from rules.errors import InputError

# 2026-10-01 to 07 are the National Day holidays; Saturday 10 October is worked instead.
CALENDAR = WorkingCalendar(
    frozenset(date(2026, 10, day) for day in range(1, 8)),
    frozenset({date(2026, 10, 10)}),
)
at = datetime.fromisoformat
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_holidays_and_make_up_days_decide_before_the_weekday_does() -> None:
    working = [day for day in range(1, 13) if CALENDAR.is_working(date(2026, 10, day))]
    assert working == [8, 9, 10, 12]
    assert CALENDAR.next_working(date(2026, 9, 30)) == date(2026, 10, 8)
    assert CALENDAR.last_working(date(2026, 10, 7)) == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("now", "elapsed"),
    [
        ("2026-09-30T09:59", 0),
        ("2026-09-30T10:00", 0),
        ("2026-10-08T09:59", 0),
        ("2026-10-08T10:00", 1),
        ("2026-10-10T10:00", 3),
        ("2026-10-11T10:00", 3),
    ],
)
def test_a_delay_counts_working_days_gone_by_to_the_minute(now: str, elapsed: int) -> None:
    assert CALENDAR.elapsed(at("2026-09-30T10:00"), at(now)) == elapsed


def test_a_daily_source_owes_the_next_working_day_one_working_day_later() -> None:
    # Booked on Wednesday before the holidays: the 8th's data are owed on the 9th.
    assert daily_due(date(2026, 9, 30), time(10), CALENDAR) == at("2026-10-09T10:00")


@pytest.mark.parametrize(
    ("booked", "due"),
    [
        (date(2026, 10, 29), at("2026-11-06T00:00")),  # October is not complete: owed by the end of 5 November
        (date(2026, 10, 30), at("2026-12-06T00:00")),  # Friday, the last working day: October is delivered
        (date(2026, 11, 3), at("2026-12-06T00:00")),
    ],
)
def test_a_monthly_source_owes_the_month_after_the_last_one_it_closed(booked: date, due: datetime) -> None:
    assert monthly_due(booked, 5, CALENDAR) == due


def test_the_schedule_counts_months_and_in_the_running_month_days() -> None:
    assert schedule_share(202610, date(2026, 11, 20)) == Fraction(10, 12)
    assert schedule_share(202611, date(2026, 11, 15)) == Fraction(21, 24)
    assert schedule_share(202611, date(2026, 11, 30)) == schedule_share(202611, date(2026, 12, 1)) == Fraction(11, 12)
    assert schedule_share(202602, date(2026, 2, 28)) == Fraction(2, 12)


EVEN = [1] * 12
EARLY = [12] + [0] * 11


def test_the_historical_schedule_is_the_mean_share_of_up_to_three_closed_years() -> None:
    years = {2022: EARLY, 2023: EVEN, 2024: EVEN, 2025: EARLY}
    assert historical_share(202603, date(2026, 11, 20), years) == (Fraction(3, 12) * 2 + 1) / 3
    assert historical_share(202603, date(2026, 11, 20), {2024: EVEN, 2025: EARLY}) == (Fraction(3, 12) + 1) / 2


def test_with_fewer_than_two_closed_years_there_is_no_historical_schedule() -> None:
    assert historical_share(202603, date(2026, 11, 20), {2025: EVEN}) is None
    assert historical_share(202603, date(2026, 11, 20), {2025: EVEN, 2024: [0] * 12}) is None
    assert historical_share(202603, date(2026, 11, 20), {2025: EVEN, 2022: EVEN}) is None


def test_a_year_of_eleven_months_is_refused() -> None:
    with pytest.raises(InputError):
        historical_share(202603, date(2026, 11, 20), {2025: EVEN[1:], 2024: EVEN})


def test_the_running_month_counts_by_days_in_the_historical_schedule() -> None:
    years = {2024: EVEN, 2025: EVEN}
    assert historical_share(202611, date(2026, 11, 15), years) == (10 + Fraction(1, 2)) / 12


def test_only_years_that_are_over_and_whole_are_closed() -> None:
    months = [202311, 202312, *range(202401, 202413), *range(202501, 202513), 202601]
    amounts = list(range(len(months)))
    assert list(closed_years(months, amounts, date(2025, 12, 31))) == [2024]
    assert list(closed_years(months, amounts, date(2026, 1, 1))) == [2024, 2025]
    assert closed_years(months, amounts, date(2026, 1, 1))[2024] == amounts[2:14]


def test_year_to_date_begins_anew_each_january() -> None:
    assert year_to_date([202311, 202312, 202401, 202402], [1, 2, 4, 8]) == [1, 3, 4, 12]


def test_months_are_counted_over_the_year_end() -> None:
    assert months_before(202601, 1) == 202512
    assert months_before(202512, -1) == 202601
    assert months_before(202611, 12) == 202511
    assert month_end(202402) == date(2024, 2, 29)


# --- waiting money


def test_what_waits_is_what_came_in_last() -> None:
    received = [(date(2026, 11, 19), 100), (date(2026, 11, 10), 50), (date(2026, 10, 1), 1000)]
    # 120 left: all of the 19th (1 day) and 20 of the 10th (10 days).
    assert waiting(120, received, date(2026, 11, 20)) == Waiting(120, 100 * 1 + 20 * 10)


def test_an_empty_or_overdrawn_treasury_waits_for_nothing() -> None:
    assert waiting(0, [(date(2026, 11, 19), 100)], date(2026, 11, 20)) == Waiting(0, 0)
    assert waiting(-5, [(date(2026, 11, 19), 100)], date(2026, 11, 20)) == Waiting(0, 0)


def test_refunds_and_days_to_come_are_passed_over() -> None:
    received = [(date(2026, 11, 21), 70), (date(2026, 11, 20), -30), (date(2026, 11, 18), 100)]
    assert waiting(70, received, date(2026, 11, 20)) == Waiting(70, 140)


def test_what_no_receipt_explains_is_as_old_as_the_opening_balance() -> None:
    assert waiting(10, [(date(2026, 11, 19), 4), (date(2026, 11, 10), 0)], date(2026, 11, 20)) == Waiting(10, 4 + 60)


@given(st.lists(st.tuples(DAYS, st.integers(1, 10**12)), min_size=1, unique_by=lambda row: row[0]), st.data())
def test_first_in_first_out_agrees_with_taking_the_oldest_fen_by_fen(
    rows: list[tuple[date, int]], data: st.DataObject
) -> None:
    oldest_first = sorted(rows)
    total = sum(fen for _, fen in rows)
    paid = data.draw(st.integers(0, total))
    as_of = date(2031, 1, 1)
    left, fen_days = paid, 0
    for day, fen in oldest_first:
        kept = fen - min(left, fen)
        left -= fen - kept
        fen_days += kept * (as_of - day).days
    assert waiting(total - paid, oldest_first[::-1], as_of) == Waiting(total - paid, fen_days)


@given(st.integers(2020, 2030), st.integers(1, 12), DAYS)
def test_the_schedule_never_leaves_the_year(year: int, number: int, as_of: date) -> None:
    assert 0 <= schedule_share(year * 100 + number, as_of) <= 1


@pytest.mark.parametrize(
    ("today", "day", "left"),
    [
        (date(2026, 11, 26), date(2026, 11, 30), 2),  # Thursday, at any hour, to Monday: Friday and Monday
        (date(2026, 11, 26), date(2026, 11, 27), 1),
        (date(2026, 11, 28), date(2026, 11, 30), 1),  # from a Saturday
        (date(2026, 11, 26), date(2026, 11, 29), 1),  # to a Sunday: Friday alone
        (date(2026, 11, 26), date(2026, 11, 26), 0),
        (date(2026, 11, 26), date(2026, 11, 25), 0),
    ],
)
def test_the_days_left_are_the_working_days_after_today_up_to_the_last(today: date, day: date, left: int) -> None:
    assert WorkingCalendar().until(today, day) == left


@given(day=st.dates(date(2026, 1, 1), date(2027, 12, 31)), ahead=st.integers(0, 20))
def test_what_falls_due_falls_on_a_working_day_and_not_after_the_last(day: date, ahead: int) -> None:
    due = CALENDAR.on_working(day)
    assert CALENDAR.is_working(due) and due >= day
    assert not any(CALENDAR.is_working(day + timedelta(days=n)) for n in range((due - day).days))
    latest = day + timedelta(days=ahead)
    bounded = CALENDAR.on_working(day, latest)
    assert CALENDAR.is_working(bounded) and bounded <= latest
    assert bounded == due if due <= latest else bounded <= day
