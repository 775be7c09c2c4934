"""Identifiers of persons 公民身份号码 → keyed hashes. Nothing beyond this module knows an identifier.

GB 11643: six digits of place, eight of birth, three of order, a check digit by ISO 7064 MOD 11-2. The fifteen digits of
before 1999 lack the century and the check digit; both forms of one number hash alike.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from datetime import date
from hashlib import sha256

from data_access.intake.importers.reasons import Unacceptable

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
# Of HMAC-SHA-256, as RFC 2104 allows: two of 1.4 billion persons share 128 bits with a chance of 3 in 10²¹.
HASH_DIGITS = 32
_FORM = re.compile(r"[1-9][0-9]{14}|[1-9][0-9]{16}[0-9X]")
_DIGITS = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9X](?![0-9])")
_LONG = re.compile(r"\d{11,}[\dXx]?")


def normal(text: str) -> str:
    """The eighteen characters of an identifier. Raises Unacceptable, which never holds any of them."""
    number = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
    if not _FORM.fullmatch(number):
        raise Unacceptable("person_form")
    if len(number) == 15:
        number = f"{number[:6]}19{number[6:]}"
        number += check_digit(number)
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Unacceptable("person_birth") from None
    if number[17] != check_digit(number):
        raise Unacceptable("person_check_digit")
    return number


def check_digit(number: str) -> str:
    """The check digit of the first seventeen digits."""
    return CHECK_DIGITS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False)) % 11]


def born_and_sex(number: str) -> tuple[int, str]:
    """The month of birth yyyymm and the sex that a number of eighteen characters says."""
    return int(number[6:12]), "male" if int(number[16]) % 2 else "female"


def holds_identifier(text: str) -> bool:
    """Whether an identifier stands somewhere in a text."""
    for found in _DIGITS.findall(unicodedata.normalize("NFKC", text).upper()):
        try:
            normal(found)
        except Unacceptable:
            continue
        return True
    return False


def without_numbers(text: str) -> str:
    """A text without what may be the number of a person, a card or a telephone."""
    return _LONG.sub("…", text)


class Pseudonyms:
    """The hashes of identifiers under one key. ``fingerprint`` tells the key from another and tells nothing of it."""

    def __init__(self, key: bytes) -> None:
        self._begun = hmac.new(key, digestmod=sha256)
        self.fingerprint = self._hash("poolwatch person key")

    def of(self, text: str) -> str:
        """The hash of an identifier, 32 hexadecimal digits. Raises Unacceptable."""
        return self.of_number(normal(text))

    def of_number(self, number: str) -> str:
        """The hash of an identifier in the one form that :func:`normal` gives."""
        return self._hash(number)

    def _hash(self, text: str) -> str:
        begun = self._begun.copy()
        begun.update(text.encode())
        return begun.hexdigest()[:HASH_DIGITS]
