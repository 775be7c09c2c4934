"""A sender takes out of the queue what still waits there; a second person confirms or declines what waits for one, or takes
back what came in. Each deed is one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from data_access.intake.importers.history import BatchRecord, batch
from data_access.store import schema
from rules.errors import NotAllowed, PoolwatchError, StaleRow
from workflows.people.accounts import Account
from workflows.people.rights import decides, sees_delivery

TABLE = schema.import_batch


class NoSuchDelivery(PoolwatchError):
    """There is no delivery of that number that the account sees."""

    code = "no_such_delivery"


def confirm(connection: Connection, number: int, account: Account, now: datetime) -> BatchRecord:
    """Let a pending delivery count: the next refresh takes it in. Raises NoSuchDelivery, NotAllowed, StaleRow."""
    return _decide(connection, number, account, now, "confirmed")


def decline(connection: Connection, number: int, account: Account, why: str, now: datetime) -> BatchRecord:
    """Send a pending delivery back for good, saying why. Raises NoSuchDelivery, NotAllowed, StaleRow."""
    return _decide(connection, number, account, now, "declined", why)


def take_back(connection: Connection, number: int, account: Account, why: str, now: datetime) -> int:
    """Withdraw what a delivery brought; the number of the batch that does it. Raises NoSuchDelivery, NotAllowed,
    NotWithdrawn."""
    # With it comes what takes files in, which a web worker loads when it is first asked for.
    from data_access.intake.importers.withdrawal import withdraw

    _for(connection, number, account)
    return withdraw(connection, number, by=account.login, reason=why, now=now)


def cancel(connection: Connection, number: int, account: Account, now: datetime) -> None:
    """Take a delivery that one gave in out of the queue while it waits there. Raises NoSuchDelivery, StaleRow."""
    ours = update(TABLE).where(TABLE.c.id == number, TABLE.c.uploaded_by == account.login)
    if not connection.execute(
        ours.where(TABLE.c.state == "queued").values(state="cancelled", finished_at=now)
    ).rowcount:
        found = batch(connection, number)
        if found is None or found.uploaded_by != account.login:
            raise NoSuchDelivery(f"{account.login} gave in no batch {number}", number=number)
        raise StaleRow(f"batch {number} is {found.state}")


def _decide(
    connection: Connection, number: int, account: Account, now: datetime, state: str, why: str | None = None
) -> BatchRecord:
    found = _for(connection, number, account)
    pending = update(TABLE).where(TABLE.c.id == number, TABLE.c.state == "pending")
    values = {"state": state, "decided_by": account.login, "decided_at": now, "decision": why}
    if not connection.execute(pending.values(values)).rowcount:
        raise StaleRow(f"batch {number} is {found.state}")
    return found


def _for(connection: Connection, number: int, account: Account) -> BatchRecord:
    found = batch(connection, number)
    if found is None or not sees_delivery(account, account.login, found):
        raise NoSuchDelivery(f"there is no batch {number} for {account.login}", number=number)
    if not decides(account, account.login, found):
        raise NotAllowed(f"{account.login} does not decide on batch {number}", action="decide_delivery")
    return found
