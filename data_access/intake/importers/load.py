"""One import: a batch is opened, its rows are checked, and all of it goes in with its roll-up in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping as Map, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Engine

from data_access.intake.importers import store
from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.batch import Batch, BatchResult, Order, Progress, readable, storable
from data_access.intake.importers.changes import changes_of
from data_access.intake.importers.codes import load_codes
from data_access.intake.importers.delivery import (
    Delivery,
    find_table,
    from_columns,
    match_headers,
    plain_header,
    spellings,
)
from data_access.intake.importers.noise import without_noise
from data_access.intake.importers.parse import read_bytes, read_delivery
from data_access.intake.importers.reasons import FileRefused, Rejection
from data_access.intake.importers.rollup import write_changes
from data_access.intake.importers.tables import TABLES, ImportTable
from data_access.intake.importers.validate import Validated, validate
from data_access.intake.originals import keep_original, original_path
from data_access.intake.queue import Given, claim, given_of
from data_access.intake.workbench.mapping import Mapping, read_mapping
from data_access.store import schema
from data_access.store.engine import writing
from rules.errors import ImportRefused, NotAllowed

if TYPE_CHECKING:
    # Only a caller that has a frame has pandas loaded; a web worker has not.
    import pandas as pd

log = logging.getLogger(__name__)


def import_file(
    engine: Engine,
    path: Path | str,
    *,
    target: str | None = None,
    source: str | None = None,
    accept_good_rows: bool = False,
    demo: bool = False,
    uploaded_by: str | None = None,
    allowance: Allowance | None = None,
    originals: Path | None = None,
    reason: str | None = None,
    sheet: str | None = None,
    mapping: Mapping | None = None,
    explanation: str | None = None,
    saved: Path | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> BatchResult:
    """Import a CSV, XLSX or Parquet file. ``target`` None: told from the headers. ``source`` fills a source column.
    ``reason`` makes it a correction: rows that differ from those that stand take their place, except ledger entries,
    which are reversed by entries of their own. ``sheet``: which one of a workbook; None: the only one with rows. ``mapping``: how a file that is no template
    is meant, of which every sheet with a table is read; ``saved``: where mappings are, one of which is looked for when no
    template is recognised. ``explanation``: why a table is taken whose own totals do not add up.
    ``allowance`` is what the sender may deliver (None: everything): other rows, and tables that are nobody's region for
    who delivers for one, are refused, and what needs a second person is *pending*. ``originals``: where the file is kept.

    All or nothing: one bad row refuses the file, unless ``accept_good_rows``. Refusals are results, not exceptions;
    the reasons are kept with the batch. ``progress(phase, done, total)`` is called as rows go by.
    Raises FileNotFoundError when the file is not there, ImportRefused for an unknown ``target``; a failure of the store
    closes the batch as interrupted and is raised.
    """
    file = Path(path)
    given = Given(
        target or "",
        uploaded_by,
        source,
        accept_good_rows,
        reason,
        sheet,
        None if mapping is None else mapping.as_yaml(),
        explanation,
    )
    order = Order(storable(file.name), now or datetime.now(UTC), given, demo, progress, allowance=allowance)
    table = _table_of(given)
    try:
        content = readable(order.origin, lambda: read_bytes(file))
    except FileRefused as refused:
        return Batch(engine, order, table).as_refused(refused)
    order = replace(order, sha256=sha256(content).hexdigest(), keep=_keeping(originals, content))
    batch = Batch(engine, order, table)
    return _run(batch, lambda: _delivered(batch, content, saved))


def import_given(
    engine: Engine,
    number: int,
    originals: Path,
    allowed: Callable[[Connection, Given], Allowance],
    *,
    saved: Path | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> BatchResult | None:
    """Import a batch that waits, in the queue or confirmed by a second person, from its original, under its own number.
    ``allowed``: what the sender may deliver now; raises NotAllowed. None where the batch waits no longer.
    """
    with writing(engine) as connection:
        waits = claim(connection, number)
    if waits is None:
        return None
    given = given_of(waits)
    order = Order(waits.origin, now or datetime.now(UTC), given, waits.demo, progress, waits.sha256)
    order = replace(order, number=number, waited=waits.state)

    if waits.state == "queued":
        try:
            with engine.connect() as connection:
                order = replace(order, allowance=allowed(connection, given))
        except NotAllowed:
            refused = FileRefused(Rejection(0, "", "", "sender_not_allowed"))
            return Batch(engine, order, _table_of(given)).as_refused(refused)
    batch = Batch(engine, order, _table_of(given))

    def deliver() -> tuple[ImportTable, Delivery]:
        path = original_path(originals, waits.sha256)
        if not path.exists():
            raise FileRefused(Rejection(0, "", waits.origin, "original_missing"))
        return _delivered(batch, read_bytes(path), saved)

    return _run(batch, deliver)


def _delivered(batch: Batch, content: bytes, saved: Path | None) -> tuple[ImportTable, Delivery]:
    """The table and the delivery that a file's bytes make: by their headers, by a mapping, or, where they are no template,
    by the mapping that was saved for such tables, which is noted. Raises FileRefused."""
    given = batch.order.given
    if given.mapping is not None:
        return _mapped(batch, content, read_mapping(batch.order.origin, given.mapping))
    try:
        return _by_headers(content, given)
    except FileRefused as refused:
        mapping = _saved_for(content, given, saved)
        if mapping is None:
            raise
        log.info("%s is read by the mapping %s: %s", batch.order.origin, mapping.name, refused)
    batch.order = replace(batch.order, given=replace(given, mapping=mapping.as_yaml()))
    table, delivery = _mapped(batch, content, mapping)
    note = {"note": "saved_mapping", "name": mapping.name, "by": mapping.saved_by, "on": mapping.saved_on[:10]}
    return table, replace(delivery, notes=(note, *delivery.notes))


def _by_headers(content: bytes, given: Given) -> tuple[ImportTable, Delivery]:
    table = _table_of(given)
    delivery = read_delivery(content, table, given.sheet)
    if table is None:
        return find_table(delivery.names), delivery
    try:
        match_headers(table, delivery.names, ["source"] if given.source and table.policy == "ledger" else ())
    except FileRefused:
        if not spellings(table).keys() & set(map(plain_header, delivery.names)):
            find_table(delivery.names)  # of no table of ours at all: that is said instead of every header
        raise
    return table, delivery


def _saved_for(content: bytes, given: Given, saved: Path | None) -> Mapping | None:
    """The mapping saved for tables of a file's kind, into the table that was asked for if one was."""
    from data_access.intake.files.process import book_of_bytes
    from data_access.intake.workbench.saved import fitting

    try:
        mapping = None if saved is None else fitting(saved, book_of_bytes(content), given.sheet)
    except FileRefused:
        return None
    return mapping if mapping is None or given.target in ("", mapping.target) else None


