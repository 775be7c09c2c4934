"""Every table, in plain SQL terms that SQLite and PostgreSQL share. The names are the contract with other systems.

Three families: **inputs** are append-only (a correction is a new row), **derived** tables can be rebuilt from them,
**running** tables record what the system did. Money is integer fen, a month is the integer yyyymm, instants are UTC.

How versions work: an import writes its rows and, in the same transaction, what they change in the roll-ups
(``*_change``, keyed by batch). Publishing gives the waiting batches a data version and adds their changes to the
``*_fact`` tables. So readers of the facts always see one published version, and any earlier one is the present
facts less the changes published since.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows itself only where the key is declared INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """A UTC instant: kept without a zone (SQLite has none), aware in Python. A naive datetime is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _batch() -> Column[Any]:
    return Column("batch", ForeignKey("import_batch.id"), nullable=False)


# --- inputs ---------------------------------------------------------------------------------------------------------

scheme = Table(
    "scheme",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("fund", Text, nullable=False),
    Column("province", Text, nullable=False),
    Column("kind", Text, nullable=False),  # ledger | published
    Column("demo", Boolean, nullable=False),
)

region = Table(
    "region",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("level", Text, nullable=False),  # nation | province | city | county
    Column("parent", Text),
    Column("kind", Text, nullable=False),  # division | own | zone | functional
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("successor", Text),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("item", Text, nullable=False),  # empty where the movement carries none
    Column("movement", Text, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("month", Integer, nullable=False),
    Column("booked_at", Instant, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("source_ref", Text, nullable=False),
    Column("corrects", Text),  # source_ref of the entry that this one reverses 红字冲销
    _batch(),
    UniqueConstraint("source", "source_ref"),
)

opening_balance = Table(
    "opening_balance",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("amount_fen", BigInteger, nullable=False),
    Column("as_of", Date, nullable=False),
    _batch(),
)

plan = Table(
    "plan",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("version", Integer, primary_key=True),  # 0 年初预算, later = approved adjustments
    Column("amount_fen", BigInteger, nullable=False),
    Column("approval_ref", Text, nullable=False),
    Column("approved_on", Date, nullable=False),
    _batch(),
)

agency_total = Table(
    "agency_total",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("department", Text, primary_key=True),  # tax | treasury | fiscal | agency
    Column("measure", Text, primary_key=True),  # premium_collected
    Column("amount_fen", BigInteger, nullable=False),
    _batch(),
)

unreached_item = Table(
    "unreached_item",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("region", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),  # the department whose books have it
    Column("missing_at", Text, nullable=False),  # the department whose books do not have it yet
    Column("amount_fen", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("arose_on", Date, nullable=False),
    Column("cleared_on", Date),
    _batch(),
)

legacy_balance = Table(
    "legacy_balance",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("owed_fen", BigInteger, nullable=False),
    Column("handed_before_fen", BigInteger, nullable=False),
    Column("due_on", Date, nullable=False),
    _batch(),
)

deposit = Table(
    "deposit",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("region", Text, nullable=False),
    Column("account", Text, nullable=False),  # deposit | legacy_deposit
    Column("bank", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("rate", Text, nullable=False),  # decimal string, per year
    Column("starts_on", Date, nullable=False),
    Column("matures_on", Date, nullable=False),
    _batch(),
)

published_total = Table(
    "published_total",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("value", Text, nullable=False),  # decimal string, exactly as published
    Column("unit", Text, nullable=False),
    Column("citation", Text, nullable=False),
    _batch(),
)

central_year = Table(
    "central_year",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("region", Text, primary_key=True),  # a province
    Column("participants", BigInteger, nullable=False),  # persons in work and insured
    Column("enterprise_employees", BigInteger, nullable=False),
    Column("retirees", BigInteger, nullable=False),
    Column("nonprivate_wage_yuan", BigInteger, nullable=False),
    Column("nonprivate_employees", BigInteger, nullable=False),
    Column("private_wage_yuan", BigInteger, nullable=False),
    Column("private_employees", BigInteger, nullable=False),
    _batch(),
)

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", Text, nullable=False),  # holiday | workday
    Column("name", Text, nullable=False),
)

# --- derived --------------------------------------------------------------------------------------------------------


def _fact_pair(name: str, *keys: tuple[str, Any]) -> tuple[Table, Table]:
    """A roll-up and its journal: what each batch changed in it, one row per touched key."""

    def columns() -> list[Column[Any]]:
        return [Column(key, kind, primary_key=True) for key, kind in keys]

    def sums() -> list[Column[Any]]:
        return [
            Column("amount_fen", BigInteger, nullable=False),
            Column("entries", Integer, nullable=False),
        ]

    fact = Table(
        f"{name}_fact",
        metadata,
        *columns(),
        *sums(),
        Column("data_version", Integer, nullable=False),  # the version that last changed the row
        Index(f"ix_{name}_fact_changed", "scheme", "data_version"),
    )
    change = Table(
        f"{name}_change",
        metadata,
        Column("batch", ForeignKey("import_batch.id"), primary_key=True),
        *columns(),
        *sums(),
    )
    return fact, change


# 收入、支出 by item and movement; the side "opening + income − expenditure" of the balance identity.
monthly_fact, monthly_change = _fact_pair(
    "monthly", ("scheme", Text), ("region", Text), ("month", Integer), ("item", Text), ("movement", Text)
)
# Net change of each account; the side "sum of account balances" of the identity, rolled up apart from the first.
account_fact, account_change = _fact_pair(
    "account", ("scheme", Text), ("region", Text), ("month", Integer), ("account", Text)
)
# What enters and leaves the treasury day by day: for 国库待划转天数.
daily_fact, daily_change = _fact_pair("daily", ("scheme", Text), ("region", Text), ("day", Date), ("movement", Text))

indicator_value = Table(
    "indicator_value",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("indicator", Text, primary_key=True),
    Column("period", Text, primary_key=True),  # "2026-10" or, live, the version's minute
    Column("region", Text, primary_key=True),
    Column("part", Text, primary_key=True),  # a source or item, else empty
    Column("data_version", Integer, primary_key=True),  # a row is written only when the value or its inputs changed
    Column("value", Text),  # decimal string; empty = no value, then reason says why
    Column("reason", Text),
    Column("inputs", Text, nullable=False),  # JSON
    Index("ix_indicator_value_changed", "scheme", "data_version"),
)

# --- running --------------------------------------------------------------------------------------------------------

source = Table(
    "source",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("scheme", Text, nullable=False),
    Column("rhythm", Text, nullable=False),  # daily | monthly
    Column("due", Text, nullable=False),  # daily: "HH:MM" of the next working day; monthly: day of the next month
)

refresh_run = Table(
    "refresh_run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("state", Text, nullable=False),  # running | published | unchanged | failed
    Column("step", Text),
    Column("error", Text),
    Column("full", Boolean, nullable=False),
)

data_version = Table(
    "data_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("published_at", Instant, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("refresh_run", ForeignKey("refresh_run.id"), nullable=False),
)

month_close = Table(
    "month_close",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("month", Integer, primary_key=True),
    Column("data_version", ForeignKey("data_version.id"), nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("signed_at", Instant, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("token", Integer, nullable=False),  # rises with every new holder: the fence
    Column("heartbeat_at", Instant, nullable=False),
)

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("target", Text, nullable=False),  # the table the rows go to
    Column("source", Text, nullable=False),
    Column("origin", Text, nullable=False),  # file name or source database
    Column("sha256", Text),
    Column("state", Text, nullable=False),  # running | loaded | duplicate | refused | interrupted
    Column("rows_offered", Integer, nullable=False),
    Column("rows_inserted", Integer, nullable=False),
    Column("rows_known", Integer, nullable=False),
    Column("rows_rejected", Integer, nullable=False),
    Column("rows_done", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("uploaded_by", Text),
    Column("newest_booked_at", Instant),
    Column("watermark", Text),  # source databases: the last value read
    Column("demo", Boolean, nullable=False),
    Column("data_version", ForeignKey("data_version.id")),  # empty until published
    Index("ix_import_batch_data_version", "data_version"),
    Index("ix_import_batch_source", "source"),
)

rejected_row = Table(
    "rejected_row",
    metadata,
    Column("batch", ForeignKey("import_batch.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("line", Integer, nullable=False),
    Column("column", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("reason", Text, nullable=False),  # code, worded when shown
    Column("parameters", Text, nullable=False),  # JSON
    Column("row", Text, nullable=False),  # JSON of the whole row, so that it can be mended and sent again
)

account = Table(
    "account",
    metadata,
    Column("login", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("department", Text),
    Column("password_hash", Text),
    Column("demo", Boolean, nullable=False),
    Column("valid_to", Date),
    Column("disabled_at", Instant),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("happened_at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),  # JSON
)

# --- thresholds and alerts ------------------------------------------------------------------------------------------

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
    Column("standing", Text, nullable=False),  # none | trial | watch | act: what a warning of it sets going
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
    Column("key", Text, nullable=False, unique=True),  # of episode, event, recipient and channel
    Column("event", ForeignKey("alert_event.id"), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("channel", Text, nullable=False),  # in_app | mail | webhook
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

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), nullable=False),
    Column("event", ForeignKey("alert_event.id"), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("read_at", Instant),
    Index("ix_inbox_login_read_at", "login", "read_at"),
)

audit_seal = Table(
    "audit_seal",
    metadata,
    Column("day", Date, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("digest", Text, nullable=False),  # over the rows of the day and the digest before
    Column("sealed_at", Instant, nullable=False),
)
