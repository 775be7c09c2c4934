"""One delivery in the form that validation takes: text columns under their declared codes, with line numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from data_access.intake.files.limits import MAX_ROWS
from data_access.intake.files.texts import plain_text, texts_of
from data_access.intake.importers.reasons import REJECTED_BECAUSE, FileRefused, Rejection
from data_access.intake.importers.sheet import Ints
from data_access.intake.importers.tables import TABLES, Column, ImportTable

if TYPE_CHECKING:
    # Only a caller that has a frame has pandas loaded; a web worker has not.
    import pandas as pd

# The column that a sheet of rejected rows carries: it may stay when the mended sheet is sent again.
HEADER_LINE = 1


@dataclass(frozen=True)
class Delivery:
    """``names``: headers as delivered; ``texts``: their columns as strings; ``lines``: the line of each row.

    ``notes``: what was passed over or taken with a remark, each a code under ``note`` with its parameters, as JSON keeps it.
    ``sheet``: the name of the sheet that was read, "" where there are none. ``cells``: the cell that each row was read
    from, where it is not the whole line; then ``lines`` count the rows.
    """

    names: tuple[str, ...]
    texts: tuple[pa.StringArray, ...]
    lines: Ints
    notes: tuple[dict[str, Any], ...] = ()
    sheet: str = ""
    cells: pa.StringArray | None = None

    @property
    def rows(self) -> int:
        return len(self.lines)

    def placed(self, rejection: Rejection) -> Rejection:
        """A reason with the cell that its row was read from, where it is not the whole line."""
        if self.cells is None or not 0 < rejection.line <= len(self.cells):
            return rejection
        return replace(rejection, parameters={**rejection.parameters, "cell": self.cells[rejection.line - 1].as_py()})

    def under(self, headers: Mapping[int, str]) -> dict[str, pa.StringArray]:
        """The columns under their declared codes."""
        return {code: self.texts[place] for place, code in headers.items()}


def plain_header(name: str) -> str:
    """A header without what writing it differently does not change."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def spellings(table: ImportTable) -> dict[str, str]:
    """Every accepted spelling of a header → the name it is delivered under (a money column has two)."""
    found: dict[str, str] = {}
    for column in table.columns:
        for name in (column.code, column.label, *column.aliases):
            found[plain_header(name)] = column.code
        if column.yuan_code and column.yuan_label:
            found[plain_header(column.yuan_code)] = column.yuan_code
            found[plain_header(column.yuan_label)] = column.yuan_code
    return found


def match_headers(table: ImportTable, names: Sequence[str], filled: Iterable[str] = ()) -> dict[int, str]:
    """Column place → declared code. ``filled`` names columns that the import itself fills in.

    Raises FileRefused with every unknown, doubled and missing header at once.
    """
    accepted = spellings(table)
    problems: list[Rejection] = []
    places: dict[int, str] = {}
    for place, name in enumerate(names):
        if plain_header(name) in REJECTED_BECAUSE:
            continue
        code = accepted.get(plain_header(name))
        if code is None:
            problems.append(_unknown(table, name))
        elif code in places.values():
            first = next(names[at] for at, known in places.items() if known == code)
            problems.append(Rejection(HEADER_LINE, code, name, "duplicate_header", {"other": first}))
        else:
            places[place] = code
    meant = {_amount_named(table, name) for name in names if plain_header(name) not in accepted}
    for column in table.columns:
        problems += _presence(column, set(places.values()) | set(filled)) if column.code not in meant else []
    if problems:
        raise FileRefused(*problems)
    return places


def _amount_named(table: ImportTable, name: str) -> str | None:
    """The money column that a header names without its unit, or with one that is not taken."""
    stem = re.sub(r"\(.*\)|_?(wan|yi|fen|yuan|元|分|万元|亿元)$", "", plain_header(name)).strip("_ ")
    for column in table.columns:
        if column.kind == "money" and stem in (
            plain_header(column.label).partition("(")[0],
            plain_header(column.label_en).partition("(")[0].strip(),
            column.code.removesuffix("_fen"),
        ):
            return column.code
    return None


