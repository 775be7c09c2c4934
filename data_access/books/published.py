"""What readers see: schemes, regions, and the state of one scheme at one published version, kept in memory once read.

Everything of a version is immutable, so a snapshot never goes stale; a new version is simply another snapshot.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import Connection, Engine, func, select

from data_access.books.facts import Facts, load_facts
from data_access.books.forecasts import Forecast, Key, load_forecasts
from data_access.books.funds import Deposit, LegacyDuty, load_deposits, load_legacy_duties
from data_access.books.indicators import IndicatorRow, live_days, month_period, values_at
from data_access.books.parameters import scheme_in_force
from data_access.books.plans import Plans, load_plans
from data_access.books.published_totals import PublishedYear, load_published_years
from data_access.books.reconciliation import Reconciliation, load_reconciliation
from data_access.books.regions import RegionTree, load_tree
from data_access.books.versions import (
    TIME_ZONE as SHANGHAI,
    MonthClose,
    Version,
    closes,
    current_version,
    reading,
    version,
)
from data_access.intake.sources.status import SourceStatus, source_statuses
from data_access.store import schema
from rules.calendar import month_end
from rules.errors import ProfileError
from rules.indicators import INDICATORS, Value
from rules.scheme import Scheme, load_scheme

KEPT_STATES = 12
# Asked at every request, so made once.
_STAMP = select(
    select(func.coalesce(func.max(schema.data_version.c.id), 0)).scalar_subquery(),
    select(func.count()).select_from(schema.month_close).scalar_subquery(),
    select(func.coalesce(func.max(schema.audit_event.c.id), 0)).scalar_subquery(),
    # Warnings are judged once a version or a set of limits stands, so a page made in between is not the last.
    select(
        func.coalesce(func.sum(schema.alert_run.c.data_version + schema.alert_run.c.threshold_set), 0)
    ).scalar_subquery(),
)
LIVE = "live"
EXPECTED = frozenset(code for code, declared in INDICATORS.items() if declared.expected)


@dataclass(frozen=True, slots=True)
class SchemeEntry:
    """A scheme that has data, with the parameters the province set, and whether its data are a demonstration."""

    scheme: Scheme
    demo: bool


@dataclass(frozen=True)
class State:
    """One scheme at one version: facts and plans of the same instant, and the months signed."""

    scheme: Scheme
    version: Version
    facts: Facts
    plans: Plans
    closes: tuple[MonthClose, ...]


@dataclass(frozen=True)
class Snapshot:
    """A state looked at for one period: a month as signed 定稿, or the running state 实时.

    ``month`` is the last month shown, None in an empty ledger. ``close`` is the signature the figures rest on, None for
    live figures. ``day`` is the day the figures speak of: the month's end, or the day of the newest version. ``known`` is
    the newest version looked at: what is expected of a month is made once it is signed, so after its own version.
    """

    engine: Engine
    state: State
    month: int | None
    close: MonthClose | None
    day: date
    known: int

    @property
    def facts(self) -> Facts:
        return self.state.facts

    @property
    def plans(self) -> Plans:
        return self.state.plans

    @property
    def version(self) -> Version:
        return self.state.version

    @property
    def live(self) -> bool:
        return self.close is None

    @property
    def year(self) -> int:
        return self.day.year

    @cached_property
    def at(self) -> int:
        """The index of the month in every series of the facts."""
        if self.month is None:
            raise ProfileError("the ledger is empty", scheme=self.state.scheme.code)
        return self.facts.index(self.month)

    @cached_property
    def year_start(self) -> int:
        """The index of January of the year (the first month known, if later)."""
        return max(0, self.at - (self.day.month - 1)) if self.month is not None else 0

    @cached_property
    def _values(self) -> dict[tuple[str, int | None], tuple[IndicatorRow, ...]]:
        return {}

    def rows(self, indicator: str, month: int | None) -> tuple[IndicatorRow, ...]:
        """An indicator's values of one month, or with None the latest of a live one; regions without a row are absent."""
        key = (indicator, month)
        if key not in self._values:
            with self.engine.connect() as connection:
                self._values[key] = values_at(
                    connection,
                    self.state.scheme.code,
                    indicators=(indicator,),
                    periods=None if month is None else (month_period(month),),
                    version=self.known if indicator in EXPECTED else self.version.id,
                )
        return self._values[key]

    def days(self, indicator: str, region: str, part: str = "", count: int = 12) -> tuple[tuple[date, Value], ...]:
        """A live indicator's value at the end of each of the last days, oldest first."""
        with self.engine.connect() as connection:
            return live_days(connection, self.state.scheme.code, indicator, region, part, count, self.version.id)

    def values(self, indicator: str, month: int | None) -> Mapping[str, Value]:
        """The same by region, for indicators that are not kept by part."""
        return {row.region: row.value for row in self.rows(indicator, month) if not row.part}

    def forecasts(self, regions: Collection[str]) -> Mapping[Key, Forecast]:
        """What is expected after the month, by region and item; live, what the last signed month lets expect. A month
        whose forecasts were followed by later ones has none."""
        with self.engine.connect() as connection:
            found = load_forecasts(connection, self.state.scheme.code, self.known, regions)
        return {key: one for key, one in found.items() if self.live or one.last == self.month}


