"""Legacy balances 历年结余 not handed over yet: whether anything but handing over and depositing moved them 不得擅自动用.

苏政发〔2020〕45号 二（二）3. Asked of both books there are: of the ledger's accounts, rolled up apart from its movements, and of
what banks state of these accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, func, select

from data_access.books.bank import Line, load_matched
from data_access.books.facts import Facts
from data_access.books.standing import standing
from data_access.store import schema
from rules.movements import Account

# All that may move them: handing over, depositing, and what comes back from a deposit.
ALLOWED = ("legacy_transfer", "legacy_deposit", "legacy_mature")
LEGACY = (Account.LOCAL_LEGACY, Account.LEGACY_DEPOSIT)
LEAVES = "legacy_transfer"


@dataclass(frozen=True, slots=True)
class Strayed:
    """What went out of a region's legacy accounts in a month and was neither handed over nor deposited, in fen."""

    region: str
    month: int
    fen: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at and what was found: ``entries`` of the ledger, ``accounts`` of which banks state something with
    ``lines`` in all, ``strayed`` of the ledger, ``unbooked`` outflows that only the bank has."""

    entries: int
    accounts: int
    lines: int
    strayed: tuple[Strayed, ...]
    unbooked: tuple[Line, ...]


def load_checked(connection: Connection, facts: Facts, regions: Sequence[str], month: int) -> Checked:
    """The check of some regions' own legacy accounts up to the end of a month, as the facts' version knows them."""
    entry = schema.ledger_entry
    entries = connection.execute(
        select(func.count()).where(
            entry.c.scheme == facts.scheme.code,
            entry.c.movement.in_(ALLOWED),
            entry.c.region.in_(tuple(regions)),
            entry.c.month <= month,
            standing(entry, facts.version),
        )
    ).scalar_one()
    below = set(regions)
    stated = [one for one in load_matched(connection, facts, month) if one.account in LEGACY and one.region in below]
    unbooked = [line for one in stated for line in one.rest if line.book == "bank" and line.fen < 0]
    return Checked(
        entries,
        len(stated),
        sum(one.lines for one in stated),
        tuple(found for region in regions for found in _strayed(facts, region, month)),
        tuple(unbooked),
    )


def _strayed(facts: Facts, region: str, month: int) -> list[Strayed]:
    """The months in which a region's own accounts lost more than it handed over."""
    codes = ((1, region), *((-1, code) for code in facts.tree.children(region)))
    held = sum(sign * facts.account(code, account) for sign, code in codes for account in LEGACY)
    handed = sum(sign * facts.moved(code, LEAVES) for sign, code in codes)
    opening = sum(sign * facts.opening(code, account) for sign, code in codes for account in LEGACY)
    lost = -np.diff(held, prepend=opening) - handed
    return [
        Strayed(region, one, int(fen)) for one, fen in zip(facts.months, lost, strict=True) if fen > 0 and one <= month
    ]
