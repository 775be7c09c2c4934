"""Deposits 存款 and balances owed from before pooling 历年结余, as published up to a version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select

from data_access.books.standing import standing
from data_access.store import schema
from data_access.store.numbering import by_number


@dataclass(frozen=True, slots=True)
class Deposit:
    """One term deposit or treasury bond: ``kind`` is bond for the latter, None where it is not said. ``rate`` is a decimal
    string per year, ``account`` deposit or legacy_deposit."""

    ref: str
    region: str
    account: str
    bank: str
    amount_fen: int
    rate: str
    starts_on: date
    matures_on: date
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class LegacyDuty:
    """What a region owed of its balance from before pooling, and what it had handed over when the ledger began."""

    region: str
    as_of: date
    owed_fen: int
    handed_before_fen: int
    due_on: date


def load_deposits(connection: Connection, scheme: str, version: int | None) -> tuple[Deposit, ...]:
    """Deposits known to a version (None: the newest), soonest maturity first."""
    rows = _rows(connection, schema.deposit, scheme, version, Deposit.__slots__)
    return tuple(sorted((Deposit(*row) for row in rows), key=lambda d: (d.matures_on, by_number(d.ref))))


def load_legacy_duties(connection: Connection, scheme: str, version: int) -> tuple[LegacyDuty, ...]:
    """Legacy balances known to a version, by region."""
    rows = _rows(connection, schema.legacy_balance, scheme, version, LegacyDuty.__slots__)
    return tuple(sorted((LegacyDuty(*row) for row in rows), key=lambda duty: duty.region))


def _rows(
    connection: Connection, table: Table, scheme: str, version: int | None, names: tuple[str, ...]
) -> list[tuple[Any, ...]]:
    columns = [table.c[name] for name in names]
    wanted = select(*columns).where(table.c.scheme == scheme, standing(table, version))
    return [tuple(row) for row in connection.execute(wanted)]
