"""The forms of 用款与拨付: which the reader is offered for a unit and for the whole application, in which state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked
from dashboard.pages.funds.payments import acts
from dashboard.pages.funds.payments.reading import Shown
from dashboard.site.act import Act, Part
from dashboard.site.fields import Field
from dashboard.words import as_of, display
from dashboard.words.wording import _
from rules.month import Month
from workflows.fund_requests.steps import OPEN_TO

Values = dict[Field[Any], Any]


def place_forms(found: Shown, region: str) -> list[Component]:
    """Of a region's units: needs, lines, cuts; of one unit what was not paid out."""
    made: list[Component] = []
    register = found.register
    if _asked_for(found):
        if acts.speaks_for_agency(found.reading):
            # Where needs are missing it is what the reader came for.
            owed = register.drafted and any(register.line_fen(code) is None for code in found.units(region))
            made += _lines(found, region, acts.need, "need", register.need_fen, opened=owed)
        made += _lines(found, region, acts.draft, "draft", register.line_fen)
        made += _lines(found, region, acts.cut, "cut", register.approved_fen)
    if not found.planned and region in found.units(region):
        made += _unpaid(found, region)
    return [docked.block(_("办理"), made)] if made else []


def _asked_for(found: Shown) -> bool:
    """Whether the month is one that money is asked for now: the running one or the next."""
    running = Month.of(found.reading.today)
    return running <= found.month <= running.plus(1)


def _may(found: Shown, act: Act, step: str, region: str | None = None) -> bool:
    return act.open_to(found.reading, region) and found.register.state in OPEN_TO[step]


def _lines(
    found: Shown, region: str, act: Act, step: str, stands: Callable[[str], int | None], *, opened: bool = False
) -> list[Component]:
    """The form over a region's units, each with what stands."""
    if not _may(found, act, step, region):
        return []
    layout = act.fields(found.reading) if callable(act.fields) else act.fields
    values: Values = {acts.MONTH: found.month}
    pairs = [acts.unit(found.reading, code) for code in found.units(region)]
    for code, (amount, seen) in zip(found.units(region), pairs, strict=True):
        values |= {amount: stands(code), seen: found.register.row_version(code)}
    amounts: list[Part] = [tuple(amount for amount, _seen in pairs[at : at + 2]) for at in range(0, len(pairs), 2)]
    more: list[Part] = [one for one in layout if not isinstance(one, tuple) and not _of_unit(one)]
    head = html.P(_("金额以元填写；空着的不改。"), className="muted")
    shown: list[Part] = [head, *amounts, *(seen for _amount, seen in pairs), *more]
    form = act.form(found.reading, values, shown, main=step != "cut")
    return [html.Details([html.Summary(_(act.title)), form], className="folded", open=opened)]


def _of_unit(part: Part) -> bool:
    return isinstance(part, Field) and part.name.startswith(("fen_", "seen_"))


def _unpaid(found: Shown, region: str) -> list[Component]:
    """Register what was not paid out, then its making up."""
    if not acts.unpaid.open_to(found.reading, region) or not acts.speaks_for_agency(found.reading):
        return []
    register = found.register
    seen: Values = {acts.MONTH: found.month, acts.VERSION: register.row_version(region)}
    said = register.unpaid(region)
    made = []
    if said is not None and said.open:
        values = {**seen, acts.AMOUNT: said.left_fen, acts.MADE_UP_ON: found.reading.today}
        made.append(_folded(found, acts.paid_up, values, opened=True))
    by = found.reading.today + timedelta(days=15)
    made.append(_folded(found, acts.unpaid, {**seen, acts.MADE_UP_BY: by}))
    return made


def _folded(found: Shown, act: Act, values: Values, *, opened: bool = False) -> Component:
    return html.Details([html.Summary(_(act.title)), act.form(found.reading, values)], className="folded", open=opened)


def whole_forms(found: Shown) -> list[Component]:
    """Of the whole application: submit, return, approve, order."""
    register = found.register
    values: Values = {acts.MONTH: found.month, acts.VERSION: register.row_version(register.root)}
    made: list[Component] = []
    if _asked_for(found) and _may(found, acts.apply, "apply"):
        missing = [code for code in found.units(register.root) if register.line_fen(code) is None]
        if missing:
            text = _("还有{count}个单位没有申请数，补齐后才能提交。在各市一行里编制。", count=len(missing))
            made.append(html.P(text, className="muted"))
        else:
            made.append(_folded(found, acts.apply, values, opened=True))
    if _may(found, acts.review, "review"):
        made.append(_folded(found, acts.review, values, opened=True))
        made.append(_folded(found, acts.send_back, values))
        made.append(html.P(_("要核减的，先在各市一行里填核减后的数和理由。"), className="muted"))
    if _may(found, acts.order, "order"):
        approved = register.last("review")
        ordered = sum(one.amount_fen or 0 for one in register.orders)
        left = (approved.amount_fen or 0) - ordered if approved else 0
        if left:
            made.append(
                _folded(
                    found, acts.order, {**values, acts.ORDERED_ON: found.reading.today, acts.AMOUNT: left}, opened=True
                )
            )
    return [docked.block(_("办理"), made)] if made else []


def next_step(found: Shown) -> Component | None:
    """The page's button for what the reader has to do with the whole application now; None for nothing."""
    todo = {"drafting": acts.apply, "returned": acts.apply, "submitted": acts.review, "approved": acts.order}
    act = todo[found.register.state]
    if not act.open_to(found.reading) or (act is acts.apply and not _asked_for(found)):
        return None
    if act is acts.order and found.register.orders:
        return None
    return html.A(_(act.title), href=found.reading.view.href(item="step-asked"), className="button main")


def deadline_words(found: Shown) -> str:
    """By when the application is due; that it is assumed, where it is."""
    day = found.due.get("request_day")
    if day is None:
        return ""
    rule = found.reading.scheme.parameter("request_day", day)
    month = as_of.month_words(found.reading, found.month)
    said = _("{month}用款应于{day}前申请。", month=month, day=display.short_day(day))
    return said + (_("暂定参数（文件未明确）：{reason}。", reason=rule.reason) if rule.assumed else "")
