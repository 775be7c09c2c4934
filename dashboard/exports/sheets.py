"""A table's cells in files, and the table as CSV. Text can never become a formula; amounts are numbers in the unit that
the head of their column names.

An XLSX is for reading: figures as on screen, their exact values on a sheet of their own (``exports.workbook``). A CSV is
for programs: exact values.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from fractions import Fraction

from dashboard.components.table import Column, Row, Table, raw, shown, unit_of
from dashboard.exports.blocks import Source
from dashboard.words import display
from dashboard.words.passport import Figure
from dashboard.words.wording import bracketed
from rules.money import decimal_string, rounded

# A spreadsheet would run a cell that begins so (CWE-1236); full-width forms are folded by some.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Of a value that no decimal can write, such as a third.
MOST_PLACES = 12


def safe_text(text: str) -> str:
    """Text for a CSV cell: one that a spreadsheet would take for a formula gets a leading apostrophe."""
    return f"'{text}" if text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS) else text


def exact(column: Column, value: object, unit: str) -> Decimal | str | None:
    """A cell's value: a decimal in the column's unit, rounded once; text; None for no value."""
    if isinstance(value, list):
        return shown(column, value, unit)
    if isinstance(value, Figure):
        if column.kind == "text":
            return shown(column, value, unit)
        value = value.value
    if value is None:
        return None
    if column.kind == "money":
        return display.amount(value, column.unit or unit)  # type: ignore[arg-type]
    if column.kind in ("percent", "points", "number"):
        return rounded(value, column.places)  # type: ignore[arg-type]
    if column.kind == "count":
        return rounded(value, 0)  # type: ignore[arg-type]
    return value.isoformat() if isinstance(value, date) else str(value)


def written(column: Column, value: object, unit: str) -> str:
    """A cell as a CSV has it: in the column's unit with all its decimals; "" for no value; a sentence as it is read."""
    figure = value if isinstance(value, Figure) else None
    given = value if figure is None else figure.value
    if given is None:
        return ""
    amount = column.kind == "money" if figure is None else figure.unit in ("fen", "fen_days")
    if isinstance(given, (str, date, list)) or (figure is None and not amount and column.kind in ("text", "day")):
        return str(exact(column, value, unit))
    number = Fraction(*given.as_integer_ratio()) / (display.fen_in(column.unit or unit) if amount else 1)  # type: ignore[attr-defined]
    usual = 0 if column.kind == "count" else 2 if amount else column.places
    places = next((at for at in range(usual, MOST_PLACES) if (number * 10**at).denominator == 1), MOST_PLACES)
    text = decimal_string(number, places)
    if figure is None or not column.units:
        return text
    return "".join(display.with_unit(text.replace("-", display.MINUS), figure, unit))


def rows_of(table: Table) -> list[Row]:
    """The rows of a file: what stands at the foot comes last."""
    return [*table.rows, *table.foot]


def titled(column: Column, table: Table) -> str:
    """A column's head with the unit of its numbers."""
    unit = unit_of(table, column)
    return column.title if not unit or unit in column.title else column.title + bracketed(unit)


def csv_bytes(table: Table, source: Source) -> bytes:
    """UTF-8 with BOM, so that spreadsheets read Chinese; the notes stand after the table, the watermark last."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_text(titled(column, table)) for column in table.columns])
    for row in rows_of(table):
        writer.writerow([_csv_cell(column, row, table) for column in table.columns])
    writer.writerow([])
    for line in (*source.lines(), table.note, source.watermark):
        if line:
            writer.writerow([safe_text(line)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _csv_cell(column: Column, row: Row, table: Table) -> str:
    """Text is made safe; a number is left alone, or a minus sign would make it text."""
    value = row.values.get(column.key)
    text = written(column, value, table.unit)
    return text if isinstance(raw(value), (int, Decimal, Fraction)) else safe_text(text)
