"""What one site is built from, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from data_access.books.published import PublishedCache
from data_access.intake.importers.allowance import Allowance


class TakeIn(Protocol):
    """Import one file under the refresh lease and publish it; ``allowance`` is what the sender may deliver; ``progress(phase, done, total)`` tells how far it is."""

    def __call__(
        self,
        path: Path,
        *,
        target: str,
        accept_good_rows: bool,
        uploaded_by: str,
        allowance: Allowance,
        reason: str | None,
        progress: Callable[[str, int, int], None],
    ) -> object: ...


@dataclass(frozen=True, slots=True)
class Site:
    """One site.

    ``take_in`` imports one uploaded file and publishes it, ``refresh`` asks for a refresh and returns at once;
    ``demo_sign_in`` allows sign-in by role without a password; ``var`` is where uploads wait; ``now`` is the clock.
    """

    engine: Engine
    cache: PublishedCache
    secret_key: str
    now: Callable[[], datetime]
    demo_sign_in: bool
    var: Path
    take_in: TakeIn
    refresh: Callable[[], None]
    language: str = "zh"
