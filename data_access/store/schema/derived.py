"""Derived: what can be rebuilt from the inputs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text

from data_access.store.schema.base import metadata


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
# What enters and leaves the treasury day by day, what is disbursed and paid out: for 国库待划转天数, 拨付滞后天数, 用款与拨付.
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
