"""The case of the twelve-month cash plan 资金计划, out of the books of one version, the forecasts and what was decided.

By which way income comes in is read from the ledger: each item goes on the way on which most of it came in the last
twelve months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from data_access.books.facts import Facts
from data_access.books.forecasts import Forecast, Key
from data_access.books.funds import Deposit
from data_access.books.requests import Requests
from rules.calendar import WorkingCalendar
from rules.cash.cash_plan import Case, Flow, Held, Redeposit, Result, calculate, disbursed_in
from rules.execution_form import EXPENDITURE_TOTAL, INCOME_TOTAL
from rules.in_force import case as in_force_case
from rules.money import rounded
from rules.month import Month
from rules.movements import Account
from rules.scheme import ParameterValue, Scheme
from workflows.cash.decisions import Decision, Use

WAYS = ("collect", "local_receive", "receive")
YEAR = 12
SHARE_PLACES = 6


@dataclass(frozen=True, slots=True)
class Books:
    """What a plan is made of, ``scheme`` with what the province set. ``day``: up to which it is known what was done, ``on``: of which the parameters are in force; ``decided``: by the deposit's reference."""

    scheme: Scheme
    facts: Facts
    forecasts: Mapping[Key, Forecast]
    requests: Requests
    deposits: Sequence[Deposit]
    decided: Mapping[str, Decision]
    calendar: WorkingCalendar
    day: date
    on: date


@dataclass(frozen=True, slots=True)
class CashPlan:
    """``last``: the signed month that it begins after. ``asked``: the months whose disbursement is what was asked or
    approved; ``rests_on``: the parameters used."""

    last: Month
    case: Case
    result: Result
    rests_on: tuple[ParameterValue, ...]
    asked: frozenset[Month]
    held: tuple[Deposit, ...]


def cash_plan(books: Books) -> CashPlan | None:
    """The plan of the province's twelve months after the last signed one; None where there are no opening balances, or
    no forecast of all income and expenditure."""
    facts, root = books.facts, books.facts.tree.root
    income, spent = books.forecasts.get((root, INCOME_TOTAL)), books.forecasts.get((root, EXPENDITURE_TOTAL))
    if not facts.opened or income is None or spent is None or income.last != spent.last:
        return None
    last = Month(income.last)
    if last not in facts.months:
        return None
    months = [Month(ahead.month) for ahead in income.months]
    flows, use_after, asked = _flows(books, last, months)
    at = facts.index(last)
    balance = {account: int(facts.account(root, account)[at]) for account in Account}
    local = _waiting_locally(facts, at, balance[Account.LOCAL_FISCAL])
    spending = _spending(balance) - local
    named = balance[Account.PROVINCIAL] + balance[Account.TREASURY] + local + spending + balance[Account.DEPOSIT]
    held = tuple(one for one in books.deposits if one.account == Account.DEPOSIT and one.matures_on > last.last)
    placed_in = max(Month.of(books.day), months[0])
    case, rests_on = in_force_case(
        Case,
        books.scheme,
        books.on,
        liquid_fen=balance[Account.PROVINCIAL],
        treasury_fen=balance[Account.TREASURY],
        local_fen=local,
        expenditure_fen=spending,
        deposits_fen=balance[Account.DEPOSIT],
        other_fen=int(facts.account_total(root)[at]) - named,
        months=flows,
        use_after_fen=use_after,
        transit_share=_transit_share(facts, at),
        held=tuple(
            Held(one.ref, Month.of(one.matures_on).iso, one.amount_fen) for one in held if one.starts_on <= last.last
        ),
        redeposits=tuple(_redeposits(books, held, last, months)),
        placed_in=placed_in.iso if placed_in in months else None,
    )
    return CashPlan(last, case, calculate(case), rests_on, asked, held)


def _spending(balance: Mapping[Account, int]) -> int:
    """What lies on the way to those it is paid to."""
    return sum(balance[one] for one in (Account.LOCAL_FISCAL, Account.CITY_EXPENDITURE, Account.EXPENDITURE))


def _waiting_locally(facts: Facts, at: int, balance: int) -> int:
    """Of local fiscal accounts, what they received and have not handed up."""
    received, handed = (facts.moved(facts.tree.root, one)[: at + 1].sum() for one in ("local_receive", "local_pool"))
    return min(max(0, int(received - handed)), max(0, balance))


def _transit_share(facts: Facts, at: int) -> Decimal:
    """Of a month's collection, what is in the treasury at its end: the mean of the last twelve months."""
    year = slice(max(0, at - YEAR + 1), at + 1)
    collected = int(facts.moved(facts.tree.root, "collect")[year].sum())
    waiting = int(facts.account(facts.tree.root, Account.TREASURY)[year].sum())
    return (
        min(Decimal(1), max(Decimal(0), rounded(Decimal(waiting) / collected, SHARE_PLACES)))
        if collected
        else Decimal(0)
    )


