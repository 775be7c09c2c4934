"""What a batch changes: for each row what stood before and what stands after, as texts; of the ledger the sums it moves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, select

from data_access.intake.importers.tables import TABLES, ImportTable
from data_access.store import schema

LISTED = 200
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One row: its ``key``, and its other columns as they ``was`` and as they ``became`` (None: there is no row)."""

    key: Texts
    was: Texts | None
    became: Texts | None


def changes_of(connection: Connection, number: int, target: str, limit: int = LISTED) -> tuple[Change, ...]:
    """The first changes of a batch, by key. Of ledger entries the amounts and numbers of entries by month, item and
    movement, before and after."""
    table = TABLES[target]
    if table.policy == "ledger":
        return _moved(connection, number, limit)
    if table.policy == "replace":
        return _replaced(connection, table, number, limit)
    kept = schema.metadata.tables[target]
    ended = _rows(connection, table, kept, kept.c.ended_by == number, limit) if "ended_by" in kept.c else {}
    brought = _rows(connection, table, kept, kept.c.batch == number, limit)
    found = [
        Change(dict(zip(table.key, key, strict=True)), ended.get(key), brought.get(key))
        for key in sorted({*ended, *brought})
    ]
    return tuple(found[:limit])


def _rows(
    connection: Connection, table: ImportTable, kept: Table, wanted: ColumnElement[bool], limit: int
) -> dict[tuple[str, ...], Texts]:
    columns = [kept.c[column.code] for column in table.columns]
    query = select(*columns).where(wanted).order_by(*(kept.c[name] for name in table.key)).limit(limit)
    found: dict[tuple[str, ...], Texts] = {}
    for row in connection.execute(query).mappings():
        texts = {name: _text(value) for name, value in row.items()}
        found[tuple(texts[name] for name in table.key)] = {n: t for n, t in texts.items() if n not in table.key}
    return found


def _moved(connection: Connection, number: int, limit: int) -> tuple[Change, ...]:
    change, fact, batch = schema.monthly_change, schema.monthly_fact, schema.import_batch
    published = connection.execute(select(batch.c.data_version).where(batch.c.id == number)).scalar() is not None
    names = ("scheme", "month", "item", "movement")
    own = (
        select(*(change.c[name] for name in names), func.sum(change.c.amount_fen), func.sum(change.c.entries))
        .where(change.c.batch == number)
        .group_by(*(change.c[name] for name in names))
        .order_by(*(change.c[name] for name in names))
        .limit(limit)
    )
    found = []
    for *key, fen, entries in connection.execute(own):
        same = and_(*(fact.c[name] == value for name, value in zip(names, key, strict=True)))
        total = func.coalesce(func.sum(fact.c.amount_fen), 0), func.coalesce(func.sum(fact.c.entries), 0)
        stands, count = connection.execute(select(*total).where(same)).one()
        before = (int(stands) - int(fen), int(count) - int(entries)) if published else (int(stands), int(count))
        after = (before[0] + int(fen), before[1] + int(entries))
        was, became = ({"amount_fen": str(amount), "entries": str(many)} for amount, many in (before, after))
        found.append(Change(dict(zip(names, map(str, key), strict=True)), was if before[1] else None, became))
    return tuple(found)


def _replaced(connection: Connection, table: ImportTable, number: int, limit: int) -> tuple[Change, ...]:
    kept = schema.replaced_row
    rows = connection.execute(select(kept).where(kept.c.batch == number).order_by(kept.c.number).limit(limit))
    found = []
    for row in rows:
        was, became = _loaded(row.was), _loaded(row.became)
        key = {name: (became or was or {}).get(name, "") for name in table.key}
        found.append(Change(key, _rest(was, key), _rest(became, key)))
    return tuple(found)


def _loaded(kept: str | None) -> Texts | None:
    row = json.loads(kept) if kept else None
    return None if row is None else {name: _text(value) for name, value in row.items()}


def _rest(row: Texts | None, key: Texts) -> Texts | None:
    return None if row is None else {name: text for name, text in row.items() if name not in key}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
