"""The frame around every page: header, menu, search, skeleton. The layout holds structure only, never data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component
from flask import g

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Children, icon, menu, option
from dashboard.site.markup import Element
from dashboard.site.menu import home_of
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.wording import LANGUAGES, _, language
from workflows.people import rights


@dataclass(frozen=True, slots=True)
class MenuEntry:
    path: str
    name: str
    short: str
    icon: str
    below: bool = False
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a header menu."""

    text: str
    href: str
    selected: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """What the header shows. ``schemes`` and ``regions`` are empty where the page is of none; ``period`` is None without
    data or where the page is of no month, ``periods`` empty where there is no other to choose; ``compares`` is empty where
    nothing can be compared. ``period_short`` and ``place`` (the region where it is not the reader's own) are for a phone,
    whose header is one line."""

    demo: bool
    scheme: str
    schemes: Sequence[Choice]
    region: str
    regions: Sequence[Choice]
    period: str | None
    period_state: str
    periods: Sequence[Choice]
    live: Choice | None
    compare: str
    compares: Sequence[Choice]
    status: str
    status_note: str
    late: bool
    theme: str
    period_short: str = ""
    place: str = ""


def layout(header: Children = None, menu: Children = None, page: Children = None, drawer: Children = None) -> Component:
    """The frame with what stands in it."""
    return html.Div(
        [
            html.A(_("跳到正文"), href="#page", className="skip"),
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="view"),
            dcc.Store(id="place"),
            dcc.Store(id="version"),
            html.Header(header, id="header"),
            html.Nav(menu, id="menu", **attributes(aria_label="menu")),
            html.Div([html.Main(page, id="page", tabIndex="-1"), html.Aside(drawer, id="drawer")], id="body"),
            html.Div(id="note", role="alert", **_picture_words()),
        ],
        id="shell",
    )


def _picture_words() -> dict[str, Any]:
    """What the browser says of a picture, which is its own work."""
    return attributes(
        data_failed=_("图片没有生成，请再试一次。"),
        data_copied=_("图片已复制，可在文档或幻灯片里粘贴。"),
        data_forbidden=_("浏览器不允许网页复制图片，请改用“图片 PNG”下载后插入。"),
    )


def header_bar(header: Header, view: View) -> Component:
    """Scheme · region · period · compare · status · search · account."""
    brand = html.A(
        [
            html.Span(className="mark icon-mark"),
            html.Span([html.Span(_("社会保险"), className="long"), _("基金运行监测")], className="not-phone"),
        ],
        href=view.page_href(home_of(g.account.role)),
        className="brand",
        title=_("总览"),
    )
    demo = [html.Span(_("演示"), className="phone-only"), html.Span(_("演示数据"), className="not-phone")]
    scheme = [html.Span([header.scheme, html.Span(header.place, className="phone-only place")], className="chosen")]
    # On a phone one menu holds both, so that the header is one line.
    below = html.Div(_options(header.regions), className="phone-only regions")
    parts: list[Child] = [
        brand,
        *([html.Span(demo, className="demo")] if header.demo else []),
    ]
    if header.schemes:
        parts.append(menu(scheme, [*_options(header.schemes), below], className="scheme", title=_("险种")))
    if header.regions:
        parts.append(menu(header.region, _options(header.regions), className="not-phone", title=_("地区")))
    if header.period is not None:
        parts.append(_period(header))
    if header.compares:
        shown = [html.Span(_("对比"), className="muted"), html.Span(header.compare)]
        parts.append(menu(shown, _options(header.compares), className="compare", title=_("对比")))
    parts += [
        html.Span(className="spacer"),
        html.Span(header.status, className="status late" if header.late else "status", title=header.status_note),
        html.Button([_("搜索"), html.Kbd("Ctrl K")], id="search", type="button"),
        # How many are to be done is each reader's own: the browser puts the number there.
        html.A(
            [_("消息"), html.Span(className="count", id="unread")],
            href=view.page_href("/messages"),
            className="messages-link",
        ),
        menu(html.Span("…", id="account-name"), _account_menu(header, view), className="right", title=_("账户")),
    ]
    return html.Div(parts, className="bar")


def _options(choices: Sequence[Choice]) -> list[Child]:
    return [option(choice.text, choice.href, choice.selected, choice.note) for choice in choices]


def _period(header: Header) -> Component:
    long = html.Span(header.period, className="not-phone" if header.period_short else "")
    short = [html.Span(header.period_short, className="phone-only")] if header.period_short else []
    shown = [long, *short, html.Span(header.period_state, className="muted")]
    if not header.periods:
        return html.Div(html.Span(shown, className="alone"), className="period")
    on = "" if header.live is not None and header.live.selected else "on"
    parts: list[Component] = [menu(shown, _options(header.periods), className=on, title=_("期间"))]
    if header.live is not None:
        parts.append(html.A(header.live.text, href=header.live.href, className="on" if header.live.selected else ""))
    return html.Div(parts, className="period")


