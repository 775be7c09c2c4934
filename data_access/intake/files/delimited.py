"""Text files: told encoding, told delimiter, and their lines as cells; the fast way where every line is a row."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from data_access.intake.files.book import Book, Ints, Sheet, blank_rows
from data_access.intake.files.encoding import tell, utf8_copy
from data_access.intake.files.grid import Grid
from data_access.intake.files.limits import Limits, refused

CHUNK = 1 << 23
SAMPLE = 1 << 16
DELIMITERS = (",", "\t", ";", "|", "，")
FITS = 0.8  # of the lines, to be a table at all
FIELD = 1 << 17


def read(file: BinaryIO, limits: Limits, encoding: str | None = None) -> Book:
    """The one sheet of a text file. ``encoding``: as a person chose; else told by the bytes."""
    told = tell(file, encoding)
    with utf8_copy(file, told) as text:
        if not _head(text).strip() and _is_blank(text):
            raise refused("empty_file")
        delimiter = tell_delimiter(_head(text))
        _refuse_wide(text, delimiter or ",", limits)
        sheet = _read_plain(text, delimiter or ",", limits) or _read_carefully(text, delimiter or ",", limits)
    return Book("csv", (sheet,), told.encoding, told.by, told.doubtful, delimiter)


def _head(file: BinaryIO) -> str:
    """The first lines; the last one may be cut."""
    file.seek(0)
    content = file.read(SAMPLE)
    file.seek(0)
    return content.decode("utf-8", "ignore").removeprefix("\ufeff")


def _is_blank(file: BinaryIO) -> bool:
    return not any(chunk.decode("utf-8", "ignore").strip("\ufeff \t\r\n") for chunk in _chunks(file))


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces that end with a line."""
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk + file.readline()
    file.seek(0)


# --- the delimiter


def tell_delimiter(text: str) -> str | None:
    """The sign that parts the cells of these lines; None where none does, or where two do so equally well.

    A sign fits where most lines that have it have it equally often. Of those that fit, the one with most columns; of
    equals, the one that parts an earlier line: headers have no decimal commas.
    """
    lines = [line for line in text.splitlines() if line.strip()][:50]
    fits = {sign: fit for sign in DELIMITERS if (fit := _fit(lines, sign))}
    if not fits:
        return None
    best = max(fits, key=lambda sign: (fits[sign][0], -fits[sign][1]))
    width, first = fits[best]
    rivals = [sign for sign, (also, at) in fits.items() if sign != best and 2 * also > width > 2 and at <= first]
    return None if any(fits[sign][0] > 2 for sign in rivals) else best


def _fit(lines: list[str], sign: str) -> tuple[int, int] | None:
    """(how many cells most lines have when they are parted so, the first such line); None where they do not agree."""
    counts = [_cells(line, sign) for line in lines]
    several = Counter(count for count in counts if count > 1)
    if not several:
        return None
    width, count = max(several.items(), key=lambda pair: (pair[1], pair[0]))
    if count < FITS * sum(several.values()) and sign != ",":
        return None
    return width, counts.index(width)


def _cells(line: str, sign: str) -> int:
    """Signs within quotes part nothing."""
    if '"' not in line:
        return line.count(sign) + 1
    return re.sub(r'"(?:[^"]|"")*"', "", line).count(sign) + 1


def _refuse_wide(file: BinaryIO, delimiter: str, limits: Limits) -> None:
    """A first line far too wide is refused before any reader makes a column of each of its cells."""
    if _head(file).split("\n", 1)[0].count(delimiter) > 10 * limits.columns:
        raise refused("too_many_columns", 1, limit=limits.columns)


# --- the fast way


