"""Fast paths into the store: many rows at once, and the one upsert."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from sqlalchemy import Connection, Date, Table
from sqlalchemy.dialects import postgresql, sqlite

from data_access.schema import Instant

CHUNK_ROWS = 50_000
SAMPLE = 1_000
Progress = Callable[[int], None]


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert tuples of ``columns``, in order, within the connection's transaction: executemany or COPY.

    Values are what the schema's types take in Python (dates, aware instants, int, str, None).
    """
    prepared = _stored(connection, table, columns, rows)
    cursor = _driver_cursor(connection)
    if connection.dialect.name == "sqlite":
        cursor.executemany(_insert_statement(table.name, columns), prepared)
        return
    with cursor.copy(_copy_statement(table.name, columns)) as copy:
        for row in prepared:
            copy.write_row(row)


def insert_frame(connection: Connection, table_name: str, frame: pa.Table, progress: Progress | None = None) -> None:
    """Insert an Arrow table whose columns bear the table's names and are in storage form (instants as naive UTC)."""
    cursor = _driver_cursor(connection)
    if connection.dialect.name == "sqlite":
        statement = _insert_statement(table_name, frame.column_names)
        rows = _tuples(frame)
        done = 0
        while chunk := list(islice(rows, CHUNK_ROWS)):
            cursor.executemany(statement, chunk)
            done += len(chunk)
            if progress:
                progress(done)
        return
    with cursor.copy(_copy_statement(table_name, frame.column_names) + " WITH (FORMAT csv)") as copy:
        for start in range(0, frame.num_rows, CHUNK_ROWS):
            text = pa.BufferOutputStream()
            # Strings are quoted and nulls are not, which is how COPY tells "" from NULL.
            pacsv.write_csv(frame.slice(start, CHUNK_ROWS), text, pacsv.WriteOptions(include_header=False))
            copy.write(memoryview(text.getvalue()))
            if progress:
                progress(min(start + CHUNK_ROWS, frame.num_rows))


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], add: Sequence[str] = ()) -> None:
    """Insert rows; where the primary key exists, replace the other columns, or add to those named in ``add``."""
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    changes = {
        name: table.c[name] + statement.excluded[name] if name in add else statement.excluded[name]
        for name in rows[0]
        if name not in keys
    }
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), list(rows))


def _driver_cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def _insert_statement(table_name: str, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table_name}" ({names}) VALUES ({", ".join("?" * len(columns))})'


def _copy_statement(table_name: str, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'COPY "{table_name}" ({names}) FROM STDIN'


def _stored(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterable[Sequence[object]]:
    """Rows as the driver takes them: the drivers know nothing of Instant, and SQLite nothing of dates."""
    on_sqlite = connection.dialect.name == "sqlite"
    changed: list[tuple[int, Callable[[Any], object]]] = []
    for place, name in enumerate(columns):
        kind = table.c[name].type
        if isinstance(kind, Instant):
            changed.append((place, _instant_text if on_sqlite else _naive))
        elif isinstance(kind, Date) and on_sqlite:
            changed.append((place, date.isoformat))
    return _converted(rows, changed) if changed else rows


def _converted(
    rows: Iterable[Sequence[object]], changed: Sequence[tuple[int, Callable[[Any], object]]]
) -> Iterator[Sequence[object]]:
    for row in rows:
        values = list(row)
        for place, convert in changed:
            if values[place] is not None:
                values[place] = convert(values[place])
        yield tuple(values)


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def _instant_text(instant: datetime) -> str:
    # The form in which SQLAlchemy keeps timestamps in SQLite.
    return _naive(instant).strftime("%Y-%m-%d %H:%M:%S.%f")


def _tuples(frame: pa.Table) -> Iterator[tuple[object, ...]]:
    """Rows of an Arrow table as SQLite takes them: dates and instants as text."""
    for start in range(0, frame.num_rows, CHUNK_ROWS):
        chunk = frame.slice(start, CHUNK_ROWS)
        yield from zip(*(_values(column) for column in chunk.columns), strict=True)


def _values(column: pa.ChunkedArray) -> list[object]:
    """A column's Python values; equal ones are the same object, which is much quicker where they repeat."""
    temporal = pa.types.is_date(column.type) or pa.types.is_timestamp(column.type)
    if pa.types.is_integer(column.type) or len(column.slice(0, SAMPLE).unique()) > SAMPLE // 2:
        values: list[object] = (column.cast(pa.string()) if temporal else column).to_pylist()
        return values
    encoded = column.combine_chunks().dictionary_encode()
    distinct = encoded.dictionary
    if temporal:
        distinct = distinct.cast(pa.string())
    objects = np.array([*distinct.to_pylist(), None], dtype=object)
    # A null has no place in the dictionary: it is given the last one.
    taken: list[object] = objects[encoded.indices.fill_null(len(distinct)).to_numpy(zero_copy_only=False)].tolist()
    return taken
