"""Indicator values as the alert rules take them: one observation a period, in the order of time.

Months are judged once final 定稿; a month past its closing day and grace that nobody signed is missing 逾期未定稿. What is
live is judged at every published version, the period being the version's minute.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from data_access.books.indicators import LIVE_VERSIONS, known_at, month_period
from data_access.books.versions import Version
from data_access.intake.sources.status import load_calendar
from data_access.store import schema
from rules.alerts.condition import DueState, Gap, Observation, due_state
from rules.calendar import WorkingCalendar, months_before
from rules.errors import NotInForce, ProfileError
from rules.indicators import INDICATORS
from rules.indicators.declaration import NO_DENOMINATOR, NOT_YET
from rules.month import SHANGHAI, Month
from rules.scheme import Scheme

VALUE, VERSION = schema.indicator_value, schema.data_version

Key = tuple[str, str, str]
"""Indicator, region and part (a source) of a value."""

Series = list[tuple[str, Observation]]


@dataclass(frozen=True, slots=True)
class Months:
    """Which months of a scheme are final and which are missing; the others are not due. Periods such as "2026-10"."""

    final: frozenset[str]
    missing: frozenset[str]

    @property
    def text(self) -> str:
        """Equal as long as no month changes: how many are final and missing, and the last of each."""
        return " ".join(f"{len(months)}:{max(months, default='')}" for months in (self.final, self.missing))


def load_months(connection: Connection, scheme: Scheme, as_of: datetime) -> Months:
    """The months of a scheme's ledger as they stand at an instant."""
    return months_of(connection, (scheme,), as_of)[scheme.code]


def months_of(connection: Connection, schemes: Collection[Scheme], as_of: datetime) -> dict[str, Months]:
    """The same of several schemes, by code."""
    fact, close, calendar = schema.monthly_fact, schema.month_close, load_calendar(connection)
    codes = [scheme.code for scheme in schemes]
    known, signed = (
        connection.execute(select(table.c.scheme, table.c.month).where(table.c.scheme.in_(codes)).distinct()).all()
        for table in (fact, close)
    )
    found = {}
    for scheme in schemes:
        final = {month for code, month in signed if code == scheme.code}
        missing = {
            month
            for code, month in known
            if code == scheme.code and month not in final and _overdue(scheme, month, as_of, calendar)
        }
        found[scheme.code] = Months(frozenset(map(month_period, final)), frozenset(map(month_period, missing)))
    return found


def _overdue(scheme: Scheme, month: int, as_of: datetime, calendar: WorkingCalendar) -> bool:
    following = months_before(month, -1)
    first = Month(following).first
    try:
        closing_day = int(str(scheme.parameter("closing_day", first).value))
        grace_days = int(str(scheme.parameter("closing_grace_days", first).value))
    except (NotInForce, ProfileError):
        # Nobody was bound to sign the month.
        return False
    # The whole closing day may be used, a working day.
    closing = calendar.on_working(first + timedelta(days=closing_day - 1))
    due = datetime.combine(closing + timedelta(days=1), time(), SHANGHAI)
    return due_state(due, grace_days, as_of, has_value=False) is DueState.MISSING


def observed(value: str | None, reason: str | None) -> Observation:
    """What one kept value says: a number, or why there is none."""
    if value is not None:
        return Decimal(value)
    if reason in NOT_YET:
        return Gap.NOT_DUE
    return Gap.INVALID if reason == NO_DENOMINATOR else Gap.MISSING


def month_series(
    connection: Connection, version: Version, months: Months, scheme: str, keys: Collection[Key]
) -> dict[Key, Series]:
    """By subject its months, oldest first, from its first value on, as a version knows them."""
    return _monthly(_rows_of(connection, version, scheme, keys), months)


def _monthly(rows: Iterable[Row[*tuple[Any, ...]]], months: Months) -> dict[Key, Series]:
    found: dict[Key, dict[str, Observation]] = defaultdict(dict)
    for row in rows:
        found[row.indicator, row.region, row.part][row.period] = observed(row.value, row.reason)
    every = sorted(months.final | months.missing)
    return {key: _judged(values, months, every) for key, values in found.items()}


def _judged(values: Mapping[str, Observation], months: Months, every: Sequence[str]) -> Series:
    first = min(values)
    periods = sorted({*values, *(period for period in every if period >= first)})
    return [(period, _month(values.get(period, Gap.MISSING), period, months)) for period in periods]


