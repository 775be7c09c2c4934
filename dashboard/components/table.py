"""One table record for screen, sheet and file: exact values with their kind, shown by ``display`` in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, plain
from dashboard.words import display
from dashboard.words.passport import REST, About, Figure, Printed
from dashboard.words.wording import _

Kind = Literal["text", "money", "percent", "points", "number", "count", "day"]
Cell = Any  # str, int (fen or count), Decimal, Fraction, date, a Figure, a sentence (the list of its pieces) or None


@dataclass(frozen=True, slots=True)
class Column:
    """``kind`` says what the raw values are: money is fen, percent and points are numbers already × 100. ``what`` is what
    figures they are, where the column holds one kind of them, and ``WHAT:PART`` of which part; else the row says the
    part, and the place and period where they are not the table's.

    ``unit``: the money unit of its amounts where it is not the table's, which its title then names.

    ``sums``: amounts and counts of the rows add up to that of a ``sum`` row at the foot; not where each is estimated or
    measured by itself.
    """

    key: str
    title: str
    kind: Kind = "text"
    places: int = 2
    signed: bool = False
    hidden: bool = False  # in files only, not on screen
    what: str = ""
    right: bool = False  # figures already in words, such as those of different units in one column
    sums: bool = True
    units: bool = False  # each figure is followed by its own unit
    unit: str = ""
    # Of its cells: ``norm`` for limits, aims and weights that somebody set, ``written`` for what people wrote.
    className: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    values: Mapping[str, Cell]
    href: str = ""
    indent: int = 0
    style: str = ""  # "", total, sum
    selected: bool = False
    extra: Mapping[str, Child] = field(default_factory=dict)  # a component shown in place of, or before, a value
    part: str = ""
    place: str | None = None  # the table's own unless told
    period: str | None = None
    shades: Mapping[str, int] = field(default_factory=dict)  # of cells of a heat map, by column: 1 (lightest) to 7


@dataclass(frozen=True, slots=True)
class Table:
    """``code`` is its name in export addresses, ``unit`` the money unit of money columns, ``about`` what the figures
    of its columns have in common.

    A file says of which place and period its rows are: those looked at, unless ``place`` or ``period`` name others;
    ``of_now``: the rows are as they stand now, whatever period is looked at. ``days``: the column whose days its rows
    stand under in a calendar file; "" where it is none.
    """

    code: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    unit: str = "yi"
    foot: Sequence[Row] = ()
    note: str = ""
    place: str = ""
    period: str = ""
    of_now: bool = False
    about: About | None = None
    days: str = ""


def figures_in(table: Table, column: Column, row: Row) -> list[Figure]:
    """The figures that stand in a cell: one, those of a sentence, or none."""
    value = row.values.get(column.key)
    if isinstance(value, list):
        return [one.figure for one in printed_in(value)]
    figure = _figure_in(table, column, row)
    return [] if figure is None else [figure]


def printed_in(pieces: Child | Sequence[Child] | None) -> list[Printed]:
    """The figures of a sentence, in its order."""
    if pieces is None or isinstance(pieces, str):
        return [pieces] if isinstance(pieces, Printed) else []
    within = pieces if isinstance(pieces, Sequence) else [getattr(pieces, "children", None)]
    return [found for one in within for found in printed_in(one)]


def _figure_in(table: Table, column: Column, row: Row) -> Figure | None:
    """The figure that is a cell; None where a text is, or nothing."""
    value = row.values.get(column.key)
    if isinstance(value, Figure):
        return value
    if not column.what or table.about is None or column.key not in row.values or isinstance(value, (str, date, list)):
        return None
    what, _mark, part = column.what.partition(":")
    return table.about.figure(what, value, part=part or row.part, place=row.place, period=row.period)


def cell(table: Table, column: Column, row: Row) -> str:
    """What stands in a cell, as the reader sees it: a figure with its passport, "" where the row has nothing."""
    if column.key not in row.values:
        return ""
    value = row.values[column.key]
    figure = _figure_in(table, column, row)
    if figure is None:
        return shown(column, value, table.unit)
    return _printed(column, figure, table.unit)


def _printed(column: Column, figure: Figure, unit: str) -> str:
    # In a column of different units points have their sign, as everywhere.
    signed = column.signed or (column.kind == "text" and figure.unit == "points")
    return display.printed(figure, column.unit or unit, places=_places(column, figure), signed=signed)


def _places(column: Column, figure: Figure) -> int:
    if column.kind == "count":
        return 0
    return column.places if column.kind in ("percent", "points", "number") else figure.places


def unit_of(table: Table, column: Column) -> str:
    """亿元, %, 百分点, 个月: the unit of a column's numbers, which an amount has of its table and others of what they are; ""
    where they have none, or each cell names its own."""
    if column.kind == "money":
        return display.unit_name(column.unit or table.unit)
    if column.kind in ("percent", "points"):
        return _(display.UNIT_NAMES[column.kind])
    if column.kind != "number" or column.units:
        return ""
    units = {figure.unit for row in (*table.rows, *table.foot) for figure in figures_in(table, column, row)}
    name = display.UNIT_NAMES.get(units.pop(), "") if len(units) == 1 else ""
    return _(name) if name else ""


# What a column of words needs at the least, that of the rows' names, and what both have where a table is parted; in letters.
LEAST_WORDS, LEAST_NAME, ROOM_OF_WORDS = 5.0, 7.0, 8.0


def column_groups(wanted: Sequence[float], figures: Sequence[bool], room: float, parted: float) -> list[list[int]]:
    """The columns of a table too wide for a page, in groups that each have the first one of words, the rows' names; one group
    where its figures stand beside one another. ``wanted`` is how wide each is in letters, ``figures`` which keep that
    width, ``room`` what a page holds in its smallest letters, ``parted`` in those that groups are set in."""
    places = list(range(len(wanted)))
    name = next((place for place in places if not figures[place]), 0)
    others = [place for place in places if place != name]
    least = [one if fixed else min(one, LEAST_WORDS) for one, fixed in zip(wanted, figures, strict=True)]
    least[name] = wanted[name] if figures[name] else min(wanted[name], LEAST_NAME)
    if sum(least) <= room or len(places) < 3:
        return [places]
    need = [one if fixed else min(one, ROOM_OF_WORDS) for one, fixed in zip(wanted, figures, strict=True)]
    for size in range(len(others) - 1, 0, -1):
        groups = [others[at : at + size] for at in range(0, len(others), size)]
        if all(need[name] + sum(need[place] for place in group) <= parted for group in groups):
            break
    # As few groups, but evenly filled.
    size = -(-len(others) // len(groups))
    return [sorted([name, *others[at : at + size]]) for at in range(0, len(others), size)]


def continued(title: str) -> str:
    """表1　分地区预算（续）: over a table's second part and those after it, of its columns or its rows."""
    return _("{title}（续）", title=title)


