"""What the demonstration delivers, and in which order, so that there is a signed past and a live present.

First everything booked up to the last due month close, whose months are then signed; then the rest, in which late
entries restate signed months. Afterwards the feed asks for what was booked since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demonstration.world import calibration as c, stories, tables
from demonstration.world.central import central_payments, central_years
from demonstration.world.days import on_or_before, shifted
from demonstration.world.ledger import entries_between
from demonstration.world.outlook.mortality import mortality_table
from demonstration.world.outlook.structures import SHAPES, structures
from demonstration.world.problems import leads
from demonstration.world.reports import monthly_reports
from demonstration.world.requests import disbursement_requests
from demonstration.world.statistics import statistics
from rules.calendar import months_before
from rules.month import SHANGHAI, Month
from rules.scheme import load_scheme

SIGNED_AT = time(17, 0)
SIGNED_BY = "演示签发人"
SCHEMES: tuple[str, ...] = tuple(c.CALIBRATIONS)
BEGINNING = datetime(c.FIRST_YEAR, 1, 1, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Rows that one source delivers for one table, under the table's own column names; instants bear their zone."""

    target: str
    source: str
    frame: pa.Table


@dataclass(frozen=True, slots=True)
class Close:
    """A month to be signed once the stage is published."""

    scheme: str
    month: int
    signed_by: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Stage:
    """Deliver what was booked after ``since`` (None: ever) up to ``until``, publish as of ``until``, then sign."""

    since: datetime | None
    until: datetime
    closes: tuple[Close, ...]


def stages(now: datetime, schemes: Sequence[str] = SCHEMES) -> tuple[Stage, ...]:
    """The stages of loading the demonstration at an instant: the signed past, then the time since."""
    closes = tuple(close for scheme in schemes for close in due_closes(scheme, now))
    if not closes:
        return (Stage(None, now, ()),)
    last = max(close.signed_at for close in closes)
    return (Stage(None, last, closes), Stage(last, now, ()))


def due_closes(scheme: str, now: datetime) -> Iterator[Close]:
    """Every month whose closing day has come, from the first month on."""
    closing_day = int(str(load_scheme(scheme).parameter("closing_day", now.date()).value))
    month = Month.at(c.FIRST_YEAR, 1)
    while True:
        following = months_before(month, -1)
        signed_at = datetime.combine(Month(following).first.replace(day=closing_day), SIGNED_AT, SHANGHAI)
        if signed_at > now:
            return
        yield Close(scheme, month, SIGNED_BY, signed_at.astimezone(UTC))
        month = following


def silent_since(loaded_at: datetime) -> datetime:
    """The instant from which the silent source of the story has brought nothing, given when the store was loaded."""
    day = shifted(
        on_or_before(np.array([loaded_at.astimezone(SHANGHAI).date()], "M8[D]")), -stories.SILENT_WORKING_DAYS
    )
    return datetime.combine(day[0].item(), time(0), SHANGHAI)


def deliveries(scheme: str, since: datetime | None, until: datetime, silent_from: datetime) -> Iterator[Delivery]:
    """Everything of a scheme booked after ``since`` (None: from the beginning, with openings) and up to ``until``."""
    if since is None:
        yield from table_delivery(f"{scheme}-fiscal", tables.opening_balances(scheme))
        yield from table_delivery(f"{scheme}-fiscal", tables.legacy_balances(scheme))
        yield from table_delivery(f"{scheme}-fiscal", tables.pre_transfers(scheme))
        yield from table_delivery(f"{scheme}-agency", leads(scheme, until.astimezone(SHANGHAI).date()))
    last_day = until.astimezone(SHANGHAI).date()
    first_day = None if since is None else since.astimezone(SHANGHAI).date()
    yield from plan_deliveries(scheme, first_day, last_day)
    yield from table_delivery(f"{scheme}-fiscal", tables.deposits(scheme, first_day, last_day))
    yield from agency_deliveries(scheme, first_day, last_day)
    yield from ledger_deliveries(scheme, since or BEGINNING, until, silent_from)
    yield from report_deliveries(scheme, since, until)
    yesterday, before = last_day - timedelta(days=1), None if first_day is None else first_day - timedelta(days=1)
    yield from total_deliveries(scheme, before, yesterday, silent_from)


