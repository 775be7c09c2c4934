"""The watermark 水位 of a source: up to where it was read, and from where the next pull begins.

A row can be committed late, with a stamp below what was read already; so each pull begins an overlap before the mark.
Rows that are known are counted as known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from rules.month import SHANGHAI

OVERLAP_TIME, OVERLAP_NUMBER = "3 days", "1000"
_SPAN = re.compile(r"(\d{1,6}) *(minute|hour|day|week)s?")
_NUMBER = re.compile(r"\d{1,6}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d.*)?|\d{8}")
Key = datetime | Decimal | str


@dataclass(frozen=True, slots=True)
class Watermark:
    """``column``: theirs; ``start``: its first value; ``overlap``: a span of time or a number, None for the usual one.

    What ``start`` and ``overlap`` are decides how marks compare: as times, as numbers, else as texts, which have no overlap.
    Raises ValueError for an overlap that is neither, or does not go with ``start``.
    """

    column: str
    start: str
    overlap: str | None = None

    def __post_init__(self) -> None:
        if not self.start.strip():
            raise ValueError("start is empty")
        if self.overlap is None:
            return
        if not (_SPAN.fullmatch(self.overlap) or _NUMBER.fullmatch(self.overlap)):
            raise ValueError(f"overlap {self.overlap!r} is neither a time such as '3 days' nor a number")
        if self.key(self.start) is None:
            raise ValueError(f"overlap {self.overlap!r} does not go with start {self.start!r}")

    @property
    def of_time(self) -> bool:
        if self.overlap is not None:
            return _SPAN.fullmatch(self.overlap) is not None
        return _number(self.start) is None and _time(self.start) is not None

    @property
    def of_number(self) -> bool:
        return not self.of_time and (self.overlap is not None or _number(self.start) is not None)

    def key(self, mark: str) -> Key | None:
        """A mark as it compares with others; None where it is none of the kind."""
        if self.of_time:
            return _time(mark)
        return _number(mark) if self.of_number else mark.strip() or None

    def begin(self, mark: str | None, held: str | None = None) -> str:
        """The value that a pull begins with, after ``mark``; from ``held`` if that lies before. Never before ``start``."""
        found = self.start if mark is None else self._before(mark)
        if held is not None:
            found = self._least(found, held)
        return self.start if self.precedes(found, self.start) else found

    def precedes(self, mark: str, other: str) -> bool:
        """Whether a mark lies before another one of its kind."""
        one, two = self.key(mark), self.key(other)
        return one is not None and two is not None and one < two  # type: ignore[operator]

    def _before(self, mark: str) -> str:
        """The mark less the overlap, in the mark's own form."""
        key = self.key(mark)
        if isinstance(key, Decimal):
            return f"{key - int(self.overlap or OVERLAP_NUMBER):f}"
        if isinstance(key, datetime):
            return _like(mark, key - _span(self.overlap or OVERLAP_TIME))
        return mark if key is not None else self.start

    def _least(self, one: str, other: str) -> str:
        found = self.newest([one, other], None, largest=False)
        return one if found is None else found

    def newest(self, marks: Iterable[str], now: datetime | None, *, largest: bool = True) -> str | None:
        """The largest mark (or the least); None where there is none of the kind. A source whose clock is ahead must not
        take the mark past ``now``: what it writes once its clock is right would lie below."""
        keyed = {key: mark for mark in marks if (key := self.key(mark)) is not None}
        if not keyed:
            return None
        key = (max if largest else min)(keyed)
        if now is not None and isinstance(key, datetime) and key > now:
            return _like(keyed[key], now)
        return keyed[key]


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _time(text: str) -> datetime | None:
    """An instant or a day (2026-10-02, 20261002); without a zone it is Beijing time."""
    if not _TIME.fullmatch(text.strip()):
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    assert found is not None
    return timedelta(**{f"{found[2]}s": int(found[1])})


def _like(mark: str, instant: datetime) -> str:
    """An instant written as a mark is: its databases compare texts."""
    mark = mark.strip()
    written = datetime.fromisoformat(mark)
    local = instant.astimezone(written.tzinfo or SHANGHAI)
    if written.tzinfo is None:
        local = local.replace(tzinfo=None)
    if len(mark) <= len("2026-10-02"):
        return f"{local:%Y-%m-%d}" if "-" in mark else f"{local:%Y%m%d}"
    text = local.isoformat(mark[10], "microseconds" if "." in mark else "minutes" if len(mark) == 16 else "seconds")
    return text.replace("+00:00", "Z") if mark.endswith("Z") else text
