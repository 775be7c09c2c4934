"""我的账户 [/account]: what people look after themselves: password, second factor, where they are signed in, tokens."""

from __future__ import annotations

from dash import Dash, html
from dash.development.base_component import Component
from flask import g, request

from dashboard.components import parts
from dashboard.components.parts import Child
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.account import factor
from dashboard.pages.account.acts import (
    ACTS,
    FROM,
    HANDLE,
    TOKEN,
    change_password,
    choose_letters,
    end_factor,
    end_other_sessions,
    end_session,
    end_token,
)
from dashboard.pages.sign_in.page import role_name
from dashboard.site.page import Page, Remembered
from dashboard.site.reading import Reading
from dashboard.site.site import Site
from dashboard.site.transaction import session_token
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.matters.marks import letters_from, marks_of, muted_count
from workflows.people import second_factor, sessions, sign_in, tokens
from workflows.people.channels import channels_on
from workflows.people.outbox import MAIL
from workflows.warnings.working_clock import DIGEST, LOUD

PATH = "/account"
TITLE = N_("我的账户")
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def show(reading: Reading) -> Component:
    account = g.account
    who = _("{name}（{login}），{role}", name=account.name, login=account.login, role=role_name(account.role))
    content = [
        html.H1(_(TITLE), className="vh"),
        parts.conclusion(who, _("口令、第二验证、在哪里登录，由自己管理；姓名、角色和地区由安全管理员管理。")),
        html.Div([_password(reading), _factor(reading)], className="split even"),
        _told(reading),
        _sessions(reading),
        *_tokens(reading),
    ]
    return html.Div(content, className="content account")


def _password(reading: Reading) -> Component:
    if not reading.ask(sign_in.has_password, g.account.login):
        return parts.section(_("口令"), html.P(_("此账户不用口令登录。"), className="foot"))
    return parts.section(_("口令"), change_password.form(reading), note=_("修改后，其他各处的登录都退出"))


def _factor(reading: Reading) -> Component:
    login = g.account.login
    if not reading.ask(sign_in.has_password, login):
        said: list[Child] = [html.P(_("此账户的第二验证由它登录的地方负责。"), className="foot")]
    elif reading.ask(second_factor.is_set_up, login):
        left = reading.ask(second_factor.codes_left, login)
        said = [
            html.P(_("已设好，还有{count}个恢复码。换手机的，先停用再设。", count=left)),
            end_factor.form(reading, main=False),
            html.P(html.A(_("换一组恢复码"), href=factor.CODES, className="button")),
        ]
    else:
        needed = g.account.role in reading.ask(second_factor.demanded)
        told = _("您的角色须有第二验证。") if needed else _("未设。设好后，登录时除口令外还要手机上的六位数。")
        said = [html.P(told), html.P(html.A(_("设置第二验证"), href=factor.PATH, className="button main"))]
    return parts.section(_("第二验证"), said)


def _told(reading: Reading) -> Component:
    """提醒: by which ways the reader is told of what, and from which level by mail."""
    marks, channels = reading.ask(marks_of, g.account.login), reading.ask(channels_on)
    told: list[Child] = [html.P(_("站内：事项随时列入“消息”，要您办的计入页首的数。"))]
    if MAIL in channels:
        day, night = (f"{at:%H:%M}" for at in LOUD)
        when = _(
            "邮件：要您办的，红色立即发，其余在工作日{day}至{night}发，其他时间顺延；知会的每天{digest}汇成一封。",
            day=day,
            night=night,
            digest=f"{DIGEST:%H:%M}",
        )
        told += [html.P(when), choose_letters.form(reading, {FROM: letters_from(marks).code}, main=False)]
    else:
        told.append(html.P(_("邮件：本系统未开通，只在站内提醒。")))
    if any(name != MAIL for name in channels):
        told.append(html.P(_("工作群：预警另发工作群，由系统管理员统一设置。")))
    if count := muted_count(marks):
        told.append(html.P(_("不再提醒的事项：{count}项，在“消息”里恢复。", count=count)))
    return html.Div(parts.section(_("提醒"), told), id="telling")


def _sessions(reading: Reading) -> Component:
    found = reading.ask(sessions.sessions_of, g.account.login, reading.now, sessions.LASTS)
    here = sessions.handle_of(session_token(request.environ))
    rows = []
    for one in found:
        mine = one.handle == here
        end: Child = html.Span(_("本次登录")) if mine else end_session.form(reading, {HANDLE: one.handle}, main=False)
        values = {
            "since": display.moment(one.created_at),
            "seen": display.moment(one.seen_at),
            "address": one.address or display.NO_VALUE,
            "browser": browser_of(one.agent),
            "end": "",
        }
        rows.append(Row(values, extra={"end": end}, selected=mine))
    columns = [
        Column("since", _("登录时间")),
        Column("seen", _("最近使用")),
        Column("address", _("地址")),
        Column("browser", _("浏览器")),
        Column("end", ""),
    ]
    others = [end_other_sessions.form(reading, main=False)] if len(found) > 1 else []
    table = Table("sessions", _("登录会话"), columns, rows, of_now=True)
    return parts.section(
        _("登录会话"),
        html_table(table, cards=Cards(("browser",), "end", ("since", "seen", "address"))),
        note=_("有不认识的，请退出它并修改口令"),
        actions=others,
    )


def _tokens(reading: Reading) -> list[Component]:
    """The tokens that act as this account; nothing where there were none."""
    found = [one for one in reading.ask(tokens.tokens) if one.login == g.account.login]
    if not found:
        return []
    rows = []
    for one in found:
        over = one.revoked_at is not None or one.expires_at <= reading.now
        end: Child = html.Span(_("已失效")) if over else end_token.form(reading, {TOKEN: one.name}, main=False)
        used = display.NO_VALUE if one.last_used_at is None else display.moment(one.last_used_at)
        values = {"name": one.name, "until": display.moment(one.expires_at), "used": used, "end": ""}
        rows.append(Row(values, extra={"end": end}))
    columns = [
        Column("name", _("名称")),
        Column("until", _("有效至")),
        Column("used", _("最近使用")),
        Column("end", ""),
    ]
    return [
        parts.section(
            _("接口令牌"),
            html_table(
                Table("tokens", _("接口令牌"), columns, rows, of_now=True),
                cards=Cards(("name",), "end", ("until", "used")),
            ),
        )
    ]


def browser_of(agent: str, unknown: str = display.NO_VALUE) -> str:
    """Edge · Windows; ``unknown`` for what is none that is known."""
    named = [next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in named if name) or unknown


def _register(app: Dash, site: Site) -> None:
    factor.register(app.server, site)


# One person's own, and another between versions: kept for nobody.
PAGE = Page(PATH, TITLE, show, acts=ACTS, remembered=Remembered.NEVER, register=_register)
