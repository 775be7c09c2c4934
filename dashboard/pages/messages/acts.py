"""What a reader marks of their own boxes: read, muted; it changes nothing that is on record."""

from __future__ import annotations

from flask import g

from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Text, Tick
from dashboard.words.wording import N_, _
from rules.errors import PoolwatchError
from workflows.matters.boxes import Boxes, boxes_now
from workflows.matters.marks import mark_read, mute, unmute
from workflows.matters.records import Matter
from workflows.people.accounts import Role
from workflows.people.system_alerts import read_alerts


class NoSuchMatter(PoolwatchError):
    """The matter is in none of the reader's boxes."""

    code = "no_such_matter"


ALL = Tick("all", N_("全部"), hidden=True)
MATTER = Text("matter", N_("事项"), most=64, hidden=True)


def matters_in(found: Boxes) -> list[Matter]:
    """Everything in a reader's boxes, once."""
    return [*(one.matter for one in found.todo), *found.followed, *found.informed]


def _mine(deed: Deed) -> list[Matter]:
    return matters_in(boxes_now(deed.reading.published, g.account, deed.now, deed.reading.scheme.code))


def _matter(deed: Deed) -> Matter:
    wanted = deed[MATTER]
    found = next((one for one in _mine(deed) if one.key == wanted), None)
    if found is None:
        raise NoSuchMatter(f"{wanted} is in none of the boxes of {deed.account.login}")
    return found


@act("messages_read", N_("标为已读"), frozenset(Role), (ALL, MATTER), recorded=False)
def read(deed: Deed) -> Done:
    """What has happened by now is known to the reader: of one matter, or of all. Raises NoSuchMatter."""
    every = deed[ALL]
    count = mark_read(deed.connection, deed.account.login, _mine(deed) if every else [_matter(deed)], deed.now)
    if every:
        count += read_alerts(deed.connection, deed.account, deed.now)
    return Done(_("已标为已读。"), deed.account.login, {"read": count})


@act("messages_mute", N_("不再提醒"), frozenset(Role), (MATTER,), recorded=False)
def keep_quiet(deed: Deed) -> Done:
    """Nothing more is sent of one matter until it escalates to red. Raises NoSuchMatter."""
    matter = _matter(deed)
    mute(deed.connection, deed.account.login, matter, deed.now)
    return Done(_("不再提醒；红色升级时自动恢复，要办的仍列在这里。"), matter.key)


@act("messages_unmute", N_("恢复提醒"), frozenset(Role), (MATTER,), recorded=False)
def speak_again(deed: Deed) -> Done:
    """The matter is told again. Raises NoSuchMatter."""
    matter = _matter(deed)
    unmute(deed.connection, deed.account.login, matter)
    return Done(_("已恢复提醒。"), matter.key)


ACTS = (read, keep_quiet, speak_again)
