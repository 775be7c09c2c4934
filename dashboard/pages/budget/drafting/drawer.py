"""One item of a budget in the drawer: its drivers and working, the units below, replies, history, and its forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, frame
from dashboard.components.parts import Child
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.budget.drafting import acts
from dashboard.pages.budget.drafting.forms import amounts_open
from dashboard.pages.budget.drafting.reading import Budget, budgets, chosen
from dashboard.pages.budget.drafting.tables import less, place_name, regions_of
from dashboard.pages.budget.drafting.words import JOURNAL, WORKING, driver_name, journal_words, round_name, source_words
from dashboard.site.fields import Field
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.whats import WHATS
from dashboard.words.wording import _, name_of
from rules.budget.proposal import METHODS
from workflows.budget.proposals import factors
from workflows.budget.register import DRAFTING, BudgetFigure
from workflows.budget.steps import ANSWERED_IN


def budget_drawer(reading: Reading) -> Component | None:
    """The drawer of the item that the view names; None for none of the round's."""
    found = chosen(reading, budgets(reading))
    if found is None or reading.view.item not in found.one.items:
        return None
    item = reading.view.item
    own = found.one.figures.get((reading.region, item))
    regions = found.within(reading.region)
    proposed, drafted = (found.amount(regions, (item,), stage) for stage in ("proposed", "drafted"))
    leading = [
        docked.Trio(_("测算数"), display.printed(found.figure("proposed", proposed, item)), _("亿元")),
        docked.Trio(found.stage_name("drafted"), display.printed(found.figure("drafted", drafted, item)), _("亿元")),
        docked.Trio(
            _("偏离测算"),
            display.printed(found.figure("deviation", found.deviation(regions, (item,)), item), signed=True),
            "%",
        ),
    ]
    if found.one.adjustment:
        leading = []
    blocks: list[Component] = []
    if own is not None:
        blocks += _own_blocks(found, own)
    below = below_table(found, item)
    if below is not None:
        body = html.Div(html_table(below), className="scroll")
        blocks.append(docked.block(_("分地区"), body, right=frame.exports("/budget", below.code, reading.view)))
    crumb = f"{round_name(found.one)} · {place_name(found, reading.region) if own else name_of(reading.node)}"
    title = name_of(reading.scheme.item(item))
    return docked.drawer(reading, crumb=crumb, title=title, leading=leading, blocks=blocks)


def below_table(found: Budget, item: str) -> Table | None:
    """The item in the regions below, stage by stage; None where none has it."""
    stages = [stage for stage in found.stages() if stage in ("proposed", "drafted", "wanted", "second")]
    rows = []
    for region in found.rows:
        amounts = {stage: found.amount(regions_of(found, region), (item,), stage) for stage in stages}
        if region != found.reading.region and any(one is not None for one in amounts.values()):
            amounts["change"] = less(amounts.get("second"), amounts.get("drafted"))
            values = {"region": place_name(found, region), **amounts}
            rows.append(Row(values, href=found.reading.view.href(region=region), place=region, part=item))
    if not rows:
        return None
    columns = [Column("region", _("地区"))]
    columns += [
        Column(stage, found.stage_name(stage), "money", signed=stage == "wanted", what=f"budget.{stage}")
        for stage in stages
    ]
    return Table("budget-item-regions", _("分地区"), columns, rows, about=found.about, of_now=True)


def _own_blocks(found: Budget, own: BudgetFigure) -> list[Component]:
    made = [_working(found, own)]
    reply = found.answers.get(own.region)
    if reply is not None and own.item in reply.wanted:
        fen, reason = reply.wanted[own.item]
        wanted = display.printed(found.figure("asked", fen, own.item, own.region))
        lines: list[Child] = [html.P([_("要求"), " ", wanted, " ", _("亿元"), _("。"), reason])]
        made.append(docked.block(_("反馈意见"), lines))
    if own.why:
        made.append(docked.block(_("说明"), html.P(own.why)))
    return [*made, *_deeds(found, own), *_history(found, own)]


