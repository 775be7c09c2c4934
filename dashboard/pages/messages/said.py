"""What is said of a matter in a reader's boxes: where and what it is, its latest step, what is to be done by when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from dash import html

from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.briefings.compose import issue_name
from dashboard.pages.briefings.desk import STEP_NAMES as BRIEFING_STEPS
from dashboard.pages.budget.drafting.words import JOURNAL as BUDGET_STEPS, round_name, step_name
from dashboard.pages.budget.review.drawer import STEP_NAMES as REVIEW_STEPS
from dashboard.pages.calendar.words import STEPS as DEADLINE_STEPS, state_words, what as deadline_what
from dashboard.pages.data.acts import BATCH
from dashboard.pages.data.close_points import STEP_NAMES as MONTH_STEPS
from dashboard.pages.funds.cash import DEPOSIT
from dashboard.pages.funds.payments.words import STEP_NAMES as FUND_STEPS
from dashboard.pages.gap.reading import of_registers
from dashboard.pages.gap.words import KIND_NAMES, STEP_NAMES as GAP_STEPS
from dashboard.pages.issues.words import STEP_NAMES as ISSUE_STEPS
from dashboard.pages.warnings import words, work
from dashboard.pages.warnings.timeline import step_words, told_words
from dashboard.site.reading import Reading, read
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.departments import department_name, office_name
from dashboard.words.matters import KINDS, TO_DO
from dashboard.words.wording import N_, _, name_of
from rules.department import Department
from rules.indicators import INDICATORS
from rules.month import Month
from workflows.cases.register import CaseStep
from workflows.matters.reconciling import LateItem, OpenItems, SignOff
from workflows.matters.records import Kind, Matter, Step, Waiting
from workflows.matters.table import BY_STAGE, Who
from workflows.statutory.standing import of_region

OTHER_STEPS = {
    Kind.ISSUE: ISSUE_STEPS,
    Kind.GAP: GAP_STEPS,
    Kind.BRIEFING: BRIEFING_STEPS,
    Kind.INSTRUCTION: {"give": N_("批示"), "report": N_("报告结果"), "finish": N_("办结")},
    Kind.LIMITS: {"waiting": N_("提出变更，待复核")},
    Kind.DELIVERY: {"pending": N_("报送，待复核")},
    Kind.MONTH: MONTH_STEPS,
    Kind.FUNDS: FUND_STEPS,
    Kind.DEPOSIT: {"redeposit": N_("转存"), "keep": N_("留作备付"), "open": N_("待定")},
    Kind.DEADLINE: DEADLINE_STEPS,
    Kind.RECONCILING: {"sign": N_("签署对账"), "explain": N_("说明账项"), "take_back": N_("撤回说明")},
    Kind.BUDGET: BUDGET_STEPS,
    Kind.REVIEW: REVIEW_STEPS,
}
# Where each kind is worked, and the tab of its page.
PAGES = {
    Kind.INSTRUCTION: ("/warnings", "instructions"),
    Kind.GAP: ("/gap", "items"),
    Kind.LIMITS: ("/thresholds", ""),
    Kind.MONTH: ("/data", "checks"),
    Kind.FUNDS: ("/funds", "payments"),
    Kind.DEPOSIT: ("/funds", "accounts"),
    Kind.DEADLINE: ("/calendar", ""),
    Kind.RECONCILING: ("/funds", "reconcile"),
    Kind.REVIEW: ("/budget", "review"),
}


class Said:
    """Matters in words, each at the reading of its own scheme."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._at: dict[str, Reading] = {}

    def at(self, matter: Matter) -> Reading:
        """The reader's look at the matter, at its own page."""
        if matter.scheme not in self._at:
            here = self.reading
            self._at[matter.scheme] = read(here.published, View("/warnings", matter.scheme), here.scope, here.now)
        at, (path, tab, item) = self._at[matter.scheme], _address(matter)
        return replace(at, view=replace(at.view, path=path, tab=tab, item=item))

    def href(self, matter: Matter) -> str:
        """The matter's own page."""
        path, tab, item = _address(matter)
        # The month of 用款计划 is the tab's own switch.
        month = Month(matter.record.month).iso if matter.kind is Kind.FUNDS else ""
        number = str(int(matter.record.month)) if matter.kind is Kind.RECONCILING else ""
        there = View(path, matter.scheme, tab=tab, item=item, show=month, number=number)
        if matter.kind is Kind.REVIEW:
            there = replace(there, period=matter.record.month.iso, measure=matter.record.side)
        return there.href()

    def read(self, found: Iterable[Matter]) -> None:
        """Read at once what the sentences of several matters need."""
        cases: dict[str, list[Matter]] = {}
        for one in found:
            if one.kind is Kind.CASE:
                cases.setdefault(one.scheme, []).append(one)
        for of_scheme in cases.values():
            words.read_values(self.at(of_scheme[0]), [one.record.lead.standing for one in of_scheme])

    # --- what it is

    def place(self, matter: Matter) -> str:
        """The true place, a county with its city before it: 宿迁市 泗洪县."""
        tree = self.at(matter).tree
        code = matter.record.lead.standing.subject.region if matter.kind is Kind.CASE else matter.region
        path = [one for one in tree.path(code)[1:] if tree.region(one).kind != "own"] or [code]
        return " ".join(name_of(tree.region(one)) for one in path)

    def what(self, matter: Matter) -> list[Child]:
        """What is the matter, without a full stop."""
        record, at = matter.record, self.at(matter)
        match matter.kind:
            case Kind.CASE:
                return work.what(at, work.Matter(record))
            case Kind.INSTRUCTION:
                return [record.text]
            case Kind.ISSUE:
                if not record.amount_fen:
                    return [record.title]
                fen = at.about_now.figure("issue", record.amount_fen, part=record.ref, place=record.region)
                amount = Strong(display.printed(fen, "wan"))
                return sentence(N_("{title}，涉及{amount}万元"), title=record.title, amount=amount)
            case Kind.GAP:
                fen = of_registers(at).figure("item", record.recognised_fen, part=record.number, place=record.region)
                kind, amount = _(KIND_NAMES[record.kind]), Strong(display.printed(fen))
                return sentence(N_("{kind}，{amount}亿元"), kind=kind, amount=amount)
            case Kind.BRIEFING:
                return [f"{issue_name(record)} {record.title}".strip()]
            case Kind.LIMITS:
                named = sorted({step.indicator for step in record.steps})
                shown = _("、").join(name_of(INDICATORS[one]) for one in named if one in INDICATORS)
                return [_("{indicators}：{reason}", indicators=shown, reason=record.reason)]
            case Kind.DELIVERY:
                return [_("{origin}，{count}行", origin=record.origin, count=record.rows_offered)]
            case Kind.DEPOSIT:
                fen = at.running.about.figure("deposit", record.amount_fen, part=record.ref, place=record.region)
                day, amount = display.short_day(record.matures_on), Strong(display.printed(fen))
                return sentence(N_("{bank}{amount}亿元{day}到期，去向未定"), bank=record.bank, amount=amount, day=day)
            case Kind.DEADLINE:
                return [deadline_what(record.day), _("，"), *state_words(at, of_region(at.tree, record, matter.region))]
            case Kind.BUDGET:
                return [_("{name}：{step}", name=round_name(record), step=step_name(record, record.waits_for))]
            case Kind.MONTH:
                month = display.month_name(Month(record))
                asked = matter.waiting[0].stage == "reopening"
                return [_("{month}申请重开", month=month) if asked else _("{month}待定稿", month=month)]
            case Kind.FUNDS:
                return self._funds(matter)
            case Kind.RECONCILING:
                return self._reconciling(record)
            case Kind.REVIEW:
                month, office = display.month_name(record.month), department_name(record.side)
                if matter.waiting[0].stage == "uncompared":
                    return [_("{month}收入计划待比对（{department}）", month=month, department=office)]
                return [_("{month}收入计划执行分析待阅（{department}）", month=month, department=office)]

    def _reconciling(self, record: SignOff | OpenItems | LateItem) -> list[Child]:
        month = display.month_name(record.month)
        if isinstance(record, OpenItems):
            return [_("{month}对账有{count}笔账项待说明", month=month, count=record.count)]
        if isinstance(record, SignOff):
            changed = _("{month}对账签后数据有变动，待重新签署", month=month)
            return [changed if record.changed else _("{month}对账待签署", month=month)]
        day = display.short_day(record.expected_on)
        return [_("{month}账项过了预计核销日{day}仍未核销：{said}", month=month, day=day, said=record.text)]

    def _funds(self, matter: Matter) -> list[Child]:
        """The month's application, the units of a city that owe their needs, or who was not paid."""
        record, month = matter.record, display.month_name(Month(matter.record.month))
        if record.unpaid is not None:
            about = replace(self.at(matter).about_now, place=matter.region, period=Month(record.month).iso)
            persons = display.printed(about.figure("fund.unpaid.persons", record.unpaid.step.persons or 0))
            amount = about.figure("fund.unpaid", record.unpaid.left_fen)
            text = N_("{month}{persons}人{amount}万元未按时足额发放")
            return sentence(text, month=month, persons=persons, amount=Strong(display.printed(amount, "wan")))
        if record.units:
            return [_("{month}用款需求，{count}个单位未报", month=month, count=len(record.units))]
        return [_("{month}用款计划", month=month)]

    def number(self, matter: Matter) -> str:
        """预警 2026-0117, as a matter is quoted."""
        number = (
            ""
            if matter.kind in (Kind.LIMITS, Kind.DELIVERY, Kind.BRIEFING, Kind.DEPOSIT, Kind.REVIEW)
            else f" {matter.number}"
        )
        return f"{_(KINDS[matter.kind])}{number}"

    # --- what happened

    def step(self, matter: Matter, step: Step) -> list[Child]:
        """One step in words, with what was written."""
        if step.step.startswith("told:"):
            return [told_words(step.step.removeprefix("told:"), step.details.get("level"))]
        if matter.kind is Kind.CASE:
            made = CaseStep(0, step.at, step.login, step.name, step.step, step.text, step.details)
            return step_words(self.at(matter), made)
        said = _(OTHER_STEPS.get(matter.kind, {}).get(step.step, step.step))
        return [said, _("："), html.Span(step.text, className="written")] if step.text else [said]

    def who(self, step: Step) -> str:
        return step.name if step.login else _("系统")

    # --- what is to come

    def turn(self, matter: Matter) -> str:
        """Who is next and for what: 盐城市 税务 反馈办理结果; without anybody what it waits for, or that it is done."""
        if not matter.waiting:
            expected = matter.kind is Kind.GAP and matter.record.state == "lead"
            return _("{year}年12月31日后核定", year=matter.record.year) if expected else _("已办结")
        return _("；").join(
            self._turn(matter, one) for one in matter.waiting if one.stage not in ("uninstructed", "late")
        )

    def _turn(self, matter: Matter, waiting: Waiting) -> str:
        act = _(TO_DO[BY_STAGE[matter.kind, waiting.stage].act])
        if waiting.to and "/" in waiting.to:
            return _("{who} {act}", who=office_name(self.at(matter).tree, waiting.to), act=act)
        tree = self.at(matter).tree
        who = BY_STAGE[matter.kind, waiting.stage].who
        if who in (Who.LOCAL, Who.PLACE, Who.UNITS):
            return _("{who} {act}", who=name_of(tree.region(matter.region)), act=act)
        if who is Who.BELOW:
            return _("{who} {act}", who=office_name(tree, f"{matter.region}/{matter.departments[0]}"), act=act)
        if who is Who.OFFICES:
            return _("{who} {act}", who=_("、").join(map(department_name, matter.departments)), act=act)
        office = Department.FISCAL if who is Who.FINANCE else Department.SOCIAL
        office = Department.AGENCY if who is Who.AGENCY else office
        if who in (Who.OFFICE, Who.DEPARTMENT) and matter.departments:
            office = Department(matter.departments[0])
        if who in (Who.SIDE, Who.KEEPER) and matter.departments:
            names = _("、").join(department_name(one) for one in matter.departments)
            return _("{who} {act}", who=names, act=act)
        if who in (Who.LEADER, Who.SIGNATORY, Who.GIVER):
            return _("{who} {act}", who=_("领导"), act=act)
        return _("{who} {act}", who=office_name(tree, f"{tree.root}/{office}"), act=act)

    def due(self, instant: datetime | None, act: str = "") -> list[Child]:
        """The day, and how much time it leaves; what is over or ends today in bold. A leader sets the time himself."""
        if instant is None:
            return [_("由您酌定") if act == "instruct" else _("未定限期")]
        day, left = display.short_day(display.local(instant).date()), work.left(self.reading, instant)
        urgent = instant <= self.reading.now or display.local(instant).date() <= self.reading.today
        return [day, "　", html.B(left) if urgent else left]


def _address(matter: Matter) -> tuple[str, str, str]:
    """Path, tab and drawer of a matter's own page."""
    record = matter.record
    match matter.kind:
        case Kind.CASE:
            return f"/warnings/{matter.number}", "", ""
        case Kind.ISSUE:
            return f"/issues/{matter.number.lower()}", "", ""
        case Kind.BRIEFING:
            return f"/briefings/{record.id}", "", ""
        case Kind.GAP:
            return *PAGES[matter.kind], matter.number
        case Kind.FUNDS:
            return *PAGES[matter.kind], "step-asked" if matter.region.endswith("0000") else matter.region
        case Kind.DEPOSIT:
            return *PAGES[matter.kind], f"{DEPOSIT}{matter.number}"
        case Kind.DEADLINE:
            return *PAGES[matter.kind], record.day.key
        case Kind.BUDGET:
            return "/budget", "adjustments" if record.adjustment else "drafting", ""
        case Kind.REVIEW:
            return *PAGES[matter.kind], matter.region
        case Kind.DELIVERY:
            return "/data", "imports", f"{BATCH}{record.id}"
        case _:
            return *PAGES[matter.kind], ""
