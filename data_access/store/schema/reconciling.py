"""The register of reconciliation 对账: which items were explained how, and which department signed a month's statement.

Append-only: what is taken back or signed again is a further row.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text

from data_access.store.schema.base import Instant, RowId, metadata

reconciliation_step = Table(
    "reconciliation_step",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("month", Integer, nullable=False),  # yyyymm, of the statement
    Column("step", Text, nullable=False),  # explain | take_back | sign
    Column("item", Text, nullable=False),  # the item's key; empty of a signature
    Column("region", Text, nullable=False),  # of the item, of a signature the province
    Column("book", Text, nullable=False),  # which lacks the item; empty of a signature
    Column("amount_fen", BigInteger),
    Column("kind", Text, nullable=False),  # transit | unreached | error | other; empty of a signature
    Column("text", Text, nullable=False),
    Column("expected_on", Date),  # by when it is cleared
    Column("data_version", ForeignKey("data_version.id"), nullable=False),  # at which it was looked at
    Column("stated", Text),  # JSON: what was signed, fen by book
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Index("ix_reconciliation_step_month", "scheme", "month"),
)
