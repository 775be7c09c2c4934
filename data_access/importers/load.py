"""One import: a batch is opened, its rows are checked, and all of it goes in with its roll-up in one transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Engine, insert, select, update

from data_access import schema
from data_access.bulk import insert_rows
from data_access.engine import writing
from data_access.importers import store
from data_access.importers.codes import load_codes
from data_access.importers.delivery import Delivery, find_table, from_columns, match_headers
from data_access.importers.parse import read_bytes, read_delivery
from data_access.importers.reasons import FileRefused, Rejection
from data_access.importers.rollup import write_changes
from data_access.importers.tables import TABLES, ImportTable
from data_access.importers.validate import Validated, validate
from rules.errors import ImportRefused

Phase = Literal["read", "check", "insert", "roll-up", "done"]
Progress = Callable[[str, int, int], None]
State = Literal["loaded", "duplicate", "refused"]
MAX_KEPT = 10_000  # reasons kept of one batch: nobody mends more by hand
BATCH = schema.import_batch


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How one delivery ended. ``state``: *loaded*, *duplicate* (this very file was loaded before: nothing changed) or
    *refused* (nothing was kept). ``offered`` = ``inserted`` + ``known`` + ``rejected`` + rows held back with a refused
    batch. ``rejections``: the reasons, at most 10,000, by line.
    """

    batch: int
    target: str
    origin: str
    state: State
    offered: int
    inserted: int
    known: int
    rejected: int
    rejections: tuple[Rejection, ...] = ()
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be imported and how."""

    origin: str
    now: datetime
    source: str | None = None
    accept_good_rows: bool = False
    demo: bool = False
    uploaded_by: str | None = None
    progress: Progress | None = None
    sha: str | None = None
    watermark: str | None = None

    def tell(self, phase: Phase, done: int, total: int) -> None:
        if self.progress:
            self.progress(phase, done, total)


def import_file(
    engine: Engine,
    path: Path | str,
    *,
    target: str | None = None,
    source: str | None = None,
    accept_good_rows: bool = False,
    demo: bool = False,
    uploaded_by: str | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> BatchResult:
    """Import a CSV, XLSX or Parquet file. ``target`` None: told from the headers. ``source`` fills a source column.

    All or nothing: one bad row refuses the file, unless ``accept_good_rows``. Refusals are results, not exceptions;
    the reasons are kept with the batch. ``progress(phase, done, total)`` is called as rows go by.
    Raises OSError when the file cannot be read at all, ImportRefused for an unknown ``target``.
    """
    file = Path(path)
    order = _Order(file.name, now or datetime.now(UTC), source, accept_good_rows, demo, uploaded_by, progress)
    table = _table(target)

    def deliver(order: _Order) -> tuple[ImportTable, Delivery]:
        delivery = read_delivery(content, table)
        return table or find_table(delivery.names), delivery

    try:
        content = read_bytes(file)
    except FileRefused as refused:
        return _run(engine, table, order, lambda _: _raise(refused))
    return _run(engine, table, replace(order, sha=sha256(content).hexdigest()), deliver)


def import_rows(
    engine: Engine,
    target: str,
    columns: Mapping[str, Sequence[Any]] | pd.DataFrame | pa.Table,
    *,
    source: str | None = None,
    origin: str = "",
    accept_good_rows: bool = False,
    demo: bool = False,
    uploaded_by: str | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
    watermark: str | None = None,
) -> BatchResult:
    """Import columns in memory (generators, pushes, source databases): the same pipeline from the headers on.

    Lines count from 2, as if the columns were a file. ``watermark`` is kept with the batch when it is loaded.
    """
    order = _Order(
        origin or target,
        now or datetime.now(UTC),
        source,
        accept_good_rows,
        demo,
        uploaded_by,
        progress,
        watermark=watermark,
    )
    table = _table(target)
    assert table is not None
    return _run(engine, table, order, lambda _: (table, from_columns(columns)))


def recover_interrupted(engine: Engine) -> int:
    """Mark batches that a dead process left open as interrupted; returns how many. Call it under the lease only.

    Their rows never came in: a batch's rows, roll-up and closing are one transaction.
    """
    with writing(engine) as connection:
        left = update(BATCH).where(BATCH.c.state == "running").values(state="interrupted")
        return connection.execute(left).rowcount


def _raise(problem: Exception) -> Any:
    raise problem


def _table(target: str | None) -> ImportTable | None:
    if target is not None and target not in TABLES:
        raise ImportRefused(f"there is no importable table {target}; there are {', '.join(TABLES)}", target=target)
    return TABLES[target] if target else None


def _run(
    engine: Engine,
    table: ImportTable | None,
    order: _Order,
    deliver: Callable[[_Order], tuple[ImportTable, Delivery]],
) -> BatchResult:
    began = time.monotonic()
    batch = _open(engine, table, order)
    delivery = None
    try:
        order.tell("read", 0, 0)
        if order.sha and (before := _loaded_before(engine, order.sha, table)):
            return _close(
                engine, _result(batch, before.target, order, "duplicate", duplicate_of=before.id), order, began
            )
        table, delivery = deliver(order)
        result = _import(engine, batch, table, delivery, order, began)
    except FileRefused as refused:
        offered = delivery.rows if delivery else 0
        name = table.name if table else ""
        result = replace(_result(batch, name, order, "refused"), offered=offered, rejections=refused.rejections)
        _close(engine, result, order, began)
    except Exception:
        # The surprise is the caller's to report; the batch must not look as if it were still running.
        with writing(engine) as connection:
            connection.execute(update(BATCH).where(BATCH.c.id == batch).values(state="interrupted"))
        raise
    order.tell("done", result.offered, result.offered)
    return result


def _import(
    engine: Engine, batch: int, table: ImportTable, delivery: Delivery, order: _Order, began: float
) -> BatchResult:
    headers = match_headers(table, delivery.names, ["source"] if order.source else ())
    if not delivery.rows:
        raise FileRefused(Rejection(1, "", "", "no_rows"))
    texts = delivery.under(headers)
    order.tell("check", 0, delivery.rows)
    if order.source and any(column.code == "source" for column in table.columns):
        texts = _with_source(texts, order.source, delivery)
    with engine.connect() as connection:
        codes = load_codes(connection, order.now)
    checked = validate(table, texts, delivery.lines, codes)
    order.tell("check", delivery.rows, delivery.rows)
    opened = replace(_result(batch, table.name, order, "loaded"), offered=delivery.rows)
    if checked.rejected and not order.accept_good_rows:
        refused = replace(opened, state="refused", rejected=checked.bad_rows, rejections=tuple(checked.rejected))
        return _close(engine, refused, order, began, delivery)
    try:
        with writing(engine) as connection:
            return _load(connection, opened, table, checked, tuple(texts), order, began, delivery)
    except _Refused as problem:
        return _close(engine, problem.result, order, began, delivery)


class _Refused(Exception):
    """Rolls the transaction back: the batch clashes with what is stored."""

    def __init__(self, result: BatchResult) -> None:
        super().__init__("refused")
        self.result = result


def _load(
    connection: Connection,
    opened: BatchResult,
    table: ImportTable,
    checked: Validated,
    delivered: Sequence[str],
    order: _Order,
    began: float,
    delivery: Delivery,
) -> BatchResult:
    """The transaction: rows, roll-up changes, rejected rows and the closing of the batch."""
    store.lock(connection, table)
    stored = [column.code for column in table.columns if column.code in delivered or column.yuan_code in delivered]
    total = checked.frame.num_rows
    order.tell("insert", 0, total)
    outcome = store.put(
        connection,
        table,
        checked.frame,
        checked.lines,
        batch=opened.batch,
        delivered=stored,
        progress=lambda done: order.tell("insert", done, total),
    )
    rejections = tuple(sorted([*checked.rejected, *outcome.clashes], key=lambda rejection: rejection.line))
    inserted = outcome.fresh.num_rows + outcome.filled
    result = replace(
        opened,
        state="loaded" if inserted or outcome.known else "refused",
        inserted=inserted,
        known=outcome.known,
        rejected=checked.bad_rows + len(outcome.clashes),
        rejections=rejections,
    )
    if outcome.clashes and not order.accept_good_rows:
        raise _Refused(replace(result, state="refused", inserted=0, known=0))
    newest = None
    if table.policy == "ledger" and outcome.fresh.num_rows:
        order.tell("roll-up", 0, inserted)
        write_changes(connection, opened.batch, outcome.fresh)
        newest = pc.max(outcome.fresh["booked_at"]).as_py().replace(tzinfo=UTC)
    _write_closing(connection, result, order, began, delivery, newest=newest)
    return result


def _with_source(texts: Mapping[str, pa.StringArray], source: str, delivery: Delivery) -> dict[str, pa.StringArray]:
    """The delivery's own source in every row. Raises FileRefused where the file names another one."""
    if "source" in texts:
        other = pc.index(pc.equal(texts["source"], source), False).as_py()
        if other >= 0:
            line, value = int(delivery.lines[other]), texts["source"][other].as_py()
            raise FileRefused(Rejection(line, "source", value, "source_differs", {"expected": source}))
    return {**texts, "source": pa.repeat(pa.scalar(source, pa.string()), delivery.rows)}


