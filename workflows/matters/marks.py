"""What one person marked of matters: read up to a moment 已读, muted 不再提醒; nobody else's marks are touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from data_access.store import schema
from data_access.store.bulk import upsert
from rules.alerts.threshold import Level
from workflows.matters.records import Matter

TABLE = schema.matter_mark
# Instead of a matter's key: what a person chose for all of them.
EVERY = "*"


@dataclass(frozen=True, slots=True)
class Mark:
    """``read_at``: everything up to then is known; ``muted_level`` None where the matter is not muted."""

    read_at: datetime | None
    muted_level: Level | None

    def mutes(self, matter: Matter) -> bool:
        """Whether nothing more is told of the matter; once it escalates to red it is told again."""
        return self.muted_level is not None and not (matter.level is Level.RED and self.muted_level < Level.RED)

    def new(self, matter: Matter) -> bool:
        return self.read_at is None or matter.moved_at > self.read_at


NONE = Mark(None, None)


def wants_letter(marks: Mapping[str, Mark], matter: Matter) -> bool:
    """Whether a person is told of a matter by mail: it is not muted, and as bad as they chose to be told of."""
    return matter.level >= letters_from(marks) and not marks.get(matter.key, NONE).mutes(matter)


def letters_from(marks: Mapping[str, Mark]) -> Level:
    """From which level on a person is told by mail 邮件提醒; NONE for everything, the choice of who made none."""
    muted = marks.get(EVERY, NONE).muted_level
    return Level.NONE if muted is None else Level(muted + 1)


def muted_count(marks: Mapping[str, Mark]) -> int:
    """How many matters a person muted one by one."""
    return sum(one.muted_level is not None for key, one in marks.items() if key != EVERY)


def marks_of(connection: Connection, login: str) -> Mapping[str, Mark]:
    """A person's marks by the matter's key."""
    rows = connection.execute(select(TABLE).where(TABLE.c.login == login))
    return {row.matter: Mark(row.read_at, None if row.muted_level is None else Level(row.muted_level)) for row in rows}


def mark_read(connection: Connection, login: str, matters: Iterable[Matter], now: datetime) -> int:
    """What has happened to the matters by now is known to a person; how many there were."""
    rows = [{"login": login, "matter": one.key, "read_at": now} for one in matters]
    upsert(connection, TABLE, rows)
    return len(rows)


def mute(connection: Connection, login: str, matter: Matter, now: datetime) -> None:
    """不再提醒: nothing more is sent of a matter until it escalates to red; what is to be done stays to be done."""
    row = {"login": login, "matter": matter.key, "muted_at": now, "muted_level": int(matter.level)}
    upsert(connection, TABLE, [row])


def unmute(connection: Connection, login: str, matter: Matter) -> None:
    """恢复提醒."""
    upsert(connection, TABLE, [{"login": login, "matter": matter.key, "muted_at": None, "muted_level": None}])


def keep_letters_from(connection: Connection, login: str, level: Level, now: datetime) -> None:
    """邮件提醒: matters below a level are not told by mail from now on; they stand in the boxes as before."""
    muted = None if level is Level.NONE else int(level) - 1
    upsert(connection, TABLE, [{"login": login, "matter": EVERY, "muted_at": now, "muted_level": muted}])
