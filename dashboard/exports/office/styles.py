"""The styles of a document: 三号仿宋 in lines of 28.95 points (GB/T 9704—2012, 5.2.3), headings that programs list, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.exports.office.fonts import SLIDES, Fonts, alternatives
from dashboard.exports.office.xml import Element, add, root, serialized

LINE = 579  # twentieths of a point: 22 lines on 225 mm
TEXT_SIZE, TITLE_SIZE, SMALL, PAGE_NUMBER = 16.0, 22.0, 12.0, 14.0  # 三号, 二号, 小四, 四号
TIGHT = -5  # twentieths of a point between letters: 三号 of the standard is 15.75 points, so that 28 fill 156 mm
CELLS = (12.0, 10.5, 9.0, 7.5)  # 小四, 五号, 小五, 六号


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: its id and name, East Asian and Latin face, size in points; ``line`` in twentieths of a point,
    exactly, 0 for a single one; ``indent`` of the first line in hundredths of a character."""

    code: str
    name: str
    faces: tuple[str, str]
    size: float
    line: int = LINE
    indent: int = 0
    align: str = ""
    bold: bool = False
    level: int | None = None
    before: float = 0
    after: float = 0
    tight: bool = False
    on_grid: bool = True
    colour: str = ""


def official(fonts: Fonts, language: str) -> list[Style]:
    """Those of a briefing or report. English stands at the margin, with headings in bold."""
    english = language == "en"
    latin, sans = fonts.latin, "Arial" if english else fonts.latin
    indent, align = (0, "left") if english else (200, "both")
    size = 14.0 if english else TEXT_SIZE
    tight, below = not english, 6.0 if english else 0.0
    first = sans if english else fonts.hei
    small = {"line": 0, "on_grid": False}
    return [
        Style("Normal", "Normal", (fonts.text, latin), size, indent=indent, align=align, tight=tight, after=below),
        Style(
            "Title",
            "Title",
            (fonts.title, latin if english else fonts.title),
            TITLE_SIZE,
            line=LINE,
            on_grid=False,
            align="center",
            bold=english or fonts.bold_title,
            before=14.5,
            after=14.5,
        ),
        Style("Heading1", "heading 1", (fonts.hei, first), size, indent=indent, bold=english, level=0, tight=tight),
        Style("Heading2", "heading 2", (fonts.kai, latin), size, indent=indent, bold=english, level=1, tight=tight),
        Style("Heading3", "heading 3", (fonts.text, latin), size, indent=indent, bold=True, level=2, tight=tight),
        Style("Line", "Line", (fonts.text, latin), size, tight=tight),
        Style("Marks", "Marks", (fonts.hei, sans), size, tight=tight),
        Style("Colophon", "Colophon", (fonts.text, latin), PAGE_NUMBER, line=500, on_grid=False),
        Style("Caption", "caption", (fonts.hei, sans), SMALL, before=6, after=2, **small),  # type: ignore[arg-type]
        Style("Remark", "Remark", (fonts.song, latin), 10.5, before=2, after=4, **small),  # type: ignore[arg-type]
        Style("Drawn", "Drawn", (fonts.song, latin), SMALL, align="center", **small),  # type: ignore[arg-type]
        *[
            Style(f"Cell{at}", f"Cell {at}", (fonts.song, latin), points, before=1.5, after=1.5, **small)  # type: ignore[arg-type]
            for at, points in enumerate(CELLS)
        ],
        Style("Header", "header", (fonts.song, latin), 9, **small),  # type: ignore[arg-type]
        Style("Footer", "footer", (fonts.song, fonts.song), PAGE_NUMBER, line=280, on_grid=False),
    ]


def of_a_sheet(language: str) -> list[Style]:
    """Those of the one page before a meeting: one face, greys alone."""
    latin, east_asian = SLIDES[language].pair
    faces = (east_asian, latin)

    def style(code: str, name: str, size: float, line: float, **more: object) -> Style:
        return Style(code, name, faces, size, round(line * 20), on_grid=False, **more)  # type: ignore[arg-type]

    return [
        style("Normal", "Normal", 9.75, 15),
        style("Title", "Title", 18, 25.5, bold=True, before=4, after=1),
        style("Heading1", "heading 1", 11.25, 24, bold=True, level=0),
        style("Heading2", "heading 2", 10.5, 20, bold=True, level=1),
        style("Heading3", "heading 3", 9.75, 18, bold=True, level=2),
        style("Line", "Line", 9.75, 15),
        style("Marks", "Marks", 9, 13.5, colour="333333"),
        style("Sentence", "Sentence", 13.5, 21.5, before=7, after=7),
        style("Caption", "caption", 11.25, 22, bold=True, before=2),
        style("Remark", "Remark", 8.5, 12.5, colour="333333"),
        style("Drawn", "Drawn", 9, 0, align="center"),
        *[style(f"Cell{at}", f"Cell {at}", points, 0) for at, points in enumerate((9.0, 9.0, 8.5, 7.5))],
        style("Name", "Name", 9, 13.5, colour="222222"),
        style("Figure", "Figure", 18, 24, bold=True),
        style("What", "What", 11.25, 16.5),
        style("Facts", "Facts", 9, 13.5),
        style("Order", "Order", 9, 13.5, colour="222222"),
        style("Header", "header", 9, 0),
        style("Footer", "footer", 9, 0),
    ]


