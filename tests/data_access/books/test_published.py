"""The reader's door to the store: what it asks at every request, and what many threads keep and read at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import Connection, Engine, insert, text

from data_access.books.published import _STAMP, Published, PublishedCache
from data_access.books.versions import reading
from data_access.store import audit, schema
from data_access.store.engine import writing

# More than one page of either database holds, so that going through them would be dearer than the index.
ROWS = 3_000
CHANGING_NOTHING = (
    audit.EXPORT,
    audit.TOKEN_USE,
    audit.CHECKED,
    f"{audit.REFUSED}messages_mute",
    f"{audit.ACCOUNT}sign_in_failed",
)
EXPLAINED = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


def changed(engine: Engine) -> int:
    with reading(engine) as connection:
        return Published(connection).stamp[2]


def plan(connection: Connection) -> str:
    """How the database goes about the stamp."""
    asked = str(_STAMP.compile(connection, compile_kwargs={"literal_binds": True}))
    told = connection.exec_driver_sql(f"{EXPLAINED[connection.dialect.name]} {asked}")
    return "\n".join(" ".join(map(str, row)) for row in told)


def test_the_newest_change_is_found_without_going_through_what_changed_nothing_since(
    store: Engine, now: datetime
) -> None:
    with writing(store) as connection:
        audit.record(connection, "monitor", "upload", "1.csv", {}, now)
    was = changed(store)
    row = {"happened_at": now, "actor": "", "subject": "", "details": "{}"}
    rows = [{**row, "action": CHANGING_NOTHING[number % 5]} for number in range(ROWS)]
    with store.begin() as connection:
        connection.execute(insert(schema.audit_event), rows)
    with store.begin() as connection:
        connection.execute(text("ANALYZE audit_event"))
        assert "ix_audit_event_changing" in plan(connection)
    assert changed(store) == was
    with writing(store) as connection:
        audit.record(connection, "monitor", "upload", "2.csv", {}, now)
    assert changed(store) > was


@pytest.fixture
def busy_threads() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    kept = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(kept)


def test_what_one_thread_drops_another_still_gets(busy_threads: None) -> None:
    kept = PublishedCache().others  # eight of the twenty asked for

    def ask(first: int) -> list[object]:
        return [kept.get(key, partial(str, key)) for key in ((first + turn) % 20 for turn in range(2_000))]

    with ThreadPoolExecutor(8) as threads:
        for first, got in enumerate(threads.map(ask, range(8))):
            assert got == [str((first + turn) % 20) for turn in range(2_000)]
