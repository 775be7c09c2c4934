"""Figures that departments report of a fund, beside what the ledger has of the same place, item and months."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from data_access.books.facts import Facts
from data_access.books.standing import standing
from data_access.store import schema


@dataclass(frozen=True, slots=True)
class Reported:
    """One figure of a department's form, of a region with all below it, from a month yyyymm to another. ``batch`` and
    ``cell`` lead to where it was read: in no file, there is no cell."""

    department: str
    form: str
    region: str
    item: str
    since: int
    until: int
    amount_fen: int
    batch: int
    cell: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A reported figure beside the ledger's own. ``ledger_fen`` None: the ledger does not have the place, or all the
    months."""

    reported: Reported
    ledger_fen: int | None

    @property
    def difference_fen(self) -> int | None:
        """What was reported more than the ledger has."""
        return None if self.ledger_fen is None else self.reported.amount_fen - self.ledger_fen


def load_reported(connection: Connection, scheme: str, year: int, version: int) -> tuple[Reported, ...]:
    """What stands of a year at a version, the newest months first, each form in the order of places and items."""
    table = schema.reported_total
    wanted = (
        select(*(table.c[name] for name in Reported.__slots__))
        .where(table.c.scheme == scheme, table.c.until // 100 == year, standing(table, version))
        .order_by(table.c.until.desc(), table.c.form, table.c.department, table.c.region, table.c.since.desc())
        .order_by(table.c.item)
    )
    return tuple(Reported(**row) for row in connection.execute(wanted).mappings())


def compared(reported: Iterable[Reported], facts: Facts) -> tuple[Compared, ...]:
    """Each figure beside the ledger's of the same place, item and months; those that differ first, the largest
    difference before the others."""
    found = [Compared(one, _of_ledger(one, facts)) for one in reported]
    return tuple(sorted(found, key=lambda one: -abs(one.difference_fen or 0)))


def _of_ledger(one: Reported, facts: Facts) -> int | None:
    known = {item.code for item in facts.scheme.items}
    if one.region not in facts.tree or one.item not in known or not {one.since, one.until} <= set(facts.months):
        return None
    series = facts.item(one.region, one.item)
    return int(series[facts.index(one.since) : facts.index(one.until) + 1].sum())
