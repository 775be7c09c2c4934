"""Twins of reconciliation 对账: four departments' totals and the fund's own book, less the items not reached.

3-indicators: the difference that remains after 未达账项, against what was collected; its age in days. Totals go to the last
day that every department which reports for the place has reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import Connection, text

from tests.twins.key import BELOW, Key

OWN = "ledger"
CODE = "reconciliation_difference"
TOTALS = f"""{BELOW} SELECT a.department AS book, a.day, SUM(a.amount_fen) AS fen FROM agency_total AS a
    JOIN import_batch AS b ON b.id = a.batch WHERE a.scheme = :scheme AND b.data_version <= :version
    AND a.region IN (SELECT code FROM below) AND a.measure = 'premium_collected' GROUP BY a.department, a.day"""
COLLECTED = f"""{BELOW} SELECT '{OWN}' AS book, e.business_date AS day, SUM(e.amount_fen) AS fen FROM ledger_entry AS e
    JOIN import_batch AS b ON b.id = e.batch WHERE e.scheme = :scheme AND b.data_version <= :version
    AND e.region IN (SELECT code FROM below) AND e.movement = 'collect' GROUP BY e.business_date"""
ITEMS = f"""{BELOW} SELECT u.ref, u.missing_at, u.amount_fen AS fen, u.arose_on, u.cleared_on FROM unreached_item AS u
    JOIN import_batch AS b ON b.id = u.batch WHERE u.scheme = :scheme AND b.data_version <= :version
    AND u.region IN (SELECT code FROM below)"""


class Books:
    """The books of one place, of a year to date or of a month by itself."""

    def __init__(self, connection: Connection, key: Key, version: int) -> None:
        about = {"place": key.place, "scheme": key.scheme, "version": version}
        monthly = key.what.startswith("books.month")
        last = date.fromisoformat(f"{key.period[:7]}-01" if len(key.period) == 7 else key.period[:10])
        if len(key.period) == 7:
            last = (last.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        self.first = last.replace(day=1) if monthly else last.replace(month=1, day=1)
        self.days: dict[str, dict[date, int]] = defaultdict(dict)
        for statement in (TOTALS, COLLECTED):
            for row in connection.execute(text(statement), about):
                self.days[row.book][date.fromisoformat(str(row.day))] = int(row.fen)
        self.items = [
            (row.ref, row.missing_at, int(row.fen), day_of(row.arose_on), day_of(row.cleared_on))
            for row in connection.execute(text(ITEMS), about)
        ]
        this_year = {
            book: [day for day in days if self.first.replace(month=1, day=1) <= day]
            for book, days in self.days.items()
            if book != OWN
        }
        reporting = {
            book: [day for day in days if self.first <= day <= last] for book, days in this_year.items() if days
        }
        known = bool(reporting) and all(reporting.values())
        self.day = min(max(days) for days in reporting.values()) if known else None
        self.books = [*reporting, OWN]

    def booked(self, book: str, day: date) -> int:
        return sum(fen for at, fen in self.days[book].items() if self.first <= at <= day)

    def moved(self, book: str, day: date) -> int:
        """Items that the book has not reached, less those of before that it has reached since."""
        before = self.first - timedelta(days=1)
        mine = [item for item in self.items if item[1] == book]
        return sum(item[2] for item in mine if stands(item, day)) - sum(
            item[2] for item in mine if stands(item, before)
        )

    def adjusted(self, day: date, books_to: date) -> Mapping[str, int]:
        return {book: self.booked(book, books_to) + self.moved(book, day) for book in self.books}

    def difference(self, day: date) -> int:
        made = self.adjusted(day, day)
        return max(made.values()) - min(made.values())

    def days_open(self, day: date) -> int:
        back = 0
        while day - timedelta(days=back) >= self.first and self.difference(day - timedelta(days=back)):
            back += 1
        return back

    def collected(self, day: date) -> int:
        return self.booked("tax", day) if "tax" in self.books else max(self.booked(book, day) for book in self.books)

    def figure(self, what: str, part: str) -> Fraction | None:
        if what == "unreached":
            return next((Fraction(item[2]) for item in self.items if item[0] == part), None)
        if (day := self.day) is None or (part and part not in self.books):
            return None
        kind = what.removeprefix("books.month").removeprefix(CODE).lstrip(".").removesuffix("_fen")
        if kind in ("", "permille") and not part:
            share = Fraction(self.difference(day) * 1000, self.collected(day))
            return Fraction(int(share * 100 + Fraction(1, 2)), 100)
        if kind == "unreached":
            return Fraction(sum(abs(item[2]) for item in self.items if stands(item, day)))
        if what == "books.own":
            made = self.adjusted(day, day)
            return Fraction(made[OWN] - made.get("tax", max(fen for book, fen in made.items() if book != OWN)))
        if part:
            return Fraction(self.booked(part, day))
        return Fraction(
            {"difference": self.difference, "collected": self.collected, "days_open": self.days_open}[kind](day)
        )


def day_of(given: object) -> date | None:
    return None if given is None else date.fromisoformat(str(given))


def stands(item: tuple[str, str, int, date | None, date | None], day: date) -> bool:
    arose, cleared = item[3], item[4]
    return arose is not None and arose <= day and (cleared is None or cleared > day)


KINDS = (
    "books",
    "books.month",
    "books.month.unreached",
    "books.month.difference",
    "books.month.permille",
    CODE,
    f"{CODE}.difference_fen",
    f"{CODE}.collected_fen",
    f"{CODE}.unreached_fen",
    "unreached",
)
MORE = ("books.own", f"{CODE}.days_open")  # where there is a difference


def twin(connection: Connection, key: Key, version: int) -> Fraction | None:
    return Books(connection, key, version).figure(key.what, key.part) if key.what in (*KINDS, *MORE) else None
