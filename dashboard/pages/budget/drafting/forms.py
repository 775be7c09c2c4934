"""What the reader is offered to do with a budget: the act itself checks everything again."""

from __future__ import annotations

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.pages.budget.drafting import acts
from dashboard.pages.budget.drafting.reading import Budget
from dashboard.pages.budget.drafting.words import MAKE, step_name
from dashboard.site.act import Layout, Values
from dashboard.site.fields import Choice
from dashboard.words.wording import _, name_of
from rules.budget.procedure import DOCUMENTED
from workflows.budget.register import DONE, DRAFTING, SECOND
from workflows.budget.steps import ANSWERED_IN
from workflows.people.rights import department_of


def forms(found: Budget) -> list[Component]:
    """The forms of the round as a whole, for the reader's office or unit."""
    made = [*_of_office(found), *_of_units(found)]
    return [parts.section(_("办理"), made, className="deeds")] if made else []


def is_ours(found: Budget) -> bool:
    """Whether the step that the round waits for is the reader's office's."""
    code = SECOND if found.one.state == "reply" else found.one.state
    step = next((one for one in found.steps if one.code == code), None)
    return (
        step is not None
        and department_of(found.reading.scope) in step.offices
        and acts.advance.open_to(found.reading)
        and found.reading.is_province
    )


def amounts_open(found: Budget) -> bool:
    """Whether the reader's office may set amounts now."""
    step = next((one for one in found.steps if one.code == found.one.state), None)
    ours = step is not None and department_of(found.reading.scope) in step.offices
    return ours and found.one.state in (DRAFTING, SECOND) and acts.figure.open_to(found.reading)


def _of_office(found: Budget) -> list[Component]:
    reading, one = found.reading, found.one
    if one.state in (DONE, "receive"):
        return _issue_again(found)
    if not is_ours(found):
        return []
    seen: Values = {acts.NUMBER: one.number, acts.ROW_VERSION: one.row_version}
    keys: Layout = (acts.NUMBER, acts.ROW_VERSION)
    made: list[Component] = []
    if one.state == "issue":
        if acts.issue.open_to(reading):
            made.append(acts.issue.form(reading, seen))
    else:
        documented = one.state in DOCUMENTED
        more: Layout = (acts.DOCUMENT, acts.DOCUMENT_ON) if documented else ()
        if one.state == "first_issue":
            more = (acts.DOCUMENT,)
        shown = (*keys, html.B(step_name(one, one.state)), *more)
        made.append(acts.advance.form(reading, seen, shown, button=_(MAKE[one.state])))
    if one.state in ("first_issue", "review", "check", "government", "congress", "issue"):
        form = acts.back.form(reading, seen, main=False)
        made.append(html.Details([html.Summary(_("退回修改")), form], className="more"))
    return made


def _issue_again(found: Budget) -> list[Component]:
    """Where the delivery of the plans came to nothing they are issued again."""
    one, reading = found.one, found.reading
    if not one.failed or not acts.issue.open_to(reading):
        return []
    text = html.P(_("第{number}批没有入库，请核对原因后重新下达。", number=one.delivery))
    shown = (acts.NUMBER, acts.ROW_VERSION, text)
    return [acts.issue.form(reading, {acts.NUMBER: one.number, acts.ROW_VERSION: one.row_version}, shown)]


def _of_units(found: Budget) -> list[Component]:
    """一上 and 签收, for the units that the reader answers for."""
    reading, one = found.reading, found.one
    if not acts.agree.open_to(reading, reading.region):
        return []
    made: list[Component] = []
    if found.replies and one.state in ANSWERED_IN:
        waiting = [unit for unit in found.units if one.reply(unit) is None] or list(found.units)
        made.append(
            acts.agree.form(
                reading, _seen(found, waiting), (acts.NUMBER, _choice(found, waiting)), button=_("反馈：无修改意见")
            )
        )
        text = html.P(_("有修改意见的，点项目逐项填写要求的数和理由。"), className="muted")
        made.append(text)
    waiting = [unit for unit in found.units if one.last("receive", unit) is None]
    if one.state == "receive" and waiting and one.taken_in:
        made.append(acts.receive.form(reading, _seen(found, waiting), (acts.NUMBER, _choice(found, waiting))))
    return made


def _seen(found: Budget, units: list[str]) -> Values:
    """The round, and the unit where there is one alone."""
    return {acts.NUMBER: found.one.number, **({acts.REGION: units[0]} if len(units) == 1 else {})}


def _choice(found: Budget, units: list[str]) -> Choice:
    tree = found.reading.tree
    return replace(acts.REGION, options=lambda _reading: [(unit, name_of(tree.region(unit))) for unit in units])
