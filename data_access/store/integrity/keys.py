"""The key of the seals, which is kept outside the store, and the digests made with it.

The seal of a set of rows is the sum of the keyed digests of its rows: it does not depend on their order, and a row that
changes moves it by what it was and what it became. A sum alone would tell the digest of a row to who sees it before and
after, so it is only ever kept under a digest of its own.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from sqlalchemy import Connection

OPTION = "seal_key"
_MODULUS = 1 << 256


def key_of(connection: Connection) -> bytes:
    """The key of the installation; empty where the engine was made without one, and then nothing is proven."""
    key: bytes = connection.get_execution_options().get(OPTION, b"")
    return key


def name_of(key: bytes) -> str:
    """A short name of a key, that does not give it away; empty for none."""
    return digest(key, "the key itself")[:12] if key else ""


def digest(key: bytes, *parts: object) -> str:
    """The keyed digest of several values, hexadecimal."""
    return hmac.digest(key, "\x1f".join(map(str, parts)).encode(), "sha256").hex()


class Sum:
    """The sum over rows, and how many they are."""

    __slots__ = ("_empty", "rows", "value")

    def __init__(self, key: bytes, name: str, rows: int = 0, value: str = "0") -> None:
        # BLAKE2b with a key is a keyed digest as HMAC is, in half the time.
        self._empty = hashlib.blake2b(digest_size=32, key=bytes.fromhex(digest(key, "rows of", name)))
        self.rows, self.value = rows, int(value, 16)

    def add(self, texts: Iterable[str | None], times: int = 1) -> None:
        """Add rows by their texts, or with ``times`` −1 take them off; None is no row."""
        total, rows = self.value, self.rows
        for text in texts:
            if text is not None:
                row = self._empty.copy()
                row.update(text.encode("utf-8", "surrogatepass"))
                total += times * int.from_bytes(row.digest(), "big")
                rows += times
        self.value, self.rows = total % _MODULUS, rows

    @property
    def hex(self) -> str:
        return f"{self.value:x}"
