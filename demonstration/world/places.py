"""What one place has of the simulated persons and money: registers rest on the place's own figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from demonstration.world.simulation import plan_units
from demonstration.world.statistics import People
from rules.month import Month

EMPLOYED = 0.9  # of those who pay; the others are in flexible work


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a month: heads, what an employee's premium is reckoned on and what one draws, in yuan a month."""

    employees: int
    retirees: int
    base_yuan: float
    drawn_yuan: float


@cache
def _people(scheme: str, year: int) -> People:
    return People(scheme, date(year, 12, 31))


@cache
def place(scheme: str, region: str, month: Month) -> Place:
    """A unit, a 市区 with its districts, or a city; the base is the mean of the year so far."""
    people = _people(scheme, month.year)
    of_plan = plan_units(scheme)
    rows = [index for index, unit in enumerate(people.money.units) if region in (unit.code, unit.city, of_plan[index])]
    at = int(np.flatnonzero(people.money.yyyymm == month)[0])
    year = slice(at - month.number + 1, at + 1)
    employees = round(float(people.contributors[rows, at].sum()) * EMPLOYED)
    retirees = int(people.retirees[rows, at].sum())
    base = float(people.bases[0][rows, year].sum()) / 100 / employees / month.number
    return Place(employees, retirees, base, float(people.money.benefit[rows, at].sum()) / 100 / retirees)
