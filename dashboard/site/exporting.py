"""Files of what is on screen: ``/export/PAGE/CODE.KIND``. The same records as the page, the same rights, the same figures.

Tables go out as XLSX and CSV, charts as XLSX with a chart of its own and as slide; a chart's figure goes to the reader's
browser in print layout, which draws PNG and SVG. Every file is recorded with who took it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from flask import Flask, abort, g, make_response, redirect, request
from werkzeug.wrappers import Response

from dashboard.charts.graph import Chart
from dashboard.components.table import Table
from dashboard.exports.blocks import Document, Source
from dashboard.exports.origin import Origin, drawn, origin_of, slide_of
from dashboard.exports.pictures import picture_of
from dashboard.exports.probe import environment
from dashboard.exports.sheets import csv_bytes
from dashboard.exports.workbook import chart_bytes, xlsx_bytes
from dashboard.site.dispatch import page_of
from dashboard.site.page import Page
from dashboard.site.reading import NothingPublished, Reading, reading_of
from dashboard.site.site import Site
from dashboard.site.view import parse_view
from dashboard.words import figures
from data_access.store import audit
from data_access.store.engine import writing
from rules.calculators.registry import INDICATOR, as_json
from rules.errors import NotAllowed, PoolwatchError
from rules.indicators import INDICATORS

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
BREAK_EVEN = "break-even-rate"
_CODE = re.compile(r"^[a-z0-9_-]{1,64}$")


@dataclass(frozen=True, slots=True)
class File:
    """One file about to leave: its name with its ending, what it is, where its figures come from, and what else goes on record."""

    name: str
    body: bytes
    mimetype: str
    origin: Origin
    details: Mapping[str, object] = field(default_factory=dict)


def register(server: Flask, site: Site, pages: Sequence[Page]) -> None:
    """Install the export routes of every page."""
    by_path = {page.path: page for page in pages}

    def answer(path: str, code: str, kind: str) -> Response:
        view = parse_view(path, request.query_string.decode("utf-8", "replace"))
        page = page_of(by_path, view)
        if page is None or not _CODE.match(code):
            abort(404)
        try:
            reading = reading_of(site, view)
            if code in page.documents and kind == "pdf" and environment().why_not("pdf"):
                return redirect(view.href(), 303)  # the page says why, and prints
            file = _file(site, page, reading, code, kind)
        except NotAllowed:
            abort(403)
        except (NothingPublished, PoolwatchError):
            abort(404)
        if file is None:
            abort(404)
        _record(site, reading, code, kind, file)
        response = make_response(file.body)
        response.mimetype = file.mimetype
        shown = "inline" if kind == "json" and code in page.charts else "attachment"
        response.headers["Content-Disposition"] = (
            f"{shown}; filename=export.{kind}; filename*=UTF-8''{quote(file.name)}"
        )
        return response

    @server.get("/export/<code>.<kind>")
    def export_overview(code: str, kind: str) -> Response:
        return answer("/", code, kind)

    @server.get("/export/<page>/<code>.<kind>")
    def export_page(page: str, code: str, kind: str) -> Response:
        return answer(f"/{page}", code, kind)

    @server.get("/export/<page>/<subject>/<code>.<kind>")
    def export_subject(page: str, subject: str, code: str, kind: str) -> Response:
        return answer(f"/{page}/{subject}", code, kind)


def _record(site: Site, reading: Reading, code: str, kind: str, file: File) -> None:
    """Who took what out, committed before the file leaves: one that cannot be recorded does not leave."""
    origin, now = file.origin, reading.now
    details = {
        "page": reading.view.path,
        "code": code,
        "format": kind,
        "scheme": reading.scheme.code,
        "region": reading.region,
        "period": origin.source.period,
        "version": origin.version,
        **file.details,
    }
    with writing(site.engine) as connection:
        audit.record(connection, g.account.login, audit.EXPORT, file.name, details, now)


def _file(site: Site, page: Page, reading: Reading, code: str, kind: str) -> File | None:
    """The file of a table or chart, or the input of a figure's rule; None where the view has none."""
    if code in page.documents:
        return _document(site, page, reading, code, kind)
    chart = page.chart(reading, code)
    if chart is not None and kind in OF_CHARTS:
        origin = origin_of(reading, chart.table)
        write, mimetype = OF_CHARTS[kind]
        return File(f"{origin.name(chart.title)}.{kind}", write(chart, origin), mimetype, origin)
    if kind == "json":
        return _calculation(page, reading, code)
    table = page.table(reading, code)
    if table is None or kind not in OF_TABLES:
        return None
    origin = origin_of(reading, table)
    make, mimetype = OF_TABLES[kind]
    return File(f"{origin.name(table.title)}.{kind}", make(table, origin.source), mimetype, origin)


