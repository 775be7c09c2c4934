"""账户: who may sign in, as what, where and until when; one account in the drawer with everything that is done to it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components import drawer as docked, frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin import account_acts as acts
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.pages.sign_in.page import role_name
from dashboard.site.act import Act, Values
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from data_access.books.regions import NATION
from workflows.people.accounts import Role, day_of
from workflows.people.administration import Listed, list_accounts
from workflows.people.rights import administers

NEW = "new"
STATES = {"": N_("可登录"), "closed": N_("停用或过期"), "all": N_("全部")}


def mine(reading: Reading) -> list[Listed]:
    """The accounts that the reader administers, by login."""
    return [one for one in reading.ask(list_accounts, reading.now) if administers(reading.scope, one.account.region)]


def show(reading: Reading) -> Component:
    every, table = mine(reading), account_table(reading)
    usable = [one for one in every if one.usable]
    said = sentence(
        N_("账户{count}个，可用{usable}个，停用或过期{closed}个。"),
        count=Strong(str(len(every))),
        usable=Strong(str(len(usable))),
        closed=str(len(every) - len(usable)),
    )
    wait = sum(one.waits for one in usable)
    never = sum(one.signed_in_at is None for one in usable)
    second = _(
        "{wait}个还在用一次性口令，{never}个从未登录过。审计账户须有截止日；自己的账户由另一位安全管理员更改。",
        wait=wait,
        never=never,
    )
    new = html.A(_("新建账户"), href=reading.view.href(item=NEW), className="button main")
    view = reading.view
    states = [(_(name), view.href(state=code, item=""), code == view.state) for code, name in STATES.items()]
    body = parts.section(
        _("账户管理"),
        html.Div(html_table(table), className="scroll")
        if table.rows
        else html.Div(_("没有符合条件的账户。"), className="foot"),
        note=_("按用户名"),
        actions=[
            _roles(reading),
            parts.segment(states, label=_("看哪些"), small=True),
            frame.exports(PATH, table.code, view),
        ],
    )
    search = html.Div(acts.find.form(reading, main=False), className="seek")
    return html.Div([parts.conclusion(said, second, [new]), search, body])


def _roles(reading: Reading) -> Component:
    view = reading.view
    every = parts.option(_("全部角色"), view.href(measure="", item=""), not view.measure)
    options = [
        parts.option(role_name(role), view.href(measure=role.value, item=""), role.value == view.measure)
        for role in Role
    ]
    shown = role_name(Role(view.measure)) if view.measure in list(Role) else _("全部角色")
    return parts.menu(shown, [every, *options], className="pick", title=_("角色"))


def account_table(reading: Reading) -> Table:
    """One row an account: of the role and in the state asked for."""
    columns = (
        Column("name", _("姓名")),
        Column("login", _("用户名")),
        Column("role", _("角色")),
        Column("region", _("地区")),
        Column("department", _("部门")),
        Column("state", _("状态")),
        Column("from", _("有效期起"), "day"),
        Column("to", _("有效期止"), "day"),
        Column("factor", _("第二验证")),
        Column("sessions", _("会话"), "count"),
        Column("tokens", _("令牌"), "count"),
        Column("seen", _("最近登录")),
    )
    view = reading.view
    shown = [
        one
        for one in mine(reading)
        if view.measure in ("", one.account.role.value)
        and (view.state == "all" or one.usable == (view.state != "closed"))
    ]
    return Table("accounts", _("账户管理"), columns, [_row(reading, one) for one in shown], of_now=True)


def _row(reading: Reading, one: Listed) -> Row:
    account = one.account
    item = acts.item_of(account.login)
    return Row(
        {
            "name": account.name,
            "login": account.login,
            "role": role_name(account.role),
            "region": region_name(reading, account.region),
            "department": department_name(account.department),
            "state": state_words(reading, one),
            "from": one.valid_from or "",
            "to": one.valid_to or "",
            "factor": _("已设置") if one.second_factor else "",
            "sessions": one.sessions,
            "tokens": one.tokens,
            "seen": _("从未登录") if one.signed_in_at is None else display.moment(one.signed_in_at),
        },
        href=reading.view.href(item=item),
        selected=reading.view.item == item,
    )


def region_name(reading: Reading, code: str) -> str:
    """A region by name, wherever it is; its code where it is in no tree that is shown."""
    if code == NATION:
        return _("全国")
    for entry in reading.published.schemes:
        tree = reading.published.tree(entry.scheme)
        if code in tree:
            return name_of(tree.region(code))
    return name_of(reading.tree.region(code)) if code in reading.tree else code


def state_words(reading: Reading, one: Listed) -> str:
    """Whether an account may sign in now, and why not."""
    today = day_of(reading.now)
    if one.disabled_at is not None:
        return _("已停用")
    if one.valid_to is not None and one.valid_to < today:
        return _("已过期")
    if one.valid_from is not None and one.valid_from > today:
        return _("未到启用日")
    return _("待改口令") if one.waits else _("可登录")


# --- one account


def drawer(reading: Reading) -> Component | None:
    """The form of a new account, or one account with what is done to it; None for one that is none of the reader's."""
    if reading.view.item == NEW:
        form = acts.create.form(reading)
        note = _("系统生成一次性口令，请当面或另行告知本人")
        return docked.drawer(
            reading,
            crumb=_("账户"),
            title=_("新建账户"),
            leading=[],
            blocks=[docked.block(_("新建账户"), form, note=note)],
        )
    one = next((one for one in mine(reading) if acts.item_of(one.account.login) == reading.view.item), None)
    return None if one is None else _account(reading, one)


