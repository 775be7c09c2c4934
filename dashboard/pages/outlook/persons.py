"""参保人数 on 中长期测算: who pays and who draws at each year's end of the projection shown."""

from __future__ import annotations

from dash.development.base_component import Component
from flask import g

from dashboard.charts.graph import Chart, graph
from dashboard.charts.plot import Mark, Plot
from dashboard.charts.series import end_label
from dashboard.charts.theme import Figure, Palette, layout
from dashboard.components import frame, parts
from dashboard.components.table import Column, Row, Table, cell
from dashboard.pages.outlook.reading import PATH, PERSONS, Outlook
from dashboard.pages.outlook.years import course_name
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import _

CODE = "persons"


def persons(found: Outlook) -> Chart:
    """Contributors and retirees of the projection shown, in 万人."""
    course = found.shown
    title, unit = _("缴费与领取人数"), _(display.UNIT_NAMES["10k persons"])
    columns = (
        Column("year", _("年度")),
        Column("contributors", _("缴费人数"), "number", places=1, what="outlook.contributors"),
        Column("retirees", _("领取人数"), "number", places=1, what="outlook.retirees"),
        *([Column("support", _("抚养比"), "number", what="outlook.support")] if found.supported else []),
    )
    rows = [
        Row(
            {
                "year": str(one.year),
                "contributors": one.contributors / PERSONS,
                "retirees": one.retirees / PERSONS,
                "support": one.support,
            },
            part=course.part,
            period=str(one.year),
        )
        for one in course.years
    ]
    table = Table(CODE, title, columns, rows, about=found.about, of_now=True)
    plot = Plot(table, "year", rows, (Mark("contributors", "line", "accent"), Mark("retirees", "line", "brown")))
    span = _("{name}，{first}—{last}年末", name=course_name(found), first=found.first_year, last=found.last_year)
    return Chart(CODE, title, unit, span, lambda colours: _drawn(table, colours), table, plot)


def _drawn(table: Table, colours: Palette) -> Figure:
    shape = layout(colours, right=132, left=52, bottom=22, top=8)
    years = [int(str(row.values["year"])) for row in table.rows]
    ticks = sorted({years[0], years[-1], *(year for year in years if year % 5 == 0)})
    shape["xaxis"] = shape["xaxis"] | {
        "type": "linear",
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [str(year) for year in ticks],
        "range": [years[0] - 0.4, years[-1] + 0.6],
        "hoverformat": "d",
    }
    shape["yaxis"] = shape["yaxis"] | {"rangemode": "tozero", "nticks": 4}
    data: list[Figure] = []
    labels: list[Figure] = []
    for key, colour in (("contributors", colours.accent), ("retirees", colours.brown)):
        column = next(one for one in table.columns if one.key == key)
        said = [cell(table, column, row) for row in table.rows]
        values = [float(row.values[key]) for row in table.rows]
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": column.title,
                "x": years,
                "y": values,
                "customdata": said,
                "text": [str(year) for year in years],
                "meta": key,
                "line": {"color": colour, "width": 2},
                "hovertemplate": f"{column.title} %{{customdata}}<extra></extra>",
            }
        )
        labels.append(end_label(f"{column.title} {said[-1]}", years[-1], values[-1], colour=colour))
    # The higher line has the higher name.
    for one, shift in zip(sorted(labels, key=lambda one: -one["y"]), (7, -7), strict=True):
        one["yshift"] = shift
    shape["annotations"] = labels
    shape["meta"] = {
        "phone": {
            "ticks": [years[0], years[-1]],
            "names": [str(years[0]), str(years[-1])],
            "range": [years[0] - 0.4, years[-1] + 0.6],
            "values": [0, max(max(one["y"]) for one in data) * 1.2],
            "margin": {"l": 44, "r": 128, "t": 8, "b": 22},
            "labels": {str(years[-1]): {"xshift": 4}},
        }
    }
    return {"data": data, "layout": shape}


def section(reading: Reading, found: Outlook) -> Component:
    chart = persons(found)
    return parts.section(
        chart.title,
        graph(chart, str(g.theme), size="small"),
        note=f"{chart.unit} · {chart.span}",
        actions=[frame.exports(PATH, CODE, reading.view, chart=True)],
        className="persons",
    )
