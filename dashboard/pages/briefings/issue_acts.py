"""What readers do with an issue as a whole: open it, fill in head and end, check, sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dashboard.pages.briefings.acts import ISSUE_VERSION, at_issue, done, seen_issue
from dashboard.pages.briefings.compose import issue_name
from dashboard.pages.briefings.opening import draft_issue
from dashboard.pages.briefings.reading import reading_at
from dashboard.site.act import Act, Deed, Done, act
from dashboard.site.fields import Area, Choice, Day, Month as MonthField, Text, Tick, blank
from dashboard.words import display
from dashboard.words.wording import N_, _, language
from rules.errors import PoolwatchError
from rules.month import Month
from workflows.briefings import flow, register, schedule, writing
from workflows.people.accounts import Role
from workflows.people.rights import LEADERS, WRITING

FORMS = {"briefing": N_("简报"), "report": N_("汇报材料")}
FORM = Choice("form", N_("形式"), FORMS)
MONTH = MonthField("month", N_("数据月份"), placeholder="2026-10")
CARRY = Tick("carry", N_("沿用上期（换成本期数，改动处标出）"), required=False)


# --- opening


@act("briefing_open", N_("起草新一期"), WRITING, (FORM, MONTH, CARRY))
def open_issue(deed: Deed) -> Done:
    reading, form, month = deed.reading, deed[FORM], deed[MONTH]
    at = reading_at(reading, reading.scheme.code, reading.region, month)
    if at.snapshot.live or at.snapshot.month != month:
        raise NotSigned(f"{month} is not signed", month=display.month_name(month))
    number = draft_issue(deed.connection, at, form, carry_over=deed[CARRY], by=deed.by)
    issue = register.briefing(deed.connection, number)
    return done(deed, issue, _("已起草{issue}。", issue=issue_name(issue)), month=Month(month).iso)


class NotSigned(PoolwatchError):
    """A briefing speaks of a month that is signed 定稿."""

    code = "briefing_not_signed"


EVERY = Choice(
    "every",
    N_("定稿后自动起草"),
    {schedule.NEVER: N_("不自动起草"), schedule.MONTHLY: N_("每月"), schedule.QUARTERLY: N_("每季末月")},
)


@act("briefing_schedule", N_("保存"), WRITING, (FORM, EVERY))
def set_schedule(deed: Deed) -> Done:
    """From now on a signed month's issue is drafted by itself; checking and sending on stay with people."""
    reading, every = deed.reading, deed[EVERY]
    reading_at(reading, reading.scheme.code, reading.region, reading.snapshot.month or 0)
    schedule.set_schedule(deed.connection, reading.scheme.code, reading.region, deed[FORM], every, language(), deed.by)
    said = _("不再自动起草。") if every == schedule.NEVER else _("此后定稿即自动起草，核对和送核仍由人办。")
    return Done(said, f"{reading.scheme.code} {reading.region}", {"every": every})


# --- head and end

HEAD_FIELDS: Mapping[str, Text] = {
    "title": Text("title", N_("题目"), most=120),
    "name": Text("name", N_("简报名称"), most=60),
    "total": Text("total", N_("总期数"), most=30, required=False, placeholder=N_("总第71期")),
    "document_number": Text("document_number", N_("文号"), most=60, required=False),
    "secrecy": Text("secrecy", N_("密级"), most=30, required=False),
    "signer": Text("signer", N_("签发人"), most=30, required=False),
    "copies": Text("copies", N_("抄送"), most=300, required=False),
    "office": Text("office", N_("编发单位"), most=60, required=False),
}
ISSUED_ON = blank(Day("day", N_("印发日期")))


@act("briefing_head", N_("保存版头版记"), WRITING, (ISSUE_VERSION, *HEAD_FIELDS.values(), ISSUED_ON))
def write_head(deed: Deed) -> Done:

    issue = replace(seen_issue(deed), version=deed[ISSUE_VERSION])
    head = {name: deed[field] for name, field in HEAD_FIELDS.items()}
    writing.write_head(deed.connection, issue, head, deed[ISSUED_ON], deed.by)
    return done(deed, issue, _("版头版记已保存。"))


# --- draft, check, sign

WORDS = Area("words", N_("意见"), rows=2, most=500, required=False)
WHY = Area("words", N_("退回的理由"), rows=2, most=500)


def _step(step: str, title: str, roles: frozenset[Role], message: str, field: Area | None = WORDS) -> Act:
    def do(deed: Deed) -> Done:

        issue = replace(seen_issue(deed), version=deed[ISSUE_VERSION])
        if step == "send" and any(check.stops and check.found for check in at_issue(deed, issue).checks):
            waiting = sum(len(check.found) for check in at_issue(deed, issue).checks if check.stops)
            raise flow.NotConfirmed(f"{waiting} places wait", count=waiting)
        flow.take(deed.connection, issue, step, deed[field] if field is not None else "", deed.by)
        return done(deed, issue, _(message, issue=issue_name(issue)), step=step)

    fields = (ISSUE_VERSION,) if field is None else (ISSUE_VERSION, field)
    return Act(f"briefing_{step}", title, roles, fields, do)


STEPS = {
    "send": _step("send", N_("送核"), WRITING, N_("{issue}已送核。"), None),
    "pass": _step("pass", N_("送签发"), WRITING, N_("{issue}已送签发。")),
    "sign": _step("sign", N_("签发"), LEADERS, N_("{issue}已签发，此后不能再改。")),
    "return": _step("return", N_("退回"), WRITING | LEADERS, N_("{issue}已退回拟稿。"), WHY),
    "drop": _step("drop", N_("作废本期"), WRITING, N_("{issue}已作废。"), WHY),
}

ACTS = (open_issue, set_schedule, write_head, *STEPS.values())
