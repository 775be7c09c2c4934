"""The register of the month's close: signing, asking to reopen, and the second person's decision.

A month is reopened only while it is the last one signed: the ones after it were signed on top of it. The signature that
was taken back stays in the journal with its checklist.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from data_access.books.versions import MonthClose, close_month, closes, take_back
from data_access.store import schema
from data_access.store.numbering import take_turn
from rules.errors import PoolwatchError
from workflows.closing.checklist import NAMES, Point, State
from workflows.people.accounts import By

TABLE = schema.month_step
SIGN, ASK, WITHDRAW, DECLINE, REOPEN = "sign", "ask", "withdraw", "decline", "reopen"


class MonthRefused(PoolwatchError):
    """A month cannot be signed or reopened as asked; ``result`` says why: unmet, unexplained, not_last, asked, not_asked,
    second, not_own."""

    def __init__(self, message: str, result: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"month_{result}"


@dataclass(frozen=True, slots=True)
class MonthStep:
    """One step of a month's course. ``version`` is that of the signature it is about; ``points`` the checklist of a
    signature as it stood, None of other steps."""

    id: int
    scheme: str
    month: int
    step: str
    version: int
    happened_at: datetime
    login: str
    name: str
    department: str
    text: str
    points: tuple[Point, ...] | None


def load_steps(connection: Connection, scheme: str) -> tuple[MonthStep, ...]:
    """Every step of a scheme's months, oldest first."""
    rows = connection.execute(select(TABLE).where(TABLE.c.scheme == scheme).order_by(TABLE.c.id))
    return tuple(map(_step, rows))


def asked(steps: Sequence[MonthStep], month: int) -> MonthStep | None:
    """The request to reopen a month that waits for a decision; None where none does."""
    last = next((one for one in reversed(steps) if one.month == month), None)
    return last if last is not None and last.step == ASK else None


def sign(
    connection: Connection, scheme: str, month: int, version: int, points: Sequence[Point], why: str, by: By
) -> MonthClose:
    """Sign a month at a version with its checklist. ``why`` explains the points that are not met.

    Raises MonthRefused (unmet, unexplained) and as :func:`data_access.books.versions.close_month`.
    """
    take_turn(connection, TABLE.name)
    unmet = [NAMES[one.code] for one in points if one.binding and one.state is not State.MET]
    if unmet:
        raise MonthRefused(f"{month} cannot be signed, not met: {', '.join(unmet)}", "unmet", month=month)
    to_explain = [NAMES[one.code] for one in points if one.to_explain]
    if to_explain and not why.strip():
        raise MonthRefused(f"not met and not explained: {', '.join(to_explain)}", "unexplained", month=month)
    close = close_month(connection, scheme, month, signed_by=by.name, signed_at=by.at, version=version)
    _write(connection, close, SIGN, why, by, json.dumps([asdict(one) for one in points], ensure_ascii=False))
    return close


def ask_reopening(connection: Connection, scheme: str, month: int, why: str, by: By) -> None:
    """Ask that a signature be taken back. Raises MonthRefused (not_last, asked)."""
    take_turn(connection, TABLE.name)
    close = _last(connection, scheme, month)
    if asked(load_steps(connection, scheme), month):
        raise MonthRefused(f"{month} is asked for already", "asked", month=month)
    _write(connection, close, ASK, why, by)


def withdraw_reopening(connection: Connection, scheme: str, month: int, why: str, by: By) -> None:
    """Ask no longer: who asked does it. Raises MonthRefused (not_asked, not_own)."""
    close, request = _asked(connection, scheme, month)
    if request.login != by.login:
        raise MonthRefused(f"{request.login} asked", "not_own", month=month, name=request.name)
    _write(connection, close, WITHDRAW, why, by)


def decide_reopening(connection: Connection, scheme: str, month: int, granted: bool, why: str, by: By) -> None:
    """The second person's decision: granted, the month is open again. Raises MonthRefused (not_asked, second)."""
    close, request = _asked(connection, scheme, month)
    if request.login == by.login:
        raise MonthRefused("one person asks, another decides", "second", month=month)
    if granted:
        if not any(one.step == SIGN and one.version == close.version for one in _of(connection, close)):
            # Signed before there was a journal.
            signer = By("", close.signed_by, "", close.signed_at)
            _write(connection, close, SIGN, "", signer)
        take_back(connection, close)
    _write(connection, close, REOPEN if granted else DECLINE, why, by)


def _of(connection: Connection, close: MonthClose) -> list[MonthStep]:
    return [one for one in load_steps(connection, close.scheme) if one.month == close.month]


def _asked(connection: Connection, scheme: str, month: int) -> tuple[MonthClose, MonthStep]:
    take_turn(connection, TABLE.name)
    close = _last(connection, scheme, month)
    request = asked(load_steps(connection, scheme), month)
    if request is None:
        raise MonthRefused(f"nobody asks to reopen {month}", "not_asked", month=month)
    return close, request


def _last(connection: Connection, scheme: str, month: int) -> MonthClose:
    signed = closes(connection, scheme)
    if not signed or signed[-1].month != month:
        raise MonthRefused(f"{month} is not the last month signed", "not_last", month=month)
    return signed[-1]


def _write(connection: Connection, close: MonthClose, step: str, why: str, by: By, checks: str | None = None) -> None:
    connection.execute(
        insert(TABLE).values(
            scheme=close.scheme,
            month=close.month,
            step=step,
            data_version=close.version,
            happened_at=by.at,
            login=by.login,
            name=by.name,
            department=by.department,
            text=why.strip(),
            checks=checks,
        )
    )


def _step(row: Row[Any]) -> MonthStep:
    points = None if row.checks is None else tuple(_point(one) for one in json.loads(row.checks))
    told = (row.happened_at, row.login, row.name, row.department, row.text, points)
    return MonthStep(row.id, row.scheme, row.month, row.step, row.data_version, *told)


def _point(kept: dict[str, Any]) -> Point:
    return Point(**{**kept, "state": State(kept["state"]), "named": tuple(kept["named"])})
