"""Paragraphs, runs and tables of a document as XML, in the order of the schema: Word is stricter about it than others."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.exports.blocks import Pieces
from dashboard.exports.office.xml import Element, add
from dashboard.words.passport import Printed

TEXT_WIDTH = 8844  # twentieths of a point: 156 mm
CELL_MARGIN = 60  # left and right of what stands in a cell


def run(
    parent: Element,
    text: str,
    *,
    bold: bool = False,
    size: float = 0,
    colour: str = "",
    shade: str = "",
    below: bool = False,
) -> None:
    """A run in its paragraph's style; ``size`` in points where it is another; ``below``: it begins a line."""
    made = add(parent, "w:r")
    if bold or size or colour or shade:
        look = add(made, "w:rPr")
        if bold:
            add(look, "w:b")
            add(look, "w:bCs")
        if colour:
            add(look, "w:color", w__val=colour)
        if size:
            add(look, "w:sz", w__val=round(size * 2))
            add(look, "w:szCs", w__val=round(size * 2))
        if shade:
            add(look, "w:shd", w__val="clear", w__color="auto", w__fill=shade)
    if below:
        add(made, "w:br")
    for place, part in enumerate(text.replace("\r", "").split("\t")):
        if place:
            add(made, "w:tab")
        add(made, "w:t", part.replace("\n", " ")).set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def pieces(parent: Element, text: Pieces, *, bold: bool = False, size: float = 0) -> None:
    """A text; with ``bold`` its figures stand out."""
    for piece in [text] if isinstance(text, str) else text:
        run(parent, str(piece), bold=bold and isinstance(piece, Printed), size=size)


def paragraph(
    parent: Element,
    style: str = "",
    text: Pieces = "",
    *,
    keep: bool = False,
    tabs: Sequence[tuple[int, str]] = (),
    rules: Sequence[tuple[str, int, str]] = (),
    before: float | None = None,
    after: float | None = None,
    line: float = 0,
    left: int | None = None,
    right: int | None = None,
    align: str = "",
) -> Element:
    """A paragraph. ``keep``: on one page with the next; ``tabs`` stop at the right, each with its leader; ``rules``: side,
    eighths of a point, colour; ``line`` in points, exactly; ``left`` and ``right`` in twentieths of a point."""
    made = add(parent, "w:p")
    look = add(made, "w:pPr")
    if style:
        add(look, "w:pStyle", w__val=style)
    if keep:
        add(look, "w:keepNext")
    if rules:
        drawn = add(look, "w:pBdr")
        for side, size, colour in rules:
            add(drawn, f"w:{side}", w__val="single", w__sz=size, w__space=3, w__color=colour)
    if tabs:
        stops = add(look, "w:tabs")
        for at, leader in tabs:
            add(stops, "w:tab", w__val="right", w__leader=leader, w__pos=at)
    spacing: dict[str, object] = {}
    if before is not None:
        spacing["w__before"] = round(before * 20)
    if after is not None:
        spacing["w__after"] = round(after * 20)
    if line:
        spacing |= {"w__line": round(line * 20), "w__lineRule": "exact"}
    if spacing:
        add(look, "w:spacing", **spacing)
    if left is not None or right is not None:
        add(look, "w:ind", w__left=left or 0, w__right=right or 0, w__firstLineChars=0, w__firstLine=0)
    if align:
        add(look, "w:jc", w__val=align)
    if text:
        pieces(made, text)
    return made


def table(
    parent: Element,
    widths: Sequence[int],
    *,
    name: str = "",
    borders: Sequence[tuple[str, int, str]] = (),
    at_foot: bool = False,
) -> Element:
    """An empty table of fixed widths in twentieths of a point; ``borders``: side, eighths of a point, colour; ``at_foot``:
    at the lower edge of the last page's text."""
    made = add(parent, "w:tbl")
    look = add(made, "w:tblPr")
    if at_foot:
        at = {"w__vertAnchor": "margin", "w__horzAnchor": "margin", "w__tblpX": 0, "w__tblpYSpec": "bottom"}
        add(look, "w:tblpPr", w__leftFromText=0, w__rightFromText=0, **at)
        add(look, "w:tblOverlap", w__val="never")
    add(look, "w:tblW", w__w=sum(widths), w__type="dxa")
    if borders:
        drawn = add(look, "w:tblBorders")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            for which, size, colour in borders:
                if which == side:
                    add(drawn, f"w:{side}", w__val="single", w__sz=size, w__space=0, w__color=colour)
    add(look, "w:tblLayout", w__type="fixed")
    margins = add(look, "w:tblCellMar")
    for side in ("left", "right"):
        add(margins, f"w:{side}", w__w=CELL_MARGIN, w__type="dxa")
    if name:
        add(look, "w:tblCaption", w__val=name[:250])
    grid = add(made, "w:tblGrid")
    for width in widths:
        add(grid, "w:gridCol", w__w=width)
    return made


def row(parent: Element, *, head: bool = False) -> Element:
    """A row that no page parts; ``head`` is repeated on every page."""
    made = add(parent, "w:tr")
    look = add(made, "w:trPr")
    add(look, "w:cantSplit")
    if head:
        add(look, "w:tblHeader")
    return made


def cell(
    parent: Element, width: int, borders: Sequence[tuple[str, int, str]] = (), *, middle: bool = True, ground: str = ""
) -> Element:
    """An empty cell, which needs a paragraph; ``ground`` is its colour."""
    made = add(parent, "w:tc")
    look = add(made, "w:tcPr")
    add(look, "w:tcW", w__w=width, w__type="dxa")
    if borders:
        drawn = add(look, "w:tcBorders")
        for side, size, colour in sorted(borders, key=lambda one: ("top", "left", "bottom", "right").index(one[0])):
            add(drawn, f"w:{side}", w__val="single", w__sz=size, w__space=0, w__color=colour)
    if ground:
        add(look, "w:shd", w__val="clear", w__color="auto", w__fill=ground)
    if middle:
        add(look, "w:vAlign", w__val="center")
    return made
