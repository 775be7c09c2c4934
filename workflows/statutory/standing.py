"""How statutory days stand on a day: ahead, near, due today, done, overdue, or nothing to do.

Nothing is done without a fact of the books or a note of the responsible department: silence is not done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from data_access.books.regions import RegionTree, load_tree
from rules.calendar import WorkingCalendar
from rules.scheme import Scheme, load_scheme
from rules.statutory.days import SOON, Level, StatutoryDay, statutory_days
from workflows.statutory.evidence import BEFORE_START, FACTS, NOTHING_DUE, Ask, Books, Evidence, Proof, Share
from workflows.statutory.register import Journal, standing_mark

P = ParamSpec("P")
T = TypeVar("T")
MECHANISM, PENSION = "central-adjustment", "pension"
# How far back what is overdue is still told of; older years are seen on the page of their year.
BACK = timedelta(days=366)
# How many of the days ahead are looked at for what comes next: a city has about one in three.
AFTER = 12


class State(StrEnum):
    AHEAD = "ahead"
    SOON = "soon"  # within SOON working days
    TODAY = "today"
    DONE = "done"
    OVERDUE = "overdue"
    VOID = "void"  # nobody has to do anything, for a reason


OPEN = (State.OVERDUE, State.TODAY, State.SOON)


@dataclass(frozen=True, slots=True)
class Standing:
    """One day as it stands; ``by_clock``: how it would if it were not done. ``proof``: what shows it done, of all units the
    last; ``shares`` of units by region, each its own; ``by_facts``: the books or registers show it, nobody notes it.
    ``days``: working days left, or gone by since it was due; ``reason``: why nobody has to do anything, "" where somebody
    has to."""

    day: StatutoryDay
    state: State
    by_clock: State
    days: int
    by_facts: bool
    proof: Proof | None = None
    shares: Mapping[str, Share] = field(default_factory=dict)
    reason: str = ""

    @property
    def late(self) -> bool:
        """Whether it was done after its day."""
        return self.proof is not None and self.proof.on is not None and self.proof.on > self.day.due

    @property
    def of_units(self) -> bool:
        return self.day.duty.level is Level.UNIT

    @property
    def due_fen(self) -> int | None:
        """What the units have to hand on; None where no amounts are known."""
        known = [one.due_fen for one in self.shares.values() if one.due_fen is not None]
        return sum(known) if known else None

    @property
    def left_fen(self) -> int | None:
        """What of it is left; None where no amounts are known."""
        known = [one.left_fen for one in self.shares.values() if one.left_fen is not None]
        return sum(known) if known else None

    @property
    def behind(self) -> tuple[str, ...]:
        """The units that are not done, by code."""
        return tuple(sorted(code for code, one in self.shares.items() if not one.done))


class Statutory:
    """The statutory days of one scheme as known now, evaluated on ``today``."""

    def __init__(self, ask: Ask, scheme: Scheme, tree: RegionTree, today: date) -> None:
        self.scheme, self.tree, self.today = scheme, tree, today
        self.books = Books(ask, scheme, tree, today)
        self._mechanism = load_scheme(MECHANISM) if scheme.fund == PENSION else None

    @property
    def calendar(self) -> WorkingCalendar:
        return self.books.calendar

    @property
    def journal(self) -> Journal:
        return self.books.marks

    def of_year(self, year: int) -> tuple[Standing, ...]:
        """The days of a calendar year as they stand for the whole province, in order."""
        return tuple(map(self._standing, self._days_of([year])))

    def near(self, *, without: Collection[str] = ()) -> tuple[Standing, ...]:
        """What is overdue since no longer than ``BACK``, due today or soon, the longest overdue first; ``without``: duties
        by code that are not asked about."""
        days = self._days_of(range((self.today - BACK).year, (self.today + timedelta(days=31)).year + 1))
        days = [one for one in days if one.duty.code not in without]
        near = [one for one in days if self.today - BACK <= one.due and self._state(one.due) is not State.AHEAD]
        found = [one for one in map(self._standing, near) if one.state in OPEN]
        # Parts of legacy balances add up: what is owed by the last one holds the earlier ones.
        last = {one.day.duty.code: one for one in found if one.day.duty.code == "legacy_years"}
        return tuple(one for one in found if last.get(one.day.duty.code, one) is one)

    def next(self) -> tuple[Standing, ...]:
        """What is overdue, due or near, and then the first ``AFTER`` days that lie ahead."""
        later = self._days_of((self.today.year, self.today.year + 1))
        ahead = [one for one in later if one.due > self.today and self._state(one.due) is State.AHEAD][:AFTER]
        return (*self.near(), *(one for one in map(self._standing, ahead) if one.state is State.AHEAD))

    def stages(self) -> tuple[Standing, ...]:
        """The steps of the reform 实施步骤, in order of days."""
        return tuple(self._standing(one) for one in self._days_of(self._known_years()) if one.duty.stage)

    def find(self, key: str) -> Standing | None:
        """The day of a name, of the years that are shown or a step of the reform; None where the profile sets none such."""
        days = self._days_of(self._known_years())
        found = next((one for one in days if one.key == key and (one.duty.stage or self._shown(one))), None)
        return None if found is None else self._standing(found)

    def _shown(self, day: StatutoryDay) -> bool:
        """Whether it is of the last, the running or the next year: the evidence is read no further back."""
        return abs(day.due.year - self.today.year) <= 1

    def _known_years(self) -> Iterable[int]:
        """From the first value of the profile to the next year."""
        first = min((v.starts_on.year for one in self.scheme.parameters.values() for v in one.values), default=0)
        return range(first or self.today.year, self.today.year + 2)

    def _days_of(self, years: Iterable[int]) -> list[StatutoryDay]:
        return [one for year in years for one in statutory_days(self.scheme, year, self.calendar, self._mechanism)]

    def _state(self, due: date) -> State:
        """How a day stands that is not done."""
        if due < self.today:
            return State.OVERDUE
        if due == self.today:
            return State.TODAY
        return State.SOON if self.calendar.until(self.today, due) <= SOON else State.AHEAD

    def _standing(self, day: StatutoryDay) -> Standing:
        find = FACTS.get(day.duty.code)
        shown = None if find is None else find(self.books, day)
        found = self._noted(day) if shown is None else shown
        by_clock = self._state(day.due)
        if by_clock is State.OVERDUE and found == Evidence() and self._before_start(day):
            found = Evidence(nothing=BEFORE_START)
        return judged(Standing(day, by_clock, by_clock, self._days(day.due), shown is not None), found)

    def _before_start(self, day: StatutoryDay) -> bool:
        """Whether the day lies before the books begin: nothing of it could be on record."""
        began = self.books.began
        return began is None or day.due < began

    def _days(self, due: date) -> int:
        calendar = self.calendar
        return calendar.until(self.today, due) if due >= self.today else calendar.until(due, self.today)

    def _noted(self, day: StatutoryDay) -> Evidence:
        """What departments noted: the province's one, or each city its own."""
        if day.duty.level is Level.PROVINCE:
            return Evidence(self._proof(day.key, self.tree.root))
        if self._before_start(day):
            return Evidence()
        return Evidence(shares={one: Share(proof=self._proof(day.key, one)) for one in self.books.units})

    def _proof(self, deadline: str, region: str) -> Proof | None:
        mark = standing_mark(self.journal, deadline, region)
        return None if mark is None else Proof(mark.done_on, mark.name, mark.document)


