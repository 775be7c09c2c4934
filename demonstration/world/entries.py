"""Simulated ledger entries as columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demonstration.world import stories
from demonstration.world.days import Days
from demonstration.world.simulation import Fen, Simulation

DEPARTMENT = {
    "collect": "tax",
    "pool": "treasury",
    "local_disburse": "agency",
    "pay": "agency",
    "recover": "agency",
    "return": "agency",
}  # every other movement is booked by the fiscal side
LOCAL_ZONE = np.timedelta64(8, "h")  # Asia/Shanghai has had no summer time since 1991


@dataclass
class Entries:
    """Ledger entries as columns; ``window`` keeps those booked after its first and up to its second instant (UTC)."""

    scheme: str
    window: tuple[np.datetime64, np.datetime64]
    chunks: list[dict[str, NDArray[Any]]] = field(default_factory=list)

    def add(
        self,
        movement: str,
        item: str,
        regions: NDArray[np.str_],
        days: Days,
        seconds: NDArray[np.int64] | int,
        amounts: Fen,
        *,
        cycles: NDArray[np.int64],
        slot: str,
        booked_on: Days | None = None,
        corrects: NDArray[np.str_] | None = None,
    ) -> None:
        """Add entries, all arrays of one shape or broadcast to that of ``amounts``; empty amounts are left out.

        ``cycles`` (yyyymm of the month whose turn it is) and ``slot`` make the reference unique.
        """
        shape = amounts.shape
        flat = [np.broadcast_to(a, shape).reshape(-1) for a in (regions, days, seconds, cycles)]
        day_booked = flat[1] if booked_on is None else np.broadcast_to(booked_on, shape).reshape(-1)
        booked = day_booked.astype("datetime64[s]") + flat[2].astype("timedelta64[s]") - LOCAL_ZONE
        amount = amounts.reshape(-1)
        keep = (amount != 0) & (booked > self.window[0]) & (booked <= self.window[1])
        if not keep.any():
            return
        region, day, _, cycle = (a[keep] for a in flat)
        prefix = f"{movement}.{item}." if item else f"{movement}."
        refs = [f"{prefix}{month}.{code}.{slot}" for month, code in zip(cycle.tolist(), region.tolist(), strict=True)]
        source = np.full(len(refs), f"{self.scheme}-{DEPARTMENT.get(movement, 'fiscal')}", dtype=object)
        if DEPARTMENT.get(movement) == "tax":
            source[region == stories.SILENT_COUNTY] = stories.SILENT_SOURCE
        none = np.full(len(refs), None, dtype=object)
        self.chunks.append(
            {
                "region": region.astype(object),
                "item": np.full(len(refs), item, dtype=object),
                "movement": np.full(len(refs), movement, dtype=object),
                "business_date": day,
                "booked_at": booked[keep],
                "amount_fen": amount[keep],
                "source": source,
                "source_ref": np.array([f"{self.scheme}.{ref}" for ref in refs], dtype=object),
                "corrects": none if corrects is None else corrects.reshape(-1)[keep].astype(object),
            }
        )

    def columns(self) -> dict[str, NDArray[Any]]:
        """All entries in booking order, by column name."""
        if not self.chunks:
            return {}
        whole = {name: np.concatenate([chunk[name] for chunk in self.chunks]) for name in self.chunks[0]}
        order = np.lexsort((whole["source_ref"].astype(str), whole["booked_at"]))
        return {name: values[order] for name, values in whole.items()}


def utc_seconds(instant: datetime) -> np.datetime64:
    """An instant as the entries keep it."""
    return np.datetime64(int(instant.timestamp()), "s")


def office_hours(simulation: Simulation, column: int, opens: float = 9.0, closes: float = 17.5) -> NDArray[np.int64]:
    """Seconds after midnight, by chance within office hours."""
    return ((opens + simulation.chance[:, :, column] * (closes - opens)) * 3600).astype(np.int64)
