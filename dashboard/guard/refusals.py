"""What is said where a request is refused before any page or act has it: a page, or for scripts and programs one sentence."""

from __future__ import annotations

import logging
import time
from html import escape

from dash.exceptions import DependencyException
from flask import Flask, Response, g, jsonify, request
from flask_limiter import Limiter, RateLimitExceeded
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from dashboard.api import bearer
from dashboard.site.chart_library import site_file
from dashboard.words.display import problem_text
from dashboard.words.wording import N_, _, language
from data_access.store.engine import UNREACHABLE
from rules.errors import ClockStepped

log = logging.getLogger("poolwatch.dashboard")
SENTENCES: dict[int, str] = {
    400: N_("请求不完整，没有办成。请返回后再试。"),
    403: N_("不能这样做：您的账户没有这项权限，或请求来自别的网站。如有需要，请联系安全管理员。"),
    404: N_("没有这个地址，或它不归您查看。请核对地址，或从首页进入。"),
    405: N_("这个地址不这样使用。请从页面上的链接和按钮进入。"),
    413: N_("发送的内容超过上限，没有收下。请缩短文字，或把文件拆小后再试。"),
    429: N_("请求过于频繁，没有办成。请在 {seconds} 秒后再试。"),
    500: N_("这里出错了，没有办成。请稍后再试；仍不行时，请告诉系统管理员。"),
    503: N_("数据库暂时连不上，或正忙。请稍后再试；仍不行时，请告诉系统管理员。"),
}
OTHERWISE = N_("请求不能办理。请从首页进入后再试。")


def install(server: Flask, limiter: Limiter) -> None:
    """Word every refusal. Of those by ``limiter`` is told when to try again."""

    @server.errorhandler(HTTPException)
    def refuse(problem: HTTPException) -> Response | HTTPException:
        code = problem.code or 500
        if problem.response is not None:
            return problem
        held = limiter.current_limit if isinstance(problem, RateLimitExceeded) else None
        seconds = 1 if held is None else max(1, round(held.reset_at - time.time()))
        answer = refusal(code, _(SENTENCES.get(code, OTHERWISE), seconds=seconds))
        if code == 429:
            answer.headers["Retry-After"] = str(seconds)
        if isinstance(problem, MethodNotAllowed):
            answer.headers["Allow"] = ", ".join(sorted(problem.valid_methods or ()))
        return answer

    @server.errorhandler(DependencyException)
    def no_such_file(_problem: Exception) -> Response:
        return refusal(404, _(SENTENCES[404]))  # of Dash's own files, which it calls a failure

    @server.errorhandler(ClockStepped)
    def clock_stepped(problem: ClockStepped) -> Response:
        log.error("%s", problem)
        return refusal(503, problem_text(problem))

    for away in UNREACHABLE:
        server.register_error_handler(away, _store_away)


def _store_away(problem: Exception) -> Response:
    log.error("the store cannot be asked", exc_info=problem)
    return refusal(503, _(SENTENCES[503]))


def refusal(status: int, said: str) -> Response:
    """The answer to the present request that says one sentence."""
    if bearer.is_ours(request.path):
        return bearer.said(status, {"error": f"http_{status}", "message": said})
    if "application/json" in request.headers.get("Accept", "") or request.path.startswith("/_dash"):
        answer: Response = jsonify({"problem": said})
        answer.status_code = status
        return answer
    return Response(_page(said), status, content_type="text/html; charset=utf-8")


def _page(said: str) -> str:
    theme = g.get("theme", "light")
    return (
        f'<!DOCTYPE html><html lang="{"zh-CN" if language() == "zh" else "en"}" data-theme="{theme}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(_("基金运行监测"))}</title><link rel="icon" href="/assets/favicon.svg">'
        f'<link rel="stylesheet" href="{site_file("css").address}"></head><body><main class="door">'
        f"<h1>{escape(_('社会保险基金运行监测'))}</h1>"
        f'<p class="error-note" role="alert">{escape(said)}</p>'
        f'<p class="lead"><a class="button" href="/">{escape(_("回到首页"))}</a></p></main></body></html>'
    )
