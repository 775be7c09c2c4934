"""Migrations change tables as a whole, so that their seals are made anew: of those that were sound before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, delete, select

from data_access.store.integrity.forms import arm, disarm, is_made
from data_access.store.integrity.sealing import CHANGE, SEAL, seal_rows_found, seal_tables
from data_access.store.integrity.verifying import faults_of_tables
from data_access.store.integrity.vouched import Means, by


@contextmanager
def resealing(connection: Connection) -> Iterator[None]:
    """Within it the caller migrates the store. A table that was not as it had been sealed stays broken; what has no seals
    yet, an older store, is sealed as it is found."""
    made = is_made(connection)
    known = set(connection.execute(select(SEAL.c.name)).scalars()) if made else set()
    sound = [name for name in known if not faults_of_tables(connection, [name])[1]]
    left = connection.execute(select(CHANGE.c.id)).scalars().all() if made else []
    disarm(connection)
    yield
    arm(connection)
    if not made:
        seal_rows_found(connection)
    seal_tables(connection, [name for name in by(Means.ROW_BY_ROW) if name in sound or name not in known])
    connection.execute(delete(CHANGE).where(CHANGE.c.id.not_in(left)))
