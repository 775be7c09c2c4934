"""Briefings 简报材料: what readers put into their baskets, issues with their sections, and their journal."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from data_access.store.schema.base import Instant, metadata

basket_item = Table(
    "basket_item",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("login", Text, nullable=False),
    Column("scheme", Text, nullable=False),
    Column("kind", Text, nullable=False),  # picture | grid
    Column("title", Text, nullable=False),
    Column("page", Text, nullable=False),  # the title of the page it was put in from
    Column("address", Text, nullable=False),  # the view it was put in from
    Column("code", Text, nullable=False),  # its name in export addresses
    Column("period", Text, nullable=False),  # in words: 2026年10月已定稿
    Column("data_version", Integer, nullable=False),
    Column("content", Text, nullable=False),  # JSON: the block as it was
    Column("added_at", Instant, nullable=False),
    Index("ix_basket_item_login", "login"),
)

briefing = Table(
    "briefing",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("form", Text, nullable=False),  # briefing | report
    Column("language", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),  # 期数 within the year
    Column("month", Integer, nullable=False),  # the last month it speaks of, yyyymm
    Column("data_version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("name", Text, nullable=False),  # 简报名称 on the masthead
    Column("total", Text, nullable=False),  # 总期数, as the office counts; "" for none
    Column("document_number", Text, nullable=False),
    Column("secrecy", Text, nullable=False),
    Column("signer", Text, nullable=False),
    Column("copies", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("day", Date),  # of issue
    Column("state", Text, nullable=False),  # drafting | checking | signing | issued | dropped
    Column("based_on", ForeignKey("briefing.id")),
    Column("drafted_by", Text, nullable=False),
    Column("version", Integer, nullable=False),  # counts its changes
    UniqueConstraint("scheme", "region", "form", "year", "number"),
)

briefing_section = Table(
    "briefing_section",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("briefing", ForeignKey("briefing.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("code", Text, nullable=False),  # summary, balance … or own for a section the writer added
    Column("heading", Text, nullable=False),
    Column("content", Text, nullable=False),  # JSON: its blocks
    Column("before", Text, nullable=False),  # JSON: the blocks of the last issue, [] for none
    Column("state", Text, nullable=False),  # generated | edited | confirmed
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),  # counts its changes
    # Who is writing in it 正在编辑, until when; what has passed holds nothing.
    Column("held_by", Text),
    Column("held_name", Text),
    Column("held_since", Instant),
    Column("held_until", Instant),
    Index("ix_briefing_section_briefing", "briefing"),
)

# What people did with a briefing, in order; never changed.
briefing_step = Table(
    "briefing_step",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("briefing", ForeignKey("briefing.id"), nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("step", Text, nullable=False),  # open | edit | confirm | place | send | return | pass | sign | drop
    Column("text", Text, nullable=False),
    Index("ix_briefing_step_briefing", "briefing"),
)

# By itself an issue is only drafted: who set it checks it and sends it on.
briefing_schedule = Table(
    "briefing_schedule",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("every", Text, nullable=False),  # never | month | quarter
    Column("language", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", Instant, nullable=False),
    UniqueConstraint("scheme", "region", "form"),
)

# The office's own Word templates; the one that has not ended is in use.
briefing_template = Table(
    "briefing_template",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("region", Text, nullable=False),  # the province whose offices use it
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("ended_by", Text),
    Column("ended_at", Instant),
    Index("ix_briefing_template_region", "region"),
)
