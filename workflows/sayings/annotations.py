"""Annotations 标注 of time charts: what happened in a month, for the whole province or one region; append-only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from data_access.store import schema
from rules.errors import InputError
from rules.month import Month

TABLE = schema.annotation
# 待遇调整, 缓缴, 政策变更, 其他
KINDS = ("benefit", "deferral", "policy", "other")


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation. ``region`` the province's own code means the whole province; ``day`` where it is known."""

    id: int
    scheme: str
    region: str
    month: int
    day: date | None
    kind: str
    text: str
    text_en: str | None
    by_login: str
    by_name: str
    at: datetime


def load_annotations(connection: Connection, scheme: str, regions: Collection[str]) -> tuple[Annotation, ...]:
    """What stands annotated for any of the regions, oldest month first; what was withdrawn is left out."""
    taken_back = select(TABLE.c.withdraws).where(TABLE.c.withdraws.is_not(None))
    wanted = (
        select(TABLE)
        .where(
            TABLE.c.scheme == scheme,
            TABLE.c.region.in_(list(regions)),
            TABLE.c.withdraws.is_(None),
            TABLE.c.id.not_in(taken_back),
        )
        .order_by(TABLE.c.month, TABLE.c.day, TABLE.c.id)
    )
    return tuple(_annotation(row._mapping) for row in connection.execute(wanted))


def annotation(connection: Connection, number: int) -> Annotation | None:
    """One annotation that stands; None when there is none of that number or it was withdrawn."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == number, TABLE.c.withdraws.is_(None))).first()
    gone = connection.execute(select(TABLE.c.id).where(TABLE.c.withdraws == number)).first()
    return None if row is None or gone is not None else _annotation(row._mapping)


def add_annotation(
    connection: Connection,
    *,
    scheme: str,
    region: str,
    month: int,
    day: date | None,
    kind: str,
    text: str,
    text_en: str | None,
    by_login: str,
    by_name: str,
    at: datetime,
) -> int:
    """Annotate a month; returns the annotation's number. Raises InputError for a kind that is not known, or a day that
    lies in another month."""
    if kind not in KINDS:
        raise InputError(f"there is no kind {kind}", path="kind", got=kind)
    if day is not None and Month.of(day) != month:
        raise InputError(f"{day} is not in {month}", path="day", got=str(day))
    values = {
        "scheme": scheme,
        "region": region,
        "month": month,
        "day": day,
        "kind": kind,
        "text": text,
        "text_en": text_en or None,
        "by_login": by_login,
        "by_name": by_name,
        "at": at,
    }
    return int(connection.execute(insert(TABLE).values(**values).returning(TABLE.c.id)).scalar_one())


def withdraw_annotation(
    connection: Connection, taken: Annotation, *, reason: str, by_login: str, by_name: str, at: datetime
) -> None:
    """Take an annotation back; it stays on record with the reason. IntegrityError when it was taken back already."""
    values = {
        "scheme": taken.scheme,
        "region": taken.region,
        "month": taken.month,
        "day": taken.day,
        "kind": taken.kind,
        "text": reason,
        "by_login": by_login,
        "by_name": by_name,
        "at": at,
        "withdraws": taken.id,
    }
    connection.execute(insert(TABLE).values(**values))


def _annotation(row: object) -> Annotation:
    kept = {name: row[name] for name in Annotation.__slots__}  # type: ignore[index]
    return Annotation(**kept)
