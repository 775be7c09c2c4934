"""The heads of the sealed days, in a file beside the store 封存头: what stands there cannot be changed with the store.

Each sealed day adds one line, a JSON object: day, rows, digest and key of its seal, when, and of each table sealed row by row how
many changes were sealed by then and the sum over its rows. Whoever puts an earlier state of the store, or a chain made anew, in
the place of the present one has to change this file too, and the copies that were sent elsewhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from data_access.store.audit import Seal, seals
from data_access.store.integrity.sealing import SEAL
from data_access.store.integrity.verifying import Fault

NAME = "seals.log"


def write_heads(connection: Connection, path: Path, sealed: Sequence[Seal]) -> tuple[str, ...]:
    """Add a line for each sealed day, on the disk before the caller commits; returns the lines.

    A line whose transaction failed is written again with the next: the same day, the same digest.
    """
    if not sealed:
        return ()
    tables = {row.name: [row.changes, row.sum] for row in connection.execute(select(SEAL).order_by(SEAL.c.name))}
    lines = [
        {"day": one.day.isoformat(), "rows": one.rows, "digest": one.digest, "key": one.key}
        | {"sealed_at": one.sealed_at.isoformat(), "tables": tables if one is sealed[-1] else {}}
        for one in sealed
    ]
    written = tuple(json.dumps(line) for line in lines)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in written))
        file.flush()
        os.fsync(file.fileno())
    return written


def faults_of_heads(connection: Connection, path: Path) -> list[Fault]:
    """Where the store and the file do not tell the same: a day rewritten, missing in one of them, tables put back to an
    earlier state, a file that cannot be read. Days sealed before there was a key are in no file."""
    told, tables, found = _told(path)
    kept = {one.day.isoformat(): one for one in seals(connection)}
    for day in sorted(kept.keys() | told.keys()):
        if day not in told:
            found += [Fault(day, f"a line in {path.name}", "none")] if kept[day].key else []
        elif day not in kept or kept[day].digest != told[day]:
            found.append(Fault(day, told[day], kept[day].digest if day in kept else "no seal"))
    return [*found, *_put_back(connection, tables)]


def restate_heads(connection: Connection, path: Path, now: datetime) -> int:
    """Add to the file what the store says now, by decision of who answers for it; what stood there stays. Returns how many
    faults there had been."""
    if not (faults := faults_of_heads(connection, path)):
        return 0
    kept = [one for one in seals(connection) if one.key]
    gone = sorted(set(_told(path)[0]) - {one.day.isoformat() for one in kept})
    # A day that the store no longer has is told without a digest.
    write_heads(connection, path, [*(Seal(date.fromisoformat(day), 0, "", "", now) for day in gone), *kept])
    return len(faults)


def _told(path: Path) -> tuple[dict[str, str], dict[str, list[Any]], list[Fault]]:
    """What the file says last: the digest of each day, the state of each table; and the lines that say nothing."""
    told, tables, found = dict[str, str](), dict[str, list[Any]](), list[Fault]()
    for number, line in enumerate(_lines(path), 1):
        try:
            head = json.loads(line)
            told[head["day"]] = head["digest"]
            tables = head["tables"] or tables
        except (ValueError, KeyError, TypeError):
            found.append(Fault(f"{path.name} {number}", "the head of a day", line[:80]))
    return {day: digest for day, digest in told.items() if digest}, tables, found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _put_back(connection: Connection, tables: dict[str, list[Any]]) -> Iterator[Fault]:
    now = {row.name: (row.changes, row.sum) for row in connection.execute(select(SEAL))}
    for name, (changes, total) in sorted(tables.items()):
        found = now.get(name, (0, "0"))
        if found[0] < changes or (found[0] == changes and found[1] != total):
            yield Fault(name, f"{changes} changes or more", f"{found[0]} changes: an earlier state")
