"""Delivery 通知: which channels are on, and alerts of the system itself, apart from the warnings."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from data_access.store.schema.base import Instant, metadata

channel = Table("channel", metadata, Column("name", Text, primary_key=True))  # on beside the in-app inbox

# One live alert a kind; not of the warnings' outbox, which the trouble may be about.
system_alert = Table(
    "system_alert",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),  # not_evaluated, calendar:YYYY-MM-DD, profiles:YYYY-MM-DD
    Column("raised_at", Instant, nullable=False),
    Column("last_success_at", Instant),
    Column("told_at", Instant),  # when a channel took it
    Column("ended_at", Instant),
    Index(
        "uq_system_alert_live",
        "kind",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

system_alert_reading = Table(
    "system_alert_reading",
    metadata,
    Column("system_alert", ForeignKey("system_alert.id"), primary_key=True),
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), primary_key=True),
    Column("read_at", Instant, nullable=False),
)
