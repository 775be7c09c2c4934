"""Eight processes that judge one version at once open every warning exactly once."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from data_access.books.versions import current_version
from data_access.store import schema
from data_access.store.engine import create_store
from monitoring.alerts.step import evaluate_alerts
from monitoring.telling.channels import Channels, Webhook
from monitoring.telling.dispatcher import dispatch
from tests.mail_server import running
from tests.monitoring.test_dispatcher import HttpSink, hook_to
from tests.processes import meet, together
from tests.warning_store import INDICATOR, NOW, RED, WORDS, count, county, prepare, publish_values

SUBJECTS, PROCESSES = 160, 8


def judge(url: str, hook: str) -> tuple[int, int, int]:
    """Judge the newest version and deliver what waits: messages told, subjects failed, messages sent."""
    engine = create_store(url)
    with engine.connect() as connection:
        version = current_version(connection)
    assert version is not None
    meet()
    channels = Channels(WORDS, webhook=Webhook(hook))
    done = evaluate_alerts(engine, version, NOW, channels=channels.names)
    sent = dispatch(engine, channels, clock=lambda: NOW)
    return done.told, done.failed, sent.sent


def keys_of(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(select(schema.outbox.c.key)).scalars())


def test_eight_processes_open_every_warning_once(postgres_url: str) -> None:
    engine = create_store(postgres_url)
    prepare(engine, counties=SUBJECTS)
    publish_values(engine, {(INDICATOR, county(n), "2026-09"): RED for n in range(SUBJECTS)}, sign=(202609,))
    sink = HttpSink()
    with running(sink):
        told = together(judge, [(postgres_url, hook_to(sink).url)] * PROCESSES)
    assert (sum(row[0] for row in told), sum(row[1] for row in told)) == (SUBJECTS, 0)
    assert count(engine, "alert_episode") == count(engine, "alert_event", text="open:red") == SUBJECTS
    assert count(engine, "alert_event") == count(engine, "alert_state", level=4) == SUBJECTS
    # A group is told of each once, whoever of the eight delivered it.
    assert count(engine, "outbox", state="sent") == SUBJECTS == sum(row[2] for row in told)
    assert {document["key"] for document in sink.documents} >= keys_of(engine)
    with engine.connect() as connection:
        keys = connection.execute(select(func.count(schema.alert_episode.c.dedup_key.distinct()))).scalar_one()
    assert keys == SUBJECTS
    engine.dispose()
