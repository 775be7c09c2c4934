"""A document as PDF: its paper set by WeasyPrint, charts drawn by ``drawing``. What it takes is loaded when a PDF is
asked for; nothing is fetched, whatever a document says."""

from __future__ import annotations

import base64
import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.paper import paper
from dashboard.exports.blocks import Block, Document, Heading, Picture
from dashboard.exports.drawing import svg
from dashboard.exports.shorter import shorter
from dashboard.site.markup import escape, sent

STYLE = Path(__file__).parents[2] / "assets" / "css" / "paper.css"
# Of a chart on paper, and of the chart of a one-page sheet and of a tight one, in millimetres.
CHART, SHEET, TIGHT = (156.0, 66.0), (178.0, 50.2), (178.0, 39.6)
MISSING = "\u3013"
Say = Callable[[str, int, int], None]  # what is being done, and which of how many sections


def pdf_bytes(document: Document, say: Say | None = None) -> bytes:
    """The document as PDF/A-3u, tagged. A one-page sheet is shortened until it is one; a character that no font here has
    becomes the printer's 〓, never a box. Raises drawing.NoFont and OSError, where WeasyPrint's libraries are missing; the
    probe says so before."""
    with _uncollected(), _unwritable() as missing:
        source = html_of(document, say)
        if say is not None:
            say("layout", 0, 0)
        rendered = _rendered(source)
        if document.form == "one-page" and len(rendered.pages) > 1:
            for less in shorter(document):
                tried = html_of(less, tight=True)
                if len((one := _rendered(tried)).pages) == 1:
                    source, rendered = tried, one
                    break
        made = _written(rendered)
        if missing:
            made = _written(_rendered(source.translate(dict.fromkeys(map(ord, missing), MISSING))))
    return made


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles, which goes through a growing document again and again and finds none: a fifth of the
    time of a long one."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def _unwritable() -> Iterator[set[str]]:
    """Gathers the characters that WeasyPrint finds in no font: it says so in its log alone."""
    found: set[str] = set()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if str(record.msg).startswith(".notdef") and isinstance(record.args, tuple):
                found.add(str(record.args[0]))

    log, ear = logging.getLogger("weasyprint"), Ear()
    log.addHandler(ear)
    kept, log.propagate = log.propagate, False
    try:
        yield found
    finally:
        log.removeHandler(ear)
        log.propagate = kept


def _rendered(source: str) -> Any:
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=("data",))
    style = CSS(string="body { margin: 0; } " + STYLE.read_text(encoding="utf-8"), url_fetcher=fetcher)
    return HTML(string=source, url_fetcher=fetcher).render(stylesheets=[style])


def _written(rendered: Any) -> bytes:
    made: bytes = rendered.write_pdf(pdf_variant="pdf/a-3u", pdf_tags=True)
    return made


def html_of(document: Document, say: Say | None = None, *, tight: bool = False) -> str:
    """The whole HTML document of the paper, with its charts in it."""
    sections = [place for place, block in enumerate(document.blocks) if isinstance(block, Heading) and block.level == 1]

    def around(place: int, block: Block, made: Component) -> Component:
        if say is not None and isinstance(block, Heading):
            say("sections", sum(one <= place for one in sections), len(sections))
        return made

    shown = paper(document, lambda picture: _chart(picture, document, tight=tight), around, tight=tight)
    made = sent(shown, ()).html
    masthead = document.masthead
    author = masthead.office if masthead is not None else document.source.place
    meta = {"author": author, "description": document.source.as_of, "generator": "Poolwatch"}
    head = "".join(f'<meta name="{name}" content="{escape(said)}">' for name, said in meta.items() if said)
    language = "en" if document.language == "en" else "zh-CN"
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(document.title)}</title>'
        f"{head}</head><body>{made}</body></html>"
    )


def _chart(picture: Picture, document: Document, *, tight: bool) -> html.Img:
    sheet = document.form == "one-page"
    width, height = (TIGHT if tight else SHEET) if sheet else CHART
    drawn = svg(picture.plot, width, height, grey=sheet)
    coded = base64.b64encode(drawn.encode()).decode()
    return html.Img(src=f"data:image/svg+xml;base64,{coded}", alt=picture.alternative)
