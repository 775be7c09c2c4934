"""Contributors, retirees and money of a pension fund year by year, by age (分年龄队列测算)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Annotated, Literal

from rules.calculators.records import (
    Fen,
    Items,
    NonNegative,
    Ratio,
    Step,
    Within,
)
from rules.errors import refused
from rules.money import FEN_PER_YUAN, decimal_string, round_half_up, yuan_text
from rules.projection import fund_path
from rules.projection.fund_path import Exhausted, Rate
from rules.projection.statutory_age import Kind, delay_months, original_month

TITLE = "Cohort projection 分年龄队列测算"
ARTICLE = "吉政发〔2020〕20号 三（三）2, 三（四）; 苏政发〔2020〕45号 三（二）; 晋政发〔2019〕4号 二（五）; 决定（2024年9月13日）"
ASSUMED = (
    "every growth and rate of years to come; births spread evenly over a year; who enters does so at the end of a year,"
    " who retires in the middle; mortality of the table, the same for contributors and retirees; nobody who left returns"
)

MONTHS = 12
SHARES_WITHIN = Decimal("1e-9")
Growth = Annotated[Decimal, Within(minimum=-1, maximum=1)]
# One value for every year, or a list by year whose last goes on.
GrowthByYear = Growth | Annotated[tuple[Growth, ...], Items()]
RatioByYear = Ratio | Annotated[tuple[Ratio, ...], Items()]
FactorByYear = NonNegative | Annotated[tuple[NonNegative, ...], Items()]
RateByYear = Rate | Annotated[tuple[Rate, ...], Items()]
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
class Other:
    """Income or expenditure that does not follow from persons, in the base year."""

    code: str
    side: Literal["income", "expenditure"]
    amount_yuan: NonNegative
    growth: GrowthByYear


@dataclass(frozen=True, slots=True)
class Assumptions:
    """``collection``: premium that comes in, as a share of what is due; ``withdrawal``: contributors who leave in a year, as
    a share; ``mortality_improvement``: by how much mortality falls each year; ``mortality_scale``: factor on it."""

    wage_growth: GrowthByYear
    adjustment: GrowthByYear
    collection: RatioByYear
    entrants_growth: GrowthByYear
    interest: RateByYear
    retirement: Literal["statutory", "original"] = "statutory"
    mortality_improvement: Growth = Decimal(0)
    withdrawal: RatioByYear = Decimal(0)
    mortality_scale: FactorByYear = Decimal(1)


@dataclass(frozen=True, slots=True)
class Case:
    """``base_wage_yuan``: mean contribution base of a head and year, after its limits; ``mortality``: by sex and age, the
    last age is open."""

    base_year: Annotated[int, Within(minimum=1990, maximum=2100)]
    horizon: Annotated[int, Within(minimum=1, maximum=100)]
    opening_fen: Fen
    base_wage_yuan: NonNegative
    groups: Annotated[tuple[Group, ...], Items(unique="code")]
    mortality: Mapping[str, Mapping[str, Ratio]]
    assumptions: Assumptions
    others: Annotated[tuple[Other, ...], Items(minimum=0, unique="code")] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A year of persons and money, exact in no place: persons are expectations. ``entrants``, ``deaths`` (of contributors
    and of retirees) and ``withdrawals`` lead from the persons of one year's end to those of the next."""

    year: int
    contributors: float
    retirees: float
    new_retirees: float
    entrants: float
    deaths: float
    withdrawals: float
    premium_yuan: float
    pension_yuan: float
    income_yuan: float
    expenditure_yuan: float


@dataclass(frozen=True, slots=True)
class Year:
    """Persons at the year's end; money of the year; the balance and what follows from it as in ``fund_path``."""

    year: int
    contributors: float
    retirees: float
    new_retirees: float
    premium_yuan: float
    pension_yuan: float
    income_yuan: float
    expenditure_yuan: float
    closing_fen: int
    fund_ratio: Decimal | None
    months_payable: Decimal | None


@dataclass(frozen=True, slots=True)
class Result:
    """``balanced_scale``: the factor on every year's premium that ends the horizon with a balance of zero (平衡费率 over
    present rate); None without premium."""

    years: tuple[Year, ...]
    exhausted: Exhausted | None
    balanced_scale: float | None
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """Persons and money of each year of the horizon, under the case's assumptions. 吉政发〔2020〕20号 三（三）2, 三（四）.

    Persons and yuan are binary fractions; the balance from year to year is exact to the fen of the year's amounts. Raises
    InputError where ages, shares or mortality do not fit together.
    """
    flows = projected(case)
    path = fund_path.calculate(path_of(case, flows))
    years = tuple(
        Year(
            flow.year,
            flow.contributors,
            flow.retirees,
            flow.new_retirees,
            flow.premium_yuan,
            flow.pension_yuan,
            flow.income_yuan,
            flow.expenditure_yuan,
            end.closing_fen,
            end.fund_ratio,
            end.months_payable,
        )
        for flow, end in zip(flows, path.years, strict=True)
    )
    scale = balanced_scale(case, flows)
    steps = [step for flow in flows for step in (_told(flow), *(s for s in path.steps if s.code == str(flow.year)))]
    steps += [step for step in path.steps if step.code is None]
    if scale is not None:
        steps.append(Step(None, f"期末结余为零的平衡费率 = 现行费率 × {scale:.6f}"))
    return Result(years, path.exhausted, scale, tuple(steps))


