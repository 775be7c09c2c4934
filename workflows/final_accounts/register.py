"""The register of final accounts 决算: explanations of what differs from December, signatures, and the decisions on them.

苏政发〔2020〕45号 附件2 第十五条: 财政、人社 and its agency draw the final accounts up; the provincial government reviews them,
the standing committee of the congress approves them, the two ministries are sent them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from data_access.store import schema
from data_access.store.numbering import take_turn
from rules.department import Department
from rules.errors import PoolwatchError
from rules.month import SHANGHAI
from workflows.people.accounts import By

TABLE = schema.final_step
EXPLAIN, SIGN, TAKE_BACK = "explain", "sign", "take_back"
# What is decided on them once all have signed, in this order.
DECISIONS = ("review", "approve", "file")
SIGNING = (Department.FISCAL, Department.SOCIAL, Department.AGENCY)


class FinalRefused(PoolwatchError):
    """A step is not open as asked; ``result`` says why: department, signed, unexplained, same, decided, order, day."""

    def __init__(self, message: str, result: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"final_{result}"


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the year: the total of the months up to December as signed, and the final accounts', in fen."""

    item: str
    december_fen: int
    final_fen: int

    @property
    def difference_fen(self) -> int:
        return self.final_fen - self.december_fen


@dataclass(frozen=True, slots=True)
class FinalStep:
    """One step of a year's final accounts. ``differences``: of a signature, by item what was signed, (December, final)."""

    step: str
    item: str
    text: str
    document: str
    day: date | None
    differences: Mapping[str, tuple[int, int]]
    happened_at: datetime
    login: str
    name: str
    department: str


@dataclass(frozen=True, slots=True)
class FinalYear:
    """A year's final accounts as they stand: its lines and steps, oldest first."""

    year: int
    lines: tuple[Line, ...]
    steps: tuple[FinalStep, ...]

    @property
    def signatures(self) -> Mapping[str, FinalStep]:
        """The signature that stands, by department."""
        standing: dict[str, FinalStep] = {}
        for one in self.steps:
            if one.step == SIGN:
                standing[one.department] = one
            elif one.step == TAKE_BACK:
                standing.pop(one.department, None)
        return standing

    @property
    def decisions(self) -> Mapping[str, FinalStep]:
        return {one.step: one for one in self.steps if one.step in DECISIONS}

    def explained(self, item: str) -> FinalStep | None:
        """What was last said of an item's difference."""
        return next((one for one in reversed(self.steps) if one.step == EXPLAIN and one.item == item), None)

    @property
    def unexplained(self) -> tuple[Line, ...]:
        return tuple(one for one in self.lines if one.difference_fen and self.explained(one.item) is None)

    def changed_since(self, signature: FinalStep) -> tuple[Line, ...]:
        """签后变动: lines that are no longer what was signed."""
        now = {one.item: (one.december_fen, one.final_fen) for one in self.lines}
        gone = tuple(Line(item, 0, 0) for item in signature.differences if item not in now)
        return gone + tuple(one for one in self.lines if signature.differences.get(one.item) != now[one.item])

    @property
    def next_decision(self) -> str | None:
        """The decision that is due, once every department has signed; None before and after."""
        if set(SIGNING) - set(self.signatures):
            return None
        return next((one for one in DECISIONS if one not in self.decisions), None)


def load_steps(connection: Connection, scheme: str, year: int) -> tuple[FinalStep, ...]:
    """The steps of a year, oldest first."""
    rows = connection.execute(
        select(TABLE).where(TABLE.c.scheme == scheme, TABLE.c.year == year).order_by(TABLE.c.id)
    ).mappings()
    names = [name for name in FinalStep.__slots__ if name != "differences"]
    return tuple(
        FinalStep(**{name: row[name] for name in names}, differences=_differences(row["differences"])) for row in rows
    )


def _differences(kept: str | None) -> Mapping[str, tuple[int, int]]:
    return {item: (december, final) for item, (december, final) in json.loads(kept or "{}").items()}


def explain(connection: Connection, scheme: str, one: FinalYear, item: str, text: str, by: By) -> None:
    """Say why an item differs; said again, the later holds. Raises FinalRefused (same, decided)."""
    line = next((line for line in one.lines if line.item == item), None)
    if line is None or not line.difference_fen:
        raise FinalRefused(f"{item} does not differ", "same")
    _demand_open(one)
    _write(connection, scheme, one.year, EXPLAIN, by, item=item, text=text)


def sign(connection: Connection, scheme: str, one: FinalYear, by: By) -> None:
    """Sign for one's department. Raises FinalRefused (department, signed, unexplained, decided)."""
    _demand_department(by)
    _demand_open(one)
    take_turn(connection, TABLE.name)
    standing = one.signatures.get(by.department)
    if standing is not None and not one.changed_since(standing):
        raise FinalRefused(f"{by.department} has signed", "signed", name=standing.name)
    if one.unexplained:
        raise FinalRefused(f"{len(one.unexplained)} differences unexplained", "unexplained", count=len(one.unexplained))
    signed = {line.item: (line.december_fen, line.final_fen) for line in one.lines}
    _write(connection, scheme, one.year, SIGN, by, differences=json.dumps(signed))


def take_back(connection: Connection, scheme: str, one: FinalYear, text: str, by: By) -> None:
    """Take one's department's signature back, with a reason. Raises FinalRefused (department, order, decided)."""
    _demand_department(by)
    _demand_open(one)
    if by.department not in one.signatures:
        raise FinalRefused(f"{by.department} has not signed", "order")
    _write(connection, scheme, one.year, TAKE_BACK, by, text=text)


def decide(connection: Connection, scheme: str, one: FinalYear, step: str, document: str, day: date, by: By) -> None:
    """Note a decision with its document and day. Raises FinalRefused (order, day)."""
    take_turn(connection, TABLE.name)
    if step != one.next_decision or any(one.changed_since(signature) for signature in one.signatures.values()):
        raise FinalRefused(f"{step} is not next", "order")
    earlier = max(
        (other.day for other in one.decisions.values() if other.day is not None), default=date(one.year, 12, 31)
    )
    if not earlier <= day <= by.at.astimezone(SHANGHAI).date():
        raise FinalRefused(f"{day} is not between {earlier} and today", "day", since=earlier)
    _write(connection, scheme, one.year, step, by, document=document, day=day)


def _demand_department(by: By) -> None:
    if by.department not in SIGNING:
        raise FinalRefused(f"{by.department or by.login} draws no final accounts up", "department")


def _demand_open(one: FinalYear) -> None:
    if one.decisions:
        raise FinalRefused(f"{one.year} was decided on", "decided", year=one.year)


def _write(connection: Connection, scheme: str, year: int, step: str, by: By, **told: object) -> None:
    said: dict[str, object] = {"item": "", "text": "", "document": "", "day": None, "differences": None}
    who = {"happened_at": by.at, "login": by.login, "name": by.name, "department": by.department}
    connection.execute(insert(TABLE).values(scheme=scheme, year=year, step=step, **said | told, **who))


def lines_of(december: Mapping[str, int], final: Mapping[str, int], items: Sequence[str]) -> tuple[Line, ...]:
    """Item by item in the order of the profile, of those that the final accounts have."""
    return tuple(Line(item, december[item], final[item]) for item in items if item in final and item in december)
