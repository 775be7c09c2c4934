"""What readers do with an issue as a whole: open it, fill in head and end, check, sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboard.exports import kept
from dashboard.exports.blocks import Block, Note, Paragraph
from dashboard.pages.briefings import carry, sections
from dashboard.pages.briefings.acts import ISSUE_VERSION, as_json, at_issue, done, seen_issue
from dashboard.pages.briefings.compose import issue_name, parts
from dashboard.pages.briefings.drafts import RULES
from dashboard.pages.briefings.reading import reading_at
from dashboard.site import keeping
from dashboard.site.act import Act, Deed, Done, act
from dashboard.site.fields import Area, Choice, Day, Month as MonthField, Text, Tick, blank
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, bracketed, in_language, language, name_of
from rules.errors import PoolwatchError
from rules.month import Month
from workflows.briefings import flow, register, writing
from workflows.briefings.register import Briefing
from workflows.briefings.writing import Draft, Opening
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
    last = register.last_issue(deed.connection, reading.scheme.code, reading.region, form) if deed[CARRY] else None
    spoken = language() if last is None else last.language
    with in_language(spoken):
        drafts = fresh_drafts(at) if last is None else carried_drafts(deed, at, last)
        title = title_of(at)
    head = {name: getattr(last, name) for name in register.HEAD} if last is not None else {}
    head |= {"document_number": "", "title": title}
    head.setdefault("name", "")
    if last is None:
        head["name"] = _("社会保险基金运行监测简报")
    opening = Opening(
        reading.scheme.code,
        reading.region,
        form,
        spoken,
        month,
        at.snapshot.version.id,
        head,
        None if last is None else last.id,
    )
    number = writing.open_issue(deed.connection, opening, drafts, deed.by)
    issue = register.briefing(deed.connection, number)
    return done(deed, issue, _("已起草{issue}。", issue=issue_name(issue)), month=Month(month).iso)


class NotSigned(PoolwatchError):
    """A briefing speaks of a month that is signed 定稿."""

    code = "briefing_not_signed"


def title_of(at: Reading) -> str:
    """10月江苏省企业职工基本养老保险基金运行情况; below the province with the region's name."""
    month, scheme = display.short_month(at.snapshot.month or 0), name_of(at.scheme)
    title = _("{month}{scheme}基金运行情况", month=month, scheme=scheme)
    return title if at.is_province else title + bracketed(name_of(at.node))


def fresh_drafts(at: Reading) -> list[Draft]:
    return [Draft(rule.code, _(rule.heading), as_json(rule.draft(at))) for rule in RULES]


# What makes a section its writer's: it is carried over with its words, not drafted anew.
BY_HAND = frozenset({"edit", "place", "cite", "keep"})


def carried_drafts(deed: Deed, at: Reading, last: Briefing) -> list[Draft]:
    """The sections of the last issue with this month's figures: what nobody touched is drafted anew, what was written by
    hand keeps its words; each remembers what stood there."""
    drafts = carry.all_drafts(at)
    known = carry.Known.at(at, drafts)
    by_hand = {step.text for step in register.steps(deed.connection, last.id) if step.step in BY_HAND}
    made = []
    for part in parts(register.sections(deed.connection, last.id)):
        code, heading, before = part.row.code, part.row.heading, part.row.content
        if code in drafts and heading not in by_hand:
            content = as_json(drafts[code])
        else:
            blocks = zip(part.blocks, before, strict=True)
            content = [_carried(at, block, one, last.month, known, drafts.get(code, ())) for block, one in blocks]
        made.append(Draft(code, heading, [one for one in content if one is not None], before))
    return made


def _carried(
    at: Reading, block: Block, was: Any, month: int, known: carry.Known, drafted: Sequence[Block]
) -> Any | None:
    """A block of the last issue as this month's has it, as kept: a paragraph with this month's figures, a chart or table
    as its page or the rules give it now. A footnote was of the last issue's figures alone: None."""
    if isinstance(block, Note):
        return None
    if isinstance(block, Paragraph):
        pieces, _missing = carry.carried(block.pieces, month, known)
        return kept.block_json(Paragraph(pieces))
    if kept.FROM in was:
        return keeping.again(at, was)
    same = next((one for one in drafted if sections.label(one) == sections.label(block)), None)
    return was if same is None else kept.block_json(same)


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

ACTS = (open_issue, write_head, *STEPS.values())
