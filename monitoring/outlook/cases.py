"""The case of a projection from the books at a year's end: by age where there is a structure, else of totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from statistics import median
from typing import Any, Literal

from sqlalchemy import Connection

from data_access.books.outlook.population import GroupByAge, MortalityTable, load_mortality, load_structures
from data_access.books.statistics import Statistics, load_statistics
from monitoring.scheme_books import SchemeBooks
from rules import in_force
from rules.money import FEN_PER_YUAN, rounded
from rules.month import Month
from rules.projection import cohort_projection, totals_projection
from rules.projection.assumptions import ASSUMPTIONS
from rules.projection.cohort_projection import Group
from rules.projection.flows import Other
from rules.projection.groups import GROUPS, InsuredGroup
from rules.scheme import ParameterValue
from workflows.outlook.assumptions import growth_of

HORIZON = {"pension": 30, "work_injury": 10}
MEASURED_YEARS = 3  # collection and growth are measured over so many closed years
MONTHS = 12
# What follows from persons, and what from the balance; all other items are carried on by growth.
PREMIUM = ("premium", "lump_premium")
BENEFIT = {"pension": ("pension",), "work_injury": ("benefit",)}
RETURNS = ("interest", "investment")
DRAWING = {"pension": "retirees", "work_injury": "pension_due_persons"}
BASES = ("wage_base_employer", "wage_base_flexible")
EMPLOYED, FLEXIBLE = ("employer_rate", "employee_rate"), ("flexible_rate",)
ORIGINAL_AGE = {"male60": 60, "female55": 55, "female50": 50}
# New pensions are those of who retired lately: from a year before the original age to three after it.
RECENT = range(-1, 4)
BEYOND = "premium_beyond"  # premium that is no item of its own among the others
NEWCOMERS = 10  # who enters where it is not known: the youngest so many ages
Structure = Mapping[str, GroupByAge]


@dataclass(frozen=True, slots=True)
class Measured:
    """A value found in the books, and the first and last year it is of."""

    value: Decimal
    first: int
    last: int


class YearEnd:
    """A scheme's books at the end of a closed year ``year``, with the assumptions in force on a day."""

    def __init__(self, connection: Connection, books: SchemeBooks, year: int, on: date) -> None:
        self._connection, self.year, self.on = connection, year, on
        self.scheme, self.facts = books.scheme, books.facts
        self.measured: dict[str, Measured] = {}
        self.entrants_of: int | None = None

    # --- what the books hold

    def amount(self, year: int, items: Sequence[str]) -> int | None:
        """The year's sum of items, fen; None where the ledger does not hold the whole year."""
        first, last = Month.at(year, 1), Month.at(year, MONTHS)
        if not self.facts.months or first < self.facts.months[0] or last > self.facts.months[-1]:
            return None
        known = [item for item in items if any(one.code == item for one in self.scheme.items)]
        months = self.facts.items(self.scheme.province, known)
        return int(months[self.facts.index(first) : self.facts.index(last) + 1].sum())

    @cached_property
    def opening_fen(self) -> int:
        return int(self.facts.result_balance(self.scheme.province)[self.facts.index(Month.at(self.year, MONTHS))])

    @cached_property
    def structures(self) -> Mapping[int, Structure]:
        years = range(self.year - MEASURED_YEARS, self.year + 1)
        return load_structures(self._connection, self.scheme.code, years)

    @cached_property
    def mortality(self) -> MortalityTable | None:
        return load_mortality(self._connection)

    @cached_property
    def statistics(self) -> Statistics:
        measures = ("contributors", DRAWING[self.scheme.fund], "premium_due", *BASES)
        since = Month.at(self.year - MEASURED_YEARS, 1)
        return load_statistics(self._connection, self.scheme.code, self.facts.tree, since=since, measures=measures)

    def beyond_reported(self) -> dict[str, int]:
        """By how many persons the structure's contributors and retirees are more than the statistics report of the same
        December, by measure; without what was not reported."""
        structure, month = self.structures.get(self.year, {}), Month.at(self.year, MONTHS)
        measures = {
            "contributors": sum(group.paying for group in structure.values()),
            "retirees": sum(group.drawing for group in structure.values()),
        }
        reported = load_statistics(
            self._connection, self.scheme.code, self.facts.tree, since=month, measures=tuple(measures)
        )
        found = {measure: reported.value(self.scheme.province, month, measure) for measure in measures}
        return {measure: measures[measure] - int(heads) for measure, heads in found.items() if heads is not None}

    def parameter(self, code: str) -> ParameterValue:
        return self.scheme.parameter(code, self.on)

    def others(self) -> tuple[Other, ...]:
        """Income and expenditure of the year that follow from no person. What was negative stands on the other side."""
        apart, found = (*PREMIUM, *BENEFIT[self.scheme.fund], *RETURNS), []
        for item in self.scheme.items:
            fen = None if item.parent or item.code in apart else self.amount(self.year, [item.code])
            if fen:
                income = (item.side == "income") == (fen > 0)
                side: Literal["income", "expenditure"] = "income" if income else "expenditure"
                found.append(Other(item.code, side, _yuan(abs(fen)), self._growth_by_year(growth_of(item.code))))
        return tuple(found)

    @property
    def _measured_years(self) -> range:
        return range(self.year - MEASURED_YEARS + 1, self.year + 1)

    def _collected(self, due: Mapping[int, Fraction]) -> dict[int, Fraction]:
        premium = {year: self.amount(year, PREMIUM) or 0 for year in due}
        return {year: premium[year] / due[year] for year in due if premium[year] > 0}

    def _collection(self, due: Mapping[int, Fraction]) -> Measured | None:
        """征缴率: the middle of the last years' premium over what was due, never above 1; None without any."""
        found = self._collected(due)
        if not found:
            return None
        return Measured(rounded(min(Fraction(1), median(found.values())), 4), min(found), max(found))

    def _beyond(self, due: Mapping[int, Fraction]) -> tuple[Other, ...]:
        """Premium beyond what was due (arrears, paid back, prepaid), where more came in than was due."""
        found = self._collected(due)
        beyond = (median(found.values()) - 1) * due[self.year] if found and self.year in due else Fraction(0)
        if beyond <= 0:
            return ()
        return (Other(BEYOND, "income", _yuan(round(beyond)), self._growth_by_year(growth_of(BEYOND))),)

    def _growth_by_year(self, code: str) -> tuple[Decimal, ...]:
        given = self.parameter(ASSUMPTIONS[code].parameter).value
        assert isinstance(given, list | tuple), f"{code} is given by year"
        return tuple(map(Decimal, given))

    # --- by age

    def by_age(self) -> cohort_projection.Case | None:
        """The projection by age; None without a structure of the year's end, or a mortality table for its sexes. Raises
        MortalityIncomplete where that lacks ages."""
        structure, mortality = self.structures.get(self.year), self.mortality
        if structure is None or mortality is None or any(GROUPS[code].sex not in mortality.q for code in structure):
            return None
        for code, persons in structure.items():
            mortality.demand(GROUPS[code].sex, {*persons.contributors, *persons.retirees})
        due = {year: due for year in self._measured_years if (due := self._due_by_age(year))}
        collection = self._collection(due)
        if collection is None:
            return None
        self.measured = {"collection": collection}
        known: dict[str, Any] = {"collection": collection.value}
        if not self._in_force("outlook_retirement"):
            known["retirement"] = "original"
        assumptions, _rests_on = in_force.case(cohort_projection.Assumptions, self.scheme, self.on, **known)
        wage = _mean_base(structure) * MONTHS
        case = cohort_projection.Case(
            base_year=self.year,
            horizon=HORIZON[self.scheme.fund],
            opening_fen=self.opening_fen,
            base_wage_yuan=rounded(wage, 2),
            groups=tuple(self._group(GROUPS[code], group, wage) for code, group in structure.items()),
            mortality={sex: {str(age): q for age, q in ages.items()} for sex, ages in mortality.q.items()},
            assumptions=assumptions,
            others=(*self.others(), *self._beyond(due)),
        )
        return self._with_entrants(case)

    def _in_force(self, code: str) -> bool:
        values = self.scheme.parameters[code].values if code in self.scheme.parameters else ()
        return any(value.starts_on <= self.on for value in values)

    def _rate(self, group: InsuredGroup, on: date | None = None) -> Fraction:
        """What is due of the base, employer and employee together, on a day (None: on that of the assumptions)."""
        codes = FLEXIBLE if group.flexible else EMPLOYED
        return sum((Fraction(str(self.scheme.parameter(code, on or self.on).value)) for code in codes), Fraction(0))

    def _group(self, group: InsuredGroup, persons: GroupByAge, wage: Fraction) -> Group:
        """A group as the rule takes it. There is one wage for all: a group's lower base lowers its rate and raises nothing."""
        base = persons.base_yuan
        recent = [ORIGINAL_AGE[group.kind] + age for age in RECENT]
        first = persons.pension_yuan(recent) or persons.pension_yuan() or Fraction(0)
        pension = persons.pension_yuan() or Fraction(0)
        rate = self._rate(group) * base * MONTHS / wage if base else self._rate(group)
        return Group(
            group.code,
            group.kind,
            group.sex,
            rate=rounded(rate, 6),
            replacement=rounded(first * MONTHS / wage, 6),
            contributors={str(age): Decimal(heads) for age, heads in persons.contributors.items() if heads},
            retirees={str(age): Decimal(heads) for age, heads in persons.retirees.items() if heads},
            pension_yuan=rounded(pension * MONTHS, 2),
            entrants=Decimal(0),
            entry_ages={},
        )

    def _due_by_age(self, year: int) -> Fraction | None:
        """Premium due of a year by the structure at its end and at the end of the year before, fen; for this year's alone
        where that is not known."""
        structure, before = self.structures.get(year), self.structures.get(year - 1)
        if structure is None or (before is None and year < self.year):
            return None
        due = Fraction(0)
        for code, group in structure.items():
            began = before[code].paying if before and code in before else group.paying
            rate = self._rate(GROUPS[code], date(year, MONTHS, 31))
            due += Fraction(began + group.paying, 2) * (group.base_yuan or 0) * MONTHS * rate
        return due * FEN_PER_YUAN

    def _with_entrants(self, case: cohort_projection.Case) -> cohort_projection.Case:
        """The case with those who enter each year: as many as came in the last year net of who left, by their ages; where
        the structure of the year before is not known, as many as leave in the first year to come."""
        before = self.structures.get(self.year - 1)
        groups = []
        if before is None:
            first = {
                group.code: cohort_projection.projected(replace(case, horizon=1, groups=(group,)))[0].contributors
                for group in case.groups
            }
            for group in case.groups:
                paying = sum(map(float, group.contributors.values()))
                ages = sorted(map(int, group.contributors))[:NEWCOMERS]
                groups.append(_entering(group, paying - first[group.code], dict.fromkeys(ages, 1.0)))
            return replace(case, groups=tuple(groups))
        self.entrants_of = self.year
        wage = Fraction(case.base_wage_yuan)
        past = replace(
            case,
            base_year=self.year - 1,
            horizon=1,
            groups=tuple(self._group(GROUPS[code], group, wage) for code, group in before.items()),
        )
        stayed = cohort_projection.carried(past)
        for group in case.groups:
            were = stayed[group.code][0] if group.code in stayed else ()
            came = {
                int(age): float(heads) - (were[int(age)] if int(age) < len(were) else 0.0)
                for age, heads in group.contributors.items()
            }
            gone = sum(heads for age, heads in enumerate(were) if str(age) not in group.contributors)
            until = ORIGINAL_AGE[group.kind] - NEWCOMERS
            young = {age: heads for age, heads in came.items() if heads > 0 and age < until}
            groups.append(_entering(group, sum(came.values()) - gone, young))
        return replace(case, groups=tuple(groups))

    # --- of totals

    def of_totals(self) -> totals_projection.Case | None:
        """The projection of totals; None where heads, bases or dues of the year were not reported."""
        due = {year: Fraction(fen) for year in self._measured_years if (fen := self._sum(["premium_due"], year))}
        wage, rate, collection = self._base_wage(), self._effective_rate(), self._collection(due)
        drawing = DRAWING[self.scheme.fund]
        paying, heads, mean_heads = self._heads("contributors"), self._heads(drawing), self._mean_heads(drawing)
        benefit = self.amount(self.year, BENEFIT[self.scheme.fund])
        grown = {"contributors_growth": self._growth("contributors"), "retirees_growth": self._growth(drawing)}
        if not (wage and rate and collection and paying and heads and mean_heads and benefit):
            return None
        self.measured = {"collection": collection} | {code: one for code, one in grown.items() if one}
        known: dict[str, Any] = {code: one.value if one else Decimal(0) for code, one in grown.items()}
        assumptions, _rests_on = in_force.case(
            totals_projection.Assumptions, self.scheme, self.on, collection=collection.value, **known
        )
        return totals_projection.Case(
            base_year=self.year,
            horizon=HORIZON[self.scheme.fund],
            opening_fen=self.opening_fen,
            base_wage_yuan=rounded(wage, 2),
            contributors=paying,
            retirees=heads,
            rate=rounded(rate, 6),
            pension_yuan=rounded(Fraction(benefit, FEN_PER_YUAN) / mean_heads, 2),
            assumptions=assumptions,
            others=(*self.others(), *self._beyond(due)),
        )

    def _sum(self, measures: Sequence[str], year: int) -> Decimal | None:
        """A year's sum of measures reported by month; None unless every month of the first one was."""
        months = [Month.at(year, month) for month in range(1, MONTHS + 1)]
        sums = [self.statistics.sum(self.scheme.province, months, measure) for measure in measures]
        return None if sums[0] is None else sum((one for one in sums if one is not None), Decimal(0))

    def _heads(self, measure: str, year: int | None = None) -> Decimal | None:
        return self.statistics.value(self.scheme.province, Month.at(year or self.year, MONTHS), measure)

    def _mean_heads(self, measure: str) -> Fraction | None:
        summed = self._sum([measure], self.year)
        return Fraction(summed) / MONTHS if summed else None

    def _base_wage(self) -> Fraction | None:
        """The base of a head and year, yuan."""
        bases, heads = self._sum(BASES, self.year), self._mean_heads("contributors")
        return Fraction(bases) / FEN_PER_YUAN / heads if bases and heads else None

    def _effective_rate(self) -> Fraction | None:
        """What is due of the bases."""
        due, bases = self._sum(["premium_due"], self.year), self._sum(BASES, self.year)
        return min(Fraction(due) / Fraction(bases), Fraction(1)) if due and bases else None

    def _growth(self, measure: str) -> Measured | None:
        """Growth of heads a year, over the last years that were reported."""
        last = self._heads(measure)
        for years in range(MEASURED_YEARS, 0, -1):
            first = self._heads(measure, self.year - years)
            if first and last:
                growth = (float(last) / float(first)) ** (1 / years) - 1
                return Measured(rounded(Fraction(growth), 4), self.year - years, self.year)
        return None


def _yuan(fen: int) -> Decimal:
    return rounded(Fraction(fen, FEN_PER_YUAN), 2)


def _mean_base(structure: Structure) -> Fraction:
    """The base of a head and month over all groups, yuan."""
    paid = sum(sum(group.base_fen.values()) for group in structure.values())
    return Fraction(paid, FEN_PER_YUAN * max(1, sum(group.paying for group in structure.values())))


def _entering(group: Group, heads: float, by_age: Mapping[int, float]) -> Group:
    """The group with so many who enter in a year, shared by the ages given; nobody where fewer than none came."""
    whole = sum(by_age.values())
    if heads <= 0 or whole <= 0:
        return group
    shares = {str(age): rounded(Fraction(part / whole), 6) for age, part in by_age.items()}
    largest = max(shares, key=lambda age: shares[age])
    shares[largest] += 1 - sum(shares.values(), Decimal(0))
    return replace(group, entrants=rounded(Fraction(heads), 0), entry_ages=shares)
