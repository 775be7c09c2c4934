"""What people do with a warning (处置流程): 待签收 → 处置中 → 已反馈待核 → 已销号, with reminders, ladder and silence.

The machine takes one action at a time and says what is to be notified. Time is in hours of whatever clock the caller
keeps (working hours, in the live system); at each step the clock rules run first, then the action. Delivery, row
versions and rights are the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from rules.alerts.episode import (
    Acknowledge,
    Action,
    Assign,
    Close,
    Condition,
    DisableRule,
    EndInhibition,
    EndSilence,
    Episode,
    Hours,
    PersonAction,
    Policy,
    Result,
    Return,
    StartInhibition,
    StartSilence,
    Submit,
    Tick,
    Work,
    WorkflowState,
)
from rules.alerts.threshold import Level


@dataclass(frozen=True, slots=True)
class Turn:
    """One step's outcome: the state after it, what it notifies, in order, and how the action ended."""

    state: WorkflowState
    notifications: tuple[str, ...]
    result: Result = Result.OK

    def then(self, later: Turn) -> Turn:
        return replace(later, notifications=self.notifications + later.notifications)


def advance(state: WorkflowState, policy: Policy, t: Hours, action: Action) -> Turn:
    """One step at hour ``t`` (never before the last one): the clock rules, then the action.

    A person's action that is refused leaves the state as the clock rules left it; ``result`` says why.
    """
    clock = _clock(state, policy, t)
    turn = clock.then(_act(clock.state, policy, t, action))
    if turn.state.silenced(t):
        return replace(turn, state=replace(turn.state, was_silenced=True))
    return turn


def _with(state: WorkflowState, **changes: object) -> WorkflowState:
    return replace(state, episode=replace(state.episode, **changes))  # type: ignore[arg-type]


def _clock(state: WorkflowState, policy: Policy, t: Hours) -> Turn:
    if state.silenced(t):
        turn = Turn(replace(state, was_silenced=True), ())
    else:
        turn = _after_silence(state, t)
        turn = turn.then(_lapse(turn.state, policy, t))
        turn = turn.then(_ladder(turn.state, policy, t))
        # A reminder beside another notification of the same hour would say nothing new.
        if not turn.notifications:
            turn = _remind(turn.state, policy, t)
    return turn.then(_overdue(turn.state, t))


def _after_silence(state: WorkflowState, t: Hours) -> Turn:
    """A silence is over: the ladder starts again, and what was withheld is caught up (补发)."""
    told: tuple[str, ...] = ()
    after = replace(state, was_silenced=False, withheld=False)
    if state.was_silenced and state.episode.waiting:
        after = _with(after, ladder_start=t, ladder_sent=0)
        if state.withheld:
            after = _with(after, made_known=True, told_at=t)
            told = ("catch_up",)
    return Turn(after, told)


def _lapse(state: WorkflowState, policy: Policy, t: Hours) -> Turn:
    """Signed for but never taken up (签收后超时未办): the signature lapses."""
    episode = state.episode
    idle = episode.acked and episode.work is Work.OPEN and episode.level is not Level.NONE
    if not idle or t < episode.acked_at + policy.ack_timeout:
        return Turn(state, ())
    after = _with(state, acked_level=None, ladder_start=t, ladder_sent=0, made_known=True, told_at=t)
    return Turn(after, ("ack_expired",))


def _ladder(state: WorkflowState, policy: Policy, t: Hours) -> Turn:
    """Nobody signed for it: every step that has come due tells one superior more (督办提醒)."""
    episode = state.episode
    if not episode.waiting:
        return Turn(state, ())
    steps = range(episode.ladder_sent + 1, policy.max_steps + 1)
    due = [k for k in steps if t >= episode.ladder_start + k * policy.ack_sla]
    if not due:
        return Turn(state, ())
    after = _with(state, ladder_sent=due[-1], made_known=True, told_at=t)
    return Turn(after, tuple(f"ladder:{k}" for k in due))


def _remind(state: WorkflowState, policy: Policy, t: Hours) -> Turn:
    if not state.episode.waiting or t < state.episode.told_at + policy.repeat:
        return Turn(state, ())
    return Turn(_with(state, made_known=True, told_at=t), ("reminder",))


def _overdue(state: WorkflowState, t: Hours) -> Turn:
    """The deadline has passed (逾期未反馈): told once per deadline, also while silenced."""
    episode = state.episode
    if episode.work is not Work.HANDLING or episode.due is None or t <= episode.due:
        return Turn(state, ())
    if episode.overdue_for == episode.due:
        return Turn(state, ())
    return Turn(_with(state, overdue_for=episode.due, made_known=True), ("overdue",))


def _act(state: WorkflowState, policy: Policy, t: Hours, action: Action) -> Turn:
    match action:
        case Tick():
            return Turn(state, ())
        case Condition(level):
            return _condition(state, policy, t, level)
        case StartSilence(silence):
            others = tuple(other for other in state.silences if other.id != silence.id)
            return Turn(replace(state, silences=(*others, silence)), ())
        case EndSilence(id):
            return _end_silence(state, t, id)
        case StartInhibition(source):
            return Turn(replace(state, inhibited_by=state.inhibited_by | {source}), ())
        case EndInhibition(source):
            return Turn(replace(state, inhibited_by=state.inhibited_by - {source}), ())
        case DisableRule():
            return _disable(state)
        case Acknowledge() | Assign() | Submit() | Return() | Close():
            return _person(state, t, action)
        case _:
            assert_never(action)


