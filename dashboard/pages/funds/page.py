"""资金运行 [/funds]: 收支 · 用款与拨付 · 账户与存款 · 归集在途 · 对账调节 · 结余上解."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dash import html
from dash.development.base_component import Component
from flask import g

from dashboard.charts import series
from dashboard.charts.graph import Chart, graph
from dashboard.charts.plot import Mark, Plot
from dashboard.charts.theme import Figure, Palette
from dashboard.components import frame, history, parts
from dashboard.components.drawer import indicator_drawer
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.funds import advance, cash
from dashboard.pages.funds.accounts import account_band, account_table, accounts
from dashboard.pages.funds.acts import ACTS as OF_DEPOSITS
from dashboard.pages.funds.cover import cover_table, maturing_table
from dashboard.pages.funds.deposits import bank_table, deposit_drawer, deposit_table, kind_table
from dashboard.pages.funds.legacy import legacy, legacy_table
from dashboard.pages.funds.outflows import outflow_table
from dashboard.pages.funds.payments.acts import ACTS as OF_PAYMENTS
from dashboard.pages.funds.payments.application import APPLICATION, offered as application
from dashboard.pages.funds.payments.drawer import drawer as payment_drawer, unit_table as payment_units
from dashboard.pages.funds.payments.page import payment_table, payments
from dashboard.pages.funds.payments.reading import month_shown, of_month
from dashboard.pages.funds.plan import CASE, balance_table, ladder_table, month_drawer, plan_table
from dashboard.pages.funds.pooling import age_table, pooling, pooling_table
from dashboard.pages.funds.quarterly import quarter_table, unit_table
from dashboard.pages.funds.reconcile import TABLES as RECONCILED, reconcile
from dashboard.pages.funds.reconcile_acts import ACTS as RECONCILING
from dashboard.pages.funds.reconcile_reading import month_of
from dashboard.pages.overview import published_totals
from dashboard.site import annotating, heading
from dashboard.site.page import Calculation, Page, of_months
from dashboard.site.reading import Reading
from dashboard.words import as_of, display, figures, headlines
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _, bracketed, name_of
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.indicators import INDICATORS
from rules.movements import Account

PATH = "/funds"
TITLE = N_("资金运行")
TABS = {
    "flows": N_("收支"),
    "payments": N_("用款与拨付"),
    "accounts": N_("账户与存款"),
    "pooling": N_("归集在途"),
    "reconcile": N_("对账调节"),
    "legacy": N_("结余上解"),
}
BODIES = {
    "payments": payments,
    "accounts": accounts,
    "pooling": pooling,
    "reconcile": reconcile,
    "legacy": legacy,
}


def show(reading: Reading) -> Component:
    if reading.scheme.kind == "published":
        return published_totals.flows(reading)
    tab = _tab(reading)
    if reading.snapshot.month is None:
        body: Component = parts.message(_("本险种还没有收支数据。"), _("请在“数据接入”上传数据。"))
    else:
        body = BODIES.get(tab, _flows)(reading)
    names = [
        (
            _(name),
            reading.view.href(tab="" if code == "flows" else code, item="", show="", measure="", number=""),
            code == tab,
        )
        for code, name in TABS.items()
    ]
    foot = [] if reading.snapshot.month is None else [heading.footer(_read_at(reading, tab))]
    return html.Div([frame.tabs(_(TITLE), names), html.Div([body, *foot], className="content")], className="tabbed")


def _read_at(reading: Reading, tab: str) -> Reading:
    """The reading as a tab has it: of the month chosen there, or of the newest data, at which books are reconciled."""
    if tab == "payments":
        return of_month(reading, month_shown(reading))
    if tab == "reconcile" and not reading.view.version:
        return replace(reading.running, month=month_of(reading))
    return reading


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
    if reading.is_province and reading.snapshot.facts.opened:
        body += account_band(reading)
    return html.Div([*body, html.Div([left, right], className="split even")])


def _flow_sentence(reading: Reading) -> list[Child]:
    facts, at = reading.snapshot.facts, reading.snapshot.at
    income = int(facts.income(reading.region)[at])
    spent = int(facts.expenditure(reading.region)[at])
    month = as_of.month_words(reading, reading.snapshot.month or 0)
    text = (
        N_("{month}收入{income}亿元、支出{spent}亿元，当月结余增加{change}亿元")
        if income >= spent
        else N_("{month}收入{income}亿元、支出{spent}亿元，当月结余减少{change}亿元")
    )
    return [
        *sentence(
            text,
            month=month,
            income=Strong(reading.printed("month", income, part=INCOME_TOTAL)),
            spent=Strong(reading.printed("month", spent, part=EXPENDITURE_TOTAL)),
            change=Strong(display.printed(reading.about.figure("result.month", income - spent), absolute=True)),
        ),
        *_agreement(reading),
    ]


def _agreement(reading: Reading) -> list[Child]:
    difference = int(reading.snapshot.facts.identity_difference(reading.region)[reading.snapshot.at])
    if difference == 0:
        return [_("；各账户合计与基金结余一致。")]
    yuan = display.printed(reading.about.figure("accounts.difference", difference), "yuan", absolute=True)
    return sentence(N_("；各账户合计与基金结余相差{yuan}元，待查。"), yuan=Strong(yuan))


def _second(reading: Reading) -> list[Child]:
    treasury = int(reading.snapshot.facts.account(reading.region, Account.TREASURY)[reading.snapshot.at])
    delay = figures.figure(reading, "pooling_delay")
    said = sentence(N_("国库待划转{amount}亿元"), amount=reading.printed("account", treasury, part=Account.TREASURY))
    if delay.value is not None:
        said += sentence(N_("，平均停留{days}天"), days=display.printed(delay, places=0))
    return [*said, _("。")]


# How the year's beginning leads to the balance, written out.
CLOSING = N_("期初 {opening} ＋ 收入 {income} − 支出 {spent} ＝ 结余 {closing}")


def closing_terms(reading: Reading) -> dict[str, Printed]:
    """The terms of ``CLOSING`` of the year looked at; the ledger has opening balances."""
    facts, at, first = reading.snapshot.facts, reading.snapshot.at, reading.snapshot.year_start
    balance = facts.result_balance(reading.region)
    opening = int(balance[first - 1]) if first else facts.opening(reading.region)
    income = int(facts.income(reading.region)[first : at + 1].sum())
    spent = int(facts.expenditure(reading.region)[first : at + 1].sum())
    return {
        "opening": reading.printed("balance.opening", opening),
        "income": reading.printed("to_date", income, part=INCOME_TOTAL),
        "spent": reading.printed("to_date", spent, part=EXPENDITURE_TOTAL),
        "closing": reading.printed("balance_total", int(balance[at])),
    }


def closing_note(terms: Mapping[str, Printed]) -> str:
    """That the terms, rounded, do not make the result; "" where they do."""
    return display.rounding_note([terms["opening"], terms["income"]], [terms["spent"]], terms["closing"])


def _closing_line(reading: Reading) -> Component:
    """Opening + income − expenditure = closing, written out; and the accounts beside it."""
    if not reading.snapshot.facts.opened:
        return html.Div(_("没有导入期初余额，结余和账户余额不能计算。"))
    facts, at = reading.snapshot.facts, reading.snapshot.at
    closing, accounts = int(facts.result_balance(reading.region)[at]), int(facts.account_total(reading.region)[at])
    terms = closing_terms(reading)
    note = closing_note(terms)
    return html.Div(
        [
            html.Div(
                [
                    *sentence(CLOSING, **{name: Strong(term) for name, term in terms.items()}),
                    *([bracketed(note)] if note else []),
                ]
            ),
            html.Div(
                sentence(
                    N_("账户合计 {accounts}，差 {difference} 元"),
                    accounts=reading.printed("accounts.total", accounts),
                    difference=reading.printed("accounts.difference", accounts - closing, unit="yuan"),
                )
            ),
        ]
    )


def flow_chart(reading: Reading) -> Chart:
    """Income and expenditure of the year's months (the last twelve in January to March)."""
    facts, at = reading.snapshot.facts, reading.snapshot.at
    first = min(reading.snapshot.year_start, max(0, at - 11))
    months = facts.months[first : at + 1]
    income = [int(fen) for fen in facts.income(reading.region)[first : at + 1]]
    spent = [int(fen) for fen in facts.expenditure(reading.region)[first : at + 1]]
    columns = (
        Column("month", _("月份")),
        Column("income", _("收入"), "money", what=f"month:{INCOME_TOTAL}"),
        Column("spent", _("支出"), "money", what=f"month:{EXPENDITURE_TOTAL}"),
        Column("change", _("当月结余"), "money", what="result.month"),
    )
    rows = [
        Row(
            {"month": display.month_name(m), "income": a, "spent": b, "change": a - b},
            period=display.period_month(m),
        )
        for m, a, b in zip(months, income, spent, strict=True)
    ]
    span = display.span(display.month_name(months[0]), display.month_name(months[-1]))
    title, happened = _("收入与支出"), annotating.events(reading, months)
    table = Table("flows", title, columns, rows, about=reading.about)
    flows = {"income": facts.income(reading.region), "spent": facts.expenditure(reading.region)}
    before = {key: figures.year_before(reading, fen, len(months)) for key, fen in flows.items()}

    def draw(colours: Palette) -> Figure:
        came, went, left = (
            series.Months.of(table, key, months, rows, before.get(key, ())) for key in ("income", "spent", "change")
        )
        return series.income_and_expenditure(came, went, left, colours, events=happened)

    marks = (Mark("income", "line", "accent"), Mark("spent", "line", "brown"), Mark("change", "bar", "below"))
    plot = Plot(table, "month", rows, marks, events=happened)
    told = headlines.flows(plot, "income", "spent", _("亿元"))
    return Chart("flows", title, _("亿元"), span, draw, table, plot, headline=told)


