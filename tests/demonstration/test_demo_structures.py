"""The demonstration's insured persons by age belong to its world: they add up to its heads, grow older, and go on to its 2026."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from demonstration.world import nation
from demonstration.world.calibration import CALIBRATIONS, yearly
from demonstration.world.outlook.mortality import mortality_table
from demonstration.world.outlook.structures import AGES, GROUP, SHAPES, Persons, structures, survivors
from demonstration.world.simulation import Floats
from demonstration.world.statistics import People
from rules.projection import cohort_projection
from rules.projection.cohort_projection import Assumptions, Case, Group
from rules.scheme import load_scheme

TODAY, YEARS = date(2026, 11, 20), range(2021, 2026)
RATE_DAY = date(2025, 12, 31)


class World:
    """A scheme's structures by [year, group, age], and its people to the end of 2026."""

    def __init__(self, scheme: str) -> None:
        self.scheme, self.people = scheme, People(scheme, date(2026, 12, 31))
        self.persons: dict[int, Persons] = {}
        self.means: dict[int, tuple[Floats, Floats]] = {}
        found: dict[int, Floats] = defaultdict(lambda: np.zeros((4, len(GROUP), len(AGES))))
        codes = [group.code for group in GROUP]
        for _scheme, year, _region, group, age, *values in structures(scheme, None, TODAY).rows:
            found[year][:, codes.index(group), age] = values
        for year, (contributors, retirees, base, pension) in found.items():
            self.persons[year] = Persons(contributors, retirees)
            self.means[year] = base / 100, pension / 100

    def premium(self, year: int) -> float:
        return float(self.people.money.premium[:, self.people.money.years == year].sum()) / 100

    def pensions(self, year: int) -> float:
        money = self.people.money
        return float((money.benefit + money.back_pay)[:, money.years == year].sum()) / 100

    def due(self, year: int) -> float:
        """A year's premium on the bases of the structure, at the rates of the profile."""
        return float((self.persons[year].contributors * self.means[year][0] * self.rates[:, None]).sum()) * 12

    @property
    def rates(self) -> Floats:
        profile = load_scheme(self.scheme)
        names = [("flexible_rate",) if group.flexible else ("employer_rate", "employee_rate") for group in GROUP]
        return np.array([sum(float(str(profile.parameter(name, RATE_DAY).value)) for name in of) for of in names])


@pytest.fixture(scope="module", params=SHAPES)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def test_every_pension_scheme_has_a_structure_of_each_closed_year_in_a_plausible_shape(world: World) -> None:
    assert {code for code, one in CALIBRATIONS.items() if one.fund == "pension"} == SHAPES.keys()
    assert world.persons.keys() == {*YEARS}
    for persons in world.persons.values():
        assert not persons.contributors[:, :18].any() and not persons.contributors[:, 61:].any()
        assert not persons.retirees[:, :50].any() and (persons.retirees[:, 60:96] > 0).all()


def test_structures_add_up_to_the_demonstrations_persons_of_december(world: World) -> None:
    people = world.people
    for year in YEARS[1:]:
        december = people.money.yyyymm == year * 100 + 12
        assert world.persons[year].contributors.sum() == people.contributors[:, december].sum()
        assert world.persons[year].retirees.sum() == people.retirees[:, december].sum()
    heads = CALIBRATIONS[world.scheme].heads
    assert world.persons[2021].contributors.sum() == round(heads.insured * heads.paying)
    assert world.persons[2021].retirees.sum() == heads.retired


def test_nobody_appears_from_nowhere(world: World) -> None:
    """Whoever is insured at an age was so a year before, but for those who enter, up to 45; of the retired of any
    age about one in a hundred is more or fewer than law and mortality make of the year before."""
    for year in YEARS[1:]:
        before, now = world.persons[year - 1], world.persons[year]
        kept = survivors(before, year)
        (told,) = cohort_projection.calculate(_case(world, year - 1, np.zeros_like(kept.contributors))).years
        assert kept.contributors.sum() == pytest.approx(told.contributors, rel=1e-5)
        assert kept.retirees.sum() == pytest.approx(told.retirees, rel=1e-5)
        entered = now.contributors - kept.contributors
        assert (
            entered.min() > -2 and np.abs(entered[:, 46:]).max() < 2 and entered[:, 18:36].sum() > 0.5 * entered.sum()
        )
        assert (np.abs(now.retirees - kept.retirees) < 2 + 0.013 * kept.retirees).all()


