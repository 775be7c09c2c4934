"""What tests ask of any office file: that its parts are all there, its charts hold their data, its XML is in order."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree
from openpyxl import load_workbook

from dashboard.exports.office.xml import named

RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# Children in the order of the schema, of the elements that are written by hand.
ORDER = {
    "c:chartSpace": "date1904 lang roundedCorners style clrMapOvr chart spPr txPr externalData",
    "c:chart": "title autoTitleDeleted plotArea legend plotVisOnly dispBlanksAs",
    "c:plotArea": "layout barChart lineChart catAx valAx spPr",
    "c:barChart": "barDir grouping varyColors ser dLbls gapWidth overlap axId",
    "c:lineChart": "grouping varyColors ser dLbls marker axId",
    "c:ser": "idx order tx spPr invertIfNegative marker dPt dLbls cat val smooth",
    "c:dPt": "idx invertIfNegative marker bubble3D spPr",
    "c:marker": "symbol size spPr",
    "c:dLbls": "dLbl numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize",
    "c:dLbl": "idx numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize",
    "c:catAx": "axId scaling delete axPos numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx crosses auto "
    "lblAlgn lblOffset tickLblSkip tickMarkSkip noMultiLvlLbl",
    "c:valAx": "axId scaling delete axPos majorGridlines numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx "
    "crosses crossBetween",
    "c:scaling": "orientation max min",
    "c:legend": "legendPos legendEntry overlay spPr txPr",
    "a:rPr": "ln solidFill latin ea cs",
    "a:defRPr": "ln solidFill latin ea cs",
    "a:ln": "noFill solidFill prstDash round",
    "a:tcPr": "lnL lnR lnT lnB noFill solidFill",
}


class Package:
    """An office file, unpacked."""

    def __init__(self, blob: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            names = archive.namelist()
            assert len(names) == len(set(names))
            self.parts = {name: archive.read(name) for name in names}

    def xml(self, pattern: str = "") -> Iterator[tuple[str, Any]]:
        for name, blob in self.parts.items():
            if name.endswith((".xml", ".rels")) and pattern in name:
                yield name, etree.fromstring(blob)

    def related(self, name: str) -> dict[str, str]:
        """id → part of what a part is related to, inside the package."""
        folder, _slash, base = name.rpartition("/")
        rels = self.parts.get(f"{folder}/_rels/{base}.rels".lstrip("/"))
        found = {}
        for one in [] if rels is None else etree.fromstring(rels).iter(RELATIONS):
            if one.get("TargetMode") != "External":
                target = one.get("Target")
                where = (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                )
                found[one.get("Id")] = where
        return found

    def charts(self) -> list[tuple[Any, list[list[Any]]]]:
        """Each chart's XML with the rows of its workbook, formulas as formulas."""
        found = []
        for name, chart in self.xml("charts/chart"):
            if name.endswith(".rels"):
                continue
            target = self.related(name)[chart.find(named("c:externalData")).get(named("r:id"))]
            sheet = load_workbook(io.BytesIO(self.parts[target])).worksheets[0]
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
            found.append((chart, [[cell.value for cell in row] for row in sheet.iter_rows()]))
        return found


def incomplete(package: Package) -> list[str]:
    """Relations that lead nowhere, ids without a relation, parts without a content type, parts that nothing leads to."""
    wrong, reached = [], {"[Content_Types].xml"}
    types = etree.fromstring(package.parts["[Content_Types].xml"])
    known = {one.get("PartName", "").lstrip("/") for one in types} | {f".{one.get('Extension')}" for one in types}
    for name, tree in package.xml():
        if name.endswith(".rels"):
            continue
        related = package.related(name)
        for one in tree.iter():
            for key, value in one.attrib.items() if isinstance(one.tag, str) else ():
                leads = key.startswith(named("r:id")) or key in (named("r:embed"), named("r:link"))
                if leads and value and value not in related:
                    wrong.append(f"{name}: {value} is related to nothing")
    waiting = list(package.related("").values())
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        if name not in package.parts:
            wrong.append(f"{name} is missing")
            continue
        if name not in known and f".{name.rpartition('.')[2]}" not in known:
            wrong.append(f"{name} has no content type")
        waiting += package.related(name).values()
    return wrong + [name for name in package.parts if name not in reached and not name.endswith(".rels")]


def out_of_order(tree: Any, order: dict[str, str]) -> list[str]:
    """Elements whose children do not stand as the schema wants them."""
    wrong = []
    for parent, children in order.items():
        prefix = parent.partition(":")[0]
        wanted = [named(child if ":" in child else f"{prefix}:{child}") for child in children.split()]
        for one in tree.iter(named(parent)):
            places = [wanted.index(child.tag) if child.tag in wanted else -1 for child in one]
            if -1 in places or places != sorted(places):
                wrong.append(f"{parent}: {[etree.QName(child).localname for child in one]}")
    return wrong


def series(chart: Any) -> list[tuple[str, list[float | None]]]:
    """Name and values of each series of a chart, in the order of its workbook; None is a gap."""
    found = {}
    for one in chart.iter(named("c:ser")):
        cache = one.find(f"{named('c:val')}/{named('c:numRef')}/{named('c:numCache')}")
        values: list[float | None] = [None] * int(cache.find(named("c:ptCount")).get("val"))
        for point in cache.iter(named("c:pt")):
            values[int(point.get("idx"))] = float(point.findtext(named("c:v")))
        found[int(one.find(named("c:idx")).get("val"))] = (
            one.find(named("c:tx")).findtext(f".//{named('c:v')}"),
            values,
        )
    return [found[place] for place in sorted(found)]


def words(tree: Any) -> str:
    """Every text of an XML part, in its order."""
    return "".join(one.text or "" for one in tree.iter(named("a:t"), named("w:t")))
