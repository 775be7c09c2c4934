"""A figure's key taken apart, and what all statements of the twins share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

# A place, what lies below it, and what was merged into either. 市区 is the city's own node with its districts, but for the
# district that collects by a rate of its own (苏政发〔2020〕45号 附件1 二（一）) and those that take part in a scheme by
# themselves (吉政发〔2020〕20号 三（一）).
BELOW = """WITH RECURSIVE below(code) AS (
    SELECT CAST(:place AS TEXT)
    UNION SELECT region.code FROM region, below WHERE region.parent = below.code OR region.successor = below.code
        OR (region.parent || '-0' = below.code AND region.level = 'district' AND region.code <> '320576'
            AND NOT (CAST(:scheme AS TEXT) = 'jilin-work-injury' AND region.code IN ('220100-F1', '220100-F2')))
) """


@dataclass(frozen=True)
class Key:
    """A figure's key, taken apart. ``first`` and ``last`` are the first month of its year and its month, yyyymm."""

    what: str
    part: str
    scheme: str
    place: str
    period: str
    known: str

    @classmethod
    def read(cls, key: str) -> Key:
        what, scheme, place, period = key.split("|")
        code, _mark, part = what.partition(":")
        month, _mark, known = period.partition("@")
        return cls(code, part, scheme, place, month, known or month)

    @property
    def last(self) -> int:
        return int(self.period[:4] + self.period[5:7])

    @property
    def first(self) -> int:
        return self.last // 100 * 100 + 1

    @property
    def running(self) -> bool:
        """Whether its month was not over when it was known so."""
        return self.known.startswith(f"{self.period}-")

    @property
    def on(self) -> date:
        """The day as of which it is known: the signed month's last, or that of the minute."""
        if len(self.known) == 7:
            return last_day(int(self.known.replace("-", "")))
        return date.fromisoformat(self.known[:10])


def last_day(month: int) -> date:
    return date(month // 100 + month % 100 // 12, month % 100 % 12 + 1, 1) - timedelta(days=1)


def rounded(value: Fraction, places: int) -> Fraction:
    """Half up, away from zero."""
    scaled = Decimal(value.numerator * 10 ** (places + 6) // value.denominator) / 10**6
    return Fraction(scaled.quantize(Decimal(1), ROUND_HALF_UP)) / Fraction(10**places)
