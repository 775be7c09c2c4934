"""A sentence with a figure says what the figure says: missing, zero, negative or the other way round is another sentence."""

from __future__ import annotations

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dashboard.components import parts
from dashboard.components.parts import Strong
from dashboard.pages.warnings import words as warning_words
from dashboard.pages.warnings.directions import plan_words
from dashboard.pages.warnings.words import WHAT, SubjectFigures
from dashboard.words import display, figures
from dashboard.words.passport import About
from dashboard.words.wording import NO_VALUE, set_language
from rules.alerts.way_out import YearEnd
from rules.indicators import INDICATORS, Value
from tests.dashboard.conftest import words

FEN = st.integers(-(10**14), 10**14)
POINTS = st.decimals(-50, 150, places=2)
ABOUT = About("jilin-work-injury", "220000", "220000", "2026-10", "2026-10", 1)
# What a sentence may say only of a value on that side.
BEHIND, AHEAD, LATE = re.compile("落后|慢于"), re.compile("快于"), re.compile("逾期|晚|仍未划转|未按时")


@pytest.fixture(autouse=True)
def chinese() -> None:
    set_language("zh")


def said(component: object) -> str:
    return "".join(part if isinstance(part, str) else words(part.to_plotly_json()) for part in component)  # type: ignore[attr-defined]


def told(indicator: str, rule: str, value: Decimal, **inputs: Any) -> str:
    found = subject_figures(indicator, rule, Value(value, None, inputs))
    reading: Any = SimpleNamespace(running=None)
    return said(warning_words.what(reading, found))


def subject_figures(indicator: str, rule: str, value: Value | None = None) -> SubjectFigures:
    subject = SimpleNamespace(scheme="", region="", part="", indicator=indicator, rule=rule)
    standing: Any = SimpleNamespace(subject=subject, limits=None)
    return SubjectFigures(ABOUT, "premium", standing, value, None, None)


@given(rest=FEN, need=st.none() | FEN, mean=FEN)
def test_income_must_come_in_and_expenditure_may_go_out(rest: int, need: int | None, mean: int) -> None:
    year = YearEnd(rest, need if rest > 0 else None, mean, 0)
    label, income = plan_words(subject_figures("income_deviation", "low"), year)
    text = said(income)
    assert label == "完成全年计划" and ("还差" in text) == (rest > 0) and ("已完成计划" in text) == (rest <= 0)
    label, spent = plan_words(subject_figures("expenditure_deviation", "high"), year)
    text = said(spent)
    assert label == "全年支出计划" and "还差" not in text and "月均需" not in text and "完成" not in text
    assert ("已超出计划" in text) == (rest < 0) and ("还可支出" in text) == (rest >= 0)
    assert NO_VALUE not in said(income) + text


@pytest.mark.parametrize(("indicator", "rule"), sorted(WHAT))
@given(value=POINTS)
def test_what_is_wrong_is_said_only_while_it_is(indicator: str, rule: str, value: Decimal) -> None:
    if INDICATORS[indicator].parted:
        return  # told of a source or item, which needs a store
    text = told(indicator, rule, value)
    assert NO_VALUE not in text
    assert value < 0 or not BEHIND.search(text), text
    assert value > 0 or not AHEAD.search(text), text
    if not text.startswith(INDICATORS[indicator].name):
        assert value > 0 or not LATE.search(text), text
    assert value < 100 or "只完成" not in text


@given(value=st.decimals(0, 10**9, places=2), persons=st.none() | st.integers(0, 10**6))
def test_benefits_paid_in_full_are_not_told_as_unpaid(value: Decimal, persons: int | None) -> None:
    text = told("unpaid_due", "high", value, unpaid_persons=persons)
    assert ("未按时" in text) == (value > 0)


@given(deviation=st.none() | POINTS)
def test_the_pace_is_faster_slower_equal_or_not_known(deviation: Decimal | None) -> None:
    text = said(figures.pace(ABOUT.figure("premium_deviation", deviation)))
    assert ("快于" in text) == (deviation is not None and deviation > 0)
    assert ("慢于" in text) == (deviation is not None and deviation < 0)
    assert NO_VALUE not in text and "-" not in text and "−" not in text


@given(first=st.none() | FEN, second=FEN)
def test_a_sentence_with_a_missing_figure_is_another_sentence(first: int | None, second: int) -> None:
    shown = [display.printed(ABOUT.figure("to_date", fen, part="premium"), "yuan") for fen in (first, second)]
    text = said(parts.known("甲{a}%，乙{b}", "只有乙{b}", a=Strong(shown[0]), b=shown[1]))
    assert text == (f"只有乙{shown[1]}" if first is None else f"甲{shown[0]}%，乙{shown[1]}")


@given(now=st.none() | FEN, before=st.none() | FEN)
def test_growth_is_told_only_from_a_positive_base(now: int | None, before: int | None) -> None:
    found = figures.growth(now, before)
    assert (found is None) == (now is None or before is None or before <= 0)
