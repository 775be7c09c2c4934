"""登录会话: who is signed in now, since when and from where; each can be ended."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.account.page import browser_of
from dashboard.pages.admin import account_acts as acts
from dashboard.pages.admin.health import site
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.pages.sign_in.page import role_name
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.people.rights import administers
from workflows.people.sessions import LASTS, Session, open_sessions


def show(reading: Reading) -> Component:
    found, table = _sessions(reading), session_table(reading)
    said = sentence(
        N_("现有登录会话{count}个，属于{people}个账户。"),
        count=Strong(str(len(found))),
        people=Strong(str(len({one.account.login for one in found}))),
    )
    second = _(
        "{minutes}分钟没有操作即结束，最长{hours}小时；账户停用、权限更改时立即结束。",
        minutes=int(site().idle.total_seconds() // 60),
        hours=int(LASTS.total_seconds() // 3600),
    )
    body = parts.section(
        _("登录会话"),
        html.Div(html_table(table), className="scroll")
        if table.rows
        else html.Div(_("现在没有人登录。"), className="foot"),
        note=_("最近使用的在前"),
        actions=[frame.exports(PATH, table.code, reading.view)],
    )
    return html.Div([parts.conclusion(said, second), body])


def _sessions(reading: Reading) -> list[Session]:
    found = reading.ask(open_sessions, reading.now, site().idle)
    return [one for one in found if administers(reading.scope, one.account.region)]


def session_table(reading: Reading) -> Table:
    """One row a session, last used first."""
    columns = (
        Column("name", _("姓名")),
        Column("login", _("用户名")),
        Column("role", _("角色")),
        Column("since", _("登录时间")),
        Column("seen", _("最近使用")),
        Column("until", _("最迟结束")),
        Column("address", _("来自")),
        Column("agent", _("浏览器"), className="wrap"),
        Column("end", _("操作")),
    )
    return Table("sessions", _("登录会话"), columns, [_row(reading, one) for one in _sessions(reading)], of_now=True)


def _row(reading: Reading, one: Session) -> Row:
    end = acts.end_session.form(
        reading,
        {acts.ACCOUNT: one.account.login, acts.HANDLE: one.handle},
        [acts.ACCOUNT, acts.HANDLE],
        main=False,
    )
    return Row(
        {
            "name": one.account.name,
            "login": one.account.login,
            "role": role_name(one.account.role),
            "since": display.moment(one.created_at),
            "seen": display.moment(one.seen_at),
            "until": display.moment(one.expires_at),
            "address": one.address,
            "agent": browser_of(one.agent, unknown=one.agent),
            "end": "",
        },
        extra={"end": end},
    )


TAB = Tab("sessions", N_("登录会话"), show, tables={"sessions": session_table}, acts=(acts.end_session,))
