"""What the demonstration has delivered so far, read from the store, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Table, func, select, union

from data_access.store import schema
from demonstration.world import stories, tables
from demonstration.world.stages import (
    BEGINNING,
    SCHEMES,
    Delivery,
    agency_deliveries,
    due_closes,
    ledger_deliveries,
    plan_deliveries,
    report_deliveries,
    table_delivery,
    total_deliveries,
)
from demonstration.world.statistics import REPORTED_ON
from rules.calendar import months_before
from rules.month import SHANGHAI, Month


def demonstrated(connection: Connection) -> tuple[str, ...]:
    """The demonstration's schemes that the store holds, in the order they are loaded."""
    table = schema.scheme
    found = set(connection.execute(select(table.c.code).where(table.c.demo)).scalars())
    return tuple(code for code in SCHEMES if code in found)


def outstanding(connection: Connection, scheme: str, now: datetime) -> Iterator[Delivery]:
    """What a scheme's sources have booked since their last delivery, up to ``now``; the silent source stays silent."""
    today = now.astimezone(SHANGHAI).date()
    yesterday = today - timedelta(days=1)
    approved = _newest(connection, schema.plan, schema.plan.c.approved_on, scheme)
    if approved is not None:
        yield from plan_deliveries(scheme, approved, today)
    account = schema.deposit.c.account == "deposit"
    started = _newest(connection, schema.deposit, schema.deposit.c.starts_on, scheme, account)
    if started is not None:
        yield from table_delivery(f"{scheme}-fiscal", tables.deposits(scheme, started, today))
    reported = _reported(connection, scheme)
    if reported is not None and reported < today:
        yield from _not_asked_here(connection, scheme, agency_deliveries(scheme, reported, today))
    yield from _booked_since(connection, scheme, now)
    yield from _reports(connection, scheme, now)
    reported = _newest(connection, schema.agency_total, schema.agency_total.c.day, scheme)
    if reported is not None and reported < yesterday:
        yield from total_deliveries(scheme, reported, yesterday, BEGINNING)


def _not_asked_here(connection: Connection, scheme: str, waiting: Iterable[Delivery]) -> Iterator[Delivery]:
    """Requests only of months that are not approved yet, and for which nobody applied in the program itself."""
    table, rows = schema.fund_request, schema.disbursement_request
    own = select(table.c.month).where(table.c.scheme == scheme, table.c.step == "apply", table.c.batch.is_not(None))
    known = select(rows.c.month).where(rows.c.scheme == scheme, rows.c.approved_on.is_not(None))
    taken = pa.array(connection.execute(union(own, known)).scalars().all(), pa.int64())
    for one in waiting:
        if one.target == schema.disbursement_request.name:
            left = one.frame.filter(pc.invert(pc.is_in(one.frame["month"], value_set=taken)))
            if left.num_rows:
                yield Delivery(one.target, one.source, left)
        else:
            yield one


def _reported(connection: Connection, scheme: str) -> date | None:
    """The newest day on which the agencies asked for money or it was approved, or their statistics were due."""
    request, statistic = schema.disbursement_request, schema.statistic
    month = connection.execute(select(func.max(statistic.c.month)).where(statistic.c.scheme == scheme)).scalar_one()
    if month is None:
        return None
    following = months_before(month, -1)
    days = [
        _newest(connection, request, request.c.asked_on, scheme),
        _newest(connection, request, request.c.approved_on, scheme),
        Month(following).first.replace(day=REPORTED_ON),
    ]
    return max(day for day in days if day is not None)


def _reports(connection: Connection, scheme: str, now: datetime) -> Iterator[Delivery]:
    """The agencies' reports of the months closed since the newest one reported."""
    table = schema.reported_total
    newest = connection.execute(select(func.max(table.c.until)).where(table.c.scheme == scheme)).scalar_one()
    if newest is not None:
        closed = next(one.signed_at for one in due_closes(scheme, now) if one.month == newest)
        yield from report_deliveries(scheme, closed, now)


def _newest(connection: Connection, table: Table, column: Any, scheme: str, *where: Any) -> date | None:
    """The newest day of a table's column for a scheme; None while the table has no row of it."""
    newest: date | None = connection.execute(
        select(func.max(column)).where(table.c.scheme == scheme, *where)
    ).scalar_one()
    return newest


def _booked_since(connection: Connection, scheme: str, now: datetime) -> Iterator[Delivery]:
    """Each source goes on from its own newest entry, so that a feed cut off between two sources loses nothing."""
    batch, source = schema.import_batch, schema.source
    newest = (
        select(batch.c.source, func.max(batch.c.newest_booked_at).label("booked_at"))
        .join(source, source.c.code == batch.c.source)
        .where(source.c.scheme == scheme, batch.c.state == "loaded", batch.c.newest_booked_at.is_not(None))
        .group_by(batch.c.source)
    )
    since = {row.source: row.booked_at for row in connection.execute(newest) if row.source != stories.SILENT_SOURCE}
    if not since:
        return
    for delivery in ledger_deliveries(scheme, min(since.values()), now, BEGINNING):
        booked = delivery.frame["booked_at"]
        fresh = delivery.frame.filter(pc.greater(booked, pa.scalar(since.get(delivery.source, BEGINNING), booked.type)))
        if fresh.num_rows:
            yield Delivery(delivery.target, delivery.source, fresh)
