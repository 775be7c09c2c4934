"""The register of reconciliation: explanations of items, and the signatures of a month's statement.

An explanation is of an item as it stands: other data make another item, which nobody has explained. A department signs a
month once; where the data have changed since (签后变动), it signs anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from data_access.books.reconciliation import OWN
from data_access.books.reconciling.statement import BANK, Item
from data_access.store import schema
from data_access.store.numbering import take_turn
from rules.department import Department
from rules.errors import PoolwatchError
from workflows.people.accounts import By

TABLE = schema.reconciliation_step
EXPLAIN, TAKE_BACK, SIGN = "explain", "take_back", "sign"
KINDS = ("transit", "unreached", "error", "other")  # 在途、未达、错账、其他
SIDES = (Department.FISCAL, Department.TAX, Department.TREASURY, Department.AGENCY)
# Whose an item is, by the book that lacks it: the fund's own is everybody's.
_HOLDERS: Mapping[str, tuple[Department, ...]] = {
    **{side: (side,) for side in SIDES},
    OWN: SIDES,
    BANK: (Department.FISCAL, Department.AGENCY),
}


class ReconcilingRefused(PoolwatchError):
    """A step cannot be taken as asked; ``result`` says why: explained, not_explained, open, signed, no_side, running."""

    def __init__(self, message: str, result: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"reconciling_{result}"


@dataclass(frozen=True, slots=True)
class Said:
    """How an item is explained: of which of ``KINDS``, in words, and by when it is expected to clear (None: not said)."""

    kind: str
    text: str
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the register. ``stated`` of a signature: fen by book as signed."""

    id: int
    scheme: str
    month: int
    step: str
    item: str
    region: str
    book: str
    amount_fen: int | None
    kind: str
    text: str
    expected_on: date | None
    data_version: int
    stated: Mapping[str, int] | None
    happened_at: datetime
    login: str
    name: str
    department: str


def holders(item: Item) -> tuple[Department, ...]:
    """The departments that explain an item; of a bank's account finance and agency, who keep it."""
    return _HOLDERS[BANK if item.account else item.book]


def load_steps(connection: Connection, scheme: str) -> tuple[Step, ...]:
    """Every step of a scheme, oldest first."""
    rows = connection.execute(select(TABLE).where(TABLE.c.scheme == scheme).order_by(TABLE.c.id))
    return tuple(map(_step, rows))


def explanations(steps: Iterable[Step]) -> dict[str, Step]:
    """By item the explanation that stands."""
    found: dict[str, Step] = {}
    for one in steps:
        if one.step == EXPLAIN:
            found[one.item] = one
        elif one.step == TAKE_BACK:
            found.pop(one.item, None)
    return found


def signatures(steps: Iterable[Step], month: int) -> dict[str, Step]:
    """By department its last signature of a month."""
    return {one.department: one for one in steps if one.step == SIGN and one.month == month}


def explain(connection: Connection, scheme: str, month: int, item: Item, said: Said, version: int, by: By) -> None:
    """Explain an item that nothing explains. Raises ReconcilingRefused (explained)."""
    take_turn(connection, TABLE.name)
    if item.key in explanations(load_steps(connection, scheme)):
        raise ReconcilingRefused(f"{item.key} is explained", "explained")
    _write(connection, scheme, month, EXPLAIN, by, version, item=item, said=said)


def take_back(connection: Connection, scheme: str, month: int, item: Item, why: str, version: int, by: By) -> None:
    """Take an explanation back, which stays on record. Raises ReconcilingRefused (not_explained)."""
    take_turn(connection, TABLE.name)
    stood = explanations(load_steps(connection, scheme)).get(item.key)
    if stood is None:
        raise ReconcilingRefused(f"{item.key} is not explained", "not_explained")
    _write(connection, scheme, month, TAKE_BACK, by, version, item=item, said=Said(stood.kind, why))


def write_signature(
    connection: Connection, scheme: str, month: int, province: str, stated: Mapping[str, int], version: int, by: By
) -> None:
    """Put a department's signature on record; that it may is checked by :func:`workflows.reconciling.months.sign`."""
    _write(connection, scheme, month, SIGN, by, version, region=province, stated=json.dumps(stated))


def _write(
    connection: Connection,
    scheme: str,
    month: int,
    step: str,
    by: By,
    version: int,
    *,
    item: Item | None = None,
    said: Said | None = None,
    region: str = "",
    stated: str | None = None,
) -> None:
    values = {
        "scheme": scheme,
        "month": month,
        "step": step,
        "item": item.key if item else "",
        "region": item.region if item else region,
        "book": item.book if item else "",
        "amount_fen": item.fen if item else None,
        "kind": said.kind if said else "",
        "text": said.text if said else "",
        "expected_on": said.expected_on if said else None,
        "data_version": version,
        "stated": stated,
    }
    people = {"happened_at": by.at, "login": by.login, "name": by.name, "department": by.department}
    connection.execute(insert(TABLE).values(**values, **people))


def _step(row: Row[Any]) -> Step:
    values = {name: getattr(row, name) for name in Step.__slots__}
    return Step(**{**values, "stated": None if row.stated is None else json.loads(row.stated)})
