"""Sealing: each transaction seals the rows it changed, a delivery the rows it brought, a version the rows it computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, text, update

from data_access.store import schema
from data_access.store.bulk import insert_if_new
from data_access.store.integrity.forms import ENDED_BY, text_of
from data_access.store.integrity.keys import Sum, digest, key_of, name_of
from data_access.store.integrity.vouched import VOUCHED, Means, by

CHANGE, SEAL, ROWS = schema.row_change, schema.table_seal, schema.rows_seal
# A transaction of the program notes its changes where nobody else can: on PostgreSQL in a table of its own connection,
# on SQLite behind those that were there when it took the lock.
_OWN = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS own_change (id bigserial, name text NOT NULL, was text, became text) "
    "ON COMMIT DELETE ROWS"
)
FORGED = "forged"


def begin(connection: Connection) -> int:
    """Call at the beginning of a writing transaction; what it returns is for :func:`seal_changes` at its end."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_OWN)
        return 0
    return int(connection.execute(select(func.coalesce(func.max(CHANGE.c.id), 0))).scalar_one())


def seal_changes(connection: Connection, since: int) -> None:
    """Seal what this transaction changed row by row. The last thing in it: other writers of the same tables wait."""
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql("DELETE FROM pg_temp.own_change RETURNING name, was, became").all()
    else:
        own = CHANGE.c.id > since
        found = list(connection.execute(select(CHANGE.c.name, CHANGE.c.was, CHANGE.c.became).where(own)))
        if found:
            connection.execute(delete(CHANGE).where(own))
    changes: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in found:
        if row.was != row.became:
            changes[row.name].append(row)
    if not changes:
        return
    # A change of rows_seal comes of sealing, never the other way round.
    for name, seal in _locked(connection, sorted(changes)).items():
        _move(connection, name, seal, changes[name])


def _locked(connection: Connection, names: Sequence[str]) -> dict[str, Row[Any]]:
    """The seals of tables, held until the transaction ends; what has none yet gets that of no rows, whoever comes first."""
    held = select(SEAL).where(SEAL.c.name.in_(names)).order_by(SEAL.c.name).with_for_update()
    known = {seal.name: seal for seal in connection.execute(held)}
    if len(known) == len(names):
        return known
    key = key_of(connection)
    new = [{"name": name, **_values(key, Sum(key, name), name, 0)} for name in names if name not in known]
    connection.execute(insert_if_new(connection, SEAL), new)
    return {seal.name: seal for seal in connection.execute(held)}


def _move(connection: Connection, name: str, seal: Row[Any], rows: Sequence[Row[Any]]) -> None:
    key = key_of(connection)
    total = Sum(key, name, seal.rows, seal.sum)
    total.add((row.was for row in rows), -1)
    total.add(row.became for row in rows)
    _write(connection, key, total, name, seal.changes + len(rows), is_genuine(key, seal))


def _values(key: bytes, total: Sum, name: str, changes: int, whole: bool = True) -> dict[str, object]:
    said = {"rows": total.rows, "changes": changes, "sum": total.hex, "key": name_of(key)}
    # Whoever forged a seal does not get a good one for it by the next change.
    return {**said, "seal": digest(key, name, *said.values()) if whole else FORGED}


def _write(connection: Connection, key: bytes, total: Sum, name: str, changes: int, whole: bool = True) -> None:
    values = _values(key, total, name, changes, whole)
    if not connection.execute(update(SEAL).where(SEAL.c.name == name).values(values)).rowcount:
        connection.execute(insert(SEAL).values(name=name, **values))


def is_genuine(key: bytes, seal: Row[Any]) -> bool:
    """Whether a seal says what the holder of the key wrote into it."""
    return bool(seal.seal == digest(key, seal.name, seal.rows, seal.changes, seal.sum, seal.key))


def seal_tables(connection: Connection, names: Iterable[str]) -> None:
    """Seal tables as they stand now: for a new store, after a migration, or by decision of who answers for the store."""
    key = key_of(connection)
    counted = {row.name: row.changes for row in connection.execute(select(SEAL.c.name, SEAL.c.changes))}
    for name in names:
        total = Sum(key, name)
        total.add(texts(connection, name))
        if total.rows or name in counted:
            _write(connection, key, total, name, counted.get(name, 0) + 1)


