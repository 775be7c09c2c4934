"""资金运行 [/funds]: 收支 · 账户与存款 · 归集在途 · 结余上解."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard import display, figures, heading
from dashboard.charts import series
from dashboard.charts.graph import Chart, graph
from dashboard.components import frame, parts
from dashboard.components.drawer import indicator_drawer
from dashboard.components.parts import Cell, Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages import published_totals
from dashboard.reading import Reading
from dashboard.wording import N_, _, name_of
from data_access.funds import Deposit, LegacyDuty
from rules.indicators import INDICATORS
from rules.movements import Account

PATH = "/funds"
TITLE = N_("资金运行")
TABS = {"flows": N_("收支"), "accounts": N_("账户与存款"), "pooling": N_("归集在途"), "legacy": N_("结余上解")}

# The accounts shown, in the order money passes through them, with their colour.
BAND = (
    ((Account.TREASURY,), N_("国库待划转"), "fill-brown"),
    ((Account.PROVINCIAL,), N_("省级财政专户活期"), "fill-accent"),
    ((Account.DEPOSIT,), N_("定期存款与国债"), "fill-2"),
    ((Account.ENTRUSTED,), N_("委托投资"), "fill-3"),
    ((Account.RESERVE,), N_("储备金"), "fill-3"),
    ((Account.LOCAL_FISCAL, Account.CITY_EXPENDITURE), N_("市县专户（户）"), "fill-below"),
    ((Account.EXPENDITURE,), N_("支出户"), "fill-pale"),
    ((Account.LOCAL_LEGACY, Account.LEGACY_DEPOSIT), N_("地方历年结余"), "fill-mid"),
)
SOON = timedelta(days=60)


def register(app: object, site: object) -> None:
    """No callbacks of its own: the shell's serve it."""


def show(reading: Reading) -> Component:
    if reading.scheme.kind == "published":
        return published_totals.flows(reading)
    tab = _tab(reading)
    if reading.snapshot.month is None:
        body: Component = parts.message(_("本险种还没有收支数据。"), _("请在“数据接入”上传数据。"))
    else:
        body = {"flows": _flows, "accounts": _accounts, "pooling": _pooling, "legacy": _legacy}[tab](reading)
    names = [
        (_(name), reading.view.href(tab="" if code == "flows" else code, item="", show=""), code == tab)
        for code, name in TABS.items()
    ]
    foot = [] if reading.snapshot.month is None else [heading.footer(reading)]
    return html.Div([frame.tabs(_(TITLE), names), html.Div([body, *foot], className="content")], className="tabbed")


def _tab(reading: Reading) -> str:
    return reading.view.tab if reading.view.tab in TABS else "flows"


# --- 收支


def _flows(reading: Reading) -> Component:
    chart, table = flow_chart(reading), flow_table(reading)
    view = reading.view
    as_table = view.show == "chart-table"
    look = html.A(_("看图") if as_table else _("看表格"), href=view.href(show="" if as_table else "chart-table"))
    left = parts.section(
        _("收入与支出"),
        html_table(chart.table) if as_table else graph(chart, str(g.theme), size="tall"),
        note=f"{chart.span} · {chart.unit}",
        actions=[look, frame.exports(PATH, chart.code, view, chart=True)],
        foot=_closing_line(reading),
    )
    right = parts.section(
        _("分地区收支"),
        html.Div(html_table(table), className="scroll"),
        note=_("{year}年1—{month}月累计 · 亿元", year=reading.snapshot.year, month=(reading.snapshot.month or 1) % 100),
        actions=[frame.exports(PATH, table.code, view)],
    )
    body: list[Component] = [parts.conclusion(_flow_sentence(reading), _second(reading))]
    if reading.is_province:
        body += _account_band(reading)
    return html.Div([*body, html.Div([left, right], className="split even")])