def _working(found: Budget, own: BudgetFigure) -> Component:
    """The method of the profile, its drivers with their sources; what is missing."""
    listed = {one.item: one for one in factors(found.reading.scheme, found.one.year)}
    if own.item not in listed:
        return docked.block(_("测算依据"), html.P(_("这一项没有测算方法，按编制数列。"), className="muted"))
    method = listed[own.item].method
    known = own.known
    entries: list[tuple[str, Child | Sequence[Child]]] = [(_("方法"), _(WORKING[method]))]
    for name in METHODS[method].drivers:
        if name not in known:
            entries.append((driver_name(name), _("没有数据，不测算")))
            continue
        value, source = known[name]
        figure = found.figure(f"driver.{name}", _exact(name, value), own.item, own.region)
        printed, unit = display.printed(figure), display.after(figure).strip()
        entries.append(
            (driver_name(name), [printed, unit if unit == "%" else f" {unit}", html.Small([" ", source_words(source)])])
        )
    proposed = display.printed(found.figure("proposed", own.proposed_fen, own.item, own.region))
    entries.append(
        (_("测算数"), [proposed, " ", _("亿元")] if own.proposed_fen is not None else _("缺少因素，没有测算数"))
    )
    rests_on = found.reading.scheme.parameters["budget_factors"].values[-1]
    entries.append((_("条文"), rests_on.source or rests_on.reason or ""))
    pairs: list[Component] = []
    for term, text in entries:
        pairs += [html.Dt(term), html.Dd(text)]
    return docked.block(_("测算依据"), html.Dl(pairs))


def _exact(name: str, value: Decimal) -> Decimal | int:
    """A driver in the unit that it is shown in: whole fen, a share in percent."""
    if name.endswith("_fen"):
        return int(value)
    return value * 100 if WHATS[f"budget.driver.{name}"].unit == "percent" else value


def _deeds(found: Budget, own: BudgetFigure) -> list[Component]:
    reading, one = found.reading, found.one
    seen: dict[Field[Any], Any] = {acts.NUMBER: one.number, acts.REGION: own.region, acts.ITEM: own.item}
    region, item = acts.HIDDEN_REGION, acts.HIDDEN_ITEM
    made: list[Component] = []
    if amounts_open(found):
        values = {**seen, acts.ROW_VERSION: own.row_version, acts.AMOUNT: own.final_fen, acts.WHY: own.why or ""}
        asked = (acts.NUMBER, region, item, acts.ROW_VERSION, acts.AMOUNT, acts.WHY)
        made.append(docked.block(_("改数"), acts.figure.form(reading, values, asked)))
        if one.state == DRAFTING and not one.adjustment:
            made += _driver_form(found, own)
    if (
        found.replies
        and one.state in ANSWERED_IN
        and acts.want.open_to(reading, own.region)
        and own.region in found.units
    ):
        shown = (acts.NUMBER, region, item, acts.AMOUNT, acts.REASON)
        form = acts.want.form(reading, {**seen, acts.AMOUNT: own.drafted_fen}, shown)
        made.append(docked.block(_("要求改数"), form))
    return made


def _driver_form(found: Budget, own: BudgetFigure) -> list[Component]:
    """What of the item's drivers can be entered, for its region."""
    listed = {one.item: one for one in factors(found.reading.scheme, found.one.year)}
    drivers = METHODS[listed[own.item].method].drivers if own.item in listed else ()
    offered = [
        (code, text)
        for code, text in acts.driver_names(found.reading)
        if code.partition(":")[0] in drivers and code.partition(":")[2] in ("", own.item)
    ]
    if not offered:
        return []
    # What is entered for the whole province holds for every unit.
    root, tree = found.reading.tree.root, found.reading.tree
    places = [(root, _("全省"))]
    if own.region != root:
        places.append((own.region, name_of(tree.region(own.region))))
    place = replace(acts.REGION, options=lambda _reading: places)
    name = replace(acts.NAME, options=lambda _reading: offered)
    values: dict[Field[Any], Any] = {acts.NUMBER: found.one.number, acts.REGION: root}
    shown = (acts.NUMBER, (place, name), acts.VALUE, acts.SOURCE)
    return [docked.block(_("填写测算参数"), acts.driver.form(found.reading, values, shown))]


def _history(found: Budget, own: BudgetFigure) -> list[Component]:
    """What was done with this figure, the latest first."""
    steps = [one for one in found.one.steps if one.region == own.region and one.item == own.item]
    if not steps:
        return []
    lines = []
    for place, one in enumerate(steps):
        said: list[Child] = [html.B(_(JOURNAL[one.step]))]
        if one.amount_fen is not None:
            figure = found.figure("step", one.amount_fen, f"{own.item}.{place}", own.region)
            said += [html.Span([display.printed(figure), " ", _("亿元")])]
        lines.append(html.Li([*said, html.Span(journal_words(one), className="muted"), html.P(one.text or "")]))
    return [docked.block(_("办理记录"), html.Ul(lines[::-1], className="journal"))]
