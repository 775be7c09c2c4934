"""The published roll-ups of one scheme at one data version, as exact sums ready to be read.

A figure of a region always includes everything below it. Amounts are int64 fen; every series has one value per month
of ``Facts.months``, without gaps. Pages and indicators read nothing else of the ledger.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Table,
    func,
    literal,
    or_,
    select,
    union_all,
)

from data_access.books.regions import RegionTree, load_tree
from data_access.books.standing import standing
from data_access.store import schema
from rules.month import Month
from rules.movements import Account, result_sign
from rules.scheme import Scheme, load_scheme

K = TypeVar("K")
Series = NDArray[np.int64]
FactRow = tuple[str, int, str, str, str, int]


def month_range(first: int, last: int) -> tuple[int, ...]:
    """Months yyyymm from first to last, both included."""
    months = []
    while first <= last:
        months.append(first)
        first = Month(first).plus(1)
    return tuple(months)


class Facts:
    """See the module. ``monthly`` and ``accounts`` map a key to its own amounts, shape [region, month]; ``openings_known``
    is how many opening balances 期初余额 the version knows: without any there are flows, and no balance."""

    def __init__(
        self,
        scheme: Scheme,
        tree: RegionTree,
        version: int,
        months: tuple[int, ...],
        monthly: dict[tuple[str, str], Series],
        accounts: dict[str, Series],
        openings: dict[str, Series],
        openings_known: int,
    ) -> None:
        self.scheme, self.tree, self.version, self.months = scheme, tree, version, months
        self._row = {code: index for index, code in enumerate(tree.codes)}
        self._monthly = {key: self._with_subtrees(own) for key, own in monthly.items()}
        self._accounts = {account: self._with_subtrees(own) for account, own in accounts.items()}
        self._openings = {account: self._with_subtrees(own) for account, own in openings.items()}
        self.openings_known = openings_known
        self._nothing = np.zeros(len(months), dtype=np.int64)

    @property
    def opened(self) -> bool:
        """Whether balances can be told: an opening balance was delivered, be it of 0."""
        return self.openings_known > 0

    def earlier(
        self,
        version: int,
        monthly: dict[tuple[str, str], Series],
        accounts: dict[str, Series],
        openings: dict[str, Series],
        openings_known: int,
    ) -> Facts:
        """The facts as an earlier version showed them: these less the own amounts that were published since, with the
        openings that stood then."""
        before = copy(self)
        before.version = version
        before._monthly = self._less(self._monthly, monthly)
        before._accounts = self._less(self._accounts, accounts)
        before._openings = {account: self._with_subtrees(own) for account, own in openings.items()}
        before.openings_known = openings_known
        return before

    def _less(self, totals: dict[K, Series], own: dict[K, Series]) -> dict[K, Series]:
        # A damaged store may lack what was published: the checks say so, so it counts as nothing here.
        return totals | {
            key: totals.get(key, np.zeros_like(since)) - self._with_subtrees(since) for key, since in own.items()
        }

    def _with_subtrees(self, own: Series) -> Series:
        total = own.copy()
        for code in reversed(self.tree.codes):
            parent = self.tree.parent(code)
            if parent is not None:
                total[self._row[parent]] += total[self._row[code]]
        return total

    # --- months

    @cached_property
    def _index(self) -> dict[int, int]:
        return {month: index for index, month in enumerate(self.months)}

    def index(self, month: int) -> int:
        """Where a month stands in every series; KeyError when the ledger has not reached or never had it."""
        return self._index[month]

    # --- flows

    def _flow(self, region: str, wanted: Callable[[str, str], int]) -> Series:
        total = self._nothing.copy()
        for (item, movement), amounts in self._monthly.items():
            if sign := wanted(item, movement):
                total += sign * amounts[self._row[region]]
        return total

    def item(self, region: str, item: str) -> Series:
        """An income or expenditure item as the execution form shows it; a parent is the sum of its children."""
        leaves = self.scheme.leaves(item)
        return self._flow(region, lambda code, movement: sum(result_sign(movement)) if code in leaves else 0)

    def items(self, region: str, items: Sequence[str]) -> Series:
        """The sum of several items, none of them inside another."""
        return sum((self.item(region, item) for item in items), self._nothing.copy())

    def income(self, region: str) -> Series:
        """收入合计 by month."""
        return self._flow(region, lambda _, movement: result_sign(movement)[0])

    def expenditure(self, region: str) -> Series:
        """支出合计 by month."""
        return self._flow(region, lambda _, movement: result_sign(movement)[1])

    def moved(self, region: str, movement: str, item: str | None = None) -> Series:
        """What a movement moved, by month, of one item or whatever the item."""
        leaves = None if item is None else self.scheme.leaves(item)
        return self._flow(region, lambda of, code: int(code == movement and (leaves is None or of in leaves)))

    # --- balances

    def opening(self, region: str, account: str | None = None) -> int:
        """The balance before the first month, of one account or of all."""
        row = self._row[region]
        return sum(int(own[row, 0]) for name, own in self._openings.items() if account in (None, name))

    def result_balance(self, region: str) -> Series:
        """Month-end balance from the result: opening + income − expenditure. One side of the balance identity."""
        return self.opening(region) + np.cumsum(self.income(region) - self.expenditure(region))

    def account(self, region: str, account: str) -> Series:
        """Month-end balance of one account."""
        changes = self._accounts.get(account)
        own = self._nothing if changes is None else changes[self._row[region]]
        return self.opening(region, account) + np.cumsum(own)

    def account_total(self, region: str) -> Series:
        """Month-end balance from the accounts, rolled up apart from the result. The other side of the identity."""
        return sum((self.account(region, account) for account in Account), self._nothing.copy())

    def identity_difference(self, region: str) -> Series:
        """Accounts less result; zero everywhere unless something is wrong."""
        return self.account_total(region) - self.result_balance(region)


def load_facts(
    connection: Connection, scheme_code: str, version: int | None = None, *, tree: RegionTree | None = None
) -> Facts:
    """The facts of a scheme as published now, or as an earlier version showed them. ``tree``: the province's, if at hand."""
    scheme = load_scheme(scheme_code)
    tree = tree or load_tree(connection, scheme)
    latest = connection.execute(select(func.max(schema.data_version.c.id))).scalar() or 0
    newest = newest_facts(connection, scheme, tree, latest)
    return newest if version is None or version >= latest else earlier_facts(connection, newest, version)


