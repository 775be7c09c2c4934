"""The one drawer: value → twelve periods → regions → 计算依据 → 情况说明. Docked beside the page, the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.charts.graph import graph
from dashboard.components import frame, history, ranking
from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, Children, norm, sentence
from dashboard.components.table import html_table
from dashboard.site import explaining
from dashboard.site.reading import LIVE, Reading
from dashboard.site.view import View
from dashboard.words import as_of, display, figures
from dashboard.words.departments import department_name
from dashboard.words.passport import Figure as Passport
from dashboard.words.wording import N_, _, language, name_of
from data_access.books.origins import origins
from data_access.intake.importers.history import batch
from rules.calculators.registry import INDICATOR
from rules.indicators import INDICATORS, Value
from workflows.people import rights


@dataclass(frozen=True, slots=True)
class Trio:
    """One of the drawer's leading figures."""

    label: str
    figure: str
    unit: str


def drawer(
    reading: Reading,
    *,
    crumb: str,
    title: str,
    leading: Sequence[Trio],
    blocks: Sequence[Component],
    foot: Sequence[Child] = (),
) -> Component:
    """The frame of the drawer. ``blocks`` come in the fixed order; ``foot`` holds its actions."""
    close = html.A(
        "×", href=reading.view.href(item=""), className="close", title=_("关闭"), **attributes(aria_label=_("关闭"))
    )
    trio = [
        html.Div(
            [
                html.Small(one.label),
                html.Div(
                    [one.figure, html.Span("" if one.figure == display.NO_VALUE else one.unit, className="unit")],
                    className="figure",
                ),
            ]
        )
        for one in leading
    ]
    rows = [
        html.Div([html.Span(crumb), close], className="crumb"),
        html.H2(title),
        html.Div(trio, className="trio"),
        *blocks,
    ]
    return html.Div([html.Div(rows, className="rows"), html.Div(list(foot), className="foot")], className="in")


def block(title: str, body: Child | Sequence[Child], *, note: Children = "", right: Child = "") -> Component:
    head = html.H3([title, html.Small(note), html.Span(right, className="right")])
    return html.Div([head, *(body if isinstance(body, (list, tuple)) else [body])], className="block")


def basis(entries: Sequence[tuple[str, Child | Sequence[Child]]]) -> Component:
    """计算依据: how the figure was made, term by term."""
    pairs: list[Component] = []
    for term, text in entries:
        pairs += [html.Dt(term), html.Dd(text)]
    return block(_("计算依据"), html.Dl(pairs))


def explanations(reading: Reading, figure: str) -> Component:
    """情况说明: what departments say about the figure."""
    lines, count = explaining.block(reading, figure)
    return block(_("情况说明"), lines, right=count)


def indicator_drawer(reading: Reading, code: str, theme: str) -> Component:
    """The drawer of an indicator for the region looked at."""
    indicator = INDICATORS[code]
    found = figures.value(reading, code)
    leading = [Trio(name_of(indicator), figures.printed(reading, code), figures.unit(code))]
    place = _place(reading, code)
    if place:
        leading.append(place)
    # What rests on forecasts begins with the month first signed under them.
    blocks = [] if INDICATORS[code].expected else [_history(reading, code, theme)]
    regions = _regions(reading, code)
    if regions is not None:
        blocks.append(regions)
    blocks.append(basis(_basis(reading, code, found)))
    blocks.append(explanations(reading, code))
    crumb = f"{name_of(reading.node)} · {as_of.period_words(reading, code)}"
    foot = _why(reading, code)
    return drawer(reading, crumb=crumb, title=name_of(indicator), leading=leading, blocks=blocks, foot=foot)


def _why(reading: Reading, code: str) -> list[Child]:
    """To 为什么没有预警 of the figure, for those who may ask and where it can get worse."""
    worse = INDICATORS[code].worse
    if worse is None or not rights.may_open(reading.scope, "/thresholds"):
        return []
    rule = "low" if worse == "lower" else "high"
    view = reading.view
    there = View("/thresholds/why", view.scheme, view.region, view.period, measure=f"{code}.{rule}")
    if reading.snapshot.month is not None and INDICATORS[code].period == "month":
        there = replace(there, span=display.period_month(reading.snapshot.month))
    return [html.A(_("为什么没有预警"), href=there.href(), className="button")]


