"""One step of the workflow for members of a case: rows locked, versions compared, all of them moved or none.

Whoever moves an episode (a person here, the clock, an evaluation) holds the lock of its subject's state, so that of two
at once one comes second and sees what the first one did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from data_access.books.regions import RegionTree, load_tree
from rules.alerts.casework import policy_of
from rules.alerts.episode import Action, Episode, Result, Tick
from rules.alerts.workflow import Turn, advance
from rules.errors import StaleRow, WorkRefused
from rules.scheme import load_scheme
from workflows.cases.membership import settle_case
from workflows.cases.register import Case, CaseMember
from workflows.people.accounts import usable_accounts
from workflows.people.channels import channels_on
from workflows.warnings.alerts import NewEvent, SubjectState, add_events, lock_states, save_states
from workflows.warnings.episodes import EpisodeRow, last_episode, save_episode
from workflows.warnings.silences import silences_over
from workflows.warnings.telling import Audience, tell
from workflows.warnings.working_clock import WorkingClock, working_clock


@dataclass(frozen=True, slots=True)
class CaseContext:
    """What a step needs beside its case: regions, who can be told and when, and the working-time clock."""

    connection: Connection
    audience: Audience
    clock: WorkingClock

    @property
    def tree(self) -> RegionTree:
        return self.audience.tree

    @property
    def now(self) -> datetime:
        return self.audience.now


def case_context(connection: Connection, scheme: str, now: datetime) -> CaseContext:
    """The context of a scheme at an instant."""
    tree = load_tree(connection, load_scheme(scheme))
    audience = Audience(tree, usable_accounts(connection, now), channels_on(connection), now)
    return CaseContext(connection, audience, working_clock(connection))


LockedMember = tuple[SubjectState, EpisodeRow]
Choice = Callable[[Episode], Action]


def lock_members(context: CaseContext, case: Case, versions: Mapping[int, int]) -> dict[int, LockedMember]:
    """Lock the live members of a case, by episode. Raises StaleRow unless they are exactly those, at those versions."""
    subjects = [member.standing.subject for member in case.live]
    states = lock_states(context.connection, subjects)
    locked = {}
    for subject in subjects:
        row = last_episode(context.connection, subject, context.clock)
        if row is not None and row.live:
            locked[row.id] = (states[subject], row)
    if {episode: row.row_version for episode, (_, row) in locked.items()} != dict(versions):
        raise StaleRow(f"{case.number} is no longer as it was seen")
    return locked


def turn_of(context: CaseContext, locked_member: LockedMember, action: Action, *, paused: bool) -> Turn:
    """What the workflow makes of an action on one member, its silences and its level's deadlines considered."""
    state, row = locked_member
    work = replace(row.work, silences=silences_over(context.connection, state.subject, context.tree, context.clock))
    return advance(work, policy_of(work.episode.level, paused=paused), context.clock(context.now), action)


def move_members(
    context: CaseContext,
    case: Case,
    locked: Mapping[int, LockedMember],
    choose: Choice,
    fits: Callable[[CaseMember], bool],
    *,
    due: datetime | None = None,
) -> tuple[int, ...]:
    """Take the same step on every member that it ``fits``; on all where it fits none, so that the workflow says why not.

    Returns the episodes moved, the lead's first. Raises WorkRefused, and nothing may be kept, when one is refused.
    """
    moved = [member for member in case.live if fits(member)] or list(case.live)
    if not moved:
        raise WorkRefused(f"{case.number} is closed", Result.CONFLICT)
    told: set[str] = set()
    for member in moved:
        locked_member = locked[member.episode]
        turn = turn_of(context, locked_member, choose(locked_member[1].work.episode), paused=case.paused)
        if turn.result is not Result.OK:
            raise WorkRefused(f"{case.number}, episode {member.episode}", turn.result)
        told |= keep_turn(context, locked_member, turn, told, due=due)
    return tuple(member.episode for member in moved)


def keep_turn(
    context: CaseContext,
    locked_member: LockedMember,
    turn: Turn,
    told: set[str] | None = None,
    *,
    due: datetime | None = None,
) -> set[str]:
    """Write a turn of the workflow with its events and messages; the caller holds the state's lock.

    Kinds of ``told`` were told of another member of the case: they stay on record here and bother nobody again.
    Returns the kinds of this turn.
    """
    state, row = locked_member
    save_episode(context.connection, state, row, turn.state, state.period or "", context.now, context.clock, due)
    after = replace(row, row_version=row.row_version + 1, work=turn.state)
    settle_case(context.connection, state.subject, after, context.now)
    note_events(context, state, row.id, turn.notifications, told or set())
    return set(turn.notifications)


def note_events(context: CaseContext, state: SubjectState, episode: int, kinds: Sequence[str], told: set[str]) -> None:
    """Record what a warning notifies, beside its evaluations, and tell it, except for the kinds already ``told``."""
    if not kinds:
        return
    period = state.period or ""
    events = [NewEvent(period, kind, state.level, episode, (kind,)) for kind in kinds]
    counted = replace(state, events=state.events + len(events))
    save_states(context.connection, [counted])
    rows = add_events(context.connection, [(counted, events)], context.now)
    spoken = [event if event.text not in told else replace(event, told=()) for event in events]
    tell(context.connection, counted, list(zip(rows, spoken, strict=True)), context.audience)


TICK = Tick()
