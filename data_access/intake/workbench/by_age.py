"""Insured persons by age 参保人员结构 as agencies list them: a row an age, the groups in a column or beside each other."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping as Map
from dataclasses import dataclass, replace
from decimal import Decimal

from data_access.intake.files.book import Kind
from data_access.intake.importers.tables import TABLES, Column
from data_access.intake.workbench.agreement import Listed, Sum, column_sums, column_totals
from data_access.intake.workbench.fields import AGE, column_named, unit_at
from data_access.intake.workbench.find import Found, squeezed
from data_access.intake.workbench.mapping import Mapping, table_period
from data_access.intake.workbench.names import Named, Names
from data_access.intake.workbench.places import region_in
from data_access.intake.workbench.reading import About, Guess, Question, number_in
from data_access.intake.workbench.units import BRACKETED, exact_fen, named_in
from rules.money import round_half_up
from rules.month import DECEMBER, Month
from rules.published import unit_of

STRUCTURE = "population_structure"
TABLE = TABLES[STRUCTURE]
GROUPS = TABLE.column("insured_group")
HEADS, MEANS = ("contributors", "retirees"), ("mean_base_fen", "mean_pension_fen")
OF_HEADS = dict(zip(MEANS, HEADS, strict=True))
MONTHS_FROM = 10_000  # what is larger is a month, not a year
YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:\.0+|年(?:度|末|底)?)?")
PENSION = re.compile("(城镇)?(企业)?(职工)?(基本)?养老保险")
SHOWN = 20


@dataclass(frozen=True)
class Columns:
    """``common``: the columns by what they say of a row; ``measured``: by group and measure, the group empty where the row
    names it."""

    common: Map[str, int]
    measured: Map[tuple[str, str], int]

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(group for group, _measure in self.measured))


def by_age(found: Found, names: Names, mapping: Mapping) -> Listed | None:
    """Persons by age in a found table; None where its columns are not those of such a one."""
    columns = columns_of(found, mapping)
    return None if columns is None else _Reader(found, columns, names, mapping).read()


def columns_of(found: Found, mapping: Mapping) -> Columns | None:
    """The columns by what they are; None without ages and counted persons of groups."""
    common: dict[str, int] = {}
    measured: dict[tuple[str, str], int] = {}
    for at, head in enumerate(found.heads):
        column = None if "/".join(head) in mapping.left_out else _column(head, mapping)
        if column is None or at in found.total_columns:
            continue
        if column.code in (*HEADS, *MEANS):
            group = next((code for text in head if (code := _group(text))), "")
            measured.setdefault((group, column.code), at)
        else:
            common.setdefault(column.code, at)
    # A column that names the groups, or heads that do: where both are, what no group heads is a sum.
    beside = any(group for group, _measure in measured)
    kept = {key: at for key, at in measured.items() if bool(key[0]) == beside}
    counted = any(measure in HEADS for _group_code, measure in kept)
    return Columns(common, kept) if "age" in common and counted and ("insured_group" in common) != beside else None


def _column(head: tuple[str, ...], mapping: Mapping) -> Column | None:
    decided = mapping.names.get("column", {})
    told = next((decided[text] for text in ("/".join(head), *head) if text in decided), None)
    texts = [told] if told else [one for text in reversed(head) for one in (text, BRACKETED.sub("", text))]
    return next((column for text in texts if (column := column_named(TABLE, text))), None)


def _group(text: str) -> str | None:
    bare = squeezed(text)
    code = GROUPS.names.get(text.strip(), GROUPS.names.get(bare, bare))
    return code if code in GROUPS.choices else None


class _Reader:
    """Reads one table; ``guessed`` counts what was told otherwise than by its plain form, ``asked`` what a person must say."""

    def __init__(self, found: Found, columns: Columns, names: Names, mapping: Mapping) -> None:
        self.found, self.columns, self.names, self.mapping = found, columns, names, mapping
        self.guessed: Counter[tuple[str, str, str, str]] = Counter()
        self.asked: dict[tuple[About, str], list[str]] = {}
        self.same = self._same()
        self.each = {at: self._fen_of(measure, at) for (_group, measure), at in columns.measured.items()}

    def read(self) -> Listed:
        rows: list[dict[str, str]] = []
        places: list[tuple[int, int]] = []
        for row in self.found.rows:
            common = self._common(row)
            for group in self.columns.groups:
                said = common | ({"insured_group": group} if group else {}) | self._measured(row, group)
                if any(said[heads] != "0" for heads in HEADS):
                    rows.append(said)
                    places.append((row, next(at for (one, _), at in self.columns.measured.items() if one == group)))
        codes = [column.code for column in TABLE.columns]
        missing = [code for code in codes if any(code not in said for said in rows)]
        used = {*self.columns.common.values(), *self.columns.measured.values(), *self.found.total_columns}
        return Listed(
            {code: [said.get(code, "") for said in rows] for code in codes},
            tuple(places),
            (),
            tuple("/".join(head) for at, head in enumerate(self.found.heads) if head and at not in used),
            tuple(Guess(*guess, cells=count) for guess, count in self.guessed.items()),
            (
                *(Question("name", code) for code in missing),
                *(Question(about, text, tuple(cells[:SHOWN])) for (about, text), cells in self.asked.items()),
            ),
            tuple(self._sums()),
        )

    def _same(self) -> dict[str, str]:
        """What every row says that has no column for it: as decided, else as stands above the table."""
        said = {
            code: text for code, text in self.mapping.constants.items() if any(code == c.code for c in TABLE.columns)
        }
        above = (self.found.title, *self.found.about, self.found.sheet.name)
        period = table_period(above)
        if period is not None and (period < MONTHS_FROM or Month(period).number == DECEMBER):
            said.setdefault("year", str(period)[:4])
        place = region_in(above, self.names)
        if place is not None and "region" not in {*said, *self.columns.common}:
            said["region"] = place[1]
            self.guessed["region", place[0], place[1], "alias"] += len(self.found.rows)
        return said

    # --- one row

    def _common(self, row: int) -> dict[str, str]:
        said = dict(self.same)
        for code, at in self.columns.common.items():
            text = self._text(row, at)
            if text:
                said[code] = self._told(code, text, row, at)
        return said

    def _told(self, code: str, text: str, row: int, at: int) -> str:
        """What a text says in a column; one that says nothing known stays as it is."""
        bare = squeezed(unicodedata.normalize("NFKC", text))
        match code:
            case "age" if age := AGE.fullmatch(bare):
                if age[1] != text.removesuffix(".0"):
                    self._written("unit", text)
                return age[1]
            case "age":
                self._ask("form", text, row, at)
            case "year" if year := YEAR.fullmatch(bare):
                return year[1]
            case "insured_group":
                return _group(text) or self._unknown(text, row, at)
            case "region":
                decided = self.mapping.names.get("region", {}).get(text)
                named = Named(decided, "exact") if decided else self.names.region(text)
                if named is not None and named.told_by != "exact":
                    self.guessed["region", text, named.code, named.told_by] += 1
                return named.code if named is not None else self._unknown(text, row, at)
            case "scheme" if (own := self.names.scheme) is not None and text != own.code:
                if bare == own.name or (own.fund == "pension" and PENSION.fullmatch(bare)):
                    self.guessed["scheme", text, own.code, "alias"] += 1
                    return own.code
        return text

    def _measured(self, row: int, group: str) -> dict[str, str]:
        """Heads and means of a group at an age; a blank is nought here: lists leave it out."""
        said = dict.fromkeys(HEADS, "0")
        for (one, measure), at in self.columns.measured.items():
            if one == group:
                said[measure] = self._number(measure, row, at)
        # Nobody has no mean: lists leave a column out, or repeat a mean where there is nobody.
        return said | {mean: "0" for mean, heads in OF_HEADS.items() if said[heads] == "0"}

    def _number(self, measure: str, row: int, at: int) -> str:
        if self.found.kind(row, at) in (Kind.UNCOMPUTED, Kind.ERROR):
            self._ask("formula", "", row, at)
        text = self.found.text(row, at)
        said = number_in(self.found, self.mapping, row, at, "CNY", text)
        if said.nil:
            return "0"
        if said.number is None:
            self._ask("form", text, row, at)
            return text
        for form in said.forms:
            self._written(form, text)
        if measure in HEADS:
            unit = unit_of(said.unit or named_in(self.found.heads[at]) or "")
            return f"{(said.number * (unit.factor if unit and unit.kind == 'persons' else 1)).normalize():f}"
        each = exact_fen(Decimal(1), said.unit) if said.unit else self.each[at]
        if each is None:
            return text  # asked once for the column
        if said.number * each % 1:
            self._written("float_tail", text)
        return str(round_half_up(said.number * each))

    def _text(self, row: int, at: int) -> str:
        """A cell's text, of merged cells that of the first."""
        text, line = self.found.text(row, at), int(self.found.sheet.lines[row])
        area = next(
            (a for a in self.found.sheet.merged if a.top < line <= a.bottom and a.left <= at + 1 <= a.right), None
        )
        if text or area is None:
            return text
        lines = self.found.sheet.lines.tolist()
        return self.found.text(lines.index(area.top), area.left - 1) if area.top in lines else ""

    # --- columns

    def _fen_of(self, measure: str, at: int) -> int | None:
        """How many fen one of the unit of a column of means is; None, and a question, where nobody says."""
        if measure in HEADS:
            return None
        # 单位：人、元 names one for heads and one for money.
        unit = unit_at(self.found, self.mapping, at, TABLE.column(measure)) or ""
        found = next((fen for part in re.split("[、,，/]", unit) if (fen := exact_fen(Decimal(1), part))), None)
        if found is None:
            self.asked[("unit", "/".join(self.found.heads[at]))] = []
        return found

    def _sums(self) -> Iterator[Sum]:
        """Totals of heads beside their parts: means add up to nothing."""
        counted = [at for (_group, measure), at in self.columns.measured.items() if measure in HEADS]
        yield from column_totals(self.found, self.mapping, counted)
        totals = [
            at
            for at in self.found.total_columns
            if (column := _column(self.found.heads[at], self.mapping)) and column.code in HEADS
        ]
        yield from column_sums(replace(self.found, total_columns=tuple(totals)), self.mapping)

    # --- what is told and asked

    def _written(self, form: str, text: str) -> None:
        first = next((one for one in self.guessed if one[0] == "form" and one[2] == form), ("form", text, form, "form"))
        if form not in self.mapping.forms:
            self.guessed[first] += 1

    def _unknown(self, text: str, row: int, at: int) -> str:
        self._ask("name", text, row, at)
        return text

    def _ask(self, about: About, text: str, row: int, at: int) -> None:
        # Forms are asked about once, by the first that cannot be read.
        key = (about, text) if about == "name" else next((one for one in self.asked if one[0] == about), (about, text))
        self.asked.setdefault(key, []).append(self.found.address(row, at))