def _flow_sentence(reading: Reading) -> list[Child]:
    facts, at = reading.snapshot.facts, reading.snapshot.at
    income = int(facts.income(reading.region)[at])
    spent = int(facts.expenditure(reading.region)[at])
    month = display.short_month(reading.snapshot.month or 0)
    text = (
        N_("{month}收入{income}亿元、支出{spent}亿元，当月结余增加{change}亿元")
        if income >= spent
        else N_("{month}收入{income}亿元、支出{spent}亿元，当月结余减少{change}亿元")
    )
    return [
        *sentence(text, month=month, income=Strong(display.money(income)), spent=Strong(display.money(spent)),
                  change=Strong(display.money(abs(income - spent)))),
        *_agreement(reading),
    ]  # fmt: skip


def _agreement(reading: Reading) -> list[Child]:
    difference = int(reading.snapshot.facts.identity_difference(reading.region)[reading.snapshot.at])
    if difference == 0:
        return [_("；各账户合计与基金结余一致。")]
    return sentence(
        N_("；各账户合计与基金结余相差{yuan}元，待查。"), yuan=Strong(display.money(abs(difference), "yuan"))
    )


def _second(reading: Reading) -> list[Child]:
    treasury = int(reading.snapshot.facts.account(reading.region, Account.TREASURY)[reading.snapshot.at])
    delay = figures.exact(figures.value(reading, "pooling_delay"))
    said = sentence(N_("国库待划转{amount}亿元"), amount=display.money(treasury))
    if delay is not None:
        said += [_("，平均停留{days}天", days=display.number(delay, 0))]
    return [*said, _("。")]


def _account_band(reading: Reading) -> list[Component]:
    facts, at, region = reading.snapshot.facts, reading.snapshot.at, reading.region
    total = int(facts.account_total(region)[at])
    amounts = [
        (sum(int(facts.account(region, account)[at]) for account in accounts), _(name), colour)
        for accounts, name, colour in BAND
    ]
    amounts = [entry for entry in amounts if entry[0]]
    liquid = int(facts.account(region, Account.PROVINCIAL)[at])
    part = display.number(Fraction(liquid * 100, total), 1) if total > 0 else display.NO_VALUE
    cells = [
        Cell(
            _("账户合计"), display.money(total), _("亿元"), None,
            [sentence(N_("可动用 {liquid}，占{part}%"), liquid=Strong(display.money(liquid)), part=part)],
        ),
        *(
            Cell(name, display.money(amount), "", None,
                 [sentence(N_("占{part}%"), part=display.number(Fraction(amount * 100, total), 1) if total > 0 else display.NO_VALUE)],
                 swatch=colour)
            for amount, name, colour in amounts
        ),
    ]  # fmt: skip
    shares = [(amount / total, colour) for amount, _name, colour in amounts] if total > 0 else []
    return [parts.band(cells, accounts=True), parts.stack(shares)]


def _closing_line(reading: Reading) -> Component:
    """Opening + income − expenditure = closing, written out; and the accounts beside it."""
    facts, at, first = reading.snapshot.facts, reading.snapshot.at, reading.snapshot.year_start
    balance = facts.result_balance(reading.region)
    opening = int(balance[first - 1]) if first else facts.opening(reading.region)
    income = int(facts.income(reading.region)[first : at + 1].sum())
    spent = int(facts.expenditure(reading.region)[first : at + 1].sum())
    closing, accounts = int(balance[at]), int(facts.account_total(reading.region)[at])
    return html.Div(
        [
            html.Div(sentence(
                N_("期初 {opening} ＋ 收入 {income} − 支出 {spent} ＝ 结余 {closing}"), opening=Strong(display.money(opening)),
                income=Strong(display.money(income)), spent=Strong(display.money(spent)), closing=Strong(display.money(closing)),
            )),
            html.Div(_("账户合计 {accounts}，差 {difference} 元", accounts=display.money(accounts),
                       difference=display.money(accounts - closing, "yuan"))),
        ]
    )  # fmt: skip


