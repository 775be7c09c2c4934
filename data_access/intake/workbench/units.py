"""What units of amounts and counts mean, as tables write them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

# Fen of one, by every spelling.
MONEY: dict[str, int] = {
    **dict.fromkeys(("分", "fen"), 1),
    **dict.fromkeys(("元", "人民币元", "yuan", "rmb", "cny"), 100),
    **dict.fromkeys(("百元", "100 yuan"), 10_000),
    **dict.fromkeys(("千元", "1000 yuan", "1 000 yuan", "thousand yuan"), 100_000),
    **dict.fromkeys(("万元", "10000 yuan", "10 000 yuan", "10k yuan"), 1_000_000),
    **dict.fromkeys(("百万元", "million yuan", "1 million yuan"), 100_000_000),
    **dict.fromkeys(("千万元", "10 million yuan"), 1_000_000_000),
    **dict.fromkeys(("亿元", "100 million yuan", "100m yuan", "100 000 000 yuan"), 10_000_000_000),
}
# Persons, cases or households of one.
COUNTS: dict[str, int] = {
    **dict.fromkeys(("人", "人次", "户", "件", "个", "persons", "person"), 1),
    **dict.fromkeys(("千人", "1000 persons", "1 000 persons"), 1_000),
    **dict.fromkeys(("万人", "万人次", "万户", "10000 persons", "10 000 persons"), 10_000),
    **dict.fromkeys(("亿人", "100 million persons"), 100_000_000),
}
BRACKETED = re.compile(r"[（(]\s*(?:单位\s*[:：]\s*)?([^（）()]+?)\s*[）)]")


def plain(text: str) -> str:
    """A unit's spelling without case and with single blanks."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def fen_of(unit: str) -> int | None:
    """How many fen one of a unit is; None where it is no unit of money."""
    return MONEY.get(plain(unit))


def count_of(unit: str) -> int | None:
    """How many persons, households or cases one of a unit is; None where it counts nothing."""
    return COUNTS.get(plain(unit))


def is_unit(text: str) -> bool:
    """Whether a text names a unit that is known."""
    return plain(text) in MONEY or plain(text) in COUNTS or plain(text) in ("%", "‰")


def named_in(texts: tuple[str, ...]) -> str | None:
    """The unit that a header names in brackets: 金额（万元）, (10 000 persons)."""
    for text in texts:
        for inner in BRACKETED.findall(text):
            if is_unit(inner):
                return str(inner).strip()
    return None


def exact_fen(number: Decimal, unit: str) -> int | None:
    """An amount in a unit as fen; None where it is not a whole number of them."""
    each = fen_of(unit)
    if each is None:
        return None
    fen = number * each
    return int(fen) if fen == fen.to_integral_value() else None
