"""Statements of banks beside the ledger: what both have of an account by amount and day, and what only one of them has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import Connection, Row, select

from data_access.books.facts import Facts
from data_access.books.standing import standing
from data_access.store import schema
from rules.month import Month
from rules.movements import MOVEMENTS, legs

DAYS_APART = 3  # that a bank and the fund's book may enter the same


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of either book, in fen: what came in, below zero what went out. ``cell`` and ``batch`` lead to where it was
    read; ``unreached``: the number of the item 未达账项 that explains it."""

    book: Literal["bank", "ledger"]
    region: str
    day: date
    fen: int
    reference: str
    text: str
    batch: int
    cell: str | None
    unreached: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """An account over the days of the year that statements have of it: how many entries both books have, and the rest of
    each. ``transit``: entries of the bank that the ledger has some days after the last one. ``balance_fen``: after the
    last entry, of all its numbers; ``ledger_fen``: the ledger's at the end of that day, None where the ledger has no
    openings. ``carried_fen``: by how much the bank had more before the first entry, less what it entered late."""

    account: str
    region: str
    numbers: tuple[str, ...]
    first: date
    last: date
    both: int
    rest: tuple[Line, ...]
    transit: tuple[Line, ...]
    balance_fen: int
    ledger_fen: int | None
    carried_fen: int | None

    @property
    def lines(self) -> int:
        """How many entries the bank states."""
        return self.both + sum(line.book == "bank" for line in self.rest)

    def only(self, book: Literal["bank", "ledger"]) -> int:
        """What one book alone has of the days, in fen; the bank's with what is in transit."""
        lines = (*self.rest, *(self.transit if book == "bank" else ()))
        return sum(line.fen for line in lines if line.book == book)

    @property
    def difference_fen(self) -> int | None:
        """What the bank has more than the ledger."""
        return None if self.ledger_fen is None else self.balance_fen - self.ledger_fen


def matched(bank: Sequence[Line], ledger: Sequence[Line]) -> tuple[list[tuple[Line, Line]], list[Line]]:
    """(what both have, the rest of both by day): pairs of one amount at most :data:`DAYS_APART` days apart, those of one
    reference first, then the nearest."""
    by_amount: dict[int, tuple[list[Line], list[Line]]] = defaultdict(lambda: ([], []))
    for place, lines in enumerate((bank, ledger)):
        for line in lines:
            by_amount[line.fen][place].append(line)
    both, rest = list[tuple[Line, Line]](), list[Line]()
    for ours, theirs in by_amount.values():
        pairs = sorted(
            (not _same_reference(one, other), abs(one.day - other.day), at, place)
            for at, one in enumerate(ours)
            for place, other in enumerate(theirs)
            if abs(one.day - other.day) <= timedelta(DAYS_APART)
        )
        used: tuple[set[int], set[int]] = (set(), set())
        for _other, _apart, at, place in pairs:
            if at not in used[0] and place not in used[1]:
                used[0].add(at)
                used[1].add(place)
                both.append((ours[at], theirs[place]))
        for lines, known in zip((ours, theirs), used, strict=True):
            rest += [line for at, line in enumerate(lines) if at not in known]
    return both, sorted(rest, key=lambda line: (line.day, line.book, -abs(line.fen)))


def _same_reference(one: Line, other: Line) -> bool:
    return bool(one.reference) and (one.reference == other.reference or other.reference in one.text.split())


@dataclass
class _Account:
    bank: list[Line] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=dict)


def load_matched(connection: Connection, facts: Facts, month: int) -> tuple[Matched, ...]:
    """Every account of which statements have entries in a month's year up to its end, as the facts' version knows it; what
    a bank entered at the end of the year before or at the beginning of the next counts as the same, and is not listed."""
    scheme, version = facts.scheme.code, facts.version
    first, last = Month.at(Month(month).year, 1).first, Month(month).last
    accounts: dict[tuple[str, str], _Account] = defaultdict(_Account)
    table = schema.bank_statement
    wanted = (
        select(table)
        .where(table.c.scheme == scheme, table.c.day.between(first, last), standing(table, version))
        .order_by(table.c.day, table.c.place)
    )
    for row in connection.execute(wanted):
        one = accounts[row.account, row.region]
        one.bank.append(_of_bank(row))
        one.balances[row.number] = row.balance_fen
    found = []
    for (account, region), one in sorted(accounts.items()):
        if region in facts.tree:
            found.append(_account(connection, facts, account, region, one))
    return tuple(found)