def judged(one: Standing, found: Evidence) -> Standing:
    """A day by its evidence: done by a proof, or by all shares of it."""
    proof = found.proof
    if found.shares and all(share.done for share in found.shares.values()):
        proof = _last(found.shares.values())
    state = State.VOID if found.nothing else State.DONE if proof is not None else one.by_clock
    return replace(one, state=state, proof=proof, shares=found.shares, reason=found.nothing)


def _last(shares: Iterable[Share]) -> Proof:
    """The proof of the share that was done last."""
    return max((share.proof or Proof() for share in shares), key=lambda done: done.on or date.min)


def of_region(tree: RegionTree, one: Standing, region: str) -> Standing:
    """A day of the units as it stands for a region: for itself and those below it; of a county what its city noted."""
    if not one.of_units or region == tree.root:
        return one
    inside = {*tree.subtree(region), *(tree.path(region)[1:] if not one.by_facts else ())}
    shares = {code: share for code, share in one.shares.items() if code in inside}
    nothing = one.reason or (NOTHING_DUE if one.shares and not shares else "")
    return judged(one, Evidence(None, shares, nothing))


def load_statutory(connection: Connection, scheme: Scheme, today: date) -> Statutory:
    """The statutory days of a scheme where no tree of its regions is at hand."""

    def ask(reader: Callable[Concatenate[Connection, P], T], *about: P.args, **named: P.kwargs) -> T:
        return reader(connection, *about, **named)

    return Statutory(ask, scheme, load_tree(connection, scheme), today)


def grouped(tree: RegionTree, one: Standing, region: str, today: date) -> Sequence[tuple[str, Share]]:
    """The shares of a day by the regions below another, each with all below it; a region without children by itself."""
    below = tree.children(region, today) or (region,)
    found = []
    for code in below:
        inside = [one.shares[within] for within in tree.subtree(code) if within in one.shares]
        if inside:
            found.append((code, _together(inside)))
    return found


def _together(shares: Sequence[Share]) -> Share:
    if len(shares) == 1:
        return shares[0]
    due = [one.due_fen for one in shares if one.due_fen is not None]
    left = [one.left_fen for one in shares if one.left_fen is not None]
    proof = _last(shares) if all(one.done for one in shares) else None
    return replace(shares[0], due_fen=sum(due) if due else None, left_fen=sum(left) if left else None, proof=proof)
