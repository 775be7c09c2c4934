"""One subject judged at one version and threshold set: what its alert becomes and what is to be told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rules.alerts.condition import AlertEvent, Data, EventKind, Gap, fold, with_episode
from rules.alerts.runs import Committed, RunOutcome, RunResult, answer_without_folding, evaluate_run
from rules.alerts.threshold import Level, Scope, ThresholdVersion
from workflows.thresholds.register import ACT, ELSEWHERE, TRIAL, WATCH, Register
from workflows.warnings.alerts import NewEvent, SubjectState
from workflows.warnings.observations import Series

UNSET = "none"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome for one subject. ``moves``: (period, event) to be told, oldest first; ``revised``: past periods whose
    level is now another. ``before``: the level it had. ``standing`` as in SubjectState; ``threshold`` and ``spec``: the row in force, None for none.
    """

    before: Level
    committed: Committed
    moves: tuple[tuple[str, AlertEvent], ...]
    revised: tuple[str, ...]
    standing: str
    was_standing: str
    threshold: int | None
    spec: str | None
    value: str | None

    @property
    def period(self) -> str:
        return self.committed.levels[-1][0] if self.committed.levels else ""

    @property
    def needs_work(self) -> bool:
        """Whether an episode may have to be opened, moved or closed."""
        if self.standing != ACT:
            return self.was_standing == ACT
        moved = any(event.level is not None or event.kind is EventKind.RECOVER for _, event in self.moves)
        lost = any(event.kind is EventKind.UNMONITORED for _, event in self.moves)
        return moved or lost or (self.was_standing != ACT and self.committed.state.level is not Level.NONE)

    @property
    def level(self) -> Level:
        return self.committed.state.level

    def worked(self, *, elsewhere: bool) -> Judgement:
        """The same, where its matter is worked at another place."""
        return replace(self, standing=ELSEWHERE) if elsewhere and self.standing == ACT else self

    @property
    def events(self) -> tuple[NewEvent, ...]:
        """What happened, as rows that belong to no episode and are told to nobody."""
        level, rows = self.before, []
        if self.revised:
            rows.append(history_revised(self.period, self.revised, level))
        for period, event in self.moves:
            level = level_after(event, level)
            rows.append(NewEvent(period, str(event), level))
        return tuple(rows)

    def after(self, state: SubjectState, events: int | None = None) -> SubjectState:
        """The subject's state with this judgement, its events counted on."""
        return replace(
            state,
            committed=self.committed,
            value=self.value,
            standing=self.standing,
            threshold=self.threshold,
            spec=self.spec,
            events=state.events + (len(self.events) if events is None else events),
            error=None,
        )


def level_after(event: AlertEvent, level: Level) -> Level:
    """The level once an event has happened; what only concerns the data leaves it."""
    if event.kind in (EventKind.RECOVER, EventKind.UNMONITORED):
        return Level.NONE
    return level if event.level is None else event.level


def history_revised(period: str, revised: Sequence[str], level: Level) -> NewEvent:
    """Past periods whose level is now another, told as one event."""
    return NewEvent(period, f"history_revised {','.join(revised)}", level)


def judge(
    scope: Scope,
    rule: str,
    state: SubjectState | None,
    version: int,
    register: Register,
    series: Series,
    *,
    live: bool,
    episode_open: bool = False,
) -> Judgement | None:
    """The judgement, or None where there is nothing to do: the same pair was judged before, or a later one.

    ``scope`` is what the subject is: indicator, scheme, region and its level. ``episode_open``: the subject's last episode is not closed. No recovery closes an episode here: that is for the
    workflow to say.
    """
    committed = None if state is None else state.committed
    if committed is not None:
        committed = replace(committed, state=with_episode(committed.state, episode_open))
    if answer_without_folding(committed, version, register.number) is not None:
        return None
    versions = register.versions(scope, rule)
    if live and committed is not None and _past_stands(committed, register, scope, rule, series):
        outcome = _stepped_on(committed, version, register.number, series, versions)
    else:
        outcome = evaluate_run(committed, version, register.number, series, versions, auto_close=False)
    if outcome.result is not RunResult.EVALUATED or outcome.committed is None:
        return None
    after = outcome.committed
    last = after.levels[-1][0] if after.levels else series[-1][0]
    row = register.deciding(scope, rule, last)
    observation = dict(series).get(last)
    return Judgement(
        Level.NONE if committed is None else committed.state.level,
        # Of what is live only the last period is kept: the past of a live value is never revised.
        replace(after, levels=after.levels[-1:]) if live else after,
        _last_only(after) if committed is None else outcome.events,
        outcome.revised,
        UNSET if row is None else _standing(row.status, row.kind),
        UNSET if state is None else state.standing,
        None if row is None else row.id,
        _spec_of(state, after) if row is None else row.spec,
        None if observation is None or isinstance(observation, Gap) else str(observation),
    )


def moved_place(state: SubjectState) -> Judgement | None:
    """A subject whose value and limits stand, but whose matter is now worked here or no longer; None before the first."""
    if state.committed is None:
        return None
    standing = ACT if state.standing == ELSEWHERE else ELSEWHERE
    level = state.committed.state.level
    return Judgement(level, state.committed, (), (), standing, state.standing, state.threshold, state.spec, state.value)


def _spec_of(state: SubjectState | None, after: Committed) -> str | None:
    """While nobody watches, the last limit is remembered, so that a different one afterwards can be named the cause."""
    return None if state is None or after.state.threshold is None else state.spec


def _standing(status: str, kind: str) -> str:
    if status == TRIAL:
        return TRIAL
    return WATCH if kind == WATCH else ACT


def _last_only(after: Committed) -> tuple[tuple[str, AlertEvent], ...]:
    """A history judged for the first time: only where it stands now is told, nothing of the past."""
    if not after.levels:
        return ()
    last, state, told = after.levels[-1][0], after.state, []
    if state.data is Data.STALE:
        told.append((last, AlertEvent(EventKind.DATA_STALE)))
    if state.level is not Level.NONE:
        told.append((last, AlertEvent(EventKind.OPEN, state.level)))
    return tuple(told)


def _past_stands(committed: Committed, register: Register, scope: Scope, rule: str, series: Series) -> bool:
    """Whether neither a limit nor the value of the period last judged can have changed. Two versions within one minute
    are one period, whose value the later one may revise."""
    if not committed.levels:
        return False
    last = committed.levels[-1][0]
    return last < series[-1][0] and not register.touches_past(scope, rule, committed.threshold_set, last)


def _stepped_on(
    committed: Committed, version: int, number: int, series: Series, versions: Sequence[ThresholdVersion]
) -> RunOutcome:
    """A live subject whose past stands: folding goes on from where it ended."""
    last = committed.levels[-1][0]
    fresh = fold([row for row in series if row[0] > last], versions, state=committed.state, auto_close=False)
    events = tuple((result.period, event) for result in fresh for event in result.events)
    levels = (*committed.levels, *((result.period, result.state.level) for result in fresh if result.evaluated))
    return RunOutcome(RunResult.EVALUATED, Committed(version, number, levels, fresh[-1].state), (), events)
