"""Thresholds and alerts 预警: limits, the state of each subject, episodes, and what was told."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from data_access.store.schema.base import Instant, metadata

threshold_set = Table(
    "threshold_set",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),  # counts approved changes; every evaluation names one
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("approved_by", Text),
    Column("reason", Text, nullable=False),
)

# A row says one limit for one scope and is never changed except to end it. No two rows of one scope overlap in their
# periods: on PostgreSQL the migration adds the exclusion constraint, everywhere the writer checks.
threshold = Table(
    "threshold",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("indicator", Text, nullable=False),
    Column("rule", Text, nullable=False),  # low | high: too little and too much are two rules
    Column("scheme", Text),
    Column("region_level", Text),
    Column("region", Text),
    Column("scope_key", Text, nullable=False),  # the five above as one text
    Column("starts", Text, nullable=False),  # first period in force
    Column("ends", Text),  # first period no longer in force
    Column("spec", Text, nullable=False),  # JSON: operator, levels, …
    Column("enabled", Boolean, nullable=False),
    Column("kind", Text, nullable=False),  # act | watch
    Column("status", Text, nullable=False),  # trial | confirmed
    Column("since_set", ForeignKey("threshold_set.id"), nullable=False),  # with who, why and when it was recorded
    Column("ended_set", ForeignKey("threshold_set.id")),
    Index("ix_threshold_scope_key", "scope_key"),
)

alert_state = Table(
    "alert_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("dedup_key", Text, nullable=False, unique=True),
    Column("scheme", Text, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("data_version", Integer),  # of the last evaluation; empty before the first
    Column("threshold_set", Integer),
    Column("period", Text),  # last period evaluated
    Column("value", Text),  # decimal string of that period; empty = no value
    Column("level", Integer, nullable=False),  # 0 none … 4 red
    Column("phase", Text, nullable=False),
    Column("pending", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Column("standing", Text, nullable=False),  # none | trial | watch | act | elsewhere: what a warning of it sets going
    Column("threshold", ForeignKey("threshold.id")),  # in force in the last period
    Column("condition", Text, nullable=False),  # JSON: counters
    Column("history", Text, nullable=False),  # JSON: level after each period evaluated
    Column("events", Integer, nullable=False),  # number of the last event
    Column("error", Text),  # why the last evaluation failed; it is tried again
    Index("ix_alert_state_subject", "scheme", "indicator", "region"),
)

alert_episode = Table(
    "alert_episode",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("dedup_key", Text, nullable=False),
    Column("state", ForeignKey("alert_state.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("row_version", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("opened_period", Text, nullable=False),
    Column("recovered_at", Instant),
    Column("closed_at", Instant),
    Column("work", Text, nullable=False),  # open | handling | submitted | closed
    Column("level", Integer, nullable=False),
    Column("highest", Integer, nullable=False),
    Column("made_known", Boolean, nullable=False),
    Column("acked_level", Integer),
    Column("acked_at", Instant),
    Column("assignee", Text),
    Column("due", Instant),
    Column("overdue_for", Instant),
    Column("submitter", Text),
    Column("ladder_start", Instant, nullable=False),
    Column("ladder_sent", Integer, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("was_silenced", Boolean, nullable=False),
    Column("withheld", Boolean, nullable=False),
    UniqueConstraint("dedup_key", "number"),
    # One live episode a subject, whatever happens.
    Index(
        "uq_alert_episode_live",
        "dedup_key",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

alert_event = Table(
    "alert_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("state", ForeignKey("alert_state.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("episode", ForeignKey("alert_episode.id")),  # empty on trial and for what is only watched
    Column("happened_at", Instant, nullable=False),
    Column("data_version", Integer, nullable=False),
    Column("threshold_set", Integer, nullable=False),
    Column("period", Text, nullable=False),
    Column("text", Text, nullable=False),  # open:red, recover/no_data, history_revised …
    Column("level", Integer, nullable=False),  # the level after it
    Column("told", Text, nullable=False),  # what it notified: open, withheld:open …; empty = nothing
    UniqueConstraint("state", "number"),
    Index("ix_alert_event_episode", "episode"),
)

# The last evaluation of a scheme that went through all that had changed.
alert_run = Table(
    "alert_run",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("data_version", Integer, nullable=False),
    Column("threshold_set", Integer, nullable=False),
    Column("months", Text, nullable=False),  # which months were final or missing
    Column("finished_at", Instant, nullable=False),
    Column("evaluated", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),  # of what it tells, recipient and channel
    Column(
        "event", ForeignKey("alert_event.id")
    ),  # of a warning, told to a group; empty for what is told to one person
    Column("about", Text),  # JSON: the matter and what the person must do, see NewLetter
    Column("recipient", Text, nullable=False),
    Column("channel", Text, nullable=False),  # mail | webhook | robot:1 …
    Column("level", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # waiting | sent | dead | dropped
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_until", Instant),
    Column("finished_at", Instant),
    Column("error", Text),
    Index("ix_outbox_state_not_before", "state", "not_before"),
)

audit_seal = Table(
    "audit_seal",
    metadata,
    Column("day", Date, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("digest", Text, nullable=False),  # over the rows of the day and the digest before
    Column("sealed_at", Instant, nullable=False),
    Column("key", Text),  # by which key: its own short digest; empty: sealed without one
)
