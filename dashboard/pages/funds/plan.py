"""十二个月资金计划 of 账户与存款: each month's flows and what is liquid at its end, every account, a ladder of deposits."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, frame, parts
from dashboard.components.drawer import Trio
from dashboard.components.parts import Child, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.funds import cash
from dashboard.pages.funds.acts import FLOOR, floor
from dashboard.pages.funds.cover import mend_line, why_none
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _, between
from rules.cash.cash_plan import MonthEnd
from rules.movements import Account
from workflows.cash.planning import CashPlan

CASE = "cash-plan"
# The flows of a month in the order of the working, with the sign of each.
FLOWS = (
    ("opening", N_("月初可动用"), 0),
    ("pooled", N_("归集"), 1),
    ("local_pooled", N_("地方上划"), 1),
    ("direct", N_("直接入户"), 1),
    ("difference", N_("推算差额"), 1),
    ("matured", N_("到期收回"), 1),
    ("disbursed", N_("拨付"), -1),
    ("remitted", N_("上解上级"), -1),
    ("redeposited", N_("转存"), -1),
    ("closing", N_("月末可动用"), 0),
)
ACCOUNTS = (
    ("closing", Account.PROVINCIAL, N_("省级财政专户活期")),
    ("treasury", Account.TREASURY, N_("国库待划转")),
    ("local", Account.LOCAL_FISCAL, N_("市县待上划")),
    ("expenditure", Account.EXPENDITURE, N_("拨付在途与支出户")),
    ("deposits", Account.DEPOSIT, N_("定期存款与国债")),
)


def plan_view(reading: Reading) -> Component:
    plan = cash.plan_of(reading)
    if plan is None:
        return parts.message(_("还没有资金计划。"), why_none(reading))
    table, balances, ladder = plan_table(reading), balance_table(reading), ladder_table(reading)
    assert table is not None and balances is not None and ladder is not None, "there is a plan"
    months = parts.section(
        _("十二个月资金计划"),
        html.Div(html_table(table), className="scroll"),
        note=_("省级财政专户，按{month}定稿推算 · 亿元；点月份看算式", month=display.month_name(plan.last)),
        actions=[docked.calculation_link(reading, CASE), frame.exports(cash.PATH, table.code, reading.view)],
        foot=_basis(reading, plan),
        className="cover",
    )
    left = parts.section(
        _("各账户月末余额"),
        html.Div(html_table(balances), className="scroll"),
        note=_("预计 · 亿元"),
        actions=[frame.exports(cash.PATH, balances.code, reading.view)],
        foot=_(
            "账户合计＝{month}末合计＋收入预计−支出预计，与“全年预计”的预计累计结余一致。",
            month=display.month_name(plan.last),
        ),
    )
    right = parts.section(
        _("建议转存"),
        [html.Div(html_table(ladder), className="scroll"), *_floor_form(reading)],
        note=_(
            "{month}可办 · 亿元", month=cash.month_words(reading, plan.case.placed_in or plan.result.months[0].code)
        ),
        actions=[frame.exports(cash.PATH, ladder.code, reading.view)],
        foot=_ladder_words(reading, plan),
    )
    return html.Div([months, html.Div([left, right], className="split cash")])


def _basis(reading: Reading, plan: CashPlan) -> list[Child]:
    """What the plan rests on, in the order of its columns."""
    mend = mend_line(reading, plan)
    share = cash.printed(reading, "transit", plan.case.transit_share * 100, plan.last.iso)
    said = sentence(N_("归集：月末在途按近一年占当月征收的{share}%。"), share=share)
    asked = _("、").join(cash.month_words(reading, month.iso) for month in sorted(plan.asked) if month > plan.last)
    known = _("拨付：{months}按申请或核定数，其余按支出预计，在应拨付的月份支出。", months=asked)
    said += [between(), known if asked else _("拨付：按支出预计，在应拨付的月份支出。")]
    said += [between(), _("到期后待定或未定的按留在专户计；历年结余上解、委托投资和储备金调拨不作预计。")]
    said += [between(), _("最后一个月末的下月用款按首月的上年同月数。")]
    return [html.Div(mend), html.Div(said)] if mend else said


def plan_table(reading: Reading) -> Table | None:
    """One row a month; None where there is no plan."""
    plan = cash.plan_of(reading)
    if plan is None:
        return None
    columns = (
        Column("month", _("月份")),
        *(Column(name, _(title), "money", what=f"cash.{name}") for name, title, _sign in FLOWS),
        Column("next_use", _("下月用款"), "money", what="cash.next_use"),
        Column("margin", _("余缺"), "money", signed=True, what="cash.margin"),
    )
    rows = [
        Row(
            {"month": _name(reading, plan, end), **{column.key: _fen(end, column.key) for column in columns[1:]}},
            href=reading.view.href(tab="accounts", show="plan", item=f"{cash.MONTH}{end.code}"),
            style="short" if end.code == plan.result.short_month else "",
            selected=reading.view.item == f"{cash.MONTH}{end.code}",
            period=end.code,
        )
        for end in plan.result.months
    ]
    return Table("cash-plan", _("十二个月资金计划"), columns, rows, about=reading.about)


def _name(reading: Reading, plan: CashPlan, end: MonthEnd) -> list[Child]:
    name: list[Child] = [cash.month_words(reading, end.code)]
    if end.code == plan.result.short_month:
        name += [" ", html.Span(_("首个不足"), className="tag strong")]
    return name


def _fen(end: MonthEnd, name: str) -> int:
    return int(getattr(end, f"{name}_fen"))


def balance_table(reading: Reading) -> Table | None:
    """Every account at each month's end, and all of them together, which is 预计累计结余; None where there is no plan."""
    plan = cash.plan_of(reading)
    if plan is None:
        return None
    columns = [
        Column("month", _("月末")),
        *(Column(name, _(title), "money", what=f"cash.account:{part}") for name, part, title in ACCOUNTS),
    ]
    if plan.case.other_fen:
        columns.append(Column("other", _("委托投资等"), "money", what="cash.account:other"))
    columns.append(Column("total", _("账户合计"), "money", what="cash.total"))
    rows = [
        Row(
            {
                "month": cash.month_words(reading, end.code),
                **{name: _fen(end, name) for name, _part, _title in ACCOUNTS},
                "other": plan.case.other_fen,
                "total": end.total_fen,
            },
            period=end.code,
        )
        for end in plan.result.months
    ]
    return Table("cash-accounts", _("各账户月末余额"), columns, rows, about=reading.about)


