"""Whose deeds on record an account may read 谁看谁的操作记录.

Auditors read everybody's. The three administrators watch one another: the audit administrator reads everybody's but those of
audit administrators, which the security administrator reads, and nothing else. All of it within the reader's region; what the
installation did itself is of no region. Everybody else reads none here.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from data_access.store import schema
from data_access.store.trail import Wanted
from workflows.people.accounts import Role
from workflows.people.rights import Holder


def readable(connection: Connection, reader: Holder) -> Wanted:
    """The limits of what an account may read of the record."""
    account = schema.account
    known = connection.execute(select(account.c.login, account.c.role, account.c.region)).all()
    outside = frozenset(one.login for one in known if not within(one.region, reader.region))
    audit_admins = frozenset(one.login for one in known if one.role == Role.AUDIT_ADMIN)
    if reader.role is Role.AUDITOR:
        return Wanted(never=outside)
    if reader.role is Role.AUDIT_ADMIN:
        return Wanted(never=outside | audit_admins)
    return Wanted(only=audit_admins - outside if reader.role is Role.SECURITY_ADMIN else frozenset())


def within(region: str, top: str) -> bool:
    """Whether a region's code lies at or below another's: province, city and county are two digits each."""
    lead = top
    while lead.endswith("00"):
        lead = lead[:-2]
    return region.startswith(lead)
