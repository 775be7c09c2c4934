"""People 参保与待遇人群: contributors and retirees, what is due of wages, who retires early."""

from __future__ import annotations

from fractions import Fraction

from rules.department import Department
from rules.indicators.catalogue import _declare
from rules.indicators.declaration import (
    EVERYWHERE,
    NO_DENOMINATOR,
    NO_PLAN,
    NO_STATISTIC,
    NO_YEAR_AGO,
    PLANNED,
    PROVINCE,
    Input,
    Level,
    Number,
    four,
    ratio,
)

BELOW_PROVINCE: tuple[Level, ...] = ("city", "county", "district")


def growth(now: Number, before: Number) -> Number | str:
    """同比 in percent; no value without a positive base."""
    share = ratio(now, before, 100)
    return share if isinstance(share, str) else Fraction(share) - 100


def dependency_ratio(contributors: int, retirees: int) -> Number | str:
    return Fraction(contributors, retirees) if retirees > 0 else NO_DENOMINATOR


def contributor_growth(contributors: int, contributors_before: int) -> Number | str:
    return growth(contributors, contributors_before)


def enrolment_progress(
    participants: int, participants_before: int, participants_plan: int, schedule_share: Fraction
) -> Number | str:
    done = ratio(participants - participants_before, participants_plan - participants_before, 100)
    return done if isinstance(done, str) else Fraction(done) - Fraction(schedule_share) * 100


def pension_per_head_growth(
    pension_fen: int, retirees: int, pension_before_fen: int, retirees_before: int, province_growth: Fraction
) -> Number | str:
    if retirees <= 0 or retirees_before <= 0:
        return NO_DENOMINATOR
    own = growth(Fraction(pension_fen, retirees), Fraction(pension_before_fen, retirees_before))
    return own if isinstance(own, str) else Fraction(own) - Fraction(province_growth)


def early_retirement_share(early: int, newly: int) -> Number | str:
    return ratio(early, newly, 100)


def effective_rate(
    premium_due_fen: int, base_employer_fen: int, base_flexible_fen: int, rate_in_force: Fraction
) -> Number | str:
    rate = ratio(premium_due_fen, base_employer_fen + base_flexible_fen, 100)
    return rate if isinstance(rate, str) else Fraction(rate) - Fraction(rate_in_force) * 100


def rate_gap(average_rate: Fraction, break_even_rate: Fraction, **_: object) -> Number | str:
    return (Fraction(average_rate) - Fraction(break_even_rate)) * 100


