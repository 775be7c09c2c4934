"""Opening an issue: drafted from the data by rules, or carried over from the last one with this month's figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from dashboard.exports import kept
from dashboard.exports.blocks import Block, Note, Paragraph
from dashboard.pages.briefings import carry
from dashboard.pages.briefings.acts import as_json
from dashboard.pages.briefings.compose import parts
from dashboard.pages.briefings.drafts import RULES
from dashboard.pages.briefings.renewing import of_today
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _, bracketed, in_language, language, name_of
from workflows.briefings import register, writing
from workflows.briefings.register import Briefing, Step
from workflows.briefings.writing import Draft, Opening
from workflows.people.accounts import By


def draft_issue(connection: Connection, at: Reading, form: str, *, carry_over: bool, by: By) -> int:
    """Open an issue at a reading of its month; its row's number."""
    month = at.snapshot.month or 0
    last = register.last_issue(connection, at.scheme.code, at.region, form) if carry_over else None
    spoken = language() if last is None else last.language
    with in_language(spoken):
        drafts = fresh_drafts(at) if last is None else carried_drafts(connection, at, last)
        title = title_of(at)
    head = {name: getattr(last, name) for name in register.HEAD} if last is not None else {}
    # What counts the issues of the office is its own to give anew.
    head |= {"document_number": "", "total": "", "title": title}
    head.setdefault("name", "")
    if last is None:
        head["name"] = _("社会保险基金运行监测简报")
    opening = Opening(
        at.scheme.code,
        at.region,
        form,
        spoken,
        month,
        at.snapshot.version.id,
        head,
        None if last is None else last.id,
    )
    return writing.open_issue(connection, opening, drafts, by)


def title_of(at: Reading) -> str:
    """10月江苏省企业职工基本养老保险基金运行情况; below the province with the region's name."""
    month, scheme = display.short_month(at.snapshot.month or 0), name_of(at.scheme)
    title = _("{month}{scheme}基金运行情况", month=month, scheme=scheme)
    return title if at.is_province else title + bracketed(name_of(at.node))


def fresh_drafts(at: Reading) -> list[Draft]:
    return [Draft(rule.code, _(rule.heading), as_json(rule.draft(at))) for rule in RULES]


# What makes a section its writer's: it is carried over with its words, not drafted anew.
BY_HAND = frozenset({"edit", "place", "cite", "keep", "carry"})


def carried_drafts(connection: Connection, at: Reading, last: Briefing) -> list[Draft]:
    """The sections of the last issue with this month's figures: what nobody touched is drafted anew, what was written by
    hand keeps its words; each remembers what stood there."""
    drafts = carry.all_drafts(at)
    known = carry.Known.at(at, drafts)
    by_hand = _by_hand(register.steps(connection, last.id))
    made = []
    for part in parts(register.sections(connection, last.id)):
        code, heading, before = part.row.code, part.row.heading, part.row.content
        if code in drafts and heading not in by_hand:
            content, step = as_json(drafts[code]), ""
        else:
            step = "carry"
            blocks = zip(part.blocks, before, strict=True)
            content = [_carried(at, block, one, last.month, known, drafts.get(code, ())) for block, one in blocks]
        made.append(Draft(code, heading, [one for one in content if one is not None], before, step=step))
    return made


def _by_hand(steps: Sequence[Step]) -> set[str]:
    """The headings of the sections that are their writer's: touched, and not drafted anew since."""
    found: set[str] = set()
    for step in steps:
        if step.step in BY_HAND:
            found.add(step.text)
        elif step.step == "redraft":
            found.discard(step.text)
    return found


def _carried(
    at: Reading, block: Block, was: Any, month: int, known: carry.Known, drafted: Sequence[Block]
) -> Any | None:
    """A block of the last issue as this month's has it, as kept: a paragraph with this month's figures, a chart or table
    as its page or the rules give it now. A footnote was of the last issue's figures alone: None."""
    if isinstance(block, Note):
        return None
    if isinstance(block, Paragraph):
        return kept.block_json(Paragraph(carry.carried(block.pieces, month, known)))
    return of_today(at, block, was, drafted)
