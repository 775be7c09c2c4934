"""Which briefings are drafted by themselves once a month is signed: monthly, or of each quarter's last month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from data_access.books.versions import closes
from data_access.store import schema
from rules.month import Month
from workflows.people.accounts import By

TABLE, BRIEFING = schema.briefing_schedule, schema.briefing
NEVER, MONTHLY, QUARTERLY = "never", "month", "quarter"


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is drafted how often, in which language, since whose order."""

    scheme: str
    region: str
    form: str
    every: str
    language: str
    set_by: str
    set_at: datetime


def set_schedule(
    connection: Connection, scheme: str, region: str, form: str, every: str, language: str, by: By
) -> None:
    """From now on; what was signed before is drafted by nobody but a person."""
    same = (TABLE.c.scheme == scheme, TABLE.c.region == region, TABLE.c.form == form)
    connection.execute(delete(TABLE).where(*same))
    connection.execute(
        insert(TABLE).values(
            scheme=scheme, region=region, form=form, every=every, language=language, set_by=by.login, set_at=by.at
        )
    )


def schedules(connection: Connection, scheme: str | None = None, region: str | None = None) -> tuple[Schedule, ...]:
    """Every order that stands, or those of a scheme and region."""
    wanted = select(TABLE).order_by(TABLE.c.id)
    if scheme is not None:
        wanted = wanted.where(TABLE.c.scheme == scheme, TABLE.c.region == region)
    fields = Schedule.__dataclass_fields__
    return tuple(Schedule(**{name: row[name] for name in fields}) for row in connection.execute(wanted).mappings())


def due(connection: Connection, order: Schedule) -> int | None:
    """The month that an order is to draft: the newest signed since it was set that no issue speaks of, dropped ones
    included; None where there is none."""
    if order.every == NEVER:
        return None
    signed = [close.month for close in closes(connection, order.scheme) if close.signed_at >= order.set_at]
    months = [month for month in signed if order.every == MONTHLY or Month(month).number % 3 == 0]
    if not months:
        return None
    newest = max(months)
    same = (BRIEFING.c.scheme == order.scheme, BRIEFING.c.region == order.region, BRIEFING.c.form == order.form)
    written = connection.execute(select(BRIEFING.c.id).where(*same, BRIEFING.c.month >= newest).limit(1)).first()
    return None if written else newest
