"""``Month``: a calendar month 月份, which is also the integer yyyymm that the store and every series keep."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from zoneinfo import ZoneInfo

MONTHS = 12
DECEMBER = 12
# The one time zone of every day, month and due date.
SHANGHAI = ZoneInfo("Asia/Shanghai")
_ISO = re.compile(r"(\d{4})-(\d{2})")


class Month(int):
    """A month as yyyymm: compares, hashes and is stored as that integer. What is added to it is added to the integer;
    months later are :meth:`plus`."""

    __slots__ = ()

    @classmethod
    def at(cls, year: int, number: int) -> Month:
        """The month of a year by its number, 1 to 12."""
        return cls(year * 100 + number)

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day (of an instant: on the clock the instant is written in)."""
        return cls.at(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month | None:
        """The month written ``2026-10``; None for anything else, a thirteenth month too."""
        found = _ISO.fullmatch(text)
        made = cls.at(int(found[1]), int(found[2])) if found else None
        return made if made is not None and 1 <= made.number <= MONTHS else None

    @property
    def year(self) -> int:
        return self // 100

    @property
    def number(self) -> int:
        """1 to 12."""
        return self % 100

    @property
    def iso(self) -> str:
        """``2026-10``, as periods and files write it."""
        return f"{self.year}-{self.number:02d}"

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    def plus(self, months: int) -> Month:
        """The month so many later, earlier for a negative number."""
        years, rest = divmod(self.year * MONTHS + self.number - 1 + months, MONTHS)
        return Month.at(years, rest + 1)
