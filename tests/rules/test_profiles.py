"""The scheme profiles: every document, every article, every legal change."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from rules import assessment, central_adjustment, contribution, deadlines, general_gap, in_force, over_collection
from rules.errors import NotInForce, ProfileError
from rules.indicators import INDICATORS
from rules.scheme import ParameterValue, load_scheme, profile_codes, scheme_codes
from workflows.assessment.measures import AT_MONTH_END, by_hand

PROFILES = [load_scheme(code) for code in profile_codes()]
DOCUMENTS = {
    "central-adjustment": "国发〔2018〕18号",
    "jiangsu-pension": "苏政发〔2020〕45号",
    "jilin-pension": "吉政发〔2020〕2号政策解读",
    "jilin-work-injury": "吉政发〔2020〕20号",
    "shanxi-pension": "晋政发〔2019〕4号",
}
OF_THE_COUNTRY = "全国人大常委会关于实施渐进式延迟法定退休年龄的决定"
SUZHOU_PARK = "320576"
JIANGSU = load_scheme("jiangsu-pension")
SHANXI = load_scheme("shanxi-pension")
JILIN = load_scheme("jilin-pension")
WORK_INJURY = load_scheme("jilin-work-injury")
CENTRAL = load_scheme("central-adjustment")


@pytest.mark.parametrize("scheme", PROFILES, ids=lambda scheme: scheme.code)
def test_every_value_names_its_article_or_the_reason_why_it_is_assumed(scheme):
    for parameter in scheme.parameters.values():
        assert parameter.name and parameter.name_en and parameter.unit + parameter.code
        assert len({(value.starts_on, value.region) for value in parameter.values}) == len(parameter.values)
        for value in parameter.values:
            assert bool(value.reason) is value.assumed
            assert value.assumed or value.source.startswith((DOCUMENTS[scheme.code], OF_THE_COUNTRY))


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


def shared(scheme, **given):
    """A gap of 100 fen of one region under a scheme's parameters, without factors."""
    region = general_gap.Region("a", 0, 100, 0)
    case, rests_on = in_force.case(general_gap.Case, scheme, date(2026, 1, 1), regions=(region,), factors=(), **given)
    return general_gap.calculate(case), rests_on


def test_surplus_comes_first_in_jiangsu_a_part_in_jilin_and_not_in_shanxi():
    covered = [shared(scheme, opening_surplus_fen=1000)[0].covered_fen for scheme in (JIANGSU, JILIN, SHANXI)]
    assert covered == [100, 60, 0]


def test_shanxi_shares_between_three_levels():
    result, _ = shared(SHANXI, opening_surplus_fen=1000)
    assert (result.province_fen, result.regions[0].city_fen, result.regions[0].county_fen) == (50, 25, 25)


def test_a_rule_that_a_document_does_not_know_does_not_apply():
    with pytest.raises(ProfileError):
        in_force.case(over_collection.Case, SHANXI, date(2026, 1, 1), plan_fen=1, actual_fen=2)


def test_a_profile_value_that_does_not_fit_is_named():
    parameter = JIANGSU.parameters["province_share"]
    values = tuple(replace(value, value=Decimal(2)) for value in parameter.values)
    parameters = {**JIANGSU.parameters, "province_share": replace(parameter, values=values)}
    with pytest.raises(ProfileError, match="province_share"):
        shared(replace(JIANGSU, parameters=parameters), opening_surplus_fen=0)


def test_every_value_that_a_case_rests_on_is_returned():
    _, rests_on = shared(JIANGSU, opening_surplus_fen=0)
    assert all(isinstance(value, ParameterValue) for value in rests_on)
    assert {value.name for value in rests_on if not value.assumed} == {"结余可动用比例"}
    assert {value.name for value in rests_on if value.assumed} == {"省级分担比例", "因素倍数上下限", "结余保底额"}


@pytest.mark.parametrize("scheme", [JIANGSU, SHANXI, JILIN, WORK_INJURY], ids=lambda scheme: scheme.code)
def test_the_assessment_of_every_scheme_adds_up_and_has_names(scheme):
    case, _ = in_force.case(assessment.Case, scheme, date(2026, 1, 1), values={})
    assert all(area.name and all(i.name for i in area.indicators) for area in case.areas)
    assert len(case.areas) == (7 if scheme in (JIANGSU, JILIN) else 6)
    assert assessment.calculate(case).score_scaled is None


def assessed(scheme):
    case, _ = in_force.case(assessment.Case, scheme, date(2026, 1, 1), values={})
    return {one.code: one for area in case.areas for one in area.indicators}


