"""Taking a batch back 撤回: all that it brought ends, what it had taken the place of stands again, and its trace stays.

The withdrawal is a batch of its own: versions published before it show what they showed.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, Row, Table, delete, exists, func, insert, literal, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from data_access.books.versions import FACTS, closes
from data_access.intake.importers import store
from data_access.intake.importers.store import as_json
from data_access.intake.importers.tables import TABLES, ImportTable
from data_access.store import schema
from data_access.store.bulk import insert_rows, upsert
from data_access.store.integrity.sealing import seal_delivery
from rules.errors import PoolwatchError
from rules.month import Month

BATCH = schema.import_batch


class NotWithdrawn(PoolwatchError):
    """A batch cannot be taken back; ``code`` says why, ``batch`` which one stands in the way or is meant."""

    def __init__(self, why: str, batch: int, **parameters: object) -> None:
        super().__init__(f"batch {batch} is not withdrawn: {why}", batch=batch, **parameters)
        self.code = f"not_withdrawn_{why}"


def withdraw(connection: Connection, number: int, *, by: str, reason: str, now: datetime) -> int:
    """Take a loaded batch back within the caller's writing transaction; returns the number of the withdrawing batch.

    Afterwards the store says what it would say had the batch never come; only that it came and went is kept.
    Raises NotWithdrawn: ``not_loaded`` (or no such batch), ``signed`` (a signed month rests on it), ``built_upon`` (a
    later batch corrects it, or people have worked on what it brought).
    """
    batch = connection.execute(select(BATCH).where(BATCH.c.id == number).with_for_update()).one_or_none()
    if batch is None or batch.state != "loaded" or batch.withdraws is not None:
        raise NotWithdrawn("not_loaded", number)
    table = TABLES[batch.target]
    store.lock(connection, table)
    if month := _signed_month(connection, batch):
        raise NotWithdrawn("signed", number, month=month)
    ours = _open(connection, batch, by, reason, now)
    if table.policy == "replace":
        restored = _put_back(connection, table, number, ours)
    elif table.name == schema.violation.name:
        restored = _drop_problems(connection, number)
    else:
        restored = _end(connection, table, number, ours)
        seal_delivery(connection, table.name, ours, restored)
    if table.policy == "ledger":
        _undo_changes(connection, number, ours)
    connection.execute(delete(schema.batch_source).where(schema.batch_source.c.batch == number))
    connection.execute(update(BATCH).where(BATCH.c.id == number).values(state="withdrawn"))
    connection.execute(update(BATCH).where(BATCH.c.id == ours).values(rows_inserted=restored))
    return ours


def _open(connection: Connection, batch: Row[Any], by: str, reason: str, now: datetime) -> int:
    counts = dict.fromkeys(("rows_offered", "rows_inserted", "rows_known", "rows_rejected", "rows_done"), 0)
    kept = {name: getattr(batch, name) for name in ("target", "source", "origin", "demo")}
    values = {**kept, **counts, "state": "loaded", "started_at": now, "finished_at": now}
    opened = insert(BATCH).values(**values, uploaded_by=by, reason=reason, withdraws=batch.id).returning(BATCH.c.id)
    return int(connection.execute(opened).scalar_one())


def _signed_month(connection: Connection, batch: Row[Any]) -> int | None:
    """The first signed month that rests on a batch: signed at a version that shows it; None where there is none."""
    table = schema.metadata.tables[batch.target]
    if batch.data_version is None or "scheme" not in table.c or "batch" not in table.c:
        return None
    rows = table.c.batch == batch.id
    for scheme in connection.execute(select(table.c.scheme).where(rows).distinct()).scalars().all():
        for close in closes(connection, scheme):
            of_month = _concerns(table, close.month)
            if (
                close.version >= batch.data_version
                and connection.execute(
                    select(literal(1)).where(rows, table.c.scheme == scheme, of_month).limit(1)
                ).first()
            ):
                return close.month
    return None


def _concerns(table: Table, month: int) -> ColumnElement[bool]:
    """Whether a row has a part in a month: of its month or year or an earlier one, or of none in particular."""
    if "month" in table.c:
        return table.c.month <= month
    if "day" in table.c:
        return table.c.day <= Month(month).last
    if "since" in table.c:
        return table.c.since <= month
    if "year" in table.c:
        return table.c.year * 100 < month
    return literal(True)


def _end(connection: Connection, table: ImportTable, number: int, ours: int) -> int:
    """End the batch's rows and let those stand again whose place they took; returns how many do."""
    target = schema.metadata.tables[table.name]
    brought = target.c.batch == number
    later = select(target.c.ended_by).where(brought, target.c.ended_by.is_not(None)).limit(1)
    if found := connection.execute(later).scalar():
        raise NotWithdrawn("built_upon", number, later=found)
    if table.policy == "ledger" and (found := _reversed_by(connection, number)):
        raise NotWithdrawn("built_upon", number, later=found)
    connection.execute(update(target).where(brought).values(ended_by=ours))
    names = [*(column.code for column in table.columns), "cell"]
    before = select(*(target.c[name] for name in names), literal(ours)).where(target.c.ended_by == number)
    connection.execute(insert(target).from_select([*names, "batch"], before))
    return int(connection.execute(select(func.count()).where(target.c.batch == ours)).scalar_one())


