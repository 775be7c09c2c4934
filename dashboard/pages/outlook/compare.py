"""比较: up to three scenarios beside the base, each with its differences and what it assumes otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.charts.graph import Chart, graph
from dashboard.charts.plot import Colour, Mark, Plot
from dashboard.charts.theme import Figure as Drawn, Palette, layout
from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, cell, html_table, raw
from dashboard.pages.outlook import assumed
from dashboard.pages.outlook.chosen import scenarios
from dashboard.pages.outlook.figures import until
from dashboard.pages.outlook.reading import MONTHS, PATH, Outlook, months_of, outlook
from dashboard.pages.outlook.scenarios import BESIDE, compared, comparing, newest, once, saved, title
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import Figure, Number
from dashboard.words.wording import N_, _, apart, between
from workflows.outlook.scenarios import Scenario

CODE, LINES = "compare", "compare-lines"
SUPPORT_YEAR = 2040
AFTER = (5, 10, 30)
TICK = 5  # years between names under the axis
COLOURS: tuple[Colour, ...] = ("accent", "brown", "mid", "ink")


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the comparison. ``value`` is what of a projection, ``what`` and ``differs`` how it and its difference to the
    base are called, ``year`` of which year, None of all."""

    name: str
    what: str
    differs: str
    value: Callable[[Outlook], Number | None]
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """The base and the scenarios beside it, each with its projections; those that have none any more are left out."""

    base: Outlook
    others: Sequence[tuple[Scenario, Outlook]]


def read(reading: Reading) -> Compared | None:
    """The comparison of the address; None where there is no base."""
    at = replace(reading, view=replace(reading.view, set="", shock="", sizes=""))
    base = outlook(at)
    if base is None:
        return None
    found = [(one, outlook(replace(at, view=replace(at.view, set=str(one.id))))) for one in compared(reading)]
    return Compared(base, [(one, made) for one, made in found if made is not None])


def page(reading: Reading, found: Compared) -> list[Component]:
    """The two lines, the table with the lines drawn beside it, what each assumes otherwise, and who can be put beside."""
    table, chart = compare_table(found), lines(found)
    back = html.A(_("回到测算"), href=reading.view.href(tab="", show="", item=""), className="button")
    told = parts.section(
        _("基准与方案"),
        html.Div(html_table(table), className="scroll"),
        note=_("差额＝方案−基准"),
        actions=[frame.exports(PATH, CODE, reading.view)],
        foot=differences(found),
    )
    drawn = parts.section(
        _("累计结余"),
        graph(chart, g.theme),
        note=f"{chart.unit} · {chart.span}",
        actions=[frame.exports(PATH, LINES, reading.view, chart=True)],
    )
    body = html.Div([html.Div([told, drawn]), html.Div(_choose(reading, found))], className="split outlook-compare")
    return [parts.conclusion(first(found), _("测算，非预算或预测；方案不改变基准和任何实际数据。"), [back]), body]


def first(found: Compared) -> list[Child]:
    """按“征缴率降2个百分点”可支撑到2044年，比基准提前2.1年。…"""
    if not found.others:
        return [_("没有可与基准比较的方案。另存方案后，在这里与基准并列。")]
    said: list[Child] = []
    for place, (one, made) in enumerate(found.others):
        said += [between()] if place else []
        differs = years_apart(found.base, made)
        year = Strong(until(made, made.mid))
        if differs is None or not differs:
            text = N_("按“{name}”可支撑到{year}年。")
            said += sentence(text, name=title(one), year=year)
            continue
        text = (
            N_("按“{name}”可支撑到{year}年，比基准提前{years}年。")
            if differs < 0
            else N_("按“{name}”可支撑到{year}年，比基准推后{years}年。")
        )
        years = display.printed(made.figure("against.exhausted", differs), absolute=True)
        said += sentence(text, name=title(one), year=year, years=Strong(years))
    return said


def years_apart(base: Outlook, other: Outlook) -> Fraction | None:
    """By how many years later the other is used up; None where one of them is not."""
    mine, theirs = base.mid.exhausted, other.mid.exhausted
    return None if mine is None or theirs is None else Fraction(months_of(theirs) - months_of(mine), MONTHS)


# --- the table


