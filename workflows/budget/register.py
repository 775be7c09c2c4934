"""The register of budgets 编制与下达 as others read it: rounds with their figures, replies, approvals and receipts.

A round is one version of a year's plan: 0 the budget, later ones its adjustments. What was answered, approved and received
follows from its journal, to which rows are only ever added.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from data_access.books.regions import OWN_LEVEL
from data_access.store import schema
from rules.budget.procedure import DOCUMENTED, OF_UNITS, STEPS
from rules.month import SHANGHAI

ROUND, FIGURE, DRIVER, STEP = schema.budget_round, schema.budget_figure, schema.budget_driver, schema.budget_step
DONE = "done"
# In which the amounts are open: as drafted, and as put to the government after the replies.
DRAFTING, SECOND = "draft", "second"
# After these a delivery brings nothing in: its plans are issued again.
FAILED = ("declined", "refused", "cancelled", "withdrawn")


@dataclass(frozen=True, slots=True)
class BudgetStep:
    """One line of a round's journal; ``region`` and ``item`` where it is about one figure or unit."""

    step: str
    region: str | None
    item: str | None
    happened_at: datetime
    login: str
    name: str
    department: str
    document: str | None
    document_on: date | None
    amount_fen: int | None
    text: str | None

    @property
    def day(self) -> date:
        return self.happened_at.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class BudgetFigure:
    """One item of one unit. ``drivers`` is JSON, see :attr:`known`; amounts None where there are none (yet)."""

    region: str
    item: str
    drivers: str | None
    proposed_fen: int | None
    drafted_fen: int | None
    second_fen: int | None
    why: str | None
    row_version: int

    @property
    def final_fen(self) -> int | None:
        """二下数: what is issued, the draft where nothing was changed after the replies."""
        return self.drafted_fen if self.second_fen is None else self.second_fen

    @property
    def known(self) -> Mapping[str, tuple[Decimal, str]]:
        """The drivers of the proposal: name → value and where it comes from."""
        return {name: (Decimal(value), source) for name, (value, source) in json.loads(self.drivers or "{}").items()}


@dataclass(frozen=True, slots=True)
class Reply:
    """一上: what a unit answered last. ``wanted`` by item what it wants instead, with the reason; empty where it agrees."""

    answered_on: date
    by: str
    wanted: Mapping[str, tuple[int, str]]

    @property
    def agreed(self) -> bool:
        return not self.wanted

    def late(self, due: date | None) -> bool:
        return due is not None and self.answered_on > due


