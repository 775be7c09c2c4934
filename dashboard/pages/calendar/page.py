"""法定日历 [/calendar]: every day that the documents and the profile set in a year, whose it is and how it stands.

``span`` is the year, ``measure`` a department, ``state`` a state, ``item`` the day in the drawer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.calendar import one as one_day
from dashboard.pages.calendar.acts import ACTS
from dashboard.pages.calendar.reading import CHOICES, PATH, chosen, days, departments, stages, told, year, years
from dashboard.pages.calendar.words import day_words, ground, moved, state_words, what, whose
from dashboard.site import heading
from dashboard.site.page import Page, of_months
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _
from rules.month import Month
from workflows.statutory.standing import OPEN, Standing, State

TITLE = N_("法定日历")
STATE_NAMES = {"": N_("全部"), "open": N_("未办结"), "overdue": N_("逾期"), "near": N_("临近"), "done": N_("已办结")}
CARDS = Cards(("day",), "what", ("whose", "state"))


def show(reading: Reading) -> Component:
    if reading.scheme.kind != "ledger":
        said = parts.message(_("公布数没有法定日历。"), _("请在页首选择有分月账目的险种。"))
        return html.Div([html.H1(_(TITLE), className="vh"), said], className="content")
    every = days(reading)
    table = day_table(reading)
    printing = html.Button(_("打印本页"), type="button", className="button", **attributes(data_print="1"))
    href = f"/export{PATH}/{table.code}.ics?{reading.view.href().partition('?')[2]}"
    ics = html.A(_("日历文件 ICS"), href=href, download="")
    body = [
        html.H1(_(TITLE), className="vh"),
        parts.conclusion(_first(reading, every), _second(reading, every), [printing]),
        _strip(reading, every),
        _controls(reading),
        parts.section(
            _("{year}年法定事项", year=year(reading)),
            html.Div(_by_month(reading, table), className="scroll"),
            note=_("截止日遇休息日：拨付、发放提前，其他顺延"),
            actions=[frame.exports(PATH, table.code, reading.view, also=[ics])],
        ),
        *_reform(reading),
        heading.footer(reading),
    ]
    return html.Div(body, className="content calendar")


def _first(reading: Reading, every: Sequence[Standing]) -> list[Child]:
    """How many days the year has, and how they stand as far as the reader is told."""
    known = Counter(one.state for one in every if told(reading, one))
    said = sentence(N_("{year}年法定事项{count}项"), year=str(year(reading)), count=Strong(str(len(every))))
    counted = (
        (N_("已办结{count}项"), known[State.DONE]),
        (N_("逾期{count}项"), known[State.OVERDUE]),
        (N_("5个工作日内到期{count}项"), known[State.SOON] + known[State.TODAY]),
        (N_("未到期{count}项"), known[State.AHEAD]),
        (N_("不需办理{count}项"), known[State.VOID]),
        (N_("省级办理{count}项"), len(every) - known.total()),
    )
    shown = [sentence(text, count=Strong(str(count))) for text, count in counted if count]
    for place, one in enumerate(shown):
        said += [_("，") if place else _("："), *one]
    return [*said, _("。")]


def _second(reading: Reading, every: Sequence[Standing]) -> list[Child]:
    """The next one that is not over."""
    ahead = next(
        (one for one in every if one.by_clock is not State.OVERDUE and one.state not in (State.DONE, State.VOID)), None
    )
    if ahead is None:
        return [_("本年没有尚未到期的事项。")]
    return sentence(
        N_("最近一项：{day} {what}，{whose}。"),
        day=Strong(day_words(ahead.day.due)),
        what=what(ahead.day),
        whose=whose(ahead.day),
    )


def _strip(reading: Reading, every: Sequence[Standing]) -> Component:
    """The year's months: how many days each has, and how many of them are overdue."""
    links = []
    now = reading.today.year * 100 + reading.today.month
    for number in range(1, 13):
        inside = [one for one in every if one.day.due.month == number and one.day.due.year == year(reading)]
        late = sum(one.state is State.OVERDUE for one in inside if told(reading, one))
        lines: list[Component] = [
            html.Small(display.short_month(year(reading) * 100 + number)),
            html.B(str(len(inside))),
        ]
        lines.append(html.Span(_("逾期{count}项", count=late) if late else ""))
        at = attributes(aria_current="true" if now == year(reading) * 100 + number else None)
        links.append(html.A(lines, href=f"#m{number}", **at) if inside else html.Span(lines, **at))
    return html.Nav(links, className="year-strip", **attributes(aria_label=_("各月法定事项")))


