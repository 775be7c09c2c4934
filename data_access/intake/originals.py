"""The files as they came in 原件, kept by their hash: what a figure was read from can be opened again, unchanged."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

ORIGINALS = "originals"  # the folder of them, under the installation's own


@contextmanager
def originals_of(folder: Path, content: bytes) -> Iterator[Callable[[], object]]:
    """A file's bytes on the disk, but under no name until the yielded function is called; the same bytes are kept once.

    Raises OSError where the disk refuses; what was not named is gone at the end.
    """
    path = original_path(folder, sha256(content).hexdigest())
    if path.exists():
        # What stood there may be deleted meanwhile.
        yield lambda: path.exists() or keep_original(folder, content)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    number, written = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield lambda: os.replace(written, path)
    finally:
        Path(written).unlink(missing_ok=True)


def sweep(folder: Path, before: datetime) -> None:
    """Delete what got no name before an instant: its process was killed over it."""
    for left in folder.glob("*/.*"):
        if left.stat().st_mtime < before.timestamp():
            left.unlink(missing_ok=True)


def keep_original(folder: Path, content: bytes) -> Path:
    """Keep a file's bytes under their hash. Raises OSError where the disk refuses."""
    with originals_of(folder, content) as keep:
        keep()
    return original_path(folder, sha256(content).hexdigest())


def original_path(folder: Path, digest: str) -> Path:
    """Where a file of that hash is kept, if it is."""
    return folder / digest[:2] / digest
