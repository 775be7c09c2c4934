"""The condition of a warning (预警状态): a pure fold of one subject's observations, period by period.

Live evaluation, preview (试算) and tests call the same functions. A subject is one indicator of one scheme and region
(and part); subjects never meet here, so none can influence another. No clock: time is the sequence of periods.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from rules.alerts.threshold import EXACT, Level, NoData, Threshold, ThresholdVersion, always, in_force


class Gap(StrEnum):
    """A period without a value: past its due date (逾期未报), unusable (无效), or not due yet (未到期)."""

    MISSING = "missing"
    INVALID = "invalid"
    NOT_DUE = "not_due"


Observation = Decimal | Gap
Series = Sequence[tuple[str, Observation]]
"""One subject's observations, one per period, periods ascending."""


class Phase(StrEnum):
    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    UNMONITORED = "unmonitored"


class Data(StrEnum):
    """How fresh a subject's data are, whatever its level."""

    UNKNOWN = "unknown"
    FRESH = "fresh"
    MISSING = "missing"
    STALE = "stale"


class EventKind(StrEnum):
    DATA_STALE = "data_stale"
    DATA_RESTORED = "data_restored"
    OPEN = "open"
    REFIRE = "refire"
    ESCALATE = "escalate"
    DEESCALATE = "deescalate"
    RECOVER = "recover"
    UNMONITORED = "unmonitored"


class Reason(StrEnum):
    """Why a level moved when it was not simply the value."""

    DATA_REVISED = "data_revised"
    NO_DATA = "no_data"
    THRESHOLD_CHANGED = "threshold_changed"


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """What happened in a period; as text ``open:red``, ``recover/no_data``."""

    kind: EventKind
    level: Level | None = None
    reason: Reason | None = None

    def __str__(self) -> str:
        level = "" if self.level is None else f":{self.level.code}"
        return f"{self.kind}{level}" + ("" if self.reason is None else f"/{self.reason}")


Counters = tuple[int, ...]
_ZERO: Counters = (0,) * len(Level)


@dataclass(frozen=True, slots=True)
class ConditionState:
    """All that one subject's past means for its next period.

    ``up``, ``down``: per level, periods in a row that triggered it, and that did not hold it. ``missing_run``: periods
    in a row without a value. ``stale_told``: data_stale was reported and data_restored not yet. ``episode_open``: the
    last episode is not closed. ``threshold``: the one that judged the previous evaluated period.
    """

    level: Level = Level.NONE
    phase: Phase = Phase.OK
    pending: Level = Level.NONE
    data: Data = Data.UNKNOWN
    up: Counters = _ZERO
    down: Counters = _ZERO
    missing_run: int = 0
    stale_told: bool = False
    episode_open: bool = False
    threshold: Threshold | None = None


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """One period after the fold. ``evaluated`` is false where the period was not due: its state is the one before."""

    period: str
    state: ConditionState
    events: tuple[AlertEvent, ...]
    evaluated: bool


@dataclass(frozen=True, slots=True)
class _Judgement:
    level: Level
    pending: Level
    up: Counters
    down: Counters


def _rounded(value: Decimal, scale: int) -> Decimal:
    # Compared exactly as shown; a value without surplus decimals is left alone, which also spares the time.
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -scale:
        return value.quantize(Decimal((0, (1,), -scale)), ROUND_HALF_UP, EXACT)
    return value


def _count(state: ConditionState, threshold: Threshold, observation: Observation) -> tuple[list[int], list[int]]:
    up, down = [0] * len(Level), [0] * len(Level)
    value = None if isinstance(observation, Gap) else _rounded(observation, threshold.scale)
    beyond = threshold.operator.compare
    for limit in threshold.limits:
        level = limit.level
        if value is not None:
            up[level] = state.up[level] + 1 if beyond(value, limit.at) else 0
            down[level] = 0 if beyond(value, limit.recover_at) else state.down[level] + 1
        elif threshold.no_data is NoData.OK:
            down[level] = state.down[level] + 1
        elif threshold.no_data is NoData.BREACH and level <= threshold.no_data_level:
            up[level] = state.up[level] + 1
        else:
            up[level], down[level] = state.up[level], state.down[level]
    return up, down


