"""办结 and 撤回办结 of a statutory day that no figures show: by the department responsible, for its own region."""

from __future__ import annotations

from dashboard.pages.calendar.words import what
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Area, Day, Text, Whole
from dashboard.words.wording import N_, _
from rules.errors import NotAllowed, PoolwatchError
from workflows.people.local_rights import DUTIFUL, answers_for
from workflows.statutory.register import MarkRefused, Noted, note_done, take_back
from workflows.statutory.standing import Standing, load_statutory, of_region


class NoSuchDeadline(PoolwatchError):
    """The profile sets no such day."""

    code = "no_such_deadline"


DEADLINE = Text("deadline", N_("法定事项"), most=64, hidden=True)
PLACE = Text("place", N_("地区"), most=20, hidden=True)
SEEN = Whole("seen", N_("版本"), hidden=True, kept=False)
DONE_ON = Day("done_on", N_("办结日期"))
DOCUMENT = Text("document", N_("文号或凭证号"), most=80)
NOTE = Area("note", N_("说明"), rows=2, required=False)
WHY = Area("note", N_("撤回理由"), rows=2)


def _asked(deed: Deed) -> tuple[Standing, str]:
    """The day and region that the reader may answer for. Raises NoSuchDeadline; NotAllowed for who is not responsible;
    MarkRefused where the books decide."""
    key, region = deed[DEADLINE], deed[PLACE]
    found = load_statutory(deed.connection, deed.reading.scheme, deed.reading.today).find(key)
    if found is None or region not in deed.reading.tree:
        raise NoSuchDeadline(f"no day {key} of {region}", deadline=key)
    if not answers_for(deed.account, found.day.duty, region, deed.reading.tree):
        raise NotAllowed(f"{deed.account.login} does not answer for {key} of {region}", action="deadline")
    if found.by_facts:
        raise MarkRefused(f"{key} follows from the books", "by_facts", deadline=key)
    return of_region(deed.reading.tree, found, region), region


@act("deadline_done", N_("办结"), DUTIFUL, (DEADLINE, PLACE, SEEN, (DONE_ON, DOCUMENT), NOTE))
def done(deed: Deed) -> Done:
    """Note a day as done. Raises as :func:`_asked`, MarkRefused, StaleRow."""
    one, region = _asked(deed)
    noted = Noted(deed[DONE_ON], deed[DOCUMENT], deed[NOTE], deed[SEEN])
    note_done(deed.connection, deed.reading.scheme.code, region, one.day.key, noted, deed.by)
    return Done(_("{what}已办结。", what=what(one.day)), f"{deed.reading.scheme.code} {one.day.key} {region}")


@act("deadline_reopen", N_("撤回办结"), DUTIFUL, (DEADLINE, PLACE, SEEN, WHY))
def reopen(deed: Deed) -> Done:
    """Take a note back, with the reason. Raises as :func:`_asked`, MarkRefused, StaleRow."""
    one, region = _asked(deed)
    take_back(deed.connection, deed.reading.scheme.code, region, one.day.key, deed[WHY], deed[SEEN], deed.by)
    return Done(_("{what}已撤回办结。", what=what(one.day)), f"{deed.reading.scheme.code} {one.day.key} {region}")


ACTS = (done, reopen)
