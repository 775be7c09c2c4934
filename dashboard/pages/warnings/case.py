"""One case [/warnings/NUMBER]: its leading signal at the left, the other signals and what was done below, 办理 at the right."""

from __future__ import annotations

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.charts.graph import Chart
from dashboard.components import parts
from dashboard.components.table import Table
from dashboard.pages.warnings import words as words
from dashboard.pages.warnings.acts import note_letter
from dashboard.pages.warnings.chart import why_chart
from dashboard.pages.warnings.letters import letter_drawer
from dashboard.pages.warnings.panel import panel
from dashboard.pages.warnings.signal import standing_of
from dashboard.pages.warnings.timeline import timeline_section
from dashboard.pages.warnings.why import facts, head, signals, signals_table, wanted, why
from dashboard.pages.warnings.work import Matter, matter_of
from dashboard.site.reading import Reading
from dashboard.words.wording import _, name_of
from rules.month import Month
from workflows.warnings.standing import Standing


def show(reading: Reading) -> Component:
    """The case of the address, or one signal by itself where the address names a signal."""
    matter = None if reading.view.subject.startswith("s") else matter_of(reading)
    standing = standing_of(reading) if matter is None else matter.lead
    if standing is None:
        return html.Div(parts.message(_("没有这条预警。"), _("它可能属于别的险种。")), className="content")
    reading.snapshot.read(wanted(reading, standing))
    found = words.find(reading, standing)
    left: list[Component] = [head(reading, found), why(reading, found), facts(reading, found)]
    if matter is not None:
        below = [signals(reading, matter.others), timeline_section(reading, matter)]
        left.append(html.Div(below, className="below"))
    body = html.Div(left, className="content")
    return html.Div([body, panel(reading, found, matter)], className="one")


def subject_reading(reading: Reading) -> Reading:
    """The reading of the region and period that the warning is about, for what the drawer says of it."""
    standing = _lead(reading)
    if standing is None:
        return reading
    return replace(reading, region=standing.subject.region, month=Month.parse(standing.period))


def _lead(reading: Reading) -> Standing | None:
    matter: Matter | None = None if reading.view.subject.startswith("s") else matter_of(reading)
    return standing_of(reading) if matter is None else matter.lead


def letter(reading: Reading, kind: str) -> Component | None:
    """One of the letters about the case, in the drawer."""
    matter = matter_of(reading)
    if matter is None or not note_letter.open_to(reading):
        return None
    return letter_drawer(reading, kind, words.find(reading, matter.lead), matter)


def signal_table(reading: Reading) -> Table | None:
    """The other signals of the case looked at; None of a single subject."""
    one = bool(reading.view.subject) and not reading.view.subject.startswith("s")
    matter = matter_of(reading) if one else None
    return (
        None if matter is None else signals_table(reading, matter.others, name_of(reading.tree.region(matter.region)))
    )


def chart(reading: Reading) -> Chart | None:
    """How the leading signal came about."""
    standing = _lead(reading) if reading.view.subject else None
    return None if standing is None else why_chart(reading, standing)
