"""Whose turn it is: what the table's words mean of an account, and of a matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from data_access.books.regions import OWN, RegionTree
from rules.alerts.threshold import Level
from rules.department import SIGNERS, Department
from workflows.matters.records import Kind, Matter, Waiting
from workflows.matters.table import BY_STAGE, Turn, Who
from workflows.people.accounts import Account, Role
from workflows.people.local_rights import DUTIFUL, leads, reviews_for, signs
from workflows.people.rights import (
    ANSWERING,
    ASSESSING,
    BUDGETING,
    DECIDING,
    LEADERS,
    MONITORS,
    SIGNING,
    SUPERVISING,
    WRITING,
    answers_to,
    covers,
    covers_whole,
    decides,
    department_of,
    signs_for,
)

Rule = Callable[[Account, Matter, Waiting, RegionTree], bool]
# Of what leaders are informed, as far as it is not theirs.
LEADERS_HEAR_OF = Level.RED
SECOND = frozenset({Role.MONITOR, Role.SYSTEM_ADMIN})
LOCAL_AGENCIES = frozenset({Role.AGENCY, Role.CITY})


def _of_province(roles: frozenset[Role]) -> Rule:
    return lambda account, _matter, _waiting, tree: account.role in roles and covers_whole(account, tree)


def _office(account: Account, matter: Matter, _waiting: Waiting, tree: RegionTree) -> bool:
    """The province's office of the matter's department; 人社 for what is of none of those that sign."""
    department = matter.departments[0] if matter.departments else ""
    keeper = account.role in SIGNING | {Role.AGENCY} and covers_whole(account, tree)
    return keeper and department_of(account) == (department or SIGNERS[0])


def _department(account: Account, matter: Matter, _waiting: Waiting, tree: RegionTree) -> bool:
    """The province's accounts of any of the matter's departments."""
    keeper = account.role in DUTIFUL - {Role.CITY} and covers_whole(account, tree)
    return keeper and department_of(account) in matter.departments


def _place(account: Account, matter: Matter, _waiting: Waiting, tree: RegionTree) -> bool:
    """The place's own people; of several departments the matter's, and who is of none."""
    local = account.role is Role.CITY and covers(account, tree, matter.region) and not covers_whole(account, tree)
    concerned = not matter.departments or account.department in matter.departments
    return local and (account.department is None or concerned)


def _units(account: Account, matter: Matter, _waiting: Waiting, tree: RegionTree) -> bool:
    """Agencies of the places, and who is of no department there, for the units that are theirs; the province's for its own."""
    if account.role not in LOCAL_AGENCIES or department_of(account) not in (None, Department.AGENCY):
        return False
    mine = [code for code in matter.record.units if covers(account, tree, code)]
    if covers_whole(account, tree):
        return any(tree.parent(code) == tree.root and tree.region(code).kind == OWN for code in mine)
    return bool(mine)


RULES: Mapping[Who, Rule] = {
    Who.LOCAL: lambda account, matter, _waiting, tree: signs(account, matter.region, matter.departments, tree),
    Who.HOLDER: lambda account, _matter, waiting, tree: answers_to(account, waiting.to, tree),
    Who.LEADING: lambda account, matter, waiting, tree: leads(account, waiting.to, matter.region, tree),
    Who.MONITOR: _of_province(MONITORS),
    Who.LEADER: lambda account, matter, _waiting, tree: (
        account.role in LEADERS and covers(account, tree, matter.region)
    ),
    Who.GIVER: lambda account, _matter, waiting, _tree: account.role in SUPERVISING and account.login == waiting.to,
    Who.OFFICE: _office,
    Who.PLACE: _place,
    Who.ASSESSOR: _of_province(ASSESSING),
    Who.SIGNER: lambda account, matter, _waiting, tree: (
        covers_whole(account, tree)
        and signs_for(account) is not None
        and signs_for(account) not in {step.department for step in matter.record.signed}
    ),
    Who.FINANCE: _of_province(frozenset({Role.FINANCE})),
    Who.UNITS: _units,
    Who.BELOW: lambda account, matter, _waiting, tree: any(
        reviews_for(account, side, matter.region, tree) for side in matter.departments
    ),
    Who.AGENCY: _of_province(frozenset({Role.AGENCY})),
    Who.NAMED: lambda account, _matter, waiting, _tree: account.role in WRITING and account.login == waiting.to,
    Who.WRITER: lambda account, matter, _waiting, tree: (
        account.role in WRITING and covers(account, tree, matter.region)
    ),
    Who.SIGNATORY: lambda account, matter, _waiting, tree: (
        account.role in LEADERS and covers(account, tree, matter.region)
    ),
    Who.SECOND: _of_province(SECOND),
    Who.REOPENER: _of_province(DECIDING),
    Who.DEPARTMENT: _department,
    Who.SIDE: lambda account, matter, _waiting, tree: (
        account.role in ANSWERING - {Role.CITY}
        and covers_whole(account, tree)
        and department_of(account) in matter.departments
    ),
    Who.KEEPER: lambda account, matter, _waiting, tree: (
        account.role in ANSWERING
        and covers(account, tree, matter.region)
        and department_of(account) in (None, *matter.departments)
    ),
    Who.OFFICES: lambda account, matter, _waiting, tree: (
        account.role in BUDGETING and covers_whole(account, tree) and department_of(account) in matter.departments
    ),
    Who.DECIDER: lambda account, matter, _waiting, _tree: decides(account, account.login, matter.record),
}
# Who hears of a matter that is nobody's own: 知会.
INFORMED: Mapping[Kind, frozenset[Role]] = {
    Kind.CASE: ANSWERING | MONITORS | LEADERS,
    Kind.INSTRUCTION: MONITORS | ANSWERING | {Role.WRITER},
    Kind.ISSUE: SIGNING | {Role.AGENCY, Role.CITY},
    Kind.GAP: SIGNING | {Role.CITY},
    Kind.BRIEFING: WRITING,
    Kind.LIMITS: MONITORS,
    Kind.DELIVERY: frozenset(),
    Kind.DEADLINE: DUTIFUL,
    Kind.MONTH: frozenset({Role.FINANCE, Role.WRITER}),
    Kind.FUNDS: frozenset({Role.FINANCE, Role.AGENCY}),
    Kind.DEPOSIT: frozenset(),
    Kind.RECONCILING: MONITORS,
    Kind.BUDGET: frozenset(),
    Kind.REVIEW: frozenset(),
}


def turns_of(account: Account, matter: Matter, tree: RegionTree) -> Iterator[tuple[Turn, Waiting]]:
    """What of a matter is an account's to do now, the most urgent first."""
    for waiting in matter.waiting:
        turn = BY_STAGE[matter.kind, waiting.stage]
        if account.login not in waiting.but and RULES[turn.who](account, matter, waiting, tree):
            yield turn, waiting


def informed(account: Account, matter: Matter, tree: RegionTree) -> bool:
    """Whether an account is told of a matter that is not its own, once a day: of its own place, where its office has to do
    with it; a leader of what is red."""
    if account.role not in INFORMED[matter.kind] or not covers(account, tree, matter.region):
        return False
    if account.role is Role.LEADER:
        return matter.level >= LEADERS_HEAR_OF
    department = department_of(account)
    concerned = department is None or not matter.departments or department in matter.departments
    return account.role in MONITORS or concerned
