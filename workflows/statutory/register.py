"""办结 of a statutory day, where no figures show it: noted by the responsible department, taken back by it; append-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from data_access.store import schema
from rules.errors import PoolwatchError, StaleRow
from rules.month import SHANGHAI
from workflows.people.accounts import By

TABLE = schema.deadline_mark
DONE, TAKEN_BACK = "done", "taken_back"


class MarkRefused(PoolwatchError):
    """A day cannot be noted as asked; ``result`` says why: it is noted already (done), nothing is noted (open), or the day
    named lies ahead (ahead)."""

    def __init__(self, message: str, result: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"deadline_{result}"


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a day's journal, the ``number``-th. ``done_on``: when it was done; None where it was taken back."""

    scheme: str
    region: str
    deadline: str
    number: int
    step: str
    done_on: date | None
    document: str
    note: str
    login: str
    name: str
    department: str
    at: datetime


# By deadline and region, in the order written.
Journal = Mapping[tuple[str, str], tuple[Mark, ...]]


def load_marks(connection: Connection, scheme: str) -> Journal:
    """Everything noted of a scheme's days."""
    found: dict[tuple[str, str], tuple[Mark, ...]] = {}
    columns = [TABLE.c[name] for name in Mark.__slots__]
    for row in connection.execute(select(*columns).where(TABLE.c.scheme == scheme).order_by(TABLE.c.number)):
        key = row.deadline, row.region
        found[key] = (*found.get(key, ()), Mark(**row._mapping))
    return found


def standing_mark(journal: Journal, deadline: str, region: str) -> Mark | None:
    """What stands of a day: its last line, None where that takes it back or nothing was noted."""
    last = journal.get((deadline, region), ())[-1:]
    return last[0] if last and last[0].step == DONE else None


@dataclass(frozen=True, slots=True)
class Noted:
    """What is noted of a day that was done; ``seen``: how many lines its journal had for who notes it."""

    done_on: date
    document: str
    note: str
    seen: int


def note_done(connection: Connection, scheme: str, region: str, deadline: str, noted: Noted, by: By) -> None:
    """办结. Raises MarkRefused (done, ahead), StaleRow when another wrote meanwhile."""
    if noted.done_on > by.at.astimezone(SHANGHAI).date():
        raise MarkRefused(f"{noted.done_on} lies ahead", "ahead", day=noted.done_on)
    if standing_mark(load_marks(connection, scheme), deadline, region) is not None:
        raise MarkRefused(f"{deadline} of {region} is noted", "done", deadline=deadline)
    given = {"done_on": noted.done_on, "document": noted.document, "note": noted.note}
    _write(connection, scheme, region, deadline, noted.seen, by, {**given, "step": DONE})


def take_back(connection: Connection, scheme: str, region: str, deadline: str, why: str, seen: int, by: By) -> None:
    """撤回办结, with the reason. Raises MarkRefused (open), StaleRow when another wrote meanwhile."""
    if standing_mark(load_marks(connection, scheme), deadline, region) is None:
        raise MarkRefused(f"{deadline} of {region} is not noted", "open", deadline=deadline)
    given = {"done_on": None, "document": "", "note": why}
    _write(connection, scheme, region, deadline, seen, by, {**given, "step": TAKEN_BACK})


def _write(
    connection: Connection, scheme: str, region: str, deadline: str, seen: int, by: By, given: Mapping[str, object]
) -> None:
    written = len(load_marks(connection, scheme).get((deadline, region), ()))
    if written != seen:
        raise StaleRow(f"{deadline} of {region} has {written} lines, {seen} were seen")
    who = {"login": by.login, "name": by.name, "department": by.department, "at": by.at}
    row = {"scheme": scheme, "region": region, "deadline": deadline, "number": seen + 1, **given, **who}
    try:
        with connection.begin_nested():
            connection.execute(insert(TABLE), row)
    except IntegrityError as problem:
        raise StaleRow(f"{deadline} of {region} was written meanwhile") from problem
