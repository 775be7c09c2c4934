"""What departments noted of the days of the statutory calendar 法定日历."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, Table, Text, UniqueConstraint

from data_access.store.schema.base import Instant, metadata

# Done 办结 and taken back, in order; never changed.
deadline_mark = Table(
    "deadline_mark",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("region", Text, nullable=False),  # the province, or the city whose own it is
    Column("deadline", Text, nullable=False),  # quarterly_report_days.2026-Q3
    Column("number", Integer, nullable=False),  # which step of the deadline's it is: two cannot take the same
    Column("step", Text, nullable=False),  # done | taken_back
    Column("done_on", Date),
    Column("document", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("scheme", "region", "deadline", "number"),
)
