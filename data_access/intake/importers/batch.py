"""The batch: how one delivery is opened, how it ended, and what is kept of it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, Engine, delete, insert, select, update

from data_access.intake.importers.allowance import Allowance
from data_access.intake.importers.changes import Change
from data_access.intake.importers.codes import NATION
from data_access.intake.importers.delivery import Delivery, match_headers
from data_access.intake.importers.reasons import FileRefused, Rejection
from data_access.intake.importers.tables import ImportTable
from data_access.intake.queue import COUNTS, Given, twin, wait_again
from data_access.store import schema
from data_access.store.bulk import insert_rows
from data_access.store.engine import writing
from data_access.store.integrity.sealing import seal_delivery
from data_access.store.trouble import store_trouble
from rules.scheme import load_scheme, scheme_codes

Phase = Literal["read", "check", "insert", "roll-up", "done"]
Progress = Callable[[str, int, int], None]
State = Literal["loaded", "pending", "duplicate", "refused", "idle"]
T = TypeVar("T")
SHOWN_SECONDS = 1.0  # between two notes of how far a batch is
MAX_KEPT = 10_000  # reasons kept of one batch: nobody mends more by hand
BATCH = schema.import_batch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How one delivery ended.

    ``state``: *loaded*, *duplicate* (this very file was loaded before: nothing changed, ``duplicate_of`` says by which
    batch), *pending* (it would be loaded, once a second person confirms it) *refused* (nothing was kept) or *idle* (a source
    offered nothing but what it had offered: there is no batch). ``inserted`` rows are new, ``known`` ones were there already, ``corrected`` of the inserted took the place of others, ``rejected``
    ones are bad; in a refused batch the good rows are none of these. ``rejections``: the reasons by line.
    ``notes``: what was passed over or taken with a remark, see ``Delivery``.
    ``changes``: of a pending batch what it would change, see ``changes.changes_of``.
    """

    batch: int
    target: str
    origin: str
    state: State
    offered: int = 0
    inserted: int = 0
    known: int = 0
    corrected: int = 0
    rejected: int = 0
    rejections: tuple[Rejection, ...] = ()
    duplicate_of: int | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """How a delivery is to be imported: as it was ``given`` in, and what only this import knows."""

    origin: str
    now: datetime
    given: Given
    demo: bool = False
    progress: Progress | None = None
    sha256: str | None = None
    watermark: str | None = None
    allowance: Allowance | None = (
        None  # what the sender may deliver; None: the installation itself, which may everything
    )
    keep: Callable[[], object] | None = None  # keeps the original, once it is good
    number: int | None = None  # the batch that waited; None: a new one
    waited: str = ""  # the state in which it did
    # A source that offers the same rows at every pull: what else is to be said of the lines refused.
    recurring: Callable[[Sequence[int]], Sequence[Rejection]] | None = None

    @property
    def held(self) -> bool:
        """Whether the rows wait for a second person."""
        return self.allowance is not None and self.allowance.second_person

    @property
    def within(self) -> str | None:
        """The region below and at which alone the rows may lie."""
        return self.allowance.within if self.allowance else None


