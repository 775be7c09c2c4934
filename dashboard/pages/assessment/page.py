"""考核评估 [/assessment]: heat map with places, one unit's sheet [/assessment/CODE], the areas and their points.

Scores are 预评 until three departments have confirmed a year; what follows from them is proposed, never decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.components import frame, history, parts
from dashboard.components.drawer import indicator_drawer
from dashboard.components.parts import Cell, Child, Strong, norm, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.assessment import acts as acts
from dashboard.pages.assessment.heat import heat_map, score_table, sheet_href
from dashboard.pages.assessment.reading import (
    AREAS,
    LAST_YEAR,
    Assessed,
    areas_of,
    assessed,
    of_period,
    suggested,
    unit_of,
)
from dashboard.pages.assessment.sheet import sheet, sheet_table
from dashboard.pages.assessment.words import aim, held_words, open_words, period_words, source, suggestion
from dashboard.site import heading
from dashboard.site.page import Page
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _, name_of
from rules import assessment
from rules.month import Month
from workflows.assessment.measures import by_hand, catalogue_code
from workflows.assessment.register import Scored

PATH = "/assessment"
TITLE = N_("考核评估")
DEFINED = "areas"
OPEN_SHOWN = 6


def show(reading: Reading) -> Component:
    if AREAS not in reading.scheme.parameters:
        body: Component = parts.message(_("本险种没有考核办法。"), _("请在页首选择有考核的险种。"))
    elif reading.view.tab == DEFINED:
        body = _defined(reading)
    else:
        found = assessed(reading)
        body = _nothing(reading) if found is None else _scores(reading, found)
    return html.Div([_tabs(reading), html.Div(body, className="content assessment")], className="tabbed")


def _tabs(reading: Reading) -> Component:
    names = []
    if AREAS in reading.scheme.parameters and reading.snapshot.month is not None:
        year = Month(reading.snapshot.month).year
        for tab, name in (
            ("", _("{year}年", year=year)),
            (LAST_YEAR, _("{year}年度", year=year - 1)),
            (DEFINED, _("指标与分值")),
        ):
            names.append((name, reading.view.href(tab=tab, item=""), reading.view.tab == tab))
    return frame.tabs(_(TITLE), names)


def _nothing(reading: Reading) -> Component:
    if reading.view.tab == LAST_YEAR:
        return parts.message(_("上年没有得分。"), _("12月定稿后即有年度得分。"))
    return parts.message(_("还没有得分。"), _("月度定稿并刷新后，从该月起有预评。"))


def _scores(reading: Reading, found: Assessed) -> Component:
    unit = unit_of(reading, found)
    if unit is not None:
        body = sheet(reading, found, unit)
    elif not reading.sees_siblings:
        body = parts.message(_("考核以市为单位。"), _("县区情况见所属市的得分表和本地概况。"))
    else:
        body = _all(reading, found)
    said = _("年度得分含定稿后的认定和更正") if found.year_over else _("得分按定稿数")
    return html.Div([body, heading.footer(reading, said)])


# --- all units


def _all(reading: Reading, found: Assessed) -> Component:
    body = [parts.conclusion(_first(reading, found), _second(reading, found)), _band(reading, found)]
    left = parts.section(
        _("各地区分类得分"),
        html.Div(heat_map(reading, found), className="scroll"),
        note=_("{period} · 分值为示例（暂定）", period=period_words(found)),
        actions=[frame.exports(PATH, "scores", reading.view)],
        foot=_heat_foot(found),
    )
    right = [
        parts.section(
            _("结果运用建议"),
            _suggestions(reading, found),
            note=_suggestion_note(found),
            foot=_suggestion_foot(reading, found),
        ),
        parts.section(_("三部门确认"), acts.confirmation(reading, found)),
        parts.section(_("待录评分"), _open(reading, found)),
    ]
    return html.Div([*body, html.Div([left, html.Div(right)], className="split scores")])


def _first(reading: Reading, found: Assessed) -> list[Child]:
    if not found.known:
        return sentence(N_("{period}：还没有评完的地区。"), period=period_words(found))
    placed = [one for one in found.ranked if one.place is not None]
    best, worst = ([one for one in placed if one.score == end] for end in (found.known[-1], found.known[0]))
    return sentence(
        N_("{period}，已评完的{count}个地区平均{mean}分；最高{best} {high}分，最低{worst} {low}分。"),
        period=period_words(found),
        count=str(len(placed)),
        mean=Strong(found.printed("score.mean", found.mean)),
        best=_names(reading, best),
        high=Strong(_score(found, best[0])),
        worst=_names(reading, worst),
        low=Strong(_score(found, worst[0])),
    )


def _score(found: Assessed, scored: Scored) -> Printed:
    return found.printed("score", scored.score, place=scored.region)


def _names(reading: Reading, units: list[Scored]) -> str:
    names = [name_of(reading.tree.region(one.region)) for one in units]
    return names[0] if len(names) == 1 else _("{name}等{count}个地区", name=names[0], count=len(names))


def _second(reading: Reading, found: Assessed) -> list[Child]:
    if found.confirmed:
        changed = [region for region in found.scores if found.later(region) is not None]
        if changed:
            names = _("、").join(name_of(reading.tree.region(region)) for region in changed)
            return sentence(N_("确认后因更正，{names}重算得分有变化，差异列在得分之后，确认结果不变。"), names=names)
        return [_("确认后没有影响得分的更正。")]
    moved = [
        (found.before[one.region].place, one.place) for one in found.ranked if one.region in found.before and one.place
    ]
    up = sum(then is not None and now < then for then, now in moved)
    down = sum(then is not None and now > then for then, now in moved)
    said = sentence(N_("较上月名次上升{up}个、下降{down}个。"), up=str(up), down=str(down)) if moved else []
    return [*said, _("预评结果仅供参考，以三部门年度确认为准。")]


def _band(reading: Reading, found: Assessed) -> Component:
    scored = [one for unit in found.ranked for area in unit.areas for one in area.indicators]
    known = sum(one.score is not None for one in scored)
    open_units = len(found.ranked) - len(found.known)
    spread = found.known[-1] - found.known[0] if found.known else None
    ago = [one.score for one in found.year_ago.values() if one.region in found.units and one.place is not None]
    last = []
    if ago:
        mean = found.about_year_ago.figure("score.mean", Fraction(sum(ago, Decimal(0))) / len(ago))
        said = sentence(N_("{year}年度平均{mean}分"), year=str(found.year - 1), mean=display.printed(mean))
        last = [said]
    share = Fraction(known * 100, len(scored)) if scored else None
    return parts.band(
        [
            Cell(_("平均得分"), found.printed("score.mean", found.mean), _("分"), lines=last),
            Cell(_("中位数"), found.printed("score.median", found.median), _("分")),
            Cell(_("最高与最低相差"), found.printed("score.spread", spread), _("分")),
            Cell(
                _("考核地区"),
                str(len(found.ranked)),
                _("个"),
                lines=[_("{count}个尚未评完", count=open_units) if open_units else _("全部评完")],
            ),
            Cell(
                _("已评指标"),
                found.printed("score.scored", share),
                "%",
                lines=[_("{known}项，共{all}项", known=known, all=len(scored))],
            ),
            Cell(_("待录评分"), str(len(_waiting(found))), _("项"), lines=[_("录入后列名次")]),
        ]
    )


def _heat_foot(found: Assessed) -> list[Child]:
    said = [_("颜色越深，得分占已评分值的比例越高；带*的类别有指标未评。名次只在评完的地区间排，同分同名次。")]
    if found.confirmed and any(found.later(region) is not None for region in found.scores):
        said.append(_("得分后的小字为确认后重算的差异。"))
    return [" ".join(said)]


def _suggestions(reading: Reading, found: Assessed) -> Component:
    """Lists by the profile's bands, and who is left out for what; what becomes of them is for the joint conference."""
    made = suggested(reading, found)
    by_name: dict[str, list[str]] = {}
    for word, units in made.bands.items():
        by_name.setdefault(suggestion(word), []).extend(units)
    lines = [html.Li([html.B(name), html.Span(_unit_links(reading, units))]) for name, units in by_name.items()]
    for unit, against in made.withheld.items():
        lines.append(html.Li([_unit_link(reading, unit), html.Small(held_words(against))], className="held"))
    for unit in made.open:
        said = sentence(N_("{open}，不提建议"), open=open_words(found, found.scores[unit]))
        lines.append(html.Li([_unit_link(reading, unit), html.Small(said)], className="held"))
    return html.Ul(lines, className="suggestions")


