"""A month is the integer yyyymm of the store, and a calendar month."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, strategies as st

from rules.month import Month

MONTHS = st.builds(Month.at, st.integers(1000, 9990), st.integers(1, 12))


@given(MONTHS)
def test_a_month_is_its_integer_its_text_and_its_days(month: Month) -> None:
    assert month == month.year * 100 + month.number and hash(month) == hash(int(month))
    assert Month.parse(month.iso) == month == Month.of(month.first) == Month.of(month.last)
    assert Month.of(month.last + timedelta(days=1)) == month.plus(1)


@given(MONTHS, st.integers(-100, 100))
def test_months_later_and_back_is_the_same_month(month: Month, count: int) -> None:
    later = month.plus(count)
    assert later.plus(-count) == month and (later > month) == (count > 0)
    assert (later.year - month.year) * 12 + later.number - month.number == count


def test_a_thirteenth_month_is_none() -> None:
    assert Month.parse("2026-13") is None and Month.parse("2026-00") is None and Month.parse("2026-1") is None
    assert Month.parse("2024-02") == 202402 and Month(202402).last == date(2024, 2, 29)
