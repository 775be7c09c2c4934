"""Exact money: integer fen, rounding only where a rule says so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from rules.errors import InputError

FEN_PER_YUAN = 100
KEPT_DIGITS = 15  # what a floating-point number keeps; fewer digits were meant as they stand
PLAIN_DIGITS = 12  # digits of a figure that a tail hides, where nothing says how many decimals it has
TAIL_STEPS = 8  # a sum of some numbers is off by more than one step between two of them


def round_half_up(value: Fraction | Decimal | int) -> int:
    """The whole number nearest to ``value``; a half goes away from zero."""
    return _half_up(*value.as_integer_ratio())


def _half_up(numerator: int, denominator: int) -> int:
    whole = (abs(numerator) * 2 + denominator) // (denominator * 2)
    return whole if numerator >= 0 else -whole


def decimal_string(value: Fraction | Decimal | int, places: int) -> str:
    """``value`` with exactly ``places`` decimals, half up away from zero, e.g. ``"0.050000"``; never ``"-0.00"``."""
    numerator, denominator = value.as_integer_ratio()
    scaled = _half_up(numerator * 10**places, denominator)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    return sign + (digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}")


def rounded(value: Fraction | Decimal | int, places: int) -> Decimal:
    """``value`` as a Decimal that prints with exactly ``places`` decimals, half up away from zero."""
    return Decimal(decimal_string(value, places))


def trimmed(value: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent, so that it prints as ``"4250"`` or ``"9340.79"``."""
    digits = format(value, "f")
    return Decimal(digits.rstrip("0").rstrip(".") if "." in digits else digits)


def product(*factors: Fraction | Decimal | int) -> Fraction:
    """The exact product: Decimal multiplication alone would round at 28 digits."""
    result = Fraction(1)
    for factor in factors:
        result *= Fraction(factor)
    return result


def yuan_text(fen: int) -> str:
    """An amount for a line of working, exact to the fen: ``"1,234.56元"``."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN_PER_YUAN:,}.{abs(fen) % FEN_PER_YUAN:02d}元"


def split_largest_remainder(total: int, weights: Mapping[str, Fraction | int]) -> dict[str, int]:
    """``total`` fen divided in proportion to non-negative ``weights``; the parts sum to ``total`` exactly.

    Each exact share is floored to a fen; the fen left over go one each to the largest remainders, ties by key
    ascending. Raises InputError when a weight is negative, or when all are zero and ``total`` is not.
    """
    exact = {key: Fraction(weight) for key, weight in weights.items()}
    if any(weight < 0 for weight in exact.values()):
        raise InputError("a weight is negative", path="weights")
    whole = sum(exact.values(), Fraction(0))
    if whole == 0:
        if total:
            raise InputError("all weights are zero, nothing can be split", path="weights")
        return dict.fromkeys(weights, 0)
    shares = {key: total * weight / whole for key, weight in exact.items()}
    parts = {key: share.numerator // share.denominator for key, share in shares.items()}
    left_over = total - sum(parts.values())
    by_remainder = sorted(shares, key=lambda key: (parts[key] - shares[key], key))
    for key in by_remainder[:left_over]:
        parts[key] += 1
    return parts


def settled(value: Decimal, places: int | None = None) -> Decimal:
    """A figure without the tail that binary fractions leave: 8559999999.999999 is 8560000000. ``places``: the decimals that
    such figures have; None: the nearest figure of few digits. The value itself where its digits are fewer than a
    floating-point number keeps, or differ by more than its noise."""
    if len(value.as_tuple().digits) < KEPT_DIGITS or int(value.as_tuple().exponent) >= 0:
        return value
    exact = Decimal(f"{value:.{PLAIN_DIGITS - 1}e}") if places is None else value.quantize(Decimal(1).scaleb(-places))
    near = exact.normalize() if places is None else exact
    noise = abs(value - near)
    # Half a unit of the last place is a figure of its own, and no noise.
    half = Decimal(1).scaleb(-(places or 0)) / 2
    return near if noise <= TAIL_STEPS * Decimal(math.ulp(float(value))) and (places is None or noise < half) else value
