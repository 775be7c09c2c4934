"""The demonstration's persons read what they were told while they worked on the cases; what comes now is unread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from data_access.store.engine import writing
from monitoring.telling.channels import Channels
from monitoring.telling.dispatcher import dispatch
from workflows.people.accounts import demo_accounts
from workflows.people.inbox import mark_read
from workflows.people.outbox import Message
from workflows.warnings.watch import Raised


class _InAppOnly:
    """Words for channels that are off: the inbox of this system words itself."""

    def messages(self, messages: Sequence[Message], language: str | None) -> tuple[str, str]:
        raise AssertionError("nothing leaves the system here")

    def alert(self, alert: Raised, language: str | None) -> tuple[str, str]:
        raise AssertionError("nothing leaves the system here")


def read_messages(engine: Engine, at: datetime) -> None:
    """Deliver what waits for the demonstration's accounts in this system, and mark it read."""
    dispatch(engine, Channels(_InAppOnly()), clock=lambda: at)
    with writing(engine) as connection:
        for account in demo_accounts(connection):
            mark_read(connection, account, at)
