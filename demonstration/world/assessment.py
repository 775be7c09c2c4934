"""The demonstration's assessment by hand: what assessors entered for two years, simulated and the same on every load."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from demonstration.world.seeds import seed_of
from rules.assessment import Area, Deduct, Indicator, Manual
from rules.department import Department
from workflows.assessment.measures import by_hand

ASSESSOR = ("demo-assessor", "演示考核员", Department.SOCIAL)
SIGNERS = (ASSESSOR, ("demo-finance", "演示财政", Department.FISCAL), ("demo-tax", "演示税务", Department.TAX))
# One in so many has not been entered for the running year.
OPEN_EVERY = 29


@dataclass(frozen=True, slots=True)
class Given:
    """One entry: where, for which indicator, the value and what it rests on."""

    region: str
    indicator: Indicator
    value: Decimal
    evidence: str


def entries(
    scheme: str, year: int, areas: tuple[Area, ...], units: tuple[str, ...], *, running: bool
) -> Iterator[Given]:
    """An entry for each unit and indicator that nothing measures."""
    for area in areas:
        for indicator in area.indicators:
            if by_hand(indicator):
                for unit in units:
                    seed = seed_of("assessment", scheme, unit, indicator.code, str(year))
                    if not (running and seed % OPEN_EVERY == 3):
                        yield Given(unit, indicator, *_judged(indicator, unit, seed, year))


def _judged(indicator: Indicator, unit: str, seed: int, year: int) -> tuple[Decimal, str]:
    """A value around the unit's own level, and its evidence."""
    level = seed_of("assessment level", unit) % 20
    number = f"〔{year}〕{seed % 90 + 10}号"
    if isinstance(indicator, Manual):
        # Nobody is judged faultless; half points, as assessors give them.
        lost = (indicator.points * (8 + 2 * level + seed % 12) / 100 * 2).quantize(Decimal(1), ROUND_UP) / 2
        return indicator.points - lost, f"{indicator.name}：年度检查记录{number}"
    if isinstance(indicator, Deduct):
        cases = Decimal(max(0, (seed % 10 + level // 5) - 9))
        return cases, f"专项检查通报{number}" if cases else f"专项检查{number}，未发现"
    return Decimal(seed % 22 + 84 - level // 2), f"年度计划完成情况报表{number}"


def correction(scheme: str, areas: tuple[Area, ...], units: tuple[str, ...]) -> tuple[Given, ...]:
    """What an audit found after last year was confirmed: more cases in one unit."""
    counted = (one for area in areas for one in area.indicators if isinstance(one, Deduct) and by_hand(one))
    unit = units[seed_of("correction", scheme) % len(units)]
    return (Given(unit, next(counted), Decimal(3), "审计补充发现3件，确认后登记"),)
