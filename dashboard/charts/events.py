"""What happened in a month, written on a chart: a dotted line and words at its foot; where they are many, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dashboard.charts.theme import Figure, Palette

# More do not fit side by side: they are numbered, and the words stand in a list below.
WORDED = 3
WORDS_LENGTH = 18
EVENT_DASH = "1px,2px"  # of the lines that mark events, and of no other
# Words take about this share of the axis.
WORDS_SHARE = 1 / 7


@dataclass(frozen=True, slots=True)
class Event:
    """A month and what happened in it, in the reader's words."""

    month: int
    text: str


def merged(events: Sequence[Event], months: Sequence[int]) -> list[Event]:
    """One event a month, of the months drawn, oldest first."""
    by_month: dict[int, list[str]] = {}
    for event in events:
        if event.month in months:
            by_month.setdefault(event.month, []).append(event.text)
    return [Event(month, "、".join(texts)) for month, texts in sorted(by_month.items())]


def numbered(events: Sequence[Event], months: Sequence[int]) -> bool:
    """Whether the events of a chart are shown by number."""
    shown = merged(events, months)
    places = [months.index(event.month) for event in shown]
    near = any(after - before < len(months) * WORDS_SHARE for before, after in pairwise(places))
    return near or len(shown) > WORDED or any(len(event.text) > WORDS_LENGTH for event in shown)


def mark(
    shape: Figure,
    months: Sequence[int],
    events: Sequence[Event],
    colours: Palette,
    *,
    first: int = 0,
    top: bool = False,
) -> None:
    """Draw the events of the months shown on a chart whose months stand at ``first``, ``first`` + 1 …; ``top`` where
    bars stand at the foot."""
    by_number = numbered(events, months)
    lines: list[Figure] = []
    words: list[Figure] = []
    for place, event in enumerate(merged(events, months), start=1):
        at = months.index(event.month) + first
        lines.append(
            {
                "type": "line",
                "x0": at,
                "x1": at,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "layer": "below",
                "line": {"color": colours.t4, "width": 1, "dash": EVENT_DASH},
            }
        )
        early = at - first < len(months) * WORDS_SHARE
        words.append(
            {
                "text": str(place) if by_number else event.text,
                "x": at,
                "y": int(top),
                "yref": "paper",
                "yshift": -8 if top else 8,
                "xanchor": "left" if early else "right",
                "xshift": 4 if early else -4,
                "showarrow": False,
                "font": {"size": 12, "color": colours.t3},
            }
        )
    if lines:
        shape["shapes"] = [*shape.get("shapes", ()), *lines]
        shape["annotations"] = [*shape.get("annotations", ()), *words]
