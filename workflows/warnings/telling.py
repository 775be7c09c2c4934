"""What groups are told of a warning: its messages, written in the transaction of the deed. Persons are told of what is theirs
to do, by :mod:`monitoring.telling.turns`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from data_access.books.regions import RegionTree
from rules.alerts.threshold import Level
from workflows.people.accounts import Account
from workflows.people.outbox import MAIL, NewMessage, enqueue
from workflows.warnings.alerts import NewEvent, SubjectState
from workflows.warnings.working_clock import loud_from


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is there, through which channels people are told, and when it is."""

    tree: RegionTree
    accounts: Sequence[Account]
    channels: Sequence[str]
    now: datetime


def tell(
    connection: Connection, state: SubjectState, events: Sequence[tuple[int, NewEvent]], audience: Audience
) -> None:
    """Enqueue the messages of a subject's events (row id, event), the last ones it has, for every group; what is withheld
    is not sent. Only red is told in quiet hours, the rest waits for the next working day."""
    groups = [channel for channel in audience.channels if channel != MAIL]
    if not groups:
        return
    first, loud = state.events - len(events) + 1, loud_from(connection, audience.now)
    messages = [
        NewMessage(
            event.episode,
            first + place,
            row,
            channel,
            channel,
            event.level,
            None if event.level is Level.RED else loud,
        )
        for place, (row, event) in enumerate(events)
        if event.episode is not None and any(not kind.startswith("withheld:") for kind in event.told)
        for channel in groups
    ]
    enqueue(connection, messages, audience.now)
