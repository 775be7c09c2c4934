"""An issue as a document: head, numbered sections, numbered tables and charts, for the preview and for every writer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dashboard.exports import kept
from dashboard.exports.blocks import Block, Document, Grid, Heading, Masthead, Picture, Source
from dashboard.words.wording import N_, _, language
from workflows.briefings.register import Briefing, Section

NUMERALS = "〇一二三四五六七八九"
UNNUMBERED = frozenset({"summary"})  # 摘要 stands before the first number
DRAFT = N_("送审稿")


@dataclass(frozen=True, slots=True)
class Part:
    """One section as it is shown: its row, its heading with its number, its blocks and those of the last issue."""

    row: Section
    heading: str
    blocks: list[Block]
    before: list[Block]


def numeral(number: int) -> str:
    """一, 十, 十二, 二十一 …"""
    tens, ones = divmod(number, 10)
    if number < 10:
        return NUMERALS[number]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def numbered(heading: str, number: int) -> str:
    """一、收支和结余 / 1. Balance."""
    return f"{number}. {heading}" if language() == "en" else f"{numeral(number)}、{heading}"


def parts(rows: Sequence[Section]) -> list[Part]:
    """The sections with their numbers, their tables and charts numbered through."""
    made: list[Part] = []
    number = tables = pictures = 0
    for row in rows:
        number += row.code not in UNNUMBERED
        heading = row.heading if row.code in UNNUMBERED else numbered(row.heading, number)
        blocks: list[Block] = []
        for block in (kept.read_block(one) for one in row.content):
            if isinstance(block, Grid):
                tables += 1
                block = replace(block, number=_("表{number}", number=tables))
            elif isinstance(block, Picture):
                pictures += 1
                block = replace(block, number=_("图{number}", number=pictures))
            blocks.append(block)
        made.append(Part(row, heading, blocks, [kept.read_block(one) for one in row.before]))
    return made


def placed(shown: Iterable[Part]) -> list[tuple[Part, Block]]:
    """Every block of a document with its section; a heading first, but over the summary."""
    return [
        (part, block)
        for part in shown
        for block in ([] if part.row.code in UNNUMBERED else [Heading(part.heading)]) + part.blocks
    ]


def document(issue: Briefing, shown: Sequence[Part], source: Source, form: str = "") -> Document:
    """The whole issue; ``form`` shows it in the other form than its own."""
    blocks = [block for _part, block in placed(shown)]
    draft = "" if issue.state == "issued" else _(DRAFT)
    chosen = form or issue.form
    return Document(
        "report" if chosen == "report" else "slides" if chosen == "slides" else "briefing",
        issue.title,
        blocks,
        source,
        issue.language,
        masthead(issue),
        draft,
    )


def masthead(issue: Briefing) -> Masthead:
    return Masthead(
        issue.name,
        issue_name(issue),
        issue.total,
        issue.document_number,
        issue.secrecy,
        issue.signer,
        issue.copies,
        issue.office,
        issue.day,
    )


def issue_name(issue: Briefing) -> str:
    """第11期."""
    return _("第{number}期", number=issue.number)
