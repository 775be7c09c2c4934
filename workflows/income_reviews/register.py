"""The register of the monthly comparison of the income plan: a place's office compares a signed month, reports what it
analysed where much is missing or ahead, and the province's office of the same department takes note.

苏政发〔2020〕45号 附件2 第十八条. A month is compared as it was signed; who takes a report back, reports anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, insert, select

from data_access.books.income.review import Compared
from data_access.books.regions import RegionTree
from data_access.books.versions import closes
from data_access.store import schema
from data_access.store.numbering import take_turn
from rules.budget.income_review import Side, asked, owes, sides
from rules.errors import PoolwatchError
from rules.month import Month
from rules.scheme import Scheme
from workflows.people.accounts import By

TABLE = schema.income_review
COMPARE, REPORT, TAKE_BACK, NOTE = "compare", "report", "take_back", "note"
STEPS = (COMPARE, REPORT, TAKE_BACK, NOTE)


class ReviewRefused(PoolwatchError):
    """A step is not open as asked; ``result`` says why: owed, given, missing, noted."""

    def __init__(self, message: str, result: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"income_review_{result}"


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """One row of the register. ``problem`` and ``measure`` of a report; of other steps what was said, and nothing."""

    id: int
    month: int
    region: str
    side: str
    step: str
    problem: str
    measure: str
    due_fen: int | None
    actual_fen: int | None
    data_version: int
    happened_at: datetime
    login: str
    name: str
    department: str


@dataclass(frozen=True, slots=True)
class Review:
    """One department's comparison of a region's month as it stands: its steps, oldest first."""

    month: int
    region: str
    side: str
    steps: tuple[ReviewStep, ...] = field(default=())

    @property
    def standing(self) -> ReviewStep | None:
        """The comparison or report that stands; None where there is none or it was taken back."""
        last: ReviewStep | None = None
        for one in self.steps:
            if one.step in (COMPARE, REPORT):
                last = one
            elif one.step == TAKE_BACK:
                last = None
        return last

    @property
    def report(self) -> ReviewStep | None:
        """The report that stands."""
        standing = self.standing
        return standing if standing is not None and standing.step == REPORT else None

    @property
    def noted(self) -> ReviewStep | None:
        """Who took note of the report that stands; None before, and where there is none."""
        report = self.report
        if report is None:
            return None
        return next((one for one in self.steps if one.step == NOTE and one.id > report.id), None)

    def done(self, compared: Compared, beyond: Decimal) -> bool:
        """Whether nothing is owed: compared, and analysed where the difference is beyond the share."""
        if self.report is not None:
            return True
        return self.standing is not None and not owes(compared.due_fen, compared.actual_fen, beyond)


Reviews = dict[tuple[int, str, str], Review]


def load_steps(connection: Connection, scheme: str) -> tuple[ReviewStep, ...]:
    """Every step of a scheme, oldest first."""
    rows = connection.execute(select(TABLE).where(TABLE.c.scheme == scheme).order_by(TABLE.c.id)).mappings()
    return tuple(ReviewStep(**{name: row[name] for name in ReviewStep.__slots__}) for row in rows)


def reviews(steps: Iterable[ReviewStep]) -> Reviews:
    """By month, region and department what the register has."""
    found: dict[tuple[int, str, str], list[ReviewStep]] = {}
    for one in steps:
        found.setdefault((one.month, one.region, one.side), []).append(one)
    return {key: Review(*key, tuple(listed)) for key, listed in found.items()}


def load_review(connection: Connection, scheme: str, month: int, region: str, side: str) -> Review:
    """One comparison as it stands."""
    known = reviews(load_steps(connection, scheme))
    return known.get((month, region, side), Review(month, region, side))


def units(tree: RegionTree, on: date) -> tuple[str, ...]:
    """Who reports to the province: the local governments right below it."""
    return tuple(code for code in tree.children(tree.root, on) if tree.region(code).governed)


def asked_of(scheme: Scheme, tree: RegionTree, planned: Collection[tuple[str, str]], region: str) -> tuple[Side, ...]:
    """Which departments of a region have something to compare: those of whose items, or parts of them, the region or one
    below it has a plan (``planned``: region, item)."""
    inside = frozenset(tree.subtree(region))
    items = {item for code, item in planned if code in inside}
    return tuple(side for side in sides(scheme) if any(items & _within(scheme, item) for item in side.items))


def _within(scheme: Scheme, item: str) -> set[str]:
    """An item and all its parts."""
    return {item}.union(*(_within(scheme, child.code) for child in scheme.children(item)))


def signed_month(connection: Connection, scheme: Scheme) -> Month | None:
    """The last month signed as final 定稿, which is the one to be compared; None before the first, and where the profile
    asks for none."""
    signed = closes(connection, scheme.code)
    if not signed or not asked(scheme, signed[-1].month):
        return None
    return Month(signed[-1].month)


# --- steps


def compare(
    connection: Connection, scheme: str, of: Review, compared: Compared, beyond: Decimal, version: int, by: By
) -> None:
    """Confirm that a month was compared, without an analysis. Raises ReviewRefused (given, owed)."""
    of = _turn(connection, scheme, of)
    if of.standing is not None:
        raise ReviewRefused(f"{of.side} of {of.region} has compared {of.month}", "given", name=of.standing.name)
    if owes(compared.due_fen, compared.actual_fen, beyond):
        raise ReviewRefused(f"{of.side} of {of.region} owes an analysis of {of.month}", "owed", share=beyond)
    _write(connection, scheme, of, COMPARE, compared, version, by)


def report(
    connection: Connection,
    scheme: str,
    of: Review,
    compared: Compared,
    said: tuple[str, str],
    version: int,
    by: By,
) -> None:
    """Report what is wrong, and what is done about it (``said``), to the province. Raises ReviewRefused (given)."""
    of = _turn(connection, scheme, of)
    if of.report is not None:
        raise ReviewRefused(f"{of.side} of {of.region} has reported on {of.month}", "given", name=of.report.name)
    _write(connection, scheme, of, REPORT, compared, version, by, *said)


def take_back(connection: Connection, scheme: str, of: Review, why: str, version: int, by: By) -> None:
    """Take back what stands, which stays on record. Raises ReviewRefused (missing, noted)."""
    of = _turn(connection, scheme, of)
    if of.standing is None:
        raise ReviewRefused(f"nothing stands of {of.month} for {of.region}", "missing")
    if of.noted is not None:
        raise ReviewRefused(f"the province took note of {of.month}", "noted", name=of.noted.name)
    _write(connection, scheme, of, TAKE_BACK, None, version, by, why)


def note(connection: Connection, scheme: str, of: Review, said: str, version: int, by: By) -> None:
    """The province takes note of a report, with what it has to say to it. Raises ReviewRefused (missing, noted)."""
    of = _turn(connection, scheme, of)
    if of.report is None:
        raise ReviewRefused(f"no report stands of {of.month} for {of.region}", "missing")
    if of.noted is not None:
        raise ReviewRefused(f"{of.month} of {of.region} was noted", "noted", name=of.noted.name)
    _write(connection, scheme, of, NOTE, None, version, by, said)


def _turn(connection: Connection, scheme: str, of: Review) -> Review:
    """The comparison as it stands now that nobody else can write."""
    take_turn(connection, TABLE.name)
    return load_review(connection, scheme, of.month, of.region, of.side)


def _write(
    connection: Connection,
    scheme: str,
    of: Review,
    step: str,
    compared: Compared | None,
    version: int,
    by: By,
    problem: str = "",
    measure: str = "",
) -> None:
    about = {"scheme": scheme, "month": of.month, "region": of.region, "side": of.side, "step": step}
    amounts = {} if compared is None else {"due_fen": compared.due_fen, "actual_fen": compared.actual_fen}
    said = {"problem": problem, "measure": measure, "data_version": version, **amounts}
    who = {"happened_at": by.at, "login": by.login, "name": by.name, "department": by.department}
    connection.execute(insert(TABLE).values(**about, **said, **who))
