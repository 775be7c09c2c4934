"""Who may do what with a case 事项: the city side within its own subtree, the province's offices for the whole of it.

An assignee 承办 is a login, or ``REGION/DEPARTMENT``: everyone of that department in that region. The city's own
accounts without a department answer for all departments of their region.
"""

from __future__ import annotations

from data_access.books.regions import NATION, RegionTree
from rules.errors import NotAllowed
from workflows.cases.register import Case
from workflows.people.accounts import Account, Role
from workflows.people.outbox import DEPARTMENTS, covers

OFFICES = frozenset({Role.MONITOR, Role.FINANCE, Role.TAX, Role.TREASURY, Role.AGENCY})
WORKING = OFFICES | {Role.CITY}
HUMAN_RESOURCES = "人社"
_DEPARTMENT_OF = {role: name for name, role in DEPARTMENTS.items()}


def department_of(account: Account) -> str | None:
    """The department an account belongs to: its own, or that of its role; None for a city's account of no department."""
    if account.department:
        return account.department
    return HUMAN_RESOURCES if account.role is Role.MONITOR else _DEPARTMENT_OF.get(account.role)


def answers_to(account: Account, assignee: str, tree: RegionTree) -> bool:
    """Whether an account is an assignee, or one of its department."""
    region, slash, department = assignee.partition("/")
    if not slash:
        return account.login == assignee
    here = account.region == region or (account.region == NATION and region == tree.root)
    own = department_of(account)
    return here and account.role in WORKING and (own == department or (own is None and account.role is Role.CITY))


def answers(account: Account, case: Case, tree: RegionTree) -> bool:
    """Whether an account was given a case, at first or further down: it may answer it, and it is shown as its own."""
    return any(answers_to(account, assignee, tree) for assignee in case.chain)


def demand_province(account: Account, tree: RegionTree) -> None:
    """Raises NotAllowed for anyone but the province's offices."""
    if account.role not in OFFICES or account.region not in (tree.root, NATION):
        raise NotAllowed(f"{account.login} does not decide for the province", action="work")


def demand_monitor(account: Account, tree: RegionTree) -> None:
    """Raises NotAllowed for anyone but the province's monitors 省级监测岗."""
    demand_province(account, tree)
    if account.role is not Role.MONITOR:
        raise NotAllowed(f"{account.login} is no monitor", action="work")


def demand_part(account: Account, case: Case, tree: RegionTree) -> None:
    """Raises NotAllowed for who neither sees the case's place nor was given the case."""
    if account.role not in WORKING or not (answers(account, case, tree) or covers(account, tree.path(case.place))):
        raise NotAllowed(f"{account.login} has no part in {case.number}", action="work")


def demand_assignee(account: Account, case: Case, tree: RegionTree) -> None:
    """Raises NotAllowed for who was not given the case, at first or further down."""
    if not answers(account, case, tree):
        raise NotAllowed(f"{case.number} was not given to {account.login}", action="submit")


def demand_below(account: Account, to: str, tree: RegionTree) -> None:
    """Raises NotAllowed unless an assignee ``REGION/DEPARTMENT`` lies in the account's own subtree."""
    region = to.partition("/")[0]
    if region not in tree or not covers(account, tree.path(region)):
        raise NotAllowed(f"{account.login} cannot give work to {to}", action="assign")
