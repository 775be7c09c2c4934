"""The work on warnings: cases 事项 and their journal, requests, silences 暂缓提醒, instructions 批示."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from data_access.store.schema.base import Instant, metadata

# Episodes of one place and group worked as one; the city answers once.
work_case = Table(
    "work_case",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", Text, nullable=False, unique=True),  # 2026-0117
    Column("scheme", Text, nullable=False),
    Column("place", Text, nullable=False),  # the city, or the province for what is its own
    Column("work_group", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Index(
        "uq_work_case_live",
        "scheme",
        "place",
        "work_group",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

case_member = Table(
    "case_member",
    metadata,
    Column("episode", ForeignKey("alert_episode.id"), primary_key=True),
    Column("work_case", ForeignKey("work_case.id"), nullable=False),
    Index("ix_case_member_work_case", "work_case"),
)

# What people did, in order; never changed.
case_step = Table(
    "case_step",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("work_case", ForeignKey("work_case.id"), nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("step", Text, nullable=False),  # sign | assign | submit | return | close | …
    Column("text", Text),
    Column("details", Text, nullable=False),  # JSON: cause, measures, amount, due, to, attachments …
    Index("ix_case_step_work_case", "work_case"),
)

# What one side asks and the other decides: 数据异议, 不可抗力, 延期, 经批准暂不处置.
case_request = Table(
    "case_request",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("work_case", ForeignKey("work_case.id"), nullable=False),
    Column("kind", Text, nullable=False),  # data | force_majeure | extension | exception
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("until", Date),  # the new deadline, or how long the exception holds
    Column("state", Text, nullable=False),  # open | granted | refused
    Column("decided_at", Instant),
    Column("decided_by", Text),
    Column("answer", Text),
    Index("ix_case_request_work_case", "work_case"),
)

silence = Table(
    "silence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("region", Text, nullable=False),  # with everything below it
    Column("indicator", Text),  # empty = all
    Column("max_level", Integer, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("ended_by", Text),
)

instruction = Table(
    "instruction",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", Text, nullable=False),  # 2026-32
    Column("scheme", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("work_case", ForeignKey("work_case.id")),
    Column("meeting", ForeignKey("meeting.id")),  # that decided it; empty: a leader's own
    Column("text", Text, nullable=False),
    Column("given_to", Text, nullable=False),  # who leads: REGION/DEPARTMENT, of a government REGION/; once in words
    Column("due_on", Date, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("given_by_name", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # open | reported | done
    Column("row_version", BigInteger, nullable=False),
    Column("report", Text),
    Column("reported_by", Text),
    Column("reported_at", Instant),
    Column("finished_by", Text),
    Column("finished_at", Instant),
    UniqueConstraint("number"),
)

# What one person did with a matter 事项 beside working on it: read up to a step, and wants to hear no more of it.
matter_mark = Table(
    "matter_mark",
    metadata,
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), primary_key=True),
    Column("matter", Text, primary_key=True),  # case.2026-0117
    Column("read_at", Instant),  # everything up to then
    Column("muted_at", Instant),
    Column("muted_level", Integer),  # the level then: a red escalation ends it
)