# What nothing measures: judged or counted by people, from files that no table of the store holds.
BY_HAND = {
    "policy_breaches",
    "policy_review",
    "coverage_review",
    "fiscal_review",
    "benefit_errors",
    "service_review",
    "supervision_review",
    "wrong_approvals",
    "retirement_review",
    "safety_review",
    "prevention_plan",
    "prevention_incidents",
    "prevention_review",
    "recognitions_overturned",
    "recognition_review",
    "appraisals_revised",
    "appraisal_review",
}


@pytest.mark.parametrize("scheme", [JIANGSU, SHANXI, JILIN, WORK_INJURY], ids=lambda scheme: scheme.code)
def test_what_the_catalogue_measures_is_assessed_by_it_under_its_own_name(scheme):
    for code, one in assessed(scheme).items():
        counts = getattr(one, "counts", "")
        assert not counts or INDICATORS[counts].limits
        if code in INDICATORS:
            assert (one.name, one.name_en) == (INDICATORS[code].name, INDICATORS[code].name_en)
            assert INDICATORS[code].period == "month" or code in AT_MONTH_END
            assert "city" in INDICATORS[code].levels
            assert scheme.knows(INDICATORS[code].concept, date(2026, 1, 1)), "a concept of another province"
        elif not counts and not getattr(one, "share_of", ()):
            assert code in BY_HAND and by_hand(one)


@pytest.mark.parametrize("scheme", [JIANGSU, SHANXI, JILIN, WORK_INJURY], ids=lambda scheme: scheme.code)
def test_a_figure_at_its_red_limit_earns_no_point(scheme):
    for code, one in assessed(scheme).items():
        reds = [limits.at["red"] for limits in (INDICATORS[code].limits if code in INDICATORS else ())][:1]
        for red in reds:
            area = assessment.Area("a", Decimal(100), (replace(one, points=Decimal(100)),))
            result = assessment.calculate(assessment.Case((area,), {code: Decimal(red)}))
            assert result.score == 0, code


def test_spending_pooling_and_reconciliation_are_assessed_where_the_document_has_room_for_them():
    measured = {"pooling_rate", "reconciliation_difference", "gap_overdue", "income_deviation"}
    for scheme in (JIANGSU, SHANXI, JILIN, WORK_INJURY):
        assert measured <= set(assessed(scheme))
    for scheme in (JIANGSU, SHANXI, JILIN):
        assert {"expenditure_deviation", "unpaid_months", "open_violations_share"} <= set(assessed(scheme))
    # 吉政发〔2020〕20号 三（七） lists no area of payment; 附件3 三（二） is Jiangsu's alone.
    assert not {"expenditure_deviation", "unpaid_months"} & set(assessed(WORK_INJURY))
    having = [
        scheme.code for scheme in (JIANGSU, SHANXI, JILIN, WORK_INJURY) if "management_gap_share" in assessed(scheme)
    ]
    assert having == ["jiangsu-pension"]


def test_a_good_score_is_praised_in_jiangsu_and_a_bad_one_answered_for():
    bands: Any = JIANGSU.parameter("assessment_bands", date(2026, 1, 1)).value
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
        "request_day": date(2024, 12, 20),
        "closing_day": date(2025, 1, 8),
        "closing_grace_days": date(2025, 1, 11),
        "income_review_day": date(2025, 1, 15),
        "pooling_days": date(2025, 1, 5),
    }


def test_a_year_has_its_budget_rounds_quarters_and_settlements():
    found = [(deadline.code, deadline.on) for deadline in deadlines.of_year(JIANGSU, 2021)]
    assert ("budget_first_issue_by", date(2021, 10, 31)) in found
    assert ("budget_reply_by", date(2021, 11, 15)) in found
    assert found[-2:] == [("quarterly_pooling_days", date(2022, 1, 15)), ("quarterly_report_days", date(2022, 1, 25))]
    assert ("management_gap_due", date(2021, 12, 31)) in found
    assert "management_gap_due" not in {deadline.code for deadline in deadlines.of_year(JIANGSU, 2020)}


def test_central_prepayments_are_quarterly_from_the_day_the_system_starts():
    def prepayments(year):
        found = deadlines.of_year(CENTRAL, year)
        return [deadline.on for deadline in found if deadline.code == "prepayments_per_year"]

    assert prepayments(2018) == [date(2018, 9, 30), date(2018, 12, 31)]
    assert prepayments(2021) == [date(2021, 3, 31), date(2021, 6, 30), date(2021, 9, 30), date(2021, 12, 31)]
