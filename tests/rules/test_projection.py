"""What must hold for every projection: persons, money, and what shocks do to them."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given, settings, strategies as st

from rules.errors import InputError
from rules.projection import cohort_projection, fund_path, minimum_contribution, stress, totals_projection
from rules.projection.cohort_projection import Assumptions, Group
from rules.projection.flows import Other, path_of

PROPERTY = settings(max_examples=60, deadline=None, database=None)
LAST = 90
GOLDEN = Path(__file__).parent / "golden"

growth = st.decimals(min_value=Decimal("-0.1"), max_value=Decimal("0.1"), places=3)
share = st.decimals(min_value=0, max_value=1, places=3)
rate = st.decimals(min_value=0, max_value=Decimal("0.06"), places=4)
yuan = st.decimals(min_value=0, max_value=200_000, places=2)
fen = st.integers(min_value=-(10**13), max_value=10**14)
spent = st.integers(min_value=0, max_value=10**14)


def by_year(values):
    return values | st.lists(values, min_size=1, max_size=4).map(tuple)


def ages(first, last):
    persons = st.decimals(min_value=0, max_value=100_000, places=0)
    return st.dictionaries(st.integers(first, last).map(str), persons, max_size=6)


groups = st.builds(
    Group,
    code=st.just(""),
    kind=st.sampled_from(["male60", "female55", "female50"]),
    sex=st.sampled_from("mf"),
    rate=share,
    replacement=share,
    contributors=ages(16, 75),
    retirees=ages(45, LAST),
    pension_yuan=yuan,
    entrants=st.decimals(min_value=0, max_value=100_000, places=0),
    entry_ages=st.sampled_from([{"20": Decimal(1)}, {"18": Decimal("0.25"), "40": Decimal("0.75")}]),
)
assumptions = st.builds(
    Assumptions,
    wage_growth=by_year(growth),
    adjustment=by_year(growth),
    collection=by_year(share),
    entrants_growth=by_year(growth),
    interest=by_year(rate),
    retirement=st.sampled_from(["statutory", "original"]),
    mortality_improvement=st.decimals(min_value=0, max_value=Decimal("0.03"), places=3),
    withdrawal=by_year(st.decimals(min_value=0, max_value=Decimal("0.1"), places=3)),
)


def mortality(level):
    return {str(age): min(Decimal(1), level * Decimal(age) ** 3 / 10**6) for age in range(16, LAST + 1)}


cases = st.builds(
    cohort_projection.Case,
    base_year=st.integers(2015, 2030),
    horizon=st.integers(1, 20),
    opening_fen=fen,
    base_wage_yuan=yuan,
    groups=st.lists(groups, min_size=1, max_size=3).map(
        lambda found: tuple(replace(one, code=str(number)) for number, one in enumerate(found))
    ),
    mortality=st.builds(
        lambda men, women: {"m": mortality(men), "f": mortality(women)},
        st.decimals(min_value=0, max_value=Decimal("0.3"), places=3),
        st.decimals(min_value=0, max_value=2, places=3),
    ),
    assumptions=assumptions,
    others=st.sampled_from(
        [
            (),
            (
                Other("subsidy", "income", Decimal(10**9), Decimal("0.02")),
                Other("transfers", "expenditure", Decimal(10**8), (Decimal("0.1"), Decimal("-0.05"))),
            ),
        ]
    ),
)


@given(cases)
@PROPERTY
def test_nobody_is_lost_and_nobody_is_less_than_none(case):
    contributors = float(sum(sum(group.contributors.values()) for group in case.groups))
    retirees = float(sum(sum(group.retirees.values()) for group in case.groups))
    for flow in cohort_projection.projected(case):
        assert flow.entrants is not None and flow.deaths is not None and flow.withdrawals is not None
        assert min(flow.contributors, flow.retirees, flow.new_retirees or 0, flow.entrants) >= 0
        assert min(flow.deaths, flow.withdrawals) >= 0
        end = contributors + retirees + flow.entrants - flow.deaths - flow.withdrawals
        assert flow.contributors + flow.retirees == pytest.approx(end, rel=1e-9, abs=1e-6)
        contributors, retirees = flow.contributors, flow.retirees


@given(cases)
@PROPERTY
def test_nobody_retires_earlier_by_the_reform(case):
    """The first to go are as many or fewer, until those who were kept back go too: contributors are never fewer."""
    still = replace(case.assumptions, withdrawal=Decimal(0))
    with_reform, without = (
        cohort_projection.projected(replace(case, assumptions=replace(still, retirement=retirement)))
        for retirement in ("statutory", "original")
    )
    for late, early in zip(with_reform, without, strict=True):
        assert late.contributors >= early.contributors - 1e-6
        assert late.retirees <= early.retirees + 1e-6


@given(
    st.sampled_from(["male60", "female55", "female50"]), st.integers(1930, 2060), st.integers(1990, 2100), st.booleans()
)
def test_of_each_birth_year_all_retire_once(kind, born, year, statutory):
    left = 1.0
    for passing in range(born + 45, born + 70):
        left *= 1 - cohort_projection.retiring_share(kind, born, passing, statutory)
    assert left == 0
    assert 0 <= cohort_projection.retiring_share(kind, born, year, statutory) <= 1


@given(cases)
@PROPERTY
def test_twice_the_money_is_twice_the_result(case):
    doubled = replace(
        case,
        opening_fen=case.opening_fen * 2,
        base_wage_yuan=case.base_wage_yuan * 2,
        groups=tuple(replace(group, pension_yuan=group.pension_yuan * 2) for group in case.groups),
        others=tuple(replace(other, amount_yuan=other.amount_yuan * 2) for other in case.others),
    )
    once, twice = cohort_projection.calculate(case), cohort_projection.calculate(doubled)
    for one, two in zip(once.years, twice.years, strict=True):
        assert (two.contributors, two.retirees) == (one.contributors, one.retirees)
        assert two.income_yuan == pytest.approx(one.income_yuan * 2)
        assert two.expenditure_yuan == pytest.approx(one.expenditure_yuan * 2)
        assert abs(two.closing_fen - one.closing_fen * 2) <= 8 * case.horizon
    assert twice.balanced_scale == pytest.approx(once.balanced_scale)


@given(cases)
@PROPERTY
def test_the_balanced_scale_ends_at_zero(case):
    scale = cohort_projection.calculate(case).balanced_scale
    assume(scale is not None and abs(scale) < 10**6)
    balanced = replace(
        case, groups=tuple(replace(group, rate=group.rate * Decimal(repr(scale))) for group in case.groups)
    )
    flows = cohort_projection.projected(balanced)
    path = path_of(balanced, flows)
    # Interest goes on below zero here: what is owed at a present value is owed with interest.
    closing, turned_over = float(balanced.opening_fen), abs(balanced.opening_fen) + 1
    for year in path.years:
        earned = year.income_fen - year.expenditure_fen
        closing = closing * (1 + float(year.interest_rate)) + earned * (1 + float(year.interest_rate) / 2)
        turned_over += abs(year.income_fen) + year.expenditure_fen
    assert abs(closing) <= 1e-9 * turned_over * 4 + 100
    year_ends = fund_path.calculate(path).years
    if min([balanced.opening_fen, *(year.closing_fen for year in year_ends[:-1])]) > 0:
        assert abs(year_ends[-1].closing_fen) <= 1e-9 * turned_over * 4 + 100


@given(cases, st.sampled_from(["wage", "entrants", "collection", "adjustment", "mortality", "interest", "subsidies"]))
@PROPERTY
def test_a_shock_of_nothing_is_the_base(case, on):
    nothing = stress.Shock("none", on, Decimal(0))
    result = stress.calculate(
        stress.Case(
            base=case, shocks=(nothing,), combined=(stress.Combined("all", ("none",)), stress.Combined("empty", ()))
        )
    )
    for outcome in (*result.shocks, *result.combined):
        assert replace(outcome, code="base") == result.base


@given(cases, st.integers(0, 19), st.integers(0, 19))
@PROPERTY
def test_a_shock_of_some_years_touches_no_year_before(case, first, length):
    assume(first < case.horizon)
    start = case.base_year + 1 + first
    shocks: tuple[tuple[stress.On, str], ...] = (
        ("entrants", "-0.5"),
        ("collection", "-0.1"),
        ("subsidies", "-0.5"),
        ("wage", "0.02"),
    )
    for on, size in shocks:
        shock = stress.Shock("s", on, Decimal(size), start, start + length)
        before = cohort_projection.projected(case)[:first]
        for one, other in zip(before, stress.projected(stress.shocked(case, shock)), strict=False):
            assert one.income_yuan == pytest.approx(other.income_yuan)
            assert one.contributors == pytest.approx(other.contributors)


@given(cases)
@PROPERTY
def test_what_a_shock_takes_away_whole_is_gone_and_back_after_its_years(case):
    first, second = case.base_year + 1, case.base_year + 2
    plain = cohort_projection.projected(case)
    gone = stress.projected(stress.shocked(case, stress.Shock("s", "entrants", Decimal(-1), first, first)))
    assert gone[0].entrants == 0
    assert [flow.entrants for flow in gone[1:]] == [flow.entrants for flow in plain[1:]]
    nobody_dies = stress.Shock("m", "mortality", Decimal(-2), first, first)
    assert stress.projected(stress.shocked(case, nobody_dies))[0].deaths == 0
    unpaid = stress.projected(stress.shocked(case, stress.Shock("s", "subsidies", Decimal(-1), first, second)))
    given = sum(float(other.amount_yuan) for other in case.others if other.code == "subsidy")
    for number, (flow, was) in enumerate(zip(unpaid, plain, strict=True), start=1):
        paid = given * 1.02**number if number <= 2 else 0.0
        assert was.income_yuan - flow.income_yuan == pytest.approx(paid, rel=1e-9, abs=1e-3)


totals = st.builds(
    totals_projection.Case,
    base_year=st.integers(2015, 2030),
    horizon=st.integers(1, 20),
    opening_fen=fen,
    base_wage_yuan=yuan,
    contributors=st.decimals(min_value=0, max_value=10**8, places=0),
    retirees=st.decimals(min_value=0, max_value=10**8, places=0),
    rate=share,
    pension_yuan=yuan,
    assumptions=st.builds(
        totals_projection.Assumptions,
        wage_growth=by_year(growth),
        adjustment=by_year(growth),
        collection=by_year(share),
        contributors_growth=by_year(growth),
        retirees_growth=by_year(growth),
        interest=by_year(rate),
    ),
)


@given(totals)
@PROPERTY
def test_totals_that_do_not_grow_pay_the_same_every_year(case):
    none = Decimal(0)
    still = replace(
        case.assumptions,
        wage_growth=none,
        adjustment=none,
        contributors_growth=none,
        retirees_growth=none,
        collection=Decimal(1),
    )
    for year in totals_projection.calculate(replace(case, assumptions=still)).years:
        assert year.premium_yuan == pytest.approx(float(case.contributors * case.base_wage_yuan * case.rate))
        assert year.pension_yuan == pytest.approx(float(case.retirees * case.pension_yuan))
        assert (year.contributors, year.retirees) == (float(case.contributors), float(case.retirees))


@given(totals, st.sampled_from(["wage", "collection", "adjustment", "interest", "subsidies"]))
@PROPERTY
def test_a_shock_of_nothing_is_the_base_of_totals_too(case, on):
    result = stress.calculate(stress.Case(totals=case, shocks=(stress.Shock("none", on, Decimal(0)),)))
    assert replace(result.shocks[0], code="base") == result.base


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({}, "base: got nothing, needs a projection in base or in totals"),
        ({"shocks": [{"code": "a", "on": "mortality", "size": 1}]}, "shocks[0].on: got mortality, needs none of"),
        (
            {"reverse": [{"code": "a", "on": "entrants", "worst": -1, "exhausted_by": 2040}]},
            "reverse[0].on: got entrants",
        ),
        ({"combined": [{"code": "a", "shocks": ["b"]}]}, "combined[0].shocks: got b, needs one of no shock"),
        (
            {"shocks": [{"code": "a", "on": "wage", "size": 1, "from_year": 2030, "to_year": 2029}]},
            "shocks[0].to_year: got 2029, needs a year from 2030 on",
        ),
    ],
)
def test_a_stress_that_cannot_be_tried_is_refused(run, tree, said):
    base = json.loads((GOLDEN / "totals_projection.json").read_text(encoding="utf-8"))[0]["input"]
    code, out, problem = run("stress", given=tree | ({"totals": base} if tree else {}))
    assert (code, out) == (2, "") and problem.startswith(said)


@given(fen, st.lists(st.tuples(spent, spent), min_size=1, max_size=10))
def test_without_interest_the_path_is_plain_addition(opening, flows):
    years = tuple(
        fund_path.YearIn(2026 + number, income, expenditure, Decimal(0))
        for number, (income, expenditure) in enumerate(flows)
    )
    result = fund_path.calculate(fund_path.Case(opening, years))
    assert result.years[-1].closing_fen == opening + sum(income - expenditure for income, expenditure in flows)
    below = [year.year for year in result.years if year.closing_fen < 0]
    assert (result.exhausted.year if result.exhausted else None) == (below[0] if below else None)
    assert not any(year.interest_fen for year in result.years)


@given(fen, st.lists(st.tuples(spent, spent, rate), min_size=1, max_size=10))
def test_each_year_of_a_path_adds_up_and_a_month_is_one_of_its_year(opening, flows):
    years = tuple(fund_path.YearIn(2026 + number, *flow) for number, flow in enumerate(flows))
    result = fund_path.calculate(fund_path.Case(opening, years))
    for asked, got in zip(years, result.years, strict=True):
        assert opening + asked.income_fen + got.interest_fen - asked.expenditure_fen == got.closing_fen
        assert got.interest_fen >= 0
        opening = got.closing_fen
    assert result.exhausted is None or 1 <= result.exhausted.month <= 12


def test_what_a_fund_lacks_is_worth_less_the_later_it_falls_due():
    # 10,000 − 15,000 = −5,000; − 3,000 = −8,000; + 1,000 = −7,000. 5,000 + 3,000 × 1.01 ÷ 1.02 − 1,000 × 1 ÷ 1.02.
    flows = ((0, 15000, Decimal(0)), (10000, 13000, Decimal("0.02")), (13000, 12000, Decimal(0)))
    case = fund_path.Case(10000, tuple(fund_path.YearIn(2026 + at, *flow) for at, flow in enumerate(flows)))
    closings = [one.closing_fen for one in fund_path.calculate(case).years]
    assert closings == [-5000, -8000, -7000]
    assert fund_path.missing(case, closings) == fund_path.Missing(7000, 6990)
    assert fund_path.missing(case, [0, 0, 0]) is None


def test_a_year_that_is_missing_between_two_is_refused():
    years = tuple(fund_path.YearIn(year, 0, 0, Decimal(0)) for year in (2026, 2028))
    with pytest.raises(InputError, match="got 2028, needs the year after 2026"):
        fund_path.calculate(fund_path.Case(0, years))


@pytest.mark.parametrize(
    ("year", "months"), [(2025, 180), (2029, 180), (2030, 186), (2031, 192), (2038, 234), (2039, 240), (2060, 240)]
)
def test_the_months_of_contribution_needed_rise_from_2030_to_2039(year, months):
    assert minimum_contribution.calculate(minimum_contribution.Case(year)).months == months
