"""Who comes and goes 登录与退出, and how they like to read: routes beside the page."""

from __future__ import annotations

import re

from flask import Flask, g, make_response, redirect, request
from werkzeug.wrappers import Response

from dashboard.machines.requests import by_proxy
from dashboard.pages.sign_in import page as pages
from dashboard.pages.sign_in.steps import go_on, inside, refused
from dashboard.pages.sign_in.visit import let_out, visit_of
from dashboard.site.doors import THEMES
from dashboard.site.site import Site
from dashboard.site.transaction import session_token, transaction
from dashboard.words.display import problem_text
from dashboard.words.wording import LANGUAGES, _
from data_access.store.engine import writing
from rules.errors import NotAllowed, PoolwatchError
from workflows.people import accounts, sign_in

LOOPBACK = frozenset({"127.0.0.1", "::1"})
LOCAL_HOSTS = frozenset({"127.0.0.1", "[::1]", "localhost"})
_PORT = re.compile(r":\d+$")


def register(server: Flask, site: Site) -> None:
    """Install the routes of signing in and out, and of language and theme."""

    if site.single_sign_on is not None:
        from dashboard.pages.sign_in import provider  # with a client of HTTP, wanted where there is a provider

        provider.register(server, site, site.single_sign_on, lambda problem: _door(site, problem))

    @server.get("/sign-in")
    def door() -> Response:
        return make_response(_door(site))

    @server.post("/sign-in")
    def enter() -> Response:
        login, password = request.form.get("login", "").strip(), request.form.get("password", "")
        visit = visit_of(site)
        try:
            admitted = sign_in.sign_in(site.engine, login, password, site.now(), visit)
        except PoolwatchError as problem:
            return refused(
                problem, _door(site, _(pages.REFUSED) if isinstance(problem, NotAllowed) else problem_text(problem))
            )
        return go_on(site, admitted, visit)

    @server.post("/sign-in/demo")
    def enter_demo() -> Response:
        if not _demo_allowed(site):
            return make_response(_door(site, _(pages.DEMO_REFUSED)), 403)
        visit = visit_of(site)
        try:
            admitted = sign_in.sign_in_demo(site.engine, request.form.get("role", ""), site.now(), visit)
        except NotAllowed:
            return make_response(_door(site, _(pages.REFUSED)), 403)
        return go_on(site, admitted, visit)

    @server.post("/sign-out")
    def leave() -> Response:
        sign_in.sign_out(site.engine, session_token(request.environ), site.now())
        return let_out(redirect("/sign-in", 303))

    @server.get("/preferences")
    def prefer() -> Response:
        response = redirect(inside(request.args.get("next", "/")), 303)
        for name, allowed in (("language", tuple(LANGUAGES)), ("theme", THEMES)):
            value = request.args.get(name)
            if value in allowed:
                response.set_cookie(name, value, max_age=31_536_000, samesite="Lax", httponly=True)
        _keep_language(site, request.args.get("language"))
        return response


def _keep_language(site: Site, language: str | None) -> None:
    """Whoever switches the language signed in is also written to in it."""
    session = transaction(site).session
    if language in LANGUAGES and session is not None:
        with writing(site.engine) as connection:
            accounts.keep_language(connection, session.account.login, language)


def _demo_allowed(site: Site) -> bool:
    """Only to who sits at this machine: asks it by its own name, and has come through no proxy."""
    host = _PORT.sub("", request.host)
    return site.demo_sign_in and request.remote_addr in LOOPBACK and host in LOCAL_HOSTS and not by_proxy(request)


def _door(site: Site, problem: str = "") -> str:
    offered: tuple[accounts.Account, ...] = ()
    if _demo_allowed(site):
        offered = transaction(site).published.ask(accounts.demo_accounts)
    target, known = inside(request.values.get("next", "/")), site.single_sign_on is not None
    return pages.page(offered, problem=problem, next_url=target, theme=g.theme, single_sign_on=known)