def _mapped(batch: Batch, content: bytes, mapping: Mapping) -> tuple[ImportTable, Delivery]:
    """What a mapping makes of a file. Raises FileRefused, also where the table's own totals do not add up and nobody
    explained why it is taken nevertheless."""
    from data_access.intake.files.process import book_of_bytes
    from data_access.intake.workbench.take import Unanswered, delivery_of, preview

    given = batch.order.given
    book = book_of_bytes(content, encoding=mapping.encoding)
    try:
        with batch.engine.connect() as connection:
            codes = load_codes(connection, batch.order.now)
            seen = preview(connection, codes, book, mapping, given.sheet)
        target, delivery = delivery_of(seen, given.left_out)
    except Unanswered as asked:
        raise FileRefused(Rejection(0, "", "", "questions_open", {"count": len(asked.questions)})) from asked
    except FileRefused:
        raise
    except ImportRefused as problem:
        raise FileRefused(Rejection(0, "", "", "nothing_offered")) from problem
    if given.target not in ("", target):
        raise FileRefused(Rejection(0, "", target, "other_table", {"table": given.target}))
    wrong = [one for offer in seen.offers for one in offer.sums if not one.agrees]
    if wrong and not given.explanation:
        raise FileRefused(
            *(
                Rejection(0, "", str(one.stated), "total_differs", {"cell": one.address, "computed": str(one.computed)})
                for one in wrong
            )
        )
    return TABLES[target], delivery