def _reversed_by(connection: Connection, number: int) -> int | None:
    """A batch with standing entries that reverse 红字冲销 entries of this one."""
    entry = schema.ledger_entry
    reversal = entry.alias()
    same = (reversal.c.source == entry.c.source, reversal.c.corrects == entry.c.source_ref)
    wanted = select(reversal.c.batch).where(
        reversal.c.batch != number,
        reversal.c.ended_by.is_(None),
        reversal.c.corrects.is_not(None),
        exists().where(entry.c.batch == number, *same),
    )
    found = connection.execute(wanted.limit(1)).scalar()
    return None if found is None else int(found)


def _undo_changes(connection: Connection, number: int, ours: int) -> None:
    """What the batch changed in the roll-ups, once more with the other sign."""
    for _fact, change in FACTS:
        keys = ", ".join(column.name for column in change.primary_key if column.name != "batch")
        connection.execute(
            text(
                f"INSERT INTO {change.name} (batch, {keys}, amount_fen, entries) "
                f"SELECT :ours, {keys}, -amount_fen, -entries FROM {change.name} WHERE batch = :number"
            ),
            {"ours": ours, "number": number},
        )


def _drop_problems(connection: Connection, number: int) -> int:
    """Problems on which nobody has worked yet go; their journal would have nothing to belong to."""
    problem, step = schema.violation, schema.violation_step
    worked_on = exists().where(step.c.scheme == problem.c.scheme, step.c.ref == problem.c.ref)
    if connection.execute(select(problem.c.ref).where(problem.c.batch == number, worked_on).limit(1)).first():
        raise NotWithdrawn("built_upon", number, later=None)
    connection.execute(delete(problem).where(problem.c.batch == number))
    return 0


def _put_back(connection: Connection, table: ImportTable, number: int, ours: int) -> int:
    """Give master data the rows they had before the batch; returns how many. Rows changed again since are in the way."""
    target, replaced = schema.metadata.tables[table.name], schema.replaced_row
    rows = connection.execute(select(replaced).where(replaced.c.batch == number).order_by(replaced.c.number)).all()
    undone: list[tuple[int, int, str | None, str]] = []
    for place, row in enumerate(rows, 1):
        became = json.loads(row.became)
        same = [target.c[name] == _value(target, name, became[name]) for name in table.key]
        found = connection.execute(select(*(target.c[name] for name in became)).where(*same)).mappings().one_or_none()
        if found is None or as_json(dict(found)) != row.became:
            raise NotWithdrawn("built_upon", number, later=None)
        if row.was is None:
            connection.execute(delete(target).where(*same))
        else:
            was = {name: _value(target, name, value) for name, value in json.loads(row.was).items()}
            upsert(connection, target, [was])
        undone.append((ours, place, row.became, row.was or "null"))
    insert_rows(connection, replaced, ("batch", "number", "was", "became"), undone)
    return len(undone)


def _value(target: Table, name: str, kept: Any) -> Any:
    return date.fromisoformat(kept) if kept is not None and isinstance(target.c[name].type, Date) else kept
