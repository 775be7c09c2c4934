"""What waits in the outbox arrives, by real mail and HTTP at least once, whoever dies meanwhile."""

from __future__ import annotations

import http.server
import json
import os
import re
import signal
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine, select, update

from dashboard.words.notifications import NotificationWords
from data_access.books.versions import current_version
from data_access.store import schema
from data_access.store.engine import create_store, writing
from monitoring.alerts import episodes
from monitoring.alerts.case_clock import tick_cases
from monitoring.alerts.step import evaluate_alerts
from monitoring.telling import dispatcher
from monitoring.telling.channels import (
    Channels,
    Mail,
    Text,
    Undeliverable,
    Webhook,
    channels_of,
    robot_sender,
    webhook_sender,
)
from monitoring.telling.dispatcher import MOST_ATTEMPTS, Dispatched, dispatch, wait_after
from monitoring.telling.letters import write_letters
from rules.alerts.threshold import Level
from rules.errors import SettingsError
from tests.mail_server import MailSink, running
from tests.processes import SECONDS, begun
from tests.small_province import NANJING, PROVINCE, SCHEME, WUXI
from tests.warning_store import INDICATOR, NOW, ORANGE, RED, WORDS, count, prepare, publish_values
from workflows.cases import commands
from workflows.cases.register import case_list
from workflows.matters.cases import case_matter
from workflows.matters.marks import keep_letters_from, mute
from workflows.people.accounts import disable_account, keep_language, usable_accounts
from workflows.people.channels import note_channels
from workflows.people.outbox import Message, claim, dead_letters, mark_sent
from workflows.warnings.working_clock import working_clock

EVENING = NOW.replace(hour=9, minute=0)  # 17:00 in Beijing, when the digest of the day goes out

# --- sinks that really listen


class HttpSink(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HttpAnswer)
        self.documents: list[dict[str, str]] = []
        self.status, self.elsewhere = 204, ""


class HttpAnswer(http.server.BaseHTTPRequestHandler):
    server: HttpSink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.documents.append(json.loads(body))
        self.send_response(self.server.status)
        if self.server.elsewhere:
            self.send_header("Location", self.server.elsewhere)
        self.end_headers()

    def do_GET(self) -> None:
        """Who follows a redirect may come with another method."""
        self.server.documents.append({})
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """A test's output stays its own."""


@pytest.fixture
def post() -> Iterator[MailSink]:
    sink = MailSink()
    with running(sink):
        yield sink


@pytest.fixture
def web() -> Iterator[HttpSink]:
    sink = HttpSink()
    with running(sink):
        yield sink


def mail_to(sink: MailSink) -> Mail:
    addresses = {"monitor": "monitor@example.test", "nanjing": "nanjing@example.test"}
    return Mail("127.0.0.1", sink.port, "poolwatch@example.test", addresses)


def hook_to(sink: HttpSink) -> Webhook:
    return Webhook(f"http://127.0.0.1:{sink.server_address[1]}/alerts")


def robot_at(sink: HttpSink) -> str:
    return f"json://127.0.0.1:{sink.server_address[1]}/robot"


def at(instant: datetime):
    return lambda: instant


def warn(engine: Engine, channels: Channels | None = None) -> None:
    """One red warning of Nanjing: the city signs for it at once, the monitor hears of it with the day's digest."""
    prepare(engine)
    judge(engine, {(INDICATOR, NANJING, "2026-09"): RED}, channels or Channels(WORDS))


def judge(engine: Engine, values: Mapping[tuple[str, str, str], str | None], channels: Channels) -> None:
    version = publish_values(engine, values, sign=(202609,))
    evaluate_alerts(engine, version, NOW, channels=channels.names)
    with writing(engine) as connection:
        note_channels(connection, channels.names)
    write_letters(engine, clock=at(NOW))


# --- claims and rights


def test_who_lost_the_right_meanwhile_is_not_told(store: Engine, post: MailSink) -> None:
    channels = Channels(WORDS, mail_to(post))
    warn(store, channels)
    with writing(store) as connection:
        disable_account(connection, "nanjing", NOW)
    assert dispatch(store, channels, clock=at(NOW)) == Dispatched(dropped=1)
    assert post.letters == []


def test_a_message_is_marked_only_by_who_claimed_it(store: Engine, web: HttpSink) -> None:
    warn(store, Channels(WORDS, webhook=hook_to(web)))
    lapses = NOW + timedelta(minutes=5)
    with writing(store) as connection:
        first = claim(connection, "first", ["webhook"], now=NOW, until=lapses, limit=9)
    with writing(store) as connection:
        assert claim(connection, "second", ["webhook"], now=NOW, until=lapses, limit=9) == ()
        second = claim(connection, "second", ["webhook"], now=lapses, until=lapses, limit=9)
        assert len(first) == len(second) == 1
        assert not mark_sent(connection, first[0], "first", lapses)
        assert mark_sent(connection, second[0], "second", lapses)
        assert not mark_sent(connection, second[0], "second", lapses)


