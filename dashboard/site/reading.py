"""What one request reads: the view with its defaults, checked against the reader's rights, and the published state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Concatenate, ParamSpec, TypeVar

from flask import g
from sqlalchemy import Connection

from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.site.view import View, number_in
from dashboard.words.display import local, printed
from dashboard.words.passport import About, Number, Printed
from data_access.books.indicators import month_period
from data_access.books.published import LIVE as LIVE, Published, SchemeEntry
from data_access.books.published_totals import PublishedYear
from data_access.books.regions import NATION, Region, RegionTree
from data_access.books.snapshot import Snapshot
from data_access.books.versions import Version
from rules.calendar import month_end
from rules.errors import NotAllowed, PoolwatchError
from rules.scheme import Scheme, load_scheme, scheme_codes
from workflows.people import rights
from workflows.people.rights import Scope, scope_of

P = ParamSpec("P")
T = TypeVar("T")
COMPARES = ("history", "year", "month")
# With the last meeting are compared the pages that are looked at before one.
MEETING, OF_MEETINGS = "meeting", frozenset({"/", "/region"})
# Pages that show what stands now, whatever period is looked at elsewhere.
OF_NOW = frozenset({"/calendar", "/warnings", "/issues", "/thresholds", "/messages", "/admin", "/account"})


# Pages that an installation needs before it has any data.
BEFORE_DATA = frozenset({"/admin", "/account"})


class NothingPublished(PoolwatchError):
    """There is no published version, or none of the schemes is open to the reader."""

    code = "nothing_published"


@dataclass(frozen=True)
class Reading:
    """One reader's view of one published version; every page reads from it and from nothing else. ``of_now``: the
    running state is read whatever period the view keeps for other pages; with ``month`` as it has that month."""

    view: View
    scope: Scope
    published: Published
    scheme: Scheme
    tree: RegionTree
    region: str
    now: datetime
    demo: bool
    of_now: bool = False
    month: int | None = None

    def ask(self, reader: Callable[Concatenate[Connection, P], T], *about: P.args, **named: P.kwargs) -> T:
        """What a reader of the store answers in the request's transaction; asked again it is not read again."""
        return self.published.ask(reader, *about, **named)

    @property
    def node(self) -> Region:
        return self.tree.region(self.region)

    @property
    def today(self) -> date:
        return local(self.now).date()

    @property
    def is_province(self) -> bool:
        return self.region == self.tree.root

    @property
    def home(self) -> str:
        """The region in which the reader begins."""
        return _home(self.tree, self.scope) or self.tree.root

    @property
    def sees_siblings(self) -> bool:
        """Whether other regions beside the reader's own may be shown; a city sees its rank and the means only."""
        return self.scope.covers(self.tree, self.tree.root)

    @cached_property
    def snapshot(self) -> Snapshot:
        """The state of the period looked at."""
        version = number_in(self.view.version)
        found = self.published.snapshot(self.scheme.code, LIVE if self.of_now else self.view.period, version)
        return found if self.month is None else replace(found, month=self.month, day=month_end(self.month))

    @cached_property
    def about(self) -> About:
        """What figures of the period looked at have in common."""
        snapshot = self.snapshot
        known = minute(snapshot.version) if snapshot.close is None else month_period(snapshot.close.month)
        period = known if snapshot.month is None else month_period(snapshot.month)
        return About(self.scheme.code, self.tree.root, self.region, period, known, snapshot.version.id)

    @cached_property
    def about_now(self) -> About:
        """The same of what is known by now: registers, what is expected, live measurements."""
        newest = self.published.version
        version = newest if newest is not None and not self.view.version else self.snapshot.version
        known = minute(version)
        return About(self.scheme.code, self.tree.root, self.region, known, known, version.id)

    def printed(
        self, what: str, value: Number | None, *, part: str = "", place: str | None = None, unit: str = "yi"
    ) -> Printed:
        """A figure of the period looked at, printed."""
        return printed(self.about.figure(what, value, part=part, place=place), unit)

    @property
    def minute(self) -> str:
        """The minute of the version looked at: the period of what is measured at each."""
        return minute(self.snapshot.version)

    @cached_property
    def running(self) -> Reading:
        """The same reader's look at the running state, whatever the period looked at."""
        return replace(self, view=replace(self.view, version=""), of_now=True, month=None)

    @property
    def has_months(self) -> bool:
        """Whether there is a ledger with a month to show: never of published totals."""
        return self.scheme.kind == "ledger" and self.snapshot.month is not None

    @property
    def compare(self) -> str:
        return self.view.compare or COMPARES[0]

    def names(self) -> tuple[Region, ...]:
        """The path from the highest region the reader may see down to the one looked at."""
        return tuple(self.tree.region(c) for c in self.tree.path(self.region) if self.scope.covers(self.tree, c))

    def children(self) -> tuple[str, ...]:
        return self.tree.children(self.region, self.today)

    def peers(self, code: str) -> tuple[str, ...]:
        """The local governments that a region is ranked among, itself included; none for the province and for 省本级,
        which are ranked with nobody."""
        parent = self.tree.parent(code)
        found = self.tree.children(parent, self.today) if parent else ()
        governed = tuple(one for one in found if self.tree.region(one).governed)
        return governed if code in governed else ()

    def apart(self) -> frozenset[str]:
        """Of the regions below the one looked at those that are no local government: they have figures and no place."""
        return frozenset(one for one in self.children() if not self.tree.region(one).governed)


