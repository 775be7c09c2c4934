"""Briefings as others read them: issues, their sections, their journal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from data_access.store import schema
from rules.errors import PoolwatchError

BRIEFING, SECTION, STEP = schema.briefing, schema.briefing_section, schema.briefing_step
# What an office fills in of head and end; the machine makes up none of them.
HEAD = ("title", "name", "total", "document_number", "secrecy", "signer", "copies", "office")


class NoSuchBriefing(PoolwatchError):
    """There is no briefing of that number, or no section of that number in it."""

    code = "no_such_briefing"


@dataclass(frozen=True, slots=True)
class Hold:
    """Who is writing in a section, since when, until when at the longest."""

    login: str
    name: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Section:
    """One section. ``content`` and ``before`` (of the last issue) are blocks as kept; ``state`` is generated (系统生成，
    待核), edited or confirmed; ``version`` counts its changes; ``hold`` may have passed: see ``holding``."""

    id: int
    place: int
    code: str
    heading: str
    content: list[Any]
    before: list[Any]
    state: str
    changed_by: str
    changed_at: datetime
    version: int
    hold: Hold | None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the journal."""

    at: datetime
    login: str
    name: str
    step: str
    text: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """One issue. ``month`` (yyyymm) is the last it speaks of, ``data_version`` the published one its figures are of;
    ``day`` None: not dated yet; ``based_on``: the issue it carried over."""

    id: int
    scheme: str
    region: str
    form: str
    language: str
    year: int
    number: int
    month: int
    data_version: int
    title: str
    name: str
    total: str
    document_number: str
    secrecy: str
    signer: str
    copies: str
    office: str
    day: date | None
    state: str
    based_on: int | None
    drafted_by: str
    version: int


def briefing(connection: Connection, number: int) -> Briefing:
    """One issue by its row's number. Raises NoSuchBriefing."""
    row = connection.execute(select(BRIEFING).where(BRIEFING.c.id == number)).one_or_none()
    if row is None:
        raise NoSuchBriefing(f"no briefing {number}", number=number)
    return Briefing(**row._mapping)


def briefings(connection: Connection, scheme: str, region: str) -> tuple[Briefing, ...]:
    """The issues of a scheme and region, newest first; those that were dropped are left out."""
    found = select(BRIEFING).where(
        BRIEFING.c.scheme == scheme, BRIEFING.c.region == region, BRIEFING.c.state != "dropped"
    )
    order = (BRIEFING.c.year.desc(), BRIEFING.c.number.desc(), BRIEFING.c.id.desc())
    return tuple(Briefing(**row._mapping) for row in connection.execute(found.order_by(*order)))


def sections(connection: Connection, number: int) -> tuple[Section, ...]:
    """The sections of an issue in their order."""
    rows = connection.execute(select(SECTION).where(SECTION.c.briefing == number).order_by(SECTION.c.place))
    return tuple(_section(row) for row in rows)


def section(connection: Connection, number: int, briefing: int) -> Section:
    """One section of an issue. Raises NoSuchBriefing."""
    row = connection.execute(
        select(SECTION).where(SECTION.c.id == number, SECTION.c.briefing == briefing)
    ).one_or_none()
    if row is None:
        raise NoSuchBriefing(f"no section {number} in briefing {briefing}", number=number)
    return _section(row)


def steps(connection: Connection, number: int) -> tuple[Step, ...]:
    """The journal of an issue, oldest first."""
    rows = connection.execute(select(STEP).where(STEP.c.briefing == number).order_by(STEP.c.id))
    return tuple(Step(row.happened_at, row.login, row.name, row.step, row.text) for row in rows)


def last_issue(connection: Connection, scheme: str, region: str, form: str) -> Briefing | None:
    """The newest issue of a form that a next one can carry over: issued, or else whatever stands; None for the first."""
    known = [one for one in briefings(connection, scheme, region) if one.form == form]
    return next((one for one in known if one.state == "issued"), next(iter(known), None))


def next_number(connection: Connection, scheme: str, region: str, form: str, year: int) -> int:
    """期数: the number after the highest of the year, those that were dropped included."""
    highest = select(func.max(BRIEFING.c.number)).where(
        BRIEFING.c.scheme == scheme, BRIEFING.c.region == region, BRIEFING.c.form == form, BRIEFING.c.year == year
    )
    return 1 + int(connection.execute(highest).scalar() or 0)


def _section(row: Any) -> Section:
    return Section(
        row.id,
        row.place,
        row.code,
        row.heading,
        json.loads(row.content),
        json.loads(row.before),
        row.state,
        row.changed_by,
        row.changed_at,
        row.version,
        None if row.held_by is None else Hold(row.held_by, row.held_name, row.held_since, row.held_until),
    )
