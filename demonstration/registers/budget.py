"""The demonstration's budgets: the running year's as it was issued and received, its adjustment, and the next year's on its
way: drafted in October, answered by most units, by one with another amount and by one too late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, Engine, insert, select

from data_access.books.facts import load_facts
from data_access.books.funds import load_deposits
from data_access.books.parameters import scheme_in_force
from data_access.books.plans import Plans, load_plans
from data_access.books.statistics import load_statistics
from data_access.books.versions import closes, current_version
from data_access.store import schema
from data_access.store.engine import writing
from demonstration.world.spending import WAN_FEN
from rules.budget.procedure import DOCUMENTED, OF_UNITS, ProcedureStep, procedure
from rules.department import Department
from rules.month import SHANGHAI, Month
from rules.scheme import Scheme
from workflows.budget.proposals import Books, Entered, factors, planned_units, proposals
from workflows.budget.register import DONE, BudgetRound, load_rounds
from workflows.budget.steps import advance, answer, note, open_round, set_figure
from workflows.people.accounts import By

FINANCE = ("demo-finance", "演示财政", Department.FISCAL)
SOCIAL = ("demo-monitor", "演示监测员", Department.SOCIAL)
TAX = ("demo-tax", "演示税务", Department.TAX)
AGENCY = ("demo-agency", "演示经办", Department.AGENCY)
PEOPLE = {one[2]: one for one in (FINANCE, SOCIAL, TAX, AGENCY)}
# What no book knows, as the offices entered it in October.
ENTERED = {
    "pension_adjustment": ("0.02", "暂按上年调整幅度，国家文件下发后调整"),
    "mortality": ("0.021", "上年死亡人数÷离退休人数"),
    "death_months": ("20", "丧葬抚恤待遇标准折算"),
    "demand_rate": ("0.002", "开户银行活期优惠利率"),
}
# The budget's steps in the year before it: month, day.
DRAFTED, PUT_OUT = (10, 14), (10, 22)
ANSWERED = ((10, 28), (11, 3), (11, 10), (11, 14))
LATE = (11, 17)
# Of the units in their order: who wants another amount, who answers late, who not at all; of Jiangsu a county of the city
# whose account the demonstration has.
WANTING, LATE_UNIT, SILENT = 3, 5, 7
SILENT_COUNTY = "320585"
WANTED = Decimal("0.965")
RECEIVED = (1, 26)  # the first day of receipts, in the budget's own year


def enter_budgets(engine: Engine, scheme_code: str, now: datetime) -> None:
    """The budgets of a scheme with plans; nothing where some stand."""
    with writing(engine) as connection:
        plans = load_plans(connection, scheme_code)
        year = now.astimezone(SHANGHAI).year
        if not plans.rows or load_rounds(connection, scheme_code):
            return
        scheme = scheme_in_force(connection, scheme_code)
        versions = sorted({row.version for (of, _r, _i), rows in plans.rows.items() if of == year for row in rows})
        for version in versions:
            _issued(connection, scheme, plans, year, version)
        _next(connection, scheme, plans, year + 1, now)


def _issued(connection: Connection, scheme: Scheme, plans: Plans, year: int, version: int) -> None:
    """A version of the plans that stand, as the round by which they came about."""
    rows = {
        (region, item): row
        for (of, region, item), given in plans.rows.items()
        for row in given
        if of == year and row.version == version
    }
    approved = max(row.approved_on for row in rows.values())
    document = next(iter(rows.values())).approval_ref
    reason = "国家统一调整基本养老金水平" if version else None
    table, figure = schema.budget_round, schema.budget_figure
    mine = (schema.plan.c.scheme == scheme.code, schema.plan.c.year == year, schema.plan.c.version == version)
    batch = connection.execute(select(schema.plan.c.batch).where(*mine).limit(1)).scalar()
    values = {"scheme": scheme.code, "year": year, "version": version, "state": DONE, "reason": reason}
    made = insert(table).values(**values, delivery=batch, row_version=1).returning(table.c.id)
    number = int(connection.execute(made).scalar_one())
    amounts = [
        {
            "round": number,
            "region": region,
            "item": item,
            "drafted_fen": row.amount_fen,
            "why": reason,
            "row_version": 1,
        }
        for (region, item), row in rows.items()
    ]
    connection.execute(insert(figure), amounts)
    units = [region for region in dict.fromkeys(region for region, _item in rows) if region != scheme.province]
    received = date(year, *RECEIVED) if not version else approved
    for place, step in enumerate(procedure(scheme, year, adjustment=version > 0)):
        if step.code in OF_UNITS:
            continue
        on = approved if step.code in DOCUMENTED or step.code == "issue" else _day(year, version, place, approved)
        told = {"document": document, "document_on": approved} if step.code in DOCUMENTED else {}
        note(connection, number, step.code, _by(step.offices[place % len(step.offices)], on), **told)
    governed = [unit for unit in units if plans.tree.region(unit).governed]
    steps = []
    if not version and any(step.code == "reply" for step in procedure(scheme, year)):
        for unit in governed:
            by = _unit(plans, unit, date(year - 1, 11, 6))
            who = {"login": by.login, "name": by.name, "department": by.department, "happened_at": by.at}
            steps.append({"round": number, "step": "agree", "region": unit, **who})
    for place, unit in enumerate(governed):
        by = _unit(plans, unit, _after(received, place % 4))
        who = {"login": by.login, "name": by.name, "department": by.department, "happened_at": by.at}
        steps.append({"round": number, "step": "receive", "region": unit, **who})
    connection.execute(insert(schema.budget_step), steps)


def _day(year: int, version: int, place: int, approved: date) -> date:
    """A day on which a step before the approval was made."""
    return (
        date(approved.year, approved.month, max(1, approved.day - 20 + 3 * place))
        if version
        else date(year - 1, 10, 10 + place)
    )


def _after(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)


def _next(connection: Connection, scheme: Scheme, plans: Plans, year: int, now: datetime) -> None:
    """Next year's budget, as far as its steps were made by now."""
    drafted, put_out = (date(year - 1, *day) for day in (DRAFTED, PUT_OUT))
    version, signed = current_version(connection), closes(connection, scheme.code)
    known = [close.month for close in signed if close.month < Month.of(drafted)]
    if _at(drafted) > now or version is None or not known:
        return
    books = Books(
        scheme,
        load_facts(connection, scheme.code),
        plans,
        load_statistics(connection, scheme.code, plans.tree),
        load_deposits(connection, scheme.code, version.id),
        planned_units(plans, year),
        year,
        max(known),
    )
    entered = _entered(scheme, plans, year)
    steps = procedure(scheme, year)
    first, second = (PEOPLE[one] for one in _offices(steps))
    one = open_round(connection, scheme, year, proposals(books, entered), _by(first[2], drafted))
    rows = [
        {"round": one.id, "region": region, "name": name, "value": str(value), "source": source}
        for (region, name), (value, source) in entered.items()
    ]
    connection.execute(insert(schema.budget_driver), rows)
    one = _draft(connection, scheme, plans, one, _by(first[2], drafted))
    units = one.units(scheme.province)
    one = advance(connection, scheme, one, units, "", None, _by(first[2], drafted))
    if _at(put_out) > now:
        return
    one = advance(connection, scheme, one, units, f"演示预算函〔{year - 1}〕36号", None, _by(second[2], put_out))
    if one.state == "reply":
        _answers(connection, plans, one, units, now)


