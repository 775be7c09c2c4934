"""What the books and registers show of statutory days, by duty. Where they show nothing a department notes it 办结.

Amounts are each region's own, as published by now; what came in first counts as handed on first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection

from data_access.books.funds import LegacyDuty, load_legacy_duties
from data_access.books.plans import load_planned
from data_access.books.regions import RegionTree
from data_access.books.requests import CentralPayment, Requests, load_central_payments, load_requests
from data_access.books.statutory import (
    ByRegion,
    IssuedPlan,
    first_month,
    load_came_in,
    load_first_days,
    load_held,
    load_issued_plans,
    load_moved,
    load_opened,
)
from data_access.books.versions import MonthClose, current_version, signed_versions
from data_access.intake.sources.status import load_calendar
from rules.calendar import WorkingCalendar
from rules.deadlines import legacy_share_due
from rules.expiry import has_year
from rules.money import round_half_up
from rules.month import SHANGHAI, Month
from rules.movements import Account
from rules.scheme import Scheme
from rules.statutory.days import StatutoryDay
from workflows.budget.register import BudgetRound, BudgetStep, load_rounds
from workflows.gap.register import Settlement, load_settlements
from workflows.income_reviews.register import Reviews, asked_of, load_steps as load_reviews, reviews, units
from workflows.statutory.assessed import Proof as Proof, load_assessed
from workflows.statutory.register import Journal, load_marks

P = ParamSpec("P")
T = TypeVar("T")


class Ask(Protocol):
    """Answers what a reader of the store reads of something, as ``Published.ask`` does."""

    def __call__(self, reader: Callable[Concatenate[Connection, P], T], *about: P.args, **named: P.kwargs) -> T: ...


# By the parameter that sets the day: the movements that show it done.
MOVED = {
    "handover_rule": ("collect", "pool"),
    "quarterly_items": ("local_receive", "local_pool"),
    "legacy_deadline": ("legacy_transfer",),
    "legacy_years": ("legacy_transfer",),
}
# Why nothing is owed.
NOTHING_DUE, NONE_ISSUED, UNVERIFIED, BEFORE_START = "nothing_due", "none_issued", "unverified", "before_start"
UNPLANNED = "unplanned"


@dataclass(frozen=True, slots=True)
class Share:
    """One region's own part: what it had to hand on and what is left of it, in fen, both None where no amount is known;
    ``proof`` where it is done."""

    due_fen: int | None = None
    left_fen: int | None = None
    proof: Proof | None = None

    @property
    def done(self) -> bool:
        return self.left_fen == 0 if self.left_fen is not None else self.proof is not None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a day: of the province's own a proof, of the units' a share each; ``nothing``: why nobody has to do
    anything, "" where somebody has to."""

    proof: Proof | None = None
    shares: Mapping[str, Share] = field(default_factory=dict)
    nothing: str = ""