def way_of(facts: Facts, item: str, at: int) -> str:
    """By which movement most of an income item came in the last twelve months; the first where none did."""
    year = slice(max(0, at - YEAR + 1), at + 1)
    return max(WAYS, key=lambda one: int(facts.moved(facts.tree.root, one, item)[year].sum()))


def _flows(books: Books, last: Month, months: Sequence[Month]) -> tuple[tuple[Flow, ...], int, frozenset[Month]]:
    """The months' flows, the use of the month after them, and the months of which it is known what was asked for."""
    facts, root, at = books.facts, books.facts.tree.root, books.facts.index(last)
    top = [item for item in facts.scheme.items if item.parent is None]
    ways = {item.code: way_of(facts, item.code, at) for item in top if item.side == "income"}
    remitted = [item.code for item in top if item.side == "expenditure" and _remitted(facts, item.code, at)]

    def expected(items: Iterable[str]) -> list[int]:
        found = [books.forecasts[root, code] for code in items if (root, code) in books.forecasts]
        return [sum(one.months[n].mean_fen for one in found if one.last == last) for n in range(len(months))]

    collected, quarterly, direct = (expected(code for code, way in ways.items() if way == one) for one in WAYS)
    income, spent, up = expected([INCOME_TOTAL]), expected([EXPENDITURE_TOTAL]), expected(remitted)
    paid = [whole - part for whole, part in zip(spent, up, strict=True)]
    # The month after the last is expected as the same month a year before it.
    out, asked = _disbursed(books, last, [*months, months[-1].plus(1)], [*paid, paid[0]])
    flows = tuple(
        Flow(
            code=month.iso,
            collected_fen=collected[n],
            quarterly_fen=quarterly[n],
            direct_fen=direct[n],
            difference_fen=income[n] - collected[n] - quarterly[n] - direct[n],
            disbursed_fen=out[n],
            paid_fen=paid[n],
            remitted_fen=up[n],
        )
        for n, month in enumerate(months)
    )
    return flows, out[len(months)] + up[0], asked


def _remitted(facts: Facts, item: str, at: int) -> bool:
    """Whether an expenditure item is paid by the province itself 上解上级."""
    return bool(facts.moved(facts.tree.root, "remit", item)[max(0, at - YEAR + 1) : at + 1].any())


def _disbursed(
    books: Books, last: Month, months: Sequence[Month], paid: Sequence[int]
) -> tuple[list[int], frozenset[Month]]:
    """What leaves the provincial account in each month: each month's need where it is known what was asked for, else
    what is expected to be paid, in the month in which it leaves; and the months asked for."""
    facts, root = books.facts, books.facts.tree.root
    at = facts.index(last)
    known = len(books.requests.of(root, last))
    out, asked = [0] * len(months), set[Month]()
    for n, month in enumerate(months):
        need = max(0, paid[n])
        if known and len(books.requests.of(root, month)) >= known:
            given = books.requests.approved(root, month)
            need = given if given is not None else books.requests.asked(root, month) or 0
            asked.add(month)
        leaves = _leaves_in(books, month)
        if leaves <= last:
            # Sent ahead, as far as it lies in the accounts that it is paid from.
            sent = _spending({one: int(facts.account(root, one)[at]) for one in Account})
            need, leaves = max(0, need - sent), month
        out[months.index(leaves)] += need
    return out, frozenset(asked)


def _leaves_in(books: Books, month: Month) -> Month:
    """By the day that the profile sets for 拨付; where it sets none, some working days before the paying day."""
    scheme, on = books.scheme, month.first
    if "disbursement_day" in scheme.parameters:
        return disbursed_in(month, _day(month, scheme.parameter("disbursement_day", on)), 0, books.calendar)
    ahead = int(str(scheme.parameter("disburse_ahead_days", on).value))
    return disbursed_in(month, _day(month, scheme.parameter("paying_day", on)), ahead, books.calendar)


def _day(month: Month, value: ParameterValue) -> date:
    return month.first.replace(day=min(int(str(value.value)), month.last.day))


def _redeposits(books: Books, held: Sequence[Deposit], last: Month, months: Sequence[Month]) -> Iterable[Redeposit]:
    """Deposits made since the opening, and those decided on that are still to come."""
    for one in held:
        starts, matures = Month.of(one.starts_on), Month.of(one.matures_on)
        if starts > last and one.starts_on <= books.day and starts in months and matures > starts:
            yield Redeposit(f"{one.ref}.made", starts.iso, matures.iso, one.amount_fen, made=True)
        decision = books.decided.get(one.ref)
        if one.starts_on > books.day or one.matures_on <= books.day or matures not in months or decision is None:
            continue
        if decision.what == Use.REDEPOSIT and decision.amount_fen and decision.term_months:
            until = matures.plus(decision.term_months)
            yield Redeposit(one.ref, matures.iso, until.iso, decision.amount_fen)