# --- mail and webhook


def parsed(letter: str) -> EmailMessage:
    """A letter as its reader sees it."""
    return message_from_bytes(letter.encode(), policy=policy.default)


def test_mail_and_webhook_carry_the_facts_and_the_key(store: Engine, post: MailSink, web: HttpSink) -> None:
    channels = Channels(WORDS, mail_to(post), hook_to(web))
    warn(store, channels)
    assert dispatch(store, channels, clock=at(NOW)) == Dispatched(sent=2)
    assert dispatch(store, channels, clock=at(EVENING)) == Dispatched(sent=1)
    with store.connect() as connection:
        keys = dict(connection.execute(select(schema.outbox.c.key, schema.outbox.c.channel)).tuples().all())
    assert len(post.letters) == 2 and len(web.documents) == 1
    assert all(any(key in letter for letter in post.letters) for key, channel in keys.items() if channel == "mail")
    to_city, to_monitor = (str(parsed(letter).get_content()) for letter in post.letters)
    assert to_city.startswith("请您签收：【红色】南京市 征缴进度偏差，限11月20日")
    assert to_monitor.startswith("知会：【红色】南京市 征缴进度偏差，有新的进展")
    document = web.documents[0]
    assert "【红色】新预警：南京市 征缴进度偏差" in document["text"]
    assert keys[document["key"]] == "webhook" and document["key"] in document["text"] and document["level"] == "red"


def test_each_recipient_is_written_to_in_the_language_of_his_account(
    store: Engine, post: MailSink, web: HttpSink
) -> None:
    channels = Channels(WORDS, mail_to(post), hook_to(web))
    prepare(store)
    with writing(store) as connection:
        keep_language(connection, "nanjing", "en")
    # A case of collection and one of payment.
    values = {(INDICATOR, NANJING, "2026-09"): "-6", ("expenditure_deviation", NANJING, "2026-09"): "6"}
    judge(store, values, channels)
    dispatch(store, channels, clock=at(NOW))
    dispatch(store, channels, clock=at(EVENING))
    letters = {message["To"].split("@")[0]: message for message in map(parsed, post.letters)}
    assert letters["monitor"]["Subject"] == "需您办理0项，知会2项"
    assert letters["nanjing"]["Subject"] == "2 for you to do, 0 for your information"
    first, second = str(letters["nanjing"].get_content()).splitlines()[:2]
    assert all(line.startswith("Your turn (Sign for): [orange] Nanjing") for line in (first, second))
    assert not re.search(r"[\u3400-\u9fff]", first + second)
    assert web.documents[0]["subject"] == "预警2条，最高橙色"  # a group has no account: the installation's language


def test_an_installation_in_english_writes_english_to_who_has_chosen_nothing(store: Engine, post: MailSink) -> None:
    channels = Channels(NotificationWords("en"), mail_to(post))
    warn(store, channels)
    with writing(store) as connection:
        keep_language(connection, "monitor", "zh")
    dispatch(store, channels, clock=at(NOW))
    dispatch(store, channels, clock=at(EVENING))
    subjects = {message["To"].split("@")[0]: message["Subject"] for message in map(parsed, post.letters)}
    assert subjects["monitor"].startswith("知会：【红色】南京市")
    assert subjects["nanjing"].startswith("Your turn (Sign for): [red] Nanjing")


def test_nothing_is_mailed_unless_it_is_configured(store: Engine, post: MailSink) -> None:
    warn(store)
    assert dispatch(store, Channels(WORDS), clock=at(NOW)) == Dispatched()
    assert post.letters == [] and count(store, "outbox") == 0


def test_what_fails_is_tried_again_later_and_later_and_then_given_up(store: Engine, web: HttpSink) -> None:
    channels = Channels(WORDS, webhook=hook_to(web))
    warn(store, channels)
    web.status = 503
    now = NOW
    assert dispatch(store, channels, clock=at(now)) == Dispatched(again=1)
    assert dispatch(store, channels, clock=at(now)) == Dispatched()
    for _ in range(MOST_ATTEMPTS - 2):
        now += timedelta(hours=8)
        assert dispatch(store, channels, clock=at(now)) == Dispatched(again=1)
    assert dispatch(store, channels, clock=at(now + timedelta(hours=8))) == Dispatched(dead=1)
    assert len(web.documents) == MOST_ATTEMPTS and len({document["key"] for document in web.documents}) == 1
    with store.connect() as connection:
        assert dead_letters(connection) == 1


