"""The middle: the issue on paper, with what changed since the last one marked, and beside each section its state."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.charts.theme import as_text
from dashboard.components import paper
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.exports.blocks import Block, Grid, Paragraph, Picture
from dashboard.pages.briefings import acts, carry
from dashboard.pages.briefings.compose import Part, document, placed
from dashboard.pages.briefings.editing import at_work_words, way_in
from dashboard.pages.briefings.issue_acts import FORMS
from dashboard.pages.briefings.outline import STATES
from dashboard.pages.briefings.reading import Open, source_of, there
from dashboard.pages.briefings.renewing import TABLE, table_of
from dashboard.site.act import Values
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _, in_language, language

SHOWN = 3  # of a table's figures that moved


def sheet(reading: Reading, one: Open) -> Component:
    """The paper with its tools."""
    form = reading.view.show if reading.view.show in FORMS else one.issue.form
    whole = placed(one.parts)
    changed = sum(_changed(one, part) for part in one.parts)

    reader = language()

    def around(place: int, block: Block, made: Component) -> Component:
        part, own = whole[place]
        # The paper speaks the issue's language, what stands beside it the reader's.
        with in_language(reader):
            return _around(reading, one, part, own, made, first=place == 0 or whole[place - 1][0] is not part)

    shown = paper.paper(document(one.issue, one.parts, source_of(one), form), _drawn, around)
    return html.Div([_tools(reading, one, form, changed), html.Div(shown, className="stage")], className="middle")


def _tools(reading: Reading, one: Open, form: str, changed: int) -> Component:
    links = [
        html.A(_(name), href=reading.view.href(show=code), **attributes(aria_current="true" if code == form else None))
        for code, name in FORMS.items()
    ]
    content: list[Child] = [
        html.Div(links, className="segment small", role="group", **attributes(aria_label=_("形式")))
    ]
    if one.issue.based_on is not None:
        content += [
            html.Span(_("改动 {count} 处", count=changed)),
            html.Button(
                _("上一处"), type="button", className="quiet", title="Shift+F8", **attributes(data_change="-1")
            ),
            html.Button(_("下一处"), type="button", className="quiet", title="F8", **attributes(data_change="1")),
            html.Button(
                _("显示改动"), type="button", className="quiet", **attributes(data_marks="1", aria_pressed="true")
            ),
        ]
    content.append(html.Span(_("每页22行 × 28字"), className="right"))
    return html.Div(content, className="tools")


def _drawn(picture: Picture) -> Component:
    """A place that the browser draws the chart in: the paper holds nothing else alive, so it stays one part of the page
    however many charts come and go."""
    return html.Div(
        className="chart", **attributes(data_drawing=json.dumps(as_text(picture.figure), ensure_ascii=False))
    )


# --- what stands around a block


def _around(reading: Reading, one: Open, part: Part, block: Block, made: Component, *, first: bool) -> Component:
    """A block with its marks and, over the first of a section, the section's note in the margin."""
    place = next((place for place, other in enumerate(part.blocks) if other is block), None)
    runs = None if place is None else one.changes[part.row.id].get(place)
    if runs is not None:
        with in_language(one.issue.language):
            made = html.P(_marked(runs), className="text")
    beside: list[Child] = []
    if first:
        beside.append(_section_note(reading, one, part))
    if place is not None and isinstance(block, Paragraph) and one.issue.state == "drafting":
        beside += [_moved_note(reading, one, part, place, moved) for moved in one.moved(part, place)]
    if isinstance(block, (Grid, Picture)) and place is not None:
        beside.append(_block_note(reading, one, part, place, block))
    if not beside:
        return made
    state = f"placed {part.row.state}" if first else "placed"
    shown = html.Div([made, html.Aside(beside, className="margin")], className=state)
    if first:
        shown.id = f"s{part.row.id}"  # type: ignore[attr-defined]
    return shown


