"""一般性收支缺口 of a plan year: what the rule is fed with, from the plans handed down, and what it gives.

The gap is the difference of the whole province's planned income and expenditure (附件3 二（一）); surpluses of regions
are the province's to use. So the rule is asked twice: for the province as a whole, how much surplus covers and what
remains; then for the units that have a plan, how what remains is split among those in deficit. The second case starts
from what the first one draws, so that both leave the same remainder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from data_access.books.plans import Plans
from data_access.books.regions import OWN_LEVEL, RegionTree
from rules import general_gap
from rules.in_force import case
from rules.money import round_half_up
from rules.scheme import ParameterValue, Scheme

PENSION_ITEM = {"pension": "pension", "work_injury": "benefit"}
Factors = Mapping[str, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """One unit's plan in fen: 收入合计, 支出合计, of which premium and benefits; and its credit of last year.

    ``city`` is the city's own unit above a county, None where the unit is the city's own or has none above.
    """

    code: str
    income_fen: int
    expenditure_fen: int
    premium_fen: int = 0
    benefit_fen: int = 0
    credit_fen: int = 0
    city: str | None = None


@dataclass(frozen=True, slots=True)
class PlanYear:
    """A year's plan as the rule needs it.

    ``managed_fen`` is income less expenditure of what the province manages itself (subsidies, adjustment, investment,
    and 省本级),
    ``opening_fen`` the balance at the beginning of the year, ``factors`` the units' and under the root the province's.
    """

    root: str
    year: int
    on: date
    opening_fen: int
    managed_income_fen: int
    managed_expenditure_fen: int
    units: tuple[UnitPlan, ...]
    factors: Factors

    @property
    def income_fen(self) -> int:
        return self.managed_income_fen + sum(unit.income_fen for unit in self.units)

    @property
    def expenditure_fen(self) -> int:
        return self.managed_expenditure_fen + sum(unit.expenditure_fen for unit in self.units)

    @property
    def managed_fen(self) -> int:
        return self.managed_income_fen - self.managed_expenditure_fen

    @property
    def deficits(self) -> Mapping[str, int]:
        """仅赤字地区: what each unit in deficit lacks."""
        short = {unit.code: unit.expenditure_fen - unit.income_fen for unit in self.units}
        return {code: fen for code, fen in short.items() if fen > 0}

    @property
    def surplus_fen(self) -> int:
        """盈余地区合计."""
        return sum(max(0, unit.income_fen - unit.expenditure_fen) for unit in self.units)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a scenario 方案 sets otherwise; None or empty is as it is today. Percentages are of the plan."""

    province_share: Decimal | None = None
    surplus_share: Decimal | None = None
    reserve_floor_fen: int | None = None
    county_share: Decimal | None = None
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    clamp: tuple[Decimal, Decimal] | None = None
    collection: Mapping[str, Decimal] = field(default_factory=dict)  # region → change of its premium in %
    benefit_growth: Decimal | None = None  # of benefits in %, everywhere: 退休人员增长


@dataclass(frozen=True, slots=True)
class GeneralGap:
    """The general gap and who covers it: covered + province + local = gap.

    ``whole`` is the rule's case for the province, ``split`` that for the units (None without a gap), ``rests_on`` the
    parameters used; ``unweighted``: the units' factors are not at hand, so that the split is by their gaps alone.
    """

    plan: PlanYear
    whole: general_gap.Case
    split: general_gap.Case | None
    gap_fen: int
    pool_fen: int
    covered_fen: int
    province_fen: int
    local_fen: int
    shares: tuple[general_gap.RegionShare, ...]
    rests_on: tuple[ParameterValue, ...]
    unweighted: bool

    @property
    def owed(self) -> tuple[Share, ...]:
        """Who hands over what of the local part, by code; together ``local_fen``. Where the profile shares it between
        city and county, a county owes its own part and its city the rest; an urban area's is the city's alone."""
        units = {unit.code: unit for unit in self.plan.units}
        payable: dict[str, int] = {}
        for share in self.shares:
            of_city = city_part(units[share.code], share)
            payable[share.code] = payable.get(share.code, 0) + share.payable_fen - of_city
            if of_city:
                city = units[share.code].city or share.code
                payable[city] = payable.get(city, 0) + of_city
        used = {share.code: share.credit_used_fen for share in self.shares}
        return tuple(Share(code, fen, used.get(code, 0)) for code, fen in sorted(payable.items()))


@dataclass(frozen=True, slots=True)
class Share:
    """One region's local share of the general gap: what it pays, and the credit it used."""

    region: str
    payable_fen: int
    credit_used_fen: int


def city_part(unit: UnitPlan, share: general_gap.RegionShare) -> int:
    """What of a unit's share its city owes, in fen: all of it where the unit is the city's own; where the profile does not
    share it between city and county, nothing of a county's."""
    if share.city_fen is None or share.county_fen is None:
        return 0 if unit.city else share.payable_fen
    return share.city_fen if unit.city else share.payable_fen


def plan_year(
    plans: Plans, year: int, on: date, opening_fen: int, credits: Mapping[str, int], factors: Factors
) -> PlanYear | None:
    """The plan of a year as in force on a day; None where income or expenditure is not planned at all."""
    root = plans.tree.root
    income, expenditure = plans.total(root, "income", year, on), plans.total(root, "expenditure", year, on)
    if income is None or expenditure is None:
        return None
    benefit = PENSION_ITEM[plans.scheme.fund]
    units = tuple(
        UnitPlan(
            code,
            plans.total(code, "income", year, on) or 0,
            plans.total(code, "expenditure", year, on) or 0,
            plans.adjusted(code, "premium", year, on) or 0,
            plans.adjusted(code, benefit, year, on) or 0,
            credits.get(code, 0),
            _city_above(plans.tree, code),
        )
        for code in plans.units_of(root, year)
    )
    managed_income = income - sum(unit.income_fen for unit in units)
    managed_expenditure = expenditure - sum(unit.expenditure_fen for unit in units)
    return PlanYear(root, year, on, opening_fen, managed_income, managed_expenditure, units, factors)


