"""The agencies' monthly reports 月报 by city: the month and the year to date, as the ledger stands at the month's close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

import numpy as np

from demonstration.world import stories
from demonstration.world.ledger import entries_between
from demonstration.world.simulation import units
from demonstration.world.tables import Row, Table
from rules.month import SHANGHAI, Month
from rules.movements import MOVEMENTS, result_sign
from rules.scheme import load_scheme

REPORTED_FROM = Month(202610)
COLUMNS = ("scheme", "department", "form", "region", "item", "since", "until", "amount_fen")


def monthly_reports(scheme: str, closed: dict[Month, datetime]) -> Table:
    """The reports of some months, each drawn from what was booked by the instant of its close."""
    rows = [row for month, at in closed.items() if month >= REPORTED_FROM for row in _report(scheme, month, at)]
    return Table("reported_total", COLUMNS, tuple(rows))


def _report(scheme: str, month: Month, closed_at: datetime) -> Iterator[Row]:
    first = datetime(month.year, 1, 1, tzinfo=SHANGHAI)
    entries = entries_between(scheme, first, closed_at)
    days = entries["business_date"]
    inside = (days >= np.datetime64(date(month.year, 1, 1))) & (days <= np.datetime64(month.last))
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    city_of = {unit.code: unit.city for unit in units(load_scheme(scheme).province)}
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for at in np.flatnonzero(inside).tolist():
        movement, region = entries["movement"][at], entries["region"][at]
        if MOVEMENTS[movement].carries_item and region in city_of:
            fen = sum(result_sign(movement)) * int(entries["amount_fen"][at])
            both = sums[city_of[region], entries["item"][at]]
            both[0] += fen if months[at] == month.number else 0
            both[1] += fen
    for (city, item), (of_month, to_date) in sorted(sums.items()):
        slip = stories.REPORT_SLIP if (scheme, city, item, month) == stories.REPORT_SLIPPED else 0
        yield scheme, "agency", "monthly", city, item, month, month, of_month + slip
        if month.number > 1:
            yield scheme, "agency", "monthly", city, item, Month.at(month.year, 1), month, to_date + slip
