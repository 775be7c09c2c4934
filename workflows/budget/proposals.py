"""What the rule of the budget is fed with: drivers of every item of every unit, from the books or as entered, and what it
proposes.

The year before the budget is still running when it is drafted: heads are those of the last month looked at, wages and rates
of the twelve months up to it, means those of the last three whole years.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from data_access.books.facts import Facts, month_range
from data_access.books.funds import Deposit
from data_access.books.plans import Plans
from data_access.books.statistics import Statistics
from rules.budget import proposal as budget_proposal
from rules.in_force import case
from rules.money import round_half_up, rounded
from rules.month import Month
from rules.movements import Account
from rules.scheme import Scheme

Driver = tuple[Decimal, str]  # the value and where it comes from
Entered = Mapping[tuple[str, str], Driver]
# What no book knows: it is entered for a round, with its source.
ENTERED = ("pension_adjustment", "mortality", "death_months", "demand_rate", "issued_fen", "wage_growth")
BASES = ("wage_base_employer", "wage_base_flexible")
BENEFIT, HEADS = "pension_due", "pension_due_persons"


@dataclass(frozen=True)
class Books:
    """What is known at the month that a budget is drafted on. ``units``: the regions that are planned for."""

    scheme: Scheme
    facts: Facts
    plans: Plans
    statistics: Statistics
    deposits: tuple[Deposit, ...]
    units: tuple[str, ...]
    year: int
    month: int

    @property
    def root(self) -> str:
        return self.facts.tree.root

    @property
    def months(self) -> tuple[int, ...]:
        """The twelve months up to the one looked at."""
        return month_range(Month(self.month).plus(-11), self.month)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One item of one unit with the rule's case and what came of it."""

    region: str
    item: str
    drivers: Mapping[str, Driver]
    result: budget_proposal.Result


def factors(scheme: Scheme, year: int) -> tuple[budget_proposal.Factor, ...]:
    """How the items of a year's budget are worked out, by the profile in force when it is drafted."""
    made, _rests_on = case(budget_proposal.Case, scheme, date(year - 1, 12, 31), item="")
    return made.factors


def proposals(books: Books, entered: Entered) -> tuple[Proposal, ...]:
    """What is proposed for every item: of what the province manages for the whole of it, of the rest unit by unit; the
    local subsidy last, as it covers what the others leave."""
    listed = factors(books.scheme, books.year)
    found: list[Proposal] = []
    for factor in sorted(listed, key=lambda one: one.method == "gap"):
        for region in (books.root,) if factor.managed else books.units:
            needed = budget_proposal.METHODS[factor.method].drivers
            known = dict(_gap(books, found)) if factor.method == "gap" else {}
            given = {
                name: driver
                for name in needed
                if (driver := _entered(books, entered, region, factor.item, name) or known.get(name) or
                    _from_books(books, region, factor.item, name)) is not None
            }  # fmt: skip
            values = {name: value for name, (value, _source) in given.items()}
            result = budget_proposal.calculate(budget_proposal.Case(factor.item, listed, values))
            found.append(Proposal(region, factor.item, given, result))
    return tuple(found)


def _entered(books: Books, entered: Entered, region: str, item: str, name: str) -> Driver | None:
    """A region's own entry, else the province's; what the centre issued is entered by item."""
    key = f"{name}:{item}" if name == "issued_fen" else name
    return entered.get((region, key)) or entered.get((books.root, key))


def _gap(books: Books, others: list[Proposal]) -> Iterator[tuple[str, Driver]]:
    """支出, 其他收入 and 累计结余 of the whole province; no sums while something is missing that was planned before."""
    sides: dict[str, list[int | None]] = {"income": [], "expenditure": []}
    for one in others:
        before = books.plans.original(one.region, one.item, books.year - 1)
        if one.result.proposed_fen is not None or before:
            sides[books.scheme.item(one.item).side].append(one.result.proposed_fen)
    for side, amounts in sides.items():
        known = [amount for amount in amounts if amount is not None]
        if known and len(known) == len(amounts):
            yield f"{side}_fen", (Decimal(sum(known)), "proposed")
    if books.facts.opened:
        balance = int(books.facts.account_total(books.root)[books.facts.index(books.month)])
        yield "balance_fen", (Decimal(balance), f"ledger:{Month(books.month).iso}")
    floor = books.scheme.parameter("reserve_floor_fen", date(books.year - 1, 12, 31))
    yield "floor_fen", (Decimal(str(floor.value)), "profile")


