"""A document as DOCX after GB/T 9704—2012: lines and letters of the standard, styles that programs list, charts that stay
editable; or the one page before a meeting."""

from __future__ import annotations

import io

from dashboard.exports.blocks import (
    Block,
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
from dashboard.exports.office.document_parts import Writer
from dashboard.exports.office.fonts import SETS, SLIDES
from dashboard.exports.office.official import end, head, sign_off
from dashboard.exports.office.sheet import open_file
from dashboard.exports.office.styles import of_a_sheet, official
from dashboard.exports.office.text import width
from dashboard.exports.office.wml import TEXT_WIDTH, paragraph, pieces, run
from dashboard.exports.shorter import shorter
from dashboard.words.wording import in_language, language

TEXT, SHEET = TEXT_WIDTH / 20, 504.0  # width of the text in points: 156 mm, 178 mm
CHART = 225.0  # height of a chart in points
SHEET_HEIGHT, LOWEST, HIGHEST = 776.0, 100.0, 160.0  # of the one page's text, of its chart


def docx_bytes(document: Document) -> bytes:
    """The document as a file, in its own language; a form of slides is written as a report."""
    fonts = SETS[document.fonts]
    with in_language(document.language):
        sheet = document.form == "one-page"
        if sheet:
            every = [document, *shorter(document)]
            document = next((one for one in every if _left(one) >= LOWEST), every[-1])
        look = of_a_sheet(document.language) if sheet else official(fonts, document.language)
        file = open_file(document, look)
        faces = SLIDES[document.language].pair if sheet or document.language == "en" else (fonts.latin, fonts.song)
        writer = Writer(file, document.language, SHEET if sheet else TEXT, faces, sheet=sheet)
        section = writer.body[-1]
        writer.body.remove(section)
        head(writer.body, document)
        tall = min(HIGHEST, max(LOWEST, _left(document))) if sheet else CHART
        sentences = [block for block in document.blocks if isinstance(block, Paragraph)] if sheet else []
        for block in document.blocks:
            _write(writer, block, tall, sentence=sheet and block is sentences[0] if sentences else False)
        end(writer.body, document)
        writer.body.append(section)
        out = io.BytesIO()
        file.save(out)
        return out.getvalue()


def _write(writer: Writer, block: Block, tall: float, *, sentence: bool) -> None:
    match block:
        case Heading():
            line = paragraph(writer.body, f"Heading{min(3, max(1, block.level))}")
            run(line, block.text)
            writer.beside(line, block.note)
        case Paragraph():
            line = paragraph(writer.body, "Sentence" if sentence else "")
            pieces(line, block.pieces, bold=writer.sheet)
        case KeyFigures():
            writer.figures(block)
        case Grid():
            writer.grid(block)
        case Picture():
            writer.picture(block, tall)
        case Matters():
            writer.matters(block)
        case Note():
            paragraph(writer.body, "Remark", block.pieces)
        case SignOff():
            sign_off(writer.body, block)


def _left(document: Document) -> float:
    """What the other parts of the one page leave for its chart, in points."""
    used = 13.5 + 31 + 22
    first = True
    for block in document.blocks:
        match block:
            case Paragraph():
                said = block.pieces
                used += 14 + 21.5 * _lines(said, 13.5, SHEET) if first else 15.0 * _lines(said, 9.75, SHEET)
                first = False
            case KeyFigures():
                room = SHEET / max(1, len(block.figures)) - 18
                used += 64 + 13.5 * max(
                    (sum(_lines(line, 9, room) for line in one.lines) for one in block.figures), default=0
                )
            case Heading():
                used += 24
            case Matters():
                room = {1: 60, 2: 45, 3: 24, 4: 12}.get(len(block.matters), 4.5)
                used += sum(16.5 * _lines(one.what, 11.25, 425) + 13.5 * 2 + room + 8.5 for one in block.matters)
                used += 16 if block.rest else 4
            case Picture():
                used += 26
            case Note():
                used += 12.5 * _lines(block.pieces, 8.5, SHEET)
            case Grid():
                used += 40 + 16.0 * len(block.table.rows)
            case _:
                pass
    return SHEET_HEIGHT - used


def _lines(text: Pieces, size: float, room: float) -> float:
    """In how many lines a text stands; running Latin text is a little narrower than its digits and capitals."""
    return -(-width(plain(text)) * size * (0.95 if language() == "en" else 1.0) // room)
