"""办理: the panel of one warning that stays beside it: steps, state, deadline, who, answers, and what may be done."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.pages.warnings.acts import CAUSES, LETTERS, note_letter
from dashboard.pages.warnings.deeds import deeds
from dashboard.pages.warnings.instructions import instruction_line
from dashboard.pages.warnings.queue import case_href, chosen
from dashboard.pages.warnings.why import still_firing
from dashboard.pages.warnings.words import SubjectFigures
from dashboard.pages.warnings.work import Matter, due_words, matters, remaining, responsible, state_words
from dashboard.site import attaching
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.attachments import attachment
from workflows.cases.register import CaseStep

STEPS = (N_("签收"), N_("转办"), N_("反馈"), N_("核实"), N_("销号"))
# State → the step that is to be done next.
AT_STEP = {"open": 0, "handling": 2, "submitted": 3, "closed": 5}
NOT_WORKED = {
    "trial": N_("标准为系统预置，未经本省确认（试运行）：只判定和显示，不派单、不发通知。"),
    "watch": N_("结构性指标，只提示关注，不派单。"),
    "act": N_("这一信号随所在事项合并办理。"),
    "none": N_("当前没有生效的预警标准。"),
}


def panel(reading: Reading, found: SubjectFigures, matter: Matter | None) -> Component:
    """The panel of a case; of a signal that is not worked by itself, why."""
    if matter is None:
        said = html.P(_(NOT_WORKED[found.standing.standing]), className="foot")
        return html.Aside([html.Div(html.H2(_("办理")), className="top"), said], className="work")
    blocks = [_top(reading, matter), _bar(matter), _state(reading, matter), *feedback(reading, matter)]
    blocks += _instructions(reading, matter)
    blocks += deeds(reading, matter, still_firing(found))
    blocks += _letters(reading, matter)
    return html.Aside(blocks, className="work", **attributes(aria_label=_("办理")))


def _top(reading: Reading, matter: Matter) -> Component:
    """Number, and the cases before and after it in the queue: J and K."""
    every = [one.number for one in chosen(reading, matters(reading))]
    links: list[Child] = []
    if matter.number in every:
        place = every.index(matter.number)
        if place:
            links.append(html.A(_("上一条"), href=case_href(reading, every[place - 1]), **attributes(data_key="k")))
        if place + 1 < len(every):
            links.append(html.A(_("下一条"), href=case_href(reading, every[place + 1]), **attributes(data_key="j")))
    number = html.Span(_("预警 {number}", number=matter.label), className="muted")
    return html.Div([html.H2(_("办理")), html.Span([number, *links], className="right")], className="top")


def _bar(matter: Matter) -> Component:
    at = AT_STEP[matter.state]
    if matter.state == "open" and matter.case.acked:
        at = 1
    steps = [
        html.Li(_(name), className="done" if place < at else "now" if place == at else "")
        for place, name in enumerate(STEPS)
    ]
    return html.Ol(steps, className="steps")


def _state(reading: Reading, matter: Matter) -> Component:
    left = remaining(reading, matter)
    due: list[Child] = [due_words(matter), *([html.B(f"　{left}")] if left != display.NO_VALUE else [])]
    pairs: list[tuple[str, Child | list[Child]]] = [
        (_("状态"), html.B(state_words(matter, reading.now))),
        (_("限期"), due),
        (_("责任"), responsible(reading, matter)),
    ]
    numbers = [one.number for one in matter.case.instructions]
    if numbers:
        pairs.append((_("督办"), _("督办事项{numbers}", numbers=_("、").join(numbers))))
    return html.Dl([part for term, text in pairs for part in (html.Dt(term), html.Dd(text))])


def _block(title: str, content: list[Child], note: str = "") -> Component:
    return html.Section([html.H3([title, html.Small(note)]), *content], className="block")


def feedback(reading: Reading, matter: Matter) -> list[Component]:
    """The last answer: cause, measures, the amount promised, the evidence."""
    step = matter.case.submission
    if step is None:
        return []
    details = step.details
    pairs: list[tuple[str, Child | list[Child]]] = []
    if details.get("cause") in CAUSES:
        pairs.append((_("原因"), _(CAUSES[str(details["cause"])])))
    measures = step.text or str(details.get("measures") or display.NO_VALUE)
    pairs.append((_("措施"), html.Span(measures, className="written")))
    if details.get("amount_fen"):
        by = str(details.get("by") or "")[:10]
        fen, number = int(details["amount_fen"]), matter.number
        amount = display.printed(reading.about_now.figure("promised", fen, part=number, place=matter.region))
        promised: list[Child] = [html.B(amount), " ", _("亿元")]
        pairs.append((_("预计"), [*([f"{by}{_('前补回')} "] if by else []), *promised]))
    files = _files(reading, step)
    if files:
        pairs.append((_("附件"), files))
    listed = html.Dl([part for term, text in pairs for part in (html.Dt(term), html.Dd(text))])
    note = f"{display.short_day(display.local(step.at).date())} {step.name}"
    return [_block(_("反馈"), [listed], note)]


def _files(reading: Reading, step: CaseStep) -> list[Child]:
    numbers = step.details.get("attachments") or ()
    found = [reading.ask(attachment, int(number)) for number in numbers]
    return [*attaching.links([one for one in found if one is not None])]


def _instructions(reading: Reading, matter: Matter) -> list[Component]:
    if not matter.case.instructions:
        return []
    lines: list[Child] = [instruction_line(reading, one) for one in matter.case.instructions]
    return [_block(_("领导批示"), lines)]


def _letters(reading: Reading, matter: Matter) -> list[Component]:
    """文书: each opens in the drawer with its figures; what was sent stands beside the title."""
    sent = [
        f"{_(LETTERS.get(step.step.partition(':')[2], 'notice'))} {display.short_day(display.local(step.at).date())}"
        for step in matter.case.letters
    ]
    if not note_letter.open_to(reading) or not reading.sees_siblings:
        return (
            [_block(_("文书"), [html.P(_("已发：{sent}", sent=_("、").join(sent)), className="foot")])] if sent else []
        )
    links: list[Child] = [
        html.A(_(name), href=reading.view.href(item=f"letter.{code}"), className="button")
        for code, name in LETTERS.items()
    ]
    note = _("已发：{sent}", sent=_("、").join(sent)) if sent else ""
    return [_block(_("文书"), [html.Div(links, className="letters")], note)]
