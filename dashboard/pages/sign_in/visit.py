"""From where a reader comes, and by which cookies they are known again."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response

from dashboard.site.site import Site
from dashboard.site.transaction import session_cookie, session_token
from workflows.people.attempts import Visit
from workflows.people.sessions import LASTS
from workflows.people.sign_in import Admitted

DEVICE_COOKIE = "poolwatch_device"
DEVICE_LASTS = timedelta(days=400)


def visit_of(site: Site) -> Visit:
    """The visit that the present request is."""
    known, device = device_of(site, request.environ)
    agent = request.headers.get("User-Agent", "")
    return Visit(request.remote_addr or "", agent, session_token(request.environ), device, known)


def let_in(site: Site, response: Response, admitted: Admitted, visit: Visit) -> Response:
    """The cookies of a session, and the mark by which this device is known to the account from now on."""
    _set(response, session_cookie(request.environ), admitted.token, LASTS)
    if visit.known != admitted.login:
        marked = _signer(site).dumps([admitted.login, secrets.token_urlsafe(16)])
        _set(response, DEVICE_COOKIE, str(marked), DEVICE_LASTS)
    return response


def let_out(response: Response) -> Response:
    """Without the session; the device stays known."""
    response.delete_cookie(session_cookie(request.environ), secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def _set(response: Response, name: str, value: str, lasts: timedelta) -> None:
    age = int(lasts.total_seconds())
    response.set_cookie(name, value, max_age=age, httponly=True, samesite="Lax", secure=request.is_secure)


def device_of(site: Site, environ: dict[str, Any]) -> tuple[str, str]:
    """The account that signed in last on the device that asks, and the device's mark; ("", "") where none did."""
    try:
        known, device = _signer(site).loads(parse_cookie(environ.get("HTTP_COOKIE")).get(DEVICE_COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return "", ""
    return str(known), str(device)


def is_known(site: Site, environ: dict[str, Any]) -> bool:
    """Whether a request comes from a device on which somebody has signed in."""
    return device_of(site, environ) != ("", "")


def _signer(site: Site) -> URLSafeSerializer:
    return URLSafeSerializer(site.secret_key, salt="device")
