"""角色权限: which role opens which page and does what on it, as it is in force."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component
from flask import current_app

from dashboard.components import frame, parts
from dashboard.components.parts import Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.pages.sign_in.page import role_name
from dashboard.site.act import Act
from dashboard.site.page import EVERYWHERE, PAGES, Page
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _
from workflows.people import rights
from workflows.people.accounts import Role


def show(reading: Reading) -> Component:
    table = rights_table(reading)
    said = sentence(
        N_("{roles}种角色，{pages}个页面，{acts}项操作；没有列出的一律不能打开、不能办理。"),
        roles=Strong(str(len(Role))),
        pages=Strong(str(len(_pages()))),
        acts=Strong(str(len(_everywhere()) + sum(len(page.acts) for page in _pages()))),
    )
    second = _("三员分立：系统、安全、审计三名管理员各管一摊，都不办理业务，也不兼任其他角色。")
    body = parts.section(
        _("角色权限"),
        html.Div(html_table(table), className="scroll"),
        note=_("按现行规则逐项列出"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_(
            "只见本地区：市县用户只看到本市县的数据，各类账户只看到所属地区以下的数据。“限省级”的操作市县账户不能办理。"
        ),
    )
    return html.Div([parts.conclusion(said, second), body])


def _pages() -> Sequence[Page]:
    return current_app.extensions[PAGES]  # type: ignore[no-any-return]


def _everywhere() -> Sequence[Act]:
    return current_app.extensions[EVERYWHERE]  # type: ignore[no-any-return]


def rights_table(_reading: Reading) -> Table:
    """A row a page and below it what can be done there, at the end what can be done on every page; a column a role."""
    columns = [Column("what", _("页面和操作")), Column("whole", _("范围"))]
    columns += [Column(role.value, role_name(role)) for role in Role]
    rows: list[Row] = []
    for page in _pages():
        rows.append(_row(_(page.title), rights.PAGES.get(page.path, frozenset()), style="sum"))
        rows += map(_act_row, page.acts)
    rows.append(Row({"what": _("各页面")}, style="sum"))
    rows += map(_act_row, _everywhere())
    return Table("rights", _("角色权限"), columns, rows, of_now=True)


def _act_row(act: Act) -> Row:
    return _row(_(act.title), act.roles, _("限省级") if act.whole else "", indent=1)


def _row(what: str, roles: frozenset[Role], whole: str = "", *, style: str = "", indent: int = 0) -> Row:
    values: dict[str, object] = {"what": what, "whole": whole}
    values |= {role.value: _("可") for role in Role if role in roles}
    return Row(values, style=style, indent=indent)


TAB = Tab("rights", N_("角色权限"), show, tables={"rights": rights_table})
