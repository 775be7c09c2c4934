"""Further inputs and the register of problems 问题台账, with the files attached to any register.

A problem stays as it was first registered or delivered; what happened to it since stands in ``violation_step``, to
which rows are only ever added, and from which its state and amounts follow.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from data_access.store.schema.base import Instant, RowId, delivered, metadata

statistic = Table(
    "statistic",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("month", Integer, primary_key=True),  # yyyymm
    Column("measure", Text, primary_key=True),
    Column("version", Integer, primary_key=True),  # 0 first report, later = corrections
    Column("value", Text, nullable=False),  # decimal string
    *delivered("statistic", "scheme", "region", "month", "measure", "version"),
)

disbursement_request = Table(
    "disbursement_request",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("month", Integer, primary_key=True),  # yyyymm, the month the money is for
    Column("region", Text, primary_key=True),
    Column("asked_fen", BigInteger, nullable=False),
    Column("approved_fen", BigInteger),
    Column("asked_on", Date, nullable=False),
    Column("approved_on", Date),
    *delivered("disbursement_request", "scheme", "month", "region"),
)

central_payment = Table(
    "central_payment",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("quarter", Integer, primary_key=True),
    Column("region", Text, primary_key=True),  # a province
    Column("contribution_fen", BigInteger, nullable=False),
    Column("allocation_fen", BigInteger, nullable=False),
    Column("paid_on", Date, nullable=False),
    *delivered("central_payment", "year", "quarter", "region"),
)

# 全国统筹调剂, from 2022 on: what was paid and given by the documents of each year, for which no formula is public.
national_pooling = Table(
    "national_pooling",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("flow", Text, primary_key=True),  # contribution 上解 | allocation 下拨 | subsidy 中央补助
    Column("stage", Text, primary_key=True),  # prepaid 预缴预拨 | settled 清算
    Column("number", Integer, primary_key=True),  # which payment of the stage
    Column("amount_fen", BigInteger, nullable=False),  # of a settlement negative where it came back
    Column("paid_on", Date, nullable=False),
    Column("document", Text, nullable=False),
    *delivered("national_pooling", "scheme", "year", "flow", "stage", "number"),
)

violation = Table(
    "violation",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("region", Text, nullable=False),
    Column("department", Text, nullable=False),  # who is to mend it: social | fiscal | tax | agency
    Column("origin", Text, nullable=False),  # audit | inspection | report | comparison | warning
    Column("side", Text, nullable=False),  # policy | operations | information | supervision
    Column("category", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("persons", Integer),
    Column("comparison", Text),  # 比对批次
    Column("suspects", Integer),  # 疑点数
    Column("due_on", Date),
    Column("evidence", Text, nullable=False),
    Column("related", Text),  # warning:ID | gap:NUMBER
    Column("batch", ForeignKey("import_batch.id")),  # empty: registered by hand
)

violation_step = Table(
    "violation_step",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("place", Integer, primary_key=True),  # 1, 2, …: the last one is the problem's row version
    Column("step", Text, nullable=False),  # register | verify | amount | assign | answer | recover | …
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("document", Text),
    Column("amount_fen", BigInteger),
    Column("persons", Integer),
    Column("due_on", Date),
    Column("attachment", ForeignKey("attachment.id")),
    ForeignKeyConstraint(["scheme", "ref"], ["violation.scheme", "violation.ref"]),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),  # what it belongs to: issue | warning | gap
    Column("scheme", Text, nullable=False),
    Column("region", Text, nullable=False),  # whose matter it is: decides who may read it
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("uploaded_by", Text, nullable=False),
    Index("ix_attachment_subject", "kind", "scheme", "subject"),
)
