"""The demonstration's persons have read what happened while they worked on the cases; what comes now is new to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from data_access.books.published import Published
from data_access.store.engine import writing
from workflows.matters.boxes import boxes_now
from workflows.matters.marks import mark_read
from workflows.people.accounts import demo_accounts


def read_messages(engine: Engine, at: datetime) -> None:
    """Mark read what stands in the boxes of the demonstration's accounts."""
    with writing(engine) as connection:
        published = Published(connection)
        for account in demo_accounts(connection):
            found = boxes_now(published, account, at)
            mark_read(connection, account.login, [*(one.matter for one in found.todo), *found.followed], at)
