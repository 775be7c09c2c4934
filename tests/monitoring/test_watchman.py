"""When the warnings are no longer judged, the system administrators and one channel learn of it by a path of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, insert

from data_access.store import schema
from data_access.store.engine import writing
from monitoring.telling.channels import Channels
from monitoring.telling.watchman import GRACE, Rhythm, watch
from tests.case_store import open_case, who
from tests.monitoring.test_dispatcher import HttpSink, at, hook_to, web as web
from tests.warning_store import NOW, WORDS, count
from workflows.people.inbox import mark_read, system_alerts, unread_count

RHYTHM = Rhythm("*/15 * * * *")
LATE = NOW + timedelta(minutes=16) + GRACE


def ran(engine: Engine, state: str, now: datetime, step: str | None = None) -> None:
    with writing(engine) as connection:
        values = {"started_at": now, "finished_at": now, "state": state, "full": False, "step": step}
        connection.execute(insert(schema.refresh_run).values(values))


def test_silence_of_the_evaluation_is_told_once_and_ends_by_itself(store: Engine, web: HttpSink) -> None:
    open_case(store)
    channels = Channels(WORDS, webhook=hook_to(web))
    ran(store, "unchanged", NOW)
    assert not watch(store, RHYTHM, channels, clock=at(NOW + timedelta(minutes=40)))
    # Neither a run that failed nor one that published but could not judge is a success.
    ran(store, "failed", LATE, "indicators")
    ran(store, "published", LATE, "alerts")
    assert watch(store, RHYTHM, channels, clock=at(LATE))
    assert watch(store, RHYTHM, channels, clock=at(LATE + timedelta(minutes=5)))
    assert len(web.documents) == 1 and "系统告警" in web.documents[0]["subject"]
    with writing(store) as connection:
        system, monitor = who(connection, "system"), who(connection, "monitor")
        assert unread_count(connection, system) == 1
        assert system_alerts(connection, monitor) == ()
        assert mark_read(connection, system, LATE) == 1
        assert unread_count(connection, system) == 0
    assert count(store, "outbox", state="dead") == 0
    ran(store, "published", LATE + timedelta(minutes=6))
    assert not watch(store, RHYTHM, channels, clock=at(LATE + timedelta(minutes=7)))
    assert count(store, "system_alert", ended_at=None) == 0


def test_an_alert_that_no_channel_took_is_told_when_one_does(store: Engine, web: HttpSink) -> None:
    open_case(store)
    ran(store, "published", NOW)
    channels = Channels(WORDS, webhook=hook_to(web))
    web.status = 503
    assert watch(store, RHYTHM, channels, clock=at(LATE))
    web.status = 204
    assert watch(store, RHYTHM, channels, clock=at(LATE + timedelta(minutes=5)))
    assert watch(store, RHYTHM, channels, clock=at(LATE + timedelta(minutes=10)))
    assert len(web.documents) == 2


def test_a_rare_schedule_is_not_late_before_its_next_turn(store: Engine) -> None:
    assert not Rhythm("0 6 * * mon-fri").late(NOW, NOW + timedelta(days=2))
    assert Rhythm("0 6 * * mon-fri").late(NOW, NOW + timedelta(days=3))
