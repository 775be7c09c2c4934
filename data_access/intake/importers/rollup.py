"""What a batch changes in the roll-ups: grouped integer sums over exactly the entries it brought."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection

from data_access.store import schema
from data_access.store.bulk import insert_rows
from rules.errors import ImportRefused
from rules.movements import DAILY_MOVEMENTS, legs
from rules.scheme import load_scheme

MONTHLY = ("scheme", "region", "month", "item", "movement")
DAILY = ("scheme", "region", "business_date", "movement")


def write_changes(connection: Connection, batch: int, entries: pa.Table) -> None:
    """Record the monthly, account and daily changes of the entries that a batch inserted."""
    monthly = _grouped(entries, MONTHLY)
    insert_rows(
        connection,
        schema.monthly_change,
        ("batch", *MONTHLY, "amount_fen", "entries"),
        [(batch, *row) for row in monthly],
    )
    insert_rows(
        connection,
        schema.account_change,
        ("batch", "scheme", "region", "month", "account", "amount_fen", "entries"),
        [(batch, *row) for row in account_legs(monthly)],
    )
    daily = entries.filter(pc.is_in(entries["movement"], value_set=pa.array(DAILY_MOVEMENTS)))
    insert_rows(
        connection,
        schema.daily_change,
        ("batch", "scheme", "region", "day", "movement", "amount_fen", "entries"),
        [(batch, *row) for row in _grouped(daily, DAILY)],
    )


def account_legs(monthly: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Net change of each account, two legs per entry: ``(scheme, region, month, account, fen, entries)``."""
    sums: dict[tuple[str, str, int, str], list[int]] = defaultdict(lambda: [0, 0])
    for scheme, region, month, _item, movement, amount, entries in monthly:
        for account, sign in legs(movement, load_scheme(scheme).disburse_account):
            change = sums[scheme, region, month, account]
            change[0] += sign * amount
            change[1] += entries
    return [(*key, *change) for key, change in sorted(sums.items())]


def _grouped(entries: pa.Table, keys: tuple[str, ...]) -> list[tuple[Any, ...]]:
    _refuse_overflow(entries["amount_fen"])
    grouped = entries.group_by(list(keys)).aggregate([("amount_fen", "sum"), ("amount_fen", "count")])
    # In key order an index grows at its end, which is several times quicker than in any other.
    grouped = grouped.sort_by([(key, "ascending") for key in keys])
    names = (*keys, "amount_fen_sum", "amount_fen_count")
    return list(zip(*(grouped[name].to_pylist() for name in names), strict=True))


def _refuse_overflow(amounts: pa.ChunkedArray) -> None:
    """Sums are 64-bit; a delivery that could leave that range is no delivery of any fund."""
    total = pc.sum(pc.abs(amounts.cast(pa.float64()))).as_py() or 0.0
    if total > 4e18:
        raise ImportRefused("the amounts of one delivery exceed 40 million 亿元", reason="amount_too_large")