def _account_menu(header: Header, view: View) -> list[Child]:
    there = view.href()
    languages = [
        html.A(name, href=f"/preferences?language={code}&next={_quoted(there)}", **_current(code == language()))
        for code, name in LANGUAGES.items()
    ]
    themes = [
        html.A(text, href=f"/preferences?theme={code}&next={_quoted(there)}", **_current(code == header.theme))
        for code, text in (("light", _("浅色")), ("dark", _("深色")))
    ]
    leave = html.Form(html.Button(_("退出登录"), type="submit"), action="/sign-out", method="post")
    own = html.A(_("我的账户"), href=view.page_href("/account"))
    return [
        html.Div(id="account-note", className="note"),
        own,
        html.Hr(),
        *languages,
        html.Hr(),
        *themes,
        html.Hr(),
        leave,
    ]


def _current(on: bool) -> dict[str, Any]:
    return attributes(aria_current="true" if on else None)


def _quoted(href: str) -> str:
    from urllib.parse import quote

    return quote(href, safe="")


# Pages that are tabs of another one's entry.
UNDER = {
    "/issues": "/warnings",
    "/thresholds": "/warnings",
    "/central": "/gap",
    "/outlook": "/gap",
    "/one-page": "/briefings",
}


def menu_rail(entries: Sequence[MenuEntry], view: View) -> Component:
    """The left menu: icon over a two-character label, names from 1680 wide."""
    lines = []
    # Where nothing stands above the line there is none.
    first_below = any(not entry.below for entry in entries)
    for entry in entries:
        current = attributes(aria_current="page" if entry.path == UNDER.get(view.page, view.page) else None)
        label = [html.Span(entry.short, className="short"), html.Span(entry.name, className="long")]
        if entry.badge:
            label.append(html.Span(entry.badge, className="badge"))
        link = html.A([icon(entry.icon), *label], href=view.page_href(entry.path), title=entry.name, **current)
        lines.append(html.Li(link, className="below" if entry.below and first_below else ""))
        first_below = first_below and not entry.below
    return html.Ul(lines)


def search_box() -> Component:
    """The search dialog; what can be found the browser asks for when it opens, and sifts by itself."""
    told = _("指标、事项编号、文号、科目、地区，可用拼音或首字母")
    field = Element("input", type="text", className="field", placeholder=told, autoComplete="off", id="find-field")
    failed = attributes(data_failed=_("搜索暂时不能用，请稍后再试。"))
    return html.Dialog(
        [field, html.Ul(), html.P(_("没有找到"), className="none muted", hidden=True, **failed)], className="find"
    )


def ribbon(parts: Sequence[str], right: str = "") -> Component:
    """The line at the foot of each page: as-of, version, sources, the demonstration mark."""
    return html.Footer(
        [*(html.Span(part) for part in parts if part), html.Span(right, className="right")], className="ribbon"
    )


def tabs(title: str, entries: Sequence[tuple[str, str, bool]]) -> Component:
    """Page title and its tabs: (text, href, selected)."""
    links = [html.A(text, href=href, **attributes(aria_current="page" if on else None)) for text, href, on in entries]
    return html.Nav([html.H1(title), *links], className="tabs")


def exports(
    page: str, code: str, view: View, *, chart: bool = False, label: str = "", also: Sequence[Child] = ()
) -> Component:
    """The 导出 menu of one table or chart, by that name or another; for whoever writes briefings also 加入简报, and what
    else the menu has."""
    query = view.href().partition("?")[2]
    link = f"/export{'' if page == '/' else page}/{code}"
    entries: list[Child] = []
    kinds = [("xlsx", _("表格 XLSX")), ("csv", _("数据 CSV"))]
    if chart:
        figure = f"{link}.json?{query}"
        entries += [
            html.Button(text, type="button", **attributes(data_picture=kind, data_drawn=figure))
            for kind, text in (
                ("copy", _("复制图片")),
                ("png", _("图片 PNG（300dpi）")),
                ("svg", _("矢量图 SVG")),
            )
        ]
        kinds = [("pptx", _("幻灯片 PPTX")), ("xlsx", _("数据和图 XLSX")), kinds[1]]
    entries += [html.A(text, href=f"{link}.{kind}?{query}", download="") for kind, text in kinds]
    if g.account.role in rights.KEEPING:
        entries.append(_keep(f"/act{'' if page == '/' else page}/keep?{query}", code))
    entries += also
    return menu(label or _("导出"), entries, className="right export")


def _keep(action: str, code: str) -> Component:
    """加入简报: what was put aside is said in its place, with the way back."""
    told = attributes(data_act="keep", data_failed=_("没有办成，请再试一次。"), data_undo=_("撤销"))
    return html.Form(
        [
            Element("input", type="hidden", name="code", value=code),
            html.Button(_("加入简报"), type="submit"),
            html.Span(className="answer", role="status"),
        ],
        action=action,
        method="post",
        className="keep",
        **told,
    )


def period_words(month: int, final: bool) -> str:
    return display.month_name(month) + (_("已定稿") if final else _("实时"))
