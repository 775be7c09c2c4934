"""Explanations 情况说明: what a department says about a figure of a region and period; append-only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from data_access.store import schema

TABLE = schema.explanation


@dataclass(frozen=True, slots=True)
class Explanation:
    """One explanation of a figure: an indicator's code or a line of the execution form, of a month "2026-10"."""

    id: int
    scheme: str
    figure: str
    region: str
    period: str
    text: str
    by_login: str
    by_name: str
    department: str | None
    at: datetime


def load_explanations(
    connection: Connection, scheme: str, period: str, regions: Collection[str], figures: Collection[str] | None = None
) -> tuple[Explanation, ...]:
    """What stands said about a month's figures of regions, newest first; ``figures`` None: about all of them. For
    briefings too: what was withdrawn is left out."""
    taken_back = select(TABLE.c.withdraws).where(TABLE.c.withdraws.is_not(None))
    wanted = select(TABLE).where(
        TABLE.c.scheme == scheme,
        TABLE.c.period == period,
        TABLE.c.region.in_(list(regions)),
        TABLE.c.withdraws.is_(None),
        TABLE.c.id.not_in(taken_back),
    )
    if figures is not None:
        wanted = wanted.where(TABLE.c.figure.in_(list(figures)))
    rows = connection.execute(wanted.order_by(TABLE.c.at.desc(), TABLE.c.id.desc()))
    return tuple(_explanation(row._mapping) for row in rows)


def explanation(connection: Connection, number: int) -> Explanation | None:
    """One explanation that stands; None when there is none of that number or it was withdrawn."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == number, TABLE.c.withdraws.is_(None))).first()
    gone = connection.execute(select(TABLE.c.id).where(TABLE.c.withdraws == number)).first()
    return None if row is None or gone is not None else _explanation(row._mapping)


def add_explanation(
    connection: Connection,
    *,
    scheme: str,
    figure: str,
    region: str,
    period: str,
    text: str,
    by_login: str,
    by_name: str,
    department: str | None,
    at: datetime,
) -> int:
    """Say something about a figure; returns the explanation's number."""
    values = {
        "scheme": scheme,
        "figure": figure,
        "region": region,
        "period": period,
        "text": text,
        "by_login": by_login,
        "by_name": by_name,
        "department": department,
        "at": at,
    }
    return int(connection.execute(insert(TABLE).values(**values).returning(TABLE.c.id)).scalar_one())


def withdraw_explanation(
    connection: Connection, taken: Explanation, *, by_login: str, by_name: str, at: datetime
) -> None:
    """Take an explanation back; it stays on record. IntegrityError when it was taken back already."""
    values = {
        "scheme": taken.scheme,
        "figure": taken.figure,
        "region": taken.region,
        "period": taken.period,
        "text": "",
        "by_login": by_login,
        "by_name": by_name,
        "department": taken.department,
        "at": at,
        "withdraws": taken.id,
    }
    connection.execute(insert(TABLE).values(**values))


def _explanation(row: object) -> Explanation:
    kept = {name: row[name] for name in Explanation.__slots__}  # type: ignore[index]
    return Explanation(**kept)