def test_waits_double_and_are_spread() -> None:
    for attempts, minutes in ((1, 1), (2, 2), (5, 16), (20, 360)):
        waits = {wait_after(attempts) for _ in range(20)}
        assert len(waits) > 1
        assert all(timedelta(minutes=minutes * 0.75) <= wait <= timedelta(minutes=minutes * 1.25) for wait in waits)


def test_a_final_refusal_is_a_dead_letter_at_once_and_holds_up_nothing(
    store: Engine, post: MailSink, web: HttpSink
) -> None:
    channels = Channels(WORDS, mail_to(post), hook_to(web))
    warn(store, channels)
    post.refuse = "550 no such mailbox"
    assert dispatch(store, channels, clock=at(NOW)) == Dispatched(sent=1, dead=1)
    web.status = 404
    with writing(store) as connection:
        connection.execute(
            update(schema.outbox).where(schema.outbox.c.channel == "webhook").values(state="waiting", attempts=0)
        )
    assert dispatch(store, channels, clock=at(NOW)) == Dispatched(dead=1)


def test_a_recipient_without_address_is_a_dead_letter(store: Engine, post: MailSink) -> None:
    mail = Mail("127.0.0.1", post.port, "poolwatch@example.test", {"monitor": "monitor@example.test"})
    warn(store, Channels(WORDS, mail))
    assert dispatch(store, Channels(WORDS, mail), clock=at(NOW)) == Dispatched(dead=1)


def test_a_letter_is_written_once_and_again_when_the_matter_is_urged_or_moves_unless_it_is_muted(
    sqlite_store: Engine,
) -> None:
    channels = Channels(WORDS, Mail("127.0.0.1", 9, "poolwatch@example.test", {}))
    warn(sqlite_store, channels)

    def letters() -> list[tuple[str, str]]:
        outbox = schema.outbox
        with sqlite_store.connect() as connection:
            rows = connection.execute(select(outbox.c.recipient, outbox.c.about).order_by(outbox.c.id)).all()
        return [(row.recipient, json.loads(row.about)["act"]) for row in rows]

    assert letters() == [("monitor", ""), ("nanjing", "case_sign")]
    assert write_letters(sqlite_store, clock=at(NOW + timedelta(hours=1))) == 0
    # Four working hours later nobody has signed: the city is told again, and the monitor is to urge it.
    late = NOW + timedelta(hours=7)
    tick_cases(sqlite_store, clock=at(late))
    assert write_letters(sqlite_store, clock=at(late)) == 2
    assert sorted(letters()[2:]) == [("monitor", "case_remind"), ("nanjing", "case_sign")]
    with writing(sqlite_store) as connection:
        (case,) = case_list(connection, SCHEME)
        nanjing = next(one for one in usable_accounts(connection, NOW) if one.login == "nanjing")
        late += timedelta(minutes=1)
        commands.sign(connection, nanjing, late, case, case.versions)
    assert write_letters(sqlite_store, clock=at(late)) == 1 and letters()[-1] == ("monitor", "case_assign")
    with writing(sqlite_store) as connection:
        (case,) = case_list(connection, SCHEME)
        matter = case_matter(case, PROVINCE, (), working_clock(connection), late)
        mute(connection, "monitor", replace(matter, level=Level.RED), late)
        commands.remind(
            connection,
            next(one for one in usable_accounts(connection, NOW) if one.login == "monitor"),
            late + timedelta(days=3),
            case,
        )
    # Of the muted one nothing more goes to the monitor; the city, which follows it, has it in its digest.
    assert write_letters(sqlite_store, clock=at(late + timedelta(days=3))) == 1 and letters()[-1] == ("nanjing", "")


def test_who_chose_a_level_has_no_letter_of_what_is_milder(sqlite_store: Engine) -> None:
    prepare(sqlite_store)
    with writing(sqlite_store) as connection:
        keep_letters_from(connection, "nanjing", Level.RED, NOW)
    judge(
        sqlite_store, {(INDICATOR, NANJING, "2026-09"): ORANGE}, Channels(WORDS, Mail("127.0.0.1", 9, "p@x.test", {}))
    )
    outbox = schema.outbox
    with sqlite_store.connect() as connection:
        assert connection.execute(select(outbox.c.recipient)).scalars().all() == ["monitor"]


# --- kill −9


