"""What 总览 says of warnings and of who pays: two figures of the band, and the cases at the head of 请您关注."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.attributes import attributes
from dashboard.components.level import level_tag
from dashboard.components.parts import Cell, Child, Strong, sentence
from dashboard.pages.gap.account import expected_gaps
from dashboard.pages.gap.reading import WhoPays, who_pays
from dashboard.pages.overview.since import GAP_AHEAD, compared
from dashboard.pages.warnings import words as words
from dashboard.pages.warnings.acts import instruct
from dashboard.pages.warnings.instructions import instructions
from dashboard.pages.warnings.queue import case_href
from dashboard.pages.warnings.work import Matter, due_words, matters, responsible, state_words, what
from dashboard.site.reading import MEETING, Reading
from dashboard.site.view import View
from dashboard.words import as_of, display, meetings
from dashboard.words.wording import N_, _
from rules.alerts.threshold import Level
from workflows.matters.cases import awaits_instruction
from workflows.people.rights import WORKING


def gap_cell(reading: Reading) -> Cell:
    """缺口与责任: what the localities bear of the plan's gap, and what gap of management is expected."""
    found = who_pays(reading)
    label, href = _("缺口与责任"), View("/gap", reading.view.scheme).href()
    second = _own_duty(reading, found)
    general = found.general
    if general is None:
        return Cell(label, display.NO_VALUE, "", None, [[_("本年没有录入计划")], second], href)
    lines = sentence(
        N_("计划缺口 {gap}，结余弥补 {covered}"),
        gap=Strong(found.planned("gap.general", general.gap_fen)),
        covered=Strong(found.planned("gap.covered", general.covered_fen)),
    )
    bar = None
    if general.gap_fen > 0:
        whole = general.gap_fen
        bar = parts.stack(
            [
                (general.covered_fen / whole, "fill-2"),
                (general.province_fen / whole, "fill-3"),
                (general.local_fen / whole, "fill-accent"),
            ]
        )
    unit = f"{_('亿元')}　{_('地方分担')}"
    return Cell(label, found.planned("gap.local", general.local_fen), unit, bar, [lines, second], href)


def gap_ahead_cell(reading: Reading) -> Cell | None:
    """预计管理性缺口 as a figure of its own, for a phone; None where the document lays down none."""
    found = who_pays(reading)
    if not found.manages:
        return None
    short = expected_gaps(reading, found)
    said = _("{count}地，当地承担", count=len(short)) if short else _("按进度没有预计缺口")
    href = View("/gap", reading.view.scheme).href()
    amount = found.registered("gap.expected", sum(short.values()))
    return Cell(_("预计管理性缺口"), amount, _("亿元"), None, [said], href, only="phone-only")


def _own_duty(reading: Reading, found: WhoPays) -> list[Child]:
    """What the localities will have to make good themselves where the document lays that down, else what they owe."""
    if reading.compare == MEETING and found.manages:
        return sentence(N_("预计管理性缺口：{since}"), since=compared(reading, GAP_AHEAD).line)
    if found.manages:
        short = sum(expected_gaps(reading, found).values())
        return sentence(N_("预计管理性缺口 {amount}"), amount=Strong(found.registered("gap.expected", short)))
    unpaid = sum(one.unpaid_fen for one in found.owed)
    return sentence(N_("应缴未缴 {amount}"), amount=Strong(found.registered("due.unpaid", unpaid)))


def warnings_cell(reading: Reading) -> Cell:
    """预警事项: how many cases, their colours, how many are late."""
    every = matters(reading)
    levels = Counter(one.level for one in every)
    tags = html.Div(
        [level_tag(level, levels[level]) for level in reversed(Level) if levels.get(level)], className="levels"
    )
    view = View("/warnings", reading.view.scheme, reading.view.region)

    def counted(look: str, text: str, count: int) -> Component:
        """A count that leads to exactly those cases."""
        return html.A(sentence(text, count=Strong(str(count))), href=view.href(show=look))

    late = counted("overdue", N_("逾期未反馈 {count}"), sum(one.overdue(reading.now) for one in every))
    if instruct.open_to(reading):
        mine = counted("instruct", N_("待您批示 {count}"), sum(awaits_instruction(one.case) for one in every))
    else:
        mine = counted("unsigned", N_("待签收 {count}"), sum(one.unsigned for one in every))
    lines: list[list[Child]] = [[late, "　", mine], [counted("closed", N_("本月销号 {count}"), _closed(reading))]]
    if reading.compare == MEETING:
        lines[1] = _new_since(reading, every)
    return Cell(as_of.noted(reading, _("预警事项")), str(len(every)), _("项"), tags, lines, view.href(), linked=True)


def _new_since(reading: Reading, every: Sequence[Matter]) -> list[Child]:
    """How many of the open cases came after the last meeting."""
    meeting = meetings.last(reading)
    if meeting is None:
        return [_("首次会议")]
    new = sum(display.local(one.opened_at).date() > meeting.held_on for one in every)
    return sentence(N_("上次会议后新增 {count}"), count=Strong(str(new)))


def _closed(reading: Reading) -> int:
    """Cases closed in the running month."""
    return len(matters(reading, closed=True))


def instructions_line(reading: Reading) -> list[Child]:
    """批示与督办 not done, in one line; empty without any."""
    found = instructions(reading)
    if not found:
        return []
    late = sum(one.overdue(reading.today) for one in found)
    reported = sum(one.state == "reported" for one in found)
    view = View("/warnings", reading.view.scheme, reading.view.region, tab="instructions")

    def counted(state: str, count: int) -> list[Child]:
        return [html.A(html.B(str(count)), href=view.href(state=state))]

    said = sentence(
        N_("批示督办事项 {count} 项未办结：已报结果 {reported}，逾期 {late}"),
        count=counted("", len(found)),
        reported=counted("reported", reported),
        late=counted("overdue", late),
    )
    return [html.Span(said), html.A(_("查看"), href=view.href(), className="right")]


def case_lines(reading: Reading, most: int) -> tuple[list[Component], int]:
    """The most urgent cases as lines of 请您关注, and how many there are."""
    every = matters(reading)
    return [_line(reading, one) for one in every[:most]], len(every)


def _line(reading: Reading, one: Matter) -> Component:
    who = [
        html.Span([html.I(_("责任")), responsible(reading, one)]),
        html.Span([html.I(_("限期")), due_words(one)]),
        html.Span(
            [
                html.I(_("状态")),
                html.B(state_words(one, reading.now)) if one.overdue(reading.now) else state_words(one, reading.now),
            ]
        ),
    ]
    leads = instruct.open_to(reading)
    return html.Li(
        [
            html.Span(level_tag(one.level), className="tag-cell"),
            html.Div([words.place(reading, one.lead.subject), " ", *what(reading, one)], className="what"),
            html.A(
                _("批示") if leads else _("办理") if reading.scope.role in WORKING else _("查看"),
                href=case_href(reading, one.number),
                className="button",
                **attributes(data_sheet=_("关闭") if leads else None),
            ),
            html.Div(who, className="who"),
        ]
    )
