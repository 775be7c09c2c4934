"""The workbook inside a chart, which opens at 编辑数据: every series, the values that are read, in the chart's unit."""

from __future__ import annotations

import io

import xlsxwriter

from dashboard.exports.office.drawn import Drawn, Series

SHEET = "Sheet1"


def number_format(places: int, *, signed: bool = False) -> str:
    """As ``display`` prints: thousands, so many decimals, U+2212 for minus."""
    shown = "#,##0" + (f".{'0' * places}" if places else "")
    return f'{"+" if signed else ""}{shown};"−"{shown}' + (f";{shown}" if signed else "")


def places_of(series: Series, place: int) -> int:
    return series.own_places.get(place, series.places)


def workbook(chart: Drawn) -> bytes:
    """The names in column A, a series a column; no text can become a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet(SHEET)
    text = book.add_format({"quote_prefix": True})
    sheet.write_string(0, 0, chart.along, text)
    for line, name in enumerate(chart.categories, start=1):
        sheet.write_string(line, 0, name, text)
    formats: dict[str, xlsxwriter.format.Format] = {}
    for column, series in enumerate(chart.series, start=1):
        sheet.write_string(0, column, series.name, text)
        for place, value in enumerate(series.values):
            if value is None:
                continue
            code = (
                "General" if series.kind == "limit" else number_format(places_of(series, place), signed=series.signed)
            )
            if code not in formats:
                formats[code] = book.add_format({"num_format": code})
            sheet.write_number(place + 1, column, value, formats[code])
    sheet.set_column(0, len(chart.series), 16)
    book.close()
    return out.getvalue()


def reference(column: int, first: int, last: int | None = None) -> str:
    """``Sheet1!$B$2:$B$13``; one cell without ``last``."""
    letter = xlsxwriter.utility.xl_col_to_name(column, col_abs=True)
    start = f"{SHEET}!{letter}${first}"
    return start if last is None else f"{start}:{letter}${max(first, last)}"