_declare(
    dependency_ratio,
    name="抚养比",
    name_en="Contributors per retiree",
    unit="ratio",
    scale=2,
    worse="lower",
    formula="缴费人数÷离退休人数",
    formula_en="contributors ÷ retirees",
    period="month",
    side="policy",
    levels=EVERYWHERE,
    responsible=(Department.SOCIAL,),
    inputs=(
        Input("contributors", "缴费人数", "Contributors", "persons", NO_STATISTIC),
        Input("retirees", "离退休人数", "Retirees", "persons", NO_STATISTIC),
    ),
    limits=(four("lt", "2.5", "2.0", "1.6", "1.3"),),
    kind="watch",
)
_declare(
    contributor_growth,
    name="缴费人数同比",
    name_en="Growth of contributors",
    unit="percent",
    scale=2,
    worse="lower",
    formula="缴费人数÷上年同月－1",
    formula_en="contributors ÷ the same month a year ago − 1",
    period="month",
    side="policy",
    levels=EVERYWHERE,
    responsible=(Department.SOCIAL, Department.TAX),
    inputs=(
        Input("contributors", "缴费人数", "Contributors", "persons", NO_STATISTIC),
        Input("contributors_before", "上年同月缴费人数", "Contributors a year ago", "persons", NO_YEAR_AGO),
    ),
    limits=(four("lt", "-0.5", "-1", "-3", "-5"),),
    kind="watch",
)
_declare(
    enrolment_progress,
    name="参保扩面完成率差",
    name_en="Enrolment behind schedule",
    unit="points",
    scale=2,
    worse="lower",
    formula="本年净增参保人数÷计划净增－序时进度；计划净增＝年末计划参保人数－上年末参保人数",
    formula_en="net additions this year ÷ planned additions (planned year-end count − last year's end) − share elapsed",
    period="month",
    side="policy",
    levels=PLANNED,
    responsible=(Department.TAX, Department.SOCIAL),
    inputs=(
        Input("participants", "参保人数", "Participants", "persons", NO_STATISTIC),
        Input("participants_before", "上年末参保人数", "Participants at last year's end", "persons", NO_YEAR_AGO),
        Input("participants_plan", "本年末计划参保人数", "Participants planned for the year's end", "persons", NO_PLAN),
        Input("schedule_share", "序时进度", "Share of the year elapsed", "share"),
    ),
    limits=(four("lt", "-1", "-3", "-5", "-8"),),
)
_declare(
    pension_per_head_growth,
    name="人均养老金同比异常",
    name_en="Pension per head above the province's growth",
    unit="points",
    scale=2,
    worse="higher",
    formula="本地人均养老金同比－全省人均养老金同比",
    formula_en="growth of pension per head on the year before − the province's",
    period="month",
    side="policy",
    levels=BELOW_PROVINCE,
    responsible=(Department.SOCIAL,),
    inputs=(
        Input("pension_fen", "本月养老金支出", "Pensions this month", "fen"),
        Input("retirees", "离退休人数", "Retirees", "persons", NO_STATISTIC),
        Input("pension_before_fen", "上年同月养老金支出", "Pensions a year ago", "fen", NO_YEAR_AGO),
        Input("retirees_before", "上年同月离退休人数", "Retirees a year ago", "persons", NO_YEAR_AGO),
        Input("province_growth", "全省同比", "The province's growth", "percent", NO_YEAR_AGO),
    ),
    limits=(four("gt", "1", "2", "3", "5"),),
    kind="watch",
)
_declare(
    early_retirement_share,
    name="提前退休占比",
    name_en="Share of early retirements",
    unit="percent",
    scale=2,
    worse="higher",
    formula="最近12个月提前退休（特殊工种、病退）人数÷新增退休人数",
    formula_en="early retirements (special trades, disability) ÷ new retirees, last 12 months",
    period="month",
    side="supervision",
    levels=EVERYWHERE,
    responsible=(Department.SOCIAL,),
    inputs=(
        Input("early", "提前退休人数", "Early retirements", "persons", NO_STATISTIC),
        Input("newly", "新增退休人数", "New retirees", "persons", NO_STATISTIC),
    ),
    limits=(four("gt", "10", "15", "20", "30"),),
)
_declare(
    effective_rate,
    name="实际费率偏差",
    name_en="Effective rate below the rate in force",
    unit="points",
    scale=2,
    worse="lower",
    formula="本月应征保费÷缴费基数－Σ（执行费率×基数）÷Σ基数，单位职工与灵活就业分别计",
    formula_en="premium due ÷ wage bases − Σ(rate in force × base) ÷ Σ base, employees and flexible workers apart",
    period="month",
    side="policy",
    levels=EVERYWHERE,
    responsible=(Department.TAX, Department.SOCIAL),
    inputs=(
        Input("premium_due_fen", "本月应征保费", "Premium due this month", "fen", NO_STATISTIC),
        Input("base_employer_fen", "单位职工缴费基数", "Employees' wage base", "fen", NO_STATISTIC),
        Input("base_flexible_fen", "灵活就业缴费基数", "Flexible workers' base", "fen", NO_STATISTIC),
        Input("rate_in_force", "执行费率", "Rate in force", "share", NO_STATISTIC),
    ),
    limits=(four("lt", "-0.1", "-0.3", "-0.5", "-1.0"),),
)
_declare(
    rate_gap,
    name="费率差",
    name_en="Rate above break-even",
    unit="points",
    scale=2,
    worse="lower",
    formula="平均执行费率－以支定收费率（规则break_even_rate，按最近12个月）",
    formula_en="average rate in force − break-even rate (rule break_even_rate on the last 12 months)",
    period="month",
    side="policy",
    levels=PROVINCE,
    responsible=(Department.SOCIAL, Department.FISCAL),
    inputs=(
        Input("average_rate", "平均执行费率", "Average rate in force", "share", NO_STATISTIC),
        Input("break_even_rate", "以支定收费率", "Break-even rate", "share", NO_STATISTIC),
        # What rule break_even_rate took.
        Input("expected_expenditure_fen", "最近12个月支出", "Expenditure of the last 12 months", "fen", optional=True),
        Input("reserve_addition_fen", "增提储备金", "Addition to the reserve", "fen", optional=True),
        Input("other_income_fen", "最近12个月其他收入", "Other income of the last 12 months", "fen", optional=True),
        Input("wage_base_fen", "最近12个月缴费基数", "Wage base of the last 12 months", "fen", optional=True),
        Input("collection_rate", "征缴率", "Collection rate", "share", optional=True),
    ),
    limits=(four("lt", "-0.02", "-0.05", "-0.1", "-0.2"),),
)