def _account(reading: Reading, one: Listed) -> Component:
    account = one.account
    facts: list[Component] = []
    for term, text in _facts(reading, one):
        facts += [html.Dt(term), html.Dd(text)]
    blocks = [docked.block(_("现状"), html.Dl(facts))]
    if account.login == g.account.login:
        said = _("自己的账户不能由自己更改，请另一位安全管理员办理；口令和第二验证由本人自行更改。")
        blocks.append(parts.message(_("这是您自己的账户。"), said))
    else:
        values: Values = {
            acts.ACCOUNT: account.login,
            acts.NAME: account.name,
            acts.ROLE: account.role.value,
            acts.REGION: account.region,
            acts.DEPARTMENT: account.department or "",
            acts.FROM: one.valid_from,
            acts.TO: one.valid_to,
        }
        blocks.append(docked.block(_("更改"), acts.change.form(reading, values), note=_("更改权限后须重新登录")))
        blocks.append(docked.block(_("口令和登录"), _deeds(reading, one)))
    crumb = f"{_('账户')} · {state_words(reading, one)}"
    return docked.drawer(reading, crumb=crumb, title=f"{account.name} {account.login}", leading=[], blocks=blocks)


def _facts(reading: Reading, one: Listed) -> list[tuple[str, str]]:
    account, none = one.account, display.NO_VALUE
    moment = none if one.signed_in_at is None else display.moment(one.signed_in_at)
    how = [
        *([_("口令")] if one.has_password else []),
        *([_("单点登录")] if one.single_sign_on else []),
        *([_("演示登录")] if account.demo else []),
    ]
    until = none if one.valid_to is None else display.day_name(one.valid_to)
    since = none if one.valid_from is None else display.day_name(one.valid_from)
    return [
        (_("角色"), role_name(account.role)),
        (_("地区"), region_name(reading, account.region)),
        (_("部门"), department_name(account.department) or none),
        (_("有效期"), _("长期") if until == since == none else _("{first}—{last}", first=since, last=until)),
        (_("登录方式"), _("、").join(how) or none),
        (_("第二验证"), _("已设置") if one.second_factor else _("未设置")),
        (_("最近登录"), moment),
        (_("会话和令牌"), _("{sessions}个会话，{tokens}个令牌", sessions=one.sessions, tokens=one.tokens)),
    ]


def _deeds(reading: Reading, one: Listed) -> list[Child]:
    """What can be done to it as it stands now."""
    possible: list[tuple[Act, bool]] = [
        (acts.reset_password, not one.account.demo),
        (acts.end_sessions, one.sessions > 0),
        (acts.reset_factor, one.second_factor),
        (acts.revoke_tokens, one.tokens > 0),
        (acts.disable, one.disabled_at is None),
        (acts.enable, one.disabled_at is not None),
    ]
    named: Values = {acts.ACCOUNT: one.account.login}
    return [deed.form(reading, named, [acts.ACCOUNT], main=False) for deed, open_now in possible if open_now]


TAB = Tab("accounts", N_("账户管理"), show, drawer, tables={"accounts": account_table}, acts=acts.ACTS)
