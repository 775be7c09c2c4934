"""What stands beside the fund's own book: figures that departments report. Nothing of it is ever added to the ledger."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from data_access.store.schema.base import delivered, metadata

reported_total = Table(
    "reported_total",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("department", Text, primary_key=True),  # who reports: tax | treasury | fiscal | agency
    Column("form", Text, primary_key=True),  # monthly 月报 | execution 预算执行表 | final 决算
    Column("region", Text, primary_key=True),  # with all below it
    Column("item", Text, primary_key=True),
    Column("since", Integer, primary_key=True),  # yyyymm, the first month
    Column("until", Integer, primary_key=True),  # yyyymm, the last month
    Column("amount_fen", BigInteger, nullable=False),
    *delivered("reported_total", "scheme", "department", "form", "region", "item", "since", "until"),
)
