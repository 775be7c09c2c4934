"""What a file offers to a table of ours: rows in the form of a delivery, each with the cell that it was read from."""

from __future__ import annotations

from collections.abc import Mapping as Map, Sequence
from dataclasses import dataclass, field, replace

from data_access.intake.files.book import Sheet
from data_access.intake.importers.tables import TABLES
from data_access.intake.workbench.agreement import Listed, Sum, column_totals, sums
from data_access.intake.workbench.bank import BANK, statement
from data_access.intake.workbench.by_age import STRUCTURE, by_age
from data_access.intake.workbench.fields import FieldReader, Fields, fields_of
from data_access.intake.workbench.find import Found, find
from data_access.intake.workbench.mapping import Mapping, Meant
from data_access.intake.workbench.names import Names, side_of
from data_access.intake.workbench.reading import Cell, Guess, Question, Understood, understand
from data_access.intake.workbench.reported import Dated, stated
from data_access.intake.workbench.schemes import likely
from data_access.intake.workbench.statements import formed
from data_access.intake.workbench.trial import TRIAL, trial

PUBLISHED = "published_total"
SAMPLE = 200  # rows that tell what kind of places a table has


@dataclass(frozen=True)
class Offer:
    """What one sheet offers. ``columns``: texts by the column they are delivered under, one a row; ``cells`` and ``lines``:
    where each row stands; ``nil``: the cells that say that there is no value; ``left_out``: heads that are not taken;
    ``sums``: the table's own totals beside what their parts add up to; ``questions``: what must be answered before
    anything is taken; ``notes``: the marks beside figures, by cell; ``hidden``: the lines of rows that the sheet hides,
    taken unless the mapping says otherwise; ``dated``: the figures of a form with their months. ``target`` is empty where no table of ours is a home for it.
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
    notes: Map[str, str] = field(default_factory=dict)
    hidden: tuple[int, ...] = ()
    dated: tuple[Dated, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.cells)


def offers(sheets: Sequence[Sheet], names: Names, mapping: Mapping, schemes: Sequence[Names] = ()) -> tuple[Offer, ...]:
    """What each sheet with a table offers, in the order of the file; sheets without one are passed over. ``schemes``: the
    names of those that a form may be of, where the mapping does not say."""
    made = []
    for sheet in sheets:
        found = find(sheet)
        if found is not None:
            hidden = found.hidden
            found = found.without(hidden) if mapping.without_hidden else found
            side = names.side or side_of((found.title, *found.about))
            fields = fields_of(found, mapping)
            told = replace(names, side=side)
            if mapping.target in ("", STRUCTURE) and (persons := by_age(found, told, mapping)):
                offer = _listed(found, STRUCTURE, persons)
            elif fields:
                offer = _by_columns(found, fields, told, mapping)
            elif mapping.target in ("", BANK) and (of_bank := statement(found, told, mapping)):
                offer = _listed(found, BANK, of_bank)
            elif mapping.target in ("", TRIAL) and (of_trial := trial(found, told, mapping)):
                offer = _listed(found, TRIAL, of_trial)
            elif names.scheme is None and (among := likely(found, [replace(one, side=side) for one in schemes])):
                offer = _by_likely_form(found, among, mapping)
            else:
                offer = _by_form_or_cells(found, told, mapping)
            if not offer.rows and mapping.target in TABLES and (meant := fields_of(found, mapping, whatever=True)):
                offer = _by_columns(found, meant, told, mapping)
            made.append(replace(offer, hidden=hidden))
    return tuple(made)


def _listed(found: Found, target: str, made: Listed) -> Offer:
    """Rows of a table of a form of its own: entries of a bank's statement, subjects of a trial balance, persons by age."""
    return Offer(
        found,
        target,
        made.columns,
        [found.address(*place) for place in made.places],
        [int(found.sheet.lines[row]) for row, _column in made.places],
        tuple(found.address(*place) for place in made.nil),
        made.left_out,
        made.guesses,
        made.questions,
        made.sums,
    )


def _by_likely_form(found: Found, among: Sequence[Names], mapping: Mapping) -> Offer:
    """A form of the one scheme that it may be of; where there are several, it is asked which."""
    offer = _by_form(found, formed(found, among[0]), among[0], mapping)
    if len(among) > 1:
        return replace(offer, questions=(Question("name", "scheme"),))
    scheme = among[0].scheme
    assert scheme is not None
    return replace(offer, guesses=(Guess("scheme", found.title, scheme.code, "alias", offer.rows), *offer.guesses))


def _by_form_or_cells(found: Found, names: Names, mapping: Mapping) -> Offer:
    """A form of income and expenditure of the scheme, else any table whose cells are rows."""
    parts = formed(found, names) if mapping.target != PUBLISHED else ()
    if not parts and "item" in mapping.constants and names.scheme is not None:
        parts = (found,)
    return _by_form(found, parts, names, mapping) if parts else _by_cells(found, names, mapping)


