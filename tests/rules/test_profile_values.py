"""Each value of each profile decides something: changing it changes what the system calculates."""

import copy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rules import (
    assessment,
    base_limits,
    break_even_rate,
    central_adjustment,
    contribution,
    deadlines,
    general_gap,
    in_force,
    management_gap,
    over_collection,
    pre_transfer,
)
from rules.budget import income_review, procedure as budget_round, proposal as budget_proposal
from rules.calculators.reading import read
from rules.calendar import WorkingCalendar
from rules.cash import cash_plan
from rules.errors import InputError, NotInForce, ProfileError
from rules.month import Month
from rules.projection import cohort_projection, stress, totals_projection
from rules.projection.flows import Other
from rules.scheme import MANAGEMENT_GAP, load_scheme, profile_codes
from rules.statutory.days import statutory_days

PROFILES = [load_scheme(code) for code in profile_codes()]
WEEKENDS = WorkingCalendar()


def outcome(calculate):
    """A result without its working, which repeats the parameters, or the refusal in its place."""
    try:
        result = calculate()
        return replace(result, steps=()) if hasattr(result, "steps") else result
    except (InputError, NotInForce, ProfileError) as refusal:
        return type(refusal).__name__


def gap_regions(names):
    low, high = dict.fromkeys(names, Decimal("0.6")), dict.fromkeys(names, Decimal("0.9"))
    # Each region differs from the reference in every factor, by another amount, so that each weight shows.
    shades = [{name: low[name] + Decimal(n * k) / 50 for k, name in enumerate(names, start=1)} for n in (1, 2)]
    return (
        general_gap.Region("a", 10**9, 3 * 10**9, 0, shades[0]),
        general_gap.Region("b", 10**9, 4 * 10**9, 0, shades[1]),
        general_gap.Region("c", 10**9, 10**9 + 7, 0, dict.fromkeys(names, Decimal(100)) if names else {}),
        general_gap.Region("d", 10**9, 2 * 10**9, 0, dict.fromkeys(names, Decimal("0.001")) if names else {}),
    ), high


def calculated(record, rule, scheme, on, region=None, **given):
    return outcome(lambda: rule.calculate(in_force.case(record, scheme, on, region, **given)[0]))


def gap_result(scheme, on):
    names = [row["name"] for row in scheme.parameter("gap_factors", on).value]
    regions, reference = gap_regions(names)
    return general_gap.calculate(
        in_force.case(
            general_gap.Case, scheme, on, opening_surplus_fen=5 * 10**9, regions=regions, reference=reference
        )[0]
    )


def assessment_result(scheme, on):
    case, _ = in_force.case(assessment.Case, scheme, on, values={})
    values = {}
    # Half of what the profile on file asks for, so that moving a limit moves a score.
    areas: Any = load_scheme(scheme.code).parameter("assessment_areas", on).value
    for area in areas:
        for indicator in area["indicators"]:
            linear = indicator["kind"] == "linear"
            half = Decimal(indicator["full_at"] + indicator["zero_at"]) / 2 if linear else Decimal(1)
            values[indicator["code"]] = half
    known = {indicator.code for area in case.areas for indicator in area.indicators}
    return assessment.calculate(replace(case, values={code: values[code] for code in values if code in known}))


def consequences(scheme, on):
    bands = scheme.parameter("assessment_bands", on).value
    return [assessment.consequence(Decimal(score) / 2, bands) for score in range(201)]


def management_result(scheme, on):
    given: dict[str, Any] = {"headcount": 3, "months": 2, "monthly_difference_yuan": Decimal(100)}
    difference, _ = in_force.case(management_gap.BaseDifference, scheme, on, kind="under_declared", **given)
    person = management_gap.BackpaidPerson(Decimal(1), Decimal(2), Decimal(3000))
    backpay, _ = in_force.case(management_gap.LumpSumBackpay, scheme, on, kind="lump_sum_backpay", people=(person,))
    early, _ = in_force.case(
        management_gap.EarlyFemaleFlexible,
        scheme,
        on,
        kind="early_female_flexible",
        paid_fen=1,
        since=date(2021, 1, 1),
    )
    return management_gap.calculate(management_gap.Case((difference, backpay, early)))


def budget_results(scheme, on):
    """What each item of the funds needs, who makes which step by when, and which draft is to give a reason."""
    items = [item.code for item in scheme.items]
    needed = [calculated(budget_proposal.Case, budget_proposal, scheme, on, item=item) for item in items]
    managed = outcome(lambda: [row["item"] for row in scheme.parameter("budget_factors", on).value if "managed" in row])
    steps = [
        outcome(lambda a=again: budget_round.procedure(scheme, on.year + 1, adjustment=a)) for again in (True, False)
    ]
    share = outcome(lambda: scheme.parameter("budget_deviation_share", on).value)
    drafts = range(90, 100) if not isinstance(share, str) else ()
    return needed, managed, steps, [budget_proposal.needs_reason(draft, 100, share) for draft in drafts]


