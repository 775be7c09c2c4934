"""The journal of 用款计划: what was needed, asked for, decided and ordered, and what was not paid out in full on time."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, Table, Text

from data_access.store.schema.base import Instant, metadata

# Rows are only ever added. Steps of the whole application stand under the province, the others under their unit.
fund_request = Table(
    "fund_request",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("month", Integer, primary_key=True),  # yyyymm, the month the money is for
    Column("region", Text, primary_key=True),
    Column("place", Integer, primary_key=True),  # 1, 2, …: the last one is the row version
    Column("step", Text, nullable=False),  # need | draft | apply | return | cut | review | order | unpaid | paid_up
    Column("amount_fen", BigInteger),
    Column("persons", Integer),
    Column("text", Text, nullable=False),
    Column("document", Text),
    Column("day", Date),  # of the order; by when it will be made up; when it was
    Column("happened_at", Instant, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("batch", ForeignKey("import_batch.id")),  # the rows of disbursement_request that followed
)