def agency_deliveries(scheme: str, since: date | None, until: date) -> Iterator[Delivery]:
    """What the agencies report beside the ledger after ``since`` and up to ``until``: statistics, persons by age, requests."""
    reported = statistics(scheme, since, until)
    if reported is not None:
        yield Delivery("statistic", f"{scheme}-agency", reported)
    yield from table_delivery(f"{scheme}-agency", structures(scheme, since, until))
    yield from table_delivery(f"{scheme}-agency", disbursement_requests(scheme, since, until))


def plan_deliveries(scheme: str, since: date | None, until: date) -> Iterator[Delivery]:
    """Plans approved after ``since`` and up to ``until``."""
    first_year = c.FIRST_YEAR if since is None else since.year
    table = tables.plans(scheme, range(first_year, until.year + 1))
    approved = table.columns.index("approved_on")
    rows = tuple(row for row in table.rows if row[approved] <= until and (since is None or row[approved] > since))
    yield from table_delivery(f"{scheme}-fiscal", tables.Table(table.target, table.columns, rows))


def ledger_deliveries(scheme: str, since: datetime, until: datetime, silent_from: datetime) -> Iterator[Delivery]:
    """Ledger entries booked after ``since`` and up to ``until``, one delivery per source."""
    entries = entries_between(scheme, since, until)
    if not entries:
        return
    silent = np.datetime64(int(silent_from.timestamp()), "s")
    heard = (entries["source"] != stories.SILENT_SOURCE) | (entries["booked_at"] < silent)
    for source in sorted(set(entries["source"].tolist())):
        chosen = heard & (entries["source"] == source)
        if chosen.any():
            columns = {name: pa.array(values[chosen]) for name, values in entries.items()}
            columns["booked_at"] = pc.assume_timezone(columns["booked_at"], "UTC")
            columns["scheme"] = pa.repeat(pa.scalar(scheme), int(chosen.sum()))
            yield Delivery("ledger_entry", source, pa.table(columns))


def report_deliveries(scheme: str, since: datetime | None, until: datetime) -> Iterator[Delivery]:
    """The agencies' reports and a bank's statement of the months closed after ``since`` (None: ever) and up to ``until``."""
    closed = {Month(one.month): one.signed_at for one in due_closes(scheme, until)}
    fresh = {month: at for month, at in closed.items() if since is None or at > since}
    for table in monthly_reports(scheme, fresh):
        yield from table_delivery(f"{scheme}-agency", table)


def total_deliveries(scheme: str, since: date | None, until: date, silent_from: datetime) -> Iterator[Delivery]:
    """Agency totals, one delivery per department, and unreached items, of days after ``since`` and up to ``until``."""
    table = tables.agency_totals(scheme, since, until)
    silent_day = silent_from.astimezone(SHANGHAI).date()
    for department in tables.DEPARTMENTS:
        rows = tuple(
            row
            for row in table.rows
            if row[3] == department and (row[1] != stories.SILENT_COUNTY or row[2] < silent_day)
        )
        yield from table_delivery(f"{scheme}-{department}", tables.Table(table.target, table.columns, rows))
    yield from table_delivery(f"{scheme}-agency", tables.unreached_items(scheme, since, until))


def scheme_deliveries(schemes: Sequence[str]) -> Iterator[Delivery]:
    """What belongs to no single ledger: the schemes, marked as demonstration, the central adjustment's inputs, mortality."""
    yield from table_delivery("demonstration", tables.scheme_table(schemes))
    yield from table_delivery("demonstration", central_years())
    yield from table_delivery("demonstration", central_payments())
    if SHAPES.keys() & schemes:
        yield from table_delivery("demonstration", mortality_table())


def table_delivery(source: str, table: tables.Table) -> Iterator[Delivery]:
    """A table as a delivery; none when it is empty."""
    if table.rows:
        columns = {name: [row[index] for row in table.rows] for index, name in enumerate(table.columns)}
        yield Delivery(table.target, source, pa.table(columns))
