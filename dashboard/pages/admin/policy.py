"""登录规则: what passwords, sessions and attempts are held to, and which roles need a second factor."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import forms, parts
from dashboard.components.parts import Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin import account_acts as acts
from dashboard.pages.admin.accounts import mine
from dashboard.pages.admin.health import site
from dashboard.pages.admin.tab import Tab
from dashboard.pages.sign_in.page import role_name
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _
from workflows.people import attempts, passwords, sessions
from workflows.people.accounts import Role
from workflows.people.administration import ONE_TIME_LASTS, second_factor_roles


def show(reading: Reading) -> Component:
    needed = reading.ask(second_factor_roles)
    without = [
        one
        for one in mine(reading)
        if one.usable and one.account.role in needed and one.has_password and not one.second_factor
    ]
    said = sentence(
        N_("{roles}种角色须第二验证；其中{count}个账户还没有设置，下次登录时须先设置。"),
        roles=Strong(str(len(needed))),
        count=Strong(str(len(without))),
    )
    rules = parts.section(
        _("登录规则"),
        html.Div(html_table(_rules()), className="scroll"),
        foot=_("对所有账户一样，不能逐个放宽。"),
    )
    ticks = [forms.tick("roles", role_name(role), role.value, on=role in needed) for role in Role]
    form = acts.demand_factor.form(reading, shown=[html.Div(ticks, className="ticks")])
    right = parts.section(
        _("须第二验证的角色"),
        form,
        note=_("保存后没有设置的账户立即退出，登录时设置"),
        foot=_("第二验证是手机验证器的一次性代码，丢失时用恢复码，或由安全管理员重置。"),
    )
    second = _("口令登录须符合下列规则；单点登录由身份平台核验，不用本系统口令。")
    return html.Div([parts.conclusion(said, second), html.Div([rules, right], className="split halves")])


def _rules() -> Table:
    hours, minutes = int(sessions.LASTS.total_seconds() // 3600), int(site().idle.total_seconds() // 60)
    first, longest = int(attempts.FIRST_WAIT.total_seconds()), int(attempts.LONGEST_WAIT.total_seconds() // 60)
    given = [
        (_("口令长度"), _("长度{low}至{high}", low=passwords.SHORTEST, high=passwords.LONGEST)),
        (_("容易猜到的口令"), _("常见口令、姓名、键盘顺序、重复和年份一律不收")),
        (_("一次性口令"), _("{days}天内有效，登录后须先改口令", days=ONE_TIME_LASTS.days)),
        (_("空闲结束"), _("{minutes}分钟没有操作", minutes=minutes)),
        (_("最长会话"), _("{hours}小时", hours=hours)),
        (_("连续失败"), _("须等待，{seconds}秒起逐次加倍，最长{minutes}分钟", seconds=first, minutes=longest)),
        (_("审计账户"), _("须有截止日")),
    ]
    columns = (Column("rule", _("项目")), Column("value", _("规定"), className="wrap norm"))
    return Table("policy", _("登录规则"), columns, [Row({"rule": rule, "value": value}) for rule, value in given])


TAB = Tab("policy", N_("登录规则"), show, acts=(acts.demand_factor,))