def flow_chart(reading: Reading) -> Chart:
    """Income and expenditure of the year's months (the last twelve in January to March)."""
    facts, at = reading.snapshot.facts, reading.snapshot.at
    first = min(reading.snapshot.year_start, max(0, at - 11))
    months = facts.months[first : at + 1]
    income = [int(fen) for fen in facts.income(reading.region)[first : at + 1]]
    spent = [int(fen) for fen in facts.expenditure(reading.region)[first : at + 1]]

    def draw(colours: series.Palette) -> series.Figure:
        return series.income_and_expenditure(series.Months(months, income), series.Months(months, spent), colours)

    columns = (
        Column("month", _("月份")), Column("income", _("收入"), "money"), Column("spent", _("支出"), "money"),
        Column("change", _("当月结余"), "money"),
    )  # fmt: skip
    rows = [
        Row({"month": display.month_name(m), "income": a, "spent": b, "change": a - b})
        for m, a, b in zip(months, income, spent, strict=True)
    ]
    span = f"{display.month_name(months[0])}—{display.month_name(months[-1])}"
    title = _("收入与支出")
    return Chart("flows", title, _("亿元"), span, draw, Table("flows", title, columns, rows))


FLOW_SORTS = ("income", "spent", "change", "growth", "spent_growth")


def flow_table(reading: Reading) -> Table:
    """Income, expenditure and net of the year to date, one row per region below, the whole at the foot."""
    columns = (
        Column("region", _("地区")),
        Column("income", _("累计收入"), "money"),
        Column("growth", _("同比%"), "percent"),
        Column("spent", _("累计支出"), "money"),
        Column("spent_growth", _("同比%"), "percent"),
        Column("change", _("收支差额"), "money"),
        Column("month_income", _("当月收入"), "money"),
        Column("month_spent", _("当月支出"), "money"),
    )
    facts = reading.snapshot.facts
    children = list(reading.children())
    own = facts.income(reading.region) - sum((facts.income(c) for c in children), 0 * facts.income(reading.region))
    spent_own = facts.expenditure(reading.region) - sum(
        (facts.expenditure(c) for c in children), 0 * facts.income(reading.region)
    )
    rows = [
        _flow_row(reading, name_of(reading.tree.region(c)), facts.income(c), facts.expenditure(c), c) for c in children
    ]
    key = reading.view.sort if reading.view.sort in FLOW_SORTS else "income"
    rows.sort(key=lambda row: -(row.values[key] if row.values[key] is not None else -(10**20)))  # type: ignore[operator]
    if children and (own.any() or spent_own.any()):
        name = _("省统一管理") if reading.is_province else _("未分到下级")
        rows.append(_flow_row(reading, name, own, spent_own, ""))
    whole = _flow_row(reading, _("合计"), facts.income(reading.region), facts.expenditure(reading.region), "")
    return Table("regions", _("分地区收支"), columns, rows, foot=[Row(whole.values, style="sum")])


def _flow_row(reading: Reading, name: str, income: object, spent: object, code: str) -> Row:
    at, first = reading.snapshot.at, reading.snapshot.year_start

    def total(amounts: object, back: int = 0) -> int | None:
        start = first - back
        return None if start < 0 else int(amounts[start : at + 1 - back].sum())  # type: ignore[index]

    now_in, now_out = total(income) or 0, total(spent) or 0
    return Row(
        {
            "region": name,
            "income": now_in,
            "growth": figures.growth(now_in, total(income, 12)),
            "spent": now_out,
            "spent_growth": figures.growth(now_out, total(spent, 12)),
            "change": now_in - now_out,
            "month_income": int(income[at]),  # type: ignore[index]
            "month_spent": int(spent[at]),  # type: ignore[index]
        },
        href=reading.view.href(region=code) if code else "",
    )


# --- 账户与存款