def read(published: Published, view: View, scope: Scope, now: datetime) -> Reading:
    """The reading of a view. Raises NothingPublished or NotAllowed; unknown schemes and regions fall back to the first.

    A region outside the reader's scope is refused, not replaced: a link from someone else must not show other figures
    under the same address.
    """
    open_to = [entry for entry in published.schemes if _home(published.tree(entry.scheme), scope)]
    if not open_to and view.page in BEFORE_DATA:
        open_to = [entry for entry in _profiles() if _home(published.tree(entry.scheme), scope)]
    if not open_to:
        raise NothingPublished("no scheme is open to the reader")
    chosen = next((entry for entry in open_to if entry.scheme.code == view.scheme), None)
    if view.scheme and chosen is None and any(entry.scheme.code == view.scheme for entry in published.schemes):
        raise NotAllowed(f"scheme {view.scheme} is outside the scope", scheme=view.scheme)
    chosen = chosen or open_to[0]
    tree = published.tree(chosen.scheme)
    home = _home(tree, scope)
    assert home is not None
    region = view.region if view.region in tree else home
    if not scope.covers(tree, region):
        raise NotAllowed(f"region {region} is outside the scope", region=region)
    settled = replace(view, scheme=chosen.scheme.code, region=region)
    if settled.compare not in compares(view.page):
        settled = replace(settled, compare="")
    return Reading(settled, scope, published, chosen.scheme, tree, region, now, chosen.demo, view.page in OF_NOW)


def compares(page: str) -> tuple[str, ...]:
    """What a page compares with, the first unless told."""
    return (*COMPARES, MEETING) if page in OF_MEETINGS else COMPARES


def current_scope() -> Scope:
    """Whose request this is. Raises NotAllowed without a session."""
    if getattr(g, "account", None) is None:
        raise NotAllowed("no session")
    return scope_of(g.account)


def reading_of(site: Site, view: View, published: Published | None = None) -> Reading:
    """The reading of the present request's account, in the request's transaction if none is named. Raises NotAllowed
    when the page is closed to it."""
    scope = current_scope()
    rights.demand_page(scope, view.page)
    asked = transaction(site)
    return read(published or asked.published, view, scope, asked.now)


def year_shown(reading: Reading) -> PublishedYear | None:
    """The year, or part of one, looked at: the one in the period of the view, else the newest whole year, else the newest;
    None where nothing is published."""
    years = reading.published.published_years(reading.scheme.code)
    whole = [year for year in years if year.months == 12] or years
    return next((year for year in years if year.key == reading.view.period), whole[-1] if whole else None)


def minute(version: Version) -> str:
    """The minute that a version speaks of: the period of what is measured at each."""
    return f"{local(version.as_of):%Y-%m-%dT%H:%M}"


def _profiles() -> Iterator[SchemeEntry]:
    """The ledgers that profiles describe, whether or not the store has data of them."""
    profiles = map(load_scheme, scheme_codes())
    return (SchemeEntry(scheme, False) for scheme in profiles if scheme.kind == "ledger")


def _home(tree: RegionTree, scope: Scope) -> str | None:
    """Where the reader lands in a tree: the highest region in scope; None when the tree holds none."""
    if tree.national or scope.region == NATION:
        return tree.root
    return scope.region if scope.region in tree else None
