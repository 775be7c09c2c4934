"""What 中央调剂 reads: one year's figures of the provinces, the payments of its quarters, the rule's result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from dashboard.site.reading import Reading
from dashboard.site.view import number_in
from dashboard.words import display
from dashboard.words.passport import About, Figure, Number, Printed
from dashboard.words.wording import name_of
from data_access.books.central.years import central_case, load_central_years
from data_access.books.regions import NATION, RegionTree
from data_access.books.requests import CentralPayment, load_central_payments
from rules.central_adjustment import Case, Position, Province, Result, calculate
from rules.scheme import ParameterValue

# The steps of the slider; the ratio in force stands among them.
RATIOS = tuple(Decimal(step) / 1000 for step in range(30, 65, 5))
HIGHEST = Decimal("0.2")
# What every province has whatever the ratio is.
GIVEN = ("participants", "employees", "insured", "retirees", "wage", "wage.nonprivate", "wage.private", "factor")


@dataclass(frozen=True, slots=True)
class CentralYear:
    """A year under a ratio: ``in_force`` is the year's own, ``paid`` the own province's quarters as reported; ``about`` is
    what its figures have in common."""

    about: About
    year: int
    years: tuple[int, ...]
    case: Case
    result: Result
    rests_on: tuple[ParameterValue, ...]
    in_force: Decimal
    paid: tuple[CentralPayment, ...]
    root: str
    tree: RegionTree

    @property
    def what_if(self) -> bool:
        return self.case.ratio != self.in_force

    @property
    def own(self) -> Position | None:
        return next((one for one in self.result.provinces if one.code == self.root), None)

    @property
    def own_province(self) -> Province | None:
        return next((one for one in self.case.provinces if one.code == self.root), None)

    @property
    def by_net(self) -> list[Position]:
        """The most received first."""
        return sorted(self.result.provinces, key=lambda one: (-one.net_fen, one.code))

    def what(self, code: str) -> str:
        """The figure's name with its part: under another ratio it is another figure."""
        moved = self.what_if and code not in GIVEN and not code.startswith("prepaid")
        return f"central.{code}:{display.number(self.case.ratio * 100, 1)}%" if moved else f"central.{code}"

    def figure(self, code: str, value: Number | None, place: str | None = None, period: str | None = None) -> Figure:
        """A figure of the year: of the own province, of another or of the nation."""
        what, _mark, part = self.what(code).partition(":")
        return self.about.figure(what, value, part=part, place=place, period=period)

    def printed(self, code: str, value: Number | None, place: str | None = None, *, signed: bool = False) -> Printed:
        return display.printed(self.figure(code, value, place), signed=signed)

    def name(self, code: str) -> str:
        return name_of(self.tree.region(code)) if code in self.tree else code


def central_year(reading: Reading) -> CentralYear | None:
    """The year the view asks for, else the newest; None where no year is there."""
    version = number_in(reading.view.version)
    known = reading.ask(load_central_years, version)
    payments = reading.ask(load_central_payments, version)
    if not known:
        return None
    years = tuple(sorted(known))
    year = next((one for one in years if str(one) == reading.view.span), years[-1])
    case, rests_on = central_case(year, known[year], payments)
    in_force = case.ratio
    case = replace(case, ratio=_asked(reading.view.measure) or in_force)
    root = reading.tree.root
    paid = tuple(one for one in payments if one.year == year and one.region == root)
    about, nation = replace(reading.about_now, place=root, period=str(year)), reading.published.tree(NATION)
    return CentralYear(about, year, years, case, calculate(case), rests_on, in_force, paid, root, nation)


def _asked(text: str) -> Decimal | None:
    """The ratio of the address; None where it is none that can be."""
    try:
        ratio = Decimal(text)
    except InvalidOperation:
        return None
    return ratio if ratio.is_finite() and 0 < ratio <= HIGHEST else None