def _result(batch: int, target: str, order: _Order, state: State, duplicate_of: int | None = None) -> BatchResult:
    return BatchResult(batch, target, order.origin, state, 0, 0, 0, 0, duplicate_of=duplicate_of)


def _open(engine: Engine, table: ImportTable | None, order: _Order) -> int:
    """The batch is visible as running before its rows are, so that a killed import leaves its trace."""
    opened = insert(BATCH).values(
        target=table.name if table else "",
        source=order.source or "",
        origin=order.origin,
        sha256=order.sha,
        state="running",
        rows_offered=0,
        rows_inserted=0,
        rows_known=0,
        rows_rejected=0,
        rows_done=0,
        started_at=order.now,
        uploaded_by=order.uploaded_by,
        demo=order.demo,
    )
    with writing(engine) as connection:
        key = connection.execute(opened).inserted_primary_key
    assert key is not None
    return int(key[0])


def _loaded_before(engine: Engine, sha: str, table: ImportTable | None) -> Any:
    """The batch that loaded these very bytes into the same table, if there is one."""
    same = select(BATCH.c.id, BATCH.c.target).where(BATCH.c.sha256 == sha, BATCH.c.state == "loaded")
    if table:
        same = same.where(BATCH.c.target == table.name)
    with engine.connect() as connection:
        return connection.execute(same.limit(1)).first()


