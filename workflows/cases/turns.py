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
from workflows.people.rights import answers_to
from workflows.warnings.alerts import NewEvent, SubjectState, add_events, lock_states, save_states
from workflows.warnings.episodes import EpisodeRow, last_episode, save_episode
from workflows.warnings.silences import silences_over
from workflows.warnings.telling import Telling, tell
from workflows.warnings.working_clock import WorkingClock, working_clock


@dataclass(frozen=True, slots=True)
class Desk:
    """What a step needs beside its case: regions, who can be told and when, and the working-time clock."""

    connection: Connection
    telling: Telling
    clock: WorkingClock

    @property
    def tree(self) -> RegionTree:
        return self.telling.tree

    @property
    def now(self) -> datetime:
        return self.telling.now


def open_desk(connection: Connection, scheme: str, now: datetime) -> Desk:
    """The desk of a scheme at an instant."""
    tree = load_tree(connection, load_scheme(scheme).province)
    telling = Telling(tree, usable_accounts(connection, now), channels_on(connection), now)
    return Desk(connection, telling, working_clock(connection))


Seat = tuple[SubjectState, EpisodeRow]
Choice = Callable[[Episode], Action]


def take_seats(desk: Desk, case: Case, versions: Mapping[int, int]) -> dict[int, Seat]:
    """Lock the live members of a case, by episode. Raises StaleRow unless they are exactly those, at those versions."""
    subjects = [member.standing.subject for member in case.live]
    states = lock_states(desk.connection, subjects)
    seats = {}
    for subject in subjects:
        row = last_episode(desk.connection, subject, desk.clock)
        if row is not None and row.live:
            seats[row.id] = (states[subject], row)
    if {episode: row.row_version for episode, (_, row) in seats.items()} != dict(versions):
        raise StaleRow(f"{case.number} is no longer as it was seen")
    return seats


def turn_of(desk: Desk, seat: Seat, action: Action, *, paused: bool) -> Turn:
    """What the workflow makes of an action on one member, its silences and its level's deadlines considered."""
    state, row = seat
    work = replace(row.work, silences=silences_over(desk.connection, state.subject, desk.tree, desk.clock))
    return advance(work, policy_of(work.episode.level, paused=paused), desk.clock(desk.now), action)


def move_members(
    desk: Desk, case: Case, seats: Mapping[int, Seat], choose: Choice, fits: Callable[[CaseMember], bool],
    *, due: datetime | None = None,
) -> tuple[int, ...]:  # fmt: skip
    """Take the same step on every member that it ``fits``; on all where it fits none, so that the workflow says why not.

    Returns the episodes moved, the lead's first. Raises WorkRefused, and nothing may be kept, when one is refused.
    """
    moved = [member for member in case.live if fits(member)] or list(case.live)
    if not moved:
        raise WorkRefused(f"{case.number} is closed", Result.CONFLICT)
    told: set[str] = set()
    for member in moved:
        seat = seats[member.episode]
        turn = turn_of(desk, seat, choose(seat[1].work.episode), paused=case.paused)
        if turn.result is not Result.OK:
            raise WorkRefused(f"{case.number}, episode {member.episode}", turn.result)
        told |= keep_turn(desk, seat, turn, told, due=due)
    return tuple(member.episode for member in moved)


def keep_turn(
    desk: Desk, seat: Seat, turn: Turn, told: set[str] | None = None, *, due: datetime | None = None
) -> set[str]:
    """Write a turn of the workflow with its events and messages; the caller holds the state's lock.

    Kinds of ``told`` were told of another member of the case: they stay on record here and bother nobody again.
    Returns the kinds of this turn.
    """
    state, row = seat
    save_episode(desk.connection, state, row, turn.state, state.period or "", desk.now, desk.clock, due)
    after = replace(row, row_version=row.row_version + 1, work=turn.state)
    settle_case(desk.connection, desk.tree, state.subject, after, desk.now)
    note_events(desk, state, row.id, turn.notifications, told or set(), turn.state.episode.assignee)
    return set(turn.notifications)


def note_events(
    desk: Desk, state: SubjectState, episode: int, kinds: Sequence[str], told: set[str], assignee: str | None
) -> None:
    """Record what a warning notifies, beside its evaluations, and tell it, the assignee included, except for the kinds
    already ``told``."""
    if not kinds:
        return
    period = state.period or ""
    events = [NewEvent(period, kind, state.level, episode, (kind,)) for kind in kinds]
    counted = replace(state, events=state.events + len(events))
    save_states(desk.connection, [counted])
    rows = add_events(desk.connection, [(counted, events)], desk.now)
    spoken = [event if event.text not in told else replace(event, told=()) for event in events]
    also = [one.login for one in desk.telling.accounts if assignee and answers_to(one, assignee, desk.tree)]
    tell(desk.connection, counted, list(zip(rows, spoken, strict=True)), desk.telling, also)


TICK = Tick()
