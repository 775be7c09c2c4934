"""Who pays: the registers of 管理性缺口, 超收 and 应缴, the province's assumed parameters, saved scenarios.

An item of the gap register is never deleted: what is taken back gets a counter-entry of the opposite amount. What
happened to it stands in ``gap_step``, to which rows are only ever added.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, Table, Text, UniqueConstraint

from data_access.store.schema.base import Instant, metadata

gap_item = Table(
    "gap_item",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("number", Text, nullable=False),  # 26-05
    Column("year", Integer, nullable=False),
    Column("region", Text, nullable=False),  # the responsible government 责任政府
    Column("kind", Text, nullable=False),  # as rule management_gap names it
    Column("inputs", Text, nullable=False),  # JSON: the item of rule management_gap
    Column("expected", Boolean, nullable=False),  # 预计: the year is not over
    Column("side", Text, nullable=False),  # less | over
    Column("amount_fen", BigInteger, nullable=False),  # by the rule; a counter-entry's is negative
    Column("counted", Boolean, nullable=False),  # false: already inside the plan shortfall
    Column("excluded_fen", BigInteger, nullable=False),  # 不可抗力剔除, beside what the rule itself takes off
    Column("excluded_why", Text),
    Column("facts", Text, nullable=False),  # 事由
    Column("evidence", Text, nullable=False),
    Column("state", Text, nullable=False),  # lead | assessed | signing | determined | told | settled | withdrawn
    Column("corrects", ForeignKey("gap_item.id")),  # the item that this counter-entry takes back
    Column("row_version", Integer, nullable=False),
    UniqueConstraint("scheme", "number"),
)

gap_step = Table(
    "gap_step",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("item", ForeignKey("gap_item.id"), nullable=False, index=True),
    Column("step", Text, nullable=False),  # register | assess | exclude | sign | object | answer | tell | settle | …
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("document", Text),
    Column("text", Text),
    Column("amount_fen", BigInteger),
    Column("due_on", Date),
)

settlement = Table(
    "settlement",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("region", Text, nullable=False),
    Column("basis", Text, nullable=False),  # general: 一般性缺口地方分担 | management: 管理性缺口
    Column("item", ForeignKey("gap_item.id")),
    Column("due_fen", BigInteger, nullable=False),  # of a withdrawn item's counter-entry negative
    Column("due_on", Date, nullable=False),
    Column("document", Text, nullable=False),
    Column("budgeted", Boolean),  # 列入同级预算; empty = not reported
    Column("budget_document", Text),
    Column("row_version", Integer, nullable=False),
)

settlement_payment = Table(
    "settlement_payment",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("settlement", ForeignKey("settlement.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),  # paid | deducted 财政结算扣缴
    Column("day", Date, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),  # a correction is a negative row
    Column("ledger_ref", Text),  # source_ref of the entry `receive` of `subsidy_local`
    Column("document", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

credit = Table(
    "credit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("year", Integer, nullable=False),  # in which more than planned was collected
    Column("region", Text, nullable=False),
    Column("plan_fen", BigInteger, nullable=False),
    Column("actual_fen", BigInteger, nullable=False),
    Column("credit_fen", BigInteger, nullable=False),
    Column("used_fen", BigInteger, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("prepaid_anomaly", Boolean),  # 预缴异常; empty = not judged
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("scheme", "year", "region"),
)

gap_factor = Table(
    "gap_factor",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("region", Text, primary_key=True),  # the province's own row is the reference
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),  # decimal string
    Column("source", Text, nullable=False),
)

# What the documents leave open, as the province set it. A later row of the same day replaces an earlier one; without a
# value the profile's own holds again.
parameter = Table(
    "parameter",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("value", Text),  # JSON; numbers as strings
    Column("reason", Text, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", Text, nullable=False),
)

scenario = Table(
    "scenario",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("inputs", Text, nullable=False),  # JSON: what differs from today
    Column("made_at", Instant, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_by_name", Text, nullable=False),
)
