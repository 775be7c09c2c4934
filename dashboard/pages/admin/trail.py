"""操作记录: who did what, when, to what; searched by who, act, subject and day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

from dash import html
from dash.development.base_component import Component
from flask import current_app

from dashboard.components import forms, frame, parts
from dashboard.components.parts import Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.site.page import EVERYWHERE, PAGES
from dashboard.site.reading import Reading
from dashboard.site.view import View, number_in
from dashboard.words import display
from dashboard.words.wording import N_, _
from data_access.store.audit import EXPORT, REFUSED, TOKEN_USE
from data_access.store.trail import Event, Wanted, count_events, known_actions, load_events
from workflows.people.accounts import Role
from workflows.people.auditing import readable

SHOWN = 50
MOST = 20_000  # rows of a file: a period has more only where everybody's is asked for
# What is on record beside the acts of the pages.
OTHERS = {
    EXPORT: N_("导出"),
    TOKEN_USE: N_("接口令牌使用"),
    "upload": N_("上传数据"),
    "token_new": N_("发放接口令牌"),
    "token_revoke": N_("收回接口令牌"),
    "threshold_preset": N_("载入预置预警标准"),
    "threshold_confirmed": N_("确认预警标准"),
    "work_clock": N_("督办时钟"),
    "alert": N_("预警变动"),
    "briefing_scheduled": N_("自动拟稿"),
    "accept_as_found": N_("按现状封存"),
    "accept_clock": N_("认可服务器时钟"),
    "backup": N_("备份"),
    "restore": N_("恢复备份"),
    "upgrade": N_("升级"),
    "account:sign_in": N_("登录"),
    "account:sign_in_failed": N_("登录失败"),
    "account:sign_out": N_("退出登录"),
    "account:password": N_("修改密码"),
    "account:password_reset": N_("重设密码"),
    "account:factor_set_up": N_("启用第二因素"),
    "account:factor_reset": N_("重置第二因素"),
    "account:factor_policy": N_("第二因素规定"),
    "account:created": N_("新建账户"),
    "comparison_run": N_("个人数据比对"),
    "account:changed": N_("变更账户"),
    "account:disabled": N_("停用账户"),
    "account:enabled": N_("恢复账户"),
    "account:sessions_ended": N_("结束会话"),
    "account:tokens_revoked": N_("收回令牌"),
}


def action_name(action: str) -> str:
    """What was done, in words: the act's own title, or its code where there is none any more."""
    name = action.removeprefix(REFUSED)
    names = {act.name: act.title for page in current_app.extensions[PAGES] for act in page.acts}
    names |= {act.name: act.title for act in current_app.extensions[EVERYWHERE]} | OTHERS
    found = names.get(name) or names.get(name.removeprefix("work_"))
    said = _(found) if found else name
    return said if name == action else _("未办成：{act}", act=said)


def show(reading: Reading) -> Component:
    wanted = asked(reading)
    total = reading.ask(count_events, wanted)
    page = max(1, min(number_in(reading.view.number) or 1, -(-total // SHOWN) or 1))
    said = sentence(N_("操作记录共{count}条符合条件，逐行封存、每日加封。"), count=Strong(display.number(total, 0)))
    body = parts.section(
        _("操作记录"),
        [_search(reading, wanted), _list(reading, wanted, page)],
        note=_("最近的在前"),
        actions=[frame.exports(PATH, "trail", reading.view)],
        foot=_pages(reading.view, page, total),
    )
    return html.Div([parts.conclusion(said, _whose(reading)), body])


def _whose(reading: Reading) -> str:
    if reading.scope.role is Role.AUDITOR:
        return _("审计可看本地区全部操作记录，包括三名管理员的。")
    if reading.scope.role is Role.AUDIT_ADMIN:
        return _("审计管理员看本地区所有人的操作记录，自己的由安全管理员监督。")
    return _("安全管理员只看审计管理员的操作记录。")


def asked(reading: Reading) -> Wanted:
    """What the address asks for, within what the reader may read."""
    limits = reading.ask(readable, reading.scope)
    view = reading.view
    return replace(
        limits,
        actor=view.state,
        action=view.measure,
        subject=view.sort,
        since=_day(view.show),
        until=_day(view.span),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _search(reading: Reading, wanted: Wanted) -> Component:
    """A form of the browser's own: what is asked for stands in the address."""
    view = reading.view
    actions = [
        ("", _("全部")),
        *((one, action_name(one)) for one in reading.ask(known_actions) if not one.startswith(REFUSED)),
    ]
    kept = [forms.hidden(name, getattr(view, name)) for name in ("scheme", "region") if getattr(view, name)]
    fields = forms.row(
        forms.field(_("登录名"), forms.control("text", "state", wanted.actor)),
        forms.field(_("操作"), forms.control("select", "measure", wanted.action, options=actions)),
        forms.field(_("对象（编号或代码）"), forms.control("text", "sort", wanted.subject)),
        forms.field(_("自"), forms.control("date", "show", view.show)),
        forms.field(_("至"), forms.control("date", "span", view.span)),
        html.Button(_("查找"), type="submit", className="button"),
    )
    return html.Form([forms.hidden("tab", "trail"), *kept, fields], action=PATH, method="get", className="search")


def _list(reading: Reading, wanted: Wanted, page: int) -> Component:
    table = _table(reading, reading.ask(load_events, wanted, SHOWN, (page - 1) * SHOWN))
    if not table.rows:
        return html.Div(_("没有符合条件的记录。"), className="foot")
    return html.Div(html_table(table), className="scroll")


def _pages(view: View, page: int, total: int) -> list[Component]:
    last = -(-total // SHOWN)
    links: list[Component] = []
    if page > 1:
        links.append(html.A(_("上一页"), href=view.href(number=str(page - 1))))
    links.append(html.Span(_(" 第{page}页，共{pages}页 ", page=page, pages=max(last, 1))))
    if page < last:
        links.append(html.A(_("下一页"), href=view.href(number=str(page + 1))))
    return links


def trail_table(reading: Reading) -> Table:
    """Everything that is asked for, newest first, at most ``MOST``."""
    return _table(reading, reading.ask(load_events, asked(reading), MOST))


def _table(_reading: Reading, events: tuple[Event, ...]) -> Table:
    columns = (
        Column("number", _("序号")),
        Column("at", _("时间")),
        Column("actor", _("登录名")),
        Column("action", _("操作")),
        Column("subject", _("对象"), className="wrap"),
        Column("details", _("内容"), className="wrap"),
    )
    rows = [
        Row(
            {
                "number": str(one.id),
                "at": exact_moment(one.at),
                "actor": one.actor or _("系统"),
                "action": action_name(one.action),
                "subject": one.subject,
                "details": "；".join(f"{name}={_plain(value)}" for name, value in one.details.items()),
            }
        )
        for one in events
    ]
    return Table("trail", _("操作记录"), columns, rows, of_now=True)


def exact_moment(at: datetime) -> str:
    """The second of a deed in Beijing, with its year: what is looked up may be years old."""
    return display.local(at).strftime("%Y-%m-%d %H:%M:%S")


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


TAB = Tab("trail", N_("操作记录"), show, tables={"trail": trail_table})
