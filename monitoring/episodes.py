"""A warning that someone must act on: its episode 预警事件, what is told of it and to whom, in one transaction.

Only the condition moves the workflow here. Its clock (督办 ladder, 催办 reminders, lapsed signatures) ticks elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from sqlalchemy import Connection

from data_access.accounts import Account
from data_access.alerts import NewEvent, Subject, SubjectState, add_events, save_states
from data_access.audit import record
from data_access.episodes import EpisodeRow, save_episode
from data_access.outbox import NewMessage, enqueue, recipients
from data_access.regions import RegionTree
from data_access.thresholds import ACT
from monitoring.judgement import Judgement, history_revised, level_after
from rules.alert_condition import AlertEvent, EventKind, Reason, level_event
from rules.alert_episode import Condition, DisableRule, Hours, Policy, Work, WorkflowState
from rules.alert_threshold import Level
from rules.alert_workflow import advance
from rules.indicators import INDICATORS

SYSTEM = "system"
WEBHOOK = "webhook"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = 10**9
# An evaluation moves the condition; that nobody signed for it is found by the clock, not by whatever data happen to come.
CONDITION_ONLY = Policy(max_steps=0, repeat=NEVER, ack_timeout=NEVER)


def hours(instant: datetime) -> Hours:
    """An instant in the workflow's hours."""
    return Fraction((instant - EPOCH) // timedelta(microseconds=1), 3_600_000_000)


@dataclass(frozen=True, slots=True)
class Telling:
    """Who can be told, through which channels, and when it is."""

    tree: RegionTree
    accounts: Sequence[Account]
    channels: Sequence[str]
    now: datetime


def commit_alone(
    connection: Connection, state: SubjectState, episode: EpisodeRow | None, judgement: Judgement, telling: Telling
) -> bool:
    """Write a judgement with its episode, events, messages and audit row; the caller holds the state's lock. Returns
    whether anything happened."""
    work = _Work(connection, state, episode, telling.now)
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
    after = judgement.after(state, len(work.events))
    save_states(connection, [after])
    rows = add_events(connection, [(after, work.events)], telling.now)
    _enqueue(connection, after, list(zip(rows, work.events, strict=True)), telling)
    if work.events:
        _audit(connection, after, work.events, telling.now)
    return bool(work.events)


class _Work:
    """The workflow of one subject's last episode, moved event by event."""

    def __init__(self, connection: Connection, state: SubjectState, episode: EpisodeRow | None, now: datetime) -> None:
        self.connection, self.state, self.episode, self.now = connection, state, episode, now
        self.events: list[NewEvent] = []

    @property
    def workflow(self) -> WorkflowState:
        return WorkflowState() if self.episode is None else self.episode.work

    def note(self, event: NewEvent) -> None:
        """What moves no work; it belongs to the episode all the same, if one is live."""
        live = self.episode is not None and self.episode.live
        self.events.append(replace(event, episode=self.episode.id if live and self.episode else None))

    def move(self, period: str, event: AlertEvent, level: Level) -> None:
        action = DisableRule() if event.kind is EventKind.UNMONITORED else Condition(level)
        turn = advance(self.workflow, CONDITION_ONLY, hours(self.now), action)
        before = self.workflow.episode.number
        if turn.state.episode.work is Work.NONE:
            self.note(NewEvent(period, str(event), level))
            return
        self.episode = save_episode(self.connection, self.state, self.episode, turn.state, period, self.now, hours)
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
        event = level_event(now.level, level, live, Reason.THRESHOLD_CHANGED)
        assert event is not None, "the levels differ"
        self.move(judgement.period, event, level)


def _enqueue(
    connection: Connection, state: SubjectState, events: Sequence[tuple[int, NewEvent]], telling: Telling
) -> None:
    subject = state.subject
    told = [(row, event) for row, event in events if any(not kind.startswith("withheld:") for kind in event.told)]
    if not told:
        return
    responsible = INDICATORS[subject.indicator].responsible
    logins = recipients(telling.accounts, telling.tree, subject.region, responsible)
    first = state.events - len(events) + 1
    numbers = {row: first + place for place, (row, _) in enumerate(events)}
    messages = [
        NewMessage(event.episode, numbers[row], row, recipient, channel, event.level)
        for row, event in told
        if event.episode is not None
        for channel in telling.channels
        for recipient in ([WEBHOOK] if channel == WEBHOOK else logins)
    ]
    enqueue(connection, messages, telling.now)


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
