"""The record of who did what 操作记录. Rows are only ever added."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert

from data_access import schema


def record(
    connection: Connection, actor: str, action: str, subject: str, details: Mapping[str, object], now: datetime
) -> None:
    """Add one event within the caller's transaction: with the deed it tells of, or not at all.

    ``actor`` is a login, ``action`` a code such as upload or close_month, ``subject`` what it was done to; ``details``
    must be plain JSON values.
    """
    connection.execute(
        insert(schema.audit_event).values(
            happened_at=now,
            actor=actor,
            action=action,
            subject=subject,
            details=json.dumps(dict(details), ensure_ascii=False, sort_keys=True),
        )
    )
