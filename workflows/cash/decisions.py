"""到期存款去向: what provincial finance decides that becomes of a deposit when it matures.

Rows are only ever added, the newest of a deposit holds; who changes his mind adds one. The plan uses what holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from data_access.books.funds import Deposit
from data_access.store import schema
from data_access.store.numbering import take_turn
from rules.errors import PoolwatchError, StaleRow
from rules.month import SHANGHAI
from rules.movements import Account
from workflows.people.accounts import By

TABLE = schema.deposit_decision
# How long before a deposit matures somebody is told that nothing is decided.
TOLD_BEFORE = timedelta(days=30)


class Use(StrEnum):
    """转存, 留作备付, 待定."""

    REDEPOSIT = "redeposit"
    KEEP = "keep"
    OPEN = "open"


class DecisionRefused(PoolwatchError):
    """Nothing can be decided of the deposit; ``result`` says why (matured, other)."""

    def __init__(self, message: str, result: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"deposit_{result}"


@dataclass(frozen=True, slots=True)
class NewDecision:
    """``amount_fen``, ``term_months`` and ``bank`` are those of a redeposit, else None; the amount may be more than matures."""

    what: Use
    reason: str
    amount_fen: int | None = None
    term_months: int | None = None
    bank: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the register."""

    id: int
    deposit: str
    what: str
    amount_fen: int | None
    term_months: int | None
    bank: str | None
    reason: str
    decided_by: str
    decided_by_name: str
    department: str
    decided_at: datetime


def decisions(connection: Connection, scheme: str) -> tuple[Decision, ...]:
    """Everything decided of a scheme's deposits, oldest first."""
    columns = [TABLE.c[name] for name in Decision.__slots__]
    rows = connection.execute(select(*columns).where(TABLE.c.scheme == scheme).order_by(TABLE.c.id))
    return tuple(Decision(*row) for row in rows)


def holding(found: tuple[Decision, ...]) -> Mapping[str, Decision]:
    """What holds of each deposit, by its reference; one of which nothing was decided is absent."""
    return {one.deposit: one for one in found}


def name_in_addresses(ref: str) -> str:
    """A deposit's reference as addresses and marks write it, whatever it is written with."""
    return hashlib.sha256(ref.encode()).hexdigest()[:16]


def undecided(found: Deposit, decision: Decision | None, today: date) -> bool:
    """Whether it is time to decide what becomes of a deposit, and nobody has, or left it open 待定."""
    soon = today <= found.matures_on <= today + TOLD_BEFORE
    return soon and found.account == Account.DEPOSIT and (decision is None or decision.what == Use.OPEN)


def decide(connection: Connection, scheme: str, deposit: Deposit, new: NewDecision, seen: int, by: By) -> None:
    """Add a decision. ``seen``: the number of the one that was looked at, 0 for none.

    Raises StaleRow where another came since, DecisionRefused for a deposit that has matured, or is not in the province's
    own account.
    """
    take_turn(connection, TABLE.name)
    if deposit.account != Account.DEPOSIT:
        raise DecisionRefused(f"{deposit.ref} is in {deposit.account}", "other", ref=deposit.ref)
    if deposit.matures_on < by.at.astimezone(SHANGHAI).date():
        raise DecisionRefused(f"{deposit.ref} matured", "matured", ref=deposit.ref, day=deposit.matures_on)
    before = holding(decisions(connection, scheme)).get(deposit.ref)
    if seen != (0 if before is None else before.id):
        raise StaleRow(f"another decision on {deposit.ref} came", ref=deposit.ref)
    connection.execute(
        insert(TABLE).values(
            scheme=scheme,
            deposit=deposit.ref,
            what=new.what,
            amount_fen=new.amount_fen,
            term_months=new.term_months,
            bank=new.bank,
            reason=new.reason,
            decided_by=by.login,
            decided_by_name=by.name,
            department=by.department,
            decided_at=by.at,
        )
    )