def _unit_link(reading: Reading, unit: str) -> Component:
    return html.A(name_of(reading.tree.region(unit)), href=sheet_href(reading, unit))


def _unit_links(reading: Reading, units: list[str]) -> list[Child]:
    links: list[Child] = []
    for unit in units:
        links += [_("、")] if links else []
        links.append(_unit_link(reading, unit))
    return links or [_("无")]


def _suggestion_note(found: Assessed) -> str:
    return _("按暂定分数线，由联席会议审定") if found.year_over else _("预评，年度确认后才有效")


def _suggestion_foot(reading: Reading, found: Assessed) -> list[Child]:
    """How many may be commended, and of which day the matters are that stand against it."""
    if found.share is None or not found.commends:
        return []
    share, day = norm(f"{display.as_set(found.share * 100)}%"), display.short_day(reading.today)
    return sentence(N_("表扬至多{share}的地区（暂定，由考核办公室设定）；预警事项截至{day}。"), share=[share], day=day)


def _waiting(found: Assessed) -> list[tuple[str, str]]:
    """Values by hand that are not entered: (region, indicator)."""
    return [
        (region, indicator.code)
        for region in found.units
        for area in found.areas
        for indicator in area.indicators
        if by_hand(indicator) and found.entry(region, indicator.code) is None
    ]