def texts(connection: Connection, name: str) -> Iterator[str]:
    """The text of every row of a table, in no order."""
    yield from _stream(connection, f'SELECT {text_of(connection, name, name)} FROM "{name}"').scalars()


def _stream(connection: Connection, query: str) -> Any:
    return connection.execute(text(query), execution_options={"yield_per": 10_000})


# --- rows of deliveries and versions


def seal_delivery(connection: Connection, name: str, batch: int, brought: int) -> None:
    """Seal the ``brought`` rows of a batch and those it ended. Nothing where the table's rows belong to no delivery."""
    if VOUCHED.get(name) is Means.DELIVERY:
        seal_rows(connection, name, batch, *delivered(connection, name, batch, brought)[batch])


def seal_version(connection: Connection, version: int) -> None:
    """Seal what was computed for a version."""
    for name in by(Means.VERSION):
        seal_rows(connection, name, version, computed(connection, name, version)[version])


def seal_rows_found(connection: Connection) -> None:
    """Seal every delivery and version as it stands now."""
    connection.execute(delete(ROWS))
    for name in by(Means.DELIVERY):
        for batch, sums in delivered(connection, name).items():
            seal_rows(connection, name, batch, *sums)
    for name in by(Means.VERSION):
        for version, total in computed(connection, name).items():
            seal_rows(connection, name, version, total)


def seal_rows(connection: Connection, name: str, number: int, *sums: Sum) -> None:
    values = {"rows": sums[0].rows, "seal": rows_digest(connection, name, number, *sums)}
    if sums[0].rows or sums[-1].rows:
        connection.execute(insert(ROWS).values(name=name, number=number, **values))


def rows_digest(connection: Connection, name: str, number: int, *sums: Sum) -> str:
    """The keyed digest over the sums of a batch (brought, ended) or of a version."""
    return digest(key_of(connection), name, number, *(part for one in sums for part in (one.rows, one.hex)))


def delivered(
    connection: Connection, name: str, batch: int | None = None, brought: int = 0
) -> dict[int, tuple[Sum, Sum]]:
    """The sums of the rows that each batch brought and ended; of one batch where one is named."""
    key = key_of(connection)
    found = defaultdict[int, tuple[Sum, Sum]](lambda: _nothing(connection, name))
    query = f'SELECT batch, {ENDED_BY}, {text_of(connection, name, name)} FROM "{name}"'
    if batch is None:
        for row in _stream(connection, query):
            found[row[0]][0].add((row[2],))
            if row[1] is not None:
                found[row[1]][1].add((row[2],))
        return found
    ours, ended = _nothing(connection, name)
    # The ledger has no index by batch; the rows of a batch that was just put in are its last.
    last = f" AND id > (SELECT MAX(id) FROM {name}) - {brought}" if "id" in schema.metadata.tables[name].c else ""
    ours.add(_stream(connection, f"{query} WHERE batch = {batch}{last}").scalars(2))
    if ours.rows != brought and last:
        ours = Sum(key, name)
        ours.add(_stream(connection, f"{query} WHERE batch = {batch}").scalars(2))
    ended.add(_stream(connection, f"{query} WHERE {ENDED_BY} = {batch}").scalars(2))
    return {batch: (ours, ended)}


def computed(connection: Connection, name: str, version: int | None = None) -> dict[int, Sum]:
    """The sums of the rows of each version; of one version where one is named."""
    key, query = key_of(connection), f'SELECT data_version, {text_of(connection, name, name)} FROM "{name}"'
    found = defaultdict[int, Sum](lambda: Sum(key, name))
    if version is None:
        for row in _stream(connection, query):
            found[row[0]].add((row[1],))
        return found
    # The index of what changed begins with the scheme.
    of_version = f"{query} WHERE scheme IN (SELECT code FROM scheme) AND data_version = {version}"
    found[version].add(_stream(connection, of_version).scalars(1))
    return found


def _nothing(connection: Connection, name: str) -> tuple[Sum, Sum]:
    key = key_of(connection)
    return Sum(key, name), Sum(key, f"{name} {ENDED_BY}")
