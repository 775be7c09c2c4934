"""The register of the monthly comparison of the income plan 收入计划按月比对: who compared, what was analysed, who took note.

Append-only: what is taken back or reported again is a further row.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from data_access.store.schema.base import Instant, RowId, metadata

income_review = Table(
    "income_review",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("month", Integer, nullable=False),  # yyyymm, that was compared
    Column("region", Text, nullable=False),
    Column("side", Text, nullable=False),  # the department whose comparison it is
    Column("step", Text, nullable=False),  # compare | report | take_back | note
    Column("problem", Text, nullable=False),  # of a report; of what is taken back why; of a note what is said to it
    Column("measure", Text, nullable=False),  # of a report, else empty
    Column("due_fen", BigInteger),  # what was due as compared; null where nothing is planned
    Column("actual_fen", BigInteger),  # what had come in
    Column("data_version", ForeignKey("data_version.id"), nullable=False),  # at which it was looked at
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),  # of who did it; empty of a city's account of none
    Index("ix_income_review_month", "scheme", "month"),
)
