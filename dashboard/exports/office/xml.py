"""Elements of office files, by their prefixed names."""

from __future__ import annotations

from functools import cache
from typing import Any

from lxml import etree
from pptx.oxml.ns import nsuri

from dashboard.exports.office.text import clean

Element = Any  # of lxml, which has no types


@cache
def named(name: str) -> str:
    """``c:ser`` as lxml writes it; a name without prefix stays."""
    prefix, colon, local = name.partition(":")
    return f"{{{nsuri(prefix)}}}{local}" if colon else name


def root(name: str, *prefixes: str) -> Element:
    return etree.Element(named(name), nsmap={prefix: nsuri(prefix) for prefix in prefixes})


def add(parent: Element, name: str, text: str | None = None, /, **attributes: object) -> Element:
    """A new last child; attribute ``r__id`` is written ``r:id``."""
    child = etree.SubElement(parent, named(name))
    if text is not None:
        child.text = clean(text)
    for key, value in attributes.items():
        child.set(named(key.replace("__", ":").rstrip("_")), clean(str(value)))
    return child


def serialized(element: Element) -> bytes:
    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True))


def parsed(blob: bytes) -> Element:
    return etree.fromstring(blob)


def fill(parent: Element, colour: str, alpha: int = 100) -> None:
    """``alpha`` in per cent."""
    solid = add(add(parent, "a:solidFill"), "a:srgbClr", val=colour)
    if alpha < 100:
        add(solid, "a:alpha", val=alpha * 1000)


def stroke(parent: Element, colour: str | None, points: float = 0, dash: str = "") -> None:
    """A line's look; no line without a colour. ``dash`` as in DrawingML: dash, sysDash, sysDot."""
    if colour is None:
        add(add(parent, "a:ln"), "a:noFill")
        return
    line = add(parent, "a:ln", w=round(points * 12700), cap="flat" if dash else "rnd")
    fill(line, colour)
    if dash:
        add(line, "a:prstDash", val=dash)
    add(line, "a:round")


def letters(parent: Element, name: str, size: float, colour: str, faces: tuple[str, str], **attributes: object) -> None:
    """``a:defRPr`` or ``a:rPr``: size in points, colour, the Latin and the East Asian face."""
    run = add(parent, name, **{"sz": round(size * 100), **attributes})
    fill(run, colour)
    latin, east_asian = faces
    add(run, "a:latin", typeface=latin)
    add(run, "a:ea", typeface=east_asian)
    add(run, "a:cs", typeface=latin)
