"""The demonstration's final accounts of last year: delivered once its December is signed, explained, signed and decided."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pyarrow as pa
from sqlalchemy import Engine

from data_access.books.facts import load_facts
from data_access.books.versions import closes
from data_access.intake.importers import import_rows
from data_access.store.engine import writing
from demonstration.world import stories
from rules.department import Department
from rules.month import SHANGHAI, Month
from rules.scheme import load_scheme
from workflows.final_accounts.register import DECISIONS, SIGNING, FinalYear, decide, explain, lines_of, load_steps, sign
from workflows.people.accounts import By

FORM = "final"
# Days of the following year: signed, and each decision some weeks later.
SIGNED_ON = (2, 20)
DECIDED_AFTER = timedelta(days=28)
NAMES = {Department.FISCAL: "演示财政", Department.SOCIAL: "演示监测员", Department.AGENCY: "演示经办"}
LOGINS = {Department.FISCAL: "finance", Department.SOCIAL: "monitor", Department.AGENCY: "agency"}


def deliver_final_accounts(engine: Engine, scheme: str, now: datetime) -> None:
    """Last year's figures as the finance side reports them: December as signed, and what the year's closing still added."""
    year = now.astimezone(SHANGHAI).year - 1
    lines = _lines(engine, scheme, year)
    if not lines:
        return
    rows = [
        {"item": item, "amount_fen": december + stories.FINAL_SLIPS.get(item, 0)} for item, december in lines.items()
    ]
    same = {
        "scheme": scheme, "department": Department.FISCAL, "form": FORM, "region": load_scheme(scheme).province,
        "since": Month.at(year, 1), "until": Month.at(year, 12),
    }  # fmt: skip
    columns = {name: [str({**same, **row}[name]) for row in rows] for name in (*same, "item", "amount_fen")}
    import_rows(engine, "reported_total", pa.table(columns), origin="demonstration", demo=True, now=now)


def work_final_accounts(engine: Engine, scheme: str, now: datetime) -> None:
    """The differences explained, signed by the three offices and decided on as far as the year has come; nothing when that
    stands."""
    year = now.astimezone(SHANGHAI).year - 1
    lines = _lines(engine, scheme, year)
    with writing(engine) as connection:
        if not lines or load_steps(connection, scheme, year):
            return
        slips = stories.FINAL_SLIPS
        final = {item: december + slips.get(item, 0) for item, december in lines.items()}

        def found() -> FinalYear:
            return FinalYear(year, lines_of(lines, final, [*lines]), load_steps(connection, scheme, year))

        on = datetime.combine(date(year + 1, *SIGNED_ON), time(15), SHANGHAI)
        for line in found().unexplained:
            if on < now:
                explain(
                    connection, scheme, found(), line.item, stories.FINAL_REASONS[line.item], _by(Department.FISCAL, on)
                )
        for days, department in enumerate(SIGNING, start=1):
            at = on + timedelta(days=days)
            if at < now:
                sign(connection, scheme, found(), _by(department, at))
        for number, step in enumerate(DECISIONS, start=1):
            at = on + number * DECIDED_AFTER
            if at < now:
                document = stories.FINAL_DOCUMENTS[step].format(year=year, next=year + 1)
                decide(connection, scheme, found(), step, document, at.date(), _by(Department.FISCAL, at))


def _by(department: Department, at: datetime) -> By:
    return By(LOGINS[department], NAMES[department], department, at)


def _lines(engine: Engine, scheme: str, year: int) -> dict[str, int]:
    """By item the year's total in the ledger as its December was signed; empty while it is not."""
    with engine.connect() as connection:
        close = next((one for one in closes(connection, scheme) if one.month == Month.at(year, 12)), None)
        if close is None:
            return {}
        facts = load_facts(connection, scheme, close.version)
    if Month.at(year, 1) not in facts.months:
        return {}
    first, last = facts.index(Month.at(year, 1)), facts.index(close.month)
    whole = {
        item.code: int(facts.item(facts.tree.root, item.code)[first : last + 1].sum()) for item in facts.scheme.items
    }
    return {item: fen for item, fen in whole.items() if fen}
