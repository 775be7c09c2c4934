"""The demonstration's insured persons by age 参保人员结构 at each year's end.

The structure of the end of 2021 has a chosen shape; each later one is what the projection's own arithmetic makes of the
one before it, with entrants up to the contributors of December. How contributors thin out towards retirement is solved for, so
that retirees come to those of the demonstration; what is left of a difference is spread over all of them. docs/demo.md says
what is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache

import numpy as np

from demonstration.world import calibration as c
from demonstration.world.outlook.mortality import OLDEST, YOUNGEST, death_rates
from demonstration.world.simulation import Floats, Ints
from demonstration.world.statistics import FLEXIBLE_RATE, FULL_RATE, REPORTED_ON, People
from demonstration.world.tables import Row, Table
from rules.money import split_largest_remainder
from rules.projection.cohort_projection import retiring_share
from rules.projection.groups import GROUPS
from rules.projection.statutory_age import ORIGINAL_AGE
from rules.scheme import load_scheme

BEFORE = c.FIRST_YEAR - 1  # the first structure is of the day before the ledger begins
FITTED_UNTIL = 2025
AGES = np.arange(OLDEST + 1)
GROUP = tuple(GROUPS.values())

# Residents of the nation in 2020 by five-year age group, the last 100 and above, in millions (seventh census).
RESIDENTS = (
    77.88, 90.24, 85.26, 72.68, 74.94, 91.85, 124.15, 99.01, 92.96, 114.22, 121.16,
    101.40, 73.38, 74.01, 49.59, 31.24, 20.38, 10.83, 3.65, 0.82, 0.12,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """What is chosen of a scheme: ``flexible``, the share of contributors who pay alone; ``thin``: by how much fewer take part
    with each year of age below ``PRIME``."""

    flexible: float
    thin: float


SHAPES = {
    "jiangsu-pension": Shape(0.18, 0.012),
    "shanxi-pension": Shape(0.20, 0.022),
    "jilin-pension": Shape(0.28, 0.035),
}
PRIME = 44
RETIRED_FLEXIBLE = 0.13  # of the retired
# By group in the order of GROUPS. Of those with an employer, and of those who pay alone, the share of each; a base and a
# pension against the scheme's mean.
CONTRIBUTING, RETIRED = (0.54, 0.14, 0.32, 0.52, 0.48), (0.33, 0.13, 0.54, 0.42, 0.58)
BASE, PENSION = (1.0, 1.0, 1.0, 0.9, 0.9), (1.10, 1.12, 0.95, 0.78, 0.72)
COVERED_LESS = 0.03  # the older, the fewer of an age were ever insured
WOMEN_OLDER = 0.012  # women grow older
BASE_BY_AGE, BASE_MEAN_AGE, BASE_TOP_AGE = 0.004, 38, 50
PENSION_BY_AGE, PENSION_MEAN_AGE = 0.003, 68
# Full-time work begins between 16 and 25 with an employer, between 20 and 32 alone.
STARTS = {False: (YOUNGEST + 1, 8), True: (20, 12)}
# Entrants: ages from, to, mean and spread.
ENTRY = {False: (18, 40, 26.0, 6.0), True: (20, 45, 35.0, 7.0)}
COLLECTED = 0.985  # of what the structure's bases give


@dataclass(frozen=True, slots=True)
class Persons:
    """By group and age, not yet whole."""

    contributors: Floats
    retirees: Floats


@dataclass(frozen=True, slots=True)
class _Year:
    """What the demonstration has of a year: persons of its December, the year's premium in yuan, a month's pension then."""

    contributors: int
    retirees: int
    premium: float
    pension: float


def structures(scheme: str, since: date | None, until: date) -> Table:
    """The structures that became known after ``since`` (None: ever) and up to ``until``: with January's statistics that of the
    year before; none of a fund without retirement."""
    known = [
        year
        for year in range(BEFORE, until.year)
        if (since is None or since < date(year + 1, 2, REPORTED_ON)) and date(year + 1, 2, REPORTED_ON) <= until
    ]
    rows: list[Row] = []
    if known and scheme in SHAPES:
        years = _years(scheme, max(known[-1], FITTED_UNTIL))
        carried = _carried(scheme, years)
        rows = [row for year in known for row in _rows(scheme, year, years[year], carried[year - BEFORE])]
    names = ("scheme", "year", "region", "insured_group", "age")
    amounts = ("contributors", "retirees", "mean_base_fen", "mean_pension_fen")
    return Table("population_structure", (*names, *amounts), tuple(rows))


# --- persons


def _years(scheme: str, last: int) -> dict[int, _Year]:
    people = People(scheme, date(last, 12, 31))
    money, heads = people.money, people.heads
    found = {}
    for year in range(c.FIRST_YEAR, last + 1):
        within, december = money.years == year, int(np.flatnonzero(money.yyyymm == year * 100 + 12)[0])
        retirees = int(people.retirees[:, december].sum())
        found[year] = _Year(
            contributors=int(people.contributors[:, december].sum()),
            retirees=retirees,
            premium=float(money.premium[:, within].sum()) / 100,
            pension=float(money.benefit[:, december].sum()) / 100 / retirees,
        )
    grown = (1 + heads.insured_growth) * (1 + heads.base_growth[0])
    contributors = round(heads.insured * heads.paying)
    found[BEFORE] = _Year(contributors, round(heads.retired), found[c.FIRST_YEAR].premium / grown, heads.drawn)
    return found


def _carried(scheme: str, years: dict[int, _Year]) -> Sequence[Persons]:
    """The structures from the end of 2021 on, of which each gives the next."""
    low, high = -0.3, 0.3
    for _ in range(30):
        decline = (low + high) / 2
        ends = _followed(scheme, years, FITTED_UNTIL, decline)
        low, high = (decline, high) if ends[-1].retirees.sum() > years[FITTED_UNTIL].retirees else (low, decline)
    return _followed(scheme, years, max(years), decline)


def _followed(scheme: str, years: dict[int, _Year], last: int, decline: float) -> list[Persons]:
    shape = SHAPES[scheme]
    contributing = _shares(CONTRIBUTING, shape.flexible)
    found = [_first(shape, years[BEFORE], contributing, decline)]
    for year in range(c.FIRST_YEAR, last + 1):
        kept = survivors(found[-1], year)
        missing = contributing * years[year].contributors - kept.contributors.sum(axis=1)
        found.append(Persons(kept.contributors + missing[:, None] * _entry_shares(), kept.retirees))
    return found


def survivors(before: Persons, year: int) -> Persons:
    """Who is left at a year's end of those at the end of the year before, a year older, some of them retired since."""
    alive = 1 - np.array([death_rates(group.sex) for group in GROUP])
    # Plain integers: what the rule has reckoned once it gives again, to whoever asks.
    births = [year - age - 1 for age in AGES.tolist()]
    share = np.array([[retiring_share(group.kind, birth, year, True) for birth in births] for group in GROUP])
    staying = before.contributors * alive
    retired = before.retirees * alive + staying * share
    return Persons(_older(staying * (1 - share)), _older(retired))


