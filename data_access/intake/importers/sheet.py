"""The table being checked: its texts, the values read from them and what was refused so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from data_access.intake.importers.codes import Codes
from data_access.intake.importers.columns import STORED, Bad, read_column, read_one, rejections
from data_access.intake.importers.places import ROW_KINDS
from data_access.intake.importers.reasons import Rejection, Unacceptable
from data_access.intake.importers.tables import Column, ImportTable

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Sheet:
    """``texts``: strings per delivered column, blank = ""; ``values``: a typed array per declared column."""

    def __init__(self, table: ImportTable, texts: Mapping[str, pa.StringArray], lines: Ints, codes: Codes) -> None:
        self.table = table
        self.texts = texts
        self.lines = lines
        self.codes = codes
        self.values: dict[str, pa.Array] = {}
        self.good: Mask = np.ones(len(lines), dtype=bool)
        self.rejected: list[Rejection] = []

    def read(self) -> None:
        """Read every column by its declaration."""
        for column in self.table.columns:
            name = self.delivered(column.code)
            if name is None:
                self.values[column.code] = pa.nulls(len(self.lines), STORED[column.kind])
                continue
            if column.codes in ("place", "region"):
                self.values[column.code], bad = self._read_places(column)
            else:
                yuan = name == column.yuan_code
                self.values[column.code], bad = read_column(column, self.texts[name], self.codes, yuan=yuan)
            self.refuse(column.code, bad)
        self._keep_what_the_row_is()

    def _keep_what_the_row_is(self) -> None:
        """A total or a note has no other fault than not to be a row."""
        told = {one.line: one for one in reversed(self.rejected) if one.reason in ROW_KINDS}
        if told:
            self.rejected = [one for one in self.rejected if told.get(one.line, one) is one]

    def _read_places(self, column: Column) -> tuple[pa.Array, list[Bad]]:
        """Regions by code or name: what a name means depends on the scheme. Every pair of them is read once."""
        encoded = self.texts[column.code].dictionary_encode()
        texts, text_at = encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)
        schemes, scheme_at = self.coded("scheme") if "scheme" in self.values else ([""], np.zeros(len(self.lines), int))
        pairs = scheme_at.astype(np.int64) * len(texts) + text_at
        distinct, places = np.unique(pairs, return_inverse=True)
        resolve = self.codes.place if column.codes == "place" else self.codes.region
        values: list[str | None] = []
        refused: dict[int, Unacceptable] = {}
        for place, pair in enumerate(distinct.tolist()):
            scheme, text = schemes[pair // len(texts)], texts[pair % len(texts)]
            value, problem = read_one(column, partial(resolve, scheme=scheme), text)
            values.append(value)
            if problem:
                refused[place] = problem
        stored = pa.array(values, pa.string()).take(pa.array(places.ravel(), pa.int64()))
        wrong = np.flatnonzero(np.isin(places, list(refused)))
        return stored, [(int(row), refused[int(places.ravel()[row])]) for row in wrong]

    def delivered(self, code: str) -> str | None:
        """The name under which a column came: its code, its twin in yuan, or None."""
        column = self.table.column(code)
        return next((name for name in (code, column.yuan_code) if name in self.texts), None)

    def refuse(self, code: str, bad: list[Bad]) -> None:
        """Refuse rows because of a column's value."""
        if not bad:
            return
        name = self.delivered(code)
        texts = self.texts[name] if name else pa.array([""] * len(self.lines), pa.string())
        self.rejected += rejections(name or code, bad, texts, self.lines)
        self.good[[row for row, _ in bad]] = False

    def refuse_where(self, code: str, wrong: Mask, why: Callable[[int], Unacceptable]) -> None:
        """Refuse the rows of the mask that are good so far."""
        self.refuse(code, [(row, why(row)) for row in np.flatnonzero(wrong & self.good).tolist()])

    def at(self, code: str, row: int) -> Any:
        """One typed value."""
        return self.values[code][row].as_py()

    def given(self, code: str) -> Mask:
        """Where the column has a value."""
        return np.asarray(self.values[code].is_valid().to_numpy(zero_copy_only=False), dtype=bool)

    def numbers(self, code: str) -> Ints:
        """Integers, or days since 1970 of dates; 0 where there is no value."""
        values = self.values[code]
        if pa.types.is_date(values.type):
            values = values.cast(pa.int32()).cast(pa.int64())
        return np.asarray(values.fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int64)

    def coded(self, code: str) -> tuple[list[str], Ints]:
        """The distinct values and each row's place among them; a missing value is ""."""
        encoded = self.values[code].fill_null("").dictionary_encode()
        return encoded.dictionary.to_pylist(), np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)
