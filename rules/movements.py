"""Accounts (账户) and movements: where the money is and how it moves (收支两条线、全额缴拨).

Every ledger entry moves an amount from one account to another, so no fen can vanish.
``OUTSIDE`` stands for everyone who is not the fund: payers, beneficiaries, banks, other governments.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """The accounts whose balances sum to the total fund balance 累计结余."""

    TREASURY = "treasury"  # 国库
    PROVINCIAL = "provincial"  # 省级财政专户, demand: the only liquid money 可动用
    LOCAL_FISCAL = "local_fiscal"  # 地方财政专户
    LOCAL_LEGACY = "local_legacy"  # 地方历年结余
    LEGACY_DEPOSIT = "legacy_deposit"  # 地方历年结余中的定期存款
    CITY_EXPENDITURE = "city_expenditure"  # 市级支出户
    EXPENDITURE = "expenditure"  # 支出户
    DEPOSIT = "deposit"  # 定期存款、国债
    ENTRUSTED = "entrusted"  # 委托投资
    RESERVE = "reserve"  # 储备金


OUTSIDE = "outside"


class Recognised(StrEnum):
    """What an entry means for the year's result."""

    INCOME = "income"
    EXPENDITURE = "expenditure"
    NEGATIVE_EXPENDITURE = "negative_expenditure"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Movement:
    """One kind of movement. ``source`` and ``target`` are account names or OUTSIDE.

    ``source`` or ``target`` is None where the scheme's route decides (``disburse``, ``local_disburse``).
    ``carries_item`` is true where an entry must name a fund item; other entries leave the item empty.
    """

    code: str
    name: str
    source: str | None
    target: str | None
    recognised: Recognised

    @property
    def carries_item(self) -> bool:
        return self.recognised is not Recognised.NOTHING


def _movement(
    code: str, name: str, source: str | None, target: str | None, recognised: Recognised = Recognised.NOTHING
) -> tuple[str, Movement]:
    return code, Movement(code, name, source, target, recognised)


MOVEMENTS: dict[str, Movement] = dict(
    [
        _movement("collect", "征收入库", OUTSIDE, Account.TREASURY, Recognised.INCOME),
        _movement("pool", "归集", Account.TREASURY, Account.PROVINCIAL),
        _movement("receive", "直接入户", OUTSIDE, Account.PROVINCIAL, Recognised.INCOME),
        _movement("local_receive", "地方入户", OUTSIDE, Account.LOCAL_FISCAL, Recognised.INCOME),
        _movement("local_pool", "地方上划", Account.LOCAL_FISCAL, Account.PROVINCIAL),
        _movement("legacy_transfer", "历年结余上解", Account.LOCAL_LEGACY, Account.PROVINCIAL),
        _movement("disburse", "拨付", Account.PROVINCIAL, None),
        _movement("local_disburse", "拨付到支出户", None, Account.EXPENDITURE),
        _movement("pay", "发放", Account.EXPENDITURE, OUTSIDE, Recognised.EXPENDITURE),
        _movement("remit", "上解上级", Account.PROVINCIAL, OUTSIDE, Recognised.EXPENDITURE),
        _movement("recover", "追回", OUTSIDE, Account.EXPENDITURE, Recognised.NEGATIVE_EXPENDITURE),
        _movement("return", "支出户结余退回", Account.EXPENDITURE, Account.PROVINCIAL),
        _movement("reserve_in", "转入储备金", Account.PROVINCIAL, Account.RESERVE),
        _movement("reserve_out", "动用储备金", Account.RESERVE, Account.PROVINCIAL),
        _movement("deposit", "转存定期", Account.PROVINCIAL, Account.DEPOSIT),
        _movement("mature", "定期到期", Account.DEPOSIT, Account.PROVINCIAL),
        _movement("legacy_deposit", "历年结余转存定期", Account.LOCAL_LEGACY, Account.LEGACY_DEPOSIT),
        _movement("legacy_mature", "历年结余定期到期", Account.LEGACY_DEPOSIT, Account.LOCAL_LEGACY),
        _movement("entrust", "委托投资", Account.PROVINCIAL, Account.ENTRUSTED),
        _movement("redeem", "委托投资赎回", Account.ENTRUSTED, Account.PROVINCIAL),
    ]
)


# Whose days are kept beside their months: what enters and leaves the treasury, and the way of what the units pay out.
DAILY_MOVEMENTS = ("collect", "pool", "disburse", "local_disburse", "pay", "recover", "return")


def legs(movement: str, disburse_account: str) -> tuple[tuple[str, int], ...]:
    """The account legs of a movement: ``(account, +1 or -1)``, without OUTSIDE.

    ``disburse_account`` is the account that the scheme's ``disburse`` pays into and ``local_disburse`` pays out of
    (地方财政专户 in Jiangsu, 市级支出户 in the pension funds of Shanxi and Jilin). In Jilin's work-injury fund it is the
    支出户 itself: one account at 省社保局, of which every region has its part, as of the provincial fiscal account.
    """
    kind = MOVEMENTS[movement]
    source = kind.source or disburse_account
    target = kind.target or disburse_account
    return tuple((account, sign) for account, sign in ((source, -1), (target, 1)) if account != OUTSIDE)


def result_sign(movement: str) -> tuple[int, int]:
    """``(income sign, expenditure sign)`` of an entry's amount: how it counts towards 收入 and 支出."""
    return {
        Recognised.INCOME: (1, 0),
        Recognised.EXPENDITURE: (0, 1),
        Recognised.NEGATIVE_EXPENDITURE: (0, -1),
        Recognised.NOTHING: (0, 0),
    }[MOVEMENTS[movement].recognised]
