"""The basket 材料篮: the charts, tables and texts that a reader put aside for a briefing, as they were then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from data_access.store import schema
from rules.errors import PoolwatchError

TABLE = schema.basket_item
MOST = 60  # that one basket holds


class BasketFull(PoolwatchError):
    """The basket holds as much as it may."""

    code = "basket_full"


class NoSuchItem(PoolwatchError):
    """Nothing of that number is in this login's basket."""

    code = "no_such_item"


@dataclass(frozen=True, slots=True)
class NewItem:
    """What is put in: ``kind`` picture, grid or text, the page's title and the view it stood at, its name in export addresses,
    its period in words, the published version, and the block as kept."""

    scheme: str
    kind: str
    title: str
    page: str
    address: str
    code: str
    period: str
    data_version: int
    content: Any


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a basket."""

    id: int
    login: str
    added_at: datetime
    of: NewItem


def add(connection: Connection, login: str, item: NewItem, now: datetime) -> int:
    """Put something into a login's basket; its number. The same chart at the same view and version is there once.
    Raises BasketFull."""
    mine = items(connection, login)
    for one in mine:
        if (one.of.address, one.of.code, one.of.data_version) == (item.address, item.code, item.data_version):
            return one.id
    if len(mine) >= MOST:
        raise BasketFull(f"the basket of {login} is full", count=MOST)
    key = connection.execute(
        insert(TABLE).values(
            login=login,
            scheme=item.scheme,
            kind=item.kind,
            title=item.title,
            page=item.page,
            address=item.address,
            code=item.code,
            period=item.period,
            data_version=item.data_version,
            content=json.dumps(item.content, ensure_ascii=False),
            added_at=now,
        )
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def items(connection: Connection, login: str) -> tuple[Item, ...]:
    """What is in a login's basket, oldest first."""
    rows = connection.execute(select(TABLE).where(TABLE.c.login == login).order_by(TABLE.c.id))
    return tuple(_item(row) for row in rows)


def item(connection: Connection, login: str, number: int) -> Item:
    """One thing of a login's basket. Raises NoSuchItem."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == number, TABLE.c.login == login)).one_or_none()
    if row is None:
        raise NoSuchItem(f"{login} has no item {number}", number=number)
    return _item(row)


def count(connection: Connection, login: str) -> int:
    return int(connection.execute(select(func.count()).where(TABLE.c.login == login)).scalar_one())


def remove(connection: Connection, login: str, number: int) -> None:
    """Take something out of a login's basket. Raises NoSuchItem."""
    if connection.execute(delete(TABLE).where(TABLE.c.id == number, TABLE.c.login == login)).rowcount != 1:
        raise NoSuchItem(f"{login} has no item {number}", number=number)


def _item(row: Any) -> Item:
    of = NewItem(
        row.scheme,
        row.kind,
        row.title,
        row.page,
        row.address,
        row.code,
        row.period,
        row.data_version,
        json.loads(row.content),
    )
    return Item(row.id, row.login, row.added_at, of)
