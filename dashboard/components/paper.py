"""A document as paper: one builder for the preview on screen, the browser's print and the PDF; its looks are those of
``assets/css/paper.css`` alone, which needs no other style sheet and no script.

Figures keep their passports. In Chinese text runs of digits and Latin letters have an element of their own: the Chinese
font stands first in every stack, else it would not give the height of a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.level import PLOT_MARKS, SHORT
from dashboard.components.parts import Child, plain
from dashboard.components.table import Column, Row, Table, cell, column_groups, continued, is_right, unit_of
from dashboard.exports.blocks import (
    Block,
    Document,
    Grid,
    Heading,
    KeyFigure,
    KeyFigures,
    Masthead,
    Matter,
    Matters,
    Note,
    Paragraph,
    Picture,
    Pieces,
    SignOff,
    Source,
    captioned,
)
from dashboard.exports.titles import NAME, TITLE, title_lines
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import NO_VALUE, _, apart, between, bracketed, in_language, language
from rules.alerts.threshold import Level

Draw = Callable[[Picture], Component]
Around = Callable[[int, Block, Component], Component]

# What is set in the Latin font within Chinese text, and the two characters after it that stay on its line (亿元, 个月).
LATIN = re.compile("[!-~\u00b7\u2010\u2012\u2013\u2030\u2212]+(?: +[!-~\u2013\u2212]+)*")
FOLLOWS = re.compile(r"[\u4e00-\u9fff]{1,2}")
# Characters of the text's size that a line holds, by the size of a table's text: 小四, 五号, 小五, 六号.
TABLE_SIZES = (("s12", 36.0), ("s10", 41.0), ("s9", 48.0), ("s7", 58.0))
CELL_PADDING, HEAD = 1.0, 6.0  # a head of more characters takes two lines
USUAL_FIGURES = 5  # of a band; more are set smaller
WHOLE_ROWS = 12  # of a table that is not parted between two pages


def paper(document: Document, chart: Draw, around: Around | None = None, *, tight: bool = False) -> Component:
    """A document on its sheets. ``chart`` draws a picture; ``around`` wraps the component of a block, told by its place,
    in what only the screen has; ``tight``: a one-page sheet with a lower chart."""
    with in_language(document.language):
        shown = [_placed(document, place, block, chart, around) for place, block in enumerate(document.blocks)]
        parts = [*_watermark(document.source), *_head(document), *shown, *_end(document)]
        return html.Article(
            parts,
            className=f"paper {document.form}{' tight' if tight else ''}",
            lang="en" if document.language == "en" else "zh-CN",
        )


def _placed(document: Document, place: int, block: Block, chart: Draw, around: Around | None) -> Component:
    sheet = document.form == "one-page"
    made = _block(block, chart, sheet=sheet)
    if (
        sheet
        and isinstance(block, Paragraph)
        and not any(isinstance(one, Paragraph) for one in document.blocks[:place])
    ):
        made.className = "sentence"  # type: ignore[attr-defined]
    return made if around is None else around(place, block, made)


def _block(block: Block, chart: Draw, *, sheet: bool) -> Component:
    match block:
        case Heading():
            tag = html.H2 if block.level == 1 else html.H3
            note = [html.Span(text([block.note]), className="beside")] if block.note else []
            return tag([*text([block.text]), *note])
        case Paragraph():
            return html.P(text(block.pieces), className="text")
        case KeyFigures():
            name = "key-figures many" if len(block.figures) > USUAL_FIGURES else "key-figures"
            return html.Div([_key_figure(one) for one in block.figures], className=name)
        case Grid():
            return _grid(block)
        case Picture():
            return _sheet_picture(block, chart) if sheet else _picture(block, chart)
        case Matters():
            return _matters(block)
        case Note():
            return html.P(text(block.pieces), className="remark")
        case SignOff():
            return _sign_off(block)


# --- text


def text(pieces: Pieces) -> list[Child]:
    """A text as it is set: figures with their passports, a figure and its unit on one line."""
    if language() == "en":
        return [_latin(piece) if isinstance(piece, Printed) else piece for piece in pieces]
    runs = [run for piece in pieces for run in _runs(piece)]
    made: list[Child] = []
    taken = ""
    for place, (run, latin) in enumerate(runs):
        rest = run.removeprefix(taken) if taken else run
        taken = ""
        if not latin:
            made.extend([rest] if rest else [])
            continue
        after = runs[place + 1] if place + 1 < len(runs) else ("", True)
        follows = None if after[1] else FOLLOWS.match(after[0])
        if follows is None:
            made.append(_latin(run))
        else:
            taken = follows[0]
            made.append(html.Span([_latin(run), taken], className="k"))
    return made


def _runs(piece: str) -> Iterator[tuple[str, bool]]:
    """The piece as (text, whether it is set in the Latin font)."""
    if isinstance(piece, Printed):
        yield piece, piece != NO_VALUE
        return
    at = 0
    for found in LATIN.finditer(piece):
        if found.start() > at:
            yield piece[at : found.start()], False
        yield found[0], True
        at = found.end()
    if at < len(piece):
        yield piece[at:], False


def _latin(run: str) -> Component:
    return html.Span(run, className="n")


# --- head and end


def _head(document: Document) -> list[Component]:
    if document.form == "one-page":
        return _sheet_head(document)
    masthead = document.masthead
    secrecy = masthead.secrecy if masthead else ""
    marks = _row("marks", secrecy, document.draft) if secrecy or document.draft else None
    title = html.H1(_lines(document.title, TITLE))
    if document.form != "briefing" or masthead is None:
        return [*([marks] if marks else []), title]
    total = bracketed(masthead.total) if masthead.total else ""
    signer = _("签发人：{name}", name=masthead.signer) if masthead.signer else ""
    lines = [
        html.P(_lines(masthead.name, NAME), className="name"),
        html.P(text([masthead.number + total]), className="number"),
        _row("issued", masthead.document_number, signer) if masthead.document_number or signer else None,
        _row("issued", masthead.office, display.day_name(masthead.day) if masthead.day else ""),
    ]
    head = html.Header([line for line in (marks, *lines) if line is not None], className="masthead")
    return [head, title]


def _lines(said: str, room: float) -> list[Child]:
    """A title, each of its lines on a line."""
    first, *others = (text([line]) for line in title_lines(said, room))
    # Where the sheet is as narrow as a phone the lines are one text again.
    return [*first, *(part for line in others for part in (*filter(None, [between()]), html.Br(), *line))]


def _sheet_head(document: Document) -> list[Component]:
    masthead = document.masthead
    left = [masthead.secrecy if masthead else "", document.source.mark, document.draft]
    right = [masthead.office, masthead.number] if masthead else []
    lines = [*document.lines, "", ""]
    top = _row("marks", *(apart().join(one for one in side if one) for side in (left, right)))
    return [top, html.H1(text([document.title])), _row("data", lines[0], lines[1])]


def _row(name: str, left: Pieces, right: Pieces) -> Component:
    """Two texts in one line, at its two ends."""
    sides = [html.Span(text([side] if isinstance(side, str) else side)) for side in (left, right)]
    return html.Div(sides, className=f"row {name}")


def _end(document: Document) -> list[Component]:
    """Where the figures come from, and the end 报尾 of a briefing."""
    if document.form == "one-page":
        return []
    made: list[Component] = [html.P(text([source_line(document.source)]), className="remark source")]
    if document.form == "briefing" and document.masthead is not None:
        made.append(_colophon(document.masthead))
    return made


def source_line(source: Source) -> str:
    """Where the figures of a document come from, in one line."""
    given = (source.scheme, source.place, source.period, source.as_of, source.mark, source.reader)
    return _("数据：{said}", said=apart().join(one for one in given if one))


def _colophon(masthead: Masthead) -> Component:
    copies = (
        [html.P(text([_("抄送：{copies}", copies=masthead.copies)]), className="copies")] if masthead.copies else []
    )
    printed = _("{day}印发", day=display.day_name(masthead.day)) if masthead.day else ""
    return html.Footer([*copies, _row("printed", masthead.office, printed)], className="colophon")


def _watermark(source: Source) -> list[Component]:
    if not source.watermark:
        return []
    return [html.Div([html.Span(source.watermark)] * 3, className="watermark", **attributes(aria_hidden="true"))]


def _sign_off(block: SignOff) -> Component:
    """Office and day without a seal: the day begins two characters right of the office; the longer ends two before the
    margin (GB/T 9704—2012, 落款)."""
    day = display.day_name(block.day)
    longer = _width(day) > _width(block.office)
    lines = [html.Div(text([block.office]), className="office"), html.Div(text([day]), className="day")]
    return html.Div(lines, className=f"sign-off{' longer' if longer else ''}")


def _width(said: str) -> float:
    """The width of a text in characters; digits and Latin letters are half of one."""
    return sum(1.0 if character > "\u2e7f" else 0.5 for character in said)


# --- figures, matters, tables, pictures


def _key_figure(one: KeyFigure) -> Component:
    unit = [html.Span(one.unit, className="unit")] if one.unit and one.figure != NO_VALUE else []
    content = [
        html.Div(text([one.name])),
        html.Div(text(one.before), className="before"),
        html.Div([_latin(one.figure), *unit], className="figure"),
        *(html.Div(text(line), className="line") for line in one.lines),
    ]
    return html.Div(content, className="key-figure")


def _matters(block: Matters) -> Component:
    if not block.matters:
        return html.P(_("无需请示事项。"), className="text")
    rows = [_matter(number, one) for number, one in enumerate(block.matters, start=1)]
    rest = [html.P(text([block.rest]), className="rest")] if block.rest else []
    return html.Div([*rows, *rest], className=f"matters m{len(block.matters)}")


def _matter(number: int, matter: Matter) -> Component:
    facts = ((_("责任"), matter.who), (_("限期"), matter.until), (_("下一步"), matter.next_step))
    said = [html.Span([html.I(name), " ", *text([fact])]) for name, fact in facts if fact]
    content = [
        html.Div(text(matter.what), className="what"),
        html.Div(said, className="facts"),
        html.Div([html.Span(_("批示：")), html.Span(className="rule")], className="order"),
    ]
    parts = [_latin(str(number)), html.Div(_mark(matter), className="of"), html.Div(content, className="said")]
    return html.Div(parts, className="matter")


def _mark(matter: Matter) -> Component:
    """A level by shape, word and grey; what has none says its kind."""
    if matter.level is Level.NONE:
        return html.Span(matter.kind, className="mark")
    said = f"{PLOT_MARKS[matter.level]} {_(SHORT[matter.level])}"
    return html.Span(said, className=f"mark {matter.level.code}")


def _grid(grid: Grid) -> Component:
    table = grid.table
    columns = [column for column in table.columns if not column.hidden]
    rows = [*table.rows, *table.foot]
    note, title = grid.note or table.note, captioned(grid.number, table.title)
    made: list[Component] = []
    for group in _groups(table, columns):
        made += _part(table, [columns[place] for place in group], continued(title) if made else title)
    if note:
        made.append(html.P(text([note]), className="remark"))
    return html.Div(made, className="grid whole" if len(rows) <= WHOLE_ROWS else "grid")


def _groups(table: Table, columns: Sequence[Column]) -> list[list[int]]:
    """The columns in the groups that stand beside one another."""
    rows = [*table.rows, *table.foot]
    wanted = [
        max(min(_width(column.title), HEAD), *(_width(cell(table, column, row)) for row in rows), 0.0) + CELL_PADDING
        for column in columns
    ]
    room, parted = TABLE_SIZES[-1][1], TABLE_SIZES[-2][1]
    return column_groups(wanted, [is_right(column) for column in columns], room, parted)


def _part(table: Table, columns: Sequence[Column], title: str) -> list[Component]:
    """Some columns of a table with their rows, below its title and unit."""
    rows = [*table.rows, *table.foot]
    texts = [[cell(table, column, row) for column in columns] for row in rows]
    caption = [html.Span(text([title])), html.Span(text([units_of(table)]))]
    head = html.Thead(
        html.Tr([html.Th(text([column.title]), className=_side(column), scope="col") for column in columns])
    )
    body = html.Tbody([_line(table, row, columns) for row in rows])
    return [
        html.Div(caption, className="row caption"),
        html.Table([head, body], className=_size([[column.title for column in columns], *texts])),
    ]


def _line(table: Table, row: Row, columns: Sequence[Column]) -> Component:
    cells = []
    for place, column in enumerate(columns):
        said, value = cell(table, column, row), row.values.get(column.key)
        indent = f" i{row.indent}" if row.indent and not place else ""
        content = text(value) if isinstance(value, list) else text([said])
        if column.key in row.extra:
            # A word beside a figure: 预计 0.86.
            content = [*text([plain([row.extra[column.key]])]), *([" ", *content] if said else [])]
        shade = f" q{row.shades[column.key]}" if column.key in row.shades else ""
        cells.append(html.Td(content, className=_side(column) + indent + shade))
    return html.Tr(cells, className=row.style)


def _side(column: Column) -> str:
    return "r" if is_right(column) else "l"


def _size(lines: Sequence[Sequence[str]]) -> str:
    """The largest size of text in which the columns stand beside one another; words break where none is small enough."""
    widest = sum(max(_width(line[place]) for line in lines) + CELL_PADDING for place in range(len(lines[0])))
    return next((name for name, held in TABLE_SIZES if widest <= held), TABLE_SIZES[-1][0])


def units_of(table: Table) -> str:
    """单位：亿元、%、百分点: the units of a table's columns, in their order; "" where no column has one."""
    units = [*dict.fromkeys(unit for one in table.columns if not one.hidden and (unit := unit_of(table, one)))]
    return _("单位：{unit}", unit=_("、").join(units)) if units else ""


def _picture(picture: Picture, chart: Draw) -> Component:
    note = [html.P(text([picture.remark]), className="remark")] if picture.remark else []
    above = _row("caption", picture.span, _("单位：{unit}", unit=picture.unit) if picture.unit else "")
    below = html.Figcaption(text([captioned(picture.number, picture.title)]))
    return html.Figure([above, _drawn(picture, chart), below, *note], className="picture")


def _sheet_picture(picture: Picture, chart: Draw) -> Component:
    beside = " · ".join(one for one in (picture.unit, picture.span) if one)
    title = html.H2([*text([picture.title]), html.Span(text([beside]), className="beside")])
    note = [html.P(text([picture.remark]), className="remark")] if picture.remark else []
    return html.Figure([title, _drawn(picture, chart), *note], className="picture")


def _drawn(picture: Picture, chart: Draw) -> Component:
    return html.Div(chart(picture), className="drawn", role="img", **attributes(aria_label=picture.alternative))
