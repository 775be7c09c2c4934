"""One section in the drawer, written as text; and who is writing in it 正在编辑, which stops nobody from reading."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components.parts import Child
from dashboard.pages.briefings import acts, sections
from dashboard.pages.briefings.acts import SECTION, seen_issue
from dashboard.pages.briefings.compose import Part
from dashboard.pages.briefings.reading import Open, there
from dashboard.site.act import Act, Deed, Done, Values, act
from dashboard.site.fields import Text
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, in_language
from workflows.briefings import holding, register, writing
from workflows.briefings.register import Hold
from workflows.people.rights import WRITING

OVER = Text("over", N_("从谁手里"), most=64, hidden=True)


def _at_section(deed: Deed, over: str = "") -> Done:
    """The reader goes on in the section's drawer, as its only writer."""
    issue, number = seen_issue(deed), deed[SECTION]
    writing.drafting(deed.connection, issue.id)
    holding.take(deed.connection, issue.id, number, deed.by, over=over)
    heading = register.section(deed.connection, number, issue.id).heading
    minutes = holding.LASTS.seconds // 60
    said = _("由您改写“{heading}”，{count}分钟内别人会看到。", heading=heading, count=minutes)
    return Done(
        said, f"{issue.scheme} {issue.region} {issue.id}", href=there(deed.reading, issue).href(item=f"s{number}")
    )


@act("briefing_take", N_("改写"), WRITING, (SECTION,), recorded=False)
def take(deed: Deed) -> Done:
    return _at_section(deed)


@act("briefing_take_over", N_("接过来改"), WRITING, (SECTION, OVER), recorded=False)
def take_over(deed: Deed) -> Done:
    """From whom the reader saw at it, and from nobody else."""
    return _at_section(deed, deed[OVER])


@act("briefing_leave", N_("不改了"), WRITING, (SECTION,), recorded=False)
def leave(deed: Deed) -> Done:
    issue = seen_issue(deed)
    holding.leave(deed.connection, issue.id, deed[SECTION], deed.by)
    return Done(
        _("没有保存改动。"), f"{issue.scheme} {issue.region} {issue.id}", href=there(deed.reading, issue).href()
    )


ACTS: tuple[Act, ...] = (take, take_over, leave)


def at_work(reading: Reading, part: Part) -> Hold | None:
    """Who else is writing in a section now."""
    return holding.held_by_another(part.row, g.account.login, reading.now)


def at_work_words(reading: Reading, part: Part) -> str:
    """周某正在编辑（10:12起）; "" where nobody else is."""
    hold = at_work(reading, part)
    if hold is None:
        return ""
    return _("{name}正在编辑（{time}起）", name=hold.name, time=f"{display.local(hold.since):%H:%M}")


def way_in(reading: Reading, one: Open, part: Part) -> Component:
    """The button to a section's text: to look at it while another writes."""
    if at_work(reading, part) is not None:
        return html.A(_("看正文"), href=reading.view.href(item=f"s{part.row.id}"), className="button")
    return take.form(reading, {SECTION: part.row.id}, main=False, view=there(reading, one.issue))


def editor(reading: Reading, one: Open, number: int) -> list[Component] | None:
    """The forms of one section; what it says, and the way to take it over, while another writes in it. None where there
    is none, or it is not the reader's to change."""
    part = next((part for part in one.parts if part.row.id == number), None)
    if part is None or not one.writes:
        return None
    row, view = part.row, there(reading, one.issue)
    with in_language(one.issue.language):
        text = sections.as_text(part.blocks)
    hold = at_work(reading, part)
    if hold is not None:
        return _meanwhile(reading, one, part, hold, text)
    values: Values = {SECTION: row.id, acts.SECTION_VERSION: row.version}
    made = [acts.edit.form(reading, {**values, acts.HEADING: row.heading, acts.TEXT: text}, view=view)]
    made.append(leave.form(reading, values, main=False, view=view))
    if row.code != writing.OWN:
        made.append(acts.redraft.form(reading, values, main=False, view=view))
    return [*made, acts.remove.form(reading, values, main=False, view=view)]


def _meanwhile(reading: Reading, one: Open, part: Part, hold: Hold, text: str) -> list[Component]:
    over = take_over.form(
        reading,
        {SECTION: part.row.id, OVER: hold.login},
        button=_("从{name}手里接过来改", name=hold.name),
        main=False,
        view=there(reading, one.issue),
    )
    warned = html.P(_("接过以后，{name}没有保存的改动存不进去，但仍留在其窗口里。", name=hold.name))
    lines: list[Child] = [html.P(line) for line in text.split("\n")]
    return [
        html.P(html.B(at_work_words(reading, part)), role="status"),
        html.Details([html.Summary(_("由我来改")), warned, over]),
        html.Div(lines, className="written"),
    ]
