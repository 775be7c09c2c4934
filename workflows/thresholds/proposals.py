"""Changes of limits that wait 待确认的变更: a dry run for the token that applies it, a start in the past for a second
person. What they mean for the rows is settled when they are made and holds only as long as the register does.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data_access.store import schema
from rules.alerts.threshold import Scope
from workflows.thresholds.changes import Step
from workflows.thresholds.register import NewLimit, Register

TABLE = schema.threshold_proposal
DRY_RUN, WAITING, APPLIED, REFUSED, WITHDRAWN = "dry_run", "waiting", "applied", "refused", "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One waiting change. ``threshold_set`` is the one it was made against, ``preview`` what the trial showed then;
    ``state`` dry_run, waiting, applied, refused or withdrawn."""

    id: int
    token: str
    threshold_set: int
    created_at: datetime
    created_by: str
    reason: str
    retroactive: bool
    steps: tuple[Step, ...]
    preview: Mapping[str, Any]
    state: str

    def overtaken(self, register: Register) -> bool:
        """Whether any of its indicators' limits changed since it was made."""
        return bool(register.changed_since(self.threshold_set) & {step.indicator for step in self.steps})


def save_proposal(
    connection: Connection,
    steps: Sequence[Step],
    preview: Mapping[str, object],
    *,
    threshold_set: int,
    by: str,
    reason: str,
    retroactive: bool,
    state: str,
    now: datetime,
) -> str:
    """Keep a change for later; returns its token."""
    token = secrets.token_urlsafe(18)
    values = {
        "token": token,
        "threshold_set": threshold_set,
        "created_at": now,
        "created_by": by,
        "reason": reason,
        "retroactive": retroactive,
        "changes": json.dumps([asdict(step) for step in steps], ensure_ascii=False),
        "preview": json.dumps(dict(preview), ensure_ascii=False),
        "state": state,
    }
    connection.execute(insert(TABLE).values(values))
    return token


def proposal(connection: Connection, token: str, *, lock: bool = False) -> Proposal | None:
    """The change of a token; None where there is none. ``lock`` holds it until the transaction ends."""
    wanted = select(TABLE).where(TABLE.c.token == token)
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    return None if row is None else _proposal(row)


def waiting_proposals(connection: Connection) -> tuple[Proposal, ...]:
    """Changes that wait for a second person, oldest first."""
    wanted = select(TABLE).where(TABLE.c.state == WAITING).order_by(TABLE.c.id)
    return tuple(_proposal(row) for row in connection.execute(wanted))


def last_dry_run(connection: Connection, login: str) -> Proposal | None:
    """The newest dry run of an account that was neither applied nor dropped."""
    wanted = select(TABLE).where(TABLE.c.state == DRY_RUN, TABLE.c.created_by == login)
    row = connection.execute(wanted.order_by(TABLE.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _proposal(row)


def decide(
    connection: Connection, kept: Proposal, state: str, *, by: str, now: datetime, made_set: int | None = None
) -> None:
    """Note how a change ended, or that a dry run now waits for a second person."""
    values: dict[str, object] = {"state": state}
    if state != WAITING:
        values |= {"decided_at": now, "decided_by": by, "made_set": made_set}
    connection.execute(update(TABLE).where(TABLE.c.id == kept.id).values(values))


def drop_dry_runs(connection: Connection, login: str, now: datetime) -> None:
    """An account has one dry run at a time: earlier ones cannot be applied any more."""
    mine = TABLE.c.state == DRY_RUN, TABLE.c.created_by == login
    connection.execute(update(TABLE).where(*mine).values(state=WITHDRAWN, decided_at=now, decided_by=login))


def _proposal(row: Any) -> Proposal:
    return Proposal(
        row.id,
        row.token,
        row.threshold_set,
        row.created_at,
        row.created_by,
        row.reason,
        row.retroactive,
        tuple(_step(one) for one in json.loads(row.changes)),
        json.loads(row.preview),
        row.state,
    )


def _step(kept: dict[str, Any]) -> Step:
    records = tuple(NewLimit(**{**one, "scope": Scope(**one["scope"])}) for one in kept["records"])
    ends = tuple((int(number), str(before)) for number, before in kept["ends"])
    return Step(kept["kind"], kept["indicator"], kept["rule"], kept["since"], ends, records)