def measured(base: Outlook) -> list[Measured]:
    """The lines of the comparison below the year in which each is used up."""
    year = min(SUPPORT_YEAR, base.last_year)
    ten = base.in_ten_years
    found = [
        Measured(_("平衡费率（%）"), "balanced_rate", "against.rate", balanced),
        Measured(
            _("抚养比（{year}年）", year=year), "support", "against.support", lambda one: _support(one, year), year
        ),
        Measured(
            _("{year}年末可支付（{unit}）", year=ten, unit=_(display.UNIT_NAMES["months"])),
            "months_payable",
            "against.months",
            lambda one: _payable(one, ten),
            ten,
        ),
        Measured(
            _("累计缺口现值（{unit}）", unit=display.unit_name("yi")), "shortfall_worth", "against.shortfall", missing
        ),
    ]
    for at in (base.base_year + after for after in AFTER):
        if base.mid.year(at) is None:
            continue
        name = _("{year}年末结余（{unit}）", year=at, unit=display.unit_name("yi"))
        found.append(Measured(name, "closing", "against.closing", lambda one, at=at: _closing(one, at), at))  # type: ignore[misc]
    return found


def balanced(found: Outlook) -> Number | None:
    rate = found.mid.balanced_rate
    return None if rate is None else rate * 100


def missing(found: Outlook) -> Number | None:
    """累计缺口现值; none where the fund is not used up."""
    lacking = found.mid.missing
    return None if lacking is None else lacking.worth_fen


def _support(found: Outlook, year: int) -> Number | None:
    one = found.mid.year(year)
    return None if one is None else one.support


def _payable(found: Outlook, year: int) -> Number | None:
    one = found.mid.year(year)
    return None if one is None or one.closing_fen < 0 else one.months_payable


def _closing(found: Outlook, year: int) -> Number | None:
    one = found.mid.year(year)
    return None if one is None else one.closing_fen


def short(found: Compared, one: Scenario) -> str:
    """Its name, with the version where two of the name stand beside one another."""
    return title(one) if sum(other.name == one.name for other, _made in found.others) > 1 else one.name


def compare_table(found: Compared) -> Table:
    """Rows are what is compared, columns the base and the scenarios, each with its difference."""
    columns = [Column("term", _("项目")), Column("base", _("基准"), right=True)]
    for one, _made in found.others:
        columns.append(Column(f"s{one.id}", short(found, one), right=True))
        columns.append(Column(f"d{one.id}", _("差额"), right=True, signed=True))
    rows = [Row(_until(found), style="total")]
    rows += [Row(_values(found, one)) for one in measured(found.base)]
    return Table(CODE, _("方案比较"), columns, rows, of_now=True, about=found.base.about)


def filed(found: Compared) -> Table:
    """The same for files, with what each assumes otherwise below: beside figures, words would take their room."""
    assumes = (_("{name}：{values}", name=short(found, one), values=_assumes(one)) for one, _made in found.others)
    return replace(compare_table(found), note=apart().join(assumes))


def _until(found: Compared) -> dict[str, Figure | str | None]:
    values: dict[str, Figure | str | None] = {"term": _("可支撑到"), "base": _year(found.base)}
    for one, made in found.others:
        differs = years_apart(found.base, made)
        values[f"s{one.id}"] = _year(made)
        values[f"d{one.id}"] = None if differs is None else made.figure("against.exhausted", differs)
    return values


def _year(found: Outlook) -> Figure | str:
    at = found.mid.exhausted
    return _("{year}年后", year=found.last_year) if at is None else found.figure("exhausted", at.year)


def _values(found: Compared, one: Measured) -> dict[str, Figure | str | None]:
    mine = one.value(found.base)
    values: dict[str, Figure | str | None] = {
        "term": one.name,
        "base": found.base.figure(one.what, mine, year=one.year),
    }
    for scenario, made in found.others:
        theirs = one.value(made)
        values[f"s{scenario.id}"] = made.figure(one.what, theirs, year=one.year)
        differs = None if mine is None or theirs is None else Fraction(theirs) - Fraction(mine)
        values[f"d{scenario.id}"] = made.figure(one.differs, differs, year=one.year)
    return values


