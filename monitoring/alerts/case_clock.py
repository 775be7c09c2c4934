"""The clock of the work on warnings: 督办 ladder, 催办 reminders, lapsed signatures, overdue answers, what silence held
back, accepted risks whose term is over.

It runs every few minutes and after each evaluation. Which warnings have something due is found without a lock; each of
them is then locked, read again and moved in a transaction of its own, so that whoever comes second finds nothing left.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from data_access.books.versions import reading
from data_access.store import audit, schema
from data_access.store.engine import writing
from monitoring.alerts.episodes import SYSTEM, open_again
from monitoring.lease import Clock, hold, utc_now
from rules.errors import LeaseHeld
from workflows.cases.register import Case, case_list, case_of_episode
from workflows.cases.requests import lapsed_risks
from workflows.cases.turns import TICK, CaseContext, LockedMember, case_context, keep_turn, turn_of
from workflows.thresholds.register import ACT
from workflows.warnings.alerts import Subject, lock_states, states
from workflows.warnings.episodes import last_episode

LEASE = "work_clock"
CASE = schema.work_case

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ticked:
    """How many warnings the clock moved, and how many of them could not be."""

    moved: int = 0
    failed: int = 0

    def __add__(self, other: Ticked) -> Ticked:
        return Ticked(self.moved + other.moved, self.failed + other.failed)


def tick_cases(engine: Engine, *, clock: Clock = utc_now) -> Ticked:
    """One turn of the clock over every open case; nothing while another process does it."""
    try:
        with hold(engine, LEASE, clock=clock):
            return _tick(engine, clock())
    except LeaseHeld as held:
        log.info("the clock of the work is not run here: %s", held)
        return Ticked()


def _tick(engine: Engine, now: datetime) -> Ticked:
    with reading(engine) as connection:
        schemes = connection.execute(select(CASE.c.scheme).where(CASE.c.closed_at.is_(None)).distinct()).scalars().all()
        due = [pair for scheme in schemes for pair in _due(connection, scheme, now)]
        lapsed = lapsed_risks(connection, now)
    done = Ticked()
    for subject in lapsed:
        try:
            done += Ticked(int(_open_again(engine, subject, now)))
        except Exception:
            log.exception("the accepted risk of %s", subject)
            done += Ticked(0, 1)
    for case, episodes in due:
        # What is told of one member stands for the others of its case.
        told: set[str] = set()
        for episode in episodes:
            try:
                done += Ticked(int(_move(engine, case, episode, now, told)))
            except Exception:
                log.exception("the clock of %s, episode %s", case.number, episode)
                done += Ticked(0, 1)
    return done


def _open_again(engine: Engine, subject: Subject, now: datetime) -> bool:
    """Open what an accepted risk covered, locked and read again; False when someone else has done so."""
    with writing(engine) as connection:
        context = case_context(connection, subject.scheme, now)
        state = lock_states(connection, [subject])[subject]
        row = last_episode(connection, subject, context.clock)
        if row is None or row.live or state.standing != ACT:
            return False
        return open_again(connection, state, row, context.audience, context.clock)


def _due(connection: Connection, scheme: str, now: datetime) -> list[tuple[Case, list[int]]]:
    """Cases with the members that the clock would move now, the worst first."""
    context = case_context(connection, scheme, now)
    found = []
    for case in case_list(connection, scheme):
        locked = _seats(context, case)
        moved = [episode for episode, locked_member in locked.items() if _moves(context, case, locked_member)]
        if moved:
            found.append((case, moved))
    return found


def _seats(context: CaseContext, case: Case) -> dict[int, LockedMember]:
    subjects = [member.standing.subject for member in case.live]
    known = states(context.connection, case.scheme, subjects)
    rows = {subject: last_episode(context.connection, subject, context.clock) for subject in subjects}
    return {row.id: (known[subject], row) for subject, row in rows.items() if row is not None and row.live}


def _moves(context: CaseContext, case: Case, locked_member: LockedMember) -> bool:
    turn = turn_of(context, locked_member, TICK, paused=case.paused)
    # The silences are read anew at every step; they are no change of the episode.
    before, after = locked_member[1].work, turn.state
    same = (after.episode, after.was_silenced, after.withheld) == (before.episode, before.was_silenced, before.withheld)
    return bool(turn.notifications) or not same


def _move(engine: Engine, case: Case, episode: int, now: datetime, told: set[str]) -> bool:
    """Move one member, locked and read again; False when someone else has done so."""
    subject = next(member.standing.subject for member in case.live if member.episode == episode)
    with writing(engine) as connection:
        state = lock_states(connection, [subject])[subject]
        context = case_context(connection, case.scheme, now)
        row = last_episode(connection, subject, context.clock)
        if row is None or row.id != episode or not row.live:
            return False
        # A request may have been made or decided meanwhile, which is kept with the case.
        fresh = case_of_episode(connection, episode)
        locked_member = (state, row)
        if fresh is None or not _moves(context, fresh, locked_member):
            return False
        turn = turn_of(context, locked_member, TICK, paused=fresh.paused)
        kinds = keep_turn(context, locked_member, turn, told)
        if turn.notifications:
            named = {"episode": episode, "told": list(turn.notifications)}
            audit.record(connection, SYSTEM, "work_clock", case.number, named, now)
    told |= kinds
    return True
