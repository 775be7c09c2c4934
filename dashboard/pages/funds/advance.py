"""启动资金预调 of 结余上解: what each region advanced before pooling began, beside its share by the rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, frame, parts
from dashboard.components.parts import Child, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.site.page import Calculation
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, between, name_of
from data_access.books.funds import load_legacy_duties
from data_access.books.handover.advance import Advance, load_advances
from rules import in_force, pre_transfer

PATH = "/funds"
CASE = "pre-transfer"


def section(reading: Reading) -> list[Component]:
    """Folded, of what is past; nothing where the profile knows no such advance."""
    if "pre_transfer_months" not in reading.scheme.parameters:
        return []
    table = advance_table(reading)
    if not table.rows:
        said = _("没有启动资金预调的数据。请导入“启动资金预调”表。")
        return [html.Details([html.Summary(table.title), html.Div(said, className="foot")], className="folded")]
    actions: list[Child] = [frame.exports(PATH, table.code, reading.view)]
    if reading.region == reading.tree.root and case_of(reading):
        actions = [docked.calculation_link(reading, CASE), *actions]
    body = parts.section(
        table.title,
        html.Div(html_table(table), className="scroll"),
        note=_("亿元"),
        actions=actions,
        foot=html.Span([*_rule(reading), between(), _counted(reading)], className="norm"),
    )
    return [html.Details([html.Summary(_("启动资金预调（历史）")), body], className="folded")]


def _rule(reading: Reading) -> list[Child]:
    """By which rule the shares are, or why there are none."""
    article = reading.scheme.parameter("pre_transfer_by", reading.snapshot.day).source
    found = case_of(reading)
    if found is None:
        return [_("各行的全省月支出不一致，不能按办法测算应预调数，请核对导入的数据。")]
    months = reading.scheme.parameter("pre_transfer_months", _day(reading, "pre_transfer_by"))
    reason = [_("暂定参数（文件未明确）：{reason}。", reason=months.reason)] if months.assumed else []
    said = sentence(
        N_(
            "{article}：按全省{months}个月的基金支出（每月{monthly}亿元），从有结余的地区按结余等比例预调至省级财政专户。"
        ),
        article=article or "",
        months=display.as_set(found.months),
        monthly=reading.printed("advance.monthly", found.monthly_expenditure_fen, place=reading.tree.root),
    )
    return [*said, between(), *reason]


def _counted(reading: Reading) -> str:
    """Whether the advance is part of what is owed and handed over as the legacy balance."""
    as_of = _day(reading, "legacy_as_of")
    if all(one.paid_on is None or one.paid_on <= as_of for one in _advances(reading)):
        return _(
            "文件未写明与历年结余上解的关系，按日期先后：预调在截止日（{day}）之前，截止日结余已是预调后的余额，"
            "所以不计入应上解，也不计入已上解；预调后结余与应上解之差是其间的其他收支。",
            day=display.day_name(as_of),
        )
    return _(
        "文件未写明与历年结余上解的关系，按日期先后：截止日（{day}）之后划转的预调仍在截止日结余之内，"
        "基金账记为历年结余上解的才计入已上解。",
        day=display.day_name(as_of),
    )


def _day(reading: Reading, code: str) -> date:
    day = reading.scheme.parameter(code, reading.snapshot.day).value
    assert isinstance(day, date)
    return day


def _advances(reading: Reading) -> Sequence[Advance]:
    return reading.ask(load_advances, reading.scheme.code, reading.snapshot.version.id)


def case_of(reading: Reading) -> pre_transfer.Case | None:
    """The rule's case, of all the province's regions; None without data, or where they disagree on the expenditure."""
    known = _advances(reading)
    monthly = {one.monthly_fen for one in known}
    if len(monthly) != 1:
        return None
    balances = tuple(pre_transfer.Balance(one.region, one.balance_fen) for one in known)
    case, _used = in_force.case(
        pre_transfer.Case,
        reading.scheme,
        _day(reading, "pre_transfer_by"),
        monthly_expenditure_fen=monthly.pop(),
        balances=balances,
    )
    return case


def calculation(reading: Reading) -> dict[str, Calculation]:
    """The case for who sees all of it."""
    if "pre_transfer_months" not in reading.scheme.parameters or reading.region != reading.tree.root:
        return {}
    case = case_of(reading)
    return {} if case is None else {CASE: ("pre_transfer", case)}


SUMS = ("balance", "share", "paid", "difference", "left", "owed")


def advance_table(reading: Reading) -> Table:
    """Each region's balance, share, advance, what was left, and what it then owed of its legacy balance."""
    columns = (
        Column("region", _("地区")),
        Column("as_of", _("结余时点"), "day"),
        Column("balance", _("累计结余"), "money", what="advance.balance"),
        Column("share", _("按办法应预调"), "money", what="advance.share"),
        Column("paid", _("已预调"), "money", what="advance.paid"),
        Column("difference", _("差额"), "money", signed=True, what="advance.difference"),
        Column("left", _("预调后结余"), "money", what="advance.left"),
        Column("owed", _("历年结余应上解"), "money", what="legacy.owed"),
        Column("day", _("预调日期"), "day"),
        Column("document", _("文号"), className="wrap"),
    )
    title = _("启动资金预调")
    if "pre_transfer_months" not in reading.scheme.parameters:
        return Table("advance", title, columns, [], about=reading.about)
    inside, case = set(reading.tree.subtree(reading.region)), case_of(reading)
    shares = {} if case is None else {one.code: one.amount_fen for one in pre_transfer.calculate(case).regions}
    duties = reading.ask(load_legacy_duties, reading.scheme.code, reading.snapshot.version.id)
    owed = {duty.region: duty.owed_fen for duty in duties}
    rows = [
        _row(reading, one, shares.get(one.region), owed.get(one.region))
        for one in _advances(reading)
        if one.region in inside
    ]
    rows.sort(key=lambda row: (row.values["difference"] or 0, -row.values["paid"]))
    sums = {
        key: None if any(row.values[key] is None for row in rows) else sum(row.values[key] for row in rows)
        for key in SUMS
    }
    foot = [Row({"region": _("合计"), **sums}, style="sum")] if rows else []
    return Table("advance", title, columns, rows, foot=foot, about=reading.about)


def _row(reading: Reading, one: Advance, share: int | None, owed: int | None) -> Row:
    return Row(
        {
            "region": name_of(reading.tree.region(one.region)),
            "as_of": one.as_of,
            "balance": one.balance_fen,
            "share": share,
            "paid": one.amount_fen,
            "difference": None if share is None else one.amount_fen - share,
            "left": one.balance_fen - one.amount_fen,
            "owed": owed,
            "day": one.paid_on,
            "document": one.document,
        },
        place=one.region,
    )
