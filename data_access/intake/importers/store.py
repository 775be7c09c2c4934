"""Putting checked rows into their table: what is new goes in, what is known stays, what clashes is refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    and_,
    exists,
    false,
    not_,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from data_access.intake.files.texts import plain_text
from data_access.intake.importers.reasons import Rejection
from data_access.intake.importers.sheet import Ints
from data_access.intake.importers.tables import ImportTable
from data_access.store import schema
from data_access.store.bulk import Progress, insert_rows, upsert
from data_access.store.bulk_frames import insert_frame

MAX_COMPARED = 1_000  # stored values are shown beside at most so many clashes


@dataclass
class Outcome:
    """``fresh``: the rows that were inserted, of which ``corrected`` took the place of others; ``known``: rows that were
    there already; ``clashes``: rows refused."""

    fresh: pa.Table
    known: int = 0
    corrected: int = 0
    clashes: list[Rejection] = field(default_factory=list)


def lock(connection: Connection, table: ImportTable) -> None:
    """Imports into one table take turns; readers are not held up. (SQLite has one writer anyway.)"""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f'LOCK TABLE "{table.name}" IN SHARE ROW EXCLUSIVE MODE'))


def put(
    connection: Connection,
    table: ImportTable,
    frame: pa.Table,
    lines: Ints,
    *,
    batch: int,
    delivered: Iterable[str],
    corrects: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Insert what is new. ``delivered``: the columns that came, and are compared with what is stored. ``corrects``: a row
    that differs from the one that stands takes its place, except in the ledger, where it clashes always.
    """
    if table.policy == "replace":
        return _replace(connection, table, frame, batch)
    frame = frame.append_column("batch", pa.repeat(pa.scalar(batch, pa.int64()), frame.num_rows))
    try:
        # Nearly every delivery is all new: then this is all there is to do, and nothing needs to be staged.
        with connection.begin_nested():
            insert_frame(connection, table.name, frame, progress)
    except (sqlite3.IntegrityError, psycopg.errors.UniqueViolation):
        corrects = corrects and table.policy != "ledger"
        return _put_unknown(connection, table, frame, lines, [*delivered], corrects, progress)
    return Outcome(frame)


def _put_unknown(
    connection: Connection,
    table: ImportTable,
    frame: pa.Table,
    lines: Ints,
    delivered: list[str],
    corrects: bool,
    progress: Progress | None,
) -> Outcome:
    """Some rows are in the store, or twice in the delivery: sort them out and insert the rest."""
    first, known, clashes = once_each(table, frame, lines, delivered)
    frame, lines = frame.take(pa.array(first)), lines[first]
    staging = _stage(connection, table, frame)
    outcome = _compare(connection, table, staging, frame, lines, delivered, corrects)
    staging.drop(connection)
    outcome.known += known
    outcome.clashes = clashes + outcome.clashes
    insert_frame(connection, table.name, outcome.fresh, progress)
    if outcome.corrected:
        _inherit(connection, table, delivered, int(frame["batch"][0].as_py()))
    return outcome


def once_each(
    table: ImportTable, frame: pa.Table, lines: Ints, delivered: list[str]
) -> tuple[Ints, int, list[Rejection]]:
    """Rows with the same key in one delivery: the first counts, an equal one is known, another one clashes."""
    rows = frame.select(list(dict.fromkeys([*table.key, *delivered]))).to_pandas()
    again = rows.duplicated(list(table.key)).to_numpy()
    if not again.any():
        return np.arange(len(rows), dtype=np.int64), 0, []
    equal = rows.duplicated().to_numpy()
    first_line = dict(zip(map(tuple, rows.loc[~again, list(table.key)].to_numpy()), lines[~again], strict=True))
    clashes = []
    for row in np.flatnonzero(again & ~equal).tolist():
        key = tuple(rows.loc[row, list(table.key)].to_numpy())
        clashes.append(
            Rejection(
                int(lines[row]),
                table.key[-1],
                plain_text(key[-1]),
                "conflict_in_file",
                {"key": [plain_text(part) for part in key], "first_line": int(first_line[key])},
            )
        )
    return np.flatnonzero(~again), int((again & equal).sum()), clashes