def _accounts(reading: Reading) -> Component:
    snapshot, facts = reading.snapshot, reading.snapshot.facts
    liquid = int(facts.account(reading.region, Account.PROVINCIAL)[snapshot.at])
    total = int(facts.account_total(reading.region)[snapshot.at])
    soon = [d for d in _deposits(reading) if snapshot.day < d.matures_on <= snapshot.day + SOON]
    first = sentence(
        N_("账户合计{total}亿元，其中可动用{liquid}亿元"),
        total=Strong(display.money(total)),
        liquid=Strong(display.money(liquid)),
    )
    if soon:
        first += sentence(
            N_("；60天内到期定期存款{count}笔、{amount}亿元"),
            count=Strong(str(len(soon))),
            amount=Strong(display.money(sum(d.amount_fen for d in soon))),
        )
    first += [_("。")]
    table, calendar = account_table(reading), deposit_table(reading)
    left = parts.section(
        _("各账户余额变动"), html.Div(html_table(table), className="scroll"), note=_("本年 · 亿元"),
        actions=[frame.exports(PATH, table.code, reading.view)],
    )  # fmt: skip
    right = parts.section(
        _("存款到期"),
        html.Div(html_table(calendar), className="sheet")
        if calendar.rows
        else html.Div(_("没有未到期的定期存款。"), className="foot"),
        note=_("按到期日 · 亿元"),
        actions=[frame.exports(PATH, calendar.code, reading.view)],
    )
    band = _account_band(reading) if reading.is_province else []
    second = _("可动用只指省级财政专户活期；定期、委托投资需到期或赎回后才能使用。")
    return html.Div([parts.conclusion(first, second), *band, html.Div([left, right], className="split even")])


def account_table(reading: Reading) -> Table:
    """Each account: opening of the year, in, out, closing; the whole equals the fund balance."""
    facts, at, first = reading.snapshot.facts, reading.snapshot.at, reading.snapshot.year_start
    columns = (
        Column("account", _("账户")), Column("opening", _("年初余额"), "money"), Column("change", _("本年净变动"), "money", signed=True),
        Column("month", _("当月净变动"), "money", signed=True), Column("closing", _("期末余额"), "money"),
    )  # fmt: skip
    rows = []
    for account in Account:
        balances = facts.account(reading.region, account)
        opening = int(balances[first - 1]) if first else facts.opening(reading.region, account)
        closing = int(balances[at])
        before = int(balances[at - 1]) if at else facts.opening(reading.region, account)
        if opening or closing:
            name = _(display.ACCOUNT_NAMES[account])
            rows.append(
                Row(
                    {
                        "account": name,
                        "opening": opening,
                        "change": closing - opening,
                        "month": closing - before,
                        "closing": closing,
                    }
                )
            )
    keys = ("opening", "change", "month", "closing")
    whole = {key: sum(int(row.values[key]) for row in rows) for key in keys}  # type: ignore[call-overload]
    return Table(
        "accounts", _("各账户余额变动"), columns, rows, foot=[Row({"account": _("账户合计"), **whole}, style="sum")]
    )


def _deposits(reading: Reading) -> Sequence[Deposit]:
    """Deposits of the region and below that have started and not matured on the day shown, soonest first."""
    held = reading.published.deposits(reading.scheme.code, reading.snapshot.version.id)
    inside = set(reading.tree.subtree(reading.region))
    day = reading.snapshot.day
    return [d for d in held if d.region in inside and d.starts_on <= day < d.matures_on]


