"""账户与存款 of 资金运行: where the money is, how each account moved, when deposits mature."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Cell, Child, Strong, known, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.funds.cash import held
from dashboard.pages.funds.cover import cover_section, cover_sentence, maturing_section
from dashboard.pages.funds.deposits import EVERY, concentration, deposits_view, held_by
from dashboard.pages.funds.plan import plan_view
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _, between
from rules.movements import Account

PATH = "/funds"
# The accounts shown, in the order money passes through them, with their colour.
BAND = (
    ((Account.TREASURY,), N_("国库待划转"), "fill-brown"),
    ((Account.PROVINCIAL,), N_("省级财政专户活期"), "fill-accent"),
    ((Account.DEPOSIT,), N_("定期存款与国债"), "fill-2"),
    ((Account.ENTRUSTED,), N_("委托投资"), "fill-3"),
    ((Account.RESERVE,), N_("储备金"), "fill-reserve"),
    ((Account.LOCAL_FISCAL, Account.CITY_EXPENDITURE), N_("市县专户（户）"), "fill-below"),
    ((Account.EXPENDITURE,), N_("支出户"), "fill-dim"),
    ((Account.LOCAL_LEGACY, Account.LEGACY_DEPOSIT), N_("地方历年结余"), "fill-legacy"),
)
SOON = timedelta(days=60)
VIEWS = {"": N_("现状"), "deposits": N_("存款"), "plan": N_("十二个月资金计划")}


def accounts(reading: Reading) -> Component:
    snapshot, facts = reading.snapshot, reading.snapshot.facts
    if not facts.opened:
        return parts.message(
            _("没有导入期初余额，账户余额不能计算。"), _("请在“数据接入”的“导入”上传期初余额表（opening_balance）。")
        )
    liquid = int(facts.account(reading.region, Account.PROVINCIAL)[snapshot.at])
    total = int(facts.account_total(reading.region)[snapshot.at])
    soon = [d for d in held(reading) if snapshot.day < d.matures_on <= snapshot.day + SOON]
    first = sentence(
        N_("账户合计{total}亿元，其中可动用{liquid}亿元"),
        total=Strong(reading.printed("accounts.total", total)),
        liquid=Strong(reading.printed("account", liquid, part=Account.PROVINCIAL)),
    )
    if soon:
        first += sentence(
            N_("；60天内到期定期存款{count}笔、{amount}亿元"),
            count=Strong(str(len(soon))),
            amount=Strong(reading.printed("deposits.soon", sum(d.amount_fen for d in soon))),
        )
    first += [_("。")]
    show = reading.view.show if reading.view.show in VIEWS else ""
    views = [(_(name), reading.view.href(show=code, item=""), code == show) for code, name in VIEWS.items()]
    switch = [parts.segment(views, label=_("视图"))] if reading.is_province else []
    body = {"": _accounts, "deposits": deposits_view, "plan": plan_view}[show if reading.is_province else ""](reading)
    return html.Div([parts.conclusion(first, _second(reading), switch), *([body])])


def _second(reading: Reading) -> list[Child]:
    """What the plan says, and how the deposits lie."""
    said = cover_sentence(reading)
    said += ([between()] if said else []) + concentration(reading)
    return said or [_("可动用只指省级财政专户活期；定期、委托投资需到期或赎回后才能使用。")]


def _accounts(reading: Reading) -> Component:
    """Every account, what the next months need and what matures; below the province accounts and deposits."""
    table = account_table(reading)
    assert table is not None, "the ledger has opening balances"
    left = parts.section(
        _("各账户余额变动"),
        html.Div(html_table(table), className="scroll"),
        note=_("{year}年 · 亿元", year=reading.snapshot.year),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_("可动用只指省级财政专户活期；定期、委托投资需到期或赎回后才能使用。"),
    )
    if not reading.is_province:
        return html.Div([html.Div([left, deposits_view(reading)], className="split even")])
    right = html.Div([cover_section(reading), maturing_section(reading)])
    return html.Div(
        [*account_band(reading), html.Div([html.Div([left, *held_by(reading)]), right], className="split halves")]
    )


def account_name(reading: Reading, account: Account) -> str:
    """What the account is called: the expenditure accounts of the places are one at the province in some schemes."""
    if account is Account.EXPENDITURE and reading.scheme.disburse_account == Account.EXPENDITURE:
        return _("省社保局支出户")
    return _(display.ACCOUNT_NAMES[account])


def account_table(reading: Reading) -> Table | None:
    """Each account: opening of the year, in, out, closing; the whole equals the fund balance. None without openings."""
    if not reading.snapshot.facts.opened:
        return None
    facts, at, first = reading.snapshot.facts, reading.snapshot.at, reading.snapshot.year_start
    columns = (
        Column("account", _("账户")),
        Column("opening", _("年初余额"), "money", what="account.opening"),
        Column("change", _("本年净变动"), "money", signed=True, what="account.change"),
        Column("month", _("当月净变动"), "money", signed=True, what="account.month"),
        Column("closing", _("期末余额"), "money", what="account"),
    )
    rows = []
    for account in Account:
        balances = facts.account(reading.region, account)
        opening = int(balances[first - 1]) if first else facts.opening(reading.region, account)
        closing = int(balances[at])
        before = int(balances[at - 1]) if at else facts.opening(reading.region, account)
        # An account that is empty at both ends may have moved within the month.
        if opening or closing or before:
            name = account_name(reading, account)
            rows.append(
                Row(
                    {
                        "account": name,
                        "opening": opening,
                        "change": closing - opening,
                        "month": closing - before,
                        "closing": closing,
                    },
                    part=account,
                )
            )
    # From the fund's whole, not from the rows: what they leave out would show.
    total = facts.account_total(reading.region)
    opening = int(total[first - 1]) if first else facts.opening(reading.region)
    before = int(total[at - 1]) if at else facts.opening(reading.region)
    closing = int(total[at])
    whole = {"opening": opening, "change": closing - opening, "month": closing - before, "closing": closing}
    foot = [Row({"account": _("账户合计"), **whole}, style="sum", part=EVERY)]
    return Table("accounts", _("各账户余额变动"), columns, rows, foot=foot, about=reading.about)


def account_band(reading: Reading) -> list[Component]:
    facts, at, region = reading.snapshot.facts, reading.snapshot.at, reading.region
    total = int(facts.account_total(region)[at])
    amounts = [
        (
            sum(int(facts.account(region, account)[at]) for account in accounts),
            account_name(reading, accounts[0]) if len(accounts) == 1 else _(name),
            colour,
            "+".join(accounts),
        )
        for accounts, name, colour in BAND
    ]
    amounts = [entry for entry in amounts if entry[0]]

    def share(amount: int, part: str) -> Printed:
        percent = Fraction(amount * 100, total) if total > 0 else None
        return display.printed(reading.about.figure("account.share", percent, part=part))

    liquid = int(facts.account(region, Account.PROVINCIAL)[at])
    cells = [
        Cell(
            _("账户合计"),
            reading.printed("accounts.total", total),
            _("亿元"),
            None,
            [
                known(
                    N_("可动用 {liquid}，占{part}%"),
                    N_("可动用 {liquid}"),
                    liquid=Strong(reading.printed("account", liquid, part=Account.PROVINCIAL)),
                    part=share(liquid, Account.PROVINCIAL),
                )
            ],
        ),
        *(
            Cell(
                name,
                reading.printed("account", amount, part=accounts),
                "",
                None,
                [known(N_("占{part}%"), N_("账户合计不为正，不计占比"), part=share(amount, accounts))],
                swatch=colour,
            )
            for amount, name, colour, accounts in amounts
        ),
    ]
    shares = [(amount / total, colour) for amount, _name, colour, _accounts in amounts] if total > 0 else []
    return [parts.band(cells, accounts=True), parts.stack(shares)]
