"""全国统筹调剂 from 2022 on: what a province paid into the national pool and got from it, beside its ledger.

The documents give no formula: amounts are those that were entered or imported, payment by payment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Connection, select

from data_access.books.facts import Facts
from data_access.books.standing import standing
from data_access.store import schema
from rules.month import Month

FIRST_YEAR = 2022
Flow = Literal["contribution", "allocation", "subsidy"]
# Flow → the fund item under which the ledger books it.
BOOKED_AS: dict[Flow, str] = {
    "contribution": "to_above",
    "allocation": "from_above",
    "subsidy": "subsidy_central",
}


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment by its document, in fen; of a settlement negative where it came back."""

    year: int
    flow: Flow
    stage: str
    number: int
    amount_fen: int
    paid_on: date
    document: str


@dataclass(frozen=True, slots=True)
class FlowOfYear:
    """One flow of a year: by stage and together, and what the ledger has booked of the year's months, all in fen. None:
    nothing was entered; ``ledger_fen`` None: the ledger has not the year, or not the item."""

    flow: Flow
    prepaid_fen: int | None
    settled_fen: int | None
    ledger_fen: int | None

    @property
    def total_fen(self) -> int | None:
        given = [fen for fen in (self.prepaid_fen, self.settled_fen) if fen is not None]
        return sum(given) if given else None

    @property
    def difference_fen(self) -> int | None:
        """What was entered more than the ledger has; None where one of the two is missing."""
        if self.total_fen is None or self.ledger_fen is None:
            return None
        return self.total_fen - self.ledger_fen


def load_payments(connection: Connection, scheme: str, version: int | None = None) -> tuple[Payment, ...]:
    """Every payment published up to a version (None: all published), by year, flow, stage and number."""
    table = schema.national_pooling
    columns = [table.c[name] for name in Payment.__slots__]
    wanted = select(*columns).where(table.c.scheme == scheme, standing(table, version))
    order = (table.c.year, table.c.flow, table.c.stage, table.c.number)
    return tuple(Payment(**row) for row in connection.execute(wanted.order_by(*order)).mappings())


def flows_of(payments: Sequence[Payment], facts: Facts, year: int) -> tuple[FlowOfYear, ...]:
    """The three flows of a year beside the ledger's of the province."""
    found = []
    for flow in BOOKED_AS:
        by_stage = {
            stage: [one.amount_fen for one in payments if (one.year, one.flow, one.stage) == (year, flow, stage)]
            for stage in ("prepaid", "settled")
        }
        sums = {stage: sum(fen) if fen else None for stage, fen in by_stage.items()}
        found.append(FlowOfYear(flow, sums["prepaid"], sums["settled"], _booked(facts, flow, year)))
    return tuple(found)


def _booked(facts: Facts, flow: Flow, year: int) -> int | None:
    item = BOOKED_AS[flow]
    months = [month for month in facts.months if Month(month).year == year]
    if not months or item not in {one.code for one in facts.scheme.items}:
        return None
    first, last = facts.index(months[0]), facts.index(months[-1])
    return int(facts.item(facts.tree.root, item)[first : last + 1].sum())
