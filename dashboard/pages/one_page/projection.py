"""会前一页纸 with the long-run projection looked at: its sentence, its six figures and its fan, in place of those of 总览."""

from __future__ import annotations

from dashboard.charts.theme import GREY
from dashboard.components.parts import Cell, pieces_of
from dashboard.exports.blocks import Block, KeyFigure, KeyFigures, Picture, plain
from dashboard.pages.outlook import bring, figures
from dashboard.pages.outlook.fan import fan
from dashboard.pages.outlook.reading import PATH, Outlook, open_to, outlook
from dashboard.site.reading import Reading
from dashboard.words.wording import _
from workflows.people import rights

SHOWN = "outlook"  # as the address asks for it


def projection(reading: Reading) -> Outlook | None:
    """The projection that the address asks for; None where it asks for none, or it is not the reader's to see."""
    if reading.view.show != SHOWN or not rights.may_open(reading.scope, PATH) or not open_to(reading):
        return None
    return outlook(reading)


def top(reading: Reading, found: Outlook) -> list[Block]:
    """Sentence and figures."""
    return [bring.said(reading, found), KeyFigures([_figure(one) for one in figures.cells(reading, found)])]


def _figure(one: Cell) -> KeyFigure:
    """A cell of the band without its lines: the sheet is one page."""
    figure = one.figure if isinstance(one.figure, str) else plain(pieces_of(one.figure))
    return KeyFigure(one.label, (), figure, one.unit)


def picture(reading: Reading, found: Outlook) -> Picture:
    chart = fan(reading, found)
    said = _("{title}，{unit}，{span}。", title=chart.title, unit=chart.unit, span=chart.span)
    drawn, note = chart.draw(GREY), chart.legend
    return Picture(chart.title, chart.unit, chart.span, chart.plot, drawn, said, note=note, headline=chart.headline)
