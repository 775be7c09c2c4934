"""What the tab reads: one month's chains and register, and which month it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from dashboard.site.reading import LIVE, Reading
from dashboard.words import display
from data_access.books.requests import Payments, load_days, load_requests
from data_access.books.statistics import Statistics, load_statistics
from rules import deadlines
from rules.alerts.threshold import Level
from rules.calendar import months_before
from rules.errors import NotInForce
from rules.month import Month
from workflows.fund_requests.register import FundStep, MonthRequests, asking_units, load_month
from workflows.warnings.standing import standing_subjects

UNPAID_PERSONS, HELD, HELD_PERSONS = "pension_unpaid_persons", "pension_held", "pension_held_persons"


@dataclass(frozen=True, slots=True)
class NotPaid:
    """What a unit has not paid out: as its agency registered it (``step``), else as its statistics report it."""

    region: str
    persons: int
    amount_fen: int
    step: FundStep | None


@dataclass(frozen=True)
class Shown:
    """One month as the reader looks at it. ``reading``: as it has that month; ``month`` may be the next one, of which only
    the plan is known."""

    reading: Reading
    month: Month
    payments: Payments
    register: MonthRequests
    statistics: Statistics

    @property
    def region(self) -> str:
        return self.reading.region

    @property
    def planned(self) -> bool:
        """Whether it is the plan of a month that has not begun."""
        return self.month > Month.of(self.reading.today)

    @property
    def running(self) -> bool:
        return self.month == Month.of(self.reading.today)

    @cached_property
    def due(self) -> dict[str, date]:
        """The last days by the parameter's code; request_day is in the month before."""
        return days_due(self.reading, self.month)

    @property
    def rows_of(self) -> dict[str, Any]:
        """What a table's file says its rows are of: the month, as signed or as it stands now."""
        period = display.month_name(self.month)
        return {"about": self.reading.about, "period": period, "of_now": self.reading.of_now}

    def rows(self) -> tuple[str, ...]:
        """The regions of the table: those below the one looked at, else itself."""
        return self.reading.children() or (self.region,)

    def units(self, region: str | None = None) -> tuple[str, ...]:
        """The units that ask for money at or below a region."""
        return asking_units(self.reading.tree, region or self.region, self.reading.today)

    @cached_property
    def unpaid(self) -> dict[str, NotPaid]:
        """By unit what is not paid out and not made up since."""
        found = {}
        for code in self.units():
            one = self._not_paid(code)
            if one is not None:
                found[code] = one
        return found

    def _not_paid(self, code: str) -> NotPaid | None:
        registered = self.register.unpaid(code)
        if registered is not None:
            step = registered.step
            return NotPaid(code, step.persons or 0, registered.left_fen, step) if registered.open else None
        persons = self.statistics.value(code, self.month, UNPAID_PERSONS)
        if not persons:
            return None
        value = self.reading.snapshot.values("unpaid_due", self.month).get(code)
        amount = value.value if value is not None else None
        return NotPaid(code, int(persons), int((amount or 0) * 100), None)

    @cached_property
    def levels(self) -> dict[tuple[str, str], Level]:
        """The warnings of the month by indicator and region."""
        found = self.reading.ask(standing_subjects, self.reading.scheme.code)
        return {
            (one.subject.indicator, one.subject.region): one.level
            for one in found
            if one.coloured and one.period == self.month.iso
        }


def days_due(reading: Reading, month: int) -> dict[str, date]:
    """The last days of a month's money by parameter; the request's is in the month before."""
    found: dict[str, date] = {}
    for of, codes in ((Month(month), ("disbursement_day", "paying_day")), (Month(month).plus(-1), ("request_day",))):
        try:
            found |= {one.code: one.on for one in deadlines.of_month(reading.scheme, of.first) if one.code in codes}
        except NotInForce:
            continue
    return found


def months(reading: Reading) -> tuple[Month, ...]:
    """The months offered: the last one (or the earlier one looked at), the running one, the next."""
    running = Month.of(reading.today)
    shown = Month(reading.snapshot.month or running)
    return (min(shown, running.plus(-1)), running, running.plus(1))


def month_shown(reading: Reading) -> Month:
    """The month chosen; else the one looked at."""
    offered = months(reading)
    chosen = Month.parse(reading.view.show)
    if chosen in offered:
        assert chosen is not None
        return chosen
    return offered[1] if reading.snapshot.live else offered[0]


def of_month(reading: Reading, month: Month) -> Reading:
    """The reading as it has a month: a signed one as signed, the others as they stand."""
    if not reading.snapshot.live and month == reading.snapshot.month:
        return reading
    return replace(reading.running, month=int(month))


def standing(reading: Reading, month: Shown) -> Reading:
    """The reading of which cover and deposits stand beside a month: the signed one, else the running state, where its links
    lead."""
    return reading if month.reading is reading else replace(reading.running, view=replace(reading.view, period=LIVE))


def shown(reading: Reading) -> Shown:
    """The month chosen, read."""
    month = month_shown(reading)
    at = of_month(reading, month)
    scheme, version = at.scheme.code, at.snapshot.version.id
    requests = at.ask(load_requests, scheme, at.tree, version)
    days = at.ask(load_days, scheme, int(month), version)
    due = days_due(at, month).get("paying_day", month.last)
    payments = Payments(at.snapshot.facts, requests, days, month, due, min(at.today, month.last))
    register = at.ask(load_month, scheme, at.tree.root, int(month))
    statistics = at.ask(load_statistics, scheme, at.tree, version, months_before(month, 0))
    return Shown(at, month, payments, register, statistics)