def deposit_table(reading: Reading) -> Table:
    """The maturity calendar 到期日历."""
    columns = (
        Column("matures", _("到期日"), "day"), Column("days", _("剩余天数"), "count"), Column("region", _("地区")),
        Column("bank", _("存放银行")), Column("amount", _("金额"), "money"), Column("rate", _("年利率%"), "percent"),
        Column("account", _("账户")), Column("starts", _("存入日"), "day"),
    )  # fmt: skip
    day = reading.snapshot.day
    rows = [
        Row(
            {
                "matures": d.matures_on, "days": (d.matures_on - day).days, "region": name_of(reading.tree.region(d.region)),
                "bank": d.bank, "amount": d.amount_fen, "rate": Fraction(d.rate) * 100,
                "account": _(display.ACCOUNT_NAMES[Account(d.account)]), "starts": d.starts_on,
            }
        )
        for d in _deposits(reading)
    ]  # fmt: skip
    foot = (
        [Row({"matures": _("合计"), "amount": sum(int(r.values["amount"]) for r in rows)}, style="sum")] if rows else []
    )  # type: ignore[call-overload]
    return Table("deposits", _("存款到期"), columns, rows, foot=foot)


# --- 归集在途


def _pooling(reading: Reading) -> Component:
    table = pooling_table(reading)
    rate, delay = (figures.value(reading, code) for code in ("pooling_rate", "pooling_delay"))
    treasury = int(reading.snapshot.facts.account(reading.region, Account.TREASURY)[reading.snapshot.at])
    first = sentence(
        N_("保费归集率{rate}%，国库待划转{amount}亿元，平均停留{days}天。"),
        rate=Strong(display.number(figures.exact(rate), 2)),
        amount=Strong(display.money(treasury)),
        days=Strong(display.number(figures.exact(delay), 0)),
    )
    rule = reading.scheme.parameter("pooling_days", reading.snapshot.day)
    second = _("入库后应在{days}天内划转。", days=rule.value)
    if rule.assumed:
        second += _("暂定参数（文件未明确）：{reason}。", reason=rule.reason)
    body = parts.section(
        _("归集与在途"), html.Div(html_table(table), className="scroll"), note=_("本年累计 · 亿元"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_("归集率＝已归集÷应归集（年初在库＋本年入库－规定天数内尚不必划转）；天数按先进先出、金额加权。")
        + _("待划转天数按数据截至时计算。"),
    )  # fmt: skip
    return html.Div([parts.conclusion(first, second), body])


def pooling_table(reading: Reading) -> Table:
    """Collected, due, pooled, in transit and its age, one row per region below, slowest first."""
    columns = (
        Column("region", _("地区")), Column("collected", _("征收入库"), "money"), Column("not_due", _("尚不必划转"), "money"),
        Column("pooled", _("已归集"), "money"), Column("rate", _("归集率%"), "percent"),
        Column("waiting", _("国库待划转"), "money"), Column("days", _("待划转天数"), "count"),
    )  # fmt: skip
    rows = [_pooling_row(reading, code, name_of(reading.tree.region(code))) for code in reading.children()]
    rows.sort(key=lambda row: (row.values["rate"] is None, row.values["rate"] or 0))
    whole = _pooling_row(reading, reading.region, _("合计"))
    return Table("pooling", _("归集与在途"), columns, rows, foot=[Row(whole.values, style="sum")])


def _pooling_row(reading: Reading, code: str, name: str) -> Row:
    rate = figures.value(reading, "pooling_rate", code)
    delay = figures.value(reading, "pooling_delay", code)
    treasury = int(reading.snapshot.facts.account(code, Account.TREASURY)[reading.snapshot.at])
    return Row(
        {
            "region": name,
            "collected": figures.input_fen(rate, "collected_fen"),
            "not_due": figures.input_fen(rate, "not_yet_due_fen"),
            "pooled": figures.input_fen(rate, "pooled_fen"),
            "rate": figures.exact(rate),
            "waiting": treasury,
            "days": figures.exact(delay),
        },
        href=reading.view.href(region=code) if code != reading.region else "",
    )


# --- 结余上解


def _legacy(reading: Reading) -> Component:
    duties = _duties(reading)
    if not duties:
        return parts.message(_("没有历年结余上解任务。"), _("本制度的历年结余在统筹时已一次上收，或尚未录入应上解数。"))
    table = legacy_table(reading)
    owed = sum(duty.owed_fen for duty in duties)
    handed = sum(_handed(reading, duty) for duty in duties)
    unmatured = sum(_locked(reading, duty) for duty in duties)
    first = sentence(
        N_("历年结余应上解{owed}亿元，已上解{handed}亿元，完成{rate}%。"),
        owed=Strong(display.money(owed)), handed=Strong(display.money(handed)),
        rate=Strong(display.number(Fraction(handed * 100, owed), 2) if owed > 0 else display.NO_VALUE),
    )  # fmt: skip
    second = (
        _("未到期定期存款{amount}亿元，到期后上解，不算滞后。", amount=display.money(unmatured)) if unmatured else ""
    )
    body = parts.section(
        _("历年结余上解"), html.Div(html_table(table), className="scroll"), note=_("亿元"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_("本表只列应上解、已上解和未到期定期；进度要求按制度文件。"),
    )  # fmt: skip
    return html.Div([parts.conclusion(first, second), body])


def _duties(reading: Reading) -> list[LegacyDuty]:
    inside = set(reading.tree.subtree(reading.region))
    known = reading.published.legacy_duties(reading.scheme.code, reading.snapshot.version.id)
    return [duty for duty in known if duty.region in inside]


def _handed(reading: Reading, duty: LegacyDuty) -> int:
    """Handed over before the ledger began and since, to the day shown."""
    moved = reading.snapshot.facts.moved(duty.region, "legacy_transfer")
    return duty.handed_before_fen + int(moved[: reading.snapshot.at + 1].sum())


def _locked(reading: Reading, duty: LegacyDuty) -> int:
    return int(reading.snapshot.facts.account(duty.region, Account.LEGACY_DEPOSIT)[reading.snapshot.at])


def legacy_table(reading: Reading) -> Table:
    """What each region owed, handed over and still holds of its balance from before pooling."""
    columns = (
        Column("region", _("地区")), Column("owed", _("应上解"), "money"), Column("handed", _("已上解"), "money"),
        Column("rate", _("完成%"), "percent"), Column("left", _("尚未上解"), "money"),
        Column("locked", _("其中未到期定期"), "money"), Column("due", _("期限"), "day"),
    )  # fmt: skip
    rows = []
    for duty in _duties(reading):
        handed = _handed(reading, duty)
        rate = Fraction(handed * 100, duty.owed_fen) if duty.owed_fen > 0 else None
        rows.append(
            Row(
                {
                    "region": name_of(reading.tree.region(duty.region)), "owed": duty.owed_fen, "handed": handed, "rate": rate,
                    "left": duty.owed_fen - handed, "locked": _locked(reading, duty), "due": duty.due_on,
                }
            )
        )  # fmt: skip
    rows.sort(key=lambda row: (row.values["rate"] is None, row.values["rate"] or 0))
    keys = ("owed", "handed", "left", "locked")
    whole = {key: sum(int(row.values[key]) for row in rows) for key in keys}  # type: ignore[call-overload]
    whole_rate = Fraction(whole["handed"] * 100, whole["owed"]) if whole["owed"] > 0 else None
    foot = [Row({"region": _("合计"), **whole, "rate": whole_rate}, style="sum")]
    return Table("legacy", _("历年结余上解"), columns, rows, foot=foot)


# --- drawer and files


def drawer(reading: Reading) -> Component | None:
    return indicator_drawer(reading, reading.view.item, str(g.theme)) if reading.view.item in INDICATORS else None


def tables(reading: Reading) -> dict[str, Table]:
    if reading.scheme.kind == "published":
        return published_totals.tables(reading)
    if reading.snapshot.month is None:
        return {}
    made = (
        flow_chart(reading).table, flow_table(reading), account_table(reading), deposit_table(reading),
        pooling_table(reading), legacy_table(reading),
    )  # fmt: skip
    return {table.code: table for table in made}


def charts(reading: Reading) -> dict[str, Chart]:
    if reading.scheme.kind == "published":
        return published_totals.charts(reading)
    return {"flows": flow_chart(reading)}
