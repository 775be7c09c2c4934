"""Writing a briefing: opening an issue, its sections, head and end. Only a draft is changed, each change once seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from data_access.store import schema
from data_access.store.numbering import take_turn
from rules.errors import PoolwatchError, StaleRow
from rules.month import Month
from workflows.briefings.holding import FREE, demand_free
from workflows.briefings.register import HEAD, Briefing, Section, briefing, next_number, section, sections
from workflows.people.accounts import By

BRIEFING, SECTION, STEP = schema.briefing, schema.briefing_section, schema.briefing_step
MOST_SECTIONS = 40
OWN = "own"  # the code of a section that the writer added


class NotADraft(PoolwatchError):
    """The issue was sent on, signed or dropped: its text stands."""

    code = "briefing_not_a_draft"


class TooManySections(PoolwatchError):
    """The issue has as many sections as it may."""

    code = "briefing_sections"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a section begins with: its code, heading, blocks as kept and those of the last issue, its state, and the step
    that the journal has of it ("" for none)."""

    code: str
    heading: str
    content: Sequence[Any]
    before: Sequence[Any] = ()
    state: str = "generated"
    step: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A new issue: of which scheme, region and month, at which published version, in which form and language."""

    scheme: str
    region: str
    form: str
    language: str
    month: int
    data_version: int
    head: Mapping[str, str]
    based_on: int | None = None


def open_issue(connection: Connection, opening: Opening, drafts: Sequence[Draft], by: By) -> int:
    """Begin an issue with its sections; its row's number. It takes the year's next 期数."""
    take_turn(connection, "briefing.number")
    year = Month(opening.month).year
    number = next_number(connection, opening.scheme, opening.region, opening.form, year)
    values: dict[str, object] = {name: opening.head.get(name, "") for name in HEAD}
    key = connection.execute(
        insert(BRIEFING).values(
            **values,
            scheme=opening.scheme,
            region=opening.region,
            form=opening.form,
            language=opening.language,
            year=year,
            number=number,
            month=opening.month,
            data_version=opening.data_version,
            state="drafting",
            based_on=opening.based_on,
            drafted_by=by.login,
            version=1,
        )
    ).inserted_primary_key
    assert key is not None
    made = int(key[0])
    for place, draft in enumerate(drafts, start=1):
        _insert(connection, made, place, draft, by)
    note(connection, made, "open", "", by)
    for draft in drafts:
        if draft.step:
            note(connection, made, draft.step, draft.heading, by)
    return made


def drafting(connection: Connection, number: int) -> Briefing:
    """An issue that may be changed. Raises NoSuchBriefing, NotADraft."""
    one = briefing(connection, number)
    if one.state != "drafting":
        raise NotADraft(f"briefing {number} is {one.state}", number=one.number)
    return one


def write_section(
    connection: Connection,
    number: int,
    seen: Section,
    by: By,
    *,
    content: Sequence[Any] | None = None,
    heading: str | None = None,
    state: str = "edited",
    step: str = "edit",
) -> None:
    """Change a section as it was seen: its blocks, its heading, its state; who wrote in it has done. Raises NotADraft,
    StaleRow, BeingEdited."""
    drafting(connection, number)
    demand_free(connection, number, seen.id, by)
    changed = connection.execute(
        update(SECTION)
        .where(SECTION.c.id == seen.id, SECTION.c.briefing == number, SECTION.c.version == seen.version)
        .values(
            content=_json(seen.content if content is None else content),
            heading=seen.heading if heading is None else heading,
            state=state,
            changed_by=by.name,
            changed_at=by.at,
            version=seen.version + 1,
            **FREE,
        )
    )
    if changed.rowcount != 1:
        raise StaleRow(f"section {seen.id} was changed since version {seen.version}")
    note(connection, number, step, seen.heading if heading is None else heading, by)


def confirm(connection: Connection, number: int, seen: Section, by: By) -> None:
    """核: the writer has read the section and stands by it."""
    write_section(connection, number, seen, by, state="confirmed", step="confirm")


def add_section(connection: Connection, number: int, draft: Draft, by: By) -> int:
    """A further section at the end; its number. Raises NotADraft, TooManySections."""
    drafting(connection, number)
    there = sections(connection, number)
    if len(there) >= MOST_SECTIONS:
        raise TooManySections(f"briefing {number} is full", count=MOST_SECTIONS)
    made = _insert(connection, number, len(there) + 1, draft, by)
    note(connection, number, "add", draft.heading, by)
    return made


def remove_section(connection: Connection, number: int, seen: Section, by: By) -> None:
    """Take a section out; those after it move up. Raises NotADraft, StaleRow, BeingEdited."""
    drafting(connection, number)
    demand_free(connection, number, seen.id, by)
    gone = connection.execute(delete(SECTION).where(SECTION.c.id == seen.id, SECTION.c.version == seen.version))
    if gone.rowcount != 1:
        raise StaleRow(f"section {seen.id} was changed since version {seen.version}")
    _renumber(connection, [one.id for one in sections(connection, number)])
    note(connection, number, "remove", seen.heading, by)


def move_section(connection: Connection, number: int, moved: int, to: int, by: By) -> None:
    """Put a section at a place, 1 the first; beyond the ends it stands there. Raises NotADraft, NoSuchBriefing."""
    drafting(connection, number)
    one = section(connection, moved, number)
    order = [other.id for other in sections(connection, number) if other.id != moved]
    order.insert(min(max(to, 1), len(order) + 1) - 1, moved)
    _renumber(connection, order)
    note(connection, number, "move", one.heading, by)


def write_head(connection: Connection, seen: Briefing, head: Mapping[str, str], day: date | None, by: By) -> None:
    """Fill in head and end. Raises NotADraft, StaleRow."""
    drafting(connection, seen.id)
    change(connection, seen, {**{name: head[name] for name in HEAD}, "day": day})
    note(connection, seen.id, "head", "", by)


def change(connection: Connection, seen: Briefing, values: Mapping[str, object]) -> None:
    """Change an issue's row as it was seen. Raises StaleRow."""
    done = connection.execute(
        update(BRIEFING)
        .where(BRIEFING.c.id == seen.id, BRIEFING.c.version == seen.version)
        .values(**values, version=seen.version + 1)
    )
    if done.rowcount != 1:
        raise StaleRow(f"briefing {seen.id} was changed since version {seen.version}")


def note(connection: Connection, number: int, step: str, text: str, by: By) -> None:
    """Add a line to the journal."""
    connection.execute(
        insert(STEP).values(briefing=number, happened_at=by.at, login=by.login, name=by.name, step=step, text=text)
    )


def _insert(connection: Connection, number: int, place: int, draft: Draft, by: By) -> int:
    key = connection.execute(
        insert(SECTION).values(
            briefing=number,
            place=place,
            code=draft.code,
            heading=draft.heading,
            content=_json(draft.content),
            before=_json(draft.before),
            state=draft.state,
            changed_by=by.name,
            changed_at=by.at,
            version=1,
        )
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def _renumber(connection: Connection, order: Sequence[int]) -> None:
    for place, number in enumerate(order, start=1):
        connection.execute(update(SECTION).where(SECTION.c.id == number).values(place=place))


def _json(blocks: Sequence[Any]) -> str:
    return json.dumps(list(blocks), ensure_ascii=False)
