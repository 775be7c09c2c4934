"""拟稿—核稿—签发: who drafts does not check, who signs stands for it; signed, an issue stands as it is."""

from __future__ import annotations

from sqlalchemy import Connection

from rules.errors import PoolwatchError
from rules.month import SHANGHAI
from workflows.briefings.register import Briefing, sections
from workflows.briefings.writing import change, note
from workflows.people.accounts import By

# What a step leads to, and from where it may be taken.
FROM = {
    "send": ("drafting",),
    "return": ("checking", "signing"),
    "pass": ("checking",),
    "sign": ("signing",),
    "drop": ("drafting",),
}
TO = {"send": "checking", "return": "drafting", "pass": "signing", "sign": "issued", "drop": "dropped"}


class NotNow(PoolwatchError):
    """The issue does not stand where this step begins."""

    code = "briefing_not_now"


class NotConfirmed(PoolwatchError):
    """Some sections are still as the system wrote them; ``count`` says how many."""

    code = "briefing_not_confirmed"


class SamePerson(PoolwatchError):
    """Who drafted the issue cannot check or sign it."""

    code = "briefing_four_eyes"


def take(connection: Connection, seen: Briefing, step: str, text: str, by: By) -> None:
    """Take a step with an issue as it was seen. Raises NotNow, NotConfirmed, SamePerson, StaleRow."""
    if seen.state not in FROM[step]:
        raise NotNow(f"briefing {seen.id} is {seen.state}", number=seen.number)
    if step in ("pass", "sign", "return") and by.login == seen.drafted_by:
        raise SamePerson(f"{by.login} drafted briefing {seen.id}")
    if step == "send":
        waiting = sum(one.state == "generated" for one in sections(connection, seen.id))
        if waiting:
            raise NotConfirmed(f"{waiting} sections of briefing {seen.id} wait", count=waiting)
    values: dict[str, object] = {"state": TO[step]}
    if step == "sign" and seen.day is None:
        values["day"] = by.at.astimezone(SHANGHAI).date()
    change(connection, seen, values)
    note(connection, seen.id, step, text, by)
