"""The strict door: the sheet of a file that holds the rows, as a delivery; what is no plain table is refused by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_access.intake.files.book import BLANKS, Book, Kind, Sheet
from data_access.intake.files.limits import MAX_BYTES, refused
from data_access.intake.files.process import book_of_bytes
from data_access.intake.importers.delivery import Delivery, is_money, plain_header, spellings
from data_access.intake.importers.reasons import REJECTED_BECAUSE
from data_access.intake.importers.tables import TABLES, ImportTable
from data_access.intake.importers.templates import NOTES

LOOKED_AT = 20  # rows in which a header is looked for
ASIDE = {*NOTES, "代码表", "Codes"}  # sheets of our own templates that hold no rows
LIKE_A_HEADER = 2 / 3
SHOWN_LINES = 20
NOTE = re.compile(r"[（(]?\s*(附?注|备注|说明|资料来源|来源|notes?)\s*\d*\s*[：:.、]", re.I)
TOTAL = re.compile(r"[\s　]*(合\s*计|总\s*计|小\s*计|累\s*计|total)[\s　]*([：:]|\Z)", re.I)
SIGNATURE = re.compile(r"(制表|填表|填报|审核|复核|负责人|经办人|签字|签名|盖章|报送日期)[^：:]{0,8}[：:]")
UNIT = re.compile(r"[（(]?\s*(金额|计量)?单位\s*[：:]")
Known = Sequence[frozenset[str]]  # the spellings of the headers of each table that it may be


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises FileRefused when it is larger than what is taken, OSError when it cannot be read."""
    if path.stat().st_size > MAX_BYTES:
        raise refused("file_too_large", limit_bytes=MAX_BYTES)
    return path.read_bytes()


def read_delivery(
    content: bytes, table: ImportTable | None = None, sheet: str | None = None, known: Known | None = None
) -> Delivery:
    """The delivery in a file's bytes. ``sheet`` None: the only one with rows; ``known``: the headers that are looked for,
    else those of ``table`` or of all tables. Raises FileRefused.
    """
    return delivery_of(book_of_bytes(content), table, sheet, known)


def delivery_of(
    book: Book, table: ImportTable | None = None, sheet: str | None = None, known: Known | None = None
) -> Delivery:
    """The same of a file that was read already."""
    _refuse_form(book)
    headers = known or [
        frozenset(spellings(one)) | set(REJECTED_BECAUSE) for one in ([table] if table else TABLES.values())
    ]
    chosen, notes = _choose(book, headers, table, sheet)
    return _delivery(book, chosen, headers, notes)


def _refuse_form(book: Book) -> None:
    if book.format == "html":
        raise refused("web_page")
    if book.format in ("xls", "ods"):
        raise refused("foreign_format", what=book.format.upper())
    if book.doubtful:
        raise refused("doubtful_encoding", encodings=list(book.doubtful), cells=beyond_ascii(book.sheets[0]))


def beyond_ascii(sheet: Sheet) -> list[str]:
    """Up to three cells as they were decoded, by which a person sees whether the encoding is right."""
    cells = (text for at in range(min(sheet.height, 100)) for text in sheet.row(at) if not text.isascii())
    return [text[:30] for text, _ in zip(cells, range(3), strict=False)]


# --- which sheet


def _choose(
    book: Book, known: Known, table: ImportTable | None, name: str | None
) -> tuple[Sheet, list[dict[str, Any]]]:
    filled = [sheet for sheet in book.sheets if sheet.height]
    if not filled:
        raise refused("empty_file")
    visible = [sheet for sheet in filled if not sheet.hidden]
    if name is not None:
        chosen = next((sheet for sheet in filled if sheet.name == name), None)
        if chosen is None:
            raise refused("no_such_sheet", value=name, sheets=[sheet.name for sheet in filled])
    else:
        candidates = [sheet for sheet in visible if sheet.name not in ASIDE] or visible or filled
        fitting = [sheet for sheet in candidates if _header_at(sheet, known) is not None]
        if len(fitting) > 1:
            raise refused("several_sheets", sheets=[sheet.name for sheet in visible])
        named = [table.label, table.label_en, table.name] if table else []
        chosen = (fitting or [sheet for sheet in candidates if sheet.name in named] or candidates)[0]
    left = [sheet.name for sheet in filled if sheet is not chosen]
    return chosen, [{"note": "sheets_not_read", "read": chosen.name, "sheets": left}] if left else []


def _header_at(sheet: Sheet, known: Known) -> int | None:
    """The row that is the header of a known table, among the first ones."""
    return next((at for at in range(min(sheet.height, LOOKED_AT)) if _is_header(sheet.row(at), known)), None)


def _is_header(texts: Sequence[str], known: Known) -> bool:
    cells = {plain_header(text) for text in texts} - {""}
    return len(cells) > 1 and any(len(cells & names) >= LIKE_A_HEADER * len(cells) for names in known)


# --- its rows


def _delivery(book: Book, sheet: Sheet, known: Known, notes: list[dict[str, Any]]) -> Delivery:
    top = _header_at(sheet, known)
    if top:
        looks = "header" if _is_second_header(sheet.row(0), known) else looks_like(sheet.row(0)) or "title"
        raise refused(
            "line_above_header",
            int(sheet.lines[0]),
            value=_shown(sheet.row(0)),
            looks_like="title" if looks == "text" else looks,
            header_line=int(sheet.lines[top]),
        )
    names = [text.strip() for text in sheet.row(0)]
    while names and not names[-1]:
        names.pop()
    if len(names) == 1 and book.format == "csv" and book.delimiter is None:
        _refuse_delimiter(names[0], int(sheet.lines[0]))
    # An unknown header is refused by who matches them, and says more than what else is amiss in such a file.
    if all(any(plain_header(name) in one for one in known) for name in names):
        _refuse_merged(sheet)
        _refuse_lines(sheet, len(names), known)
        _refuse_width(sheet, len(names))
    _refuse_floats(book, names)
    _refuse_uncomputed(sheet)
    texts = tuple(column.slice(1).fill_null("") for column in sheet.columns[: len(names)])
    return Delivery(tuple(names), texts, sheet.lines[1:], (*notes, *_notes(sheet)), sheet.name)


