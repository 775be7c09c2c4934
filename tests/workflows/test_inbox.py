"""Messages 消息: each person's own are read by that person and by nobody else."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from data_access.store.engine import writing
from monitoring.telling.channels import Channels
from monitoring.telling.dispatcher import dispatch
from tests.case_store import open_case, who
from tests.warning_store import NOW, WORDS
from workflows.people.inbox import letter_count, letters, mark_read

READ_AT = NOW + timedelta(hours=1)


def test_who_marks_messages_read_marks_no_other_persons(sqlite_store: Engine) -> None:
    open_case(sqlite_store)
    dispatch(sqlite_store, Channels(WORDS), clock=lambda: NOW)
    with writing(sqlite_store) as connection:
        city, monitor = who(connection, "nanjing"), who(connection, "monitor")
        before = letters(connection, monitor, unread=True)
        own = letter_count(connection, city, unread=True)
        assert before and own
        # Neither all at once nor by the numbers of another's messages.
        assert mark_read(connection, city, READ_AT, [one.id for one in before]) == 0
        assert mark_read(connection, city, READ_AT) == own
        assert letters(connection, monitor, unread=True) == before
        assert letter_count(connection, city, unread=True) == 0