class Books:
    """What the evidence rests on, each read when it is first asked for."""

    def __init__(self, ask: Ask, scheme: Scheme, tree: RegionTree, today: date) -> None:
        self.ask, self.scheme, self.tree, self.today = ask, scheme, tree, today

    @cached_property
    def moved(self) -> Mapping[str, ByRegion]:
        """What the movements that the profile's days rest on moved."""
        found: list[str] = []
        for parameter, movements in MOVED.items():
            if parameter in self.scheme.parameters:
                by_month = (
                    parameter != "handover_rule" or self.scheme.parameters[parameter].values[-1].value == "month_end"
                )
                found += movements if by_month else ()
        return self.ask(load_moved, self.scheme.code, tuple(found)) if found else {}

    @cached_property
    def came_in(self) -> ByRegion:
        """What came in of the items that are pooled by the quarter."""
        items = self.scheme.parameters["quarterly_items"].values[-1].value
        leaves = tuple(leaf for item in items for leaf in self.scheme.leaves(item))  # type: ignore[attr-defined]
        return self.ask(load_came_in, self.scheme.code, leaves)

    @cached_property
    def first_days(self) -> Mapping[str, Mapping[int, Mapping[str, date]]]:
        return self.ask(load_first_days, self.scheme.code, date(self.today.year - 2, 12, 1))

    @cached_property
    def marks(self) -> Journal:
        return self.ask(load_marks, self.scheme.code)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        return self.ask(load_calendar)

    @cached_property
    def closes(self) -> Mapping[int, MonthClose]:
        return {close.month: close for close, _version in self.ask(signed_versions).get(self.scheme.code, ())}

    @cached_property
    def income_reviews(self) -> Reviews:
        return reviews(self.ask(load_reviews, self.scheme.code))

    @cached_property
    def settlements(self) -> tuple[Settlement, ...]:
        return self.ask(load_settlements, self.scheme.code)

    @cached_property
    def plans(self) -> Mapping[int, IssuedPlan]:
        return self.ask(load_issued_plans, self.scheme.code)

    @cached_property
    def requests(self) -> Requests:
        return self.ask(load_requests, self.scheme.code, self.tree)

    @cached_property
    def central(self) -> Mapping[str, CentralPayment]:
        """What the province paid and was given, by quarter ``2026-Q3``."""
        own = (one for one in self.ask(load_central_payments) if one.region == self.tree.root)
        return {f"{one.year}-Q{one.quarter}": one for one in own}

    @cached_property
    def duties(self) -> tuple[LegacyDuty, ...]:
        newest = self.ask(current_version)
        return () if newest is None else self.ask(load_legacy_duties, self.scheme.code, newest.id)

    @cached_property
    def treasury_opened(self) -> Mapping[str, int]:
        return self.ask(load_opened, self.scheme.code, Account.TREASURY)

    @cached_property
    def local_opened(self) -> Mapping[str, int]:
        return self.ask(load_opened, self.scheme.code, Account.LOCAL_FISCAL)

    @cached_property
    def legacy_locked(self) -> Mapping[str, int]:
        return self.ask(load_held, self.scheme.code, Account.LEGACY_DEPOSIT)

    @cached_property
    def budgets(self) -> Mapping[int, BudgetRound]:
        """The round of each year's budget that its register has."""
        rounds = self.ask(load_rounds, self.scheme.code)
        return {one.year: one for one in rounds if not one.adjustment}

    @cached_property
    def assessed(self) -> Mapping[int, Proof]:
        """By year the last signature of an assessment that all departments have signed 会签."""
        return self.ask(load_assessed, self.scheme.code)

    @cached_property
    def began(self) -> date | None:
        """The first day of the books; None without any."""
        month = self.ask(first_month, self.scheme.code)
        return None if month is None else Month(month).first

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The cities, each of which notes its own."""
        return units(self.tree, self.today)


def _closing(books: Books, day: StatutoryDay) -> Evidence:
    close = books.closes.get(_month(day))
    if close is None:
        return Evidence()
    return Evidence(Proof(close.signed_at.astimezone(SHANGHAI).date(), close.signed_by))


def _income_review(books: Books, day: StatutoryDay) -> Evidence:
    """Each local government's comparison: the day on which the last of its departments gave it. Of months before the first
    that was compared here nothing is known."""
    month, known = _month(day), books.income_reviews
    if not known or month < min(of for of, _region, _side in known):
        last = max(books.closes, default=None)
        if last is None or month < last:
            return Evidence(nothing=BEFORE_START)
    found, planned = {}, books.ask(load_planned, books.scheme.code, month.year)
    for region in books.units:
        offices = asked_of(books.scheme, books.tree, planned, region)
        if not offices:
            continue
        steps = [known.get((month, region, side.department)) for side in offices]
        given = [one.standing for one in steps if one is not None and one.standing is not None]
        last_one = max(given, key=lambda one: one.happened_at) if given and len(given) == len(steps) else None
        on = None if last_one is None else last_one.happened_at.astimezone(SHANGHAI).date()
        found[region] = Share(proof=None if last_one is None else Proof(on, last_one.name))
    return Evidence(shares=found, nothing="" if found else UNPLANNED)


def _disbursement(books: Books, day: StatutoryDay) -> Evidence:
    """The day on which the last unit got its first money of the month; none while one waits that got some the month before."""
    disbursed, month = books.first_days["disburse"], _month(day)
    units, before = disbursed.get(month, {}), disbursed.get(month.plus(-1), {})
    return Evidence(Proof(max(units.values())) if units and units.keys() >= before.keys() else None)


def _request(books: Books, day: StatutoryDay) -> Evidence:
    """The day on which the last unit's money for the month after was asked for."""
    asked = books.requests.of(books.tree.root, _month(day).plus(1))
    return Evidence(Proof(max(one.asked_on for one in asked)) if asked else None)