def _city_above(tree: RegionTree, code: str) -> str | None:
    """The own unit of the city government above a county; None for that unit itself, or where there is no city above."""
    above = tree.parent(code)
    if above in (None, tree.root) or code == f"{above}{OWN_LEVEL}":
        return None
    own = f"{above}{OWN_LEVEL}"
    return own if own in tree else above


def share_out(plan: PlanYear, scheme: Scheme, changes: Changes | None = None) -> GeneralGap:
    """Who covers the general gap of a plan, by the parameters in force on its day or by those of a scenario.

    苏政发〔2020〕45号 附件3 二; 晋政发〔2019〕4号 二（三）; 吉政发〔2020〕2号政策解读 二（三）四是;
    吉政发〔2020〕20号 三（四）. Raises InputError for weights that do not sum to 1.
    """
    changes = changes or Changes()
    plan = _changed(plan, changes)
    whole, rests_on = case(
        general_gap.Case,
        scheme,
        plan.on,
        opening_surplus_fen=plan.opening_fen,
        county_share=None,
        factors=(),
        regions=(general_gap.Region(plan.root, plan.income_fen, plan.expenditure_fen),),
        **_whole_changes(changes),
    )
    found = general_gap.calculate(whole)
    if found.gap_fen == 0:
        return GeneralGap(plan, whole, None, 0, found.pool_fen, 0, 0, 0, (), rests_on, False)
    split, also, unweighted = _split_case(plan, scheme, whole, found.covered_fen, changes)
    shares = general_gap.calculate(split)
    known = {value.name for value in rests_on}
    rests_on = (*rests_on, *(value for value in also if value.name not in known))
    # The province's part takes in what only the items lack that it manages itself.
    province = found.gap_fen - found.covered_fen - shares.local_fen
    return GeneralGap(
        plan,
        whole,
        split,
        found.gap_fen,
        found.pool_fen,
        found.covered_fen,
        province,
        shares.local_fen,
        shares.regions,
        rests_on,
        unweighted,
    )


def _whole_changes(changes: Changes) -> dict[str, Any]:
    given = {
        "province_share": changes.province_share,
        "surplus_share": changes.surplus_share,
        "reserve_floor_fen": changes.reserve_floor_fen,
        "clamp": changes.clamp,
    }
    return {name: value for name, value in given.items() if value is not None}


def _split_case(
    plan: PlanYear, scheme: Scheme, whole: general_gap.Case, covered_fen: int, changes: Changes
) -> tuple[general_gap.Case, tuple[ParameterValue, ...], bool]:
    """The case of the units: surplus is what the province draws, and what it manages itself."""
    regions = tuple(
        general_gap.Region(unit.code, unit.income_fen, unit.expenditure_fen, unit.credit_fen) for unit in plan.units
    )
    given: dict[str, Any] = {
        "opening_surplus_fen": covered_fen + plan.managed_fen,
        "province_share": whole.province_share,
        "surplus_share": Decimal(1),
        "reserve_floor_fen": 0,
        "clamp": whole.clamp,
    }
    if changes.county_share is not None:
        given["county_share"] = changes.county_share
    weighed, used = _factors(scheme, plan.on, changes)
    names = [factor.name for factor in weighed]
    known = bool(names) and all(
        set(names) <= plan.factors.get(code, {}).keys() for code in (plan.root, *(unit.code for unit in plan.units))
    )
    if known:
        regions = tuple(replace(region, factors=_named(plan.factors[region.code], names)) for region in regions)
        given["reference"] = _named(plan.factors[plan.root], names)
    made, rests_on = case(general_gap.Case, scheme, plan.on, regions=regions, factors=weighed if known else (), **given)
    return made, (*rests_on, *used) if known else rests_on, bool(names) and not known


def _named(values: Mapping[str, Decimal], names: list[str]) -> dict[str, Decimal]:
    return {name: values[name] for name in names}


def _factors(
    scheme: Scheme, on: date, changes: Changes
) -> tuple[tuple[general_gap.Factor, ...], tuple[ParameterValue, ...]]:
    """The factors in force with a scenario's weights; none where the profile has none."""
    if "gap_factors" not in scheme.parameters:
        return (), ()
    probe, used = case(
        general_gap.Case,
        scheme,
        on,
        opening_surplus_fen=0,
        province_share=Decimal(0),
        regions=(),
        clamp=(1, 1),
        surplus_share=Decimal(0),
        reserve_floor_fen=0,
        county_share=None,
    )
    return tuple(
        replace(factor, weight=changes.weights.get(factor.name, factor.weight)) for factor in probe.factors
    ), used


def _changed(plan: PlanYear, changes: Changes) -> PlanYear:
    """The plan with a scenario's collection and benefit growth, each unit's change rounded to the fen."""
    growth = Fraction(changes.benefit_growth or 0) / 100
    if not changes.collection and not growth:
        return plan
    units = tuple(
        replace(
            unit,
            income_fen=unit.income_fen
            + round_half_up(unit.premium_fen * Fraction(changes.collection.get(unit.code, Decimal(0))) / 100),
            expenditure_fen=unit.expenditure_fen + round_half_up(unit.benefit_fen * growth),
        )
        for unit in plan.units
    )
    return replace(plan, units=units)
