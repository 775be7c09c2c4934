"""The demonstration's registers of who pays, entered by the ordinary functions as the persons concerned would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, Engine

from data_access.books.facts import Facts, load_facts
from data_access.books.parameters import scheme_in_force
from data_access.books.plans import Plans, load_plans
from data_access.store.engine import writing
from demonstration.world import gap, stories
from demonstration.world.spending import WAN_FEN
from rules.deadlines import of_year
from rules.department import Department
from rules.month import SHANGHAI, Month
from rules.scheme import MANAGEMENT_GAP, Scheme
from workflows.gap import items as gap_items
from workflows.gap.factors import load_factors, record_factors
from workflows.gap.general import Changes, plan_year, share_out
from workflows.gap.items import Finding
from workflows.gap.register import (
    GapItem,
    Payment,
    Settlement,
    gap_item,
    load_credits,
    load_gap_items,
    load_settlements,
)
from workflows.gap.scenarios import save_scenario
from workflows.gap.settlements import book_credits, issue_shares, record_payment, report_budget
from workflows.people.accounts import By

STEP_DAYS = 4  # between two steps of an item
PAID_EVERY = 3  # of the running year's local shares, not due before the year's end, one in so many has been paid


def enter_registers(engine: Engine, scheme_code: str, now: datetime) -> None:
    """Factors, credits of last year, items in every state, shares issued, payments, scenarios; nothing when they stand."""
    with writing(engine) as connection:
        if load_gap_items(connection, scheme_code) or load_settlements(connection, scheme_code):
            return
        scheme = scheme_in_force(connection, scheme_code)
        plans, facts = load_plans(connection, scheme_code), load_facts(connection, scheme_code)
        year = now.astimezone(SHANGHAI).year
        root, units = plans.tree.root, plans.units_of(plans.tree.root, year)
        for of in (year - 1, year):
            _factors(connection, scheme, of, plans.units_of(root, of), root)
        if "over_collection_bands" in scheme.parameters:
            _credits(connection, scheme, plans, facts, year - 1, now)
        today = now.astimezone(SHANGHAI).date()
        if scheme.knows(MANAGEMENT_GAP, today):
            enter_items(connection, scheme, plans, gap.cases(scheme_code, today), now)
        for of in (year - 1, year):
            _shares(connection, scheme, plans, facts, of, now)
        _scenarios(connection, scheme, year, units, now)


def enter_items(connection: Connection, scheme: Scheme, plans: Plans, cases: Sequence[gap.Case], now: datetime) -> None:
    """Items of the register of the running year, each as far as it has come."""
    for case in cases:
        _enter(connection, scheme, plans, now.astimezone(SHANGHAI).year, case, now)


def _factors(connection: Connection, scheme: Scheme, year: int, units: tuple[str, ...], root: str) -> None:
    if "gap_factors" not in scheme.parameters or not units:
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
    paid = int(owed.due_fen * case.paid) // WAN_FEN * WAN_FEN if case.paid < 1 else owed.due_fen
    if paid:
        owed = next(one for one in load_settlements(connection, scheme.code, year) if one.item == item.id)
        day = min(due_on, now.astimezone(SHANGHAI).date()) - timedelta(days=6)
        payment = Payment("paid", day, paid, None, f"缴款书{number}")
        record_payment(connection, scheme.code, owed, payment, _by(gap.SIGNERS[1], now, max(-case.due_in, 0) + 5))


def _again(connection: Connection, scheme: Scheme, number: str) -> GapItem:
    item = gap_item(connection, scheme.code, number)
    assert item is not None
    return item


def _shares(connection: Connection, scheme: Scheme, plans: Plans, facts: Facts, year: int, now: datetime) -> None:
    """Where a year's plan leaves a local share, it was issued in spring: last year's all paid but for the planted unit,
    of this year's some before their day."""
    today = now.astimezone(SHANGHAI).date()
    running = year == today.year
    if Month.at(year, 1) not in facts.months:
        return
    at, root = facts.index(Month.at(year, 1)), plans.tree.root
    opening = int(facts.result_balance(root)[at - 1]) if at else facts.opening(root)
    day = today if running else date(year, 12, 31)
    credits = {one.region: one.left_fen(day) for one in load_credits(connection, scheme.code, year - 1)}
    factors = load_factors(connection, scheme.code, year)
    plan = plan_year(plans, year, day, opening, credits, factors)
    if plan is None:
        return
    found = share_out(plan, scheme)
    if not found.local_fen:
        return
    due_on = next(one.on for one in of_year(scheme, year) if one.code == "general_gap_due")
    issue_shares(connection, scheme, year, found.owed, due_on, f"财社〔{year}〕21号")
    for place, owed in enumerate(_general(connection, scheme, year)):
        unpaid = not running and (scheme.code, owed.region) == stories.SHARE_UNPAID
        if running and place % PAID_EVERY:
            continue
        paid_on = min(due_on, today) - timedelta(days=4 + place % 20)
        amount = owed.due_fen // 2 // WAN_FEN * WAN_FEN if unpaid else owed.due_fen
        if amount:
            payment = Payment("paid", paid_on, amount, None, f"缴款书{place + 1:03d}")
            record_payment(connection, scheme.code, owed, payment, _by(gap.SIGNERS[1], now, (today - paid_on).days))
    for owed in _general(connection, scheme, year):
        report_budget(connection, owed, True, f"财预〔{year}〕8号")


def _general(connection: Connection, scheme: Scheme, year: int) -> list[Settlement]:
    return [one for one in load_settlements(connection, scheme.code, year) if one.basis == "general"]


def _scenarios(connection: Connection, scheme: Scheme, year: int, units: tuple[str, ...], now: datetime) -> None:
    """Two what-ifs to begin with."""
    person = gap.REGISTRAR[:2]
    no_surplus = Changes(surplus_share=Decimal(0), province_share=Decimal("0.4"))
    save_scenario(connection, scheme.code, year, "不动用结余、省级四成", no_surplus, person, now - timedelta(days=9))
    slower = Changes(collection=dict.fromkeys(units, Decimal(-2)), benefit_growth=Decimal("1.5"))
    save_scenario(connection, scheme.code, year, "征缴少收2%、退休增长1.5%", slower, person, now - timedelta(days=8))
