"""Outbox 待发通知: what must be told outside the system to whom, kept until it is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select, update

from data_access.store import schema
from data_access.store.bulk import insert_if_new
from rules.alerts.threshold import Level

OUTBOX, EVENT, STATE = schema.outbox, schema.alert_event, schema.alert_state
REGION, ACCOUNT = schema.region, schema.account
# Mail reaches one person each; every other channel a group that has no account.
MAIL, WEBHOOK = "mail", "webhook"
WAITING, SENT, DEAD, DROPPED = "waiting", "sent", "dead", "dropped"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What happened to a warning, to be told to a group through its channel. ``episode``, ``number``: episode and event
    number; ``not_before`` where it must wait, None for at once."""

    episode: int
    number: int
    event: int
    recipient: str
    channel: str
    level: Level
    not_before: datetime | None = None

    @property
    def key(self) -> str:
        """Equal for one message however often it is written or sent."""
        named = f"{self.episode}|{self.number}|{self.recipient}|{self.channel}"
        return hashlib.sha256(named.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A matter to be told to one person by mail: ``act`` is what they must do, "" where they are only informed, ``due``
    until when. ``moment`` tells one telling of a matter from the next."""

    kind: str
    number: str
    scheme: str
    region: str
    level: Level
    recipient: str
    moment: str
    act: str = ""
    due: datetime | None = None
    indicator: str = ""
    part: str = ""
    not_before: datetime | None = None

    @property
    def key(self) -> str:
        named = f"{self.kind}|{self.scheme}|{self.number}|{self.act}|{self.moment}|{self.recipient}"
        return hashlib.sha256(named.encode()).hexdigest()[:32]

    @property
    def about(self) -> str:
        """As the outbox keeps it."""
        facts = {
            name: getattr(self, name) for name in ("kind", "number", "scheme", "region", "indicator", "part", "act")
        }
        return json.dumps(facts | {"due": None if self.due is None else self.due.isoformat()}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be sent, with the facts its wording needs. ``attempts`` counts those that failed.

    ``value``: the subject's value as a decimal string, None for none; ``told``: open, escalate, recover …; ``name`` and
    ``name_en`` the region's; ``language`` the one its recipient has chosen, None for none; ``about`` what a letter to one
    person is about, as :class:`NewLetter` names it, empty for what a group is told.
    """

    id: int
    key: str
    event: int
    recipient: str
    channel: str
    attempts: int
    scheme: str
    indicator: str
    region: str
    part: str
    period: str
    told: str
    level: Level
    value: str | None
    name: str = ""
    name_en: str | None = None
    language: str | None = None
    about: Mapping[str, str | None] = field(default_factory=dict)


def enqueue(connection: Connection, messages: Sequence[NewMessage], now: datetime) -> None:
    """Write messages within the transaction of what they tell of; one written before is not written again."""
    told = [(one, {"event": one.event, "about": None, "channel": one.channel}) for one in messages]
    _write_new(connection, told, now)


def enqueue_letters(connection: Connection, letters: Sequence[NewLetter], now: datetime) -> None:
    """Write letters to persons; one written before is not written again."""
    _write_new(connection, [(one, {"event": None, "about": one.about, "channel": MAIL}) for one in letters], now)


def _write_new(
    connection: Connection, told: Sequence[tuple[NewMessage | NewLetter, Mapping[str, object]]], now: datetime
) -> None:
    rows = [
        {
            **by_what,
            "key": one.key,
            "recipient": one.recipient,
            "level": int(one.level),
            "created_at": now,
            "state": WAITING,
            "attempts": 0,
            "not_before": one.not_before or now,
        }
        for one, by_what in told
    ]
    if rows:
        connection.execute(insert_if_new(connection, OUTBOX), rows)


def known_keys(connection: Connection, keys: Collection[str]) -> frozenset[str]:
    """Those of some keys under which something was written before."""
    return frozenset(connection.execute(select(OUTBOX.c.key).where(OUTBOX.c.key.in_(list(keys)))).scalars())


def claim(
    connection: Connection, worker: str, channels: Collection[str], *, now: datetime, until: datetime, limit: int
) -> tuple[Message, ...]:
    """Take messages that are due, worst first, for one worker until an instant. Those another worker has claimed are
    passed over until its claim lapses."""
    free = or_(OUTBOX.c.claimed_until.is_(None), OUTBOX.c.claimed_until <= now)
    due = and_(OUTBOX.c.state == WAITING, OUTBOX.c.not_before <= now, free, OUTBOX.c.channel.in_(list(channels)))
    wanted = select(OUTBOX.c.id).where(due).order_by(OUTBOX.c.level.desc(), OUTBOX.c.id).limit(limit)
    taken = list(connection.execute(wanted.with_for_update(skip_locked=True)).scalars())
    if not taken:
        return ()
    connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(taken)).values(claimed_by=worker, claimed_until=until))
    rows = connection.execute(
        select(OUTBOX, EVENT.c.period, EVENT.c.told, STATE.c.scheme, STATE.c.indicator, STATE.c.region, STATE.c.part)
        .add_columns(STATE.c.value, ACCOUNT.c.language)
        .outerjoin(EVENT, EVENT.c.id == OUTBOX.c.event)
        .outerjoin(STATE, STATE.c.id == EVENT.c.state)
        .outerjoin(ACCOUNT, ACCOUNT.c.login == OUTBOX.c.recipient)
        .where(OUTBOX.c.id.in_(taken))
        .order_by(OUTBOX.c.level.desc(), OUTBOX.c.id)
    )
    found = [_message(row) for row in rows]
    wanted_names = select(REGION.c.code, REGION.c.name, REGION.c.name_en)
    regions = connection.execute(wanted_names.where(REGION.c.code.in_({one.region for one in found})))
    named = {row.code: (row.name, row.name_en) for row in regions}
    return tuple(
        replace(one, name=named[one.region][0], name_en=named[one.region][1]) if one.region in named else one
        for one in found
    )


