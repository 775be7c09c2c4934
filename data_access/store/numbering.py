"""Running numbers 编号 that people read: W26-001, 26-05, 2026-32, and the order in which they stand."""

from __future__ import annotations

import re

from sqlalchemy import Column, ColumnElement, Connection, select, text

_DIGITS = re.compile(r"([0-9]+)")


def next_number(connection: Connection, column: Column[str], prefix: str, *where: ColumnElement[bool]) -> int:
    """The number after the highest of those that stand in ``column`` behind a prefix; 1 where none does.

    Who asks holds back the others until the transaction ends, so that no two are given the same. A text with more
    behind the digits, such as the counter-entry 26-05-R, is no running number.
    """
    take_turn(connection, f"{column.table}.{column.name}")
    taken = select(column).where(column.startswith(prefix, autoescape=True), *where)
    running = (number.removeprefix(prefix) for number in connection.execute(taken).scalars())
    return 1 + max((int(digits) for digits in running if _DIGITS.fullmatch(digits)), default=0)


def take_turn(connection: Connection, name: str) -> None:
    """Wait until no other transaction numbers the same; SQLite lets one transaction write at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def by_number(reference: str) -> tuple[str | int, ...]:
    """The key that sorts references by the numbers in them: W26-999 before W26-1000."""
    return tuple(int(part) if place % 2 else part for place, part in enumerate(_DIGITS.split(reference)))