def raw(value: Cell) -> Cell:
    """A cell's value without its passport."""
    return value.value if isinstance(value, Figure) else value


def rest(columns: Sequence[Column], rows: Sequence[Row], whole: Mapping[str, Cell], name: str, part: str) -> list[Row]:
    """What the rows leave of the whole, as a row of its own under a name; none where they add up.

    Of amounts and counts alone; where the whole has none, or no row has, there is nothing to subtract. ``part`` is what
    the row is of.
    """
    left: dict[str, Cell] = {}
    for column in columns:
        total = raw(whole.get(column.key))
        known = [one for row in rows if (one := raw(row.values.get(column.key))) is not None]
        if column.kind in ("money", "count") and column.sums and known and total is not None:
            fen, of = total - sum(known), whole[column.key]
            left[column.key] = replace(of, place=f"{of.place}{REST}", value=fen) if isinstance(of, Figure) else fen
    if not any(map(raw, left.values())):
        return []
    return [Row({**{column.key: None for column in columns}, **left, columns[0].key: name}, part=part)]


def shown(column: Column, value: Cell, unit: str) -> str:
    """A raw value as the reader sees it."""
    if isinstance(value, Figure):
        text = _printed(column, value, unit)
        return "".join(display.with_unit(text, value, unit)) if column.units else text
    if isinstance(value, list):
        return plain(value)
    if value is None:
        return display.NO_VALUE
    if column.kind == "money":
        return display.money(int(value), column.unit or unit, signed=column.signed)
    if column.kind in ("percent", "points", "number"):
        return display.number(value, column.places, signed=column.signed)
    if column.kind == "count":
        return display.number(value, 0)
    if column.kind == "day":
        return display.day_name(value) if isinstance(value, date) else str(value)
    return str(value)


