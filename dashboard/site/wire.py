"""Answers as bytes: compressed once, remembered for everyone with the same rights.

A page's answer depends only on the data version, the reader's scope, language, theme, the day and the request itself.
So the bytes are kept under exactly that key, in bounded memory, and a new version makes the old ones unreachable.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import brotli
from flask import Flask, Response, request

from data_access.store.engine import UNREACHABLE

CALLBACK = "/_dash-update-component"
REMEMBERED_STATIC = ("/_dash-component-suites/", "/assets/")
COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg")
SMALLEST = 500
LARGEST_QUESTION = 16_384
LONGEST_WAIT = 20.0
MEMO_KEY = "poolwatch.memo_key"
# Of an answer that may be kept: how this request came by it, "remembered" or "made".
REMEMBERED = "poolwatch.remembered"

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
DependsOn = Callable[[Environ, bytes], tuple[object, ...] | None]
Key = tuple[object, ...]
STATIC_AGE = 31_536_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer: compressed body, its headers, and a tag for asking whether it changed."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str

    @property
    def size(self) -> int:
        return len(self.body)


class Sized(Protocol):
    """What the memo keeps: anything that says how many bytes it holds."""

    @property
    def size(self) -> int: ...


class Memo:
    """Answers by key, least recently used first out, bounded by the bytes they hold. Safe for threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._held = most_bytes, 0
        self._answers: OrderedDict[Key, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Key, threading.Event] = {}

    def get(self, key: Key) -> Any:
        with self._lock:
            answer = self._answers.get(key)
            if answer is not None:
                self._answers.move_to_end(key)
            return answer

    def put(self, key: Key, answer: Sized) -> None:
        with self._lock:
            old = self._answers.pop(key, None)
            self._held += answer.size - (old.size if old else 0)
            self._answers[key] = answer
            while self._held > self._most and self._answers:
                _key, dropped = self._answers.popitem(last=False)
                self._held -= dropped.size

    def once(self, key: Key, make: Callable[[], tuple[Any, bool]]) -> Any:
        """What is kept under a key, else what ``make`` gives and says may be kept; one asker makes what others wait for."""
        answer = self.get(key)
        if answer is None and not self.claim(key):
            answer = self.wait(key, LONGEST_WAIT)
        if answer is not None:
            return answer
        try:
            answer, may_be_kept = make()
            if may_be_kept:
                self.put(key, answer)
            return answer
        finally:
            self.release(key)

    def claim(self, key: Key) -> bool:
        """True for the one who shall make the answer; everyone else waits for it."""
        with self._lock:
            return self._making.setdefault(key, made := threading.Event()) is made

    def release(self, key: Key) -> None:
        """The answer is made, or could not be kept: whoever waits goes on."""
        with self._lock:
            made = self._making.pop(key, None)
        if made is not None:
            made.set()

    def wait(self, key: Key, seconds: float) -> Any:
        """The answer another asker is making; None when it could not be kept or takes too long."""
        with self._lock:
            made = self._making.get(key)
        if made is not None:
            made.wait(seconds)
        return self.get(key)


class RememberedAnswers:
    """WSGI: answers what was answered before, without waking the application; one asker makes what all others wait for.

    ``depends_on(environ, body)`` gives what a callback's answer depends on besides the question itself (version, scope,
    language …), after checking the session; None when it must not be kept or given to others. ``document(environ)`` is
    the document of a request where its parts are at hand, None otherwise; it checks the session too.
    """

    def __init__(
        self,
        application: Application,
        memo: Memo,
        depends_on: DependsOn,
        document: Callable[[Environ], Answer | None],
    ) -> None:
        self._application, self._memo, self._depends_on = application, memo, depends_on
        self._document = document

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            found = self._document(environ) if environ["REQUEST_METHOD"] == "GET" else None
            key = self._key(environ) if found is None else None
        except UNREACHABLE:
            found, key = None, None  # the application says so
        if found is not None:
            environ[REMEMBERED] = "remembered"
            start_response("200 OK", list(found.headers))
            return [found.body]
        if key is None:
            return self._application(environ, start_response)
        answer = self._memo.get(key)
        if answer is None and not self._memo.claim(key):
            answer = self._memo.wait(key, LONGEST_WAIT)
        environ[REMEMBERED] = "made" if answer is None else "remembered"
        if answer is not None:
            return _say(answer, environ, start_response)
        environ[MEMO_KEY] = key
        try:
            return self._application(environ, start_response)
        finally:
            self._memo.release(key)

    def _key(self, environ: Environ) -> Key | None:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        encoding = accepted(environ)
        if method == "GET" and path.startswith(REMEMBERED_STATIC):
            return ("static", path, environ.get("QUERY_STRING", ""), encoding)
        length = environ.get("CONTENT_LENGTH") or ""
        if method != "POST" or path != CALLBACK or not length.isdigit() or int(length) > LARGEST_QUESTION:
            return None
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)
        about = self._depends_on(environ, body)
        return None if about is None else ("callback", encoding, hashlib.sha256(body).digest(), *about)


def _say(answer: Answer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    headers = list(answer.headers)
    if answer.etag and answer.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", [pair for pair in headers if pair[0].lower() != "content-length"])
        return [b""]
    start_response("200 OK", headers)
    return [answer.body]


def install(
    server: Flask,
    memo: Memo,
    depends_on: DependsOn,
    document: Callable[[Environ], Answer | None],
) -> None:
    """Put the memo before a server."""

    @server.after_request
    def send(response: Response) -> Response:
        if response.status_code != 200 or response.headers.get("Content-Encoding"):
            return response
        if not (response.mimetype or "").startswith(COMPRESSIBLE):
            return response
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) >= SMALLEST:
            _compress(response, body, lasting=request.path.startswith(REMEMBERED_STATIC))
        key = request.environ.get(MEMO_KEY)
        if key is not None and not response.headers.get("Set-Cookie"):
            tag = response.get_etag()[0] or ""
            memo.put(key, Answer(response.get_data(), tuple(response.headers), tag))
        return response

    server.wsgi_app = RememberedAnswers(server.wsgi_app, memo, depends_on, document)  # type: ignore[method-assign]


def accepted(environ: Environ) -> str:
    """The best encoding the reader takes of those we make; empty for none."""
    offered = environ.get("HTTP_ACCEPT_ENCODING", "")
    return next((encoding for encoding in ("br", "gzip") if encoding in offered), "")


def _compress(response: Response, body: bytes, *, lasting: bool) -> None:
    encoding = accepted(request.environ)
    if encoding == "br":
        body = brotli.compress(body, quality=9 if lasting else 5)
    elif encoding == "gzip":
        body = gzip.compress(body, compresslevel=9 if lasting else 6, mtime=0)
    response.set_data(body)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    if lasting:
        response.set_etag(hashlib.sha256(body).hexdigest()[:32])
        response.make_conditional(request)
