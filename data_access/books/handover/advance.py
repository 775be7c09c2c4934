"""启动资金预调: what regions with a balance advanced before pooling began, as published up to a version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from data_access.books.standing import standing
from data_access.store import schema


@dataclass(frozen=True, slots=True)
class Advance:
    """One region's balance on a day and what it advanced of it, in fen. ``monthly_fen`` is the whole province's expenditure of
    a month as the sharing used it; ``paid_on`` is None where nothing was asked of it."""

    region: str
    as_of: date
    balance_fen: int
    monthly_fen: int
    amount_fen: int
    paid_on: date | None
    document: str


def load_advances(connection: Connection, scheme: str, version: int) -> tuple[Advance, ...]:
    """The advances known to a version, by region; none where none were delivered."""
    table = schema.pre_transfer
    wanted = select(*(table.c[name] for name in Advance.__slots__)).order_by(table.c.region)
    rows = connection.execute(wanted.where(table.c.scheme == scheme, standing(table, version)))
    return tuple(Advance(*row) for row in rows)