def _shown(texts: Sequence[str]) -> str:
    return ",".join(texts).rstrip(",")[:200]


def _is_second_header(texts: Sequence[str], known: Known) -> bool:
    """At least half of the filled cells are headers of one table."""
    cells = {plain_header(text) for text in texts} - {""}
    return len(cells) > 1 and any(2 * len(cells & names) >= len(cells) for names in known)


def _refuse_delimiter(text: str, line: int) -> None:
    sign = next((sign for sign in ("\t", ";", "|", "，") if sign in text), None)
    if sign:
        raise refused("wrong_delimiter", line, value=text[:200], delimiter=sign)


def _refuse_merged(sheet: Sheet) -> None:
    """A merged cell has one value for several rows: which rows it is meant for is not ours to guess."""
    if sheet.merged:
        area = sheet.merged[0]
        raise refused("merged_cells", area.top, value=str(area), cells=str(area))


def looks_like(texts: Sequence[str]) -> str | None:
    """What a line that is no row of a table looks like: note, total, signature, unit or text; None: it may be a row."""
    filled = [text.strip() for text in texts if text.strip()]
    if not filled or 2 * len(filled) > len(texts):
        return None
    for what, pattern in (("note", NOTE), ("unit", UNIT), ("total", TOTAL), ("signature", SIGNATURE)):
        if pattern.match(filled[0]):
            return what
    return "text" if len(filled) == 1 and len(texts) > 2 and len(filled[0]) > 12 else None


def _refuse_lines(sheet: Sheet, width: int, known: Known) -> None:
    """A second line of headers, and lines below the rows that are none: notes, totals, signatures."""
    if sheet.height > 1 and _is_second_header(sheet.row(1), known):
        raise refused("not_a_data_line", int(sheet.lines[1]), value=_shown(sheet.row(1)), looks_like="header")
    for at in _sparse(sheet, width):
        texts = sheet.row(at)
        looks = looks_like([*texts[:width], *(text for text in texts[width:] if text.strip())])
        if looks:
            raise refused("not_a_data_line", int(sheet.lines[at]), value=_shown(texts), looks_like=looks)


def _sparse(sheet: Sheet, width: int) -> list[int]:
    """The rows below the header of which at most half of the cells are filled."""
    filled = np.zeros(sheet.height, dtype=np.int64)
    for column in sheet.columns[:width]:
        filled += ~_blank(column)
    return [int(at) for at in np.flatnonzero(2 * filled <= width) if at > 0]


def _blank(column: pa.StringArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    bare = pc.equal(pc.utf8_trim(column, characters=BLANKS), "").fill_null(True)
    return np.asarray(bare.to_numpy(zero_copy_only=False), dtype=bool)


def _refuse_width(sheet: Sheet, width: int) -> None:
    wrong = np.zeros(sheet.height, dtype=bool)
    for column in sheet.columns[:width]:
        if column.null_count:
            wrong |= column.is_null().to_numpy(zero_copy_only=False)
    for column in sheet.columns[width:]:
        wrong |= ~_blank(column)
    wrong[0] = False
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        cells = [column[at].as_py() for column in sheet.columns]
        written = [cell for cell in cells if cell is not None]
        raise refused(
            "wrong_number_of_columns",
            int(sheet.lines[at]),
            value=",".join(written)[:200],
            expected=width,
            got=len(written),
        )


def _refuse_floats(book: Book, names: Sequence[str]) -> None:
    for name, kind in zip(names, book.types, strict=False):
        if kind in ("halffloat", "float", "double") and is_money(name):
            raise refused("float_column", 1, name, type=kind)


def _refuse_uncomputed(sheet: Sheet) -> None:
    cell = min(sheet.where(Kind.UNCOMPUTED), default=None)
    if cell is not None:
        raise refused("uncomputed_formula", int(sheet.lines[cell[0]]), cell=sheet.address(*cell))


def _notes(sheet: Sheet) -> list[dict[str, Any]]:
    """What was taken with a remark: hidden rows and columns, numbers with more digits than count, and red ones."""
    notes: list[dict[str, Any]] = []
    hidden = (
        [line for line in sheet.hidden_lines if line in set(sheet.lines[1:].tolist())] if sheet.hidden_lines else []
    )
    if hidden:
        notes.append({"note": "hidden_rows", "count": len(hidden), "lines": hidden[:SHOWN_LINES]})
    columns = [column for column in sheet.hidden_columns if column <= len(sheet.columns)]
    if columns:
        notes.append({"note": "hidden_columns", "count": len(columns), "columns": columns[:SHOWN_LINES]})
    noisy = [sheet.address(*cell) for cell in sheet.where(Kind.NOISY)]
    if noisy:
        notes.append({"note": "noisy_numbers", "count": len(noisy), "cells": noisy[:SHOWN_LINES]})
    red = [sheet.address(*cell) for cell in sheet.where(Kind.RED)]
    if red:
        notes.append({"note": "red_numbers", "count": len(red), "cells": red[:SHOWN_LINES]})
    return notes
