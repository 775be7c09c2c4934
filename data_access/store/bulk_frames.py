"""The fast path of whole Arrow tables into the store. Apart from ``bulk``, so that a web worker, which takes no files in
until one is sent, does without Arrow's memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from sqlalchemy import Connection

from data_access.store.bulk import CHUNK_ROWS, Progress, copy_statement, driver_cursor, insert_statement

SAMPLE = 1_000


def insert_frame(connection: Connection, table_name: str, frame: pa.Table, progress: Progress | None = None) -> None:
    """Insert an Arrow table whose columns bear the table's names and are in storage form (instants as naive UTC)."""
    cursor = driver_cursor(connection)
    if connection.dialect.name == "sqlite":
        statement = insert_statement(table_name, frame.column_names)
        rows = _tuples(frame)
        done = 0
        while chunk := list(islice(rows, CHUNK_ROWS)):
            cursor.executemany(statement, chunk)
            done += len(chunk)
            if progress:
                progress(done)
        return
    with cursor.copy(copy_statement(table_name, frame.column_names) + " WITH (FORMAT csv)") as copy:
        for start in range(0, frame.num_rows, CHUNK_ROWS):
            text = pa.BufferOutputStream()
            # Strings are quoted and nulls are not, which is how COPY tells "" from NULL.
            pacsv.write_csv(frame.slice(start, CHUNK_ROWS), text, pacsv.WriteOptions(include_header=False))
            copy.write(memoryview(text.getvalue()))
            if progress:
                progress(min(start + CHUNK_ROWS, frame.num_rows))


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
