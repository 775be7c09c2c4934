"""Documents written in the background: ``POST /export-job/PAGE/CODE`` begins one with the rights of the page, and whoever
began it asks how far it is, fetches the file or ends it at ``/export-job/TOKEN``. To everybody else there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from flask import Flask, Response, abort, g, jsonify, make_response, request, send_file

from dashboard.exports import jobs
from dashboard.exports.jobs import Job, Progress
from dashboard.exports.probe import Kind, environment
from dashboard.site.dispatch import page_of
from dashboard.site.page import Offered, Page
from dashboard.site.reading import NothingPublished, Reading, reading_of
from dashboard.site.site import Site
from dashboard.site.view import parse_view
from dashboard.words import display
from dashboard.words.problems import PROBLEMS
from dashboard.words.wording import N_, _
from data_access.store import audit
from data_access.store.engine import writing
from rules.errors import NotAllowed, PoolwatchError

OFFICE = "application/vnd.openxmlformats-officedocument."
# Format → the file's ending and what it is.
FORMATS: dict[Kind, tuple[str, str]] = {
    "docx": ("docx", f"{OFFICE}wordprocessingml.document"),
    "docx-template": ("docx", f"{OFFICE}wordprocessingml.document"),
    "pptx": ("pptx", f"{OFFICE}presentationml.presentation"),
    "xlsx": ("xlsx", f"{OFFICE}spreadsheetml.sheet"),
    "pdf": ("pdf", "application/pdf"),
    "pdf-as-word": ("pdf", "application/pdf"),
}
PHASES = {"write": N_("正在写"), "layout": N_("正在排版"), "convert": N_("正在转成PDF")}


def register(server: Flask, site: Site, pages: Sequence[Page]) -> None:
    by_path = {page.path: page for page in pages}

    def begin(path: str, code: str) -> Response:
        view = parse_view(path, request.query_string.decode("utf-8", "replace"))
        page = page_of(by_path, view)
        kind = next((one for one in FORMATS if one == request.form.get("kind")), None)
        if page is None or code not in page.documents or kind is None:
            abort(404)
        try:
            reading = reading_of(site, view)
            offered = page.documents[code](reading)
            if offered is None or (kind == "docx-template" and not offered.template):
                abort(404)
            why_not = environment().why_not(kind)
            return _problem(why_not, 422) if why_not else _begun(site, reading, code, kind, offered)
        except NotAllowed:
            abort(403)
        except NothingPublished:
            abort(404)
        except PoolwatchError as problem:
            return _problem(display.problem_text(problem), 422)

    @server.post("/export-job/<code>")
    def begin_on_overview(code: str) -> Response:
        return begin("/", code)

    @server.post("/export-job/<page>/<code>")
    def begin_on_page(page: str, code: str) -> Response:
        return begin(f"/{page}", code)

    @server.post("/export-job/<page>/<subject>/<code>")
    def begin_on_subject(page: str, subject: str, code: str) -> Response:
        return begin(f"/{page}/{subject}", code)

    @server.get("/export-job/<token>")
    def how_far(token: str) -> Response:
        job = _own(site, token)
        return jsonify(_said(job, jobs.progress(site.var, job)))

    @server.get("/export-job/<token>/file")
    def fetch(token: str) -> Response:
        job = _own(site, token)
        if jobs.progress(site.var, job).state != "done":
            abort(404)
        ending, mimetype = FORMATS[job.kind]
        response = send_file(jobs.made(site.var, job), mimetype=mimetype, max_age=0)
        response.headers["Content-Disposition"] = (
            f"attachment; filename=export.{ending}; filename*=UTF-8''{quote(job.name)}"
        )
        return response

    @server.post("/export-job/<token>/cancel")
    def end(token: str) -> Response:
        jobs.cancel(site.var, _own(site, token))
        return jsonify({"state": "cancelled", "said": _("已取消")})


def _begun(site: Site, reading: Reading, code: str, kind: Kind, offered: Offered) -> Response:
    """Who takes what is on record before it is written."""
    name = f"{offered.name}.{FORMATS[kind][0]}"
    document = replace(offered.document, fonts=site.fonts)
    details = {
        "page": reading.view.path, "code": code, "format": kind, "scheme": reading.scheme.code, "region": reading.region,
        "period": document.source.period, **offered.details,
    }  # fmt: skip
    job = jobs.start(site.var, g.account.login, name, kind, document, offered.template)
    with writing(site.engine) as connection:
        audit.record(connection, g.account.login, audit.EXPORT, name, details, reading.now)
    return make_response(jsonify(_said(job, jobs.progress(site.var, job))), 202)


def _own(site: Site, token: str) -> Job:
    """The reader's own job. One answer for what is not there and what is not theirs."""
    job = jobs.find(site.var, token, g.account.login)
    if job is None:
        abort(404)
    return job


def _said(job: Job, progress: Progress) -> dict[str, str]:
    """What the browser shows in place, in the reader's words."""
    at = f"/export-job/{job.token}"
    told = {"state": progress.state, "name": job.name, "status": at, "cancel": f"{at}/cancel", "file": f"{at}/file"}
    if progress.state == "failed":
        said = _(PROBLEMS.get(progress.problem, PROBLEMS["export_failed"]))
    elif progress.state == "done":
        said = _("已写好：{name}", name=job.name)
    elif progress.phase == "sections":
        said = _("第{at}节，共{of}节", at=progress.at, of=progress.of)
    else:
        said = _(PHASES.get(progress.phase, PHASES["write"]))
    return {**told, "said": said, "stop": _("取消")}


def _problem(said: str, status: int) -> Response:
    return make_response(jsonify({"problem": said}), status)