class Batch:
    """One open batch. It is visible as running before its rows are, so that a killed import leaves its trace."""

    def __init__(self, engine: Engine, order: Order, table: ImportTable | None) -> None:
        self.engine = engine
        self.order = order
        self.table = table
        self.delivery: Delivery | None = None
        self._began = time.monotonic()
        self._shown = float("-inf")
        self.id = self._open() if order.number is None else order.number

    def _open(self) -> int:
        opened = insert(BATCH).values(
            target=self.table.name if self.table else "",
            source=self.order.given.source or "",
            origin=self.order.origin,
            sha256=self.order.sha256,
            state="running",
            started_at=self.order.now,
            uploaded_by=self.order.given.uploaded_by,
            demo=self.order.demo,
            reason=self.order.given.reason,
            **COUNTS,
        )
        with writing(self.engine) as connection:
            key = connection.execute(opened).inserted_primary_key
        assert key is not None
        return int(key[0])

    def tell(self, phase: Phase, done: int, total: int) -> None:
        """Report progress; that of a batch somebody waits for stands in its row too."""
        if self.order.progress:
            self.order.progress(phase, done, total)
        # While rows go into an SQLite store nothing else does.
        open_to_others = phase == "check" or (phase == "insert" and self.engine.dialect.name != "sqlite")
        if self.order.number is not None and open_to_others and time.monotonic() - self._shown > SHOWN_SECONDS:
            self._shown = time.monotonic()
            at = {"rows_offered": total, "rows_done": done if phase == "insert" else 0}
            with writing(self.engine) as connection:
                connection.execute(update(BATCH).where(BATCH.c.id == self.id).values(at))

    def result(self, state: State) -> BatchResult:
        """A result with nothing counted but the rows offered."""
        offered = self.delivery.rows if self.delivery else 0
        notes = self.delivery.notes if self.delivery else ()
        target = self.table.name if self.table else ""
        return BatchResult(self.id, target, self.order.origin, state, offered, notes=notes)

    def as_duplicate(self) -> BatchResult | None:
        """Close as duplicate of a batch that brought this very file, or will once a second person confirms it; else None."""
        if self.order.sha256 is None:
            return None
        # What was confirmed is taken in, whatever else waits.
        states = ("loaded",) if self.order.waited == "confirmed" else ("loaded", "pending", "confirmed")
        given = replace(self.order.given, target=self.table.name if self.table else "")
        with self.engine.connect() as connection:
            before = twin(connection, self.order.sha256, given, states, but=self.id)
        if before is None:
            return None
        return self.close(replace(self.result("duplicate"), target=before.target, duplicate_of=before.id))

    def as_refused(self, problem: FileRefused) -> BatchResult:
        """Close as refused for a reason that concerns the file as a whole."""
        return self.close(replace(self.result("refused"), rejections=problem.rejections))

    def interrupt(self, problem: Exception) -> None:
        """Close after a failure that is not the file's, with its reason: the batch must not look as if it were running.
        One that waited, and whose store was in trouble, waits on.

        A store that cannot take even this leaves the batch to :func:`recover_interrupted`.
        """
        trouble = store_trouble(problem)
        why = Rejection(0, "", "", trouble) if trouble else _unforeseen("not_stored", problem)
        try:
            with writing(self.engine) as connection:
                ours = update(BATCH).where(BATCH.c.id == self.id)
                if trouble and self.order.waited:
                    connection.execute(ours.values(state=self.order.waited, rows_done=0))
                    return
                connection.execute(ours.values(state="interrupted", finished_at=self._finished()))
                _keep(connection, self.id, [why], None)
        except Exception:
            log.exception("batch %s broke off and could not be closed", self.id)

    def _finished(self) -> datetime:
        return self.order.now + timedelta(seconds=time.monotonic() - self._began)

    def close(self, result: BatchResult) -> BatchResult:
        """Close in a transaction of its own."""
        with writing(self.engine) as connection:
            return self.write(connection, result)

    def write(
        self, connection: Connection, result: BatchResult, newest: Mapping[str, datetime] | None = None
    ) -> BatchResult:
        """Close within the transaction that brings the rows. ``newest``: the latest booking time of each source."""
        brought = [{"batch": self.id, "source": code, "newest_booked_at": at} for code, at in (newest or {}).items()]
        if brought:
            connection.execute(insert(schema.batch_source), brought)
        if self.order.recurring is not None:
            result = self._without_told(connection, result, self.order.recurring)
            if result.state == "idle":
                connection.execute(delete(BATCH).where(BATCH.c.id == self.id))
                return result
        _keep(connection, self.id, result.rejections[:MAX_KEPT], self.delivery)
        if result.state == "loaded":
            seal_delivery(connection, result.target, self.id, result.inserted)
        closed = update(BATCH).where(BATCH.c.id == self.id)
        connection.execute(
            closed.values(
                target=result.target,
                source=self.order.given.source or self._only("source"),
                province=self._province() or BATCH.c.province,
                state=result.state,
                rows_offered=result.offered,
                rows_inserted=result.inserted,
                rows_known=result.known,
                rows_rejected=result.rejected,
                rows_done=result.offered,
                finished_at=self._finished(),
                newest_booked_at=max((newest or {}).values(), default=None),
                watermark=self.order.watermark if result.state == "loaded" else None,
                notes=json.dumps(result.notes, ensure_ascii=False) if result.notes else None,
                options=self.order.given.options(result.changes) if self.order.sha256 else None,
            )
        )
        return result

    def _without_told(
        self, connection: Connection, result: BatchResult, more: Callable[[Sequence[int]], Sequence[Rejection]]
    ) -> BatchResult:
        """What a source refused before is told once; a pull of nothing new leaves no batch."""
        kept, batch = schema.rejected_row.c, BATCH.c
        before = select(kept.column, kept.value, kept.reason, kept.row).join(BATCH, batch.id == kept.batch)
        before = before.where(batch.origin == self.order.origin, batch.target == result.target).distinct()
        told = set(map(tuple, connection.execute(before))) if result.rejections else set()
        records = [(one, _record(one, self.delivery)) for one in result.rejections]
        fresh = [one for one, record in records if (*record[1:4], record[5]) not in told]
        if not result.inserted and not fresh:
            return replace(result, state="idle")
        again = len(result.rejections) - len(fresh)
        repeated = [Rejection(0, "", "", "rejected_before", {"count": again})] if again else []
        lines = [one.line for one in result.rejections if one.line]
        return replace(result, rejections=(*repeated, *more(lines), *fresh))

    def _province(self) -> str | None:
        """Whose data they are: of the schemes that the rows name, else the sender's."""
        named = self._only("scheme")
        if named in scheme_codes() and (province := load_scheme(named).province) != NATION:
            return province
        return self.order.allowance.province if self.order.allowance else None

    def _only(self, column: str) -> str:
        """What all rows of a column say, or "" where they say several things or there is no such column."""
        if self.delivery is None or self.table is None:
            return ""
        try:
            headers = match_headers(self.table, self.delivery.names)
        except FileRefused:
            return ""
        named = next((self.delivery.texts[place] for place, code in headers.items() if code == column), None)
        distinct = [] if named is None else named.unique()
        return str(distinct[0]).strip() if len(distinct) == 1 else ""


