"""The passport of a figure: what it is, of which place and period, known as of when, in which unit, its exact value.

A page hands over figures and ``display.printed`` prints them. What is printed is a text that remembers its figure, so it
stands wherever a text stands, and ``site.markup`` writes the passport beside it. Two figures of one key are one figure:
they have one exact value wherever they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dashboard.words.whats import what_of

# After a place: what of it belongs to none of the places below it.
REST = "~"
Number = int | Decimal | Fraction


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``what`` is a code of ``whats`` or an indicator's, ``part`` which one of several (an item, an account, a
    gap item), ``period`` a month, year, day or minute, ``known`` the month whose signature or the minute at which it was
    known so. ``value`` is in fen where the unit is fen; None has a ``reason``."""

    what: str
    part: str
    scheme: str
    place: str
    period: str
    known: str
    version: int
    value: Number | None
    reason: str | None = None

    @property
    def unit(self) -> str:
        return what_of(self.what, self.part).unit

    @property
    def places(self) -> int:
        """Decimals in which it is usually printed."""
        return what_of(self.what, self.part).places

    @property
    def key(self) -> str:
        """``to_date:premium|jiangsu-pension|320100|2026-10``; a month known later than by its own signature says when:
        ``2026-09@2026-10``."""
        what = f"{self.what}:{self.part}" if self.part else self.what
        period = self.period if self.period == self.known else f"{self.period}@{self.known}"
        return "|".join((what, self.scheme, self.place, period))

    @property
    def exact(self) -> str:
        """The exact value as text: whole fen, a decimal, or a fraction; the reason where there is none."""
        if self.value is None:
            return self.reason or "none"
        return format(self.value, "f") if isinstance(self.value, Decimal) else str(self.value)


@dataclass(frozen=True, slots=True)
class About:
    """What the figures of one reading have in common; ``figure`` makes one of them."""

    scheme: str
    root: str
    place: str
    period: str
    known: str
    version: int

    def figure(
        self,
        what: str,
        value: Number | None,
        *,
        part: str = "",
        place: str | None = None,
        period: str | None = None,
        reason: str | None = None,
    ) -> Figure:
        """A figure of this place and period unless others are named."""
        if value is not None and not isinstance(value, int) and Fraction(value).denominator == 1:
            value = int(value) if what_of(what, part).unit == "fen" else value
        place = self.place if place is None else place
        period = self.period if period is None else period
        return Figure(what, part, self.scheme, place, period, self.known, self.version, value, reason)


class Printed(str):
    """A figure as printed. ``style`` says how: ``yi``, ``+wan``, ``2``, ``|2`` (without its sign)."""

    __slots__ = ("figure", "style")

    figure: Figure
    style: str

    def __new__(cls, text: str, figure: Figure, style: str) -> Printed:
        made = super().__new__(cls, text)
        made.figure, made.style = figure, style
        return made
