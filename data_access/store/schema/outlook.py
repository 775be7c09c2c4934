"""What is expected and what is said about figures: forecasts, annotations of time charts, explanations.

A forecast can be made again from the ledger; annotations and explanations are append-only: a withdrawal is a row of its
own that names the one it takes back.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Numeric, Table, Text

from data_access.store.schema.base import Instant, RowId, metadata

# One row a month ahead of one series, in fen; written only where the closed months behind it changed. ``total`` is the
# sum from the first month ahead on, with its own interval: intervals of months do not add up.
forecast = Table(
    "forecast",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("data_version", Integer, primary_key=True),
    Column("month", Integer, primary_key=True),
    Column("mean_fen", BigInteger, nullable=False),
    Column("low_fen", BigInteger),
    Column("high_fen", BigInteger),
    Column("total_fen", BigInteger, nullable=False),
    Column("total_low_fen", BigInteger),
    Column("total_high_fen", BigInteger),
    Column("method", Text, nullable=False),
    Column("mase", Numeric(12, 3)),
    Column("digest", Text, nullable=False),
)

annotation = Table(
    "annotation",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("scheme", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("month", Integer, nullable=False),
    Column("day", Date),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_en", Text),
    Column("by_login", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("withdraws", ForeignKey("annotation.id"), unique=True),
    Index("ix_annotation_scheme", "scheme", "region"),
)

explanation = Table(
    "explanation",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("scheme", Text, nullable=False),
    Column("figure", Text, nullable=False),  # an indicator's code or a line of the execution form
    Column("region", Text, nullable=False),
    Column("period", Text, nullable=False),  # "2026-10"
    Column("text", Text, nullable=False),
    Column("by_login", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("department", Text),
    Column("at", Instant, nullable=False),
    Column("withdraws", ForeignKey("explanation.id"), unique=True),
    Index("ix_explanation_scheme", "scheme", "period"),
)
