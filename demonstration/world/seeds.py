"""Seeds of chance that are the same on every machine and in every month."""

from __future__ import annotations

import zlib

SEED = 20260901


def seed_of(*parts: str) -> int:
    """A seed for what the parts name (the built-in hash is another one in every process)."""
    return zlib.crc32("/".join(parts).encode()) ^ SEED
