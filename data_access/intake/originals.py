"""The files as they came in 原件, kept by their hash: what a figure was read from can be opened again, unchanged."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path

ORIGINALS = "originals"  # the folder of them, under the installation's own


def keep_original(folder: Path, content: bytes) -> Path:
    """Keep a file's bytes under their hash; the same bytes are kept once. Raises OSError where the disk refuses."""
    path = original_path(folder, sha256(content).hexdigest())
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    return path


def original_path(folder: Path, digest: str) -> Path:
    """Where a file of that hash is kept, if it is."""
    return folder / digest[:2] / digest
