"""General gap (一般性收支缺口): planned expenditure above planned income, and who covers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from rules.calculators.reading import joined
from rules.calculators.records import Amount, Fen, FromProfile, Items, NonNegative, Positive, ProfileOnly, Ratio, Step
from rules.errors import refused
from rules.money import product, round_half_up, rounded, split_largest_remainder, yuan_text

TITLE = "General gap 一般性收支缺口"
ARTICLE = (
    "苏政发〔2020〕45号 附件3 二; 晋政发〔2019〕4号 二（三）; "
    "吉政发〔2020〕2号政策解读 二（三）四是; 吉政发〔2020〕20号 三（四）"
)
ASSUMED = "the shares of province and county, factor weights, clamp; what credits relieve falls to the province"

CLAMP = (Decimal("0.5"), Decimal(2))


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the local split. ``burden``: a higher value means a lower share (reference ÷ value).

    ``label`` is the profile's word for it, for a page.
    """

    name: str
    weight: Ratio
    burden: bool
    label: Annotated[str, ProfileOnly] = ""


@dataclass(frozen=True, slots=True)
class Region:
    """One region's plan handed down for the year, the credit it brings along, and its factor values."""

    code: str
    income_plan_fen: Amount
    expenditure_plan_fen: Amount
    credit_fen: Amount = 0
    factors: Mapping[str, NonNegative] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """``surplus_share``: how much of the gap surplus may cover; ``reference``: the province's factor values."""

    opening_surplus_fen: Fen
    province_share: Annotated[Ratio, FromProfile("province_share")]
    regions: Annotated[tuple[Region, ...], Items(unique="code")]
    reserve_floor_fen: Annotated[Amount, FromProfile("reserve_floor_fen")] = 0
    surplus_share: Annotated[Ratio, FromProfile("surplus_share")] = Decimal(1)
    county_share: Annotated[Ratio, FromProfile("county_share", optional=True)] | None = None
    clamp: Annotated[tuple[Positive, Positive], FromProfile("factor_clamp")] = CLAMP
    factors: Annotated[tuple[Factor, ...], Items(minimum=0, unique="name"), FromProfile("gap_factors")] = ()
    reference: Mapping[str, NonNegative] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegionShare:
    """One region's gap, what is covered from surplus, and its local share before and after credit."""

    code: str
    gap_fen: Amount
    covered_fen: Amount
    multiplier: Decimal
    local_fen: Amount
    credit_used_fen: Amount
    payable_fen: Amount
    city_fen: Amount | None = None
    county_fen: Amount | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """covered + province + local = gap, always."""

    gap_fen: Amount
    pool_fen: Amount
    covered_fen: Amount
    province_fen: Amount
    local_fen: Amount
    regions: tuple[RegionShare, ...]
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """The province's gap, what surplus covers, and the shares of province and localities, in input order.

    苏政发〔2020〕45号 附件3 二 (surplus first); 晋政发〔2019〕4号 二（三） (three levels at once);
    吉政发〔2020〕2号政策解读 二（三）四是 and 吉政发〔2020〕20号 三（四） (a proportion).
    ``province_fen`` includes what credits relieve.
    """
    multipliers = _multipliers(case)
    gaps = {r.code: max(0, r.expenditure_plan_fen - r.income_plan_fen) for r in case.regions}
    gap = sum(gaps.values())
    surplus = sum(max(0, r.income_plan_fen - r.expenditure_plan_fen) for r in case.regions)
    pool = max(0, case.opening_surplus_fen - case.reserve_floor_fen + surplus)
    covered = min(gap, pool, round_half_up(product(gap, case.surplus_share)))
    covered_by_region = split_largest_remainder(covered, gaps)
    remaining = gap - covered
    province = round_half_up(product(remaining, case.province_share))
    locals_ = split_largest_remainder(remaining - province, {code: gaps[code] * multipliers[code] for code in gaps})
    shares = tuple(
        _share(region, gaps, covered_by_region, multipliers, locals_, case.county_share) for region in case.regions
    )
    relieved = sum(share.credit_used_fen for share in shares)
    local = sum(share.payable_fen for share in shares)
    head = (
        Step(None, f"各地缺口合计 {yuan_text(gap)}；可动用结余 {yuan_text(pool)}"),
        Step(None, f"缺口 {yuan_text(gap)} − 动用结余 {yuan_text(covered)} = {yuan_text(remaining)}"),
        Step(None, f"{yuan_text(remaining)} × 省级分担比例 {case.province_share} = 省级 {yuan_text(province)}"),
        Step(None, f"省级 {yuan_text(province)} + 冲减转由省级承担 {yuan_text(relieved)}；地方 {yuan_text(local)}"),
    )
    steps = (_step(region, share) for region, share in zip(case.regions, shares, strict=True))
    return Result(gap, pool, covered, province + relieved, local, shares, (*head, *steps))


