"""The office's own Word templates 本单位模板: kept by the system administrator, one in use in a province at a time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from data_access.store import schema
from workflows.people.accounts import By

TABLE = schema.briefing_template


@dataclass(frozen=True, slots=True)
class Template:
    """The template in use, without its content; ``sha256`` is over its bytes, in hexadecimal."""

    id: int
    region: str
    name: str
    sha256: str
    added_by: str
    added_at: datetime


def in_use(connection: Connection, region: str) -> Template | None:
    """The template of a province; None where its offices have none."""
    columns = [TABLE.c[name] for name in Template.__slots__]
    row = connection.execute(select(*columns).where(TABLE.c.region == region, TABLE.c.ended_at.is_(None))).first()
    return None if row is None else Template(*row)


def content_of(connection: Connection, number: int) -> bytes:
    """A template's bytes."""
    return bytes(connection.execute(select(TABLE.c.content).where(TABLE.c.id == number)).scalar_one())


def put_in_use(connection: Connection, region: str, name: str, content: bytes, by: By) -> None:
    """Use a template from now on; the one before stays on record."""
    take_out_of_use(connection, region, by)
    connection.execute(
        insert(TABLE).values(
            region=region,
            name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            added_by=by.login,
            added_at=by.at,
        )
    )


def take_out_of_use(connection: Connection, region: str, by: By) -> bool:
    """Use none from now on; whether there was one."""
    ended = (
        update(TABLE)
        .where(TABLE.c.region == region, TABLE.c.ended_at.is_(None))
        .values(ended_by=by.login, ended_at=by.at)
    )
    return connection.execute(ended).rowcount > 0
