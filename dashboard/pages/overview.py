"""总览 [/]: how much there is, how long it lasts, whether income and spending are on plan, who lags, what needs attention."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard import display, figures, heading
from dashboard.charts import series
from dashboard.charts.graph import Chart, graph
from dashboard.components import frame, parts, ranking
from dashboard.components.drawer import indicator_drawer
from dashboard.components.parts import Cell, Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages import published_totals
from dashboard.reading import LIVE, Reading
from dashboard.wording import N_, _, name_of
from data_access.reference import reference_rows
from rules.indicators import INDICATORS
from rules.movements import Account

PATH = "/"
TITLE = N_("总览")

TREND_MONTHS = 36
MATTERS = 5
MEASURES = ("premium_deviation", "income_deviation", "expenditure_deviation", "pooling_rate", "pooling_delay")
RANK_TITLES = {
    "premium_deviation": N_("征缴较历史同期"),
    "income_deviation": N_("收入较历史同期"),
    "expenditure_deviation": N_("支出较历史同期"),
    "pooling_rate": N_("归集率"),
    "pooling_delay": N_("国库待划转天数"),
}
# Where little is good: few days in the treasury.
LOW_IS_GOOD = frozenset({"pooling_delay", "expenditure_deviation"})


def register(app: object, site: object) -> None:
    """No callbacks of its own: the shell's serve it."""


def show(reading: Reading) -> Component:
    if reading.scheme.kind == "published":
        return published_totals.overview(reading)
    if reading.snapshot.month is None:
        return html.Div(_empty(), className="content")
    first, second = _conclusion(reading)
    left = [_matters(reading), _trend_section(reading)]
    body = [
        parts.conclusion(first, second, _actions(reading)),
        parts.band(_cells(reading)),
        html.Div([html.Div(left), _ranking_section(reading)], className="split"),
        heading.footer(reading),
    ]
    return html.Div(body, className="content")


def _empty() -> Component:
    return parts.message(
        _("本险种还没有收支数据。"),
        _("请在“数据接入”下载模板，填好后上传；首次刷新后这里会显示结余、进度和排名。"),
        [html.A(_("数据接入"), href="/data", className="button")],
    )


def _actions(reading: Reading) -> list[Component]:
    return [html.Button(_("打印本页"), type="button", className="button", **{"data-print": "1"})]


# --- conclusion


def _conclusion(reading: Reading) -> tuple[list[Child], list[Child]]:
    snapshot = reading.snapshot
    until = display.short_month(snapshot.month or 0) if not snapshot.live else display.short_day(snapshot.day)
    income, expenditure = figures.progress(reading, "income"), figures.progress(reading, "expenditure")
    if reading.is_province:
        months = figures.value(reading, "months_payable")
        first = sentence(
            N_("截至{until}末，全省累计结余{balance}亿元")
            if not snapshot.live
            else N_("截至{until}，全省累计结余{balance}亿元"),
            until=until,
            balance=Strong(figures.shown("balance_total", figures.exact(figures.value(reading, "balance_total")))),
        )
        if months is not None and months.value is not None:
            first += sentence(N_("，可支付{months}个月"), months=Strong(display.number(months.value, 1)))
    else:
        first = sentence(
            N_("截至{until}末，{region}本年收入{income}亿元、支出{expenditure}亿元")
            if not snapshot.live
            else N_("截至{until}，{region}本年收入{income}亿元、支出{expenditure}亿元"),
            until=until,
            region=name_of(reading.node),
            income=Strong(display.money(income.amount)),
            expenditure=Strong(display.money(expenditure.amount)),
        )
    first += [_("；收入"), *figures.pace(income.deviation, strong=True), _("，支出")]
    first += [*figures.pace(expenditure.deviation, strong=True), _("。")]
    return first, _second(reading)


def _second(reading: Reading) -> list[Child]:
    """Which of the regions below lag in collection: at most two names, worst first."""
    slow = [
        (code, found.value)
        for code, found in reading.snapshot.values("premium_deviation", reading.snapshot.month).items()
        if code in reading.children() and found.value is not None and found.value < 0
    ]
    slow.sort(key=lambda pair: (pair[1], pair[0]))
    if not reading.children():
        return []
    if not slow:
        return [_("所辖地区征缴进度均不低于历史同期。")]
    worst = _("、").join(
        _(
            "{region}（慢{points}个百分点）",
            region=name_of(reading.tree.region(code)),
            points=display.number(abs(value), 2),
        )
        for code, value in slow[:2]
    )
    if not reading.sees_siblings and reading.is_province:
        return []
    return [_("{count}个地区征缴慢于历史同期，最慢的是{worst}。", count=len(slow), worst=worst)]


