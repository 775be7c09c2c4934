"""The checks that no row was changed but by the program: each row against the seal made when it was written.

What a seal proves, and what it does not, stands in SECURITY.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from data_access.books.checks.outcomes import Check, Difference, outcome
from data_access.store.integrity.verifying import (
    Fault,
    faults_of_deliveries,
    faults_of_tables,
    faults_of_versions,
)


def check_registers(connection: Connection) -> Check:
    """Accounts, warnings, cases, registers, signatures, limits, the audit trail …: every table that is sealed row by row."""
    return _outcome("registers", *faults_of_tables(connection))


def check_deliveries(connection: Connection) -> Check:
    """Entries, plans, openings, statements: the rows of each delivery are those that came."""
    return _outcome("deliveries", *faults_of_deliveries(connection))


def check_published(connection: Connection) -> Check:
    """Indicators, forecasts and scores of each version are those that were published."""
    return _outcome("published", *faults_of_versions(connection))


def _outcome(code: str, compared: int, faults: Sequence[Fault]) -> Check:
    return outcome(code, compared, [Difference(one.where, one.expected, one.found) for one in faults])