def _paying(books: Books, day: StatutoryDay) -> Evidence:
    """Whoever paid in the month before has begun to pay in this one."""
    paid = books.first_days["pay"]
    month = _month(day)
    began, before = paid.get(month, {}), paid.get(month.plus(-1), {})
    return Evidence(shares={one: Share(proof=Proof(began[one]) if one in began else None) for one in before})


def handed_on(came_in: Mapping[int, int], handed: Mapping[int, int], months: tuple[int, int], before: int = 0) -> Share:
    """What came in from one month to another, and what of it is not handed on by now: what came in first was handed on
    first. ``before``: what was there when the books began."""
    first, last = months
    due = sum(fen for month, fen in came_in.items() if first <= month <= last)
    earlier = before + sum(fen for month, fen in came_in.items() if month < first)
    left = max(0, earlier + due - sum(handed.values()))
    return Share(due, min(left, max(due, 0)))


def _premium(books: Books, day: StatutoryDay) -> Evidence:
    month = _month(day)
    came, handed = books.moved["collect"], books.moved["pool"]
    opened = books.treasury_opened
    shares = {
        one: handed_on(months, handed.get(one, {}), (month, month), opened.get(one, 0)) for one, months in came.items()
    }
    return _of_amounts(shares, books.today > Month(month).last)


def _quarterly(books: Books, day: StatutoryDay) -> Evidence:
    year, quarter = (int(part) for part in day.period.split("-Q"))
    last = Month(year * 100 + 3 * quarter)
    came, handed = books.came_in, books.moved["local_pool"]
    every, opened = books.moved["local_receive"], books.local_opened
    shares = {
        # What was there before, and what is no such item, goes first.
        one: handed_on(
            months,
            handed.get(one, {}),
            (last.plus(-2), last),
            opened.get(one, 0) + sum(every[one].values()) - sum(months.values()),
        )
        for one, months in came.items()
    }
    return _of_amounts(shares, books.today > last.last)


def _of_amounts(shares: Mapping[str, Share], over: bool) -> Evidence:
    """Of a period that is over: nothing came in, nothing is due. Before its end nothing is settled yet."""
    owing = {region: one for region, one in shares.items() if one.due_fen}
    if not over:
        return Evidence(shares={region: Share(one.due_fen, one.due_fen) for region, one in owing.items()})
    return Evidence(shares=owing, nothing="" if owing else NOTHING_DUE)


def _settled(*bases: str) -> Callable[[Books, StatutoryDay], Evidence]:
    """Amounts that local governments were told to hand up for the year."""

    def found(books: Books, day: StatutoryDay) -> Evidence:
        due: dict[str, list[int]] = {}
        for one in books.settlements:
            if str(one.year) == day.period and one.basis in bases and not one.withdrawn:
                sums = due.setdefault(one.region, [0, 0])
                sums[0] += one.due_fen
                sums[1] += one.unpaid_fen
        shares = {region: Share(sums[0], sums[1]) for region, sums in due.items()}
        return Evidence(shares=shares, nothing="" if shares or books.today <= day.due else NONE_ISSUED)

    return found


