"""用款计划 by unit and month and the payments that follow it; the central adjustment's quarterly payments.

What was asked and approved is of the month the money is for. Amounts and days of 拨付, 到账, 发放 are those that the ledger
books in the month (业务日期): what was sent at a month's end for the next one stands in the month it was sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select, union_all

from data_access.books.facts import Facts
from data_access.books.regions import RegionTree
from data_access.books.standing import standing
from data_access.store import schema
from rules.month import Month
from rules.movements import Account


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
    found = [Request(*row) for row in rows.all()]
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


# --- what was sent, received and paid out

# From the provincial account to the people, and back.
WAY = ("disburse", "local_disburse", "pay", "recover", "return")
Days = Mapping[tuple[str, str], Mapping[date, int]]  # (region, movement) → day → fen


@dataclass(frozen=True, slots=True)
class Chain:
    """One region's month with everything below it, in fen.

    ``asked_fen`` and ``approved_fen`` None as :class:`Requests` has them. ``on_time_fen`` 按时到账: what arrived, less what
    was sent by the paying day and came later. The days are those of the unit that came last: of its first money sent, there
    and paid out; ``arrived_on`` of the arrival of all that was due; None before any. ``late`` are the units that got money late or have
    not got it, by code. ``opening_fen`` and ``closing_fen`` of the expenditure accounts are None without openings.
    """

    region: str
    asked_fen: int | None
    approved_fen: int | None
    asked_on: date | None
    approved_on: date | None
    disbursed_fen: int
    arrived_fen: int
    on_time_fen: int
    paid_fen: int
    recovered_fen: int
    returned_fen: int
    disbursed_on: date | None
    arrived_on: date | None
    paid_on: date | None
    first_on: date | None
    late: tuple[str, ...]
    opening_fen: int | None
    closing_fen: int | None

    @property
    def sent_fen(self) -> int | None:
        """What was disbursed; None before anything was."""
        return self.disbursed_fen if self.disbursed_fen or self.disbursed_on else None

    @property
    def out_fen(self) -> int | None:
        """What was paid out; None before anything was."""
        return self.paid_fen if self.paid_fen or self.paid_on else None

    @property
    def cut_fen(self) -> int | None:
        """核减."""
        return None if self.asked_fen is None or self.approved_fen is None else self.asked_fen - self.approved_fen

    @property
    def off_fen(self) -> int | None:
        """核定未拨: approved and not sent; negative where more was sent."""
        return None if self.approved_fen is None else self.approved_fen - self.disbursed_fen

    @property
    def late_fen(self) -> int:
        """晚到及未到: sent and not there in time."""
        return self.disbursed_fen - self.on_time_fen

    @property
    def kept_fen(self) -> int:
        """留存: arrived in time and not paid out; negative where balances were used."""
        return self.on_time_fen - self.paid_fen

    @property
    def difference_fen(self) -> int:
        """差额 of sent and paid out: late and kept together."""
        return self.disbursed_fen - self.paid_fen


@dataclass(frozen=True, slots=True)
class _Unit:
    """A region's own money, without those below it."""

    disbursed: int
    arrived: int
    on_time: int
    paid: int
    recovered: int
    returned: int
    days: tuple[date | None, ...]  # first sent, all there, first paid out, first there
    late: bool


class Payments:
    """The month's chains by region. ``due``: the day by which the money must be there, the paying day."""

    def __init__(self, facts: Facts, requests: Requests, days: Days, month: int, due: date, until: date) -> None:
        self.facts, self.requests, self.month, self.due = facts, requests, month, due
        # Where the province pays into the expenditure account itself, what it sends has arrived.
        self.direct = facts.scheme.disburse_account == Account.EXPENDITURE
        self._units = {code: self._unit(days, code, until) for code in {code for code, _ in days}}

    def _unit(self, days: Days, code: str, until: date) -> _Unit:
        moved = {movement: dict(days.get((code, movement), {})) for movement in WAY}
        sent = moved["disburse"]
        there = sent if self.direct else moved["local_disburse"]
        missing = max(0, _by(sent, self.due) - _by(there, self.due)) if until >= self.due else 0
        out = max(0, sum(sent.values()) - sum(there.values()))
        arrivals = [day for day, fen in sorted(there.items()) if fen > 0]
        arrived_on = None if not arrivals else arrivals[-1] if missing else arrivals[0]
        return _Unit(
            sum(sent.values()),
            sum(there.values()),
            sum(there.values()) - max(0, missing - out),
            sum(moved["pay"].values()),
            sum(moved["recover"].values()),
            sum(moved["return"].values()),
            (_first(sent), arrived_on, _first(moved["pay"]), _first(there)),
            missing > 0,
        )

    def of(self, region: str) -> Chain:
        """A region's chain; of nothing where nothing was asked for, sent or paid."""
        inside = self.facts.tree.subtree(region)
        units = [self._units[code] for code in inside if code in self._units]
        asked = self.requests.of(region, self.month)
        opening, closing = self._balances(region)
        sent_on, arrived_on, paid_on, first_on = (
            max((day for unit in units if (day := unit.days[at]) is not None), default=None) for at in range(4)
        )
        return Chain(
            region,
            self.requests.asked(region, self.month),
            self.requests.approved(region, self.month),
            max((one.asked_on for one in asked), default=None),
            max((one.approved_on for one in asked if one.approved_on), default=None),
            sum(unit.disbursed for unit in units),
            sum(unit.arrived for unit in units),
            sum(unit.on_time for unit in units),
            sum(unit.paid for unit in units),
            sum(unit.recovered for unit in units),
            sum(unit.returned for unit in units),
            sent_on,
            arrived_on,
            paid_on,
            first_on,
            tuple(code for code in inside if code in self._units and self._units[code].late),
            opening,
            closing,
        )

    def _balances(self, region: str) -> tuple[int | None, int | None]:
        """The expenditure accounts before and at the end of the month."""
        facts = self.facts
        if not facts.opened or self.month not in facts.months:
            return None, None
        at = facts.index(self.month)
        balance = facts.account(region, Account.EXPENDITURE)
        opening = int(balance[at - 1]) if at else facts.opening(region, Account.EXPENDITURE)
        return opening, int(balance[at])


def _by(days: Mapping[date, int], last: date) -> int:
    return sum(fen for day, fen in days.items() if day <= last)


def _first(days: Mapping[date, int]) -> date | None:
    return min((day for day, fen in days.items() if fen > 0), default=None)


def load_days(connection: Connection, scheme: str, month: int, version: int) -> Days:
    """What moved on the way in a month, day by day, of each region alone, as a version knew it."""
    fact, change, batch = schema.daily_fact, schema.daily_change, schema.import_batch
    first, last = Month(month).first, Month(month).last
    since = select(batch.c.id).where(batch.c.data_version > version)
    wanted = union_all(
        select(fact.c.region, fact.c.movement, fact.c.day, fact.c.amount_fen).where(
            fact.c.scheme == scheme, fact.c.movement.in_(WAY), fact.c.day.between(first, last)
        ),
        # Facts are as of now: what came later is taken off again.
        select(change.c.region, change.c.movement, change.c.day, -change.c.amount_fen).where(
            change.c.scheme == scheme,
            change.c.movement.in_(WAY),
            change.c.day.between(first, last),
            change.c.batch.in_(since),
        ),
    )
    found: dict[tuple[str, str], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for region, movement, day, fen in connection.execute(wanted):
        found[region, movement][day] += int(fen)
    return {key: dict(days) for key, days in found.items()}
