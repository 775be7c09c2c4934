"""The scheme profiles: every document, every legal change, and that each value decides something."""

import copy
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

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
from rules.errors import InputError, NotInForce, ProfileError
from rules.scheme import ParameterValue, load_scheme, profile_codes, scheme_codes

PROFILES = [load_scheme(code) for code in profile_codes()]
DOCUMENTS = {
    "central-adjustment": "国发〔2018〕18号",
    "jiangsu-pension": "苏政发〔2020〕45号",
    "jilin-pension": "吉政发〔2020〕2号政策解读",
    "jilin-work-injury": "吉政发〔2020〕20号",
    "shanxi-pension": "晋政发〔2019〕4号",
}
SUZHOU_PARK = "320576"
# Dates that tell when something was to be done; no figure is calculated from them.
INFORMATIONAL = {
    "data_centralised_by",
    "legacy_audit_by",
    "management_gap_from",
    "platform_built_by",
    "policy_stage_by",
    "pre_transfer_by",
    "preparation_by",
    "start_stage_by",
    "system_built_by",
}
JIANGSU = load_scheme("jiangsu-pension")
SHANXI = load_scheme("shanxi-pension")
JILIN = load_scheme("jilin-pension")
WORK_INJURY = load_scheme("jilin-work-injury")
CENTRAL = load_scheme("central-adjustment")


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
    for area in load_scheme(scheme.code).parameter("assessment_areas", on).value:
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
    given = {"headcount": 3, "months": 2, "monthly_difference_yuan": Decimal(100)}
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
        "break_even": calculated(
            break_even_rate.Case, break_even_rate, scheme, on, expected_expenditure_fen=10**9, wage_base_fen=10**11
        ),
        "reserve": outcome(
            lambda: break_even_rate.reserve_addition(10**9, 0, scheme.parameter("reserve_ratio", on).value)
        ),
        "months": [outcome(lambda m=month: days_of(deadlines.of_month(scheme, m, region))) for month in months],
        "years": [days_of(deadlines.of_year(scheme, year)) for year in (2018, 2020, 2021, 2026)],
        "pooled": [outcome(lambda d=day: deadlines.pooled_by(scheme, d)) for day in days],
        "legacy": [
            outcome(lambda d=date(2020 + n // 12, n % 12 + 1, day): deadlines.legacy_share_due(scheme, d))
            for n in range(84)
            for day in (1, 28)
        ],
    }


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
            others = {"days_after_collection": "month_end", "month_end": "days_after_collection"}
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
    if code in INFORMATIONAL:
        assert scheme.parameters[code].unit == "informational" and isinstance(value.value, date)
        return
    # A day when every rule of the scheme is in force and this value still is.
    later = [v.starts_on for v in scheme.parameters[code].values if v.starts_on > value.starts_on]
    on = min([day - timedelta(days=1) for day in later] + [max(value.starts_on, date(2021, 7, 1))])
    on = max(on, value.starts_on)
    before = results(scheme, on, value.region)
    for other in variants(value.value, scheme.parameters[code].unit):
        assert results(with_value(scheme, code, index, other), on, value.region) != before


@pytest.mark.parametrize("scheme", PROFILES, ids=lambda scheme: scheme.code)
def test_every_value_names_its_article_or_the_reason_why_it_is_assumed(scheme):
    for parameter in scheme.parameters.values():
        assert parameter.name and parameter.name_en and parameter.unit + parameter.code
        for value in parameter.values:
            assert bool(value.reason) is value.assumed
            assert value.assumed or value.source.startswith(DOCUMENTS[scheme.code])


def test_the_five_systems_have_a_profile_and_four_of_them_can_be_selected():
    assert set(DOCUMENTS) <= set(profile_codes())
    assert set(DOCUMENTS) - set(scheme_codes()) == {"central-adjustment"}
    assert {load_scheme(code).document for code in DOCUMENTS} == set(DOCUMENTS.values())


# Province or region, parameter, the last day before a change and the value then (None: refused), the day and the value.
CHANGES = [
    (CENTRAL, "central_ratio", None, date(2018, 7, 1), None, "0.03"),
    (CENTRAL, "central_ratio", None, date(2019, 1, 1), "0.03", "0.035"),
    (JIANGSU, "employer_rate", None, date(2020, 9, 1), None, "0.16"),
    (JIANGSU, "employer_rate", SUZHOU_PARK, date(2021, 1, 1), "0.14", "0.15"),
    (JIANGSU, "employer_rate", SUZHOU_PARK, date(2022, 1, 1), "0.15", "0.16"),
    (JIANGSU, "pooling_days", None, date(2021, 1, 1), None, "5"),
    (JIANGSU, "management_gap_due", None, date(2021, 1, 1), None, "12-31"),
    (SHANXI, "surplus_share", None, date(2020, 1, 1), None, "0"),
    (JILIN, "surplus_share", None, date(2020, 7, 1), None, "0.6"),
    (WORK_INJURY, "surplus_share", None, date(2021, 7, 1), None, "1"),
]


@pytest.mark.parametrize(("scheme", "code", "region", "day", "before", "then"), CHANGES)
def test_a_value_changes_on_the_day_and_not_the_day_before(scheme, code, region, day, before, then):
    eve = day - timedelta(days=1)
    if before is None:
        with pytest.raises(NotInForce):
            scheme.parameter(code, eve, region)
    else:
        assert str(scheme.parameter(code, eve, region).value) == before
    assert str(scheme.parameter(code, day, region).value) == then


def test_only_the_park_pays_the_transitional_rate():
    day = date(2021, 6, 1)
    assert JIANGSU.parameter("employer_rate", day, "320500").value == Decimal("0.16")
    assert JIANGSU.parameter("employer_rate", day, SUZHOU_PARK).assumed


@pytest.mark.parametrize(
    ("year", "ratio", "assumed", "unverified"),
    [(2020, "0.04", True, False), (2021, "0.045", True, False), (2026, "0.045", True, True)],
)
def test_central_adjustment_uses_the_ratio_of_its_year(year, ratio, assumed, unverified):
    province = central_adjustment.Province("a", 10_000, 10_000, 5_000, Decimal(100_000))
    case, rests_on = in_force.case(central_adjustment.Case, CENTRAL, date(year, 12, 31), provinces=(province,))
    used = {value.name: value for value in rests_on}["上解比例"]
    assert (str(case.ratio), used.assumed, used.unverified) == (ratio, assumed, unverified)
    contribution_fen = central_adjustment.calculate(case).pool_fen
    assert contribution_fen == int(Decimal(100_000) * Decimal("0.9") * 10_000 * Decimal(ratio) * 100)


@pytest.mark.parametrize(
    ("year", "region", "fen"),
    [(2020, None, 160_000), (2020, SUZHOU_PARK, 140_000), (2021, SUZHOU_PARK, 150_000), (2026, SUZHOU_PARK, 160_000)],
)
def test_an_employer_pays_the_rate_of_its_year_and_region(year, region, fen):
    case, _ = in_force.case(
        contribution.Case,
        JIANGSU,
        date(year, 12, 1),
        region,
        kind="employer",
        wage_yuan=Decimal(10_000),
        lower_yuan=Decimal(1),
        upper_yuan=Decimal(2),
    )
    assert contribution.calculate(case).contribution_fen == fen


def test_surplus_comes_first_in_jiangsu_a_part_in_jilin_and_not_in_shanxi():
    on = date(2026, 1, 1)
    region = general_gap.Region("a", 0, 100, 0)
    covered = {}
    for scheme in (JIANGSU, JILIN, SHANXI):
        case, _ = in_force.case(general_gap.Case, scheme, on, opening_surplus_fen=1000, regions=(region,), factors=())
        covered[scheme.province] = general_gap.calculate(case).covered_fen
    assert covered == {"320000": 100, "220000": 60, "140000": 0}


def test_shanxi_shares_between_three_levels():
    result = gap_result(SHANXI, date(2026, 1, 1))
    assert result.covered_fen == 0
    assert all(region.city_fen + region.county_fen == region.payable_fen for region in result.regions)
    assert result.regions[0].county_fen > 0


def test_a_rule_that_a_document_does_not_know_does_not_apply():
    with pytest.raises(ProfileError):
        in_force.case(over_collection.Case, SHANXI, date(2026, 1, 1), plan_fen=1, actual_fen=2)


def test_a_profile_value_that_does_not_fit_is_named():
    broken = with_value(JIANGSU, "province_share", 0, Decimal(2))
    with pytest.raises(ProfileError, match="province_share"):
        gap_result(broken, date(2026, 1, 1))


def test_every_assumed_value_that_a_case_rests_on_is_returned():
    region = general_gap.Region("a", 0, 100, 0)
    _, rests_on = in_force.case(general_gap.Case, JIANGSU, date(2026, 1, 1), opening_surplus_fen=0, regions=(region,))
    assert all(isinstance(value, ParameterValue) for value in rests_on)
    assert {value.name for value in rests_on if not value.assumed} == {"结余可动用比例"}


@pytest.mark.parametrize("scheme", [JIANGSU, SHANXI, JILIN, WORK_INJURY], ids=lambda scheme: scheme.code)
def test_the_assessment_of_every_scheme_adds_up_and_has_names(scheme):
    case, _ = in_force.case(assessment.Case, scheme, date(2026, 1, 1), values={})
    assert all(area.name and all(asdict(i)["name"] for i in area.indicators) for area in case.areas)
    assert len(case.areas) == (7 if scheme in (JIANGSU, JILIN) else 6)
    assert assessment.calculate(case).score_scaled is None


def test_a_good_score_is_praised_in_jiangsu_and_a_bad_one_answered_for():
    bands = JIANGSU.parameter("assessment_bands", date(2026, 1, 1)).value
    scores = ("90", "89.99", "69.99", "60", "59.99")
    words = [assessment.consequence(Decimal(score), bands) for score in scores]
    assert words == ["通报表扬", None, "约谈", "约谈", "问责"]
    assert assessment.consequence(None, bands) is None


def test_legacy_balances_are_due_in_one_day_in_shanxi_and_over_sixty_months_in_jiangsu():
    share = deadlines.legacy_share_due
    assert [share(SHANXI, date(2020, 1, day)) for day in (30, 31)] == [0, 1]
    assert share(JIANGSU, date(2020, 12, 31)) == 0
    assert [share(JIANGSU, date(2021, 1, day)) for day in (30, 31)] == [0, Fraction(1, 60)]
    assert [share(JIANGSU, date(2025, 12, day)) for day in (30, 31)] == [Fraction(59, 60), 1]
    assert share(JIANGSU, date(2026, 6, 1)) == 1


def test_premium_is_due_days_after_collection_or_after_the_month():
    assert deadlines.pooled_by(JIANGSU, date(2024, 2, 10)) == date(2024, 2, 15)
    assert deadlines.pooled_by(SHANXI, date(2024, 2, 10)) == date(2024, 3, 5)


def test_a_month_is_paid_disbursed_and_closed_on_its_days():
    found = {deadline.code: deadline.on for deadline in deadlines.of_month(SHANXI, date(2024, 12, 1))}
    assert found == {
        "disbursement_day": date(2024, 12, 10),
        "paying_day": date(2024, 12, 15),
        "closing_day": date(2025, 1, 8),
        "closing_grace_days": date(2025, 1, 11),
    }


def test_a_year_has_its_budget_rounds_quarters_and_settlements():
    found = [(deadline.code, deadline.on) for deadline in deadlines.of_year(JIANGSU, 2021)]
    assert ("budget_first_issue_by", date(2021, 10, 31)) in found
    assert ("budget_reply_by", date(2021, 11, 15)) in found
    assert found[-1] == ("quarterly_pooling_days", date(2022, 1, 15))
    assert ("management_gap_due", date(2021, 12, 31)) in found
    assert "management_gap_due" not in {deadline.code for deadline in deadlines.of_year(JIANGSU, 2020)}


def test_central_prepayments_are_quarterly_from_the_day_the_system_starts():
    def prepayments(year):
        found = deadlines.of_year(CENTRAL, year)
        return [deadline.on for deadline in found if deadline.code == "prepayments_per_year"]

    assert prepayments(2018) == [date(2018, 9, 30), date(2018, 12, 31)]
    assert prepayments(2021) == [date(2021, 3, 31), date(2021, 6, 30), date(2021, 9, 30), date(2021, 12, 31)]