def _plan(books: Books, day: StatutoryDay) -> Evidence:
    """Issued by the register of budgets; a plan that came in otherwise was approved."""
    one, issued = books.budgets.get(int(day.period)), books.plans.get(int(day.period))
    step = None if one is None else one.last("issue")
    if one is not None and step is not None:
        return Evidence(Proof(step.day, step.name, (one.approval.document or "") if one.approval else ""))
    return Evidence(None if issued is None else Proof(issued.approved_on, document=issued.approval_ref))


def _first_issue(books: Books, day: StatutoryDay) -> Evidence | None:
    one = books.budgets.get(int(day.period))
    return None if one is None else Evidence(_proof(one.last("first_issue")))


def _replies(books: Books, day: StatutoryDay) -> Evidence | None:
    one = books.budgets.get(int(day.period))
    if one is None:
        return None
    replies = {unit: one.reply(unit) for unit in one.units(books.tree.root)}
    return Evidence(
        shares={unit: Share(proof=None if r is None else Proof(r.answered_on, r.by)) for unit, r in replies.items()}
    )


def _receipts(books: Books, day: StatutoryDay) -> Evidence | None:
    one = books.budgets.get(int(day.period))
    if one is None:
        return None
    return Evidence(
        shares={unit: Share(proof=_proof(one.last("receive", unit))) for unit in one.units(books.tree.root)}
    )


def _proof(step: BudgetStep | None) -> Proof | None:
    return None if step is None else Proof(step.day, step.name, step.document or "")


def _assessment(books: Books, day: StatutoryDay) -> Evidence:
    return Evidence(books.assessed.get(int(day.period)))


def _holidays(books: Books, day: StatutoryDay) -> Evidence:
    return Evidence(Proof() if has_year(books.calendar, int(day.period)) else None)


def _prepayment(books: Books, day: StatutoryDay) -> Evidence:
    paid = books.central.get(day.period)
    if paid is not None:
        return Evidence(Proof(paid.paid_on))
    return Evidence(nothing=UNVERIFIED if day.rests_on.unverified else "")


def _legacy(books: Books, day: StatutoryDay) -> Evidence:
    """What had to be handed over by the day; deposits that have not matured excuse as much."""
    share, handed = legacy_share_due(books.scheme, day.on), books.moved["legacy_transfer"]
    locked = books.legacy_locked
    shares = {}
    for duty in books.duties:
        due = round_half_up(duty.owed_fen * share)
        inside = books.tree.subtree(duty.region)
        done = duty.handed_before_fen + sum(sum(handed.get(one, {}).values()) for one in inside)
        left = max(0, due - done - sum(locked.get(one, 0) for one in inside))
        shares[duty.region] = Share(due, left)
    return Evidence(shares=shares)


# By duty; None: the registers have nothing of it, so that it is noted.
FACTS: Mapping[str, Callable[[Books, StatutoryDay], Evidence | None]] = {
    "closing_day": _closing,
    "income_review_day": _income_review,
    "disbursement_day": _disbursement,
    "request_day": _request,
    "paying_day": _paying,
    "pooling_days": _premium,
    "quarterly_pooling_days": _quarterly,
    "prepayments_per_year": _prepayment,
    "plan_issue_by": _plan,
    "plan_receipt_by": _receipts,
    "budget_first_issue_by": _first_issue,
    "budget_reply_by": _replies,
    "assessment_by": _assessment,
    "holidays_by": _holidays,
    "general_gap_due": _settled("general"),
    "management_gap_due": _settled("management"),
    "fiscal_settlement_by": _settled("general", "management"),
    "legacy_deadline": _legacy,
    "legacy_years": _legacy,
}


def _month(day: StatutoryDay) -> Month:
    return Month.at(int(day.period[:4]), int(day.period[5:]))
