"""Asking the refresh clock for a refresh from another process: a file under ``VAR`` whose time is when somebody last did."""

from __future__ import annotations

import logging
from pathlib import Path

ASKED = "refresh-asked"

log = logging.getLogger(__name__)


def ask_for_refresh(var: Path) -> None:
    """Have the clock refresh at its next look, within seconds. Where the disk refuses, the clock's own turn comes as ever."""
    try:
        (var / ASKED).touch()
    except OSError as problem:
        log.warning("the refresh clock could not be asked: %s", problem)


def asked_at(path: Path) -> int:
    """When somebody last asked, in nanoseconds; 0 where nobody has."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
