"""A table as it is laid on paper or a slide: what is read in each cell, and how wide each column is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts.theme import SHADES, WHITE_FROM
from dashboard.components.parts import plain
from dashboard.components.table import Column, Row, Table, cell, column_groups, figures_in, is_right
from dashboard.exports.office.text import lines_of, width
from dashboard.words import display

NARROWEST = 3.2  # of a column, in letters
WORD = re.compile("[!-~]+")  # what no line parts


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its cells, "total" or "sum" or "", how many letters the first is set in; of a heat map each cell's shade,
    0 for none."""

    cells: Sequence[str]
    style: str
    indent: int
    shades: Sequence[int] = ()

    def ground(self, place: int) -> tuple[str, str]:
        """The colours of a cell's ground and of its letters, in hexadecimal; "" where it has none."""
        shade = self.shades[place] if self.shades else 0
        if not shade:
            return "", ""
        return SHADES[shade - 1][1:].upper(), "FFFFFF" if shade >= WHITE_FROM else ""


@dataclass(frozen=True, slots=True)
class Laid:
    head: Sequence[str]
    lines: Sequence[Line]
    right: Sequence[bool]


def laid(table: Table) -> Laid:
    """The columns that stand on screen, rows and foot, every cell as it is read."""
    columns = [column for column in table.columns if not column.hidden]
    lines = [
        Line(
            [_read(table, column, row) for column in columns],
            row.style,
            row.indent,
            [row.shades.get(column.key, 0) for column in columns] if row.shades else (),
        )
        for row in (*table.rows, *table.foot)
    ]
    return Laid([column.title for column in columns], lines, [is_right(column) for column in columns])


def _read(table: Table, column: Column, row: Row) -> str:
    text = cell(table, column, row)
    if column.units and text and not isinstance(row.values.get(column.key), list):
        for figure in figures_in(table, column, row)[:1]:
            text = "".join(display.with_unit(text, figure, table.unit))
    shown = plain([row.extra[column.key]]) if column.key in row.extra else ""
    return " ".join(part for part in (shown, text) if part)


def apart(table: Laid, across: float, sizes: Sequence[float], padding: float) -> list[Laid]:
    """A table in the parts that a page holds, each with the names of its rows; ``across`` and sizes as of :func:`fitting`."""
    groups = column_groups(_wanted(table, padding), table.right, across / sizes[-1], across / sizes[-2])
    if len(groups) == 1:
        return [table]
    return [
        Laid(
            [table.head[place] for place in group],
            [_some(line, group) for line in table.lines],
            [table.right[place] for place in group],
        )
        for group in groups
    ]


def _some(line: Line, group: Sequence[int]) -> Line:
    shades = [line.shades[place] for place in group] if line.shades else ()
    return Line([line.cells[place] for place in group], line.style, line.indent if 0 in group else 0, shades)


def _wanted(table: Laid, padding: float) -> list[float]:
    """How wide each column would be, in letters: no figure broken, a head in two lines but for a long word."""
    return [
        max(
            NARROWEST,
            *(width(line.cells[place]) + (0 if place else line.indent) for line in table.lines),
            min(width(head), 6.0),
            *(width(word) * 1.1 for word in WORD.findall(head)),
        )
        + padding
        if table.lines
        else width(head) + padding
        for place, head in enumerate(table.head)
    ]


def widths(table: Laid, room: float, padding: float) -> list[float]:
    """The columns' widths in letters, which fill the room: figures keep theirs, words share what is left."""
    wanted = _wanted(table, padding)
    spare = room - sum(wanted)
    if spare >= 0:
        return [one + spare * one / sum(wanted) for one in wanted]
    fixed = [one if right else 0.0 for one, right in zip(wanted, table.right, strict=True)]
    left = room - sum(fixed)
    words = [0.0 if right else one for one, right in zip(wanted, table.right, strict=True)]
    if not any(words) or left < NARROWEST * sum(1 for one in words if one):
        return [one * room / sum(wanted) for one in wanted]
    shared = _shared(words, left)
    return [one or other for one, other in zip(fixed, shared, strict=True)]


def fitting(table: Laid, across: float, sizes: Sequence[float], padding: float) -> tuple[float, list[float]]:
    """The first of the sizes in which no figure is broken and no row needs more than two lines, else the last, and the
    columns' widths in it; ``across`` and sizes in points, widths in letters."""
    wanted = _wanted(table, padding)
    for size in sizes:
        columns = widths(table, across / size, padding)
        tall = max((height(line, columns, padding) for line in table.lines), default=1)
        given = zip(wanted, columns, table.right, strict=True)
        if tall <= 2 and all(has >= needs for needs, has, right in given if right):
            break
    return size, columns


def _shared(words: Sequence[float], room: float) -> list[float]:
    """Room for columns of words: narrow ones keep their width, the wide ones share the rest evenly."""
    open_, given = {place for place, one in enumerate(words) if one}, [0.0] * len(words)
    while open_:
        share = (room - sum(given)) / len(open_)
        narrow = {place for place in open_ if words[place] <= share}
        for place in narrow or open_:
            given[place] = words[place] if narrow else share
        open_ -= narrow or open_
    return given


def height(line: Line | Sequence[str], columns: Sequence[float], padding: float) -> int:
    """In how many lines the tallest cell of a row stands; faces differ, so a little room is left."""
    cells = line.cells if isinstance(line, Line) else line
    return max(
        (lines_of(text, max(1.0, (room - padding) / 1.06)) for text, room in zip(cells, columns, strict=True)),
        default=1,
    )
