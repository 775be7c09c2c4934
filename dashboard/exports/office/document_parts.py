"""What stands in a document between its lines of text: tables of three rules, charts, the band of figures, matters."""

from __future__ import annotations

from dataclasses import replace

from docx.document import Document as File
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.part import Part
from pptx.oxml.ns import nsuri

from dashboard.charts.theme import GREY
from dashboard.components.level import PLOT_GREY, PLOT_MARKS, SHORT
from dashboard.components.paper import units_of
from dashboard.components.table import continued
from dashboard.exports.blocks import Grid, KeyFigures, Matter, Matters, Picture, captioned, plain
from dashboard.exports.office.chart_series import Look
from dashboard.exports.office.chart_xml import LANGUAGES, chart_xml
from dashboard.exports.office.drawn import drawn
from dashboard.exports.office.laid import Laid, Line, apart, fitting, laid
from dashboard.exports.office.styles import CELLS
from dashboard.exports.office.text import clean, width
from dashboard.exports.office.wml import CELL_MARGIN, cell, paragraph, pieces, row, run, table
from dashboard.exports.office.workbook import workbook
from dashboard.exports.office.xml import Element, add, root
from dashboard.words.wording import NO_VALUE, _
from rules.alerts.threshold import Level

EMU = 12700  # of a point
CELL_PADDING = 0.9  # beside a cell's words, in letters
WHOLE_ROWS = 12  # of a table that no page parts
BLACK, PALE = "000000", "BBBBBB"
# Of a level by its grey: ground and letters.
SHADES = {Level.RED: ("1A1A1A", "FFFFFF"), Level.ORANGE: ("5F5F5F", "FFFFFF"), Level.YELLOW: ("DEDEDE", "111111")}


def _places(block: KeyFigures, size: float, large: int) -> list[float]:
    """How wide each figure of a band is in points, with its name and unit."""
    return [
        max(
            width(one.name) * size,
            width(one.figure) * (large + 1) + width(one.unit) * 11,
            width(plain(one.before)) * size,
        )
        + 18
        for one in block.figures
    ]