def _older(persons: Floats) -> Floats:
    found = np.zeros_like(persons)
    found[:, 1:] = persons[:, :-1]
    found[:, -1] += persons[:, -1]
    return found


def _shares(within: Sequence[float], flexible: float) -> Floats:
    return np.array([part * (flexible if g.flexible else 1 - flexible) for g, part in zip(GROUP, within, strict=True)])


def _first(shape: Shape, year: _Year, contributing: Floats, decline: float) -> Persons:
    """The structure of the end of 2021: the nation's residents, as far as they take part or once did."""
    by_age = np.repeat(np.array(RESIDENTS) / 5, 5)[: OLDEST + 1]
    smooth = np.convolve(np.pad(by_age, 2, mode="edge"), np.full(5, 0.2), "valid")
    residents = np.concatenate([smooth[:1], smooth[:-1]])  # a year older than at the census
    at_work = residents * np.exp(-decline * (AGES - PRIME).clip(0) - shape.thin * (PRIME - AGES).clip(0))
    paying, drawing = [], []
    for group in GROUP:
        age, (starts, takes) = ORIGINAL_AGE[group.kind], STARTS[group.flexible]
        women = WOMEN_OLDER * (AGES - 60).clip(0) if group.sex == "f" else 0.0
        retired = age <= AGES
        paying.append(at_work * ((AGES - starts) / takes).clip(0, 1) * ~retired)
        drawing.append(residents * np.exp(women - COVERED_LESS * (AGES - age).clip(0)) * retired)
    return Persons(
        _scaled(np.array(paying), contributing * year.contributors),
        _scaled(np.array(drawing), _shares(RETIRED, RETIRED_FLEXIBLE) * year.retirees),
    )


def _scaled(persons: Floats, totals: Floats) -> Floats:
    found: Floats = persons * (totals / persons.sum(axis=1))[:, None]
    return found


@cache
def _entry_shares() -> Floats:
    found = []
    for group in GROUP:
        first, last, mean, spread = ENTRY[group.flexible]
        found.append(np.exp(-(((AGES - mean) / spread) ** 2) / 2) * (first <= AGES) * (last >= AGES))
    return _scaled(np.array(found), np.ones(len(GROUP)))


# --- rows


def _rows(scheme: str, year: int, facts: _Year, persons: Persons) -> Iterator[Row]:
    contributors = _whole(facts.contributors, persons.contributors)
    retirees = _whole(facts.retirees, persons.retirees)
    by_age = 1 + BASE_BY_AGE * (AGES.clip(max=BASE_TOP_AGE) - BASE_MEAN_AGE)
    rates = np.array([FLEXIBLE_RATE if group.flexible else FULL_RATE for group in GROUP])
    bases = np.outer(BASE, by_age)
    bases *= facts.premium / COLLECTED / 12 / (contributors * bases * rates[:, None]).sum()
    pensions = np.outer(PENSION, 1 + PENSION_BY_AGE * (AGES - PENSION_MEAN_AGE))
    pensions *= facts.pension * facts.retirees / (retirees * pensions).sum()
    province = load_scheme(scheme).province
    for at, group in enumerate(GROUP):
        for age in AGES.tolist():
            paying, drawing = int(contributors[at, age]), int(retirees[at, age])
            if paying or drawing:
                base, pension = (round(float(one[at, age]) * 100) for one in (bases, pensions))
                means = (base if paying else 0, pension if drawing else 0)
                yield scheme, year, province, group.code, age, paying, drawing, *means


def _whole(total: int, persons: Floats) -> Ints:
    """Whole persons that add up to the total."""
    weights = {f"{at:03}": Fraction(one) for at, one in enumerate(persons.reshape(-1).tolist())}
    parts = split_largest_remainder(total, weights)
    found: Ints = np.array([parts[key] for key in weights], dtype=np.int64).reshape(persons.shape)
    return found