@dataclass(frozen=True, slots=True)
class Cards:
    """How a row stands on a phone, where its columns do not fit: ``head`` before the ``lead``, which has a line of its own,
    then those ``named`` with their heads; the keys of columns. The others are left out there."""

    head: Sequence[str]
    lead: str
    named: Sequence[str]

    def looks(self, column: Column) -> tuple[str, str | None]:
        """The class of a column's cells, and the name they carry."""
        if column.key == self.lead:
            return "lead", None
        if column.key in self.named:
            return "", column.title
        return "" if column.key in self.head else "not-phone", None


def html_table(
    table: Table, *, sort_hrefs: Mapping[str, str] | None = None, sorted_by: str = "", cards: Cards | None = None
) -> Component:
    """The table on screen. Numbers right, the first column stays in view, a row's link covers its first cell."""
    columns = [column for column in table.columns if not column.hidden]
    head = html.Thead(html.Tr([_head(column, sort_hrefs or {}, sorted_by) for column in columns]))
    body = html.Tbody([_row(table, row, columns, cards) for row in table.rows])
    parts: list[Component] = [head, body]
    if table.foot:
        parts.append(html.Tfoot([_row(table, row, columns, cards) for row in table.foot]))
    caption = html.Caption(table.title, className="vh")
    return html.Table([caption, *parts], className="t cards" if cards else "t")


def is_right(column: Column) -> bool:
    """Whether its cells are figures, which stand at the right."""
    return column.right or column.kind not in ("text", "day")


def _head(column: Column, sort_hrefs: Mapping[str, str], sorted_by: str) -> Component:
    direction = attributes(aria_sort="descending" if sorted_by == column.key else None)
    content: Child = column.title
    if column.key in sort_hrefs:
        content = html.A(column.title, href=sort_hrefs[column.key], className="sort")
    return html.Th(content, className="r" if is_right(column) else "", scope="col", **direction)


def _pieces(table: Table, column: Column, row: Row, text: str) -> list[Child]:
    """A cell's text as it is set: a sentence keeps its pieces, a figure is followed by its unit where the column says so."""
    value = row.values.get(column.key)
    if isinstance(value, list):
        return list(value)
    figure = _figure_in(table, column, row) if column.units else None
    return [text] if figure is None else [*display.with_unit(text, figure, table.unit)]


def _row(table: Table, row: Row, columns: Sequence[Column], cards: Cards | None = None) -> Component:
    cells = []
    for position, column in enumerate(columns):
        text = cell(table, column, row)
        numeric = is_right(column)
        classes = ["r"] if numeric else []
        if numeric and text == display.NO_VALUE:
            classes = ["none"]
        if column.className:
            classes.append(column.className)
        if position == 0 and row.indent:
            classes.append(f"i{row.indent}")
        content: list[Child] = _pieces(table, column, row, text)
        if column.key in row.extra:
            content = [row.extra[column.key], *([" ", *content] if text else [])]
        if position == 0 and row.href:
            content = [html.A(content, href=row.href, className="cover")]
        look, name = cards.looks(column) if cards else ("", None)
        cells.append(
            html.Td(content, className=" ".join([*classes, *([look] if look else [])]), **attributes(data_name=name))
        )
    marked = attributes(data_href=row.href or None, aria_selected="true" if row.selected else None)
    return html.Tr(cells, className=row.style, **marked)
