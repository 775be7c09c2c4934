"""月度比对: where the income plan is behind or ahead, which office has compared it and which owes an analysis."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.budget.review import reading as books
from dashboard.pages.budget.review.drawer import figure, sections
from dashboard.pages.budget.review.reading import STATES, TAB, Line, State
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, between, name_of
from data_access.books.income.review import Compared
from rules.budget.income_review import SHARE, Side, owes, sides
from rules.month import Month
from workflows.income_reviews.register import Review

PATH = "/budget"
CARDS = Cards(("state",), "region", ("due", "actual", "difference", "rate"))
AMOUNTS = ("plan", "due", "actual", "difference", "rate", "month_due", "month", "month_difference")


def review_page(reading: Reading) -> Component:
    side = books.side_of(reading)
    if side is None:
        return parts.message(_("本险种没有规定按月比对收入计划。"), _("收入执行情况见“地区进度”。"))
    found = books.lines(reading, side)
    table = review_table(reading)
    links = [
        (department_name(one.department), reading.view.href(tab=TAB, measure=one.department, item=""), one == side)
        for one in sides(reading.scheme)
    ]
    said = _("亿元；完成最低的在前，点地区查看分析") if reading.is_province else _("亿元；点月份查看")
    screen = html.Div(html_table(table, cards=CARDS), className="scroll")
    section = parts.section(
        department_name(side.department),
        screen,
        note=f"{books.items_name(reading, side)} · {said}",
        actions=[parts.segment(links, label=_("部门"), small=True), frame.exports(PATH, table.code, reading.view)],
        foot=_foot(reading, found),
    )
    body = [parts.conclusion(_first(reading, side, found), _second(reading, found)), section]
    if books.unit_of(reading, reading.region) is not None:
        body.append(sections(reading, reading.region))
    return html.Div(body, className="review")


def review_table(reading: Reading) -> Table:
    """Each region below the province, or each month of another region, with what is due, what came in, and who reported."""
    side = books.side_of(reading)
    first = Column("region", _("地区")) if reading.is_province else Column("region", _("月份"))
    columns = (
        first,
        Column("plan", _("全年计划"), "money", sums=reading.is_province),
        Column("due", _("累计应完成"), "money", sums=reading.is_province),
        Column("actual", _("累计实际"), "money", sums=reading.is_province),
        Column("difference", _("差额"), "money", signed=True, sums=reading.is_province),
        Column("rate", _("完成%"), "percent"),
        Column("month_due", _("当月应完成"), "money"),
        Column("month", _("当月实际"), "money"),
        Column("month_difference", _("当月差额"), "money", signed=True),
        Column("state", _("比对与分析")),
        Column("by", _("报送")),
    )
    if side is None:
        return Table("income-review", _("月度比对"), columns, ())
    found = books.lines(reading, side)
    rows = [_row(reading, side, one) for one in found]
    total = books.whole(found) if reading.is_province else None
    foot = [] if total is None else [_sum(reading, side, total)]
    title = f"{_('月度比对')} · {books.side_name(reading, side)}"
    return Table("income-review", title, columns, rows, foot=foot, about=reading.about)


def _row(reading: Reading, side: Side, line: Line) -> Row:
    values: dict[str, object] = {what: figure(reading, side, line, what) for what in AMOUNTS}
    standing, tree = line.review.standing, reading.tree
    if reading.is_province:
        name, unit = name_of(tree.region(line.region)), books.unit_of(reading, line.region)
        href = reading.view.href(tab=TAB, item=line.region) if unit else reading.view.href(region=line.region, item="")
    else:
        name, href = display.month_name(line.month), reading.view.href(tab=TAB, period=Month(line.month).iso, item="")
    values |= {
        "region": name,
        "state": _(STATES[line.state]) if line.state in STATES else None,
        "by": None
        if standing is None
        else f"{standing.name} {display.short_day(display.local(standing.happened_at).date())}",
    }
    owing = line.state in (State.OWED, State.LATE, State.ANALYSE)
    extra: dict[str, Child] = {}
    if owing:
        values["state"] = ""
        tag = "tag strong" if line.state in (State.OWED, State.LATE) else "tag"
        extra["state"] = html.Span(_(STATES[line.state]), className=tag)
    selected = line.region == reading.view.item or (not reading.is_province and line.month == reading.snapshot.month)
    return Row(values, href=href, selected=selected, extra=extra)


def _sum(reading: Reading, side: Side, total: Compared) -> Row:
    month = reading.snapshot.month or 0
    line = Line(reading.region, month, total, Review(month, reading.region, side.department), State.NONE)
    values = {what: figure(reading, side, line, what) for what in AMOUNTS}
    return Row({"region": _("合计"), "state": "", "by": "", **values}, style="sum")


def _foot(reading: Reading, found: list[Line]) -> list[Child]:
    """By what is due, from when on an analysis is owed, and where that is laid down."""
    rests_on = reading.scheme.parameter(SHARE, Month(reading.snapshot.month or 0).last)
    percent = display.as_set(books.beyond(reading) * 100)
    said: list[Child] = [_("应完成＝全年计划（调整后）×前三年同期占全年比重的平均。"), between()]
    if any(one.compared.plain for one in found):
        said += [_("历史同期不足两年的按序时进度。"), between()]
    said += sentence(N_("差额超过应完成数{percent}%的应报问题和措施"), percent=[parts.norm(percent)])
    said += sentence(N_("（{basis}）。"), basis=[parts.norm(rests_on.source or rests_on.reason or "")])
    if reading.is_province:
        said += [between(), _("合计为各地之和，不含省统一管理的部分；省本级由省级经办机构、税务局自行比对。")]
    return said


def _first(reading: Reading, side: Side, found: list[Line]) -> list[Child]:
    """How much of what is due came in."""
    month = reading.snapshot.month or 0
    total = (
        books.whole(found) if reading.is_province else next((one.compared for one in found if one.month == month), None)
    )
    if total is None or total.due_fen is None:
        return [_("没有收入计划，不能比对。")]
    whole = Line(reading.region, month, total, Review(month, reading.region, side.department), State.NONE)
    said = as_of.of_another_year(reading)
    said += sentence(
        N_("截至{until}，{items}累计应完成{due}亿元，实际{actual}亿元，完成{rate}%"),
        until=as_of.until(reading),
        items=books.items_name(reading, side),
        due=display.printed(figure(reading, side, whole, "due")),
        actual=Strong(display.printed(figure(reading, side, whole, "actual"))),
        rate=Strong(display.printed(figure(reading, side, whole, "rate"))),
    )
    if not reading.is_province:
        return [*said, _("。")]
    beyond = sum(owes(one.compared.due_fen, one.compared.actual_fen, books.beyond(reading)) for one in found)
    percent = parts.norm(display.as_set(books.beyond(reading) * 100))
    if not beyond:
        return [*said, *sentence(N_("，各地差额都不超过{percent}%。"), percent=[percent])]
    return [*said, *sentence(N_("，{count}个地区差额超过{percent}%。"), count=Strong(str(beyond)), percent=[percent])]


def _second(reading: Reading, found: list[Line]) -> list[Child]:
    """Who owes what, and by when."""
    month = reading.snapshot.month or 0
    if not reading.is_province:
        found = [one for one in found if one.month == month]
    if reading.snapshot.close is None:
        return [_("本月尚未定稿，定稿后比对、报送。")]
    day = books.due_on(reading, month)
    until = "" if day is None else _("限期{day}。", day=display.short_day(day))
    if not reading.is_province:
        states = [one.state for one in found if one.state in STATES]
        return [_("{state}。", state=_(STATES[states[0]])), between(), until] if states else []
    given = sum(one.state in (State.NOTED, State.REPORTED) for one in found)
    owed = [name_of(reading.tree.region(one.region)) for one in found if one.state in (State.ANALYSE, State.OWED)]
    missing = [name_of(reading.tree.region(one.region)) for one in found if one.state in (State.OPEN, State.LATE)]
    if not any(one.state in STATES for one in found):
        return [_("当月没有比对记录。")]
    said: list[Child] = [_("已报分析{count}个", count=given)]
    if owed:
        said.append(_("；待报分析：{regions}", regions=_("、").join(owed)))
    if missing:
        said.append(_("；未比对：{regions}", regions=_("、").join(missing)))
    return [*said, _("。"), between(), until]
