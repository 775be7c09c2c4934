"""Yearly totals of published tables: shown as published, by year and source, with no months and nothing invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.charts.graph import Chart
from dashboard.charts.plot import Plot
from dashboard.charts.ranked import ranking_chart
from dashboard.components import drawer as docked, frame, parts, ranking
from dashboard.components.parts import Cell, Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.site.reading import Reading, year_shown
from dashboard.words import display, headlines
from dashboard.words.passport import REST, About, Printed
from dashboard.words.published import measure_name, measure_unit, period_name
from dashboard.words.wording import N_, _, bracketed, name_of
from data_access.books.published_totals import DERIVED, PublishedYear
from data_access.books.regions import NATION
from data_access.intake.reference import reference_rows

MEASURES = ("months_payable", "staff_per_retiree", "income", "expenditure", "balance")
YUAN = "100m yuan"
PLACES = {"months_payable": 1, "staff_per_retiree": 2}


def _what(measure: str) -> str:
    return f"{'published.rate' if measure in DERIVED else 'published'}:{measure}"


def _about(reading: Reading, year: PublishedYear) -> About:
    return replace(reading.about, period=year.key)


def _measures(year: PublishedYear) -> list[str]:
    """What a year is ranked and shown by: the usual measures it has; where it has none, whatever was published."""
    return [measure for measure in MEASURES if year.has(measure)] or [m for m in year.measures if year.has(m)]


def _measure(reading: Reading, year: PublishedYear) -> str:
    known = _measures(year) or list(year.measures)
    return reading.view.measure if reading.view.measure in known else known[0]


def _decimals(year: PublishedYear, measure: str) -> int:
    return PLACES.get(measure, year.places(measure))


def _said(reading: Reading, year: PublishedYear, measure: str, place: str = "") -> Printed:
    """A region's figure as printed: of the one looked at unless a place is named; of ``~`` what the list leaves out."""
    code = place or reading.region
    value = year.not_listed(measure) if code.endswith(REST) else year.value(code, measure)
    what, _mark, part = _what(measure).partition(":")
    figure = _about(reading, year).figure(what, value, part=part, place=code)
    return display.printed(figure, places=_decimals(year, measure))


def overview(reading: Reading) -> Component:
    """总览 of published tables: the nation's (or one province's) totals and the ranking of provinces."""
    year = year_shown(reading)
    if year is None:
        return html.Div(_nothing(), className="content")
    table = _table_section(reading, year)
    places = None if _country(reading) else _ranking_section(reading, year)
    # Thirty-one tiles need the page's width.
    blocks: list[Component] = [table]
    if places is not None:
        tiles = reading.view.show == "tiles"
        blocks = [places, table] if tiles else [html.Div([table, places], className="split")]
    body = [
        html.H1(_("总览"), className="vh"),
        parts.conclusion(_conclusion(reading, year), _second(reading, year)),
        parts.band(_cells(reading, year)),
        *blocks,
        _footer(reading, year),
    ]
    return html.Div(body, className="content")


def flows(reading: Reading) -> Component:
    """收支 of published tables: income, expenditure and balance of every province."""
    year = year_shown(reading)
    names = [(_("收支"), reading.view.href(tab=""), True)]
    if year is None:
        return html.Div(
            [frame.tabs(_("资金运行"), names), html.Div(_nothing(), className="content")], className="tabbed"
        )
    body = [
        parts.conclusion(_conclusion(reading, year), _second(reading, year)),
        _table_section(reading, year),
        _footer(reading, year),
    ]
    return html.Div([frame.tabs(_("资金运行"), names), html.Div(body, className="content")], className="tabbed")


def no_budget(reading: Reading) -> Component:
    """Published tables hold no plans."""
    names = [(_("执行表"), reading.view.href(tab=""), True)]
    said = parts.message(_("公布数没有预算。"), _("公布的年度数只有收入、支出和结余；预算执行请看有账目的险种。"))
    return html.Div([frame.tabs(_("预算执行"), names), html.Div(said, className="content")], className="tabbed")


def _nothing() -> Component:
    return parts.message(_("还没有公布数。"), _("请在“数据接入”下载“公布年度数”模板，填好后上传。"))


def _conclusion(reading: Reading, year: PublishedYear) -> list[Child]:
    code = reading.region
    said = sentence(
        N_("{period}，{region}"),
        period=period_name(year),
        region=_("全国") if code == NATION else name_of(reading.node),
    )
    if code == NATION and NATION not in year.regions:
        said += sentence(N_("没有公布合计数，共{count}个省份有数"), count=Strong(str(len(year.regions))))
    elif code not in year.regions:
        said += sentence(N_("没有公布数"))
    for measure, text in (
        ("balance", N_("累计结余{value}亿元")),
        ("months_payable", N_("，可支付{value}个月")),
        ("staff_per_retiree", N_("，平均{value}名缴费人员对应1名离退休人员")),
    ):
        if year.value(code, measure) is None:
            continue
        value = Strong(_said(reading, year, measure))
        if measure == "balance" and year.unit(measure) != YUAN:
            said += sentence(N_("累计结余{value}（{unit}）"), value=value, unit=measure_unit(year, measure))
        else:
            said += sentence(text, value=value)
    return [*said, _("。")]


