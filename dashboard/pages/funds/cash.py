"""The cash plan 资金计划 as the pages of 资金运行 read it: the plan of the period looked at, its figures, its words."""

from __future__ import annotations

from dash import html

from dashboard.components.parts import Child, sentence
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.passport import Figure, Number, Printed
from dashboard.words.wording import N_, _
from data_access.books.funds import Deposit, load_deposits
from data_access.books.requests import load_requests
from data_access.intake.sources.status import load_calendar
from rules.cash.cash_plan import MonthEnd
from rules.month import Month
from rules.movements import Account
from workflows.cash.decisions import Decision, Use, decisions, holding, name_in_addresses
from workflows.cash.planning import Books, CashPlan, cash_plan

PATH = "/funds"
SIX = 6
DEPOSIT, MONTH = "deposit-", "cash-"
USES = {Use.REDEPOSIT: N_("转存"), Use.KEEP: N_("留作备付"), Use.OPEN: N_("待定")}
TERMS = {3: N_("3个月"), 6: N_("6个月"), 12: N_("1年"), 24: N_("2年"), 36: N_("3年")}


def plan_of(reading: Reading) -> CashPlan | None:
    """The plan of the province as the period looked at knows it, with what is decided by now; None below the province, and
    where there is no opening balance or forecast."""
    if not reading.is_province or not reading.has_months:
        return None
    snapshot, code = reading.snapshot, reading.scheme.code
    about = (
        "cash_plan",
        code,
        snapshot.version.id,
        snapshot.known,
        snapshot.day,
        reading.today,
        reading.published.stamp,
    )
    known: tuple[CashPlan | None] | None = reading.published.kept(about)
    if known is None:
        books = Books(
            reading.scheme,
            snapshot.facts,
            snapshot.forecasts([reading.region]),
            reading.ask(load_requests, code, reading.tree, snapshot.version.id),
            reading.ask(load_deposits, code, snapshot.version.id),
            decided(reading),
            reading.ask(load_calendar),
            snapshot.day,
            reading.today,
        )
        known = reading.published.keep(about, (cash_plan(books),))
    return known[0]


def decided(reading: Reading) -> dict[str, Decision]:
    """What holds of each deposit by now, by its reference."""
    return dict(holding(reading.ask(decisions, reading.scheme.code)))


def held(reading: Reading) -> list[Deposit]:
    """Deposits of the region and below that have started and not matured on the day shown, soonest first."""
    every = reading.ask(load_deposits, reading.scheme.code, reading.snapshot.version.id)
    inside = set(reading.tree.subtree(reading.region))
    day = reading.snapshot.day
    return [d for d in every if d.region in inside and d.starts_on <= day < d.matures_on]


def own_deposits(reading: Reading) -> list[Deposit]:
    """Of those the province's own deposits and bonds."""
    return [one for one in held(reading) if one.account == Account.DEPOSIT]


def ahead(plan: CashPlan, count: int = SIX) -> tuple[MonthEnd, ...]:
    """The next months of the plan, from the running one on."""
    codes = [end.code for end in plan.result.months]
    at = codes.index(plan.case.placed_in) if plan.case.placed_in else 0
    return plan.result.months[at : at + count]


def figure(reading: Reading, what: str, value: Number | None, month: str, part: str = "") -> Figure:
    """A figure of the plan, of one of its months (2026-11)."""
    return reading.about.figure(f"cash.{what}", value, part=part, period=month)


def printed(reading: Reading, what: str, value: Number | None, month: str, part: str = "") -> Printed:
    return display.printed(figure(reading, what, value, month, part))


def month_words(reading: Reading, code: str) -> str:
    """12月, of another year 2027年3月."""
    month = Month.parse(code)
    assert month is not None, "months of a plan are written so"
    return as_of.month_words(reading, month)


def item_of(deposit: Deposit) -> str:
    """A deposit in an address."""
    return f"{DEPOSIT}{name_in_addresses(deposit.ref)}"


def term_words(months: int) -> str:
    return _(TERMS[months]) if months in TERMS else _("{count}个月", count=months)


def after_words(reading: Reading, deposit: Deposit, decision: Decision | None) -> list[Child]:
    """到期后（拟）: what is decided of a deposit; "—" where nothing is."""
    if decision is None:
        return [display.NO_VALUE]
    if decision.what != Use.REDEPOSIT or decision.term_months is None:
        return [_(USES[Use(decision.what)])]
    # A term is no figure of the books.
    said = html.Span(_("转存{term}", term=term_words(decision.term_months)), className="worded")
    if decision.amount_fen == deposit.amount_fen:
        return [said]
    amount = display.printed(reading.about_now.figure("deposit.next", decision.amount_fen, part=deposit.ref))
    return [said, *sentence(N_("，{amount}亿元"), amount=amount)]


def bank_words(deposit: Deposit) -> str:
    """Where it lies: the bank, of a bond 国债."""
    return _("国债") if deposit.kind == "bond" else deposit.bank


def kind_words(deposit: Deposit) -> str:
    if deposit.account != Account.DEPOSIT:
        return _("历年结余定期")
    return _("国债") if deposit.kind == "bond" else _("定期存款")
