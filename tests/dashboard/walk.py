"""A walk over the site: every page, tab, drawer, subject and file that links lead to, and the figures found on each."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Protocol

from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.test import TestResponse

from dashboard.site.view import parse_view
from rules.indicators import INDICATORS

# A text that reads as an amount, a rate, points or months, and is no piece of a reference number.
FIGURE = re.compile(r"(?<![A-Za-z0-9._])(?:[−+]?\d[\d,]*\.\d+|[−+]?\d[\d,]*\s?(?:亿元|万元|元|%|‰|个月|百分点))")
# Names that have a number in them.
NAMES = re.compile(
    r"分项四舍五入，相差[\d.]+|off by [\d.]+|\(80%\)|80% interval|(?:近|过去)\d+个月|\d+个月后|\d+个月预计|预计\d+个月|近\d+个月月均|[（(]80%[）)]|80%区间"
)
FILES = ("/export", "/template", "/rejected", "/attachment")
# What a page that failed says, and is otherwise a page like others.
FAILED = ("这里出错了", "Something went wrong here")
OUTSIDE = ("/assets", "/preferences", "/sign", "/_")


@dataclass(frozen=True)
class Found:
    """One figure as a page carries it."""

    key: str
    value: str
    style: str
    text: str


def exact(written: str) -> Fraction | Decimal | None:
    """The exact value of ``data-value``; None where a reason stands."""
    if re.fullmatch(r"-?\d+(/\d+)?", written):
        return Fraction(written)
    return Decimal(written) if re.fullmatch(r"-?\d+\.\d+", written) else None


def document(text: str) -> LexborNode:
    """What a document shows besides header and menu: the page and its drawer."""
    return LexborHTMLParser(text).body  # type: ignore[return-value]


def shown(body: LexborNode) -> list[LexborNode]:
    return [node for node in (body.css_first("#page"), body.css_first("#drawer")) if node is not None]


def figures(body: LexborNode) -> Iterator[Found]:
    for part in shown(body):
        for node in part.css("[data-figure]"):
            at = node.attributes
            yield Found(at["data-figure"] or "", at["data-value"] or "", at["data-as"] or "", node.text())


def without_passport(body: LexborNode, allowed: str) -> Iterator[str]:
    """Texts that read as a figure and stand in no element that carries one. ``allowed``: elements whose text is none."""
    for part in shown(body):
        for node in part.css(f"[data-figure], script, style, option, textarea, {allowed}"):
            node.decompose()
        for node in part.traverse(include_text=True):
            if node.tag == "-text" and FIGURE.search(NAMES.sub("", node.text_content or "")):
                yield re.sub(r"\s+", " ", node.parent.text() if node.parent is not None else "")[:120]


def without_menu(body: LexborNode) -> Iterator[str]:
    """Tables and charts that stand in no section, block or drawer with a menu 导出: by title or name."""
    for part in shown(body):
        for node in part.css("table, .chart, .rank, .tiles, .heat"):
            around = node.parent
            while around is not None and not {"section", "block"} & set((around.attributes.get("class") or "").split()):
                around = around.parent
            if around is None or around.css_first("details.export") is None:
                caption = node.css_first("caption")
                named = caption.text() if caption is not None else node.attributes.get("aria-label") or ""
                yield f"{node.tag}.{node.attributes.get('class')} {named[:30]}"


def unsummed(body: LexborNode, additive: frozenset[str]) -> Iterator[str]:
    """Columns of tables whose last line is not the sum of the rows above, to the fen."""
    for table in (one for part in shown(body) for one in part.css("table.t")):
        for total in table.css("tfoot tr.sum td[data-figure]"):
            place = len(list(_before(total)))
            what = (total.attributes["data-figure"] or "").partition("|")[0].partition(":")[0]
            cells = [row.css("td")[place] for row in table.css("tbody tr")]
            values = [exact(one.attributes.get("data-value") or "") for one in cells]
            whole = exact(total.attributes["data-value"] or "")
            if what in additive and whole is not None and None not in values and sum(values) != whole:  # type: ignore[arg-type]
                yield f"{total.attributes['data-figure']}: rows {sum(values)}, last line {whole}"  # type: ignore[arg-type]


def _before(cell: LexborNode) -> Iterator[LexborNode]:
    """The cells before one in its row."""
    while (cell := cell.prev) is not None:  # type: ignore[assignment]
        if cell.tag == "td":
            yield cell


@cache
def kind(address: str) -> tuple[object, ...]:
    """What is shown at an address: the same for every number of a subject and every region below."""
    view = parse_view(*address.partition("?")[::2])
    path = re.sub(r"/(s?\d[^/.]*|[a-z-]+-(low|high))(?=[/.?]|$)", "/N", address.partition("?")[0])
    if address.startswith(FILES):
        return re.sub(r"[.](csv|xlsx)$", "", path), view.tab
    opened = view.item if view.item in INDICATORS else re.sub(r"\d+", "N", view.item)
    return path, view.tab, opened or view.show


def links(text: str) -> Iterator[str]:
    for href in re.findall(r'href="(/[^"#]*)"', text):
        address = html.unescape(href)
        if not address.startswith(OUTSIDE):
            yield address


@dataclass(frozen=True)
class Seen:
    """One address and its document."""

    address: str
    text: str

    @property
    def body(self) -> LexborNode:
        return document(self.text)


class Client(Protocol):
    """Who walks: a test client, or one that notes more."""

    def get(self, address: str, /) -> TestResponse: ...


def walk(client: Client, starts: list[str], *, files: bool = False, without: str = "$.") -> Iterator[Seen]:
    """Every document that links lead to from some addresses, one of each kind; not those that begin ``without``. Files
    are asked for with ``files``, and read by their own tests."""
    left_out = re.compile(without)
    queue, kinds = list(starts), {kind(address) for address in starts}
    for address in queue:
        if address.startswith(FILES):
            if files:
                client.get(address)
            continue
        answer = client.get(address)
        if answer.headers.get("Location") == "/admin":
            queue += [] if "/admin" in queue else ["/admin"]
            continue
        assert answer.status_code in (200, 403, 404), (address, answer.status_code)
        assert not any(said in answer.text for said in FAILED), address
        yield Seen(address, answer.text)
        for found in links(answer.text):
            if kind(found) not in kinds and not left_out.match(found):
                kinds.add(kind(found))
                queue.append(found)
