"""Delivery 通知发送: what waits in the outbox goes out, outside the transactions that wrote it.

Each at least once: a worker that dies between sending and marking sends again, with the same key in the text. What fails waits longer each time; what cannot be delivered at all
becomes a dead letter and holds up nothing else.

One recipient gets what waits for him as one digest 汇总, red first; red also goes alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import random
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine

from data_access.books.regions import load_tree
from data_access.books.versions import reading
from data_access.store.engine import writing
from monitoring.lease import Clock, utc_now
from monitoring.telling.channels import Channels, Sender, Text, Undeliverable, Words
from rules.alerts.threshold import Level
from rules.scheme import load_scheme
from workflows.people.accounts import usable_accounts
from workflows.people.outbox import (
    MAIL,
    Message,
    claim,
    mark_dropped,
    mark_failed,
    mark_sent,
)
from workflows.people.rights import covers

CLAIM_LASTS = timedelta(minutes=5)
CLAIMED_AT_ONCE = 200
MOST_ATTEMPTS = 8
NO_RIGHT = "the recipient has no right to it"
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)

log = logging.getLogger(__name__)


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


def dispatch(engine: Engine, channels: Channels, *, clock: Clock = utc_now) -> Dispatched:
    """Deliver everything that is due, worst first, until nothing is left. Any number of processes may do so at once."""
    senders = channels.senders()
    worker = f"{socket.gethostname()} process {os.getpid()} {uuid4().hex[:8]}"
    done = Dispatched()
    while True:
        now = clock()
        with writing(engine) as connection:
            claimed = claim(connection, worker, channels.names, now=now, until=now + CLAIM_LASTS, limit=CLAIMED_AT_ONCE)
        if not claimed:
            return done
        # Rights are asked again now: an account may have been disabled or moved since the message was written.
        delivery = _Delivery(engine, worker, senders, channels.words, clock, _forbidden(engine, claimed, now))
        for together in _digests(claimed):
            done += delivery.deliver_all(together)


def _digests(messages: Sequence[Message]) -> list[list[Message]]:
    """What goes to one recipient through one channel, the worst first."""
    found: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        found.setdefault((message.channel, message.recipient), []).append(message)
    return list(found.values())


def _forbidden(engine: Engine, messages: Sequence[Message], now: datetime) -> frozenset[str]:
    """Keys of the messages whose recipient may not, or no longer, see what they tell of."""
    with reading(engine) as connection:
        accounts = {account.login: account for account in usable_accounts(connection, now)}
        trees = {scheme: load_tree(connection, load_scheme(scheme)) for scheme in {one.scheme for one in messages}}
    forbidden = set()
    for message in messages:
        account, tree = accounts.get(message.recipient), trees[message.scheme]
        if message.channel == MAIL and (account is None or not covers(account, tree, message.region)):
            forbidden.add(message.key)
    return frozenset(forbidden)


@dataclass(frozen=True, slots=True)
class _Delivery:
    engine: Engine
    worker: str
    senders: Mapping[str, Sender]
    words: Words
    clock: Clock
    forbidden: frozenset[str]

    def deliver_all(self, messages: Sequence[Message]) -> Dispatched:
        """Deliver what one recipient gets through one channel: one message as it is, several as a digest."""
        done = sum((self._drop(message) for message in messages if message.key in self.forbidden), Dispatched())
        allowed = [message for message in messages if message.key not in self.forbidden]
        if len(allowed) < 2:
            return sum((self.deliver(message) for message in allowed), done)
        done = sum((self.deliver(message) for message in allowed if message.level is Level.RED), done)
        rest = [message for message in allowed if message.level is not Level.RED]
        if not rest:
            return done
        try:
            self.senders[rest[0].channel](_bundle(allowed), self._text(allowed))
        except Exception as problem:
            return sum((self._failed(message, problem) for message in rest), done)
        return sum((self._sent(message) for message in rest), done)

    def deliver(self, message: Message) -> Dispatched:
        try:
            self.senders[message.channel](message, self._text([message]))
        except Exception as problem:
            return self._failed(message, problem)
        return self._sent(message)

    def _drop(self, message: Message) -> Dispatched:
        with writing(self.engine) as connection:
            return Dispatched(dropped=int(mark_dropped(connection, message, self.worker, self.clock(), NO_RIGHT)))

    def _sent(self, message: Message) -> Dispatched:
        with writing(self.engine) as connection:
            return Dispatched(sent=int(mark_sent(connection, message, self.worker, self.clock())))

    def _text(self, messages: Sequence[Message]) -> Text:
        """What one recipient reads, in the language he has chosen."""
        return Text(*self.words.messages(messages, messages[0].language))

    def _failed(self, message: Message, problem: Exception) -> Dispatched:
        final = isinstance(problem, Undeliverable) or message.attempts + 1 >= MOST_ATTEMPTS
        again_at = None if final else self.clock() + wait_after(message.attempts + 1)
        log.warning("message %s by %s: %s", message.key, message.channel, problem)
        with writing(self.engine) as connection:
            marked = mark_failed(
                connection, message, self.worker, self.clock(), f"{type(problem).__name__}: {problem}", again_at
            )
        return Dispatched(dead=int(marked)) if final else Dispatched(again=int(marked))


def _bundle(messages: Sequence[Message]) -> Message:
    """A digest as one message, under a key of its own that is the same whenever the same messages go together."""
    keys = "|".join(message.key for message in messages)
    return replace(messages[0], key=hashlib.sha256(keys.encode()).hexdigest()[:32])


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failures: doubled each time, spread by half so that many do not come at once."""
    wait = min(FIRST_WAIT * (1 << (attempts - 1)), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311  # spreads, hides nothing
