"""Reading one column: text → typed values, all at once where the text is plain, one by one where it is not.

Each kind has a strict reader for a single text that says why it refuses; the vectorised path takes only what that
reader would take unchanged, so both give the same values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_access.intake.importers.codes import Codes
from data_access.intake.importers.days import latest_instant, read_date, read_instant, read_year
from data_access.intake.importers.numbers import GROUPED, read_decimal, read_fen, read_whole, read_yuan
from data_access.intake.importers.reasons import Rejection, Unacceptable
from data_access.intake.importers.tables import Column
from rules.published import measure_of, period_of

MAX_TEXT = 500
# Controls, zero-width and direction marks, line separators, lone surrogates: two texts that look alike must be alike.
INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
Bad = tuple[int, Unacceptable]
# Texts that have names of their own; one that is none of them stays as it is, for the checks of the table.
WORDED: dict[str, Callable[[str], str]] = {"measure": measure_of, "period": lambda text: period_of(text) or text}

STORED = {
    "code": pa.string(),
    "choice": pa.string(),
    "text": pa.string(),
    "decimal": pa.string(),
    "integer": pa.int64(),
    "year": pa.int64(),
    "money": pa.int64(),
    "date": pa.date32(),
    "instant": pa.timestamp("us"),
}


def read_column(
    column: Column, texts: pa.StringArray, codes: Codes, *, yuan: bool = False
) -> tuple[pa.Array, list[Bad]]:
    """``(values, bad)``: typed values with null where the text is blank or bad, and why, by row index."""
    reader = _reader(column, codes, yuan)
    if column.kind == "money":
        return _read(texts, column, reader, _plain_yuan if yuan else _plain_fen)
    if column.kind == "text" and column.code in WORDED:
        return _read_distinct(texts, column, WORDED[column.code])
    if column.kind == "text":
        return _read(texts, column, reader, _plain_text)
    if column.kind == "decimal":
        return _read(texts, column, reader, _plain_decimal)
    if column.kind == "instant":
        return _read(texts, column, reader, lambda given: _plain_instants(given, codes.now))
    return _read_distinct(texts, column, reader)


def _read_distinct(texts: pa.StringArray, column: Column, reader: Callable[[str], Any]) -> tuple[pa.Array, list[Bad]]:
    """For columns of few distinct values: read each once."""
    encoded = texts.dictionary_encode()
    values: list[Any] = []
    refused: dict[int, Unacceptable] = {}
    for place, text in enumerate(encoded.dictionary.to_pylist()):
        value, problem = read_one(column, reader, text)
        values.append(value)
        if problem:
            refused[place] = problem
    indices = encoded.indices
    stored = pa.array(values, STORED[column.kind]).take(indices)
    if not refused:
        return stored, []
    flat = indices.to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(np.isin(flat, list(refused)))
    return stored, [(int(row), refused[int(flat[row])]) for row in rows]


def _read(
    texts: pa.StringArray,
    column: Column,
    reader: Callable[[str], Any],
    plain: Callable[[pa.StringArray], tuple[pa.Array, np.ndarray[Any, Any]]],
) -> tuple[pa.Array, list[Bad]]:
    """For columns of many distinct values: the plain ones at once, the rest one by one."""
    values, taken = plain(texts)
    rest = np.flatnonzero(~taken)
    if not len(rest):
        return values, []
    bad: list[Bad] = []
    mended: list[Any] = []
    for row, text in zip(rest.tolist(), texts.take(pa.array(rest)).to_pylist(), strict=True):
        value, problem = read_one(column, reader, text)
        mended.append(value)
        if problem:
            bad.append((row, problem))
    values = pc.replace_with_mask(values, pa.array(~taken), pa.array(mended, STORED[column.kind]))
    return values, bad


def read_one(column: Column, reader: Callable[[str], Any], text: str) -> tuple[Any, Unacceptable | None]:
    """``(value, problem)`` of one text; both None where it is blank and may be."""
    stripped = text.strip()
    if not stripped:
        return None, Unacceptable("blank") if column.required else None
    try:
        if len(stripped) > MAX_TEXT:
            raise Unacceptable("too_long", limit=MAX_TEXT)
        if INVISIBLE.search(stripped):
            raise Unacceptable("control_character")
        return reader(stripped), None
    except Unacceptable as problem:
        return None, problem


def _reader(column: Column, codes: Codes, yuan: bool) -> Callable[[str], Any]:
    match column.kind:
        case "code":
            return lambda text: codes.resolve(column.codes, text)
        case "choice":
            return lambda text: _choice(text, column)
        case "date":
            return read_date
        case "instant":
            return lambda text: read_instant(text, codes.now)
        case "money":
            return read_yuan if yuan else read_fen
        case "integer":
            return lambda text: read_whole(text, column.bounds)
        case "year":
            return lambda text: read_year(text, column.bounds or (1, 9999))
        case "decimal":
            return read_decimal
        case "text":
            return lambda text: text


def _choice(text: str, column: Column) -> str:
    code = column.names.get(text, text)
    if code in column.choices:
        return code
    raise Unacceptable("not_a_choice", choices=list(column.choices))


def _mask(texts: pa.StringArray, pattern: str) -> np.ndarray[Any, Any]:
    return np.asarray(pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False), dtype=bool)


def _only(texts: pa.StringArray, taken: np.ndarray[Any, Any]) -> pa.StringArray:
    return texts if taken.all() else pc.if_else(pa.array(taken), texts, pa.scalar(None, pa.string()))


def _ungrouped(texts: pa.StringArray) -> pa.StringArray:
    """Numbers without the commas between their thousands; where commas stand otherwise they stay."""
    if not pc.any(pc.match_substring(texts, ",")).as_py():
        return texts
    grouped = pa.array(_mask(texts, f"^{GROUPED.pattern}$"))
    return pc.if_else(grouped, pc.replace_substring(texts, ",", ""), texts)


def _plain_fen(texts: pa.StringArray) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    texts = _ungrouped(texts)
    taken = _mask(texts, r"^-?[0-9]{1,15}$")
    return _only(texts, taken).cast(pa.int64()), taken


def _plain_yuan(texts: pa.StringArray) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    texts = _ungrouped(texts)
    taken = _mask(texts, r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$")
    exact = _only(texts, taken).cast(pa.decimal128(15, 2))
    return pc.multiply(exact, pa.scalar(Decimal(100))).cast(pa.int64()), taken


def _plain_decimal(texts: pa.StringArray) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    texts = _ungrouped(texts)
    taken = _mask(texts, r"^-?[0-9]{1,18}(\.[0-9]{1,18})?$")
    return _only(texts, taken), taken


def _plain_text(texts: pa.StringArray) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    taken = _mask(texts, r"^[!-~]{1,200}$")
    return _only(texts, taken), taken


def _plain_instants(texts: pa.StringArray, now: datetime) -> tuple[pa.Array, np.ndarray[Any, Any]]:
    none = np.zeros(len(texts), dtype=bool)
    empty = pa.nulls(len(texts), STORED["instant"])
    pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    try:
        if _mask(texts, pattern + r"(Z|[+-][0-9]{2}:[0-9]{2})$").all():
            values = texts.cast(pa.timestamp("us", "UTC"))
        elif _mask(texts, pattern + "$").all():
            local = pc.assume_timezone(texts.cast(pa.timestamp("us")), "Asia/Shanghai")
            values = local.cast(pa.timestamp("us", "UTC"))
        else:
            return empty, none
    except pa.ArrowInvalid:
        return empty, none
    values = values.cast(STORED["instant"])
    taken = np.asarray(pc.less_equal(values, pa.scalar(latest_instant(now))).to_numpy(zero_copy_only=False), dtype=bool)
    return values, taken


def rejections(column: str, bad: Sequence[Bad], texts: pa.StringArray, lines: np.ndarray[Any, Any]) -> list[Rejection]:
    """The refused values of a column with the lines they stand on."""
    shown = texts.take(pa.array([row for row, _ in bad], pa.int64())).to_pylist()
    return [
        Rejection(int(lines[row]), column, text, problem.reason, problem.parameters)
        for (row, problem), text in zip(bad, shown, strict=True)
    ]
