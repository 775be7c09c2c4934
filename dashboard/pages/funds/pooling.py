"""归集在途 of 资金运行: what was collected, pooled and still waits in the treasury."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Strong, known
from dashboard.components.table import Column, Row, Table, html_table, rest
from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _, between, name_of
from rules.movements import Account

PATH = "/funds"


def pooling(reading: Reading) -> Component:
    table = pooling_table(reading)
    treasury = int(reading.snapshot.facts.account(reading.region, Account.TREASURY)[reading.snapshot.at])
    first = known(
        N_("保费归集率{rate}%，国库待划转{amount}亿元，平均停留{days}天。"),
        N_("国库待划转{amount}亿元；本期没有应归集的保费，不计归集率。"),
        rate=Strong(figures.printed(reading, "pooling_rate")),
        amount=Strong(reading.printed("account", treasury, part=Account.TREASURY)),
        days=Strong(display.printed(figures.figure(reading, "pooling_delay"), places=0)),
    )
    rule = reading.scheme.parameter("pooling_days", reading.snapshot.day)
    second = _("入库后应在{days}天内划转。", days=rule.value)
    if rule.assumed:
        second += between() + _("暂定参数（文件未明确）：{reason}。", reason=rule.reason)
    body = parts.section(
        _("归集与在途"),
        html.Div(html_table(table), className="scroll"),
        note=_("{year}年累计 · 亿元", year=reading.snapshot.year),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_(
            "归集率＝应归集中已归集的÷应归集（年初在库＋本年入库－规定天数内尚不必划转），逐单位计算后汇总；天数按先进先出、金额加权。"
        ),
    )
    return html.Div([parts.conclusion(first, second), body])


def pooling_table(reading: Reading) -> Table:
    """Collected, due, pooled, in transit and its age, one row per region below, slowest first."""
    columns = (
        Column("region", _("地区")),
        Column("collected", _("征收入库"), "money"),
        Column("due", _("应归集"), "money"),
        Column("of_due", _("其中已归集"), "money"),
        Column("overdue", _("逾期未归集"), "money"),
        Column("rate", _("归集率%"), "percent"),
        Column("waiting", _("国库待划转"), "money"),
        Column("days", _("待划转天数"), "count", sums=False),
    )
    rows = [_pooling_row(reading, code, name_of(reading.tree.region(code))) for code in reading.children()]
    rows.sort(key=lambda row: (row.values["rate"].value is None, row.values["rate"].value or 0))
    whole = _pooling_row(reading, reading.region, _("合计"))
    rows += rest(columns, rows, whole.values, *figures.below_no_region(reading))
    return Table("pooling", _("归集与在途"), columns, rows, foot=[Row(whole.values, style="sum")])


def _pooling_row(reading: Reading, code: str, name: str) -> Row:
    rate = figures.value(reading, "pooling_rate", code)
    of = figures.about(reading, "pooling_rate", code)

    def given(name: str) -> Figure:
        return figures.input_figure(reading, "pooling_rate", rate, name, of=of)

    treasury = int(reading.snapshot.facts.account(code, Account.TREASURY)[reading.snapshot.at])
    return Row(
        {
            "region": name,
            "collected": given("collected_fen"),
            "due": given("due_fen"),
            "of_due": given("of_due_fen"),
            "overdue": given("overdue_fen"),
            "rate": figures.figure(reading, "pooling_rate", code),
            "waiting": reading.about.figure("account", treasury, part=Account.TREASURY, place=code),
            "days": figures.figure(reading, "pooling_delay", code),
        },
        href=reading.view.href(region=code) if code != reading.region else "",
    )
