"""What the cells of a table say once its rows and columns have a meaning: one value each, with the address it stands at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from data_access.intake.files.book import Kind
from data_access.intake.workbench.find import Found
from data_access.intake.workbench.mapping import Axis, Mapping, Meaning, Meant, meaning
from data_access.intake.workbench.names import Names
from data_access.intake.workbench.numbers import Said, read_number
from data_access.intake.workbench.units import currency_of, is_unit, named_in

State = Literal["value", "nil", "unreadable", "unknown"]
About = Literal["unit", "period", "name", "form", "day", "formula", "encoding"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as understood. ``place``: row and column in the sheet; ``says``: on each axis a code; ``unit``: the cell's,
    its column's or the table's; ``state``: *value*, *nil* (no value, never 0), *unreadable* (no number), *unknown* (its
    row or column says nothing known)."""

    address: str
    place: tuple[int, int]
    text: str
    state: State
    says: Map[Axis, str]
    number: Decimal | None
    unit: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """A name or form that was told by itself: its text, what it is taken for, by what, and in how many cells."""

    axis: str
    text: str
    code: str
    told_by: str
    cells: int

    @property
    def written(self) -> bool:
        """Whether it concerns how something is written, not what it stands for."""
        return self.axis in ("form", "date", "period")


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must say before anything can be taken: ``unit``, ``period``, ``name`` (of which text), ``form`` (of
    which number), ``day`` (in which order), ``encoding`` (as which of the cells of ``text`` are right); ``formula``: the
    file must be calculated and saved first."""

    about: About
    text: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Understood:
    """A table as understood: its cells in the order of the sheet, what was guessed, what must be asked."""

    found: Found
    meant: Meant
    cells: tuple[Cell, ...]
    guesses: tuple[Guess, ...]
    questions: tuple[Question, ...]

    @property
    def values(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.state == "value")

    @property
    def nil(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.state == "nil")


def understand(found: Found, names: Names, mapping: Mapping) -> Understood:
    """Read every cell of a found table by a mapping's decisions and the names."""
    meant = meaning(found, names, mapping)
    columns = {at: one for at, one in meant.columns.items() if not one.earlier}
    texts = {at: found.sheet.columns[at].to_pylist() for at in columns}
    cells: list[Cell] = []
    forms: Counter[str] = Counter()
    first: dict[str, str] = {}
    for row, label in meant.rows.items():
        for at, head in columns.items():
            cell, said = _cell(found, mapping, row, at, label, head, (texts[at][row] or "").strip())
            cells.append(cell)
            forms.update(said.forms)
            for form in said.forms:
                first.setdefault(form, cell.text)
    guesses = [
        *_name_guesses(cells, meant, found),
        *(Guess("form", first[form], form, "form", n) for form, n in forms.items() if form not in mapping.forms),
    ]
    return Understood(found, meant, tuple(cells), tuple(guesses), tuple(_questions(found, mapping, meant, cells)))


def number_in(found: Found, mapping: Mapping, row: int, at: int, currency: str, text: str | None = None) -> Said:
    """The number that a cell says. Red type without a sign may mean a negative one: none until somebody says which."""
    text = found.text(row, at) if text is None else text
    said = read_number(text, decimal_comma=mapping.decimal_comma, currency=currency)
    if said.number is None or found.kind(row, at) is not Kind.RED or mapping.red_plain:
        return said
    return replace(said, number=-said.number, forms=(*said.forms, "red")) if "red" in mapping.forms else Said()


def _cell(
    found: Found, mapping: Mapping, row: int, at: int, label: Meaning, head: Meaning, text: str
) -> tuple[Cell, Said]:
    says = {**label.says, **head.says}
    currency = currency_of(head.unit or label.unit or mapping.unit or found.unit)
    said = number_in(found, mapping, row, at, currency, text)
    if found.kind(row, at) in (Kind.UNCOMPUTED, Kind.ERROR):
        said = Said()
    unit = said.unit or head.unit or label.unit or mapping.unit or found.unit or named_in(found.about)
    state: State = "value" if said.number is not None else "nil" if said.nil else "unreadable"
    if label.unknown or head.unknown:
        state = "unknown"
    address = found.sheet.address(row, at)
    return Cell(address, (row, at), text, state, says, said.number, unit, said.note), said


def _name_guesses(cells: list[Cell], meant: Meant, found: Found) -> list[Guess]:
    """Names that were told otherwise than by what they are called in full, each with the cells that rest on it."""
    in_row, in_column = Counter(cell.place[0] for cell in cells), Counter(cell.place[1] for cell in cells)
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for counts, meanings in ((in_row, meant.rows), (in_column, meant.columns)):
        for at, one in meanings.items():
            for axis, text, named in one.told:
                if named.told_by != "exact":
                    counted[axis, text, named.code, named.told_by] += counts[at]
    return [Guess(*key, cells=count) for key, count in counted.items()]


def _questions(found: Found, mapping: Mapping, meant: Meant, cells: list[Cell]) -> list[Question]:
    asked: list[Question] = []
    units = [cell for cell in cells if cell.state == "value" and (cell.unit is None or not is_unit(cell.unit))]
    if units:
        asked.append(Question("unit", units[0].unit or "", tuple(cell.address for cell in units[:20])))
    if meant.period is None and not {"year", "period", "month"} & (meant.rows_are | meant.columns_are):
        asked.append(Question("period"))
    unknown: dict[str, None] = {}
    for one in (*meant.rows.values(), *meant.columns.values()):
        unknown.update(dict.fromkeys(one.unknown))
    asked += [Question("name", text) for text in unknown]
    unreadable = [cell for cell in cells if cell.state == "unreadable"]
    if unreadable:
        asked.append(Question("form", unreadable[0].text, tuple(cell.address for cell in unreadable[:20])))
    return asked
