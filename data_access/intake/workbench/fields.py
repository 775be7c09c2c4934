"""Tables that are ours, or nearly: each column is a field of a table, whatever stands above, below and beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping as Map
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from data_access.intake.files.book import Kind
from data_access.intake.importers.days import day_first, read_date, serial_day
from data_access.intake.importers.delivery import plain_header, spellings
from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.importers.tables import TABLES, Column, ImportTable
from data_access.intake.workbench.find import Found, squeezed
from data_access.intake.workbench.mapping import Mapping
from data_access.intake.workbench.names import Named, Names
from data_access.intake.workbench.numbers import Said
from data_access.intake.workbench.reading import About, Guess, Question, number_in
from data_access.intake.workbench.units import BRACKETED, currency_of, exact_fen, named_in, same_unit
from rules.money import settled
from rules.published import fiscal_year, year_and_period

MATCHED = 0.6  # of the heads
SHOWN = 20  # addresses beside a question
AGE = re.compile(r"([0-9]{1,3})(?:\.0+)?(?:周?岁)?(?:及?以上)?")  # 60岁, 100岁及以上


@dataclass(frozen=True)
class Fields:
    """The table whose columns the heads are, and the column of each place. ``units``: of each amount, None where nobody
    says in what. ``missing``: required columns that nothing says."""

    table: ImportTable
    places: Map[int, Column]
    units: Map[int, str | None]
    missing: tuple[str, ...] = ()


def fields_of(found: Found, mapping: Mapping, *, whatever: bool = False) -> Fields | None:
    """The table that most heads are columns of, of those whose required columns are all there or decided; or None. Of the
    table that a mapping names, some may be missing; ``whatever``: all of them."""
    best: tuple[float, ImportTable, dict[int, Column], tuple[str, ...]] | None = None
    chosen = mapping.target in TABLES
    decided = mapping.names.get("column", {})
    for table in (TABLES[mapping.target],) if chosen else TABLES.values():
        places: dict[int, Column] = {}
        for at, head in enumerate(found.heads):
            told = next((decided[text] for text in ("/".join(head), *head) if text in decided), None)
            column = next((one for text in reversed(head) if (one := column_named(table, told or text))), None)
            if column is not None and "/".join(head) not in mapping.left_out and column not in places.values():
                places[at] = column
        named = (
            {column.code for column in places.values()} | set(mapping.constants) | ({"unit"} if mapping.unit else set())
        )
        missing = tuple(column.code for column in table.columns if column.required and column.code not in named)
        heads = [head for head in found.heads if head and "/".join(head) not in mapping.left_out]
        share = len(places) / max(1, len(heads))
        fits = whatever or len(places) > max(1, len(missing)) if chosen else not missing and share >= MATCHED
        if fits and (best is None or share > best[0]):
            best = (share, table, places, missing)
    if best is None:
        return None
    _share, table, places, missing = best
    units = {at: unit_at(found, mapping, at, column) for at, column in places.items() if column.kind == "money"}
    return Fields(table, places, units, missing)


def column_named(table: ImportTable, text: str) -> Column | None:
    """The column that a head names; of an amount whatever unit stands behind its name. None where it names none."""
    code = spellings(table).get(plain_header(text))
    if code is not None:
        return next(column for column in table.columns if code in (column.code, column.yuan_code))
    bare = squeezed(BRACKETED.sub("", text))
    amounts = (column for column in table.columns if column.kind == "money")
    return next((column for column in amounts if bare == squeezed(BRACKETED.sub("", column.label))), None)


def unit_at(found: Found, mapping: Mapping, at: int, column: Column) -> str | None:
    """The unit of an amount's column: called by our own name it says it, else the head's brackets, the choice or the table
    do; None where nobody does."""
    for text in found.heads[at]:
        if plain_header(text) in (column.code, column.yuan_code):
            return "分" if plain_header(text) == column.code else "元"
    return named_in(found.heads[at]) or mapping.unit or found.unit


@dataclass
class FieldReader:
    """Reads the fields of one table, row by row. ``guessed`` counts what was told otherwise than by its plain form,
    ``asked`` lists what a person must say; ``nil`` are the cells without a value, ``notes`` the marks beside figures."""

    found: Found
    fields: Fields
    names: Names
    mapping: Mapping
    guessed: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    asked: dict[tuple[About, str], list[str]] = field(default_factory=dict)
    nil: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, str], Named | None] = field(default_factory=dict)  # names of thousands of rows are few

    @property
    def guesses(self) -> tuple[Guess, ...]:
        """Forms are shown by the first cell that has them."""
        return tuple(
            Guess(axis, self._first.get(text, text) if axis == "form" else text, code, told_by, cells=count)
            for (axis, text, code, told_by), count in self.guessed.items()
            if axis != "form" or code not in self.mapping.forms
        )

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(Question(about, text, tuple(cells[:SHOWN])) for (about, text), cells in self.asked.items())

    def row(self, row: int) -> dict[str, str] | None:
        """One row by column; None where it says that there is no value. What cannot be told stays as it stands."""
        said: dict[str, str] = {}
        units: dict[str, str] = {}
        for at, column in self.fields.places.items():
            text = self.found.text(row, at) or self._filled(column)
            if not text and column.required and column.kind in ("money", "decimal") and self._computed(row, at):
                self.nil.append(self._address(row, at))
                return None
            if not text and column.required and self._computed(row, at):
                self._ask("unit" if column.code == "unit" else "name", column.code, row, at)
            read = self._cell(row, at, column, text, units, said)
            if read is None:
                self.nil.append(self._address(row, at))
                return None
            said[column.code] = read or said.get(column.code, "")
            if self.notes and self._has("note") and (mark := self.notes.get(self._address(row, at))):
                said["note"] = " ".join(filter(None, (said.get("note"), mark)))
        if self._has("counted") and not said.get("counted") and said.get("region") in self.names.counted:
            said["counted"] = self.names.counted[said["region"]]
        for unit in units.values():
            said["unit"] = said.get("unit") or unit
        return said

    def _filled(self, column: Column) -> str:
        """What is the same for every row that leaves a column blank."""
        return self.mapping.constants.get(column.code) or (self.mapping.unit or "" if column.code == "unit" else "")

    def _cell(
        self, row: int, at: int, column: Column, text: str, units: dict[str, str], said: dict[str, str]
    ) -> str | None:
        if not self._computed(row, at):
            self._ask("formula", "", row, at)
        elif column.kind in ("money", "decimal") and text:
            return self._number(row, at, column, text, units)
        elif column.codes in ("region", "place") and text:
            return self._named("region", text, row, at, self.names.region)
        elif column.codes == "item" and text and self.names.scheme is not None:
            return self._named("item", text, row, at, self.names.item)
        elif column.code == "measure" and text and self.fields.table.name == "published_total":
            decided = self.mapping.names.get("measure", {}).get(text)
            return decided or self._told_name("measure", text, self.names.measure(text))
        elif column.code == "age" and (age := AGE.fullmatch(squeezed(text))):
            written = Said(forms=("unit",) if "岁" in text or "上" in text else ())
            return self._told(row, at, text, age[1], written)
        elif column.kind == "date" and text:
            return self._day(row, at, text)
        elif column.kind == "year" and text and self._has("period"):
            return self._year(text, row, at, said)
        return text

    def _has(self, code: str) -> bool:
        return code in self._codes

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(column.code for column in self.fields.table.columns)

    def _number(self, row: int, at: int, column: Column, text: str, units: dict[str, str]) -> str | None:
        said = number_in(self.found, self.mapping, row, at, currency_of(self.fields.units.get(at)), text)
        if said.nil:
            return None if column.required else ""
        if said.number is None:
            red = self.found.kind(row, at) is Kind.RED
            self._ask("form", f"{text} (red)" if red else text, row, at)
            return text
        if column.kind == "decimal":
            if said.unit and not self._fits(row, said.unit):
                return text  # a share is no amount: refused by what it is
            units |= {column.code: said.unit} if said.unit else {}
            return self._told(row, at, text, f"{said.number:f}", said)
        unit = said.unit or self.fields.units[at]
        if unit is None:
            return text  # asked once for the column
        fen = exact_fen(said.number, unit)
        if fen is None:
            # What a program left of its floating point, as the strict door takes it.
            fen = exact_fen(settled(said.number, 2), unit) if same_unit(unit, "元") else None
            said = replace(said, forms=(*said.forms, "float_tail"))
        if fen is None:
            self._ask("form", text, row, at)
            return text
        return self._told(row, at, text, str(fen), said)

    def _fits(self, row: int, unit: str) -> bool:
        """Whether a figure's own unit is what the row says of it, where it says anything."""
        place = next((at for at, column in self.fields.places.items() if column.code == "unit"), None)
        own = self.found.text(row, place) if place is not None else ""
        return place is not None and (not own or same_unit(own, unit))

    def _told(self, row: int, at: int, text: str, number: str, said: Said) -> str:
        for form in said.forms:
            self._first.setdefault(form, text)
            self.guessed["form", form, form, "form"] += 1
        if said.note:
            self.notes[self._address(row, at)] = said.note
        return number

    def _year(self, text: str, row: int, at: int, said: dict[str, str]) -> str:
        """A year, or the quarter, month or months of one: 2016-03; which of two years 2011-12 is must be said."""
        told = (fiscal_year(text) if self.names.country else None) or year_and_period(text)
        if told is None:
            if re.fullmatch(r"(19|20)[0-9]{2}\s*[-–—/]\s*[0-9]{2}", text):
                self._ask("period", text, row, at)
            return text
        year, said["period"] = str(told[0]), told[1]
        self.guessed["period", text, f"{year} {told[1]}", "form"] += 1
        return year

    def _named(self, axis: str, text: str, row: int, at: int, told: Callable[[str], Named | None]) -> str:
        decided = self.mapping.names.get(axis, {}).get(text)
        if decided:
            return decided
        if (axis, text) not in self._known:
            self._known[axis, text] = told(text)
        named = self._known[axis, text]
        if named is None:
            self._ask("name", text, row, at)
        return self._told_name(axis, text, named)

    def _told_name(self, axis: str, text: str, named: Named | None) -> str:
        if named is None:
            return text
        if named.told_by != "exact":
            self.guessed[axis, text, named.code, named.told_by] += 1
        return named.code

    def _day(self, row: int, at: int, text: str) -> str:
        """A day as the strict door reads it, the number by which spreadsheets keep one, or in the order declared."""
        day: date | None = None
        try:
            day = read_date(text)
        except Unacceptable as problem:
            if problem.reason == "day_number" and self._kind(row, at) in (Kind.NUMBER, Kind.RED):
                day = serial_day(text)
            elif problem.reason == "day_first" and self.mapping.day_first:
                day = day_first(text)
            elif problem.reason == "no_such_date":
                return text
        if day is None:
            self._ask("day", text, row, at)
            return text
        if day.isoformat() != text:
            self.guessed["date", text, day.isoformat(), "form"] += 1
        return day.isoformat()

    def _kind(self, row: int, at: int) -> Kind:
        return self.found.kind(row, at)

    def _computed(self, row: int, at: int) -> bool:
        return self._kind(row, at) not in (Kind.UNCOMPUTED, Kind.ERROR)

    def _ask(self, about: About, text: str, row: int, at: int) -> None:
        # Forms and days are asked about once, by the first that cannot be read.
        key = (about, text) if about in ("name", "unit") else next((one for one in self.asked if one[0] == about), None)
        self.asked.setdefault(key or (about, text), []).append(self._address(row, at))

    def _address(self, row: int, at: int) -> str:
        return self.found.address(row, at)
