"""What readers do with the sections of an issue and with their basket."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.exports import kept
from dashboard.exports.blocks import Block, Grid, Note, Paragraph, Picture
from dashboard.pages.briefings import carry, sections
from dashboard.pages.briefings.drafts import drafted
from dashboard.pages.briefings.reading import Open, of_subject, reading_at, there
from dashboard.pages.briefings.renewing import kept_note
from dashboard.pages.briefings.texts import said
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Area, Choice, Text, Whole
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, in_language, name_of
from workflows.briefings import basket, register, writing
from workflows.briefings.register import Briefing, NoSuchBriefing, Section
from workflows.briefings.writing import Draft
from workflows.people.rights import WRITING
from workflows.sayings.explanations import explanation

ISSUE_VERSION = Whole("issue_version", N_("版本"), hidden=True, kept=False)
SECTION = Whole("section", N_("节"), hidden=True)
SECTION_VERSION = Whole("section_version", N_("版本"), hidden=True, kept=False)


# --- what an act is about


def seen_issue(deed: Deed) -> Briefing:
    """The issue as the reader saw it. Raises NoSuchBriefing, NotAllowed outside the reader's region."""
    issue = of_subject(deed.reading)
    if issue is None:
        raise NoSuchBriefing(f"no briefing {deed.reading.view.subject}", number=deed.reading.view.subject)
    reading_at(deed.reading, issue.scheme, issue.region, issue.month)
    return issue


def at_issue(deed: Deed, issue: Briefing) -> Open:
    return Open(reading_at(deed.reading, issue.scheme, issue.region, issue.month), issue)


def _seen_section(deed: Deed, issue: Briefing) -> Section:
    """The section as the reader saw it: with the version the form was shown at."""

    one = register.section(deed.connection, deed[SECTION], issue.id)
    return replace(one, version=deed[SECTION_VERSION])


def done(deed: Deed, issue: Briefing, message: str, **details: object) -> Done:
    """What was done to an issue; the reader goes on at it."""
    return Done(message, f"{issue.scheme} {issue.region} {issue.id}", details, href=there(deed.reading, issue).href())


def as_content(made: list[Block], read: list[Block], was: list[Any]) -> list[Any]:
    """Blocks as kept; those that were read of a section's content keep what stood beside them."""
    beside = {id(block): content for block, content in zip(read, was, strict=True)}
    return [beside.get(id(block)) or kept.block_json(block) for block in made]


def as_json(blocks: list[Block]) -> list[Any]:
    return [kept.block_json(block) for block in blocks]


# --- sections

HEADING = Text("heading", N_("标题"), most=60)
TEXT = Area(
    "text", N_("正文（一行一段；【】内是图表，可移动、删去）"), rows=16, most=20_000, required=False, kept=False
)


@act("briefing_edit", N_("保存本节"), WRITING, (SECTION, SECTION_VERSION, HEADING, TEXT))
def edit(deed: Deed) -> Done:
    issue = seen_issue(deed)
    seen = _seen_section(deed, issue)
    blocks = [kept.read_block(one) for one in seen.content]
    with in_language(issue.language):
        made = sections.from_text(blocks, deed[TEXT])
    writing.write_section(
        deed.connection, issue.id, seen, deed.by, content=as_content(made, blocks, seen.content), heading=deed[HEADING]
    )
    return done(deed, issue, _("“{heading}”已改。", heading=deed[HEADING]))


@act("briefing_confirm", N_("确认"), WRITING, (SECTION, SECTION_VERSION))
def confirm(deed: Deed) -> Done:
    issue = seen_issue(deed)
    seen = _seen_section(deed, issue)
    writing.confirm(deed.connection, issue.id, seen, deed.by)
    return done(deed, issue, _("“{heading}”已核。", heading=seen.heading))


@act("briefing_redraft", N_("重新生成"), WRITING, (SECTION, SECTION_VERSION))
def redraft(deed: Deed) -> Done:
    """A section as the rules write it today; what was written by hand goes."""
    issue = seen_issue(deed)
    seen = _seen_section(deed, issue)
    at = at_issue(deed, issue).reading
    with in_language(issue.language):
        blocks = drafted(at, seen.code) if seen.code != writing.OWN else [kept.read_block(one) for one in seen.content]
    writing.write_section(
        deed.connection, issue.id, seen, deed.by, content=as_json(blocks), state="generated", step="redraft"
    )
    return done(deed, issue, _("“{heading}”已按今天的数重新生成，待核。", heading=seen.heading))


TO = Whole("to", N_("移到第几"), low=0, high=99, hidden=True)


@act("briefing_move", N_("移动"), WRITING, (SECTION, TO))
def move(deed: Deed) -> Done:
    issue = seen_issue(deed)
    writing.move_section(deed.connection, issue.id, deed[SECTION], deed[TO], deed.by)
    return done(deed, issue, _("已移动。"))


@act("briefing_add", N_("添加一节"), WRITING, (HEADING,))
def add(deed: Deed) -> Done:
    issue = seen_issue(deed)
    draft = Draft(writing.OWN, deed[HEADING], [], state="edited")
    writing.add_section(deed.connection, issue.id, draft, deed.by)
    return done(deed, issue, _("已添加“{heading}”，在最后。", heading=deed[HEADING]))


@act("briefing_remove", N_("删去本节"), WRITING, (SECTION, SECTION_VERSION))
def remove(deed: Deed) -> Done:
    issue = seen_issue(deed)
    seen = _seen_section(deed, issue)
    writing.remove_section(deed.connection, issue.id, seen, deed.by)
    return done(deed, issue, _("已删去“{heading}”。", heading=seen.heading))


