"""The register of what becomes of deposits 到期存款去向."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from data_access.store.schema.base import Instant, metadata

# Only ever added to: the newest row of a deposit holds.
deposit_decision = Table(
    "deposit_decision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scheme", Text, nullable=False),
    Column("deposit", Text, nullable=False),  # the deposit's reference
    Column("what", Text, nullable=False),  # redeposit | keep | open
    Column("amount_fen", BigInteger),  # of a redeposit
    Column("term_months", Integer),
    Column("bank", Text),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_by_name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Index("ix_deposit_decision_scheme", "scheme", "deposit"),
)
