"""A book, or why there is none, as bytes between two processes: the sheets as Arrow streams, then what else is known.

Layout: one stream a sheet, a JSON text, its length in eight bytes. What is read back points into the bytes: no cell is
copied or made an object.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from data_access.intake.files.book import Area, Book, Sheet
from data_access.intake.importers.reasons import FileRefused, Rejection

TAIL = 8


def pack(book: Book, out: BinaryIO) -> None:
    """Write a book."""
    sheets = []
    for sheet in book.sheets:
        start = out.tell()
        _write_table(sheet, out)
        sheets.append(
            {
                "at": [start, out.tell()],
                "name": sheet.name,
                "width": len(sheet.columns),
                "hidden": sheet.hidden,
                "hidden_lines": sheet.hidden_lines,
                "hidden_columns": sheet.hidden_columns,
                "merged": [astuple(area) for area in sheet.merged],
            }
        )
    facts = {
        "format": book.format,
        "encoding": book.encoding,
        "told_by": book.told_by,
        "doubtful": book.doubtful,
        "delimiter": book.delimiter,
        "types": book.types,
    }
    _write_facts({"book": facts, "sheets": sheets}, out)


def pack_refusal(problem: FileRefused, out: BinaryIO) -> None:
    """Write why there is no book."""
    reasons = [(r.line, r.column, r.value[:1000], r.reason, r.parameters) for r in problem.rejections]
    _write_facts({"refused": reasons}, out)


def _write_table(sheet: Sheet, out: BinaryIO) -> None:
    columns: list[pa.Array] = [*sheet.columns, *(sheet.kinds or ()), sheet.lines]
    names = [str(place) for place in range(len(columns))]
    table = pa.table([pa.array(column) for column in columns], names=names)
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)


def _write_facts(facts: dict[str, Any], out: BinaryIO) -> None:
    text = json.dumps(facts).encode()
    out.write(text)
    out.write(len(text).to_bytes(TAIL, "big"))
    out.flush()


def unpack(content: pa.Buffer) -> Book:
    """Read a book back. Raises FileRefused where it was refused."""
    length = int.from_bytes(content[len(content) - TAIL :].to_pybytes(), "big")
    facts = json.loads(content[len(content) - TAIL - length : len(content) - TAIL].to_pybytes())
    if "refused" in facts:
        raise FileRefused(*(Rejection(*reason) for reason in facts["refused"]))
    sheets = tuple(_read_sheet(content, one) for one in facts["sheets"])
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in facts["book"].items()
    }
    return Book(sheets=sheets, **known)


def _read_sheet(content: pa.Buffer, facts: dict[str, Any]) -> Sheet:
    start, end = facts["at"]
    table = pa.ipc.open_stream(content[start:end]).read_all()
    arrays = [column.combine_chunks() for column in table.columns]
    width = facts["width"]
    kinds = tuple(array.to_numpy() for array in arrays[width:-1])
    return Sheet(
        facts["name"],
        tuple(arrays[:width]),
        np.asarray(arrays[-1].to_numpy(), dtype=np.int64),
        kinds or None,
        facts["hidden"],
        tuple(facts["hidden_lines"]),
        tuple(facts["hidden_columns"]),
        tuple(Area(*area) for area in facts["merged"]),
    )