def _share(
    region: Region,
    gaps: dict[str, int],
    covered: dict[str, int],
    multipliers: dict[str, Fraction],
    locals_: dict[str, int],
    county_share: Decimal | None,
) -> RegionShare:
    local = locals_[region.code]
    used = min(region.credit_fen, local)
    payable = local - used
    county = None if county_share is None else round_half_up(product(payable, county_share))
    return RegionShare(
        code=region.code,
        gap_fen=gaps[region.code],
        covered_fen=covered[region.code],
        multiplier=rounded(multipliers[region.code], 6),
        local_fen=local,
        credit_used_fen=used,
        payable_fen=payable,
        city_fen=None if county is None else payable - county,
        county_fen=county,
    )


def _multipliers(case: Case) -> dict[str, Fraction]:
    """Each region's weight multiplier from its factors; 1 where there are none."""
    low, high = case.clamp
    if low > high:
        raise refused("clamp[0]", low, f"at most {high}")
    names = [factor.name for factor in case.factors]
    weights = sum((Fraction(factor.weight) for factor in case.factors), Fraction(0))
    if names and weights != 1:
        raise refused("factors", "weights of another sum", "weights that sum to exactly 1")
    _refuse_other_names(case.reference, names, "reference")
    for index, region in enumerate(case.regions):
        _refuse_other_names(region.factors, names, f"regions[{index}].factors")
    return {
        region.code: _multiplier(case, region, f"regions[{index}].factors") if names else Fraction(1)
        for index, region in enumerate(case.regions)
    }


def _multiplier(case: Case, region: Region, path: str) -> Fraction:
    low, high = (Fraction(limit) for limit in case.clamp)
    total = Fraction(0)
    for factor in case.factors:
        value, reference = Fraction(region.factors[factor.name]), Fraction(case.reference[factor.name])
        divisor, where = (value, path) if factor.burden else (reference, "reference")
        if divisor == 0:
            raise refused(joined(where, factor.name), "0", "a number above 0, as it divides")
        ratio = reference / value if factor.burden else value / reference
        total += Fraction(factor.weight) * min(max(ratio, low), high)
    return total


def _refuse_other_names(values: Mapping[str, Decimal], names: list[str], path: str) -> None:
    for name in values:
        if name not in names:
            raise refused(joined(path, name), "an unknown factor", "a factor of the list")
    for name in names:
        if name not in values:
            raise refused(joined(path, name), "nothing", "a number or decimal string at least 0")


def _step(region: Region, share: RegionShare) -> Step:
    text = (
        f"计划收入 {yuan_text(region.income_plan_fen)} − 计划支出 {yuan_text(region.expenditure_plan_fen)}"
        f" = {yuan_text(region.income_plan_fen - region.expenditure_plan_fen)}，缺口 {yuan_text(share.gap_fen)}；"
        f"动用结余 {yuan_text(share.covered_fen)}；系数 {share.multiplier}，地方分担 {yuan_text(share.local_fen)}"
        f" − 超收冲减 {yuan_text(share.credit_used_fen)} = 应上解 {yuan_text(share.payable_fen)}"
    )
    if share.city_fen is not None and share.county_fen is not None:
        text += f"（市级 {yuan_text(share.city_fen)}，县级 {yuan_text(share.county_fen)}）"
    return Step(region.code, text)
