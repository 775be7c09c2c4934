"""Histories of one indicator as the alert rules take them, kept in memory: what a limit is tried on 试算."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_access.books.published import Published
from rules.scheme import load_scheme
from workflows.warnings.observations import Key, Series, every_series, months_of


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
    return histories(published, (scheme,), indicator)[scheme]


def histories(published: Published, schemes: Sequence[str], indicator: str) -> dict[str, History]:
    """The same in several schemes, by scheme; those that no process has read yet are read together."""
    version, signed, *_ = published.stamp
    names = {scheme: ("history", scheme, indicator, version, signed) for scheme in schemes}
    found: dict[str, History] = {scheme: kept for scheme, name in names.items() if (kept := published.kept(name))}
    missing = [scheme for scheme in schemes if scheme not in found]
    for scheme, made in _read(published, missing, indicator).items() if missing else ():
        found[scheme] = published.keep(names[scheme], made)
    return found


def _read(published: Published, schemes: Sequence[str], indicator: str) -> dict[str, History]:
    connection, version = published.connection, published.version
    if version is None:
        return {scheme: History({}, frozenset()) for scheme in schemes}
    months = months_of(connection, [load_scheme(scheme) for scheme in schemes], version.as_of)
    series = every_series(connection, version, months, indicator)
    return {scheme: History(series[scheme], months[scheme].final) for scheme in schemes}
