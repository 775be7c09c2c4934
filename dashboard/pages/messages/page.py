"""消息 [/messages]: one reader's matters in three boxes, one line a matter: what to do, what is followed, what to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.level import level_tag
from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.messages.acts import ACTS, ALL, read
from dashboard.pages.messages.panel import panel
from dashboard.pages.messages.said import Said
from dashboard.site.page import Page, Remembered
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.matters import KINDS, TO_DO
from dashboard.words.notifications import expiry_title, expiry_words
from dashboard.words.wording import N_, _
from rules.month import SHANGHAI
from workflows.matters.boxes import Boxes, Mine, boxes_now
from workflows.matters.marks import NONE, Mark, marks_of
from workflows.matters.records import Matter
from workflows.people.accounts import Role
from workflows.people.channels import channels_on
from workflows.people.outbox import MAIL
from workflows.people.system_alerts import SystemAlert, system_alerts
from workflows.warnings.watch import NOT_EVALUATED
from workflows.warnings.working_clock import DIGEST

PATH = "/messages"
TITLE = N_("消息")
BOXES = {"todo": N_("需我办理"), "follow": N_("我关注的"), "info": N_("知会")}


@dataclass(frozen=True, slots=True)
class Line:
    """One matter of a box; ``mine`` where it is the reader's to act on; ``new``: it moved since they last read it."""

    matter: Matter
    mine: Mine | None
    mark: Mark

    @property
    def new(self) -> bool:
        last = self.matter.latest
        return self.mark.new(self.matter) and not (last is not None and last.login == g.account.login)


def show(reading: Reading) -> Component:
    found = boxes_now(reading.published, g.account, reading.now, reading.scheme.code)
    marks = reading.ask(marks_of, g.account.login)
    box = reading.view.box if reading.view.box in BOXES else "todo"
    every = {name: _lines(found, name, marks) for name in BOXES}
    lines = [one for one in every[box] if one.new] if reading.view.show == "new" else every[box]
    at = _at(reading, lines)
    said, alerts = Said(reading), reading.ask(system_alerts, g.account)
    said.read([*(one.matter for one in lines), *found.handed_on])
    unread = sum(one.read_at is None for one in alerts)
    # What ails the system is for its administrators to mend, for monitors to know.
    home = "todo" if g.account.role is Role.SYSTEM_ADMIN else "info"
    counts = {name: len(of_box) + (unread if name == home else 0) for name, of_box in every.items()}
    left: list[Child] = [
        parts.conclusion(
            *_said(reading, said, found, every, box, unread if box == home else 0), _every(reading, every)
        ),
        *_alerts(alerts if box == home else ()),
        _table(reading, said, lines, at, box),
        *(_handed_on(reading, said, found.handed_on) if box == "todo" else ()),
        *_foot(reading, every, box),
    ]
    beside = (
        panel(reading, said, lines[at].matter, lines[at].mine, lines[at].mark, _beside(reading, lines, at, box))
        if lines
        else ""
    )
    tabs = [
        (
            f"{_(name)} {counts[code]}",
            reading.view.href(box="" if code == "todo" else code, id="", show=""),
            code == box,
        )
        for code, name in BOXES.items()
    ]
    body = html.Div([html.Div(left, className="content"), beside], className="inbox beside" if lines else "inbox")
    return html.Div([frame.tabs(_(TITLE), tabs), body], className="tabbed")


def _lines(found: Boxes, box: str, marks: Mapping[str, Mark]) -> list[Line]:
    if box == "todo":
        return [Line(one.matter, one, marks.get(one.matter.key, NONE)) for one in found.todo]
    shown = found.followed if box == "follow" else found.informed
    return [Line(one, None, marks.get(one.key, NONE)) for one in shown]


def _at(reading: Reading, lines: Sequence[Line]) -> int:
    """Which line is looked at: the one of the address, else the first."""
    return next((place for place, one in enumerate(lines) if one.matter.key == reading.view.id), 0)


def _href(reading: Reading, one: Line, box: str) -> str:
    return reading.view.href(box=box, id=one.matter.key)


def _beside(reading: Reading, lines: Sequence[Line], at: int, box: str) -> tuple[str, str]:
    before = _href(reading, lines[at - 1], box) if at else ""
    return before, _href(reading, lines[at + 1], box) if at + 1 < len(lines) else ""


