"""Answers as bytes: compressed once, remembered for everyone with the same rights, served with strict headers.

A page's answer depends only on the data version, the reader's scope, language, theme, the day and the request itself.
So the bytes are kept under exactly that key, in bounded memory, and a new version makes the old ones unreachable.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import brotli
from flask import Flask, Response, g, request

CALLBACK = "/_dash-update-component"
REMEMBERED_STATIC = ("/_dash-component-suites/", "/assets/")
COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg")
SMALLEST = 500
STATIC_AGE = 31_536_000


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    mimetype: str
    encoding: str
    etag: str


class Memo:
    """Answers by key, least recently used first out, bounded by the bytes they hold. Safe for threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._held = most_bytes, 0
        self._answers: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...]) -> Answer | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def put(self, key: tuple[object, ...], answer: Answer) -> None:
        with self._lock:
            old = self._answers.pop(key, None)
            self._held += len(answer.body) - (len(old.body) if old else 0)
            self._answers[key] = answer
            while self._held > self._most and self._answers:
                _key, dropped = self._answers.popitem(last=False)
                self._held -= len(dropped.body)


def install(
    server: Flask,
    view_key: Callable[[], tuple[object, ...] | None],
    csp_hashes: Callable[[], list[str]],
    most_bytes: int = 64_000_000,
) -> Memo:
    """Attach the memo and the headers to a server.

    ``view_key`` gives what an answer depends on besides the request itself (version, scope, language …), None when the
    request must not be remembered. Call after the access check is installed: a remembered answer is still a checked one.
    """
    memo = Memo(most_bytes)
    policy: list[str] = []

    @server.before_request
    def remembered() -> Response | None:
        g.memo_key = _key(view_key)
        answer = None if g.memo_key is None else memo.get(g.memo_key)
        return None if answer is None else _respond(answer)

    @server.after_request
    def send(response: Response) -> Response:
        if not policy:
            policy.append(_policy(csp_hashes()))
        _headers(response, policy[0])
        if response.status_code != 200 or (response.direct_passthrough and request.path == "/healthz"):
            return response
        if response.headers.get("Content-Encoding") or "X-Memo" in response.headers:
            response.headers.pop("X-Memo", None)
            return response
        if not response.mimetype.startswith(COMPRESSIBLE):
            return response
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) < SMALLEST:
            return response
        answer = _compress(body, response.mimetype, lasting=request.path.startswith(REMEMBERED_STATIC))
        if getattr(g, "memo_key", None) is not None and not response.headers.get("Set-Cookie"):
            memo.put(g.memo_key, answer)
        _fill(response, answer)
        return response

    return memo


def _key(view_key: Callable[[], tuple[object, ...] | None]) -> tuple[object, ...] | None:
    encoding = _accepted()
    if request.method == "GET" and request.path.startswith(REMEMBERED_STATIC):
        return ("static", request.full_path, encoding)
    if request.method == "POST" and request.path == CALLBACK:
        about = view_key()
        digest = hashlib.sha256(request.get_data(cache=True)).digest()
        return None if about is None else ("callback", encoding, digest, *about)
    return None


def _accepted() -> str:
    offered = request.headers.get("Accept-Encoding", "")
    return next((encoding for encoding in ("br", "gzip") if encoding in offered), "")


def _compress(body: bytes, mimetype: str, *, lasting: bool) -> Answer:
    encoding = _accepted()
    if encoding == "br":
        body = brotli.compress(body, quality=9 if lasting else 5)
    elif encoding == "gzip":
        body = gzip.compress(body, compresslevel=9 if lasting else 6, mtime=0)
    return Answer(body, mimetype, encoding, hashlib.sha256(body).hexdigest()[:32])


def _respond(answer: Answer) -> Response:
    response = Response(mimetype=answer.mimetype)
    response.headers["X-Memo"] = "1"
    _fill(response, answer)
    return response


def _fill(response: Response, answer: Answer) -> None:
    response.set_data(answer.body)
    if answer.encoding:
        response.headers["Content-Encoding"] = answer.encoding
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    if request.path.startswith(REMEMBERED_STATIC):
        response.set_etag(answer.etag)
        response.make_conditional(request)


def _policy(hashes: list[str]) -> str:
    scripts = " ".join(f"'{value}'" if not value.startswith("'") else value for value in hashes)
    return (
        f"default-src 'self'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        "frame-ancestors 'none'; form-action 'self'"
    )


def _headers(response: Response, policy: str) -> None:
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.path.startswith(REMEMBERED_STATIC):
        fingerprinted = "m=" in request.query_string.decode("ascii", "replace") or ".v" in request.path
        age = STATIC_AGE if fingerprinted else 86_400
        response.headers["Cache-Control"] = f"public, max-age={age}" + (", immutable" if fingerprinted else "")
    else:
        response.headers["Cache-Control"] = "no-store" if request.method == "POST" else "no-cache"
