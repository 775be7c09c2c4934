"""办理: the panel of one warning that stays beside it: steps, state, deadline, who, and what the reader may do."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Child
from dashboard.pages.warnings_queue import case_href, chosen
from dashboard.pages.warnings_why import still_firing
from dashboard.pages.warnings_words import Found
from dashboard.pages.warnings_work import Matter, due_words, matters, remaining, state_words
from dashboard.reading import Reading
from dashboard.view import View
from dashboard.wording import N_, _

STEPS = (N_("签收"), N_("转办"), N_("反馈"), N_("核实"), N_("销号"))
# State → the step that is to be done next.
AT_STEP = {"open": 0, "handling": 2, "submitted": 3, "closed": 5}
NOT_WORKED = {
    "trial": N_("标准为系统预置，未经本省确认（试运行）：只判定和显示，不派单、不发通知。"),
    "watch": N_("结构性指标，只提示关注，不派单。"),
    "act": N_("这一信号随所在事项合并办理。"),
    "none": N_("当前没有生效的预警标准。"),
}


def panel(reading: Reading, found: Found, matter: Matter | None) -> Component:
    """The panel of a case; of a signal that is not worked by itself, why."""
    if matter is None:
        said = html.P(_(NOT_WORKED[found.standing.standing]), className="foot")
        return html.Aside([html.Div(html.H2(_("办理")), className="top"), said], className="work")
    return html.Aside([_top(reading, matter), _bar(matter), _state(reading, matter), _firing(found)], className="work")


def _top(reading: Reading, matter: Matter) -> Component:
    """Number, and the cases before and after it in the queue: J and K."""
    every = [one.number for one in chosen(reading, matters(reading))]
    links: list[Child] = []
    if matter.number in every:
        place = every.index(matter.number)
        if place:
            links.append(html.A(_("上一条"), href=case_href(reading, every[place - 1]), **{"data-key": "k"}))
        if place + 1 < len(every):
            links.append(html.A(_("下一条"), href=case_href(reading, every[place + 1]), **{"data-key": "j"}))
    number = html.Span(_("预警 {number}", number=matter.label), className="muted")
    return html.Div([html.H2(_("办理")), html.Span([number, *links], className="right")], className="top")


def _bar(matter: Matter) -> Component:
    at = AT_STEP[matter.state]
    steps = [
        html.Li(_(name), className="done" if place < at else "now" if place == at else "")
        for place, name in enumerate(STEPS)
    ]
    return html.Ol(steps, className="steps")


def _state(reading: Reading, matter: Matter) -> Component:
    left = remaining(reading, matter)
    due: list[Child] = [due_words(matter), *([html.B(f"　{left}")] if matter.due is not None else [])]
    pairs: list[tuple[str, Child | list[Child]]] = [
        (_("状态"), html.B(state_words(matter, reading.now))),
        (_("限期"), due),
        (_("责任"), matter.responsible or _("待明确")),
    ]
    return html.Dl([part for term, text in pairs for part in (html.Dt(term), html.Dd(text))])


def _firing(found: Found) -> Component:
    return html.P(still_firing(found), className="foot")


def list_href(reading: Reading) -> str:
    return View("/warnings", reading.view.scheme, reading.view.region, reading.view.period).href()


def block(title: str, body: Child | list[Child], *, note: str = "") -> Component:
    """One part of the panel under a line."""
    return parts.section(title, body, actions=[html.Span(note, className="muted")] if note else [])
