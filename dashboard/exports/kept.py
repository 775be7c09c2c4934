"""Blocks of a document as JSON, as a basket and a briefing keep them: with every figure's passport and exact value, so
that what was written stays as it was, and can be written again and compared with what is known later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dashboard.charts.plot import Limit, Mark, Plot
from dashboard.components.parts import pieces_of, plain as text_of
from dashboard.components.table import Cell, Column, Row, Table, figures_in
from dashboard.exports import blocks
from dashboard.exports.blocks import Block, Document, Pieces
from dashboard.words.passport import Figure, Number, Printed
from dashboard.words.worded import Dated, Turn
from dashboard.words.wording import in_language
from rules.alerts.threshold import Level
from rules.errors import PoolwatchError


class NotKept(PoolwatchError):
    """What is to be read is no kept block."""

    code = "not_kept"


Json = Any
BLOCKS: Mapping[str, type] = {
    one.__name__: one
    for one in (
        blocks.Heading,
        blocks.Paragraph,
        blocks.KeyFigures,
        blocks.Grid,
        blocks.Picture,
        blocks.Matters,
        blocks.Note,
        blocks.SignOff,
    )
}


# Beside a kept block: the view and the name under which it stands on a page, so that it can be read there again.
FROM = "from"


# --- numbers, figures, pieces


def number_json(value: Number | None) -> str | None:
    """An exact number as text that says what it is: 12, 1.50, 1/3."""
    return None if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


def read_number(text: str | None) -> Number | None:
    if text is None:
        return None
    if "/" in text:
        return Fraction(text)
    return Decimal(text) if "." in text else int(text)


def figure_json(figure: Figure) -> Json:
    given = {one.name: getattr(figure, one.name) for one in fields(figure)}
    return given | {"value": number_json(figure.value)}


def read_figure(given: Json) -> Figure:
    return Figure(**{**given, "value": read_number(given["value"])})


def piece_json(piece: str) -> Json:
    """A piece of a text: a text, or what it follows from."""
    if isinstance(piece, Printed):
        return {"printed": str(piece), "style": piece.style, "figure": figure_json(piece.figure)}
    if isinstance(piece, Turn):
        return {"turn": list(piece.words), "figure": figure_json(piece.figure)}
    if isinstance(piece, Dated):
        return {"dated": piece.form, "month": piece.month}
    return str(piece)


def read_piece(given: Json) -> str:
    """The piece again; its words are those of the present language."""
    if isinstance(given, str):
        return given
    if "printed" in given:
        return Printed(given["printed"], read_figure(given["figure"]), given["style"])
    if "turn" in given:
        return Turn(read_figure(given["figure"]), tuple(given["turn"]))
    if "dated" in given:
        return Dated(given["dated"], given["month"])
    raise NotKept(f"{sorted(given)} is no piece")


def pieces_json(pieces: Pieces) -> Json:
    return [piece_json(one) for one in pieces]


def read_pieces(given: Json) -> list[str]:
    return [read_piece(one) for one in given]


# --- tables and plots


def _cell_json(table: Table, column: Column, row: Row) -> Json:
    """A cell with the figure that it is, whether or not the table had to say which."""
    value = row.values.get(column.key)
    if isinstance(value, list):
        return {"pieces": pieces_json(pieces_of(value))}
    found = figures_in(table, column, row)
    if found:
        return {"figure": figure_json(found[0])}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if value is None or isinstance(value, str):
        return value
    return {"number": number_json(value)}


def _read_cell(given: Json) -> Cell:
    if given is None or isinstance(given, str):
        return given
    if "figure" in given:
        return read_figure(given["figure"])
    if "day" in given:
        return date.fromisoformat(given["day"])
    return read_pieces(given["pieces"]) if "pieces" in given else read_number(given["number"])


def _row_json(table: Table, row: Row) -> Json:
    cells = {column.key: _cell_json(table, column, row) for column in table.columns if column.key in row.values}
    made = {"values": cells, "indent": row.indent, "style": row.style, "shades": dict(row.shades)}
    # What stands before a value, as 预计, is words on paper.
    return made | {"extra": {key: said for key, child in row.extra.items() if (said := text_of([child]))}}


def _read_row(given: Json) -> Row:
    cells = {key: _read_cell(value) for key, value in given["values"].items()}
    return Row(
        cells,
        indent=given["indent"],
        style=given["style"],
        shades=given.get("shades", {}),
        extra=given.get("extra", {}),
    )


_OF_TABLE = ("code", "title", "unit", "note", "place", "period", "of_now")


def table_json(table: Table) -> Json:
    return {
        **{name: getattr(table, name) for name in _OF_TABLE},
        "columns": [asdict(column) | {"what": ""} for column in table.columns],
        "rows": [_row_json(table, row) for row in table.rows],
        "foot": [_row_json(table, row) for row in table.foot],
    }


def read_table(given: Json) -> Table:
    """The table again, each of its figures with its own passport."""
    return Table(
        columns=[Column(**column) for column in given["columns"]],
        rows=[_read_row(row) for row in given["rows"]],
        foot=[_read_row(row) for row in given["foot"]],
        **{name: given[name] for name in _OF_TABLE},
    )


def _plot_json(plot: Plot) -> Json:
    return {
        "table": table_json(plot.table),
        "along": plot.along,
        "rows": [_row_json(plot.table, row) for row in plot.rows],
        "marks": [asdict(mark) for mark in plot.marks],
        "limits": [{"level": int(one.level), "at": number_json(one.at), "name": one.name} for one in plot.limits],
        "levels": {str(place): int(level) for place, level in plot.levels.items()},
        "expected": plot.expected,
    }


def _read_plot(given: Json) -> Plot:
    limits = [Limit(Level(one["level"]), read_number(one["at"]) or 0, one["name"]) for one in given["limits"]]
    return Plot(
        read_table(given["table"]),
        given["along"],
        [_read_row(row) for row in given["rows"]],
        [Mark(**mark) for mark in given["marks"]],
        limits,
        {int(place): Level(level) for place, level in given["levels"].items()},
        given["expected"],
    )


# --- blocks


def block_json(block: Block) -> Json:
    """A block with its kind, as plain JSON values."""
    return {"block": type(block).__name__, **_fields_json(block)}


def _fields_json(record: Any) -> dict[str, Json]:
    return {one.name: _value_json(one.name, getattr(record, one.name)) for one in fields(record)}


def _value_json(name: str, value: Any) -> Json:
    if name in PIECES:
        return pieces_json(value)
    if name == "lines":
        return [pieces_json(line) for line in value]
    if isinstance(value, Table):
        return table_json(value)
    if isinstance(value, Plot):
        return _plot_json(value)
    if isinstance(value, date):
        return value.isoformat()
    if name in ("figures", "matters"):
        return [_fields_json(one) for one in value]
    return piece_json(value) if isinstance(value, str) else value


# What of a block is a text in pieces.
PIECES = frozenset({"pieces", "before", "what"})
_READ: Mapping[str, Callable[[Json], Any]] = {
    **dict.fromkeys(PIECES, read_pieces),
    "lines": lambda given: [read_pieces(line) for line in given],
    "table": read_table,
    "plot": _read_plot,
    "day": date.fromisoformat,
    "level": Level,
    "figures": lambda given: [_record(blocks.KeyFigure, one) for one in given],
    "matters": lambda given: [_record(blocks.Matter, one) for one in given],
}


def _record(kind: type, given: Mapping[str, Json]) -> Any:
    # A plain text may be a figure: the key figure of a band.
    return kind(
        **{name: _READ.get(name, _plain)(value) for name, value in given.items() if name not in ("block", FROM)}
    )


def _plain(value: Json) -> Any:
    return read_piece(value) if isinstance(value, dict) and {"printed", "turn", "dated"} & set(value) else value


def read_block(given: Json) -> Block:
    """The block again. Raises NotKept for what is none."""
    kind = BLOCKS.get(given.get("block", "")) if isinstance(given, dict) else None
    if kind is None:
        raise NotKept("no block of a document")
    made: Block = _record(kind, given)
    return made


def document_json(document: Document) -> Json:
    """A whole document, for the process that writes it."""
    return {
        "form": document.form,
        "title": document.title,
        "blocks": [block_json(one) for one in document.blocks],
        "source": asdict(document.source),
        "language": document.language,
        "masthead": None if document.masthead is None else _dated(asdict(document.masthead)),
        "draft": document.draft,
        "lines": [pieces_json(line) for line in document.lines],
        "fonts": document.fonts,
    }


def _dated(given: dict[str, Any]) -> dict[str, Json]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}


def read_document(given: Json) -> Document:
    """The document again, its words in its own language. Raises NotKept for what is none."""
    head = given["masthead"]
    if head is not None:
        head = blocks.Masthead(**{**head, "day": None if head["day"] is None else date.fromisoformat(head["day"])})
    with in_language(given["language"]):
        read = [read_block(one) for one in given["blocks"]]
        lines = [read_pieces(line) for line in given["lines"]]
    source = blocks.Source(**given["source"])
    return Document(
        given["form"], given["title"], read, source, given["language"], head, given["draft"], lines, given["fonts"]
    )