def _stage(connection: Connection, table: ImportTable, frame: pa.Table) -> Table:
    target = schema.metadata.tables[table.name]
    names = [name for name in frame.column_names if name != "batch"]
    staging = Table(
        "import_staging",
        MetaData(),
        Column("position", Integer),
        *(Column(name, target.c[name].type) for name in names),
        prefixes=["TEMPORARY"],
    )
    staging.create(connection)
    positions = pa.array(np.arange(frame.num_rows, dtype=np.int64))
    insert_frame(connection, staging.name, frame.select(names).append_column("position", positions))
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE import_staging"))
    return staging


def _same(table: Table, staging: Table, names: Iterable[str]) -> ColumnElement[bool]:
    return and_(*(staging.c[name].is_not_distinct_from(table.c[name]) for name in names))


def _compare(
    connection: Connection,
    table: ImportTable,
    staging: Table,
    frame: pa.Table,
    lines: Ints,
    delivered: list[str],
    corrects: bool,
) -> Outcome:
    """Which staged rows are new, known, take the place of another, or clash with what stands."""
    target = schema.metadata.tables[table.name]
    content = [name for name in delivered if name not in table.key]
    joined, stands = _standing_beside(table, target, staging)
    replaces = _fits(table, target, staging, content)
    if corrects and "ended_by" in target.c:
        replaces = not_(_same(target, staging, content))
    found = select(
        staging.c.position, _same(target, staging, content).label("same"), replaces.label("replaces")
    ).select_from(joined)
    matched = connection.execute(found).all()
    replacing = {row.position for row in matched if row.replaces and not row.same}
    if replacing:
        batch = int(frame["batch"][0].as_py())
        replaced = exists().where(stands, replaces).select_from(staging).correlate(target)
        connection.execute(update(target).values(ended_by=batch).where(replaced))
    new = np.ones(frame.num_rows, dtype=bool)
    new[[row.position for row in matched if row.position not in replacing]] = False
    clashing = sorted(row.position for row in matched if not row.same and row.position not in replacing)
    stored = _stored(connection, target, joined, staging, content, clashing[:MAX_COMPARED])
    clashes = [_clash(table, frame, lines, position, stored.get(position, {})) for position in clashing]
    known = sum(bool(row.same) for row in matched)
    return Outcome(frame.filter(pa.array(new)), known=known, corrected=len(replacing), clashes=clashes)


def _standing_beside(table: ImportTable, target: Table, staging: Table) -> tuple[Any, ColumnElement[bool]]:
    """The staged rows joined with the rows that stand under their keys, and by what."""
    # Problems 问题 have a journal of their own instead of rows that end.
    lives = target.c.ended_by.is_(None) if "ended_by" in target.c else true()
    stands = and_(lives, *(staging.c[name] == target.c[name] for name in table.key))
    return staging.join(target, stands), stands


def _fits(table: ImportTable, target: Table, staging: Table, content: list[str]) -> ColumnElement[bool]:
    """Where a row brings what may follow later (e.g. 核销日期) to one that lacks it and is equal else."""
    names = [name for name in table.may_fill if name in content]
    if not names:
        return false()
    rest = [column for column in content if column not in names]
    empty = and_(*(target.c[name].is_(None) for name in names))
    given = or_(*(staging.c[name].is_not(None) for name in names))
    return and_(_same(target, staging, rest), empty, given)


def _inherit(connection: Connection, table: ImportTable, delivered: list[str], batch: int) -> None:
    """What a delivery has no column for stays as it was in the row whose place is taken."""
    target = schema.metadata.tables[table.name]
    names = [column.code for column in table.columns if column.code not in delivered]
    if not names:
        return
    before = target.alias()
    same = and_(before.c.ended_by == batch, *(before.c[name] == target.c[name] for name in table.key))
    values = {name: select(before.c[name]).where(same).scalar_subquery() for name in names}
    replaced = exists().where(same).select_from(before).correlate(target)
    connection.execute(update(target).values(values).where(target.c.batch == batch, replaced))


