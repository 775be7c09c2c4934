"""The register of meetings 联席会议."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, Table, Text

from data_access.store.schema.base import Instant, metadata, partial

meeting = Table(
    "meeting",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("number", Integer, nullable=False),  # 第n次
    Column("held_on", Date, nullable=False),
    Column("title", Text, nullable=False),  # what meets; empty for the joint conference
    Column("month", Integer),  # the month of the data put before it
    Column("data_version", ForeignKey("data_version.id")),  # with which that month was signed
    Column("state", Text, nullable=False),  # planned | held
    Column("row_version", Integer, nullable=False),
    Column("noted_by", Text, nullable=False),
    Column("noted_by_name", Text, nullable=False),
    Column("noted_at", Instant, nullable=False),
    Column("withdrawn_reason", Text),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", Instant),
    # What was withdrawn gives its number and day back.
    partial("uq_meeting_number", "withdrawn_at IS NULL", "scheme", "number", unique=True),
    partial("uq_meeting_day", "withdrawn_at IS NULL", "scheme", "held_on", unique=True),
)
