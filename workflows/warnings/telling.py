"""Who is told of what happened to a warning: its messages, written in the transaction of the deed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from data_access.books.regions import RegionTree
from rules.alerts.threshold import Level
from rules.indicators import INDICATORS
from workflows.people.accounts import Account, Role
from workflows.people.outbox import IN_APP, PERSONAL, NewMessage, enqueue
from workflows.people.rights import covers, told_of
from workflows.warnings.alerts import NewEvent, SubjectState
from workflows.warnings.working_clock import loud_from

SUPERIORS = "ladder:"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can be told, through which channels, and when it is."""

    tree: RegionTree
    accounts: Sequence[Account]
    channels: Sequence[str]
    now: datetime


def tell(
    connection: Connection,
    state: SubjectState,
    events: Sequence[tuple[int, NewEvent]],
    audience: Audience,
    also: Sequence[str] = (),
) -> None:
    """Enqueue the messages of a subject's events (row id, event), the last ones it has; what is withheld is not sent.

    ``also``: logins told beside those whose duty it is. Outside the system only red is told in quiet hours, the rest
    waits for the next working day.
    """
    first = state.events - len(events) + 1
    outside = any(channel != IN_APP for channel in audience.channels)
    loud = loud_from(connection, audience.now) if outside else audience.now
    messages = []
    for place, (row, event) in enumerate(events):
        kinds = [kind for kind in event.told if not kind.startswith("withheld:")]
        if not kinds or event.episode is None:
            continue
        logins = list(dict.fromkeys([*_logins(state, kinds, audience), *also]))
        messages += [
            NewMessage(
                event.episode,
                first + place,
                row,
                recipient,
                channel,
                event.level,
                None if channel == IN_APP or event.level is Level.RED else loud,
            )
            for channel in audience.channels
            for recipient in (logins if channel in PERSONAL else [channel])
        ]
    enqueue(connection, messages, audience.now)


def _logins(state: SubjectState, kinds: Sequence[str], audience: Audience) -> list[str]:
    """Monitors, the city and the departments that can act; from the second step of the ladder the leaders too."""
    region = state.subject.region
    responsible = INDICATORS[state.subject.indicator].responsible
    named = [one.login for one in told_of(audience.accounts, audience.tree, region, responsible)]
    steps = [int(kind.removeprefix(SUPERIORS)) for kind in kinds if kind.startswith(SUPERIORS)]
    if max(steps, default=0) >= 2:
        leaders = (a for a in audience.accounts if a.role is Role.LEADER and covers(a, audience.tree, region))
        named += [account.login for account in leaders if account.login not in named]
    return named
