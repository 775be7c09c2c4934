"""JSON: a list of objects, or such a list under ``entries``; each object a row, its keys the headers, in the order in which
they first come. Numbers stay as they are written."""

from __future__ import annotations

import json
import re
from typing import Any, BinaryIO

import numpy as np

from data_access.intake.files.book import Book, Sheet
from data_access.intake.files.grid import Grid
from data_access.intake.files.limits import Limits, refused

UNDER = "entries"
# No first line of a table begins so.
START = re.compile(rb'(\xef\xbb\xbf)?\s*(\[\s*[{\["\]]|\{\s*["}])')
WORDS = {True: "true", False: "false", None: ""}
Pairs = list[tuple[str, Any]]


def looks_like_one(head: bytes) -> bool:
    """Whether a file's first bytes are those of such a JSON."""
    return START.match(head) is not None


def read(file: BinaryIO, limits: Limits) -> Book:
    """The one sheet: the keys as its header, then each object as a line of its own number, counted from 1."""
    rows = _objects(file.read())
    names: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        if len({key for key, _ in row}) < len(row):
            twice = next(key for at, (key, _) in enumerate(row) if key in (other for other, _ in row[:at]))
            raise refused("json_repeated_key", number, twice)
        for key, _ in row:
            names.setdefault(key, len(names))
        if len(names) > limits.columns:
            raise refused("too_many_columns", number, limit=limits.columns)
    grid = Grid(limits)
    grid.add(0, list(names))
    kept, blank = [0], [""] * len(names)
    for number, row in enumerate(rows, start=1):
        texts = blank.copy()
        for key, value in row:
            texts[names[key]] = _text(number, key, value)
        if any(text.strip() for text in texts):
            grid.add(number, texts)
            kept.append(number)
    if not names:
        raise refused("empty_file")
    columns, _, _ = grid.finish()
    return Book("json", (Sheet("", columns, np.array(kept, dtype=np.int64)),), "utf-8", "valid")


def _objects(content: bytes) -> list[Pairs]:
    """The objects as their pairs, so that a key given twice is seen."""
    try:
        text = content.decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=str)
    except UnicodeDecodeError as problem:
        raise refused("json_not_utf8") from problem
    except json.JSONDecodeError as problem:
        where = f"{problem.lineno}:{problem.colno}"
        raise refused("json_syntax", value=text[problem.pos : problem.pos + 40], place=where) from problem
    if isinstance(found, _Object):
        found = found[0][1] if len(found) == 1 and found[0][0] == UNDER else None
    if not isinstance(found, list) or isinstance(found, _Object):
        raise refused("json_form")
    for number, row in enumerate(found, start=1):
        if not isinstance(row, _Object):
            raise refused("json_form", number)
    return found


class _Object(list[tuple[str, Any]]):
    """An object's pairs."""


def _text(number: int, key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return WORDS[value]
    raise refused("json_nested", number, key)
