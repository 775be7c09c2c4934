"""Delivering ledger entries, and what became of a delivery.

A push is kept and queued like an upload before its sender reads that it was accepted; the refresh takes it in. Repeated it
changes nothing: entries are known by source and source_ref.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import datetime

from dashboard.api.declared import Call, Operation, Parameter, Refused, Said, Schema
from dashboard.words.problems import rejection_text
from data_access.books.versions import reading
from data_access.intake.importers import TABLES
from data_access.intake.importers.history import BatchRecord, batch, rejections
from data_access.intake.originals import ORIGINALS
from data_access.intake.queue import AlreadyWaiting, Given, NotKept, QueueFull, enqueue
from data_access.intake.sources.status import every_source
from workflows.people.rights import allowance
from workflows.people.tokens import PUSHED, Scope

LARGEST_MB = 64
LONGEST_WAIT = 20
LOOK_SECONDS = 0.1
# A waiting sender holds a thread of the server: most of them are for those who read.
WAITERS = threading.BoundedSemaphore(2)
MOST_REASONS = 1000
HEAD = 4096
JSON = "application/json"
ENDINGS = {JSON: "json", "text/csv": "csv", "application/vnd.apache.parquet": "parquet"}


def _push(call: Call) -> Said:
    with reading(call.site.engine) as connection:
        allowed = allowance(call.account, PUSHED, every_source(connection))
    if not call.body:
        raise Refused(400, "api_empty")
    if call.media == JSON and call.body[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"[", b"{"):
        raise Refused(400, "api_not_json")
    now = call.site.written_at()
    given = Given(
        PUSHED,
        call.account.login,
        source=call.token.source,
        accept_good_rows=bool(call.given.get("accept_good_rows")),
        province=allowed.province,
    )
    name = f"{call.token.name}-{now:%Y%m%dT%H%M%SZ}.{ENDINGS[call.media]}"
    try:
        number = enqueue(call.site.engine, call.site.var / ORIGINALS, call.body, name, given, now)
    except AlreadyWaiting as twin:
        number = int(str(twin.parameters["number"]))
        with reading(call.site.engine) as connection:
            before = batch(connection, number)
        if before is None or before.uploaded_by != call.account.login:
            raise  # somebody else gave it in, who alone is told what becomes of it
    except QueueFull as problem:
        raise Refused(429, problem.code, **problem.parameters) from problem
    except NotKept as problem:
        raise Refused(503, problem.code) from problem
    call.site.refresh()
    found = _waited_for(call, number, call.given.get("wait", 0))
    return Said(_status(found), _told(call, found), {"Location": f"/api/v1/batches/{number}"})


def _waited_for(call: Call, number: int, seconds: int) -> BatchRecord:
    """The batch as it stands, or as it ended within so many seconds."""
    if not seconds or not WAITERS.acquire(blocking=False):
        return _found(call, number)
    try:
        until = time.monotonic() + seconds
        while not (found := _found(call, number)).finished and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        return found
    finally:
        WAITERS.release()


def _found(call: Call, number: int) -> BatchRecord:
    with reading(call.site.engine) as connection:
        found = batch(connection, number)
    if found is None or found.uploaded_by != call.account.login or found.target not in ("", PUSHED):
        raise Refused(404, "no_such_delivery", number=number)
    return found


def _status(record: BatchRecord) -> int:
    """Of a push: 201 entries came in, 200 nothing new, 422 refused, 202 it waits."""
    if record.state == "loaded":
        return 201 if record.rows_inserted else 200
    if record.state == "duplicate":
        return 200
    return 422 if record.state == "refused" else 202


def _ask(call: Call) -> Said:
    return Said(200, _told(call, _found(call, call.number)))


def _told(call: Call, record: BatchRecord) -> dict[str, object]:
    with reading(call.site.engine) as connection:
        reasons = rejections(connection, record.id, MOST_REASONS)
    return {
        "batch": record.id,
        "state": record.state,
        "final": record.finished and record.state != "pending",
        "offered": record.rows_offered,
        "inserted": record.rows_inserted,
        "known": record.rows_known,
        "rejected": record.rows_rejected,
        "all_known": record.state in ("loaded", "duplicate") and not record.rows_inserted,
        "version": record.data_version,
        "received_at": _instant(record.started_at),
        "finished_at": _instant(record.finished_at),
        "rejections": [
            {
                "line": one.line,
                "column": one.column or None,
                "value": one.value,
                "reason": one.reason,
                "message": rejection_text(one.reason, one.parameters, PUSHED),
                "parameters": json.loads(json.dumps(one.parameters, default=str)),
            }
            for one in reasons
        ],
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


# --- declared

STATES = ["queued", "running", "pending", "confirmed", "declined", "loaded", "withdrawn", "duplicate"]
STATES += ["refused", "interrupted", "cancelled"]
_COUNT = {"type": "integer", "minimum": 0}
BATCH: Schema = {
    "type": "object",
    "properties": {
        "batch": {"type": "integer", "description": "Number of the batch."},
        "state": {"enum": STATES},
        "final": {"type": "boolean", "description": "Whether nothing more happens to it by itself."},
        "offered": {**_COUNT, "description": "Rows delivered."},
        "inserted": {**_COUNT, "description": "Rows that are new."},
        "known": {**_COUNT, "description": "Rows that were there already, the same by source and source_ref."},
        "rejected": {**_COUNT, "description": "Rows that were refused."},
        "all_known": {"type": "boolean", "description": "Whether it changed nothing: all of it was there already."},
        "version": {"type": ["integer", "null"], "description": "Data version that first published it."},
        "received_at": {"type": "string", "format": "date-time"},
        "finished_at": {"type": ["string", "null"], "format": "date-time"},
        "rejections": {
            "type": "array",
            "description": f"The first {MOST_REASONS} reasons.",
            "items": {
                "type": "object",
                "properties": {
                    "line": {
                        "type": "integer",
                        "description": "Line of the file, header 1; of JSON the entry, counted from 1; 0: all of it.",
                    },
                    "column": {"type": ["string", "null"]},
                    "value": {"type": "string"},
                    "reason": {"type": "string", "description": "Code, see the data contract."},
                    "message": {"type": "string", "description": "The sentence, in the language asked for."},
                    "parameters": {"type": "object"},
                },
                "required": ["line", "column", "value", "reason", "message", "parameters"],
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
BATCH["required"] = list(BATCH["properties"])


def _entry() -> Schema:
    """One ledger entry, from the columns of the table."""
    told: Schema = {}
    for column in TABLES[PUSHED].columns:
        told[column.code] = {"type": ["string", "number", "null"], "description": column.label_en}
        if column.yuan_code:
            told[column.yuan_code] = {
                "type": ["string", "number", "null"],
                "description": "The amount in yuan instead.",
            }
    return {"type": "object", "properties": told}


ENTRIES: Schema = {
    "oneOf": [
        {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}},
        {
            "type": "object",
            "properties": {"entries": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}}},
            "required": ["entries"],
            "additionalProperties": False,
        },
    ]
}
SCHEMAS: dict[str, Callable[[], Schema]] = {"Batch": lambda: BATCH, "Entry": _entry}

PUSH = Operation(
    "POST",
    "/ledger",
    "Deliver ledger entries",
    "The columns are those of the table ledger_entry in the data contract; amounts as integers of fen or as decimal text. "
    "What is accepted is kept and taken in by the next refresh, which it wakes. Rows that are known by source and "
    "source_ref change nothing. One bad row refuses all, unless accept_good_rows.",
    Scope.PUSH,
    {
        200: ("Taken in; nothing of it was new.", "Batch"),
        201: ("Taken in.", "Batch"),
        202: ("Kept; it waits for the refresh or a second person. Ask for the batch later.", "Batch"),
        422: ("Refused: nothing of it is in the store.", "Batch"),
        429: ("Too many deliveries of this account wait.", "Problem"),
        503: ("The delivery cannot be kept now.", "Problem"),
    },
    _push,
    (
        Parameter("accept_good_rows", "Take the good rows where others are bad.", {"type": "boolean"}),
        Parameter(
            "wait",
            "Seconds to wait for the outcome; without it, or where too many wait, the answer is 202.",
            {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT},
        ),
    ),
    {
        JSON: ENTRIES,
        "text/csv": {"type": "string", "minLength": 1},
        "application/vnd.apache.parquet": {"type": "string", "format": "binary", "minLength": 1},
    },
    LARGEST_MB,
)
ASK = Operation(
    "GET",
    "/batches/{number}",
    "What became of a delivery",
    "Of the token's own account.",
    Scope.PUSH,
    {200: ("The batch as it stands.", "Batch")},
    _ask,
)