def _keeping(originals: Path | None, content: bytes) -> Callable[[], object] | None:
    return None if originals is None else lambda: keep_original(originals, content)


def import_rows(
    engine: Engine,
    target: str,
    columns: Map[str, Sequence[Any]] | pd.DataFrame | pa.Table,
    *,
    source: str | None = None,
    origin: str = "",
    accept_good_rows: bool = False,
    demo: bool = False,
    uploaded_by: str | None = None,
    reason: str | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
    watermark: str | None = None,
    recurring: Callable[[Sequence[int]], Sequence[Rejection]] | None = None,
) -> BatchResult:
    """Import columns in memory (generators, pushes, source databases): the same pipeline from the headers on.

    Lines count from 2, as if the columns were a file. ``watermark`` is kept with the batch when it is loaded.
    ``recurring`` marks a source that offers the same rows again: what it refused before is told once.
    Raises ImportRefused for an unknown ``target``.
    """
    order = Order(
        origin or target,
        now or datetime.now(UTC),
        Given(target, uploaded_by, source, accept_good_rows, reason),
        demo,
        progress,
        watermark=watermark,
        recurring=recurring,
    )
    table = _table(target)
    return _run(Batch(engine, order, table), lambda: (table, from_columns(columns)))


def _table(target: str) -> ImportTable:
    if target not in TABLES:
        raise ImportRefused(f"there is no importable table {target}; there are {', '.join(TABLES)}", target=target)
    return TABLES[target]


def _table_of(given: Given) -> ImportTable | None:
    return _table(given.target) if given.target else None


def refuse_file(engine: Engine, name: str, reason: Rejection, *, now: datetime) -> BatchResult:
    """Record that something was refused without being opened."""
    return Batch(engine, Order(storable(name), now, Given()), None).as_refused(FileRefused(reason))


def _run(batch: Batch, deliver: Callable[[], tuple[ImportTable, Delivery]]) -> BatchResult:
    try:
        try:
            batch.tell("read", 0, 0)
            result = batch.as_duplicate()
            if result is None:
                given = batch.order.given
                batch.table, batch.delivery = readable(batch.order.origin, deliver)
                result = batch.as_duplicate() if batch.order.given != given else None
                result = result or _import(batch, batch.table, batch.delivery)
        except FileRefused as refused:
            result = batch.as_refused(refused)
    except Exception as problem:
        batch.interrupt(problem)
        raise
    batch.tell("done", result.offered, result.offered)
    return result


def _import(batch: Batch, table: ImportTable, delivery: Delivery) -> BatchResult:
    if batch.order.within and "region" not in (column.code for column in table.columns):
        raise FileRefused(Rejection(0, "", table.name, "table_not_of_region"))
    given = batch.order.given
    named = given.source if table.policy == "ledger" else None
    headers = match_headers(table, delivery.names, ["source"] if named else ())
    if not delivery.rows:
        raise FileRefused(Rejection(1, "", "", "no_rows"))
    texts, rounded = without_noise(delivery.under(headers), delivery.lines)
    explained = [{"note": "explained", "why": given.explanation}] if given.explanation else []
    batch.delivery = replace(delivery, notes=(*explained, *delivery.notes, *rounded))
    if named:
        texts = _with_source(texts, named, delivery)
    batch.tell("check", 0, delivery.rows)
    with batch.engine.connect() as connection:
        codes = load_codes(connection, batch.order.now, batch.order.allowance)
    checked = readable(batch.order.origin, lambda: validate(table, texts, delivery.lines, codes))
    checked = replace(checked, rejected=[delivery.placed(one) for one in checked.rejected])
    batch.tell("check", delivery.rows, delivery.rows)
    if checked.rejected and not given.accept_good_rows:
        refused = replace(batch.result("refused"), rejected=checked.bad_rows, rejections=tuple(checked.rejected))
        return batch.close(refused)
    if batch.order.keep:
        batch.order.keep()
    try:
        with writing(batch.engine) as connection:
            return _load(connection, batch, table, checked, tuple(texts))
    except _NotLoaded as problem:
        return batch.close(problem.result)