def _place(reading: Reading, code: str) -> Trio | None:
    """The region's rank among its siblings, where it has any and the value is ranked."""
    siblings = reading.peers(reading.region)
    if not siblings or INDICATORS[code].worse is None:
        return None
    values = {sibling: figures.exact(figures.value(reading, code, sibling)) for sibling in siblings}
    placed = ranking.rank(values, higher_first=INDICATORS[code].worse == "lower")
    own = next((place for sibling, _value, place in placed if sibling == reading.region), None)
    known = sum(value is not None for value in values.values())
    return None if own is None else Trio(_("名次"), str(own), _("共{count}个地区", count=known))


def _history(reading: Reading, code: str, theme: str) -> Component:
    """The last twelve periods, with their files."""
    chart = history.history_chart(reading, code)
    days = INDICATORS[code].period == "live"
    title = _("近12天") if days else _("近12期")
    if chart is None:
        known = figures.exact(figures.value(reading, code)) is not None
        return block(title, _("这几天没有发布过版本，没有可画的数值。") if known else _("还没有数值。"))
    with_table = html.Details([html.Summary(_("看表格")), html_table(chart.table)], className="more")
    export = frame.exports(reading.view.path, chart.code, reading.view, chart=True)
    return block(title, [graph(chart, theme, size="small"), with_table], note=figures.unit(code), right=export)


def _regions(reading: Reading, code: str) -> Component | None:
    """Best and worst of the regions below; every one stands in the file."""
    table = history.region_table(reading, code, history.ENDS)
    if table is None:
        return None
    export = frame.exports(reading.view.path, table.code, reading.view)
    return block(_("分地区"), html_table(table), note=table.note, right=export)


def _basis(reading: Reading, code: str, found: Value | None) -> list[tuple[str, Child | Sequence[Child]]]:
    indicator = INDICATORS[code]
    formula = indicator.formula if language() == "zh" else indicator.formula_en
    entries: list[tuple[str, Child | Sequence[Child]]] = [(_("公式"), norm(formula))]
    if found is None:
        entries.append((_("无数值"), _("本地区没有这项指标")))
    else:
        if found.reason is not None:
            entries.append((_("无数值"), _(REASON_WORDS[found.reason])))
        for needed in indicator.inputs:
            label = needed.label if language() == "zh" else needed.label_en
            figure = figures.input_figure(reading, code, found, needed.name)
            entries.append((label, input_words(figure, needed.unit)))
    if code in reading.scheme.articles:
        entries.append((_("条文"), reading.scheme.articles[code]))
    entries.append((_("责任部门"), _("、").join(map(department_name, indicator.responsible))))
    entries.append((_("数据"), data_words(reading, code)))
    if files := _files(reading):
        entries.append((_("来自文件"), files))
    if found is not None:
        entries.append((_("复算"), calculation_link(reading, f"{INDICATOR}-{code}")))
        if code == "rate_gap" and figures.break_even(reading) is not None:
            entries.append((_("费率测算"), calculation_link(reading, "break-even-rate")))
    return entries


def _files(reading: Reading) -> list[Child]:
    """The files that entries of the year came in, each with the cells they stand in: to the batch, and to the original."""
    month = reading.snapshot.month
    if month is None or not rights.may_open(reading.scope, "/data"):
        return []
    regions = reading.tree.subtree(reading.region)
    first, version = month // 100 * 100 + 1, reading.snapshot.version.id
    lines: list[Child] = []
    for one in reading.ask(origins, reading.scheme.code, regions, first, month, version):
        if not rights.sees_delivery(reading.scope, g.account.login, one):
            continue
        cells = _("、").join(one.cells)
        said = _("{cells}等{count}笔", cells=cells, count=one.entries) if one.entries > len(one.cells) else cells
        lines.append(_file(reading, one.batch, one.name, said))
    return lines


