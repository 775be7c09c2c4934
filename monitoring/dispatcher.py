"""Delivery 通知发送: what waits in the outbox goes out, outside the transactions that wrote it.

Into the in-app inbox exactly once. By mail and webhook at least once: a worker that dies between sending and marking
sends again, with the same key in the text. What fails waits longer each time; what cannot be delivered at all becomes a
dead letter and holds up nothing else. Mail and webhook are off unless configured.
"""

from __future__ import annotations

import json
import logging
import os
import random
import smtplib
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Protocol
from uuid import uuid4

from sqlalchemy import Engine

from data_access.accounts import usable_accounts
from data_access.engine import writing
from data_access.outbox import (
    IN_APP,
    Message,
    claim,
    covers,
    deliver_in_app,
    mark_dropped,
    mark_failed,
    mark_sent,
)
from data_access.regions import load_tree
from data_access.telling import WEBHOOK
from data_access.versions import reading
from monitoring.lease import Clock, utc_now
from rules.scheme import load_scheme

MAIL = "mail"
CLAIM_LASTS = timedelta(minutes=5)
CLAIMED_AT_ONCE = 50
MOST_ATTEMPTS = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
TIMEOUT_SECONDS = 20.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server and who is reached under which address. ``addresses``: login → address."""

    host: str
    port: int
    sender: str
    addresses: Mapping[str, str]
    user: str = ""
    password: str = field(default="", repr=False)
    start_tls: bool = False


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that takes each message as a JSON document by POST."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels that are on. The in-app inbox always is."""

    mail: Mail | None = None
    webhook: Webhook | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """For the outbox: through which channels a warning is told."""
        on = ((MAIL, self.mail), (WEBHOOK, self.webhook))
        return (IN_APP, *(name for name, channel in on if channel is not None))


@dataclass(frozen=True, slots=True)
class Text:
    """A message in words."""

    subject: str
    body: str


Wording = Callable[[Message], Text]


class Undeliverable(Exception):
    """It will never get through, so that trying again is no use."""


class Sender(Protocol):
    """Sends one message. Raises Undeliverable, or any other error when it may work later."""

    def __call__(self, message: Message, text: Text) -> None: ...


def plain_wording(message: Message) -> Text:
    """The facts in a line, for who has no better wording."""
    what = f"{message.told} {message.level.code}: {message.indicator} {message.scheme} {message.region} {message.part}"
    return Text(what.strip(), f"{message.period} value {message.value or '—'}")


def mail_sender(mail: Mail) -> Sender:
    """Sends through the mail server, one message a connection."""

    def send(message: Message, text: Text) -> None:
        address = mail.addresses.get(message.recipient)
        if address is None:
            raise Undeliverable(f"{message.recipient} has no address")
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = mail.sender, address, text.subject
        letter["Message-ID"] = f"<{message.key}@poolwatch>"
        letter.set_content(f"{text.body}\n\n{message.key}\n")
        try:
            with smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_SECONDS) as server:
                if mail.start_tls:
                    server.starttls()
                if mail.user:
                    server.login(mail.user, mail.password)
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _ in refusal.recipients.values()]
            if all(code >= 500 for code in codes):
                raise Undeliverable(f"the mail server refused {address}: {codes}") from refusal
            raise

    return send


