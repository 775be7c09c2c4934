"""Tables of a web page, which much software saves under the name of a workbook. Nothing is fetched."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import BinaryIO

from data_access.intake.files.book import Area, Book, Sheet
from data_access.intake.files.encoding import tell, utf8_copy
from data_access.intake.files.grid import Grid
from data_access.intake.files.limits import MAX_MERGED, MAX_SHEETS, Limits, refused

STARTS = (b"<html", b"<!doctype html", b"<table", b"<head", b"<body", b"<meta", b"<style", b"<div")
XML_BOOK = b"urn:schemas-microsoft-com:office:spreadsheet"
PIECE = 1 << 20
DEEPEST = 20


def looks_like_one(head: bytes) -> bool:
    """Whether a file's first bytes are those of a page, or of a workbook written as one XML text."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"<?xml"):
        return b"<html" in start or XML_BOOK in start
    return start.startswith((*STARTS, b"<!--"))


def read(file: BinaryIO, limits: Limits) -> Book:
    """A sheet for each table, in the order in which they begin; of a cell over several rows or columns the first has the text."""
    if XML_BOOK in file.read(PIECE):
        raise refused("foreign_format", what="Excel 2003 XML")
    told = tell(file)
    parser = _Tables(limits)
    with utf8_copy(file, told) as text:
        while piece := text.read(PIECE):
            parser.feed((piece + text.readline()).decode("utf-8"))
    parser.close()
    sheets = tuple(table.sheet() for table in parser.tables if table.grid.height)
    if not sheets:
        raise refused("empty_file")
    return Book("html", sheets, told.encoding, told.by, told.doubtful)


class _Table:
    """One table being read."""

    def __init__(self, number: int, limits: Limits) -> None:
        self.number = number
        self.limits = limits
        self.grid = Grid(limits)
        self.line = 0
        self.row: dict[int, str] | None = None
        self.text: list[str] | None = None
        self.spans = (1, 1)
        self.covered: dict[int, int] = {}  # column → the last line that a cell above reaches down to
        self.merged: list[Area] = []

    def begin_row(self) -> None:
        self.end_row()
        self.line += 1
        self.row = {}

    def begin_cell(self, attributes: dict[str, str | None]) -> None:
        if self.row is None:
            self.begin_row()
        self.end_cell()
        self.text = []
        self.spans = (_span(attributes.get("rowspan")), _span(attributes.get("colspan")))

    def end_cell(self) -> None:
        if self.text is None or self.row is None:
            return
        down, across = self.spans
        column = 0
        while column in self.row or self.covered.get(column, 0) >= self.line:
            column += 1
        if column + across > self.limits.columns:
            raise refused("too_many_columns", self.line, limit=self.limits.columns)
        for place in range(column, column + across):
            self.row[place] = ""
            if down > 1:
                self.covered[place] = self.line + down - 1
        self.row[column] = " ".join("".join(self.text).split())
        if down > 1 or across > 1:
            self.merged.append(Area(self.line, column + 1, self.line + down - 1, column + across))
            if len(self.merged) > MAX_MERGED:
                raise refused("too_many_merged", self.line, limit=MAX_MERGED)
        self.text = None

    def end_row(self) -> None:
        self.end_cell()
        if self.row and any(self.row.values()):
            self.grid.add(self.line, [self.row.get(place, "") for place in range(max(self.row) + 1)])
        self.row = None

    def sheet(self) -> Sheet:
        columns, _, lines = self.grid.finish()
        filled = tuple(column.fill_null("") for column in columns)
        return Sheet(str(self.number), filled, lines, merged=tuple(self.merged))


class _Tables(HTMLParser):
    """Gathers the tables of a page; a table within a cell is a table of its own."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._limits = limits
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._unseen += 1
        elif tag == "table":
            if len(self.tables) >= MAX_SHEETS or len(self._open) >= DEEPEST:
                raise refused("too_many_sheets", limit=MAX_SHEETS)
            self.tables.append(_Table(len(self.tables) + 1, self._limits))
            self._open.append(self.tables[-1])
        elif self._open and tag == "tr":
            self._open[-1].begin_row()
        elif self._open and tag in ("td", "th"):
            self._open[-1].begin_cell(dict(attrs))
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._unseen = max(0, self._unseen - 1)
        elif not self._open:
            return
        elif tag == "table":
            self._open.pop().end_row()
        elif tag == "tr":
            self._open[-1].end_row()
        elif tag in ("td", "th"):
            self._open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1].text is not None and not self._unseen:
            self._open[-1].text.append(data)

    def close(self) -> None:
        super().close()
        while self._open:
            self._open.pop().end_row()


def _span(text: str | None) -> int:
    return max(1, min(int(text), 10_000)) if text and text.strip().isdecimal() and len(text) < 6 else 1
