"""Small files that are there whole or not at all, whatever kills the process that writes them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put a text in the place of a file, on the disk before it takes the name. Raises OSError; the old file then stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, written = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(written, path)
    finally:
        Path(written).unlink(missing_ok=True)
