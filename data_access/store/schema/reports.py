"""What stands beside the fund's own book: figures that departments report, what banks state. Nothing of it is ever added
to the ledger."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text

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

bank_statement = Table(
    "bank_statement",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("account", Text, primary_key=True),  # of the ledger's accounts
    Column("region", Text, primary_key=True),  # whose account it is
    Column("number", Text, primary_key=True),  # of the account, masked
    Column("day", Date, primary_key=True),
    Column("place", Integer, primary_key=True),  # which entry of the day, from 1
    Column("bank", Text),
    Column("reference", Text),
    Column("in_fen", BigInteger, nullable=False),
    Column("out_fen", BigInteger, nullable=False),
    Column("balance_fen", BigInteger, nullable=False),  # after the entry
    Column("counterparty", Text),
    Column("text", Text),
    *delivered("bank_statement", "scheme", "account", "region", "number", "day", "place"),
)

trial_balance = Table(
    "trial_balance",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("region", Text, primary_key=True),  # whose books they are
    Column("month", Integer, primary_key=True),  # yyyymm
    Column("subject", Text, primary_key=True),  # 科目编码
    Column("name", Text, nullable=False),
    Column("opening_debit_fen", BigInteger, nullable=False),
    Column("opening_credit_fen", BigInteger, nullable=False),
    Column("debit_fen", BigInteger, nullable=False),
    Column("credit_fen", BigInteger, nullable=False),
    Column("closing_debit_fen", BigInteger, nullable=False),
    Column("closing_credit_fen", BigInteger, nullable=False),
    *delivered("trial_balance", "scheme", "region", "month", "subject"),
)
