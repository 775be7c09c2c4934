"""Files of what is on screen: ``/export/PAGE/CODE.KIND``. The same records as the page, the same rights, the same figures.

Tables go out as XLSX and CSV, charts as XLSX with a chart of its own and as slide; a chart's figure goes to the reader's
browser in print layout, which draws PNG and SVG. Every file is recorded with who took it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask, abort, make_response, request
from werkzeug.wrappers import Response

from dashboard.charts.graph import Chart
from dashboard.components.table import Table
from dashboard.exports import taken
from dashboard.exports.blocks import Source
from dashboard.exports.job_routes import at_once
from dashboard.exports.origin import Origin, drawn, origin_of, slide_of
from dashboard.exports.pictures import picture_of
from dashboard.exports.sheets import csv_bytes
from dashboard.exports.taken import MIMETYPES
from dashboard.exports.workbook import chart_bytes, xlsx_bytes
from dashboard.site.dispatch import page_of
from dashboard.site.page import Page
from dashboard.site.reading import NothingPublished, Reading, reading_of
from dashboard.site.site import Site
from dashboard.site.view import parse_view
from dashboard.words import figures
from rules.calculators.registry import INDICATOR, as_json
from rules.errors import NotAllowed, PoolwatchError
from rules.indicators import INDICATORS

BREAK_EVEN = "break-even-rate"
_CODE = re.compile(r"^[a-z0-9_-]{1,64}$")


@dataclass(frozen=True, slots=True)
class File:
    """One file about to leave: its name with its ending, and where its figures come from."""

    name: str
    body: bytes
    origin: Origin


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
            if code in page.documents:
                return at_once(site, page, reading, code, kind)
            file = _file(page, reading, code, kind)
        except NotAllowed:
            abort(403)
        except (NothingPublished, PoolwatchError):
            abort(404)
        if file is None:
            abort(404)
        period, version = file.origin.source.period, file.origin.version
        taken.record(site, reading, file.name, code, kind, period=period, version=version, details={})
        response = make_response(file.body)
        response.mimetype = MIMETYPES[kind]
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


def _file(page: Page, reading: Reading, code: str, kind: str) -> File | None:
    """The file of a table or chart, or the input of a figure's rule; None where the view has none."""
    chart = page.chart(reading, code)
    if chart is not None and kind in OF_CHARTS:
        origin = origin_of(reading, chart.table)
        return File(f"{origin.name(chart.title)}.{kind}", OF_CHARTS[kind](chart, origin), origin)
    if kind == "json":
        return _calculation(page, reading, code)
    table = page.table(reading, code)
    if table is None or kind not in OF_TABLES or (kind == "ics" and not table.days):
        return None
    origin = origin_of(reading, table)
    return File(f"{origin.name(table.title)}.{kind}", OF_TABLES[kind](table, origin.source), origin)


def _figure(chart: Chart, origin: Origin) -> bytes:
    return json.dumps(drawn(chart, origin), ensure_ascii=False).encode()


def _slide(chart: Chart, origin: Origin) -> bytes:
    # What writes slides is loaded when the first one is asked for.
    from dashboard.exports.office.slides import pptx_bytes

    return pptx_bytes(slide_of(chart, origin))


# A chart's data has its rows in the order drawn.
OF_CHARTS: dict[str, Callable[[Chart, Origin], bytes]] = {
    "json": _figure,
    "xlsx": lambda chart, origin: chart_bytes(picture_of(chart), origin.source),
    "pptx": _slide,
    "csv": lambda chart, origin: csv_bytes(chart.plot.ordered()[0], origin.source),
}


def _calendar_file(table: Table, _source: Source) -> bytes:
    # What writes it is loaded when the first one is asked for.
    from dashboard.exports.calendar_file import ics_bytes

    return ics_bytes(table)


OF_TABLES: dict[str, Callable[[Table, Source], bytes]] = {
    "xlsx": xlsx_bytes,
    "csv": csv_bytes,
    "ics": _calendar_file,
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
    return File(f"{rule}-{code}.json", body.encode(), origin_of(reading))


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
