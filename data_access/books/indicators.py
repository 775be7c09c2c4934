"""Indicator values 指标值 by version: a row is written only where a value or its inputs changed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal, null, or_, select, type_coerce, union_all

from data_access.store import schema
from data_access.store.bulk import insert_rows
from rules.indicators import INDICATORS, Value
from rules.indicators.declaration import WITHDRAWN
from rules.month import SHANGHAI, Month

TABLE = schema.indicator_value
# Versions that are looked back on for a live indicator: about three weeks of quarter-hours.
LIVE_VERSIONS = 2000
KEY = ("indicator", "period", "region", "part")
LIVE_KEY = ("indicator", "region", "part")
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
    return Month(month).iso


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
        found += _latest(connection, scheme, live, LIVE_KEY, None, regions, version)
    return tuple(sorted(found, key=lambda row: (row.indicator, row.period, row.region, row.part)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Values to be read: an indicator's of a month (None: of a live one the latest, of another every month's), of one
    region or (None) all, as a version knew them."""

    indicator: str
    month: int | None
    region: str | None
    version: int


def values_of(connection: Connection, scheme: str, wanted: Iterable[Wanted]) -> Iterator[tuple[Wanted, IndicatorRow]]:
    """Everything wanted, in one statement; each row with what it was wanted for, in the order of periods, regions, parts."""
    groups: dict[tuple[bool, int | None, str | None, int], dict[str, Wanted]] = defaultdict(dict)
    for one in wanted:
        live = INDICATORS[one.indicator].period == "live"
        groups[live, one.month, one.region, one.version][one.indicator] = one
    selects = []
    for number, ((live, month, region, version), of_group) in enumerate(groups.items()):
        periods = None if live or month is None else (month_period(month),)
        regions = None if region is None else (region,)
        of = literal("") if live else TABLE.c.period
        which = _conditions(scheme, tuple(of_group), periods, regions, version, None)
        selects.append(select(TABLE, of.label("of"), literal(number).label("group")).where(*which))
    found = union_all(*selects).subquery()
    keys = [found.c[name] for name in ("group", "indicator", "region", "part", "of")]
    place = func.row_number().over(partition_by=keys, order_by=found.c.data_version.desc())
    ranked = select(found, place.label("place")).subquery()
    by_number = list(groups.values())
    rows = connection.execute(select(ranked).where(ranked.c.place == 1)).all()
    for row in sorted(rows, key=lambda row: (row.period, row.region, row.part)):
        yield by_number[row.group][row.indicator], _indicator_row(row)


def live_days(
    connection: Connection, scheme: str, indicator: str, region: str, part: str, days: int, version: int | None = None
) -> tuple[tuple[date, Value], ...]:
    """A live indicator's value at the last version of each of the last days that have any, oldest first.

    ``part`` is a source or item, "" for an indicator without parts. Days before its first value are left out.
    """
    table = schema.data_version
    known = select(table.c.id, table.c.as_of).order_by(table.c.id.desc()).limit(LIVE_VERSIONS)
    if version is not None:
        known = known.where(table.c.id <= version)
    versions = known.subquery()
    of_one = (*_conditions(scheme, (indicator,), None, (region,), version, None), TABLE.c.part == part)
    nothing = [type_coerce(null(), TABLE.c[name].type).label(name) for name in ("value", "reason", "inputs")]
    both = union_all(
        select(versions.c.id.label("number"), versions.c.as_of, *nothing),
        select(TABLE.c.data_version, null(), TABLE.c.value, TABLE.c.reason, TABLE.c.inputs).where(*of_one),
    )
    rows = sorted(connection.execute(both), key=lambda row: row.number, reverse=True)
    last: dict[date, int] = {}
    for row in rows:
        if row.as_of is not None and len(last) < days:
            last.setdefault(row.as_of.astimezone(SHANGHAI).date(), row.number)
    kept = [row for row in rows if row.as_of is None]
    found = []
    for day, number in sorted(last.items()):
        known_then = next((row for row in kept if row.number <= number), None)
        if known_then is not None:
            found.append((day, _value(known_then)))
    return tuple(found)


def _latest(
    connection: Connection,
    scheme: str,
    indicators: Sequence[str],
    keys: Key,
    periods: Sequence[str] | None,
    regions: Sequence[str] | None,
    version: int | None,
) -> list[IndicatorRow]:
    """The newest row of each key."""
    wanted = _conditions(scheme, indicators, periods, regions, version, None)
    return [_indicator_row(row) for row in connection.execute(_newest_rows(keys, wanted))]


def _indicator_row(row: Row[Any]) -> IndicatorRow:
    return IndicatorRow(row.indicator, row.period, row.region, row.part, row.data_version, _value(row))


