"""The reader's door to the store: what it asks at every request, and what many threads keep and read at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, text

from data_access.books.published import _STAMP, Published, PublishedCache, SchemeEntry, _Kept
from data_access.books.versions import reading
from data_access.store import audit, schema
from data_access.store.engine import writing
from rules.scheme import load_scheme

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


def test_the_schemes_are_read_once_a_state_of_the_store(store: Engine, now: datetime) -> None:
    cache = PublishedCache()

    def schemes() -> tuple[SchemeEntry, ...]:
        with reading(store) as connection:
            return Published(connection, cache).schemes

    def enter(code: str) -> None:
        about = load_scheme(code)
        row = {name: getattr(about, name) for name in ("code", "name", "name_en", "fund", "province", "kind")}
        with writing(store) as connection:
            connection.execute(insert(schema.scheme).values(**row, demo=True))
            audit.record(connection, "monitor", "upload", code, {}, now)

    enter("jiangsu-pension")
    first = schemes()
    assert [one.scheme.code for one in first] == ["jiangsu-pension"] and schemes() is first
    enter("shanxi-pension")
    assert [one.scheme.code for one in schemes()] == ["jiangsu-pension", "shanxi-pension"]


class Meanwhile(OrderedDict[str, str]):
    """What is kept, in which another thread keeps something else just when the first has found its key in it."""

    def __init__(self, others: Callable[[], object]) -> None:
        super().__init__(first="kept")
        self.thread = threading.Thread(target=others)

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        if self.thread.ident is None:
            self.thread.start()
            self.thread.join(0.2)
        return found


def test_what_one_thread_drops_another_still_gets() -> None:
    kept: _Kept[str, str] = _Kept(1)
    kept._held = Meanwhile(lambda: kept.get("second", lambda: "made"))
    assert kept.find("first") == "kept"
    kept._held.thread.join()
    assert (kept.find("first"), kept.find("second")) == (None, "made")
    # And what is dropped before it was given on.
    assert _Kept[str, str](0).get("any", lambda: "made") == "made"
