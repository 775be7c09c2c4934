"""A gzip body joined from parts that were compressed before, so that a document which differs by a name from reader to
reader costs no compression of the rest."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
LAST_BLOCK = b"\x03\x00"


@dataclass(frozen=True, slots=True)
class GzipPart:
    """A text as raw deflate blocks that end on a byte and refer to nothing before them.

    ``sum_from`` carries the check sum over the text: it is linear in the sum so far, so one step a bit is enough.
    """

    deflated: bytes
    length: int
    _sum: int
    _steps: tuple[int, ...]

    def sum_from(self, before: int) -> int:
        """The CRC of everything before followed by this text, from the CRC of what is before."""
        total = self._sum
        for bit, step in enumerate(self._steps):
            if before >> bit & 1:
                total ^= step
        return total

    @property
    def text(self) -> bytes:
        return zlib.decompressobj(-15).decompress(self.deflated)


def gzip_part(text: bytes, level: int = 9) -> GzipPart:
    """Compress a part that will be used again."""
    start = zlib.crc32(text)
    steps = tuple(zlib.crc32(text, 1 << bit) ^ start for bit in range(32))
    return GzipPart(_deflated(text, level), len(text), start, steps)


def joined(parts: Iterable[GzipPart | bytes]) -> bytes:
    """One gzip body of parts and of texts in between."""
    body, total, length = [HEAD], 0, 0
    for part in parts:
        if isinstance(part, GzipPart):
            body.append(part.deflated)
            total, length = part.sum_from(total), length + part.length
        else:
            body.append(_deflated(part, 1))
            total, length = zlib.crc32(part, total), length + len(part)
    ending = total.to_bytes(4, "little") + (length & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join([*body, LAST_BLOCK, ending])


def _deflated(text: bytes, level: int) -> bytes:
    made = zlib.compressobj(level, zlib.DEFLATED, -15)
    return made.compress(text) + made.flush(zlib.Z_FULL_FLUSH)
