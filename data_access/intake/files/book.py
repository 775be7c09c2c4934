"""What a file holds: sheets of text cells, and what of its form bears on their meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Literal

import numpy as np
import pyarrow as pa

Ints = np.ndarray[Any, np.dtype[np.int64]]
Kinds = np.ndarray[Any, np.dtype[np.uint8]]
Format = Literal["csv", "xlsx", "xls", "ods", "html", "json", "parquet"]


class Kind(IntEnum):
    """What a cell is beyond its text."""

    TEXT = 0
    NUMBER = 1
    NOISY = 2  # a number stored with more than the 15 digits that count; its text has 15
    PERCENT = 3  # shown as percent; its text ends in %
    DATE = 4  # day, instant or time of day, in ISO form
    BOOLEAN = 5  # TRUE or FALSE
    ERROR = 6  # its text is the error: #DIV/0!
    UNCOMPUTED = 7  # a formula that was never calculated: it has no text
    SCALED = 8  # a number shown in thousands or 万 by its format; its text is the stored number
    RED = 9  # a number in red type without a sign: by hand that is how a negative one is written


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells; lines and columns count from 1, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows that are not wholly blank.

    ``columns``: a string array each, all of one length; null where a line of a text file ends before the column.
    ``lines``: the line, or row number, of each row as the person sees it. ``kinds`` None: every cell is plain text.
    """

    name: str
    columns: tuple[pa.StringArray, ...]
    lines: Ints
    kinds: tuple[Kinds, ...] | None = None
    hidden: bool = False
    hidden_lines: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[Area, ...] = ()

    @property
    def height(self) -> int:
        return len(self.lines)

    def head(self, rows: int) -> Sheet:
        """Its first rows alone."""
        kinds = self.kinds if self.kinds is None else tuple(one[:rows] for one in self.kinds)
        columns = tuple(column[:rows] for column in self.columns)
        return replace(self, columns=columns, lines=self.lines[:rows], kinds=kinds)

    def row(self, at: int) -> list[str]:
        """The texts of one row, "" where there is no cell."""
        return [column[at].as_py() or "" for column in self.columns]

    def where(self, kind: Kind) -> Iterator[tuple[int, int]]:
        """(row, column) places of the cells of a kind, column by column."""
        for place, kinds in enumerate(self.kinds or ()):
            yield from ((int(row), place) for row in np.flatnonzero(kinds == kind))

    def address(self, row: int, column: int) -> str:
        """The address of a cell as spreadsheets write it: D17."""
        return f"{column_letters(column + 1)}{int(self.lines[row])}"


@dataclass(frozen=True)
class Book:
    """One file. ``encoding``: of a text file, with what it was told by (``mark``, ``valid``, ``characters``,
    ``chosen``); ``doubtful``: the encodings that it may be as well. ``delimiter`` None: not a delimited text, or none seen.
    ``types``: what a file with typed columns says they are.
    """

    format: Format
    sheets: tuple[Sheet, ...]
    encoding: str | None = None
    told_by: str | None = None
    doubtful: tuple[str, ...] = ()
    delimiter: str | None = None
    types: tuple[str, ...] = ()


def column_letters(column: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def blank_rows(columns: tuple[pa.StringArray, ...]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where a row is nothing but delimiters and blanks, as spreadsheets leave at the end."""
    import pyarrow.compute as pc

    blank = np.ones(len(columns[0]) if columns else 0, dtype=bool)
    for column in columns:
        bare = pc.equal(pc.utf8_trim(column, characters=BLANKS), "").fill_null(True)
        blank &= bare.to_numpy(zero_copy_only=False)
        if not blank.any():
            break
    return blank


BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))  # what str.strip takes away
