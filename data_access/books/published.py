"""What readers see: schemes, regions, and the state of one scheme at one published version, in one read transaction.

Everything of a version is immutable, so what a process read of it is kept and never goes stale.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, func, select, text

from data_access.books.facts import earlier_facts, newest_facts
from data_access.books.indicators import IndicatorRow
from data_access.books.live import month_end_rows
from data_access.books.parameters import schemes_in_force
from data_access.books.plans import load_plans
from data_access.books.published_totals import PublishedYear, load_published_years
from data_access.books.reconciliation import Reconciliation, load_reconciliation
from data_access.books.regions import RegionTree, Root, load_trees, root_of
from data_access.books.snapshot import Snapshot, State, ValuesRead
from data_access.books.versions import MonthClose, Version, signed_versions, version
from data_access.store import schema
from rules.calendar import month_end
from rules.month import SHANGHAI, Month
from rules.scheme import Scheme, load_scheme

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
P = ParamSpec("P")
T = TypeVar("T")
KEPT_STATES = 12
_NEWEST = select(schema.data_version).order_by(schema.data_version.c.id.desc()).limit(1).subquery()
# Asked at every request, so made once.
_STAMP = select(
    select(_NEWEST.c.id).scalar_subquery(),
    select(func.count()).select_from(schema.month_close).scalar_subquery(),
    func.coalesce(
        select(schema.audit_event.c.id)
        .where(text(schema.CHANGING))
        .order_by(schema.audit_event.c.id.desc())
        .limit(1)
        .scalar_subquery(),
        0,
    ),
    # Warnings are judged once a version or a set of limits stands, so a page made in between is not the last.
    select(
        func.coalesce(func.sum(schema.alert_run.c.data_version + schema.alert_run.c.threshold_set), 0)
    ).scalar_subquery(),
    select(_NEWEST.c.published_at).scalar_subquery(),
    select(_NEWEST.c.as_of).scalar_subquery(),
)
LIVE = "live"
Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SchemeEntry:
    """A scheme that has data, with the parameters the province set, and whether its data are a demonstration."""

    scheme: Scheme
    demo: bool


class _Kept(Generic[K, V]):
    """What was read last, least recently used first out. Safe for threads; two that miss at once both read."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._held: OrderedDict[K, V] = OrderedDict()
        self._making: dict[K, threading.Lock] = {}

    def find(self, key: K) -> V | None:
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key]

    def get(self, key: K, make: Callable[[], V]) -> V:
        known = self.find(key)
        if known is not None:
            return known
        made = make()
        with self._lock:
            self._held[key] = made
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return made

    def once(self, key: K, make: Callable[[], V]) -> V:
        """The same, but of several that miss at once one reads and the others wait for it."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            made = self.get(key, make)
        with self._lock:
            self._making.pop(key, None)
        return made


class PublishedCache:
    """What a process keeps of published versions: all of it immutable, bounded, and safe for threads."""

    def __init__(self, province: str | None = None) -> None:
        """``province`` names the installation's own: ledgers of others are shown only where they are a demonstration."""
        self.province = province
        self.states: _Kept[tuple[str, int], State] = _Kept(KEPT_STATES)
        self.values: _Kept[tuple[str, int], ValuesRead] = _Kept(KEPT_STATES)
        self.schemes: _Kept[Stamp, tuple[SchemeEntry, ...]] = _Kept(2)
        self.trees: _Kept[tuple[int, frozenset[Root]], dict[Root, RegionTree]] = _Kept(2)
        self.years: _Kept[tuple[str, int], tuple[PublishedYear, ...]] = _Kept(KEPT_STATES)
        # Histories to try limits on: one of a live indicator of a large province holds some ten megabytes.
        self.others: _Kept[Hashable, Any] = _Kept(8)
        self.reconciled: _Kept[tuple[str, int, int], Reconciliation] = _Kept(KEPT_STATES)
        self.ended: _Kept[tuple[str, int, int, str], tuple[IndicatorRow, ...]] = _Kept(5 * KEPT_STATES)


