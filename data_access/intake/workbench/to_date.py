"""Whether a form's figures to date follow from those that the store has: the last ones and this month."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection, func, select

from data_access.intake.workbench.agreement import Sum
from data_access.intake.workbench.offer import Offer
from data_access.intake.workbench.reported import LEDGER, REPORTED
from data_access.intake.workbench.units import exact_fen
from data_access.store import schema
from rules.month import Month

Key = tuple[str, str]  # region, item
FEN_A_YUAN = 100


def to_date_sums(connection: Connection, offer: Offer) -> tuple[Sum, ...]:
    """Each figure to date beside the one of the month before, of the same form or of what the source booked, with this
    month's; in January beside this month's. Without one before there is nothing to compare."""
    months = {(one.region, one.item, one.until): one for one in offer.dated if one.since == one.until}
    before: dict[int, dict[Key, int]] = {}
    found = []
    for one in offer.dated:
        month = months.get((one.region, one.item, one.until))
        first = Month.at(Month(one.until).year, 1)
        if month is None or one.since != first or one is month:
            continue
        if one.until not in before:
            before[one.until] = _stored(connection, offer, Month(one.until))
        earlier = before[one.until].get((one.region, one.item))
        if earlier is not None:
            each = exact_fen(Decimal(1), offer.found.unit or "元") or FEN_A_YUAN
            stated, computed = (Decimal(fen) / each for fen in (one.fen, earlier + month.fen))
            label = f"{one.region} {one.item} {one.since}–{one.until}"
            found.append(Sum(one.address, label, stated, computed, (month.address,), "to_date"))
    return tuple(found)


def _stored(connection: Connection, offer: Offer, month: Month) -> dict[Key, int]:
    """What the store has from January to the month before, by region and item."""
    said = {name: texts[0] for name, texts in offer.columns.items() if texts}
    first = Month.at(month.year, 1)
    if offer.target == REPORTED:
        table = schema.reported_total
        wanted = select(table.c.region, table.c.item, table.c.amount_fen).where(
            *(table.c[name] == said[name] for name in ("scheme", "department", "form")),
            table.c.since == first,
            table.c.until == month.plus(-1),
            table.c.ended_by.is_(None),
        )
    elif offer.target == LEDGER:
        entry = schema.ledger_entry
        wanted = (
            select(entry.c.region, entry.c.item, func.sum(entry.c.amount_fen))
            .where(
                entry.c.scheme == said["scheme"],
                entry.c.source == said["source"],
                entry.c.month.between(first, month.plus(-1)),
                entry.c.ended_by.is_(None),
            )
            .group_by(entry.c.region, entry.c.item)
        )
    else:
        return {}
    return {(region, item): int(fen) for region, item, fen in connection.execute(wanted)}
