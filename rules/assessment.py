"""Yearly assessment of the regions (考核评估): scores by area with the reason for every point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from rules.calculators.reading import joined, shown
from rules.calculators.records import FromProfile, Items, NonNegative, Number, Positive, ProfileOnly, Step
from rules.errors import refused
from rules.money import product, rounded

TITLE = "Assessment 考核评估"
ARTICLE = (
    "苏政发〔2020〕45号 二（七）; 晋政发〔2019〕4号 二（四）; "
    "吉政发〔2020〕2号政策解读 二（三）七是; 吉政发〔2020〕20号 三（七）"
)
ASSUMED = "the indicators of each area, their points, and the score bands of the consequences"

FULL_POINTS = 100
Name = Annotated[str, ProfileOnly]
# Measures of the statistics: the first as a percentage of the second, both summed over the year.
ShareOf = Annotated[tuple[str, ...], ProfileOnly]
# An indicator of the catalogue: each unit and month of the year in which it stood above zero is one case.
Counts = Annotated[str, ProfileOnly]
# Who has nothing to do of the kind, because nothing was owed or found, gets full points.
WithoutTask = Annotated[bool, ProfileOnly]


@dataclass(frozen=True, slots=True)
class Linear:
    """Full points at ``full_at``, none at ``zero_at``, a straight line between, in either direction."""

    code: str
    kind: Literal["linear"]
    points: Positive
    full_at: Number
    zero_at: Number
    name: Name = ""
    name_en: Name = ""
    unit: Name = ""
    share_of: ShareOf = ()
    full_without_task: WithoutTask = False


@dataclass(frozen=True, slots=True)
class Deduct:
    """``per`` points off for each case counted."""

    code: str
    kind: Literal["deduct"]
    points: Positive
    per: NonNegative
    name: Name = ""
    name_en: Name = ""
    counts: Counts = ""


@dataclass(frozen=True, slots=True)
class Manual:
    """The value is the score, as the assessors gave it."""

    code: str
    kind: Literal["manual"]
    points: Positive
    name: Name = ""
    name_en: Name = ""


Indicator = Linear | Deduct | Manual


@dataclass(frozen=True, slots=True)
class Area:
    code: str
    points: Positive
    indicators: Annotated[tuple[Indicator, ...], Items()]
    name: Name = ""
    name_en: Name = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One region's year. ``values`` by indicator code; null or absent is not scored."""

    areas: Annotated[tuple[Area, ...], Items(unique="code"), FromProfile("assessment_areas")]
    values: Mapping[str, Number | None]


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    code: str
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class AreaScore:
    code: str
    score: Decimal
    incomplete: bool
    indicators: tuple[IndicatorScore, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """``score`` of the ``possible`` points; ``score_scaled`` to 100, None when nothing could be scored."""

    areas: tuple[AreaScore, ...]
    score: Decimal
    possible: Decimal
    score_scaled: Decimal | None
    steps: tuple[Step, ...]


def calculate(case: Case) -> Result:
    """The region's score, area by area. A value that is missing leaves both sides and marks its area incomplete.

    苏政发〔2020〕45号 二（七）; 晋政发〔2019〕4号 二（四）;
    吉政发〔2020〕2号政策解读 二（三）七是; 吉政发〔2020〕20号 三（七）.
    """
    _refuse_points(case)
    areas, steps = [], []
    possible = Fraction(0)
    for area in case.areas:
        scores = []
        for indicator in area.indicators:
            value = case.values.get(indicator.code)
            score = None if value is None else rounded(_score(indicator, value), 2)
            scores.append(IndicatorScore(indicator.code, score))
            steps.append(Step(indicator.code, _working(indicator, value, score)))
            possible += Fraction(indicator.points) if score is not None else 0
        known = [s.score for s in scores if s.score is not None]
        areas.append(AreaScore(area.code, rounded(_sum(known), 2), len(known) < len(scores), tuple(scores)))
    total = _sum([area.score for area in areas])
    scaled = rounded(total / possible * FULL_POINTS, 2) if possible else None
    steps.append(
        Step(
            None,
            f"得分 {rounded(total, 2)}，可得 {rounded(possible, 2)}，折合百分制 {'—' if scaled is None else scaled}",
        )
    )
    return Result(tuple(areas), rounded(total, 2), rounded(possible, 2), scaled, tuple(steps))


def rank(scores: Mapping[str, Decimal | None]) -> dict[str, int | None]:
    """Each region's place by scaled score, best first; ties share it (1, 2, 2, 4); None without a score."""
    known = [score for score in scores.values() if score is not None]
    return {
        region: None if score is None else 1 + sum(other > score for other in known) for region, score in scores.items()
    }


def consequence(score: Decimal | None, bands: Sequence[Mapping[str, object]]) -> str | None:
    """What follows from a scaled score, by the profile's ``assessment_bands`` (from, consequence), highest first.

    苏政发〔2020〕45号 二（七） (通报表扬, 约谈, 问责); 晋政发〔2019〕4号 二（四） (奖励, 问责).
    None where nothing follows.
    """
    if score is None:
        return None
    for band in bands:
        limit, word = band["from"], band["consequence"]
        if isinstance(limit, int | Decimal) and score >= limit:
            return str(word) or None
    return None


def commended_at_most(share: Decimal, units: int) -> int:
    """How many of the units may be commended: the profile's ``assessment_commended_share`` of them, rounded down."""
    return int(share * units)


def _sum(scores: Sequence[Decimal]) -> Fraction:
    return sum((Fraction(score) for score in scores), Fraction(0))


def _refuse_points(case: Case) -> None:
    indicators = [(i, j, ind) for i, area in enumerate(case.areas) for j, ind in enumerate(area.indicators)]
    for index, area in enumerate(case.areas):
        if _sum([indicator.points for indicator in area.indicators]) != area.points:
            raise refused(f"areas[{index}].points", area.points, "the sum of its indicators' points")
    if _sum([area.points for area in case.areas]) != FULL_POINTS:
        raise refused("areas", "points of another sum", f"areas that sum to {FULL_POINTS} points")
    codes: set[str] = set()
    for i, j, indicator in indicators:
        path = f"areas[{i}].indicators[{j}]"
        if indicator.code in codes:
            raise refused(f"{path}.code", f"{shown(indicator.code)} again", "each indicator once")
        codes.add(indicator.code)
        if isinstance(indicator, Linear) and indicator.full_at == indicator.zero_at:
            raise refused(f"{path}.zero_at", indicator.zero_at, "a number other than full_at")
    for code in case.values:
        if code not in codes:
            raise refused(joined("values", code), "an unknown indicator", "an indicator of the areas")
    for _, _, indicator in indicators:
        _refuse_value(indicator, case.values.get(indicator.code))


def _refuse_value(indicator: Indicator, value: Decimal | None) -> None:
    if value is None or isinstance(indicator, Linear):
        return
    highest = indicator.points if isinstance(indicator, Manual) else None
    if value < 0 or (highest is not None and value > highest):
        limit = "at least 0" if highest is None else f"0 to {highest}"
        raise refused(joined("values", indicator.code), value, limit)


def _score(indicator: Indicator, value: Decimal) -> Fraction:
    match indicator:
        case Linear():
            way = (Fraction(value) - Fraction(indicator.zero_at)) / (
                Fraction(indicator.full_at) - Fraction(indicator.zero_at)
            )
            return Fraction(indicator.points) * min(max(way, Fraction(0)), Fraction(1))
        case Deduct():
            return max(Fraction(0), Fraction(indicator.points) - product(value, indicator.per))
        case Manual():
            return Fraction(value)


def _working(indicator: Indicator, value: Decimal | None, score: Decimal | None) -> str:
    label = indicator.name or indicator.code
    if value is None:
        return f"{label}：无数据，不计分（{indicator.points}分不计入可得分）"
    match indicator:
        case Linear():
            how = f"{indicator.full_at} 得满分，{indicator.zero_at} 得零分"
        case Deduct():
            how = f"每例扣 {indicator.per} 分"
        case Manual():
            how = "人工评分"
    return f"{label}：{value}（{how}，{indicator.points}分）得 {score} 分"
