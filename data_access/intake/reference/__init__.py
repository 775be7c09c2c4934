"""Reference data that every installation starts with: regions, working calendar, declared sources, tile grids."""

from __future__ import annotations

import csv
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from rules.errors import ImportRefused

HERE = Path(__file__).parent
TARGETS = {"region": "regions", "calendar_day": "calendar", "source": "sources"}


@cache
def reference_rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of one reference table (regions, calendar, sources, tile_grid) as written in its file; empty text = none."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def load_reference(engine: Engine, now: datetime | None = None) -> None:
    """Load regions, working calendar and declared sources through the ordinary import.

    Loading again updates what changed in the files. Raises ImportRefused when a file is not taken whole.
    """
    from data_access.intake.importers import import_rows  # the tables are also read by pages, which take nothing in

    for target, name in TARGETS.items():
        rows = reference_rows(name)
        columns = {column: [row[column] for row in rows] for column in rows[0]}
        result = import_rows(engine, target, columns, origin=f"reference/{name}.csv", now=now)
        if result.state == "refused":
            first = result.rejections[0]
            raise ImportRefused(f"{name}.csv line {first.line} {first.column}: {first.reason}", file=f"{name}.csv")