# --- band


def _cells(reading: Reading) -> list[Cell]:
    flows = [_progress_cell(reading, "income"), _progress_cell(reading, "expenditure")]
    premium, pooling = _progress_cell(reading, "premium"), _pooling_cell(reading)
    if reading.is_province:
        return [_balance_cell(reading), _months_cell(reading), *flows, premium, pooling]
    return [*flows, premium, pooling, _place_cell(reading), _net_cell(reading)]


def _open(reading: Reading, item: str) -> str:
    return reading.view.href(item=item)


def _balance_cell(reading: Reading) -> Cell:
    facts, at, root = reading.snapshot.facts, reading.snapshot.at, reading.region
    total = int(facts.account_total(root)[at])
    liquid = int(facts.account(root, Account.PROVINCIAL)[at])
    fixed = sum(int(facts.account(root, a)[at]) for a in (Account.DEPOSIT, Account.ENTRUSTED, Account.RESERVE))
    bar = None
    if total > 0:
        rest = total - liquid - fixed
        bar = parts.stack([(liquid / total, "fill-accent"), (fixed / total, "fill-2"), (rest / total, "fill-3")])
    return Cell(
        _("累计结余"),
        figures.shown("balance_total", figures.exact(figures.value(reading, "balance_total"))),
        _("亿元"),
        bar,
        [
            sentence(N_("可动用 {liquid}"), liquid=Strong(display.money(liquid))),
            sentence(N_("定期、委托投资等 {fixed}"), fixed=Strong(display.money(fixed))),
        ],
        _open(reading, "balance_total"),
    )


def _months_cell(reading: Reading) -> Cell:
    now = figures.value(reading, "months_payable")
    history = [
        float(found.value)
        for month in _months_back(reading, 12)
        if (found := figures.value(reading, "months_payable", month=month)) is not None and found.value is not None
    ]
    earlier = _earlier_month(reading)
    before = figures.exact(figures.value(reading, "months_payable", month=earlier)) if earlier else None
    current = figures.exact(now)
    change = None if before is None or current is None else current - before
    word = {"year": N_("同比 {change} 个月")}.get(reading.compare, N_("环比 {change} 个月"))
    return Cell(
        _("可支付月数"),
        display.number(current, 1),
        _("个月"),
        parts.spark(history),
        [
            sentence(word, change=Strong(display.number(change, 1, signed=True))),
            _("按近12个月月均支出"),
        ],
        _open(reading, "months_payable"),
    )


def _months_back(reading: Reading, count: int) -> list[int]:
    months, at = reading.snapshot.facts.months, reading.snapshot.at
    return list(months[max(0, at - count + 1) : at + 1])


def _earlier_month(reading: Reading) -> int | None:
    """The month compared with: a year before under 同比, else the month before; None where the ledger has none."""
    back = 12 if reading.compare == "year" else 1
    at = reading.snapshot.at - back
    return reading.snapshot.facts.months[at] if at >= 0 else None


def _progress_cell(reading: Reading, side: str) -> Cell:
    done = figures.progress(reading, side)
    label = {"income": N_("收入执行"), "expenditure": N_("支出执行"), "premium": N_("征缴执行")}[side]
    rate = None if done.progress is None else float(done.progress) / 100
    return Cell(
        _(label),
        display.number(done.progress, 2),
        "%" if done.progress is not None else "",
        parts.track(rate, done.historical, spend=side == "expenditure"),
        [
            html.B(f"{display.money(done.amount)} / {display.money(done.plan)}"),
            _compared(reading, side, done),
        ],
        _open(reading, f"{side}_deviation"),
    )


