"""Contributors, retirees and money of a pension fund year by year, by age (分年龄队列测算)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Literal

from rules.calculators.records import Fen, FromProfile, Items, NonNegative, Ratio
from rules.errors import refused
from rules.money import decimal_string
from rules.projection.flows import (
    BaseYear,
    FactorByYear,
    Flow,
    Growth,
    GrowthByYear,
    Horizon,
    Other,
    RateByYear,
    RatioByYear,
    Result,
    grown,
    of_year,
    settled,
)
from rules.projection.statutory_age import Kind, delay_months, original_month

TITLE = "Cohort projection 分年龄队列测算"
ARTICLE = "吉政发〔2020〕20号 三（三）2, 三（四）; 苏政发〔2020〕45号 三（二）; 晋政发〔2019〕4号 二（五）; 决定（2024年9月13日）"
ASSUMED = (
    "every growth and rate of years to come; births spread evenly over a year; who enters does so at the end of a year,"
    " who retires in the middle; mortality of the table, the same for contributors and retirees; nobody who left returns"
)

MONTHS = 12
SHARES_WITHIN = Decimal("1e-9")
ByAge = Mapping[str, NonNegative]


@dataclass(frozen=True, slots=True)
class Group:
    """Insured persons of one sex and retirement age. ``contributors`` and ``retirees`` by age at the end of the base year;
    ``rate`` of premium on the base; ``replacement``: first pension as a share of the base; ``pension_yuan``: mean pension
    of a year; ``entrants`` of a year, by the shares of ``entry_ages``."""

    code: str
    kind: Kind
    sex: str
    rate: Ratio
    replacement: NonNegative
    contributors: ByAge
    retirees: ByAge
    pension_yuan: NonNegative
    entrants: NonNegative
    entry_ages: Mapping[str, Ratio]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """``collection``: premium that comes in, as a share of what is due; ``withdrawal``: contributors who leave in a year, as
    a share; ``mortality_improvement``: by how much mortality falls each year; ``mortality_scale``, ``entrants_scale``: factors
    on it and on those who enter, of each year alone."""

    wage_growth: Annotated[GrowthByYear, FromProfile("outlook_wage_growth")]
    adjustment: Annotated[GrowthByYear, FromProfile("outlook_adjustment")]
    collection: RatioByYear
    entrants_growth: Annotated[GrowthByYear, FromProfile("outlook_entrants_growth")]
    interest: Annotated[RateByYear, FromProfile("outlook_interest")]
    retirement: Annotated[Literal["statutory", "original"], FromProfile("outlook_retirement")] = "statutory"
    mortality_improvement: Annotated[Growth, FromProfile("outlook_mortality_improvement")] = Decimal(0)
    withdrawal: Annotated[RatioByYear, FromProfile("outlook_withdrawal")] = Decimal(0)
    mortality_scale: FactorByYear = Decimal(1)
    entrants_scale: FactorByYear = Decimal(1)


@dataclass(frozen=True, slots=True)
class Case:
    """``base_wage_yuan``: mean contribution base of a head and year, after its limits; ``mortality``: by sex and age, the
    last age is open."""

    base_year: BaseYear
    horizon: Horizon
    opening_fen: Fen
    base_wage_yuan: NonNegative
    groups: Annotated[tuple[Group, ...], Items(unique="code")]
    mortality: Mapping[str, Mapping[str, Ratio]]
    assumptions: Assumptions
    others: Annotated[tuple[Other, ...], Items(minimum=0, unique="code")] = ()


def calculate(case: Case) -> Result:
    """Persons and money of each year of the horizon, under the case's assumptions. 吉政发〔2020〕20号 三（三）2, 三（四）.

    Persons and yuan are binary fractions; the balance from year to year is exact to the fen of the year's amounts. Raises
    InputError where ages, shares or mortality do not fit together.
    """
    return settled(case, projected(case))


def projected(case: Case) -> tuple[Flow, ...]:
    """Persons and money of each year, without the balance."""
    _check(case)
    cohorts = [_Cohort(group, case.mortality[group.sex]) for group in case.groups]
    wage = float(case.base_wage_yuan)
    flows = []
    for number, (income, expenditure) in enumerate(grown(case.others, case.horizon)):
        year = _YearOf(case, number)
        wage *= 1 + year.wage_growth
        parts = [cohort.pass_year(year, wage) for cohort in cohorts]
        premium, pension = sum(part.premium for part in parts), sum(part.pension for part in parts)
        flows.append(
            Flow(
                year.year,
                sum(part.contributors for part in parts),
                sum(part.retirees for part in parts),
                sum(part.new_retirees for part in parts),
                premium,
                pension,
                premium + income,
                pension + expenditure,
                sum(part.entrants for part in parts),
                sum(part.deaths for part in parts),
                sum(part.withdrawals for part in parts),
            )
        )
    return tuple(flows)


Ages = tuple[float, ...]


def carried(case: Case) -> Mapping[str, tuple[Ages, Ages]]:
    """Contributors and retirees by age from 0 at the end of the horizon, by group: persons alone."""
    _check(case)
    cohorts = {group.code: _Cohort(group, case.mortality[group.sex]) for group in case.groups}
    for number in range(case.horizon):
        year = _YearOf(case, number)
        for cohort in cohorts.values():
            cohort.pass_year(year, 0.0)
    return {code: cohort.by_age for code, cohort in cohorts.items()}


@dataclass(frozen=True, slots=True)
class _Passed:
    """What a year did to one group: persons at its end, persons who came and went, money in yuan."""

    contributors: float
    retirees: float
    new_retirees: float
    entrants: float
    deaths: float
    withdrawals: float
    premium: float
    pension: float


class _YearOf:
    """The assumptions of one year."""

    def __init__(self, case: Case, number: int) -> None:
        given = case.assumptions
        self.year = case.base_year + 1 + number
        self.statutory = given.retirement == "statutory"
        self.wage_growth = _of_year(given.wage_growth, number)
        self.adjustment = _of_year(given.adjustment, number)
        self.collection = _of_year(given.collection, number)
        self.entrants_growth = _of_year(given.entrants_growth, number)
        self.entrants_scale = _of_year(given.entrants_scale, number)
        self.withdrawal = _of_year(given.withdrawal, number)
        improved = (1 - float(given.mortality_improvement)) ** (number + 1)
        self.mortality = improved * _of_year(given.mortality_scale, number)


class _Cohort:
    """A group as it ages. Persons stand in lists by age, up to the last, which is open."""

    def __init__(self, group: Group, mortality: Mapping[str, Decimal]) -> None:
        self._kind = group.kind
        self._last = max(map(int, mortality))
        self._mortality = [float(mortality.get(str(age), 0)) for age in range(self._last + 1)]
        self._contributors = self._by_age(group.contributors)
        self._retirees = self._by_age(group.retirees)
        self._entry = [(int(age), float(share)) for age, share in group.entry_ages.items()]
        self._entrants, self._pension = float(group.entrants), float(group.pension_yuan)
        self._rate, self._replacement = float(group.rate), float(group.replacement)

    @property
    def by_age(self) -> tuple[Ages, Ages]:
        """Contributors and retirees."""
        return tuple(self._contributors), tuple(self._retirees)

    def _by_age(self, persons: Mapping[str, Decimal]) -> list[float]:
        return [float(persons.get(str(age), 0)) for age in range(self._last + 1)]

    def pass_year(self, year: _YearOf, wage: float) -> _Passed:
        """One year: who dies, leaves, retires, enters; what is paid in and out."""
        paying, drawing = sum(self._contributors), sum(self._retirees)
        contributors, retired = [0.0] * (self._last + 1), [0.0] * (self._last + 1)
        deaths = withdrawals = 0.0
        for age, persons in enumerate(self._contributors):
            if persons:
                alive = persons * (1 - min(1.0, self._mortality[age] * year.mortality))
                stay = alive * (1 - year.withdrawal)
                retire = stay * retiring_share(self._kind, year.year - age - 1, year.year, year.statutory)
                older = min(age + 1, self._last)
                contributors[older] += stay - retire
                retired[older] += retire
                deaths, withdrawals = deaths + persons - alive, withdrawals + alive - stay
        new, survivors, retirees = sum(retired), 0.0, retired
        for age, persons in enumerate(self._retirees):
            alive = persons * (1 - min(1.0, self._mortality[age] * year.mortality))
            retirees[min(age + 1, self._last)] += alive
            survivors += alive
        deaths += drawing - survivors
        self._entrants *= 1 + year.entrants_growth
        entered = 0.0
        for age, share in self._entry:
            contributors[age] += self._entrants * year.entrants_scale * share
            entered += self._entrants * year.entrants_scale * share
        self._contributors, self._retirees = contributors, retirees
        left = sum(contributors)
        premium = (paying + left) / 2 * wage * self._rate * year.collection
        first, adjusted = self._replacement * wage, self._pension * (1 + year.adjustment)
        pensions = (drawing + survivors) / 2 * adjusted + new * first / 2
        self._pension = (survivors * adjusted + new * first) / (survivors + new) if survivors + new else adjusted
        return _Passed(left, survivors + new, new, entered, deaths, withdrawals, premium, pensions)


@cache
def retiring_share(kind: Kind, birth_year: int, year: int, statutory: bool) -> float:
    """Of those born in a year who have not retired before ``year``, the share that does so in it; births spread evenly over
    the months. All, where the age of each is past. 决定（2024年9月13日）二."""
    originals = [original_month(kind, birth_year * MONTHS + month) for month in range(MONTHS)]
    years = [(due + (delay_months(kind, due) if statutory else 0)) // MONTHS for due in originals]
    left = sum(due >= year for due in years)
    return years.count(year) / left if left else 1.0


def _of_year(value: Decimal | tuple[Decimal, ...], number: int) -> float:
    return float(of_year(value, number))


def _check(case: Case) -> None:
    """Refuses ages without mortality, entry shares that are not one whole, and a group of an unknown sex."""
    for number, group in enumerate(case.groups):
        path = f"groups[{number}]"
        if group.sex not in case.mortality:
            raise refused(f"{path}.sex", group.sex, f"one of {', '.join(case.mortality)}")
        known = case.mortality[group.sex]
        for name in ("contributors", "retirees", "entry_ages"):
            for age in getattr(group, name):
                if age not in known:
                    raise refused(f"{path}.{name}", f"age {age}", f"an age of mortality.{group.sex}")
        whole = sum(group.entry_ages.values(), Decimal(0))
        if group.entrants and abs(whole - 1) > SHARES_WITHIN:
            raise refused(f"{path}.entry_ages", f"shares of {decimal_string(whole, 6)}", "shares that add up to 1")
    for sex, known in case.mortality.items():
        _check_ages(f"mortality.{sex}", known)


def _check_ages(path: str, known: Mapping[str, Decimal]) -> None:
    if not all(age.isascii() and age.isdigit() and str(int(age)) == age for age in known):
        raise refused(path, "an age that is no whole number", "ages such as 20")
    ages = sorted(map(int, known))
    if ages != list(range(ages[0], ages[-1] + 1)) if ages else True:
        raise refused(path, "ages with gaps", "every age from the first to the last")