def projected(case: Case) -> tuple[Flow, ...]:
    """Persons and money of each year, without the balance."""
    _check(case)
    cohorts = [_Cohort(group, case.mortality[group.sex]) for group in case.groups]
    wage = float(case.base_wage_yuan)
    others = [float(other.amount_yuan) for other in case.others]
    flows = []
    for number in range(case.horizon):
        year = _YearOf(case, number)
        wage *= 1 + year.wage_growth
        parts = [cohort.pass_year(year, wage) for cohort in cohorts]
        others = [
            amount * (1 + _of_year(other.growth, number)) for amount, other in zip(others, case.others, strict=True)
        ]
        premium, pension = sum(part.premium_yuan for part in parts), sum(part.pension_yuan for part in parts)
        given = {
            side: sum(amount for amount, other in zip(others, case.others, strict=True) if other.side == side)
            for side in ("income", "expenditure")
        }
        flows.append(
            Flow(
                year.year,
                sum(part.contributors for part in parts),
                sum(part.retirees for part in parts),
                sum(part.new_retirees for part in parts),
                sum(part.entrants for part in parts),
                sum(part.deaths for part in parts),
                sum(part.withdrawals for part in parts),
                premium,
                pension,
                premium + given["income"],
                pension + given["expenditure"],
            )
        )
    return tuple(flows)


def path_of(case: Case, flows: Sequence[Flow]) -> fund_path.Case:
    """What the balance is reckoned from: the amounts of each year to the fen."""
    rates = case.assumptions.interest
    return fund_path.Case(
        case.opening_fen,
        tuple(
            fund_path.YearIn(flow.year, _fen(flow.income_yuan), _fen(flow.expenditure_yuan), of_year(rates, number))
            for number, flow in enumerate(flows)
        ),
    )


def balanced_scale(case: Case, flows: Sequence[Flow]) -> float | None:
    """The factor on premium with which the present value of everything is zero at the year's own rates; what flows in a
    year does so at its middle."""
    premium, rest, worth = 0.0, case.opening_fen / FEN_PER_YUAN, 1.0
    for number, flow in enumerate(flows):
        rate = _of_year(case.assumptions.interest, number)
        middle = worth * (1 + rate / 2) / (1 + rate)
        premium += flow.premium_yuan * middle
        rest += (flow.income_yuan - flow.premium_yuan - flow.expenditure_yuan) * middle
        worth /= 1 + rate
    return -rest / premium if premium > 0 else None


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

    def _by_age(self, persons: Mapping[str, Decimal]) -> list[float]:
        return [float(persons.get(str(age), 0)) for age in range(self._last + 1)]

    def pass_year(self, year: _YearOf, wage: float) -> Flow:
        """One year: who dies, leaves, retires, enters; what is paid in and out. Income and expenditure are the group's own."""
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
            contributors[age] += self._entrants * share
            entered += self._entrants * share
        self._contributors, self._retirees = contributors, retirees
        left = sum(contributors)
        premium = (paying + left) / 2 * wage * self._rate * year.collection
        first, adjusted = self._replacement * wage, self._pension * (1 + year.adjustment)
        pensions = (drawing + survivors) / 2 * adjusted + new * first / 2
        self._pension = (survivors * adjusted + new * first) / (survivors + new) if survivors + new else adjusted
        return Flow(
            year.year, left, survivors + new, new, entered, deaths, withdrawals, premium, pensions, premium, pensions
        )


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


def of_year(value: Decimal | tuple[Decimal, ...], number: int) -> Decimal:
    """An assumption's value in the year of that number, from 0; the last given goes on."""
    return value[min(number, len(value) - 1)] if isinstance(value, tuple) else value


def _fen(yuan: float) -> int:
    return round_half_up(Fraction(yuan) * FEN_PER_YUAN)


def _told(flow: Flow) -> Step:
    persons = f"年末缴费{flow.contributors:,.0f}人、领取{flow.retirees:,.0f}人，当年新退休{flow.new_retirees:,.0f}人"
    money = f"缴费收入 {yuan_text(_fen(flow.premium_yuan))}，养老金支出 {yuan_text(_fen(flow.pension_yuan))}"
    return Step(str(flow.year), f"{persons}；{money}")


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