# --- figures whose source moved

BLOCK = Whole("block", N_("段"), low=0, high=999, hidden=True)
KEY = Text("key", N_("数字"), most=200, hidden=True)


@act("briefing_replace", N_("替换"), WRITING, (SECTION, SECTION_VERSION, BLOCK, KEY))
def replace_figure(deed: Deed) -> Done:
    """One figure as it reads today, with the words that follow from it."""
    return _change(deed, "replace")


@act("briefing_keep", N_("保留并注明"), WRITING, (SECTION, SECTION_VERSION, BLOCK, KEY))
def keep_figure(deed: Deed) -> Done:
    """The figure as it was written, with a footnote that says as of when."""
    return _change(deed, "keep")


def _change(deed: Deed, how: str) -> Done:
    issue = seen_issue(deed)
    seen, place, key = _seen_section(deed, issue), deed[BLOCK], deed[KEY]
    read = [kept.read_block(one) for one in seen.content]
    blocks = list(read)
    block = blocks[place] if place < len(blocks) else None
    if isinstance(block, (Grid, Picture)):
        return _change_table(deed, issue, seen, how)
    if not isinstance(block, Paragraph):
        raise NoSuchBriefing(f"no paragraph {place} in section {seen.id}", number=seen.id)
    one = at_issue(deed, issue)
    with in_language(issue.language):
        found = next(
            (moved for moved in carry.moved(block.pieces, issue.month, one.known) if moved.written.figure.key == key),
            None,
        )
        if found is None:
            raise NoSuchBriefing(f"{key} has not moved", number=seen.id)
        if how == "replace":
            blocks[place] = Paragraph(carry.replaced(block.pieces, key, one.known, issue.month))
        else:
            version = str(found.written.figure.version)
            blocks.insert(
                place + 1, Note(said(N_("{figure}按数据版本{version}。"), figure=found.written, version=version))
            )
    content = as_content(blocks, read, seen.content)
    writing.write_section(deed.connection, issue.id, seen, deed.by, content=content, step=how)
    return done(
        deed, issue, _("已替换为{figure}。", figure=found.now) if how == "replace" else _("已保留并注明。"), key=key
    )


def _change_table(deed: Deed, issue: Briefing, seen: Section, how: str) -> Done:
    """The same of a table or chart as a whole."""
    one, place = at_issue(deed, issue), deed[BLOCK]
    part = next(part for part in one.parts if part.row.id == seen.id)
    found, block = one.renewed(part, place), part.blocks[place]
    if found is None or not isinstance(block, (Grid, Picture)):
        raise NoSuchBriefing(f"block {place} of section {seen.id} has not moved", number=seen.id)
    content = list(seen.content)
    if how == "replace":
        content[place] = found.content
    else:
        with in_language(issue.language):
            content.insert(place + 1, kept.block_json(Note([kept_note(block)])))
    writing.write_section(deed.connection, issue.id, seen, deed.by, content=content, step=how)
    done_so = _("“{title}”已换成今天的数。", title=found.title) if how == "replace" else _("已保留并注明。")
    return done(deed, issue, done_so, title=found.title)


# --- basket and explanations

ITEM = Whole("item", N_("材料"), hidden=True)
INTO = Choice("into", N_("放入"), lambda reading: _section_options(reading))


def _section_options(reading: Reading) -> list[tuple[str, str]]:
    issue = of_subject(reading)
    rows = () if issue is None else reading.ask(register.sections, issue.id)
    return [(str(row.id), row.heading) for row in rows]


@act("briefing_place", N_("放入"), WRITING, (ITEM, INTO))
def place_item(deed: Deed) -> Done:
    issue = seen_issue(deed)
    item = basket.item(deed.connection, deed.account.login, deed[ITEM])
    if item.of.scheme != issue.scheme:
        raise basket.NoSuchItem(f"item {item.id} is of {item.of.scheme}", number=item.id)
    seen = register.section(deed.connection, int(deed[INTO]), issue.id)
    content = [*seen.content, item.of.content]
    writing.write_section(deed.connection, issue.id, seen, deed.by, content=content, step="place")
    return done(deed, issue, _("已放入“{heading}”。", heading=seen.heading), item=item.of.title)


SAYING = Whole("saying", N_("情况说明"), hidden=True)


@act("briefing_cite", N_("引用"), WRITING, (SAYING, INTO))
def cite(deed: Deed) -> Done:
    """What a department said of a figure, with its name and the day."""
    issue = seen_issue(deed)
    at = at_issue(deed, issue).reading
    found = explanation(deed.connection, deed[SAYING])
    if found is None or not at.scope.covers(at.tree, found.region):
        raise NoSuchBriefing("no such explanation", number=deed[SAYING])
    seen = register.section(deed.connection, int(deed[INTO]), issue.id)
    with in_language(issue.language):
        who = name_of(at.tree.region(found.region))
        day = display.short_day(display.local(found.at).date())
        text = _(
            "{place}说明：{said}（{who} {day}）", place=who, said=found.text.rstrip("。"), who=found.by_name, day=day
        )
    content = [*seen.content, kept.block_json(Paragraph([text]))]
    writing.write_section(deed.connection, issue.id, seen, deed.by, content=content, step="cite")
    return done(deed, issue, _("已引用到“{heading}”。", heading=seen.heading))


ACTS = (
    edit,
    confirm,
    redraft,
    move,
    add,
    remove,
    replace_figure,
    keep_figure,
    place_item,
    cite,
)
