"""Doors into the site that are not pages: the check before every one, and the version poll.

Deny by default: without a session only the paths of OPEN answer, and those of the API to a token alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, abort, g, jsonify, make_response, redirect, request
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response

from dashboard.api import bearer
from dashboard.site.menu import home_of
from dashboard.site.page import Remembered
from dashboard.site.site import Site
from dashboard.site.transaction import Transaction, transaction
from dashboard.site.view import parse_view
from dashboard.words.display import local
from dashboard.words.wording import LANGUAGES, set_language
from data_access.books.published import Published
from workflows.matters.boxes import to_do_count
from workflows.people.accounts import Account
from workflows.people.rights import may_open, scope_of

OPEN = (
    "/sign-in",
    "/preferences",
    "/assets/",
    "/_dash-component-suites/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/_favicon.ico",
)
THEMES = ("light", "dark")
VERSION = "/api/v1/version"
# What Dash sends with a question that the shell asks because another version is out.
ANEW = b'"changedPropIds":["version.data"]'
BY_ITSELF = "poolwatch.by_itself"


def register(server: Flask, site: Site) -> None:
    """Install the check and the doors."""

    @server.before_request
    def check() -> Response | None:
        chosen, g.theme = _chosen(site, request.cookies)
        set_language(chosen)
        g.account, g.watermark = None, site.watermark
        if bearer.is_ours(request.path):
            return None if request.path == bearer.DESCRIPTION else bearer.refusal(site)
        if request.method not in ("GET", "HEAD", "OPTIONS") and not _same_host(
            request.headers.get("Origin"), request.host
        ):
            abort(403)
        path = request.path
        if any(path == door or (door.endswith("/") and path.startswith(door)) for door in OPEN) or path.startswith(
            "/sign-in/"
        ):
            return None
        asked = transaction(site)
        if asked.session is not None:
            g.account = asked.session.account
            if not _by_itself(request.environ):
                asked.used()
            # Who may not open 总览 begins elsewhere, however the address was typed.
            lost = path == "/" and not may_open(g.account, "/")
            return redirect(home_of(g.account.role)) if lost else None
        if request.method == "GET" and not path.startswith(("/api/", "/_dash", "/export")):
            return redirect(f"/sign-in?next={quote(request.full_path.rstrip('?'), safe='/')}")
        return _refused()

    _state(server, site)


def _state(server: Flask, site: Site) -> None:
    """What pages ask by themselves: whether anything is new."""

    @server.get(VERSION)
    def version() -> Response:
        asked = transaction(site)
        now, looked_at = stamp_text(asked.published), request.args.get("scheme", "")
        unread = to_do_count(asked.published, g.account, asked.now, looked_at)
        response = jsonify({"version": now, "unread": unread})
        response.set_etag(f"v{now}-{unread}")
        return response.make_conditional(request)


def stamp_text(published: Published) -> str:
    """What the browser compares: the same text as long as no page changed."""
    return ".".join(str(part) for part in published.stamp)


def _chosen(site: Site, cookies: Mapping[str, str]) -> tuple[str, str]:
    """Language and theme."""
    language = _preferred(cookies, "language", tuple(LANGUAGES), site.language)
    return language, _preferred(cookies, "theme", THEMES, "light")


def _preferred(cookies: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = cookies.get(name, default)
    return value if value in allowed else default


def _same_host(origin: str | None, host: str) -> bool:
    return origin is None or urlsplit(origin).netloc == host


def _refused() -> Response:
    return make_response(jsonify({"error": "sign in first"}), 401)


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose request it is, and how they read."""

    account: Account
    language: str
    theme: str


def asker(site: Site, environ: dict[str, Any]) -> Asker | None:
    """Who asks, by the request's session and cookies; None without a session."""
    asked = transaction(site, environ)
    if asked.session is None:
        return None
    if not _by_itself(environ):
        asked.used()
    return Asker(asked.session.account, *_chosen(site, parse_cookie(environ.get("HTTP_COOKIE"))))


def _by_itself(environ: dict[str, Any]) -> bool:
    """Whether a page asks without its reader: whether anything is new, and for itself when something is."""
    return environ["PATH_INFO"] == VERSION or bool(environ.get(BY_ITSELF))


# The shell's own questions; every other callback may do something, so its answer is never kept.
QUESTIONS = frozenset({"..header.children...menu.children...page.children..", "drawer.children"})


def answer_depends_on(
    site: Site, environ: dict[str, Any], body: bytes, remembered: Mapping[str, Remembered]
) -> tuple[object, ...] | None:
    """What a page's answer depends on besides the question: None when it must not be kept for others.

    The session is checked here too: a remembered answer is still a checked one. ``remembered``: for whom the answers of
    each page may be kept, by its path.
    """
    environ[BY_ITSELF] = ANEW in body
    page = _page_of(body)
    if page is None or not _same_host(environ.get("HTTP_ORIGIN"), environ.get("HTTP_HOST", "")):
        return None
    kept, who = remembered.get(page, Remembered.NEVER), asker(site, environ)
    return None if who is None or kept is Remembered.NEVER else depends_on(transaction(site, environ), who, kept)


def depends_on(asked: Transaction, who: Asker, kept: Remembered) -> tuple[object, ...]:
    """What a page that is kept for some depends on besides its address."""
    return (
        *asked.published.stamp,
        scope_of(who.account).key,
        who.account.login if kept is Remembered.BY_ACCOUNT else "",
        who.language,
        who.theme,
        local(asked.now).date(),
    )


def _page_of(body: bytes) -> str | None:
    """The page that one of the shell's own questions is about; None for any other question, or what is none."""
    try:
        question = json.loads(body)
        address = question["inputs"][0].get("value")
        known = question["output"] in QUESTIONS
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    if not known:
        return None
    path, _mark, query = str(address or "/").partition("?")
    return parse_view(path, query).page