def _offices(steps: Sequence[ProcedureStep]) -> tuple[Department, Department]:
    """Whose first two steps are: by two persons, where one office may make both by two of the offices named."""
    first, second = steps[0].offices, steps[1].offices
    return first[0], next(one for one in (*second[1:], *second) if one != first[0])


def _entered(scheme: Scheme, plans: Plans, year: int) -> Entered:
    root = scheme.province
    found = {(root, name): (Decimal(value), source) for name, (value, source) in ENTERED.items()}
    for factor in factors(scheme, year):
        before = plans.original(root, factor.item, year - 1)
        if factor.method == "issued" and before:
            found[root, f"issued_fen:{factor.item}"] = (Decimal(before), f"演示财社〔{year - 1}〕71号")
    return found


def _draft(connection: Connection, scheme: Scheme, plans: Plans, one: BudgetRound, by: By) -> BudgetRound:
    """The offices' own amounts: the subsidy that was agreed with the treasuries, one unit's drive for arrears."""
    for item in ("subsidy_local", "subsidy_central"):
        figure = one.figures.get((scheme.province, item))
        before = plans.original(scheme.province, item, one.year - 1)
        if figure is not None and before and figure.drafted_fen != before:
            told = (scheme.province, item, before, "按上年预算水平与财政部门商定", figure.row_version)
            one = set_figure(connection, scheme, one, *told, by)
    unit = one.units(scheme.province)[WANTING]
    figure = one.figures.get((unit, "premium"))
    if figure is not None and figure.drafted_fen:
        more = figure.drafted_fen * 107 // 100 // WAN_FEN * WAN_FEN
        one = set_figure(connection, scheme, one, unit, "premium", more, "清欠专项行动增收", figure.row_version, by)
    return one


def _answers(connection: Connection, plans: Plans, one: BudgetRound, units: Sequence[str], now: datetime) -> None:
    for place, unit in enumerate(units):
        late = place == LATE_UNIT
        if unit == SILENT_COUNTY or (place == SILENT and SILENT_COUNTY not in units):
            continue
        on = date(one.year - 1, *(LATE if late else ANSWERED[place % len(ANSWERED)]))
        if _at(on) > now:
            continue
        by, figure = _unit(plans, unit, on), one.figures.get((unit, "premium"))
        if place == WANTING and figure is not None and figure.drafted_fen:
            wanted = int(figure.drafted_fen * WANTED) // WAN_FEN * WAN_FEN
            answer(connection, one, unit, ("premium", wanted), "两户重点企业搬迁停产，清欠难以一次到位。", by)
        else:
            note(connection, one.id, "agree", by, region=unit)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 15, tzinfo=SHANGHAI)


def _by(office: Department, on: date) -> By:
    return By(*PEOPLE[office], _at(on))


def _unit(plans: Plans, unit: str, on: date) -> By:
    name = plans.tree.region(unit).name
    return By(f"demo-{unit}", f"{name}财政局", Department.FISCAL, _at(on))