def _conditions(
    scheme: str,
    indicators: Sequence[str],
    periods: Sequence[str] | None,
    regions: Sequence[str] | None,
    version: int | None,
    since: str | None,
) -> list[ColumnElement[bool]]:
    conditions = [TABLE.c.scheme == scheme, TABLE.c.indicator.in_(indicators)]
    if periods is not None:
        conditions.append(TABLE.c.period.in_(periods))
    if since is not None:
        conditions.append(TABLE.c.period >= since)
    if regions is not None:
        conditions.append(TABLE.c.region.in_(regions))
    if version is not None:
        conditions.append(known_at(version))
    return conditions


def known_at(version: int) -> ColumnElement[bool]:
    """That a version knew a row. Reckoned with, so that SQLite does not read a whole scheme by the index of versions
    instead of the few rows by their key."""
    return TABLE.c.data_version + 0 <= version


def _newest_rows(keys: Key, conditions: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """The newest row of each key, in one reading of the rows that the conditions leave."""
    place = func.row_number().over(partition_by=[TABLE.c[name] for name in keys], order_by=TABLE.c.data_version.desc())
    ranked = select(TABLE, place.label("place")).where(*conditions).subquery()
    return select(ranked).where(ranked.c.place == 1)


def _value(row: Row[Any]) -> Value:
    return Value(None if row.value is None else Decimal(row.value), row.reason, _inputs(row.inputs))


def _inputs(kept: str) -> dict[str, int | Decimal | None]:
    given = json.loads(kept)
    return {name: Decimal(value) if isinstance(value, str) else value for name, value in given.items()}


def outside(connection: Connection, scheme: str, first: int, last: int, version: int) -> Iterator[IndicatorRow]:
    """Rows that say of every month value outside two months that it was withdrawn: what a ledger no longer reaches."""
    month = [code for code, one in INDICATORS.items() if one.period == "month"]
    wanted = _conditions(scheme, month, None, None, None, None)
    beyond = or_(TABLE.c.period < month_period(first), TABLE.c.period > month_period(last))
    for row in connection.execute(_newest_rows(KEY, [*wanted, beyond])):
        yield IndicatorRow(row.indicator, row.period, row.region, row.part, version, Value(None, WITHDRAWN, {}))


_ENCODER = json.JSONEncoder(sort_keys=True)


def _kept(value: Value) -> tuple[str | None, str | None, str]:
    """A value as its row keeps it: decimal string, reason, and the inputs as JSON (fractions as decimal strings)."""
    inputs: dict[str, int | str | None] = {}
    for name, given in value.inputs.items():
        if isinstance(given, Fraction):
            raise TypeError("an input is kept as an integer or a decimal, so that the value can be computed again")
        inputs[name] = given if given is None or isinstance(given, int) else str(given)
    return None if value.value is None else str(value.value), value.reason, _ENCODER.encode(inputs)


def write_changes(connection: Connection, scheme: str, version: int, rows: Iterable[IndicatorRow]) -> int:
    """Write the values that differ from the newest ones kept, live ones across periods; returns how many."""
    offered = [(_key(row), (scheme, row.indicator, row.period, row.region, row.part), _kept(row.value)) for row in rows]
    kept = _newest(connection, scheme, [columns for _, columns, _ in offered])
    changed = [(*columns, version, *value) for key, columns, value in offered if kept.get(key) != value]
    insert_rows(connection, TABLE, COLUMNS, changed)
    return len(changed)


def _key(row: IndicatorRow) -> Key:
    """What a value replaces: a month's the same month's, a live one the latest."""
    of_month = INDICATORS[row.indicator].period == "month"
    return (row.indicator, row.region, row.part, row.period if of_month else "")


def _newest(
    connection: Connection, scheme: str, offered: Sequence[tuple[str, ...]]
) -> dict[Key, tuple[str | None, str | None, str]]:
    """The newest rows kept for what is offered: live ones, and months from the first one offered of each region on."""
    since: dict[str, str] = {}
    indicators: dict[str, set[str]] = {"month": set(), "live": set()}
    for _scheme, indicator, period, region, _part in offered:
        kind = INDICATORS[indicator].period
        indicators[kind].add(indicator)
        if kind == "month":
            since[region] = min(period, since.get(region, period))
    found: dict[Key, tuple[str | None, str | None, str]] = {}
    for first in sorted(set(since.values())):
        regions = [region for region, period in since.items() if period == first]
        wanted = _conditions(scheme, sorted(indicators["month"]), None, regions, None, first)
        for row in connection.execute(_newest_rows(KEY, wanted)).all():
            found[row.indicator, row.region, row.part, row.period] = (row.value, row.reason, row.inputs)
    if indicators["live"]:
        wanted = _conditions(scheme, sorted(indicators["live"]), None, None, None, None)
        for row in connection.execute(_newest_rows(LIVE_KEY, wanted)):
            found[row.indicator, row.region, row.part, ""] = (row.value, row.reason, row.inputs)
    return found
