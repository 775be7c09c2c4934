"""Long-run projection 中长期测算: how long the money lasts under the mid variant, what rate would make it last."""

from __future__ import annotations

from fractions import Fraction

from rules.department import Department
from rules.indicators.catalogue import _declare
from rules.indicators.declaration import (
    LASTS,
    NO_DENOMINATOR,
    NO_PROJECTION,
    PROVINCE,
    Input,
    Number,
    four,
)

MONTHS = 12


def exhaustion_years(horizon_years: int, months_left: int) -> Number | str:
    return min(Fraction(months_left, MONTHS), Fraction(horizon_years))


def balanced_rate_gap(balanced_scale: Fraction, rate: Fraction) -> Number | str:
    return (Fraction(balanced_scale) - 1) * Fraction(rate) * 100 if rate > 0 else NO_DENOMINATOR


_declare(
    exhaustion_years,
    name="基金可支撑年数",
    name_en="Years the fund lasts",
    unit="years",
    scale=1,
    worse="lower",
    formula="按中方案，上年末到累计结余用尽的月数÷12（规则cohort_projection，无分年龄结构时totals_projection）；测算期内不用尽的没有值",
    formula_en="months from last year's end to the balance's end under the mid variant ÷ 12 (rule cohort_projection, "
    "totals_projection where nothing is known by age); no value where it lasts beyond the horizon",
    period="month",
    side="supervision",
    levels=PROVINCE,
    responsible=(Department.FISCAL, Department.SOCIAL),
    inputs=(
        Input("horizon_years", "测算年数", "Years projected", "years", NO_PROJECTION),
        Input("months_left", "用尽前的月数", "Months until it is used up", "months", LASTS),
    ),
    limits=(four("lt", "15", "10", "5", "3"),),
    kind="watch",
)
_declare(
    balanced_rate_gap,
    name="平衡费率与现行费率差",
    name_en="Balanced rate above the present one",
    unit="points",
    scale=2,
    worse="higher",
    formula="现行费率×（平衡倍数－1）；平衡倍数使测算期末结余为零（规则cohort_projection、totals_projection）",
    formula_en="present rate × (balanced scale − 1); the balanced scale ends the projection with a balance of zero "
    "(rules cohort_projection, totals_projection)",
    period="month",
    side="supervision",
    levels=PROVINCE,
    responsible=(Department.FISCAL, Department.SOCIAL),
    inputs=(
        Input("balanced_scale", "平衡倍数", "Balanced scale", "share", NO_PROJECTION),
        Input("rate", "现行费率", "Present rate", "share", NO_PROJECTION),
    ),
    limits=(four("gt", "1", "2", "4", "8"),),
    kind="watch",
)
