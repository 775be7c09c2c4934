"""The suspicions 疑点 of a problem that a comparison raised: the rule beside them, what was judged, one of them in the drawer.

A person is the first eight digits of the hash here. Nothing else is shown of anybody unless it is asked for and recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, forms, frame, parts
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, sentence
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.issues import words as words
from dashboard.pages.issues.judging import (
    CAUSE,
    LOOKED_AT,
    REASON,
    SUSPICIONS,
    WORDS,
    causes,
    clear,
    look,
    mark,
    uphold,
    withdraw,
)
from dashboard.pages.issues.reading import subject
from dashboard.pages.warnings.listing import pager
from dashboard.site.act import Act, Layout
from dashboard.site.reading import Reading
from dashboard.site.view import number_in
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _, name_of
from rules.persons.comparisons import COMPARISONS
from workflows.comparisons.register import Raised, Tally, suspicions, tally
from workflows.issues.register import Issue
from workflows.people import rights

PAGE = 50
STATES = {"open": N_("待核"), "upheld": N_("属实"), "cleared": N_("排除")}
STEPS = {"uphold": N_("判定属实"), "clear": N_("判定排除"), "withdraw": N_("撤回判定")}
CARDS = Cards(("state", "why", "tick"), "code", ("span", "amount"))


def of_issue(reading: Reading, one: Issue) -> tuple[Raised, ...]:
    """The suspicions of a problem; none of one that no run here raised."""
    return reading.ask(suspicions, one.scheme, ref=one.ref) if one.comparison else ()


def chosen(reading: Reading, found: Sequence[Raised]) -> list[Raised]:
    """Those of the state looked at, or all."""
    state = reading.view.state
    return [one for one in found if state not in STATES or one.state == state]


# --- the rule


def rule_section(found: Sequence[Raised]) -> Component | None:
    """The rule that found them: its article, what it reads, what the amount is, what is known to be innocent."""
    rule = COMPARISONS.get(found[0].rule)
    if rule is None:
        return None
    entries: list[tuple[str, Child]] = [
        (_("依据条款"), html.Span(rule.article, className="written")),
        (_("起算"), display.day_name(rule.since)),
        (_("比对数据"), _("、").join(name_of(one) for one in rule.inputs)),
        (_("涉及金额"), words.in_language(rule.amount, rule.amount_en)),
        (_("可能的正常原因"), _("；").join(name_of(one) for one in rule.causes)),
    ]
    pairs = [part for term, text in entries for part in (html.Dt(term), html.Dd(text))]
    return parts.section(_("比对规则"), html.Dl(pairs, className="pairs"), note=name_of(rule))


# --- the table


def section(reading: Reading, one: Issue, found: Sequence[Raised]) -> Component:
    """How they stand, and the table in which they are judged, by who may."""
    shown = chosen(reading, found)
    start = ((number_in(reading.view.number) or 1) - 1) * PAGE
    may = one.open and uphold.open_to(reading)
    table = suspicion_table(reading, one, shown[start : start + PAGE], tick=may)
    body: list[Child] = [html.P(_("没有这种状态的疑点。"), className="foot")]
    if shown:
        drawn = html.Div(html_table(table, cards=CARDS), className="scroll")
        body = [_judged(reading, shown[0].rule, drawn) if may else drawn, *pager(reading, len(shown), start, PAGE)]
    return parts.section(
        table.title,
        [html.P(_said(reading, one, tally(found)), className="foot"), _switch(reading, found), *body],
        note=_("金额元；个人只列代号"),
        actions=[frame.exports(reading.view.path, table.code, reading.view)],
        className="suspicions",
    )


def _said(reading: Reading, one: Issue, of: Tally) -> list[Child]:
    return sentence(
        N_("疑点{count}条：待核{open}条，属实{upheld}条、涉及{amount}元，排除{cleared}条。"),
        count=str(of.count),
        open=str(of.open),
        upheld=str(of.upheld),
        amount=display.printed(figure(reading, one, "suspicions.upheld", of.upheld_fen, one.ref), "yuan"),
        cleared=str(of.cleared),
    )


def _switch(reading: Reading, found: Sequence[Raised]) -> Component:
    view = reading.view.without_item()
    counts = {"": len(found), **{state: sum(one.state == state for one in found) for state in STATES}}
    names = {"": N_("全部"), **STATES}
    at = view.state if view.state in STATES else ""
    options = [(f"{_(name)} {counts[key]}", view.href(state=key, number=""), key == at) for key, name in names.items()]
    return html.Div(parts.segment(options, label=_("状态")), className="toolbar")


def _judged(reading: Reading, rule: str, drawn: Component) -> Component:
    cause = replace(CAUSE, options=causes(rule), note=N_("判定排除时选"))
    layout: Layout = [drawn, (cause, WORDS), _buttons(reading, (uphold, clear, withdraw))]
    return html.Div(uphold.form(reading, shown=layout, button=""), className="urge")


def _buttons(reading: Reading, acts: Sequence[Act]) -> Component:
    """One form, several acts: each button sends it to its own."""
    made = []
    for place, one in enumerate(acts):
        address = one.address(reading.view)
        look = "button main" if place == 0 else "button"
        told = attributes(data_action=address)
        made.append(html.Button(_(one.title), type="submit", formAction=address, className=look, **told))
    return html.Div(made, className="judging")


def suspicion_table(reading: Reading, one: Issue, found: Sequence[Raised], *, tick: bool = False) -> Table:
    """疑点 as a table, for files too: no name, no whole hash, nothing that the registers say of a person."""
    columns = [
        Column("code", _("代号")),
        Column("region", _("地区")),
        Column("span", _("月份")),
        Column("months", _("月数"), "count"),
        Column("amount", _("金额"), "money"),
        Column("state", _("状态")),
        Column("why", _("判定情况"), className="written"),
        *([Column("tick", _("选"))] if tick else []),
    ]
    rows = [_row(reading, one, each, tick) for each in found]
    return Table("suspicions", _("疑点"), columns, rows, unit="yuan", of_now=True)


def _row(reading: Reading, one: Issue, each: Raised, tick: bool) -> Row:
    values = {
        "code": each.code,
        "region": words.place(reading, each.region),
        "span": span(each),
        "months": len(each.months),
        "amount": figure(reading, one, "suspicion", each.amount_fen, part_of(each)),
        "state": _(STATES[each.state]),
        "why": _why(each),
        "tick": "",
    }
    extra: dict[str, Child] = {"tick": SUSPICIONS.box(mark(each))} if tick else {}
    item = item_of(each)
    return Row(values, href=reading.view.href(item=item), extra=extra, selected=reading.view.item == item)


def part_of(each: Raised) -> str:
    return f"{each.ref}.{each.run}.{each.number}"


def item_of(each: Raised) -> str:
    """What of the address opens its drawer."""
    return f"s-{each.run}-{each.number}"


def span(each: Raised) -> str:
    """The months from first to last, or the one there is."""
    first, last = each.months[0][0], each.months[-1][0]
    if first == last:
        return display.month_name(first)
    return display.span(display.month_name(first), display.month_name(last))


def _why(each: Raised) -> str:
    """Why it was cleared, and what was said of it; "" where nobody has judged."""
    if each.state == "open":
        return ""
    last = each.steps[-1]
    named = [causes(each.rule).get(last.cause, last.cause)] if last.cause else []
    return " · ".join([*named, *([last.text] if last.text else []), last.name])


def figure(reading: Reading, one: Issue, what: str, fen: int | Fraction, part: str) -> Figure:
    return reading.about_now.figure(what, fen, part=part, place=one.region)


# --- one of them


def drawer(reading: Reading) -> Component | None:
    """One suspicion: what was judged when by whom, the acts, and the look at the person's particulars."""
    one = subject(reading)
    found = of_issue(reading, one) if one else ()
    each = next((each for each in found if item_of(each) == reading.view.item), None)
    if one is None or each is None:
        return None
    amount = figure(reading, one, "suspicion", each.amount_fen, part_of(each))
    pairs: list[tuple[str, Child]] = [
        (_("地区"), words.place(reading, each.region)),
        (_("月份"), span(each)),
        (_("月数"), str(len(each.months))),
        (_("金额"), html.Span([*display.with_unit(display.printed(amount, "yuan"), amount, "yuan")])),
        (_("状态"), html.B(_(STATES[each.state]))),
    ]
    listed = html.Dl([part for term, text in pairs for part in (html.Dt(term), html.Dd(text))])
    blocks = [docked.block(_("疑点情况"), listed), docked.block(_("判定经过"), _journal(each), note=_("只增不改"))]
    if one.open and uphold.open_to(reading):
        blocks.append(docked.block(_("作出判定"), _forms(reading, each)))
    if look.open_to(reading, one.region) and rights.sees_persons(reading.scope, one.department):
        form = look.form(reading, {LOOKED_AT: f"{each.run}.{each.number}"}, main=False)
        blocks.append(
            docked.block(
                _("个人疑点明细"),
                html.Div(form, className="look"),
                note=_("每次查看均有记录"),
            )
        )
    rule = COMPARISONS.get(each.rule)
    crumb = f"{one.ref} · {name_of(rule) if rule else each.rule}"
    return docked.drawer(reading, crumb=crumb, title=_("代号 {code}", code=each.code), leading=[], blocks=blocks)


def _journal(each: Raised) -> Component:
    if not each.steps:
        return html.P(_("还没有判定。"), className="foot")
    lines = []
    for step in each.steps:
        why = [causes(each.rule).get(step.cause, step.cause)] if step.cause else []
        told = " · ".join([_(STEPS[step.step]), *why, *([step.text] if step.text else [])])
        who = f"{department_name(step.department)} {step.name}".strip()
        lines.append(
            html.Li(
                [
                    html.Time(display.moment(step.happened_at)),
                    html.Span(who, className="who"),
                    html.Div(told, className="written"),
                ]
            )
        )
    return html.Ol(lines, className="timeline")


def _forms(reading: Reading, each: Raised) -> list[Component]:
    """What can be judged of it now: of the fields those of each act."""
    known = forms.hidden(SUSPICIONS.name, mark(each))
    if each.state != "open":
        return [withdraw.form(reading, shown=[known, REASON], main=False)]
    cause = replace(CAUSE, options=causes(each.rule), note=N_("判定排除时选"))
    return [uphold.form(reading, shown=[known, cause, WORDS, _buttons(reading, (uphold, clear))], button="")]
