"""The budget-execution form: rows, columns, print conventions and cross-checks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from rules.execution_form import (
    EXPENDITURE_TOTAL,
    INCOME_TOTAL,
    Balances,
    Figures,
    Form,
    build_form,
    closing_identity,
)
from rules.scheme import load_scheme

PENSION, INJURY = load_scheme("jiangsu-pension"), load_scheme("jilin-work-injury")


def line(plan: int | None, executed: int, last_year: int | None = None) -> Figures:
    return Figures(plan, plan, executed // 10, executed, last_year)


def form(**changed: Figures) -> Form:
    """A small closed form: income 1,000 of 1,200 planned, expenditure 900 of 1,000."""
    figures = {
        INCOME_TOTAL: replace(line(1200, 1000, 800), historical_share=Fraction(849, 1000)),
        "premium": line(1100, 900, 800),
        "premium_current": line(1000, 800, 700),
        "premium_arrears": line(100, 100, 100),
        "from_above": line(100, 100, 0),
        EXPENDITURE_TOTAL: line(1000, 900, 700),
        "pension": line(1000, 900, 700),
    }
    return build_form(PENSION, {**figures, **changed}, Balances(500, 600, 500, 600))


def test_rows_stand_in_the_order_and_wording_of_the_official_form() -> None:
    labels = [row.label for row in form().rows]
    assert labels[:6] == [
        "一、收入合计",
        "收入小计",
        "1.基本养老保险费",
        "当年实缴",
        "预缴以后年度",
        "补缴以前年度",
    ]
    assert labels[labels.index("上级补助收入") :][:4] == ["上级补助收入", "下级上解收入", "二、支出合计", "支出小计"]
    assert labels[-4:] == ["补助下级支出", "上解上级支出", "三、本年收支结余", "四、年末滚存结余"]
    assert [row.key for row in form().rows if row.first_child] == ["premium_current", "subsidy_central"]


def test_every_item_of_every_scheme_has_exactly_one_row() -> None:
    for scheme in (PENSION, INJURY):
        empty = build_form(scheme, {INCOME_TOTAL: Figures(), EXPENDITURE_TOTAL: Figures()}, Balances())
        items = [row.item for row in empty.rows if row.item]
        assert sorted(items) == sorted(item.code for item in scheme.items)
        assert empty.checks == ()


def test_the_subtotal_leaves_out_what_moves_between_levels() -> None:
    assert form().row("income_subtotal").figures.cumulative == 900
    assert form().row(INCOME_TOTAL).figures.cumulative == 1000


def test_progress_growth_and_pace_are_rounded_once_half_up() -> None:
    row = form().row(INCOME_TOTAL)
    assert (row.progress, row.growth) == (Decimal("83.33"), Decimal("25.00"))
    # 83.333… − 84.9 = −1.566…: not the difference of the two rounded figures.
    assert (row.historical, row.ahead) == (Decimal("84.90"), Decimal("-1.57"))


def test_a_line_with_neither_plan_nor_execution_prints_100_and_shows_nothing() -> None:
    row = form().row("investment")
    assert (row.progress, row.printed_progress) == (None, Decimal("100.00"))
    zero = form(investment=line(0, 0)).row("investment")
    assert (zero.progress, zero.printed_progress) == (None, Decimal("100.00"))


def test_execution_without_a_plan_leaves_progress_blank() -> None:
    row = form(interest=line(None, 5)).row("interest")
    assert (row.progress, row.printed_progress) == (None, None)


def test_growth_without_a_prior_year_is_blank() -> None:
    assert form().row("from_above").growth is None
    assert form(interest=line(10, 5, None)).row("interest").growth is None


def test_result_and_closing_balance_follow_the_totals() -> None:
    made = form()
    assert made.row("result").figures == Figures(200, 200, 10, 100, 100)
    assert made.row("closing").figures == Figures(700, 700, None, 600, 500)
    assert made.row("closing").progress is None and made.row("closing").printed_progress is None


def test_a_form_that_adds_up_passes_every_check() -> None:
    made = form()
    assert {check.code for check in made.checks} == {"children", "total", "closing", "accounts"}
    assert all(check.passed for check in made.checks)


@pytest.mark.parametrize(
    ("changed", "failing"),
    [
        ({"premium_current": line(1000, 790, 700)}, ("children", "premium", "cumulative", 10)),
        ({"premium": line(1100, 890, 800)}, ("total", INCOME_TOTAL, "cumulative", 10)),
        ({"pension": line(990, 900, 700)}, ("total", EXPENDITURE_TOTAL, "adjusted_plan", 10)),
        ({"pension": line(1000, 900, 690)}, ("total", EXPENDITURE_TOTAL, "last_year", 10)),
    ],
)
def test_a_figure_that_does_not_add_up_is_named_with_both_sides(
    changed: dict[str, Figures], failing: tuple[object, ...]
) -> None:
    failed = [(c.code, c.key, c.column, c.difference) for c in form(**changed).checks if not c.passed]
    assert failing in failed


def test_a_balance_that_the_accounts_do_not_hold_fails_the_check() -> None:
    figures = {INCOME_TOTAL: line(None, 10), EXPENDITURE_TOTAL: line(None, 4)}
    failed = [
        (check.code, check.difference)
        for check in build_form(PENSION, figures, Balances(100, 106, None, 105)).checks
        if not check.passed
    ]
    assert failed == [("accounts", 1)]


def test_below_province_level_there_is_no_closing_balance() -> None:
    figures = {INCOME_TOTAL: line(None, 10), EXPENDITURE_TOTAL: line(None, 4)}
    closing = build_form(PENSION, figures, Balances()).row("closing").figures
    assert closing == Figures()


@given(st.integers(0, 10**15), st.integers(1, 10**15))
def test_progress_is_within_half_a_last_digit_of_the_quotient(executed: int, plan: int) -> None:
    progress = form(interest=line(plan, executed)).row("interest").progress
    assert progress is not None
    assert abs(Fraction(progress) - Fraction(executed * 100, plan)) <= Fraction(1, 200)


# --- published tables


def test_a_published_row_that_does_not_close_says_by_how_much() -> None:
    # Transfers are not published: 951.6 + 50.4 − 400.0 leaves 2.0 unexplained.
    found = closing_identity(
        opening=Decimal("951.6"), income=Decimal("50.4"), expenditure=Decimal("400.0"), closing=Decimal("604.0")
    )
    assert (found.closed, found.difference) == (False, Decimal("2.0"))
    with_transfers = closing_identity(
        opening=Decimal("951.6"),
        income=Decimal("50.4"),
        expenditure=Decimal("400.0"),
        closing=Decimal("604.0"),
        from_above=Decimal("3.0"),
        to_above=Decimal("1.0"),
    )
    assert with_transfers.closed is True


def test_rounded_figures_close_within_their_tolerance_and_not_beyond() -> None:
    given_ = {"opening": Decimal(10), "income": Decimal(5), "expenditure": Decimal(4), "closing": Decimal("11.15")}
    assert closing_identity(**given_, tolerance=Decimal("0.15")).closed is True
    assert closing_identity(**given_, tolerance=Decimal("0.14")).closed is False


def test_a_missing_figure_leaves_the_question_open() -> None:
    found = closing_identity(opening=None, income=Decimal(1), expenditure=Decimal(1), closing=Decimal(1))
    assert (found.closed, found.computed, found.difference) == (None, None, None)