def _second(reading: Reading, year: PublishedYear) -> list[Child]:
    missing = year.not_listed("balance")
    count = len(year.provinces)
    if _country(reading):
        return [_("按该国公布的币种和财政年度列示，不折算。")]
    if not count:
        return [_("只公布了全国数，没有分省份数。")]
    if missing is not None and missing:
        return sentence(
            N_("表列{count}个省份，与全国合计之差（未列省份）为结余{amount}亿元。"),
            count=str(count),
            amount=_said(reading, year, "balance", f"{NATION}{REST}"),
        )
    if missing is None:
        return [_("本年没有全国合计，不作合计校验。")]
    return [_("各省份合计与全国数一致。")]


def _country(reading: Reading) -> str:
    """The other country that the scheme is of; "" for ours."""
    return "" if reading.tree.root == NATION else reading.tree.root


def _whole(reading: Reading) -> str:
    """What a table of the whole is headed by."""
    return name_of(reading.tree.region(reading.tree.root)) if _country(reading) else _("全国")


def _cells(reading: Reading, year: PublishedYear) -> list[Cell]:
    shown = [
        *_measures(year),
        *(m for m in ("contributors", "participants", "retirees", "beneficiaries") if year.has(m)),
    ]
    shown = list(dict.fromkeys(shown))[:6]
    cells = []
    for measure in shown:
        value = year.value(reading.region, measure)
        lines: list[Child | list[Child]] = []
        place = _place(reading, year, measure)
        if place:
            lines.append(place)
        if measure == "months_payable":
            lines.append(_("结余÷（支出÷{months}）", months=year.months))
        cells.append(
            Cell(
                measure_name(measure),
                _said(reading, year, measure),
                measure_unit(year, measure) if value is not None else "",
                None,
                lines,
                reading.view.href(item=measure),
            )
        )
    return cells


def _place(reading: Reading, year: PublishedYear, measure: str) -> str:
    if reading.region == NATION:
        return ""
    placed = ranking.rank(_values(year, measure))
    own = next((place for code, _value, place in placed if code == reading.region), None)
    return "" if own is None else _("第{place}位，共{count}个", place=own, count=len(placed))


def _values(year: PublishedYear, measure: str) -> Mapping[str, Fraction | None]:
    return {code: year.value(code, measure) for code in year.provinces}


def ranked(reading: Reading, year: PublishedYear) -> ranking.Ranking:
    """Provinces by the measure chosen."""
    measure = _measure(reading, year)
    places = [
        ranking.Place(
            code,
            name_of(year.known[code]),
            value,
            place,
            reading.view.href(region=code) if code in reading.tree else "",
            current=code == reading.region,
        )
        for code, value, place in ranking.rank(_values(year, measure))
    ]
    return ranking.Ranking(
        measure_name(measure),
        measure_unit(year, measure),
        _("全国"),
        year.value(NATION, measure),
        places,
        decimals=_decimals(year, measure),
        what=_what(measure),
        about=replace(_about(reading, year), place=NATION),
    )


def _ranking_section(reading: Reading, year: PublishedYear) -> Component:
    record, view = ranked(reading, year), reading.view
    if not record.places:
        return parts.section(_("各省份排名"), html.Div(_("只公布了全国数，没有分省份数。"), className="foot"))
    grid = {
        row["region"]: (int(row["row"]), int(row["column"]))
        for row in reference_rows("tile_grid")
        if row["province"] == NATION
    }
    look = view.show if view.show in ("tiles", "table") else "bars"
    looks = [("bars", _("条形")), ("tiles", _("方块图")), ("table", _("表"))]
    switch = parts.segment(
        [(name, view.href(show="" if code == "bars" else code), code == look) for code, name in looks],
        label=_("排名的样子"),
        small=True,
    )
    measures = parts.menu(
        record.title,
        [parts.option(measure_name(m), view.href(measure=m), m == _measure(reading, year)) for m in _measures(year)],
    )
    body: Component
    if look == "tiles":
        body = ranking.tiles(record, grid)
    elif look == "table":
        body = html.Div(html_table(ranking.as_table(record, "ranking")), className="scroll")
    else:
        body = ranking.bars(record)
    actions = [switch, frame.exports("/", "ranking", view, chart=True)]
    return parts.section(_("各省份排名"), body, note=measures, actions=actions)