def _unknown(table: ImportTable, name: str) -> Rejection:
    if _amount_named(table, name):
        bare = not re.search(r"[(_]|[元分]$", plain_header(name))
        return Rejection(HEADER_LINE, "", name, "amount_without_unit" if bare else "header_unit")
    known = [column.code for column in table.columns]
    nearest = get_close_matches(plain_header(name), list(spellings(table)), 1)
    suggestion = spellings(table)[nearest[0]] if nearest else None
    return Rejection(HEADER_LINE, "", name, "unknown_header", {"known": known, "suggestion": suggestion})


def _presence(column: Column, present: set[str]) -> list[Rejection]:
    if column.yuan_code in present:
        if column.code in present:
            both = Rejection(HEADER_LINE, column.code, "", "fen_and_yuan", {"other": column.yuan_code})
            return [both]
        return []
    if column.required and column.code not in present:
        return [Rejection(HEADER_LINE, column.code, "", "missing_header", {"label": column.label})]
    return []


def find_table(names: Sequence[str]) -> ImportTable:
    """The table whose headers these are. Raises FileRefused: with what is wrong with the headers of the table that they
    nearly are, else with the tables there are.
    """
    given = {plain_header(name) for name in names} - set(REJECTED_BECAUSE)
    complete = [table for table in TABLES.values() if given <= set(spellings(table)) and _complete(table, names)]
    if len(complete) == 1:
        return complete[0]
    nearest = max(TABLES.values(), key=lambda table: len(given & set(spellings(table))))
    if not complete and 3 * len(given & set(spellings(nearest))) >= 2 * len(given) > 0:
        match_headers(nearest, names)
    header = ",".join(names)[:200]
    raise FileRefused(Rejection(HEADER_LINE, "", header, "unknown_target", {"tables": list(TABLES)}))


def _complete(table: ImportTable, names: Sequence[str]) -> bool:
    try:
        match_headers(table, names)
    except FileRefused:
        return False
    return True


def from_columns(columns: Mapping[str, Sequence[Any]] | pd.DataFrame | pa.Table, first_line: int = 2) -> Delivery:
    """A delivery from columns in memory: any mapping, pandas frame or Arrow table. Floats are refused for money."""
    if not isinstance(columns, (Mapping, pa.Table)):
        columns = pa.Table.from_pandas(columns, preserve_index=False)
    if isinstance(columns, pa.Table):
        # Arrow believes a file that says its bytes are text; what is none would fail where it is first looked at.
        columns.validate(full=True)
        names = tuple(str(name) for name in columns.column_names)
        arrays = [column.combine_chunks() for column in columns.columns]
    else:
        names = tuple(columns)
        arrays = [_array(values) for values in columns.values()]
    rows = len(arrays[0]) if arrays else 0
    if rows > MAX_ROWS:
        raise FileRefused(Rejection(0, "", str(rows), "too_many_rows", {"limit": MAX_ROWS}))
    texts = tuple(_texts(name, array) for name, array in zip(names, arrays, strict=True))
    return Delivery(names, texts, np.arange(first_line, first_line + rows, dtype=np.int64))


def _array(values: Sequence[Any]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        # Mixed types: each value in its own plain form.
        return pa.array([plain_text(value) for value in values], pa.string())


def is_money(name: str) -> bool:
    """Whether a header names an amount of money."""
    return plain_header(name).endswith(("_fen", "_yuan", "(分)", "(元)"))


def _texts(name: str, array: pa.Array) -> pa.StringArray:
    if pa.types.is_floating(array.type) and is_money(name):
        raise FileRefused(Rejection(HEADER_LINE, name, "", "float_column", {"type": str(array.type)}))
    return texts_of(array)
