"""The demonstration's reconciliation: the last signed month's items explained and its statement signed, by the ordinary
functions. In Jiangsu one item is explained by nobody, so that nobody can sign; in Shanxi data came in after three signed
and the fourth has still to; in Jilin all have signed what stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from data_access.books.reconciling.statement import Item
from data_access.books.versions import closes, current_version
from data_access.store.engine import writing
from rules.department import Department
from rules.month import SHANGHAI
from workflows.people.accounts import By
from workflows.reconciling.months import month_reconciled, sign
from workflows.reconciling.register import Said, explain, holders, load_steps

NAMES = {
    Department.FISCAL: ("demo-finance", "演示财政"),
    Department.TAX: ("demo-tax", "演示税务"),
    Department.TREASURY: ("demo-treasury", "演示国库"),
    Department.AGENCY: ("demo-agency", "演示经办"),
}
UNSIGNED = {"shanxi-pension": Department.AGENCY}
# Explained as an error of the ledger, to be reversed within so many days: by now it is not.
REVERSED_WITHIN = 7
BOOKED_WITHIN = 30


def enter_reconciling(engine: Engine, scheme: str, now: datetime) -> None:
    """Enter what departments said of the last signed month; nothing where something stands, or no month was signed."""
    with writing(engine) as connection:
        signed, newest = closes(connection, scheme), current_version(connection)
        if not signed or newest is None or load_steps(connection, scheme):
            return
        close = signed[-1]
        late = scheme in UNSIGNED
        version, at = (close.version, close.signed_at - timedelta(hours=3)) if late else (newest.id, now)
        found = month_reconciled(connection, scheme, close.month, version)
        if found is None:
            return
        for item in found.open:
            if item.book != Department.TREASURY:
                said = _said(item, close.signed_at)
                holder = Department.TAX if said.kind == "error" else holders(item)[0]
                explain(connection, scheme, close.month, item, said, version, _by(holder, close.signed_at))
        found = month_reconciled(connection, scheme, close.month, version)
        if found is None or found.open:
            return
        for department in NAMES:
            if department in found.reporting and department != UNSIGNED.get(scheme):
                sign(connection, scheme, found, at.astimezone(SHANGHAI).date(), _by(department, at))


def _said(item: Item, at: datetime) -> Said:
    today = at.astimezone(SHANGHAI).date()
    if not item.account and item.fen > 0:
        return Said("unreached", "入库凭证送达晚，次月补记", today + timedelta(days=BOOKED_WITHIN))
    if not item.account:
        by = today + timedelta(days=REVERSED_WITHIN)
        return Said("error", "税务系统重复推送，已提请红字冲销", by)
    if "调度" in item.text:
        return Said("other", "市财政局临时调度，已归还；已要求书面说明并补记账目")
    return Said("unreached", "结息单送达后补记", today + timedelta(days=BOOKED_WITHIN))


def _by(department: Department, at: datetime) -> By:
    login, name = NAMES[department]
    return By(login, name, department, at)
