"""The demonstration's registers of who pays, entered by the ordinary functions as the persons concerned would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, Engine

from data_access.books.facts import Facts, load_facts
from data_access.books.parameters import scheme_in_force
from data_access.books.plans import Plans, load_plans
from data_access.store.engine import writing
from demonstration.world import gap
from rules.department import Department
from rules.month import SHANGHAI, Month
from rules.scheme import MANAGEMENT_GAP, Scheme
from workflows.gap import items as gap_items
from workflows.gap.factors import load_factors, record_factors
from workflows.gap.general import Changes, plan_year, share_out
from workflows.gap.items import Finding
from workflows.gap.register import GapItem, Payment, gap_item, load_credits, load_gap_items, load_settlements
from workflows.gap.scenarios import save_scenario
from workflows.gap.settlements import book_credits, issue_shares, record_payment, report_budget
from workflows.people.accounts import By

STEP_DAYS = 4  # between two steps of an item
OVERDUE_DAYS = 51  # of the local shares of the general gap
UNPAID_EVERY = 9  # one in so many units has not paid its share


def enter_registers(engine: Engine, scheme_code: str, now: datetime) -> None:
    """Factors, credits of last year, items in every state, shares issued, payments, scenarios; nothing when they stand."""
    with writing(engine) as connection:
        if load_gap_items(connection, scheme_code):
            return
        scheme = scheme_in_force(connection, scheme_code)
        plans, facts = load_plans(connection, scheme_code), load_facts(connection, scheme_code)
        year = now.astimezone(SHANGHAI).year
        units = plans.units_of(plans.tree.root, year)
        _factors(connection, scheme, year, units, plans.tree.root)
        if "over_collection_bands" in scheme.parameters:
            _credits(connection, scheme, plans, facts, year - 1, now)
        known = scheme.knows(MANAGEMENT_GAP, now.astimezone(SHANGHAI).date())
        for case in gap.cases(scheme_code, units) if known else ():
            _enter(connection, scheme, plans, year, case, now)
        _shares(connection, scheme, plans, facts, year, now)
        _scenarios(connection, scheme, year, units, now)


def _factors(connection: Connection, scheme: Scheme, year: int, units: tuple[str, ...], root: str) -> None:
    if "gap_factors" not in scheme.parameters:
        return
    weighed = scheme.parameter("gap_factors", date(year, 1, 1)).value
    assert isinstance(weighed, list)
    values = gap.factor_values(scheme.code, [factor["name"] for factor in weighed], units)
    values[root] = values.pop("")
    record_factors(connection, scheme.code, year, values, "演示数据")


def _credits(connection: Connection, scheme: Scheme, plans: Plans, facts: Facts, year: int, now: datetime) -> None:
    """Last year's plan and collection of the items that are the units' duty; none before the ledger begins."""
    if Month.at(year, 1) not in facts.months:
        return
    at, last = facts.index(Month.at(year, 1)), facts.index(Month.at(year, 12))
    results = {}
    for unit in plans.units_of(plans.tree.root, year):
        plan = plans.items(unit, scheme.local_items, year, date(year, 12, 31))
        actual = int(facts.items(unit, scheme.local_items)[at : last + 1].sum())
        results[unit] = (plan or 0, actual)
    anomalies: Mapping[str, bool | None] = dict.fromkeys(results, False)
    book_credits(connection, scheme, year, results, anomalies, _by(gap.REGISTRAR, now, 290))


def _by(person: tuple[str, str, str], now: datetime, days_ago: int) -> By:
    return By(*person, now - timedelta(days=max(days_ago, 0)))


def _enter(connection: Connection, scheme: Scheme, plans: Plans, year: int, case: gap.Case, now: datetime) -> None:
    """One item, step by step as far as it has come."""
    inputs = dict(case.inputs)
    if case.short:
        plan = plans.items(case.region, scheme.local_items, year, date(year, 12, 31)) or 0
        inputs |= {"plan_fen": plan, "actual_fen": int(plan * (1 - case.short))}
    finding = Finding(case.region, inputs, case.facts, case.evidence, expected=bool(case.short))
    ago = case.days_ago
    item = gap_items.register(connection, scheme, year, finding, _by(gap.REGISTRAR, now, ago))
    number = item.number
    if case.reaches == "lead":
        return
    gap_items.assess(connection, scheme, item, item.inputs, _by(gap.REGISTRAR, now, ago - STEP_DAYS))
    if case.excluded_fen:
        gap_items.exclude(
            connection,
            _again(connection, scheme, number),
            case.excluded_fen,
            case.excluded_why,
            f"苏人社核〔{year}〕{number}号" if scheme.province == "320000" else f"核〔{year}〕{number}号",
            _by(gap.REGISTRAR, now, ago - 2 * STEP_DAYS),
        )
    if case.objection:
        other = ("demo-other", "市县人社局", Department.SOCIAL)
        gap_items.object_to(
            connection, _again(connection, scheme, number), case.objection, "", _by(other, now, ago - 3 * STEP_DAYS)
        )
    if case.reply:
        item = _again(connection, scheme, number)
        gap_items.answer(connection, item, case.reply, "", _by(gap.REGISTRAR, now, ago - 4 * STEP_DAYS))
    if case.reaches == "withdrawn":
        why, document = "经查与本险种无关，冲回", f"冲〔{year}〕{number}号"
        item = _again(connection, scheme, number)
        gap_items.withdraw(connection, item, scheme.code, why, document, _by(gap.REGISTRAR, now, ago - 12))
    if case.reaches in ("signing", "determined", "told", "settled"):
        _conclude(connection, scheme, number, year, case, now)


def _conclude(connection: Connection, scheme: Scheme, number: str, year: int, case: gap.Case, now: datetime) -> None:
    """Signatures, the document, payments."""
    ago = case.days_ago - 5 * STEP_DAYS
    signers = gap.SIGNERS[:2] if case.reaches == "signing" else gap.SIGNERS
    for place, person in enumerate(signers):
        item = _again(connection, scheme, number)
        gap_items.sign(connection, item, f"认〔{year}〕{number}号", _by(person, now, ago - place))
    if case.reaches not in ("told", "settled"):
        return
    due_on = now.astimezone(SHANGHAI).date() + timedelta(days=case.due_in)
    document = f"{'苏' if scheme.province == '320000' else ''}人社函〔{year}〕{int(number[3:]) + 40}号"
    item = _again(connection, scheme, number)
    gap_items.tell(connection, item, scheme.code, document, due_on, _by(gap.REGISTRAR, now, ago - 8))
    owed = next(one for one in load_settlements(connection, scheme.code, year) if one.item == item.id)
    if case.budgeted is not None:
        report_budget(connection, owed, case.budgeted, f"财预〔{year}〕8号" if case.budgeted else "")
    paid = int(owed.due_fen * case.paid) // 1_000_000 * 1_000_000 if case.paid < 1 else owed.due_fen
    if paid:
        owed = next(one for one in load_settlements(connection, scheme.code, year) if one.item == item.id)
        day = due_on - timedelta(days=6)
        payment = Payment("paid", day, paid, None, f"缴款书{number}")
        record_payment(connection, scheme.code, owed, payment, _by(gap.SIGNERS[1], now, -case.due_in + 5))


def _again(connection: Connection, scheme: Scheme, number: str) -> GapItem:
    item = gap_item(connection, scheme.code, number)
    assert item is not None
    return item


def _shares(connection: Connection, scheme: Scheme, plans: Plans, facts: Facts, year: int, now: datetime) -> None:
    """Where the plan leaves a local share, it was issued in spring; most units have paid."""
    today = now.astimezone(SHANGHAI).date()
    at = facts.index(Month.at(year, 1))
    root = plans.tree.root
    opening = int(facts.result_balance(root)[at - 1]) if at else facts.opening(root)
    credits = {one.region: one.left_fen(today) for one in load_credits(connection, scheme.code, year - 1)}
    factors = load_factors(connection, scheme.code, year)
    plan = plan_year(plans, year, today, opening, credits, factors)
    if plan is None:
        return
    found = share_out(plan, scheme)
    shares = found.owed
    if not found.local_fen:
        return
    due_on = today - timedelta(days=OVERDUE_DAYS)
    issue_shares(connection, scheme.code, year, shares, due_on, f"财社〔{year}〕21号")
    owed_by = [one for one in load_settlements(connection, scheme.code, year) if one.basis == "general"]
    for place, owed in enumerate(owed_by):
        if place % UNPAID_EVERY == 4:
            continue
        payment = Payment("paid", due_on - timedelta(days=place % 20), owed.due_fen, None, f"缴款书{place + 1:03d}")
        record_payment(connection, scheme.code, owed, payment, _by(gap.SIGNERS[1], now, OVERDUE_DAYS))
    for owed in load_settlements(connection, scheme.code, year):
        if owed.basis == "general":
            report_budget(connection, owed, True, f"财预〔{year}〕8号")


def _scenarios(connection: Connection, scheme: Scheme, year: int, units: tuple[str, ...], now: datetime) -> None:
    """Two what-ifs to begin with."""
    person = gap.REGISTRAR[:2]
    no_surplus = Changes(surplus_share=Decimal(0), province_share=Decimal("0.4"))
    save_scenario(connection, scheme.code, year, "不动用结余、省级四成", no_surplus, person, now - timedelta(days=9))
    slower = Changes(collection=dict.fromkeys(units, Decimal(-2)), benefit_growth=Decimal("1.5"))
    save_scenario(connection, scheme.code, year, "征缴少收2%、退休增长1.5%", slower, person, now - timedelta(days=8))
