"""What happened in a month, on a chart: a dotted line with a numbered flag above the plot; the words stand in a key below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.charts.theme import Figure, Palette
from dashboard.exports.axis_names import em

EVENT_DASH = "1px,2px"  # of the lines that mark events, and of no other
ROOM, STEP = 22, 15  # pixels above the plot for the flags, and more for those that stand higher
# Flags nearer than this share of the axis would touch: the second stands higher.
NEAR = 1 / 32


@dataclass(frozen=True, slots=True)
class Event:
    """A month and what happened in it, in the reader's words."""

    month: int
    text: str


def placed(events: Sequence[Event], months: Sequence[int]) -> dict[int, str]:
    """What happened in the months drawn, by their places, oldest first; several of one month in one text."""
    by_place: dict[int, list[str]] = {}
    for event in events:
        if event.month in months:
            by_place.setdefault(months.index(event.month), []).append(event.text)
    return {place: "、".join(texts) for place, texts in sorted(by_place.items())}


def key(events: Mapping[int, str]) -> str:
    """``1 2025年7月 调待补发　2 …``: the words behind the flags; "" without any."""
    return "　".join(f"{number} {text}" for number, text in enumerate(events.values(), start=1))


def key_lines(events: Mapping[int, str], ems: float) -> list[str]:
    """The same in lines of so many ems, none of which breaks what happened in two."""
    lines: list[str] = []
    for number, text in enumerate(events.values(), start=1):
        said = f"{number} {text}"
        if lines and em(lines[-1]) + em(said) + 1 <= ems:
            lines[-1] += f"　{said}"
        else:
            lines.append(said)
    return lines


def raised(places: Sequence[int], of: int) -> list[bool]:
    """Which flags stand higher, so that none touches the one before it on an axis of so many months."""
    higher: list[bool] = []
    for at, place in enumerate(places):
        near = at > 0 and place - places[at - 1] < of * NEAR
        higher.append(near and not higher[-1])
    return higher


def mark(shape: Figure, events: Mapping[int, str], of: int, colours: Palette, *, first: int = 0) -> None:
    """Draw events on a chart whose ``of`` months stand at ``first``, ``first`` + 1 …"""
    lines: list[Figure] = []
    flags: list[Figure] = []
    higher = raised(list(events), of)
    for number, (place, up) in enumerate(zip(events, higher, strict=True), start=1):
        at = place + first
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
        flags.append(
            {
                "text": str(number),
                "x": at,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "yshift": STEP if up else 0,
                "showarrow": False,
                "borderpad": 1,
                "width": 8 if number < 10 else 15,
                "bordercolor": colours.t4,
                "bgcolor": colours.background,
                "font": {"size": 11, "color": colours.t3},
            }
        )
    if lines:
        room = ROOM + (STEP if any(higher) else 0)
        shape["margin"] = shape["margin"] | {"t": max(shape["margin"]["t"], room)}
        shape["shapes"] = [*shape.get("shapes", ()), *lines]
        shape["annotations"] = [*shape.get("annotations", ()), *flags]
