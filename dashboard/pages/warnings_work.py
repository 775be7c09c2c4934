"""What must be worked, as the pages show it: one line a matter, the worst signal leading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard import display
from dashboard.reading import Reading
from dashboard.wording import N_, _
from data_access.accounts import Account
from data_access.sources.status import load_calendar
from data_access.standing import LiveEpisode, Standing, live_episodes
from rules.alert_threshold import Level
from rules.calendar import WorkingCalendar

STATES = {
    "open": N_("待签收"), "handling": N_("处置中"), "submitted": N_("已反馈待核"), "closed": N_("已销号"),
}  # fmt: skip
GROUPS = {
    "collection": N_("征缴"), "payment": N_("支付"), "funds": N_("资金"), "data": N_("数据"), "other": N_("其他"),
}  # fmt: skip
GROUP_OF = {
    "income_deviation": "collection", "premium_deviation": "collection", "collection_rate": "collection",
    "expenditure_deviation": "payment", "unpaid_due": "payment", "pooling_rate": "funds", "pooling_delay": "funds",
    "legacy_progress": "funds", "subsidy_arrival": "funds", "data_age": "data", "rejected_share": "data",
    "reconciliation_difference": "data",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matter:
    """One case: its lead signal, the others merged into it, and how far the work is."""

    number: int
    group: str
    lead: Standing
    others: tuple[Standing, ...]
    state: str
    responsible: str
    due: datetime | None
    opened_at: datetime

    @property
    def level(self) -> Level:
        return self.lead.level

    @property
    def region(self) -> str:
        return self.lead.subject.region

    @property
    def label(self) -> str:
        """How the case is called on paper: 2026-0117."""
        return f"{display.local(self.opened_at).year}-{self.number:04d}"

    @property
    def key(self) -> str:
        """What a ticked row sends."""
        return str(self.number)

    def concerns(self, account: Account) -> bool:
        """Whether an account is who must act next."""
        return self.responsible == account.login

    def overdue(self, now: datetime) -> bool:
        return self.due is not None and self.due < now and self.state != "closed"


def matters(reading: Reading) -> list[Matter]:
    """Open cases of the region looked at and below, as far as the reader may see them; the most urgent first."""
    with reading.published.engine.connect() as connection:
        found = live_episodes(connection, reading.scheme.code)
    by_case: dict[tuple[str, str], list[LiveEpisode]] = {}
    tree = reading.tree
    for one in found:
        region = one.standing.subject.region
        if region in tree and reading.scope.covers(tree, region) and reading.region in tree.path(region):
            path = tree.path(region)
            place = path[1] if len(path) > 1 else region
            place = place if reading.scope.covers(tree, place) else region
            by_case.setdefault((place, GROUP_OF.get(one.standing.subject.indicator, "other")), []).append(one)
    cases = [_matter(group, members) for (_place, group), members in by_case.items()]
    return sorted(cases, key=lambda one: (-one.level, one.due or one.opened_at, one.number))


def matter_of(reading: Reading) -> Matter | None:
    """The case of the address; None where there is none or it is not the reader's to see."""
    if not reading.view.subject.isdigit():
        return None
    number = int(reading.view.subject)
    return next((one for one in matters(reading) if one.number == number), None)


def _matter(group: str, members: Sequence[LiveEpisode]) -> Matter:
    lead = members[0]
    state = min((one.work for one in members), key=list(STATES).index)
    return Matter(
        lead.id, group, lead.standing, tuple(one.standing for one in members[1:]), state, lead.assignee or "",
        lead.due, lead.opened_at,
    )  # fmt: skip


def state_words(matter: Matter, now: datetime) -> str:
    said = _(STATES[matter.state])
    return _("{state}，已逾期", state=said) if matter.overdue(now) else said


def remaining(reading: Reading, matter: Matter) -> str:
    """剩3个工作日, 今日到期, 已逾期2个工作日; — without a deadline."""
    if matter.due is None:
        return display.NO_VALUE
    now, due = display.local(reading.now), display.local(matter.due)
    if due < now:
        days = _calendar(reading).elapsed(due, now)
        return _("已逾期{days}个工作日", days=days) if days else _("已逾期")
    if due.date() == now.date():
        return _("今日到期")
    return _("剩{days}个工作日", days=_calendar(reading).elapsed(now, due))


def _calendar(reading: Reading) -> WorkingCalendar:
    with reading.published.engine.connect() as connection:
        return load_calendar(connection)


def due_words(matter: Matter) -> str:
    return display.NO_VALUE if matter.due is None else display.short_day(display.local(matter.due).date())
