"""Every request has a number, which its answer bears, the log names and a reader can quote; it is counted and noted by
its route, never by its address, whose words may be names."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from flask import Flask, Request, has_request_context, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from dashboard.machines.measures import ANSWERS, DURATIONS, REQUESTS
from dashboard.site.wire import REMEMBERED

log = logging.getLogger("poolwatch.request")
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Route = Callable[[str, str], str]

NUMBER = "poolwatch.number"
HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[0-9A-Za-z-]{6,64}")
OF_PROXIES = ("Forwarded", "X-Real-Ip", "Via")
NOWHERE = "none"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ANY_PAGE = ("/", "/<path:path>")
KNOWN_ADDRESSES = 2048

current: ContextVar[str] = ContextVar("poolwatch_request", default="")


def new_number() -> str:
    """A number that people can read to one another."""
    return secrets.token_hex(4).upper()


def number_of_request() -> str:
    """The number of the present request; a new one outside of any."""
    number = request.environ.get(NUMBER) if has_request_context() else None
    return str(number or new_number())


def by_proxy(asked: Request) -> bool:
    """Whether a request bears a header of a proxy, known or not."""
    return any(name.startswith("X-Forwarded-") or name in OF_PROXIES for name, _value in asked.headers)


def route_of(server: Flask, pages: Collection[str]) -> Route:
    """Method and path → the route's template, a page's path, or ``none`` where nothing answers."""
    bound = server.url_map.bind("")

    @lru_cache(KNOWN_ADDRESSES)
    def route(method: str, path: str) -> str:
        try:
            rule, _values = bound.match(path, method, return_rule=True)
        except (HTTPException, RequestRedirect):
            return NOWHERE
        if rule.rule not in ANY_PAGE:
            return rule.rule
        page = "/" + path.strip("/").partition("/")[0]
        return page if page in pages else NOWHERE

    return route


class Noted:
    """WSGI: gives each request its number, and counts and logs it. ``trusting``: a proxy of our own stands before the site,
    whose number is taken where it is well-formed."""

    def __init__(self, application: Application, route: Route, trusting: bool) -> None:
        self._application, self._route, self._trusting = application, route, trusting

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._trusting else ""
        number = environ[NUMBER] = given if WELL_FORMED.fullmatch(given) else new_number()
        said, began, before = "500", time.perf_counter(), current.set(number)

        def begin(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            nonlocal said
            said = status[:3]
            return start_response(status, [*headers, (HEADER, number)], *failure)

        try:
            return self._application(environ, begin)
        finally:
            self._note(environ, said, time.perf_counter() - began)
            current.reset(before)

    def _note(self, environ: Environ, status: str, seconds: float) -> None:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        method = method if method in METHODS else "other"
        route, how = self._route(method, path), environ.get(REMEMBERED, "")
        REQUESTS.labels(method, route, status).inc()
        DURATIONS.labels(route).observe(seconds)
        if how:
            ANSWERS.labels(how).inc()
        level = logging.WARNING if status >= "500" else logging.INFO
        about = {"method": method, "route": route, "status": int(status), "ms": round(seconds * 1000, 1), "answer": how}
        log.log(level, "%s %s %s", method, route, status, extra=about)