# --- the two sentences


def _said(
    reading: Reading, said: Said, found: Boxes, every: dict[str, list[Line]], box: str, alerts: int
) -> tuple[list[Child], list[Child]]:
    """The two sentences of a box; ``alerts`` of the system that are new in it."""
    besides = sentence(N_("另有系统告警{count}条。"), count=Strong(str(alerts))) if alerts else []
    if box == "follow":
        moved = sum(one.new for one in every[box])
        return (
            sentence(
                N_("您关注的{count}项，其中{moved}项有新的进展。"),
                count=Strong(str(len(every[box]))),
                moved=Strong(str(moved)),
            ),
            [_("您签收、转办、批示或加注过的，轮到您时列入“需我办理”。")],
        )
    if box == "info":
        return (
            [*sentence(N_("知会{count}项，不须办理。"), count=Strong(str(len(every[box])))), *besides],
            [_("只含本省、本地和本部门的。"), *_by_mail(reading)],
        )
    if not found.todo and alerts:
        return sentence(N_("系统告警{count}条，请您处理。"), count=Strong(str(alerts))), _last_done(said, found)
    if not found.todo:
        return [_("没有要您办的。")], _last_done(said, found)
    return [*_to_do(reading, said, found.todo), *besides], [
        _(
            "{since}以来新到{count}项。知会{known}项不须办理。",
            since=display.moment(_since(reading.now)),
            count=sum(one.matter.moved_at > _since(reading.now) for one in found.todo),
            known=len(found.informed),
        ),
        *_by_mail(reading),
    ]


def _by_mail(reading: Reading) -> list[Child]:
    """What becomes of matters for information where there is mail; nothing where there is none."""
    return [_("每天{digest}汇成一封邮件。", digest=f"{DIGEST:%H:%M}")] if MAIL in reading.ask(channels_on) else []


def _to_do(reading: Reading, said: Said, todo: Sequence[Mine]) -> list[Child]:
    """需您办理5项：1项已逾期，1项今天到期；最急是宿迁市 泗洪县核实反馈，限11月24日。"""
    late = sum(one.due is not None and one.due < reading.now for one in todo)
    today = sum(
        one.due is not None and one.due >= reading.now and display.local(one.due).date() == reading.today
        for one in todo
    )
    counted = [
        sentence(text, count=Strong(str(count)))
        for text, count in ((N_("{count}项已逾期"), late), (N_("{count}项今天到期"), today))
        if count
    ]
    first, made = todo[0], sentence(N_("需您办理{count}项"), count=Strong(str(len(todo))))
    for number, one in enumerate(counted):
        made += [_("，") if number else _("："), *one]
    place, act = said.place(first.matter), _(TO_DO[first.turn.act])
    if first.due is None:
        return [*made, *sentence(N_("；最急是{place}{act}。"), place=place, act=act)]
    day = Strong(display.short_day(display.local(first.due).date()))
    return [*made, *sentence(N_("；最急是{place}{act}，限{day}。"), place=place, act=act, day=day)]


def _since(now: datetime) -> datetime:
    """Since the digest of yesterday."""
    return datetime.combine(now.astimezone(SHANGHAI).date() - timedelta(days=1), DIGEST, SHANGHAI)


def _last_done(said: Said, found: Boxes) -> list[Child]:
    """The last thing that the reader did; empty where there is none."""
    own = [
        (step.at, matter, step) for matter in found.followed for step in matter.steps if step.login == g.account.login
    ]
    if not own:
        return []
    at, matter, step = max(own, key=lambda one: one[0])
    day = display.short_day(display.local(at).date())
    return [_("最近一件："), said.place(matter), _("，"), day, " ", *said.step(matter, step)]


def _every(reading: Reading, every: Mapping[str, list[Line]]) -> list[Component]:
    settings = html.A(_("提醒设置"), href=reading.view.page_href("/account"))
    if not any(one.new for lines in every.values() for one in lines):
        return [settings]
    return [read.form(reading, {ALL: True}, [ALL], button=_("全部标为已读"), main=False), settings]


# --- the list


