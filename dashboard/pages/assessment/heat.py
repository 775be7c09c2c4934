"""The heat map of 考核评估: local governments in order of their place, a tile for each area, the sum at the end.

省本级 stands apart under them: it has figures, and no place among the cities.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child
from dashboard.components.table import Column, Row, Table
from dashboard.pages.assessment.reading import Assessed, possible_of
from dashboard.pages.assessment.words import movement, open_words, points
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, bracketed, name_of
from rules.assessment import Area
from workflows.assessment.register import Scored

# Shares of the possible points from which the next darker tile begins.
STEPS = (0.6, 0.7, 0.8, 0.88, 0.94, 0.98)


def sheet_href(reading: Reading, region: str) -> str:
    return reading.view.href(path=f"/assessment/{region.lower()}", item="")


def heat_map(reading: Reading, found: Assessed) -> Component:
    """Place, movement, unit, one tile an area, the score."""
    heads = [
        html.Th(_("名次"), scope="col"),
        *(html.Th(_(name), scope="col", className="move") for name, _before in _compared(found)),
        html.Th(_("地区"), scope="col"),
        *(
            html.Th(
                [name_of(area), html.Small(points(area.points), className="norm")], scope="col", className="tile-head"
            )
            for area in found.areas
        ),
        html.Th(_("得分"), scope="col", className="r"),
    ]
    caption = html.Caption(_("各地区分类得分"), className="vh")
    bodies = [html.Tbody([_row(reading, found, scored) for scored in found.ranked])]
    if found.apart:
        said = html.Th(_("不参加排名"), colSpan=len(heads), scope="rowgroup")
        rows = [_row(reading, found, scored) for scored in found.apart]
        bodies.append(html.Tbody([html.Tr(said, className="apart"), *rows]))
    return html.Table([caption, html.Thead(html.Tr(heads)), *bodies], className="t heat")


def _row(reading: Reading, found: Assessed, scored: Scored) -> Component:
    name = name_of(reading.tree.region(scored.region))
    href = sheet_href(reading, scored.region)
    later = found.later(scored.region)
    said: list[Child] = [found.printed("score", score_of(scored), place=scored.region)]
    if later is not None:
        differs = found.about.figure("score.later", later, place=scored.region)
        said.append(html.Small(display.printed(differs, signed=True)))
    said += [html.Small(open_words(found, scored), className="open")] if scored.open_points else []
    cells = [
        html.Td(str(scored.place) if scored.place else display.NO_VALUE, className="place"),
        *(html.Td(_moved(before, scored), className="move") for _name, before in _compared(found)),
        html.Td(html.A(name, href=href, className="cover"), className="unit-name"),
        *(_tile(found, scored, area) for area in found.areas),
        html.Td(said, className="r total"),
    ]
    return html.Tr(cells, **attributes(data_href=href))


def score_of(scored: Scored) -> Decimal | None:
    """A unit's score; None where nothing of it could be scored."""
    return scored.score if scored.possible else None


def _compared(found: Assessed) -> list[tuple[str, Mapping[str, Scored]]]:
    """What places are compared with, as far as there is anything."""
    pairs = [(N_("较上月"), found.before), (N_("较上年"), found.year_ago)]
    return [(name, before) for name, before in pairs if before]


def _moved(before: Mapping[str, Scored], scored: Scored) -> str:
    earlier = before.get(scored.region)
    return movement(None if earlier is None else earlier.place, scored.place)


def _tile(found: Assessed, scored: Scored, area: Area) -> Component:
    got, possible = scored.area(area.code), possible_of(scored, area)
    if got is None or not possible:
        return html.Td(display.NO_VALUE, className="tile-cell none", title=_("未评"))
    mark = [html.Sup("*")] if got.incomplete else []
    title = _(
        "{area}：得{score}分，可得{possible}分",
        area=name_of(area),
        score=display.number(got.score),
        possible=points(possible),
    )
    shown = found.printed("score.area", got.score, part=area.code, place=scored.region)
    return html.Td([shown, *mark], className=f"tile-cell q{step(got.score, possible)}", title=title)


def step(score: Decimal, possible: Decimal) -> int:
    """1 (lightest) to 7 by the share of the possible points."""
    return bisect_right(STEPS, float(score / possible)) + 1


def score_table(reading: Reading, found: Assessed) -> Table:
    """The same as records, for files."""
    columns = (
        Column("place", _("名次"), "count"),
        Column("month", _("较上月"), right=True),
        Column("year", _("较上年"), right=True),
        Column("region", _("地区")),
        *(
            Column(area.code, name_of(area) + bracketed(points(area.points)), "number", what=f"score.area:{area.code}")
            for area in found.areas
        ),
        Column("score", _("得分"), "number", what="score"),
        Column("open", _("未评分值"), "number", what="score.open"),
        Column("later", _("确认后重算差异"), "number", signed=True, what="score.later"),
    )
    rows = []
    for scored in (*found.ranked, *found.apart):
        values: dict[str, object] = {
            "place": scored.place,
            "month": _moved(found.before, scored),
            "year": _moved(found.year_ago, scored),
            "region": name_of(reading.tree.region(scored.region)),
            "score": score_of(scored),
            "open": scored.open_points,
        }
        shades: dict[str, int] = {}
        if (later := found.later(scored.region)) is not None:
            values["later"] = later
        for area in found.areas:
            got = scored.area(area.code)
            possible = possible_of(scored, area)
            values[area.code] = got.score if got is not None and possible else None
            if got is not None and possible:
                shades[area.code] = step(got.score, possible)
        rows.append(Row(values, href=sheet_href(reading, scored.region), place=scored.region, shades=shades))
    return Table("scores", _("各地区分类得分"), columns, rows, about=found.about)
