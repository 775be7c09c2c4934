"""请您关注 on 总览: what the data alone say needs an eye."""

from __future__ import annotations

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.overview.warnings import case_lines, instructions_line
from dashboard.site.reading import LIVE, Reading
from dashboard.site.view import View
from dashboard.words import as_of, display, figures
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from data_access.intake.sources.status import declared_sources

MATTERS = 5


@dataclass(frozen=True, slots=True)
class AttentionLine:
    """One line of the list: what, who is responsible, by when or since when, state, where to look."""

    tag: str
    what: list[Child]
    who: str
    due: str
    state: str | list[Child]
    href: str


def matters_section(reading: Reading) -> Component:
    cases, count = case_lines(reading, MATTERS)
    facts = [_matter_line(matter) for matter in find_matters(reading)] if len(cases) < MATTERS else []
    lines = [*cases, *facts][:MATTERS]
    if not lines:
        nothing = html.Div(_nothing(reading), className="matters foot")
        return parts.section(_("请您关注"), nothing, note=as_of.noted(reading))
    href = View("/warnings", reading.view.scheme, reading.view.region).href()
    every = [html.A(_("全部{count}项预警事项", count=count), href=href)] if count else []
    return parts.section(
        _("请您关注"),
        html.Ul(lines, className="matters"),
        note=as_of.noted(reading, _("最急在前")),
        actions=every,
        foot=instructions_line(reading),
    )


def _nothing(reading: Reading) -> str:
    """Good news, as far as it is known: only of what was looked at is it said that nothing is wrong."""
    compared = reading.snapshot.values("premium_deviation", reading.snapshot.month)
    ages = reading.published.snapshot(reading.scheme.code, LIVE).rows("data_age", None)
    known = []
    if ages and all(row.value.value == 0 for row in ages):
        known.append(_("数据按时到达"))
    now = reading.published.snapshot(reading.scheme.code, LIVE)
    if figures.exact(now.values("balance_identity", None).get(reading.region)) == 0:
        known.append(_("账目相符"))
    if any(found.value is not None for found in compared.values()):
        known.append(_("各地进度不低于历史同期"))
    if not known:
        return _("没有列入关注的事项；数据来源、账目和进度还没有可以核对的数。")
    return _("没有需要关注的事项：{known}。", known=_("，").join(known))


def _matter_line(matter: AttentionLine) -> Component:
    who = [
        html.Span([html.I(_("责任")), matter.who]),
        html.Span([html.I(_("时间")), matter.due]),
        html.Span([html.I(_("状态")), *([matter.state] if isinstance(matter.state, str) else matter.state)]),
    ]
    return html.Li(
        [
            html.Span(html.Span(matter.tag, className="tag"), className="tag-cell"),
            html.Div(matter.what, className="what"),
            html.A(_("查看"), href=matter.href, className="button"),
            html.Div(who, className="who"),
        ]
    )


def find_matters(reading: Reading) -> list[AttentionLine]:
    """Facts that need an eye, from the data alone: books that do not balance or reconcile, silence, then the slowest."""
    return [
        *_identity_matters(reading),
        *_reconciliation_matters(reading),
        *_silence_matters(reading),
        *_slow_matters(reading),
    ]


def _identity_matters(reading: Reading) -> list[AttentionLine]:
    now = reading.published.snapshot(reading.scheme.code, LIVE)
    found = now.values("balance_identity", None).get(reading.region)
    if found is None or not found.value:
        return []
    what = sentence(
        N_("收支与账户余额相差{yuan}元"),
        yuan=Strong(display.printed(figures.figure(reading, "balance_identity"), "yuan")),
    )
    return [AttentionLine(_("核"), what, _("财政、经办"), _("即日"), _("待查"), reading.view.page_href("/data"))]


def _reconciliation_matters(reading: Reading) -> list[AttentionLine]:
    # Like the cases beside it, what needs an eye is of now.
    rows = reading.published.snapshot(reading.scheme.code, LIVE).values("reconciliation_difference", None)
    found = sorted(
        (
            (code, value)
            for code, value in rows.items()
            if value.value and code in reading.tree.children(reading.region)
        ),
        key=lambda pair: -(pair[1].value or 0),
    )
    matters = []
    for code, value in found[:2]:
        fen = figures.input_figure(
            reading,
            "reconciliation_difference",
            value,
            "difference_fen",
            of=figures.about(reading, "reconciliation_difference", code),
        )
        what = sentence(
            N_("{region}征缴对账调节后仍差{amount}万元"),
            region=name_of(reading.tree.region(code)),
            amount=Strong(display.printed(fen, "wan", absolute=True)),
        )
        days = value.inputs.get("days_open")
        since = _("已{days}天", days=int(days)) if days else _("今日")
        matters.append(
            AttentionLine(
                _("核"), what, _("税务、国库、财政、经办"), since, _("差额待查"), reading.view.page_href("/data")
            )
        )
    return matters


def _silence_matters(reading: Reading) -> list[AttentionLine]:
    running = reading.running
    late = [row for row in running.snapshot.rows("data_age", None) if row.value.value]
    sources = reading.ask(declared_sources, reading.scheme.code) if late else {}
    matters = []
    for row in late:
        if row.value.value and row.part in sources:
            source = sources[row.part]
            what = sentence(
                N_("{source}数据逾期{days}个工作日"),
                source=name_of(source),
                days=Strong(display.printed(figures.figure_of(running, "data_age", row, row.region))),
            )
            who = department_name(source.department)
            matters.append(
                AttentionLine(_("数据"), what, who, _("应即报送"), _("未到"), reading.view.page_href("/data"))
            )
    return matters


def _slow_matters(reading: Reading) -> list[AttentionLine]:
    if not reading.sees_siblings and reading.is_province:
        return []
    values = reading.snapshot.values("premium_deviation", reading.snapshot.month)
    slow = sorted(
        ((code, values[code]) for code in reading.children() if code in values and (values[code].value or 0) < 0),
        key=lambda pair: (pair[1].value or 0, pair[0]),
    )
    matters = []
    for code, _found in slow[:MATTERS]:
        done = figures.progress(reading, "premium", code)
        still = N_("{region} 征缴慢于历史同期{points}个百分点，离全年计划还差{rest}亿元")
        what = sentence(
            still if done.rest and done.rest > 0 else N_("{region} 征缴慢于历史同期{points}个百分点"),
            region=name_of(reading.tree.region(code)),
            points=Strong(display.printed(done.pace, absolute=True)),
            rest=Strong(done.rest_shown),
        )
        state = sentence(N_("完成{rate}%"), rate=done.progress_shown)
        who = _("{region}政府、税务", region=name_of(reading.tree.region(code)))
        matters.append(AttentionLine(_("提示"), what, who, _("年底前"), state, reading.view.region_href(code)))
    return matters
