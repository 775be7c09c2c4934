"""Histories of one indicator as the alert rules take them, kept in memory: what a limit is tried on 试算."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data_access.books.published import Published
from rules.indicators import INDICATORS
from rules.scheme import load_scheme
from workflows.warnings.observations import Key, Series, keys_of, live_series, load_months, month_series


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The series of every subject of one indicator at one version. ``final`` are the months that are 定稿.

    As read once it equals only itself, so that what is computed from it can be kept by it.
    """

    series: Mapping[Key, Series]
    final: frozenset[str]

    @property
    def last(self) -> str | None:
        """The last period any subject has."""
        return max((series[-1][0] for series in self.series.values() if series), default=None)


def history(published: Published, scheme: str, indicator: str) -> History:
    """The history of an indicator in a scheme at the newest version; read once for each version and month close."""
    version, signed, *_ = published.stamp
    return published.keep(("history", scheme, indicator, version, signed), lambda: _read(published, scheme, indicator))


def _read(published: Published, scheme: str, indicator: str) -> History:
    connection, version = published.connection, published.version
    if version is None:
        return History({}, frozenset())
    months = load_months(connection, load_scheme(scheme), version.as_of)
    keys = keys_of(connection, scheme, [indicator], version)
    if INDICATORS[indicator].period == "live":
        return History(live_series(connection, version, scheme, keys), months.final)
    return History(month_series(connection, version, months, scheme, keys), months.final)
