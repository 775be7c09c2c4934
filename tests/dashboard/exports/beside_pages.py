"""Files beside pages: whether each figure of a written file reads as on the reader's pages, by its text and its unit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from openpyxl.worksheet.worksheet import Worksheet

from dashboard.components.parts import pieces_of
from dashboard.components.table import Column, Row, Table, cell, printed_in
from dashboard.exports.blocks import Block, Grid, KeyFigures, Matters, Note, Paragraph, Picture, Pieces, plain
from dashboard.exports.workbook import HEAD_LINE
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.whats import what_of
from dashboard.words.wording import _
from tests.dashboard.exports import read_back

Reading = tuple[str, str]  # a figure's text, and its unit: one of amounts, or as the figure has it


@dataclass
class Taken:
    """What stands on a reader's pages, by figure, its exact values and its readings; and the blocks that go into files."""

    login: str
    values: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    readings: dict[str, set[Reading]] = field(default_factory=lambda: defaultdict(set))
    blocks: list[Block] = field(default_factory=list)
    papers: list[Block] = field(default_factory=list)  # of the sheet, which is no slides and no workbook


def unit_of(key: str, style: str) -> str:
    """The unit of a figure as printed: one of amounts, or as the figure has it."""
    what, _mark, part = key.partition("|")[0].partition(":")
    unit = what_of(what, part).unit
    return style.lstrip("+|") if unit == "fen" else unit


def unit_named(unit: str) -> str:
    """A unit as it is read."""
    return display.unit_name(unit) if unit in display.UNITS else _(display.UNIT_NAMES[unit])


@dataclass
class Compared:
    """What a kind of file holds beside the pages: ``held`` the figures that stand in it, by reader, ``besides`` those that
    stand on no page, ``wrong`` what reads otherwise."""

    held: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    besides: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    wrong: list[str] = field(default_factory=list)

    def figure(self, one: Taken, key: str, value: str, text: str, unit: str | None) -> None:
        """A figure as the file has it beside the pages; a sentence has its unit in its words."""
        if key not in one.readings:
            self.besides[one.login].add(key)
            return
        self.held[one.login].add(key)
        by_convention = value == "0" and one.values[key] == {"none"}
        same = [reading for reading in one.readings[key] if reading[0] == text and unit in (None, reading[1])]
        if not by_convention and (not same or value not in one.values[key]):
            self.wrong.append(f"{one.login} {key} {value}: {text} {unit}, on the page {one.readings[key]}")

    def printed(self, one: Taken, printed: Printed, said: str) -> None:
        """A figure that a text of the file is to hold, with its sign or with words that say the direction."""
        key, unit = printed.figure.key, unit_of(printed.figure.key, printed.style)
        if not holds(said, printed):
            self.wrong.append(f"{one.login} {key}: not {printed} but {said}")
        known = one.readings.get(key, ())
        signed = [text for text, of in known if of == unit and text.lstrip("+−") == printed]
        text = signed[0] if printed.style.startswith("|") and signed else str(printed)
        self.figure(one, key, printed.figure.exact, text, unit)

    def unit(self, one: Taken, printed: Printed, around: str) -> None:
        """The unit of a figure, which is to stand over its column, in its head or beside it."""
        named = unit_named(unit_of(printed.figure.key, printed.style))
        if printed != display.NO_VALUE and named.casefold() not in around.casefold():
            self.wrong.append(f"{one.login} {printed.figure.key}: {printed} without {named} in {around}")

    def text(self, one: Taken, pieces: Pieces, whole: str) -> None:
        """A sentence."""
        said = plain(pieces)
        if read_back.squeezed(said) not in whole:
            self.wrong.append(f"{one.login}: {said} does not stand there")
        for printed in printed_in(list(pieces)):
            self.printed(one, printed, said)


def holds(said: str, text: str) -> bool:
    """Whether a text has a figure, and not as a part of another."""
    return re.search(rf"(?<![\d.,+−]){re.escape(text)}(?![.,]?\d)", said) is not None


def texts_of(block: Block) -> Iterator[Pieces]:
    """The sentences of a block, and its figures that stand alone."""
    match block:
        case Paragraph() | Note():
            yield block.pieces
        case KeyFigures():
            for one in block.figures:
                yield from (one.before, [one.figure], *one.lines)
        case Matters():
            yield from (one.what for one in block.matters)


def columns_of(table: Table) -> list[Column]:
    return [column for column in table.columns if not column.hidden]


def printed_of(table: Table, column: Column, row: Row) -> list[Printed]:
    """The figures that stand in a cell, as printed."""
    value = row.values.get(column.key)
    shown = cell(table, column, row)
    return printed_in(value) if isinstance(value, list) else [shown] if isinstance(shown, Printed) else []


def printed_in_block(block: Block) -> list[Printed]:
    """Every figure of a block's sentences and cells; a chart is drawn."""
    found = [printed for pieces in texts_of(block) for printed in printed_in(list(pieces))]
    if isinstance(block, Grid):
        rows = [*block.table.rows, *block.table.foot]
        found += [
            one for row in rows for column in columns_of(block.table) for one in printed_of(block.table, column, row)
        ]
    return found


def compare_tables(compared: Compared, one: Taken, table: Table, shown: read_back.Shown) -> None:
    columns, rows = columns_of(table), [*table.rows, *table.foot]
    assert [len(line) for line in shown.rows] == [len(columns)] * (len(rows) + 1), table.title
    for row, line in zip(rows, shown.rows[1:], strict=True):
        for column, head, said in zip(columns, shown.rows[0], line, strict=True):
            for printed in printed_of(table, column, row):
                compared.printed(one, printed, said)
                if not isinstance(row.values[column.key], list):
                    compared.unit(one, printed, " ".join([shown.above, head, *line]))