def write(element: Element, styles: Sequence[Style], language: str) -> None:
    """Put the styles into the styles part, in place of all that the library's template has."""
    for child in list(element):
        element.remove(child)
    tongue = "en-US" if language == "en" else "zh-CN"
    normal = styles[0]
    defaults = add(element, "w:docDefaults")
    look = add(add(defaults, "w:rPrDefault"), "w:rPr")
    _faces(look, normal.faces)
    add(look, "w:sz", w__val=round(normal.size * 2))
    add(look, "w:szCs", w__val=round(normal.size * 2))
    add(look, "w:lang", w__val=tongue if language == "en" else "en-US", w__eastAsia="zh-CN", w__bidi="ar-SA")
    add(add(defaults, "w:pPrDefault"), "w:pPr")
    for style in styles:
        _style(element, style)
    for kind, code, name in (
        ("character", "DefaultParagraphFont", "Default Paragraph Font"),
        ("table", "TableNormal", "Normal Table"),
    ):
        made = add(element, "w:style", w__type=kind, w__default=1, w__styleId=code)
        add(made, "w:name", w__val=name)
        add(made, "w:uiPriority", w__val=99)
        add(made, "w:semiHidden")
        if kind == "table":
            margins = add(add(made, "w:tblPr"), "w:tblCellMar")
            for side, width in (("top", 0), ("left", 108), ("bottom", 0), ("right", 108)):
                add(margins, f"w:{side}", w__w=width, w__type="dxa")


def _faces(look: Element, faces: tuple[str, str]) -> None:
    east_asian, latin = faces
    add(look, "w:rFonts", w__ascii=latin, w__hAnsi=latin, w__eastAsia=east_asian, w__cs=latin, w__hint="eastAsia")


def _style(element: Element, style: Style) -> None:
    own = style.name[0].isupper() and style.code not in ("Normal", "Title")
    made = add(element, "w:style", w__type="paragraph", w__styleId=style.code)
    if style.code == "Normal":
        made.set(made.tag.replace("}style", "}default"), "1")
    elif own:
        made.set(made.tag.replace("}style", "}customStyle"), "1")
    add(made, "w:name", w__val=style.name)
    if style.level is not None or style.code == "Title":
        add(made, "w:next", w__val="Normal")
    add(made, "w:qFormat")
    look = add(made, "w:pPr")
    if style.level is not None or style.code == "Title":
        add(look, "w:keepNext")
    add(look, "w:widowControl", w__val=0)
    # Digits stand in the text without a gap.
    add(look, "w:autoSpaceDE", w__val=0)
    add(look, "w:autoSpaceDN", w__val=0)
    if not style.on_grid:
        add(look, "w:snapToGrid", w__val=0)
    line: dict[str, object] = (
        {"w__line": style.line, "w__lineRule": "exact"} if style.line else {"w__line": 240, "w__lineRule": "auto"}
    )
    add(look, "w:spacing", w__before=round(style.before * 20), w__after=round(style.after * 20), **line)
    if style.indent:
        # Programs that do not count in characters take the points.
        points = style.indent / 100 * (style.size + (TIGHT / 20 if style.tight else 0))
        add(look, "w:ind", w__firstLineChars=style.indent, w__firstLine=round(points * 20))
    if style.align:
        add(look, "w:jc", w__val=style.align)
    if style.level is not None:
        add(look, "w:outlineLvl", w__val=style.level)
    letters = add(made, "w:rPr")
    _faces(letters, style.faces)
    if style.bold:
        add(letters, "w:b")
        add(letters, "w:bCs")
    if style.colour:
        add(letters, "w:color", w__val=style.colour)
    if style.tight:
        add(letters, "w:spacing", w__val=TIGHT)
    add(letters, "w:sz", w__val=round(style.size * 2))
    add(letters, "w:szCs", w__val=round(style.size * 2))


def font_table(styles: Sequence[Style]) -> bytes:
    """The faces that are used, each with those a machine may take in its place."""
    fonts = root("w:fonts", "w")
    for face in dict.fromkeys(face for style in styles for face in style.faces):
        made = add(fonts, "w:font", w__name=face)
        alike = alternatives(face)
        if alike:
            add(made, "w:altName", w__val=",".join(alike))
        add(made, "w:charset", w__val="86" if alike else "00")
        add(made, "w:family", w__val="auto")
        add(made, "w:pitch", w__val="variable")
    return serialized(fonts)
