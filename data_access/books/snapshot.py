"""One scheme at one published version, looked at for one period: facts, plans, indicator values and forecasts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy import Connection

from data_access.books.facts import Facts
from data_access.books.forecasts import Forecast, Key, load_forecasts
from data_access.books.indicators import IndicatorRow, Wanted, live_days, values_of
from data_access.books.plans import Plans
from data_access.books.versions import MonthClose, Version
from rules.errors import ProfileError
from rules.indicators import INDICATORS, Value
from rules.month import Month
from rules.scheme import Scheme

EXPECTED = frozenset(code for code, declared in INDICATORS.items() if declared.expected)
# Indicator values that a process has read of one scheme.
ValuesRead = dict[Wanted, tuple[IndicatorRow, ...]]


@dataclass(frozen=True)
class State:
    """One scheme at one version: facts and plans of the same instant."""

    scheme: Scheme
    version: Version
    facts: Facts
    plans: Plans


@dataclass(frozen=True)
class Snapshot:
    """A state looked at for one period: a month as signed 定稿, or the running state 实时.

    ``month`` is the last month shown, None in an empty ledger. ``close`` is the signature the figures rest on, None for
    live figures. ``day`` is the day the figures speak of: the month's end, or the day of the newest version. ``known`` is
    the newest version looked at: what is expected of a month is made once it is signed, so after its own version.
    ``closes`` are all signed months, oldest first.
    ``connection`` is the reader's; ``values_read`` is what this process has read of the scheme before.
    """

    connection: Connection = field(repr=False)
    state: State
    month: int | None
    close: MonthClose | None
    day: date
    known: int
    closes: tuple[MonthClose, ...]
    values_read: ValuesRead = field(repr=False)

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
        """The year of the month shown; of the day where there is none."""
        return self.day.year if self.month is None else Month(self.month).year

    @cached_property
    def at(self) -> int:
        """The index of the month in every series of the facts."""
        if self.month is None:
            raise ProfileError("the ledger is empty", scheme=self.state.scheme.code)
        return self.facts.index(self.month)

    @cached_property
    def year_start(self) -> int:
        """The index of January of the year (the first month known, if later)."""
        return max(0, self.at - (Month(self.month).number - 1)) if self.month is not None else 0

    def wanted(self, indicator: str, month: int | None, region: str | None = None) -> Wanted:
        """What :meth:`read` takes: an indicator's values of a month (None: of a live one the latest, of another every
        month's), of one region or all."""
        return Wanted(indicator, month, region, self.known if indicator in EXPECTED else self.version.id)

    def read(self, wanted: Iterable[Wanted]) -> None:
        """Read values in one statement, for those who then ask for them one by one; also what snapshots of other periods
        of the scheme want."""
        known = self.values_read
        missing = {one: list[IndicatorRow]() for one in wanted if one not in known}
        if missing:
            for one, row in values_of(self.connection, self.state.scheme.code, missing):
                missing[one].append(row)
            known.update((one, tuple(rows)) for one, rows in missing.items())

    def rows(self, indicator: str, month: int | None) -> tuple[IndicatorRow, ...]:
        """An indicator's values of one month, or with None the latest of a live one; regions without a row are absent."""
        wanted = self.wanted(indicator, month)
        self.read([wanted])
        return self.values_read[wanted]

    def values(self, indicator: str, month: int | None) -> Mapping[str, Value]:
        """The same by region, for indicators that are not kept by part."""
        return {row.region: row.value for row in self.rows(indicator, month) if not row.part}

    def history(self, indicator: str, region: str) -> Mapping[int, Value]:
        """Every month's value of an indicator that is not kept by part, of one region, by month."""
        wanted = self.wanted(indicator, None, region)
        self.read([wanted])
        return {int(row.period.replace("-", "")): row.value for row in self.values_read[wanted]}

    def days(self, indicator: str, region: str, part: str = "", count: int = 12) -> tuple[tuple[date, Value], ...]:
        """A live indicator's value at the end of each of the last days, oldest first."""
        return live_days(self.connection, self.state.scheme.code, indicator, region, part, count, self.version.id)

    def forecasts(self, regions: Collection[str]) -> Mapping[Key, Forecast]:
        """What is expected after the month, by region and item; live, what the last signed month lets expect. A month
        whose forecasts were followed by later ones has none."""
        if missing := set(regions) - self._forecasts.keys():
            self._forecasts.update((region, {}) for region in missing)
            for key, one in load_forecasts(self.connection, self.state.scheme.code, self.known, missing).items():
                if self.live or one.last == self.month:
                    self._forecasts[key[0]][key] = one
        return {key: one for region in regions for key, one in self._forecasts[region].items()}

    @cached_property
    def _forecasts(self) -> dict[str, dict[Key, Forecast]]:
        return {}
