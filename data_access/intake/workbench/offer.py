"""What a file offers to a table of ours: rows in the form of a delivery, each with the cell that it was read from."""

from __future__ import annotations

from collections.abc import Mapping as Map, Sequence
from dataclasses import dataclass, field, replace

from data_access.intake.files.book import Sheet
from data_access.intake.importers.tables import TABLES
from data_access.intake.workbench.agreement import Sum, sums
from data_access.intake.workbench.fields import FieldReader, Fields, fields_of
from data_access.intake.workbench.find import Found, find
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Names, side_of
from data_access.intake.workbench.reading import Cell, Guess, Question, Understood, understand

PUBLISHED = "published_total"


@dataclass(frozen=True)
class Offer:
    """What one sheet offers. ``columns``: texts by the column they are delivered under, one a row; ``cells`` and ``lines``:
    where each row stands; ``nil``: the cells that say that there is no value; ``left_out``: heads that are not taken;
    ``sums``: the table's own totals beside what their parts add up to; ``questions``: what must be answered before
    anything is taken. ``target`` is empty where no table of ours is a home for it.
    """

    found: Found
    target: str
    columns: Map[str, Sequence[str]]
    cells: Sequence[str]
    lines: Sequence[int]
    nil: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    guesses: tuple[Guess, ...] = ()
    questions: tuple[Question, ...] = ()
    sums: tuple[Sum, ...] = ()
    understood: Understood | None = field(default=None, compare=False)

    @property
    def rows(self) -> int:
        return len(self.cells)


def offers(sheets: Sequence[Sheet], names: Names, mapping: Mapping) -> tuple[Offer, ...]:
    """What each sheet with a table offers, in the order of the file; sheets without one are passed over."""
    made = []
    for sheet in sheets:
        found = find(sheet)
        if found is not None:
            side = names.side or side_of((found.title, *found.about))
            fields = fields_of(found, mapping)
            told = replace(names, side=side)
            made.append(_by_columns(found, fields, told, mapping) if fields else _by_cells(found, told, mapping))
    return tuple(made)


def _by_columns(found: Found, fields: Fields, names: Names, mapping: Mapping) -> Offer:
    """Each row is a row; one without a value in an amount or another required column is listed as such."""
    reader = FieldReader(found, fields, names, mapping)
    columns: dict[str, list[str]] = {column.code: [] for column in fields.places.values()}
    main = next(iter(fields.units), next(iter(fields.places)))
    cells: list[str] = []
    lines: list[int] = []
    nil: list[str] = []
    for row in found.rows:
        read = {at: reader.read(row, at) for at in fields.places}
        empty = [_address(found, row, at) for at, text in read.items() if text is None]
        if empty:
            nil += empty
            continue
        for at, text in read.items():
            columns[fields.places[at].code].append(text or "")
        cells.append(_address(found, row, main))
        lines.append(int(found.sheet.lines[row]))
    constants = {name: [value] * len(cells) for name, value in mapping.constants.items() if name not in columns}
    questions = tuple(Question("unit", "/".join(found.heads[at])) for at, unit in fields.units.items() if unit is None)
    rest = tuple("/".join(head) for at, head in enumerate(found.heads) if head and at not in fields.places)
    return Offer(
        found, fields.table.name, {**columns, **constants}, cells, lines, tuple(nil), rest, reader.guesses, questions
    )


def _by_cells(found: Found, names: Names, mapping: Mapping) -> Offer:
    """Each cell is a row. Measures by region, year or both are published totals; items have no home yet."""
    read = understand(found, names, mapping)
    target = PUBLISHED if "measure" in {*read.meant.rows_are, *read.meant.columns_are, *mapping.constants} else ""
    rows: list[tuple[Cell, dict[str, str]]] = []
    missing: set[str] = set()
    for cell in read.values:
        said: dict[str, str] = {**mapping.constants, **{str(axis): code for axis, code in cell.says.items()}}
        if "year" not in said and read.meant.period:
            said["year"] = str(read.meant.period)[:4]
        said |= {"value": f"{cell.number:f}", "unit": cell.unit or "", "citation": said.get("citation") or found.title}
        missing |= {name for name in ("scheme", "region", "measure", "year", "citation") if not said.get(name)}
        rows.append((cell, said))
    asked = [Question("name", name) for name in sorted(missing)] if target else []
    return Offer(
        found,
        target,
        {column.code: [said.get(column.code, "") for _cell, said in rows] for column in TABLES[PUBLISHED].columns},
        [_address(found, *cell.place) for cell, _said in rows],
        [int(found.sheet.lines[cell.place[0]]) for cell, _said in rows],
        tuple(_address(found, *cell.place) for cell in read.nil),
        mapping.left_out,
        read.guesses,
        (*read.questions, *asked),
        sums(read, mapping),
        read,
    )


def _address(found: Found, row: int, column: int) -> str:
    name = found.sheet.name
    return f"{name}!{found.sheet.address(row, column)}" if name else found.sheet.address(row, column)
