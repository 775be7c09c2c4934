"""People and clocks that act on one case at the same moment, in processes of their own: one of them wins."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Engine

from data_access.store.engine import create_store, writing
from monitoring.alerts.case_clock import _tick
from rules.errors import StaleRow
from tests.case_store import TO_CITY, evidence, open_case, the_case, who
from tests.processes import meet, together
from tests.warning_store import NOW, count
from workflows.cases.commands import assign, send_back, submit
from workflows.cases.requests import decide, except_from_work

LATER = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def act(url: str, doing: str) -> str:
    """Read the case, then act on it as it was read; what came of it."""
    engine = create_store(url)
    case = the_case(engine)
    meet()
    if doing == "clock":
        return str(_tick(engine, LATER).moved)
    try:
        with writing(engine) as connection:
            given = connection, who(connection, "monitor-2"), LATER, case, case.versions
            if doing == "return":
                send_back(*given, text="补充")
            else:
                decide(*given, request=case.pending[0].id, granted=True, text="同意")
    except StaleRow:
        return "stale"
    return "done"


def answered_with_exception_asked(engine: Engine) -> None:
    open_case(engine)
    for step in ("assign", "submit", "except"):
        case = the_case(engine)
        with writing(engine) as connection:
            monitor, city = who(connection, "monitor"), who(connection, "nanjing")
            if step == "assign":
                assign(connection, monitor, NOW, case, case.versions, to=TO_CITY, due=date(2026, 11, 25))
            elif step == "submit":
                files = [evidence(connection, case, city)]
                submit(connection, city, NOW, case, case.versions, cause="欠费", text="-", attachments=files)
            else:
                until = date(2026, 12, 31)
                except_from_work(connection, monitor, NOW, case, case.versions, text="缓缴", until=until)


def test_of_closing_and_sending_back_at_the_same_row_versions_one_wins(postgres_url: str) -> None:
    engine = create_store(postgres_url)
    answered_with_exception_asked(engine)
    assert sorted(together(act, [(postgres_url, "close"), (postgres_url, "return")])) == ["done", "stale"]
    closed = count(engine, "alert_episode", work="closed")
    assert closed in (0, 3) and count(engine, "alert_episode", work="handling") == 3 - closed
    assert count(engine, "work_case", closed_at=None) == (0 if closed else 1)
    assert count(engine, "case_request", state="granted") == (1 if closed else 0)
    engine.dispose()


def test_four_clocks_at_once_tell_each_step_of_the_ladder_once(postgres_url: str) -> None:
    engine = create_store(postgres_url)
    open_case(engine)
    moved = together(act, [(postgres_url, "clock")] * 4)
    assert sum(map(int, moved)) == 1
    assert count(engine, "alert_event", told="ladder:1") == 1
    engine.dispose()
