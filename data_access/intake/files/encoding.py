"""Which encoding a text file is in, by evidence: its mark, its validity, the characters that it then would have.

Nearly any bytes are some text in GB18030. A file is taken to be so only where it gives characters that are commonly
written; else charset-normalizer is asked, and what it may be as well is said.
"""

from __future__ import annotations

import codecs
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from data_access.intake.files.limits import refused

CHUNK = 1 << 22
SAMPLE = 1 << 16
# Characters of ordinary and administrative Chinese, the regions' names among them: about a third of what GB2312 lists
# first, but nine in ten of those on a page.
COMMON = Path(__file__).parent / "common_characters.txt"
CONVINCING = 0.6  # what bytes of another encoding reach as GB18030 is about a third
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
CHINESE = ("gb18030", "gbk", "gb2312", "hz")
SHOWN = 3  # encodings named beside a doubtful text
SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True, slots=True)
class Told:
    """An encoding, what it was told by, and the encodings that it may be as well."""

    encoding: str
    by: str
    doubtful: tuple[str, ...] = ()
    mark: int = 0  # bytes at the start that are none of the text


def tell(file: BinaryIO, chosen: str | None = None) -> Told:
    """The encoding of a file. Raises FileRefused where no encoding fits, or UTF-8 does but for a few bytes."""
    file.seek(0)
    head = file.read(4)
    mark = next(((sign, name) for sign, name in MARKS if head.startswith(sign)), None)
    if chosen is not None:
        fits = mark is not None and mark[1] == chosen.lower()
        return Told(chosen, "chosen", mark=len(mark[0]) if mark and fits else 0)
    if mark is not None and mark[1] != "utf-8":
        return Told(mark[1], "mark", mark=len(mark[0]))
    bad = _first_bad_byte(file, "utf-8")
    if bad is None:
        return Told("utf-8", "mark" if mark else "valid", mark=len(mark[0]) if mark else 0)
    sample = _lines_beyond_ascii(file)
    if mark or _is_nearly_utf8(sample):
        raise _bad_byte(file, bad)
    return _by_characters(file, sample)


def _by_characters(file: BinaryIO, sample: bytes) -> Told:
    text = _as_chinese(sample)
    if text is not None and commonness(text) >= CONVINCING:
        return Told("gb18030", "characters")
    found = [] if b"\x00" in sample else [match.encoding for match in from_bytes(sample)]
    if text is not None and found and found[0] in CHINESE:
        return Told("gb18030", "characters")
    maybe = [*found, *(["gb18030"] if text is not None else [])]
    if not maybe:
        raise _unknown(file, _first_bad_byte(file, "gb18030") or 0)
    return Told(maybe[0], "characters", tuple(dict.fromkeys(maybe))[:SHOWN])


def _as_chinese(sample: bytes) -> str | None:
    try:
        return codecs.getincrementaldecoder("gb18030")().decode(sample)  # a line too long for a sample is cut
    except UnicodeDecodeError:
        return None


def commonness(text: str) -> float:
    """How much of a text are characters that are commonly written, 1 where all are; punctuation does not count."""
    weights = [weight for sign in text if (weight := _weight(sign)) is not None]
    return sum(weights) / len(weights) if weights else 1.0


@cache
def _weight(sign: str) -> float | None:
    if sign.isascii() or (not sign.isalnum() and sign.isprintable() and not "\ue000" <= sign <= "\uf8ff"):
        return None
    if sign in _common():
        return 1.0
    if not sign.isprintable() or "\ue000" <= sign <= "\uf8ff" or "\uff61" <= sign <= "\uff9f":
        return -1.0  # private use, controls, half-width kana: nobody writes them
    if "\uff10" <= sign <= "\uff5a":
        return None
    return 0.15 if len(sign.encode("gb2312", "ignore")) == 2 else 0.0


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8")) - {"\n"}


def _lines_beyond_ascii(file: BinaryIO) -> bytes:
    """Whole lines that hold more than ASCII, up to a sample's size."""
    found, size = [], 0
    file.seek(0)
    while size < SAMPLE and (line := file.readline(SAMPLE)):
        if not line.isascii():
            found.append(line)
            size += len(line)
    file.seek(0)
    return b"".join(found)


def _is_nearly_utf8(sample: bytes) -> bool:
    """A few damaged characters in what is UTF-8 otherwise; in other encodings whole sequences come about by chance."""
    whole = len(SEQUENCE.findall(sample))
    rest = sum(byte >= 0x80 for byte in SEQUENCE.sub(b"", sample))
    return whole >= 3 and whole >= 3 * rest


def _first_bad_byte(file: BinaryIO, encoding: str) -> int | None:
    """The place of the first byte that is not of the encoding."""
    decoder, place = codecs.getincrementaldecoder(encoding)(), 0
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            kept = len(decoder.getstate()[0])
            decoder.decode(chunk)
            place += len(chunk)
        kept, chunk = len(decoder.getstate()[0]), b""
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as problem:
        return place - kept + problem.start
    finally:
        file.seek(0)
    return None


def _line_of(file: BinaryIO, place: int) -> tuple[int, bytes, int]:
    """(number of the line, its bytes up to there, the byte itself)."""
    file.seek(0)
    before = file.read(place)
    byte = file.read(1)
    file.seek(0)
    return before.count(b"\n") + 1, before[before.rfind(b"\n") + 1 :], byte[0] if byte else 0


def _bad_byte(file: BinaryIO, place: int) -> Exception:
    line, before, byte = _line_of(file, place)
    shown = before.decode("utf-8", "replace")[-60:]
    return refused("bad_byte", line, value=f"{shown}?", byte=f"{byte:02X}", place=len(before) + 1)


def _unknown(file: BinaryIO, place: int) -> Exception:
    return refused("unknown_encoding", _line_of(file, place)[0], byte=place)


@contextmanager
def utf8_copy(file: BinaryIO, told: Told) -> Iterator[BinaryIO]:
    """The file's text as UTF-8: the file itself where it is, else a copy that ends with the block. Raises FileRefused."""
    if told.encoding == "utf-8" and told.by != "chosen":
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        file.seek(told.mark)
        try:
            decoder = codecs.getincrementaldecoder(told.encoding)()
            while chunk := file.read(CHUNK):
                copy.write(decoder.decode(chunk).encode("utf-8", "replace"))
            copy.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
        except (UnicodeDecodeError, LookupError) as problem:
            place = _first_bad_byte(file, told.encoding) if isinstance(problem, UnicodeDecodeError) else 0
            raise _unknown(file, place or 0) from problem
        copy.flush()
        copy.seek(0)
        yield copy
