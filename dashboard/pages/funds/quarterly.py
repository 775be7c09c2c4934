"""按季归集 of 归集在途: transfers, interest and other income in the local fiscal accounts, by quarter and by unit."""

from __future__ import annotations

from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child
from dashboard.components.table import Column, Row, Table, html_table, rest
from dashboard.site.reading import Reading
from dashboard.words import figures
from dashboard.words.wording import N_, _, name_of
from data_access.books.handover.quarterly import LocalAccount, Quarter, local_accounts
from rules.month import Month
from rules.movements import Account

PATH = "/funds"
QUARTERS = (N_("一季度"), N_("二季度"), N_("三季度"), N_("四季度"))
AMOUNTS = ("received", "pooled", "left", "overdue")


def sections(reading: Reading) -> list[Component]:
    """Both tables; what the document asks, where it asks for no pooling by quarter."""
    quarters, units = quarter_table(reading), unit_table(reading)
    if quarters is None or units is None:
        said = _("制度文件没有规定转移收入、利息、其他收入按季归集。")
        return [parts.section(_("按季归集"), html.Div(said, className="foot"))]
    rule = reading.scheme.parameter("quarterly_pooling_days", reading.snapshot.day)
    by = _("季后{days}天内上划", days=rule.value)
    assumed = _("暂定参数（文件未明确）：{reason}。", reason=rule.reason) if rule.assumed else ""
    note = _("{year}年 · 亿元", year=reading.snapshot.year)
    return [
        section(reading, quarters, f"{note} · {by}", assumed or quarters.note),
        section(reading, units, note, units.note),
    ]


def section(reading: Reading, table: Table, note: str, foot: Child) -> Component:
    """A table of 归集在途 with its file."""
    actions: list[Child] = [frame.exports(PATH, table.code, reading.view)]
    screen = html.Div(html_table(table), className="scroll")
    return parts.section(table.title, screen, note=note, actions=actions, foot=foot)


def _accounts(reading: Reading) -> dict[str, LocalAccount]:
    facts, month = reading.snapshot.facts, reading.snapshot.month
    if month is None or not facts.opened:
        return {}
    about = ("local accounts", facts.scheme.code, facts.version, month)
    known: dict[str, LocalAccount] | None = reading.published.kept(about)
    return reading.published.keep(about, local_accounts(facts, month)) if known is None else known


def _amounts(one: Quarter, day: date) -> dict[str, int]:
    return dict(zip(AMOUNTS, (one.received_fen, one.pooled_fen, one.left_fen, one.overdue_fen(day)), strict=True))


def _columns() -> tuple[Column, ...]:
    return (
        Column("received", _("应上划（入户）"), "money", what="quarterly.received"),
        Column("pooled", _("已上划"), "money", what="quarterly.pooled"),
        Column("left", _("未上划"), "money", what="quarterly.left"),
        Column("overdue", _("其中逾期"), "money", what="quarterly.overdue"),
    )


def quarter_table(reading: Reading) -> Table | None:
    """Each quarter of the year: what came in, what was handed up, by when. None where no rule asks for it."""
    one = _accounts(reading).get(reading.region)
    if one is None:
        return None
    columns = (Column("quarter", _("季度")), *_columns(), Column("due", _("期限"), "day"))
    rows = [
        Row(
            {
                "quarter": _(QUARTERS[(Month.of(quarter.ends_on).number - 1) // 3]),
                **_amounts(quarter, reading.snapshot.day),
                "due": quarter.due_on,
            },
            part=f"Q{(Month.of(quarter.ends_on).number + 2) // 3}",
        )
        for quarter in one.quarters
    ]
    total = {key: sum(row.values[key] for row in rows) for key in AMOUNTS}
    foot = [Row({"quarter": _("合计"), **total}, style="sum")]
    names = {item.code: name_of(item) for item in reading.scheme.items}
    rule = reading.scheme.parameter("quarterly_items", reading.snapshot.day).value
    items = _("、").join(names.get(str(code), str(code)) for code in (rule if isinstance(rule, list) else []))
    note = _("按季归集的项目：{items}。", items=items)
    return Table("quarterly", _("按季归集"), columns, rows, foot=foot, note=note, about=reading.about)


def unit_table(reading: Reading) -> Table | None:
    """The same by region below, with what else is in each local fiscal account: together its balance."""
    known = _accounts(reading)
    if not known:
        return None
    columns = (
        Column("region", _("地区")),
        *_columns(),
        Column("other", _("以前年度和其他"), "money", what="local.other"),
        Column("disbursed", _("已拨付未转支出户"), "money", what="local.disbursed"),
        Column("balance", _("账户余额"), "money", what=f"account:{Account.LOCAL_FISCAL}"),
        Column("due", _("最早未上划的期限"), "day"),
    )

    def row(code: str, name: str) -> Row:
        one, day = known[code], reading.snapshot.day
        total = {key: sum(_amounts(quarter, day)[key] for quarter in one.quarters) for key in AMOUNTS}
        rest_of = {"other": one.other_fen, "disbursed": one.disbursed_fen, "balance": one.balance_fen}
        due = min((quarter.due_on for quarter in one.quarters if quarter.left_fen > 0), default=None)
        href = reading.view.href(region=code) if code != reading.region else ""
        return Row({"region": name, **total, **rest_of, "due": due}, href=href, place=code)

    rows = [row(code, name_of(reading.tree.region(code))) for code in reading.children()]
    rows.sort(key=lambda one: (-int(one.values["overdue"]), -int(one.values["left"])))
    whole = row(reading.region, _("合计"))
    rows += rest(columns, rows, whole.values, *figures.below_no_region(reading))
    foot = [Row(whole.values, style="sum", place=reading.region)]
    note = _("上划不分季度，逐单位先抵最早的一季。未上划、以前年度和其他、已拨付未转支出户之和等于地方财政专户余额。")
    return Table("quarterly-units", _("分地区按季归集"), columns, rows, foot=foot, note=note, about=reading.about)
