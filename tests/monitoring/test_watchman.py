"""When the warnings are no longer judged, the system administrators and one channel learn of it by a path of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, insert

from dashboard.words.notifications import NotificationWords
from data_access.store import schema
from data_access.store.engine import writing
from monitoring.telling.channels import Channels
from monitoring.telling.watchman import watch
from tests.case_store import open_case, who
from tests.monitoring.test_dispatcher import HttpSink, at, hook_to, web as web
from tests.warning_store import NOW, WORDS, count
from workflows.people.system_alerts import read_alerts, system_alerts, unread_alerts
from workflows.warnings.rhythm import GRACE, Rhythm

RHYTHM = Rhythm("*/15 * * * *")
LATE = NOW + timedelta(minutes=16) + GRACE


# The small province keeps no calendar, and its profile is verified to the end of 2026. The newest first.
RUNS_OUT = ["profiles:2027-01-01", "calendar:2027-01-01", "calendar:2026-01-01"]


def of_the_judging(web: HttpSink) -> list[dict[str, str]]:
    return [document for document in web.documents if document["level"] == "red"]


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
    (told,) = of_the_judging(web)
    assert "系统告警" in told["subject"]
    with writing(store) as connection:
        system, monitor = who(connection, "system"), who(connection, "monitor")
        kinds = {login.login: [one.kind for one in system_alerts(connection, login)] for login in (system, monitor)}
        assert kinds == {"system": ["not_evaluated", *RUNS_OUT], "monitor": RUNS_OUT}
        assert unread_alerts(connection, system) == 4
        assert read_alerts(connection, system, LATE) == 4
        assert unread_alerts(connection, system) == 0
    assert count(store, "outbox", state="dead") == 0
    ran(store, "published", LATE + timedelta(minutes=6))
    assert not watch(store, RHYTHM, channels, clock=at(LATE + timedelta(minutes=7)))
    assert count(store, "system_alert", kind="not_evaluated", ended_at=None) == 0


def test_an_alert_that_no_channel_took_is_told_when_one_does(store: Engine, web: HttpSink) -> None:
    open_case(store)
    ran(store, "published", NOW)
    channels = Channels(WORDS, webhook=hook_to(web))
    web.status = 503
    assert watch(store, RHYTHM, channels, clock=at(LATE))
    web.status = 204
    assert watch(store, RHYTHM, channels, clock=at(LATE + timedelta(minutes=5)))
    assert watch(store, RHYTHM, channels, clock=at(LATE + timedelta(minutes=10)))
    assert len(of_the_judging(web)) == 2


def keep_holiday(engine: Engine, *days: date) -> None:
    with writing(engine) as connection:
        rows = [{"day": day, "kind": "holiday", "name": "国庆节"} for day in days]
        connection.execute(insert(schema.calendar_day), rows)


def test_what_runs_out_is_told_once_and_ends_when_it_is_there(store: Engine, web: HttpSink) -> None:
    open_case(store)
    keep_holiday(store, date(2026, 10, 1))
    channels = Channels(WORDS, webhook=hook_to(web))
    day_before, day = datetime(2026, 10, 2, 2, tzinfo=UTC), datetime(2026, 10, 2, 16, 30, tzinfo=UTC)  # 3 October, 0:30
    for now in (day_before, day, day + timedelta(hours=1)):
        ran(store, "unchanged", now)
        assert not watch(store, RHYTHM, channels, clock=at(now))
        assert count(store, "system_alert") == (0 if now == day_before else 2)
    assert [one["subject"] for one in web.documents] == [
        "【系统提示】2027年法定节假日尚未载入",
        "【系统提示】政策参数只核对到2026年12月31日",
    ]
    keep_holiday(store, date(2027, 10, 1))
    assert not watch(store, RHYTHM, channels, clock=at(day + timedelta(hours=1)))
    assert count(store, "system_alert", kind="calendar:2027-01-01", ended_at=None) == 0
    assert count(store, "system_alert", kind="profiles:2027-01-01", ended_at=None) == 1
    assert len(web.documents) == 2


def test_an_english_installation_is_told_in_english_what_runs_out(sqlite_store: Engine, web: HttpSink) -> None:
    open_case(sqlite_store)
    ran(sqlite_store, "unchanged", NOW)
    watch(sqlite_store, RHYTHM, Channels(NotificationWords("en"), webhook=hook_to(web)), clock=at(NOW))
    assert [one["subject"] for one in web.documents] == [
        "[System notice] The official holidays of 2026 are not loaded",
        "[System notice] The official holidays of 2027 are not loaded",
        "[System notice] Policy values are verified up to 31 Dec 2026 only",
    ]
    assert not any("\u3400" <= sign <= "\u9fff" for one in web.documents for sign in one["text"])


def test_a_rare_schedule_is_not_late_before_its_next_turn(store: Engine) -> None:
    assert not Rhythm("0 6 * * mon-fri").late(NOW, NOW + timedelta(days=2))
    assert Rhythm("0 6 * * mon-fri").late(NOW, NOW + timedelta(days=3))
