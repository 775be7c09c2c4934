"""Tables that are ours, or nearly: each column is a field of a table, whatever stands above, below and beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from datetime import date, timedelta

from data_access.intake.files.book import Kind
from data_access.intake.importers.delivery import plain_header, spellings
from data_access.intake.importers.tables import TABLES, Column, ImportTable
from data_access.intake.workbench.find import Found, squeezed
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Named, Names
from data_access.intake.workbench.numbers import Said, read_number
from data_access.intake.workbench.reading import Guess
from data_access.intake.workbench.units import BRACKETED, exact_fen, named_in

MATCHED = 0.6  # of the heads
EXCEL_EPOCH = date(1899, 12, 30)
LAST_SERIAL = 73_050  # 2099-12-31


@dataclass(frozen=True)
class Fields:
    """The table whose columns the heads are, and the column of each place. ``units``: of each amount, None where nobody
    says in what."""

    table: ImportTable
    places: Map[int, Column]
    units: Map[int, str | None]


def fields_of(found: Found, mapping: Mapping) -> Fields | None:
    """The table that most heads are columns of, of those whose required columns are all there or decided; or None."""
    best: tuple[float, ImportTable, dict[int, Column]] | None = None
    for table in (TABLES[mapping.target],) if mapping.target in TABLES else TABLES.values():
        places: dict[int, Column] = {}
        for at, head in enumerate(found.heads):
            column = next((one for text in reversed(head) if (one := _column(table, text))), None)
            if column is not None and column not in places.values():
                places[at] = column
        named = {column.code for column in places.values()} | set(mapping.constants)
        complete = all(column.code in named for column in table.columns if column.required)
        share = len(places) / max(1, sum(bool(head) for head in found.heads))
        if complete and share >= MATCHED and (best is None or share > best[0]):
            best = (share, table, places)
    if best is None:
        return None
    _share, table, places = best
    units = {at: _unit(found, mapping, at, column) for at, column in places.items() if column.kind == "money"}
    return Fields(table, places, units)


def _column(table: ImportTable, text: str) -> Column | None:
    """The column that a head names; of an amount whatever unit stands behind its name."""
    code = spellings(table).get(plain_header(text))
    if code is not None:
        return next(column for column in table.columns if code in (column.code, column.yuan_code))
    bare = squeezed(BRACKETED.sub("", text))
    amounts = (column for column in table.columns if column.kind == "money")
    return next((column for column in amounts if bare == squeezed(BRACKETED.sub("", column.label))), None)


def _unit(found: Found, mapping: Mapping, at: int, column: Column) -> str | None:
    """A column called by our own name says its unit in it; else the head's brackets, the choice or the table do."""
    for text in found.heads[at]:
        if plain_header(text) in (column.code, column.yuan_code):
            return "分" if plain_header(text) == column.code else "元"
    return named_in(found.heads[at]) or mapping.unit or found.unit


@dataclass
class FieldReader:
    """Reads the fields of one table; ``guessed`` counts what was told otherwise than by its plain form."""

    found: Found
    fields: Fields
    names: Names
    mapping: Mapping
    guessed: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)

    @property
    def guesses(self) -> tuple[Guess, ...]:
        return tuple(Guess(*key, cells=count) for key, count in self.guessed.items())

    def read(self, row: int, at: int) -> str | None:
        """One cell as its column takes it; None for no value. What cannot be told stays as it stands, to be refused."""
        column, text = self.fields.places[at], self.found.text(row, at)
        if column.kind in ("money", "decimal"):
            return self._number(text, at, column)
        if column.codes in ("region", "place") and text:
            return self._named("region", text, self.names.region(text))
        if column.code == "measure" and text and self.fields.table.name == "published_total":
            return self._named("measure", text, self.names.measure(text))
        if column.kind == "date" and text:
            return self._day(row, at, text)
        return text

    def _number(self, text: str, at: int, column: Column) -> str | None:
        said = read_number(text, decimal_comma=self.mapping.decimal_comma)
        if said.nil:
            return None if column.required else ""
        if said.number is None or said.unit == "%":
            return text
        if column.kind == "decimal":
            return text if said.unit else self._told(text, f"{said.number:f}", said)
        unit = said.unit or self.fields.units[at]
        fen = exact_fen(said.number, unit) if unit else None
        return text if fen is None else self._told(text, str(fen), said)

    def _told(self, text: str, number: str, said: Said) -> str:
        for form in said.forms:
            self.guessed["form", text if form == "note_mark" else form, form, "form"] += 1
        return number

    def _named(self, axis: str, text: str, named: Named | None) -> str:
        if named is None:
            return text
        if named.told_by != "exact":
            self.guessed[axis, text, named.code, named.told_by] += 1
        return named.code

    def _day(self, row: int, at: int, text: str) -> str:
        """Days in the forms that cannot be two: the year first, or the number by which spreadsheets keep one."""
        match = re.fullmatch(
            r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:[ T][0-9:.]+)?", text
        )
        kinds = self.found.sheet.kinds
        day = text
        if match:
            day = f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
        elif kinds is not None and Kind(int(kinds[at][row])) is Kind.NUMBER and re.fullmatch(r"[1-9][0-9]{4}", text):
            day = (EXCEL_EPOCH + timedelta(int(text))).isoformat() if int(text) <= LAST_SERIAL else text
        if day != text:
            self.guessed["date", text, day, "form"] += 1
        return day
