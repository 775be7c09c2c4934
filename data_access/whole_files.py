"""Files that are there whole or not at all, whatever kills the process that writes them, and stay through a power cut."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Put a text (as UTF-8) or bytes in the place of a file. Raises OSError; the old file then stands. Whoever has the old
    one open goes on reading it. ``mode``: who may read the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, written = tempfile.mkstemp(dir=path.parent, prefix=".")
    made = Path(written)
    try:
        os.close(number)
        made.write_bytes(content.encode() if isinstance(content, str) else content)
        made.chmod(mode)
        settle(made, path)
    finally:
        made.unlink(missing_ok=True)


def settle(made: Path, path: Path) -> None:
    """Give a file its name once it is on the disk, and have the name there too."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Have the names of a folder on the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
