"""The queue 排队: a file is kept with how it is to be taken in before its sender reads that it was accepted.

A door calls ``enqueue(engine, originals, content, name, Given(table, login, ...), now)`` and then wakes the refresh, which
takes what waits in order of arrival, under the number that the door was given. A table that is no template goes in as
``Given(table, login, mapping=MAPPING.as_yaml(), sheet=NAME or None, explanation="why it is taken nevertheless")``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, func, insert, or_, select, text, update
from sqlalchemy.exc import DBAPIError

from data_access.intake.importers.changes import Change
from data_access.intake.originals import keep_original, original_path, originals_of
from data_access.store import audit, schema
from data_access.store.engine import writing
from rules.errors import PoolwatchError

BATCH = schema.import_batch
# What the next refresh takes in: files given in, and batches that a second person confirmed.
WAITING = ("queued", "confirmed")
OPTIONS = ("source", "accept_good_rows", "sheet", "mapping", "explanation", "left_out", "entered")
COUNTS = dict.fromkeys(("rows_offered", "rows_inserted", "rows_known", "rows_rejected", "rows_done"), 0)
# A file during whose import the process dies as often is not tried again.
MOST_ATTEMPTS = 3
MOST_WAITING = 50  # files of one sender
ENDED = ("refused", "cancelled")  # whose files nobody needs any more


class NotKept(PoolwatchError):
    """The disk or the store cannot keep the file: nothing of it is there."""

    code = "upload_not_kept"


class QueueFull(PoolwatchError):
    """As many files of the sender wait as may; ``limit``."""

    code = "upload_queue_full"


class AlreadyWaiting(PoolwatchError):
    """The same file, to be taken the same way, waits as batch ``number``: in the queue, or for a second person."""

    def __init__(self, number: int, state: str) -> None:
        super().__init__(f"batch {number} is the same file and {state}", number=number)
        self.code = "upload_twin_pending" if state == "pending" else "upload_twin_queued"


@dataclass(frozen=True, slots=True)
class Given:
    """How a file is to be taken in, and by whom. ``target`` is empty where the table is told from the headers. ``source``
    fills a source column; ``reason`` makes it a correction; ``sheet``: of a workbook, None for the only one with rows;
    ``mapping``: YAML, how a file that is no template is meant; ``explanation``: why it is taken although it does not add
    up; ``province``: whose data they are where the rows do not say; ``left_out``: cells whose rows are not taken;
    ``entered``: by which step of which register the rows were made, None of a file that somebody brought.
    """

    target: str = ""
    uploaded_by: str | None = None
    source: str | None = None
    accept_good_rows: bool = False
    reason: str | None = None
    sheet: str | None = None
    mapping: str | None = None
    explanation: str | None = None
    province: str | None = None
    left_out: tuple[str, ...] = ()
    entered: str | None = None

    def options(self, changes: Sequence[Change] = ()) -> str:
        """As it is kept with the batch, and what the batch would change."""
        said = {name: getattr(self, name) for name in OPTIONS}
        return json.dumps({**said, "changes": [asdict(one) for one in changes]}, ensure_ascii=False)


def enqueue(engine: Engine, originals: Path, content: bytes, name: str, given: Given, now: datetime) -> int:
    """Keep a file and the order to take it in; the number of its batch. Once this returns, no crash loses it.

    ``name`` must be storable. Raises AlreadyWaiting, QueueFull, and NotKept where disk or store refuse: then nothing is left behind.
    """
    try:
        # The bytes are written before the transaction, which only names them.
        with originals_of(originals, content) as keep, writing(engine) as connection:
            number = _queue(connection, content, name, given, now)
            keep()
    except (OSError, DBAPIError) as problem:
        raise NotKept(f"{name} cannot be kept: {problem}") from problem
    return number


def enqueue_within(
    connection: Connection, originals: Path, content: bytes, name: str, given: Given, now: datetime
) -> int:
    """The same within the caller's transaction, which may do more: the file waits if and only if that is committed (of
    one rolled back the bytes may stay, which no batch names). Raises as :func:`enqueue`; of the store what it says."""
    number = _queue(connection, content, name, given, now)
    try:
        keep_original(originals, content)
    except OSError as problem:
        raise NotKept(f"{name} cannot be kept: {problem}") from problem
    return number


def _queue(connection: Connection, content: bytes, name: str, given: Given, now: datetime) -> int:
    digest = sha256(content).hexdigest()
    _take_turns(connection, digest)
    if found := twin(connection, digest, given, ("queued", "running", "pending", "confirmed")):
        raise AlreadyWaiting(found.id, found.state)
    ours = (BATCH.c.state == "queued", BATCH.c.uploaded_by == given.uploaded_by)
    if connection.execute(select(func.count()).where(*ours)).scalar_one() >= MOST_WAITING:
        raise QueueFull(f"{MOST_WAITING} files of {given.uploaded_by} wait", limit=MOST_WAITING)
    queued = insert(BATCH).values(
        target=given.target,
        source=given.source or "",
        origin=name,
        sha256=digest,
        state="queued",
        started_at=now,
        uploaded_by=given.uploaded_by,
        demo=False,
        reason=given.reason,
        province=given.province,
        options=given.options(),
        **COUNTS,
    )
    number = int(connection.execute(queued.returning(BATCH.c.id)).scalar_one())
    details = {"table": given.target, "bytes": len(content), "accept_good_rows": given.accept_good_rows}
    audit.record(connection, given.uploaded_by or "", "upload", name, {**details, "batch": number}, now)
    return number


def _take_turns(connection: Connection, digest: str) -> None:
    """Of the same file given in twice at once, the second sees the first. (SQLite has one writer anyway.)"""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(digest[:15], 16)})


def forget(engine: Engine, originals: Path, since: datetime) -> None:
    """Delete the files of what was refused or taken out since an instant, where no other batch is of the same bytes."""
    ended = select(BATCH.c.sha256).where(BATCH.c.state.in_(ENDED), BATCH.c.finished_at >= since).distinct()
    with engine.connect() as connection:
        digests = connection.execute(ended.where(BATCH.c.sha256.is_not(None))).scalars().all()
    for digest in digests:
        path = original_path(originals, digest)
        if not path.exists():
            continue
        with writing(engine) as connection:
            _take_turns(connection, digest)
            needed = select(BATCH.c.id).where(BATCH.c.sha256 == digest, BATCH.c.state.not_in(ENDED)).limit(1)
            if connection.execute(needed).first() is None:
                path.unlink(missing_ok=True)


def twin(
    connection: Connection, digest: str, given: Given, states: Sequence[str], but: int | None = None
) -> Row[Any] | None:
    """The first batch of the same bytes for the same table and source, read by the same sheet and mapping and entered by
    the same step, if by any; None where there is none.

    Of those loaded only whole ones count: what was refused of them then may be right now, and what was known then may
    have been withdrawn since.
    """
    whole = and_(BATCH.c.rows_rejected == 0, BATCH.c.rows_known == 0)
    same = select(BATCH).where(
        BATCH.c.sha256 == digest, BATCH.c.state.in_(states), or_(BATCH.c.state != "loaded", whole)
    )
    if given.target:
        same = same.where(BATCH.c.target == given.target)
    for row in connection.execute(same.order_by(BATCH.c.id)):
        options = json.loads(row.options or "{}")
        told = tuple(options.get(name) for name in ("sheet", "mapping", "source", "entered"))
        left_out = tuple(options.get("left_out") or ())
        asked = (given.sheet, given.mapping, given.source, given.entered, given.left_out)
        if row.id != but and (*told, left_out) == asked:
            return row
    return None


def claim(connection: Connection, number: int) -> Row[Any] | None:
    """Begin to take a waiting batch in; the batch as it waited, None where it waits no longer."""
    row = connection.execute(select(BATCH).where(BATCH.c.id == number).with_for_update()).one_or_none()
    if row is None or row.state not in WAITING:
        return None
    connection.execute(update(BATCH).where(BATCH.c.id == number).values(state="running"))
    return row


def given_of(batch: Row[Any]) -> Given:
    """How a batch was given in."""
    options = json.loads(batch.options)
    said = {name: options.get(name) for name in OPTIONS}
    said["accept_good_rows"] = bool(said["accept_good_rows"])
    said["left_out"] = tuple(said["left_out"] or ())
    return Given(batch.target, batch.uploaded_by, reason=batch.reason, province=batch.province, **said)


def wait_again(connection: Connection, number: int) -> bool:
    """Put a batch back whose process died: it is taken in again, unless it killed too often. False where it never waited."""
    batch = connection.execute(select(BATCH).where(BATCH.c.id == number)).one()
    options = json.loads(batch.options or "{}")
    attempts = options.get("attempts", 0) + 1
    if not options or attempts >= MOST_ATTEMPTS:
        return False
    back = {"state": "confirmed" if batch.decided_by else "queued", "rows_done": 0}
    kept = json.dumps({**options, "attempts": attempts}, ensure_ascii=False)
    connection.execute(update(BATCH).where(BATCH.c.id == number).values(options=kept, **back))
    return True
