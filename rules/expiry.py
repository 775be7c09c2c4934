"""What runs out 到期: years without official holidays, and profiles used beyond the day they were verified through.

Both go on working with what they have, so nothing fails on the day; that is why it is said ninety days ahead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from rules.calendar import WorkingCalendar
from rules.scheme import Scheme

AHEAD = timedelta(days=90)
NATIONAL_DAY = (10, 1)


@dataclass(frozen=True, slots=True)
class Expiry:
    """One thing that runs out: the ``calendar`` or ``profiles``. ``day`` is the first that is not covered, ahead or past;
    ``schemes`` the codes of the profiles that end the day before, none for the calendar."""

    kind: Literal["calendar", "profiles"]
    day: date
    schemes: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The same for the same cause however often it is looked at: calendar:2027-01-01."""
        return f"{self.kind}:{self.day}"


def has_year(calendar: WorkingCalendar, year: int) -> bool:
    """Whether the official holidays 法定节假日 of a year are loaded: every year has its 国庆节, and what a neighbouring
    year's announcement says of January or December is not yet the year's."""
    return date(year, *NATIONAL_DAY) in calendar.holidays


def expiries(as_of: date, calendar: WorkingCalendar, schemes: Iterable[Scheme]) -> tuple[Expiry, ...]:
    """What has run out on a day or will within ninety days, the calendar first, then by day."""
    until = as_of + AHEAD
    years = range(as_of.year, until.year + 1)
    missing = [Expiry("calendar", date(year, 1, 1)) for year in years if not has_year(calendar, year)]
    ends: dict[date, list[str]] = {}
    for scheme in schemes:
        if scheme.verified_through is not None and scheme.verified_through < until:
            ends.setdefault(scheme.verified_through + timedelta(days=1), []).append(scheme.code)
    return (*missing, *(Expiry("profiles", day, tuple(sorted(codes))) for day, codes in sorted(ends.items())))
