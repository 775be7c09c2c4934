"""Running: what the system did, and who may use it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text

from data_access.store.schema.base import Instant, RowId, metadata, partial

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
    Column("registers", Text),  # how the registers stood that people keep, see versions.registers_standing
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

# One row: which store this is. Another database under the same address, or an empty one, is told apart by it.
store_identity = Table(
    "store_identity",
    metadata,
    Column("id", Text, primary_key=True),
    Column("made_at", Instant, nullable=False),
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
    # queued | cancelled | running | pending | confirmed | declined | loaded | withdrawn | duplicate | refused | interrupted
    Column("state", Text, nullable=False),
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
    Column("options", Text),  # JSON: how it was given in, for the import that comes later
    Column("notes", Text),  # JSON: what was passed over or taken with a remark
    Column("reason", Text),  # why rows were corrected or withdrawn, or the delivery declined
    Column("decided_by", Text),  # the second person
    Column("decided_at", Instant),
    Column("decision", Text),  # why it was declined
    Column("province", Text),  # whose data they are; empty: the nation's, or nobody's
    Column("withdraws", ForeignKey("import_batch.id")),  # the batch that this one undoes
    Index("ix_import_batch_data_version", "data_version"),
    Index("ix_import_batch_source", "source"),
)

# A delivery may bring entries of several sources; each counts for its own freshness.
batch_source = Table(
    "batch_source",
    metadata,
    Column("batch", ForeignKey("import_batch.id"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("newest_booked_at", Instant, nullable=False),
)

# A file on the workbench: looked at and mapped, and nothing taken yet. Taking it makes a batch and ends the draft.
workbench_draft = Table(
    "workbench_draft",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("login", Text, nullable=False),  # whose it is, and nobody else's
    Column("origin", Text, nullable=False),  # the file's name
    Column("sha256", Text, nullable=False),  # of the original that is kept
    Column("sheet", Text),  # which one; empty: every sheet with a table
    Column("mapping", Text, nullable=False),  # YAML
    Column("left_out", Text, nullable=False),  # JSON: the cells that are not taken, by choice
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),  # of the row: two windows do not overwrite each other
    Index("ix_workbench_draft_login", "login"),
)

# Master data are replaced by later rows; what stood before is kept here.
replaced_row = Table(
    "replaced_row",
    metadata,
    Column("batch", ForeignKey("import_batch.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("was", Text),  # JSON of the row before; empty where there was none
    Column("became", Text, nullable=False),  # JSON of the row after
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
    Column(
        "one_time_until", Instant
    ),  # the password was given by another person: until when it opens, only to be changed
    Column("totp_secret", Text),  # encrypted with a key derived from the site's
    Column("totp_confirmed_at", Instant),  # empty: a set-up that was begun
    Column("totp_step", Integer),  # of the last code taken: none is taken twice
    Column("subject", Text),  # who it is to the single sign-on: issuer and number there
    Column("demo", Boolean, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("disabled_at", Instant),
    Column("signed_in_at", Instant),
    Column("language", Text),  # of notifications, zh or en; none chosen: the installation's
    Index("uq_account_subject", "subject", unique=True),
)

# What stands in for the second factor 恢复码, each once: only digests.
recovery_code = Table(
    "recovery_code",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), nullable=False, index=True),
)

# Roles that need a second factor.
factor_role = Table("factor_role", metadata, Column("role", Text, primary_key=True))

session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), nullable=False),
    Column("stage", Text, nullable=False),  # what is still asked before it opens anything; empty: nothing
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),  # to the minute
    Column("expires_at", Instant, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
)

# Failed attempts at signing in, by what they are counted for: a digest, as people type passwords where logins belong.
attempt = Table(
    "attempt",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("until", Instant),  # no attempt is taken before
)

# What lets another system in 接口令牌: as its account, never further than the account itself.
api_token = Table(
    "api_token",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("token_hash", Text, nullable=False, unique=True),  # the secret itself is nowhere
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), nullable=False),
    Column("source", Text),  # the only source it delivers for; empty: its account's
    Column("scopes", Text, nullable=False),  # push, figures, or both with a blank between
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("revoked_by", Text),
    Column("last_used_at", Instant),
)

# Of the record, what may have changed something that readers see: not what was taken out, checked or refused, where a token was
# used, who came and went and what became of accounts, of which there may be any number since the last change. Written out,
# as no database finds an index by its condition where parameters stand in it.
CHANGING = (
    "action NOT IN ('export', 'token_use', 'checked') AND action NOT LIKE 'refused:%' AND action NOT LIKE 'account:%'"
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
    partial("ix_audit_event_changing", CHANGING, "id"),
)
