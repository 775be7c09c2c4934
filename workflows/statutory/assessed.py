"""When the three departments had signed a year's assessment, as evidence of its statutory day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from data_access.store import schema
from rules.department import SIGNERS
from rules.month import SHANGHAI


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that something was done: the day (None where the books tell the month alone), by whom and by which
    document, "" where they do not say."""

    on: date | None = None
    who: str = ""
    document: str = ""


def load_assessed(connection: Connection, scheme: str) -> Mapping[int, Proof]:
    """The last signature of each year's assessment that the three departments have signed."""
    table = schema.assessment_confirmation
    wanted = select(table).where(table.c.scheme == scheme).order_by(table.c.at)
    signed: dict[int, dict[str, Proof]] = {}
    for row in connection.execute(wanted):
        proof = Proof(row.at.astimezone(SHANGHAI).date(), row.name, row.document)
        signed.setdefault(row.year, {})[row.department] = proof
    whole = {year: list(found.values()) for year, found in signed.items() if set(found) >= set(SIGNERS)}
    return {year: max(found, key=lambda one: one.on or date.min) for year, found in whole.items()}
