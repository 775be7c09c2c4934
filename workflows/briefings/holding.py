"""Who is writing in a section 正在编辑: others see it before they begin, and cannot write into it meanwhile.

A hold ends by itself ten minutes after its holder last wrote, by what is saved, or when another takes it over; it is no
change of the issue.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, update

from data_access.store import schema
from rules.errors import StaleRow
from workflows.briefings.register import Hold, Section, section
from workflows.people.accounts import By

SECTION = schema.briefing_section
LASTS = timedelta(minutes=10)
FREE = {"held_by": None, "held_name": None, "held_since": None, "held_until": None}


class BeingEdited(StaleRow):
    """Another is writing in the section; ``name`` says who."""

    code = "briefing_being_edited"


def held_by_another(seen: Section, login: str, now: datetime) -> Hold | None:
    """Who else is writing in a section; None where nobody is, or the login itself."""
    hold = seen.hold
    return None if hold is None or hold.login == login or hold.until <= now else hold


def demand_free(connection: Connection, number: int, wanted: int, by: By) -> Section:
    """A section of an issue that nobody else is writing in. Raises NoSuchBriefing, BeingEdited."""
    one = section(connection, wanted, number)
    other = held_by_another(one, by.login, by.at)
    if other is not None:
        raise BeingEdited(f"{other.login} writes in section {wanted}", name=other.name)
    return one


def take(connection: Connection, number: int, wanted: int, by: By, *, over: str = "") -> None:
    """Begin or go on to write in a section, for ten minutes from now; ``over``: the login that it is taken over from.
    Raises NoSuchBriefing, BeingEdited."""
    one = section(connection, wanted, number)
    own = one.hold is not None and one.hold.login == by.login and one.hold.until > by.at
    free = or_(SECTION.c.held_by.is_(None), SECTION.c.held_until <= by.at, SECTION.c.held_by.in_([by.login, over]))
    since = one.hold.since if own and one.hold is not None else by.at
    values = {"held_by": by.login, "held_name": by.name, "held_since": since, "held_until": by.at + LASTS}
    # One statement: of two who begin at once, one is told of the other.
    if connection.execute(update(SECTION).where(SECTION.c.id == one.id, free).values(values)).rowcount != 1:
        demand_free(connection, number, wanted, by)


def leave(connection: Connection, number: int, wanted: int, by: By) -> None:
    """Write no more in a section; another's hold stands."""
    own = (SECTION.c.id == wanted, SECTION.c.briefing == number, SECTION.c.held_by == by.login)
    connection.execute(update(SECTION).where(*own).values(FREE))
