"""The ranking of 总览: regions below the one looked at, by the measure chosen, as bars, tiles or table."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.charts.graph import Chart
from dashboard.charts.plot import Plot
from dashboard.charts.ranked import ranking_chart
from dashboard.components import frame, parts, ranking
from dashboard.components.table import html_table
from dashboard.pages.warnings.words import STANDARD, trimmed_number
from dashboard.site.reading import Reading
from dashboard.words import as_of, figures, headlines
from dashboard.words.wording import N_, _, name_of
from data_access.intake.reference import reference_rows
from rules.alerts.threshold import Level, Limit
from rules.indicators import INDICATORS
from workflows.warnings.alerts import Subject
from workflows.warnings.standing import Standing, subject_standings

MEASURES = ("premium_deviation", "income_deviation", "expenditure_deviation", "pooling_rate", "pooling_delay")
RANK_TITLES = {
    "premium_deviation": N_("征缴较历史同期"),
    "income_deviation": N_("收入较历史同期"),
    "expenditure_deviation": N_("支出较历史同期"),
    "pooling_rate": N_("归集率"),
    "pooling_delay": N_("国库待划转天数"),
}
PATH = "/"
# Where little is good: few days in the treasury.
LOW_IS_GOOD = frozenset({"pooling_delay", "expenditure_deviation"})


def measure(reading: Reading) -> str:
    """The indicator that the ranking is by."""
    return reading.view.measure if reading.view.measure in MEASURES else MEASURES[0]


def ranked(reading: Reading) -> ranking.Ranking:
    """The regions below the one looked at; a city sees its own counties only."""
    code = measure(reading)
    indicator = INDICATORS[code]
    children = reading.children() if reading.scope.covers(reading.tree, reading.region) else ()
    found = {row.region: row.value for row in as_of.rows(reading, code)}
    values = {child: (found[child].value if child in found else None) for child in children}
    standing = warned(reading, code, children)
    places = [
        ranking.Place(
            child,
            name_of(reading.tree.region(child)),
            value,
            place,
            reading.view.region_href(child),
            level=max((one.level for one in standing if one.subject.region == child), default=Level.NONE),
        )
        for child, value, place in ranking.rank(values, higher_first=code not in LOW_IS_GOOD, apart=reading.apart())
    ]
    whole = found[reading.region].value if reading.region in found else None
    return ranking.Ranking(
        _(RANK_TITLES[code]),
        figures.unit(code),
        _("全省") if reading.is_province else name_of(reading.node),
        whole,
        places,
        decimals=indicator.scale,
        signed=indicator.unit == "points",
        limit=_limit(standing),
        what=code,
        about=figures.about(reading, code),
    )


def warned(reading: Reading, code: str, regions: Sequence[str]) -> list[Standing]:
    """How an indicator's warnings of some regions stand, of confirmed limits; they are of now, so not for past months,
    nor of a closed month's end where what is judged is the present day's."""
    live = INDICATORS[code].period == "live"
    if not reading.snapshot.live if live else reading.snapshot.month != _newest_month(reading):
        return []
    shown = frozenset(regions)
    return [
        one
        for one in reading.ask(subject_standings, _subjects(reading)).values()
        if one.coloured and one.subject.indicator == code and one.subject.region in shown
    ]


def _subjects(reading: Reading) -> tuple[Subject, ...]:
    """Everything of the page that may be coloured, so that it is read in one statement: the ranking, and how long the
    money lasts."""
    asked = [(measure(reading), region) for region in reading.children()] + [("months_payable", reading.tree.root)]
    rules = {"lower": "low", "higher": "high"}
    return tuple(
        Subject(reading.scheme.code, code, rules.get(INDICATORS[code].worse or "", "low"), region)
        for code, region in asked
    )


def red_limit(reading: Reading, code: str) -> Limit | None:
    """Where red begins for an indicator of the place looked at; None where no limit is confirmed."""
    standing = reading.ask(subject_standings, _subjects(reading)).values()
    found = next((one.limits for one in standing if one.subject.indicator == code and one.limits is not None), None)
    return next((one for one in found.limits if one.level is Level.RED), None) if found is not None else None


def _newest_month(reading: Reading) -> int | None:
    """The last month that is final: the one warnings speak of."""
    return max((close.month for close in reading.snapshot.closes), default=None)


def _limit(standing: Sequence[Standing]) -> ranking.Mark | None:
    """The line where orange begins, else the most severe limit there is."""
    limits = next((one.limits.limits for one in standing if one.limits is not None), ())
    if not limits:
        return None
    limit = next((one for one in limits if one.level is Level.ORANGE), limits[-1])
    code = standing[0].subject.indicator
    return ranking.Mark(limit.level, float(limit.at), f"{_(STANDARD[limit.level])} {trimmed_number(code, limit.at)}")


# How a measure of pace is said.
SUBJECTS = {
    "premium_deviation": N_("征缴"),
    "income_deviation": N_("收入"),
    "expenditure_deviation": N_("支出"),
}


def chart(reading: Reading) -> Chart:
    """The ranking as it goes into documents."""
    record, code = ranked(reading), measure(reading)

    def told(plot: Plot) -> str:
        if code in SUBJECTS:
            return headlines.pace(plot, headlines.Pace(_(SUBJECTS[code]), code in LOW_IS_GOOD), "name", "value")
        return headlines.ends(plot, record.title, record.unit, "name", "value")

    return ranking_chart(record, "ranking", told)


def ranking_section(reading: Reading) -> Component:
    record = ranked(reading)
    view = reading.view
    if not record.places:
        alone = _("{region}没有下辖地区。", region=name_of(reading.node))
        return parts.section(_("各地排名"), html.Div(alone, className="foot"))
    look = view.show if view.show in ("tiles", "table") else "bars"
    grid = _tile_grid(reading.tree.root) if reading.is_province else {}
    looks = [("bars", _("条形")), *([("tiles", _("方块图"))] if grid else []), ("table", _("表"))]
    switch = parts.segment(
        [(name, view.href(show="" if code == "bars" else code), code == look) for code, name in looks],
        label=_("排名的样子"),
        small=True,
    )
    measures = parts.menu(
        record.title,
        [parts.option(_(RANK_TITLES[code]), view.href(measure=code), code == measure(reading)) for code in MEASURES],
    )
    body: Component
    if look == "tiles":
        body = ranking.tiles(record, grid)
    elif look == "table":
        body = html.Div(html_table(ranking.as_table(record, "ranking")), className="scroll")
    else:
        body = ranking.bars(record)
    title = _("各市排名") if reading.is_province else _("各县（市、区）排名")
    foot = _("口径：剔除财政补助、调剂和委托投资（省统一管理，不计入市县进度）。")
    actions = [switch, frame.exports(PATH, "ranking", view, chart=True)]
    return parts.section(title, body, note=measures, actions=actions, foot=foot)


def _tile_grid(province: str) -> dict[str, tuple[int, int]]:
    """Region → (row, column) of a province's tile map; empty where none is drawn."""
    rows = [row for row in reference_rows("tile_grid") if row["province"] == province]
    return {row["region"]: (int(row["row"]), int(row["column"])) for row in rows}
