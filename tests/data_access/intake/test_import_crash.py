"""Kill −9 at any moment of an import: afterwards the whole batch is there with its roll-up, or none of it."""

from __future__ import annotations

import random
import time
from datetime import datetime
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from data_access.intake.importers import import_file, recover_interrupted
from data_access.store import schema
from data_access.store.engine import create_store
from tests.processes import PROCESSES, SECONDS, begun

ROWS = 20_000


def write_entries(path: Path) -> None:
    lines = ["scheme,region,item,movement,business_date,amount_fen,source,source_ref"]
    kind = "jiangsu-pension,320102,premium_current,collect"
    lines += [f"{kind},2026-10-{1 + number % 28:02d},{number + 1},js-tax,T{number:06d}" for number in range(ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def entries_and_rolled_up(engine: Engine) -> tuple[int, int, int]:
    with engine.connect() as connection:
        rows = connection.execute(select(func.count()).select_from(schema.ledger_entry)).scalar_one()
        sums = [
            connection.execute(select(func.coalesce(func.sum(table.c.entries), 0))).scalar_one()
            for table in (schema.monthly_change, schema.daily_change)
        ]
    return int(rows), int(sums[0]), int(sums[1])


def import_it(url: str, path: Path, now: datetime, begins: Event) -> None:
    engine = create_store(url)
    begins.set()
    import_file(engine, path, now=now)


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_import_leaves_all_or_nothing(
    ready: Engine, store_url: str, tmp_path: Path, now: datetime, seed: int
) -> None:
    path = tmp_path / "entries.csv"
    write_entries(path)
    begins = PROCESSES.Event()
    child = begun(import_it, store_url, path, now, begins)
    assert begins.wait(SECONDS)
    time.sleep(random.Random(seed).uniform(0.0, 0.8))
    child.kill()
    child.join()
    recover_interrupted(ready)
    left = entries_and_rolled_up(ready)
    assert left in {(0, 0, 0), (ROWS, ROWS, ROWS)}
    with ready.connect() as connection:
        states = connection.execute(select(schema.import_batch.c.state, schema.import_batch.c.rows_inserted)).all()
    assert ("running", 0) not in states
    again = import_file(ready, path, now=now)
    assert again.state == ("loaded" if left[0] == 0 else "duplicate")
    assert entries_and_rolled_up(ready) == (ROWS, ROWS, ROWS)


@pytest.mark.parametrize("phase", ["check", "insert", "roll-up"])
def test_an_import_that_fails_midway_leaves_nothing_and_says_interrupted(
    ready: Engine, tmp_path: Path, now: datetime, phase: str
) -> None:
    path = tmp_path / "entries.csv"
    write_entries(path)

    def fail(told: str, done: int, total: int) -> None:
        if told == phase:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        import_file(ready, path, now=now, progress=fail)
    assert entries_and_rolled_up(ready) == (0, 0, 0)
    with ready.connect() as connection:
        batch = schema.import_batch
        states = connection.execute(select(batch.c.state).order_by(batch.c.id)).scalars().all()
    assert states[-1] == "interrupted"
    assert import_file(ready, path, now=now).inserted == ROWS
