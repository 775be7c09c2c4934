"""Documents written in the background: ``POST /export-job/PAGE/CODE`` begins one with the rights of the page, and whoever
began it asks how far it is, fetches the file or ends it at ``/export-job/TOKEN``. To everybody else there is none."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from flask import Flask, abort, g, jsonify, make_response, redirect, request, send_file
from werkzeug.wrappers import Response

from dashboard.exports import jobs, taken
from dashboard.exports.jobs import Job, Progress, TooManyExports
from dashboard.exports.origin import origin_of
from dashboard.exports.probe import Kind, environment
from dashboard.exports.taken import MIMETYPES
from dashboard.site.dispatch import page_of
from dashboard.site.page import Offered, Page
from dashboard.site.reading import NothingPublished, Reading, reading_of
from dashboard.site.site import Site
from dashboard.site.view import parse_view
from dashboard.words import display
from dashboard.words.problems import PROBLEMS
from dashboard.words.wording import N_, _
from rules.errors import NotAllowed, PoolwatchError

# Each format → the ending of its file.
FORMATS: dict[Kind, str] = {
    "docx": "docx",
    "docx-template": "docx",
    "pptx": "pptx",
    "xlsx": "xlsx",
    "pdf": "pdf",
    "pdf-as-word": "pdf",
    "zip": "zip",
}
AT_ONCE_SECONDS = 20.0
PHASES = {"write": N_("正在写"), "layout": N_("正在排版"), "convert": N_("正在转成PDF")}


def register(server: Flask, site: Site, pages: Sequence[Page]) -> None:
    by_path = {page.path: page for page in pages}

    def begin(path: str, code: str) -> Response:
        view = parse_view(path, request.query_string.decode("utf-8", "replace"))
        page = page_of(by_path, view)
        if page is None or code not in page.documents:
            abort(404)
        try:
            reading = reading_of(site, view)
            kind, offered = _wanted(page, reading, code, request.form.get("kind", ""))
            why_not = environment().why_not(kind)
            if why_not:
                return _problem(why_not, 422)
            job = _begun(site, reading, code, kind, offered)
            return make_response(jsonify(_said(job, jobs.progress(site.var, job))), 202)
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
        return _file(site, job)

    @server.post("/export-job/<token>/cancel")
    def end(token: str) -> Response:
        jobs.cancel(site.var, _own(site, token))
        return jsonify({"state": "cancelled", "said": _("已取消")})


def at_once(site: Site, page: Page, reading: Reading, code: str, kind: str) -> Response:
    """The file itself, for a link: written as every other, and waited for. Where that cannot be, the page says why."""
    one, offered = _wanted(page, reading, code, kind)
    sent_on = redirect(reading.view.href(), 303)
    if environment().why_not(one):
        return sent_on
    try:
        job = _begun(site, reading, code, one, offered)
    except TooManyExports:
        return sent_on
    until = time.monotonic() + AT_ONCE_SECONDS
    while jobs.progress(site.var, job).state == "running" and time.monotonic() < until:
        time.sleep(0.05)
    if jobs.progress(site.var, job).state != "done":
        jobs.cancel(site.var, job)
        return sent_on
    return _file(site, job)


def _wanted(page: Page, reading: Reading, code: str, kind: str) -> tuple[Kind, Offered]:
    """A document of the page and the format that is asked for; 404 where the view has none."""
    known = next((one for one in FORMATS if one == kind), None)
    offered = page.documents[code](reading) if known is not None else None
    if known is None or offered is None or (known == "docx-template" and not offered.template):
        abort(404)
    if (known == "zip") != bool(offered.order):
        abort(404)
    return known, offered


def _begun(site: Site, reading: Reading, code: str, kind: Kind, offered: Offered) -> Job:
    """A document that is being written; nobody is told where before it is on record who takes it. Raises
    TooManyExports."""
    name = f"{offered.name}.{FORMATS[kind]}"
    document = replace(offered.document, fonts=site.fonts)
    version = origin_of(reading).version
    job = jobs.start(site.var, g.account.login, name, kind, document, offered.template, offered.order)
    taken.record(
        site, reading, name, code, kind, period=document.source.period, version=version, details=offered.details
    )
    return job


def _file(site: Site, job: Job) -> Response:
    ending = FORMATS[job.kind]
    response = send_file(jobs.made(site.var, job), mimetype=MIMETYPES[ending], max_age=0)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=export.{ending}; filename*=UTF-8''{quote(job.name)}"
    )
    return response


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
