"""调整: every adjustment of a plan with its approval, what it changes, and the one under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.budget.drafting import acts
from dashboard.pages.budget.drafting.forms import amounts_open, forms
from dashboard.pages.budget.drafting.reading import Budget, budgets, chosen
from dashboard.pages.budget.drafting.tables import less, place_name, regions_of, step_table
from dashboard.pages.budget.drafting.words import round_name, step_name
from dashboard.site.act import Values
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _, bracketed, name_of
from workflows.budget.register import DONE, total

PATH = "/budget"


@dataclass(frozen=True, slots=True)
class Change:
    """One adjustment of a year's plan in the region looked at. ``state`` is words, ``number`` that of its round, "" where
    the plans were delivered without one."""

    year: int
    version: int
    number: str
    income_fen: int | None
    expenditure_fen: int | None
    reason: str
    document: str
    approved_on: date | None
    state: str


def adjustments_page(reading: Reading) -> Component:
    found = budgets(reading, adjustments=True)
    one = chosen(reading, found)
    table = adjustment_table(reading)
    begin = _begin(reading, found)
    section = parts.section(
        _("预算调整"),
        html.Div(html_table(table), className="scroll"),
        note=_("亿元；增减按调整前后之差"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_("年度预算原则上不作调整；确需调整的，须有批准文号才能下达。"),
    )
    left: list[Component] = [section] if table.rows else []
    right: list[Component] = []
    if one is not None:
        left.append(_sheet(one))
        steps = html.Div(html_table(step_table(one)), className="scroll")
        export = frame.exports(PATH, "budget-steps", reading.view)
        right += [parts.section(_("编制程序"), steps, actions=[export]), *forms(one), *_figure_form(one)]
    body = html.Div([html.Div(left), html.Div([*right, *begin])], className="split drafting")
    return html.Div([parts.conclusion(_first(reading, table), _second(one)), body])


def _first(reading: Reading, table: Table) -> list[Child]:
    year = reading.today.year
    count = sum(row.values["year"] == str(year) for row in table.rows)
    if not count:
        return [_("{year}年度预算没有调整。", year=year)]
    return sentence(N_("{year}年度预算调整{count}次。"), year=str(year), count=Strong(str(count)))


def _second(one: Budget | None) -> list[Child]:
    if one is None or one.one.waits_for == DONE:
        return []
    return [_("{name}在办：{step}。", name=round_name(one.one), step=step_name(one.one, one.one.waits_for))]


def _changes(reading: Reading) -> Iterator[Change]:
    """Adjustments under way and those whose plans are in, the newest first."""
    plans = reading.running.snapshot.plans
    inside = frozenset(reading.tree.subtree(reading.region))
    rounds = {(one.one.year, one.one.version): one for one in budgets(reading, adjustments=True)}
    found: dict[tuple[int, int], dict[str, list[int | None]]] = {}
    approved: dict[tuple[int, int], tuple[str, date]] = {}
    for (year, region, item), rows in plans.rows.items():
        for row in rows:
            if row.version and region in inside:
                before = plans.adjusted(region, item, year, row.approved_on - timedelta(days=1))
                sides = found.setdefault((year, row.version), {"income": [], "expenditure": []})
                sides[reading.scheme.item(item).side].append(less(row.amount_fen, before))
                approved[year, row.version] = row.approval_ref, row.approved_on
    for year, version in sorted({*found, *rounds}, reverse=True):
        one = rounds.get((year, version))
        sides = found.get((year, version)) or _under_way(one)
        step = None if one is None else one.one.approval
        document, day = approved.get((year, version)) or (
            (step.document or "", step.document_on) if step else ("", None)
        )
        state = _("已下达") if one is None or one.one.waits_for == DONE else step_name(one.one, one.one.waits_for)
        amounts = {side: total(known) for side, known in sides.items()}
        reason = "" if one is None else one.one.reason or ""
        number = "" if one is None else one.one.number
        yield Change(year, version, number, amounts["income"], amounts["expenditure"], reason, document, day, state)


def _under_way(one: Budget | None) -> dict[str, list[int | None]]:
    sides: dict[str, list[int | None]] = {"income": [], "expenditure": []}
    if one is not None:
        inside = set(one.within(one.reading.region))
        for (region, item), figure in one.one.figures.items():
            if region in inside:
                before = one.plans.adjusted(region, item, one.one.year, one.reading.today)
                sides[one.reading.scheme.item(item).side].append(less(figure.final_fen, before))
    return sides


def adjustment_table(reading: Reading) -> Table:
    """Every adjustment: what it added or took away, why, by which approval, where it stands."""
    columns = (
        Column("year", _("年度")),
        Column("version", _("次数")),
        Column("income", _("收入增减"), "money", signed=True, what="budget.adjustment:income"),
        Column("spent", _("支出增减"), "money", signed=True, what="budget.adjustment:expenditure"),
        Column("document", _("批准文号"), className="written wrap"),
        Column("approved", _("批准日期"), "day"),
        Column("state", _("进度")),
        Column("reason", _("理由"), className="written wrap"),
    )
    about = replace(reading.about_now, period="")
    rows = []
    for one in _changes(reading):
        period = f"{one.year}.{one.version}"
        values = {
            "year": str(one.year),
            "version": _("第{count}次", count=one.version),
            "income": about.figure("budget.adjustment", one.income_fen, part="income", period=period),
            "spent": about.figure("budget.adjustment", one.expenditure_fen, part="expenditure", period=period),
            "document": one.document,
            "approved": one.approved_on or "",
            "state": one.state,
            "reason": one.reason,
        }
        href = reading.view.href(show=one.number, item="") if one.number else ""
        rows.append(Row(values, href=href, selected=bool(one.number) and reading.view.show == one.number))
    return Table("budget-adjustments", _("预算调整"), columns, rows, about=about, of_now=True)


def adjusted_table(found: Budget) -> Table:
    """The amounts of one adjustment: before, after, the difference and why, unit by unit."""
    columns = (
        Column("region", _("地区")),
        Column("item", _("收支项目")),
        Column("before", _("调整前"), "money", what="budget.unadjusted"),
        Column("after", _("调整后"), "money", what="budget.drafted"),
        Column("change", _("增减"), "money", signed=True, what="budget.change"),
        Column("why", _("理由"), className="written wrap"),
    )
    approved = found.one.approval
    # The day before it was approved what it changes still stood.
    until = found.reading.today if approved is None else approved.document_on or approved.day
    until -= timedelta(days=1 if approved else 0)
    rows = []
    for region in found.rows or found.within(found.reading.region):
        regions = regions_of(found, region)
        for item in found.items():
            figures = [found.one.figures[one, item] for one in regions if (one, item) in found.one.figures]
            if not figures:
                continue
            reasons = {one.why for one in figures}
            before = total(found.plans.adjusted(one.region, item, found.one.year, until) for one in figures)
            after = total(one.final_fen for one in figures)
            values = {
                "region": place_name(found, region),
                "item": name_of(found.reading.scheme.item(item)),
                "before": before,
                "after": after,
                "change": less(after, before),
                "why": (reasons.pop() or "") if len(reasons) == 1 else "",
            }
            own = region == found.reading.region
            href = "" if own else found.reading.view.href(region=region, item="")
            rows.append(
                Row(
                    values,
                    href=href,
                    place=f"{region}~" if own and found.rows else region,
                    part=f"{item}.{found.one.version}",
                )
            )
    title = _("调整明细") + bracketed(round_name(found.one))
    return Table("budget-adjusted", title, columns, rows, about=found.about, of_now=True)


def _sheet(one: Budget) -> Component:
    table = adjusted_table(one)
    body: Component = html.Div(html_table(table), className="scroll")
    if not table.rows:
        body = html.P(_("还没有列入调整的项目。"), className="muted")
    export = [frame.exports(PATH, table.code, one.reading.view)] if table.rows else []
    note = f"{round_name(one.one)} · {one.one.reason or ''}"
    return parts.section(_("调整明细"), body, note=note, actions=export)


def _begin(reading: Reading, found: tuple[Budget, ...]) -> list[Component]:
    """The form that begins an adjustment, for who may and while none is under way."""
    year = reading.today.year
    under_way = any(one.one.year == year and one.one.state != DONE for one in found)
    if not acts.adjust.open_to(reading) or not reading.is_province or under_way:
        return []
    return [parts.section(_("提出预算调整"), acts.adjust.form(reading))]


def _figure_form(one: Budget) -> list[Component]:
    """An amount to be adjusted: of a unit's item that has a plan."""
    if not amounts_open(one):
        return []
    planned = {(region, item) for (year, region, item) in one.plans.rows if year == one.one.year}
    tree, scheme = one.reading.tree, one.reading.scheme
    regions = [code for code in tree.codes if any(region == code for region, _item in planned)]
    items = [item.code for item in scheme.items if any(code == item.code for _region, code in planned)]
    region = replace(acts.REGION, options=lambda _reading: [(code, place_name(one, code)) for code in regions])
    item = replace(acts.ITEM, options=lambda _reading: [(code, name_of(scheme.item(code))) for code in items])
    why = replace(acts.REASON, label=N_("理由"))
    seen: Values = {acts.NUMBER: one.one.number, acts.ROW_VERSION: 0}
    shown = (acts.NUMBER, acts.ROW_VERSION, (region, item), replace(acts.AMOUNT, label=N_("调整后金额（元）")), why)
    return [parts.section(_("列入调整"), acts.figure.form(one.reading, seen, shown, button=_("列入")))]