def income_results(scheme, on):
    """Who compares which items of which months, and which differences are to be analysed."""
    months = [income_review.asked(scheme, month) for month in (201912, 202007, 202009, 202107)]
    share = outcome(lambda: income_review.share(scheme, on))
    owed = [] if isinstance(share, str) else [income_review.owes(100, actual, share) for actual in range(90, 100)]
    return outcome(lambda: income_review.sides(scheme)), months, owed


def results(scheme, on, region=None):
    """Everything that the system calculates from a profile on a day, by name."""
    province = central_adjustment.Province("a", 100, 80, 30, Decimal(90000))
    balance = pre_transfer.Balance("a", 10**12)
    kinds = ("employer", "employee", "flexible")
    wage = {"wage_yuan": Decimal(8000), "lower_yuan": Decimal(4000), "upper_yuan": Decimal(20000)}
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 7, 15), date(2022, 6, 30), date(2026, 1, 31)]
    days += [on, date(2020, 1, 31), date(2020, 2, 1)]
    months = [day.replace(day=1) for day in days]
    return {
        "laid out": (scheme.local_items, scheme.disburse_account),
        "management gap": [scheme.knows(MANAGEMENT_GAP, day) for day in days],
        "central": calculated(central_adjustment.Case, central_adjustment, scheme, on, provinces=(province,)),
        "limits": calculated(base_limits.Case, base_limits, scheme, on, region, avg_wage_yuan=Decimal(76295)),
        "contribution": [
            calculated(contribution.Case, contribution, scheme, on, region, kind=kind, **wage) for kind in kinds
        ],
        "advance": calculated(
            pre_transfer.Case, pre_transfer, scheme, on, monthly_expenditure_fen=10**9, balances=(balance,)
        ),
        "credit": calculated(over_collection.Case, over_collection, scheme, on, plan_fen=10**9, actual_fen=2 * 10**9),
        "expiry": outcome(lambda: over_collection.expires_on(2021, scheme.parameter("credit_valid_years", on).value)),
        "management": outcome(lambda: management_result(scheme, on)),
        "gap": outcome(lambda: gap_result(scheme, on)),
        "assessment": outcome(lambda: assessment_result(scheme, on)),
        "consequences": outcome(lambda: consequences(scheme, on)),
        "commended": outcome(
            lambda: assessment.commended_at_most(scheme.parameter("assessment_commended_share", on).value, 100)
        ),
        "break_even": calculated(
            break_even_rate.Case, break_even_rate, scheme, on, expected_expenditure_fen=10**9, wage_base_fen=10**11
        ),
        "budget": budget_results(scheme, on),
        "income review": income_results(scheme, on),
        "reserve": outcome(
            lambda: break_even_rate.reserve_addition(10**9, 0, scheme.parameter("reserve_ratio", on).value)
        ),
        "outlook": outcome(lambda: outlook_result(scheme, on)),
        "cash plan": outcome(lambda: cash_result(scheme, on)),
        "disbursed": [outcome(lambda m=month: leaving(scheme, m)) for month in (202610, 202602, 202605)],
        "months": [outcome(lambda m=month: days_of(deadlines.of_month(scheme, m, region))) for month in months],
        "years": [days_of(deadlines.of_year(scheme, year)) for year in (2018, 2019, 2020, 2021, 2026)],
        "moved": [(one.key, one.due) for one in statutory_days(scheme, on.year, WEEKENDS)],
        "pooled": [outcome(lambda d=day: deadlines.pooled_by(scheme, d)) for day in days],
        "legacy": [
            outcome(lambda d=date(2020 + n // 12, n % 12 + 1, day): deadlines.legacy_share_due(scheme, d))
            for n in range(84)
            for day in (1, 28)
        ],
    }


def outlook_result(scheme, on):
    """The projections of two years by age and of totals, as far as the profile knows them, and what is tried on them."""
    settings, _ = in_force.case(stress.Settings, scheme, on)
    growths = {code: scheme.parameters.get(f"outlook_{code}_growth") for code in ("subsidy", "between", "other")}
    others = tuple(
        read(
            Other,
            {"code": code, "side": "income", "amount_yuan": 10, "growth": scheme.parameter(parameter.code, on).value},
        )
        for code, parameter in growths.items()
        if parameter
    )
    start: dict[str, Any] = {"base_year": 2025, "horizon": 2, "opening_fen": 10**9, "base_wage_yuan": Decimal(9)}
    assumed, _ = in_force.case(
        totals_projection.Assumptions,
        scheme,
        on,
        collection=Decimal(1),
        contributors_growth=Decimal(0),
        retirees_growth=Decimal(0),
    )
    persons: dict[str, Any] = {"contributors": Decimal(9), "retirees": Decimal(9), "rate": Decimal(1)}
    totals = totals_projection.Case(**start, **persons, pension_yuan=Decimal(9), assumptions=assumed, others=others)
    return settings, totals_projection.calculate(totals).years, outcome(lambda: aged(scheme, on, start))


def aged(scheme, on, start):
    known: dict[str, Any] = {"collection": Decimal(1)} | ({"retirement": "original"} if on < date(2025, 1, 1) else {})
    assumed, _ = in_force.case(cohort_projection.Assumptions, scheme, on, **known)
    group = cohort_projection.Group(
        "g",
        "male60",
        "m",
        Decimal(1),
        Decimal(1),
        {"59": Decimal(9)},
        {"70": Decimal(9)},
        Decimal(9),
        Decimal(9),
        {"20": Decimal(1)},
    )
    mortality = {"m": {str(age): Decimal("0.1") for age in range(20, 80)}}
    case = cohort_projection.Case(**start, groups=(group,), mortality=mortality, assumptions=assumed)
    return cohort_projection.projected(case)


def cash_result(scheme, on):
    flow = cash_plan.Flow("2026-09", 10**9, 10**9, 0, 0, 10**9, 10**9, 0)
    flows = tuple(replace(flow, code=code) for code in ("2026-09", "2026-10", "2026-11"))
    case, _ = in_force.case(
        cash_plan.Case,
        scheme,
        on,
        liquid_fen=10**11,
        treasury_fen=0,
        local_fen=10**9,
        expenditure_fen=0,
        deposits_fen=0,
        other_fen=0,
        months=flows,
        use_after_fen=10**9,
        transit_share=Decimal(0),
    )
    return cash_plan.calculate(case)


def leaving(scheme, month):
    """In which month money leaves, for every day by which it could be due: one working day more or less shows."""
    ahead = int(str(scheme.parameter("disburse_ahead_days", Month(month).first).value))
    days = [Month(month).first + timedelta(days=n) for n in range(28)]
    return [cash_plan.disbursed_in(Month(month), day, ahead, WorkingCalendar()) for day in days]


def days_of(found):
    return [(deadline.code, deadline.on, deadline.items) for deadline in found]


def changed(value, unit):
    """Another value of the same kind."""
    match value:
        case int() if unit == "ratio":
            return Decimal("0.5")
        case int():
            return value + 1
        case Decimal():
            return value - Decimal("0.01")
        case date():
            return value + timedelta(days=40)
        case str():
            others = {
                "days_after_collection": "month_end",
                "month_end": "days_after_collection",
                "local_fiscal": "city_expenditure",
                "city_expenditure": "local_fiscal",
                "expenditure": "local_fiscal",
                "before": "after",
                "after": "before",
                "statutory": "original",
            }
            return others.get(value) or f"{value[:-2]}{int(value[-2:]) - 1:02}"
        case list():
            return value[:-1]
    raise AssertionError(value)


def leaves(value, path=()):
    """Every number in a value that is a list, with its path."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if pairs is None:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            yield path
        return
    for key, inner in pairs:
        yield from leaves(inner, (*path, key))


def variants(value, unit):
    """The value changed as a whole and, where it is a list, in each of its numbers."""
    if not isinstance(value, list):
        return [changed(value, unit)]
    numbers = [with_change(value, path) for path in leaves(value)]
    if all(isinstance(row, dict) and "weight" in row for row in value):
        # Weights sum to 1: what one gains the next one loses.
        numbers = [with_change(value, path, (((path[0] + 1) % len(value)), "weight")) for path in leaves(value)]
    return [changed(value, unit), *numbers]


def with_change(value, raised, lowered=None):
    """A copy in which one number is a little more and, if named, another as much less."""
    other = copy.deepcopy(value)
    for path, sign in ((raised, 1), (lowered, -1)):
        if path:
            *above, last = path
            holder = other
            for key in above:
                holder = holder[key]
            holder[last] += sign * (1 if isinstance(holder[last], int) else Decimal("0.01"))
    return other


def with_value(scheme, code, index, value):
    parameter = scheme.parameters[code]
    values = tuple(replace(v, value=value) if i == index else v for i, v in enumerate(parameter.values))
    return replace(scheme, parameters={**scheme.parameters, code: replace(parameter, values=values)})


EACH_VALUE = [
    pytest.param(scheme, code, index, id=f"{scheme.code}-{code}-{index}")
    for scheme in PROFILES
    for code, parameter in scheme.parameters.items()
    for index in range(len(parameter.values))
]


@pytest.mark.parametrize(("scheme", "code", "index"), EACH_VALUE)
def test_changing_a_value_changes_a_result(scheme, code, index):
    value = scheme.parameters[code].values[index]
    # A day when every rule of the scheme is in force and this value still is.
    later = [v.starts_on for v in scheme.parameters[code].values if v.starts_on > value.starts_on]
    on = min([day - timedelta(days=1) for day in later] + [max(value.starts_on, date(2021, 7, 1))])
    on = max(on, value.starts_on)
    before = results(scheme, on, value.region)
    for other in variants(value.value, scheme.parameters[code].unit):
        assert results(with_value(scheme, code, index, other), on, value.region) != before


@pytest.mark.parametrize("scheme", [scheme for scheme in PROFILES if scheme.kind == "ledger"], ids=lambda s: s.code)
def test_the_gap_of_every_ledger_scheme_can_be_calculated_from_its_profile(scheme):
    result = gap_result(scheme, date(2026, 1, 1))
    assert result.covered_fen + result.province_fen + result.local_fen == result.gap_fen == 6 * 10**9 + 7
    assert len({region.multiplier for region in result.regions}) == 4
