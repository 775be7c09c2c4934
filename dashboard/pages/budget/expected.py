"""全年预计: income, premium and expenditure to year end by region, with the interval and how well the past was expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table, raw, rest
from dashboard.site.reading import Reading
from dashboard.words import as_of, display, expected, figures
from dashboard.words.wording import N_, _, between, name_of
from data_access.books.forecasts import LOCAL_INCOME
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.scheme import MANAGEMENT_GAP

PATH = "/budget"
LINES = {"income": LOCAL_INCOME, "premium": "premium", "expenditure": EXPENDITURE_TOTAL}
NAMES = {"income": N_("收入"), "premium": N_("保费"), "expenditure": N_("支出")}
SORTS = ("rate", "gap", "total", "mase")


def expected_page(reading: Reading) -> Component:
    month = expected.last_month(reading)
    table = expected_table(reading)
    if month is None or (not table.rows and not table.foot):
        said = parts.message(
            _("还没有全年预计。"), _("预计按最近定稿的月份作出；本期没有定稿，或其预计已被后来月份的预计替代。")
        )
        return html.Div([parts.conclusion([_("本期没有全年预计。")]), said])
    measure = _measure(reading)
    links = [
        (_(name), reading.view.href(tab="expected", measure=code, sort="", item=""), code == measure)
        for code, name in NAMES.items()
    ]
    sorts = {key: reading.view.href(tab="expected", sort=key) for key in SORTS}
    section = parts.section(
        _("全年预计"),
        html.Div(html_table(table, sort_hrefs=sorts, sorted_by=_sort(reading)), className="scroll"),
        note=_("亿元；按{month}定稿推算，上下限为80%区间", month=display.month_name(month)),
        actions=[parts.segment(links, label=_("项目"), small=True), frame.exports(PATH, table.code, reading.view)],
        foot=_foot(reading, measure),
    )
    return html.Div([parts.conclusion(_first(reading), _second(reading)), section])


def _foot(reading: Reading, measure: str) -> list[Child]:
    said: list[Child] = []
    if measure == "income" and reading.is_province:
        said += [_("市县收入只计本级负责的项目。"), between()]
    said += _corrected(reading, measure)
    said += [_("各行各自推算，合计减各行之和单列一行。"), between()]
    said.append(_("MASE小于1表示回测误差小于“与上年同月相同”的估计。"))
    return said


def _corrected(reading: Reading, measure: str) -> list[Child]:
    """By how much what is done differs from what was signed; nothing where it does not."""
    line = _line(reading, reading.region, measure)
    year = expected.year(reading, expected.forecasts(reading, [reading.region]), reading.region, line)
    corrected = None if year is None else year.corrected(reading)
    if year is None or corrected is None:
        return []
    month, amount = display.short_month(year.forecast.last), display.printed(corrected, signed=True)
    said = sentence(N_("已完成含{month}定稿后入账的更正{amount}亿元。"), month=month, amount=amount)
    return [*said, between()]


def _line(reading: Reading, region: str, measure: str) -> str:
    """The series of a row: the province's own income is all of it, below it is what a region answers for."""
    return INCOME_TOTAL if measure == "income" and region == reading.tree.root else LINES[measure]


def _measure(reading: Reading) -> str:
    return reading.view.measure if reading.view.measure in LINES else "income"


def _sort(reading: Reading) -> str:
    return reading.view.sort if reading.view.sort in SORTS else "rate"


def _first(reading: Reading) -> list[Child]:
    """Income and expenditure of the whole: expected completion of the plan."""
    found = expected.forecasts(reading, [reading.region])
    income = expected.year(reading, found, reading.region, expected.line_of(reading, "income_total"))
    spent = expected.year(reading, found, reading.region, EXPENDITURE_TOTAL)
    said: list[Child] = as_of.of_another_year(reading)
    if income is not None:
        said += sentence(N_("全年收入预计{total}亿元"), total=Strong(income.printed("total")))
        if income.plan:
            said += sentence(N_("，完成预算{rate}%"), rate=Strong(income.printed("rate")))
    if spent is not None:
        said += sentence(N_("；支出预计{total}亿元"), total=Strong(spent.printed("total")))
        if spent.plan:
            said += sentence(N_("，完成预算{rate}%"), rate=Strong(spent.printed("rate")))
    return [*said, _("。")]


