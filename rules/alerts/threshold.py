"""Limits of a warning rule (预警阈值): what they are, when they are in force, and for whom.

A threshold (阈值) names, for each colour it uses, where a value starts the colour and where it ends it.
It is immutable; a change is a new version with its own dates.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import IntEnum, StrEnum

MOST_DIGITS = 400
"""Digits and powers of ten a limit or value may have: every double fits, and sums of two stay exact in EXACT."""

EXACT = Context(prec=4 * MOST_DIGITS)
"""Decimal arithmetic that never rounds numbers within MOST_DIGITS."""


class Level(IntEnum):
    """Severity of a warning (预警等级), in order: 无 < 蓝 < 黄 < 橙 < 红."""

    NONE = 0
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4

    @property
    def code(self) -> str:
        return self.name.lower()


LEVELS: dict[str, Level] = {level.code: level for level in Level}
COLOURS: dict[str, Level] = {code: level for code, level in LEVELS.items() if level}


class Operator(StrEnum):
    """How a value is bad: it is lower (than, or at) the limit, or higher."""

    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"

    @property
    def compare(self) -> Callable[[Decimal, Decimal], bool]:
        return _COMPARE[self]

    @property
    def worse_is_lower(self) -> bool:
        return self in (Operator.LT, Operator.LE)


_COMPARE: dict[Operator, Callable[[Decimal, Decimal], bool]] = {
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}


class NoData(StrEnum):
    """What a period without a value means: nothing (keep), a healthy period (ok), or a breach up to some level."""

    KEEP = "keep"
    OK = "ok"
    BREACH = "breach"


def recovery_value(worse: Operator, at: Decimal, margin: Decimal) -> Decimal:
    """The limit moved to its healthy side by the recovery margin (解除幅度)."""
    return EXACT.add(at, margin) if worse.worse_is_lower else EXACT.subtract(at, margin)


@dataclass(frozen=True, slots=True)
class Limit:
    """One colour of a threshold: a value beyond ``at`` triggers it, a value still beyond ``recover_at`` holds it.

    ``for_periods`` consecutive triggering periods raise it (连续几期超限才预警).
    """

    level: Level
    at: Decimal
    recover_at: Decimal
    for_periods: int = 1


@dataclass(frozen=True, slots=True)
class Threshold:
    """The rule by which one period is judged.

    ``limits``: one per colour used, mildest first, at least one. ``recover_periods``: healthy periods in a row that end
    a level (连续几期回落才解除). ``no_data_level``: with NoData.BREACH the highest level a missing period breaches.
    ``stale_after``: missing periods in a row that make the data stale (数据中断). ``scale``: decimals shown and used.
    """

    operator: Operator
    limits: tuple[Limit, ...]
    recover_periods: int = 1
    no_data: NoData = NoData.KEEP
    no_data_level: Level = Level.NONE
    stale_after: int = 2
    scale: int = 2


@dataclass(frozen=True, slots=True)
class ThresholdVersion:
    """A threshold with the periods it is in force: from ``starts`` (None: always) up to, without, ``ends``."""

    threshold: Threshold
    starts: str | None = None
    ends: str | None = None

    def covers(self, period: str) -> bool:
        return in_dates(self.starts, self.ends, period)


def in_dates(starts: str | None, ends: str | None, period: str) -> bool:
    """Whether a period lies in [starts, ends); periods compare as text, None is without end on that side."""
    return (starts is None or starts <= period) and (ends is None or period < ends)


def dates_overlap(first: tuple[str | None, str | None], second: tuple[str | None, str | None]) -> bool:
    """Whether two half-open spans share a period; a span that ends where it starts, or before, shares none."""

    def before(starts: str | None, ends: str | None) -> bool:
        return starts is None or ends is None or starts < ends

    return before(*first) and before(*second) and before(first[0], second[1]) and before(second[0], first[1])


def always(threshold: Threshold) -> tuple[ThresholdVersion, ...]:
    """The single version of a threshold that is in force in every period."""
    return (ThresholdVersion(threshold),)


def in_force(versions: Iterable[ThresholdVersion], period: str) -> Threshold | None:
    """The threshold in force in a period, None where there is none (未监测). Versions must not overlap."""
    return next((version.threshold for version in versions if version.covers(period)), None)


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a threshold is meant: an indicator and, where named, one scheme, one region level, one region.

    A region is exactly that region, never its children.
    """

    indicator: str | None
    scheme: str | None = None
    region_level: str | None = None
    region: str | None = None

    @property
    def score(self) -> int:
        """How specific the scope is: a region outweighs level and scheme together, a level outweighs a scheme."""
        return 4 * (self.region is not None) + 2 * (self.region_level is not None) + (self.scheme is not None)

    def matches(self, subject: Scope) -> bool:
        return self.indicator == subject.indicator and all(
            named is None or named == its
            for named, its in (
                (self.scheme, subject.scheme),
                (self.region_level, subject.region_level),
                (self.region, subject.region),
            )
        )


@dataclass(frozen=True, slots=True)
class ThresholdRecord:
    """One row of the threshold register: whose limits, from when until when, and whether it switches monitoring off."""

    id: str
    scope: Scope
    starts: str
    ends: str | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which record decides for one subject and period (生效阈值); ``losing``: the other matching ones, best first."""

    winner: ThresholdRecord | None
    losing: tuple[ThresholdRecord, ...] = ()

    @property
    def effective(self) -> str:
        """The winner's id; ``unmonitored:ID`` when the winner is switched off; ``none`` without any match."""
        if self.winner is None:
            return "none"
        return self.winner.id if self.winner.enabled else f"unmonitored:{self.winner.id}"


def resolve_threshold(records: Sequence[ThresholdRecord], subject: Scope, period: str) -> Resolution:
    """The record that decides for a subject in a period: the most specific one wins whole, fields are never mixed.

    A record that is switched off wins like any other and then means: deliberately not monitored. ``subject`` names what
    the subject is (its own scheme, level and region). The register forbids two records of one scope at a time; if it
    happens, the one that started later wins, so that the answer does not depend on the order of rows.
    """
    matching = [r for r in records if r.scope.matches(subject) and in_dates(r.starts, r.ends, period)]
    matching.sort(key=lambda r: r.id)
    matching.sort(key=lambda r: (r.scope.score, r.starts), reverse=True)
    return Resolution(matching[0], tuple(matching[1:])) if matching else Resolution(None)
