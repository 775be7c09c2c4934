"""The person-level ledger rolled up into the ledger: what its new files add comes in by the ordinary door, as entries.

The engine works before the lease is asked for: a job of minutes holds nothing up. Sums are by delivery, so that whatever
is offered twice, after a crash or by two at once, is known by its reference.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import Engine

from data_access.books.versions import reading
from data_access.intake.importers import BatchResult, import_rows
from data_access.persons.engines import engine_of
from data_access.persons.lake import Lake
from data_access.persons.rollup import Increment, increments, marks, same_lake
from monitoring.inbox import Progress
from monitoring.lease import Clock, utc_now
from monitoring.refresh import Refreshed, import_each


def roll_up(
    store: Engine,
    lake: Lake,
    engine_url: str,
    *,
    again: bool = False,
    wait_seconds: float = 60.0,
    clock: Clock = utc_now,
    progress: Progress | None = None,
) -> Refreshed | None:
    """Add up what the files beyond each partition's mark bring, import it, a batch each, and publish; None where there
    are none. ``again`` reads every file: what had come in is known, what was taken back comes in anew.

    Raises LakeError and EngineError, then nothing came in; LeaseHeld.
    """
    with reading(store) as connection:
        since = marks(connection)
    same_lake(lake.deliveries(), since)
    with engine_of(engine_url, lake.scratch) as engine:
        found = increments(engine, lake, {} if again else since)
    if not found:
        return None
    each = [(one.origin, partial(_import, store, one, clock)) for one in found]
    return import_each(store, each, wait_seconds=wait_seconds, clock=clock, progress=progress)


def _import(store: Engine, one: Increment, clock: Clock, progress: Progress) -> BatchResult:
    return import_rows(
        store,
        "ledger_entry",
        one.entries,
        origin=one.origin,
        watermark=one.watermark,
        progress=progress,
        now=clock(),
    )
