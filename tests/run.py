"""What the workers of one test run share through its folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(run_folder: Path, what: str) -> Iterator[None]:
    """One worker at a time; the others wait."""
    with (run_folder / f"{what}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
