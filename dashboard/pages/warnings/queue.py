"""待办事项: the queue of cases, the most urgent first; filters as links, several ticked to be urged at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.level import LONG, TALLIED, level_tag
from dashboard.components.parts import Cell, Child, Strong, sentence
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.warnings import words as words
from dashboard.pages.warnings.acts import CASES, REMINDER, remind
from dashboard.pages.warnings.instructions import instructions_section
from dashboard.pages.warnings.listing import filter_menu, level_filter, pager
from dashboard.pages.warnings.work import (
    GROUPS,
    STATES,
    Matter,
    due_words,
    is_mine,
    matters,
    remaining,
    responsible,
    state_words,
    what,
)
from dashboard.site.reading import Reading
from dashboard.site.view import View, number_in
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from rules.alerts.threshold import COLOURS, Level
from workflows.matters.cases import awaits_instruction

PATH = "/warnings"
PAGE = 25
LOOKS = {"": N_("全部"), "mine": N_("我的"), "overdue": N_("逾期"), "chase": N_("本周该催谁")}
# Looks that a count elsewhere leads to; offered while one is looked at.
COUNTED = {"instruct": N_("待批示"), "unsigned": N_("待签收"), "closed": N_("本月销号")}


def chosen(reading: Reading, every: Sequence[Matter]) -> list[Matter]:
    """Those the view's filters leave, in its order."""
    view = reading.view
    found = [one for one in every if _fits(reading, one)]
    if view.measure in COLOURS:
        found = [one for one in found if one.level is COLOURS[view.measure]]
    if view.state in STATES:
        found = [one for one in found if one.state == view.state]
    if view.span in GROUPS:
        found = [one for one in found if one.group == view.span]
    place = {code: index for index, code in enumerate(reading.tree.codes)}
    orders: dict[str, Callable[[Matter], tuple[object, ...]]] = {
        "region": lambda one: (place[one.region], -one.level),
        "due": lambda one: (one.due is None, one.due or reading.now, -one.level),
    }
    return sorted(found, key=orders[view.sort]) if view.sort in orders else found


def _fits(reading: Reading, one: Matter) -> bool:
    look = reading.view.show
    match look:
        case "mine":
            return is_mine(reading, one)
        case "overdue":
            return one.overdue(reading.now)
        case "chase":
            return to_chase(one, reading.now)
        case "instruct":
            return awaits_instruction(one.case)
        case "unsigned":
            return one.unsigned
    return True


