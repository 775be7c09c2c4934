"""Files of what is on screen: ``/export/PAGE/CODE.KIND``. The same records as the page, the same rights, the same figures.

Tables go out as XLSX and CSV; a chart's figure goes to the reader's browser in print layout, which draws PNG and SVG.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from urllib.parse import quote

from flask import Flask, Response, abort, g, jsonify, make_response, request

from dashboard.charts.graph import print_figure
from dashboard.components.table import Table
from dashboard.exports.sheets import Provenance, csv_bytes, xlsx_bytes
from dashboard.site.dispatch import page_of
from dashboard.site.page import Page
from dashboard.site.reading import LIVE, NothingPublished, Reading, reading_of
from dashboard.site.site import Site
from dashboard.site.view import parse_view
from dashboard.words import as_of, display, figures
from dashboard.words.wording import _, name_of
from rules.calculators.registry import INDICATOR, as_json
from rules.errors import NotAllowed, PoolwatchError
from rules.indicators import INDICATORS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BREAK_EVEN = "break-even-rate"
_CODE = re.compile(r"^[a-z0-9_-]{1,64}$")


def register(server: Flask, site: Site, pages: Sequence[Page]) -> None:
    """Install the export routes of every page."""
    by_path = {page.path: page for page in pages}

    def answer(path: str, code: str, kind: str) -> Response:
        view = parse_view(path, request.query_string.decode("utf-8", "replace"))
        page = page_of(by_path, view)
        if page is None or not _CODE.match(code):
            abort(404)
        try:
            return _file(page, reading_of(site, view), code, kind)
        except NotAllowed:
            abort(403)
        except (NothingPublished, PoolwatchError):
            abort(404)

    @server.get("/export/<code>.<kind>")
    def export_overview(code: str, kind: str) -> Response:
        return answer("/", code, kind)

    @server.get("/export/<page>/<code>.<kind>")
    def export_page(page: str, code: str, kind: str) -> Response:
        return answer(f"/{page}", code, kind)

    @server.get("/export/<page>/<subject>/<code>.<kind>")
    def export_subject(page: str, subject: str, code: str, kind: str) -> Response:
        return answer(f"/{page}/{subject}", code, kind)


def _file(page: Page, reading: Reading, code: str, kind: str) -> Response:
    if kind == "json":
        chart = page.chart(reading, code)
        if chart is None:
            return _calculation(page, reading, code)
        source = provenance(reading, chart.table)
        return jsonify(
            print_figure(
                chart,
                region=source.region,
                period=source.period,
                source=f"{source.source} · {source.as_of}",
                mark=source.mark,
            )
        )
    table = page.table(reading, code)
    writer = WRITERS.get(kind)
    if table is None or writer is None:
        abort(404)
    source = provenance(reading, table)
    body, mimetype = writer(table, source)
    name = f"{table.title}_{source.region}_{source.period}.{kind}".replace(" ", "").replace("/", "-")
    response = make_response(body)
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f"attachment; filename=export.{kind}; filename*=UTF-8''{quote(name)}"
    return response


def _calculation(page: Page, reading: Reading, code: str) -> Response:
    """The input of the rule that gives a figure, as ``python -m rules RULE`` reads it."""
    made = page.calculations(reading)
    # Codes of addresses are in small letters.
    found = next((made[name] for name in made if name.lower() == code), None) or _indicator(
        page.of_subject(reading), code
    )
    if found is None:
        abort(404)
    rule, case = found
    body = json.dumps(as_json(case), ensure_ascii=False, indent=2)
    response = make_response(body)
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = f"attachment; filename={rule}-{code}.json"
    return response


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


def _xlsx(table: Table, source: Provenance) -> tuple[bytes, str]:
    return xlsx_bytes(table, source), XLSX


def _csv(table: Table, source: Provenance) -> tuple[bytes, str]:
    return csv_bytes(table, source), "text/csv"


WRITERS: dict[str, Callable[[Table, Provenance], tuple[bytes, str]]] = {"xlsx": _xlsx, "csv": _csv}


def provenance(reading: Reading, table: Table) -> Provenance:
    """What a file says about where its figures come from: the place and period of its rows, never of the address alone."""
    mark = _("演示数据：模拟生成，不是任何地区的实际情况") if reading.demo else ""
    region = table.place or name_of(reading.node)
    reader = f"{g.account.name} · {display.moment(reading.now)}"
    if reading.scheme.kind == "published":
        return Provenance(region, table.period or _("公布数"), "", name_of(reading.scheme), mark, reader)
    of_now = table.of_now or reading.of_now
    snapshot = reading.published.snapshot(reading.scheme.code, LIVE) if of_now else reading.snapshot
    period = table.period or as_of.file_period(reading, snapshot, of_now=of_now)
    until = _(
        "数据截至{moment}，版本 {number}", moment=display.moment(snapshot.version.as_of), number=snapshot.version.id
    )
    return Provenance(region, period, until, name_of(reading.scheme), mark, reader)
