"""The steps of one refresh and how long each took, for the one line that the log has of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


class Steps:
    """What a run is doing, was doing before, and how it ended: ``state`` is failed until said otherwise."""

    def __init__(self, first: str) -> None:
        self.run, self.state = 0, "failed"
        self._begun = [(first, time.monotonic())]

    @property
    def current(self) -> str:
        return self._begun[-1][0]

    def begin(self, name: str) -> None:
        self._begun.append((name, time.monotonic()))

    @property
    def seconds(self) -> dict[str, float]:
        """Of each step so far; one that came again counts as one."""
        ends = [began for _name, began in self._begun[1:]] + [time.monotonic()]
        took: dict[str, float] = {}
        for (name, began), end in zip(self._begun, ends, strict=True):
            took[name] = round(took.get(name, 0.0) + end - began, 3)
        return took

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Leave one line in the log, however the run ends."""
        try:
            yield
        finally:
            about = {"run": self.run, "state": self.state, "steps": self.seconds}
            log.info("refresh %s: %s", self.run, self.state, extra=about)