class _NotLoaded(Exception):
    """Rolls the transaction back: rows clash with what is stored and the batch is all or nothing, or it waits for a second
    person."""

    def __init__(self, result: BatchResult) -> None:
        super().__init__(result.origin)
        self.result = result


def _load(
    connection: Connection, batch: Batch, table: ImportTable, checked: Validated, delivered: Sequence[str]
) -> BatchResult:
    """The transaction: rows, roll-up changes, rejected rows and the closing of the batch."""
    store.lock(connection, table)
    total = checked.frame.num_rows
    outcome = store.put(
        connection,
        table,
        _with_cells(batch, table, checked),
        checked.lines,
        batch=batch.id,
        delivered=[c.code for c in table.columns if c.code in delivered or c.yuan_code in delivered],
        corrects=bool(batch.order.given.reason),
        progress=lambda done: batch.tell("insert", done, total),
    )
    clashes = [batch.delivery.placed(one) for one in outcome.clashes] if batch.delivery else outcome.clashes
    if batch.order.within:
        # The stored row may be another region's: the sender of one learns that the number is taken, not by what.
        clashes = [replace(clash, parameters={**clash.parameters, "stored": {}}) for clash in clashes]
    inserted = outcome.fresh.num_rows
    result = replace(
        batch.result("loaded" if inserted or outcome.known else "refused"),
        inserted=inserted,
        known=outcome.known,
        corrected=outcome.corrected,
        rejected=checked.bad_rows + len(clashes),
        rejections=tuple(sorted([*checked.rejected, *clashes], key=lambda rejection: rejection.line)),
    )
    if clashes and not batch.order.given.accept_good_rows:
        raise _NotLoaded(replace(result, state="refused", inserted=0, known=0))
    if batch.order.held and inserted:
        changes = changes_of(connection, batch.id, table.name)
        raise _NotLoaded(replace(result, state="pending", changes=changes))
    newest: dict[str, datetime] = {}
    if table.policy == "ledger" and outcome.fresh.num_rows:
        batch.tell("roll-up", 0, inserted)
        write_changes(connection, batch.id, outcome.fresh)
        by_source = outcome.fresh.group_by("source").aggregate([("booked_at", "max")]).to_pydict()
        pairs = zip(by_source["source"], by_source["booked_at_max"], strict=True)
        newest = {source: booked_at.replace(tzinfo=UTC) for source, booked_at in pairs}
    return batch.write(connection, result, newest)


def _with_cells(batch: Batch, table: ImportTable, checked: Validated) -> pa.Table:
    """The rows with where each stands in its file; what came in no file stands nowhere."""
    if batch.order.sha256 is None or "cell" not in schema.metadata.tables[table.name].c:
        return checked.frame
    given = batch.delivery.cells if batch.delivery else None
    cells = pa.array(checked.lines).cast(pa.string()) if given is None else given.filter(pa.array(checked.good))
    return checked.frame.append_column("cell", cells)


def _with_source(texts: Map[str, pa.StringArray], source: str, delivery: Delivery) -> dict[str, pa.StringArray]:
    """The delivery's own source in every row. Raises FileRefused where the file names another one."""
    if "source" in texts:
        other = pc.index(pc.not_equal(texts["source"], source), True).as_py()
        if other >= 0:
            line, value = int(delivery.lines[other]), texts["source"][other].as_py()
            raise FileRefused(Rejection(line, "source", value, "source_differs", {"expected": source}))
    return {**texts, "source": pa.repeat(pa.scalar(source, pa.string()), delivery.rows)}
