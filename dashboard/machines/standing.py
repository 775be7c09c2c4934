"""How the installation stands, read from the store in one transaction: for ``/readyz`` and ``/metrics``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dashboard.site.site import Site
from data_access.books.runs import RunsSoFar, runs_so_far
from data_access.books.versions import Version, current_version, reading
from data_access.intake.importers.history import waiting
from data_access.intake.sources.expiry import load_expiries
from data_access.intake.sources.status import SourceStatus, source_statuses
from data_access.store.health import LeaseState, head, leases, revision
from rules.errors import ClockStepped
from workflows.people.outbox import letters_by_state
from workflows.warnings.watch import last_sign, last_success

Reason = Literal["", "schema", "nothing_published"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands at ``now``. ``reason`` why the site is not ready, "" where it is: the schema is not the program's, and then
    nothing else was asked, or no version is published. ``refreshed_at`` is when a refresh last ended well, None before the
    first; ``overdue``: none has by half an hour after it was due; ``clock_stepped``: nothing is written, for the clock cannot be right. ``letters`` counts the messages by state; ``given``: the
    deliveries that wait for the next refresh; ``runs_out``: codes of what ends within ninety days."""

    now: datetime
    reason: Reason
    schema: str | None
    version: Version | None = None
    refreshed_at: datetime | None = None
    overdue: bool = False
    runs: RunsSoFar | None = None
    sources: tuple[SourceStatus, ...] = ()
    clock_stepped: bool = False
    given: int = 0
    letters: tuple[tuple[str, int], ...] = ()
    leases: tuple[LeaseState, ...] = ()
    runs_out: tuple[str, ...] = ()

    @property
    def late(self) -> int:
        """How many sources owe data."""
        return sum(one.late(self.now) for one in self.sources)

    def letters_in(self, state: str) -> int:
        return dict(self.letters).get(state, 0)


def _stepped(site: Site) -> bool:
    try:
        site.written_at()
    except ClockStepped:
        return True
    return False


def standing(site: Site) -> Standing:
    """How it stands now. Raises what the database driver does where it is away (``UNREACHABLE``)."""
    now = site.now()
    with reading(site.engine) as connection:
        schema = revision(connection)
        if schema != head():
            return Standing(now, "schema", schema)
        version, sign = current_version(connection), last_sign(connection)
        return Standing(
            now,
            "" if version else "nothing_published",
            schema,
            version,
            refreshed_at=last_success(connection),
            overdue=sign is not None and site.rhythm.late(sign, now),
            clock_stepped=_stepped(site),
            runs=runs_so_far(connection),
            sources=source_statuses(connection, now),
            given=len(waiting(connection)),
            letters=tuple(letters_by_state(connection).items()),
            leases=leases(connection),
            runs_out=tuple(one.code for one in load_expiries(connection, now)),
        )