def _compared(reading: Reading, side: str, done: figures.Progress) -> list[Child]:
    """The line under a progress figure, by the comparison chosen in the header."""
    if reading.compare == "history":
        return figures.pace(done.deviation, strong=True)
    facts, at = reading.snapshot.facts, reading.snapshot.at
    amounts = {
        "income": facts.income,
        "expenditure": facts.expenditure,
        "premium": lambda region: facts.item(region, "premium"),
    }[side](reading.region)
    if reading.compare == "month":
        now, before = int(amounts[at]), int(amounts[at - 1]) if at else None
        return sentence(
            N_("当月环比 {growth}%"), growth=Strong(display.number(figures.growth(now, before), 2, signed=True))
        )
    first = reading.snapshot.year_start
    now = int(amounts[first : at + 1].sum())
    before = int(amounts[first - 12 : at - 11].sum()) if first >= 12 else None
    return sentence(
        N_("累计同比 {growth}%"), growth=Strong(display.number(figures.growth(now, before), 2, signed=True))
    )


def _pooling_cell(reading: Reading) -> Cell:
    rate, delay = figures.value(reading, "pooling_rate"), figures.value(reading, "pooling_delay")
    treasury = int(reading.snapshot.facts.account(reading.region, Account.TREASURY)[reading.snapshot.at])
    pooled = figures.exact(rate)
    return Cell(
        _("归集率（保费）"),
        display.number(pooled, 2),
        "%" if pooled is not None else "",
        parts.track(None if pooled is None else float(pooled) / 100),
        [
            sentence(N_("国库待划转 {amount} 亿元"), amount=Strong(display.money(treasury))),
            sentence(N_("待划转 {days} 天"), days=Strong(display.number(figures.exact(delay), 0))),
        ],
        _open(reading, "pooling_rate"),
    )


