"""Eight processes that judge one version at once open every warning exactly once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import func, select

from data_access.store import schema
from data_access.store.engine import create_store
from tests.warning_store import INDICATOR, RED, count, county, prepare, publish_values

ROOT = Path(__file__).parents[2]
SUBJECTS, PROCESSES = 400, 8
CHILD = """
import sys
from datetime import datetime
from data_access.store.engine import create_store
from data_access.books.versions import current_version
from monitoring.alerts.step import evaluate_alerts
from monitoring.telling.channels import Channels
from monitoring.telling.dispatcher import dispatch
from tests.warning_store import WORDS
engine, now = create_store(sys.argv[1]), datetime.fromisoformat("2026-11-20T02:15:00+00:00")
with engine.connect() as connection:
    version = current_version(connection)
print("ready", flush=True)
sys.stdin.readline()
done = evaluate_alerts(engine, version, now)
sent = dispatch(engine, Channels(WORDS), clock=lambda: now)
print(done.told, done.failed, sent.sent, flush=True)
"""


def test_eight_processes_open_four_hundred_warnings_once(postgres_url: str) -> None:
    engine = create_store(postgres_url)
    prepare(engine, counties=SUBJECTS)
    publish_values(engine, {(INDICATOR, county(n), "2026-09"): RED for n in range(SUBJECTS)}, sign=(202609,))
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, postgres_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(PROCESSES)
    ]
    for child in children:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    ended = [child.communicate(timeout=120) for child in children]
    assert [(child.returncode, errors) for child, (_, errors) in zip(children, ended, strict=True)] == [(0, "")] * 8
    told = [tuple(map(int, out.split())) for out, _ in ended]
    assert (sum(row[0] for row in told), sum(row[1] for row in told)) == (SUBJECTS, 0)
    assert count(engine, "alert_episode") == count(engine, "alert_event", text="open:red") == SUBJECTS
    assert count(engine, "alert_event") == count(engine, "alert_state", level=4) == SUBJECTS
    # Two people are told of each, each once, whoever of the eight delivered it.
    assert count(engine, "outbox", state="sent") == count(engine, "inbox") == 2 * SUBJECTS == sum(r[2] for r in told)
    with engine.connect() as connection:
        keys = connection.execute(select(func.count(schema.alert_episode.c.dedup_key.distinct()))).scalar_one()
    assert keys == SUBJECTS
    engine.dispose()
