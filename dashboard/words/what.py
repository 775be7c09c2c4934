"""How a kind of figure is described: its name, unit and usual decimals."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class What:
    """``unit`` is fen for every amount, else as indicators have it; ``indicator``: that of the indicator it is about,
    ``distance``: how far two of its values are apart."""

    name: str
    unit: str = "fen"
    places: int = 2
