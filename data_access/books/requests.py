"""用款计划 by unit and month, and the central adjustment's quarterly payments, as reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from data_access.books.regions import RegionTree
from data_access.books.standing import standing
from data_access.store import schema


@dataclass(frozen=True, slots=True)
class Request:
    """What a unit asked for a month, in fen, and what was approved; ``approved_fen`` None until it is."""

    region: str
    month: int
    asked_fen: int
    approved_fen: int | None
    asked_on: date
    approved_on: date | None


class Requests:
    """The requests of one scheme over its regions: a region's are its own and all below it."""

    def __init__(self, tree: RegionTree, own: Mapping[tuple[str, int], Request]) -> None:
        self.tree, self._own = tree, own
        self.months = tuple(sorted({month for _, month in own}))

    def of(self, region: str, month: int) -> tuple[Request, ...]:
        """Every unit's request of a month at or below a region, by code."""
        found = (self._own.get((code, month)) for code in self.tree.subtree(region))
        return tuple(sorted((one for one in found if one is not None), key=lambda one: one.region))

    def asked(self, region: str, month: int) -> int | None:
        """申请金额 in fen; None when nothing was asked for."""
        found = self.of(region, month)
        return sum(one.asked_fen for one in found) if found else None

    def approved(self, region: str, month: int, by: date | None = None) -> int | None:
        """核定金额 in fen; None until every request of the region is decided, with ``by`` on that day or before."""
        found = self.of(region, month)
        decided = [
            one.approved_fen
            for one in found
            if one.approved_fen is not None and (by is None or one.approved_on is None or one.approved_on <= by)
        ]
        return sum(decided) if found and len(decided) == len(found) else None


def load_requests(connection: Connection, scheme_code: str, tree: RegionTree, version: int | None = None) -> Requests:
    """The requests of a scheme published up to a version (None: all published).

    An approval filled in later counts from its own day on; it stands in the request's row.
    """
    table = schema.disbursement_request
    columns = [table.c[name] for name in Request.__slots__]
    rows = connection.execute(select(*columns).where(table.c.scheme == scheme_code, standing(table, version)))
    found = [Request(**row) for row in rows.mappings()]
    return Requests(tree, {(one.region, one.month): one for one in found})


@dataclass(frozen=True, slots=True)
class CentralPayment:
    """What a province paid in 上解 and was given 下拨 in a quarter, in fen."""

    year: int
    quarter: int
    region: str
    contribution_fen: int
    allocation_fen: int
    paid_on: date


def load_central_payments(connection: Connection, version: int | None = None) -> tuple[CentralPayment, ...]:
    """Every quarterly payment published up to a version (None: all published), by year, quarter and province."""
    table = schema.central_payment
    columns = [table.c[name] for name in CentralPayment.__slots__]
    rows = connection.execute(
        select(*columns).where(standing(table, version)).order_by(table.c.year, table.c.quarter, table.c.region)
    )
    return tuple(CentralPayment(**row) for row in rows.mappings())
