"""The left column: the sections 提纲 with their states, the basket 材料篮, what may be cited 情况说明."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.pages.briefings import acts
from dashboard.pages.briefings.compose import Part
from dashboard.pages.briefings.editing import at_work_words
from dashboard.pages.briefings.reading import Open, in_basket, sayings, there
from dashboard.site.keeping import ITEM, unkeep
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from rules.scheme import load_scheme
from workflows.briefings.basket import Item

STATES = {"generated": N_("系统生成，待核"), "edited": N_("已改"), "confirmed": N_("已核")}
KINDS = {"picture": N_("图"), "grid": N_("表"), "text": N_("文")}


def outline(reading: Reading, one: Open) -> Component:
    lines = [_line(reading, one, part, place) for place, part in enumerate(one.parts, start=1)]
    body: list[Child] = [
        html.Div(
            [html.H2(_("提纲")), *([html.Span(_("Alt+↑↓ 改顺序"), className="note")] if one.writes else [])],
            className="head",
        ),
        html.Ol(lines, className="outline"),
    ]
    if one.writes:
        body.append(html.Details([html.Summary(_("添加一节")), acts.add.form(reading, view=there(reading, one.issue))]))
    if one.writes or in_basket(reading):
        body.append(basket(reading, one))
    if one.writes:
        body.append(cited(reading, one))
    return html.Div(body, className="side left")


def _line(reading: Reading, one: Open, part: Part, place: int) -> Component:
    state = html.Span(_(STATES[part.row.state]), className=f"state {part.row.state}")
    busy = at_work_words(reading, part) if one.issue.state == "drafting" else ""
    said = [html.Span(part.heading), state, *([html.Small(busy)] if busy else [])]
    content: list[Child] = [html.A(said, href=f"#s{part.row.id}")]
    if one.writes:
        content.append(
            html.Span(
                [_move(reading, one, part, place - 1, "↑"), _move(reading, one, part, place + 1, "↓")],
                className="moves",
            )
        )
    return html.Li(content, **attributes(data_section=str(part.row.id)))


def _move(reading: Reading, one: Open, part: Part, to: int, sign: str) -> Component:
    said = (
        _("上移“{heading}”", heading=part.row.heading)
        if sign == "↑"
        else _("下移“{heading}”", heading=part.row.heading)
    )
    form = acts.move.form(
        reading,
        {acts.SECTION: part.row.id, acts.TO: max(to, 0)},
        button=sign,
        main=False,
        view=there(reading, one.issue),
    )
    form.title = said  # type: ignore[attr-defined]
    return form


# --- basket


def basket(reading: Reading, one: Open | None) -> Component:
    """What the reader put aside; placed, it says in which sections it stands."""
    mine = in_basket(reading)
    counted = _("图{pictures} 表{grids}", pictures=_count(mine, "picture"), grids=_count(mine, "grid")) if mine else ""
    body: list[Child] = [
        html.Div([html.H2(_("材料篮")), html.Span(counted, className="note")], className="head"),
    ]
    if not mine:
        body.append(html.P(_("材料篮是空的。在任一图表右上角点“加入简报”。"), className="foot"))
    else:
        body.append(html.Ul([_item(reading, one, item) for item in mine], className="basket"))
    return html.Div(body, className="kept")


def _count(mine: tuple[Item, ...], kind: str) -> str:
    return str(sum(one.of.kind == kind for one in mine))


def _item(reading: Reading, one: Open | None, item: Item) -> Component:
    placed = [] if one is None else [part.heading for part in one.parts if item.of.content in part.row.content]
    said: list[Child] = [
        html.Span(_(KINDS[item.of.kind]), className="kind"),
        html.A([html.Span(item.of.title), html.Small(f"{item.of.page} · {item.of.period}")], href=item.of.address),
    ]
    if one is not None and item.of.scheme != one.issue.scheme:
        said.append(html.Small(name_of(load_scheme(item.of.scheme)), className="placed"))
    elif placed:
        said.append(html.Small(_("已放入{sections}", sections=_("、").join(placed)), className="placed"))
    elif one is not None and one.writes:
        said.append(acts.place_item.form(reading, {acts.ITEM: item.id}, main=False, view=there(reading, one.issue)))
    out = unkeep.form(reading, {ITEM: item.id}, button="×", main=False)
    out.title = _("取出“{title}”", title=item.of.title)  # type: ignore[attr-defined]
    return html.Li([*said, out])


# --- what departments said


def cited(reading: Reading, one: Open) -> Component:
    found = sayings(one)
    if not found:
        return html.P(_("本期没有情况说明可引用。"), className="foot")
    lines = []
    for saying in found:
        day = display.short_day(display.local(saying.at).date())
        who = f"{name_of(one.reading.tree.region(saying.region))} · {saying.by_name} {day}"
        content: list[Child] = [html.P(saying.text, className="written"), html.Small(who)]
        if one.writes:
            content.append(
                acts.cite.form(reading, {acts.SAYING: saying.id}, main=False, view=there(reading, one.issue))
            )
        lines.append(html.Li(content))
    head = html.Summary(_("情况说明 {count}条可引用", count=len(found)))
    return html.Details([head, html.Ul(lines, className="sayings")])
