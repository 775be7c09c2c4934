"""People and clocks that act on one case at the same moment, in processes of their own: one of them wins."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from data_access.store.engine import create_store, writing
from tests.case_store import TO_CITY, evidence, open_case, the_case, who
from tests.warning_store import NOW, count
from workflows.cases.commands import assign, submit

ROOT = Path(__file__).parents[2]
CHILD = """
import sys
from datetime import datetime
from workflows.cases.commands import send_back
from workflows.cases.requests import decide
from data_access.store.engine import create_store, writing
from monitoring.alerts.case_clock import tick_cases, _tick
from rules.errors import StaleRow
from tests.case_store import the_case, who
engine, doing = create_store(sys.argv[1]), sys.argv[2]
now = datetime.fromisoformat("2026-11-23T01:30:00+00:00")
case = the_case(engine)
print("ready", flush=True)
sys.stdin.readline()
try:
    if doing == "clock":
        print(_tick(engine, now).moved)
    else:
        with writing(engine) as connection:
            given = connection, who(connection, "monitor-2"), now, case, case.versions
            if doing == "return":
                send_back(*given, text="补充")
            else:
                decide(*given, request=case.pending[0].id, granted=True, text="同意")
        print("done")
except StaleRow:
    print("stale")
"""


def together(url: str, *doings: str) -> list[str]:
    """Start one process for each deed, let all of them read the case, then act at once; what each says."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, url, doing], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for doing in doings
    ]  # fmt: skip
    for child in children:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    ended = [child.communicate(timeout=120) for child in children]
    assert [(child.returncode, errors) for child, (_, errors) in zip(children, ended, strict=True)] == [
        (0, "") for _ in children
    ]
    return [said.strip() for said, _ in ended]


def answered_with_exception_asked(engine: Engine) -> None:
    from workflows.cases.requests import except_from_work

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
    assert sorted(together(postgres_url, "close", "return")) == ["done", "stale"]
    closed = count(engine, "alert_episode", work="closed")
    assert closed in (0, 3) and count(engine, "alert_episode", work="handling") == 3 - closed
    assert count(engine, "work_case", closed_at=None) == (0 if closed else 1)
    assert count(engine, "case_request", state="granted") == (1 if closed else 0)
    engine.dispose()


def test_four_clocks_at_once_tell_each_step_of_the_ladder_once(postgres_url: str) -> None:
    engine = create_store(postgres_url)
    open_case(engine)
    moved = together(postgres_url, *["clock"] * 4)
    assert sum(map(int, moved)) == 1
    assert count(engine, "alert_event", told="ladder:1") == 1
    engine.dispose()
