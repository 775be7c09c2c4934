"""The one policy: what an account may open and whose figures it may see. Every page, callback and route asks here.

Deny by default: a page or action that names no role is closed to everyone.
"""

from __future__ import annotations

from dataclasses import dataclass

from data_access.books.regions import NATION, RegionTree
from rules.errors import NotAllowed
from workflows.people.accounts import Account, Role

PROVINCE_READERS = frozenset(
    {
        Role.LEADER,
        Role.MONITOR,
        Role.ASSESSOR,
        Role.FINANCE,
        Role.TAX,
        Role.TREASURY,
        Role.AGENCY,
        Role.WRITER,
        Role.AUDITOR,
    }
)
EVERY_READER = PROVINCE_READERS | {Role.CITY}
OFFICES = frozenset({Role.MONITOR, Role.ASSESSOR, Role.FINANCE, Role.TAX, Role.TREASURY, Role.AGENCY, Role.CITY})

# Who answers for a case, and who works on one at all.
ANSWERING = frozenset({Role.CITY, Role.FINANCE, Role.TAX, Role.TREASURY, Role.AGENCY})
WORKING = ANSWERING | {Role.MONITOR}

# Page path → roles that may open it.
PAGES: dict[str, frozenset[Role]] = {
    "/": EVERY_READER,
    "/budget": EVERY_READER,
    "/funds": EVERY_READER,
    "/gap": EVERY_READER | {Role.SYSTEM_ADMIN},
    "/central": PROVINCE_READERS,
    "/assessment": EVERY_READER,
    "/region": EVERY_READER,
    "/messages": frozenset(Role),
    "/warnings": EVERY_READER,
    "/issues": EVERY_READER,
    "/thresholds": frozenset({Role.MONITOR, Role.SYSTEM_ADMIN, Role.AUDITOR}),
    "/data": frozenset(
        {
            Role.MONITOR,
            Role.FINANCE,
            Role.TAX,
            Role.TREASURY,
            Role.AGENCY,
            Role.CITY,
            Role.AUDITOR,
            Role.SYSTEM_ADMIN,
            Role.LEADER,
        }
    ),
}

# 问题台账: the province's departments find, verify and see to it that it is mended; the place answers for itself.
_KEEPERS = frozenset({Role.MONITOR, Role.ASSESSOR, Role.FINANCE, Role.TAX, Role.AGENCY})

