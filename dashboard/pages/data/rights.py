"""Who may give in data and see what became of it: the master data's keepers, a city's own rows, one's own batches."""

from __future__ import annotations

from dashboard.site.access import Scope
from data_access.intake.importers import TABLES
from data_access.intake.importers.history import BatchRecord
from workflows.people.accounts import Role

MASTER = ("region", "source", "calendar_day", "scheme")
MASTERS = frozenset({Role.MONITOR, Role.SYSTEM_ADMIN})


def sees_all_batches(scope: Scope) -> bool:
    """Province and nation accounts see every delivery; city and county accounts only their own."""
    return scope.region.endswith("0000")


def sees_batch(scope: Scope, login: str, record: BatchRecord) -> bool:
    return sees_all_batches(scope) or record.uploaded_by == login


def sends_for(scope: Scope) -> str | None:
    """The region whose rows alone the account may send 数据上报; None for accounts of a whole province."""
    return None if sees_all_batches(scope) else scope.region


def uploadable(scope: Scope) -> tuple[str, ...]:
    """Tables the account may upload. Regions, sources, calendar and schemes are master data: few may change them;
    who sends for one region has the tables that bear a scheme and a region."""
    if sends_for(scope) is not None:
        return tuple(name for name, table in TABLES.items() if {"scheme", "region"} <= {c.code for c in table.columns})
    return tuple(name for name in TABLES if name not in MASTER or scope.role in MASTERS)
