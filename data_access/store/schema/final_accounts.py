"""The course of a year's final accounts 决算 beside December: differences explained, signed, decided and filed.

Append-only. The final figures themselves are delivered (``reported_total`` of the form ``final``).
"""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, Table, Text

from data_access.store.schema.base import Instant, RowId, metadata

final_step = Table(
    "final_step",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("step", Text, nullable=False),  # explain | sign | take_back | review | approve | file
    Column("item", Text, nullable=False),  # of an explanation, else empty
    Column("text", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("day", Date),  # of the document
    Column("differences", Text),  # JSON: of a signature, by item what December and the final accounts then had, in fen
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Index("ix_final_step_year", "scheme", "year"),
)