FLOW_SORTS = ("income", "spent", "change", "growth", "spent_growth")


def flow_table(reading: Reading) -> Table:
    """Income, expenditure and net of the year to date, one row per region below, the whole at the foot."""
    columns = (
        Column("region", _("地区")),
        Column("income", _("累计收入"), "money", what=f"to_date:{INCOME_TOTAL}"),
        Column("growth", _("同比%"), "percent", what=f"growth:{INCOME_TOTAL}"),
        Column("spent", _("累计支出"), "money", what=f"to_date:{EXPENDITURE_TOTAL}"),
        Column("spent_growth", _("同比%"), "percent", what=f"growth:{EXPENDITURE_TOTAL}"),
        Column("change", _("收支差额"), "money", what="result.to_date"),
        Column("month_income", _("当月收入"), "money", what=f"month:{INCOME_TOTAL}"),
        Column("month_spent", _("当月支出"), "money", what=f"month:{EXPENDITURE_TOTAL}"),
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
    rows.sort(key=lambda row: -(row.values[key] if row.values[key] is not None else -(10**20)))
    if children and (own.any() or spent_own.any()):
        name, place = figures.below_no_region(reading)
        rows.append(_flow_row(reading, name, own, spent_own, place))
    whole = _flow_row(
        reading, _("合计"), facts.income(reading.region), facts.expenditure(reading.region), reading.region
    )
    return Table("regions", _("分地区收支"), columns, rows, foot=[replace(whole, style="sum")], about=reading.about)


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
        href=reading.view.href(region=code) if code in reading.tree and code != reading.region else "",
        place=code,
    )


