"""Whose a case is to answer: what the queue shows as one's own is what the acts take from one, for every account."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data_access.books.regions import NATION, RegionTree, load_tree
from rules.alerts.episode import Work
from rules.department import Department
from rules.errors import NotAllowed
from tests.case_store import open_case
from tests.small_province import NANJING, PROVINCE, WUXI, XUANWU
from tests.warning_store import NOW
from workflows.cases.register import Case, CaseStep
from workflows.matters.cases import case_matter
from workflows.matters.turns import turns_of
from workflows.people.accounts import Account, Role
from workflows.people.rights import demand_assignee
from workflows.warnings.working_clock import WorkingClock, working_clock

# Of an account without a department of its own; a city's answers for all of them.
BY_ROLE = {
    Role.MONITOR: {Department.SOCIAL},
    Role.FINANCE: {Department.FISCAL},
    Role.TAX: {Department.TAX},
    Role.TREASURY: {Department.TREASURY},
    Role.AGENCY: {Department.AGENCY},
    Role.CITY: set(Department),
}


def given_to(case: Case, to: str) -> Case:
    members = tuple(replace(member, work=Work.HANDLING, due=NOW + timedelta(days=3)) for member in case.members)
    steps = (CaseStep(1, NOW, "monitor", "monitor", "assign", "", {"to": to}),)
    return replace(case, steps=steps, members=members)


def asked(account: Account, case: Case, tree: RegionTree, clock: WorkingClock) -> list[str]:
    """What of a case is an account's to do."""
    matter = case_matter(case, tree.root, (), clock, NOW)
    return [turn.act for turn, _waiting in turns_of(account, matter, tree)]


def may_answer(account: Account, case: Case, tree: RegionTree) -> bool:
    try:
        demand_assignee(account, case, tree)
    except NotAllowed:
        return False
    return True


def test_the_queue_and_the_acts_agree_for_every_role_department_and_place(sqlite_store: Engine) -> None:
    case = open_case(sqlite_store)
    with sqlite_store.connect() as connection:
        tree, clock = load_tree(connection, PROVINCE), working_clock(connection)
    wrong = []
    departments, places = (None, *Department), (NATION, PROVINCE, NANJING, XUANWU, WUXI)
    for role, own, at, wanted, where in itertools.product(
        Role, departments, places, Department, (PROVINCE, NANJING, XUANWU)
    ):
        account = Account("someone", "Someone", role, at, own, False)
        given = given_to(case, f"{where}/{wanted}")
        here = at == where or (at == NATION and where == PROVINCE)
        expected = here and role in BY_ROLE and wanted in ({own} if own else BY_ROLE[role])
        if may_answer(account, given, tree) != expected:
            wrong.append(f"acts: {role} of {own} at {at}, given to {where}/{wanted}")
        # A leader may say what he wants done, whoever it was given to.
        if ("case_submit" in asked(account, given, tree, clock)) != expected:
            wrong.append(f"queue: {role} of {own} at {at}, given to {where}/{wanted}")
    assert not wrong, "\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MONITOR])
def test_a_case_given_to_a_person_is_that_persons_alone(sqlite_store: Engine, role: Role) -> None:
    given = given_to(open_case(sqlite_store), "someone")
    with sqlite_store.connect() as connection:
        tree, clock = load_tree(connection, PROVINCE), working_clock(connection)
    someone = Account("someone", "Someone", role, NANJING, None, False)
    other = replace(someone, login="other")
    assert may_answer(someone, given, tree) and not may_answer(other, given, tree)
    assert "case_submit" in asked(someone, given, tree, clock)
    assert "case_submit" not in asked(other, given, tree, clock)
