"""The table being checked: its texts, the values read from them and what was refused so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from data_access.intake.importers.codes import Codes
from data_access.intake.importers.columns import STORED, Bad, read_column, rejections
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
            if column.codes == "place":
                self.values[column.code], bad = self._read_places(column)
            else:
                yuan = name == column.yuan_code
                self.values[column.code], bad = read_column(column, self.texts[name], self.codes, yuan=yuan)
            self.refuse(column.code, bad)

    def _read_places(self, column: Column) -> tuple[pa.Array, list[Bad]]:
        """Places of published tables: what a short name means may depend on the topic."""
        found: list[str | None] = []
        bad: list[Bad] = []
        for row, text in enumerate(self.texts[column.code].to_pylist()):
            try:
                if not text.strip():
                    raise Unacceptable("blank")
                found.append(self.codes.place(text.strip(), self.values["scheme"][row].as_py() or ""))
            except Unacceptable as problem:
                found.append(None)
                bad.append((row, problem))
        return pa.array(found, pa.string()), bad

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
