"""The empty document: page, margins and grid of lines, page numbers on the outer side, mark and watermark in the head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import docx
from docx.document import Document as File
from docx.opc.constants import RELATIONSHIP_TYPE

from dashboard.exports.blocks import Document
from dashboard.exports.office import styles
from dashboard.exports.office.deck import describe, properties
from dashboard.exports.office.fonts import SLIDES
from dashboard.exports.office.styles import LINE, Style
from dashboard.exports.office.text import clean, width
from dashboard.exports.office.wml import paragraph, run
from dashboard.exports.office.xml import Element, add, named
from dashboard.words.wording import apart

MM = 1440 / 25.4  # twentieths of a point
# Of GB/T 9704—2012, 5.1 and 5.2.1: 天头 37, 订口 28, 版心 156 × 225; the page number 7 mm under the text.
OFFICIAL = {"top": 37, "right": 26, "bottom": 35, "left": 28, "header": 20, "footer": 25.5}
SHEET = {"top": 12.5, "right": 15, "bottom": 10.5, "left": 17, "header": 6, "footer": 6}
UNUSED = ("stylesWithEffects", "webSettings", "numbering", "customXml", "theme")


def open_file(document: Document, look: Sequence[Style]) -> File:
    """A file without text, nothing of the library's template left in it."""
    file = docx.Document()
    for part, names in ((file.part, UNUSED), (file.part.package, ("thumbnail",))):
        for key in [key for key, one in part.rels.items() if one.reltype.rpartition("/")[2] in names]:
            part.rels.pop(key)
    file.part.package.part_related_by(RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)._blob = properties()
    file.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)._blob = styles.font_table(look)
    styles.write(file.styles.element, look, document.language)
    _settings(file)
    describe(file, document)
    _section(file, document)
    return file


def _settings(file: File) -> None:
    element: Any = file.settings.element
    for child in list(element):
        element.remove(child)
    add(element, "w:zoom", w__percent=100)
    add(element, "w:defaultTabStop", w__val=420)
    add(element, "w:evenAndOddHeaders")
    add(element, "w:characterSpacingControl", w__val="doNotCompress")
    compatible = add(element, "w:compat")
    add(compatible, "w:useFELayout")
    # Also an address, as the format wants it.
    uri = "/".join(("http:", "", "schemas.microsoft.com", "office", "word"))
    add(compatible, "w:compatSetting", w__name="compatibilityMode", w__uri=uri, w__val=15)
    add(element, "w:themeFontLang", w__val="en-US", w__eastAsia="zh-CN")


def _section(file: File, document: Document) -> None:
    sheet = document.form == "one-page"
    section: Any = file.sections[0]
    element = section._sectPr
    for name in ("w:pgSz", "w:pgMar", "w:cols", "w:docGrid"):
        for old in element.findall(named(name)):
            element.remove(old)
    margins = SHEET if sheet else OFFICIAL
    add(element, "w:pgSz", w__w=round(210 * MM), w__h=round(297 * MM))
    sides = {f"w__{side}": round(size * MM) for side, size in margins.items()}
    add(element, "w:pgMar", **sides, w__gutter=0)
    add(element, "w:cols", w__space=425)
    if not sheet:
        add(element, "w:docGrid", w__type="lines", w__linePitch=LINE)
    marks = apart().join(part for part in (document.source.mark, document.draft) if part)
    if document.source.watermark or (marks and not sheet):
        for place, header in enumerate((section.header, section.even_page_header)):
            _header(header, document, "" if sheet else marks, place)
    if not sheet:
        _page_number(section.footer, odd=True)
        _page_number(section.even_page_footer, odd=False)


def _emptied(part: Any) -> Element:
    """A header or footer of its own, without the paragraph it begins with."""
    part.is_linked_to_previous = False
    element = part._element
    for child in list(element):
        element.remove(child)
    return element


def _page_number(footer: Any, *, odd: bool) -> None:
    """— 1 — one character from the outer side (7.5)."""
    made = paragraph(
        _emptied(footer), "Footer", left=0 if odd else 280, right=280 if odd else 0, align="right" if odd else "left"
    )
    run(made, "— ")
    run(add(made, "w:fldSimple", w__instr="PAGE"), "1")
    run(made, " —")


def _header(header: Any, document: Document, marks: str, place: int) -> None:
    made = paragraph(_emptied(header), "Header", marks, align="right")
    if document.source.watermark:
        _watermark(made, document, place)


def _watermark(parent: Element, document: Document, place: int) -> None:
    """The reader's name across the page, as Word makes it itself."""
    text = document.source.watermark
    across = min(470.0, max(180.0, width(text) * 44))
    tall = across / max(1.0, width(text)) * 1.1
    picture = add(add(parent, "w:r"), "w:pict")
    kind = add(
        picture, "v:shapetype", id="_x0000_t136", coordsize="21600,21600", o__spt=136, adj="10800",
        path="m@7,l@8,m@5,21600l@6,21600e",
    )  # fmt: skip
    formulas = add(kind, "v:formulas")
    for formula in (
        "sum #0 0 10800", "prod #0 2 1", "sum 21600 0 @1", "sum 0 0 @2", "sum 21600 0 @3", "if @0 @3 0", "if @0 21600 @1",
        "if @0 0 @2", "if @0 @4 21600", "mid @5 @6", "mid @8 @5", "mid @7 @8", "mid @6 @7", "sum @6 0 @5",
    ):  # fmt: skip
        add(formulas, "v:f", eqn=formula)
    add(kind, "v:path", textpathok="t", o__connecttype="custom", o__connectlocs="@9,0;@10,10800;@11,21600;@12,10800")
    add(kind, "v:textpath", on="t", fitshape="t")
    shape = add(
        picture, "v:shape", id=f"PowerPlusWaterMarkObject{place + 1}", o__spid=f"_x0000_s{2049 + place}",
        type="#_x0000_t136", o__allowincell="f", fillcolor="#d8dcde", stroked="f",
        style=f"position:absolute;margin-left:0;margin-top:0;width:{across:.0f}pt;height:{tall:.0f}pt;rotation:325;"
        "z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        "mso-position-vertical:center;mso-position-vertical-relative:margin",
    )  # fmt: skip
    add(shape, "v:fill", opacity=".5")
    face = SLIDES[document.language].east_asian
    add(shape, "v:textpath", style=f"font-family:'{face}';font-size:1pt", string=clean(text))