class Published:
    """The reader's door to the store. One object serves a whole process; safe for threads."""

    def __init__(self, engine: Engine, province: str | None = None) -> None:
        """``province`` names the installation's own: ledgers of others are shown only where they are a demonstration."""
        self._engine, self._province = engine, province
        self._lock = threading.Lock()
        self._states: OrderedDict[tuple[str, int], State] = OrderedDict()
        self._snapshots: OrderedDict[tuple[str, int, int | None], Snapshot] = OrderedDict()
        self._trees: dict[tuple[str, int], RegionTree] = {}
        self._published: dict[tuple[str, int], tuple[PublishedYear, ...]] = {}
        self._reconciled: OrderedDict[tuple[str, int, int], Reconciliation] = OrderedDict()

    @property
    def engine(self) -> Engine:
        return self._engine

    def stamp(self, connection: Connection | None = None) -> tuple[int, int, int, int]:
        """Newest version, number of signatures, newest change on record, and how far warnings are judged: when all are
        the same, so is every page."""
        if connection is None:
            with self._engine.connect() as own:
                return self.stamp(own)
        newest, signed, changed, judged = connection.execute(_STAMP).one()
        return int(newest), int(signed), int(changed), int(judged)

    def version(self) -> Version | None:
        """The newest version; None before the first."""
        with self._engine.connect() as connection:
            return current_version(connection)

    def schemes(self) -> tuple[SchemeEntry, ...]:
        """Schemes in the store, those with a ledger first, in the order of their codes."""
        table = schema.scheme
        with self._engine.connect() as connection:
            rows = connection.execute(select(table.c.code, table.c.demo).order_by(table.c.kind, table.c.code)).all()
            entries = [SchemeEntry(scheme_in_force(connection, row.code), bool(row.demo)) for row in rows]
        return tuple(entry for entry in entries if self._shown(entry))

    def _shown(self, entry: SchemeEntry) -> bool:
        foreign = entry.scheme.kind == "ledger" and entry.scheme.province != self._province
        return entry.demo or self._province is None or not foreign

    def published_years(self, scheme_code: str) -> tuple[PublishedYear, ...]:
        """Every published year of a scheme as of the newest version, oldest first."""
        key = (scheme_code, self.stamp()[0])
        if key not in self._published:
            with self._engine.connect() as connection:
                years = load_published_years(connection, *key)
            self._published = {k: y for k, y in self._published.items() if k[1] == key[1]} | {key: years}
        return self._published[key]

    def sources(self, scheme_code: str, now: datetime) -> tuple[SourceStatus, ...]:
        """Every declared source of a scheme and how fresh its data are, by department. Not kept: it moves with the clock."""
        with self._engine.connect() as connection:
            return source_statuses(connection, now, scheme_code)

    def deposits(self, scheme_code: str, number: int) -> tuple[Deposit, ...]:
        """Deposits known to a version, soonest maturity first."""
        with self._engine.connect() as connection:
            return load_deposits(connection, scheme_code, number)

    def legacy_duties(self, scheme_code: str, number: int) -> tuple[LegacyDuty, ...]:
        """Balances owed from before pooling as known to a version, by region."""
        with self._engine.connect() as connection:
            return load_legacy_duties(connection, scheme_code, number)

    def reconciliation(self, scheme_code: str, number: int, year: int) -> Reconciliation:
        """The departments' totals of a year and every unreached item, as known to a version."""
        key = (scheme_code, number, year)
        with self._lock:
            known = self._reconciled.get(key)
        if known is None:
            tree = self.tree(load_scheme(scheme_code).province)
            with reading(self._engine) as connection:
                known = load_reconciliation(connection, scheme_code, tree, date(year, 1, 1), number)
            with self._lock:
                self._reconciled[key] = known
                while len(self._reconciled) > KEPT_STATES:
                    self._reconciled.popitem(last=False)
        return known

    def tree(self, root: str) -> RegionTree:
        """The regions below a root, as of the newest version."""
        key = (root, self.stamp()[0])
        if key not in self._trees:
            with self._engine.connect() as connection:
                self._trees = {k: t for k, t in self._trees.items() if k[1] == key[1]} | {
                    key: load_tree(connection, root)
                }
        return self._trees[key]

    def snapshot(self, scheme_code: str, period: str = "", at_version: int | None = None) -> Snapshot:
        """The state for a period: ``2026-10`` signed or not, ``live``, or empty for the last signed month.

        A month that is not signed, or does not exist, shows the live state. ``at_version`` shows an earlier version.
        """
        newest = self._state(scheme_code, at_version)
        signed = {close.month: close for close in newest.closes if close.version <= newest.version.id}
        close = None
        if period != LIVE and signed:
            wanted = int(period.replace("-", "")) if period.replace("-", "").isdigit() else 0
            close = signed.get(wanted) if period else signed[max(signed)]
        key = (scheme_code, newest.version.id, None if close is None else close.month)
        with self._lock:
            known = self._snapshots.get(key)
        if known is not None:
            return known
        made = self._make(newest, close)
        with self._lock:
            self._snapshots[key] = made
            while len(self._snapshots) > 2 * KEPT_STATES:
                self._snapshots.popitem(last=False)
        return made

    def _make(self, newest: State, close: MonthClose | None) -> Snapshot:
        if close is None:
            day = newest.version.as_of.astimezone(SHANGHAI).date()
            running = day.year * 100 + day.month
            months = [month for month in newest.facts.months if month <= running]
            return Snapshot(self._engine, newest, max(months, default=None), None, day, newest.version.id)
        state = self._state(newest.scheme.code, close.version)
        return Snapshot(self._engine, state, close.month, close, month_end(close.month), newest.version.id)

    def _state(self, scheme_code: str, number: int | None) -> State:
        wanted = number if number is not None else self.stamp()[0]
        # Signatures come after the version they sign, so they are part of what is looked up.
        key = (scheme_code, wanted)
        with self._lock:
            known = self._states.get(key)
            if known is not None:
                self._states.move_to_end(key)
        if known is None:
            known = self._load(scheme_code, wanted)
            with self._lock:
                self._states[key] = known
                while len(self._states) > KEPT_STATES:
                    self._states.popitem(last=False)
        with self._engine.connect() as connection:
            signed = closes(connection, scheme_code)
        return State(known.scheme, known.version, known.facts, known.plans, signed)

    def _load(self, scheme_code: str, number: int) -> State:
        with reading(self._engine) as connection:
            facts = load_facts(connection, scheme_code, number)
            plans = load_plans(connection, scheme_code, number)
            return State(load_scheme(scheme_code), version(connection, number), facts, plans, ())
