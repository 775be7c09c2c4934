"""What must hold for every input of the rules."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from rules import (
    assessment,
    base_limits,
    break_even_rate,
    central_adjustment,
    contribution,
    general_gap,
    management_gap,
    over_collection,
    pre_transfer,
)
from rules.budget import proposal as budget_proposal
from rules.calendar import WorkingCalendar
from rules.cash import cash_plan
from rules.money import product, split_largest_remainder
from rules.month import Month
from rules.projection import statutory_age

PROPERTY = settings(max_examples=150, deadline=None, database=None)

fen = st.integers(min_value=0, max_value=10**14)
signed_fen = st.integers(min_value=-(10**14), max_value=10**14)
people = st.integers(min_value=0, max_value=10**8)
ratio = st.decimals(min_value=0, max_value=1, places=3)
yuan = st.decimals(min_value=0, max_value=200_000, places=2)


def coded(records, minimum=1):
    """A list of records whose codes differ."""
    return st.lists(records, min_size=minimum, max_size=7).map(
        lambda found: tuple(replace(record, code=f"{number:06}") for number, record in enumerate(found))
    )


provinces = coded(
    st.builds(
        central_adjustment.Province,
        code=st.just(""),
        participants=people,
        enterprise_employees=people,
        retirees=st.integers(min_value=1, max_value=10**8),
        avg_wage_yuan=yuan,
    )
)
central_cases = st.builds(central_adjustment.Case, provinces=provinces, ratio=ratio)

FACTORS = (
    general_gap.Factor("dependency", Decimal("0.4"), burden=False),
    general_gap.Factor("elderly", Decimal("0.6"), burden=True),
)
factor_values = st.fixed_dictionaries(
    dict.fromkeys(("dependency", "elderly"), st.decimals(min_value=Decimal("0.01"), max_value=100, places=2))
)
regions = coded(
    st.builds(
        general_gap.Region,
        code=st.just(""),
        income_plan_fen=fen,
        expenditure_plan_fen=fen,
        credit_fen=fen,
        factors=factor_values,
    )
)
gap_cases = st.builds(
    general_gap.Case,
    opening_surplus_fen=signed_fen,
    province_share=ratio,
    regions=regions,
    reserve_floor_fen=fen,
    surplus_share=ratio,
    county_share=st.none() | ratio,
    factors=st.just(FACTORS),
    reference=factor_values,
)

indicators = st.lists(st.sampled_from(["linear", "deduct", "manual"]), min_size=1, max_size=5)


@PROPERTY
@given(total=fen, weights=st.dictionaries(st.text(max_size=3), fen.filter(bool), min_size=1, max_size=9))
def test_a_split_sums_exactly_and_no_part_is_a_fen_away_from_its_share(total, weights):
    parts = split_largest_remainder(total, weights)
    assert sum(parts.values()) == total
    whole = sum(weights.values())
    assert all(abs(parts[key] * whole - total * weight) < whole for key, weight in weights.items())


@PROPERTY
@given(case=central_cases)
def test_central_nets_sum_to_zero_and_everything_collected_is_paid_out(case):
    result = central_adjustment.calculate(case)
    assert sum(position.net_fen for position in result.provinces) == 0
    assert sum(position.contribution_fen for position in result.provinces) == result.pool_fen
    assert sum(position.allocation_fen for position in result.provinces) == result.pool_fen


@PROPERTY
@given(case=central_cases, times=st.integers(min_value=2, max_value=9))
def test_scaling_the_ratio_scales_every_central_position(case, times):
    once = central_adjustment.calculate(replace(case, ratio=case.ratio / 10))
    scaled = central_adjustment.calculate(replace(case, ratio=case.ratio / 10 * times))
    # Each contribution is rounded to a fen, so n-fold positions differ by at most n fen for each province.
    tolerance = times * (len(case.provinces) + 2)
    for one, other in zip(once.provinces, scaled.provinces, strict=True):
        for name in ("contribution_fen", "allocation_fen", "net_fen"):
            assert abs(times * getattr(one, name) - getattr(other, name)) <= tolerance


@PROPERTY
@given(case=central_cases, chance=st.randoms(use_true_random=False))
def test_the_order_of_provinces_does_not_matter(case, chance):
    shuffled = replace(case, provinces=tuple(chance.sample(case.provinces, len(case.provinces))))
    positions = central_adjustment.calculate(case).provinces
    again = central_adjustment.calculate(shuffled).provinces
    assert sorted(again, key=lambda position: position.code) == list(positions)


@PROPERTY
@given(case=central_cases, paid=st.lists(fen, min_size=2, max_size=2))
def test_settlement_is_the_final_amount_less_what_was_prepaid(case, paid):
    first = case.provinces[0].code
    prepaid = (central_adjustment.Prepaid(first, *paid),)
    result = central_adjustment.calculate(replace(case, prepaid=prepaid))
    for position in result.provinces:
        contribution_paid, allocation_paid = paid if position.code == first else (0, 0)
        assert position.settle_contribution_fen == position.contribution_fen - contribution_paid
        assert position.settle_allocation_fen == position.allocation_fen - allocation_paid


@PROPERTY
@given(case=gap_cases)
def test_covered_province_and_local_make_up_the_gap(case):
    result = general_gap.calculate(case)
    assert result.covered_fen + result.province_fen + result.local_fen == result.gap_fen
    assert sum(region.gap_fen for region in result.regions) == result.gap_fen
    assert sum(region.covered_fen for region in result.regions) == result.covered_fen <= result.pool_fen
    assert sum(region.payable_fen for region in result.regions) == result.local_fen
    for region, plan in zip(result.regions, case.regions, strict=True):
        assert region.local_fen == region.credit_used_fen + region.payable_fen
        assert region.credit_used_fen <= plan.credit_fen
        assert Decimal("0.5") <= region.multiplier <= 2
        if case.county_share is not None:
            assert region.city_fen is not None and region.county_fen is not None
            assert region.city_fen + region.county_fen == region.payable_fen


@PROPERTY
@given(case=gap_cases, chance=st.randoms(use_true_random=False))
def test_the_order_of_regions_does_not_matter(case, chance):
    shuffled = replace(case, regions=tuple(chance.sample(case.regions, len(case.regions))))
    again = general_gap.calculate(shuffled).regions
    assert sorted(again, key=lambda region: region.code) == list(general_gap.calculate(case).regions)


@PROPERTY
@given(case=gap_cases)
def test_more_surplus_never_leaves_more_to_share(case):
    richer = replace(case, opening_surplus_fen=case.opening_surplus_fen + 10**12)
    assert general_gap.calculate(richer).covered_fen >= general_gap.calculate(case).covered_fen


@PROPERTY
@given(
    months=st.decimals(0, 12, places=2),
    monthly=fen,
    balances=coded(st.builds(pre_transfer.Balance, code=st.just(""), balance_fen=signed_fen)),
)
def test_an_advance_never_takes_more_than_a_region_has(months, monthly, balances):
    result = pre_transfer.calculate(pre_transfer.Case(months, monthly, balances))
    assert sum(share.amount_fen for share in result.regions) == result.total_fen
    # About two months (2个月左右) may be 2.3: rounded to the fen, half up.
    assert abs(min(months * monthly, sum(max(0, one.balance_fen) for one in balances)) - result.total_fen) <= Decimal(
        "0.5"
    )
    for share, balance in zip(result.regions, balances, strict=True):
        assert 0 <= share.amount_fen <= max(0, balance.balance_fen)


@PROPERTY
@given(plan=fen.filter(bool), actual=fen, more=fen)
def test_collecting_more_never_earns_a_smaller_credit(plan, actual, more):
    less = over_collection.calculate(over_collection.Case(plan, actual))
    greater = over_collection.calculate(over_collection.Case(plan, actual + more))
    assert 0 <= less.credit_fen <= greater.credit_fen <= max(0, actual + more - plan)


@PROPERTY
@given(plan=st.integers(min_value=1, max_value=10**12).map(lambda n: 20 * n), above=st.integers(1, 1000))
def test_nothing_is_earned_at_five_per_cent_and_half_of_what_lies_above(plan, above):
    limit = plan // 20 * 21
    assert over_collection.calculate(over_collection.Case(plan, limit)).credit_fen == 0
    credit = over_collection.calculate(over_collection.Case(plan, limit + 2 * above)).credit_fen
    assert credit == above or 2 * above > plan // 20


@PROPERTY
@given(wage=yuan, kind=st.sampled_from(["employee", "flexible", "employer"]))
def test_only_the_employer_base_leaves_the_limits(wage, kind):
    case = contribution.Case(kind, wage, Decimal(4000), Decimal(20000))
    result = contribution.calculate(case)
    if kind == "employer":
        assert result.base_yuan == wage and result.individual_account_fen == 0
    else:
        assert 4000 <= result.base_yuan <= 20000
        assert 0 < result.individual_account_fen <= result.contribution_fen


@PROPERTY
@given(wage=yuan.filter(bool), rounding=st.sampled_from([1, 5, 10]))
def test_base_limits_are_whole_multiples_nearest_to_the_exact_ones(wage, rounding):
    result = base_limits.calculate(base_limits.Case(wage, rounding_yuan=rounding))
    for limit, share in ((result.lower_yuan, Decimal("0.6")), (result.upper_yuan, Decimal(3))):
        assert limit % rounding == 0
        assert 2 * abs(12 * limit - product(wage, share)) <= 12 * rounding


@PROPERTY
@given(amounts=st.lists(st.tuples(fen, st.booleans()), min_size=1, max_size=6), paid=fen)
def test_a_management_gap_counts_nothing_twice(amounts, paid):
    less = [management_gap.LessOther("less_other", amount, inside) for amount, inside in amounts]
    over = management_gap.OverOther("over_other", paid)
    result = management_gap.calculate(management_gap.Case((*less, over)))
    assert result.less_fen == sum(amount for amount, inside in amounts if not inside)
    assert result.total_fen == result.less_fen + result.over_fen == result.less_fen + paid


def test_an_early_pension_counts_from_the_first_of_january_2021():
    def total(since):
        item = management_gap.EarlyFemaleFlexible("early_female_flexible", 100, since)
        return management_gap.calculate(management_gap.Case((item,))).total_fen

    assert total(date(2021, 1, 1)) == 100


@st.composite
def scored(draw):
    """An assessment of one area for each indicator, with values of any size for the linear and counted ones."""
    kinds = draw(indicators)
    cuts = sorted(draw(st.lists(st.integers(1, 99), min_size=len(kinds) - 1, max_size=len(kinds) - 1, unique=True)))
    points = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    areas, values = [], {}
    for number, (kind, worth) in enumerate(zip(kinds, points, strict=True)):
        code = f"{kind}-{number}"
        most = worth if kind == "manual" else 10**6
        values[code] = draw(st.none() | st.decimals(min_value=0, max_value=most, places=3))
        match kind:
            case "linear":
                full_at = draw(st.decimals(min_value=-100, max_value=100, places=2))
                zero_at = draw(st.decimals(min_value=101, max_value=200, places=2))
                indicator: assessment.Linear | assessment.Deduct | assessment.Manual = assessment.Linear(
                    code, "linear", Decimal(worth), full_at, zero_at
                )
            case "deduct":
                indicator = assessment.Deduct(code, "deduct", Decimal(worth), draw(ratio))
            case _:
                indicator = assessment.Manual(code, "manual", Decimal(worth))
        areas.append(assessment.Area(f"area-{number}", Decimal(worth), (indicator,)))
    return assessment.Case(tuple(areas), values)


@PROPERTY
@given(case=scored())
def test_scores_stay_inside_their_points(case):
    result = assessment.calculate(case)
    for area, given_area in zip(result.areas, case.areas, strict=True):
        assert 0 <= area.score <= given_area.points
        assert area.incomplete is any(indicator.score is None for indicator in area.indicators)
    assert 0 <= result.score <= result.possible <= 100
    assert result.score == sum(area.score for area in result.areas)
    assert (result.score_scaled is None) is (result.possible == 0)
    assert result.score_scaled is None or 0 <= result.score_scaled <= 100


def test_equal_scores_share_a_place_and_the_next_place_is_left_out():
    scores = {"a": Decimal("80.00"), "b": Decimal("90.00"), "c": Decimal("80.00"), "d": None, "e": Decimal("70.00")}
    assert assessment.rank(scores) == {"b": 1, "a": 2, "c": 2, "e": 4, "d": None}


@PROPERTY
@given(expenditure=fen, addition=fen, income=fen, base=st.integers(10**6, 10**15))
def test_the_break_even_rate_covers_what_is_needed_to_half_a_millionth_of_the_base(expenditure, addition, income, base):
    rate = break_even_rate.calculate(break_even_rate.Case(expenditure, base, addition, income)).rate
    needed = max(0, expenditure + addition - income)
    assert rate >= 0 and abs(product(rate, base) - needed) <= product(base, Decimal("0.0000005"))


DRIVERS = {name for method in budget_proposal.METHODS.values() for name in method.drivers}


@PROPERTY
@given(
    method=st.sampled_from(sorted(budget_proposal.METHODS)),
    given_drivers=st.dictionaries(st.sampled_from(sorted(DRIVERS)), people.map(Decimal)),
)
def test_a_budget_is_proposed_exactly_where_no_driver_is_missing(method, given_drivers):
    needed = budget_proposal.METHODS[method].drivers
    known = {name: value for name, value in given_drivers.items() if name in needed}
    result = budget_proposal.calculate(budget_proposal.Case("x", (budget_proposal.Factor("x", method),), known))
    assert set(result.missing) == set(needed) - set(known)
    assert (result.proposed_fen is None) == bool(result.missing)


@PROPERTY
@given(years=st.lists(fen, min_size=3, max_size=3))
def test_the_mean_of_three_years_does_not_depend_on_their_order_and_lies_among_them(years):
    def mean(amounts):
        known = dict(zip(budget_proposal.YEARS, map(Decimal, amounts), strict=True))
        return budget_proposal.calculate(
            budget_proposal.Case("x", (budget_proposal.Factor("x", "mean"),), known)
        ).proposed_fen

    assert mean(years) == mean(years[::-1]) and min(years) <= mean(years) <= max(years)


def test_nothing_is_proposed_below_zero():
    factors = (budget_proposal.Factor("x", "mean"), budget_proposal.Factor("y", "gap"))
    covered = {"expenditure_fen": 5, "income_fen": 3, "balance_fen": 9, "floor_fen": 0}
    for item, drivers in (("x", dict.fromkeys(budget_proposal.YEARS, -5)), ("y", covered)):
        known = {name: Decimal(value) for name, value in drivers.items()}
        assert budget_proposal.calculate(budget_proposal.Case(item, factors, known)).proposed_fen == 0


@PROPERTY
@given(drafted=fen, proposed=fen, share=ratio)
def test_a_draft_needs_a_reason_beyond_the_share_and_only_there(drafted, proposed, share):
    needed = budget_proposal.needs_reason(drafted, proposed, share)
    assert needed == (abs(drafted - proposed) > product(proposed, share))
    assert not budget_proposal.needs_reason(drafted, None, share)


@PROPERTY
@given(expenditure=fen, reserve=fen, share=ratio)
def test_the_reserve_is_filled_to_its_share_and_never_emptied(expenditure, reserve, share):
    addition = break_even_rate.reserve_addition(expenditure, reserve, share)
    assert addition >= 0
    assert addition == 0 or abs(reserve + addition - product(expenditure, share)) <= 1


# --- the cash plan

CODES = tuple(Month(202611).plus(at).iso for at in range(12))
# A case of twelve months takes longer to draw.
CASH = settings(PROPERTY, max_examples=60)
cash = st.integers(min_value=0, max_value=10**6)


@st.composite
def cash_cases(draw):
    count = draw(st.integers(1, 12))
    flows = [
        cash_plan.Flow(code, *draw(st.tuples(cash, cash, cash, st.integers(-(10**4), 10**4), cash, cash, cash)))
        for code in CODES[:count]
    ]
    held = [
        cash_plan.Held(f"D-{at}", Month(202611).plus(draw(st.integers(0, 15))).iso, draw(st.integers(1, 10**6)))
        for at in range(draw(st.integers(0, 3)))
    ]
    made = []
    for at in range(draw(st.integers(0, 3))):
        month = draw(st.integers(0, count - 1))
        until = Month(202611).plus(month + draw(st.integers(1, 15))).iso
        made.append(
            cash_plan.Redeposit(f"R-{at}", CODES[month], until, draw(st.integers(1, 10**6)), draw(st.booleans()))
        )
    return cash_plan.Case(
        liquid_fen=draw(st.integers(-(10**6), 3 * 10**6)),
        treasury_fen=draw(cash),
        local_fen=draw(cash),
        expenditure_fen=draw(cash),
        deposits_fen=draw(cash),
        other_fen=draw(cash),
        months=tuple(flows),
        use_after_fen=draw(cash),
        transit_share=draw(ratio),
        floor_months=draw(st.decimals(0, 3, places=1)),
        held=tuple(held),
        redeposits=tuple(made),
        placed_in=draw(st.sampled_from(CODES[:count])),
        unit_fen=draw(st.sampled_from([1, 1000])),
    )


@CASH
@given(case=cash_cases())
def test_every_fen_of_the_cash_plan_stays_in_some_account(case):
    ends = cash_plan.calculate(case).months
    accounts = case.liquid_fen + case.treasury_fen + case.local_fen + case.expenditure_fen + case.deposits_fen
    whole, closing = accounts + case.other_fen, case.liquid_fen
    for flow, end in zip(case.months, ends, strict=True):
        whole += flow.collected_fen + flow.quarterly_fen + flow.direct_fen + flow.difference_fen
        whole -= flow.paid_fen + flow.remitted_fen
        came = end.pooled_fen + end.local_pooled_fen + end.direct_fen + end.difference_fen + end.matured_fen
        went = end.disbursed_fen + end.remitted_fen + end.redeposited_fen
        assert (end.opening_fen, end.closing_fen) == (closing, closing + came - went)
        assert end.total_fen == whole
        closing = end.closing_fen


@CASH
@given(case=cash_cases(), more=cash)
def test_more_at_the_opening_never_gives_an_earlier_month_that_does_not_hold(case, more):
    poorer = cash_plan.calculate(case).short_month
    richer = cash_plan.calculate(replace(case, liquid_fen=case.liquid_fen + more)).short_month
    assert richer is None or (poorer is not None and poorer <= richer)


@CASH
@given(case=cash_cases())
def test_what_mends_the_plan_makes_every_month_hold(case):
    found = cash_plan.calculate(case)
    undone = {one.code: one.amount_fen for one in found.mends if one.kind == "redeposit"}
    back = [one for one in found.mends if one.kind == "redeem"]
    assert bool(found.mends or found.uncovered_fen) == (found.short_month is not None)
    # Carried out, what is left undone and taken back early makes all months hold but for what is uncovered.
    kept = [replace(one, amount_fen=one.amount_fen - undone.get(one.code, 0)) for one in case.redeposits]
    after = cash_plan.calculate(replace(case, redeposits=tuple(one for one in kept if one.amount_fen)))
    worst = min((end.margin_fen for end in after.months), default=0)
    assert worst + sum(one.amount_fen for one in back) + found.uncovered_fen >= 0
    before = [end.margin_fen for end in found.months]
    assert found.uncovered_fen + sum(one.amount_fen for one in found.mends) >= max(0, -min(before))


@CASH
@given(case=cash_cases())
def test_the_ladder_leaves_every_month_the_floor_and_the_next_months_use(case):
    found = cash_plan.calculate(case)
    laid = [rung for rung in found.ladder if rung.amount_fen]
    assert sum(rung.amount_fen for rung in laid) + found.kept_fen == found.available_fen
    assert found.kept_fen >= 0 and all(rung.amount_fen > 0 and rung.amount_fen % case.unit_fen == 0 for rung in laid)
    at = CODES.index(case.placed_in)
    placed = [
        cash_plan.Redeposit(
            f"L-{rung.term_months}", CODES[at], Month(202611).plus(at + rung.term_months).iso, rung.amount_fen
        )
        for rung in laid
    ]
    after = cash_plan.calculate(replace(case, redeposits=(*case.redeposits, *placed)))
    for before, end in zip(found.months[at:], after.months[at:], strict=True):
        needed = max(found.floor_fen, end.next_use_fen)
        assert end.closing_fen >= min(needed, before.closing_fen)


def test_before_a_holiday_the_money_leaves_in_the_month_before():
    # 2026-10-01 to 07 are off: five working days before Saturday 10 October, a make-up day, lies 29 September.
    calendar = WorkingCalendar(frozenset(date(2026, 10, day) for day in range(1, 8)), frozenset({date(2026, 10, 10)}))
    assert cash_plan.disbursed_in(Month(202610), date(2026, 10, 10), 5, calendar) == Month(202609)
    assert cash_plan.disbursed_in(Month(202610), date(2026, 10, 15), 5, calendar) == Month(202610)
    assert cash_plan.disbursed_in(Month(202611), date(2026, 11, 10), 5, calendar) == Month(202611)


@given(st.sampled_from(["male60", "female55", "female50"]), st.integers(1900, 2099), st.integers(1, 12))
def test_the_reform_never_brings_retirement_forward_and_keeps_the_order_of_birth(kind, year, month):
    result = statutory_age.calculate(statutory_age.Case(kind, year, month))
    later = statutory_age.calculate(statutory_age.Case(kind, year + month // 12, month % 12 + 1))
    assert 0 <= result.delay_months <= statutory_age.MOST[kind]
    assert result.age_months == statutory_age.ORIGINAL_AGE[kind] * 12 + result.delay_months
    assert (result.retire_year * 12 + result.retire_month) - (year * 12 + month) == result.age_months
    assert (later.retire_year, later.retire_month) > (result.retire_year, result.retire_month)
