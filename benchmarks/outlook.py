"""How long a projection of thirty years takes, and the whole set with its stress tests, beside its persons in bare arrays.

``python -m benchmarks.outlook``; the ratio holds within the one run.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from benchmarks.measured import Goal, Measured, best, table
from rules.projection import cohort_projection
from rules.projection.groups import GROUPS
from rules.projection.stress import Settings, Shock
from workflows.outlook.assumptions import Basis
from workflows.outlook.runs import Base, computed

HORIZON, OLDEST = 30, 100
SHOCKS = tuple(
    Shock(on, on, Decimal(size))  # type: ignore[arg-type]
    for on, size in (
        ("adjustment", "0.01"),
        ("retirement", "1"),
        ("entrants", "-0.2"),
        ("wage", "-0.01"),
        ("collection", "-0.03"),
        ("mortality", "-0.1"),
        ("subsidies", "-0.2"),
        ("interest", "-0.005"),
    )
)


def case() -> cohort_projection.Case:
    """Five groups of every age from 18 to 100, with a fund that is used up within the horizon."""
    mortality = {
        str(age): Decimal(min(1.0, 0.0004 * 1.09 ** (age - 18))).quantize(Decimal("1e-9")) for age in range(18, 101)
    }
    groups = tuple(
        cohort_projection.Group(
            group.code,
            group.kind,
            group.sex,
            rate=Decimal("0.20") if group.flexible else Decimal("0.24"),
            replacement=Decimal("0.5"),
            contributors={str(age): Decimal(50_000 - 200 * age) for age in range(18, 60)},
            retirees={str(age): Decimal(40_000 - 390 * age) for age in range(50, OLDEST)},
            pension_yuan=Decimal(40_000),
            entrants=Decimal(40_000),
            entry_ages={str(age): Decimal("0.1") for age in range(20, 30)},
        )
        for group in GROUPS.values()
    )
    assumptions = cohort_projection.Assumptions(
        Decimal("0.03"), Decimal("0.02"), Decimal("0.97"), Decimal(0), Decimal("0.025")
    )
    return cohort_projection.Case(
        2025, HORIZON, 10**14, Decimal(80_000), groups, {"m": mortality, "f": mortality}, assumptions
    )


def bare(given: cohort_projection.Case) -> None:
    """The persons alone: who dies, retires and enters, in arrays by age, at fixed shares."""
    q = np.array([float(given.mortality["m"].get(str(age), 0)) for age in range(OLDEST + 1)])
    retiring = np.clip((np.arange(OLDEST + 1) - 49) / 12, 0, 1)
    for group in given.groups:
        paying, drawing = (
            np.array([float(persons.get(str(age), 0)) for age in range(OLDEST + 1)])
            for persons in (group.contributors, group.retirees)
        )
        for _year in range(given.horizon):
            stay = np.roll(paying * (1 - q), 1)
            drawing = np.roll(drawing * (1 - q), 1) + stay * retiring
            paying = stay * (1 - retiring)
            paying[20:30] += float(group.entrants) / 10


def records(rounds: int = 3) -> list[Measured]:
    """One projection beside its persons in bare arrays; the set that a refresh computes when a year is closed."""
    given = case()
    shocks = Settings(SHOCKS[2:5], tuple(replace(one, size=-one.size) for one in SHOCKS[2:5]), SHOCKS)
    base = Base(given, Basis((), shocks))
    floor, one, whole = best(
        lambda: bare(given), lambda: cohort_projection.calculate(given), lambda: list(computed(base)), rounds=rounds
    )
    return [
        Measured("projection: 30 years of five groups", floor, one, "s", Goal(1, times=False)),
        Measured("projection: low, mid, high, stress test, with and without the reform", None, whole, "s",
                 Goal(5, times=False)),
    ]  # fmt: skip


if __name__ == "__main__":
    print(table(records()))
