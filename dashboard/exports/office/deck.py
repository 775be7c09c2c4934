"""An empty deck of 16:9: two layouts of its own size, theme faces, the watermark, nothing left of the library's template."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.presentation import Presentation as Deck
from pptx.util import Emu

from dashboard.charts.theme import LIGHT
from dashboard.exports.blocks import Document
from dashboard.exports.office.fonts import SLIDES
from dashboard.exports.office.text import clean, width
from dashboard.exports.office.xml import Element, add, letters, named, root, serialized

PIXEL = 9525  # of 1280 × 720 on 13.333 × 7.5 inches
WIDTH, HEIGHT = 1280, 720
LEFT, ACROSS = 64, 1152
TITLE = (LEFT, 34, ACROSS, 112)
COVER, TITLE_ONLY = 0, 5  # layouts of the library's template


def px(pixels: float) -> Emu:
    return Emu(round(pixels * PIXEL))


def open_deck(document: Document) -> Deck:
    """A deck without slides; its layouts are 0 for the cover and 1 for every other slide."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = px(WIDTH), px(HEIGHT)
    for place, layout in reversed(list(enumerate(deck.slide_layouts))):
        if place not in (COVER, TITLE_ONLY):
            deck.slide_layouts.remove(layout)
    for canvas in (deck.slide_master, *deck.slide_layouts):
        _arrange(canvas)
        if document.source.watermark and canvas is not deck.slide_master:
            _watermark(canvas, document)
    _title_style(deck.slide_master._element)
    _clean_package(deck, document)
    describe(deck, document)
    return deck


def saved(deck: Deck) -> bytes:
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def describe(file: Any, document: Document) -> None:
    """The core properties of a deck or document: its title and who took it out, nothing of the library's template."""
    about, now = file.core_properties, datetime.now(UTC).replace(tzinfo=None)
    about.title = clean(document.title)[:255]
    about.author = about.last_modified_by = clean(document.source.reader.partition(" · ")[0])[:255]
    about.subject = clean(document.source.scheme)[:255]
    about.keywords = about.comments = about.category = ""
    about.created = about.modified = now
    about.revision, about.language = 1, "zh-CN" if document.language == "zh" else "en-US"


def properties() -> bytes:
    """The extended properties of a file: the program that made it, no more."""
    made = root("ep:Properties", "ep")
    add(made, "ep:Application", "Poolwatch")
    return serialized(made)


def _arrange(canvas: Any) -> None:
    """Placeholders at their place in 16:9; date, footer and number of the template go."""
    for shape in list(canvas.placeholders):
        kind = shape.element.ph.get("type")
        if kind in ("dt", "ftr", "sldNum"):
            shape.element.getparent().remove(shape.element)
            continue
        place = {"title": TITLE, "ctrTitle": (LEFT, 190, ACROSS, 150), "subTitle": (LEFT, 366, ACROSS, 150)}
        for attribute, value in zip(
            ("left", "top", "width", "height"), place.get(kind, (LEFT, 200, ACROSS, 400)), strict=True
        ):
            setattr(shape, attribute, px(value))
        body = shape.element.txBody.bodyPr
        for key in ("lIns", "rIns", "tIns", "bIns"):
            body.set(key, "0")
        body.set("anchor", "t" if kind == "subTitle" else "b")
        if kind == "subTitle":
            first = shape.element.txBody.find(f"{named('a:lstStyle')}/{named('a:lvl1pPr')}")
            first.set("algn", "l")


def _title_style(master: Element) -> None:
    """Titles are left, bold, ink, of 28 points."""
    first = master.find(f"{named('p:txStyles')}/{named('p:titleStyle')}/{named('a:lvl1pPr')}")
    first.set("algn", "l")
    run = first.find(named("a:defRPr"))
    run.set("sz", "2800")
    run.set("b", "1")
    colour = run.find(named("a:solidFill"))
    colour.clear()
    add(colour, "a:srgbClr", val=LIGHT.ink.removeprefix("#"))


def _watermark(layout: Any, document: Document) -> None:
    """The reader's name across every slide, behind what stands on it."""
    text = document.source.watermark
    across = min(1100.0, max(400.0, width(text) * 72))
    box = layout.shapes.element
    shape = add(box, "p:sp")
    box.remove(shape)
    about = add(shape, "p:nvSpPr")
    add(about, "p:cNvPr", id=900, name="Watermark")
    add(about, "p:cNvSpPr", txBox=1)
    add(about, "p:nvPr", userDrawn=1)
    look = add(shape, "p:spPr")
    place = add(look, "a:xfrm", rot=-1500000)
    add(place, "a:off", x=px((WIDTH - across) / 2), y=px(300))
    add(place, "a:ext", cx=px(across), cy=px(120))
    add(add(look, "a:prstGeom", prst="rect"), "a:avLst")
    add(look, "a:noFill")
    words = add(shape, "p:txBody")
    add(words, "a:bodyPr", wrap="none", anchor="ctr")
    add(words, "a:lstStyle")
    paragraph = add(words, "a:p")
    add(paragraph, "a:pPr", algn="ctr")
    run = add(paragraph, "a:r")
    letters(run, "a:rPr", min(48.0, across / width(text) * 0.72), "E4E8EA", SLIDES[document.language].pair)
    add(run, "a:t", text)
    # After the two entries that every group begins with.
    box.insert(2, shape)


def _clean_package(deck: Deck, document: Document) -> None:
    """Thumbnail, printer settings and the list of slides of the template go; the theme gets its faces."""
    faces = SLIDES[document.language]
    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    blob = theme.blob.decode("utf-8")
    for font in ("majorFont", "minorFont"):
        blob = re.sub(
            rf'(<a:{font}><a:latin typeface=")[^"]*("/><a:ea typeface=")[^"]*',
            rf"\g<1>{faces.latin}\g<2>{faces.east_asian}",
            blob,
        )
    blob = re.sub(r'(script="Hans" typeface=")[^"]*', rf"\g<1>{faces.east_asian}", blob)
    theme._blob = blob.replace('name="Office Theme"', 'name="Poolwatch"').encode("utf-8")
    package = deck.part.package
    for owner, kinds in (
        (package, (RELATIONSHIP_TYPE.THUMBNAIL,)),
        (deck.part, (RELATIONSHIP_TYPE.PRINTER_SETTINGS,)),
    ):
        rels = owner._rels
        for key in [key for key, one in rels.items() if one.reltype in kinds]:
            rels.pop(key)
    package.part_related_by(RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)._blob = properties()
