"""Who comes and goes 登录与退出, and how they like to read: routes beside the page."""

from __future__ import annotations

import re

from flask import Flask, g, make_response, redirect, request
from werkzeug.wrappers import Response

from dashboard.pages.sign_in import page as sign_in
from dashboard.site.doors import SESSION_COOKIE, THEMES
from dashboard.site.menu import home_of
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.words.wording import LANGUAGES
from data_access.store.engine import writing
from rules.errors import NotAllowed
from workflows.people import accounts
from workflows.people.accounts import Role

LOOPBACK = frozenset({"127.0.0.1", "::1"})
_ON_THIS_SITE = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")


def register(server: Flask, site: Site) -> None:
    """Install the routes of signing in and out, and of language and theme."""

    @server.get("/sign-in")
    def door() -> Response:
        return _sign_in_page(site)

    @server.post("/sign-in")
    def enter() -> Response:
        try:
            token = accounts.sign_in(
                site.engine, request.form.get("login", ""), request.form.get("password", ""), site.now()
            )
        except NotAllowed:
            return _sign_in_page(site, sign_in.REFUSED, 403)
        return _admit(site, token)

    @server.post("/sign-in/demo")
    def enter_demo() -> Response:
        if not _demo_allowed(site):
            return _sign_in_page(site, sign_in.DEMO_REFUSED, 403)
        try:
            token = accounts.sign_in_demo(site.engine, Role(request.form.get("role", "")), site.now())
        except (NotAllowed, ValueError):
            return _sign_in_page(site, sign_in.REFUSED, 403)
        return _admit(site, token)

    @server.post("/sign-out")
    def leave() -> Response:
        accounts.sign_out(site.engine, request.cookies.get(SESSION_COOKIE, ""))
        response = redirect("/sign-in", 303)
        response.delete_cookie(SESSION_COOKIE)
        return response

    @server.get("/preferences")
    def prefer() -> Response:
        response = redirect(_inside(request.args.get("next", "/")), 303)
        for name, allowed in (("language", tuple(LANGUAGES)), ("theme", THEMES)):
            value = request.args.get(name)
            if value in allowed:
                response.set_cookie(name, value, max_age=31_536_000, samesite="Lax", httponly=True)
        _keep_language(site, request.args.get("language"))
        return response


def _keep_language(site: Site, language: str | None) -> None:
    """Whoever switches the language signed in is also written to in it."""
    token = request.cookies.get(SESSION_COOKIE)
    if language not in LANGUAGES or not token:
        return
    with writing(site.engine) as connection:
        account = accounts.session_account(connection, token, site.now())
        if account is not None:
            accounts.keep_language(connection, account.login, language)


def _inside(target: str) -> str:
    """A redirect target on this site, else the first page. Browsers drop tabs and line ends and read \\ as /."""
    return target if _ON_THIS_SITE.fullmatch(target) else "/"


def _demo_allowed(site: Site) -> bool:
    return site.demo_sign_in and request.remote_addr in LOOPBACK


def _sign_in_page(site: Site, problem: str = "", status: int = 200) -> Response:
    offered: tuple[accounts.Account, ...] = ()
    if _demo_allowed(site):
        offered = transaction(site).published.ask(accounts.demo_accounts)
    target = _inside(request.values.get("next", "/"))
    return make_response(sign_in.page(offered, problem=problem, next_url=target, theme=g.theme), status)


def _admit(site: Site, token: str) -> Response:
    """To where the reader wanted to go, else to the page the role begins with."""
    target = _inside(request.form.get("next", "/"))
    if target == "/":
        account = transaction(site).account(token)
        target = target if account is None else home_of(account.role)
    response = redirect(target, 303)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(accounts.SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response
