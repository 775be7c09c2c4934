"""Figures as the reader sees them: rounded once, from the exact value, in the field's notation."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from dashboard.components.parts import Strong, plain, sentence
from dashboard.words import display
from dashboard.words.passport import About
from dashboard.words.wording import _, catalogue, in_language, set_language
from rules.movements import Account

ROUNDED = [
    (None, 2, "—"),
    (0, 2, "0.00"),
    (Decimal("-0.00"), 2, "0.00"),
    (Decimal("-0.004"), 2, "0.00"),
    (Decimal("-0.005"), 2, "−0.01"),
    (Decimal("0.005"), 2, "0.01"),
    (Decimal("0.004999999999"), 2, "0.00"),
    (Decimal("1.005"), 2, "1.01"),  # as a float this would be 1.00
    (Decimal("2.675"), 2, "2.68"),
    (Decimal("-2.675"), 2, "−2.68"),
    (Fraction(1, 3), 2, "0.33"),
    (Fraction(2, 3), 1, "0.7"),
    (Fraction(-1, 3), 0, "0"),
    (999, 0, "999"),
    (1000, 0, "1,000"),
    (Decimal("999999.995"), 2, "1,000,000.00"),
    (-1234567, 2, "−1,234,567.00"),
    (Decimal("17.75"), 1, "17.8"),
    (9_223_372_036_854_775_807, 0, "9,223,372,036,854,775,807"),
    (Decimal("1E+30"), 0, "1,000,000,000,000,000,000,000,000,000,000"),
    (Decimal("1E-30"), 2, "0.00"),
]


@pytest.mark.parametrize(("value", "places", "said"), ROUNDED)
def test_a_number_is_rounded_half_up_with_separators_and_a_real_minus(
    value: display.Number | None, places: int, said: str
) -> None:
    assert display.number(value, places) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("1.66"), "+1.66"),
        (Decimal("-1.66"), "−1.66"),
        (0, "0.00"),
        (Decimal("0.004"), "0.00"),
        (Decimal("-0.004"), "0.00"),
        (None, "—"),
    ],
)
def test_a_signed_number_shows_plus_and_minus_but_nothing_before_zero(value: display.Number | None, said: str) -> None:
    assert display.number(value, 2, signed=True) == said


NUMBERS = st.one_of(
    st.integers(-(10**24), 10**24),
    st.fractions(max_denominator=10**9),
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15),
)


@given(NUMBERS, st.integers(0, 4))
def test_what_is_shown_reads_back_as_the_exactly_rounded_value(value: display.Number, places: int) -> None:
    shown = display.number(value, places)
    back = Decimal(shown.replace(",", "").replace("−", "-"))
    scaled = Fraction(value) * 10**places
    whole = (abs(scaled.numerator) * 2 + scaled.denominator) // (2 * scaled.denominator)  # half away from zero
    assert Fraction(back) * 10**places == (whole if scaled >= 0 else -whole)
    assert not shown.startswith("−0.0") or back != 0
    assert len(shown.partition(".")[2]) == places


@pytest.mark.parametrize(
    ("fen", "unit", "said"),
    [
        (538_620_000_000_00, "yi", "5,386.20"),
        (1, "yuan", "0.01"),
        (1, "yi", "0.0000000001"),
        (-1, "yi", "−0.0000000001"),
        (-50_000_000, "yi", "−0.01"),  # half a unit of the last place
        (49_999_999, "yi", "0.005"),
        (0, "yi", "0.00"),
        (48_300_000, "yi", "0.0048"),
        (12_345_678, "wan", "12.35"),
        (-100, "yuan", "−1.00"),
        (None, "yi", "—"),
    ],
)
def test_an_amount_in_fen_is_shown_in_the_unit_of_the_table(fen: int | None, unit: str, said: str) -> None:
    assert display.money(fen, unit) == said


@given(st.integers(-(10**17), 10**17))
def test_an_amount_is_rounded_from_fen_and_never_from_a_rounded_figure(fen: int) -> None:
    for unit, per in (("yi", 10**10), ("wan", 10**6), ("yuan", 100)):
        expected = (Decimal(fen) / per).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert not expected or Decimal(display.money(fen, unit).replace(",", "").replace("−", "-")) == expected


@given(
    fen=st.integers(-(10**16), 10**16).filter(bool) | st.integers(-(10**8), 10**8).filter(bool),
    unit=st.sampled_from(sorted(display.UNITS)),
)
def test_what_is_not_zero_is_not_written_as_zero(fen: int, unit: str) -> None:
    said = display.money(fen, unit)
    read = Fraction(said.replace(",", "").replace(display.MINUS, "-"))
    assert read and abs(read * display.UNITS[unit].fen - fen) <= max(abs(fen) / 20, display.UNITS[unit].fen / 200)


@pytest.mark.parametrize(
    ("value", "said"), [("2.50", "2.5"), ("3.00", "3"), ("100", "100"), ("-1250.05", "−1,250.05"), ("0.0", "0")]
)
def test_what_was_laid_down_is_shown_with_every_digit_of_it(value: str, said: str) -> None:
    assert display.as_set(Decimal(value)) == said


def test_the_units_are_named_in_the_readers_language() -> None:
    assert [display.unit_name(code) for code in ("yi", "wan", "yuan")] == ["亿元", "万元", "元"]
    set_language("en")
    assert len({display.unit_name(code) for code in ("yi", "wan", "yuan")}) == 3
    assert not any("元" in display.unit_name(code) for code in display.UNITS)


def test_days_and_moments_are_said_on_the_clock_of_beijing() -> None:
    last_evening_utc = datetime(2026, 11, 19, 16, 15, tzinfo=UTC)
    assert display.moment(last_evening_utc) == "11月20日00:15"
    assert display.day_name(date(2026, 11, 20)) == "2026年11月20日"
    assert display.month_name(202610) == "2026年10月"
    assert display.short_month(202601) == "1月"
    assert display.period_month(202601) == "2026-01"
    set_language("en")
    assert display.moment(last_evening_utc) == "20 Nov 00:15"
    assert display.day_name(date(2026, 11, 20)) == "20 Nov 2026"
    assert display.month_name(202610) == "Oct 2026"


def test_every_account_of_the_books_has_a_name() -> None:
    assert set(display.ACCOUNT_NAMES) == set(Account)


@pytest.mark.parametrize(
    ("text", "figures", "said"),
    [
        ("下辖{count}个地区", {"count": 1}, "1 region below"),
        ("下辖{count}个地区", {"count": 0}, "0 regions below"),
        ("下辖{count}个地区", {"count": "1"}, "1 region below"),
        ("下辖{count}个地区", {"count": "1,001"}, "1,001 regions below"),
        ("{count}个来源均按时报送。", {"count": 1}, "The only source is on time."),
        ("{count}个来源均按时报送。", {"count": 3}, "All 3 sources are on time."),
        (
            "{regions}个地区、{months}个月，共{checked}次收支平衡校验全部一致。",
            {"regions": "1", "months": "12", "checked": "12"},
            "All 12 balance checks agree: 1 region, 12 months.",
        ),
    ],
)
def test_in_english_the_word_fits_the_count(text: str, figures: dict[str, object], said: str) -> None:
    with in_language("en"):
        assert _(text, **figures) == said
        strong = {name: Strong(str(value)) for name, value in figures.items()}
        assert plain(sentence(text, **strong)) == said
    assert _(text, **figures) == text.format(**figures)


def test_a_figure_stands_out_also_within_the_form_that_fits() -> None:
    with in_language("en"):
        bold = [
            part.children
            for part in sentence("{count}个来源均按时报送。", count=Strong("3"))
            if not isinstance(part, str)
        ]
    assert bold == ["3"]


def test_english_names_each_unit_of_money_one_way() -> None:
    """¥ bn, ¥ m and ¥: as in the heads of tables, so on axes and in sentences; never a power of ten."""
    said = [str(message.string) for message in catalogue("en") if message.id]
    other = re.compile(r"10⁸|10⁴|¥ ?100m|¥ ?10k|10k yuan|100m yuan|ten thousand yuan", re.IGNORECASE)
    assert not [text for text in said if other.search(text)]


# 5,010.84 亿元 is ¥501.08 bn, 131.32 万元 ¥1.31 m; what is small keeps its digits.
@pytest.mark.parametrize(
    ("fen", "unit", "shown"),
    [
        (50_108_400_000_000, "yi", "501.08"),
        (6_200_000_000, "yi", "0.062"),
        (200_000_000, "yi", "0.002"),
        (131_320_000, "wan", "1.31"),
        (131_320_000, "yuan", "1,313,200.00"),
        (0, "yi", "0.000"),
    ],
)
def test_money_in_english_is_billions_and_millions(fen: int, unit: str, shown: str) -> None:
    with in_language("en"):
        assert display.money(fen, unit) == shown
        assert display.axis_value(fen, unit) == pytest.approx(fen / {"yi": 1e11, "wan": 1e8, "yuan": 100}[unit])
    set_language("zh")
    assert display.axis_value(fen, unit) == pytest.approx(fen / {"yi": 1e10, "wan": 1e6, "yuan": 100}[unit])


@given(first=st.integers(0, 10**14), second=st.integers(0, 10**14))
def test_printed_terms_that_do_not_make_the_printed_result_say_by_how_much(first: int, second: int) -> None:
    set_language("zh")
    about = About("jilin-work-injury", "220000", "220000", "2026-10", "2026-10", 1)
    terms = [display.printed(about.figure("to_date", fen, part="premium")) for fen in (first, second, first - second)]
    read = [Decimal(one.replace(",", "").replace(display.MINUS, "-")) for one in terms]
    note, off = display.rounding_note(terms[:1], terms[1:2], terms[2]), read[0] - read[1] - read[2]
    assert note == (f"分项四舍五入，相差{display.number(abs(off))}" if abs(off) >= Decimal("0.005") else "")


def test_no_note_stands_beside_what_is_missing() -> None:
    about = About("jilin-work-injury", "220000", "220000", "2026-10", "2026-10", 1)
    known, missing = (display.printed(about.figure("to_date", fen, part="premium")) for fen in (1, None))
    assert display.rounding_note([known], [missing], known) == ""