def differences(found: Compared) -> list[Component]:
    """What each assumes otherwise, who saved it, and why."""
    return [
        html.Div([html.B(title(one)), " ", html.Span(_assumes(one), className="norm"), html.Small(f" {saved(one)}")])
        for one, _made in found.others
    ]


def _assumes(one: Scenario) -> str:
    return assumed.differences(one.changes.values())


def _choose(reading: Reading, found: Compared) -> Component:
    """Every scenario with the way beside the base, or away from there."""
    on = [one for one, _made in found.others]
    lines_of = []
    for one in once([*on, *newest(scenarios(reading))]):
        others = [each for each in on if each != one] if one in on else [one, *on][:BESIDE]
        link = html.A(_("移出") if one in on else _("并列"), href=comparing(reading, others))
        lines_of.append(html.Li([html.B(title(one)), html.Span(saved(one), className="muted"), link]))
    none = html.P(_("还没有保存的方案。"), className="foot")
    return parts.section(_("已存方案"), html.Ul(lines_of, className="journal") if lines_of else none)


# --- the chart


def lines_table(found: Compared) -> Table:
    """The balance at each year's end, of the base and of each scenario."""
    columns = [Column("year", _("年")), Column("base", _("基准"), "money")]
    columns += [Column(f"s{one.id}", short(found, one), "money") for one, _made in found.others]
    rows = []
    for year in found.base.mid.years:
        values: dict[str, Figure | str | None] = {
            "year": str(year.year),
            "base": _line(found.base, year.year),
        }
        for one, made in found.others:
            values[f"s{one.id}"] = _line(made, year.year)
        rows.append(Row(values))
    note = _("结余用尽后的年份不列数。")
    return Table(LINES, _("各方案累计结余"), columns, rows, note=note, of_now=True, about=found.base.about)


def _line(found: Outlook, year: int) -> Figure | None:
    """The balance at a year's end; None from the year on in which it is used up."""
    at, fen = found.mid.exhausted, _closing(found, year)
    return None if fen is None or (at is not None and year >= at.year) else found.figure("closing", fen, year=year)


def lines(found: Compared) -> Chart:
    """The base and the scenarios as lines, which end where the balance is used up."""
    table = lines_table(found)
    keys = ["base", *(f"s{one.id}" for one, _made in found.others)]
    marks = [Mark(key, "line", colour) for key, colour in zip(keys, COLOURS, strict=False)]
    plot = Plot(table, "year", table.rows, marks)
    span = display.span(_("{year}年", year=found.base.first_year), _("{year}年", year=found.base.last_year))
    return Chart(LINES, table.title, display.unit_name("yi"), span, lambda colours: _drawn(plot, colours), table, plot)


def _drawn(plot: Plot, colours: Palette) -> Drawn:
    shape, data = layout(colours, right=110, bottom=26), []
    shape["hovermode"], shape["annotations"] = "closest", []
    years = [str(row.values["year"]) for row in plot.rows]
    columns = {column.key: column for column in plot.table.columns}
    for mark in plot.marks:
        fens = [raw(row.values[mark.column]) for row in plot.rows]
        said = [cell(plot.table, columns[mark.column], row) for row in plot.rows]
        until_zero = next((at for at, fen in enumerate(fens) if fen is None), len(fens))
        drawn = [display.axis_value(fen) for fen in fens[:until_zero]] + [0.0] * (until_zero < len(fens))
        name, colour = columns[mark.column].title, getattr(colours, mark.colour)
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": list(range(len(drawn))),
                "y": drawn,
                "customdata": said[: len(drawn)],
                "text": years[: len(drawn)],
                "meta": mark.column,
                "line": {"color": colour, "width": 2 if mark.column == "base" else 1.5},
                "hovertemplate": f"%{{text}}<br>{name} %{{customdata}}<extra></extra>",
            }
        )
    last = len(years) - 1
    shape["xaxis"] |= {
        "type": "linear",
        "tickmode": "array",
        "tickvals": [at for at, year in enumerate(years) if int(year) % TICK == 0],
        "ticktext": [year for year in years if int(year) % TICK == 0],
        "range": [-0.4, last + 0.6],
    }
    shape["yaxis"] |= {"rangemode": "tozero"}
    shape["showlegend"] = True
    shape["legend"] = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12}}
    shape["margin"] |= {"t": 40, "r": 20}
    return {"data": data, "layout": shape}
