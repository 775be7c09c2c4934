"""Reference data that every installation starts with: regions, working calendar, tile grids, declared sources."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def reference_rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of one reference table (regions, calendar, sources, tile_grid) as written in its file; empty text = none."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