def newest_facts(connection: Connection, scheme: Scheme, tree: RegionTree, latest: int) -> Facts:
    """The facts of a scheme at the newest version, of which the number is at hand."""
    months, items, accounts, openings, known = _amounts(_read(connection, _published(scheme.code)), tree)
    return Facts(scheme, tree, latest, months, items, accounts, openings, known)


def earlier_facts(connection: Connection, newest: Facts, version: int) -> Facts:
    """The facts as an earlier version showed them, from the newest ones.

    The newest less what was published since: exact, because roll-ups only ever add.
    """
    found = [*_read(connection, _published_since(newest.scheme.code, version))]
    if any(kind != OPENING and month not in newest._index for _place, month, kind, *_ in found):
        # What a withdrawal took away reached beyond the months that are left: those are summed from the beginning.
        found = [*_read(connection, _published_until(newest.scheme.code, version))]
        months, items, accounts, openings, known = _amounts(found, newest.tree)
        return Facts(newest.scheme, newest.tree, version, months, items, accounts, openings, known)
    _months, items, accounts, openings, known = _amounts(found, newest.tree, newest.months)
    return newest.earlier(version, items, accounts, openings, known)


# --- reading: items, accounts and openings in one statement, each row (region, month, kind, its two keys, fen)

ITEM, ACCOUNT, OPENING = "item", "account", "opening"
NONE = literal("")
# Rows held at once while reading: the arrays are small, a province's rows are not.
PAGE = 4_000
Amounts = tuple[tuple[int, ...], dict[tuple[str, str], Series], dict[str, Series], dict[str, Series], int]


def _read(connection: Connection, wanted: CompoundSelect[*tuple[Any, ...]]) -> Iterator[FactRow]:
    pages = connection.execute(wanted.execution_options(yield_per=PAGE)).partitions()
    return cast(Iterator[FactRow], chain.from_iterable(pages))