def to_chase(one: Matter, now: datetime) -> bool:
    """本周该催谁: waits for the other side, and its time is up by the end of this week."""
    here = display.local(now)
    week_end = (here + timedelta(days=7 - here.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    waits = one.state == "handling" or (one.state == "open" and not one.case.acked)
    return waits and not one.case.paused and one.due is not None and one.due < week_end


CARDS = Cards(("level", "region", "tick"), "what", ("responsible", "due", "left", "state"))


def listed(reading: Reading) -> list[Matter]:
    """What the filters choose from: the open cases, or those closed in the running month."""
    return matters(reading, closed=reading.view.show == "closed")


def page(reading: Reading) -> list[Child]:
    every = matters(reading)
    found = chosen(reading, listed(reading))
    start = ((number_in(reading.view.number) or 1) - 1) * PAGE
    may_urge = remind.open_to(reading)
    whole = table_of(reading, found[start : start + PAGE], screen=True, tick=may_urge)
    body: list[Child] = [html.Div(_empty(every), className="foot")]
    if found:
        sorts = {key: reading.view.href(sort=key, number="", item="") for key in ("region", "due")}
        drawn = html.Div(
            html_table(whole, sort_hrefs=sorts, sorted_by=reading.view.sort, cards=CARDS), className="scroll triage"
        )
        body = [_urging(reading, drawn) if may_urge else drawn, *pager(reading, len(found), start, PAGE)]
    actions = [frame.exports(PATH, "cases", reading.view)]
    asked = instructions_section(reading)
    return [
        parts.conclusion(_said(reading, every), _second(reading, every)),
        parts.band(_cells(reading, every)),
        html.Div(_filters(reading, every), className="toolbar"),
        parts.section(_("待办事项"), body, note=_("一事一办，最急在前；J、K 上下，回车打开"), actions=actions),
        *([] if asked is None else [asked]),
    ]


def _urging(reading: Reading, drawn: Component) -> Component:
    text = replace(REMINDER, placeholder=N_("请按期反馈办理结果"))
    form = remind.form(reading, shown=[drawn, text], button=_("催办所选事项"), main=False)
    return html.Div(form, className="urge")


def _said(reading: Reading, every: Sequence[Matter]) -> list[Child]:
    if not every:
        return [_("没有待办的预警事项。")]
    levels = Counter(one.level for one in every)
    counted = [_(TALLIED[level], count=levels[level]) for level in reversed(Level) if levels.get(level)]
    said = _("，").join(counted)
    late = sum(one.overdue(reading.now) for one in every)
    first = sentence(N_("预警事项{count}项：{levels}"), count=Strong(str(len(every))), levels=said)
    if late:
        return [*first, *sentence(N_("；其中{late}项逾期未反馈。"), late=Strong(str(late)))]
    return [*first, _("；无逾期事项。")]


def _second(reading: Reading, every: Sequence[Matter]) -> list[Child]:
    """The most urgent one in words."""
    if not every:
        return []
    place = words.place(reading, every[0].lead.subject)
    return [_("最急："), place, " ", *what(reading, every[0]), _("。")]


def _cells(reading: Reading, every: Sequence[Matter]) -> list[Cell]:
    view = View(PATH, reading.view.scheme, reading.view.region, reading.view.period)
    levels = Counter(one.level for one in every)
    cells = [
        Cell(
            _("{level}事项", level=_(LONG[level])),
            str(levels.get(level, 0)),
            _("项"),
            level_tag(level),
            [],
            view.href(measure=level.code),
        )
        for level in reversed(Level)
        if level
    ]
    late = sum(one.overdue(reading.now) for one in every)
    chase = sum(to_chase(one, reading.now) for one in every)
    return [
        *cells,
        Cell(_("逾期未反馈"), str(late), _("项"), None, [], view.href(show="overdue")),
        Cell(_("本周该催"), str(chase), _("项"), None, [], view.href(show="chase")),
    ]


def _empty(every: Sequence[Matter]) -> str:
    return _("没有符合筛选条件的事项。") if every else _("没有待办的预警事项：各项指标都在标准以内，或已销号。")


def _filters(reading: Reading, every: Sequence[Matter]) -> list[Child]:
    view = reading.view.without_item()
    offered = LOOKS | {code: name for code, name in COUNTED.items() if code == view.show}
    looks = [
        (_(name), view.href(show=code, number=""), code == (view.show if view.show in offered else ""))
        for code, name in offered.items()
    ]
    states = Counter(one.state for one in every)
    groups = Counter(one.group for one in every)
    return [
        parts.segment(looks, label=_("看哪些")),
        level_filter(reading, Counter(one.level for one in every)),
        filter_menu(
            _("状态"),
            [(code, _(name), states[code]) for code, name in STATES.items() if states[code]],
            view.state,
            lambda code: view.href(state=code, number=""),
        ),
        filter_menu(
            _("类别"),
            [(code, _(name), groups[code]) for code, name in GROUPS.items() if groups[code]],
            view.span,
            lambda code: view.href(span=code, number=""),
        ),
    ]


def case_href(reading: Reading, number: str) -> str:
    view = reading.view
    return View(f"{PATH}/{number}", view.scheme, view.region, view.period).href()


def table_of(reading: Reading, found: Sequence[Matter], *, screen: bool = False, tick: bool = False) -> Table:
    """The queue as a table: on screen the level is a tag and rows can be ticked, in files the level is a word."""
    columns = [
        Column("level", _("等级")),
        Column("region", _("地区")),
        Column("what", _("事项")),
        Column("merged", _("合并信号"), "count"),
        Column("responsible", _("责任")),
        Column("due", _("限期")),
        Column("left", _("剩余")),
        Column("state", _("状态")),
        *([Column("tick", _("催办"))] if tick else []),
    ]
    words.read_values(reading, [one.lead for one in found])
    rows = []
    for one in found:
        extra: dict[str, Child] = {"level": level_tag(one.level)}
        if tick:
            extra["tick"] = CASES.box(one.key)
        values = {
            "level": "" if screen else _(LONG[one.level]),
            "region": name_of(reading.tree.region(one.region)),
            "what": what(reading, one),
            "merged": len(one.others) + 1,
            "responsible": responsible(reading, one),
            "due": due_words(one),
            "left": remaining(reading, one),
            "state": state_words(one, reading.now),
            "tick": "",
        }
        rows.append(Row(values, href=case_href(reading, one.number), extra=extra if screen else {}))
    return Table("cases", _("待办事项"), columns, rows)
