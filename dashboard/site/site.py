"""What one site is built from, handed in by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from dashboard.exports.blocks import FontSet
from data_access.books.published import PublishedCache


@dataclass(frozen=True, slots=True)
class Site:
    """One site.

    ``refresh`` asks for a refresh, which takes in what was given in, and returns at once; ``demo_sign_in`` allows sign-in
    by role without a password; ``var`` is the installation's own folder; ``now`` is the clock; ``watermark``: files carry the name of
    who took them out; ``fonts`` is the set of faces that Word documents name.
    """

    engine: Engine
    cache: PublishedCache
    secret_key: str
    now: Callable[[], datetime]
    demo_sign_in: bool
    var: Path
    refresh: Callable[[], None]
    language: str = "zh"
    watermark: bool = False
    fonts: FontSet = "gb2312"
