"""The register of 用款计划 as others read it: one scheme's months, from the journal of steps.

The application of a month is one thing of the whole province; its lines are the units'. What the ledger booked of it
stands in :mod:`data_access.books.requests`, what was delivered in ``disbursement_request``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from data_access.books.regions import OWN, RegionTree
from data_access.store import schema

TABLE = schema.fund_request
# What a step of the whole application leads to; an order leaves it approved.
LEADS_TO = {"apply": "submitted", "return": "returned", "review": "approved"}
DRAFTING, SUBMITTED, RETURNED, APPROVED = "drafting", "submitted", "returned", "approved"


@dataclass(frozen=True, slots=True)
class FundStep:
    """One line of the journal. ``place`` counts from 1 within a month and region; ``batch``: the rows that followed."""

    scheme: str
    month: int
    region: str
    place: int
    step: str
    amount_fen: int | None
    persons: int | None
    text: str
    document: str | None
    day: date | None
    happened_at: datetime
    login: str
    name: str
    department: str
    batch: int | None


@dataclass(frozen=True, slots=True)
class Unpaid:
    """未按时足额发放 of one unit and month as last registered: ``made_up_fen`` was paid since, on ``made_up_on`` the last."""

    step: FundStep
    made_up_fen: int
    made_up_on: date | None

    @property
    def left_fen(self) -> int:
        return max((self.step.amount_fen or 0) - self.made_up_fen, 0)

    @property
    def open(self) -> bool:
        return self.left_fen > 0


class MonthRequests:
    """The register of one scheme's month. ``root``: the province, under which the steps of the whole application stand."""

    def __init__(self, scheme: str, root: str, month: int, steps: Iterable[FundStep]) -> None:
        self.scheme, self.root, self.month = scheme, root, month
        by_region: dict[str, list[FundStep]] = defaultdict(list)
        for step in steps:
            by_region[step.region].append(step)
        self._steps: Mapping[str, Sequence[FundStep]] = by_region

    @property
    def steps(self) -> tuple[FundStep, ...]:
        """Those of the whole application, oldest first."""
        return self.of(self.root)

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region that has steps, by code."""
        return tuple(sorted(self._steps))

    def of(self, region: str) -> tuple[FundStep, ...]:
        """The steps under one region itself, oldest first."""
        return tuple(self._steps.get(region, ()))

    def row_version(self, region: str) -> int:
        """The number of a region's last step; 0 before the first."""
        return len(self._steps.get(region, ()))

    def last(self, step: str, region: str | None = None) -> FundStep | None:
        """The last such step of a region, of the whole application where none is named."""
        return next((one for one in reversed(self.of(region or self.root)) if one.step == step), None)

    @property
    def state(self) -> str:
        """drafting, submitted, returned (drafted anew) or approved."""
        turns = [LEADS_TO[one.step] for one in self.steps if one.step in LEADS_TO]
        return turns[-1] if turns else DRAFTING

    @property
    def drafted(self) -> bool:
        """Whether needs and lines may still change."""
        return self.state in (DRAFTING, RETURNED)

    def need_fen(self, region: str) -> int | None:
        """What a unit reported that it needs; None before it did."""
        found = self.last("need", region)
        return None if found is None else found.amount_fen

    def line_fen(self, region: str) -> int | None:
        """What is asked for a unit: as the provincial agency drew it, else what the unit needs; the later of both."""
        drawn = [one for one in self.of(region) if one.step in ("need", "draft")]
        return drawn[-1].amount_fen if drawn else None

    def cut(self, region: str) -> FundStep | None:
        """The cut of a unit's line since the application was last submitted; None where there is none."""
        applied, found = self.last("apply"), self.last("cut", region)
        if applied is None or found is None or found.happened_at < applied.happened_at:
            return None
        return found

    def approved_fen(self, region: str) -> int | None:
        """What is approved for a unit: its line, or what was left of it; None where nothing is asked."""
        found = self.cut(region)
        return self.line_fen(region) if found is None else found.amount_fen

    @property
    def orders(self) -> tuple[FundStep, ...]:
        return tuple(one for one in self.steps if one.step == "order")

    def unpaid(self, region: str) -> Unpaid | None:
        """What a unit last registered as not paid out; None where it never did."""
        steps = self.of(region)
        said = next((at for at in reversed(range(len(steps))) if steps[at].step == "unpaid"), None)
        if said is None:
            return None
        made_up = [one for one in steps[said:] if one.step == "paid_up"]
        return Unpaid(
            steps[said],
            sum(one.amount_fen or 0 for one in made_up),
            max((one.day for one in made_up if one.day), default=None),
        )


def asking_units(tree: RegionTree, region: str, on: date) -> tuple[str, ...]:
    """The units that ask for money at or below a region: those without others below them on a day, and the own levels,
    under which districts are kept."""
    below = tree.children(region, on)
    own = (region,) if not below or tree.region(region).kind == OWN else ()
    return own + tuple(code for child in below for code in asking_units(tree, child, on))


def load_month(connection: Connection, scheme: str, root: str, month: int) -> MonthRequests:
    """The register of one month; empty where nothing was entered."""
    wanted = select(TABLE).where(TABLE.c.scheme == scheme, TABLE.c.month == month)
    return MonthRequests(
        scheme, root, month, _steps(connection.execute(wanted.order_by(TABLE.c.region, TABLE.c.place)))
    )


def load_months(connection: Connection, scheme: str, root: str, since: int) -> dict[int, MonthRequests]:
    """The registers of the months from one on that have steps, by month."""
    wanted = select(TABLE).where(TABLE.c.scheme == scheme, TABLE.c.month >= since)
    found: dict[int, list[FundStep]] = defaultdict(list)
    for step in _steps(connection.execute(wanted.order_by(TABLE.c.month, TABLE.c.region, TABLE.c.place))):
        found[step.month].append(step)
    return {month: MonthRequests(scheme, root, month, steps) for month, steps in found.items()}


def _steps(rows: Iterable[Any]) -> list[FundStep]:
    return [FundStep(**row._mapping) for row in rows]
