"""The vocabulary of the rules' records: what a field may hold, and which profile parameter fills it.

The records of every rule are frozen dataclasses whose annotations carry these marks; the strict reader, the JSON
schemas and the documentation are all made from them, so a limit is written once. A field with a default may be left
out of the input; an output field with default None is left out of the output while it is None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Within:
    """Limits of a number. ``above`` is exclusive: it keeps zero out of a denominator."""

    minimum: int | None = None
    maximum: int | None = None
    above: int | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """Limits of a list: at least ``minimum`` entries, and no two with the same value of the field ``unique``."""

    minimum: int = 1
    unique: str | None = None


@dataclass(frozen=True, slots=True)
class FromProfile:
    """The scheme parameter that gives a field its value in force.

    A profile without an ``optional`` parameter leaves the field at its default; without any other, the rule does not
    apply to the scheme. ``convert`` turns the form that suits a TOML file into the field's.
    """

    parameter: str
    optional: bool = False
    convert: Callable[[object], object] | None = None


class ProfileOnly:
    """Marks a field that a scheme profile sets and that a calculator's input may not name."""


Fen = Annotated[int, Within()]
Amount = Annotated[int, Within(minimum=0)]
PositiveAmount = Annotated[int, Within(above=0)]
Count = Annotated[int, Within(minimum=0)]
Number = Annotated[Decimal, Within()]
NonNegative = Annotated[Decimal, Within(minimum=0)]
Positive = Annotated[Decimal, Within(above=0)]
Ratio = Annotated[Decimal, Within(minimum=0, maximum=1)]
PositiveRatio = Annotated[Decimal, Within(maximum=1, above=0)]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working in words and numbers. ``code`` is the region, province or item it is about, else None."""

    code: str | None
    text: str
