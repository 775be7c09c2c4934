"""Instructions 批示 and what meetings decided 议定事项: what is asked for, by when and of whom; each stays in sight until it
is done 办结, and stands before every meeting until then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from data_access.books.regions import load_tree
from data_access.store import schema
from data_access.store.numbering import next_number
from rules.errors import NotAllowed, StaleRow, WorkRefused
from rules.month import SHANGHAI
from rules.scheme import load_scheme
from workflows.people.accounts import Account
from workflows.people.local_rights import leads
from workflows.people.rights import LEADERS, SUPERVISING, WRITING, may_do

TABLE = schema.instruction
OPEN, REPORTED, DONE = "open", "reported", "done"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. ``number`` as shown, 2026-32; ``given_to`` who leads, ``REGION/DEPARTMENT``, of a government
    ``REGION/``, of an earlier one in words; ``state`` open, reported, done; ``meeting`` the row of the meeting that
    decided it, None for a leader's own."""

    id: int
    number: str
    scheme: str
    region: str
    work_case: int | None
    meeting: int | None
    text: str
    given_to: str
    due_on: date
    given_by: str
    given_by_name: str
    given_at: datetime
    state: str
    row_version: int
    report: str | None
    reported_by: str | None
    reported_at: datetime | None
    finished_by: str | None
    finished_at: datetime | None

    def overdue(self, today: date) -> bool:
        return self.state == OPEN and self.due_on < today


def give_instruction(
    connection: Connection,
    actor: Account,
    now: datetime,
    *,
    scheme: str,
    region: str,
    text: str,
    given_to: str,
    due_on: date,
    case: int | None = None,
    meeting: int | None = None,
) -> Instruction:
    """A leader's instruction, or what a meeting decided as its clerk enters it, with its number; of a case, or of a region
    by itself. Raises NotAllowed for anyone else, WorkRefused for a deadline that has passed."""
    if not may_do(actor, LEADERS if meeting is None else WRITING):
        raise NotAllowed(f"{actor.login} gives no instructions", action="instruct")
    today = now.astimezone(SHANGHAI).date()
    if due_on < today:
        raise WorkRefused("the deadline has passed", "invalid_due")
    number = f"{today.year}-{next_number(connection, TABLE.c.number, f'{today.year}-')}"
    values = {
        "number": number,
        "scheme": scheme,
        "region": region,
        "work_case": case,
        "meeting": meeting,
        "text": text,
        "given_to": given_to,
        "due_on": due_on,
        "given_by": actor.login,
        "given_by_name": actor.name,
        "given_at": now,
        "state": OPEN,
        "row_version": 1,
    }
    return _instruction(connection.execute(insert(TABLE).values(values).returning(TABLE)).one())


def report_instruction(
    connection: Connection, actor: Account, now: datetime, number: str, version: int, text: str
) -> None:
    """What came of an instruction, said by who leads; may be said again until it is done."""
    found = load_instruction(connection, number)
    if found is None or not leads(
        actor, found.given_to, found.region, load_tree(connection, load_scheme(found.scheme))
    ):
        raise NotAllowed(f"{actor.login} does not lead {number}", action="report_instruction")
    changes = {"state": REPORTED, "report": text, "reported_by": actor.login, "reported_at": now}
    _change(connection, number, version, changes)


def finish_instruction(connection: Connection, actor: Account, now: datetime, number: str, version: int) -> None:
    """An instruction is done 办结, once something was reported; not said by who reported it."""
    if not may_do(actor, SUPERVISING):
        raise NotAllowed(f"{actor.login} does not finish instructions", action="finish_instruction")
    found = load_instruction(connection, number)
    if found is None or found.state != REPORTED:
        raise WorkRefused(f"{number} has no report", "conflict")
    if found.reported_by == actor.login:
        raise WorkRefused(f"{actor.login} reported it", "four_eyes")
    _change(connection, number, version, {"state": DONE, "finished_by": actor.login, "finished_at": now})


def _change(connection: Connection, number: str, version: int, changes: Mapping[str, object]) -> None:
    mine = (TABLE.c.number == number, TABLE.c.row_version == version, TABLE.c.state != DONE)
    changed = update(TABLE).where(*mine).values(**changes, row_version=version + 1)
    if not connection.execute(changed).rowcount:
        raise StaleRow(f"instruction {number} is no longer at {version}")


def load_instruction(connection: Connection, number: str) -> Instruction | None:
    """One instruction by its number; None when there is none."""
    row = connection.execute(select(TABLE).where(TABLE.c.number == number)).one_or_none()
    return None if row is None else _instruction(row)


def instructions_of(
    connection: Connection, cases: Sequence[int], open_in: str | None = None
) -> tuple[Instruction, ...]:
    """The instructions that led to work on cases, oldest first; of the scheme ``open_in`` also all that are not done."""
    which: ColumnElement[bool] = TABLE.c.work_case.in_(list(cases))
    if open_in is not None:
        which = or_(which, and_(TABLE.c.scheme == open_in, TABLE.c.state != DONE))
    return tuple(_instruction(row) for row in connection.execute(select(TABLE).where(which).order_by(TABLE.c.id)))


def instructions_since(connection: Connection, scheme: str, day: date) -> tuple[Instruction, ...]:
    """What a meeting on a day and those after it follow up: the instructions of a scheme given on the day or later, and
    earlier ones that were not done by then; first what is due first."""
    since = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    open_then = or_(TABLE.c.given_at >= since, TABLE.c.finished_at.is_(None), TABLE.c.finished_at >= since)
    wanted = select(TABLE).where(TABLE.c.scheme == scheme, open_then)
    return tuple(_instruction(row) for row in connection.execute(wanted.order_by(TABLE.c.due_on, TABLE.c.id)))


def _instruction(row: Row[Any]) -> Instruction:
    return Instruction(**{name: getattr(row, name) for name in Instruction.__slots__})
