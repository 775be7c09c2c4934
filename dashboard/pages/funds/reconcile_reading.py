"""What 对账调节 reads: the month's statement at the newest data, with the register's part of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.site.reading import Reading
from dashboard.site.view import number_in
from dashboard.words import display
from dashboard.words.departments import BOOKS
from dashboard.words.passport import About
from dashboard.words.wording import N_, _, bracketed, name_of
from data_access.books.reconciliation import OWN
from data_access.books.reconciling.statement import BANK, Item, Pair
from data_access.books.snapshot import Snapshot
from rules.month import Month
from rules.movements import Account
from workflows.reconciling.months import Reconciled, reconciled
from workflows.reconciling.register import Step, load_steps

KINDS = {"transit": N_("在途"), "unreached": N_("未达"), "error": N_("错账"), "other": N_("其他")}


def looked_at(reading: Reading) -> Snapshot:
    """The newest data, whatever signed month is looked at: books are reconciled until they agree. An earlier version where
    the address names one."""
    return reading.snapshot if reading.view.version else reading.running.snapshot


def month_of(reading: Reading) -> Month | None:
    """The month looked at: that of the address, else the period's; None of a ledger without months."""
    named = number_in(reading.view.number)
    if named is not None and named in months(reading):
        return Month(named)
    return None if reading.snapshot.month is None else Month(reading.snapshot.month)


def months(reading: Reading) -> tuple[Month, ...]:
    """The months that may be looked at: the last twelve that the ledger has, newest first."""
    state = looked_at(reading)
    known = [Month(one) for one in state.facts.months if one <= Month.of(state.day)]
    return tuple(known[:-13:-1])


def read(reading: Reading, region: str | None = None) -> Reconciled | None:
    """The statement of a region (None: the one looked at); None where it cannot be made."""
    month = month_of(reading)
    if month is None or reading.scheme.kind != "ledger" or reading.published.version is None:
        return None
    state = looked_at(reading)
    books = reading.published.reconciliation(reading.scheme.code, state.version.id, month.year)
    as_of = min(month.last, state.day)
    return reading.ask(reconciled, state.facts, books, month, as_of, region or reading.region)


def steps(reading: Reading) -> tuple[Step, ...]:
    return reading.ask(load_steps, reading.scheme.code)


def about(reading: Reading) -> About:
    """What the statement's figures have in common: the month, as known by now."""
    month = month_of(reading)
    found = reading.about if reading.view.version else reading.about_now
    return found if month is None else replace(found, period=month.iso)


def rows_of(reading: Reading) -> dict[str, Any]:
    """What a table's file says its rows are of: the month, and the newest data unless an earlier version is looked at."""
    month = month_of(reading)
    period = "" if month is None else display.month_name(month)
    return {"about": about(reading), "period": period, "of_now": not reading.view.version}


def side_name(pair: Pair | None) -> str:
    """税务, 国库, …; the bank's account by its name; the fund's own book for None."""
    if pair is None:
        return _(BOOKS[OWN])
    if pair.book == BANK:
        return _("银行") + bracketed(_(display.ACCOUNT_NAMES[Account(pair.account)]))
    return _(BOOKS[pair.book])


def book_name(book: str, account: str = "") -> str:
    """The book that lacks an item, with the account of a bank."""
    name = _("银行") if book == BANK else _(BOOKS[book])
    return name + (bracketed(_(display.ACCOUNT_NAMES[Account(account)])) if account else "")


def place_name(reading: Reading, region: str) -> str:
    return name_of(reading.tree.region(region))


def what_is_known(found: Reconciled, item: Item) -> str:
    """未达 WD-1, 时间差, 已说明（错账）, 待说明."""
    if item.key in found.explained:
        return _("已说明") + bracketed(_(KINDS[found.explained[item.key].kind]))
    if item.carried:
        return _("以前年度结转")
    if item.state == "unreached":
        return _("未达账项")
    return _("时间差") if item.state == "late" else _("待说明")
