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


def demand(scope: Scope, path: str) -> None:
    """Raises NotAllowed when the page is closed to the account."""
    if not may_open(scope, path):
        raise NotAllowed(f"{scope.role} may not open {path}", page=path)