def webhook_sender(webhook: Webhook) -> Sender:
    """Posts a JSON document: key, subject, text, level."""

    def send(message: Message, text: Text) -> None:
        document = {"key": message.key, "subject": text.subject, "text": f"{text.body}\n{message.key}"}
        body = json.dumps({**document, "level": message.level.code}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message.key}
        request = urllib.request.Request(webhook.url, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
                return
        except urllib.error.HTTPError as refusal:
            # Too many at once, or a time-out on the other side, may pass; another refusal of the request will not.
            if 400 <= refusal.code < 500 and refusal.code not in (408, 425, 429):
                raise Undeliverable(f"refused with {refusal.code}") from refusal
            raise

    return send


@dataclass(frozen=True, slots=True)
class Dispatched:
    """How many messages were sent, will be tried again, became dead letters, and were dropped for want of a right."""

    sent: int = 0
    again: int = 0
    dead: int = 0
    dropped: int = 0

    def __add__(self, other: Dispatched) -> Dispatched:
        return Dispatched(
            self.sent + other.sent, self.again + other.again, self.dead + other.dead, self.dropped + other.dropped
        )


def dispatch(
    engine: Engine, channels: Channels | None = None, *, wording: Wording = plain_wording, clock: Clock = utc_now
) -> Dispatched:
    """Deliver everything that is due, worst first, until nothing is left. Any number of processes may do so at once."""
    channels = channels or Channels()
    senders: dict[str, Sender] = {}
    if channels.mail is not None:
        senders[MAIL] = mail_sender(channels.mail)
    if channels.webhook is not None:
        senders[WEBHOOK] = webhook_sender(channels.webhook)
    worker = f"{socket.gethostname()} process {os.getpid()} {uuid4().hex[:8]}"
    done = Dispatched()
    while True:
        now = clock()
        with writing(engine) as connection:
            claimed = claim(connection, worker, channels.names, now=now, until=now + CLAIM_LASTS, limit=CLAIMED_AT_ONCE)
        if not claimed:
            return done
        # Rights are asked again now: an account may have been disabled or moved since the message was written.
        delivery = _Delivery(engine, worker, senders, wording, clock, _forbidden(engine, claimed, now))
        for message in claimed:
            done += delivery.deliver(message)


def _forbidden(engine: Engine, messages: Sequence[Message], now: datetime) -> frozenset[str]:
    """Keys of the messages whose recipient may not, or no longer, see what they tell of."""
    with reading(engine) as connection:
        accounts = {account.login: account for account in usable_accounts(connection, now)}
        provinces = {message.scheme: load_scheme(message.scheme).province for message in messages}
        trees = {province: load_tree(connection, province) for province in set(provinces.values())}
    forbidden = set()
    for message in messages:
        account, tree = accounts.get(message.recipient), trees[provinces[message.scheme]]
        if message.channel != WEBHOOK and (account is None or not covers(account, tree.path(message.region))):
            forbidden.add(message.key)
    return frozenset(forbidden)


@dataclass(frozen=True, slots=True)
class _Delivery:
    engine: Engine
    worker: str
    senders: Mapping[str, Sender]
    wording: Wording
    clock: Clock
    forbidden: frozenset[str]

    def deliver(self, message: Message) -> Dispatched:
        if message.key in self.forbidden:
            with writing(self.engine) as connection:
                dropped = mark_dropped(
                    connection, message, self.worker, self.clock(), "the recipient has no right to it"
                )
            return Dispatched(dropped=int(dropped))
        if message.channel == IN_APP:
            with writing(self.engine) as connection:
                return Dispatched(sent=int(deliver_in_app(connection, message, self.worker, self.clock())))
        try:
            self.senders[message.channel](message, self.wording(message))
        except Exception as problem:
            return self._failed(message, problem)
        with writing(self.engine) as connection:
            return Dispatched(sent=int(mark_sent(connection, message, self.worker, self.clock())))

    def _failed(self, message: Message, problem: Exception) -> Dispatched:
        final = isinstance(problem, Undeliverable) or message.attempts + 1 >= MOST_ATTEMPTS
        again_at = None if final else self.clock() + wait_after(message.attempts + 1)
        log.warning("message %s by %s: %s", message.key, message.channel, problem)
        with writing(self.engine) as connection:
            marked = mark_failed(
                connection, message, self.worker, self.clock(), f"{type(problem).__name__}: {problem}", again_at
            )
        return Dispatched(dead=int(marked)) if final else Dispatched(again=int(marked))


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: doubled each time, spread by half so that many do not come at once."""
    wait = min(FIRST_WAIT * (1 << (attempts - 1)), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.25)