# --- drawer and files


def drawer(reading: Reading) -> Component | None:
    item = reading.view.item
    if item.startswith(cash.MONTH):
        return month_drawer(reading, item.removeprefix(cash.MONTH))
    if item.startswith(cash.DEPOSIT):
        return deposit_drawer(reading, item) if reading.has_months else None
    if item in INDICATORS:
        return indicator_drawer(reading, item, str(g.theme))
    return payment_drawer(reading) if reading.has_months and _tab(reading) == "payments" else None


def calculations(reading: Reading) -> Mapping[str, Calculation]:
    """The cases of the cash plan and of the advance for the start of pooling, as looked at."""
    plan = cash.plan_of(reading)
    return {**advance.calculation(reading), **({} if plan is None else {CASE: ("cash_plan", plan.case)})}


PAGE = Page(
    PATH,
    TITLE,
    show,
    drawer,
    tables={
        "regions": of_months(flow_table),
        "accounts": of_months(account_table),
        "deposits": of_months(deposit_table),
        "payments": of_months(payment_table),
        "payment-units": of_months(payment_units),
        "banks": of_months(bank_table),
        "kinds": of_months(kind_table),
        "cover": cover_table,
        "maturing": of_months(maturing_table),
        "cash-plan": plan_table,
        "cash-accounts": balance_table,
        "cash-ladder": ladder_table,
        "pooling": of_months(pooling_table),
        "transit-ages": of_months(age_table),
        "quarterly": of_months(quarter_table),
        "quarterly-units": of_months(unit_table),
        "legacy": of_months(legacy_table),
        "legacy-outflows": of_months(outflow_table),
        "advance": of_months(advance.advance_table),
        **{code: of_months(build) for code, build in RECONCILED.items()},
        **published_totals.TABLES,
        **history.tables(),
    },
    charts={"flows": of_months(flow_chart), **history.charts()},
    calculations=calculations,
    acts=(*OF_PAYMENTS, *OF_DEPOSITS, *RECONCILING),
    documents={APPLICATION: application},
)
