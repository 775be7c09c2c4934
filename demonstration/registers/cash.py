"""What the demonstration's finance department decided of the deposits that mature within six months."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from data_access.books.funds import load_deposits
from data_access.store.engine import writing
from demonstration.world.calibration import FEN_PER_YI
from rules.month import SHANGHAI, Month
from rules.movements import Account
from rules.scheme import load_scheme
from workflows.cash.decisions import NewDecision, Use, decide, decisions
from workflows.people.accounts import By

AHEAD = 6  # months
MADE_BEFORE = timedelta(days=2)
# In the order in which they mature, again and again: what becomes of it, months, what is put in beside the principal (亿元;
# of a fund smaller than the pensions a hundredth), why. None: not decided yet, as is what matures last.
PATTERN = (
    (Use.REDEPOSIT, 12, 0, "期限与发放安排相符，转存原银行。"),
    (Use.REDEPOSIT, 24, 60, "活期结存较多，连同闲置资金一并转存。"),
    (Use.OPEN, None, 0, "待各银行报价后再定。"),
    (Use.KEEP, None, 0, "春节前用款集中，留作备付。"),
    (Use.REDEPOSIT, 6, 0, "下半年调整待遇补发前到期。"),
    (Use.KEEP, None, 0, "留作调整待遇备付。"),
)
UNDECIDED = 3


def enter_decisions(engine: Engine, scheme_code: str, now: datetime) -> None:
    """Decisions on the province's own deposits; nothing where some stand."""
    today = now.astimezone(SHANGHAI).date()
    until = Month.of(today).plus(AHEAD).last
    small = 1 if load_scheme(scheme_code).fund == "pension" else 100
    with writing(engine) as connection:
        if decisions(connection, scheme_code):
            return
        held = load_deposits(connection, scheme_code, None)
        soon = [one for one in held if one.account == Account.DEPOSIT and today < one.matures_on <= until]
        by = By("demo-finance", "演示财政", "fiscal", now - MADE_BEFORE)
        for at, one in enumerate(soon[:-UNDECIDED]):
            what, term, beside, reason = PATTERN[at % len(PATTERN)]
            new = NewDecision(what, reason)
            if what is Use.REDEPOSIT:
                new = NewDecision(what, reason, one.amount_fen + beside * FEN_PER_YI // small, term, one.bank)
            decide(connection, scheme_code, one, new, 0, by)