def files_read(reading: Reading, cells: Mapping[int, Sequence[str]]) -> list[Child]:
    """The files that figures were read from, by batch, each with their cells; those that the reader may see."""
    lines: list[Child] = []
    if rights.may_open(reading.scope, "/data"):
        for number, named in cells.items():
            record = reading.ask(batch, number)
            if record is not None and rights.sees_delivery(reading.scope, g.account.login, record):
                lines.append(_file(reading, number, record.origin, _("、").join(named)))
    return lines


def _file(reading: Reading, number: int, name: str, said: str) -> Component:
    there = View("/data", reading.view.scheme, reading.view.region, tab="imports", item=f"batch-{number}")
    opened = html.A(_("打开原件"), href=f"/original/{number}", download="")
    return html.Div([html.A(name, href=there.href()), f" {said} ", opened])


def calculation_link(reading: Reading, code: str) -> Component:
    """The download of a figure's inputs, with which the command line gives the same figure."""
    path, _mark, query = reading.view.without_item().href().partition("?")
    address = f"/export{path.rstrip('/')}/{code}.json?{query}"
    return html.A(_("下载计算依据（可用命令行复算）"), href=address, download="")


def data_words(reading: Reading, code: str = "") -> str:
    """The period and the data version, of an indicator that only exists now the newest one: the only place a version
    number is shown."""
    snapshot = reading.snapshot
    if as_of.only_now(reading, code):
        snapshot = reading.published.snapshot(reading.scheme.code, LIVE)
    signed = ""
    if snapshot.close is not None:
        signed = _(
            "（{name}，{day}签）",
            name=snapshot.close.signed_by,
            day=display.short_day(display.local(snapshot.close.signed_at).date()),
        )
    until = _("数据截至{moment}", moment=display.moment(snapshot.version.as_of))
    period = as_of.period_words(reading, code)
    return f"{period}{signed} · {until} · {_('版本 {number}', number=snapshot.version.id)}"


def input_words(given: Passport, unit: str) -> list[Child]:
    """An input of a formula with its unit; ``—`` where it is missing."""
    if given.value is None:
        return [display.NO_VALUE]
    if unit == "month":
        return [display.month_name(int(given.value))]
    if unit in ("share", "percent"):
        # To so many places that the value follows from what is read here.
        return [display.printed(given, places=6), "%"]
    printed = display.printed(given)
    if unit in ("fen", "fen_days"):
        large, small = (_("亿元"), _("元")) if unit == "fen" else (_("亿元·天"), _("元·天"))
        exact = display.printed(given, "yuan")
        return sentence(
            N_("{amount} {large}（{exact} {small}）"), amount=printed, large=large, exact=exact, small=small
        )
    suffix = INPUT_UNITS.get(unit, "")
    return [printed, f" {_(suffix)}" if suffix else ""]


INPUT_UNITS = {
    "days": N_("天"),
    "working_days": N_("个工作日"),
    "rows": N_("行"),
    "persons": N_("人"),
    "day": N_("日"),
}
REASON_WORDS = {
    "no_input": N_("缺少计算所需的数"),
    "no_opening": N_("没有导入期初余额，不能计算余额"),
    "no_plan": N_("本年没有录入计划"),
    "no_denominator": N_("分母为零或为负，不能计算"),
    "too_few_months": N_("账目不足12个已结月份"),
    "too_few_years": N_("可比的已结年度不足两年"),
    "never_delivered": N_("该来源尚未报送过数据"),
    "not_reported": N_("有部门尚未报送"),
    "no_department": N_("该部门在本地不报送"),
    "not_in_ledger": N_("基金账没有该地区、项目或月份"),
    "no_statistic": N_("该月统计数尚未报送"),
    "no_year_ago": N_("没有上年的数可比"),
    "no_request": N_("没有用款计划"),
    "not_disbursed": N_("本月尚未拨付"),
    "too_short": N_("账目不足36个月"),
    "no_spread": N_("历史上没有波动，不能判断异常"),
    "withdrawn": N_("该月数据已撤回"),
    "no_projection": N_("还没有中长期测算"),
    "lasts": N_("测算期内不会用尽"),
    "no_amount": N_("不涉及金额"),
    "not_verified": N_("尚未核实"),
}
