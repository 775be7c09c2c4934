"""How long a request waits for a database that has just gone: it is mostly back at once, and nobody then notices."""

from __future__ import annotations

import time

SECONDS, PAUSE = 4.0, 0.25


class Patience:
    """Of one process. Who asks while the database has been away for longer is told at once, so that nobody stands in line."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._since: float | None = None

    def again(self) -> bool:
        """After a question that failed: wait a moment and say whether to ask once more."""
        now = time.monotonic()
        self._since = since = now if self._since is None else self._since
        if now - since >= self._seconds:
            return False
        time.sleep(PAUSE)
        return True

    def over(self) -> None:
        """The database answered."""
        self._since = None
