"""What vouches for the rows of other tables: changes not yet sealed, the seal of each table, of each delivery and version."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from data_access.store.schema.base import RowId, metadata

# Written by triggers alone and emptied by the transaction that made the change: what is left was changed by other hands.
row_change = Table(
    "row_change",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),  # of the table
    Column("was", Text),  # JSON of the row; empty: it was put in
    Column("became", Text),  # JSON of the row; empty: it was removed
)

# A table whose rows are changed one by one, as the program left it.
table_seal = Table(
    "table_seal",
    metadata,
    Column("name", Text, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("changes", Integer, nullable=False),  # how many were sealed; only rises
    Column("sum", Text, nullable=False),  # of the keyed digests of its rows, hexadecimal
    Column("key", Text, nullable=False),  # by which key: its own short digest
    Column("seal", Text, nullable=False),  # keyed digest of the columns before
)

# What came with one delivery, or was computed for one version: fixed from then on.
rows_seal = Table(
    "rows_seal",
    metadata,
    Column("name", Text, primary_key=True),  # of the table
    Column("number", Integer, primary_key=True),  # of the batch or data version
    Column("rows", Integer, nullable=False),  # brought or written
    Column("seal", Text, nullable=False),  # keyed digest of them, and of those that a batch ended
)
