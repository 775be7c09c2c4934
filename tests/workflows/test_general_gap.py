"""The general gap of a plan: both steps agree, covered + province + local is the gap, whatever the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, strategies as st

from rules import general_gap
from rules.calculators.registry import as_json, calculators
from rules.scheme import Scheme, load_scheme
from workflows.gap.general import Changes, GeneralGap, PlanYear, UnitPlan, share_out

ON = date(2026, 10, 31)
SCHEMES = [load_scheme(code) for code in ("jiangsu-pension", "shanxi-pension", "jilin-pension", "jilin-work-injury")]
money = st.integers(0, 10**13)
ratios = st.decimals(0, 1, places=3)


@st.composite
def plans(draw: st.DrawFn) -> PlanYear:
    codes = [f"3201{number:02d}" for number in range(draw(st.integers(1, 6)))]
    city = draw(st.sampled_from([None, *codes]))
    units = tuple(
        UnitPlan(code, draw(money), draw(money), draw(money), draw(money), draw(money), None if code == city else city)
        for code in codes
    )
    names = ("population", "employment", "enrolment", "dependency", "fiscal", "economy", "insured")
    known, step = draw(st.booleans()), draw(st.integers(1, 97))
    factors = {
        code: {name: Decimal(20 + (place * step + at * 7) % 480) / 100 for at, name in enumerate(names)}
        for place, code in enumerate(("320000", *codes))
    }
    opening = draw(st.integers(-(10**13), 10**14))
    return PlanYear("320000", 2026, ON, opening, draw(money), draw(money), units, factors if known else {})


changes = st.builds(
    Changes,
    province_share=st.none() | ratios,
    surplus_share=st.none() | ratios,
    reserve_floor_fen=st.none() | st.integers(0, 10**13),
    benefit_growth=st.none() | st.decimals(-20, 20, places=2),
    collection=st.dictionaries(st.sampled_from(["320100", "320101"]), st.decimals(-20, 20, places=2)),
)


def check(found: GeneralGap) -> None:
    plan = found.plan
    assert found.gap_fen == max(0, plan.expenditure_fen - plan.income_fen)
    assert found.covered_fen + found.province_fen + found.local_fen == found.gap_fen
    assert found.local_fen == sum(share.payable_fen for share in found.shares)
    assert found.local_fen == sum(one.payable_fen for one in found.owed)
    assert all(one.payable_fen >= 0 for one in found.owed)
    # Net = deficits − surpluses − what the province manages: every number closes.
    net = sum(plan.deficits.values()) - plan.surplus_fen - plan.managed_fen
    assert net == plan.expenditure_fen - plan.income_fen


@given(plans(), st.sampled_from(SCHEMES), changes)
def test_covered_and_province_and_local_are_the_gap(plan: PlanYear, scheme: Scheme, wished: Changes) -> None:
    check(share_out(plan, scheme, wished))


def test_a_county_owes_its_part_and_its_city_the_rest_where_the_profile_shares_between_them() -> None:
    units = (
        UnitPlan("140100-0", 0, 600),
        UnitPlan("140121", 0, 400, city="140100-0"),
        UnitPlan("140581", 0, 300, credit_fen=50, city="140500-0"),
    )
    plan = PlanYear("140000", 2026, ON, 0, 0, 0, units, {})
    shanxi, jilin = (share_out(plan, load_scheme(code)) for code in ("shanxi-pension", "jilin-pension"))
    # Half is the province's; of each county's part half is its city's, rounded to the county's side.
    assert {one.region: one.payable_fen for one in shanxi.owed} == {
        "140100-0": 300 + 100,
        "140121": 100,
        "140500-0": 50,
        "140581": 50,
    }
    assert {one.region: one.credit_used_fen for one in shanxi.owed}["140581"] == 50
    assert {one.region for one in jilin.owed} == {"140100-0", "140121", "140581"}


@given(plans(), st.sampled_from(SCHEMES))
def test_both_steps_leave_the_same_remainder(plan: PlanYear, scheme: Scheme) -> None:
    found = share_out(plan, scheme)
    if found.split is None:
        assert found.gap_fen == 0
        return
    whole, split = general_gap.calculate(found.whole), general_gap.calculate(found.split)
    own = min(0, whole.covered_fen + plan.managed_fen + plan.surplus_fen)  # lacking in the province's own items alone
    assert split.gap_fen - split.covered_fen - own == whole.gap_fen - whole.covered_fen
    if own < 0:
        assert found.province_fen == split.province_fen - own
        return
    assert split.province_fen >= whole.province_fen  # what credits relieve comes on top
    assert split.province_fen + split.local_fen == whole.province_fen + whole.local_fen


@given(plans(), st.sampled_from(SCHEMES))
def test_the_calculator_gives_the_same_from_the_downloaded_input(plan: PlanYear, scheme: Scheme) -> None:
    found = share_out(plan, scheme)
    run = calculators()["general_gap"].run
    for case in (found.whole, *([found.split] if found.split is not None else [])):
        assert run(as_json(case), False) == {
            k: v for k, v in as_json(general_gap.calculate(case)).items() if k != "steps"
        }


@given(plans())
def test_surplus_first_means_no_share_while_it_lasts(plan: PlanYear) -> None:
    rich = replace(plan, opening_fen=10**16)
    found = share_out(rich, SCHEMES[0])
    assert found.local_fen == found.province_fen == 0


def test_a_scenario_takes_more_collection_and_more_retired_people_unit_by_unit() -> None:
    plan = PlanYear("320000", 2026, ON, 0, 0, 0, (UnitPlan("320101", 1000, 1200, 800, 1100),), {})
    found = share_out(plan, SCHEMES[0], Changes(collection={"320101": Decimal(-10)}, benefit_growth=Decimal(20)))
    assert (found.plan.income_fen, found.plan.expenditure_fen) == (920, 1420)
    assert found.gap_fen == 500
    assert plan.income_fen == 1000
