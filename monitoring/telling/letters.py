"""What persons are told by mail, by the one table of whose turn it is: what is theirs to do, as soon as it is; of the rest of
their own place one digest at 17:00. Nothing is written twice, and nothing of what they muted or of a level below the one that
they chose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from data_access.books.parameters import schemes_in_force
from data_access.books.regions import RegionTree, load_tree
from data_access.books.versions import reading
from data_access.store.engine import writing
from monitoring.lease import Clock, utc_now
from rules.alerts.threshold import Level
from rules.month import SHANGHAI
from workflows.matters.boxes import Mine, boxes, matters, own_ledgers
from workflows.matters.marks import marks_of, wants_letter
from workflows.matters.records import Kind, Matter
from workflows.matters.table import URGING
from workflows.people.accounts import usable_accounts
from workflows.people.channels import channels_on
from workflows.people.outbox import MAIL, NewLetter, enqueue_letters, known_keys
from workflows.warnings.silences import SilenceRow, load_silences
from workflows.warnings.working_clock import DIGEST, loud_from


def write_letters(engine: Engine, *, clock: Clock = utc_now) -> int:
    """Write into the outbox what is new for each person; how many letters. Nothing where no mail is configured."""
    now = clock()
    with reading(engine) as connection:
        if MAIL not in channels_on(connection):
            return 0
        found = list(_letters(connection, now))
        known = known_keys(connection, [one.key for one in found])
    new = [one for one in found if one.key not in known]
    if new:
        with writing(engine) as connection:
            enqueue_letters(connection, new, now)
    return len(new)


def _letters(connection: Connection, now: datetime) -> Iterator[NewLetter]:
    ledgers = [scheme for scheme, _demo in schemes_in_force(connection) if scheme.kind == "ledger"]
    trees = {one.code: load_tree(connection, one) for one in ledgers}
    quiet = {one.code: load_silences(connection, one.code) for one in ledgers}
    every, loud, digest = matters(connection, ledgers, now), loud_from(connection, now), digest_at(now)
    spoken = [one for one in every if not _silenced(one, quiet[one.scheme], trees[one.scheme], now)]
    for account in usable_accounts(connection, now):
        own = {one.code: trees[one.code] for one in own_ledgers(ledgers, lambda one: trees[one.code], account)}
        found, marks = boxes(account, spoken, own), marks_of(connection, account.login)
        for mine in found.todo:
            if wants_letter(marks, mine.matter):
                yield _to_do(mine, account.login, loud)
        for one in (*found.followed, *found.informed):
            by_self = one.latest is not None and one.latest.login == account.login
            moved = not by_self and digest - timedelta(days=1) < one.moved_at <= digest
            if moved and wants_letter(marks, one):
                yield _letter(one, account.login, f"{digest:%Y-%m-%d}", not_before=digest)


def digest_at(now: datetime) -> datetime:
    """When the day's digest goes out: the next 17:00."""
    here = now.astimezone(SHANGHAI)
    at = datetime.combine(here.date(), DIGEST, SHANGHAI)
    return at if here <= at else at + timedelta(days=1)


def _to_do(mine: Mine, login: str, loud: datetime) -> NewLetter:
    """At once where it is red, else when people may be called."""
    at_once = mine.matter.level is Level.RED
    moment = _moment(mine.matter).isoformat()
    return _letter(mine.matter, login, moment, mine.turn.act, mine.due, None if at_once else loud)


def _moment(matter: Matter) -> datetime:
    """Since when the matter waits as it does, or was last urged: letters and instructions beside it change no turn."""
    for step in reversed(matter.steps):
        kind, _colon, told = step.step.partition(":")
        if (told.partition(":")[0] in URGING) if kind == "told" else kind not in ("instruct", "letter"):
            return step.at
    return matter.opened_at


def _letter(
    matter: Matter,
    login: str,
    moment: str,
    act: str = "",
    due: datetime | None = None,
    not_before: datetime | None = None,
) -> NewLetter:
    subject = matter.record.lead.standing.subject if matter.kind is Kind.CASE else None
    indicator, part = ("", "") if subject is None else (subject.indicator, subject.part)
    about = (matter.kind.value, matter.number, matter.scheme, matter.region, matter.level)
    return NewLetter(*about, login, moment, act, due, indicator, part, not_before)


def _silenced(matter: Matter, silences: Sequence[SilenceRow], tree: RegionTree, now: datetime) -> bool:
    """Whether a silence 暂缓提醒 lies over every open warning of a case."""
    if matter.kind is not Kind.CASE or not matter.waiting:
        return False
    active = [one for one in silences if one.active(now) and one.region in tree.path(matter.region)]
    return all(
        any(
            one.indicator in (None, member.standing.subject.indicator) and member.level <= one.max_level
            for one in active
        )
        for member in matter.record.live
    )