def _second(reading: Reading) -> list[Child]:
    """What is expected to be missing, and in how many regions."""
    month = expected.last_month(reading)
    gap = figures.value(reading, "management_gap_forecast", month=month)
    if gap is None or gap.value is None:
        return []
    short = [
        code
        for code in reading.children()
        if (own := figures.exact(figures.value(reading, "management_gap_forecast", code, month))) is not None
        and own > 0
    ]
    if gap.value == 0:
        return [_("预计全部完成收入计划，年底没有管理性缺口。")]
    amount = figures.printed(reading, "management_gap_forecast", month=month)
    if not short:
        return sentence(N_("按目前进度，年底预计管理性缺口{amount}亿元。"), amount=amount)
    text = N_("按目前进度，{count}个地区年底预计少收，管理性缺口合计{amount}亿元。")
    return sentence(text, count=str(len(short)), amount=amount)


def expected_table(reading: Reading) -> Table:
    """Done, expected, interval, completion, gap and backtest error of each region below, the whole at the foot."""
    measure = _measure(reading)
    columns = (
        Column("region", _("地区")),
        Column("plan", _("全年计划"), "money"),
        Column("done", _("已完成"), "money"),
        Column("total", _("全年预计"), "money"),
        # The bounds of a sum are not the sum of bounds.
        Column("low", _("下限（80%）"), "money", sums=False),
        Column("high", _("上限（80%）"), "money", sums=False),
        Column("rate", _("预计完成%"), "percent"),
        Column("rate_low", _("下限%"), "percent"),
        Column("rate_high", _("上限%"), "percent"),
        Column("gap", _("预计少收") if measure != "expenditure" else _("预计少支"), "money", sums=False),
        Column("mase", _("MASE"), "number", places=2),
    )
    regions = [reading.region, *reading.children()]
    found = expected.forecasts(reading, regions) if reading.snapshot.month else {}
    rows = []
    for code in regions:
        year = expected.year(reading, found, code, _line(reading, code, measure))
        if year is not None:
            rows.append(_row(reading, code, year, _gap(reading, code, year, measure)))
    whole = [row for row in rows if not row.href]
    below = [row for row in rows if row.href]
    key = _sort(reading)
    below.sort(
        key=lambda row: (row.values[key].value is None, row.values[key].value or 0),
        reverse=key in ("gap", "total", "mase"),
    )
    foot = [Row(row.values, style="sum") for row in whole]
    if foot:
        below += _rest(reading, columns, below, foot[0])
    month = expected.last_month(reading)
    period = "" if month is None else _("{month}已定稿", month=display.month_name(month))
    return Table("expected", f"{_('全年预计')} · {_(NAMES[measure])}", columns, below, foot=foot, period=period)


def _rest(reading: Reading, columns: Sequence[Column], below: Sequence[Row], foot: Row) -> list[Row]:
    """What the rows leave of the whole: what belongs to no region, or only what comes of expecting each by itself."""
    left = rest(columns, below, foot.values, *figures.below_no_region(reading))
    if left and not any(raw(left[0].values[key]) for key in ("plan", "done")):
        left = [replace(left[0], values={**left[0].values, "region": _("各行分别推算的差额")})]
    return left


def _gap(reading: Reading, code: str, year: expected.Year, measure: str) -> int | None:
    """What is missing to the plan; of income as judged, which for the province is the sum of its regions' gaps."""
    if measure == "income" and reading.scheme.knows(MANAGEMENT_GAP, reading.snapshot.day):
        judged = figures.value(reading, "management_gap_forecast", code, year.forecast.last)
        return figures.input_fen(judged, "gap_fen")
    return None if year.gap is None else max(0, year.gap)


def _row(reading: Reading, code: str, year: expected.Year, gap: int | None) -> Row:
    own = code == reading.region
    name = name_of(reading.tree.region(code))
    values: dict[str, object] = {
        "region": (_("全省") if reading.is_province else _("合计")) if own else name,
        **{
            what: year.figure(what)
            for what in ("plan", "done", "total", "low", "high", "rate", "rate_low", "rate_high")
        },
        "gap": year.about.figure("year.short", gap, part=year.line),
        "mase": year.figure("mase"),
    }
    return Row(values, href="" if own else reading.view.href(region=code))