def _marked(runs: Sequence[tuple[str, str]]) -> list[Child]:
    """A paragraph with what differs from the last issue underlined; hovering shows what stood there."""
    made: list[Child] = []
    for run, was in runs:
        shown = paper.text([run])
        made += [html.Span(shown, className="changed", title=was)] if was else shown
    return made


def _changed(one: Open, part: Part) -> int:
    """How many places of a section differ from the last issue."""
    return sum(bool(was) for runs in one.changes[part.row.id].values() for _run, was in runs)


def _section_note(reading: Reading, one: Open, part: Part) -> Component:
    """收支和结余　已核 · 王×× 09:35, and what can be done with the section."""
    row = part.row
    moment = display.moment(row.changed_at)
    said = html.Div(
        [html.B(row.heading), " ", html.Span(_(STATES[row.state])), html.Small(f" · {row.changed_by} {moment}")]
    )
    content: list[Child] = [said]
    busy = at_work_words(reading, part) if one.issue.state == "drafting" else ""
    if busy:
        content.append(html.Div(html.B(busy)))
    changed = _changed(one, part)
    if changed:
        content.append(html.Small(_("较上期改动{count}处", count=changed)))
    if one.writes:
        values: Values = {acts.SECTION: row.id, acts.SECTION_VERSION: row.version}
        buttons: list[Child] = []
        if row.state != "confirmed" and not busy:
            buttons.append(
                acts.confirm.form(reading, values, main=row.state == "generated", view=there(reading, one.issue))
            )
        buttons.append(way_in(reading, one, part))
        content.append(html.Div(buttons, className="buttons"))
    return html.Div(content, className="note-of heavy" if row.state == "generated" else "note-of")


def _moved_note(reading: Reading, one: Open, part: Part, place: int, moved: carry.Moved) -> Component:
    """锁定数来源已变: what was written, what it is now, and the two things that can be done."""
    figure = moved.now.figure
    values: Values = {
        acts.SECTION: part.row.id,
        acts.SECTION_VERSION: part.row.version,
        acts.BLOCK: place,
        acts.KEY: moved.written.figure.key,
    }
    content: list[Child] = [
        html.B(_("锁定数来源已变")),
        html.Div([html.Del(moved.written), " → ", html.B(moved.now)]),
        html.Small(_("数据版本{before} → {after}", before=moved.written.figure.version, after=figure.version)),
    ]
    if one.writes:
        view = there(reading, one.issue)
        forms = [act.form(reading, values, main=False, view=view) for act in (acts.replace_figure, acts.keep_figure)]
        content.append(html.Div(forms, className="buttons"))
    return html.Div(content, className="note-of heavy")


def _block_note(reading: Reading, one: Open, part: Part, place: int, block: Grid | Picture) -> Component:
    """Of which data versions a table or chart is; where its figures moved since, the first of them as both."""
    found = one.renewed(part, place) if one.issue.state == "drafting" else None
    versions = {figure.version for figure in carry.table_figures(table_of(block))}
    said = _("数据版本{number}", number=_("、").join(str(one) for one in sorted(versions))) if versions else ""
    now = one.reading.snapshot.version.id
    if found is None:
        same = _("，与今日一致") if versions == {now} else ""
        return html.Div([html.B(block.number), " ", html.Small(said + same)], className="note-of")
    content: list[Child] = [
        html.B(_("{number}来源已变，{count}个数不同", number=block.number, count=len(found.pairs))),
        *(html.Div([html.Del(was), " → ", html.B(new)]) for was, new in found.pairs[:SHOWN]),
        html.Small(said),
    ]
    if one.writes:
        values: Values = {
            acts.SECTION: part.row.id,
            acts.SECTION_VERSION: part.row.version,
            acts.BLOCK: place,
            acts.KEY: TABLE,
        }
        view = there(reading, one.issue)
        forms = [act.form(reading, values, main=False, view=view) for act in (acts.replace_figure, acts.keep_figure)]
        content.append(html.Div(forms, className="buttons"))
    return html.Div(content, className="note-of heavy")
