"""Signing in takes long on purpose, and anybody may try. So only a few are let to it at once, whatever they wait for, and the
other threads of the server are left to who reads; who finds no place is told at once to come again, before anything else is
done for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response
from werkzeug.http import parse_cookie

from dashboard.guard.refusals import refusal
from dashboard.words.wording import LANGUAGES, N_, _, in_language

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Of the eight threads that a process has, embedded and in production: of strangers, and of browsers that an account has
# used, whom strangers keep out no more than they do by their wrong passwords.
STRANGERS, KNOWN = 2, 2
DOOR = "/sign-in"
COME_AGAIN_SECONDS = 2
CROWDED = N_("正在登录的人较多，这次没有轮到。请在 {seconds} 秒后再试。")


def at_the_door(method: str, path: str) -> bool:
    """Whether a request is a step of signing in; to be shown the page is none."""
    return path.startswith(DOOR) and (method, path) != ("GET", DOOR)


class Crowd:
    """WSGI. ``known``: whether a request comes from a browser that an account has used; ``refused``: what is said in each
    language to who finds no place."""

    def __init__(
        self, application: Application, known: Callable[[Environ], bool], refused: dict[str, Response], language: str
    ) -> None:
        self._application, self._known, self._refused, self._language = application, known, refused, language
        self._strangers, self._readers = threading.BoundedSemaphore(STRANGERS), threading.BoundedSemaphore(KNOWN)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not at_the_door(environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")):
            return self._application(environ, start_response)
        places = self._readers if self._known(environ) else self._strangers
        if not places.acquire(blocking=False):
            chosen = parse_cookie(environ.get("HTTP_COOKIE")).get("language", self._language)
            answer = self._refused.get(chosen, self._refused[self._language])
            return answer(environ, start_response)
        try:
            return self._application(environ, start_response)
        finally:
            places.release()


def refused(server: Flask) -> dict[str, Response]:
    """What is said, made once."""
    answers = {}
    for language in LANGUAGES:
        with server.test_request_context(DOOR), in_language(language):
            answers[language] = refusal(503, _(CROWDED, seconds=COME_AGAIN_SECONDS))
        answers[language].headers["Retry-After"] = str(COME_AGAIN_SECONDS)
    return answers
