"""One sheet of a workbook: its XML as it streams by, cell for cell, with what is hidden, merged or was never computed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import IO
from xml.parsers import expat

from data_access.intake.files.book import Area, Kind, Sheet
from data_access.intake.files.formats import Shown, number_text, shown_text
from data_access.intake.files.grid import Grid
from data_access.intake.files.limits import MAX_MERGED, Limits, refused

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
PIECE = 1 << 16
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
AREA = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})(?::([A-Z]{1,3})([1-9][0-9]{0,6}))?\Z")
MOST_HIDDEN = 10_000
Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class Styles:
    """``shown``: number of a cell style → how it shows a number, where that changes what the number means; ``red``: the
    styles in red type."""

    shown: dict[str, Shown]
    first_day: date
    red: frozenset[str] = frozenset()


@dataclass
class _Found:
    """What a sheet has beside its cells."""

    hidden_lines: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)


def read_sheet(source: IO[bytes], name: str, hidden: bool, strings: list[str], styles: Styles, limits: Limits) -> Sheet:
    """The sheet in an XML stream. Raises FileRefused where rows or cells stand where none can."""
    grid, found = Grid(limits), _Found()
    reader = _Reader(grid, found, strings, styles)
    parser = reader.parser
    while piece := source.read(PIECE):
        parser.Parse(piece)
    parser.Parse(b"", True)
    columns, kinds, lines = grid.finish()
    columns = tuple(column.fill_null("") for column in columns)
    return Sheet(
        name, columns, lines, kinds, hidden, tuple(found.hidden_lines), tuple(found.hidden_columns), tuple(found.merged)
    )


class _Reader:
    """The handlers of one sheet's XML. Cells are many: what is done for each is written out, not called."""

    def __init__(self, grid: Grid, found: _Found, strings: list[str], styles: Styles) -> None:
        self._grid, self._found = grid, found
        self._strings, self._styles = strings, styles
        self._columns: dict[str, int] = {}  # letters → place
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.buffer_size = PIECE
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._handlers()
        self.parser.StartDoctypeDeclHandler = _no_document_type

    def _handlers(self) -> tuple[Callable[[str, Attributes], None], Callable[[str], None]]:
        parser, columns, cell_of = self.parser, self._columns, self._cell
        line, place, formula = 0, -1, False
        cell: Attributes = {}
        text: list[str] = []
        row: list[str] = []
        kinds = bytearray()

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal line, place, formula, cell
            if tag == "c":
                cell, formula = attributes, False
                text.clear()
                reference = attributes.get("r")
                if reference is None:
                    place += 1
                else:
                    letters = reference.rstrip("0123456789")
                    at = columns.get(letters)
                    if at is None:
                        at = columns[letters] = _column(letters, reference, line)
                    if at <= place or reference[len(letters) :] != str(line):
                        raise refused("broken_sheet", line, cell=reference[:20])
                    place = at
            elif tag == "v" or tag == "t":
                parser.CharacterDataHandler = text.append
            elif tag == "f":
                formula = True
            elif tag == "row":
                line = self._begin_row(attributes, line)
                place = -1
            elif ":" in tag:
                start(tag.rpartition(":")[2], attributes)
            elif tag in ("col", "mergeCell"):
                self._aside(tag, attributes)

        def end(tag: str) -> None:
            if tag == "v" or tag == "t":
                parser.CharacterDataHandler = None
            elif tag == "c":
                if text or formula:
                    content, kind = cell_of(cell, "".join(text), formula, line)
                    if content or kind:
                        row.extend([""] * (place - len(row)))
                        row.append(content)
                        if kind:
                            kinds.extend(bytes(place - len(kinds)))
                            kinds.append(kind)
            elif tag == "row":
                if kinds or any(content and not content.isspace() for content in row):
                    self._grid.add(line, row[:], bytes(kinds))
                row.clear()
                kinds.clear()
            elif ":" in tag:
                end(tag.rpartition(":")[2])

        return start, end

    def _begin_row(self, attributes: Attributes, before: int) -> int:
        given = attributes.get("r")
        line = before + 1
        if given is not None:
            line = int(given) if given.isdecimal() and len(given) <= 7 else 0
        if not before < line <= LAST_ROW:
            raise refused("broken_sheet", 0, cell=(given or str(line))[:20])
        if attributes.get("hidden") in ("1", "true") and len(self._found.hidden_lines) < MOST_HIDDEN:
            self._found.hidden_lines.append(line)
        return line

    def _aside(self, tag: str, attributes: Attributes) -> None:
        if tag == "mergeCell":
            if len(self._found.merged) >= MAX_MERGED:
                raise refused("too_many_merged", limit=MAX_MERGED)
            self._found.merged.append(_area(attributes.get("ref", "")))
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]), min(int(attributes["max"]), LAST_COLUMN)
            if len(self._found.hidden_columns) < LAST_COLUMN:
                self._found.hidden_columns += range(first, last + 1)

    def _cell(self, cell: Attributes, stored: str, formula: bool, line: int) -> tuple[str, Kind]:
        """The text and kind of a cell: its stored value under its type and format."""
        kind = cell.get("t", "n")
        try:
            if kind == "s":
                return self._strings[int(stored)], Kind.TEXT
            if kind == "n":
                if not stored:
                    return "", Kind.UNCOMPUTED if formula else Kind.TEXT
                shown = self._styles.shown.get(cell.get("s", ""))
                if shown is not None:
                    return shown_text(stored, shown, self._styles.first_day)
                content, what = number_text(stored)
                red = what is Kind.NUMBER and cell.get("s", "") in self._styles.red and float(stored) > 0
                return content, Kind.RED if red else what
        except (ValueError, IndexError, OverflowError) as problem:
            raise refused("broken_sheet", line, cell=cell.get("r", "")[:20]) from problem
        if kind == "b":
            return "TRUE" if stored in ("1", "true") else "FALSE", Kind.BOOLEAN
        if kind == "e":
            return stored, Kind.ERROR
        if kind == "d":
            return stored.replace("T", " ").removesuffix(" 00:00:00"), Kind.DATE
        return stored, Kind.TEXT


def _column(letters: str, reference: str, line: int) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    if not letters.isascii() or not letters.isupper() or len(letters) > 3 or place > LAST_COLUMN:
        raise refused("broken_sheet", line, cell=reference[:20])
    return place - 1


def _area(reference: str) -> Area:
    match = AREA.match(reference)
    if match is None:
        raise refused("broken_sheet", 0, cell=reference[:20])
    left, top = _column(match[1], reference, 0) + 1, int(match[2])
    right, bottom = (_column(match[3], reference, 0) + 1, int(match[4])) if match[3] else (left, top)
    return Area(top, left, bottom, right)


def _no_document_type(*_: object) -> None:
    # Entities of its own would let a small file grow without end, or ask for others.
    raise refused("unreadable", format="xlsx")