def ladder_table(reading: Reading) -> Table | None:
    """Proposed terms and amounts, what later months need, and what is available together; None where there is no plan."""
    plan = cash.plan_of(reading)
    if plan is None:
        return None
    month = plan.case.placed_in or plan.result.months[0].code
    columns = (Column("term", _("存期"), className="norm"), Column("amount", _("金额"), "money"))

    def amount(what: str, fen: int, part: str = "") -> object:
        return cash.figure(reading, what, fen, month, part)

    rows = [
        Row(
            {
                "term": cash.term_words(rung.term_months),
                "amount": amount("rung", rung.amount_fen, str(rung.term_months)),
            }
        )
        for rung in plan.result.ladder
    ]
    rows.append(Row({"term": _("留待后续月份和零头"), "amount": amount("kept", plan.result.kept_fen)}))
    foot = [Row({"term": _("可转存"), "amount": amount("available", plan.result.available_fen)}, style="sum")]
    return Table("cash-ladder", _("建议转存"), columns, rows, foot=foot)


def _ladder_words(reading: Reading, plan: CashPlan) -> list[Child]:
    """The floor, whose it is, and how the amounts are found."""
    months = reading.scheme.parameter("cash_floor_months", reading.today)
    month = plan.case.placed_in or plan.result.months[0].code
    said = sentence(
        N_("留底{months}个月平均用款{floor}亿元"),
        months=[parts.norm(display.number(plan.case.floor_months, 1))],
        floor=cash.printed(reading, "floor", plan.result.floor_fen, month),
    )
    said += [html.Span(_("（暂定：{reason}）。", reason=months.reason or ""), className="quoted")]
    text = _("每月末都不低于留底和下月用款；期内不再动用的按一年、两年、三年均分，取整到千万元。")
    return [*said, between(), text]


def _floor_form(reading: Reading) -> list[Component]:
    if not floor.open_to(reading):
        return []
    now = reading.scheme.parameter("cash_floor_months", reading.today).value
    form = floor.form(reading, {FLOOR: now}, main=False)
    return [html.Details([html.Summary(_("调整留底月数")), form], className="set")]


# --- the drawer of a month


def month_drawer(reading: Reading, code: str) -> Component | None:
    """看算式: how a month's end is made; None for a month that the plan does not have."""
    plan = cash.plan_of(reading)
    end = next((one for one in plan.result.months if one.code == code), None) if plan else None
    if plan is None or end is None:
        return None

    def shown(name: str, *, signed: bool = False) -> Printed:
        return display.printed(cash.figure(reading, name, _fen(end, name), code), signed=signed)

    leading = [
        Trio(_("月末可动用"), shown("closing"), _("亿元")),
        Trio(_("下月用款"), shown("next_use"), _("亿元")),
        Trio(_("余缺"), shown("margin", signed=True), _("亿元")),
    ]
    lines = [
        html.Tr(
            [
                html.Td([html.Span("＋" if sign > 0 else "−" if sign else "", className="sign"), _(title)]),
                html.Td(shown(name), className="r"),
            ],
            className="sum" if name == "closing" else "",
        )
        for name, title, sign in FLOWS
        if not sign or _fen(end, name)
    ]
    export = frame.exports(cash.PATH, "cash-plan", reading.view)
    working = docked.block(_("算式"), html.Table(html.Tbody(lines), className="t"), note=_("亿元"), right=export)
    note = _rounding(reading, end)
    said = [html.P(note, className="muted")] if note else []
    basis = docked.basis([(_("依据"), _basis(reading, plan)), (_("数据"), docked.data_words(reading))])
    foot = [docked.calculation_link(reading, CASE)]
    title = _("{month}末可动用", month=cash.month_words(reading, code))
    blocks = [working, *said, basis]
    return docked.drawer(reading, crumb=_("资金计划"), title=title, leading=leading, blocks=blocks, foot=foot)


def _rounding(reading: Reading, end: MonthEnd) -> str:
    def term(name: str) -> Printed:
        return cash.printed(reading, name, _fen(end, name), end.code)

    plus = [term(name) for name, _title, sign in FLOWS if sign > 0 or name == "opening"]
    less = [term(name) for name, _title, sign in FLOWS if sign < 0]
    return display.rounding_note(plus, less, term("closing"))