def _table(reading: Reading, said: Said, lines: Sequence[Line], at: int, box: str) -> Component:
    if not lines:
        return html.Div(_("没有事项。") if box != "todo" else "", className="foot")
    heads = [_("等级"), _("事项与最近一步"), _("要我办、限期") if box == "todo" else _("轮到、限期")]
    rows = [_row(reading, said, one, place == at, box) for place, one in enumerate(lines)]
    table = html.Table(
        [
            html.Caption(_(BOXES[box]), className="vh"),
            html.Thead(html.Tr([html.Th(text, scope="col") for text in heads])),
            html.Tbody(rows),
        ],
        className="t boxed",
    )
    return html.Div(table, className="list")


def _row(reading: Reading, said: Said, one: Line, looked_at: bool, box: str) -> Component:
    matter, latest = one.matter, one.matter.latest
    subject: list[Child] = [html.B(said.place(matter)), "　", *said.what(matter)]
    here, there = _href(reading, one, box), said.href(matter)
    titles = [
        html.A(subject, href=here, className="pick", **attributes(aria_current="true" if looked_at else None)),
        html.A(subject, href=there, className="open"),
    ]
    happened: list[Child] = [html.Span(display.moment(matter.opened_at)), "　", _("列入")]
    if latest is not None:
        happened = [said.who(latest), "　", display.moment(latest.at), "　", *said.step(matter, latest)]
    if one.mine is not None:
        what: list[Child] = [
            html.B(_(TO_DO[one.mine.turn.act])),
            html.Div(said.due(one.mine.due, one.mine.turn.act), className="by"),
        ]
    else:
        turn = said.turn(matter)
        what = [turn, html.Div(said.due(matter.due) if matter.waiting and matter.due else "", className="by")]
    quiet = [html.Span(_("不再提醒"), className="tag")] if one.mark.mutes(matter) else []
    return html.Tr(
        [
            html.Td(tag(matter)),
            html.Td([html.Div([*titles, *quiet], className="subject"), html.Div(happened, className="happened")]),
            html.Td(what),
        ],
        className=" ".join(filter(None, ("at" if looked_at else "", "new" if one.new else ""))),
        **attributes(data_href=here, data_phone=there),
    )


def tag(matter: Matter) -> Component:
    """The level, or of what knows none which register it stands in."""
    return level_tag(matter.level) if matter.level else html.Span(_(KINDS[matter.kind]), className="tag")


def _handed_on(reading: Reading, said: Said, matters: Sequence[Matter]) -> list[Component]:
    """我已办，等别人的."""
    if not matters:
        return []
    heads = [_("等级"), _("事项"), _("我办的"), _("轮到"), _("限期")]
    rows = []
    for one in matters:
        last = next(step for step in reversed(one.steps) if step.login)
        done = [display.short_day(display.local(last.at).date()), " ", *said.step(one, last)]
        due = display.NO_VALUE if one.due is None else display.short_day(display.local(one.due).date())
        link = html.A([html.B(said.place(one)), "　", *said.what(one)], href=said.href(one))
        cells: list[Child] = [tag(one), link, html.Div(done, className="cut"), said.turn(one), due]
        rows.append(html.Tr([html.Td(cell) for cell in cells], **attributes(data_href=said.href(one))))
    table = html.Table(
        [html.Thead(html.Tr([html.Th(text, scope="col") for text in heads])), html.Tbody(rows)], className="t boxed"
    )
    note = _("{count}项，轮到我时回到上面", count=len(matters))
    return [parts.section(_("我已办，等别人的"), html.Div(table, className="list"), note=note)]


def _foot(reading: Reading, every: dict[str, list[Line]], box: str) -> list[Component]:
    if box != "todo" or not (every["follow"] or every["info"]):
        return []
    moved = sum(one.new for one in every["follow"])
    text = _(
        "我关注的{count}项有变化{moved}项；知会{known}项不逐条提醒。",
        count=len(every["follow"]),
        moved=moved,
        known=len(every["info"]),
    )
    link = html.A(
        _("看有变化的{count}项", count=moved),
        href=reading.view.href(box="follow", show="new", id=""),
        className="right",
    )
    return [html.Div([text, *([link] if moved else [])], className="foot ends")]


# --- alerts of the system


def _alerts(alerts: Sequence[SystemAlert]) -> list[Component]:
    lines = [_alert_line(one) for one in alerts]
    return [html.Ul(lines, className="matters letters")] if lines else []


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


# One reader's own, and read or not between versions: kept for nobody.
PAGE = Page(PATH, TITLE, show, acts=ACTS, remembered=Remembered.NEVER)
