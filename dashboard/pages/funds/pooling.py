"""归集在途 of 资金运行: what was collected, pooled and still waits in the treasury, and for how long."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import parts
from dashboard.components.parts import Strong, known
from dashboard.components.table import Column, Row, Table, rest
from dashboard.pages.funds import quarterly
from dashboard.site.reading import Reading
from dashboard.words import display, figures
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _, between, name_of
from data_access.books.treasury import BANDS, Ages, load_ages
from rules.deadlines import pooled_by
from rules.movements import Account


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
    said = _(
        "归集率＝应归集中已归集的÷应归集（年初在库＋本年入库－规定天数内尚不必划转），逐单位计算后汇总；天数按先进先出、金额加权。"
    )
    ages = age_table(reading)
    body = [
        quarterly.section(reading, table, _("{year}年累计 · 亿元", year=reading.snapshot.year), said),
        quarterly.section(reading, ages, _("截至{day} · 亿元", day=display.short_day(reading.snapshot.day)), ages.note),
        *quarterly.sections(reading),
    ]
    return html.Div([parts.conclusion(first, second), *body])


def band_names() -> tuple[str, ...]:
    """0—5天, 6—10天, …, 30天以上."""
    starts = (0, *(most + 1 for most in BANDS))
    named = [_("{first}—{last}天", first=first, last=last) for first, last in zip(starts, BANDS, strict=False)]
    return (*named, _("{last}天以上", last=BANDS[-1]))


def age_table(reading: Reading) -> Table:
    """What is in the treasury by how long it has been there, one row per region below, the oldest first."""
    snapshot = reading.snapshot
    # The roll-ups of the newest version are at hand; an earlier one's are summed from its changes.
    newest = reading.published.version
    version = None if newest is not None and newest.id == snapshot.version.id else snapshot.version.id
    ages = reading.ask(load_ages, snapshot.facts, snapshot.day, version)
    negative = any(ages[code].negative_fen for code in (reading.region, *reading.children()))
    keys = [f"band{place}" for place in range(len(BANDS) + 1)]
    columns = (
        Column("region", _("地区")),
        Column("waiting", _("国库待划转"), "money", what=f"account:{Account.TREASURY}"),
        *(
            Column(key, name, "money", what=f"transit.age:{place}")
            for place, (key, name) in enumerate(zip(keys, band_names(), strict=True))
        ),
        *([Column("negative", _("红字"), "money", what="transit.negative")] if negative else []),
        Column("oldest", _("最早入库"), "day"),
        Column("due", _("应划转日"), "day"),
    )

    def row(code: str, name: str, one: Ages) -> Row:
        due = None if one.oldest is None else pooled_by(reading.scheme, one.oldest)
        amounts = dict(zip(keys, one.bands, strict=True))
        waiting = {"waiting": one.balance_fen, **amounts, "negative": one.negative_fen}
        href = reading.view.href(region=code) if code != reading.region else ""
        return Row({"region": name, **waiting, "oldest": one.oldest, "due": due}, href=href, place=code)

    rows = [row(code, name_of(reading.tree.region(code)), ages[code]) for code in reading.children()]
    rows.sort(key=lambda one: (one.values["oldest"] is None, one.values["oldest"]))
    whole = row(reading.region, _("合计"), ages[reading.region])
    rows += rest(columns, rows, whole.values, *figures.below_no_region(reading))
    note = _("逐单位先进先出：留在国库的是最后入库的。各段与红字之和等于国库账户余额；红字是退费多于入库的单位。")
    foot = [Row(whole.values, style="sum", place=reading.region)]
    return Table("transit-ages", _("在途账龄"), columns, rows, foot=foot, note=note, about=reading.about)


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
