"""Units as tables write them, by the one list of :mod:`rules.published`; an amount in one of them as exact fen."""

from __future__ import annotations

import re
from decimal import Decimal

from rules.published import unit_of

FEN = ("分", "fen")  # of ledgers alone: no published table is in it
COUNTED = ("户", "万户", "件", "个", "‰")  # no unit of a measure of ours, but a unit
BRACKETED = re.compile(r"[（(]\s*(?:单位\s*[:：]\s*)?([^（）()]+?)\s*[）)]")


def is_unit(text: str) -> bool:
    """Whether a text names a unit that is known."""
    return unit_of(text) is not None or text.strip().casefold() in (*FEN, *COUNTED)


def same_unit(one: str, other: str) -> bool:
    """Whether two texts name one unit: 亿元, 100m yuan."""
    known = unit_of(one)
    return known is not None and known == unit_of(other)


def currency_of(unit: str | None) -> str:
    """The currency that a unit is of; that of our tables where it is none of money."""
    known = unit_of(unit) if unit else None
    return known.currency if known and known.kind == "money" else "CNY"


def named_in(texts: tuple[str, ...]) -> str | None:
    """The unit that a header names in brackets: 金额（万元）, (10 000 persons)."""
    for text in texts:
        for inner in BRACKETED.findall(text):
            if is_unit(inner):
                return str(inner).strip()
    return None


def exact_fen(number: Decimal, unit: str) -> int | None:
    """An amount in a unit as fen; None where it is no unit of money, or the amount is no whole number of them."""
    known = unit_of(unit)
    each = (
        1
        if unit.strip().casefold() in FEN
        else known.factor * 100
        if known and known.kind == "money" and known.currency == "CNY"
        else 0
    )
    fen = number * each
    return int(fen) if each and fen == fen.to_integral_value() else None
