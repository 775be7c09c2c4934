"""Rows of text gathered into columns, a block at a time, within the limits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
import pyarrow as pa

from data_access.intake.files.book import Ints, Kinds
from data_access.intake.files.limits import MAX_CELL, MB, Limits, refused

BLOCK = 20_000


class Grid:
    """Takes rows one by one. A row is its texts (None: no such cell), its kinds as bytes where not all are text."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows: list[Sequence[str | None]] = []
        self._kinds: list[bytes] = []
        self._lines: list[int] = []
        self._blocks: list[tuple[list[pa.StringArray], list[Kinds] | None]] = []
        self._width = 0
        self._taken = 0

    @property
    def height(self) -> int:
        return len(self._lines)

    def add(self, line: int, texts: Sequence[str | None], kinds: bytes = b"") -> None:
        """Take a row. Raises FileRefused when it is one too many, too wide, or the cells are too many."""
        if len(texts) > self._width:
            self._width = len(texts)
            if self._width > self._limits.columns:
                raise refused("too_many_columns", line, limit=self._limits.columns)
        self._rows.append(texts)
        self._kinds.append(kinds)
        self._lines.append(line)
        if len(self._lines) > self._limits.rows + 1:
            raise refused("too_many_rows", limit=self._limits.rows)
        if len(self._lines) * self._width > self._limits.cells:
            raise refused("too_many_cells", limit=self._limits.cells)
        if len(self._rows) == BLOCK:
            self._flush()

    def _flush(self) -> None:
        columns = [pa.array(_cut(column), pa.string()) for column in zip_longest(*self._rows)]
        kinds = None
        if any(self._kinds):
            table = np.zeros((len(self._rows), len(columns)), dtype=np.uint8)
            for at, given in enumerate(self._kinds):
                table[at, : len(given)] = np.frombuffer(given, np.uint8)
            kinds = list(table.T.copy())
        self._taken += sum(column.nbytes for column in columns)
        if self._taken > self._limits.unpacked + 16 * self._limits.cells:
            raise refused("unpacks_too_large", limit_mb=self._limits.unpacked // MB)
        self._blocks.append((columns, kinds))
        self._rows, self._kinds = [], []

    def finish(self) -> tuple[tuple[pa.StringArray, ...], tuple[Kinds, ...] | None, Ints]:
        """(columns, kinds, lines) of all rows."""
        if self._rows:
            self._flush()
        width = max((len(columns) for columns, _ in self._blocks), default=0)
        heights = [len(columns[0]) if columns else 0 for columns, _ in self._blocks]
        texts = tuple(
            pa.concat_arrays(
                [
                    columns[place] if place < len(columns) else pa.nulls(height, pa.string())
                    for (columns, _), height in zip(self._blocks, heights, strict=True)
                ]
            )
            for place in range(width)
        )
        kinds = None
        if any(given for _, given in self._blocks):
            kinds = tuple(
                np.concatenate(
                    [
                        given[place] if given and place < len(given) else np.zeros(height, np.uint8)
                        for (_, given), height in zip(self._blocks, heights, strict=True)
                    ]
                )
                for place in range(width)
            )
        return texts, kinds, np.array(self._lines, dtype=np.int64)


def _cut(column: Sequence[str | None]) -> Sequence[str | None]:
    """No cell of a spreadsheet holds more; of a text file, what is longer is refused by its length all the same."""
    if any(text is not None and len(text) > MAX_CELL for text in column):
        return [text[:MAX_CELL] if text else text for text in column]
    return column
