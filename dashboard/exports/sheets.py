"""A table as XLSX and CSV. Text can never become a formula; amounts are numbers in the unit the sheet names.

An XLSX is for reading: figures as on screen, their exact values on a second sheet. A CSV is for programs: exact values.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from dashboard.components.table import Column, Row, Table, figures_in, raw, shown
from dashboard.words import display
from dashboard.words.passport import Figure
from dashboard.words.wording import _, bracketed
from rules.money import decimal_string

# A spreadsheet would run a cell that begins so (CWE-1236); full-width forms are folded by some.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WIDEST = 48
# Where the rows begin, after title, notes and head.
FIRST_LINE = 3
# Of a value that no decimal can write, such as a third.
MOST_PLACES = 12


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a file's figures come from: region, period (定稿 or 实时), as-of and version, source, marks, reader."""

    region: str
    period: str
    as_of: str
    source: str
    mark: str
    reader: str

    def lines(self) -> list[str]:
        return [text for text in (self.region, self.period, self.as_of, self.source, self.mark, self.reader) if text]


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
        # As on screen, where what is not zero is not written as zero.
        return display.as_read(display.money(value, unit))  # type: ignore[arg-type]
    if column.kind in ("percent", "points", "number"):
        return Decimal(decimal_string(value, column.places))  # type: ignore[arg-type]
    if column.kind == "count":
        return Decimal(decimal_string(value, 0))  # type: ignore[arg-type]
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
    number = Fraction(*given.as_integer_ratio()) / (display.UNITS[unit].fen if amount else 1)  # type: ignore[attr-defined]
    usual = 0 if column.kind == "count" else 2 if amount else column.places
    places = next((at for at in range(usual, MOST_PLACES) if (number * 10**at).denominator == 1), MOST_PLACES)
    text = decimal_string(number, places)
    if figure is None or not column.units:
        return text
    return text.replace("-", display.MINUS) + display.after(figure, unit)


def _rows(table: Table) -> list[Row]:
    return [*table.rows, *table.foot]


def csv_bytes(table: Table, provenance: Provenance) -> bytes:
    """UTF-8 with BOM, so that spreadsheets read Chinese; the notes stand after the table."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([safe_text(_titled(column, table)) for column in table.columns])
    for row in _rows(table):
        writer.writerow([_csv_cell(column, row, table) for column in table.columns])
    writer.writerow([])
    for line in (*provenance.lines(), *([table.note] if table.note else [])):
        writer.writerow([safe_text(line)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _csv_cell(column: Column, row: Row, table: Table) -> str:
    value = row.values.get(column.key)
    text = written(column, value, table.unit)
    return text if isinstance(raw(value), (int, Decimal, Fraction)) else safe_text(text)


def _titled(column: Column, table: Table) -> str:
    return column.title + bracketed(display.unit_name(table.unit)) if column.kind == "money" else column.title


def xlsx_bytes(table: Table, provenance: Provenance) -> bytes:
    """One sheet as it would be printed: title, unit, period, frozen head, A4 landscape; the notes under the table."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet(_sheet_name(table.title))
    columns = list(table.columns)
    last = len(columns) - 1
    style = _styles(book)
    sheet.merge_range(0, 0, 0, last, "", style["title"]) if last else None
    sheet.write_string(0, 0, table.title, style["title"])
    sheet.write_string(1, 0, "　".join((provenance.region, provenance.period)), style["note"])
    if any(column.kind == "money" for column in columns) and last:
        sheet.write_string(1, last, _("单位：{unit}", unit=display.unit_name(table.unit)), style["unit"])
    for place, column in enumerate(columns):
        sheet.write_string(2, place, column.title, style["head"])
    for line, row in enumerate(_rows(table), start=FIRST_LINE):
        for place, column in enumerate(columns):
            _write(sheet, line, place, column, row, table, style)
    notes = [*provenance.lines()[2:], *([table.note] if table.note else [])]
    for line, text in enumerate(notes, start=4 + len(_rows(table))):
        sheet.write_string(line, 0, text, style["note"])
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _width(column, table))
    sheet.freeze_panes(3, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.set_footer("&C" + _("第 {page} 页，共 {pages} 页", page="&P", pages="&N"))
    _passports(book, table, style)
    book.close()
    return out.getvalue()


def _passports(book: xlsxwriter.Workbook, table: Table, style: dict[str, xlsxwriter.format.Format]) -> None:
    """A second sheet with the figure of each cell that holds one: which it is, and its exact value as text."""
    found = [
        (xl_rowcol_to_cell(line, place), figure)
        for line, row in enumerate(_rows(table), start=FIRST_LINE)
        for place, column in enumerate(table.columns)
        for figure in figures_in(table, column, row)
    ]
    if not found:
        return
    sheet = book.add_worksheet(_("出处"))
    for place, title in enumerate((_("单元格"), _("数字"), _("精确值"))):
        sheet.write_string(0, place, title, style["head"])
    for line, (cell, figure) in enumerate(found, start=1):
        for place, text in enumerate((cell, figure.key, figure.exact)):
            sheet.write_string(line, place, text, style["text"])
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 2, WIDEST)


def _styles(book: xlsxwriter.Workbook) -> dict[str, xlsxwriter.format.Format]:
    def style(**more: object) -> xlsxwriter.format.Format:
        return book.add_format({"font_name": "宋体", "font_size": 11, "valign": "vcenter", **more})

    line = {"border": 1, "border_color": "#9AA3A8"}
    return {
        "title": style(bold=True, font_size=14, align="center"),
        "note": style(font_size=10, font_color="#465258", quote_prefix=True),
        "unit": style(font_size=10, align="right"),
        "head": style(bold=True, align="center", text_wrap=True, bg_color="#EDF1F2", **line),
        "text": style(quote_prefix=True, **line),
        "text_total": style(quote_prefix=True, bold=True, **line),
        "number": style(num_format="#,##0.00", **line),
        "number_total": style(num_format="#,##0.00", bold=True, **line),
        "count": style(num_format="#,##0", **line),
        "count_total": style(num_format="#,##0", bold=True, **line),
        "small": style(num_format="#,##0.00##########", **line),
        "small_total": style(num_format="#,##0.00##########", bold=True, **line),
        "one": style(num_format="#,##0.0", **line),
        "one_total": style(num_format="#,##0.0", bold=True, **line),
    }


def _write(
    sheet: object, line: int, place: int, column: Column, row: Row, table: Table, style: dict[str, object]
) -> None:
    total = "_total" if row.style in ("total", "sum") else ""
    value = exact(column, row.values.get(column.key), table.unit)
    if value is None:
        sheet.write_blank(line, place, None, style[f"text{total}"])  # type: ignore[attr-defined]
    elif isinstance(value, Decimal):
        kind = "count" if column.kind == "count" or column.places == 0 else "one" if column.places == 1 else "number"
        kind = "small" if column.kind == "money" and int(value.as_tuple().exponent) < -2 else kind
        sheet.write_number(line, place, value, style[f"{kind}{total}"])  # type: ignore[attr-defined]
    else:
        sheet.write_string(line, place, value, style[f"text{total}"])  # type: ignore[attr-defined]


def _width(column: Column, table: Table) -> float:
    texts = [column.title, *(shown(column, row.values.get(column.key), table.unit) for row in _rows(table))]
    widest = max(sum(2 if ord(char) > 0x2E80 else 1 for char in text) for text in texts)
    return min(WIDEST, widest + 2.5)


def _sheet_name(title: str) -> str:
    return "".join(char for char in title if char not in "[]:*?/\\'")[:31] or "Sheet1"
