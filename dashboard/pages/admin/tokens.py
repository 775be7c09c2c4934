"""接口令牌: by which other systems come in, as whom, for what and until when; each can be revoked."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin import account_acts as acts
from dashboard.pages.admin.accounts import mine
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.people.tokens import LONGEST, Scope, Token, tokens

SCOPES = {Scope.PUSH: N_("报送账目"), Scope.FIGURES: N_("读取指标")}


def show(reading: Reading) -> Component:
    found, table = _tokens(reading), token_table(reading)
    standing = [one for one in found if _stands(reading, one)]
    said = sentence(
        N_("接口令牌{count}个，有效{standing}个。"),
        count=Strong(str(len(found))),
        standing=Strong(str(len(standing))),
    )
    second = _("令牌权限不超过所属账户，只存摘要，最长{days}天；由运维用 flask token new 签发。", days=LONGEST.days)
    body = parts.section(
        _("接口令牌"),
        html.Div(html_table(table), className="scroll")
        if table.rows
        else html.Div(_("还没有签发过令牌。"), className="foot"),
        note=_("有效的在前"),
        actions=[frame.exports(PATH, table.code, reading.view)] if table.rows else (),
    )
    return html.Div([parts.conclusion(said, second), body])


def _tokens(reading: Reading) -> list[Token]:
    logins = {one.account.login for one in mine(reading)}
    found = [one for one in reading.ask(tokens) if one.login in logins]
    return sorted(found, key=lambda one: (not _stands(reading, one), one.name))


def _stands(reading: Reading, one: Token) -> bool:
    return one.revoked_at is None and one.expires_at > reading.now


def token_table(reading: Reading) -> Table:
    """One row a token, those in force first."""
    columns = (
        Column("name", _("令牌")),
        Column("login", _("账户")),
        Column("scopes", _("用途")),
        Column("source", _("限定来源")),
        Column("state", _("状态")),
        Column("created", _("签发")),
        Column("by", _("签发人")),
        Column("expires", _("到期"), "day"),
        Column("used", _("最近使用")),
        Column("end", _("操作")),
    )
    return Table("tokens", _("接口令牌"), columns, [_row(reading, one) for one in _tokens(reading)], of_now=True)


def _row(reading: Reading, one: Token) -> Row:
    stands = _stands(reading, one)
    state = _("有效") if stands else _("已撤销") if one.revoked_at is not None else _("已到期")
    end = {"end": acts.revoke_token.form(reading, {acts.TOKEN: one.name}, main=False)} if stands else {}
    return Row(
        {
            "name": one.name,
            "login": one.login,
            "scopes": _("、").join(_(SCOPES[scope]) for scope in sorted(one.scopes)),
            "source": one.source or "",
            "state": state,
            "created": display.moment(one.created_at),
            "by": one.created_by,
            "expires": display.local(one.expires_at).date(),
            "used": "" if one.last_used_at is None else display.moment(one.last_used_at),
            "end": "",
        },
        extra=end,
    )


TAB = Tab("tokens", N_("接口令牌"), show, tables={"tokens": token_table}, acts=(acts.revoke_token,))
