"""How the names under a chart's axis stand so that they do not touch: all of them, some, in two lines, or slanting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SLANT = 50.0
APART_MM = 1.5
LINE = 1.5  # of the text's size
BELOW_MM = 2.5


@dataclass(frozen=True, slots=True)
class Names:
    """Which places carry a name, as written, how it slants, and the room they take under the axis."""

    shown: Sequence[int]
    texts: Sequence[str]
    slant: float
    height_mm: float


def fitted(names: Sequence[str], width_mm: float, em_mm: float, anchor: int, *, each: bool) -> Names:
    """Names over a width, in text of a size. ``each``: every place has a name of its own, such as a region's, which is
    never left out; else, as of months, some stand for all: the one of the ``anchor``, those before it in equal steps."""
    wide = max((em(name) for name in names), default=0.0) * em_mm + APART_MM
    room = width_mm / max(len(names), 1)
    every = range(len(names))
    one_line = LINE * em_mm + BELOW_MM
    if wide <= room:
        return Names(every, names, 0.0, one_line)
    if not each:
        apart = max(1, math.ceil(wide / room))
        last = [len(names) - 1] if len(names) - 1 - anchor >= apart else []
        shown = sorted({*range(anchor, -1, -apart), *last})
        return Names(shown, [names[place] for place in shown], 0.0, one_line)
    if wide / 2 + APART_MM <= room:
        texts = [name if em(name) * em_mm + APART_MM <= room else _halved(name) for name in names]
        return Names(every, texts, 0.0, one_line + LINE * em_mm)
    return Names(every, names, SLANT, wide * math.sin(math.radians(SLANT)) + one_line)


def em(text: str) -> float:
    """The width of a text in ems."""
    return sum(1.0 if one > "\u2e7f" else 0.56 for one in text)


def _halved(name: str) -> str:
    middle = (len(name) + 1) // 2
    space = name.find(" ", max(middle - 3, 0))
    return f"{name[:space]}\n{name[space + 1 :]}" if 0 < space <= middle + 3 else f"{name[:middle]}\n{name[middle:]}"
