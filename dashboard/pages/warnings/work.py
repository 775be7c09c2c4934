"""What must be worked, as the pages show it: the cases a reader may see, and the words for their state, people, time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import g

from dashboard.components.parts import Child
from dashboard.pages.warnings import words
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import office_name
from dashboard.words.wording import N_, _
from data_access.intake.sources.status import load_calendar
from rules.alerts.episode import Work
from rules.alerts.threshold import Level
from rules.calendar import WorkingCalendar
from workflows.cases.deadlines import deadline
from workflows.cases.register import Case, CaseMember, OpenWork, load_case, open_work
from workflows.matters.cases import case_matter
from workflows.matters.turns import turns_of
from workflows.warnings.standing import Standing
from workflows.warnings.working_clock import working_clock

STATES = {"open": N_("待签收"), "handling": N_("处置中"), "submitted": N_("已反馈待核"), "closed": N_("已销号")}
GROUPS = {
    "solvency": N_("支付能力"),
    "collection": N_("征缴"),
    "payment": N_("支付"),
    "funds": N_("资金"),
    "data": N_("数据"),
    "policy": N_("政策"),
}


@dataclass(frozen=True, slots=True)
class Matter:
    """One case as a reader may see it, of its place, of one above it, or because it was given on to them. ``due``: until
    when its present step must be done; None once it is closed."""

    case: Case
    due: datetime | None = None

    @property
    def members(self) -> tuple[CaseMember, ...]:
        return self.case.members

    @property
    def number(self) -> str:
        return self.case.number

    @property
    def label(self) -> str:
        return self.case.number

    @property
    def lead(self) -> Standing:
        return self.members[0].standing

    @property
    def others(self) -> tuple[Standing, ...]:
        return tuple(member.standing for member in self.members[1:])

    @property
    def level(self) -> Level:
        """The worst level now; once recovered the worst there was."""
        return self.case.level or self.case.highest

    @property
    def state(self) -> str:
        return self.case.work.value

    @property
    def group(self) -> str:
        return self.case.group.value

    @property
    def region(self) -> str:
        return self.case.place

    @property
    def opened_at(self) -> datetime:
        return self.case.opened_at

    def overdue(self, now: datetime) -> bool:
        return self.case.overdue(now)

    @property
    def key(self) -> str:
        """What a ticked row sends."""
        return self.number

    @property
    def unsigned(self) -> bool:
        """Whether it waits to be signed for."""
        return self.case.work is Work.OPEN and not self.case.acked


def matters(reading: Reading, *, closed: bool = False) -> list[Matter]:
    """Open cases of the region looked at and below (or those closed in the running month), as far as the reader may see
    them; the most urgent first."""
    tree = reading.tree
    inside = [
        case for case in open_work_of(reading).cases if (case.closed_at is not None) == closed and case.place in tree
    ]
    return [matter for case in inside if (matter := visible(reading, case)) is not None]


def is_mine(reading: Reading, matter: Matter) -> bool:
    """Whether the next act on a case is the reader's, as among their messages."""
    tree = reading.tree
    as_it_waits = case_matter(matter.case, tree.root, (), reading.ask(working_clock), reading.now)
    return next(turns_of(g.account, as_it_waits, tree), None) is not None


def open_work_of(reading: Reading) -> OpenWork:
    """Everything of the scheme that is open, and the cases closed in the running month."""
    first = display.local(reading.now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return reading.ask(open_work, reading.scheme.code, first.astimezone(UTC))


def visible(reading: Reading, case: Case) -> Matter | None:
    """A case as the reader may see it; None where it is none of theirs."""
    tree, scope = reading.tree, reading.scope
    if scope.covers(tree, case.place):
        return _matter(reading, case) if reading.region in tree.path(case.place) else None
    given = any(given.partition("/")[0] == scope.region for given in case.chain)
    # A county that its city gave the case on to sees what it is about.
    return _matter(reading, case) if given else None


def _matter(reading: Reading, case: Case) -> Matter:
    return Matter(case, deadline(case, reading.ask(working_clock)))


def matter_of(reading: Reading) -> Matter | None:
    """The case of the address, open or closed; None where there is none or it is not the reader's to see."""
    if reading.view.subject.startswith("s"):
        return None
    known = (case for case in open_work_of(reading).cases if case.number == reading.view.subject)
    case = next(known, None) or reading.ask(load_case, reading.view.subject)
    if case is None or case.scheme != reading.scheme.code or case.place not in reading.tree:
        return None
    return visible(replace(reading, region=case.place), case)


def what(reading: Reading, matter: Matter) -> list[Child]:
    """One sentence without a full stop: what is the matter, or once it has recovered what it was."""
    lead, found = matter.members[0], words.find(reading, matter.lead)
    if lead.level is Level.NONE and lead.recovered_at is not None:
        return words.recovered(reading, found, lead.highest, lead.recovered_at)
    return words.what(reading, found)


def state_words(matter: Matter, now: datetime) -> str:
    said = _(STATES[matter.state])
    if matter.state == "open" and matter.case.signed is not None:
        # What was signed for and not taken up is to be signed for anew.
        said = _("已签收待转办") if matter.case.acked else _("待重新签收")
    if matter.case.paused:
        return _("{state}，有异议待定", state=said)
    return _("{state}，已逾期", state=said) if matter.overdue(now) else said


def next_step(reading: Reading, matter: Matter) -> str:
    """What is to be done next, and how much time is left for it: 处置中，剩3个工作日; 已反馈，待省级核实."""
    if matter.case.paused:
        return _("有异议待定，先核对数据")
    if matter.state == "open":
        return _("已签收，待转办") if matter.case.acked else _("待签收")
    if matter.state == "submitted":
        return _("已反馈，待省级核实")
    if matter.due is None:
        return _(STATES[matter.state])
    left = remaining(reading, matter)
    return _("{left}，催办", left=left) if matter.overdue(reading.now) else _("处置中，{left}", left=left)


def due_words(matter: Matter) -> str:
    return display.NO_VALUE if matter.due is None else display.short_day(display.local(matter.due).date())


def responsible(reading: Reading, matter: Matter) -> str:
    """Who must act: to whom it was given last, else the government and the departments that can."""
    given = matter.case.chain
    if given:
        return assignee_words(reading, given[-1])
    return _("{who}（待转办）", who=assignee_words(reading, matter.case.office))


def assignee_words(reading: Reading, given: str) -> str:
    """``320800/tax`` as 淮安市 税务, ``320800/`` as 淮安市政府; a login, or what was said in words, as it is."""
    return office_name(reading.tree, given)


def remaining(reading: Reading, matter: Matter) -> str:
    """剩3个工作日, 今日到期, 已逾期2个工作日; — without a deadline."""
    return display.NO_VALUE if matter.due is None else left(reading, matter.due)


def left(reading: Reading, instant: datetime) -> str:
    """How much time a deadline leaves."""
    now, due = display.local(reading.now), display.local(instant)
    if due < now:
        days = _calendar(reading).elapsed(due, now)
        return _("已逾期{days}个工作日", days=days) if days else _("已逾期")
    if due.date() == now.date():
        return _("今日到期")
    return _("剩{days}个工作日", days=_calendar(reading).until(now.date(), due.date()))


def _calendar(reading: Reading) -> WorkingCalendar:
    return reading.ask(load_calendar)
