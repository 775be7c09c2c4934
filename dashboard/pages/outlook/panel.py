"""参数: everything that the projection looked at rests on, what is assumed 暂定 first, with who set it and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Child, norm, sentence
from dashboard.components.table import Column, Row, Table
from dashboard.pages.outlook import assumed
from dashboard.pages.outlook.acts import save
from dashboard.pages.outlook.confirming import line
from dashboard.pages.outlook.reading import Outlook
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from rules.projection import minimum_contribution
from rules.projection.minimum_contribution import EVERY_YEAR, FIRST_YEAR, LEAST, MOST
from workflows.outlook.assumptions import Assumption

ANCHOR = CODE = "assumptions"
MONTHS = 12
MARKS = {"assumed": N_("暂定"), "scenario": N_("方案另设"), "planned": N_("文件计划"), "measured": N_("按账测得")}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the panel. ``mark`` stands in a frame before the source; ``written``: a person wrote the source."""

    what: str
    value: Child
    mark: str
    source: str
    set_by: str = ""
    written: bool = False


def panel(reading: Reading, found: Outlook) -> Component:
    """The section, which the second line of the page leads to."""
    every = list(lines(reading, found))
    note = _("暂定{open}项，已定{settled}项", open=found.basis.open, settled=len(every) - found.basis.open)
    view = reading.view
    actions: list[Child] = [html.A(_("历史"), href=view.href(item="history"))]
    if save.open_to(reading):
        actions.insert(0, html.A(_("修改"), href=view.href(item="scenario")))
    body = html.Div([_shown(one) for one in every], className="assumed")
    section = parts.section(_("参数"), body, note=note, actions=actions, foot=line(reading, found))
    return html.Div(section, id=ANCHOR)


def _shown(one: Line) -> Component:
    mark = [html.Span(one.mark, className="tag")] if one.mark else []
    source = html.Span([*mark, html.Span(one.source, className="written" if one.written else "quoted")])
    said = [source, html.Span(one.set_by, className="by")]
    return html.Div([html.Div([html.Span(one.what), html.B(one.value)]), html.Div(said, className="source")])


def table(reading: Reading, found: Outlook) -> Table:
    """The same for files."""
    columns = (
        Column("what", _("参数")),
        Column("value", _("取值"), right=True, className="norm"),
        Column("state", _("状态")),
        Column("source", _("依据或理由"), className="written"),
        Column("set", _("何人何时定")),
    )
    rows = [
        Row(
            {
                "what": one.what,
                "value": parts.plain([one.value]),
                "state": one.mark or _("文件规定"),
                "source": one.source,
                "set": one.set_by,
            }
        )
        for one in lines(reading, found)
    ]
    return Table("assumptions", _("测算参数"), columns, rows, of_now=True)


def lines(reading: Reading, found: Outlook) -> Iterator[Line]:
    """What is assumed, what is laid down, what was measured."""
    every = found.basis.assumptions
    open_ones = [one for one in every if one.open]
    measured = [one for one in every if one.status == "measured"]
    yield from (_line(one) for one in open_ones)
    yield from (_rate(reading, one) for one in found.basis.rates if one.open)
    yield from (_line(one) for one in every if one not in open_ones and one not in measured)
    yield from _of_rules(reading, found)
    yield from (_line(one) for one in measured)
    yield from _of_data(found)


def _line(one: Assumption) -> Line:
    return _told(one, assumed.name(one.code), assumed.value_words(one.code, one.values))


def _rate(reading: Reading, one: Assumption) -> Line:
    return _told(one, assumed.rate_name(reading.scheme, one), assumed.percent(one.values[0]))


def _told(one: Assumption, name: str, value: str) -> Line:
    when = "" if one.set_at is None else display.short_day(display.local(one.set_at).date())
    by = " ".join(part for part in (one.set_by, when) if part)
    mark = _(MARKS[one.status]) if one.status in MARKS else ""
    return Line(name, norm(value), mark, one.source, by, written=one.set_by is not None)


def _of_rules(reading: Reading, found: Outlook) -> Iterator[Line]:
    """What documents lay down and the projection takes as it is."""
    if found.reform is not None:
        full = FIRST_YEAR + (MOST - LEAST) // EVERY_YEAR - 1
        value = norm(_("{years}年（{year}年起）", years=MOST // MONTHS, year=full))
        yield Line(_("最低缴费年限"), value, _("未计入测算"), minimum_contribution.ARTICLE)
    yield from (_rate(reading, one) for one in found.basis.rates if not one.open)


def _beside_reported(beyond: Mapping[str, int]) -> str:
    """The structure beside the statistics of the same month, whose heads it should have."""
    if beyond.keys() != {"contributors", "retirees"}:
        return _("参保人员结构表；统计月报没有年末人数，未核对")
    if not any(beyond.values()):
        return _("参保人员结构表，人数与统计月报一致")
    contributors, retirees = (display.number(beyond[code], 0, signed=True) for code in ("contributors", "retirees"))
    text = N_("参保人员结构表；比统计月报，缴费{contributors}人，领取{retirees}人")
    return _(text, contributors=contributors, retirees=retirees)


def _entrants(year: int | None) -> Line:
    """Who enters each year before growth."""
    if year is None:
        return Line(_("每年新参保"), _("与首年减少人数相当"), _("暂定"), _("没有上年末的分年龄结构"))
    source = _("{before}、{year}年末结构逐岁相比的净增", before=year - 1, year=year)
    return Line(_("每年新参保"), _("{year}年净增人数", year=year), _("按账测得"), source)


def _of_data(found: Outlook) -> Iterator[Line]:
    """What the base year's end stood at."""
    year, basis = found.base_year, found.basis
    opening = found.printed("opening", found.mid.case.opening_fen, year=found.first_year)
    amount = html.Span(sentence(N_("{amount}亿元"), amount=opening))
    yield Line(_("期初结余"), amount, _("按账测得"), _("{year}年末基金账，12月定稿数", year=year))
    if basis.structure_year is not None:
        said = _("{year}年末", year=basis.structure_year)
        yield Line(_("分年龄结构"), said, _("已录入"), _beside_reported(basis.beyond_reported))
        yield _entrants(basis.entrants_of)
    if basis.mortality is not None:
        name, source = basis.mortality
        yield Line(_("生命表"), name, _("已录入"), source)