def _published(scheme: str) -> CompoundSelect[*tuple[Any, ...]]:
    """Everything published: the facts as they stand, and openings."""
    items, accounts = schema.monthly_fact.c, schema.account_fact.c
    return union_all(
        select(items.region, items.month, literal(ITEM), items.item, items.movement, items.amount_fen).where(
            items.scheme == scheme
        ),
        select(accounts.region, accounts.month, literal(ACCOUNT), accounts.account, NONE, accounts.amount_fen).where(
            accounts.scheme == scheme
        ),
        _opened(scheme, None),
    )


def _published_since(scheme: str, version: int) -> CompoundSelect[*tuple[Any, ...]]:
    """What was published after a version, and the openings that stood at it."""
    return _changes(scheme, schema.import_batch.c.data_version > version, version)


def _published_until(scheme: str, version: int) -> CompoundSelect[*tuple[Any, ...]]:
    """What was published up to a version, and the openings that stood at it."""
    return _changes(scheme, schema.import_batch.c.data_version <= version, version)


def _changes(scheme: str, when: ColumnElement[bool], version: int) -> CompoundSelect[*tuple[Any, ...]]:
    items, accounts = schema.monthly_change, schema.account_change
    return union_all(
        _summed(when, scheme, items, ITEM, items.c.item, items.c.movement),
        _summed(when, scheme, accounts, ACCOUNT, accounts.c.account, NONE),
        _opened(scheme, version),
    )


def _opened(scheme: str, version: int | None) -> Select[*tuple[Any, ...]]:
    openings = schema.opening_balance.c
    return select(openings.region, literal(0), literal(OPENING), openings.account, NONE, openings.amount_fen).where(
        openings.scheme == scheme, standing(schema.opening_balance, version)
    )


def _summed(
    when: ColumnElement[bool], scheme: str, table: Table, kind: str, *keys: ColumnElement[str]
) -> Select[*tuple[Any, ...]]:
    batch = schema.import_batch
    grouped = [one for one in (table.c.region, table.c.month, *keys) if isinstance(one, Column)]
    return (
        select(table.c.region, table.c.month, literal(kind), *keys, func.sum(table.c.amount_fen))
        .join(batch, batch.c.id == table.c.batch)
        .where(table.c.scheme == scheme, when)
        .group_by(*grouped)
        .having(or_(func.sum(table.c.entries) != 0, func.sum(table.c.amount_fen) != 0))
    )


def _amounts(found: Iterable[FactRow], tree: RegionTree, months: tuple[int, ...] | None = None) -> Amounts:
    """The months (None: from the first to the last found) and each region's own amounts: of items by item and movement,
    of accounts, and openings of accounts in one column with their number. What is missing is zero."""
    rows = {code: index for index, code in enumerate(tree.codes)}
    cells: dict[tuple[str, str, str], tuple[array[int], array[int], array[int]]] = defaultdict(
        lambda: (array("q"), array("q"), array("q"))
    )
    for place, month, kind, first, second, amount in found:
        regions, at, fen = cells[kind, first, second]
        regions.append(rows[place])
        at.append(month)
        fen.append(int(amount))
    if months is None:
        seen = [given for (kind, *_), (_rows, given, _fen) in cells.items() if kind != OPENING]
        months = month_range(min(map(min, seen)), max(map(max, seen))) if seen else ()
    items: dict[tuple[str, str], Series] = {}
    accounts: dict[str, Series] = {}
    openings: dict[str, Series] = {}
    for (kind, first, second), (regions, at, fen) in cells.items():
        own = np.zeros((len(rows), 1 if kind == OPENING else len(months)), dtype=np.int64)
        columns = np.zeros(len(at), dtype=np.int64) if kind == OPENING else np.searchsorted(months, at)
        np.add.at(own, (np.asarray(regions), columns), np.asarray(fen))
        if kind == ITEM:
            items[first, second] = own
        else:
            (accounts if kind == ACCOUNT else openings)[first] = own
    known = sum(len(fen) for (kind, *_), (_regions, _at, fen) in cells.items() if kind == OPENING)
    return months, items, accounts, openings, known
