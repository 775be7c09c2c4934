"""Sealing what was found to differ, by decision of a person who answers for it: after a repair or a restore by hand."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, delete

from data_access.store.audit import ACCEPTED, broken_seals, record
from data_access.store.engine import writing
from data_access.store.integrity.forms import arm, disarm
from data_access.store.integrity.heads import faults_of_heads, restate_heads
from data_access.store.integrity.sealing import CHANGE, seal_rows_found, seal_tables
from data_access.store.integrity.verifying import faults_of_deliveries, faults_of_tables, faults_of_versions
from data_access.store.integrity.vouched import Means, by
from rules.month import SHANGHAI

AUDIT = ("audit_event", "audit_seal")
KEPT = 200


def accept_as_found(engine: Engine, heads: Path, person: str, reason: str, now: datetime) -> int:
    """Seal every row as it is now and tell the heads of the days anew; returns how many differences there were, the first
    200 of which stand in the audit. A day whose rows are not those that were sealed keeps its seal: that they were found so and
    who answers for them is on record, unless the day is still going on."""
    with writing(engine) as connection:
        faults = [
            *faults_of_tables(connection)[1],
            *faults_of_deliveries(connection)[1],
            *faults_of_versions(connection)[1],
        ]
        faults += faults_of_heads(connection, heads)
        today = now.astimezone(SHANGHAI).date()
        days = [
            [one.day.isoformat(), one.digest]
            for one in broken_seals(connection)
            if not one.accepted and one.day < today
        ]
        if not (faults or days):
            return 0
        said = {"by": person, "reason": reason, "count": len(faults), "faults": [asdict(one) for one in faults[:KEPT]]}
        record(connection, "", ACCEPTED, "store", said | {"days": days}, now)
        seal_rows_found(connection)
    # Apart from the deed above, whose own rows are sealed by then.
    with writing(engine) as connection:
        disarm(connection)
        connection.execute(delete(CHANGE))
        arm(connection)
        seal_tables(connection, by(Means.ROW_BY_ROW))
        restate_heads(connection, heads, now)
    return len(faults) + len(days)