def _close(
    engine: Engine, result: BatchResult, order: _Order, began: float, delivery: Delivery | None = None
) -> BatchResult:
    with writing(engine) as connection:
        _write_closing(connection, result, order, began, delivery)
    return result


def _write_closing(
    connection: Connection,
    result: BatchResult,
    order: _Order,
    began: float,
    delivery: Delivery | None,
    newest: datetime | None = None,
) -> None:
    kept = result.rejections[:MAX_KEPT]
    insert_rows(
        connection,
        schema.rejected_row,
        ("batch", "number", "line", "column", "value", "reason", "parameters", "row"),
        [(result.batch, number, *_record(rejection, delivery)) for number, rejection in enumerate(kept, 1)],
    )
    connection.execute(
        update(BATCH)
        .where(BATCH.c.id == result.batch)
        .values(
            target=result.target,
            state=result.state,
            rows_offered=result.offered,
            rows_inserted=result.inserted,
            rows_known=result.known,
            rows_rejected=result.rejected,
            rows_done=result.offered,
            finished_at=order.now + timedelta(seconds=time.monotonic() - began),
            newest_booked_at=newest,
            watermark=order.watermark if result.state == "loaded" else None,
            source=order.source or _only_source(result.target, delivery),
        )
    )


def _only_source(target: str, delivery: Delivery | None) -> str:
    """The source that all rows name, or "" where they name none or several."""
    if delivery is None or target != "ledger_entry":
        return ""
    headers = match_headers(TABLES[target], delivery.names, ["source"])
    named = next((delivery.texts[place] for place, code in headers.items() if code == "source"), None)
    distinct = named.unique().to_pylist() if named is not None else []
    return str(distinct[0]).strip() if len(distinct) == 1 else ""


def _record(rejection: Rejection, delivery: Delivery | None) -> tuple[object, ...]:
    row: dict[str, str] = {}
    if delivery and rejection.line:
        place = int(delivery.lines.searchsorted(rejection.line))
        if place < delivery.rows and delivery.lines[place] == rejection.line:
            row = {name: text[place].as_py() for name, text in zip(delivery.names, delivery.texts, strict=True)}
    return (
        rejection.line,
        rejection.column,
        # PostgreSQL keeps no NUL in a text.
        rejection.value[:1000].replace("\x00", "�"),
        rejection.reason,
        json.dumps(rejection.parameters, ensure_ascii=False),
        json.dumps(row, ensure_ascii=False).replace("\\u0000", "�"),
    )