def _of_bank(row: Row[tuple[object, ...]]) -> Line:
    text = " ".join(filter(None, (row.counterparty, row.text)))
    return Line("bank", row.region, row.day, row.in_fen - row.out_fen, row.reference or "", text, row.batch, row.cell)


def _account(connection: Connection, facts: Facts, account: str, region: str, one: _Account) -> Matched:
    first, last = one.bank[0].day, one.bank[-1].day
    around = timedelta(DAYS_APART)
    below = facts.tree.subtree(region)
    start = min(Month.of(last).first, first - around)
    entries = _of_ledger(connection, facts, account, below, start, last + around)
    both, rest = matched(one.bank, [line for line in entries if line.day >= first - around])
    items = _open_items(connection, facts, below, last)
    listed = [_explained(line, items) for line in rest if line.book == "bank" or first <= line.day <= last]
    transit = tuple(bank for bank, ledger in both if ledger.day > last)
    balance = sum(one.balances.values())
    ledger = _ledger_balance(facts, account, region, entries, last)
    carried = None
    if ledger is not None:
        late = sum(bank.fen for bank, other in both if other.day < first)
        stated, booked = sum(line.fen for line in one.bank), sum(e.fen for e in entries if first <= e.day <= last)
        carried = (balance - stated) - (ledger - booked) + late
    numbers = tuple(sorted(one.balances))
    return Matched(account, region, numbers, first, last, len(both), tuple(listed), transit, balance, ledger, carried)


def _ledger_balance(facts: Facts, account: str, region: str, entries: Iterable[Line], day: date) -> int | None:
    """The ledger's balance at the end of a day, of whose month all entries are at hand; None without openings."""
    if not facts.opened:
        return None
    before = Month.of(day).plus(-1)
    known = before in facts.months
    standing_before = (
        int(facts.account(region, account)[facts.index(before)]) if known else facts.opening(region, account)
    )
    return standing_before + sum(line.fen for line in entries if Month.of(day).first <= line.day <= day)


def _of_ledger(
    connection: Connection, facts: Facts, account: str, regions: Iterable[str], first: date, last: date
) -> list[Line]:
    """The ledger's entries that move an account, in some regions and days."""
    signs = {
        code: sign for code in MOVEMENTS for name, sign in legs(code, facts.scheme.disburse_account) if name == account
    }
    entry = schema.ledger_entry
    wanted = select(entry).where(
        entry.c.scheme == facts.scheme.code,
        entry.c.month.between(Month.of(first), Month.of(last)),
        entry.c.business_date.between(first, last),
        entry.c.movement.in_(tuple(signs)),
        entry.c.region.in_(tuple(regions)),
        standing(entry, facts.version),
    )
    return [
        Line(
            "ledger",
            row.region,
            row.business_date,
            signs[row.movement] * row.amount_fen,
            row.source_ref,
            "",
            row.batch,
            row.cell,
        )
        for row in connection.execute(wanted)
    ]


def _open_items(connection: Connection, facts: Facts, regions: Iterable[str], day: date) -> Mapping[int, str]:
    """Items not reached on a day, by amount without its sign."""
    table = schema.unreached_item
    wanted = select(table.c.amount_fen, table.c.ref, table.c.cleared_on).where(
        table.c.scheme == facts.scheme.code,
        table.c.region.in_(tuple(regions)),
        table.c.arose_on <= day,
        standing(table, facts.version),
    )
    rows = connection.execute(wanted)
    return {abs(fen): ref for fen, ref, cleared_on in rows if cleared_on is None or cleared_on > day}


def _explained(line: Line, items: Mapping[int, str]) -> Line:
    ref = items.get(abs(line.fen), "")
    return Line(line.book, line.region, line.day, line.fen, line.reference, line.text, line.batch, line.cell, ref)
