"""What is asked of entries of the ledger, and of rows by person, whose sums become entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa

from data_access.intake.importers.checks.vectors import days_since_1970, pairs
from data_access.intake.importers.codes import allowed_movements, items_for, open_from
from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.importers.sheet import Sheet
from rules.month import Month
from rules.movements import MOVEMENTS


def movement_in_scheme(sheet: Sheet) -> None:
    """The reserve exists in work injury only."""
    schemes, scheme_at = sheet.coded("scheme")
    movements, movement_at = sheet.coded("movement")
    known = pairs(schemes, movements, lambda s, m: not s or not m or m in allowed_movements(s))
    sheet.refuse_where(
        "movement",
        ~known[scheme_at, movement_at],
        lambda row: Unacceptable(
            "movement_not_in_scheme", scheme=sheet.at("scheme", row), movement=sheet.at("movement", row)
        ),
    )


def item_fits_movement(sheet: Sheet) -> None:
    """Entries are booked on the leaves that their movement can bring; a movement between accounts has no item."""
    schemes, scheme_at = sheet.coded("scheme")
    movements, movement_at = sheet.coded("movement")
    items, item_at = sheet.coded("item")
    pairs = [(s, m) for s in schemes for m in movements]

    def fits(pair: tuple[str, str], item: str) -> bool:
        scheme, movement = pair
        if not scheme or not movement:
            return True
        allowed = items_for(scheme, movement)
        return item in allowed if MOVEMENTS[movement].carries_item else item == ""

    good = np.array([[fits(pair, item) for item in items] for pair in pairs], dtype=bool)
    good = good.reshape(len(schemes), len(movements), len(items))
    sheet.refuse_where("item", ~good[scheme_at, movement_at, item_at], lambda row: _misfit(sheet, row))


def _misfit(sheet: Sheet, row: int) -> Unacceptable:
    movement, item = sheet.at("movement", row), sheet.at("item", row)
    if not MOVEMENTS[movement].carries_item:
        return Unacceptable("item_not_expected", movement=movement)
    if not item:
        return Unacceptable("item_missing", movement=movement)
    return Unacceptable("item_not_for_movement", movement=movement, item=item, scheme=sheet.at("scheme", row))


def inside_open_years(column: str) -> Callable[[Sheet], None]:
    """Not before the year in which the scheme's rules begin; ``column``: what says the day."""

    def check(sheet: Sheet) -> None:
        schemes, at = sheet.coded("scheme")
        first = days_since_1970([open_from(scheme) if scheme else date(1, 1, 1) for scheme in schemes])[at]
        sheet.refuse_where(
            column,
            sheet.numbers("business_date") < first,
            lambda row: Unacceptable("before_open_years", earliest=open_from(sheet.at("scheme", row)).isoformat()),
        )

    return check


def month_as_day(sheet: Sheet) -> None:
    """Where rows have a month alone its last day is asked about, as it is booked on that day at the latest."""
    months, at = np.unique(sheet.numbers("month"), return_inverse=True)
    # One that is no month was refused by its form.
    days = [Month(month).last if 1 <= month % 100 <= 12 and month > 9999 else date.max for month in months.tolist()]
    sheet.values["business_date"] = pa.array(days, pa.date32()).take(pa.array(at.ravel()))


def region_exists_on_day(sheet: Sheet) -> None:
    """A merged region takes no new entries, but what it has may still be corrected."""
    regions, at = sheet.coded("region")
    known = [sheet.codes.regions.get(code) for code in regions]
    starts = days_since_1970([(r.valid_from if r else None) or date.min for r in known])[at]
    ends = days_since_1970([(r.valid_to if r else None) or date.max for r in known])[at]
    day = sheet.numbers("business_date")
    gone = ((day < starts) | (day >= ends)) & ~sheet.given("corrects")
    sheet.refuse_where("region", gone, lambda row: _gone(sheet, row))


def _gone(sheet: Sheet, row: int) -> Unacceptable:
    region = sheet.codes.regions[sheet.at("region", row)]
    day = sheet.at("business_date", row)
    return Unacceptable(
        "region_not_valid",
        valid_from=region.valid_from and region.valid_from.isoformat(),
        valid_to=region.valid_to and region.valid_to.isoformat(),
        day=day.isoformat(),
    )


def entry_sign(sheet: Sheet) -> None:
    """红字冲销 and premium refunds are negative, nothing else is; an entry of zero moves nothing and is kept as it came."""
    amounts = sheet.numbers("amount_fen")
    movements, at = sheet.coded("movement")
    refund = np.array([movement == "collect" for movement in movements], dtype=bool)[at]
    sheet.refuse_where(
        "amount_fen",
        (amounts < 0) & ~refund & ~sheet.given("corrects"),
        lambda row: Unacceptable("negative_without_correction", movement=sheet.at("movement", row)),
    )


def corrects_another(sheet: Sheet) -> None:
    """An entry cannot reverse itself."""
    rows = np.flatnonzero(sheet.given("corrects"))
    itself = np.zeros(len(sheet.lines), dtype=bool)
    for row in rows.tolist():
        itself[row] = sheet.at("corrects", row) == sheet.at("source_ref", row)
    sheet.refuse_where("corrects", itself, lambda _: Unacceptable("corrects_itself"))
