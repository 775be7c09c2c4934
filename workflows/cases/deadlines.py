"""By when something must be done with a case: an open one always has a deadline 限期."""

from __future__ import annotations

from datetime import datetime

from rules.alerts.casework import DECIDED, VERIFIED, policy_of
from rules.alerts.episode import Work
from rules.alerts.threshold import Level
from workflows.cases.register import Case, CaseMember
from workflows.warnings.working_clock import WorkingClock


def deadline(case: Case, clock: WorkingClock) -> datetime | None:
    """Until when the present step must be done: signing, giving on, answering, verifying, or deciding a request about the
    case itself; None once it is closed."""
    if not case.live:
        return None
    if case.paused:
        return decide_by(case, clock)
    waits = [opened_due(case, clock), handled_due(case)]
    known = [one for one in waits if one is not None]
    if known:
        return min(known)
    answered = case.submission
    return clock.after(case.opened_at if answered is None else answered.at, VERIFIED)


def opened_due(case: Case, clock: WorkingClock) -> datetime | None:
    """Until when what is not given on yet must be signed for, or given on; None where all is."""
    return min((_open_until(member, clock) for member in case.live if member.work is Work.OPEN), default=None)


def handled_due(case: Case) -> datetime | None:
    """Until when what was given on must be answered; None where nothing waits for an answer."""
    found = (member.due for member in case.live if member.work is Work.HANDLING)
    return min((one for one in found if one is not None), default=None)


def decide_by(case: Case, clock: WorkingClock) -> datetime | None:
    """Until when the oldest request that waits must be decided; None where none does."""
    return min((clock.after(one.asked_at, DECIDED) for one in case.pending), default=None)


def _open_until(member: CaseMember, clock: WorkingClock) -> datetime:
    """Until when a member must be signed for, or given on by the province once it is signed for."""
    policy = policy_of(member.highest if member.level is Level.NONE else member.level)
    if member.acked and member.acked_at is not None:
        return clock.after(member.acked_at, policy.ack_timeout)
    return clock.after(member.waits_since, policy.ack_sla)
