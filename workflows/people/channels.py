"""Channels 通知渠道 that reach people outside the system: which are on is known to every process that writes messages."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select

from data_access.store import schema

TABLE = schema.channel


def channels_on(connection: Connection) -> tuple[str, ...]:
    """Through which channels people are told."""
    return tuple(connection.execute(select(TABLE.c.name).order_by(TABLE.c.name)).scalars())


def note_channels(connection: Connection, names: Collection[str]) -> None:
    """Who sends says which channels are on; the others are off from now."""
    if set(names) != set(channels_on(connection)):
        connection.execute(delete(TABLE))
        rows = [{"name": name} for name in sorted(names)]
        if rows:
            connection.execute(insert(TABLE), rows)
