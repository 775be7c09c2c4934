"""From a figure of the ledger back to the files that its entries were read from, and to their cells."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from data_access.books.standing import standing
from data_access.store import schema

CELLS_NAMED = 6
FILES_NAMED = 5


@dataclass(frozen=True, slots=True)
class Origin:
    """A file that entries came in: its batch, its name, who sent it and whose data it is, how many of the entries it
    brought, and the cells of the first of them."""

    batch: int
    name: str
    uploaded_by: str | None
    province: str | None
    entries: int
    cells: tuple[str, ...]


def origins(
    connection: Connection, scheme: str, regions: Collection[str], first: int, last: int, version: int | None
) -> tuple[Origin, ...]:
    """The files behind the entries of some regions from one month to another, both yyyymm, as they stand at a version;
    the newest first, and no more than ``FILES_NAMED``. Entries that came in no file have none."""
    entry, batch = schema.ledger_entry, schema.import_batch
    wanted = and_(
        entry.c.cell.is_not(None),
        entry.c.scheme == scheme,
        entry.c.month.between(first, last),
        entry.c.region.in_(regions),
        standing(entry, version),
    )
    counted = (
        select(batch.c.id, batch.c.origin, batch.c.uploaded_by, batch.c.province, func.count().label("entries"))
        .join_from(entry, batch, batch.c.id == entry.c.batch)
        .where(wanted)
        .group_by(batch.c.id, batch.c.origin, batch.c.uploaded_by, batch.c.province)
        .order_by(batch.c.id.desc())
        .limit(FILES_NAMED)
    )
    found = []
    for row in connection.execute(counted).all():
        cells = select(entry.c.cell).where(wanted, entry.c.batch == row.id).order_by(entry.c.id).limit(CELLS_NAMED)
        named = tuple(connection.execute(cells).scalars())
        found.append(Origin(row.id, row.origin, row.uploaded_by, row.province, row.entries, named))
    return tuple(found)
