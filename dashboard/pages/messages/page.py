"""消息 [/messages]: what the reader was told, newest first; each leads to its case."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components import parts
from dashboard.components.level import LONG, level_tag
from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.warnings import words as words
from dashboard.pages.warnings.listing import period_name
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Tick, Whole
from dashboard.site.page import Page, Remembered
from dashboard.site.reading import Reading
from dashboard.site.view import View, number_in
from dashboard.words import display
from dashboard.words.notifications import expiry_title, expiry_words
from dashboard.words.wording import N_, _, name_of
from rules.scheme import load_scheme
from workflows.people.accounts import Role
from workflows.people.inbox import (
    PAGE as PER_PAGE,
    Letter,
    SystemAlert,
    letter_count,
    letters,
    mark_read,
    system_alerts,
    unread_count,
)
from workflows.warnings.watch import NOT_EVALUATED

PATH = "/messages"
TITLE = N_("消息")

TOLD = {
    "open": N_("{level}：{what}"),
    "refire": N_("再次触发{level}：{what}"),
    "escalate": N_("升级为{level}：{what}"),
    "recover": N_("指标已回落：{what}"),
    "cancelled": N_("不再按预警办理：{what}"),
    "catch_up": N_("补发{level}：{what}"),
    "ladder": N_("督办提醒，尚未签收：{what}"),
    "reminder": N_("催办：{what}"),
    "ack_expired": N_("签收后超时未办：{what}"),
    "overdue": N_("逾期未反馈：{what}"),
    "assigned": N_("转办给您：{what}"),
    "returned": N_("退回补充：{what}"),
}


def show(reading: Reading) -> Component:
    only_unread = reading.view.show == "unread"
    page = number_in(reading.view.number) or 1
    unread = reading.ask(unread_count, g.account)
    count = reading.ask(letter_count, g.account, unread=only_unread)
    found = reading.ask(letters, g.account, page=page, unread=only_unread)
    alerts = reading.ask(system_alerts, g.account)
    said: list[Child] = [_("没有未读消息。")]
    if unread:
        said = sentence(N_("未读消息{count}条。"), count=Strong(str(unread)))
    every = read.form(reading, {ALL: True}, [ALL], button=_("全部标为已读"), main=False)
    looks = [
        (_("全部"), reading.view.href(show="", number=""), not only_unread),
        (_("未读"), reading.view.href(show="unread", number=""), only_unread),
    ]
    lines = [*(_alert_line(one) for one in alerts), *(_line(reading, one) for one in found)]
    body: Component = (
        html.Ul(lines, className="matters letters") if lines else html.Div(_("没有消息。"), className="foot")
    )
    content = [
        html.H1(_(TITLE), className="vh"),
        parts.conclusion(said, None, [every] if unread else []),
        parts.section(_("消息"), body, actions=[parts.segment(looks, label=_("看哪些"), small=True)]),
        *_pager(reading, count, page),
    ]
    return html.Div(content, className="content messages")


def _pager(reading: Reading, count: int, page: int) -> list[Component]:
    links = []
    if page > 1:
        links.append(html.A(_("上一页"), href=reading.view.href(number=str(page - 1))))
    if count > page * PER_PAGE:
        links.append(html.A(_("下一页"), href=reading.view.href(number=str(page + 1))))
    return [html.Nav(links, className="pager")] if links else []


def _line(reading: Reading, one: Letter) -> Component:
    """Level, what was told, of which month and when; unread ones in bold."""
    scheme = load_scheme(one.subject.scheme)
    subject = one.case if one.case is not None else f"s{one.state}"
    said = [
        html.Span(_("{day}收到", day=display.moment(one.received_at))),
        html.Span(name_of(scheme) if reading.scheme.code != scheme.code else period_name(one.period)),
        html.Span(_("未读") if one.read_at is None else _("已读")),
    ]
    href = View(f"/warnings/{subject}", one.subject.scheme).href()
    text = letter_words(reading, one)
    return html.Li(
        [
            html.Span(level_tag(one.level), className="tag-cell"),
            html.Div(html.A(html.B(text) if one.read_at is None else text, href=href), className="what"),
            *([_mark(reading, one)] if one.read_at is None else []),
            html.Div(said, className="who"),
        ],
        className="unread" if one.read_at is None else "",
    )


def _mark(reading: Reading, one: Letter) -> Component:
    return read.form(reading, {LETTER: one.id}, [LETTER], main=False)


def letter_words(reading: Reading, one: Letter) -> str:
    """What was told: 升级为橙色预警：淮安市 征缴进度偏慢."""
    tree = reading.published.tree(load_scheme(one.subject.scheme))
    place = name_of(tree.region(one.subject.region)) if one.subject.region in tree else one.subject.region
    told = one.told.split(",")[0].partition(":")[0]
    level = _(LONG[one.level]) if one.level else ""
    return _(TOLD.get(told, TOLD["open"]), level=level, what=f"{place} {words.title(one.subject)}")


def _alert_line(one: SystemAlert) -> Component:
    """An alert of the system itself, for its administrators."""
    last = display.NO_VALUE if one.last_success_at is None else display.moment(one.last_success_at)
    if one.kind == NOT_EVALUATED:
        text = _("系统未按时判定预警，最近一次成功：{last}。请检查刷新进程。", last=last)
    else:
        text = _("{title}。{what}", title=expiry_title(one.kind), what=expiry_words(one.kind))
    state = _("仍在持续") if one.ended_at is None else _("已恢复")
    said = [html.Span(display.moment(one.raised_at)), html.Span(state)]
    return html.Li(
        [
            html.Span(html.Span(_("系统"), className="tag"), className="tag-cell"),
            html.Div(html.B(text) if one.read_at is None else text, className="what"),
            html.Div(said, className="who"),
        ]
    )


ALL = Tick("all", N_("全部"), hidden=True)
LETTER = Whole("letter", N_("消息"), hidden=True)


@act("messages_read", N_("标为已读"), frozenset(Role), (ALL, LETTER))
def read(deed: Deed) -> Done:
    """Mark one's own messages read: one by number, or all."""
    numbers = None if deed[ALL] else [deed[LETTER]]
    count = mark_read(deed.connection, deed.account, deed.now, numbers)
    return Done(_("已标为已读。"), deed.account.login, {"read": count})


# One reader's own, and read or not between versions: kept for nobody.
PAGE = Page(PATH, TITLE, show, acts=(read,), remembered=Remembered.NEVER)
