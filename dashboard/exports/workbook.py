"""XLSX of one table, of one chart, or of a whole document: one sheet each, under it or beside it what it rests on, and at
the end a sheet 出处 with the figure of each cell and its exact value.

Text is never a formula; a figure is a number in the unit that its column's head names, and reads as on screen.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from dashboard.charts.plot import Plot
from dashboard.charts.theme import SHADES, WHITE_FROM
from dashboard.components.table import Column, Row, Table, cell, figures_in
from dashboard.exports import sheet_charts
from dashboard.exports.blocks import Document, Grid, KeyFigures, Matters, Picture, Source, captioned, plain
from dashboard.exports.office.workbook import number_format, places_of
from dashboard.exports.sheets import exact, rows_of, titled
from dashboard.words import display
from dashboard.words.passport import Figure, Printed
from dashboard.words.wording import _, apart
from rules.alerts.threshold import Level

WIDEST = 48
LINE_POINTS = 15  # of a line of text, where a cell has several
LONGEST_NAME = 31
HEAD_LINE = 2
# Where the rows begin, after title, place and head.
FIRST_LINE = 3


def xlsx_bytes(table: Table, source: Source) -> bytes:
    """One table: a sheet as it would be printed, its notes under it."""
    book = Book(source)
    book.notes(*book.grid(table, table.title), [*source.lines()[2:], table.note])
    return book.finish()


def chart_bytes(picture: Picture, source: Source) -> bytes:
    """One chart: its data and beside them a chart that the spreadsheet itself draws."""
    book = Book(source)
    book.notes(*book.picture(picture, picture.title), [*source.lines()[2:], picture.note])
    return book.finish()


def workbook_bytes(document: Document) -> bytes:
    """The figures of a document: a first sheet with its title, sources, key figures, matters and contents; then a sheet
    for every table and chart. What it says in sentences is for the other formats."""
    book = Book(document.source)
    blocks = [one for one in document.blocks if isinstance(one, Grid | Picture)]
    named = [book.name(f"{one.number} {_title(one)}".strip()) for one in blocks]
    _cover(book, document, list(zip(named, blocks, strict=True)))
    for name, one in zip(named, blocks, strict=True):
        title = captioned(one.number, _title(one))
        put = book.grid(one.table, title, name) if isinstance(one, Grid) else book.picture(one, title, name)
        book.notes(*put, [one.table.note if isinstance(one, Grid) else "", one.note])
    return book.finish()


def _title(block: Grid | Picture) -> str:
    return block.table.title if isinstance(block, Grid) else block.title


class Book:
    """A workbook being written. ``source`` stands on every sheet of it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._out = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self._out, {**options, "strings_to_numbers": False})
        self._styles: dict[tuple[object, ...], Format] = {}
        self._named: set[str] = set()
        self._passports: list[tuple[str, str, Figure]] = []

    def name(self, title: str) -> str:
        """A sheet's name after its title: without what a spreadsheet forbids, and no other sheet's."""
        clean = "".join(char for char in title if char not in "[]:*?/\\'")[:LONGEST_NAME] or "Sheet"
        made, number = clean, 2
        while made.lower() in self._named or made == _("出处"):
            made, number = f"{clean[: LONGEST_NAME - 4]} {number}", number + 1
        self._named.add(made.lower())
        return made

    def sheet(self, name: str) -> Worksheet:
        """A new sheet, A4 landscape, with page numbers and, where the office wants it, the reader's name above."""
        made = self.book.add_worksheet(name)
        made.set_landscape()
        made.set_paper(9)
        made.fit_to_pages(1, 0)
        made.set_footer("&C" + _("第 {page} 页，共 {pages} 页", page="&P", pages="&N"))
        if self.source.watermark:
            made.set_header("&R" + self.source.watermark.replace("&", "&&"))
        return made

    def grid(self, table: Table, title: str, name: str = "") -> tuple[Worksheet, int]:
        """A table on a sheet of its own; where the next line is free."""
        sheet = self.sheet(name or self.name(title))
        columns, rows = list(table.columns), rows_of(table)
        last = len(columns) - 1
        if last:
            sheet.merge_range(0, 0, 0, last, "", self.style("title"))
        sheet.write_string(0, 0, title, self.style("title"))
        place, period = table.place or self.source.place, table.period or self.source.period
        sheet.write_string(1, 0, apart().join((place, period)), self.style("note"))
        if any(column.kind == "money" for column in columns) and last:
            unit = _("单位：{unit}", unit=display.unit_name(table.unit))
            sheet.write_string(1, last, unit, self.style("unit"))
        lines: dict[int, int] = {}
        for at, column in enumerate(columns):
            head = titled(column, table)
            sheet.write_string(HEAD_LINE, at, head, self.style("head"))
            widest = _width(head)
            for line, row in enumerate(rows, start=FIRST_LINE):
                width = self._cell(sheet, (line, at), column, row, table)
                widest, lines[line] = max(widest, width), max(lines.get(line, 1), -(-width // WIDEST))
                for figure in figures_in(table, column, row):
                    self._passports.append((sheet.name, xl_rowcol_to_cell(line, at), figure))
            sheet.set_column(at, at, min(WIDEST, widest + 2.5))
        for line, count in lines.items():
            if count > 1:
                sheet.set_row(line, LINE_POINTS * count)
        sheet.freeze_panes(FIRST_LINE, 1)
        sheet.repeat_rows(HEAD_LINE)
        return sheet, FIRST_LINE + len(rows)

    def picture(self, picture: Picture, title: str, name: str = "") -> tuple[Worksheet, int]:
        """A chart's table in the order drawn, what else is drawn beside it, and the chart; where the next line is free."""
        table, first = picture.plot.ordered()
        sheet, free = self.grid(table, title, name)
        lines = sheet_charts.Lines(sheet.name, HEAD_LINE, FIRST_LINE + first, len(picture.plot.rows))
        right = self._helpers(sheet, table, picture.plot, lines)
        sheet_charts.insert(self.book, sheet, picture, lines, right + 1)
        return sheet, free

    def _helpers(self, sheet: Worksheet, table: Table, plot: Plot, lines: sheet_charts.Lines) -> int:
        """Columns that a native chart needs and the table has not: its limits, the values at each level, and what is
        expected. Gives the last column in use."""
        at = len(table.columns) - 1
        for helper in sheet_charts.helpers(plot):
            at += 1
            sheet.write_string(HEAD_LINE, at, helper.name, self.style("head"))
            sheet.set_column(at, at, 16)
            for place, value in enumerate(helper.values):
                if value is not None:
                    style = self.style("number", places_of(helper, place), helper.signed)
                    sheet.write_number(lines.first + place, at, float(value), style)
            lines.helpers.append((helper, at))
        return at

    def notes(self, sheet: Worksheet, free: int, texts: Sequence[str]) -> None:
        """Lines under a table, after an empty one."""
        texts = [*(text for text in texts if text), *([self.source.watermark] if self.source.watermark else [])]
        for line, text in enumerate(texts, start=free + 1):
            sheet.write_string(line, 0, text, self.style("note"))

    def figure(self, sheet: Worksheet, place: tuple[int, int], text: str) -> None:
        """A figure already printed, as the number that it reads as, with its passport."""
        self._as_read(sheet, place, text)
        if isinstance(text, Printed):
            self._passports.append((sheet.name, xl_rowcol_to_cell(*place), text.figure))

    def _as_read(self, sheet: Worksheet, place: tuple[int, int], text: str) -> None:
        """A text as the number that it reads as; what is no number as text, and a year, which has no thousands."""
        try:
            value = None if isinstance(text, Printed) and text.style == display.YEAR else display.as_read(text)
        except ArithmeticError:
            value = None
        if value is None:
            sheet.write_string(*place, text, self.style("text"))
            return
        places = max(0, -int(value.as_tuple().exponent))
        sheet.write_number(*place, value, self.style("number", places, text.startswith("+")))

    def _cell(self, sheet: Worksheet, place: tuple[int, int], column: Column, row: Row, table: Table) -> int:
        """Write a cell; the width of what is read there."""
        if column.kind == "text" and not column.units and isinstance(row.values.get(column.key), Figure):
            text = cell(table, column, row)
            self._as_read(sheet, place, text)
            return _width(text)
        total = "total" if row.style in ("total", "sum") else ""
        value = exact(column, row.values.get(column.key), table.unit)
        if value is None:
            sheet.write_blank(*place, None, self.style("text", total=total))
            return 0
        if isinstance(value, Decimal):
            text = f"{value:,f}"
            shade = row.shades.get(column.key, 0)
            style = self.style("number", len(text.partition(".")[2]), column.signed, total, shade)
            sheet.write_number(*place, float(value), style)  # a cell holds no other number
            return len(text) + column.signed
        kind = "text" if _width(value) <= WIDEST else "lines"
        sheet.write_string(*place, value, self.style(kind, total=total))
        return _width(value)

    def style(self, kind: str, places: int = 0, signed: bool = False, total: str = "", shade: int = 0) -> Format:
        """A cell's format, one for each kind in use; ``shade`` is the ground of a heat map's cell."""
        key = kind, places, signed, total, shade
        if key not in self._styles:
            look: dict[str, object] = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", **LOOKS[kind]}
            if kind == "number":
                look["num_format"] = number_format(places, signed=signed)
            if shade:
                look |= {"bg_color": SHADES[shade - 1], "font_color": "#ffffff" if shade >= WHITE_FROM else "#000000"}
            self._styles[key] = self.book.add_format({**look, **({"bold": True} if total else {})})
        return self._styles[key]

    def finish(self) -> bytes:
        """The file, with 出处 at its end where any figure stands in it."""
        if self._passports:
            several = len(self._named) > 1
            sheet = self.sheet(_("出处"))
            for place, title in enumerate((_("单元格"), _("数字"), _("精确值"))):
                sheet.write_string(0, place, title, self.style("head"))
            for line, (name, cell, figure) in enumerate(self._passports, start=1):
                where = f"{quote_sheetname(name)}!{cell}" if several else cell
                for place, text in enumerate((where, figure.key, figure.exact)):
                    sheet.write_string(line, place, text, self.style("text"))
            sheet.set_column(0, 0, 30 if several else 10)
            sheet.set_column(1, 1, max(WIDEST, *(_width(figure.key) for _name, _cell, figure in self._passports)))
            sheet.set_column(2, 2, WIDEST)
        self.book.close()
        return self._out.getvalue()


_LINE = {"border": 1, "border_color": "#9AA3A8"}
LOOKS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 14, "align": "center"},
    "note": {"font_size": 10, "font_color": "#465258", "quote_prefix": True},
    "unit": {"font_size": 10, "align": "right"},
    "head": {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#EDF1F2", **_LINE},
    "text": {"quote_prefix": True, **_LINE},
    "lines": {"quote_prefix": True, "text_wrap": True, **_LINE},  # longer than any column is wide
    "number": _LINE,
}


def _cover(book: Book, document: Document, sheets: Sequence[tuple[str, Grid | Picture]]) -> None:
    """The first sheet: title, sources, key figures, matters, contents with a link to each sheet."""
    sheet = book.sheet(book.name(_("目录")))
    sheet.set_column(0, 0, LONGEST_NAME + 3)
    sheet.set_column(1, 5, 16)
    head, text = book.style("head"), book.style("text")
    sheet.merge_range(0, 0, 0, 5, "", book.style("title"))
    sheet.write_string(0, 0, document.title, book.style("title"))
    notes = [*document.source.lines(), document.draft, document.source.watermark, *map(plain, document.lines)]
    line = 1
    for said in filter(None, notes):
        sheet.write_string(line, 0, said, book.style("note"))
        line += 1

    def heads(*titles: str) -> None:
        nonlocal line
        line += 2
        for place, title in enumerate(titles):
            sheet.write_string(line - 1, place, title, head)

    for block in document.blocks:
        if isinstance(block, KeyFigures):
            heads(_("指标"), _("数值"), _("单位"), _("此前"))
            for one in block.figures:
                sheet.write_string(line, 0, one.name, text)
                book.figure(sheet, (line, 1), one.figure)
                sheet.write_string(line, 2, one.unit, text)
                sheet.write_string(line, 3, plain(one.before), text)
                line += 1
        if isinstance(block, Matters):
            heads(_("事项"), _("责任"), _("限期"), _("下一步"), _("级别"))
            for matter in block.matters:
                level = sheet_charts.level_name(matter.level) if matter.level is not Level.NONE else matter.kind
                for place, said in enumerate((plain(matter.what), matter.who, matter.until, matter.next_step, level)):
                    sheet.write_string(line, place, said, text)
                line += 1
    heads(_("工作表"), _("形式"))
    for name, shown_there in sheets:
        link = f"internal:{quote_sheetname(name)}!A1"
        sheet.write_url(line, 0, link, text, name)
        sheet.write_string(line, 1, _("表") if isinstance(shown_there, Grid) else _("图和数据"), text)
        line += 1


def _width(text: str) -> int:
    """In the widths of a digit."""
    return sum(2 if char > "\u2e80" else 1 for char in text)
