"""简报材料 [/briefings, /briefings/NUMBER]: the issue that is being written, the meetings 会议材料, what was issued 归档."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.briefings import acts, archive, editing, issue_acts, meetings
from dashboard.pages.briefings.compose import issue_name
from dashboard.pages.briefings.desk import desk
from dashboard.pages.briefings.going_out import CODE, buttons, offered
from dashboard.pages.briefings.outline import basket, outline
from dashboard.pages.briefings.reading import Open, issues, opened
from dashboard.pages.briefings.sheet import sheet
from dashboard.site import heading
from dashboard.site.act import Values
from dashboard.site.page import Page, Remembered
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.briefings.schedule import MONTHLY, NEVER, QUARTERLY, schedules

PATH = "/briefings"
TITLE = N_("简报材料")
ORDERED = {MONTHLY: N_("每月定稿后起草"), QUARTERLY: N_("每季末月定稿后起草")}
TABS = {"": N_("简报"), "meetings": N_("会议材料"), "archive": N_("归档")}


def show(reading: Reading) -> Component:
    tab = reading.view.tab if reading.view.tab in TABS else ""
    names = [
        (_(name), reading.view.page_href(PATH) + (f"&tab={code}" if code else ""), code == tab)
        for code, name in TABS.items()
    ]
    body: list[Component]
    if reading.scheme.kind == "published":
        body = [parts.message(_("公布数没有简报材料。"), _("请在页首选择有账目的险种。"))]
    elif tab == "meetings":
        body = [meetings.section(reading), heading.footer(reading)]
    elif tab == "archive":
        body = [archive.section(reading), heading.footer(reading)]
    else:
        body = _issue(reading)
    return html.Div([frame.tabs(_(TITLE), names), html.Div(body, className="content briefings")], className="tabbed")


def _issue(reading: Reading) -> list[Component]:
    one = opened(reading)
    if one is None:
        if reading.view.subject:
            back = [html.A(_("回到简报材料"), href=reading.view.page_href(PATH), className="button")]
            return [parts.message(_("没有这期简报。"), _("它可能已作废，或属于别的险种。"), back)]
        return _none(reading)
    first, second = _conclusion(reading, one)
    if one.issue.state == "issued" and reading.view.show == "today":
        return [parts.conclusion(first, second, _actions(reading, one)), archive.today(one), heading.footer(reading)]
    columns = html.Div(
        [outline(reading, one), sheet(reading, one), desk(reading, one, buttons(reading, one))], className="three"
    )
    return [parts.conclusion(first, second, _actions(reading, one)), columns, heading.footer(reading)]


def _none(reading: Reading) -> list[Component]:
    """Nothing is being written: the last issue, and the form of the next."""
    last = next(iter(issues(reading)), None)
    said = _("还没有简报。") if last is None else _("{issue}已签发，没有在写的简报。", issue=issue_name(last))
    made: list[Component] = [parts.conclusion([said], [])]
    if issue_acts.open_issue.open_to(reading):
        made.append(html.Div([_start(reading), basket(reading, None)], className="start"))
    else:
        made.append(html.Div(basket(reading, None), className="start"))
    return [*made, heading.footer(reading)]


def _start(reading: Reading) -> Component:
    newest = max((close.month for close in reading.snapshot.closes), default=None)
    if newest is None:
        return html.P(_("还没有定稿的月份。简报只用定稿数，请先在“数据接入”定稿。"), className="foot")
    values: Values = {issue_acts.FORM: "briefing", issue_acts.MONTH: newest, issue_acts.CARRY: bool(issues(reading))}
    return html.Div([parts.section(_("起草新一期"), issue_acts.open_issue.form(reading, values)), _schedule(reading)])


def _schedule(reading: Reading) -> Component:
    """What is drafted by itself, and the form that orders it."""
    orders = reading.ask(schedules, reading.scheme.code, reading.region)
    said = [
        _("{form}：{every}（{who} {day}设）", form=_(issue_acts.FORMS[one.form]), every=_(ORDERED[one.every]), who=one.set_by,
          day=display.short_day(display.local(one.set_at).date()))
        for one in orders
        if one.every != NEVER
    ]  # fmt: skip
    standing = html.P(_("；").join(said) if said else _("没有设自动起草。"), className="foot")
    values: Values = {issue_acts.FORM: "briefing", issue_acts.EVERY: orders[0].every if orders else NEVER}
    form = issue_acts.set_schedule.form(reading, values, main=False)
    return parts.section(_("定期起草"), [standing, html.Details([html.Summary(_("更改")), form])])


def _conclusion(reading: Reading, one: Open) -> tuple[list[Child], list[Child]]:
    """第11期已沿用第10期并换成10月定稿数：2段待核，1个锁定数来源已变。"""
    issue = one.issue
    month = display.month_name(issue.month)
    found = {check.code: len(check.found) for check in one.checks} if issue.state == "drafting" else {}
    if issue.state == "issued":
        day = display.day_name(issue.day) if issue.day else ""
        return sentence(
            N_("{issue}已于{day}签发，用{month}定稿数。"), issue=issue_name(issue), day=day, month=month
        ), []
    if issue.state != "drafting":
        waits = N_("{issue}已送核，等待核稿。") if issue.state == "checking" else N_("{issue}已核稿，等待签发。")
        return sentence(waits, issue=issue_name(issue)), []
    text = (
        N_("{issue}已沿用上期并换成{month}定稿数：{waiting}段待核，{moved}个锁定数来源已变。")
        if issue.based_on is not None
        else N_("{issue}按{month}定稿数起草：{waiting}段待核，{moved}个锁定数来源已变。")
    )
    first = sentence(
        text,
        issue=issue_name(issue),
        month=month,
        waiting=Strong(str(found["unconfirmed"])),
        moved=Strong(str(found["moved"])),
    )
    return first, [_("下一步：拟稿人核完各节后送核，由另一人核稿，再送领导签发。")]


def _actions(reading: Reading, one: Open) -> list[Component]:
    made: list[Component] = []
    others = [
        other for other in issues(reading) if other.state not in ("issued", "dropped") and other.id != one.issue.id
    ]
    if others:
        links = [parts.option(f"{issue_name(other)} {other.title}", f"{PATH}/{other.id}") for other in others]
        made.append(parts.menu(_("其他在写的"), links, className="right"))
    if issue_acts.open_issue.open_to(reading):
        made.append(html.A(_("起草新一期"), href=reading.view.href(item="new"), className="button"))
    return made


def drawer(reading: Reading) -> Component | None:
    item = reading.view.item
    if item == "new" and issue_acts.open_issue.open_to(reading):
        return docked.drawer(reading, crumb=_(TITLE), title=_("起草新一期"), leading=(), blocks=[_start(reading)])
    one = opened(reading) if item[:1] == "s" and item[1:].isdigit() else None
    forms = None if one is None else editing.editor(reading, one, int(item[1:]))
    if one is None or forms is None:
        return None
    part = next(part for part in one.parts if part.row.id == int(item[1:]))
    return docked.drawer(reading, crumb=issue_name(one.issue), title=part.heading, leading=(), blocks=forms)


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    documents={CODE: offered},
    acts=(*meetings.ACTS, *acts.ACTS, *editing.ACTS, *issue_acts.ACTS),
    subjects=True,
    remembered=Remembered.NEVER,
)
