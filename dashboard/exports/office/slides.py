"""A document as slides of 16:9: each title says what follows, each chart stays editable, the notes say the basis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dashboard.components.level import PLOT_MARKS, SHORT
from dashboard.components.paper import units_of
from dashboard.components.table import continued
from dashboard.exports.blocks import (
    Document,
    Grid,
    Heading,
    KeyFigures,
    Matters,
    Note,
    Paragraph,
    Picture,
    Pieces,
    SignOff,
    plain,
)
from dashboard.exports.office.deck import ACROSS, LEFT, open_deck, saved
from dashboard.exports.office.laid import Laid, Line, fitting, height, laid
from dashboard.exports.office.slide_parts import INK, LINE, LINE_2, T2, T3, Canvas
from dashboard.exports.office.text import width
from dashboard.words import display
from dashboard.words.wording import _, apart, in_language

TOP, BOTTOM, FOOT = 210, 600, 664  # of what stands between head and next step, and of the source line
LINES_OF_TEXT, LETTERS_OF_TEXT = 11, 46  # of a slide of text in 20 points
END = re.compile(r"[。；]|[.;] ")
NUMBER = re.compile(r"^\d+\. ")
TWO_LINES = 60  # ideographs of a title of two lines
ROOM = (18, 16, 14)  # sizes of a table's letters, the first that fits
PADDING = 1.3  # beside a cell's words, in letters


@dataclass(frozen=True, slots=True)
class _Page:
    """The rows of a table on one slide, in letters of a size, its columns as wide as on every other."""

    table: Laid
    size: float
    columns: Sequence[float]
    goes_on: bool  # what an earlier slide began


@dataclass(frozen=True, slots=True)
class Plan:
    """One slide: its title, what stands on it (None for the cover), lines under it, what the notes add."""

    title: str
    block: Picture | Grid | KeyFigures | Matters | Sequence[Heading | Paragraph | Note] | None
    lines: Sequence[Pieces] = ()
    said: Sequence[str] = ()
    rows: _Page | None = None


@dataclass(slots=True)
class _Section:
    """What of a section has been read and not yet been put on a slide."""

    heading: str
    words: list[Heading | Paragraph | Note] = field(default_factory=list)
    last: Paragraph | None = None


def pptx_bytes(document: Document) -> bytes:
    """The deck as a file. One chart or table of the form "slides" is one slide, whose title is the document's; anything
    else begins with a cover."""
    with in_language(document.language):
        plans = planned(document)
        deck = open_deck(document)
        for plan in plans:
            layout = deck.slide_layouts[0 if plan.block is None else 1]
            canvas = Canvas(deck.slides.add_slide(layout), document.language)
            if plan.block is None:
                _cover(canvas, document)
            else:
                _slide(canvas, document, plan, len(plans))
            canvas.notes([*plan.said, *_basis(document)])
        return saved(deck)


def planned(document: Document) -> list[Plan]:
    """The slides in order, tables cut where they are longer than a slide."""
    blocks = [block for block in document.blocks if not isinstance(block, SignOff)]
    single = document.form == "slides" and sum(not isinstance(block, Note) for block in blocks) == 1
    plans: list[Plan] = [] if single else [Plan(document.title, None, document.lines)]
    section = _Section(document.title)
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            plans += _words(section)
            section = _Section(block.text)
        elif isinstance(block, (Heading, Paragraph)):
            section.words.append(block)
            section.last = block if isinstance(block, Paragraph) else section.last
        elif isinstance(block, Note) and plans and not section.words and plans[-1].block is not None:
            plans[-1] = replace(plans[-1], lines=[*plans[-1].lines, block.pieces])
        elif isinstance(block, Note):
            section.words.append(block)
        else:
            plans += _words(section)
            plans += _shown(document, section, block, single=single)
    return plans + _words(section)


def _words(section: _Section) -> list[Plan]:
    """A section's text so far, on as many slides as it needs."""
    plans: list[Plan] = []
    page: list[Heading | Paragraph | Note] = []
    lines = 0.0
    for block in section.words:
        text = block.text if isinstance(block, Heading) else plain(block.pieces)
        needed = max(1, -(-width(text) // LETTERS_OF_TEXT))
        if page and lines + needed > LINES_OF_TEXT:
            plans.append(Plan(section.heading, page))
            page, lines = [], 0.0
        page.append(block)
        lines += needed
    if page:
        plans.append(Plan(section.heading, page))
    section.words = []
    return plans


def _shown(
    document: Document, section: _Section, block: Picture | Grid | KeyFigures | Matters, *, single: bool
) -> list[Plan]:
    title = document.title if single else _conclusion(section, block)
    lines = document.lines if single else ()
    if isinstance(block, Picture):
        said = [
            block.alternative,
            _("图中数据：{names}", names=_names([mark.column for mark in block.plot.marks], block)),
        ]
        return [Plan(title, block, [*lines, *([[block.note]] if block.note else [])], said)]
    if isinstance(block, KeyFigures):
        return [Plan(title, block, lines, [_figure_line(one.name, one.figure, one.unit) for one in block.figures])]
    table = _matters(block) if isinstance(block, Matters) else laid(block.table)
    if isinstance(block, Matters):
        under: Sequence[Pieces] = [[block.rest]] if block.rest else []
    else:
        under = [[text] for text in (block.note, block.table.note) if text]
    under = [*lines, *under]
    pages = _pages(table, (BOTTOM if under else FOOT - 12) - TOP)
    return [Plan(title, block, under, (), page) for page in pages]


def _names(keys: Sequence[str], picture: Picture) -> str:
    titles = {column.key: column.title for column in picture.plot.table.columns}
    return _("、").join(titles[key] for key in keys)


def _figure_line(name: str, figure: str, unit: str) -> str:
    return f"{name} {figure} {unit}".strip()


def _conclusion(section: _Section, block: object) -> str:
    """What the text before says first, where it fits a title: it was drafted from the same figures. Else what a chart
    shows, else the subject."""
    if section.last is not None:
        said = NUMBER.sub("", plain(section.last.pieces))
        end = END.search(said)
        first = said[: end.start()] if end else said.rstrip("。.")
        if 0 < width(first) <= TWO_LINES:
            section.last = None  # said once
            return first
    if isinstance(block, Picture):
        return block.headline or block.title or section.heading
    return (block.table.title if isinstance(block, Grid) else "") or section.heading


def _matters(block: Matters) -> Laid:
    """Matters as a table: level, what, who, until when, the next step."""
    head = [_("等级"), _("事项"), _("责任"), _("限期"), _("下一步")]
    lines = [
        Line(
            [
                f"{PLOT_MARKS[one.level]} {_(SHORT[one.level])}" if one.level else one.kind,
                plain(one.what),
                one.who,
                one.until,
                one.next_step,
            ],
            "",
            0,
        )
        for one in block.matters
    ]
    return Laid(head, lines, [False] * len(head))


# --- tables


def _fitted(table: Laid, room: float) -> tuple[float, list[float]]:
    """The largest letters in which the whole table stands on one slide, else those in which its columns find room."""
    for size in ROOM:
        fitted, columns = fitting(table, ACROSS * 0.75, (size,), PADDING)
        if sum(_heights(table, columns, fitted)) <= room:
            return fitted, columns
    return fitting(table, ACROSS * 0.75, ROOM, PADDING)


def _heights(table: Laid, columns: Sequence[float], size: float) -> list[float]:
    """Of head and rows, in pixels."""
    rows: list[Line | Sequence[str]] = [table.head, *table.lines]
    return [height(row, columns, PADDING) * size * 1.4 / 0.75 + 4 for row in rows]


def _pages(table: Laid, room: float) -> list[_Page]:
    """The table in parts that each fit a slide; the head stands on every one."""
    size, columns = _fitted(table, room)
    head, *rows = _heights(table, columns, size)
    parts: list[list[Line]] = [[]]
    used = head
    for line, tall in zip(table.lines, rows, strict=True):
        if parts[-1] and used + tall > room:
            parts.append([])
            used = head
        parts[-1].append(line)
        used += tall
    return [_Page(replace(table, lines=part), size, columns, goes_on=place > 0) for place, part in enumerate(parts)]


# --- what is drawn


def _slide(canvas: Canvas, document: Document, plan: Plan, count: int) -> None:
    canvas.title(plan.title)
    canvas.rule(153, "2A3439", 1.5)
    block = plan.block
    subject, unit, right = "", "", apart().join((document.source.place, document.source.period))
    if isinstance(block, Picture):
        subject, unit = block.title, _("单位：{unit}", unit=block.unit) if block.unit else ""
        right = apart().join(part for part in (document.source.place, block.span, document.source.period) if part)
    elif isinstance(block, Grid):
        goes_on = plan.rows is not None and plan.rows.goes_on
        subject, unit = continued(block.table.title) if goes_on else block.table.title, units_of(block.table)
    _head(canvas, subject, unit, right)
    if isinstance(block, Picture):
        canvas.chart(block, (LEFT, 208, ACROSS, BOTTOM - 208))
    elif isinstance(block, KeyFigures):
        _figures(canvas, block)
    elif isinstance(block, (Grid, Matters)) and plan.rows is not None:
        rows, size, columns = plan.rows.table, plan.rows.size, plan.rows.columns
        tall = _heights(rows, columns, size)
        name = subject or plan.title
        canvas.table(name, rows, columns, (LEFT, TOP, ACROSS, sum(tall)), size, tall)
    elif isinstance(block, list):
        _text(canvas, block)
    _next_step(canvas, plan.lines)
    _footer(canvas, document, count)


def _head(canvas: Canvas, subject: str, unit: str, right: str) -> None:
    """Subject and unit at the left, place and period at the right, in one line."""
    left = f"{subject}{apart()}{unit}" if unit else subject
    size = max(12.0, min(18.0, (ACROSS - 60) * 0.75 / max(1.0, width(left) * 1.15 + width(right))))
    across = width(left) * size * 1.15 / 0.75 + 24 if right else ACROSS
    line = canvas.text("Subject", (LEFT, 162, across, 40))
    canvas.run(line, subject, size, bold=True)
    canvas.run(line, f"{apart()}{unit}" if unit else "", size, T2)
    canvas.run(canvas.text("Period", (LEFT + across, 162, ACROSS - across, 40), right=True), right, size, T2)


def _next_step(canvas: Canvas, lines: Sequence[Pieces]) -> None:
    """The lines under the slide's matter: what is to be done, remarks; two at most are read from afar."""
    if not lines:
        return
    canvas.rule(610, LINE_2, 0.75)
    shown = list(lines[:2])
    size = 18 if len(shown) == 1 and width(plain(shown[0])) < 46 else 16 if len(shown) == 1 else 14
    paragraph = canvas.text("Next step", (LEFT, 612, ACROSS, 48))
    canvas.pieces(paragraph, shown[0], size)
    if len(shown) > 1:
        canvas.pieces(canvas.paragraph(paragraph), shown[1], size)


def _footer(canvas: Canvas, document: Document, count: int) -> None:
    canvas.rule(FOOT, LINE_2, 0.75)
    source = document.source
    said = _("来源：{source}", source=_("，").join(part for part in (source.scheme, source.as_of) if part))
    marks = " · ".join(part for part in (source.mark, _secrecy(document), document.draft) if part)
    line = canvas.text("Source", (LEFT, 668, ACROSS - 110, 34))
    canvas.run(line, said, 12, T3)
    canvas.run(line, f"{apart()}{marks}" if marks else "", 12, T3)
    canvas.number(count, (LEFT + ACROSS - 100, 668, 100, 34))


def _secrecy(document: Document) -> str:
    return document.masthead.secrecy if document.masthead else ""


def _figures(canvas: Canvas, block: KeyFigures) -> None:
    """The band: each figure with what was before, its unit and the lines below it."""
    across = ACROSS / max(1, len(block.figures))
    size = min(
        36.0,
        *((across * 0.75 - 22 - 14.5 * width(one.unit)) / max(1.0, width(one.figure)) * 0.95 for one in block.figures),
    )
    for place, one in enumerate(block.figures):
        left = LEFT + place * across
        if place:
            canvas.upright(left, 236, 300)
        inset = 16 if place else 0
        paragraph = canvas.text("Figure", (left + inset, 232, across - inset - 12, 320), middle=False)
        canvas.run(paragraph, one.name, 18, T2)
        if plain(one.before):
            canvas.pieces(canvas.paragraph(paragraph, space=10), one.before, 18, T2)
        shown = canvas.paragraph(paragraph, space=14)
        canvas.run(shown, str(one.figure), size, INK, bold=True)
        canvas.run(shown, f" {one.unit}" if one.unit else "", 14, T2)
        for line in one.lines:
            canvas.pieces(canvas.paragraph(paragraph, space=8), line, 18)


def _text(canvas: Canvas, blocks: Sequence[Heading | Paragraph | Note]) -> None:
    paragraph = None
    for block in blocks:
        if paragraph is None:
            paragraph = canvas.text("Text", (LEFT, TOP, ACROSS, BOTTOM - TOP + 40), middle=False)
        else:
            paragraph = canvas.paragraph(paragraph, space=10)
        if isinstance(block, Heading):
            canvas.run(paragraph, block.text, 20, bold=True)
        else:
            canvas.pieces(
                paragraph, block.pieces, 18 if isinstance(block, Note) else 20, T2 if isinstance(block, Note) else INK
            )


def _cover(canvas: Canvas, document: Document) -> None:
    canvas.title(document.title)
    source, head = document.source, document.masthead
    canvas.rule(352, "2A3439", 1.5)
    body = canvas.slide.placeholders[1]
    body.text_frame.text = ""
    paragraph = body._element.txBody.p_lst[0]
    lines: list[Pieces] = [line for line in document.lines if plain(line)]
    lines.append([_("，").join(part for part in (source.scheme, source.place, source.period) if part)])
    if head is not None:
        lines.append([apart().join(part for part in (head.name, head.number, head.total) if part)])
        day = display.day_name(head.day) if head.day else ""
        lines.append([apart().join(part for part in (head.office, day) if part)])
    for place, line in enumerate(one for one in lines if plain(one).strip()):
        paragraph = paragraph if place == 0 else canvas.paragraph(paragraph, space=6)
        canvas.pieces(paragraph, line, 20, T2)
    canvas.rule(FOOT, LINE, 0.75)
    marks = apart().join(part for part in (source.as_of, source.mark, _secrecy(document), document.draft) if part)
    canvas.run(canvas.text("Source", (LEFT, 668, ACROSS, 34)), marks, 12, T3)


def _basis(document: Document) -> list[str]:
    """What the notes say of where the figures come from."""
    source = document.source
    return [
        _("来源：{source}", source=_("，").join(part for part in (source.scheme, source.place, source.period) if part)),
        source.as_of,
        source.mark,
        source.reader,
    ]
