"""The demonstration's payments into the national pool and central subsidies, as its ledger booked them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pyarrow as pa
from sqlalchemy import Engine

from data_access.books.central.pooling import BOOKED_AS, FIRST_YEAR, Flow
from data_access.books.facts import load_facts
from data_access.intake.importers import import_rows
from demonstration.world import stories
from rules.month import SHANGHAI, Month
from rules.scheme import load_scheme

PAID: tuple[Flow, ...] = ("contribution", "subsidy")


def deliver_national_pooling(engine: Engine, scheme: str, now: datetime) -> None:
    """What the province paid into the pool and the central subsidies of each year since it began, payment by payment, as
    the ledger booked them; of what it got from the pool nothing is said."""
    if load_scheme(scheme).fund != "pension":
        return
    with engine.connect() as connection:
        facts = load_facts(connection, scheme)
    today = now.astimezone(SHANGHAI).date()
    rows: list[dict[str, object]] = []
    for flow in PAID:
        numbers: Counter[int] = Counter()
        for month, fen in zip(facts.months, facts.item(facts.tree.root, BOOKED_AS[flow]).tolist(), strict=True):
            year, last = Month(month).year, Month(month).last
            if year >= FIRST_YEAR and fen and last < today:
                numbers[year] += 1
                document = stories.NATIONAL_DOCUMENTS[flow].format(year=year, number=numbers[year])
                paid = {"paid_on": last.isoformat(), "amount_fen": fen, "document": document}
                key = {"scheme": scheme, "year": year, "flow": flow, "stage": "prepaid", "number": numbers[year]}
                rows.append({**key, **paid})
    if rows:
        columns = {name: [str(row[name]) for row in rows] for name in rows[0]}
        import_rows(engine, "national_pooling", pa.table(columns), origin="demonstration", demo=True, now=now)