def _stored(
    connection: Connection, target: Table, joined: Any, staging: Table, content: list[str], positions: list[int]
) -> dict[int, dict[str, str]]:
    """What the store has where rows clash: only the values that differ."""
    found: dict[int, dict[str, str]] = {}
    for start in range(0, len(positions), 500):
        wanted = staging.c.position.in_(positions[start : start + 500])
        ours = [target.c[name].label(f"stored_{name}") for name in content]
        theirs = [staging.c[name].label(f"given_{name}") for name in content]
        for row in connection.execute(
            select(staging.c.position, *ours, *theirs).select_from(joined).where(wanted)
        ).mappings():
            found[row["position"]] = {
                name: plain_text(row[f"stored_{name}"])
                for name in content
                if row[f"stored_{name}"] != row[f"given_{name}"]
            }
    return found


def _clash(table: ImportTable, frame: pa.Table, lines: Ints, position: int, stored: dict[str, str]) -> Rejection:
    key = [plain_text(frame[name][position].as_py()) for name in table.key]
    column = next(iter(stored), table.key[-1])
    value = plain_text(frame[column][position].as_py())
    return Rejection(int(lines[position]), column, value, "conflict", {"key": key, "stored": stored})


@dataclass(frozen=True)
class Beside:
    """Rows beside what the store has, by their place: ``same`` are there already or twice in the delivery, ``differs``
    stand otherwise (with the values that do, as stored), ``like`` are new but another entry of the same day, place, item,
    movement and amount stands. All other rows are new."""

    same: frozenset[int]
    differs: Mapping[int, Mapping[str, str]]
    like: frozenset[int]


def beside(connection: Connection, table: ImportTable, frame: pa.Table, delivered: list[str]) -> Beside:
    """What importing rows would meet, without importing them. It stages them in a temporary table: nothing is locked,
    and the caller rolls back."""
    first, _known, clashes = once_each(table, frame, np.arange(frame.num_rows, dtype=np.int64), delivered)
    twice: dict[int, Mapping[str, str]] = {clash.line: {} for clash in clashes}
    again = frozenset(range(frame.num_rows)) - {*map(int, first)} - {*twice}
    content = [name for name in delivered if name not in table.key]
    target = schema.metadata.tables[table.name]
    staging = _stage(connection, table, frame)
    joined, _stands = _standing_beside(table, target, staging)
    same = _same(target, staging, content)
    matched = connection.execute(select(staging.c.position, same.label("same")).select_from(joined)).all()
    differs = sorted(row.position for row in matched if not row.same)
    stored = _stored(connection, target, joined, staging, content, differs[:MAX_COMPARED])
    like: frozenset[int] = frozenset()
    if table.policy == "ledger":
        alike = ("scheme", "month", "business_date", "region", "item", "movement", "amount_fen")
        query = (
            select(staging.c.position)
            .distinct()
            .join_from(staging, target, and_(target.c.ended_by.is_(None), _same(target, staging, alike)))
        )
        there = {row.position for row in matched}
        like = frozenset(connection.execute(query).scalars()) - there - again
    staging.drop(connection)
    known = frozenset(row.position for row in matched if row.same)
    return Beside(known | again, {**{at: stored.get(at, {}) for at in differs}, **twice}, like)


def _replace(connection: Connection, table: ImportTable, frame: pa.Table, batch: int) -> Outcome:
    """Master data: the later row counts, and what stood before is kept beside it."""
    target = schema.metadata.tables[table.name]
    names = frame.column_names
    stored = {
        tuple(row[key] for key in table.key): dict(row)
        for row in connection.execute(select(*(target.c[name] for name in names))).mappings()
    }
    wanted: dict[tuple[Any, ...], Mapping[str, Any]] = {
        tuple(row[key] for key in table.key): row for row in frame.to_pylist()
    }
    changed = {key: row for key, row in wanted.items() if stored.get(key) != row}
    upsert(connection, target, [*changed.values()])
    insert_rows(
        connection,
        schema.replaced_row,
        ("batch", "number", "was", "became"),
        [
            (batch, number, as_json(stored[key]) if key in stored else None, as_json(row))
            for number, (key, row) in enumerate(changed.items(), 1)
        ],
    )
    return Outcome(frame.slice(0, len(changed)), known=frame.num_rows - len(changed))


def as_json(row: Mapping[str, Any]) -> str:
    """A row of master data as it is kept: days as ISO text."""
    return json.dumps(
        {name: str(value) if isinstance(value, date) else value for name, value in row.items()}, ensure_ascii=False
    )
