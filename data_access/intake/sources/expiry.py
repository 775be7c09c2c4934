"""What runs out in this installation: its calendar, and the profiles of its ledgers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from data_access.intake.sources.status import load_calendar
from data_access.store import schema
from rules.expiry import Expiry, expiries
from rules.month import SHANGHAI
from rules.scheme import load_scheme


def load_expiries(connection: Connection, now: datetime) -> tuple[Expiry, ...]:
    """What has run out at an instant or will within ninety days."""
    ledgers = select(schema.scheme.c.code).where(schema.scheme.c.kind == "ledger")
    schemes = [load_scheme(code) for code in connection.execute(ledgers).scalars()]
    return expiries(now.astimezone(SHANGHAI).date(), load_calendar(connection), schemes)