def _from_books(books: Books, region: str, item: str, name: str) -> Driver | None:
    month = Month(books.month)
    if name.startswith("year_") or name == "last_year_fen":
        back = 1 if name == "last_year_fen" else int(name.split("_")[1])
        return _of_year(books, region, item, name, back)
    value, source = _measured(books, region, name), f"statistic:{month.iso}"
    if value is None:
        value, source = _of_balances(books, name), f"ledger:{month.iso}"
    return None if value is None else (value, source)


def _of_year(books: Books, region: str, item: str, name: str, back: int) -> Driver | None:
    """What was booked in a whole year: of the three for a mean the ``back``-th before the running one; 上年数 is that of the
    year before the budget, its plan while that year runs."""
    closed = books.year - 1 if Month(books.month) >= Month.at(books.year - 1, 12) else books.year - 2
    year = books.year - 1 if name == "last_year_fen" else closed - back + 1
    if year > closed:
        planned = books.plans.adjusted(region, item, year, date(year, 12, 31))
        return None if planned is None else (Decimal(planned), f"plan:{year}")
    months = month_range(Month.at(year, 1), Month.at(year, 12))
    if months[0] not in books.facts.months or months[-1] not in books.facts.months:
        return None
    series = books.facts.item(region, item)
    amount = int(series[books.facts.index(months[0]) : books.facts.index(months[-1]) + 1].sum())
    return Decimal(amount), f"ledger:{year}"


def _measured(books: Books, region: str, name: str) -> Decimal | None:
    """A driver from the statistics: heads, wages, rates, growth."""
    known, month = books.statistics, books.month
    match name:
        case "contributors" | "retirees":
            return known.value(region, month, name)
        case "contributor_growth" | "retiree_growth":
            measure = "contributors" if name == "contributor_growth" else "retirees"
            return _growth(known.value(region, month, measure), known.value(region, month - 100, measure))
        case "wage_growth" | "growth":
            series = known.series(books.root, "avg_wage")
            last = max((one for one in series if one <= month), default=None)
            return None if last is None else _growth(series[last], series.get(last - 100))
        case "wage_yuan":
            return _quotient(_bases(books, region), known.sum(region, books.months, "contributors"), 100, 2)
        case "rate":
            return _quotient(known.sum(region, books.months, "premium_due"), _bases(books, region), 1, 6)
        case "collection_rate":
            first, last = books.facts.index(books.months[0]), books.facts.index(books.months[-1])
            collected = int(books.facts.item(region, "premium")[first : last + 1].sum())
            return _quotient(Decimal(collected), known.sum(region, books.months, "premium_due"), 1, 6)
        case "pension_yuan":
            return _quotient(known.value(region, month, BENEFIT), known.value(region, month, HEADS), 100, 2)
    return None


def _of_balances(books: Books, name: str) -> Decimal | None:
    """A driver from the balances of the province's accounts."""
    if not books.facts.opened:
        return None
    day = Month(books.month).last
    held = [
        one
        for one in books.deposits
        if one.account == Account.DEPOSIT and one.region == books.root and one.starts_on <= day < one.matures_on
    ]
    at = books.facts.index(books.month)
    match name:
        case "demand_fen":
            return Decimal(int(books.facts.account(books.root, Account.PROVINCIAL)[at]))
        case "deposit_fen":
            return Decimal(sum(one.amount_fen for one in held))
        case "deposit_rate" if held:
            interest = sum((one.amount_fen * Fraction(one.rate) for one in held), Fraction(0))
            return rounded(interest / sum(one.amount_fen for one in held), 6)
        case "deposit_rate":
            return Decimal(0)
    return None


def _bases(books: Books, region: str) -> Decimal | None:
    """The wage base of twelve months in fen: of employers, and of flexible workers where the fund has them."""
    sums = [books.statistics.sum(region, books.months, measure) for measure in BASES]
    known = [one for one in sums if one is not None]
    return sum(known, Decimal(0)) if known else None


def _growth(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    return None if now is None or not before else rounded(Fraction(now) / Fraction(before) - 1, 6)


def _quotient(above: Decimal | None, below: Decimal | None, per: int, places: int) -> Decimal | None:
    if above is None or not below:
        return None
    return rounded(Fraction(above) / Fraction(below) / per, places)


def planned_units(books_plans: Plans, year: int) -> tuple[str, ...]:
    """The regions that are planned for: those with a plan of their own the year before, in the order of the tree, without
    the province; of a province that has none its children."""
    tree = books_plans.tree
    given = {region for of, region, _item in books_plans.rows if of == year - 1 and region != tree.root}
    return tuple(code for code in tree.codes if code in given) or tree.children(tree.root)


def in_wan(fen: int) -> int:
    """A proposal in whole 万元, as plans are issued."""
    return round_half_up(Fraction(fen, 10**6)) * 10**6
