"""The forms of the gap registers: which the reader is offered, in which state."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked
from dashboard.components.attributes import attributes
from dashboard.pages.gap import acts
from dashboard.pages.gap.inputs import INPUTS
from dashboard.pages.gap.reading import WhoPays
from dashboard.pages.gap.words import KIND_NAMES
from dashboard.site.act import Layout, Values
from dashboard.site.fields import Field
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import _
from workflows.gap.items import OPEN_TO, kinds
from workflows.gap.register import GapItem, Settlement
from workflows.people.rights import signs_for

DRAWERS = {"new": acts.register, "issue": acts.issue, "credits": acts.credits}


def form_drawer(reading: Reading, found: WhoPays, wanted: str) -> Component | None:
    """The drawer of a form that belongs to no row yet; None where the reader may not use it."""
    if not DRAWERS[wanted].open_to(reading):
        return None
    return {"new": _new, "issue": _issue, "credits": _credits}[wanted](reading, found)


def _new(reading: Reading, found: WhoPays) -> Component:
    """Kind first, then its own fields."""
    offered = kinds(reading.scheme)
    kind = reading.view.show if reading.view.show in offered else ""
    links = [
        html.A(
            _(KIND_NAMES[code]),
            href=reading.view.href(show=code),
            **attributes(aria_current="true" if code == kind else None),
        )
        for code in offered
    ]
    blocks = [docked.block(_("类别（附件3第三条）"), html.Div(links, className="kinds"))]
    if kind:
        blocks.append(docked.block(_(KIND_NAMES[kind]), acts.register.form(reading, {acts.KIND: kind})))
    return docked.drawer(reading, crumb=_("管理性缺口台账"), title=_("新增"), leading=[], blocks=blocks)


def _issue(reading: Reading, found: WhoPays) -> Component:
    assert found.general is not None
    count = sum(1 for share in found.general.shares if share.payable_fen)
    text = _(
        "按现行参数，{count}个市县应分担一般性缺口{amount}亿元。下达后计入应缴，并冲减上年超收额度；每年只下达一次。",
        count=count,
        amount=display.money(found.general.local_fen),
    )
    body = acts.issue.form(
        reading, {acts.DUE_ON: date(found.year, 12, 31)}, [html.P(text), acts.ISSUED_BY, acts.DUE_ON]
    )
    return docked.drawer(
        reading, crumb=_("应缴与扣缴"), title=_("下达地方分担"), leading=[], blocks=[docked.block(_("下达"), body)]
    )


def _credits(reading: Reading, found: WhoPays) -> Component:
    text = _(
        "按{year}年收入计划和实收（市县负责的项目）逐地核定，超过计划的登记入账；每年只登记一次。", year=found.year - 1
    )
    body = acts.credits.form(reading, shown=[html.P(text)])
    return docked.drawer(
        reading, crumb=_("超收台账"), title=_("登记超收"), leading=[], blocks=[docked.block(_("登记"), body)]
    )


# --- an item


def item_forms(reading: Reading, item: GapItem) -> list[Component]:
    """What the reader may do with an item now; the act itself checks everything again."""
    if item.corrects is not None or item.state in ("settled", "withdrawn"):
        return []
    made = [
        _step(reading, item, step)
        for step, act in acts.OF_ITEM.items()
        if item.state in OPEN_TO[step] and act.open_to(reading, item.region) and _due(reading, item, step)
    ]
    return [docked.block(_("办理"), made)] if made else []


def _due(reading: Reading, item: GapItem, step: str) -> bool:
    """What depends on more than state and role: whose act it is, and whether its time has come."""
    if step == "answer":
        return item.objection_open
    if step == "sign":
        department = signs_for(reading.scope)
        signed = {one.department for one in item.signed}
        return not item.objection_open and department is not None and department not in signed
    if step == "tell":
        return not item.objection_open
    if step == "assess":
        return item.kind != "plan_shortfall" or reading.today.year > item.year
    return True


def _step(reading: Reading, item: GapItem, step: str) -> Component:
    act = acts.OF_ITEM[step]
    values: dict[Field[Any], Any] = {
        acts.NUMBER: item.number,
        acts.ROW_VERSION: item.row_version,
        acts.DUE_ON: date(item.year, 12, 31),
    }
    keys = (acts.NUMBER, acts.ROW_VERSION)
    shown: Layout | None = None
    if step == "assess":
        shown = [*keys, *INPUTS[item.kind]]
        values |= {field: item.inputs.get(field.name) for field in INPUTS[item.kind]}
    if step == "sign":
        said = _(
            "代表{department}签署；同一人不得核定又会签，也不得签两次。",
            department=department_name(signs_for(reading.scope)),
        )
        shown = [*keys, html.P(said, className="muted"), acts.DOCUMENT]
    form = act.form(reading, values, shown, main=step not in ("withdraw", "exclude"))
    opened = step in ("sign", "object", "answer", "tell")
    return html.Details([html.Summary(_(act.title)), form], className="paper", open=opened)


# --- an amount owed


def owed_forms(reading: Reading, owed: Settlement) -> list[Component]:
    """Recording a payment or a deduction, and reporting whether it stands in the local budget."""
    values: Values = {acts.SETTLEMENT: owed.id, acts.ROW_VERSION: owed.row_version, acts.PAID_ON: reading.today}
    made = []
    if acts.payment.open_to(reading):
        made.append(acts.payment.form(reading, values))
    if acts.budget.open_to(reading, owed.region):
        made.append(acts.budget.form(reading, values, main=False))
    return [docked.block(_("办理"), made)] if made else []
