"""The yearly assessment 考核评估: what is entered by hand, the scores of each month, the departments' signatures.

All three are append-only. A correction of an entry is a new row; a score is written anew only where its case or its
place changed, so that a signature's data version says exactly which scores it is for.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from data_access.store.schema.base import Instant, RowId, metadata

assessment_entry = Table(
    "assessment_entry",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("region", Text, nullable=False),
    Column("indicator", Text, nullable=False),  # as the profile's areas name it
    Column("value", Text),  # decimal string; empty = the entry before is taken back
    Column("evidence", Text, nullable=False),
    Column("attachment", ForeignKey("attachment.id")),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_assessment_entry_scheme", "scheme", "year"),
)

assessment_score = Table(
    "assessment_score",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("month", Integer, primary_key=True),  # yyyymm; December's is the year's
    Column("region", Text, primary_key=True),
    Column("data_version", Integer, primary_key=True),
    Column("given", Text, nullable=False),  # JSON: the case of rule assessment
    Column("areas", Text, nullable=False),  # JSON: scores by area and indicator
    Column("score", Text, nullable=False),  # decimal strings
    Column("possible", Text, nullable=False),
    Column("score_scaled", Text),  # empty = nothing could be scored
    Column("place", Integer),  # 名次 among the local governments whose points are all scored
)

assessment_confirmation = Table(
    "assessment_confirmation",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("department", Text, primary_key=True),  # social | fiscal | tax
    Column("data_version", Integer, primary_key=True),  # of the newest score that was signed
    Column("document", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
