"""What runs out is said ninety days ahead, to the day, and no longer than until it is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from data_access.intake.reference import reference_rows
from rules.calendar import WorkingCalendar
from rules.expiry import Expiry, expiries, has_year
from rules.scheme import load_scheme, scheme_codes

HOLIDAYS = frozenset(date.fromisoformat(row["day"]) for row in reference_rows("calendar") if row["kind"] == "holiday")
CALENDAR = WorkingCalendar(HOLIDAYS)
NEXT = replace(CALENDAR, holidays=HOLIDAYS | {date(2027, 1, 1), date(2027, 10, 1)})
JIANGSU, JILIN = load_scheme("jiangsu-pension"), load_scheme("jilin-pension")


@pytest.mark.parametrize(
    ("as_of", "calendar", "days"),
    [
        (date(2026, 10, 2), CALENDAR, []),
        (date(2026, 10, 3), CALENDAR, [date(2027, 1, 1)]),
        (date(2026, 12, 31), CALENDAR, [date(2027, 1, 1)]),
        (date(2027, 1, 1), CALENDAR, [date(2027, 1, 1)]),
        (date(2027, 10, 3), CALENDAR, [date(2027, 1, 1), date(2028, 1, 1)]),
        (date(2026, 10, 3), NEXT, []),
        (date(2027, 10, 2), NEXT, []),
        (date(2027, 10, 3), NEXT, [date(2028, 1, 1)]),
        (date(2027, 10, 3), replace(NEXT, holidays=NEXT.holidays | {date(2028, 1, 1)}), [date(2028, 1, 1)]),
        (date(2026, 7, 1), WorkingCalendar(), [date(2026, 1, 1)]),
    ],
)
def test_a_year_without_its_holidays_is_said_from_ninety_days_before_it(
    as_of: date, calendar: WorkingCalendar, days: list[date]
) -> None:
    assert [one.day for one in expiries(as_of, calendar, [])] == days
    assert {one.code for one in expiries(as_of, calendar, [])} == {f"calendar:{day}" for day in days}


def test_a_profile_is_said_from_ninety_days_before_its_values_are_unverified() -> None:
    schemes = [JILIN, JIANGSU, replace(JIANGSU, code="later", verified_through=date(2027, 6, 30))]
    assert expiries(date(2026, 10, 2), NEXT, schemes) == ()
    first = Expiry("profiles", date(2027, 1, 1), ("jiangsu-pension", "jilin-pension"))
    for day in (date(2026, 10, 3), date(2026, 12, 31), date(2027, 1, 1)):
        assert expiries(day, NEXT, schemes) == (first,)
    assert expiries(date(2027, 4, 2), NEXT, schemes) == (first, Expiry("profiles", date(2027, 7, 1), ("later",)))
    assert expiries(date(2027, 4, 1), NEXT, schemes) == (first,)
    assert expiries(date(2027, 4, 2), NEXT, [replace(JIANGSU, verified_through=None)]) == ()


def test_the_day_said_is_the_first_on_which_a_value_is_marked_unverified() -> None:
    for scheme in (load_scheme(code) for code in scheme_codes()):
        for one in expiries(date(2026, 12, 1), CALENDAR, [scheme]):
            if one.kind == "profiles":
                name = next(iter(scheme.parameters))
                assert scheme.parameter(name, one.day).unverified
                assert not scheme.parameter(name, one.day - timedelta(days=1)).unverified


def test_every_year_of_the_reference_calendar_counts_as_loaded() -> None:
    assert [year for year in range(2020, 2028) if has_year(CALENDAR, year)] == [*range(2021, 2027)]
