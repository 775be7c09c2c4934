"""What was checked before anything is taken: the file's own totals, the store, and what cannot be taken."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashboard.components import forms, parts
from dashboard.components.parts import Child
from dashboard.pages.data.workbench import acts, decide, rows
from dashboard.pages.data.workbench.bench import OnBench
from dashboard.site.act import Values
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.problems import rejection_line
from dashboard.words.wording import N_, _

if TYPE_CHECKING:
    from data_access.intake.workbench.agreement import Sum
    from data_access.intake.workbench.examine import State
    from data_access.intake.workbench.offer import Offer

SHOWN_SUMS = 4
SHOWN_WORKINGS = 40
SHOWN_PARTS = 12
KINDS = {"total": N_("合计"), "identity": N_("表内关系"), "to_date": N_("上月累计加本月")}
SHOWN_REASONS = 6
SHOWN_LIKE = 100


def totals(shown: Offer, offers: tuple[Offer, ...]) -> Component:
    every = [one for offer in offers for one in offer.sums]
    wrong = [one for one in every if not one.agrees]
    unit = rows.unit_name(shown.found.unit or "")
    if not every:
        body: Component = html.Div(_("表里没有合计，无从核对。"), className="foot")
        return parts.section(_("与表内合计核对"), body)
    agreeing = _("、").join(one.address for one in every if one.agrees)
    lines: list[Child] = [
        _(
            "{at}：表内{stated}，相加{computed}，差{difference}",
            at=one.address,
            stated=plain_number(one.stated),
            computed=plain_number(one.computed),
            difference=plain_number(one.difference),
        )
        for one in wrong[:SHOWN_SUMS]
    ]
    cells = [
        parts.Cell(_("一致"), display.number(len(every) - len(wrong), 0), _("项"), lines=[agreeing[:80]]),
        parts.Cell(_("有差"), display.number(len(wrong), 0), _("项"), lines=lines),
    ]
    # What differs first: of a long table the rest is cut.
    working = [html.Li(_working(one)) for one in sorted(every, key=lambda one: one.agrees)[:SHOWN_WORKINGS]]
    details = html.Details([html.Summary(_("看算式")), html.Ul(working, className="reasons")])
    return parts.section(_("与表内合计核对"), [parts.band(cells, accounts=True), details], note=unit)


def plain_number(number: Decimal) -> str:
    return f"{number:,f}"


def _working(one: Sum) -> str:
    added = " + ".join(one.parts[:SHOWN_PARTS]) + (" …" if len(one.parts) > SHOWN_PARTS else "")
    said = f"{one.address} {one.label} {plain_number(one.stated)} = {added} = {plain_number(one.computed)}"
    return f"{_(KINDS[one.kind])}{_('：')}{said}"


def beside(on: OnBench) -> Component:
    examined = on.examined
    if not examined.states:
        foreign = examined.target and examined.allowance is None
        said = _("这张表不由您的账户报送。") if foreign else _("先说明“对应”里的问题，再与已有数据核对。")
        body: Component = html.Div(said, className="foot")
        return parts.section(_("与已有数据核对"), body)
    told: tuple[tuple[State, str, str], ...] = (
        ("new", _("新增"), _("已有数据中没有")),
        ("same", _("相同"), _("不重复记")),
        ("differs", _("不同"), _("新旧并列，写明理由才更正")),
        ("like", _("可能重复"), _("同日同地同项目同金额")),
    )
    cells = [
        parts.Cell(name, display.number(examined.count(state), 0), _("行"), lines=[text]) for state, name, text in told
    ]
    return parts.section(_("与已有数据核对"), parts.band(cells, accounts=True), note=_("按各表的同一行标志"))


def refusals(on: OnBench) -> Component:
    refused = on.examined.refused
    if not refused:
        return html.Div()
    lines = [html.Li(rejection_line(one, on.examined.target)) for one in refused[:SHOWN_REASONS]]
    if len(refused) > SHOWN_REASONS:
        lines.append(html.Li(_("……共{count}处，导出可得全部。", count=display.number(len(refused), 0))))
    return parts.section(_("不合格"), html.Ul(lines, className="reasons"))


def likely(reading: Reading, on: OnBench) -> Component:
    """The rows that are likely there already, each to be left out."""
    examined = on.examined
    places = [at for at, state in enumerate(examined.states) if state in ("like", "left_out")]
    if not places:
        return html.Div()
    names, _alike = rows.varying(examined)
    boxes: list[Child] = []
    for at in places[:SHOWN_LIKE]:
        said = " · ".join(rows.said(examined, name, examined.columns[name][at]) for name in names)
        cell = examined.cells[at]
        boxes.append(forms.tick(acts.WITHOUT.name, f"{cell} {said}", cell, on=examined.states[at] == "left_out"))
    values: Values = {decide.VERSION: str(on.draft.version)}
    form = acts.leave_out_rows.form(reading, values, [*boxes, decide.VERSION], main=False)
    return parts.section(_("可能重复"), form, note=_("同日、同地区、同项目、同金额已有一笔，来源单号不同"))