class Published:
    """The reader's door to the store: what one read transaction sees published. Nothing is asked twice."""

    def __init__(self, connection: Connection, cache: PublishedCache | None = None) -> None:
        self.connection = connection
        self._cache = cache or PublishedCache()
        self._answers: dict[Hashable, Any] = {}

    def ask(self, reader: Callable[Concatenate[Connection, P], T], *about: P.args, **named: P.kwargs) -> T:
        """What a reader of the store answers about something, asked once in the transaction; arguments that cannot be
        hashed are asked about each time."""
        key = (reader, about, tuple(named.items()))
        try:
            known = key in self._answers
        except TypeError:
            return reader(self.connection, *about, **named)
        if not known:
            self._answers[key] = reader(self.connection, *about, **named)
        return cast(T, self._answers[key])

    def kept(self, about: Hashable) -> Any:
        """What the process keeps of a published version that ``about`` names; None where it was not kept or has gone."""
        return self._cache.others.find(about)

    def keep(self, about: Hashable, made: T) -> T:
        """Keep what follows from a published version beyond this transaction; what was kept meanwhile stands."""
        return cast(T, self._cache.others.get(about, lambda: made))

    def once(self, about: Hashable, make: Callable[[], T]) -> T:
        """What is kept, else made and kept: by one, where several ask at once."""
        return cast(T, self._cache.others.once(about, make))

    @cached_property
    def _newest(self) -> tuple[Stamp, Version | None]:
        number, signed, changed, judged, published_at, as_of = self.connection.execute(_STAMP).one()
        stamp = (int(number or 0), int(signed), int(changed), int(judged))
        return stamp, None if number is None else Version(int(number), published_at, as_of)

    @property
    def stamp(self) -> Stamp:
        """Newest version, number of signatures, newest change on record, and how far warnings are judged: when all are
        the same, so is every page."""
        return self._newest[0]

    @property
    def version(self) -> Version | None:
        """The newest version; None before the first."""
        return self._newest[1]

    @cached_property
    def schemes(self) -> tuple[SchemeEntry, ...]:
        """Schemes in the store, those with a ledger first, in the order of their codes."""
        return self._cache.schemes.get(self.stamp, self._schemes)

    def _schemes(self) -> tuple[SchemeEntry, ...]:
        entries = [SchemeEntry(scheme, demo) for scheme, demo in schemes_in_force(self.connection)]
        return tuple(entry for entry in entries if self._shown(entry))

    def _shown(self, entry: SchemeEntry) -> bool:
        province = self._cache.province
        foreign = entry.scheme.kind == "ledger" and entry.scheme.province != province
        return entry.demo or province is None or not foreign

    @cached_property
    def _closes(self) -> dict[str, list[tuple[MonthClose, Version]]]:
        return signed_versions(self.connection)

    def tree(self, of: Scheme | str) -> RegionTree:
        """The regions as a scheme plans by them, or below a root whatever the scheme, as of the newest version."""
        root = root_of(of) if isinstance(of, Scheme) else (of, frozenset[str]())
        shown = frozenset({root_of(entry.scheme) for entry in self.schemes} | {root})
        return self._cache.trees.get((self.stamp[0], shown), lambda: load_trees(self.connection, shown))[root]

    def published_years(self, scheme_code: str) -> tuple[PublishedYear, ...]:
        """Every published year of a scheme as of the newest version, oldest first."""
        key = (scheme_code, self.stamp[0])
        return self._cache.years.get(key, lambda: load_published_years(self.connection, *key))

    def reconciliation(self, scheme_code: str, number: int, year: int) -> Reconciliation:
        """The departments' totals of a year and every unreached item, as known to a version."""
        tree, since = self.tree(load_scheme(scheme_code)), date(year, 1, 1)
        return self._cache.reconciled.get(
            (scheme_code, number, year),
            lambda: load_reconciliation(self.connection, scheme_code, tree, since, number),
        )

    def at_month_end(self, looked_at: Snapshot, code: str) -> tuple[IndicatorRow, ...]:
        """A live indicator's values as of the end of the closed month looked at; KeyError for one that only exists now."""
        facts, month = looked_at.facts, looked_at.month
        if month is None:
            return ()
        scheme = facts.scheme.code
        return self._cache.ended.get(
            (scheme, facts.version, month, code),
            lambda: month_end_rows(
                self.connection, facts, month, code, self.reconciliation(scheme, facts.version, looked_at.year)
            ),
        )

    def snapshot(self, scheme_code: str, period: str = "", at_version: int | None = None) -> Snapshot:
        """The state for a period: ``2026-10`` signed or not, ``live``, or empty for the last signed month.

        A month that is not signed, or does not exist, shows the live state. ``at_version`` shows an earlier version.
        """
        key = ("snapshot", scheme_code, period, at_version)
        if key not in self._answers:
            self._answers[key] = self._snapshot(scheme_code, period, at_version)
        return cast(Snapshot, self._answers[key])

    def _snapshot(self, scheme_code: str, period: str, at_version: int | None) -> Snapshot:
        looked_at = self.version if at_version is None else self.ask(version, at_version)
        newest = looked_at or self.ask(version, 0)
        signed = {close.month: (close, at) for close, at in self._closes.get(scheme_code, ()) if at.id <= newest.id}
        wanted = 0
        if period != LIVE and signed:
            number = period.replace("-", "")
            wanted = max(signed) if not period else int(number) if number.isdigit() else 0
        close, shown = signed.get(wanted, (None, newest))
        state = self._state(scheme_code, shown)
        day = shown.as_of.astimezone(SHANGHAI).date() if close is None else month_end(close.month)
        running = Month.of(day)
        month = max((one for one in state.facts.months if one <= running), default=None)
        if close is not None:
            month = close.month
        values = self._cache.values.get((scheme_code, self.stamp[0]), ValuesRead)
        closes = tuple(one for one, _at in self._closes.get(scheme_code, ()))
        return Snapshot(self.connection, state, month, close, day, newest.id, closes, values)

    def _state(self, scheme_code: str, shown: Version) -> State:
        return self._cache.states.get((scheme_code, shown.id), lambda: self._load(scheme_code, shown))

    def _load(self, scheme_code: str, shown: Version) -> State:
        """The newest version from the store; an earlier one is the newest less what was published since."""
        scheme = load_scheme(scheme_code)
        assert self.version is not None, "a version is looked at, so there is a newest one"
        if shown.id == self.version.id:
            tree = self.tree(scheme)
            facts = newest_facts(self.connection, scheme, tree, shown.id)
            return State(scheme, shown, facts, load_plans(self.connection, scheme_code, tree=tree))
        newest = self._state(scheme_code, self.version)
        facts = earlier_facts(self.connection, newest.facts, shown.id)
        return State(scheme, shown, facts, newest.plans.at(shown.id))