def _month(value: Observation, period: str, months: Months) -> Observation:
    if period in months.final:
        return value
    return Gap.MISSING if period in months.missing else Gap.NOT_DUE


def live_series(connection: Connection, version: Version, scheme: str, keys: Collection[Key]) -> dict[Key, Series]:
    """By subject its value at every version of the newest LIVE_VERSIONS, from its first value on."""
    return _live(_rows_of(connection, version, scheme, keys), _versions(connection, version))


def _versions(connection: Connection, version: Version) -> list[tuple[int, str]]:
    """The newest LIVE_VERSIONS up to a version, oldest first, each with its minute."""
    known = connection.execute(
        select(VERSION.c.id, VERSION.c.as_of)
        .where(VERSION.c.id <= version.id)
        .order_by(VERSION.c.id.desc())
        .limit(LIVE_VERSIONS)
    ).all()
    return [(row.id, row.as_of.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")) for row in reversed(known)]


def _live(rows: Iterable[Row[*tuple[Any, ...]]], versions: Sequence[tuple[int, str]]) -> dict[Key, Series]:
    kept: dict[Key, list[tuple[int, Observation]]] = defaultdict(list)
    for row in rows:
        kept[row.indicator, row.region, row.part].append((row.data_version, observed(row.value, row.reason)))
    return {key: _carried(values, versions) for key, values in kept.items()}


def every_series(
    connection: Connection, version: Version, months: Mapping[str, Months], indicator: str
) -> dict[str, dict[Key, Series]]:
    """The series of every subject of one indicator that has a value, by scheme: those that ``months`` names."""
    rows: dict[str, list[Row[*tuple[Any, ...]]]] = {scheme: [] for scheme in months}
    for row in connection.execute(_rows(version, list(months), [indicator])):
        rows[row.scheme].append(row)
    if INDICATORS[indicator].period == "live":
        versions = _versions(connection, version)
        return {scheme: _live(of_scheme, versions) for scheme, of_scheme in rows.items()}
    return {scheme: _monthly(of_scheme, months[scheme]) for scheme, of_scheme in rows.items()}


def _carried(values: Sequence[tuple[int, Observation]], versions: Sequence[tuple[int, str]]) -> Series:
    """The value in force at each version; of two versions in one minute the later counts."""
    since = [number for number, _ in values]
    series: dict[str, Observation] = {}
    for number, minute in versions:
        at = bisect_right(since, number)
        if at:
            series[minute] = values[at - 1][1]
    return sorted(series.items())


def _rows_of(
    connection: Connection, version: Version, scheme: str, keys: Collection[Key]
) -> list[Row[*tuple[Any, ...]]]:
    """The rows of some subjects of a scheme, oldest version first."""
    indicators, regions = sorted({key[0] for key in keys}), sorted({key[1] for key in keys})
    wanted = _rows(version, [scheme], indicators)
    if len(regions) <= 50:
        wanted = wanted.where(VALUE.c.region.in_(regions))
    return [row for row in connection.execute(wanted).all() if (row.indicator, row.region, row.part) in keys]


def _rows(version: Version, schemes: Sequence[str], indicators: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """The rows of indicators, oldest version first, so that later ones replace."""
    names = ("scheme", "indicator", "region", "part", "period", "data_version", "value", "reason")
    known = (VALUE.c.scheme.in_(schemes), VALUE.c.indicator.in_(indicators), known_at(version.id))
    return select(*(VALUE.c[name] for name in names)).where(*known).order_by(VALUE.c.data_version)


def changed_keys(connection: Connection, scheme: str, after: int, version: Version) -> set[Key]:
    """Subjects with a value that versions after ``after``, up to ``version``, wrote."""
    wanted = select(VALUE.c.indicator, VALUE.c.region, VALUE.c.part).where(
        VALUE.c.scheme == scheme, VALUE.c.data_version > after, VALUE.c.data_version <= version.id
    )
    return {(row.indicator, row.region, row.part) for row in connection.execute(wanted.distinct())}


def keys_of(connection: Connection, scheme: str, indicators: Collection[str], version: Version) -> set[Key]:
    """Every subject of some indicators that has a value."""
    wanted = select(VALUE.c.indicator, VALUE.c.region, VALUE.c.part).where(
        VALUE.c.scheme == scheme, VALUE.c.indicator.in_(list(indicators)), known_at(version.id)
    )
    return {(row.indicator, row.region, row.part) for row in connection.execute(wanted.distinct())}