def worker(url: str, where: str, hook: str) -> None:
    """Judges and delivers, and dies on the way."""
    engine, channels = create_store(url), Channels(WORDS, webhook=Webhook(hook))

    def die(*_arguments: object, **_options: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if where == "before commit":
        episodes._audit = die
    elif where == "before marking":
        dispatcher.mark_sent = die  # type: ignore[attr-defined,assignment]
    with engine.connect() as connection:
        version = current_version(connection)
    assert version is not None
    evaluate_alerts(engine, version, NOW, channels=("webhook",))
    if where == "before sending":
        die()
    dispatch(engine, channels, clock=at(NOW))


@pytest.mark.parametrize(
    ("where", "opened", "arrived"), [("before commit", 0, 1), ("before sending", 1, 1), ("before marking", 1, 2)]
)
def test_a_killed_worker_loses_nothing(
    store: Engine, store_url: str, web: HttpSink, where: str, opened: int, arrived: int
) -> None:
    prepare(store)
    version = publish_values(store, {(INDICATOR, NANJING, "2026-09"): RED}, sign=(202609,))
    channels = Channels(WORDS, webhook=hook_to(web))
    child = begun(worker, store_url, where, hook_to(web).url)
    child.join(SECONDS)
    assert child.exitcode == -signal.SIGKILL
    assert (count(store, "alert_episode"), count(store, "alert_event"), count(store, "outbox")) == (opened,) * 3
    # The claim of the dead worker lapses; then whoever comes next does what was left.
    later = NOW + timedelta(minutes=6)
    evaluate_alerts(store, version, later, channels=("webhook",))
    dispatch(store, channels, clock=at(later))
    assert (count(store, "alert_episode"), count(store, "outbox", state="sent")) == (1, 1)
    assert len(web.documents) == arrived and len({document["key"] for document in web.documents}) == 1


def test_several_messages_go_as_one_digest_and_red_also_alone(store: Engine, web: HttpSink) -> None:
    prepare(store)
    channels = Channels(WORDS, webhook=hook_to(web))
    values = {(INDICATOR, NANJING, "2026-09"): RED, (INDICATOR, WUXI, "2026-09"): "-4"}
    version = publish_values(store, values | {("income_deviation", WUXI, "2026-09"): "-6"}, sign=(202609,))
    evaluate_alerts(store, version, NOW, channels=channels.names)
    dispatch(store, channels, clock=at(NOW))
    alone, digest = web.documents
    assert alone["subject"].startswith("【红色】")
    assert digest["subject"] == "预警3条，最高红色"
    assert [line[:4] for line in digest["text"].splitlines()[:3]] == ["【红色】", "【橙色】", "【黄色】"]
    assert count(store, "outbox", state="sent", channel="webhook") == 3


def test_at_night_only_red_leaves_the_system_and_nothing_is_dropped(store: Engine, web: HttpSink) -> None:
    prepare(store)
    channels = Channels(WORDS, webhook=hook_to(web))
    friday_night = NOW + timedelta(hours=11)
    values = {(INDICATOR, NANJING, "2026-09"): RED, (INDICATOR, WUXI, "2026-09"): "-4"}
    version = publish_values(store, values, sign=(202609,), now=friday_night)
    evaluate_alerts(store, version, friday_night, channels=channels.names)
    dispatch(store, channels, clock=at(friday_night))
    assert [document["level"] for document in web.documents] == ["red"]
    dispatch(store, channels, clock=at(friday_night + timedelta(days=1)))
    assert len(web.documents) == 1
    monday = friday_night + timedelta(hours=59)
    dispatch(store, channels, clock=at(monday))
    assert [document["level"] for document in web.documents] == ["red", "yellow"]


def test_a_robot_of_a_chat_group_is_called_once_a_message(store: Engine, web: HttpSink) -> None:
    channels = channels_of(WORDS, "", {}, "", robot_at(web))
    warn(store, channels)
    dispatch(store, channels, clock=at(NOW))
    (document,) = web.documents
    assert document["title"].startswith("【红色】新预警：南京市")
    assert count(store, "outbox", state="sent", channel="robot:1") == 1


@pytest.mark.parametrize("channel", ["webhook", "robot"])
def test_where_a_channel_points_elsewhere_it_is_a_failure_and_nothing_is_sent_there(
    web: HttpSink, channel: str
) -> None:
    elsewhere = HttpSink()
    message = Message(
        1, "k", 1, "monitor", "webhook", 0, "s", INDICATOR, NANJING, "", "2026-09", "open", Level.RED, None
    )
    send = webhook_sender(hook_to(web)) if channel == "webhook" else robot_sender(robot_at(web))
    with running(elsewhere):
        web.elsewhere = hook_to(elsewhere).url
        for status in (301, 302, 303, 307, 308):
            web.status = status
            with pytest.raises((Undeliverable, ConnectionError)):
                send(message, Text("", ""))
    assert len(web.documents) == 5 and elsewhere.documents == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://host/x", "https://", "host/path"])
def test_a_webhook_is_an_address_of_http(address: str) -> None:
    with pytest.raises(SettingsError, match="WEBHOOK_URL"):
        channels_of(WORDS, "", {}, address, "")
