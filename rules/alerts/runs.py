"""Repeated evaluation of one subject as its data and limits change (重算): what a run commits and what it reports.

Every run folds the whole series then known from the start; what was reported before is compared, never edited.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules.alerts.condition import (
    NEVER_EVALUATED,
    AlertEvent,
    ConditionState,
    EventKind,
    PeriodResult,
    Phase,
    Reason,
    Series,
    episode_stays_open,
    fold,
    level_event,
    with_episode,
)
from rules.alerts.threshold import Level, ThresholdVersion


class RunResult(StrEnum):
    EVALUATED = "evaluated"
    NOOP = "noop"
    STALE_RUN = "stale_run"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Committed:
    """What the last successful run left behind.

    ``levels``: the level after each period it evaluated, periods ascending; periods not due are not among them, periods
    without a threshold in force are. ``state``: the subject's state after the last period.
    """

    data_version: int
    threshold_set: int
    levels: tuple[tuple[str, Level], ...]
    state: ConditionState


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What one run did. ``revised``: periods evaluated before whose level is now another.

    ``events``: (period, event) in order. ``committed`` is unchanged unless the run was evaluated.
    """

    result: RunResult
    committed: Committed | None
    revised: tuple[str, ...] = ()
    events: tuple[tuple[str, AlertEvent], ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The events as text: ``history_revised 2026-01,2026-02`` first, then ``2026-02 open:red/data_revised``."""
        history = (f"history_revised {','.join(self.revised)}",) if self.revised else ()
        return history + tuple(f"{period} {event}" for period, event in self.events)

    @property
    def state(self) -> ConditionState:
        return NEVER_EVALUATED if self.committed is None else self.committed.state


def answer_without_folding(
    committed: Committed | None, data_version: int, threshold_set: int, *, failed: bool = False
) -> RunOutcome | None:
    """The outcome of a run that must change nothing, None when it has to be evaluated.

    A failed refresh is no missing data: nothing changes. The pair last committed again is a noop. A smaller data
    version or threshold set than the one committed comes too late.
    """
    if failed:
        return RunOutcome(RunResult.FAILED, committed)
    if committed is None:
        return None
    if (data_version, threshold_set) == (committed.data_version, committed.threshold_set):
        return RunOutcome(RunResult.NOOP, committed)
    if data_version < committed.data_version or threshold_set < committed.threshold_set:
        return RunOutcome(RunResult.STALE_RUN, committed)
    return None


def evaluate_run(
    committed: Committed | None,
    data_version: int,
    threshold_set: int,
    series: Series,
    versions: Sequence[ThresholdVersion],
    *,
    auto_close: bool = True,
) -> RunOutcome:
    """One subject evaluated at a data version and threshold set.

    Periods up to the last one evaluated before are history: a changed level there is told as revised, and only the
    level of that last period moves the warning, with the reason. Periods after it report their own events. Whether a
    breach opens or refires is decided by the episode on record, not by the one a revised history would have had.
    """
    settled = answer_without_folding(committed, data_version, threshold_set)
    if settled is not None:
        return settled
    last = committed.levels[-1][0] if committed is not None and committed.levels else None
    past = [row for row in series if last is not None and row[0] <= last]
    results = fold(past, versions, auto_close=auto_close)
    state = results[-1].state if results else NEVER_EVALUATED
    revised: tuple[str, ...] = ()
    events: list[tuple[str, AlertEvent]] = []
    if committed is not None:
        moved = None
        if last is not None:
            revised = _revised_periods(committed, results)
            reason = Reason.DATA_REVISED if data_version != committed.data_version else Reason.THRESHOLD_CHANGED
            moved = _event_of_last(committed.levels[-1][1], state, committed.state.episode_open, reason)
            events += [] if moved is None else [(last, moved)]
        state = with_episode(state, episode_stays_open(committed.state.episode_open, moved, auto_close))
    fresh = fold(series[len(past) :], versions, state=state, auto_close=auto_close)
    events += [(result.period, event) for result in fresh for event in result.events]
    levels = tuple((r.period, r.state.level) for r in (*results, *fresh) if r.evaluated)
    after = Committed(data_version, threshold_set, levels, fresh[-1].state if fresh else state)
    return RunOutcome(RunResult.EVALUATED, after, revised, tuple(events))


def _revised_periods(committed: Committed, results: Sequence[PeriodResult]) -> tuple[str, ...]:
    """Periods evaluated before whose level differs now; one no longer in the series has the level carried into it."""
    periods = [result.period for result in results]

    def level_now(period: str) -> Level:
        known = bisect_right(periods, period)
        return results[known - 1].state.level if known else Level.NONE

    return tuple(period for period, level in committed.levels if level_now(period) is not level)


def _event_of_last(before: Level, state: ConditionState, episode_open: bool, reason: Reason) -> AlertEvent | None:
    # A limit withdrawn for the past is the end of monitoring, not a recovery: it must not close the episode.
    if state.phase is Phase.UNMONITORED and before is not Level.NONE:
        return AlertEvent(EventKind.UNMONITORED)
    return level_event(before, state.level, episode_open, reason)
