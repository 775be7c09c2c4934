"""What provincial finance decides on 资金运行: what becomes of a deposit, and what the account keeps."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Area, Choice, Fen, Number, Text, Whole
from dashboard.words.wording import N_, _
from data_access.books.funds import Deposit, load_deposits
from data_access.books.parameters import set_parameter
from rules.errors import NotAllowed
from workflows.cash.decisions import NewDecision, Use, decide
from workflows.people.accounts import Role

FINANCE = frozenset({Role.FINANCE})
FLOOR_CODE = "cash_floor_months"

REF = Text("deposit", N_("存款"), most=80, hidden=True)
SEEN = Whole("seen", N_("版本"), hidden=True, kept=False)
WHAT = Choice("what", N_("到期后"), {Use.REDEPOSIT: N_("转存"), Use.KEEP: N_("留作备付"), Use.OPEN: N_("待定")})
AMOUNT = Fen("amount", N_("转存金额（元，转存时填）"), low=1, required=False, optional=True)
TERM = Choice(
    "term",
    N_("转存期限（转存时填）"),
    {"3": N_("3个月"), "6": N_("6个月"), "12": N_("1年"), "24": N_("2年"), "36": N_("3年")},
    required=False,
    optional=True,
)
BANK = Text("bank", N_("转存银行（转存时填）"), most=80, required=False)
REASON = Area("reason", N_("理由"), rows=2, most=500)


@act("deposit_decide", N_("登记到期去向"), FINANCE, (REF, SEEN, WHAT, (AMOUNT, TERM), BANK, REASON), whole=True)
def decide_deposit(deed: Deed) -> Done:
    reading, ref = deed.reading, deed[REF]
    deposit = _deposit(deed, ref)
    what = Use(deed[WHAT])
    new = NewDecision(what, deed[REASON])
    if what is Use.REDEPOSIT:
        # What a redeposit needs is asked for by its own label.
        amount, term = deed[replace(AMOUNT, optional=False)], deed[replace(TERM, optional=False)]
        new = replace(new, amount_fen=amount, term_months=int(term), bank=deed[replace(BANK, required=True)])
    decide(deed.connection, reading.scheme.code, deposit, new, deed[SEEN], deed.by)
    return Done(_("已登记到期去向，资金计划已按此推算。"), f"{reading.scheme.code} {ref}")


def _deposit(deed: Deed, ref: str) -> Deposit:
    """The deposit as the newest version has it. Raises NotAllowed for one that there is not."""
    for one in load_deposits(deed.connection, deed.reading.scheme.code, None):
        if one.ref == ref:
            return one
    raise NotAllowed(f"no deposit {ref}", region=deed.reading.scope.region)


FLOOR = Number("months", N_("留底月数"), low=0, high=24)


@act("cash_floor", N_("设定留底月数"), FINANCE, (FLOOR, REASON), whole=True)
def floor(deed: Deed) -> Done:
    """From today on; set like any other assumed parameter, and listed with them."""
    reading, months = deed.reading, Decimal(deed[FLOOR])
    set_parameter(
        deed.connection,
        reading.scheme.code,
        FLOOR_CODE,
        reading.today,
        format(months, "f"),
        deed[REASON],
        deed.by.login,
        deed.now,
    )
    return Done(
        _("留底已改为{months}个月。", months=format(months, "f")), f"{reading.scheme.code} {FLOOR_CODE}", refresh=True
    )


ACTS = (decide_deposit, floor)