def _document(site: Site, page: Page, reading: Reading, code: str, kind: str) -> File | None:
    """A document of the page; None where the view has none."""
    offered = page.documents[code](reading)
    if offered is None or kind not in OF_DOCUMENTS:
        return None
    write, mimetype = OF_DOCUMENTS[kind]
    return File(
        f"{offered.name}.{kind}",
        write(replace(offered.document, fonts=site.fonts)),
        mimetype,
        origin_of(reading),
        offered.details,
    )


def _pdf(document: Document) -> bytes:
    from dashboard.exports.pdf import pdf_bytes

    return pdf_bytes(document)


def _docx(document: Document) -> bytes:
    from dashboard.exports.office.document import docx_bytes

    return docx_bytes(document)


def _figure(chart: Chart, origin: Origin) -> bytes:
    return json.dumps(drawn(chart, origin), ensure_ascii=False).encode()


def _slide(chart: Chart, origin: Origin) -> bytes:
    # What writes slides is loaded when the first one is asked for.
    from dashboard.exports.office.slides import pptx_bytes

    return pptx_bytes(slide_of(chart, origin))


# A chart's data has its rows in the order drawn.
OF_CHARTS: dict[str, tuple[Callable[[Chart, Origin], bytes], str]] = {
    "json": (_figure, "application/json"),
    "xlsx": (lambda chart, origin: chart_bytes(picture_of(chart), origin.source), XLSX),
    "pptx": (_slide, PPTX),
    "csv": (lambda chart, origin: csv_bytes(chart.plot.ordered()[0], origin.source), "text/csv"),
}
OF_DOCUMENTS: dict[str, tuple[Callable[[Document], bytes], str]] = {
    "pdf": (_pdf, "application/pdf"),
    "docx": (_docx, DOCX),
}
OF_TABLES: dict[str, tuple[Callable[[Table, Source], bytes], str]] = {
    "xlsx": (xlsx_bytes, XLSX),
    "csv": (csv_bytes, "text/csv"),
}


def _calculation(page: Page, reading: Reading, code: str) -> File | None:
    """The input of the rule that gives a figure, as ``python -m rules RULE`` reads it."""
    made = page.calculations(reading)
    # Codes of addresses are in small letters.
    found = next((made[name] for name in made if name.lower() == code), None) or _indicator(
        page.of_subject(reading), code
    )
    if found is None:
        return None
    rule, case = found
    body = json.dumps(as_json(case), ensure_ascii=False, indent=2)
    return File(f"{rule}-{code}.json", body.encode(), "application/json", origin_of(reading))


def _indicator(reading: Reading, code: str) -> tuple[str, object] | None:
    """Any indicator's figure of the region and period looked at, and the rate that 费率差 compares with."""
    if code == BREAK_EVEN:
        rate = figures.break_even(reading)
        return None if rate is None else ("break_even_rate", rate)
    name = code.removeprefix(f"{INDICATOR}-")
    if name == code or name not in INDICATORS or reading.scheme.kind != "ledger":
        return None
    case = figures.calculation(reading, name)
    return None if case is None else (INDICATOR, case)
