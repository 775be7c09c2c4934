"""One unit's sheet of 考核评估: every indicator with aim, points, what was reached, the score and why points are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.level import level_tag
from dashboard.components.parts import Cell, Child, Strong, sentence
from dashboard.components.table import Cards, Column, Row, Table, html_table
from dashboard.pages.assessment.acts import enter
from dashboard.pages.assessment.heat import score_of, sheet_href
from dashboard.pages.assessment.reading import (
    Assessed,
    Warned,
    about_measured,
    held,
    measured,
    of_period,
    possible_of,
    warned,
)
from dashboard.pages.assessment.words import (
    aim,
    decimals,
    evidence,
    held_words,
    missing,
    movement,
    open_words,
    period,
    period_words,
    reached,
)
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _, name_of
from rules.assessment import Area, Indicator
from workflows.assessment.measures import Measured, by_hand, catalogue_code
from workflows.assessment.register import Scored
from workflows.people import rights

PATH, WARNINGS, REGION = "/assessment", "/warnings", "/region"


CARDS = Cards(("area", "warning"), "indicator", ("aim", "reached", "points", "score", "why"))


def sheet(reading: Reading, found: Assessed, unit: str) -> Component:
    scored = found.scores[unit]
    table = sheet_table(reading, found, unit)
    view = reading.view
    look: list[Child] = [frame.exports(view.path, table.code, view), _calculation(reading, unit)]
    section = parts.section(
        _("{name}得分表", name=name_of(reading.tree.region(unit))),
        html.Div(html_table(table, cards=CARDS), className="scroll"),
        note=_("{period} · 分值为示例（暂定）", period=period_words(found)),
        actions=look,
        foot=_foot(found),
    )
    body: list[Component] = [parts.conclusion(_first(reading, found, scored), _second(reading, found, scored))]
    if reading.sees_siblings:
        body.insert(0, html.Nav(_neighbours(reading, found, scored), className="path"))
    return html.Div([*body, _band(found, scored), section])


def _neighbours(reading: Reading, found: Assessed, scored: Scored) -> list[Child]:
    """Back to all units, and to the next better and worse."""
    order = [one.region for one in (*found.ranked, *found.apart)]
    at = order.index(scored.region)
    links: list[Child] = [html.A(_("全部地区"), href=reading.view.href(path=PATH, region=reading.tree.root, item=""))]
    for place, mark in ((at - 1, "‹ "), (at + 1, "› ")):
        if 0 <= place < len(order):
            name = name_of(reading.tree.region(order[place]))
            links.append(html.A(mark + name, href=sheet_href(reading, order[place])))
    return links


def _calculation(reading: Reading, unit: str) -> Component:
    query = reading.view.href().partition("?")[2]
    return html.A(_("下载计算输入"), href=f"/export{PATH}/{unit.lower()}/case.json?{query}", download="")


def _first(reading: Reading, found: Assessed, scored: Scored) -> list[Child]:
    name, ranked = name_of(reading.tree.region(scored.region)), len(found.known)
    if not scored.possible:
        return sentence(N_("{name}{period}：还没有可以计分的指标。"), name=name, period=period_words(found))
    score = Strong(found.printed("score", scored.score, place=scored.region))
    if scored.region not in found.units:
        text = N_("{name}{period}得{score}分，{open}；不是地方政府，不参加排名。")
        return sentence(text, name=name, period=period_words(found), score=score, open=_whole(found, scored))
    if scored.place is None:
        text = N_("{name}{period}得{score}分，{open}，评完后才列名次。")
        return sentence(
            text, name=name, period=period_words(found), score=score, open=[html.B(open_words(found, scored))]
        )
    return sentence(
        N_("{name}{period}得{score}分，在{count}个已评完的地区中列第{place}位；平均{mean}分，中位数{median}分。"),
        name=name,
        period=period_words(found),
        score=score,
        count=str(ranked),
        place=Strong(str(scored.place)),
        mean=found.printed("score.mean", found.mean),
        median=found.printed("score.median", found.median),
    )


def _whole(found: Assessed, scored: Scored) -> list[Child]:
    return open_words(found, scored) or [_("满分100分")]


def _second(reading: Reading, found: Assessed, scored: Scored) -> list[Child]:
    """Where most points are missing, what keeps the unit from a commendation, and whether the result stands."""
    short = _shortfalls(found, scored)
    said: list[Child] = []
    if short:
        lost, area = short[0]
        text = (
            N_("失分最多的是{area}（{points}分）。") if found.confirmed else N_("未得分最多的是{area}（{points}分）。")
        )
        said += sentence(text, area=name_of(area), points=_lost(found, scored, area, lost))
    against = held(reading, found, scored.region) if scored.region in found.units and found.commends else ()
    if against:
        said += sentence(N_("结果运用：{why}。"), why=held_words(against))
    later = found.later(scored.region)
    if later is not None:
        said += sentence(
            N_("按确认后的更正重算相差{difference}分，确认结果不变。"),
            difference=Strong(
                display.printed(found.about.figure("score.later", later, place=scored.region), signed=True)
            ),
        )
    if not found.confirmed:
        said.append(_("预评结果仅供参考，以三部门确认为准。"))
    return said


def _lost(found: Assessed, scored: Scored, area: Area, lost: Decimal) -> Printed:
    return found.printed("score.lost", lost, part=area.code, place=scored.region)


def _shortfalls(found: Assessed, scored: Scored) -> list[tuple[Decimal, Area]]:
    """Areas by the points they miss, the most first; none without loss."""
    lost = []
    for area in found.areas:
        got = scored.area(area.code)
        if got is not None:
            lost.append((possible_of(scored, area) - got.score, area))
    return sorted((pair for pair in lost if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].code))


def _band(found: Assessed, scored: Scored) -> Component:
    before, ago = found.before.get(scored.region), found.year_ago.get(scored.region)
    own = scored.score if scored.place else None
    unscored = sum(one.score is None for area in scored.areas for one in area.indicators)
    total = sum(len(area.indicators) for area in scored.areas)
    last = []
    if ago is not None and ago.complete:
        then = found.about_year_ago.figure("score", ago.score, place=scored.region)
        last = [sentence(N_("上年{score}分"), score=display.printed(then))]
    return parts.band(
        [
            Cell(
                _("得分"),
                found.printed("score", score_of(scored), place=scored.region),
                _("分"),
                lines=[_whole(found, scored), *last],
            ),
            Cell(
                _("名次"),
                str(scored.place or display.NO_VALUE),
                _("共{count}个已评完", count=len(found.known)),
                lines=[
                    _("较上月{move}", move=movement(before.place if before else None, scored.place)),
                    _("较上年{move}", move=movement(ago.place if ago else None, scored.place)),
                ],
            ),
            *(
                Cell(
                    _(name),
                    found.printed(f"score.{code}", middle),
                    _("分"),
                    lines=_against(found, scored.region, own, code, middle),
                )
                for name, code, middle in (
                    (N_("平均得分"), "mean", found.mean),
                    (N_("中位数"), "median", found.median),
                )
            ),
            Cell(
                _("未评指标"),
                str(unscored),
                _("共{count}项", count=total),
                lines=[open_words(found, scored) or [_("全部已评")]],
            ),
        ]
    )


def _against(found: Assessed, region: str, own: Decimal | None, code: str, other: Fraction | None) -> list[list[Child]]:
    if own is None or other is None:
        return []
    difference = Fraction(own) - other
    word = N_("高{points}分") if difference >= 0 else N_("低{points}分")
    apart = found.about.figure("score.against", difference, part=code, place=region)
    return [sentence(word, points=display.printed(apart, absolute=True))]


def _foot(found: Assessed) -> str:
    if found.confirmed:
        return _("本表为三部门确认的结果；确认后的更正只在旁列示，不改变确认得分。")
    return _("指标库和统计报表里有的数不录入，缺数或待评的分值列为未评，不折算。预评在三部门确认前不作为考核结果。")


def sheet_table(reading: Reading, found: Assessed, unit: str) -> Table:
    """指标类别 / 指标 / 目标 / 分值 / 期间 / 完成情况 / 得分 / 失分原因 / 预警 / 依据."""
    scored = found.scores[unit]
    columns = (
        Column("area", _("指标类别")),
        Column("indicator", _("指标")),
        Column("aim", _("目标"), className="norm"),
        Column("points", _("分值"), "number", className="norm"),
        Column("period", _("期间")),
        Column("reached", _("完成情况"), right=True, units=True),
        Column("score", _("得分") if found.confirmed else _("预评得分"), "number", what="score.item"),
        Column("why", _("失分原因") if found.confirmed else _("未得分原因")),
        Column("warning", _("预警事项")),
        Column("evidence", _("依据"), className="written"),
    )
    about = replace(found.about, place=unit)
    rests_on, warnings = measured(reading, found, unit), warned(reading, found, unit)
    rows = [row for area in found.areas for row in _area_rows(reading, found, scored, area, rests_on, warnings)]
    total = {
        "area": _("合计"),
        "points": sum((area.points for area in found.areas), Decimal(0)),
        "score": about.figure("score", score_of(scored)),
        "why": open_words(found, scored),
    }
    title = _("{name}得分表", name=name_of(reading.tree.region(unit)))
    return Table("sheet", title, columns, rows, foot=[Row(total, style="sum")], about=about)


def _area_rows(
    reading: Reading,
    found: Assessed,
    scored: Scored,
    area: Area,
    rests_on: Mapping[str, Measured],
    warnings: Mapping[str, tuple[Warned, ...]],
) -> list[Row]:
    got, possible = scored.area(area.code), possible_of(scored, area)
    about, open_points = about_measured(reading, found, scored.region), area.points - possible
    scores = {} if got is None else {one.code: one.score for one in got.indicators}
    of_area = partial(found.about.figure, part=area.code, place=scored.region)
    left = of_area("score.open", open_points)
    sums = {
        "area": name_of(area),
        "points": area.points,
        "score": of_area("score.area", got.score if got is not None and possible else None),
        "why": sentence(N_("尚有{points}分未评"), points=display.printed(left, places=decimals(open_points)))
        if open_points
        else "",
    }
    rows = [Row(sums, style="total")]
    for indicator in area.indicators:
        value, score = scored.case.values.get(indicator.code), scores.get(indicator.code)
        known = rests_on.get(indicator.code)
        standing = warnings.get(catalogue_code(indicator) or "", ())
        values = {
            "area": "",
            "indicator": name_of(indicator),
            "aim": aim(indicator),
            "points": indicator.points,
            "period": period(indicator, found.month),
            "reached": reached(found, about, indicator, value, known),
            "score": score,
            "why": missing(reading, found, about, indicator, value, score, known),
            "warning": _("、").join(one.label for one in standing),
            "evidence": evidence(found, scored.region, indicator),
        }
        extra = _links(reading, found, scored.region, indicator)
        if standing and rights.may_open(reading.scope, WARNINGS):
            extra["warning"] = _warning_link(reading, standing[0])
        rows.append(Row(values, extra=extra, part=indicator.code, selected=reading.view.item == indicator.code))
    return rows


def _warning_link(reading: Reading, one: Warned) -> Component:
    """The worst warning that a figure stands under, by its colour."""
    view = reading.view
    href = View(f"{WARNINGS}/{one.subject}", view.scheme, view.region, view.period).href()
    return html.A(level_tag(one.level), href=href, title=_("查看{label}", label=one.label))


def _links(reading: Reading, found: Assessed, region: str, indicator: Indicator) -> dict[str, Child]:
    """Where an indicator leads: by hand, to its entries; else to its figure."""
    href = reading.view.href(path=f"{PATH}/{region.lower()}", item=indicator.code)
    if by_hand(indicator):
        enters = region in found.units and enter.open_to(reading)
        return {"evidence": html.A(_("录入") if enters else _("查看"), href=href)}
    measured = catalogue_code(indicator)
    if measured is None:
        return {}
    if not of_period(reading, found):
        view, period = reading.view, display.period_month(found.month)
        href = View(REGION, view.scheme, region, period, item=measured).href()
    return {"evidence": html.A(_("计算依据"), href=href)}
