"""Which store an installation works on: remembered beside it, so that another or an empty one is never taken for it.

Without it a store that is gone, or another database under the same address, would be filled as if nothing had been: what people
then enter stands in the wrong one, and what they had entered is missing in silence.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, inspect, select

from data_access.store.engine import file_of, migrate
from data_access.store.schema import store_identity
from data_access.whole_files import write_whole
from rules.errors import StoreError

NAME = "store-identity"
_ASKED = f"SELECT id FROM {store_identity.name}"


def prepare(engine: Engine, var: Path) -> None:
    """Bring the installation's store to the current schema, and remember under ``var`` which it is.

    Raises StoreError where it is not the one remembered: nothing is made or changed then.
    """
    recognise(engine, var)
    migrate(engine)
    if remembered(var) is None:
        remember(engine, var)
        recognise(engine, var)


def recognise(engine: Engine, var: Path) -> None:
    """Ask the store, and from now on each new connection to it, whether it is the one remembered under ``var``; where none
    is remembered, as before the first start, nothing is asked. Raises StoreError where it is another, or there is none."""
    known = remembered(var)
    if known is None:
        return
    found = identity_of(engine)
    if found != known:
        what = f"the store {found}" if found else "empty, or from before stores were told apart"
        raise StoreError(
            f"This installation works on the store {known}, but {engine.url!r} is {what}. Put the right one back, correct "
            "POOLWATCH_DATABASE_URL, or restore a backup. Only where this one is meant from now on: remove "
            f"{var / NAME} and start again.",
            known=known,
            found=found,
        )

    @event.listens_for(engine, "connect")
    def ask(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(_ASKED)
        answers = [row[0] for row in cursor.fetchall()]
        cursor.close()
        if engine.dialect.name == "postgresql":
            connection.rollback()
        if answers != [known]:
            raise StoreError(f"{engine.url!r} has become the store {answers}, and is not {known}.", known=known)


def remember(engine: Engine, var: Path) -> None:
    """Note under ``var`` that this store is the installation's own."""
    write_whole(var / NAME, f"{identity_of(engine)}\n")


def remembered(var: Path) -> str | None:
    """The identity of the installation's store; None before the first start."""
    try:
        return (var / NAME).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def identity_of(engine: Engine) -> str | None:
    """The store's own identity; None where there is no store, or one from before identities."""
    path = file_of(engine)
    if (path and not path.exists()) or not inspect(engine).has_table(store_identity.name):
        return None
    with engine.connect() as connection:
        return connection.execute(select(store_identity.c.id)).scalar_one_or_none()
