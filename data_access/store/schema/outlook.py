"""What is expected and what is said about figures: forecasts, long-run projections, annotations of time charts, explanations.

A forecast or projection can be made again from what it rests on; annotations and explanations are append-only: a withdrawal
is a row of its own that names the one it takes back.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Numeric, Table, Text, UniqueConstraint

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

# A scenario 方案 of the long-run projection: what it assumes otherwise than the base, as values. Saving one of the same name
# again makes a further version of it.
assumption_set = Table(
    "assumption_set",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),  # from 1
    Column("reason", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_by_name", Text, nullable=False),
    UniqueConstraint("scheme", "name", "version"),
)

assumption_value = Table(
    "assumption_value",
    metadata,
    Column("assumption_set", ForeignKey("assumption_set.id"), primary_key=True),
    Column("code", Text, primary_key=True),  # as workflows.outlook.assumptions names it
    Column("value", Text, nullable=False),  # decimal strings by year, the last goes on: "0.045,0.04"; or a word
    Column("status", Text, nullable=False),  # enacted | assumed
    Column("source", Text, nullable=False),  # the document; of what is assumed why
)

# One projection as it was computed: the case as the calculator reads it, and its result. Written only where the case changed.
outlook_run = Table(
    "outlook_run",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("assumption_set", Integer, primary_key=True),  # 0: the base
    Column("variant", Text, primary_key=True),  # mid, low, high; with .original without the reform; stress, backtest
    Column("data_version", Integer, primary_key=True),
    Column("computed_at", Instant, nullable=False),
    Column("digest", Text, nullable=False),  # of the case
    Column("rule", Text, nullable=False),  # the calculator; empty where nothing was computed and the result says why
    Column("inputs", Text, nullable=False),  # JSON: the case as the calculator reads it
    Column("result", Text, nullable=False),  # JSON
    Column("basis", Text),  # JSON, of the base and of each scenario's mid: what each assumption rests on
)
