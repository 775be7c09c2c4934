"""What the published books and plans show of statutory days: what came in and was handed on by month and unit, plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from data_access.books.standing import standing
from data_access.store import schema
from rules.movements import Account

# Own amounts of a region by month yyyymm, without those below it.
ByRegion = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class IssuedPlan:
    """The plan of a year as first issued 年初预算: its approval's reference and day."""

    year: int
    approval_ref: str
    approved_on: date


def load_moved(connection: Connection, scheme: str, movements: Collection[str]) -> Mapping[str, ByRegion]:
    """By movement what it moved in fen, whatever the item."""
    fact = schema.monthly_fact
    wanted = select(fact.c.movement, fact.c.region, fact.c.month, func.sum(fact.c.amount_fen)).where(
        fact.c.scheme == scheme, fact.c.movement.in_(movements)
    )
    found: dict[str, dict[str, dict[int, int]]] = {movement: defaultdict(dict) for movement in movements}
    for movement, region, month, fen in connection.execute(
        wanted.group_by(fact.c.movement, fact.c.region, fact.c.month)
    ):
        found[movement][region][month] = int(fen)
    return found


def load_came_in(connection: Connection, scheme: str, items: Collection[str]) -> ByRegion:
    """What of some items came into the local fiscal accounts 地方入户, in fen."""
    fact = schema.monthly_fact
    wanted = select(fact.c.region, fact.c.month, func.sum(fact.c.amount_fen)).where(
        fact.c.scheme == scheme, fact.c.movement == "local_receive", fact.c.item.in_(items)
    )
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for region, month, fen in connection.execute(wanted.group_by(fact.c.region, fact.c.month)):
        found[region][month] = int(fen)
    return found


def load_first_days(connection: Connection, scheme: str, since: date) -> Mapping[str, Mapping[int, Mapping[str, date]]]:
    """Of 拨付 disburse and 发放 pay, by month yyyymm from a day on: the day on which each region had its first."""
    fact = schema.daily_fact
    wanted = select(fact.c.movement, fact.c.region, fact.c.day).where(
        fact.c.scheme == scheme,
        fact.c.movement.in_(("disburse", "pay")),
        fact.c.day >= since,
        fact.c.amount_fen > 0,
    )
    found: dict[str, dict[int, dict[str, date]]] = {"disburse": defaultdict(dict), "pay": defaultdict(dict)}
    for movement, region, day in connection.execute(wanted.order_by(fact.c.day)).all():
        found[movement][day.year * 100 + day.month].setdefault(region, day)
    return found


def load_held(connection: Connection, scheme: str, account: Account) -> Mapping[str, int]:
    """What each region's own part of an account holds now, in fen: opened with, and moved since."""
    fact, opening = schema.account_fact, schema.opening_balance
    held: dict[str, int] = defaultdict(int)
    moved = select(fact.c.region, func.sum(fact.c.amount_fen)).where(fact.c.scheme == scheme, fact.c.account == account)
    opened = select(opening.c.region, func.sum(opening.c.amount_fen)).where(
        opening.c.scheme == scheme, opening.c.account == account, standing(opening)
    )
    for wanted in (moved.group_by(fact.c.region), opened.group_by(opening.c.region)):
        for region, fen in connection.execute(wanted):
            held[region] += int(fen)
    return held


def load_opened(connection: Connection, scheme: str, account: Account) -> Mapping[str, int]:
    """What each region's own part of an account held when the ledger began, in fen."""
    opening = schema.opening_balance
    wanted = select(opening.c.region, func.sum(opening.c.amount_fen)).where(
        opening.c.scheme == scheme, opening.c.account == account, standing(opening)
    )
    return {region: int(fen) for region, fen in connection.execute(wanted.group_by(opening.c.region))}


def load_issued_plans(connection: Connection, scheme: str) -> Mapping[int, IssuedPlan]:
    """By year the plan first issued; where its rows name several approvals, the last one."""
    plan = schema.plan
    wanted = select(plan.c.year, plan.c.approval_ref, plan.c.approved_on).where(
        plan.c.scheme == scheme, plan.c.version == 0, standing(plan)
    )
    rows = connection.execute(wanted.distinct().order_by(plan.c.approved_on))
    return {year: IssuedPlan(year, reference, day) for year, reference, day in rows}


def first_month(connection: Connection, scheme: str) -> int | None:
    """The first month yyyymm of a scheme's books; None without any."""
    fact = schema.monthly_fact
    return connection.execute(select(func.min(fact.c.month)).where(fact.c.scheme == scheme)).scalar()