def _announce(state: WorkflowState, t: Hours, kind: str) -> Turn:
    """Tell of a change of level, or withhold it while silenced."""
    recovery = kind == "recover"
    if state.silenced(t):
        return Turn(state if recovery else replace(state, withheld=True), (f"withheld:{kind}",))
    if recovery:
        return Turn(_with(state, made_known=True), (kind,))
    return Turn(replace(_with(state, made_known=True, told_at=t), was_silenced=False, withheld=False), (kind,))


def _condition(state: WorkflowState, policy: Policy, t: Hours, level: Level) -> Turn:
    before = state.episode.level
    if level is Level.NONE:
        return Turn(state, ()) if before is Level.NONE else _recover(state, policy, t)
    if level <= before:
        return Turn(_with(state, level=level), ())
    if state.episode.work in (Work.NONE, Work.CLOSED):
        return _open(state, t, level)
    return _worsen(state, t, level)


def _open(state: WorkflowState, t: Hours, level: Level) -> Turn:
    episode = Episode(
        number=state.episode.number + 1, work=Work.OPEN, level=level, highest=level, ladder_start=t, told_at=t
    )
    return _announce(replace(state, episode=episode), t, "open")


def _worsen(state: WorkflowState, t: Hours, level: Level) -> Turn:
    """A refire (the level was none) or an escalation within an episode that is not closed."""
    episode = state.episode
    refire = episode.level is Level.NONE
    after = _with(state, level=level, highest=max(episode.highest, level))
    beyond_acked = episode.acked_level is None or level > episode.acked_level
    if beyond_acked:
        after = _with(after, acked_level=None, ladder_start=t, ladder_sent=0)
    if episode.work is Work.SUBMITTED and (refire or beyond_acked):
        after = _with(after, work=Work.HANDLING)
    return _announce(after, t, "refire" if refire else "escalate")


def _recover(state: WorkflowState, policy: Policy, t: Hours) -> Turn:
    turn = Turn(_with(state, level=Level.NONE), ())
    # Who was never told of the problem is not told of its end.
    if state.episode.made_known:
        turn = _announce(turn.state, t, "recover")
    if state.episode.work is Work.OPEN and state.episode.highest <= policy.auto_close_max:
        turn = replace(turn, state=_with(turn.state, work=Work.CLOSED))
    return turn


def _disable(state: WorkflowState) -> Turn:
    if state.episode.level is Level.NONE:
        return Turn(state, ())
    return Turn(_with(state, level=Level.NONE), ("cancelled",) if state.episode.made_known else ())


def _end_silence(state: WorkflowState, t: Hours, id: str) -> Turn:
    if not any(silence.id == id and t < silence.end for silence in state.silences):
        return Turn(state, (), Result.EXPIRED)
    ended = tuple(replace(s, end=t) if s.id == id else s for s in state.silences)
    return Turn(replace(state, silences=ended), ())


def _acknowledged(state: WorkflowState, t: Hours) -> WorkflowState:
    episode = state.episode
    if episode.acked:
        return state
    return _with(state, acked_level=episode.highest if episode.level is Level.NONE else episode.level, acked_at=t)


def _person(state: WorkflowState, t: Hours, action: PersonAction) -> Turn:
    refused = _refusal(state.episode, t, action)
    if refused is not None:
        return Turn(state, (), refused)
    match action:
        case Acknowledge():
            return Turn(_acknowledged(state, t), ())
        case Assign(_, to, due):
            after = _with(_acknowledged(state, t), work=Work.HANDLING, assignee=to, due=due, made_known=True)
            return Turn(after, ("assigned",))
        case Submit(by):
            return Turn(_with(state, work=Work.SUBMITTED, submitter=by), ())
        case Return():
            return Turn(_with(state, work=Work.HANDLING, made_known=True), ("returned",))
        case Close():
            return Turn(_with(state, work=Work.CLOSED), ())
        case _:
            assert_never(action)


def _refusal(episode: Episode, t: Hours, action: PersonAction) -> Result | None:
    """Why a person's action is refused, the first reason in the order the checks are promised; None when it is not."""
    if episode.work in (Work.NONE, Work.CLOSED):
        return Result.CONFLICT
    match action:
        case Acknowledge():
            return Result.ALREADY_ACKED if episode.acked else None
        case Assign(due=due):
            if episode.work not in (Work.OPEN, Work.HANDLING):
                return Result.CONFLICT
            return Result.INVALID_DUE if due is not None and due <= t else None
        case Submit(by, evidence):
            if episode.work is not Work.HANDLING:
                return Result.CONFLICT
            if by != episode.assignee:
                return Result.FORBIDDEN
            return Result.EVIDENCE_REQUIRED if evidence < 1 else None
        case Return(by) | Close(by):
            if episode.work is not Work.SUBMITTED:
                return Result.CONFLICT
            if by == episode.submitter:
                return Result.FOUR_EYES
            still_firing = isinstance(action, Close) and not action.exception and episode.level is not Level.NONE
            return Result.STILL_FIRING if still_firing else None
        case _:
            assert_never(action)
