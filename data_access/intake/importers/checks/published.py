"""What the rows of published totals are asked beyond each column's own form: units that fit, nothing below zero."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.importers.sheet import Ints, Mask, Sheet
from rules.published import MEASURES, first_month, fiscal_year, fits, period_of, unit_of


def _foreign(sheet: Sheet) -> tuple[Mask, Ints]:
    """Whether each scheme is another country's, and each row's place among the schemes."""
    schemes, at = sheet.coded("scheme")
    return np.array([sheet.codes.country(code) is not None for code in schemes], dtype=bool), at


def unit_of_measure(sheet: Sheet) -> None:
    """A unit of the declared list that fits the measure: what is in another cannot be compared."""
    measures, measure_at = sheet.coded("measure")
    units, unit_at = sheet.coded("unit")
    known = [unit_of(unit) for unit in units]
    unknown = np.array([bool(text) and unit is None for text, unit in zip(units, known, strict=True)], dtype=bool)
    sheet.refuse_where("unit", unknown[unit_at], lambda _: Unacceptable("unknown_unit"))
    table = np.array([[unit is None or fits(measure, unit) for unit in known] for measure in measures], dtype=bool)
    unfit = ~table.reshape(len(measures), len(units))[measure_at, unit_at]
    schemes, scheme_at = sheet.coded("scheme")
    currencies = [sheet.codes.schemes[code].currency if code in sheet.codes.schemes else "CNY" for code in schemes]
    other = [
        [unit is not None and unit.kind == "money" and unit.currency != own for unit in known] for own in currencies
    ]
    unfit |= np.array(other, dtype=bool).reshape(len(schemes), len(units))[scheme_at, unit_at]
    sheet.refuse_where("unit", unfit, lambda row: Unacceptable("unit_unfit", measure=sheet.at("measure", row)))


def part_of_a_year(sheet: Sheet) -> None:
    """A quarter, a month or months, that have begun."""
    periods, at = sheet.coded("period")
    foreign, scheme_at = _foreign(sheet)
    other = np.array([bool(text) and period_of(text) != text for text in periods], dtype=bool)
    fiscal = np.array([fiscal_year(text) is not None for text in periods], dtype=bool)
    unknown = other[at] & ~(fiscal[at] & foreign[scheme_at])
    sheet.refuse_where("period", unknown, lambda _: Unacceptable("bad_form", expected="Q1, 03, 01-09"))
    today = sheet.codes.today
    first = np.array([first_month(text) for text in periods], dtype=np.int64)[at]
    later = (sheet.numbers("year") == today.year) & (first > today.month)
    sheet.refuse_where("period", later, lambda _: Unacceptable("in_future", latest=f"{today:%Y-%m}"))


def total_not_negative(sheet: Sheet) -> None:
    """What was published as less than nothing needs a reason that no column of the table holds; other countries' tables
    have transfers between their funds that go both ways."""
    negative = np.asarray(pc.starts_with(sheet.values["value"].fill_null(""), "-").to_numpy(zero_copy_only=False), bool)
    measures, at = sheet.coded("measure")
    foreign, scheme_at = _foreign(sheet)
    signed = np.array([measure == "net" for measure in measures], dtype=bool)[at]
    signed |= np.array([measure not in MEASURES for measure in measures], dtype=bool)[at] & foreign[scheme_at]
    sheet.refuse_where("value", negative & ~signed, lambda _: Unacceptable("negative_total"))
