"""Workbooks of other makes: the old XLS, ODS and binary ones, read by calamine."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, Literal

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from data_access.intake.files.book import Area, Book, Kind, Sheet
from data_access.intake.files.formats import number_text
from data_access.intake.files.grid import Grid
from data_access.intake.files.limits import MAX_SHEETS, Limits, refused

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_xls(file: BinaryIO, limits: Limits) -> Book:
    """An XLS file; a newer workbook behind a password comes in the same wrapping."""
    if ENCRYPTED in file.read(1 << 16):
        raise refused("encrypted")
    return read(file, limits, "xls")


def read(file: BinaryIO, limits: Limits, format_name: Literal["xls", "ods"]) -> Book:
    """Every sheet. What a formula without a value holds, or a percent format, such files do not tell."""
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
    except Exception as problem:
        if "assword" in str(problem):
            raise refused("encrypted") from problem
        raise refused("unreadable", format=format_name) from problem
    shown = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if len(shown) > MAX_SHEETS:
        raise refused("too_many_sheets", limit=MAX_SHEETS)
    sheets = tuple(_sheet(book, one, limits) for one in shown)
    return Book(format_name, sheets)


def _sheet(book: CalamineWorkbook, facts: Any, limits: Limits) -> Sheet:
    sheet = book.get_sheet_by_name(facts.name)
    grid = Grid(limits)
    if sheet.width > limits.columns:
        raise refused("too_many_columns", limit=limits.columns)
    if sheet.width * sheet.height > limits.cells:
        raise refused("too_many_cells", limit=limits.cells)
    for line, row in enumerate(sheet.iter_rows(), 1):
        cells = [_cell(value) for value in row]
        if any(text for text, _ in cells):
            grid.add(line, [text for text, _ in cells], bytes(kind for _, kind in cells))
    columns, kinds, lines = grid.finish()
    merged = tuple(
        Area(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return Sheet(facts.name, columns, lines, kinds, facts.visible != SheetVisibleEnum.Visible, merged=merged)


def _cell(value: Any) -> tuple[str, Kind]:
    if isinstance(value, bool):
        return str(value).upper(), Kind.BOOLEAN
    if isinstance(value, (int, float)):
        return number_text(repr(value))
    if isinstance(value, datetime):
        text = value.isoformat(sep=" ", timespec="seconds")
        return text.removesuffix(" 00:00:00"), Kind.DATE
    if isinstance(value, (date, time, timedelta)):
        return str(value), Kind.DATE
    text = str(value)
    return text, Kind.ERROR if text.startswith("#") and text.endswith(("!", "?", "/A")) else Kind.TEXT
