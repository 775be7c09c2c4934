"""The right column: head and end 版头版记, draft—check—sign, the checks, what goes out."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.pages.briefings.acts import ISSUE_VERSION
from dashboard.pages.briefings.compose import issue_name
from dashboard.pages.briefings.issue_acts import HEAD_FIELDS, ISSUED_ON, STEPS, write_head
from dashboard.pages.briefings.reading import Open, there
from dashboard.site.act import Act, Values
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.wording import N_, _
from workflows.briefings.register import Step

STAGES = (("drafting", N_("拟稿"), "send"), ("checking", N_("核稿"), "pass"), ("signing", N_("签发"), "sign"))
STEP_NAMES = {
    "open": N_("起草"),
    "carry": N_("沿用"),
    "edit": N_("改写"),
    "confirm": N_("核对"),
    "redraft": N_("重新生成"),
    "place": N_("放入材料"),
    "cite": N_("引用情况说明"),
    "replace": N_("替换数字"),
    "keep": N_("保留并注明"),
    "add": N_("添加一节"),
    "remove": N_("删去一节"),
    "move": N_("移动"),
    "head": N_("版头版记"),
    "send": N_("送核"),
    "pass": N_("送签发"),
    "return": N_("退回"),
    "sign": N_("签发"),
    "drop": N_("作废"),
}


def desk(reading: Reading, one: Open, going: Component) -> Component:
    """``going`` is what the reader can take away."""
    view = there(reading, one.issue)
    return html.Div(
        [_head(reading, one, view), _flow(one), _checks(reading, one, view), going, _journal(one)],
        className="side right",
    )


def _head(reading: Reading, one: Open, view: View) -> Component:
    issue = one.issue
    values: Values = {field: getattr(issue, name) for name, field in HEAD_FIELDS.items()}
    title = html.Div([html.H2(_("版头版记")), html.Span(issue_name(issue), className="note")], className="head")
    if not one.writes:
        shown = [
            pair
            for name, field in HEAD_FIELDS.items()
            if getattr(issue, name)
            for pair in (html.Dt(_(field.label)), html.Dd(getattr(issue, name)))
        ]
        day = [html.Dt(_(ISSUED_ON.label)), html.Dd(display.day_name(issue.day))] if issue.day else []
        return html.Div([title, html.Dl([*shown, *day], className="pairs")])
    values = {**values, ISSUE_VERSION: issue.version, ISSUED_ON: issue.day}
    form = write_head.form(reading, values, main=False, view=view)
    return html.Div([title, html.Div(form, className="narrow")])


def _flow(one: Open) -> Component:
    """拟稿—核稿—签发: who and when, of what was done; what comes next is plain."""
    order = [code for code, _name, _step in STAGES]
    now = len(order) if one.issue.state == "issued" else order.index(one.issue.state) if one.issue.state in order else 0
    cells = []
    for place, (_code, name, step) in enumerate(STAGES):
        done = _last(one, step) if place < now else None
        said = f"{done.name} {display.moment(done.at)}" if done is not None else ""
        if place == 0 and done is None:
            done = next((one for one in one.steps if one.step == "open"), None)
            said = done.name if done is not None else ""
        cells.append(
            html.Li(
                [html.B(_(name)), html.Span(said or _("待办") if place == now else said)],
                className="done" if place < now else "now" if place == now else "",
                **attributes(aria_current="step" if place == now else None),
            )
        )
    return html.Div([html.H2(_("拟稿—核稿—签发")), html.Ol(cells, className="stages")])


def _last(one: Open, step: str) -> Step | None:
    return next((found for found in reversed(one.steps) if found.step == step), None)


def _checks(reading: Reading, one: Open, view: View) -> Component:
    issue = one.issue
    if issue.state in ("issued", "dropped"):
        return html.Div(_buttons(reading, one, view))
    lines = []
    for check in one.checks:
        found = len(check.found)
        where = [html.A(_("定位"), href=f"#s{check.sections[0]}")] if check.sections else []
        count = _("{count}{unit}", count=found, unit=_(check.unit))
        lines.append(
            html.Li(
                [html.Span("○" if found else "✓", className="sign"), html.Span(_(check.name)), html.B(count), *where],
                className="found" if found else "",
                title="\n".join(check.found[:12]) or None,
            )
        )
    head = html.Div(
        [html.H2(_("检查")), html.Span(_("{moment} 自动", moment=display.moment(reading.now)), className="note")],
        className="head",
    )
    return html.Div([head, html.Ul(lines, className="checks"), *_buttons(reading, one, view)])


def _buttons(reading: Reading, one: Open, view: View) -> list[Component]:
    """The steps that can be taken now, by whom they may be; what stops them is said."""
    issue = one.issue
    version: Values = {ISSUE_VERSION: issue.version}

    def form(act: Act, main: bool = False) -> Component:
        return act.form(reading, version, main=main, view=view)

    made: list[Component] = []
    if issue.state == "drafting" and one.writes:
        stops = sum(len(check.found) for check in one.checks if check.stops)
        if stops:
            first = next(check.sections[0] for check in one.checks if check.stops and check.sections)
            made = [
                html.A(_("核对下一处（{count}）", count=stops), href=f"#s{first}", className="button main"),
                html.Button(_("送核"), type="button", className="button", disabled=True),
                html.P(_("送核前还须核对或处理{count}处。", count=stops), className="foot"),
            ]
        else:
            made = [form(STEPS["send"], main=True)]
        made.append(html.Details([html.Summary(_("作废本期")), form(STEPS["drop"])]))
    elif issue.state in ("checking", "signing"):
        step = "pass" if issue.state == "checking" else "sign"
        if STEPS[step].open_to(reading):
            made.append(form(STEPS[step], main=True))
        if STEPS["return"].open_to(reading):
            made.append(html.Details([html.Summary(_("退回")), form(STEPS["return"])]))
        if not made:
            made.append(html.P(_("等待核稿。") if step == "pass" else _("等待签发。"), className="foot"))
    return made


def _journal(one: Open) -> Component:
    lines = []
    for step in reversed(one.steps):
        text: list[Child] = [html.Span(f"{display.moment(step.at)} {step.name} "), html.B(_(STEP_NAMES[step.step]))]
        if step.text:
            text.append(html.Span(f" {step.text}", className="written"))
        lines.append(html.Li(text))
    return html.Details([html.Summary(_("经过（{count}）", count=len(lines))), html.Ul(lines, className="journal")])