def _judge(state: ConditionState, threshold: Threshold, observation: Observation) -> _Judgement:
    """Counters and level after one evaluated period: breaches in a row raise it, enough healthy periods end it."""
    up, down = _count(state, threshold, observation)
    level = pending = Level.NONE
    for limit in threshold.limits:  # mildest first, so the last that fits is the highest
        raised = up[limit.level] >= limit.for_periods
        held = limit.level <= state.level and down[limit.level] < threshold.recover_periods
        if raised or held:
            level = limit.level
    for limit in threshold.limits:
        if limit.level > level and up[limit.level]:
            pending = limit.level
    return _Judgement(level, pending, tuple(up), tuple(down))


def level_event(before: Level, after: Level, episode_open: bool, reason: Reason | None) -> AlertEvent | None:
    """The event of a level that moved from ``before`` to ``after``; None when it did not move."""
    if after is before:
        return None
    if after is Level.NONE:
        return AlertEvent(EventKind.RECOVER, None, reason)
    if before is Level.NONE:
        return AlertEvent(EventKind.REFIRE if episode_open else EventKind.OPEN, after, reason)
    return AlertEvent(EventKind.ESCALATE if after > before else EventKind.DEESCALATE, after, reason)


def episode_stays_open(episode_open: bool, event: AlertEvent | None, auto_close: bool) -> bool:
    """Whether the last episode is unclosed after a level event: any level opens it, only ``recover`` can close it."""
    if event is None or event.kind is EventKind.UNMONITORED:
        return episode_open
    return not auto_close if event.kind is EventKind.RECOVER else True


def _reason(state: ConditionState, threshold: Threshold, observation: Observation) -> Reason | None:
    """Why the level moved in this period; None: simply the value."""
    if isinstance(observation, Gap):
        return Reason.NO_DATA
    previous = state.threshold
    if previous is None or previous == threshold:
        return None
    stayed = _judge(state, previous, observation).level is state.level
    return Reason.THRESHOLD_CHANGED if stayed else None


def _unmonitored(state: ConditionState) -> tuple[ConditionState, tuple[AlertEvent, ...]]:
    lost = state.level is not Level.NONE or state.data is Data.STALE
    # The episode stays as it is: that nobody watches is no recovery. The last threshold is remembered,
    # so that a different one after the gap can be named as the cause.
    after = ConditionState(phase=Phase.UNMONITORED, episode_open=state.episode_open, threshold=state.threshold)
    return after, (AlertEvent(EventKind.UNMONITORED),) if lost else ()


def _data_axis(state: ConditionState, threshold: Threshold, gap: bool) -> tuple[Data, int, EventKind | None]:
    if not gap:
        return Data.FRESH, 0, EventKind.DATA_RESTORED if state.stale_told else None
    run = state.missing_run + 1
    if run < threshold.stale_after:
        return Data.MISSING, run, None
    return Data.STALE, run, None if state.stale_told else EventKind.DATA_STALE


def step(
    state: ConditionState, observation: Observation, threshold: Threshold | None, *, auto_close: bool = True
) -> tuple[ConditionState, tuple[AlertEvent, ...]]:
    """The state after one more period, and what happened in it: a data event first, then at most one level event.

    ``threshold`` is the one in force in the period, None where none is. A period that is not due changes nothing,
    whether monitored or not. ``auto_close``: a recovery closes the episode, so the next breach opens a new one.
    """
    if observation is Gap.NOT_DUE:
        return state, ()
    if threshold is None:
        return _unmonitored(state)
    judged = _judge(state, threshold, observation)
    data, missing_run, data_event = _data_axis(state, threshold, isinstance(observation, Gap))
    events: tuple[AlertEvent, ...] = () if data_event is None else (AlertEvent(data_event),)
    moved = None
    if judged.level is not state.level:
        moved = level_event(state.level, judged.level, state.episode_open, _reason(state, threshold, observation))
        events += () if moved is None else (moved,)
    if judged.level is Level.NONE:
        phase = Phase.PENDING if judged.pending else Phase.OK
    else:
        phase = Phase.RECOVERING if judged.down[judged.level] else Phase.FIRING
    after = ConditionState(
        level=judged.level,
        phase=phase,
        pending=judged.pending,
        data=data,
        up=judged.up,
        down=judged.down,
        missing_run=missing_run,
        stale_told=data is Data.STALE or (data is Data.MISSING and state.stale_told),
        episode_open=episode_stays_open(state.episode_open, moved, auto_close),
        threshold=threshold,
    )
    return after, events


