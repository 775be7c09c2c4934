"""One unit's sheet of 考核评估: every indicator with aim, points, what was reached, the score and why points are missing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Cell, Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.assessment.acts import enter
from dashboard.pages.assessment.heat import sheet_href
from dashboard.pages.assessment.reading import Assessed, by_hand, possible_of
from dashboard.pages.assessment.words import aim, evidence, missing, movement, period_words, points, reached
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, name_of
from rules.assessment import Area
from rules.indicators import INDICATORS
from workflows.assessment.register import Scored
from workflows.people import rights

PATH = "/assessment"


def sheet(reading: Reading, found: Assessed, unit: str) -> Component:
    scored = found.scores[unit]
    table = sheet_table(reading, found, unit)
    view = reading.view
    look: list[Child] = [frame.exports(view.path, table.code, view), _calculation(reading, unit)]
    section = parts.section(
        _("{name}得分表", name=name_of(reading.tree.region(unit))),
        html.Div(html_table(table), className="scroll"),
        note=_("{period} · 分值为示例（暂定）", period=period_words(found)),
        actions=look,
        foot=_foot(found),
    )
    body: list[Component] = [parts.conclusion(_first(reading, found, scored), _second(found, scored))]
    if reading.sees_siblings:
        body.insert(0, html.Nav(_neighbours(reading, found, scored), className="path"))
    return html.Div([*body, _band(found, scored), section])


def _neighbours(reading: Reading, found: Assessed, scored: Scored) -> list[Child]:
    """Back to all units, and to the next better and worse."""
    order = [one.region for one in found.ranked]
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
    if scored.scaled is None:
        return sentence(N_("{name}{period}：还没有可以计分的指标。"), name=name, period=period_words(found))
    return sentence(
        N_("{name}{period}得{score}分，在{count}个地区中列第{place}位；全省平均{mean}分，中位数{median}分。"),
        name=name,
        period=period_words(found),
        score=Strong(display.number(scored.scaled)),
        count=str(ranked),
        place=Strong(str(scored.place)),
        mean=display.number(found.mean),
        median=display.number(found.median),
    )


def _second(found: Assessed, scored: Scored) -> list[Child]:
    """Where most points are missing, and whether the result stands."""
    short = _shortfalls(found, scored)
    said: list[Child] = []
    if short:
        lost, area = short[0]
        text = (
            N_("失分最多的是{area}（{points}分）。") if found.confirmed else N_("未得分最多的是{area}（{points}分）。")
        )
        said += sentence(text, area=name_of(area), points=display.number(lost))
    later = found.later(scored.region)
    if later is not None:
        said += sentence(
            N_("按确认后的更正重算相差{difference}分，确认结果不变。"),
            difference=Strong(display.number(later, signed=True)),
        )
    if not found.confirmed:
        said.append(_("预评结果仅供参考，以三部门确认为准。"))
    return said


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
    unscored = sum(one.score is None for area in scored.areas for one in area.indicators)
    total = sum(len(area.indicators) for area in scored.areas)
    last = [_("上年{score}分", score=display.number(ago.scaled))] if ago is not None else []
    return parts.band(
        [
            Cell(
                _("百分制得分"),
                display.number(scored.scaled),
                _("分"),
                lines=[
                    _(
                        "得{score}分，可得{possible}分",
                        score=display.number(scored.score),
                        possible=points(scored.possible),
                    ),
                    *last,
                ],
            ),
            Cell(
                _("名次"),
                str(scored.place or display.NO_VALUE),
                _("共{count}个地区", count=len(found.known)),
                lines=[
                    _("较上月{move}", move=movement(before.place if before else None, scored.place)),
                    _("较上年{move}", move=movement(ago.place if ago else None, scored.place)),
                ],
            ),
            Cell(_("全省平均"), display.number(found.mean), _("分"), lines=_against(scored.scaled, found.mean)),
            Cell(_("中位数"), display.number(found.median), _("分"), lines=_against(scored.scaled, found.median)),
            Cell(
                _("未计分指标"),
                str(unscored),
                _("共{count}项", count=total),
                lines=[_("分值不计入可得分") if unscored else _("全部已计分")],
            ),
        ]
    )


def _against(own: Decimal | None, other: Fraction | None) -> list[str]:
    if own is None or other is None:
        return []
    difference = Fraction(own) - other
    word = N_("高{points}分") if difference >= 0 else N_("低{points}分")
    return [_(word, points=display.number(abs(difference)))]


def _foot(found: Assessed) -> str:
    if found.confirmed:
        return _("本表为三部门确认的结果；确认后的更正只在旁列示，不改变确认得分。")
    return _("无数据的指标不计分，得分按可得分折合百分制。预评在三部门确认前不作为考核结果。")


def sheet_table(reading: Reading, found: Assessed, unit: str) -> Table:
    """指标类别 / 指标 / 目标 / 分值 / 完成情况 / 得分 / 失分原因 / 依据."""
    scored = found.scores[unit]
    columns = (
        Column("area", _("指标类别")),
        Column("indicator", _("指标")),
        Column("aim", _("目标")),
        Column("points", _("分值"), "number"),
        Column("reached", _("完成情况"), right=True),
        Column("score", _("得分") if found.confirmed else _("预评得分"), "number"),
        Column("why", _("失分原因") if found.confirmed else _("未得分原因")),
        Column("evidence", _("依据")),
    )
    rows = [row for area in found.areas for row in _area_rows(reading, found, scored, area)]
    total = {
        "area": _("合计"),
        "points": sum((area.points for area in found.areas), Decimal(0)),
        "reached": _("可得{points}分", points=points(scored.possible)),
        "score": scored.score,
        "why": _("折合百分制{score}分", score=display.number(scored.scaled)),
    }
    title = _("{name}得分表", name=name_of(reading.tree.region(unit)))
    return Table("sheet", title, columns, rows, foot=[Row(total, style="sum")])


def _area_rows(reading: Reading, found: Assessed, scored: Scored, area: Area) -> list[Row]:
    got = scored.area(area.code)
    scores = {} if got is None else {one.code: one.score for one in got.indicators}
    sums = {
        "area": name_of(area),
        "points": area.points,
        "score": got.score if got is not None and possible_of(scored, area) else None,
    }
    rows = [Row(sums, style="total")]
    for indicator in area.indicators:
        value, score = scored.case.values.get(indicator.code), scores.get(indicator.code)
        values = {
            "area": "",
            "indicator": name_of(indicator),
            "aim": aim(indicator),
            "points": indicator.points,
            "reached": reached(indicator, value),
            "score": score,
            "why": missing(indicator, value, score),
            "evidence": evidence(found, scored.region, indicator),
        }
        rows.append(
            Row(
                values,
                extra=_links(reading, scored.region, indicator.code, by_hand(indicator)),
                selected=reading.view.item == indicator.code,
            )
        )
    return rows


def _links(reading: Reading, region: str, code: str, manual: bool) -> dict[str, Child]:
    """Where an indicator leads: by hand, to its entries; else to the page that shows its figure."""
    if manual and (enter.open_to(reading) or rights.may_open(reading.scope, PATH)):
        word = _("录入") if enter.open_to(reading) else _("查看")
        return {"evidence": html.A(word, href=reading.view.href(path=f"{PATH}/{region.lower()}", item=code))}
    if code in INDICATORS:
        return {"evidence": html.A(_("计算依据"), href=reading.view.href(path=f"{PATH}/{region.lower()}", item=code))}
    return {}
