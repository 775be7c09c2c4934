"""A warning that someone must act on: its episode 预警事件, what is told of it and to whom, in one transaction.

Only the condition moves the workflow here. Its clock (督办 ladder, 催办 reminders, lapsed signatures) ticks elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from data_access.store.audit import record
from monitoring.alerts.judgement import Judgement, history_revised, level_after
from rules.alerts.casework import PAUSED
from rules.alerts.condition import AlertEvent, EventKind, Reason, level_event
from rules.alerts.episode import Condition, DisableRule, Silence, Work, WorkflowState
from rules.alerts.threshold import Level
from rules.alerts.workflow import advance
from workflows.cases.membership import settle_case
from workflows.thresholds.register import ACT, ELSEWHERE
from workflows.warnings.alerts import NewEvent, Subject, SubjectState, add_events, save_states
from workflows.warnings.episodes import EpisodeRow, save_episode
from workflows.warnings.silences import silences_over
from workflows.warnings.telling import Audience, tell
from workflows.warnings.working_clock import WorkingClock

SYSTEM = "system"


def commit_alone(
    connection: Connection,
    state: SubjectState,
    episode: EpisodeRow | None,
    judgement: Judgement,
    audience: Audience,
    clock: WorkingClock,
) -> bool:
    """Write a judgement with its episode, case, events, messages and audit row; the caller holds the state's lock.
    Returns whether anything happened."""
    silences = silences_over(connection, state.subject, audience.tree, clock)
    work = _Work(connection, state, episode, audience, clock, silences)
    level = judgement.before
    if judgement.revised:
        work.note(history_revised(judgement.period, judgement.revised, level))
    for period, event in judgement.moves:
        level = level_after(event, level)
        if judgement.standing == ACT and event.kind not in (EventKind.DATA_STALE, EventKind.DATA_RESTORED):
            work.move(period, event, level)
        else:
            work.note(NewEvent(period, str(event), level))
    work.agree(judgement)
    return _keep(connection, judgement.after(state, len(work.events)), work.events, audience)


def open_again(
    connection: Connection, state: SubjectState, episode: EpisodeRow, audience: Audience, clock: WorkingClock
) -> bool:
    """Open a new episode of a subject that still fires and whose last one was closed with its risk accepted for a time
    that is over; the caller holds the state's lock. Returns whether anything happened."""
    event = level_event(Level.NONE, state.level, False, None)
    if event is None or state.period is None:
        return False
    closed = replace(episode.work, episode=replace(episode.work.episode, level=Level.NONE))
    silences = silences_over(connection, state.subject, audience.tree, clock)
    work = _Work(connection, state, replace(episode, work=closed), audience, clock, silences)
    work.move(state.period, event, state.level)
    return _keep(connection, replace(state, events=state.events + len(work.events)), work.events, audience)


def _keep(connection: Connection, state: SubjectState, events: Sequence[NewEvent], audience: Audience) -> bool:
    save_states(connection, [state])
    rows = add_events(connection, [(state, events)], audience.now)
    tell(connection, state, list(zip(rows, events, strict=True)), audience)
    if events:
        _audit(connection, state, events, audience.now)
    return bool(events)


class _Work:
    """The workflow of one subject's last episode, moved event by event."""

    def __init__(
        self,
        connection: Connection,
        state: SubjectState,
        episode: EpisodeRow | None,
        audience: Audience,
        clock: WorkingClock,
        silences: tuple[Silence, ...],
    ) -> None:
        self.connection, self.state, self.episode = connection, state, episode
        self.audience, self.clock, self.silences = audience, clock, silences
        self.now = audience.now
        self.events: list[NewEvent] = []

    @property
    def workflow(self) -> WorkflowState:
        work = WorkflowState() if self.episode is None else self.episode.work
        return replace(work, silences=self.silences)

    def note(self, event: NewEvent) -> None:
        """What moves no work; it belongs to the episode all the same, if one is live."""
        live = self.episode is not None and self.episode.live
        self.events.append(replace(event, episode=self.episode.id if live and self.episode else None))

    def move(self, period: str, event: AlertEvent, level: Level) -> None:
        action = DisableRule() if event.kind is EventKind.UNMONITORED else Condition(level)
        # That nobody signed for it is found by the clock, not by whatever data happen to come.
        turn = advance(self.workflow, PAUSED, self.clock(self.now), action)
        before = self.workflow.episode.number
        if turn.state.episode.work is Work.NONE:
            self.note(NewEvent(period, str(event), level))
            return
        self.episode = save_episode(self.connection, self.state, self.episode, turn.state, period, self.now, self.clock)
        settle_case(self.connection, self.state.subject, self.episode, self.now)
        if event.kind in (EventKind.OPEN, EventKind.REFIRE):
            # The workflow closed the last episode by itself, or did not: it knows whether this is a new one.
            opened = turn.state.episode.number != before
            event = replace(event, kind=EventKind.OPEN if opened else EventKind.REFIRE)
        self.events.append(NewEvent(period, str(event), level, self.episode.id, turn.notifications))

    def agree(self, judgement: Judgement) -> None:
        """Where the limit itself began or ceased to call for work, the episode follows."""
        level = judgement.committed.state.level if judgement.standing == ACT else Level.NONE
        now = self.workflow.episode
        if now.level is level:
            return
        if judgement.standing != ACT:
            self.move(judgement.period, AlertEvent(EventKind.UNMONITORED), level)
            return
        live = self.episode is not None and self.episode.live
        # A warning that was worked at another place until now begins its own work without any limit having changed.
        reason = None if judgement.was_standing == ELSEWHERE else Reason.THRESHOLD_CHANGED
        event = level_event(now.level, level, live, reason)
        assert event is not None, "the levels differ"
        self.move(judgement.period, event, level)


def _audit(connection: Connection, state: SubjectState, events: Sequence[NewEvent], now: datetime) -> None:
    assert state.committed is not None
    details = {
        "events": [f"{event.period} {event.text}" for event in events],
        "data_version": state.committed.data_version,
        "threshold_set": state.committed.threshold_set,
    }
    record(connection, SYSTEM, "alert", _named(state.subject), details, now)


def _named(subject: Subject) -> str:
    return "/".join(
        name for name in (subject.scheme, subject.indicator, subject.rule, subject.region, subject.part) if name
    )
