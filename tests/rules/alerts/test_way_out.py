"""What a warning comes to and what would end it: exact, and true when it is done."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from rules.alerts.input import Field, read_threshold
from rules.alerts.threshold import Operator
from rules.alerts.way_out import MOVABLE, amount_to_limit, mildest_limit, year_end
from rules.indicators import INDICATORS, Value

FEN = st.integers(10**8, 10**14)
YI = 10**10


def premium(done: int, plan: int, share: str) -> Value:
    return INDICATORS["premium_deviation"].value(
        premium_fen=done, premium_plan_fen=plan, historical_share=Decimal(share), schedule_share=None
    )


def test_the_amount_to_the_limit_is_the_points_beyond_it_in_plan() -> None:
    # 21.29 亿 planned, 5.60 points behind: 4.60 points of the plan to the blue limit of -1.
    found = premium(16_840_390_000 * 10, 21_290_000_000 * 10, "0.8470")
    assert found.value == Decimal("-5.60")
    assert amount_to_limit("premium_deviation", found, Decimal(-1), Operator.LT) == 9_793_400_000


@given(done=FEN, plan=FEN, share=st.decimals("0.05", "0.99", places=6), limit=st.decimals("-20", "20", places=2))
def test_making_good_the_amount_brings_the_value_to_the_limit_and_a_fen_less_does_not(
    done: int, plan: int, share: Decimal, limit: Decimal
) -> None:
    found = premium(done, plan, str(share))
    amount = amount_to_limit("premium_deviation", found, limit, Operator.LT)
    assert amount is not None and amount >= 0

    def exact(fen: int) -> Fraction:
        return Fraction(fen * 100, plan) - Fraction(share) * 100

    assert exact(done + amount) >= limit
    assert amount == 0 or exact(done + amount - 1) < limit


@given(done=FEN, plan=FEN, share=st.decimals("0.05", "0.99", places=6), limit=st.decimals("-20", "20", places=2))
def test_spending_too_much_is_ended_by_spending_less_never_by_spending_more(
    done: int, plan: int, share: Decimal, limit: Decimal
) -> None:
    found = INDICATORS["expenditure_deviation"].value(
        expenditure_fen=done, expenditure_plan_fen=plan, historical_share=share, schedule_share=None
    )
    amount = amount_to_limit("expenditure_deviation", found, limit, Operator.GT)
    assert amount is not None and amount <= 0
    assert Fraction((done + amount) * 100, plan) - Fraction(share) * 100 <= limit


@given(done=FEN, plan=FEN, limit=st.decimals("-20", "20", places=2))
def test_where_the_limit_itself_warns_the_value_as_shown_gets_beyond_it(done: int, plan: int, limit: Decimal) -> None:
    amount = amount_to_limit("premium_deviation", premium(done, plan, "0.5"), limit, Operator.LE)
    assert amount is not None
    value = premium(done + amount, plan, "0.5").value
    assert value is not None and value > limit


@pytest.mark.parametrize("code", sorted(MOVABLE))
def test_the_amount_that_can_be_moved_is_an_input_in_fen(code: str) -> None:
    units = {needed.name: needed.unit for needed in INDICATORS[code].inputs}
    assert units[MOVABLE[code]] == "fen"


def test_without_a_value_or_an_amount_that_moves_it_there_is_no_way_out_in_money() -> None:
    assert amount_to_limit("premium_deviation", Value(None, "no_plan", {}), Decimal(-1), Operator.LT) is None
    assert amount_to_limit("data_age", Value(Decimal(3), None, {}), Decimal(1), Operator.GE) is None


def test_the_rest_of_the_year_as_forecast_beside_the_pace_of_the_last_three_months() -> None:
    found = year_end(2_129, 1_684, [100, 131, 130, 129], 2, 300)
    assert found is not None
    assert (found.rest, found.monthly_need, found.recent_mean, found.expected_gap) == (445, 223, 130, 145)


def test_in_december_nothing_is_needed_a_month_and_without_three_months_nothing_is_expected() -> None:
    december = year_end(100, 90, [8, 8, 8], 0, 0)
    assert december is not None and december.monthly_need is None and december.expected_gap == 10
    assert year_end(100, 90, [8, 8], 3, 10) is None
    unknown = year_end(100, 90, [8, 8, 8], 1, None)
    assert unknown is not None and unknown.expected_gap is None


@given(plan=FEN, done=FEN, recent=st.lists(FEN, min_size=3, max_size=6), left=st.integers(0, 11), ahead=FEN)
def test_a_gap_made_good_is_a_year_that_ends_on_plan(
    plan: int, done: int, recent: list[int], left: int, ahead: int
) -> None:
    found = year_end(plan, done, recent, left, ahead)
    assert found is not None and found.expected_gap is not None
    after = year_end(plan, done + found.expected_gap, recent, left, ahead)
    assert after is not None and after.expected_gap == 0


def test_the_mildest_limit_is_where_the_last_colour_ends() -> None:
    spec = {"operator": "lt", "levels": {"blue": "-1", "red": "-8"}, "recover_margin": "0.5"}
    assert mildest_limit(read_threshold(Field(spec))) == Decimal("-0.5")


def test_a_value_with_a_ceiling_is_made_good_below_it() -> None:
    shown_beside = dict.fromkeys(INDICATORS["pooling_rate"].names)
    found = INDICATORS["pooling_rate"].value(**shown_beside | {"due_fen": 100 * YI, "of_due_fen": 9_658 * YI // 100})
    assert found.value == Decimal("96.58")
    assert amount_to_limit("pooling_rate", found, Decimal("99.5"), Operator.LT) == 292 * YI // 100
