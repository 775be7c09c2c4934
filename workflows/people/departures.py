"""What departs from the rule 例外: why a warning was not told, a limit not in force, a figure set by hand or changed after it
was signed, and who took what out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from data_access.store import schema
from data_access.store.audit import EXPORT

KINDS = (
    "silence",
    "accepted",
    "retroactive",
    "override",
    "excluded",
    "disabled",
    "trial",
    "withdrawn",
    "restated",
    "reopened",
    "reseal",
    "export",
)
EXPORTS_LISTED = 500


@dataclass(frozen=True, slots=True)
class Departure:
    """One departure from the rule. ``scheme`` and ``region`` "" where it is of none; ``at`` None where only that it stands is
    known; ``subject`` a code or number, ``reason`` in the words of who decided, "" for none."""

    kind: str
    at: datetime | None
    by: str
    scheme: str
    region: str
    subject: str
    reason: str


def load_departures(connection: Connection) -> tuple[Departure, ...]:
    """Every departure on record, by kind in the order of ``KINDS``, the newest of each first."""
    readers: tuple[Callable[[Connection], Iterator[Departure]], ...] = (
        _silences, _accepted, _retroactive, _overrides, _excluded, _limits, _withdrawn, _restated, _reopened, _audited,
    )  # fmt: skip
    found = [one for read in readers for one in read(connection)]
    found.sort(key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True)
    return tuple(sorted(found, key=lambda one: KINDS.index(one.kind)))


def _silences(connection: Connection) -> Iterator[Departure]:
    for row in connection.execute(select(schema.silence)):
        yield Departure("silence", row.set_at, row.set_by, row.scheme, row.region, row.indicator or "", row.reason)


def _accepted(connection: Connection) -> Iterator[Departure]:
    asked, case = schema.case_request, schema.work_case
    wanted = select(asked, case.c.number, case.c.scheme, case.c.place).join(case, case.c.id == asked.c.work_case)
    for row in connection.execute(wanted.where(asked.c.kind == "exception", asked.c.state == "granted")):
        yield Departure("accepted", row.decided_at, row.decided_by, row.scheme, row.place, row.number, row.text)


def _retroactive(connection: Connection) -> Iterator[Departure]:
    table = schema.threshold_proposal
    applied = select(table).where(table.c.retroactive.is_(True), table.c.state == "applied")
    for row in connection.execute(applied):
        yield Departure("retroactive", row.decided_at, row.decided_by or "", "", "", f"{row.made_set}", row.reason)


def _overrides(connection: Connection) -> Iterator[Departure]:
    for row in connection.execute(select(schema.parameter)):
        yield Departure("override", row.set_at, row.set_by, row.scheme, "", row.code, row.reason)


def _excluded(connection: Connection) -> Iterator[Departure]:
    item, step = schema.gap_item, schema.gap_step
    wanted = select(item, step.c.happened_at, step.c.login).join(step, step.c.item == item.c.id)
    for row in connection.execute(wanted.where(step.c.step == "exclude")):
        yield Departure(
            "excluded", row.happened_at, row.login, row.scheme, row.region, row.number, row.excluded_why or ""
        )


def _limits(connection: Connection) -> Iterator[Departure]:
    """Limits in force that are switched off, and those that warn nobody because no province confirmed them."""
    table, made = schema.threshold, schema.threshold_set
    wanted = select(table, made.c.recorded_at, made.c.recorded_by, made.c.reason)
    standing = wanted.join(made, made.c.id == table.c.since_set).where(table.c.ended_set.is_(None))
    for row in connection.execute(standing.where(table.c.enabled.is_(False) | (table.c.status == "trial"))):
        kind = "trial" if row.enabled else "disabled"
        scope = row.scheme or "", row.region or ""
        yield Departure(kind, row.recorded_at, row.recorded_by, *scope, f"{row.indicator}.{row.rule}", row.reason)


def _withdrawn(connection: Connection) -> Iterator[Departure]:
    table = schema.import_batch
    for row in connection.execute(select(table).where(table.c.withdraws.is_not(None))):
        subject = f"{row.withdraws} {row.origin}"
        yield Departure(
            "withdrawn", row.started_at, row.uploaded_by or "", "", row.province or "", subject, row.reason or ""
        )


def _restated(connection: Connection) -> Iterator[Departure]:
    """Deliveries that changed signed months after their signature: one for each month."""
    change, batch, close = schema.monthly_change, schema.import_batch, schema.month_close
    of = (batch.c.id, batch.c.started_at, batch.c.uploaded_by, batch.c.reason, change.c.scheme, change.c.month)
    wanted = (
        select(*of, func.count().label("figures"))
        .join(batch, batch.c.id == change.c.batch)
        .join(close, (close.c.scheme == change.c.scheme) & (close.c.month == change.c.month))
        .where(batch.c.data_version > close.c.data_version)
        .group_by(*of)
    )
    for row in connection.execute(wanted):
        yield Departure(
            "restated", row.started_at, row.uploaded_by or "", row.scheme, "", f"{row.month} {row.id}", row.reason or ""
        )


def _reopened(connection: Connection) -> Iterator[Departure]:
    """Signatures of months that a second person let be taken back."""
    table = schema.month_step
    for row in connection.execute(select(table).where(table.c.step == "reopen")):
        yield Departure("reopened", row.happened_at, row.login, row.scheme, "", str(row.month), row.text)


def _audited(connection: Connection) -> Iterator[Departure]:
    table = schema.audit_event
    for row in connection.execute(select(table).where(table.c.action == "accept_as_found")):
        yield Departure("reseal", row.happened_at, row.actor, "", "", row.subject, row.details)
    taken = select(table).where(table.c.action == EXPORT).order_by(table.c.id.desc()).limit(EXPORTS_LISTED)
    for row in connection.execute(taken):
        yield Departure("export", row.happened_at, row.actor, "", "", row.subject, "")
