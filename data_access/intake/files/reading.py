"""What the process does with a file: tells its format by its first bytes and reads it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import BinaryIO

from data_access.intake.files import delimited, objects, other_books, parquet, webpage, workbook
from data_access.intake.files.book import Book
from data_access.intake.files.limits import Limits, refused
from data_access.intake.importers.reasons import FileRefused

log = logging.getLogger("poolwatch.intake")
HEAD = 4096
Reader = Callable[[BinaryIO, Limits], Book]


def book_of(file: BinaryIO, limits: Limits, encoding: str | None = None) -> Book:
    """The book in an open file. Raises FileRefused; MemoryError where there is not enough."""
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _guarded("xlsx", workbook.read, file, limits)
    if head.startswith(b"PAR1"):
        return _guarded("parquet", parquet.read, file, limits)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _guarded("xls", other_books.read_xls, file, limits)
    if webpage.looks_like_one(head):
        return _guarded("html", webpage.read, file, limits)
    if objects.looks_like_one(head):
        return _guarded("json", objects.read, file, limits)
    return delimited.read(file, limits, encoding)


def _guarded(format_name: str, read: Reader, file: BinaryIO, limits: Limits) -> Book:
    try:
        return read(file, limits)
    except (FileRefused, MemoryError):
        raise
    except BaseException as problem:
        # Damaged workbooks and Parquet files make their readers fail in dozens of ways, a panic of a library written
        # in Rust among them; all mean the same here.
        if isinstance(problem, (KeyboardInterrupt, SystemExit)):
            raise
        log.debug("unreadable %s", format_name, exc_info=problem)
        raise refused("unreadable", format=format_name) from problem
