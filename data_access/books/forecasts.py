"""Forecasts 预计 by version: twelve months ahead of each series, written only where the closed months behind changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, and_, func, select

from data_access.store import schema
from data_access.store.bulk import insert_rows
from rules.calendar import months_before
from rules.forecast import Ahead
from rules.month import Month

TABLE = schema.forecast
# 本级负责的收入项目 as one series; the other names are those of the execution form.
LOCAL_INCOME = "local_income"
COLUMNS = (
    "scheme",
    "region",
    "item",
    "data_version",
    "month",
    "mean_fen",
    "low_fen",
    "high_fen",
    "total_fen",
    "total_low_fen",
    "total_high_fen",
    "method",
    "mase",
    "digest",
)
Key = tuple[str, str]  # region, item


@dataclass(frozen=True, slots=True)
class Forecast:
    """One series' twelve months ahead, soonest first. ``method`` is seasonal_schedule or exponential_smoothing, ``mase``
    its backtest error (None: too short to be tested), ``digest`` names the closed months it rests on."""

    region: str
    item: str
    months: tuple[Ahead, ...]
    method: str
    mase: Decimal | None
    digest: str

    @property
    def last(self) -> int:
        """The last closed month it rests on."""
        return months_before(self.months[0].month, 1)

    def year_end(self, year: int) -> Ahead | None:
        """The December of a year, whose total is the rest of that year; None when it lies behind or too far ahead."""
        return next(
            (one for one in self.months if one.month == Month.at(year, 12) and one.month - self.last < 12), None
        )


def load_forecasts(
    connection: Connection, scheme: str, version: int | None = None, regions: Iterable[str] | None = None
) -> Mapping[Key, Forecast]:
    """The newest forecast of each series as a version knew it (None: as known now), by region and item."""
    known = [TABLE.c.scheme == scheme]
    if version is not None:
        known.append(TABLE.c.data_version <= version)
    if regions is not None:
        known.append(TABLE.c.region.in_(list(regions)))
    newest = (
        select(TABLE.c.region, TABLE.c.item, func.max(TABLE.c.data_version).label("newest"))
        .where(*known)
        .group_by(TABLE.c.region, TABLE.c.item)
        .subquery()
    )
    wanted = (
        select(TABLE)
        .join(
            newest,
            and_(
                TABLE.c.region == newest.c.region,
                TABLE.c.item == newest.c.item,
                TABLE.c.data_version == newest.c.newest,
            ),
        )
        .where(TABLE.c.scheme == scheme)
        .order_by(TABLE.c.region, TABLE.c.item, TABLE.c.month)
    )
    found: dict[Key, Forecast] = {}
    for row in connection.execute(wanted):
        month = Ahead(
            row.month, row.mean_fen, row.low_fen, row.high_fen, row.total_fen, row.total_low_fen, row.total_high_fen
        )
        before = found.get((row.region, row.item))
        months = (*(before.months if before else ()), month)
        mase = None if row.mase is None else Decimal(row.mase)
        found[row.region, row.item] = Forecast(row.region, row.item, months, row.method, mase, row.digest)
    return found


def write_forecasts(connection: Connection, scheme: str, version: int, forecasts: Iterable[Forecast]) -> int:
    """Keep forecasts made at a version; returns how many series."""
    written = list(forecasts)
    rows = [
        (
            scheme,
            one.region,
            one.item,
            version,
            ahead.month,
            ahead.mean_fen,
            ahead.low_fen,
            ahead.high_fen,
            ahead.total_fen,
            ahead.total_low_fen,
            ahead.total_high_fen,
            one.method,
            None if one.mase is None else str(one.mase),
            one.digest,
        )
        for one in written
        for ahead in one.months
    ]
    insert_rows(connection, TABLE, COLUMNS, rows)
    return len(written)
