"""How often somebody may ask for what is dear: signing in, acts and uploads, files, the API.

Who is signed in is counted by account and a program by its token, so a province behind one address is not counted as one.
Counted is in the memory of each process.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request
from flask_limiter import Limiter

from dashboard.api import bearer
from dashboard.guard.sizes import SMALL
from dashboard.site.wire import CALLBACK


@dataclass(frozen=True, slots=True)
class Rate:
    """Of what is dear one kind: the beginnings of its addresses, and how often one asker may ask for it, as Flask-Limiter
    writes it. ``changing``: only requests that change something."""

    kind: str
    paths: tuple[str, ...]
    often: str
    changing: bool = False


RATES = (
    Rate("sign-in", ("/sign-in",), "240 per minute", changing=True),
    Rate("act", ("/act/",), "240 per minute", changing=True),
    Rate("file", ("/export/", "/rejected/", "/original/", "/template/", "/attachment/"), "240 per minute"),
    Rate("document", ("/export-job/",), "60 per minute", changing=True),
    Rate("api", (f"{bearer.ROOT}/",), "600 per minute"),
)
UPLOAD = Rate("upload", (CALLBACK,), "60 per minute", changing=True)


def install(server: Flask, *, rated: bool) -> Limiter:
    """Count after the check of who asks."""
    limiter = Limiter(
        _asker,
        app=server,
        application_limits=[_often],
        storage_uri="memory://",
        strategy="moving-window",
        enabled=rated,
    )
    limiter.request_filter(lambda: _rate() is None)
    return limiter


def _rate() -> Rate | None:
    """The limit of the present request; None for what costs little, such as a page that many ask for."""
    if request.path in bearer.OF_PAGES:
        return None
    if request.path == CALLBACK and (request.content_length or 0) > SMALL:
        return UPLOAD
    changing = request.method not in ("GET", "HEAD", "OPTIONS")
    return next((one for one in RATES if request.path.startswith(one.paths) and (changing or not one.changing)), None)


def _often() -> str:
    found = _rate()
    assert found is not None, "what has no limit is not counted"
    return found.often


def _asker() -> str:
    """What is counted together: a kind of request by one token, account or, of strangers, address."""
    found = _rate()
    token, account = g.get("token"), g.get("account")
    who = (
        f"token {token.name}" if token else f"account {account.login}" if account else f"address {request.remote_addr}"
    )
    return f"{found.kind if found else ''} {who}"
