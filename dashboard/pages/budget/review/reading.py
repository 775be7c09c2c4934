"""What 月度比对 reads: the month looked at by region, or the year by month, and what the register has of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from dashboard.site.reading import Reading
from dashboard.words.departments import department_name
from dashboard.words.passport import About
from dashboard.words.wording import N_, _, name_of
from data_access.books.income.review import Compared, compare
from data_access.intake.sources.status import load_calendar
from rules.budget.income_review import DAY, Side, asked, owes, share, sides
from rules.month import Month
from rules.statutory.days import statutory_days
from workflows.income_reviews.register import Review, Reviews, load_steps, reviews, units
from workflows.people.rights import department_of

TAB = "review"


class State(StrEnum):
    """How a comparison stands; the last four are of who has still to do something."""

    NONE = "none"  # nobody has to: the province's own, a county, a month before the register or not signed
    NOTED = "noted"
    REPORTED = "reported"
    COMPARED = "compared"
    OPEN = "open"
    ANALYSE = "analyse"  # the difference is beyond the share, its day has not come
    LATE = "late"
    OWED = "owed"


STATES = {
    State.NOTED: N_("已报分析，已阅"),
    State.REPORTED: N_("已报分析，待阅"),
    State.COMPARED: N_("已比对"),
    State.OPEN: N_("待比对"),
    State.ANALYSE: N_("应报分析"),
    State.LATE: N_("逾期未比对"),
    State.OWED: N_("应报未报"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a region's month as one department compares it, and how far that is."""

    region: str
    month: int
    compared: Compared
    review: Review
    state: State


def side_of(reading: Reading) -> Side | None:
    """The department looked at: that of the address, else the reader's own, else the first; None where the profile asks
    nobody to compare."""
    known = sides(reading.scheme)
    wanted = (reading.view.measure, department_of(reading.scope))
    return next((one for name in wanted for one in known if one.department == name), known[0] if known else None)


def side_name(reading: Reading, side: Side) -> str:
    """税务 · 基本养老保险费: the department with its items."""
    return f"{department_name(side.department)} · {items_name(reading, side)}"


def items_name(reading: Reading, side: Side) -> str:
    return _("、").join(name_of(reading.scheme.item(item)) for item in side.items)


def part_of(side: Side) -> str:
    """Which part its figures are of: the item's own line where it is one alone."""
    return side.items[0] if len(side.items) == 1 else str(side.department)


def beyond(reading: Reading) -> Decimal:
    """From which share of what is due on a difference is to be analysed, in the month looked at."""
    return share(reading.scheme, Month(reading.snapshot.month or 0).last)


def register(reading: Reading) -> Reviews:
    return reviews(reading.ask(load_steps, reading.scheme.code))


def due_on(reading: Reading, month: int) -> date | None:
    """The working day by which a month is compared."""
    calendar, of = reading.ask(load_calendar), Month(month)
    days = statutory_days(reading.scheme, of.plus(1).year, calendar)
    return next((one.due for one in days if one.duty.code == DAY and one.period == of.iso), None)


def unit_of(reading: Reading, region: str) -> str | None:
    """The local government that reports for a region: itself; None of the province, its own unit and of counties."""
    return region if region in units(reading.tree, reading.today) else None


def compared_of(reading: Reading, side: Side, region: str, month: int) -> Compared:
    snapshot = reading.snapshot
    return compare(snapshot.facts, snapshot.plans, side, region, month, snapshot.day)


def line(reading: Reading, side: Side, region: str, month: int) -> Line:
    """A region's month with what the register has of it."""
    compared, known = compared_of(reading, side, region, month), register(reading)
    review = known.get((month, region, side.department), Review(month, region, side.department))
    return Line(region, month, compared, review, _state(reading, compared, review, known))


def lines(reading: Reading, side: Side) -> list[Line]:
    """Of the province each region below, the furthest behind first; of any other region the year's months, newest first."""
    month = Month(reading.snapshot.month or 0)
    if reading.is_province:
        found = [line(reading, side, region, month) for region in reading.children()]
        return sorted(found, key=lambda one: (one.compared.rate is None, one.compared.rate or 0))
    known = reading.snapshot.facts.months
    months = [Month.at(month.year, number) for number in range(month.number, 0, -1)]
    return [line(reading, side, reading.region, one) for one in months if one in known]


def whole(found: list[Line]) -> Compared | None:
    """All regions together: each by its own schedule, so that the rows add up."""
    total: Compared | None = None
    for one in found:
        total = one.compared if total is None else total + one.compared
    return total


def open_month(reading: Reading) -> bool:
    """Whether the month looked at can be compared: as it was signed, and of a month that the profile asks for."""
    close, month = reading.snapshot.close, reading.snapshot.month
    return close is not None and month is not None and not reading.view.version and asked(reading.scheme, month)


def about_of(reading: Reading, month: int) -> About:
    return replace(reading.about, period=Month(month).iso) if month != reading.snapshot.month else reading.about


def _state(reading: Reading, compared: Compared, review: Review, known: Reviews) -> State:
    if unit_of(reading, review.region) is None or (compared.due_fen is None and review.standing is None):
        return State.NONE
    if review.report is not None:
        return State.REPORTED if review.noted is None else State.NOTED
    share_beyond = beyond(reading)
    if review.done(compared, share_beyond):
        return State.COMPARED
    signed = {close.month for close in reading.snapshot.closes}
    begun = min((month for month, _region, _side in known), default=max(signed, default=0))
    if review.month not in signed or review.month < begun or not asked(reading.scheme, review.month):
        return State.NONE
    due = due_on(reading, review.month)
    late = due is not None and due < reading.today
    if owes(compared.due_fen, compared.actual_fen, share_beyond):
        return State.OWED if late else State.ANALYSE
    return State.LATE if late else State.OPEN
