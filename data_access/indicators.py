"""Indicator values 指标值 by version: a row is written only where a value or its inputs changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection, and_, func, select

from data_access import schema
from data_access.bulk import insert_rows
from rules.indicators import INDICATORS, Value

TABLE = schema.indicator_value
KEY = ("indicator", "period", "region", "part")
COLUMNS = ("scheme", *KEY, "data_version", "value", "reason", "inputs")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One value: of a region (and a part of it, a source), for a month ("2026-10") or, live, a minute.

    ``version`` is the data version that first had this value.
    """

    indicator: str
    period: str
    region: str
    part: str
    version: int
    value: Value


def month_period(month: int) -> str:
    """The period of a month yyyymm: ``"2026-10"``."""
    return f"{month // 100}-{month % 100:02d}"


def values_at(
    connection: Connection,
    scheme: str,
    *,
    indicators: Sequence[str],
    periods: Sequence[str] | None = None,
    regions: Sequence[str] | None = None,
    version: int | None = None,
) -> tuple[IndicatorRow, ...]:
    """Values as a version knew them (None: as known now), by indicator, period, region and part.

    Month indicators: one row a period asked for (None: every period). Live indicators: the latest value, whatever the
    periods asked for. A region or period without a row has never had the indicator.
    """
    live = [code for code in indicators if INDICATORS[code].period == "live"]
    month = [code for code in indicators if INDICATORS[code].period == "month"]
    found = _latest(connection, scheme, month, KEY, periods, regions, version) if month else []
    if live:
        found += _latest(connection, scheme, live, ("indicator", "region", "part"), None, regions, version)
    return tuple(sorted(found, key=lambda row: (row.indicator, row.period, row.region, row.part)))


def _latest(
    connection: Connection,
    scheme: str,
    indicators: Sequence[str],
    keys: Key,
    periods: Sequence[str] | None,
    regions: Sequence[str] | None,
    version: int | None,
    since: str | None = None,
) -> list[IndicatorRow]:
    """The newest row of each key."""
    conditions = [TABLE.c.scheme == scheme, TABLE.c.indicator.in_(indicators)]
    if periods is not None:
        conditions.append(TABLE.c.period.in_(periods))
    if since is not None:
        conditions.append(TABLE.c.period >= since)
    if regions is not None:
        conditions.append(TABLE.c.region.in_(regions))
    if version is not None:
        conditions.append(TABLE.c.data_version <= version)
    columns = [TABLE.c[name] for name in keys]
    newest = select(*columns, func.max(TABLE.c.data_version).label("newest")).where(*conditions).group_by(*columns)
    known = newest.subquery()
    same = [TABLE.c[name] == known.c[name] for name in keys]
    wanted = select(TABLE).join(known, and_(*same, TABLE.c.data_version == known.c.newest)).where(*conditions)
    return [
        IndicatorRow(
            row.indicator,
            row.period,
            row.region,
            row.part,
            row.data_version,
            Value(None if row.value is None else Decimal(row.value), row.reason, _inputs(row.inputs)),
        )
        for row in connection.execute(wanted)
    ]


def _inputs(kept: str) -> dict[str, int | Decimal | None]:
    given = json.loads(kept)
    return {name: Decimal(value) if isinstance(value, str) else value for name, value in given.items()}


def _kept(value: Value) -> tuple[str | None, str | None, str]:
    """A value as its row keeps it: decimal string, reason, and the inputs as JSON (fractions as decimal strings)."""
    inputs = {
        name: given if given is None or isinstance(given, int) else str(given) for name, given in value.inputs.items()
    }
    if any(isinstance(given, Fraction) for given in value.inputs.values()):
        raise TypeError("an input is kept as an integer or a decimal, so that the value can be computed from it again")
    return None if value.value is None else str(value.value), value.reason, json.dumps(inputs, sort_keys=True)


def write_changes(connection: Connection, scheme: str, version: int, rows: Iterable[IndicatorRow]) -> int:
    """Write the values that differ from the newest ones kept, live ones across periods; returns how many."""
    offered = list(rows)
    months = [row for row in offered if INDICATORS[row.indicator].period == "month"]
    live = [row for row in offered if INDICATORS[row.indicator].period == "live"]
    kept: dict[Key, tuple[str | None, str | None, str]] = {}
    if months:
        codes, since = sorted({row.indicator for row in months}), min(row.period for row in months)
        for row in _latest(connection, scheme, codes, KEY, None, None, None, since):
            kept[row.indicator, row.region, row.part, row.period] = _kept(row.value)
    if live:
        codes = sorted({row.indicator for row in live})
        for row in _latest(connection, scheme, codes, ("indicator", "region", "part"), None, None, None):
            kept[row.indicator, row.region, row.part] = _kept(row.value)
    written = []
    for row in offered:
        value = _kept(row.value)
        key: Key = (row.indicator, row.region, row.part)
        if INDICATORS[row.indicator].period == "month":
            key = (*key, row.period)
        if kept.get(key) != value:
            written.append((scheme, row.indicator, row.period, row.region, row.part, version, *value))
    insert_rows(connection, TABLE, COLUMNS, written)
    return len(written)
