"""A limit tried on history 试算: what it would have warned of, subject by subject, as if it had always been in force.

Pure like the fold it rests on; nothing is written and nobody is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from rules.alerts.condition import Backtest, Data, EventKind, PeriodResult, Series, fold, summed_up
from rules.alerts.threshold import Level, Threshold, always

_RISING = (EventKind.OPEN, EventKind.REFIRE, EventKind.ESCALATE)


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring judged periods that stand alike: at one level, with data or without. ``first`` and ``last`` belong
    to it; ``at`` is the place of the first among the judged periods, ``length`` how many they are."""

    first: str
    last: str
    at: int
    length: int
    level: Level
    missing: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """One subject's history under one limit.

    ``counts`` as in Backtest; ``reds`` how often red was reached; ``spans`` of the judged periods counted, oldest
    first; ``rises`` (period, level) of each opening and escalation; ``level`` where the subject would stand now.
    """

    counts: Backtest
    reds: int
    spans: tuple[Span, ...]
    rises: tuple[tuple[str, Level], ...]
    level: Level

    @property
    def quiet(self) -> bool:
        """No warning in any period and a value in each: what may be told as nothing to see."""
        return not self.counts.periods_alerting and not self.counts.periods_missing

    @property
    def stands(self) -> tuple[tuple[int, int, Level, bool], ...]:
        """What a drawing of the spans depends on; equal for two histories that look alike."""
        return tuple((span.at, span.length, span.level, span.missing) for span in self.spans)


def try_threshold(series: Series, threshold: Threshold, starts: str, ends: str) -> Trial:
    """The trial of a limit on one subject's series, counting periods ``starts`` to ``ends``; earlier ones warm it up."""
    results = fold(series, always(threshold))
    counted = [result for result in results if result.evaluated and starts <= result.period <= ends]
    rises = tuple(
        (result.period, event.level)
        for result in counted
        for event in result.events
        if event.kind in _RISING and event.level is not None
    )
    return Trial(
        counts=summed_up(results, starts, ends),
        reds=sum(1 for _, level in rises if level is Level.RED),
        spans=_spans(counted),
        rises=rises,
        level=counted[-1].state.level if counted else Level.NONE,
    )


def _spans(counted: Sequence[PeriodResult]) -> tuple[Span, ...]:
    def look(numbered: tuple[int, PeriodResult]) -> tuple[Level, bool]:
        return numbered[1].state.level, numbered[1].state.data is not Data.FRESH

    found = []
    for (level, missing), group in groupby(enumerate(counted), look):
        alike = list(group)
        (at, first), (_, last) = alike[0], alike[-1]
        found.append(Span(first.period, last.period, at, len(alike), level, missing))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Total:
    """Many subjects' trials together. ``now``: how many would stand at each level; levels without any are left out."""

    subjects: int
    opens: int
    reds: int
    escalations: int
    periods_alerting: int
    periods_missing: int
    subjects_missing: int
    now: dict[Level, int]


def total_of(trials: Iterable[Trial]) -> Total:
    """The sums over trials; a subject already warned of before the span counts as one warning, not as none."""
    every = list(trials)
    levels = [trial.level for trial in every]
    return Total(
        subjects=len(every),
        opens=sum(trial.counts.opens + trial.counts.carried_in for trial in every),
        reds=sum(trial.reds for trial in every),
        escalations=sum(trial.counts.escalations for trial in every),
        periods_alerting=sum(trial.counts.periods_alerting for trial in every),
        periods_missing=sum(trial.counts.periods_missing for trial in every),
        subjects_missing=sum(1 for trial in every if trial.counts.periods_missing),
        now={level: levels.count(level) for level in Level if level and level in levels},
    )
