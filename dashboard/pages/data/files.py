"""Files of 数据接入 that are not tables on screen: ``/template/TABLE.KIND``, ``/rejected/BATCH.xlsx``,
``/original/BATCH``."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Response, abort, g, make_response

from dashboard.site.reading import current_scope
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.site.view import LARGEST_NUMBER
from dashboard.words import display
from dashboard.words.problems import table_name
from dashboard.words.wording import _, language
from data_access.intake.importers import TABLES, Rejection
from data_access.intake.importers.codes import load_codes
from data_access.intake.importers.history import batch
from data_access.intake.importers.templates import rejected_xlsx, template_csv, template_xlsx
from data_access.intake.originals import ORIGINALS, original_path
from data_access.intake.workbench.drafts import NoSuchDraft, draft
from workflows.people import rights

PATH = "/data"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def register(server: Flask, site: Site) -> None:
    @server.get("/template/<target>.<kind>")
    def template(target: str, kind: str) -> Response:
        _admit()
        if target not in TABLES or kind not in ("csv", "xlsx"):
            abort(404)
        asked = transaction(site)
        csv = kind == "csv"
        codes = None if csv else asked.published.ask(load_codes, asked.now)
        body = template_csv(target, labels=language() == "zh") if csv else template_xlsx(target, codes)
        return _file(body, f"{table_name(target)}{_('模板')}.{kind}", XLSX if kind == "xlsx" else "text/csv")

    @server.get(f"/rejected/<int(max={LARGEST_NUMBER}):number>.xlsx")
    def rejected(number: int) -> Response:
        _admit()
        published = transaction(site).published
        record = published.ask(batch, number)
        # One answer for what is not there and what is not theirs: numbers cannot be probed.
        if record is None or not rights.sees_delivery(current_scope(), g.account.login, record):
            abort(404)

        def word(rejection: Rejection) -> str:
            return display.rejection_line(rejection, record.target)

        return _file(published.ask(rejected_xlsx, number, word), f"{_('退回行')}_{number}.xlsx", XLSX)

    @server.get(f"/original/<int(max={LARGEST_NUMBER}):number>")
    def original(number: int) -> Response:
        """A batch's file as it came in."""
        _admit()
        record = transaction(site).published.ask(batch, number)
        if record is None or not record.sha256 or not rights.sees_delivery(current_scope(), g.account.login, record):
            abort(404)
        return _original(site, record.sha256, record.origin)

    @server.get(f"/original/draft/<int(max={LARGEST_NUMBER}):number>")
    def draft_original(number: int) -> Response:
        """The same of a file on the reader's own workbench."""
        _admit()
        try:
            found = transaction(site).published.ask(draft, number, str(g.account.login))
        except NoSuchDraft:
            abort(404)
        return _original(site, found.sha256, found.origin)


def _original(site: Site, digest: str, name: str) -> Response:
    path = original_path(site.var / ORIGINALS, digest)
    if not path.is_file():
        abort(404)
    # Never shown in place: a file from someone else must not act as a page of this site.
    response = _file(path.read_bytes(), name, "application/octet-stream")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _admit() -> None:
    if not rights.may_open(current_scope(), PATH):
        abort(403)


def _file(body: bytes, name: str, mimetype: str) -> Response:
    response = make_response(body)
    response.mimetype = mimetype
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
