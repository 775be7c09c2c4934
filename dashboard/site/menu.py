"""The menu by role. A menu hides, it does not forbid: rights are in ``workflows.people.rights``."""

from __future__ import annotations

from workflows.people.accounts import Role

# What the menu shows first.
MENU: dict[Role, tuple[str, ...]] = {
    Role.LEADER: ("/", "/warnings", "/funds", "/gap", "/assessment", "/briefings"),
    Role.CITY: ("/region", "/warnings", "/budget", "/gap", "/assessment", "/data"),
    # The one page of business that is open to it holds the assumed parameters, which 系统管理 leads to.
    Role.SYSTEM_ADMIN: ("/data", "/admin"),
}
# Where a role begins; 总览 for all others.
HOME: dict[Role, str] = {
    Role.CITY: "/region",
    Role.SYSTEM_ADMIN: "/admin",
    Role.SECURITY_ADMIN: "/admin",
    Role.AUDIT_ADMIN: "/admin",
}
# Reached from what is on screen, in the menu only where a role's own list names it.
OFF_MENU = frozenset({"/region"})


def home_of(role: Role) -> str:
    """The page with which a role begins."""
    return HOME.get(role, "/")
