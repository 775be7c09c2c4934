"""One request, one read transaction: one connection, one published version, one instant, for all that the request shows.

The transaction hangs on the request's WSGI environment: the memory of answers looks into it before the application is
woken, and the application goes on in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import request
from werkzeug.http import parse_cookie

from dashboard.site.site import Site
from data_access.books.published import Published
from data_access.books.versions import reading
from data_access.store.engine import GONE
from workflows.people.sessions import Session, note_use, session_of

KEY = "poolwatch.transaction"
SESSION_COOKIE = "poolwatch_session"
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def session_cookie(environ: Environ) -> str:
    """The name of the session's cookie. Under TLS it is one that only this host can set, for all its addresses."""
    return f"__Host-{SESSION_COOKIE}" if environ["wsgi.url_scheme"] == "https" else SESSION_COOKIE


def session_token(environ: Environ) -> str:
    """The token of the session that a browser has; "" for none."""
    return parse_cookie(environ.get("HTTP_COOKIE")).get(session_cookie(environ), "")


class Transaction:
    """The read transaction of one request, opened when something is first asked of the store."""

    def __init__(self, site: Site, environ: Environ) -> None:
        self._site, self._open, self._used = site, ExitStack(), False
        self.token = session_token(environ)

    @cached_property
    def now(self) -> datetime:
        """The instant of the request."""
        return self._site.now()

    @cached_property
    def published(self) -> Published:
        """The store as the transaction sees it."""
        return Published(self._open.enter_context(reading(self._site.engine)), self._site.cache)

    @cached_property
    def session(self) -> Session | None:
        """Who asks; None without a session that opens anything. Asked before all else, so a database that has just gone is
        waited for here: nothing has been done yet that could be done twice."""
        patience = self._site.patience
        while True:
            try:
                found = self.published.ask(session_of, self.token, self.now, self._site.idle)
            except GONE:
                if not patience.again():
                    raise
                self.close()
                self.__dict__.pop("published", None)
            else:
                patience.over()
                return found

    def used(self) -> None:
        """Keep that the reader asked for something, so that the session does not end as one that nobody uses."""
        if self.session is not None and not self._used and not self.session.noted(self.now):
            self._used = True
            note_use(self._site.engine, self.token, self.now)

    def close(self) -> None:
        """Nothing was written, so a connection that was lost meanwhile ends nothing; what was answered stands."""
        with suppress(*GONE):
            self._open.close()


def transaction(site: Site, environ: Environ | None = None) -> Transaction:
    """The transaction of a request, None for the present one."""
    environ = environ or request.environ
    if KEY not in environ:
        environ[KEY] = Transaction(site, environ)
    found: Transaction = environ[KEY]
    return found


class Closing:
    """WSGI: ends the transaction of each request once its answer is made."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            return self._application(environ, start_response)
        finally:
            begun: Transaction | None = environ.pop(KEY, None)
            if begun is not None:
                begun.close()
