"""The demonstration's 用款计划: what each unit asks for the month ahead, and what is approved a few days later."""

from __future__ import annotations

from datetime import date

import numpy as np

from demonstration.world import calibration as c, stories
from demonstration.world.days import first_days, on_or_before, shifted
from demonstration.world.simulation import Fen, Floats, Simulation
from demonstration.world.spending import WAN_FEN, requested
from demonstration.world.tables import Table
from rules.month import Month
from rules.scheme import load_scheme

ASKED_ON = 20  # day of the month before
APPROVED_AFTER = 4  # working days
LATE_AFTER = 13  # working days after the others
TOO_MUCH, ONE_IN = 0.02, 40  # one unit in so many asks for up to so much more than it needs, and is cut


def disbursement_requests(scheme: str, since: date | None, until: date) -> Table:
    """Requests asked for or approved after ``since`` (None: ever) and up to ``until``; open ones are not approved. What is
    left to visitors comes, where none applied, when its month begins."""
    columns = ("scheme", "month", "region", "asked_fen", "approved_fen", "asked_on", "approved_on")
    rows = []
    money, needed, asked = _asked(scheme, since, until)
    for at, month in enumerate(money.yyyymm.tolist()):
        usual = _days(money, at, 0)
        late = _days(money, at, LATE_AFTER)
        for row, code in enumerate(money.codes.tolist()):
            off = (code, month) == (stories.REQUEST_OFF_UNIT, stories.REQUEST_OFF_MONTH)
            asked_on, approved_on = late if off else usual
            amount = -(-int(asked[row, at] * (stories.REQUEST_OFF if off else 1)) // WAN_FEN) * WAN_FEN
            need = int(needed[row, at])
            approved = approved_on <= until
            newest = approved_on if approved else asked_on
            if scheme in stories.LEFT_TO_VISITORS:
                newest = max(newest, Month(month).first)
            if newest <= until and (since is None or newest > since):
                decided = (need, asked_on, approved_on) if approved else (None, asked_on, None)
                rows.append((scheme, month, code, amount, *decided))
    return Table("disbursement_request", columns, tuple(rows))


def _asked(scheme: str, since: date | None, until: date) -> tuple[Simulation, Fen, Floats]:
    """The months in question, what their units need and what they ask for, [unit, month]."""
    first = date(c.FIRST_YEAR, 1, 1) if since is None else since
    start = np.datetime64(date(first.year, (first.month - 1) // 3 * 3 + 1, 1), "M")
    money = Simulation(scheme, load_scheme(scheme).province, np.arange(start, np.datetime64(until, "M") + 2))
    monthly, back_pay = requested(money)
    needed = monthly + back_pay
    more = (money.chance[:, :, 38] * ONE_IN - (ONE_IN - 1)).clip(0) * TOO_MUCH
    return money, needed, needed * (1 + more)


def _days(money: Simulation, at: int, late: int) -> tuple[date, date]:
    """When a month's money is asked for and when approved, ``late`` working days after the usual."""
    usual = on_or_before(first_days(money.months[[at]] - 1) + np.timedelta64(ASKED_ON - 1, "D"))
    asked_on = shifted(usual, late)
    return asked_on[0].item(), shifted(asked_on, APPROVED_AFTER)[0].item()
