"""The course of a month's close 月度定稿: who signed with which checklist, who asked to reopen it, who decided.

Append-only. The signature that stands is the row of ``month_close``; one that was reopened stands here alone.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from data_access.store.schema.base import Instant, RowId, metadata

month_step = Table(
    "month_step",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("month", Integer, nullable=False),  # yyyymm
    Column("step", Text, nullable=False),  # sign | ask | withdraw | decline | reopen
    Column("data_version", ForeignKey("data_version.id"), nullable=False),  # of the signature
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("text", Text, nullable=False),  # why: reason, or what explains the points not met
    Column("checks", Text),  # JSON: the checklist as it stood when signed
    Index("ix_month_step_month", "scheme", "month"),
)
