"""The registers of who pays as others read them: items of the management gap, what is due and paid, credits."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, select

from data_access.books.regions import RegionTree
from data_access.store import schema
from data_access.store.numbering import by_number
from rules.indicators import INDICATORS, Value

ITEM, STEP, SETTLEMENT, PAYMENT = schema.gap_item, schema.gap_step, schema.settlement, schema.settlement_payment

# 线索 → 核定 → 会签中 → 三部门认定 → 已告知 → 办结; or withdrawn, with a counter-entry.
STATES = ("lead", "assessed", "signing", "determined", "told", "settled")


@dataclass(frozen=True, slots=True)
class GapStep:
    """One line of an item's journal: what was done, when, by whom for which department, with which document."""

    step: str
    happened_at: datetime
    login: str
    name: str
    department: str
    document: str | None
    text: str | None
    amount_fen: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class GapItem:
    """One item of the management gap register 管理性缺口台账.

    ``inputs`` is the item as rule management_gap reads it, ``amount_fen`` what the rule makes of it; ``expected``: a
    forecast, as the year is not over. ``counted`` is false where it stands inside the plan shortfall already.
    ``corrects`` is the id of the item that a counter-entry takes back.
    """

    id: int
    number: str
    year: int
    region: str
    kind: str
    inputs: Mapping[str, object]
    expected: bool
    side: Literal["less", "over"]
    amount_fen: int
    counted: bool
    excluded_fen: int
    excluded_why: str | None
    facts: str
    evidence: str
    state: str
    corrects: int | None
    row_version: int
    steps: tuple[GapStep, ...]

    @property
    def recognised_fen(self) -> int:
        """认定金额: by the rule, less what is excluded as force majeure; a counter-entry's is negative."""
        return self.amount_fen - self.excluded_fen

    @property
    def signed(self) -> tuple[GapStep, ...]:
        """The departments' signatures, in the order of signing."""
        return tuple(step for step in self.steps if step.step == "sign")

    @property
    def objections(self) -> tuple[GapStep, ...]:
        return tuple(step for step in self.steps if step.step == "object")

    @property
    def objection_open(self) -> bool:
        """Whether the other side's last objection 申辩 still waits for its answer."""
        said = [step.step for step in self.steps if step.step in ("object", "answer")]
        return bool(said) and said[-1] == "object"

    @property
    def determined(self) -> bool:
        """Whether the three departments have determined it; an item taken back counts with its counter-entry, to zero."""
        return self.state in ("determined", "told", "settled")

    def last(self, step: str) -> GapStep | None:
        return next((one for one in reversed(self.steps) if one.step == step), None)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment or deduction 扣缴; a correction is negative. ``ledger_ref`` names the ledger's own entry."""

    kind: Literal["paid", "deducted"]
    day: date
    amount_fen: int
    ledger_ref: str | None
    document: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """One amount that a local government owes 应缴: its share of the general gap, or an item of the management gap."""

    id: int
    year: int
    region: str
    basis: Literal["general", "management"]
    item: int | None
    item_number: str | None
    due_fen: int
    due_on: date
    document: str
    budgeted: bool | None
    budget_document: str | None
    row_version: int
    withdrawn: bool
    payments: tuple[Payment, ...]

    @property
    def paid_fen(self) -> int:
        return sum(payment.amount_fen for payment in self.payments if payment.kind == "paid")

    @property
    def deducted_fen(self) -> int:
        return sum(payment.amount_fen for payment in self.payments if payment.kind == "deducted")

    @property
    def unpaid_fen(self) -> int:
        """What is still owed; nothing for an item taken back."""
        return 0 if self.withdrawn else self.due_fen - self.paid_fen - self.deducted_fen

    def unpaid_on(self, day: date) -> int:
        """What was still owed at the end of a day: payments and deductions of later days not taken off."""
        later = sum(payment.amount_fen for payment in self.payments if payment.day > day)
        return 0 if self.withdrawn else self.unpaid_fen + later

    def overdue_days(self, on: date) -> int:
        """Days since it was due, 0 when nothing was owed on the day or it was not due yet."""
        return max(0, (on - self.due_on).days) if self.unpaid_on(on) > 0 else 0


@dataclass(frozen=True, slots=True)
class Credit:
    """One region's year in which more than planned was collected 超收; ``prepaid_anomaly`` is None until judged."""

    year: int
    region: str
    plan_fen: int
    actual_fen: int
    credit_fen: int
    used_fen: int
    expires_on: date
    prepaid_anomaly: bool | None

    def left_fen(self, on: date) -> int:
        """What can still be set against the local share 可冲减."""
        return self.credit_fen - self.used_fen if on <= self.expires_on else 0