def _place_cell(reading: Reading) -> Cell:
    """A city's place among all: its rank and the number ranked, mean and median, nothing else of others."""
    parent = reading.tree.parent(reading.region) or reading.tree.root
    values = {
        code: figures.exact(figures.value(reading, "premium_deviation", code))
        for code in reading.tree.children(parent, reading.today)
    }
    placed = ranking.rank(values)
    own = next((place for code, _value, place in placed if code == reading.region), None)
    known = sorted(value for value in values.values() if value is not None)
    mean = Fraction(sum(known)) / len(known) if known else None
    median = Fraction(known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2 if known else None
    return Cell(
        _("征缴名次"),
        display.NO_VALUE if own is None else str(own),
        _("共{count}个地区", count=len(known)),
        None,
        [
            sentence(N_("平均 {mean} 百分点"), mean=Strong(display.number(mean, 2, signed=True))),
            sentence(N_("中位 {median} 百分点"), median=Strong(display.number(median, 2, signed=True))),
        ],
    )


def _net_cell(reading: Reading) -> Cell:
    """历年归集净额（参考）: a city has no balance of its own after pooling; never coloured."""
    facts, at = reading.snapshot.facts, reading.snapshot.at
    net = int(facts.result_balance(reading.region)[at]) - facts.opening(reading.region)
    months = facts.months
    return Cell(
        _("历年归集净额（参考）"),
        display.money(net),
        _("亿元"),
        parts.spark([float(value) for value in facts.result_balance(reading.region)[max(0, at - 35) : at + 1]]),
        [_("{month}以来收入减支出", month=display.month_name(months[0])), _("结余由省统一管理")],
    )


# --- 请您关注


@dataclass(frozen=True, slots=True)
class Matter:
    """One line of the list: what, who is responsible, by when or since when, state, where to look."""

    tag: str
    what: list[Child]
    who: str
    due: str
    state: str
    href: str


def _matters(reading: Reading) -> Component:
    matters = _find_matters(reading)
    note = _("来自数据，最急在前") if matters else ""
    if not matters:
        body: Component = html.Div(
            _("没有需要关注的事项：数据按时到达，账目相符，各地进度不低于历史同期。"), className="matters foot"
        )
    else:
        body = html.Ul([_matter_line(matter) for matter in matters[:MATTERS]], className="matters")
    return parts.section(_("请您关注"), body, note=note)


def _matter_line(matter: Matter) -> Component:
    who = [
        html.Span([html.I(_("责任")), matter.who]),
        html.Span([html.I(_("时间")), matter.due]),
        html.Span([html.I(_("状态")), matter.state]),
    ]
    return html.Li(
        [
            html.Span(html.Span(matter.tag, className="tag"), className="tag-cell"),
            html.Div(matter.what, className="what"),
            html.A(_("查看"), href=matter.href, className="button"),
            html.Div(who, className="who"),
        ]
    )


def _find_matters(reading: Reading) -> list[Matter]:
    """Facts that need an eye, from the data alone: books that do not balance or reconcile, silence, then the slowest."""
    return [
        *_identity_matters(reading),
        *_reconciliation_matters(reading),
        *_silence_matters(reading),
        *_slow_matters(reading),
    ]


def _identity_matters(reading: Reading) -> list[Matter]:
    found = figures.value(reading, "balance_identity")
    if found is None or not found.value:
        return []
    what = sentence(N_("收支与账户余额相差{yuan}元"), yuan=Strong(display.number(found.value, 2)))
    return [Matter(_("核"), what, _("财政、经办"), _("即日"), _("待查"), reading.view.page_href("/data"))]


def _reconciliation_matters(reading: Reading) -> list[Matter]:
    rows = reading.snapshot.values("reconciliation_difference", None)
    found = sorted(
        (
            (code, value)
            for code, value in rows.items()
            if value.value and code in reading.tree.children(reading.region)
        ),
        key=lambda pair: -(pair[1].value or 0),
    )
    matters = []
    for code, value in found[:2]:
        fen = figures.input_fen(value, "difference_fen")
        what = sentence(
            N_("{region}征缴对账调节后仍差{amount}万元"),
            region=name_of(reading.tree.region(code)),
            amount=Strong(display.money(abs(fen or 0), "wan")),
        )
        days = value.inputs.get("days_open")
        since = _("已{days}天", days=int(days)) if days else _("今日")
        matters.append(
            Matter(_("核"), what, _("税务、国库、财政、经办"), since, _("差额待查"), reading.view.page_href("/data"))
        )
    return matters


def _silence_matters(reading: Reading) -> list[Matter]:
    sources = {source.code: source for source in reading.published.sources(reading.scheme.code, reading.now)}
    matters = []
    now = reading.published.snapshot(reading.scheme.code, LIVE)
    for row in now.rows("data_age", None):
        if row.value.value and row.part in sources:
            source = sources[row.part]
            what = sentence(
                N_("{source}数据逾期{days}个工作日"),
                source=name_of(source),
                days=Strong(display.number(row.value.value, 0)),
            )
            who = _(source.department)
            matters.append(Matter(_("数据"), what, who, _("应即报送"), _("未到"), reading.view.page_href("/data")))
    return matters


def _slow_matters(reading: Reading) -> list[Matter]:
    if not reading.sees_siblings and reading.is_province:
        return []
    values = reading.snapshot.values("premium_deviation", reading.snapshot.month)
    slow = sorted(
        ((code, values[code]) for code in reading.children() if code in values and (values[code].value or 0) < 0),
        key=lambda pair: (pair[1].value or 0, pair[0]),
    )
    matters = []
    for code, found in slow[:MATTERS]:
        done, plan = figures.input_fen(found, "premium_fen"), figures.input_fen(found, "premium_plan_fen")
        what = sentence(
            N_("{region} 征缴慢于历史同期{points}个百分点，离全年计划还差{rest}亿元"),
            region=name_of(reading.tree.region(code)),
            points=Strong(display.number(abs(found.value or 0), 2)),
            rest=Strong(display.money(None if done is None or plan is None else max(0, plan - done))),
        )
        state = _("完成{rate}%", rate=display.number(figures.progress(reading, "premium", code).progress, 2))
        who = _("{region}政府、税务", region=name_of(reading.tree.region(code)))
        matters.append(Matter(_("提示"), what, who, _("年底前"), state, reading.view.href(region=code, item="")))
    return matters


# --- trend


def trend(reading: Reading) -> Chart:
    """累计结余 of the province over three years; of a city its income and expenditure."""
    facts, at = reading.snapshot.facts, reading.snapshot.at
    first = max(0, at - TREND_MONTHS + 1)
    months = facts.months[first : at + 1]
    span = f"{display.month_name(months[0])}—{display.month_name(months[-1])}"
    income = [int(fen) for fen in facts.income(reading.region)[first : at + 1]]
    spent = [int(fen) for fen in facts.expenditure(reading.region)[first : at + 1]]
    balances = [int(fen) for fen in facts.result_balance(reading.region)[first : at + 1]]
    columns = [Column("month", _("月份")), Column("income", _("收入"), "money"), Column("spent", _("支出"), "money")]
    if reading.is_province:
        columns.append(Column("balance", _("月末累计结余"), "money"))
    rows = [
        Row({"month": display.month_name(month), "income": income[i], "spent": spent[i], "balance": balances[i]})
        for i, month in reversed(list(enumerate(months)))
    ]
    if reading.is_province:
        under = [_payable(reading, month, first=place == 0) for place, month in enumerate(months)]
        title = _("累计结余")

        def draw(colours: series.Palette) -> series.Figure:
            return series.balance(series.Months(months, balances), under, colours)
    else:
        title = _("收入与支出")
        recent = slice(-14, None)

        def draw(colours: series.Palette) -> series.Figure:
            return series.income_and_expenditure(
                series.Months(months[recent], income[recent]), series.Months(months[recent], spent[recent]), colours
            )

    return Chart("trend", title, _("亿元"), span, draw, Table("trend", title, columns, rows))


def _payable(reading: Reading, month: int, *, first: bool) -> str | None:
    """Months payable written under the axis: in words at the first month, then the number alone."""
    found = figures.exact(figures.value(reading, "months_payable", month=month))
    if found is None:
        return None
    number = display.number(found, 1)
    return _("可支付{months}个月", months=number) if first else number


def _trend_section(reading: Reading) -> Component:
    chart = trend(reading)
    as_table = reading.view.show == "trend-table"
    look = html.A(
        _("看图") if as_table else _("看表格"), href=reading.view.href(show="" if as_table else "trend-table")
    )
    body = (
        html.Div(html_table(chart.table), className="sheet")
        if as_table
        else graph(chart, _theme(), size="" if reading.is_province else "tall")
    )
    note = f"{chart.unit} · {_('近36个月')}" if reading.is_province else f"{chart.unit} · {_('近14个月')}"
    return parts.section(
        chart.title, body, note=note, actions=[look, frame.exports(PATH, chart.code, reading.view, chart=True)]
    )


def _theme() -> str:
    from flask import g

    return str(g.theme)


# --- ranking


def _measure(reading: Reading) -> str:
    return reading.view.measure if reading.view.measure in MEASURES else MEASURES[0]


def ranked(reading: Reading) -> ranking.Ranking:
    """The regions below the one looked at; a city sees its own counties only."""
    code = _measure(reading)
    indicator = INDICATORS[code]
    children = reading.children() if reading.scope.covers(reading.tree, reading.region) else ()
    month = None if indicator.period == "live" else reading.snapshot.month
    found = reading.snapshot.values(code, month)
    values = {child: (found[child].value if child in found else None) for child in children}
    places = [
        ranking.Place(
            child,
            name_of(reading.tree.region(child)),
            value,
            place,
            reading.view.href(region=child, item="", show="", measure=""),
        )
        for child, value, place in ranking.rank(values, higher_first=code not in LOW_IS_GOOD)
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
    )


def _ranking_section(reading: Reading) -> Component:
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
        [parts.option(_(RANK_TITLES[code]), view.href(measure=code), code == _measure(reading)) for code in MEASURES],
    )
    body: Component
    if look == "tiles":
        body = ranking.tiles(record, grid)
    elif look == "table":
        body = html_table(ranking.as_table(record, "ranking"))
    else:
        body = ranking.bars(record)
    title = _("各市排名") if reading.is_province else _("各县（市、区）排名")
    foot = _("口径：剔除财政补助、调剂和委托投资（省统一管理，不计入市县进度）。")
    actions = [switch, frame.exports(PATH, "ranking", view)]
    return parts.section(title, body, note=measures, actions=actions, foot=foot)


def _tile_grid(province: str) -> dict[str, tuple[int, int]]:
    """Region → (row, column) of a province's tile map; empty where none is drawn."""
    rows = [row for row in reference_rows("tile_grid") if row["province"] == province]
    return {row["region"]: (int(row["row"]), int(row["column"])) for row in rows}


# --- drawer and files


def drawer(reading: Reading) -> Component | None:
    if reading.scheme.kind == "published":
        return published_totals.drawer(reading)
    return indicator_drawer(reading, reading.view.item, _theme()) if reading.view.item in INDICATORS else None


def tables(reading: Reading) -> dict[str, Table]:
    """Every table of the page, by code, for its files."""
    if reading.scheme.kind == "published":
        return published_totals.tables(reading)
    return {"ranking": ranking.as_table(ranked(reading), "ranking"), "trend": trend(reading).table}


def charts(reading: Reading) -> dict[str, Chart]:
    """Every chart of the page, by code, for its pictures."""
    if reading.scheme.kind == "published":
        return published_totals.charts(reading)
    return {"trend": trend(reading)}