def _message(row: Row[Any]) -> Message:
    about = {} if row.about is None else json.loads(row.about)
    return Message(
        row.id,
        row.key,
        row.event or 0,
        row.recipient,
        row.channel,
        row.attempts,
        about.get("scheme", row.scheme),
        about.get("indicator", row.indicator),
        about.get("region", row.region),
        about.get("part", row.part),
        row.period or "",
        row.told or "",
        Level(row.level),
        row.value,
        language=row.language,
        about=about,
    )


def _finish(connection: Connection, message: Message, worker: str, **values: Any) -> bool:
    mine = and_(OUTBOX.c.id == message.id, OUTBOX.c.claimed_by == worker, OUTBOX.c.state == WAITING)
    released = {"claimed_by": None, "claimed_until": None}
    return connection.execute(update(OUTBOX).where(mine).values(**released, **values)).rowcount == 1


def mark_sent(connection: Connection, message: Message, worker: str, now: datetime) -> bool:
    """The message has gone out. False, and nothing changed, when the claim has passed to another worker."""
    return _finish(connection, message, worker, state=SENT, finished_at=now, error=None)


def mark_dropped(connection: Connection, message: Message, worker: str, now: datetime, reason: str) -> bool:
    """The recipient may no longer see it: it is not sent."""
    return _finish(connection, message, worker, state=DROPPED, finished_at=now, error=reason)


def mark_failed(
    connection: Connection, message: Message, worker: str, now: datetime, error: str, again_at: datetime | None
) -> bool:
    """It could not be sent: to be tried again at an instant, or (None) a dead letter that someone must look at."""
    tried = {"attempts": message.attempts + 1, "error": error}
    if again_at is None:
        return _finish(connection, message, worker, **tried, state=DEAD, finished_at=now)
    return _finish(connection, message, worker, **tried, not_before=again_at)


def dead_letters(connection: Connection) -> int:
    """Messages that could not be delivered: a sign of ill health."""
    return int(connection.execute(select(func.count()).where(OUTBOX.c.state == DEAD)).scalar_one())


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A dead letter: to whom, by what, when it was given up after how many attempts, and why."""

    id: int
    recipient: str
    channel: str
    attempts: int
    created_at: datetime
    finished_at: datetime | None
    error: str | None


def undelivered(connection: Connection, limit: int = 20) -> tuple[Undelivered, ...]:
    """The latest dead letters."""
    columns = (OUTBOX.c[name] for name in Undelivered.__slots__)
    rows = connection.execute(select(*columns).where(OUTBOX.c.state == DEAD).order_by(OUTBOX.c.id.desc()).limit(limit))
    return tuple(Undelivered(*row) for row in rows)


def letters_by_state(connection: Connection) -> dict[str, int]:
    """How many messages are in each state: waiting, sent, dead, dropped; none where there are none."""
    counted = select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state)
    return {state: int(count) for state, count in connection.execute(counted)}


def send_again(connection: Connection, now: datetime) -> int:
    """Every dead letter is to be tried again from now on as if for the first time; returns how many."""
    anew = {"state": WAITING, "attempts": 0, "not_before": now, "finished_at": None}
    return connection.execute(update(OUTBOX).where(OUTBOX.c.state == DEAD).values(**anew)).rowcount
