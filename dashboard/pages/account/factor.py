"""Setting a second factor up, and fresh recovery codes: pages that stand alone, because what they show is shown once."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from flask import Flask, g, make_response, redirect, request
from werkzeug.wrappers import Response

from dashboard.pages.sign_in import page as pages
from dashboard.pages.sign_in.steps import code_entry, recovery_page, refused, set_up
from dashboard.pages.sign_in.visit import visit_of
from dashboard.site.site import Site
from dashboard.words.display import problem_text
from dashboard.words.wording import _
from data_access.store import audit
from data_access.store.engine import writing
from rules.errors import PoolwatchError
from workflows.people import second_factor, sign_in

PATH, CODES = "/account/second-factor", "/account/recovery-codes"
HOME = "/account"


def register(server: Flask, site: Site) -> None:
    """Install both pages: the person proves to be the one who signed in by the password."""

    @server.get(PATH)
    def begin() -> Response:
        with writing(site.engine) as connection:
            if second_factor.is_set_up(connection, g.account.login):
                return redirect(HOME, 303)
        return make_response(_set_up_page(site))

    @server.post(PATH)
    def confirm() -> Response:
        def confirmed(connection: Any) -> tuple[str, ...]:
            code = request.form.get("code", "")
            return second_factor.confirm(connection, g.account.login, code, site.secret_key, site.now())

        return _done(site, "factor_set_up", confirmed, lambda problem: _set_up_page(site, problem))

    @server.get(CODES)
    def ask() -> Response:
        return make_response(_codes_page())

    @server.post(CODES)
    def renew() -> Response:
        def renewed(connection: Any) -> tuple[str, ...]:
            if not second_factor.is_set_up(connection, g.account.login):
                raise second_factor.FactorRefused("no second factor is set up", "wrong_code")
            return second_factor.new_recovery_codes(connection, g.account.login)

        return _done(site, "recovery_codes", renewed, _codes_page)


def _done(site: Site, action: str, deed: Callable[[Any], tuple[str, ...]], again: Callable[[str], str]) -> Response:
    login, now = g.account.login, site.now()
    try:
        sign_in.prove(site.engine, login, request.form.get("password", ""), now, visit_of(site))
        with writing(site.engine) as connection:
            codes = deed(connection)
            audit.record(connection, login, f"{audit.ACCOUNT}{action}", login, {}, now)
    except PoolwatchError as problem:
        return refused(problem, again(problem_text(problem)))
    return make_response(recovery_page(codes, HOME))


def _set_up_page(site: Site, problem: str = "") -> str:
    with writing(site.engine) as connection:
        secret = second_factor.begin(connection, g.account.login, site.secret_key)
    content = f"<h1>{escape(_('设置第二验证'))}</h1>{pages.said(problem)}{set_up(g.account.login, secret)}"
    form = pages.form_of(PATH, [code_entry(), _password()], _("设好"), HOME)
    return pages.standing_alone(_("设置第二验证"), f"{content}{form}{_back()}", PATH, g.theme)


def _codes_page(problem: str = "") -> str:
    told = f'<p class="lead">{escape(_("换一组之后，原来的恢复码都不能再用。"))}</p>'
    form = pages.form_of(CODES, [_password()], _("换一组恢复码"), HOME)
    content = f"<h1>{escape(_('恢复码'))}</h1>{pages.said(problem)}{told}{form}{_back()}"
    return pages.standing_alone(_("恢复码"), content, CODES, g.theme)


def _password() -> str:
    return pages.entry(_("现用口令"), "password", kind="password", complete="current-password")


def _back() -> str:
    return f'<p class="lead"><a href="{HOME}">{escape(_("返回我的账户"))}</a></p>'