def load_gap_items(connection: Connection, scheme: str, year: int | None = None) -> tuple[GapItem, ...]:
    """Items of a year (None: of all), newest number first, each with its journal; counter-entries among them."""
    of_year = () if year is None else (ITEM.c.year == year,)
    found = _items(connection, ITEM.c.scheme == scheme, *of_year)
    return tuple(sorted(found, key=lambda item: by_number(item.number), reverse=True))


def gap_item(connection: Connection, scheme: str, number: str) -> GapItem | None:
    """One item by its number; None when there is none."""
    return next(iter(_items(connection, ITEM.c.scheme == scheme, ITEM.c.number == number)), None)


def _items(connection: Connection, *which: ColumnElement[bool]) -> list[GapItem]:
    labelled = [STEP.c[name].label(f"step_{name}") for name in GapStep.__slots__]
    wanted = select(ITEM, *labelled).outerjoin(STEP, STEP.c.item == ITEM.c.id).where(*which)
    rows: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(wanted.order_by(ITEM.c.id, STEP.c.id)):
        rows[row.id].append(row)
    return [_item(of_item) for of_item in rows.values()]


def _item(rows: Sequence[Row[Any]]) -> GapItem:
    """An item from its rows, one a step of its journal."""
    names = GapStep.__slots__
    steps = tuple(
        GapStep(*(getattr(row, f"step_{name}") for name in names)) for row in rows if row.step_step is not None
    )
    known = rows[0]._mapping
    fields = {name: known[name] for name in GapItem.__slots__ if name not in ("inputs", "steps")}
    return GapItem(**fields, inputs=json.loads(rows[0].inputs, parse_float=Decimal), steps=steps)


def determined_fen(items: Iterable[GapItem], side: str | None = None) -> int:
    """管理性缺口 as determined by the three departments, without what is inside the plan shortfall already."""
    return sum(item.recognised_fen for item in items if item.determined and item.counted and side in (None, item.side))


def load_settlements(connection: Connection, scheme: str, year: int | None = None) -> tuple[Settlement, ...]:
    """What is due for a year (None: for all), by region and day; counter-entries of items taken back among them."""
    paid = [PAYMENT.c[name].label(f"paid_{name}") for name in Payment.__slots__]
    wanted = (
        select(SETTLEMENT, ITEM.c.number.label("item_number"), ITEM.c.state.label("item_state"), *paid)
        .outerjoin(ITEM, ITEM.c.id == SETTLEMENT.c.item)
        .outerjoin(PAYMENT, PAYMENT.c.settlement == SETTLEMENT.c.id)
        .where(SETTLEMENT.c.scheme == scheme)
        .order_by(SETTLEMENT.c.region, SETTLEMENT.c.due_on, SETTLEMENT.c.id, PAYMENT.c.id)
    )
    if year is not None:
        wanted = wanted.where(SETTLEMENT.c.year == year)
    rows: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(wanted):
        rows[row.id].append(row)
    return tuple(map(_settlement, rows.values()))


def _settlement(rows: Sequence[Row[Any]]) -> Settlement:
    """A settlement from its rows, one a payment."""
    row = rows[0]
    payments = (Payment(*(getattr(one, f"paid_{name}") for name in Payment.__slots__)) for one in rows)
    fields = {name: row._mapping[name] for name in Settlement.__slots__ if name not in ("withdrawn", "payments")}
    return Settlement(
        **fields,
        withdrawn=row.item_state == "withdrawn",
        payments=tuple(one for one in payments if one.kind is not None),
    )


def overdue_values(tree: RegionTree, settlements: Sequence[Settlement], day: date) -> Iterator[tuple[str, Value]]:
    """缺口资金逾期 of every region as of a day: its own and those below it."""
    late = [(one.region, days, one.unpaid_on(day)) for one in settlements if (days := one.overdue_days(day))]
    for region in tree.codes:
        inside = set(tree.subtree(region))
        own = [(days, fen) for owed_by, days, fen in late if owed_by in inside]
        value = INDICATORS["gap_overdue"].value(
            days_overdue=max((days for days, _ in own), default=0), overdue_fen=sum(fen for _, fen in own)
        )
        yield region, value


def overdue_on(connection: Connection, scheme: str, tree: RegionTree, day: date) -> tuple[tuple[str, Value], ...]:
    """The same read from the store, by region."""
    return tuple(overdue_values(tree, load_settlements(connection, scheme), day))


def load_credits(connection: Connection, scheme: str, year: int | None = None) -> tuple[Credit, ...]:
    """超收台账 of a year (None: of all), newest year first, then by region."""
    table = schema.credit
    wanted = select(*(table.c[name] for name in Credit.__slots__)).where(table.c.scheme == scheme)
    if year is not None:
        wanted = wanted.where(table.c.year == year)
    rows = connection.execute(wanted.order_by(table.c.year.desc(), table.c.region))
    return tuple(Credit(**row._mapping) for row in rows)
