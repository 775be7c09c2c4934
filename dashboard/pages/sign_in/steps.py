"""What is still asked between the password and the first page: second factor, a password of one's own, setting one up.

One address shows and takes whatever the session asks for; until all is answered the session opens nothing else.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

import segno
from flask import Flask, g, make_response, redirect, request
from werkzeug.wrappers import Response

from dashboard.pages.sign_in import page as pages
from dashboard.pages.sign_in.visit import let_in, visit_of
from dashboard.site.menu import home_of
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.words.display import problem_text
from dashboard.words.wording import N_, _
from data_access.store.engine import writing
from rules.errors import NotAllowed, PoolwatchError
from workflows.people import second_factor, sign_in
from workflows.people.attempts import TooManyAttempts, Visit
from workflows.people.passwords import SHORTEST, Busy
from workflows.people.sessions import LASTS, Session, Stage, session_of
from workflows.people.sign_in import Admitted

STEP = "/sign-in/step"
CODE_REFUSED = N_("验证码不对、已用过或已过期。请用验证器上现在显示的六位数再试，或用一个恢复码。")
DIFFERS = N_("两次输入的新口令不一样。请重新输入。")
_ON_THIS_SITE = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")


def register(server: Flask, site: Site) -> None:
    """Install the routes of the steps."""

    @server.get(STEP)
    def asked() -> Response:
        session = _session(site)
        if session is None:
            return redirect("/sign-in", 303)
        return make_response(_page(site, session))

    @server.post(STEP)
    def answered() -> Response:
        session, visit = _session(site), visit_of(site)
        if session is None:
            return redirect("/sign-in", 303)
        try:
            return _answer(site, session, visit)
        except NotAllowed as problem:
            return refused(problem, _page(site, session, _(CODE_REFUSED)))
        except PoolwatchError as problem:
            return refused(problem, _page(site, session, problem_text(problem)))


def go_on(site: Site, admitted: Admitted, visit: Visit, target: str | None = None) -> Response:
    """To what is still asked, or to where the reader wanted to go, else to the page the role begins with."""
    target = inside(target or request.form.get("next", "/"))
    if admitted.stage is not Stage.OPEN:
        return let_in(site, redirect(f"{STEP}?next={quote(target, safe='/')}", 303), admitted, visit)
    if target == "/":
        target = home_of(admitted.role)
    return let_in(site, redirect(target, 303), admitted, visit)


def inside(target: str) -> str:
    """A redirect target on this site, else the first page. Browsers drop tabs and line ends and read \\ as /."""
    return target if _ON_THIS_SITE.fullmatch(target) else "/"


def refused(problem: PoolwatchError, page: str, status: int = 422) -> Response:
    """A page that says what went wrong, with the status of that, and when to come again."""
    statuses = {TooManyAttempts: 429, Busy: 503, NotAllowed: 403}
    response = make_response(page, statuses.get(type(problem), status))
    if "seconds" in problem.parameters:
        response.headers["Retry-After"] = str(problem.parameters["seconds"])
    return response


def set_up(login: str, secret: str) -> str:
    """What an authenticator application needs, as picture and as text."""
    picture = segno.make(second_factor.address(login, secret)).svg_inline(scale=4, light="#fff")
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return (
        f'<p class="lead">{escape(_("用手机上的验证器（支持 TOTP 的任何一种）扫描，或手工输入密钥；再填它显示的六位数。"))}</p>'
        f'<div class="qr">{picture}</div><p class="lead">{escape(_("密钥"))} <code>{spaced}</code></p>'
    )


def recovery_page(codes: tuple[str, ...], href: str) -> str:
    """The recovery codes, this once."""
    lines = "".join(f"<li><code>{code}</code></li>" for code in codes)
    told = _("恢复码只显示这一次，每个只能用一次。请抄下或打印，放在手机以外的安全地方；手机丢失时用它代替验证码登录。")
    content = (
        f'<h1>{escape(_("恢复码"))}</h1><p class="lead">{escape(told)}</p><ol class="codes">{lines}</ol>'
        f'<p><a class="button main" href="{escape(href)}">{escape(_("已收好，继续"))}</a></p>'
    )
    return pages.standing_alone(_("恢复码"), content, "/", g.theme)


def code_entry() -> str:
    return pages.entry(_("验证码"), "code", complete="one-time-code")


def _session(site: Site) -> Session | None:
    """The session that waits for something; None where none does."""
    asked = transaction(site)
    session = asked.published.ask(session_of, asked.token, asked.now, LASTS, staged=True)
    return session if session is not None and session.stage is not Stage.OPEN else None


def _page(site: Site, session: Session, problem: str = "") -> str:
    title, lead, fields = "", "", [code_entry()]
    if session.stage is Stage.CODE:
        title, lead = _("第二验证"), f'<p class="lead">{escape(_("请输入验证器上的六位数，或一个恢复码。"))}</p>'
    elif session.stage is Stage.PASSWORD:
        title, fields = _("请设置自己的口令"), _new_password()
        lead = f'<p class="lead">{escape(_("刚才用的是管理员给的一次性口令。设好自己的口令后才能继续。"))}</p>'
    else:
        title = _("请设置第二验证")
        with writing(site.engine) as connection:
            secret = second_factor.begin(connection, session.account.login, site.secret_key)
        lead = f'<p class="lead">{escape(_("您的角色须有第二验证。设好后才能继续。"))}</p>'
        lead += set_up(session.account.login, secret)
    form = pages.form_of(STEP, fields, _("继续"), inside(request.values.get("next", "/")))
    leave = f'<form method="post" action="/sign-out"><button class="button">{escape(_("退出登录"))}</button></form>'
    content = f"<h1>{escape(title)}</h1>{pages.said(problem)}{lead}{form}{leave}"
    return pages.standing_alone(title, content, STEP, g.theme)


def _new_password() -> list[str]:
    note = _("至少{count}位，可以是一句话；不要用常见口令、姓名、键盘顺序和年份。", count=SHORTEST)
    return [
        pages.entry(_("新口令"), "new", kind="password", complete="new-password", note=note),
        pages.entry(_("再输一遍"), "again", kind="password", complete="new-password"),
    ]


def _answer(site: Site, session: Session, visit: Visit) -> Response:
    now, form = site.now(), request.form
    if session.stage is Stage.CODE:
        return go_on(site, sign_in.answer_code(site.engine, form.get("code", ""), site.secret_key, now, visit), visit)
    if session.stage is Stage.PASSWORD:
        if form.get("new", "") != form.get("again", ""):
            return make_response(_page(site, session, _(DIFFERS)), 422)
        return go_on(site, sign_in.give_password(site.engine, form.get("new", ""), now, visit), visit)
    admitted, codes = sign_in.set_up_factor(site.engine, form.get("code", ""), site.secret_key, now, visit)
    target = inside(form.get("next", "/"))
    href = home_of(admitted.role) if target == "/" else target
    return let_in(site, make_response(recovery_page(codes, href)), admitted, visit)
