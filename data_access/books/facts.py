"""The published roll-ups of one scheme at one data version, as exact sums ready to be read.

A figure of a region always includes everything below it. Amounts are int64 fen; every series has one value per month
of ``Facts.months``, without gaps. Pages and indicators read nothing else of the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, Table, func, literal, select

from data_access.books.regions import RegionTree, load_tree
from data_access.store import schema
from rules.movements import Account, result_sign
from rules.scheme import Scheme, load_scheme

Series = NDArray[np.int64]
Key = tuple[str, ...]
FactRow = tuple[Any, ...]  # region, month, the key's parts, fen


def month_range(first: int, last: int) -> tuple[int, ...]:
    """Months yyyymm from first to last, both included."""
    months = []
    while first <= last:
        months.append(first)
        first = first + 1 if first % 100 < 12 else first + 89
    return tuple(months)


class Facts:
    """See the module. ``monthly`` and ``accounts`` map a key to its own amounts, shape [region, month]."""

    def __init__(
        self,
        scheme: Scheme,
        tree: RegionTree,
        version: int,
        months: tuple[int, ...],
        monthly: dict[tuple[str, str], Series],
        accounts: dict[str, Series],
        openings: dict[str, Series],
    ) -> None:
        self.scheme, self.tree, self.version, self.months = scheme, tree, version, months
        self._row = {code: index for index, code in enumerate(tree.codes)}
        self._monthly = {key: self._with_subtrees(own) for key, own in monthly.items()}
        self._accounts = {account: self._with_subtrees(own) for account, own in accounts.items()}
        self._openings = {account: self._with_subtrees(own) for account, own in openings.items()}
        self._nothing = np.zeros(len(months), dtype=np.int64)

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


def load_facts(connection: Connection, scheme_code: str, version: int | None = None) -> Facts:
    """The facts of a scheme as published now, or as an earlier version showed them.

    An earlier version is the present facts less what was published since: exact, because roll-ups only ever add.
    """
    scheme = load_scheme(scheme_code)
    tree = load_tree(connection, scheme.province)
    latest = connection.execute(select(func.max(schema.data_version.c.id))).scalar() or 0
    shown = latest if version is None else version
    months = _months(connection, scheme_code)
    rows = {code: index for index, code in enumerate(tree.codes)}
    columns = {month: index for index, month in enumerate(months)}
    return Facts(
        scheme,
        tree,
        shown,
        months,
        {
            (item, movement): own
            for (item, movement), own in _fill(
                _rows(connection, MONTHLY, ("item", "movement"), scheme_code, shown, latest), 2, rows, columns
            ).items()
        },
        {
            account: own
            for (account,), own in _fill(
                _rows(connection, ACCOUNTS, ("account",), scheme_code, shown, latest), 1, rows, columns
            ).items()
        },
        {
            account: own
            for (account,), own in _fill(_opening_rows(connection, scheme_code, shown), 1, rows, {0: 0}).items()
        },
    )


MONTHLY = (schema.monthly_fact, schema.monthly_change)
ACCOUNTS = (schema.account_fact, schema.account_change)
# Rows held at once while reading: the arrays are small, a province's rows are not.
PAGE = 4_000


def _months(connection: Connection, scheme: str) -> tuple[int, ...]:
    """From the first to the newest month of the facts; empty without any. Both roll-ups hold the same months."""
    table = schema.account_fact
    wanted = select(func.min(table.c.month), func.max(table.c.month)).where(table.c.scheme == scheme)
    first, last = connection.execute(wanted).one()
    return () if first is None else month_range(first, last)


def _rows(
    connection: Connection, tables: tuple[Table, Table], keys: Key, scheme: str, shown: int, latest: int
) -> Iterator[FactRow]:
    """The facts, then, for an earlier version, what was published since with the sign turned."""
    fact, change = tables
    columns = [fact.c.region, fact.c.month, *(fact.c[key] for key in keys), fact.c.amount_fen]
    yield from _read(connection, select(*columns).where(fact.c.scheme == scheme))
    if shown < latest:
        yield from _read(connection, _since(change, keys, scheme, shown))


def _read(connection: Connection, wanted: Select[*tuple[Any, ...]]) -> Iterator[FactRow]:
    pages = connection.execute(wanted.execution_options(yield_per=PAGE)).partitions()
    return cast(Iterator[FactRow], chain.from_iterable(pages))


def _since(change: Table, keys: Key, scheme: str, version: int) -> Select[*tuple[Any, ...]]:
    batch = schema.import_batch
    columns: list[ColumnElement[Any]] = [change.c.region, change.c.month, *(change.c[key] for key in keys)]
    return (
        select(*columns, -func.sum(change.c.amount_fen))
        .join(batch, batch.c.id == change.c.batch)
        .where(change.c.scheme == scheme, batch.c.data_version > version)
        .group_by(*columns)
    )


def _opening_rows(connection: Connection, scheme: str, version: int) -> Iterator[FactRow]:
    table, batch = schema.opening_balance, schema.import_batch
    wanted = (
        select(table.c.region, literal(0), table.c.account, table.c.amount_fen)
        .join(batch, batch.c.id == table.c.batch)
        .where(table.c.scheme == scheme, batch.c.data_version <= version)
    )
    return _read(connection, wanted)


def _fill(found: Iterable[FactRow], width: int, rows: dict[str, int], columns: dict[int, int]) -> dict[Key, Series]:
    """Own amounts by key: rows are (region, month, *key, fen); what is missing is zero."""
    filled: dict[Key, Series] = {}
    for row in found:
        key: Key = row[2 : 2 + width]
        own = filled.get(key)
        if own is None:
            own = filled[key] = np.zeros((len(rows), len(columns)), dtype=np.int64)
        own[rows[row[0]], columns[row[1]]] += int(row[2 + width])
    return filled
