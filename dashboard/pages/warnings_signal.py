"""One signal by itself [/warnings/sNUMBER]: a subject at a level that is not, or not only, looked at as a matter."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.charts.graph import Chart
from dashboard.components import parts
from dashboard.components.table import Table
from dashboard.pages import warnings_words as words
from dashboard.pages.warnings_chart import why_chart
from dashboard.pages.warnings_why import facts, head, why
from dashboard.reading import Reading
from dashboard.wording import _
from data_access.standing import Standing, standing_by_number
from rules.errors import NotAllowed


def standing_of(reading: Reading) -> Standing | None:
    """The subject of the address; None where there is none. Raises NotAllowed when it is outside the reader's scope."""
    number = reading.view.subject.removeprefix("s")
    if not number.isdigit():
        return None
    with reading.published.engine.connect() as connection:
        found = standing_by_number(connection, int(number))
    if found is None or found.subject.scheme != reading.scheme.code:
        return None
    if not reading.scope.covers(reading.tree, found.subject.region):
        raise NotAllowed(f"{found.subject.region} is outside the scope", region=found.subject.region)
    return found


def show(reading: Reading) -> Component:
    standing = standing_of(reading)
    if standing is None:
        return html.Div(parts.message(_("没有这条预警。"), _("它可能属于别的险种。")), className="content")
    found = words.find(reading, standing)
    left = html.Div([head(reading, found), why(reading, found), facts(reading, found)], className="content")
    return html.Div([left, html.Aside(className="work")], className="one")


def tables(reading: Reading) -> dict[str, Table]:
    standing = standing_of(reading)
    return {} if standing is None else {"why": why_chart(reading, standing).table}


def charts(reading: Reading) -> dict[str, Chart]:
    standing = standing_of(reading)
    return {} if standing is None else {"why": why_chart(reading, standing)}