class Writer:
    """A document's body: its width in points, its language, whether it is the one page before a meeting."""

    def __init__(self, file: File, language: str, across: float, faces: tuple[str, str], *, sheet: bool) -> None:
        self.file, self.body = file, file.element.body
        self.language, self.across, self.faces, self.sheet = language, across, faces, sheet
        self.charts = 0

    @property
    def twentieths(self) -> int:
        return round(self.across * 20)

    def title_line(self, left: str, right: str) -> None:
        """Above a table or chart: what it is, and its unit at the right."""
        line = paragraph(self.body, "Caption", tabs=[(self.twentieths, "none")], keep=True)
        run(line, left)
        run(line, f"\t{right}")

    def grid(self, block: Grid) -> None:
        found = laid(block.table)
        title = captioned(block.number, block.table.title)
        for at, part in enumerate(apart(found, self.across, CELLS, CELL_PADDING)):
            if at:
                self.gap()
            said = continued(title) if at else title
            self.title_line(said, units_of(block.table))
            self.lines(part, said)
        note = block.note or block.table.note
        if note:
            paragraph(self.body, "Remark", note)
        else:
            self.gap()

    def lines(self, found: Laid, name: str) -> None:
        """A table of three rules whose head stands on every page."""
        size, columns = fitting(found, self.across, CELLS, CELL_PADDING)
        style = f"Cell{CELLS.index(size)}"
        widths = [round(one * size * 20) for one in columns]
        made = table(self.body, widths, name=name, borders=[("top", 10, BLACK), ("bottom", 10, BLACK)])
        whole = len(found.lines) <= WHOLE_ROWS
        rows = [Line(found.head, "", 0), *found.lines]
        for at, one in enumerate(rows):
            strong, line = one.style, row(made, head=at == 0)
            borders = [("bottom", 4, BLACK)] if at == 0 else [("top", 4, BLACK)] if strong == "sum" else []
            for place, text in enumerate(one.cells):
                ground, letters = one.ground(place)
                held = cell(line, widths[place], borders, ground=ground)
                words = paragraph(
                    held,
                    style,
                    keep=at == 0 or (whole and at < len(rows) - 1),
                    left=round(one.indent * size * 20) if one.indent and not place else None,
                    align="right" if found.right[place] else "left",
                )
                run(words, text, bold=bool(strong), colour=letters)

    def picture(self, block: Picture, tall: float) -> None:
        """The native chart as a drawing in a line of its own, its title below; on a sheet above."""
        unit = _("单位：{unit}", unit=block.unit) if block.unit else ""
        if self.sheet:
            line = paragraph(self.body, "Caption", keep=True)
            run(line, block.title)
            beside = " · ".join(one for one in (block.unit, block.span) if one)
            self.beside(line, beside)
        else:
            self.title_line(block.span, unit)
        self.chart(block, tall)
        if not self.sheet:
            below = captioned(block.number, block.title)
            paragraph(self.body, "Caption", below, align="center", keep=bool(block.note), before=0, after=6)
        if block.note:
            paragraph(self.body, "Remark", block.note)

    def beside(self, line: Element, text: str) -> None:
        """A note in grey beside a heading."""
        if not text:
            return
        made = add(line, "w:r")
        look = add(made, "w:rPr")
        add(look, "w:b", w__val=0)
        add(look, "w:bCs", w__val=0)
        add(look, "w:color", w__val="444444")
        add(look, "w:sz", w__val=18)
        add(look, "w:szCs", w__val=18)
        add(made, "w:t", f"　{text}").set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def chart(self, block: Picture, tall: float) -> None:
        self.charts += 1
        look = Look(self.across, tall, 9.0 if self.sheet else 10.5, self.faces, LANGUAGES[self.language])
        if self.sheet:
            look = replace(look, colours=GREY, levels=PLOT_GREY)
        line = paragraph(self.body, "Drawn", keep=not self.sheet)
        add(line, "w:r").append(native_chart(self.file.part, block, look, self.charts))

    def figures(self, block: KeyFigures) -> None:
        """The band: name, what was, the figure with its unit, lines below; a rule between two."""
        if not block.figures:
            return
        # A longer name or figure has a wider place.
        size = 9.0 if self.sheet else 10.5
        wanted, large = _places(block, size, 18), 18
        if sum(wanted) > self.twentieths / 20:
            wanted, large = _places(block, size, 12), 12  # of many figures none is broken
        widths = [round(one / sum(wanted) * self.twentieths) for one in wanted]
        rule = (6, PALE) if self.sheet else (10, BLACK)
        made = table(self.body, widths, borders=[("top", *rule), ("bottom", *rule)])
        line = row(made)
        name, shown = ("Name", "Figure") if self.sheet else ("Cell1", "Cell0")
        for place, one in enumerate(block.figures):
            held = cell(line, widths[place], [("left", 4, "CCCCCC")] if place else [], middle=False)
            left = 100 if place else 0
            paragraph(held, name, one.name, left=left, right=0, before=4)
            paragraph(held, name, one.before, left=left, right=0)
            figure = paragraph(held, shown, left=left, right=0)
            run(figure, str(one.figure), bold=True, size=large)
            if one.unit and one.figure != NO_VALUE:
                run(figure, f" {one.unit}", size=9)
            for at, text in enumerate(one.lines):
                paragraph(held, name, text, left=left, right=0, after=5 if at == len(one.lines) - 1 else None)
        self.gap()

    def gap(self) -> None:
        """Two tables that touch are one: an invisible line between them."""
        paragraph(self.body, "Remark", line=2, before=0, after=0)

    def matters(self, block: Matters) -> None:
        """Each with its level, who, by when, the next step and a line for what the leader writes."""
        if not block.matters:
            paragraph(self.body, "Normal", _("无需请示事项。"))
            return
        widths = [round(self.twentieths * part) for part in (0.04, 0.12, 0.84)]
        inside = widths[2] - 2 * CELL_MARGIN
        made = table(self.body, widths, borders=[("top", 4, PALE), ("bottom", 4, PALE), ("insideH", 4, "DDDDDD")])
        what, facts, order = ("What", "Facts", "Order") if self.sheet else ("Cell0", "Cell1", "Cell1")
        # Fewer matters leave more room to write.
        room = {1: 60, 2: 45, 3: 24, 4: 12}.get(len(block.matters), 4.5) if self.sheet else 6
        for number, one in enumerate(block.matters, start=1):
            line = row(made)
            paragraph(cell(line, widths[0], middle=False), what, [str(number)], before=4)
            self._mark(cell(line, widths[1], middle=False), one, what)
            held = cell(line, widths[2], middle=False)
            pieces(paragraph(held, what, before=4), one.what, bold=True)
            stops = ((_("责任"), one.who), (_("限期"), one.until), (_("下一步"), one.next_step))
            said = paragraph(held, facts)
            for name, fact in ((name, fact) for name, fact in stops if fact):
                run(said, f"{name} ", colour="444444")
                run(said, f"{fact}　　")
            paragraph(held, order, _("批示：") + "\t", tabs=[(inside, "underscore")], before=room, after=4)
        if block.rest:
            paragraph(self.body, "Line" if self.sheet else "Remark", block.rest)
        else:
            self.gap()

    def _mark(self, held: Element, matter: Matter, style: str) -> None:
        """A level by shape, word and grey; what has none says its kind."""
        made = paragraph(held, style, before=4)
        if matter.level is Level.NONE:
            run(made, matter.kind, size=9)
            return
        ground, letters = SHADES.get(matter.level, ("", ""))
        said = f" {PLOT_MARKS[matter.level]} {_(SHORT[matter.level])} "
        run(made, said, bold=bool(ground), size=9, colour=letters, shade=ground)


def native_chart(held: Part, block: Picture, look: Look, number: int) -> Element:
    """A chart and its workbook as parts of their own beside the one that holds it; the drawing there that shows it, with a
    number that no other of that part has."""
    chart, package = drawn(block.plot), held.package
    made = package.next_partname("/word/embeddings/chart%d.xlsx")
    book = Part(made, CONTENT_TYPE.SML_SHEET, workbook(chart), package)
    made = package.next_partname("/word/charts/chart%d.xml")
    part = Part(made, CONTENT_TYPE.DML_CHART, chart_xml(chart, look, "rId1"), package)
    part.rels.add_relationship(RELATIONSHIP_TYPE.PACKAGE, book, "rId1")
    related = held.relate_to(part, RELATIONSHIP_TYPE.CHART)
    drawing = root("w:drawing", "w", "wp", "a", "c", "r")
    inline = add(drawing, "wp:inline", distT=0, distB=0, distL=0, distR=0)
    add(inline, "wp:extent", cx=round(look.width * EMU), cy=round(look.height * EMU))
    add(inline, "wp:effectExtent", l=0, t=0, r=0, b=0)
    add(inline, "wp:docPr", id=number, name=clean(block.title)[:250] or "Chart", descr=clean(block.alternative))
    add(inline, "wp:cNvGraphicFramePr")
    data = add(add(inline, "a:graphic"), "a:graphicData", uri=nsuri("c"))
    add(data, "c:chart", r__id=related)
    return drawing
