"""One request, one read transaction: one connection, one published version, one instant, for all that the request shows.

The transaction hangs on the request's WSGI environment: the memory of answers looks into it before the application is
woken, and the application goes on in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import request

from dashboard.site.site import Site
from data_access.books.published import Published
from data_access.books.versions import reading
from workflows.people.accounts import Account, session_account

KEY = "poolwatch.transaction"
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Transaction:
    """The read transaction of one request, opened when something is first asked of the store."""

    def __init__(self, site: Site) -> None:
        self._site, self._open = site, ExitStack()

    @cached_property
    def now(self) -> datetime:
        """The instant of the request."""
        return self._site.now()

    @cached_property
    def published(self) -> Published:
        """The store as the transaction sees it."""
        return Published(self._open.enter_context(reading(self._site.engine)), self._site.cache)

    def account(self, token: str) -> Account | None:
        """Whose session it is; None when it has ended."""
        return self.published.ask(session_account, token, self.now)

    def close(self) -> None:
        self._open.close()


def transaction(site: Site, environ: Environ | None = None) -> Transaction:
    """The transaction of a request, None for the present one."""
    found: Transaction = (environ or request.environ).setdefault(KEY, Transaction(site))
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