def test_bases_and_pensions_are_those_of_the_years_money(world: World) -> None:
    wage = nation.average_wage(world.people.money.province, 2021)
    for year in YEARS[1:]:
        assert 0.97 < world.premium(year) / world.due(year) < 0.99
        drawn = float((world.persons[year].retirees * world.means[year][1]).sum()) * 12
        assert drawn == pytest.approx(world.pensions(year), rel=0.015)
        base, paying = world.means[year][0], world.persons[year].contributors > 0
        assert base[paying].min() > 0.6 * wage * yearly(world.people.heads.base_growth, year)


def test_the_structure_of_2025_projected_by_a_year_comes_near_to_the_demonstrations_2026(world: World) -> None:
    entered = (world.persons[2025].contributors - survivors(world.persons[2024], 2025).contributors).clip(0)
    (year,) = cohort_projection.calculate(_case(world, 2025, entered)).years
    assert year.premium_yuan == pytest.approx(world.premium(2026), rel=0.03)
    assert year.pension_yuan == pytest.approx(world.pensions(2026), rel=0.03)
    december = world.people.money.yyyymm == 202612
    assert year.contributors == pytest.approx(world.people.contributors[:, december].sum(), rel=0.03)
    assert year.retirees == pytest.approx(world.people.retirees[:, december].sum(), rel=0.03)


def _case(world: World, base_year: int, entered: Floats) -> Case:
    """One year from a structure on; ``entered``: entrants by group and age."""
    persons, (bases, pensions) = world.persons[base_year], world.means[base_year]
    heads = persons.contributors.sum()
    base = (persons.contributors * bases).sum() / heads * 12
    due = (persons.contributors.sum(axis=1) * world.rates).sum() * base
    groups = []
    for at, group in enumerate(GROUP):
        pension = (persons.retirees * pensions)[at].sum() / persons.retirees[at].sum() * 12
        entry = {str(age): _decimal(entered[at, age] / entered[at].sum()) for age in np.flatnonzero(entered[at])}
        if entry:
            entry[max(entry, key=lambda age: entry[age])] += 1 - sum(entry.values())
        groups.append(
            Group(
                group.code,
                group.kind,
                group.sex,
                _decimal(world.rates[at]),
                _decimal(pension / base),
                _by_age(persons.contributors[at]),
                _by_age(persons.retirees[at]),
                _decimal(pension),
                _decimal(entered[at].sum()),
                entry,
            )
        )
    mortality: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for _name, sex, age, q, _source in mortality_table().rows:
        mortality[sex][str(age)] = Decimal(q)
    assumptions = Assumptions(
        Decimal("0.03"), Decimal("0.02"), _decimal(world.premium(base_year) / due), Decimal(0), Decimal("0.025")
    )
    return Case(base_year, 1, 0, _decimal(base), tuple(groups), mortality, assumptions)


def _by_age(persons: Floats) -> dict[str, Decimal]:
    return {str(age): Decimal(int(persons[age])) for age in np.flatnonzero(persons)}


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(float(value), 9)))


def test_a_structure_is_delivered_once_with_the_statistics_of_january() -> None:
    assert {row[1] for row in structures("jilin-pension", date(2026, 2, 7), date(2026, 2, 8)).rows} == {2025}
    assert structures("jilin-pension", date(2026, 2, 8), TODAY).rows == ()
    assert structures("jilin-work-injury", None, TODAY).rows == ()
    whole = set(structures("shanxi-pension", None, TODAY).rows)
    days = (None, date(2022, 3, 1), date(2024, 7, 1), TODAY)
    parts = [structures("shanxi-pension", since, until or TODAY).rows for since, until in pairwise(days)]
    assert set().union(*parts) == whole and sum(map(len, parts)) == len(whole)


@pytest.mark.parametrize(("sex", "at_birth"), [("m", 75.37), ("f", 80.88)])
def test_mortality_gives_the_life_expectancy_of_the_census(sex: str, at_birth: float) -> None:
    alive, years = 1.0, 16.5  # nearly everybody lives to 16
    for row in mortality_table().rows:
        if row[1] == sex:
            alive *= 1 - float(row[3])
            years += alive
    assert years == pytest.approx(at_birth, abs=0.1)