def full_table(reading: Reading, year: PublishedYear) -> Table:
    """Every published measure of every region, as published, with the difference from the national row."""
    measures = [*_measures(year), *(m for m in year.measures if m not in MEASURES)]
    columns = [Column("region", _("地区"))]
    columns += [
        Column(
            m, measure_name(m) + bracketed(measure_unit(year, m)), "number", places=_decimals(year, m), what=_what(m)
        )
        for m in measures
    ]
    rows = [
        Row(
            {"region": name_of(year.known[code]), **{m: year.value(code, m) for m in measures}},
            href=reading.view.href(region=code, item="") if code in reading.tree else "",
            place=code,
        )
        for code in year.regions
        if code != NATION
    ]
    foot = []
    if NATION in year.regions:
        rest = {m: year.not_listed(m) for m in measures}
        if year.provinces and any(rest.values()):
            rows.append(Row({"region": _("未列省份"), **rest}, place=f"{NATION}{REST}"))
        whole = {m: year.value(NATION, m) for m in measures}
        foot.append(Row({"region": _("全国"), **whole}, style="sum", place=NATION))
    title = f"{name_of(reading.scheme)} {period_name(year)}"
    about = _about(reading, year)
    return Table("published", title, columns, rows, foot=foot, place=_whole(reading), period=_period(year), about=about)


def _period(year: PublishedYear) -> str:
    return _("{period}公布数", period=period_name(year))


def _table_section(reading: Reading, year: PublishedYear) -> Component:
    table = full_table(reading, year)
    return parts.section(
        _("公布的年度数"),
        html.Div(html_table(table), className="scroll"),
        note=period_name(year),
        actions=[frame.exports("/", "published", reading.view)],
        foot=[_("按原表列示，单位不同的已换算；未公布的数为“—”。"), *_apart(year)],
    )


def _apart(year: PublishedYear) -> list[str]:
    """What of the units listed beside the provinces is in the sums, and why not."""
    said = []
    names = _("、").join(name_of(year.known[code]) for code in year.separate if code not in year.unsaid)
    if names:
        said.append(_("{names}按所注的计入方式，在全国数中只计一次。", names=names))
    unsaid = _("、").join(name_of(year.known[code]) for code in year.unsaid)
    if unsaid:
        said.append(_("{names}的数是否含在所在省，原表没有注明，不计入合计和差额。", names=unsaid))
    return said


def _footer(reading: Reading, year: PublishedYear) -> Component:
    return frame.ribbon([_("来源：{source}", source="；".join(year.citations)), period_name(year)])


def drawer(reading: Reading) -> Component | None:
    """One measure: the value, how it was made and where it was published."""
    year = year_shown(reading)
    measure = reading.view.item
    if year is None or not year.has(measure):
        return None
    leading = [docked.Trio(measure_name(measure), _said(reading, year, measure), measure_unit(year, measure))]
    entries: list[tuple[str, Child | Sequence[Child]]] = []
    working = year.working(reading.region, measure)
    if working:
        formula = {
            "months_payable": _("累计结余÷（支出÷{months}）", months=year.months),
            "staff_per_retiree": _("缴费人数÷离退休人数"),
        }[measure]
        entries.append((_("公式"), formula))
        entries += [
            (measure_name(part), [_said(reading, year, part), f" {measure_unit(year, part)}"]) for part in working
        ]
    one = year.values.get(reading.region, {}).get(measure)
    if one is not None and one.shown != one.unit:
        entries.append((_("原表所印"), f"{one.value:f} {one.unit}"))
    if one is not None and one.note:
        entries.append((_("原表的注"), one.note))
    if one is not None and one.noisy:
        entries.append((_("说明"), _("原数带有浮点运算的尾数，按最接近的整数计。")))
    if measure in DERIVED and year.value(reading.region, measure) is None and working:
        entries.append((_("说明"), _("分母不大于零，或结余为负，不能相除。")))
    entries.append((_("来源"), year.citation(reading.region, measure) or _("未公布")))
    cells: dict[int, list[str]] = {}
    for part in (measure, *working):
        figure = year.values.get(reading.region, {}).get(part)
        if figure is not None and figure.batch is not None and figure.cell is not None:
            cells.setdefault(figure.batch, []).append(figure.cell)
    if files := docked.files_read(reading, cells):
        entries.append((_("来自文件"), files))
    entries.append((_("期间"), period_name(year)))
    crumb = f"{name_of(reading.node)} · {period_name(year)}"
    return docked.drawer(
        reading, crumb=crumb, title=measure_name(measure), leading=leading, blocks=[docked.basis(entries)]
    )


def _year_of(reading: Reading) -> PublishedYear | None:
    return year_shown(reading) if reading.scheme.kind == "published" else None


def chart(reading: Reading) -> Chart | None:
    """The ranking as it goes into documents."""
    year = _year_of(reading)
    if year is None:
        return None
    record = ranked(reading, year)

    def told(plot: Plot) -> str:
        return headlines.ends(plot, record.title, record.unit, "name", "value")

    return ranking_chart(record, "ranking", told, place=_whole(reading), period=_period(year))


def published_table(reading: Reading) -> Table | None:
    year = _year_of(reading)
    return None if year is None else full_table(reading, year)


# Of every page that shows published totals; they have no series to draw.
TABLES = {"published": published_table}
