"""Rights 权限 of a place's own side: who leads what was asked of it, who signs for its cases, who notes a statutory day."""

from __future__ import annotations

from collections.abc import Collection

from data_access.books.regions import NATION, RegionTree
from rules.department import Department
from rules.statutory.days import Duty, Level
from workflows.people.accounts import Account, Role
from workflows.people.rights import (
    ASSESSING,
    WORKING,
    Holder,
    answers_to,
    covers,
    covers_whole,
    department_of,
)

# Who compares a place's income with its plan, each for its department.
REVIEWING = frozenset({Role.CITY, Role.TAX, Role.AGENCY})
# Who notes statutory days as done, each for its department.
DUTIFUL = WORKING | ASSESSING


def leads(account: Account, given_to: str, region: str, tree: RegionTree) -> bool:
    """Whether an account leads what was asked of ``REGION/DEPARTMENT``, or of a government ``REGION/``: every office of
    it. What was asked of somebody in words is led by whoever works on cases of the region."""
    if account.role not in WORKING:
        return False
    place, slash, department = given_to.partition("/")
    if not slash:
        return covers(account, tree, region)
    if department:
        return answers_to(account, given_to, tree)
    return account.region == place or (account.region == NATION and place == tree.root)


def signs(account: Account, place: str, responsible: Collection[str], tree: RegionTree) -> bool:
    """Whether an account signs for a case 签收: of the place's own side 人社, which leads there, the departments that can
    act, and who is of none; never an office of the province."""
    department = department_of(account)
    own = account.role in WORKING and covers(account, tree, place) and not covers_whole(account, tree)
    return own and (department in (None, Department.SOCIAL) or department in responsible)


def answers_for(one: Holder, duty: Duty, region: str, tree: RegionTree) -> bool:
    """Whether an account notes a statutory day of a region as done 办结: the province's, of one of the departments
    responsible; what is each city's own, the city, its department or who is of none."""
    own, departments = department_of(one), duty.departments
    if duty.level is Level.UNIT:
        local = one.role is Role.CITY and region != tree.root and covers(one, tree, region)
        return local and (own is None or own in departments)
    return one.role in DUTIFUL - {Role.CITY} and region == tree.root and covers_whole(one, tree) and own in departments


def reviews_for(one: Holder, side: str, region: str, tree: RegionTree) -> bool:
    """Whether an account compares a region's income with its plan for a department: of the place's own side the
    department's, and who is of none; never an office of the province."""
    local = one.role in REVIEWING and covers(one, tree, region) and not covers_whole(one, tree)
    return local and department_of(one) in (None, side)


def notes_for(one: Holder, side: str, tree: RegionTree) -> bool:
    """Whether an account takes note of what a department's offices report: the province's own of that department."""
    return one.role in REVIEWING - {Role.CITY} and covers_whole(one, tree) and department_of(one) == side