@dataclass(frozen=True, slots=True)
class BudgetRound:
    """One round; ``state`` is the step it waits for, or done. ``delivery``: the batch that brings its plans in, and
    ``delivered`` how that stands, see BatchRecord; both None before they were issued."""

    id: int
    scheme: str
    year: int
    version: int
    state: str
    reason: str | None
    delivery: int | None
    delivered: str | None
    row_version: int
    figures: Mapping[tuple[str, str], BudgetFigure]
    steps: tuple[BudgetStep, ...]

    @property
    def adjustment(self) -> bool:
        return self.version > 0

    @property
    def number(self) -> str:
        """2027-0: as it stands in addresses and matters."""
        return f"{self.year}-{self.version}"

    @property
    def taken_in(self) -> bool:
        """Whether its plans are in."""
        return self.delivered == "loaded"

    @property
    def failed(self) -> bool:
        """Whether the delivery of its plans came to nothing, so that they are to be issued again."""
        return self.delivered in FAILED

    @property
    def waits_for(self) -> str:
        """The step it waits for, or done; where no unit receives its plans, the issue until they are in."""
        return "issue" if self.state == DONE and not self.taken_in else self.state

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions with figures, the province among them for what it manages itself."""
        return tuple(dict.fromkeys(region for region, _item in self.figures))

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item for _region, item in self.figures))

    def last(self, step: str, region: str | None = None) -> BudgetStep | None:
        """The last time that a step was made; of the procedure only what was not sent back since."""
        for one in reversed(self.steps):
            if (
                one.step == "back"
                and region is None
                and step in STEPS
                and STEPS.index(step) >= STEPS.index(one.item or "")
            ):
                return None
            if one.step == step and one.region == region:
                return one
        return None

    @property
    def approval(self) -> BudgetStep | None:
        """The approval that the plans rest on: the last document noted, None before."""
        noted = [one for step in STEPS if step in DOCUMENTED and (one := self.last(step)) is not None]
        return noted[-1] if noted else None

    @property
    def by_before(self) -> str:
        """Who made the step before the one it waits for; "" before the first, and after it was sent back."""
        for one in reversed(self.steps):
            if one.step == "back":
                return ""
            if one.step in STEPS and one.step not in OF_UNITS:
                return one.login
        return ""

    def units(self, root: str) -> tuple[str, ...]:
        """The local governments that answer it and receive it; 省本级 is the province itself, for what it manages too."""
        return tuple(region for region in self.regions if region not in (root, f"{root}{OWN_LEVEL}"))

    def reply(self, region: str) -> Reply | None:
        """What a unit answered, None before it did. To agree takes back what was wanted before."""
        wanted: dict[str, tuple[int, str]] = {}
        last: BudgetStep | None = None
        for one in self.steps:
            if one.region == region and one.step in ("agree", "want"):
                last = one
                if one.step == "agree":
                    wanted = {}
                elif one.item is not None and one.amount_fen is not None:
                    wanted[one.item] = (one.amount_fen, one.text or "")
        return None if last is None else Reply(last.day, last.name, wanted)


def load_rounds(
    connection: Connection, *schemes: str, year: int | None = None, open_only: bool = False
) -> tuple[BudgetRound, ...]:
    """The rounds of schemes, the newest year first and in it the first budget first; of one year, or those that somebody has
    something to do with: not done, or to be issued again."""
    batch = schema.import_batch
    wanted = select(ROUND, batch.c.state.label("delivered")).outerjoin(batch, batch.c.id == ROUND.c.delivery)
    wanted = wanted.where(ROUND.c.scheme.in_(schemes))
    if year is not None:
        wanted = wanted.where(ROUND.c.year == year)
    if open_only:
        wanted = wanted.where((ROUND.c.state != DONE) | batch.c.state.in_(FAILED))
    rows = connection.execute(wanted.order_by(ROUND.c.year.desc(), ROUND.c.version)).all()
    ids = [row.id for row in rows]
    figures = select(FIGURE).where(FIGURE.c.round.in_(ids)).order_by(FIGURE.c.region, FIGURE.c.item)
    steps = select(STEP).where(STEP.c.round.in_(ids)).order_by(STEP.c.id)
    of_figures: dict[int, dict[tuple[str, str], BudgetFigure]] = {number: {} for number in ids}
    for one in connection.execute(figures) if ids else ():
        of_figures[one.round][one.region, one.item] = BudgetFigure(
            *(getattr(one, name) for name in BudgetFigure.__slots__)
        )
    of_steps: dict[int, list[BudgetStep]] = {number: [] for number in ids}
    for one in connection.execute(steps) if ids else ():
        of_steps[one.round].append(BudgetStep(*(getattr(one, name) for name in BudgetStep.__slots__)))
    return tuple(
        BudgetRound(
            row.id, row.scheme, row.year, row.version, row.state, row.reason, row.delivery, row.delivered,
            row.row_version,
            of_figures[row.id], tuple(of_steps[row.id]),
        )
        for row in rows
    )  # fmt: skip


def the_round(connection: Connection, scheme: str, number: str) -> BudgetRound | None:
    """The round of a number such as 2027-0; None where there is none."""
    year, _dash, version = number.partition("-")
    if not (year.isdigit() and version.isdigit() and len(number) < 12):
        return None
    found = load_rounds(connection, scheme, year=int(year))
    return next((one for one in found if one.version == int(version)), None)


def load_drivers(connection: Connection, number: int) -> Mapping[tuple[str, str], tuple[Decimal, str]]:
    """What was entered for a round beside what the books know: (region, name) → value and source."""
    rows = connection.execute(select(DRIVER).where(DRIVER.c.round == number).order_by(DRIVER.c.region, DRIVER.c.name))
    return {(row.region, row.name): (Decimal(row.value), row.source) for row in rows}


def total(figures: Iterable[int | None]) -> int | None:
    """The sum of those that are known; None where none is, never 0."""
    known = [one for one in figures if one is not None]
    return sum(known) if known else None