def _open(reading: Reading, found: Assessed) -> Component:
    waiting = _waiting(found)
    if not waiting:
        return html.P(_("人工评分已全部录入。"), className="muted")
    names = {indicator.code: name_of(indicator) for area in found.areas for indicator in area.indicators}
    lines = [
        html.Li(
            html.A(
                f"{name_of(reading.tree.region(region))} · {names[code]}",
                href=reading.view.href(path=f"{PATH}/{region.lower()}", item=code),
            )
        )
        for region, code in waiting[:OPEN_SHOWN]
    ]
    rest = len(waiting) - len(lines)
    more = [html.Li(_("另有{count}项", count=rest), className="muted")] if rest else []
    return html.Ul([*lines, *more], className="waiting")


# --- areas and points


def _defined(reading: Reading) -> Component:
    value = reading.scheme.parameter(AREAS, reading.snapshot.day)
    table = defined_table(reading)
    first = sentence(
        N_("考核分{areas}个方面、{count}项指标，合计100分。"),
        areas=Strong(str(_area_count(reading))),
        count=Strong(str(len(table.rows) - _area_count(reading))),
    )
    second = _("指标和分值为示例（暂定参数）：{reason}。", reason=value.reason or value.source or "")
    section = parts.section(
        _("指标与分值"),
        html.Div(html_table(table), className="scroll"),
        note=_("示例，由系统管理员按正式办法设定"),
        actions=[frame.exports(PATH, table.code, reading.view)],
    )
    return html.Div([parts.conclusion(first, second), section])


def _area_count(reading: Reading) -> int:
    value = reading.scheme.parameter(AREAS, reading.snapshot.day).value
    assert isinstance(value, list)
    return len(value)


def defined_table(reading: Reading) -> Table:
    columns = (
        Column("area", _("指标类别")),
        Column("indicator", _("指标")),
        Column("aim", _("目标"), className="norm"),
        Column("points", _("分值（示例）"), "number", className="norm"),
        Column("source", _("数据来源")),
    )
    rows = []
    for area in _areas_on(reading):
        rows.append(Row({"area": name_of(area), "points": area.points}, style="total"))
        for one in area.indicators:
            values = {"area": "", "indicator": name_of(one), "aim": aim(one), "points": one.points}
            rows.append(Row({**values, "source": source(one)}))
    return Table("areas", _("指标与分值"), columns, rows)


def _areas_on(reading: Reading) -> tuple[assessment.Area, ...]:
    day = reading.snapshot.day
    return areas_of(reading, Month.of(day))


# --- drawer and files


def _seen(reading: Reading) -> history.Seen | None:
    """The measured indicator that the drawer shows, of the unit it is of."""
    code = reading.view.item
    found = None if reading.view.tab == DEFINED or not code else assessed(reading)
    unit = None if found is None else unit_of(reading, found)
    indicator = None if found is None or unit is None else found.indicator(code)
    measured = None if indicator is None or by_hand(indicator) else catalogue_code(indicator)
    if found is None or unit is None or measured is None or not of_period(reading, found):
        return None
    return replace(reading, view=replace(reading.view, region=unit), region=unit), measured


def drawer(reading: Reading) -> Component | None:
    code = reading.view.item
    found = None if reading.view.tab == DEFINED or not code else assessed(reading)
    unit = None if found is None else unit_of(reading, found)
    if found is None or unit is None:
        return None
    indicator = found.indicator(code)
    if indicator is None:
        return None
    if by_hand(indicator):
        return acts.entry_drawer(reading, found, unit, indicator)
    seen = _seen(reading)
    return None if seen is None else indicator_drawer(*seen, str(g.theme))


def calculations(reading: Reading) -> Mapping[str, tuple[str, object]]:
    """The rule's case of the unit looked at, as scored."""
    found = assessed(reading) if reading.view.tab != DEFINED else None
    unit = None if found is None else unit_of(reading, found)
    return {} if found is None or unit is None else {"case": ("assessment", found.scores[unit].case)}


def _areas_table(reading: Reading) -> Table | None:
    if AREAS not in reading.scheme.parameters:
        return None
    since = reading.scheme.parameter(AREAS, reading.snapshot.day).starts_on
    return replace(defined_table(reading), period=_("{day}起", day=display.day_name(since)))


def _shown(reading: Reading) -> tuple[Assessed | None, str | None]:
    """The assessment looked at, and its unit where the view is of one."""
    found = assessed(reading) if AREAS in reading.scheme.parameters and reading.view.tab != DEFINED else None
    return found, None if found is None else unit_of(reading, found)


def _sheet_table(reading: Reading) -> Table | None:
    found, unit = _shown(reading)
    if found is None or unit is None:
        return None
    place = name_of(reading.tree.region(unit))
    return replace(sheet_table(reading, found, unit), place=place, period=display.month_name(found.month))


def _score_table(reading: Reading) -> Table | None:
    found, unit = _shown(reading)
    if found is None or unit is not None or not reading.sees_siblings:
        return None
    return replace(score_table(reading, found), period=display.month_name(found.month))


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={"areas": _areas_table, "sheet": _sheet_table, "scores": _score_table, **history.tables(_seen)},
    charts=history.charts(_seen),
    calculations=calculations,
    acts=acts.ACTS,
    subjects=True,
)
