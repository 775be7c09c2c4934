"""Changes of limits that wait: a dry run for its token, a start in the past for a second person."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from data_access.store.schema.base import Instant, metadata

threshold_proposal = Table(
    "threshold_proposal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("token", Text, nullable=False, unique=True),
    Column("threshold_set", Integer, nullable=False),  # the set it was made against; 0 before the first
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("retroactive", Boolean, nullable=False),
    Column("changes", Text, nullable=False),  # JSON: rows to end and limits to record
    Column("preview", Text, nullable=False),  # JSON: what the trial on history showed
    Column("state", Text, nullable=False),  # dry_run | waiting | applied | refused | withdrawn
    Column("decided_at", Instant),
    Column("decided_by", Text),
    Column("made_set", ForeignKey("threshold_set.id")),
)
