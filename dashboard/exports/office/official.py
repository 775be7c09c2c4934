"""Head and end of an official document: masthead 报头, 落款 without a seal, 报尾; what the office left empty stays empty."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.paper import source_line
from dashboard.exports.blocks import Document, Masthead, Pieces, SignOff
from dashboard.exports.office.text import width
from dashboard.exports.office.wml import CELL_MARGIN, TEXT_WIDTH, cell, paragraph, row, run, table
from dashboard.exports.office.xml import Element
from dashboard.exports.titles import title_lines
from dashboard.words import display
from dashboard.words.wording import _, apart, bracketed

RED, BLACK = "C8161D", "000000"
LETTER = 315  # a character of the text, in twentieths of a point
NAME_SIZE = 40.0  # points, where it fits in one line
SHEET_WIDTH, SHEET_TITLE, SMALLEST = 504.0, 18.0, 15.0  # of a one-page sheet and its title, in points
RIGHT = [(TEXT_WIDTH, "none")]


def head(body: Element, document: Document) -> None:
    """What stands above the text: marks, the red head of a briefing, the title."""
    if document.form == "one-page":
        _sheet_head(body, document)
        return
    masthead = document.masthead
    if masthead is not None:
        if masthead.secrecy:
            paragraph(body, "Marks", masthead.secrecy)
        if document.form == "briefing":
            _masthead(body, masthead)
        else:
            _issued(body, masthead)
    _lines(paragraph(body, "Title"), title_lines(document.title))


def _lines(title: Element, lines: Sequence[str], size: float = 0, colour: str = "") -> None:
    for place, line in enumerate(lines):
        run(title, line, size=size, colour=colour, below=place > 0)


def _masthead(body: Element, masthead: Masthead) -> None:
    """The briefing's name in red, its number, who issues it and when, and one red line."""
    size = max(26.0, min(NAME_SIZE, 0.96 * TEXT_WIDTH / 20 / max(1.0, width(masthead.name))))
    name = paragraph(body, "Title", before=4, after=0, line=size * 1.35)
    _lines(name, title_lines(masthead.name, 0.96 * TEXT_WIDTH / 20 / size), size, RED)
    paragraph(
        body, "Line", masthead.number + (bracketed(masthead.total) if masthead.total else ""), keep=True, align="center"
    )
    _issued(body, masthead)
    _sides(body, masthead.office, display.day_name(masthead.day) if masthead.day else "", rules=[("bottom", 16, RED)])


def _issued(body: Element, masthead: Masthead) -> None:
    """文号 and 签发人 in one line, one character from either side."""
    signer = _("签发人：{name}", name=masthead.signer) if masthead.signer else ""
    if masthead.document_number or signer:
        line = paragraph(body, "Line", keep=True, tabs=[(TEXT_WIDTH - LETTER, "none")], left=LETTER, right=0)
        run(line, f"{masthead.document_number}\t{signer}")


def _sides(body: Element, left: Pieces, right: str, style: str = "Line", **look: object) -> None:
    line = paragraph(body, style, tabs=RIGHT, keep=True, **look)  # type: ignore[arg-type]
    run(line, f"{''.join(left)}\t{right}")


def _sheet_head(body: Element, document: Document) -> None:
    """The one page's: marks, title, the day and what the data are compared with."""
    masthead, across = document.masthead, [(round(178 * 56.7), "none")]
    left = (masthead.secrecy if masthead else "", document.source.mark, document.draft)
    right = (masthead.office, masthead.number) if masthead else ()
    marks = paragraph(body, "Marks", tabs=across)
    run(marks, apart().join(one for one in left if one) + "\t" + apart().join(one for one in right if one))
    # Of a title that is a little too long the letters are a little smaller, so that it stays one line.
    size = 0.97 * SHEET_WIDTH / width(document.title)
    run(paragraph(body, "Title"), document.title, size=size if SMALLEST <= size < SHEET_TITLE else 0)
    lines = ["".join(one) for one in document.lines]
    data = paragraph(body, "Line", tabs=across, rules=[("bottom", 12, "111111")])
    run(data, "\t".join(lines[:2]))


def end(body: Element, document: Document) -> None:
    """Where the figures come from, and the end of a briefing at the foot of its last page."""
    if document.form == "one-page":
        return
    paragraph(body, "Remark", source_line(document.source), before=14)
    if document.form == "briefing" and document.masthead is not None:
        _colophon(body, document.masthead)


def _colophon(body: Element, masthead: Masthead) -> None:
    """版记 (7.4): to whom copies go, who printed it and when, between lines of 0.35 and 0.25 mm, the last at the lower edge
    of the text. LibreOffice before 7.6 sets it after the text."""
    borders = [("top", 8, BLACK), ("bottom", 8, BLACK), ("insideH", 6, BLACK)]
    made, inset = table(body, [TEXT_WIDTH], borders=borders, at_foot=True), 280 - CELL_MARGIN
    if masthead.copies:
        said = cell(row(made), TEXT_WIDTH)
        paragraph(said, "Colophon", _("抄送：{copies}", copies=masthead.copies), left=inset, right=inset)
    printed = _("{day}印发", day=display.day_name(masthead.day)) if masthead.day else ""
    stop = [(TEXT_WIDTH - 2 * CELL_MARGIN - inset, "none")]
    last = paragraph(cell(row(made), TEXT_WIDTH), "Colophon", tabs=stop, left=inset, right=0)
    run(last, f"{masthead.office}\t{printed}")
    # What stands at the foot hangs on the paragraph after it.
    paragraph(body, "Remark", line=1, before=0, after=0)


def sign_off(body: Element, block: SignOff) -> None:
    """落款 (7.3.5): one line below the text the office, below it the day, which begins two characters right of the office;
    the longer of the two ends two characters before the margin."""
    day = display.day_name(block.day)
    office, date = gaps(_letters(block.office), _letters(day))
    paragraph(body, "Line", keep=True)
    for text, gap, more in ((block.office, office, True), (day, date, False)):
        paragraph(body, "Line", text, keep=more, left=0, right=round(gap * LETTER), align="right")


def gaps(office: float, day: float) -> tuple[float, float]:
    """How many characters stay free at the right of the office and of the day, by their widths in characters."""
    return (2.0, office - day) if day <= office else (day + 4 - office, 2.0)


def _letters(text: str) -> float:
    """Characters; digits and Latin letters are half of one."""
    return sum(1.0 if ord(char) > 0x2E7F else 0.5 for char in text)
