"""What stands on a slide: titles, lines of text, rules, charts, tables. Places are pixels of 1280 × 720."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.enum.shapes import MSO_CONNECTOR
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.parts.chart import ChartPart
from pptx.slide import Slide

from dashboard.charts.theme import LIGHT
from dashboard.exports.blocks import Picture, Pieces
from dashboard.exports.office.chart_series import Look
from dashboard.exports.office.chart_xml import LANGUAGES, chart_xml
from dashboard.exports.office.deck import px
from dashboard.exports.office.drawn import drawn
from dashboard.exports.office.fonts import SLIDES
from dashboard.exports.office.laid import Laid
from dashboard.exports.office.text import clean
from dashboard.exports.office.workbook import workbook
from dashboard.exports.office.xml import Element, add, fill, letters, named, stroke
from dashboard.words.passport import Printed

Box = tuple[float, float, float, float]  # left, top, width, height
CHART_LETTERS = 13
INK, T2, T3 = "172024", "465258", LIGHT.t3.removeprefix("#")
LINE, LINE_2, PALE = (one.removeprefix("#") for one in (LIGHT.line, LIGHT.line_2, LIGHT.pale))


class Canvas:
    """A slide that is drawn on, in one language."""

    def __init__(self, slide: Slide, language: str) -> None:
        self.slide, self.language = slide, language
        self.faces = SLIDES[language].pair
        self.tongue = LANGUAGES[language]

    def run(self, paragraph: Element, text: str, size: float, colour: str = INK, *, bold: bool = False) -> None:
        run = add(paragraph, "a:r")
        letters(run, "a:rPr", size, colour, self.faces, lang=self.tongue, b=int(bold))
        add(run, "a:t", text.replace("\n", " "))

    def pieces(self, paragraph: Element, pieces: Pieces, size: float, colour: str = INK) -> None:
        """A sentence; its figures are bold."""
        for piece in [pieces] if isinstance(pieces, str) else pieces:
            self.run(paragraph, str(piece), size, colour, bold=isinstance(piece, Printed))

    def title(self, text: str) -> None:
        """Into the slide's title placeholder; what would not fit in two lines of 28 points is set smaller."""
        placeholder: Any = self.slide.shapes.title
        frame = placeholder.text_frame
        frame.text = clean(text)
        run = frame.paragraphs[0].runs[0] if frame.paragraphs[0].runs else None
        if run is not None:
            run._r.get_or_add_rPr().set("lang", self.tongue)
            if len(text) * 28 * (1 if self.language == "zh" else 0.56) > 1.9 * 864:
                run._r.get_or_add_rPr().set("sz", "2400")

    def text(self, name: str, box: Box, *, right: bool = False, middle: bool = True, wrap: bool = True) -> Element:
        """An empty box of text; returns its first paragraph."""
        shape = self.slide.shapes.add_textbox(*map(px, box))
        shape.name = name
        body: Any = shape._element.txBody
        frame = body.bodyPr
        for key in ("lIns", "rIns", "tIns", "bIns"):
            frame.set(key, "0")
        frame.set("anchor", "ctr" if middle else "t")
        frame.set("wrap", "square" if wrap else "none")
        paragraph = body.find(named("a:p"))
        if right:
            add(paragraph, "a:pPr", algn="r")
        return paragraph

    def paragraph(self, after: Element, *, space: float = 0, right: bool = False) -> Element:
        """Another paragraph of the same box; ``space`` is points before it."""
        made = add(after.getparent(), "a:p")
        look = add(made, "a:pPr", **({"algn": "r"} if right else {}))
        if space:
            add(add(look, "a:spcBef"), "a:spcPts", val=round(space * 100))
        return made

    def rule(self, top: float, colour: str, points: float, box: tuple[float, float] = (64, 1152)) -> None:
        """A horizontal rule; without the template's shadow."""
        line = self.slide.shapes.add_connector(
            MSO_CONNECTOR.STRAIGHT, px(box[0]), px(top), px(box[0] + box[1]), px(top)
        )
        line.name = "Rule"
        self._plain_line(line, colour, points)

    def upright(self, left: float, top: float, tall: float) -> None:
        line = self.slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, px(left), px(top), px(left), px(top + tall))
        line.name = "Rule"
        self._plain_line(line, LINE_2, 0.75)

    def _plain_line(self, line: Any, colour: str, points: float) -> None:
        style = line._element.find(named("p:style"))
        line._element.remove(style)
        stroke(line._element.spPr, colour, points)

    def chart(self, picture: Picture, box: Box) -> None:
        """The native chart with its workbook and its text for those who cannot see it."""
        chart = drawn(picture.plot)
        look = Look(box[2] * 0.75, box[3] * 0.75, CHART_LETTERS, self.faces, self.tongue)
        package = self.slide.part.package
        part = ChartPart.load(
            package.next_partname(ChartPart.partname_template),
            CONTENT_TYPE.DML_CHART,
            package,
            chart_xml(chart, look),
        )
        part.chart_workbook.update_from_xlsx_blob(workbook(chart))
        related = self.slide.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        frame = self.slide.shapes._add_chart_graphicFrame(related, *map(px, box))
        about = frame.xpath("./p:nvGraphicFramePr/p:cNvPr")[0]
        about.set("name", clean(picture.title)[:250] or "Chart")
        about.set("descr", clean(picture.alternative))

    def table(
        self, name: str, table: Laid, shares: Sequence[float], box: Box, size: float, heights: Sequence[float]
    ) -> None:
        """A real table of three rules; ``heights`` of head and rows in pixels, ``shares`` of the width a column."""
        frame = self.slide.shapes.add_table(len(table.lines) + 1, len(table.head), *map(px, box))
        frame.name = clean(name)[:250]
        frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(name))
        grid: Any = frame.table._tbl
        look = grid.tblPr
        for flag in ("bandRow", "firstRow"):
            look.attrib.pop(flag, None)
        look.set("firstRow", "1")
        style = look.find(named("a:tableStyleId"))
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
        whole = sum(shares)
        for place, share in enumerate(shares):
            grid.tblGrid.gridCol_lst[place].w = px(box[2] * share / whole)
        last = len(table.lines)
        for at, cells in enumerate([table.head, *(line.cells for line in table.lines)]):
            row = grid.tr_lst[at]
            row.h = px(heights[at])
            held = row.tc_lst
            strong = at == 0 or bool(table.lines[at - 1].style)
            rules = {"lnT": (INK, 1.5)} if at == 0 else {}
            rules["lnB"] = (INK, 1.5) if at == last else (LINE_2, 0.75) if at == 0 else (LINE, 0.75)
            for place, text in enumerate(cells):
                indent = table.lines[at - 1].indent * size if at and not place else 0
                ground = table.lines[at - 1].ground(place) if at else ("", "")
                self._cell(held[place], text, size, table.right[place], rules, strong, indent, ground, head=at == 0)

    def _cell(
        self,
        element: Any,
        text: str,
        size: float,
        right: bool,
        rules: dict[str, tuple[str, float]],
        strong: bool,
        indent: float,
        ground: tuple[str, str],
        *,
        head: bool,
    ) -> None:
        paragraph = element.get_or_add_txBody().find(named("a:p"))
        add(paragraph, "a:pPr", algn="r" if right else "l")
        self.run(paragraph, text, size, T2 if head else ground[1] or INK, bold=strong and not head)
        look = element.get_or_add_tcPr()
        look.set("marL", str(px(6 + indent)))
        look.set("marR", str(px(6)))
        look.set("marT", "0")
        look.set("marB", "0")
        look.set("anchor", "ctr")
        for side in ("lnL", "lnR", "lnT", "lnB"):
            line = add(look, f"a:{side}", w=round(rules[side][1] * 12700) if side in rules else 0)
            if side in rules:
                fill(line, rules[side][0])
            else:
                add(line, "a:noFill")
        if ground[0]:
            fill(look, ground[0])
        if strong and not head:
            fill(look, "F6F8F8")
        else:
            add(look, "a:noFill")

    def number(self, count: int, box: Box) -> None:
        """``n / N``; n is a field that follows the slide when it is moved."""
        paragraph = self.text("Page", box, right=True)
        field = add(paragraph, "a:fld", id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}", type="slidenum")
        letters(field, "a:rPr", 12, T3, self.faces, lang=self.tongue)
        add(field, "a:t", "1")
        self.run(paragraph, f" / {count}", 12, T3)

    def notes(self, lines: Sequence[str]) -> None:
        """What the speaker reads: the basis of the figures."""
        frame: Any = self.slide.notes_slide.notes_text_frame
        frame.text = clean("\n".join(line for line in lines if line))