def _read_plain(file: BinaryIO, delimiter: str, limits: Limits) -> Sheet | None:
    """Every line a row; None otherwise: the careful reader finds out where and why.

    Only so are the fast reader's row numbers lines.
    """
    lines = _plain_lines(file, delimiter) if delimiter.isascii() else None
    if lines is None:
        return None
    if lines > limits.rows + 1:
        raise refused("too_many_rows", limit=limits.rows)
    file.seek(0)
    try:
        reader = pacsv.open_csv(
            pa.PythonFile(os.fdopen(os.dup(file.fileno()), "rb"), mode="r"),
            read_options=pacsv.ReadOptions(autogenerate_column_names=True, block_size=CHUNK),
            parse_options=pacsv.ParseOptions(ignore_empty_lines=False, delimiter=delimiter),
            convert_options=pacsv.ConvertOptions(
                column_types={f"f{place}": pa.string() for place in range(limits.columns)}, strings_can_be_null=False
            ),
        )
        if len(reader.schema) < 2 or len(reader.schema) > limits.columns:
            return None
        table = reader.read_all()
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    finally:
        file.seek(0)
    if table.num_rows != lines:
        return None
    columns = tuple(column.combine_chunks() for column in table.columns)
    return _without_blank_rows(columns, np.arange(1, table.num_rows + 1, dtype=np.int64), quoted=_has(file, b'"'))


def _has(file: BinaryIO, sign: bytes) -> bool:
    return any(sign in chunk for chunk in _chunks(file))


def _without_blank_rows(columns: tuple[pa.StringArray, ...], lines: Ints, *, quoted: bool) -> Sheet | None:
    # Readers differ in what a quote within a value is.
    if quoted and any(pc.any(pc.match_substring(column, '"')).as_py() for column in columns):
        return None
    blank = blank_rows(columns)
    if blank.any():
        kept = pa.array(~blank)
        columns, lines = tuple(column.filter(kept) for column in columns), lines[~blank]
    return Sheet("", columns, lines)


def _plain_lines(file: BinaryIO, delimiter: str) -> int | None:
    """How many lines there are, where no carriage return stands alone and quotes stand only around whole values."""
    lines, last = 0, b"\n"
    sign = delimiter.encode()
    for chunk in _chunks(file):
        lines += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == ord("\n")))
        if b"\x00" in chunk or (b"\r" in chunk and not _paired_returns(chunk)):
            return None
        if b'"' in chunk and not _whole_quotes(chunk, sign):
            return None
        last = chunk[-1:]
    return lines + (last != b"\n")


def _paired_returns(chunk: bytes) -> bool:
    cut = chunk.endswith(b"\r")
    return chunk.count(b"\r") - cut == chunk.count(b"\r\n")


def _whole_quotes(chunk: bytes, sign: bytes) -> bool:
    quotes = chunk.count(b'"')
    opening = chunk.count(sign + b'"') + chunk.count(b'\n"') + chunk.startswith(b'"')
    closing = chunk.count(b'"' + sign) + chunk.count(b'"\n') + chunk.count(b'"\r') + chunk.endswith(b'"')
    return 2 * opening == 2 * closing == quotes


# --- the careful way


def _read_carefully(file: BinaryIO, delimiter: str, limits: Limits) -> Sheet:
    """Line by line, as the file is written: rows of several lines, of several widths, lines ended by returns alone."""
    grid = Grid(limits)
    csv.field_size_limit(FIELD)
    reader = csv.reader(_lines(file), strict=True, delimiter=delimiter)
    try:
        begun = 1
        for row in reader:
            line, begun = begun, reader.line_num + 1
            if any(cell.strip() for cell in row):
                while row and not row[-1].strip() and len(row) > limits.columns:
                    row.pop()
                grid.add(line, row)
    except csv.Error as problem:
        raise refused("broken_quotes", reader.line_num) from problem
    columns, _, lines = grid.finish()
    return Sheet("", columns, lines)


def _lines(file: BinaryIO) -> Iterator[str]:
    """The lines with their ends, as they stand; a line that never ends is given in pieces."""
    text = io.TextIOWrapper(os.fdopen(os.dup(file.fileno()), "rb"), encoding="utf-8-sig", newline="")
    text.seek(0)
    with text:
        yield from text
