"""Rows that an office makes in the program itself: they go the way of every file, as one that the program wrote.

What was decided stands in its register; the rows that follow from it are taken in like any delivery, so that original,
checks, second person, versions and withdrawal are the import's and nobody else's. The register's step is its origin.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from data_access.intake.importers.tables import TABLES
from data_access.intake.queue import Given, enqueue_within
from rules.errors import InputError


def enter_rows(
    connection: Connection,
    originals: Path,
    target: str,
    rows: Sequence[Mapping[str, object]],
    *,
    step: str,
    name: str,
    login: str,
    province: str,
    now: datetime,
    reason: str | None = None,
) -> int:
    """Let rows of an importable table wait for the import, within the caller's transaction; the number of their batch.

    ``rows``: by column code, None for an empty cell; columns that no row has are left out. ``step``: the register's step
    that made them, unlike any other, such as "fund_request jiangsu-pension 202612 3"; ``name``: of the file, without its
    ending; ``reason``: they take the place of other rows, and why. What the person ``login`` may deliver, and whether
    another confirms it, the import asks when it takes them. The caller wakes the refresh once all is committed.

    Raises InputError for no rows or a column that the table has not, and as
    :func:`data_access.intake.queue.enqueue_within`.
    """
    known = [column.code for column in TABLES[target].columns]
    given = {code for row in rows for code in row}
    if not rows or not given <= set(known):
        raise InputError(f"no rows of {target} in {sorted(given)}", path=target, got=sorted(given - set(known)))
    columns = [code for code in known if code in given]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if row.get(code) is None else row[code] for code in columns] for row in rows)
    order = Given(target, login, reason=reason, province=province, entered=step)
    return enqueue_within(connection, originals, text.getvalue().encode(), f"{name}.csv", order, now)