NEVER_EVALUATED = ConditionState()


def fold(
    series: Iterable[tuple[str, Observation]],
    versions: Sequence[ThresholdVersion],
    *,
    state: ConditionState = NEVER_EVALUATED,
    auto_close: bool = True,
) -> tuple[PeriodResult, ...]:
    """One result per period of a subject's series, in its order; each period is judged by the version in force in it.

    ``state`` is where an earlier fold of the periods before ended (the last result's state): folding in two parts gives
    the same as folding at once. Counters carry over between versions by level.
    """
    results = []
    for period, observation in series:
        state, events = step(state, observation, in_force(versions, period), auto_close=auto_close)
        results.append(PeriodResult(period, state, events, observation is not Gap.NOT_DUE))
    return tuple(results)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a limit would have done in a span of periods (试算); counts of evaluated periods in the span only.

    ``carried_in``: a level had been reached before the span, so its opening is not among ``opens``.
    """

    opens: int
    escalations: int
    recoveries: int
    periods_alerting: int
    max_level: Level
    carried_in: bool
    periods_missing: int


def backtest(series: Series, threshold: Threshold, starts: str, ends: str) -> Backtest:
    """A candidate threshold on history as if always in force, counting periods ``starts`` to ``ends``, both included.

    Earlier periods of the series warm the counters up. Periods not due are not counted: they were never judged.
    """
    return summed_up(fold(series, always(threshold)), starts, ends)


def summed_up(results: Sequence[PeriodResult], starts: str, ends: str) -> Backtest:
    """The counts of a folded history, of its periods ``starts`` to ``ends``."""
    before = NEVER_EVALUATED
    counted = []
    for result in results:
        if result.period < starts:
            before = result.state
        elif result.period <= ends and result.evaluated:
            counted.append(result)
    kinds = [event.kind for result in counted for event in result.events]
    levels = [result.state.level for result in counted]
    return Backtest(
        opens=kinds.count(EventKind.OPEN),
        escalations=kinds.count(EventKind.ESCALATE),
        recoveries=kinds.count(EventKind.RECOVER),
        periods_alerting=sum(1 for level in levels if level),
        max_level=max(levels, default=Level.NONE),
        carried_in=before.level is not Level.NONE,
        periods_missing=sum(1 for result in counted if result.state.data is not Data.FRESH),
    )


class DueState(StrEnum):
    OBSERVED = "observed"
    NOT_DUE = "not_due"
    MISSING = "missing"


def due_state(due: datetime, grace_days: int, now: datetime, *, has_value: bool) -> DueState:
    """Whether a period is observed, not due yet, or missing (逾期未报) at ``now``; a value beats the clock.

    Without a value a period is missing from the instant ``due`` plus ``grace_days`` days of 24 hours (宽限期). Both
    times carry an offset, or neither does. Raises OverflowError when the grace ends after the year 9999.
    """
    if has_value:
        return DueState.OBSERVED
    return DueState.NOT_DUE if now < due + timedelta(days=grace_days) else DueState.MISSING


def with_episode(state: ConditionState, episode_open: bool) -> ConditionState:
    """The state with the episode as it is on record, where a revised history would have it otherwise."""
    return replace(state, episode_open=episode_open)
