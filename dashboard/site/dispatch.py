"""The one dispatch: URL → rights → reading → page. Pages never see a request that its reader may not make."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dash import ClientsideFunction, Input, Output, State, html
from dash.development.base_component import Component
from flask import g, request

from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.machines.requests import number_of_request
from dashboard.pages.warnings.work import matters
from dashboard.site import doors, heading, menu
from dashboard.site.application import Application
from dashboard.site.chart_library import site_file
from dashboard.site.document import Documents
from dashboard.site.page import Page
from dashboard.site.reading import NothingPublished, current_scope, read, reading_of
from dashboard.site.site import Site
from dashboard.site.transaction import transaction
from dashboard.site.view import View, parse_view
from dashboard.site.wire import MEMO_KEY, Memo
from dashboard.words import display
from dashboard.words.wording import N_, _
from rules.errors import NotAllowed, PoolwatchError
from workflows.people import rights

log = logging.getLogger("poolwatch.dashboard")

CLOSED = N_("您的账户没有查看这部分内容的权限。如有需要，请联系安全管理员。")
APART = N_("系统管理员、安全管理员、审计管理员各管一方面系统事务，不查看业务数据；业务工作请用业务账户登录。")

MENU = (
    frame.MenuEntry("/region", N_("本地概况"), N_("本地"), "overview"),
    frame.MenuEntry("/", N_("总览"), N_("总览"), "overview"),
    frame.MenuEntry("/warnings", N_("预警督办"), N_("预警"), "warnings"),
    frame.MenuEntry("/budget", N_("预算执行"), N_("预算"), "budget"),
    frame.MenuEntry("/funds", N_("资金运行"), N_("资金"), "funds"),
    frame.MenuEntry("/gap", N_("缺口分担"), N_("缺口"), "gap"),
    frame.MenuEntry("/assessment", N_("考核评估"), N_("考核"), "assessment"),
    frame.MenuEntry("/briefings", N_("简报材料"), N_("简报"), "briefings"),
    frame.MenuEntry("/data", N_("数据接入"), N_("数据"), "data", below=True),
    frame.MenuEntry("/admin", N_("系统管理"), N_("系统"), "admin", below=True),
)


def register(app: Application, site: Site, pages: Sequence[Page], memo: Memo) -> Documents:
    """The layout and its callbacks: where we are (in the browser), the frame with its page, the drawer. Returns what gives
    a document with all of it."""
    by_path = {page.path: page for page in pages}
    app.layout = lambda: app.sent(frame.layout())

    def shown(view: View) -> tuple[list[Component], Component, Component | None]:
        # The page first: what it reads together, header and menu find at hand.
        page = _guarded(lambda: app.sent(_page(by_path, site, view)))
        return _header(site, view), _menu(site, view), page

    def opened(view: View) -> Component | None:
        return _guarded(lambda: app.sent(_drawer(by_path, site, view)), drawer=True) if view.item else None

    remembered = {page.path: page.remembered for page in pages}
    documents = app.document = Documents(
        app, site, memo, remembered, lambda view: frame.layout(*shown(view), opened(view))
    )
    app.index_string = _INDEX.replace("{style}", site_file("css").address).replace("{script}", site_file("js").address)

    app.clientside_callback(
        ClientsideFunction("poolwatch", "place"),
        [Output("view", "data"), Output("place", "data")],
        [Input("url", "pathname"), Input("url", "search")],
        [State("view", "data"), State("place", "data")],
    )

    # The first answer stands in the document.
    @app.callback(
        [Output("header", "children"), Output("menu", "children"), Output("page", "children")],
        [Input("view", "data"), Input("version", "data")],
        prevent_initial_call=True,
    )
    def show(address: str | None, _version: str | None) -> tuple[list[Component], Component, Component | None]:
        return shown(_view(address))

    @app.callback(
        Output("drawer", "children"), [Input("place", "data"), Input("version", "data")], prevent_initial_call=True
    )
    def show_drawer(address: str | None, _version: str | None) -> Component | None:
        return opened(_view(address))

    return documents


def _header(site: Site, view: View) -> list[Component]:
    """The header; empty where it fails, so that the page can still say what happened."""
    try:
        return heading.header(site, view)
    except Exception:
        log.exception("the header failed")
        request.environ.pop(MEMO_KEY, None)
        return []


def _view(address: str | None) -> View:
    path, _mark, query = (address or "/").partition("?")
    return parse_view(path, query)


def _page(by_path: Mapping[str, Page], site: Site, view: View) -> Component:
    page = page_of(by_path, view)
    if page is None:
        _not_shown(404)
        return _instead(
            parts.message(
                _("没有这个页面。"),
                _("地址可能有误，或页面已移走。"),
                [html.A(_("回到首页"), href=menu.home_of(current_scope().role), className="button")],
            )
        )
    reading = reading_of(site, view)
    content = page.show(reading)
    head = html.Div([html.Span(one) for one in heading.printed_head(reading)], className="print-head")
    stamp = doors.stamp_text(reading.published)
    told = attributes(data_title=f"{_(page.title)} · {_('基金运行监测')}", data_version=stamp)
    # Another page is built anew; the same one, at another view or version, changes only where it differs.
    return html.Div([head, content], key=view.page, **told)


def _drawer(by_path: Mapping[str, Page], site: Site, view: View) -> Component | None:
    page = page_of(by_path, view)
    shown = None if page is None else page.drawer(reading_of(site, view))
    if shown is not None:
        shown.key = view.item  # type: ignore[attr-defined]  # another figure's drawer is built anew
    return shown


def page_of(by_path: Mapping[str, Page], view: View) -> Page | None:
    """The page of an address; one that names a subject needs a page that shows single subjects (``subjects``)."""
    page = by_path.get(view.page)
    return None if page is None or (view.subject and not page.subjects) else page


def _guarded(make: Callable[[], Component | None], *, drawer: bool = False) -> Component | None:
    """What the page shows when it cannot be shown: the expected in words, a surprise with a number to quote."""
    try:
        return make()
    except NotAllowed:
        role = current_scope().role
        text = _(APART if role in rights.ADMINISTRATORS else CLOSED)
        home = html.A(_("回到首页"), href=menu.home_of(role), className="button")
        shown = parts.message(_("无权查看。"), text, [home])
        _not_shown(403, drawer)
    except NothingPublished:
        shown = parts.message(
            _("还没有已发布的数据。"),
            _("请在“数据接入”上传数据，或等待首次刷新完成。"),
            [html.A(_("数据接入"), href="/data", className="button")],
        )
    except PoolwatchError as problem:
        shown = parts.message(_("这里无法显示。"), display.problem_text(problem))
    except Exception:
        shown = surprise()
    return html.Div(shown, className="content") if drawer else _instead(shown)


def _not_shown(status: int, drawer: bool = False) -> None:
    """There is no page: its document says so by its status, and nobody keeps it."""
    request.environ.pop(MEMO_KEY, None)
    if not drawer:
        g.status = status


def _instead(shown: Component) -> Component:
    """A message in the place of a page."""
    return html.Div([html.H1(_("基金运行监测"), className="vh"), shown], className="content")


def surprise() -> Component:
    """Log the exception being handled and show a number the reader can quote. The next reader gets another try."""
    request.environ.pop(MEMO_KEY, None)
    number = number_of_request()
    log.exception("failure %s", number)
    return parts.message(
        _("这里出错了，编号 {number}。", number=number),
        _("其他页面不受影响。请稍后再试；仍不行时，把编号告诉系统管理员。"),
    )


def report(problem: Exception) -> None:
    """Dash's handler for anything a callback did not handle itself."""
    log.error("callback failed", exc_info=problem)


def _menu(site: Site, view: View) -> Component:
    scope = current_scope()
    shown = menu.MENU.get(scope.role)
    badges = {"/warnings": _open_cases(site, view)}
    entries = [
        frame.MenuEntry(e.path, _(e.name), _(e.short), e.icon, e.below, badges.get(e.path, ""))
        for e in MENU
        if rights.may_open(scope, e.path) and (e.path not in menu.OFF_MENU if shown is None else e.path in shown)
    ]
    return frame.menu_rail(entries, view)


def _open_cases(site: Site, view: View) -> str:
    """How many cases of the scheme the reader may see are open; "" for none, or where nothing can be read."""
    try:
        asked = transaction(site)
        reading = read(asked.published, replace(view, region=""), current_scope(), asked.now)
    except PoolwatchError:
        return ""
    count = len(matters(reading))
    return str(count) if count else ""


_INDEX = """<!DOCTYPE html>
<html>
<head>{%metas%}<title>{%title%}</title><link rel="icon" href="/assets/favicon.svg"><link rel="expect" href="#note" blocking="render"><link rel="stylesheet" href="{style}"><script defer src="{script}"></script></head>
<body>{first}{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""
