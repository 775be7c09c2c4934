"""The demonstration's monthly comparison of the income plan, of the last signed months: offices compare within the week, who
is far behind or ahead reports why. Of the last month one office has not compared, of several that owe a report the last
one has not given it, and nobody has taken note yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Engine

from data_access.books.facts import Facts, load_facts
from data_access.books.income.review import compare as compared_of
from data_access.books.plans import load_plans
from data_access.books.versions import MonthClose, closes
from data_access.store.engine import writing
from demonstration.world.stories import INCOME_AHEAD, INCOME_BEHIND
from rules.budget.income_review import asked, owes, share, sides
from rules.department import Department
from rules.month import Month
from rules.scheme import load_scheme
from workflows.income_reviews.register import Review, compare, load_review, load_steps, note, report, units
from workflows.people.accounts import By

MONTHS = 3
NOTED_AFTER = timedelta(days=2)
OFFICES = {Department.TAX: "税务局", Department.AGENCY: "社保中心"}
NOTING = {Department.TAX: ("demo-tax", "演示税务"), Department.AGENCY: ("demo-agency", "演示经办")}


def enter_income_reviews(engine: Engine, scheme_code: str, now: datetime) -> None:
    """Enter what offices compared and reported; nothing where something stands, or no month was signed."""
    scheme = load_scheme(scheme_code)
    with writing(engine) as connection:
        signed = [one for one in closes(connection, scheme_code) if asked(scheme, one.month)][-MONTHS:]
        if not signed or load_steps(connection, scheme_code):
            return

        @cache
        def facts_at(version: int) -> Facts:
            return load_facts(connection, scheme_code, version)

        for close in signed:
            facts, last = facts_at(close.version), close is signed[-1]
            plans = load_plans(connection, scheme_code, tree=facts.tree).at(close.version)
            places, day = units(facts.tree, Month(close.month).last), Month(close.month).last
            beyond = share(scheme, day)
            for side in sides(scheme):
                found = {one: compared_of(facts, plans, side, one, close.month, day) for one in places}
                owing = [one for one in places if owes(found[one].due_fen, found[one].actual_fen, beyond)]
                silent = set(owing[1:][-1:]) if last else set()
                if last and side.department == Department.AGENCY:
                    silent.update([one for one in places if one not in owing][-1:])
                for at, region in enumerate(places):
                    by = _by(facts.tree.region(region).name, side.department, close, at)
                    if region in silent or by.at >= now:
                        continue
                    of = Review(close.month, region, side.department)
                    if region not in owing:
                        compare(connection, scheme_code, of, found[region], beyond, close.version, by)
                        continue
                    ahead = (found[region].difference_fen or 0) > 0
                    said = INCOME_AHEAD if ahead else INCOME_BEHIND
                    report(connection, scheme_code, of, found[region], said, close.version, by)
                    if not last:
                        known = load_review(connection, scheme_code, close.month, region, side.department)
                        login, name = NOTING[side.department]
                        noted = By(login, name, side.department, by.at + NOTED_AFTER)
                        note(connection, scheme_code, known, "", close.version, noted)


def _by(place: str, department: Department, close: MonthClose, at: int) -> By:
    """Somebody of a place's office, some days after the month was signed."""
    name = f"{place}{OFFICES[department]}"
    return By(
        f"demonstration-{department}", name, department, close.signed_at + timedelta(days=1 + at % 4, hours=at % 5)
    )