def _by_form(found: Found, parts: Sequence[Found], names: Names, mapping: Mapping) -> Offer:
    """Each cell is what its department reports of a place, item and months."""
    made = stated(parts, names, mapping)
    skipped = {one.line: one for part in parts for one in part.skipped}
    return Offer(
        replace(found, skipped=tuple(skipped[line] for line in sorted(skipped))),
        made.target,
        made.columns,
        [found.address(*cell.place) for cell in made.cells],
        [int(found.sheet.lines[cell.place[0]]) for cell in made.cells],
        tuple(found.address(*cell.place) for cell in made.nil),
        made.left_out,
        made.guesses,
        made.questions,
        made.sums,
        notes={found.address(*cell.place): cell.note for cell in made.cells if cell.note},
        dated=made.dated,
    )


def _by_columns(found: Found, fields: Fields, names: Names, mapping: Mapping) -> Offer:
    """Each row is a row; one without a value in an amount is listed as such."""
    placed = [at for at, column in fields.places.items() if column.codes in ("region", "place")]
    reader = FieldReader(found, fields, names.beside(_texts(found, placed)), mapping)
    rows: list[dict[str, str]] = []
    main = next(iter(fields.units), next(iter(fields.places), 0))
    cells: list[str] = []
    lines: list[int] = []
    for row in found.rows:
        said = reader.row(row)
        if said is None:
            continue
        rows.append(said)
        cells.append(found.address(row, main))
        lines.append(int(found.sheet.lines[row]))
    told = dict.fromkeys(column.code for column in fields.places.values()) | dict.fromkeys(
        n for row in rows for n in row
    )
    columns = {name: [row.get(name, "") for row in rows] for name in told}
    same = {"unit": mapping.unit, **mapping.constants} if mapping.unit and _has_unit(fields) else mapping.constants
    constants = {name: [value] * len(cells) for name, value in same.items() if name not in columns}
    units = tuple(Question("unit", "/".join(found.heads[at])) for at, unit in fields.units.items() if unit is None)
    rest = tuple("/".join(head) for at, head in enumerate(found.heads) if head and at not in fields.places)
    return Offer(
        found,
        fields.table.name,
        {**columns, **constants},
        cells,
        lines,
        tuple(reader.nil),
        rest,
        reader.guesses,
        (*units, *(Question("name", code) for code in fields.missing), *reader.questions),
        column_totals(found, mapping, tuple(fields.units)),
        notes=reader.notes,
    )


def _period(said: Map[str, str], meant: Meant) -> dict[str, str]:
    """The year and its part that a cell speaks of, by its row and column, else by the table."""
    year, _, part = said.get("period", "").rpartition(" ")
    part = part or said.get("month", "")
    year = year or said.get("year", "")
    if not year and meant.period:
        year = str(meant.period)[:4]
        part = part or meant.part or str(meant.period)[4:]
    if said.get("span") == "to_date" and part.isdigit():
        part = f"01-{part}"
    return {name: text for name, text in (("year", year), ("period", part)) if text}


def _has_unit(fields: Fields) -> bool:
    return any(column.code == "unit" for column in fields.table.columns)


def _texts(found: Found, columns: Sequence[int]) -> list[str]:
    """The different texts of some columns, as far as they tell what kind of places a table has."""
    return sorted({found.text(row, at) for at in columns for row in found.rows[:SAMPLE]})


def _by_cells(found: Found, names: Names, mapping: Mapping) -> Offer:
    """Each cell is a row. Measures by region, year or both are published totals."""
    told = names.beside([*_texts(found, found.labels), *(text for head in found.heads for text in head)])
    read = understand(found, told, mapping)
    target = PUBLISHED if "measure" in {*read.meant.rows_are, *read.meant.columns_are, *mapping.constants} else ""
    rows: list[tuple[Cell, dict[str, str]]] = []
    missing: set[str] = set()
    for cell in read.values:
        said: dict[str, str] = {**mapping.constants, **{str(axis): code for axis, code in cell.says.items()}}
        said |= _period(said, read.meant)
        said["note"] = cell.note
        if names.country:
            said.setdefault("region", names.country)
        said.setdefault("counted", told.counted.get(said.get("region", ""), ""))
        said |= {"value": f"{cell.number:f}", "unit": cell.unit or "", "citation": said.get("citation") or found.title}
        missing |= {name for name in ("scheme", "region", "measure", "year", "citation") if not said.get(name)}
        rows.append((cell, said))
    asked = [Question("name", name) for name in sorted(missing)] if target else []
    return Offer(
        found,
        target,
        {column.code: [said.get(column.code, "") for _cell, said in rows] for column in TABLES[PUBLISHED].columns},
        [found.address(*cell.place) for cell, _said in rows],
        [int(found.sheet.lines[cell.place[0]]) for cell, _said in rows],
        tuple(found.address(*cell.place) for cell in read.nil),
        mapping.left_out,
        read.guesses,
        (*read.questions, *asked),
        sums(read, mapping),
        read,
        notes={found.address(*cell.place): cell.note for cell in read.values if cell.note},
    )