# Action → roles that may do it.
ACTIONS: dict[str, frozenset[Role]] = {
    "upload": frozenset(
        {Role.MONITOR, Role.FINANCE, Role.TAX, Role.TREASURY, Role.AGENCY, Role.CITY, Role.SYSTEM_ADMIN}
    ),
    "close_month": frozenset({Role.MONITOR}),
    "refresh": frozenset({Role.MONITOR, Role.SYSTEM_ADMIN}),
    # Cases: the province's monitors direct, who was given one answers, leaders instruct. Each act asks for the region too.
    "messages_read": frozenset(Role),
    "case_sign": WORKING,
    "case_assign": frozenset({Role.MONITOR}),
    "case_hand_down": ANSWERING,
    "case_submit": ANSWERING,
    "case_return": frozenset({Role.MONITOR}),
    "case_close": frozenset({Role.MONITOR}),
    "case_except": frozenset({Role.MONITOR}),
    "case_ask": ANSWERING,
    "case_decide": frozenset({Role.MONITOR}),
    "case_remind": frozenset({Role.MONITOR}),
    "case_silence": frozenset({Role.MONITOR}),
    "case_unsilence": frozenset({Role.MONITOR}),
    "case_letter": frozenset({Role.MONITOR}),
    "instruct": frozenset({Role.LEADER}),
    "report_instruction": WORKING,
    "finish_instruction": frozenset({Role.LEADER, Role.MONITOR}),
    # 情况说明 by those whose business it is, each in its own region; 标注 of time charts.
    "write_explanation": OFFICES,
    "withdraw_explanation": OFFICES,
    "add_annotation": frozenset({Role.MONITOR, Role.CITY}),
    "withdraw_annotation": frozenset({Role.MONITOR, Role.CITY}),
    # 管理性缺口: 人社 registers and assesses, each department signs for itself, the other side objects.
    "gap_register": frozenset({Role.MONITOR, Role.ASSESSOR}),
    "gap_assess": frozenset({Role.MONITOR, Role.ASSESSOR}),
    "gap_exclude": frozenset({Role.MONITOR, Role.ASSESSOR}),
    "gap_sign": frozenset({Role.MONITOR, Role.ASSESSOR, Role.FINANCE, Role.TAX}),
    "gap_tell": frozenset({Role.MONITOR, Role.ASSESSOR}),
    "gap_object": frozenset({Role.CITY}),
    "gap_answer": frozenset({Role.MONITOR, Role.ASSESSOR}),
    "gap_withdraw": frozenset({Role.MONITOR}),
    "gap_payment": frozenset({Role.FINANCE}),
    "gap_budget": frozenset({Role.FINANCE, Role.CITY}),
    "gap_issue": frozenset({Role.FINANCE}),
    "gap_credits": frozenset({Role.MONITOR}),
    "issue_register": _KEEPERS,
    "issue_verify": _KEEPERS,
    "issue_dismiss": _KEEPERS,
    "issue_amount": _KEEPERS,
    "issue_assign": _KEEPERS,
    "issue_answer": frozenset({Role.CITY}),
    "issue_recover": _KEEPERS,
    "issue_exclude": frozenset({Role.MONITOR, Role.ASSESSOR}),
    "issue_extend": _KEEPERS,
    "issue_study": _KEEPERS,
    "issue_ask_close": _KEEPERS,
    "issue_close": _KEEPERS,
    "issue_decline": _KEEPERS,
    "issue_reopen": frozenset({Role.MONITOR, Role.ASSESSOR}),
    # 考核评估: values by hand; each department signs a year for itself.
    "assessment_enter": frozenset({Role.MONITOR, Role.ASSESSOR}),
    "assessment_sign": frozenset({Role.MONITOR, Role.ASSESSOR, Role.FINANCE, Role.TAX}),
    "save_scenario": frozenset({Role.MONITOR, Role.ASSESSOR, Role.FINANCE}),
    "set_parameter": frozenset({Role.SYSTEM_ADMIN}),
    "save_limit": frozenset({Role.MONITOR}),
    "end_limit": frozenset({Role.MONITOR}),
    "confirm_limits": frozenset({Role.MONITOR}),
    "dry_run_limits": frozenset({Role.MONITOR}),
    "apply_limits": frozenset({Role.MONITOR}),
    # The second person may also be the administrator, where an office has one monitor.
    "approve_limits": frozenset({Role.MONITOR, Role.SYSTEM_ADMIN}),
    "reject_limits": frozenset({Role.MONITOR, Role.SYSTEM_ADMIN}),
}

# What the menu shows first; a menu hides, it does not forbid.
MENU: dict[Role, tuple[str, ...]] = {
    Role.LEADER: ("/", "/warnings", "/funds", "/gap", "/assessment"),
    Role.CITY: ("/region", "/warnings", "/budget", "/gap", "/assessment", "/data"),
}
# Where a role begins; 总览 for all others.
HOME: dict[Role, str] = {Role.CITY: "/region"}
# Reached from what is on screen, in the menu only where a role's own list names it.
OFF_MENU = frozenset({"/region"})


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures an account may see: one region and everything below it."""

    role: Role
    region: str
    department: str | None

    @property
    def key(self) -> str:
        """Two accounts with the same key see the same answers."""
        return f"{self.role}/{self.region}/{self.department or ''}"

    def covers(self, tree: RegionTree, region: str) -> bool:
        """Whether a region's own figures may be shown. Published tables of the nation are public."""
        if region not in tree:
            return False
        return NATION in (tree.root, self.region) or self.region in tree.path(region)


def scope_of(account: Account) -> Scope:
    return Scope(account.role, account.region, account.department)


def may_open(scope: Scope, path: str) -> bool:
    return scope.role in PAGES.get(path, frozenset())


def may_do(scope: Scope, action: str) -> bool:
    return scope.role in ACTIONS.get(action, frozenset())


def demand(scope: Scope, path: str) -> None:
    """Raises NotAllowed when the page is closed to the account."""
    if not may_open(scope, path):
        raise NotAllowed(f"{scope.role} may not open {path}", page=path)


def demand_action(scope: Scope, action: str) -> None:
    """Raises NotAllowed when the account may not do it."""
    if not may_do(scope, action):
        raise NotAllowed(f"{scope.role} may not {action}", action=action)