def compare_charts(compared: Compared, one: Taken, picture: Picture, book: Worksheet) -> None:
    """The workbook of a chart has in each row what the table reads there, a line that goes on its last value twice."""
    plot = picture.plot
    columns = {column.key: column for column in plot.table.columns}
    for row, line in zip(plot.rows, book.iter_rows(min_row=2), strict=True):
        inside = {read_back.of_cell(cell) for cell in line[1:] if cell.number_format != "General"}
        drawn = [printed for mark in plot.marks for printed in printed_of(plot.table, columns[mark.column], row)]
        for printed in drawn:
            compared.printed(one, printed, " ".join(sorted(inside)))
        if inside - set(drawn):
            compared.wrong.append(f"{one.login} {picture.title}: {inside - set(drawn)} are no {drawn}")


def office(every: list[Taken], shown: read_back.Read, *, papers: bool) -> Compared:
    """A document or deck beside the pages."""
    compared, tables, books = Compared(), iter(shown.tables), iter(shown.books)
    for one in every:
        for block in [*one.blocks, *(one.papers if papers else [])]:
            for pieces in texts_of(block):
                compared.text(one, pieces, shown.text)
            if isinstance(block, Grid):
                table = next(tables)
                lines = list(table.rows)
                while len(lines) <= len(block.table.rows) + len(block.table.foot):
                    lines += next(tables).rows[1:]  # goes on on the next slide, with its head
                while len(lines[0]) < len(columns_of(block.table)):
                    # The other columns stand below, each part with the names of the rows.
                    lines = [left + right[1:] for left, right in zip(lines, next(tables).rows, strict=True)]
                compare_tables(compared, one, block.table, replace(table, rows=lines))
            elif isinstance(block, Picture):
                compare_charts(compared, one, block, next(books))
            elif isinstance(block, KeyFigures | Matters) and papers:
                next(tables)
    assert next(tables, None) is None and next(books, None) is None
    return compared


def workbook(every: list[Taken], blob: bytes) -> Compared:
    """A workbook beside the pages: it says itself which figure stands in each cell."""
    compared, (sheets, told) = Compared(), read_back.of_xlsx(blob)
    owners = [one for one in every for block in one.blocks if isinstance(block, Grid | Picture)]
    owned = dict(zip([*sheets][1:], owners, strict=True))  # the first one is the cover
    for place, key, value in told:
        one, sheet = owned[place.parent.title], place.parent
        said = read_back.of_cell(place)
        around = " ".join(
            read_back.of_cell(cell) for cell in (sheet.cell(HEAD_LINE + 1, place.column), *sheet[place.row])
        )
        if isinstance(place.value, str):
            known = [text for text, _unit in one.readings.get(key, ()) if holds(said, text)]
            compared.figure(one, key, value, (known or [said])[0], None)
        else:
            units = [unit for text, unit in one.readings.get(key, ()) if text == said]
            compared.figure(
                one,
                key,
                value,
                said,
                next((unit for unit in units if unit_named(unit).casefold() in around.casefold()), ""),
            )
    return compared


class Paper:
    """The text of a PDF, read on from where the last text was found."""

    def __init__(self, whole: str, compared: Compared) -> None:
        self.whole, self.compared, self.at = whole, compared, 0

    def seek(self, text: str) -> str:
        """What stands before a text, which is next to be found."""
        sought = read_back.squeezed(text)
        found = self.whole.find(sought, self.at)
        before = self.whole[self.at : found]
        if found < 0:
            self.compared.wrong.append(f"{text} does not stand after {self.whole[self.at - 40 : self.at]}")
        else:
            self.at = found + len(sought)
        return before

    def group(self, columns: list[Column]) -> list[Column]:
        """Those of the columns whose heads come next, beside one another: of a wide table not all."""
        heads = [read_back.squeezed(column.title) for column in columns]
        places = {count: self.whole.find("".join(heads[:count]), self.at) for count in range(2, len(heads) + 1)}
        return columns[: max(count for count, place in places.items() if place == places[2])]


def paper(every: list[Taken], whole: str) -> Compared:
    """A PDF beside the pages: tables row by row in their order, sentences, the ends of a chart's line."""
    compared = Compared()
    text = Paper(whole, compared)
    for one, block in [(taken, block) for taken in every for block in taken.blocks]:
        for pieces in texts_of(block):
            compared.text(one, pieces, whole)
        if isinstance(block, Picture):
            ends = [(block.plot.expected or 0) - 1, len(block.plot.rows) - 1]
            columns = [column for column in block.plot.table.columns if column.key == "balance"]
            drawn = [printed_of(block.plot.table, columns[0], block.plot.rows[place])[0] for place in ends]
            for printed in drawn:
                compared.printed(one, printed, printed if "".join(drawn) in whole else "")
        if isinstance(block, Grid):
            compare_paper(compared, one, block.table, text)
    return compared


def compare_paper(compared: Compared, one: Taken, table: Table, text: Paper) -> None:
    name, *left = columns_of(table)
    while left:
        text.seek(table.title)
        columns = text.group([name, *left])
        left = left[len(columns) - 1 :]
        heads = ""
        for row in (*table.rows, *table.foot):
            beside = {key: plain(pieces_of(said)) for key, said in row.extra.items()}
            cells = [beside.get(column.key, "") + cell(table, column, row) for column in columns]
            before = text.seek("".join(cells))
            heads = heads or before
            for column, said in zip(columns, cells, strict=True):
                for printed in printed_of(table, column, row):
                    compared.printed(one, printed, said)
                    if not isinstance(row.values[column.key], list):
                        compared.unit(one, printed, heads + "".join(cells))
