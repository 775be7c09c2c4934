"""What a refresh reads of each ledger 收支账 within its transaction: read when first asked for, and once for all steps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sqlalchemy import Connection, select

from data_access.books.facts import Facts, load_facts
from data_access.books.parameters import scheme_in_force
from data_access.books.plans import Plans, load_plans
from data_access.books.regions import RegionTree, load_tree
from data_access.books.versions import MonthClose, closes
from data_access.store import schema
from rules.scheme import Scheme


class SchemeBooks:
    """One ledger as it stands in a transaction that no longer changes its facts. ``facts``: as known to be, if at hand."""

    def __init__(self, connection: Connection, code: str, facts: Facts | None = None) -> None:
        self._connection, self.code, self._known = connection, code, facts

    @cached_property
    def scheme(self) -> Scheme:
        """The profile with the values set by the province."""
        return scheme_in_force(self._connection, self.code)

    @cached_property
    def tree(self) -> RegionTree:
        return load_tree(self._connection, self.scheme)

    @cached_property
    def facts(self) -> Facts:
        return self._known or load_facts(self._connection, self.code, tree=self.tree)

    @cached_property
    def plans(self) -> Plans:
        return load_plans(self._connection, self.code, tree=self.tree)

    @cached_property
    def closes(self) -> tuple[MonthClose, ...]:
        """Signed months, oldest first."""
        return closes(self._connection, self.code)

    @property
    def last_signed(self) -> int | None:
        """The last signed month, which forecasts rest on; None before the first."""
        return max((close.month for close in self.closes), default=None)


def ledger_schemes(connection: Connection) -> tuple[str, ...]:
    """Schemes in the store that have a ledger, by code."""
    table = schema.scheme
    wanted = select(table.c.code).where(table.c.kind == "ledger").order_by(table.c.code)
    return tuple(connection.execute(wanted).scalars())


def ledger_books(connection: Connection, facts: Mapping[str, Facts] | None = None) -> tuple[SchemeBooks, ...]:
    """Every ledger in the store, by code. ``facts``: those that are known to stand as they were read before."""
    known = facts or {}
    return tuple(SchemeBooks(connection, code, known.get(code)) for code in ledger_schemes(connection))
