"""Parquet files: typed columns as text, after the footer has said what they would become."""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_access.intake.files.book import Book, Sheet
from data_access.intake.files.limits import MB, Limits, refused
from data_access.intake.files.texts import texts_of


def read(file: BinaryIO, limits: Limits) -> Book:
    """The one sheet of a Parquet file; its column names are row 1."""
    # Strings are decoded as the few distinct ones that they may be, so that their length is known before it is taken.
    names = pq.ParquetFile(file).schema_arrow.names
    parquet = pq.ParquetFile(file, read_dictionary=names)
    _look(parquet.metadata, limits)
    table = parquet.read(use_threads=False)
    left = limits.unpacked
    columns: list[pa.Array] = []
    for name, column in zip(names, table.columns, strict=True):
        _refuse_bad_text(name, column)
        left -= _size(column)
        if left < 0:
            raise refused("unpacks_too_large", limit_mb=limits.unpacked // MB)
        columns.append(pa.concat_arrays([pa.array([name], pa.string()), texts_of(column)]))
    lines = np.arange(1, table.num_rows + 2, dtype=np.int64)
    types = tuple(
        str(field.type.value_type if pa.types.is_dictionary(field.type) else field.type) for field in table.schema
    )
    return Book("parquet", (Sheet("", tuple(columns), lines),), types=types)


def _look(metadata: Any, limits: Limits) -> None:
    """What the footer promises is refused before a page is unpacked."""
    if metadata.num_columns > limits.columns:
        raise refused("too_many_columns", limit=limits.columns)
    if metadata.num_rows > limits.rows:
        raise refused("too_many_rows", limit=limits.rows)
    if metadata.num_rows * metadata.num_columns > limits.cells:
        raise refused("too_many_cells", limit=limits.cells)
    unpacked = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    if unpacked > limits.unpacked:
        raise refused("unpacks_too_large", limit_mb=limits.unpacked // MB)


def _refuse_bad_text(name: str, column: pa.ChunkedArray) -> None:
    """Bytes that are no UTF-8 stand in string columns unseen until somebody reads them."""
    try:
        column.validate(full=True)
        name.encode()
    except (pa.ArrowInvalid, UnicodeEncodeError) as problem:
        raise refused("column_not_text", name=name.encode("utf-8", "replace").decode()) from problem


def _size(column: pa.ChunkedArray) -> int:
    """The bytes that a column's texts will take."""
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    total = 0
    for chunk in column.chunks:
        lengths = pc.fill_null(pc.binary_length(chunk.dictionary), 0).cast(pa.int64())
        total += pc.sum(lengths.take(chunk.indices)).as_py() or 0
    return total
