"""The matter looked at, beside the list: its last five steps, and what the reader does about it without leaving the list."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components.attributes import attributes
from dashboard.components.level import level_tag
from dashboard.components.parts import Child
from dashboard.pages.messages.acts import MATTER, keep_quiet, read, speak_again
from dashboard.pages.messages.said import Said
from dashboard.pages.warnings import words, work
from dashboard.pages.warnings.deeds import CaseReader, next_deed
from dashboard.pages.warnings.instructions import next_step
from dashboard.pages.warnings.panel import feedback
from dashboard.pages.warnings.why import facts, still_firing, wanted
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.matters import THEN, TO_DO
from dashboard.words.wording import _
from rules.alerts.casework import VERIFIED_DAYS
from workflows.matters.boxes import Mine
from workflows.matters.marks import Mark
from workflows.matters.records import Kind, Matter

SHOWN = 5


def panel(
    reading: Reading, said: Said, matter: Matter, mine: Mine | None, mark: Mark, beside: tuple[str, str]
) -> Component:
    """``beside``: the addresses of the rows before and after, "" where there is none."""
    blocks = [
        _top(reading, said, matter, mark, beside),
        html.H2([*_tag(matter), html.B(said.place(matter)), "　", *said.what(matter)], className="subject"),
        *_facts(said, matter),
        _steps(said, matter),
    ]
    if mine is not None:
        if mine.turn.act == "case_close":
            # What is to be judged, with its evidence.
            blocks += feedback(said.at(matter), work.Matter(matter.record, matter.due))
        blocks.append(_turn(said, matter, mine))
    elif matter.waiting:
        blocks.append(html.P(_("现在轮到：{who}。", who=said.turn(matter)), className="foot"))
    # After the deed the next row is looked at; the last one's turn over, the one before.
    following = beside[1] or beside[0] or reading.view.href(id="")
    return html.Aside(blocks, className="work", **attributes(aria_label=_("事项"), data_next=following))


def _tag(matter: Matter) -> list[Child]:
    return [level_tag(matter.level), " "] if matter.level else []


def _top(reading: Reading, said: Said, matter: Matter, mark: Mark, beside: tuple[str, str]) -> Component:
    links: list[Child] = [
        html.A(text, href=href, **attributes(data_key=key))
        for text, href, key in ((_("上一条"), beside[0], "k"), (_("下一条"), beside[1], "j"))
        if href
    ]
    quiet = speak_again if mark.mutes(matter) else keep_quiet
    links.append(
        html.Span(quiet.form(reading, {MATTER: matter.key}, main=False), className="plain", **attributes(data_key="m"))
    )
    if mark.new(matter) and not (matter.latest and matter.latest.login == g.account.login):
        links.append(html.Span(read.form(reading, {MATTER: matter.key}, [MATTER], main=False), className="plain"))
    own = html.A(_("打开事项"), href=said.href(matter), **attributes(data_key="enter"))
    number = html.Span([said.number(matter), "　", own], className="muted")
    return html.Div([number, html.Span(links, className="right")], className="top")


def _facts(said: Said, matter: Matter) -> list[Component]:
    """What a case is measured by: the plan or the inputs of its leading signal, and the years before."""
    if matter.kind is not Kind.CASE:
        return []
    at, standing = said.at(matter), matter.record.lead.standing
    at.snapshot.read(wanted(at, standing))
    return [facts(at, words.find(at, standing))]


def _steps(said: Said, matter: Matter) -> Component:
    """The last five, the oldest above."""
    found = matter.steps[-SHOWN:]
    lines = [
        html.Li(
            [
                html.Time(display.moment(one.at)),
                html.Span(said.who(one), className="who"),
                html.Div(said.step(matter, one)),
            ]
        )
        for one in found
    ]
    count = len(matter.steps)
    every = [html.A(_("全部{count}步", count=count), href=said.href(matter))] if count > SHOWN else []
    title = html.H3([_("最近五步") if count > SHOWN else _("办理过程"), html.Small(every)])
    nothing = html.P(_("{day}列入，还没有人办理。", day=display.moment(matter.opened_at)), className="foot")
    body = html.Ol(lines, className="timeline") if lines else nothing
    return html.Section([title, body], className="block")


def _turn(said: Said, matter: Matter, mine: Mine) -> Component:
    """要您办: what, until when, and the form that does it; what is done elsewhere is a way there."""
    act = mine.turn.act
    title = html.H3([_("要您办：{act}", act=_(TO_DO[act])), html.Small(said.due(mine.due, act))])
    forms = list(_forms(said, matter, act))
    if not forms:
        forms = [html.A(_("去办理"), href=said.href(matter), className="button main")]
    then = html.P(_(THEN[act], days=VERIFIED_DAYS), className="foot") if act in THEN else ""
    return html.Section([title, *forms, then], className="block turn")


def _forms(said: Said, matter: Matter, act: str) -> Sequence[Child]:
    at = said.at(matter)
    if matter.kind is Kind.CASE:
        found = words.find(at, matter.record.lead.standing)
        reader = CaseReader(at, work.Matter(matter.record, matter.due))
        return next_deed(reader, act, still_firing(found) if act == "case_close" else [])
    return next_step(at, matter.record) if matter.kind is Kind.INSTRUCTION else ()
