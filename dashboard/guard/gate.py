"""The gate: the outermost of the site. It knows the hosts by whose names the site is asked, and puts the strict headers on
everything that is said, from wherever it comes."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

from werkzeug.sansio.utils import host_is_trusted

from dashboard.guard import policy
from dashboard.site.wire import REMEMBERED_STATIC, STATIC_AGE
from dashboard.words.wording import LANGUAGES, N_, _, in_language

log = logging.getLogger("poolwatch.dashboard")
Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# What asks here asks by the machine's number, and is told nothing that depends on the name.
OF_MACHINES = ("/healthz", "/readyz")
# Where a document leaves the digest of its own style element.
STYLE = "poolwatch.style"
MISDIRECTED = N_(
    "网站不以“{host}”为名。请用管理员告知的地址打开；这个名称确属本网站的，请系统管理员在 POOLWATCH_HOSTS 中登记。"
)
_PORT = re.compile(r":\d*$")
_UNUSUAL = re.compile(r"[^\w.:\[\]-]", re.ASCII)


class Gate:
    """WSGI. ``hosts``: the names without port; ``scripts``: the digests of the documents' inline scripts, known once
    Dash is set up."""

    def __init__(self, application: Application, hosts: Collection[str], scripts: Callable[[], Sequence[str]]) -> None:
        self._application, self._scripts = application, scripts
        self._hosts = frozenset(host.lower() for host in hosts)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        def begin(status: str, headers: Headers, *failure: Any) -> Any:
            return start_response(status, self._strict(environ, headers), *failure)

        host = environ.get("HTTP_HOST", "")
        if environ.get("PATH_INFO") not in OF_MACHINES and not self.knows(host):
            return _misdirected(host, begin)
        return self._application(environ, begin)

    def knows(self, host: str) -> bool:
        """Whether a ``Host`` header names this site, by whatever port."""
        return host_is_trusted(host) and _PORT.sub("", host).lower() in self._hosts

    @cached_property
    def _inline(self) -> Sequence[str]:
        return tuple(self._scripts())

    def _strict(self, environ: Environ, headers: Headers) -> Headers:
        given = {name.lower(): value for name, value in headers}
        document = given.get("content-type", "").startswith("text/html")
        allowed = policy.policy(self._inline, environ.get(STYLE, "")) if document else policy.INERT
        ours = [("Content-Security-Policy", allowed), *policy.EVERYWHERE]
        mine = document or "no-store" in given.get("cache-control", "")
        ours.append(("Cache-Control", _kept(environ, mine)))
        if environ["wsgi.url_scheme"] == "https":
            ours.append(policy.FOR_A_YEAR)
        names = {name.lower() for name, _value in ours}
        return [pair for pair in headers if pair[0].lower() not in names] + ours


def _kept(environ: Environ, mine: bool) -> str:
    """How long who may keep an answer; one that is a reader's own nobody keeps."""
    path = environ.get("PATH_INFO", "")
    if path.startswith(REMEMBERED_STATIC):
        fingerprinted = "m=" in environ.get("QUERY_STRING", "") or ".v" in path
        return f"public, max-age={STATIC_AGE}, immutable" if fingerprinted else "public, max-age=86400"
    # Files and machine answers are asked for again each time, and answered 304 where they are the same.
    mine = mine or "HTTP_AUTHORIZATION" in environ or environ["REQUEST_METHOD"] != "GET"
    return "no-store" if mine else "no-cache"


def _misdirected(host: str, begin: Callable[..., Any]) -> Iterable[bytes]:
    log.info("refused the host %r", host[:100])
    said = []
    for language in LANGUAGES:
        with in_language(language):
            said.append(_(MISDIRECTED, host=_UNUSUAL.sub("?", host)[:100]))
    body = "\n".join((*said, "")).encode()
    begin(
        "421 Misdirected Request",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
