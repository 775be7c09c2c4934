"""Credit for collecting more than planned (超额完成收入计划的冲减额度)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated

from rules.calculators.records import (
    Amount,
    Fen,
    FromProfile,
    Items,
    NonNegative,
    Positive,
    PositiveAmount,
    Ratio,
    Step,
)
from rules.errors import refused
from rules.money import round_half_up, rounded, yuan_text

TITLE = "Over-collection credit 超收冲减"
ARTICLE = "苏政发〔2020〕45号 附件3 四"
ASSUMED = "marginal bands; the credit expires if not used in the next year"

# From where, up to where (None: without end), and how much of the excess in between is credited.
Band = tuple[NonNegative, Positive | None, Ratio]
BANDS: tuple[tuple[Decimal, Decimal | None, Decimal], ...] = (
    (Decimal("0.05"), Decimal("0.10"), Decimal("0.5")),
    (Decimal("0.10"), Decimal("0.15"), Decimal("0.6")),
    (Decimal("0.15"), None, Decimal("0.7")),
)


def bands_from_steps(steps: object) -> object:
    """Bands from a profile's ``[[from, share], …]``: each ends where the next begins, the last has no end."""
    if not isinstance(steps, list | tuple) or not all(isinstance(s, list | tuple) and len(s) == 2 for s in steps):
        raise refused("bands", "another form", "a list of [from, share]")
    ends = [start for start, _ in steps[1:]] + [None]
    return [[start, end, share] for (start, share), end in zip(steps, ends, strict=True)]


@dataclass(frozen=True, slots=True)
class Case:
    """One region's year. ``bands``: ``[from, to, share]`` as shares of the plan, ascending, the last open (null)."""

    plan_fen: PositiveAmount
    actual_fen: Fen
    bands: Annotated[tuple[Band, ...], Items(), FromProfile("over_collection_bands", convert=bands_from_steps)] = BANDS


@dataclass(frozen=True, slots=True)
class BandCredit:
    """One band's slice of the excess and its credit, each rounded for itself; ``from_`` and ``to`` as given."""

    from_: Decimal
    to: Decimal | None
    slice_fen: Amount
    credit_fen: Amount


@dataclass(frozen=True, slots=True)
class Result:
    rate: Decimal
    credit_fen: Amount
    bands: tuple[BandCredit, ...]
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """The excess over plan and the credit it earns against next year's local share of the general gap.

    苏政发〔2020〕45号 附件3 四. Each band credits its own slice only; at or below the first band nothing is earned.
    The credits of the bands are summed before rounding.
    """
    _refuse_disorder(case.bands)
    excess = case.actual_fen - case.plan_fen
    rate = rounded(Fraction(excess, case.plan_fen), 6)
    slices = [_slice(case.plan_fen, excess, start, end) for start, end, _ in case.bands]
    credits = [part * Fraction(share) for part, (_, _, share) in zip(slices, case.bands, strict=True)]
    bands = tuple(
        BandCredit(start, end, round_half_up(part), round_half_up(credit))
        for (start, end, _), part, credit in zip(case.bands, slices, credits, strict=True)
    )
    credit = round_half_up(sum(credits, Fraction(0)))
    head = f"实际 {yuan_text(case.actual_fen)} − 计划 {yuan_text(case.plan_fen)} = {yuan_text(excess)}（{rate}）"
    steps = [
        Step(None, f"超收 {_range(b)}：{yuan_text(b.slice_fen)} × {share} = {yuan_text(b.credit_fen)}")
        for b, (_, _, share) in zip(bands, case.bands, strict=True)
    ]
    total = Step(None, f"可冲减下一年度一般性缺口地方分担部分 {yuan_text(credit)}")
    return Result(rate, credit, bands, (Step(None, head), *steps, total))


def expires_on(earned_year: int, valid_years: int) -> date:
    """The last day on which a credit earned in a year can be used. 苏政发〔2020〕45号 附件3 四 (下一年度)."""
    return date(earned_year + valid_years, 12, 31)


def _range(band: BandCredit) -> str:
    return f"{band.from_} 以上" if band.to is None else f"{band.from_} 至 {band.to}"


def _slice(plan: int, excess: int, start: Decimal, end: Decimal | None) -> Fraction:
    lower = plan * Fraction(start)
    upper = Fraction(excess) if end is None else min(Fraction(excess), plan * Fraction(end))
    return max(Fraction(0), upper - lower)


def _refuse_disorder(bands: tuple[tuple[Decimal, Decimal | None, Decimal], ...]) -> None:
    for index, (start, end, _) in enumerate(bands):
        if end is not None and end <= start:
            raise refused(f"bands[{index}][1]", end, f"above {start}")
    for index, ((_, end, _), (start, _, _)) in enumerate(pairwise(bands), start=1):
        if end is None:
            raise refused(f"bands[{index - 1}][1]", "null", "an end, as only the last band has none")
        if start < end:
            raise refused(f"bands[{index}][0]", start, f"at least {end}, where the band before ends")
