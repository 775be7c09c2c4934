"""A month's statement as it stands: what is explained by whom, what is left, who signed, and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from data_access.books.bank import load_matched
from data_access.books.facts import Facts, load_facts
from data_access.books.reconciliation import OWN, Reconciliation, load_reconciliation
from data_access.books.reconciling.statement import BANK, Item, Pair, State, Statement, statement
from data_access.store.numbering import take_turn
from rules.month import Month
from workflows.people.accounts import By
from workflows.reconciling.register import (
    SIDES,
    TABLE,
    ReconcilingRefused,
    Step,
    explanations,
    load_steps,
    signatures,
    write_signature,
)


@dataclass(frozen=True, slots=True)
class Change:
    """签后变动 of one book: what was signed and what stands now, in fen; None where the book was or is not there."""

    book: str
    signed_fen: int | None
    now_fen: int | None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A statement with the register's part of it. ``explained`` by item's key; ``signed`` by department.

    An item is settled where it is registered, was booked late, or is explained; the others are to be explained.
    """

    statement: Statement
    version: int
    explained: Mapping[str, Step]
    signed: Mapping[str, Step] = field(default_factory=dict)

    @property
    def open(self) -> tuple[Item, ...]:
        """The items that nothing and nobody explains, oldest first."""
        return tuple(one for one in self.statement.items if self.is_open(one))

    def is_open(self, item: Item) -> bool:
        return item.state is State.OPEN and item.key not in self.explained

    def settled_fen(self, items: Iterable[Item]) -> int:
        """What of some items is settled."""
        return sum(one.fen for one in items if not self.is_open(one))

    def difference_fen(self, pair: Pair) -> int:
        """调节后差额: by how much the other side is above the fund's book, adjusted by what is settled. The open items of
        both make it up."""
        own = pair.own_fen + self.settled_fen(pair.own_items)
        return pair.booked_fen + self.settled_fen(pair.items) - own

    @property
    def reporting(self) -> tuple[str, ...]:
        """The departments that sign: those that report, in the order of ``SIDES``."""
        books = {pair.book for pair in self.statement.departments}
        return tuple(side for side in SIDES if side in books)

    @property
    def stated(self) -> dict[str, int]:
        """What a signature is of: fen by book, and by account of a bank."""
        books = {OWN: self.statement.collected_fen}
        books |= {pair.book: pair.booked_fen for pair in self.statement.departments}
        return books | {f"{BANK}|{pair.account}|{pair.region}": pair.booked_fen for pair in self.statement.banks}

    def changes(self, department: str) -> tuple[Change, ...]:
        """签后变动: which books stand otherwise than a department signed them; none where it did not sign."""
        one = self.signed.get(department)
        if one is None or one.stated is None:
            return ()
        now = self.stated
        books = [*one.stated, *(book for book in now if book not in one.stated)]
        pairs = [Change(book, one.stated.get(book), now.get(book)) for book in books]
        return tuple(one for one in pairs if one.signed_fen != one.now_fen)

    def stands(self, department: str) -> bool:
        """Whether a department's signature is of what stands now."""
        return department in self.signed and not self.changes(department)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The departments whose signature is missing or of other data."""
        return tuple(side for side in self.reporting if not self.stands(side))

    @property
    def done(self) -> bool:
        """对账完成: nothing is left to explain, and every department that reports has signed what stands."""
        return not self.open and not self.waiting


def reconciled(
    connection: Connection,
    facts: Facts,
    books: Reconciliation,
    month: int,
    as_of: date,
    region: str | None = None,
    steps: Sequence[Step] | None = None,
) -> Reconciled | None:
    """A region's month (None: the province's) at the version of ``facts`` and ``books``; None where not every department
    that reports has reported of it. ``steps``: the register, if at hand."""
    region = region or facts.tree.root
    known = facts.months
    pooled = int(facts.moved(region, "pool")[facts.index(month)]) if month in known else 0
    found = statement(books, load_matched(connection, facts, month), region, month, as_of, pooled)
    if found is None:
        return None
    steps = load_steps(connection, facts.scheme.code) if steps is None else steps
    return Reconciled(found, facts.version, explanations(steps), signatures(steps, month))


def month_reconciled(connection: Connection, scheme: str, month: int, version: int) -> Reconciled | None:
    """How far a month that has ended is reconciled at a version, read from the store; None where it cannot be."""
    facts = load_facts(connection, scheme, version)
    books = load_reconciliation(connection, scheme, facts.tree, date(Month(month).year, 1, 1), version)
    return reconciled(connection, facts, books, month, Month(month).last)


def sign(connection: Connection, scheme: str, of: Reconciled, today: date, by: By) -> None:
    """A department signs the province's statement of a month, once it has ended and nothing is left to explain.

    Raises ReconcilingRefused (no_side, running, open, signed).
    """
    take_turn(connection, TABLE.name)
    month = of.statement.month
    if by.department not in of.reporting:
        raise ReconcilingRefused(f"{by.department} reports nothing of {month}", "no_side", month=month)
    if today <= Month(month).last:
        raise ReconcilingRefused(f"{month} has not ended", "running", month=month)
    if of.open:
        raise ReconcilingRefused(f"{len(of.open)} items are not explained", "open", month=month, count=len(of.open))
    if of.stands(by.department):
        raise ReconcilingRefused(f"{by.department} signed {month}", "signed", month=month)
    write_signature(connection, scheme, month, of.statement.region, of.stated, of.version, by)