def _controls(reading: Reading) -> Component:
    view = reading.view
    of_years = [
        (_("{year}年", year=one), view.href(span=str(one), item=""), one == year(reading)) for one in years(reading)
    ]
    of_states = [
        (_(name), view.href(state=code, item=""), code == (view.state if view.state in CHOICES else ""))
        for code, name in STATE_NAMES.items()
    ]
    named = [("", _("全部部门")), *((str(one), department_name(one)) for one in departments(reading))]
    chosen_name = dict(named).get(view.measure, _("全部部门"))
    of_departments = [
        parts.option(name, view.href(measure=code, item=""), code == view.measure) for code, name in named
    ]
    return html.Div(
        [
            parts.segment(of_years, label=_("年度"), small=True),
            parts.segment(of_states, label=_("状态"), small=True),
            parts.menu(chosen_name, of_departments, title=_("责任部门")),
        ],
        className="toolbar controls",
    )


# --- the list


def day_table(reading: Reading) -> Table:
    """The year's days that the address asks for, in order: when, what, whose, on what ground, how it stands."""
    return _table(reading, "days", _("{year}年法定事项", year=year(reading)), chosen(reading, days(reading)))


def _table(reading: Reading, code: str, title: str, found: Sequence[Standing]) -> Table:
    columns = (
        Column("day", _("截止日")),
        Column("what", _("事项")),
        Column("whose", _("责任部门")),
        Column("ground", _("文件依据"), className="quoted"),
        Column("state", _("状态")),
        Column("due", _("截止日期"), "day", hidden=True),
        Column("on", _("规定日期"), "day", hidden=True),
    )
    rows = [_row(reading, one) for one in found]
    return Table(code, title, columns, rows, of_now=True, period=_("{year}年", year=year(reading)), days="due")


def _row(reading: Reading, one: Standing) -> Row:
    day = one.day
    note = moved(day)
    shown: list[Child] = [day_words(day.due)]
    if note:
        shown += [" ", html.Small(note)]
    values: dict[str, object] = {
        "day": shown,
        "what": what(day),
        "whose": whose(day),
        "ground": ground(day.rests_on),
        "state": state_words(reading, one),
        "due": day.due,
        "on": day.on,
    }
    href = reading.view.href(item=day.key)
    style = "late" if one.state in OPEN and told(reading, one) else ""
    part = f"{reading.scheme.code}.{day.key}"
    return Row(values, href=href, style=style, selected=reading.view.item == day.key, part=part)


def _by_month(reading: Reading, table: Table) -> Component:
    """The table with a line over the days of each month."""
    if not table.rows:
        return html.Div(_("没有符合条件的事项。"), className="foot")
    made = html_table(table, cards=CARDS)
    caption, head, body = made.children
    groups: dict[Month, list[Component]] = {}
    shown = sum(not column.hidden for column in table.columns)
    for row, line in zip(table.rows, body.children, strict=True):
        month = Month.of(row.values["due"])
        if month not in groups:
            name = html.Th(display.month_name(month), colSpan=shown, scope="rowgroup")
            groups[month] = [html.Tr(name, className="month")]
        groups[month].append(line)
    bodies = [html.Tbody(lines, id=f"m{month.number}") for month, lines in groups.items()]
    made.children = [caption, head, *bodies]
    return made


def _reform(reading: Reading) -> list[Component]:
    """The steps of the reform, which are told of whatever the year."""
    table = stage_table(reading)
    if not table.rows:
        return []
    body = html.Div(html_table(table, cards=CARDS), className="scroll")
    return [
        parts.section(
            _("改革实施阶段"),
            body,
            note=_("文件规定的一次性期限"),
            actions=[frame.exports(PATH, table.code, reading.view)],
        )
    ]


def stage_table(reading: Reading) -> Table:
    """The steps of the reform with their days, as the documents date them."""
    found = _table(reading, "stages", _("改革实施阶段"), stages(reading))
    rows = [replace(row, values={**row.values, "day": display.day_name(row.values["due"])}) for row in found.rows]
    return Table(found.code, found.title, found.columns, rows, of_now=True, days="due")


PAGE = Page(
    PATH,
    TITLE,
    show,
    one_day.drawer,
    tables={"days": of_months(day_table), "stages": of_months(stage_table), "units": one_day.units_of},
    acts=ACTS,
)
