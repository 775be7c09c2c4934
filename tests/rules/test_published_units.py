"""Units of published tables are converted exactly; the tail of a binary fraction is told from a figure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from rules.money import settled
from rules.published import (
    MEASURES,
    UNITS,
    converted,
    first_month,
    fiscal_year,
    fits,
    measure_of,
    months_in,
    period_of,
    shown_unit,
    unit_of,
    year_and_period,
)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("33940000", "万元", "3394"),
        ("155470000000.0", "元", "1554.7"),
        ("54623", "100m yuan", "54623"),
        ("52919", "（亿元）", "52919"),
        ("1", "billion yuan", "10"),
    ],
)
def test_money_is_shown_in_hundreds_of_millions_exactly(value: str, unit: str, shown: str) -> None:
    known = unit_of(unit)
    assert known is not None
    assert converted(Decimal(value), known, shown_unit("income", known)) == Fraction(shown)


def test_ten_thousand_persons_are_written_in_many_ways() -> None:
    assert {unit_of(name) for name in ("万人", "10 000 persons", "10k persons", " 万 人 ")} == {UNITS["10k persons"]}
    assert unit_of("兆瓦") is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("8559999999.999999", "8560000000"),
        ("0.30000000000000004", "0.3"),
        ("0.1234567890123", "0.1234567890123"),
        ("155470000000.0", "155470000000.0"),
        ("123456789.123456789", "123456789.123456789"),
    ],
)
def test_the_tail_of_a_binary_fraction_is_no_figure(written: str, meant: str) -> None:
    assert settled(Decimal(written)) == Decimal(meant)


def test_an_amount_to_the_fen_keeps_what_no_floating_point_number_loses() -> None:
    assert settled(Decimal("1000.3000000000001"), 2) == Decimal("1000.30")
    assert settled(Decimal("123456789012.3400001"), 2) == Decimal("123456789012.34")
    for meant in ("100.505", "8559999999.995", "0.1234567890123"):
        assert settled(Decimal(meant), 2) == Decimal(meant)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_what_people_write_is_itself(value: Decimal) -> None:
    assert settled(value) == value


def test_a_measure_is_known_by_its_names_and_fits_units_of_its_kind_only() -> None:
    assert [measure_of(name) for name in ("基金收入", "INCOME", "参保 人数", "my_own")] == [
        "income",
        "income",
        "participants",
        "my_own",
    ]
    assert fits("income", UNITS["10k yuan"]) and not fits("income", UNITS["percent"])
    assert fits("my_own", UNITS["percent"])
    assert all(unit in UNITS for unit, _names in MEASURES.values())


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("一季度", "Q1"), ("第3季度", "Q3"), ("Q4", "Q4"), ("3月", "03"), ("3", "03"), ("03", "03"), ("1—9月", "01-09"),
        ("1-9月累计", "01-09"), ("上半年", "01-06"), ("前三季度", "01-09"), ("2016", None), ("13月", None), ("9—3月", None),
    ],
)  # fmt: skip
def test_a_part_of_a_year_is_known_by_its_names(text: str, period: str | None) -> None:
    assert period_of(text) == period


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2016-03", (2016, "03")), ("201603", (2016, "03")), ("2026年一季度", (2026, "Q1")), ("2026年1—9月", (2026, "01-09")),
        ("2026Q1", (2026, "Q1")), ("2016", None), ("2016年", None), ("2016-17", None), ("20161", None),
        ("2011-12", None),  # December, or the year that ends in 2012
    ],
)  # fmt: skip
def test_a_year_with_its_part_is_told_where_it_can_be_no_other(text: str, said: tuple[int, str] | None) -> None:
    assert year_and_period(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2016-17", (2016, "2016-17")), ("2016/2017", (2016, "2016/2017")), ("FY 2018", (2018, "FY2018")),
        ("平成30年度", (2018, "平成30年度")), ("令和元年度", (2019, "令和元年度")), ("2016-19", None), ("2016", None),
    ],
)  # fmt: skip
def test_fiscal_years_of_other_countries_are_kept_as_they_are_printed(text: str, said: tuple[int, str] | None) -> None:
    assert fiscal_year(text) == said


def test_money_of_one_currency_never_becomes_that_of_another() -> None:
    for unit in UNITS.values():
        assert shown_unit("income", unit).currency == unit.currency or unit.kind != "money"
    dollars = UNITS["billion dollars"]
    assert converted(Decimal("1.5"), dollars, shown_unit("income", dollars)) == 1500


def test_a_period_has_its_months() -> None:
    periods = ("", "Q2", "03", "01-09", "07-12", "2016-17")
    assert [months_in(period) for period in periods] == [12, 3, 1, 9, 6, 12]
    assert [first_month(period) for period in periods] == [1, 4, 3, 1, 7, 1]