def recover_interrupted(engine: Engine) -> int:
    """Let batches that a dead process left open wait again, where they did before; mark the others as interrupted and
    return how many. Call it under the lease only.

    Their rows never came in: a batch's rows, roll-up and closing are one transaction.
    """
    with writing(engine) as connection:
        running = connection.execute(select(BATCH.c.id).where(BATCH.c.state == "running")).scalars().all()
        left = [number for number in running if not wait_again(connection, number)]
        for number in left:
            connection.execute(update(BATCH).where(BATCH.c.id == number).values(state="interrupted"))
            _keep(connection, number, [Rejection(0, "", "", "process_ended")], None)
    return len(left)


def _unforeseen(reason: str, problem: Exception) -> Rejection:
    return Rejection(0, "", "", reason, {"problem": type(problem).__name__})


def readable(origin: str, read: Callable[[], T]) -> T:
    """What reading or checking a delivery gives. Raises FileRefused for whatever its content makes fail: readers of
    files fail in dozens of ways, and one bad file must not stop the others. The log has the traceback."""
    try:
        return read()
    except (FileRefused, FileNotFoundError):
        raise
    except Exception as problem:
        if store_trouble(problem):
            raise
        log.exception("%s cannot be read", origin)
        raise FileRefused(_unforeseen("not_read", problem)) from problem


def _keep(connection: Connection, batch: int, rejections: Sequence[Rejection], delivery: Delivery | None) -> None:
    insert_rows(
        connection,
        schema.rejected_row,
        ("batch", "number", "line", "column", "value", "reason", "parameters", "row"),
        [(batch, number, *_record(rejection, delivery)) for number, rejection in enumerate(rejections, 1)],
    )


def _record(rejection: Rejection, delivery: Delivery | None) -> tuple[Any, ...]:
    """A rejection as it is kept, with the whole row so that it can be mended and sent again."""
    row: dict[str, str] = {}
    if delivery and rejection.line:
        place = int(delivery.lines.searchsorted(rejection.line))
        if place < delivery.rows and delivery.lines[place] == rejection.line:
            row = {name: text[place].as_py() for name, text in zip(delivery.names, delivery.texts, strict=True)}
    return (
        rejection.line,
        storable(rejection.column),
        storable(rejection.value[:1000]),
        rejection.reason,
        _json(rejection.parameters),
        _json(row),
    )


def storable(text: str) -> str:
    """The text as every database keeps it: PostgreSQL no NUL, none of them half a character (names of files may have
    bytes that are no text)."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\\u0000", "\ufffd")
