"""What one check of the store found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LISTED = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two figures that must be equal are not. ``where`` names scheme, region, month … of the place."""

    where: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check's outcome: how many comparisons were made and how many failed; the first ``LISTED`` are named.

    ``of_store``: a difference is a fault of the store; otherwise it is one between those who deliver, for people to clear.
    """

    code: str
    compared: int
    failed: int
    differences: tuple[Difference, ...]
    of_store: bool = True

    @property
    def passed(self) -> bool:
        return self.failed == 0

    @property
    def at_fault(self) -> bool:
        """Whether the store is not what it must be."""
        return self.of_store and not self.passed


def outcome(code: str, compared: int, differences: Sequence[Difference]) -> Check:
    """The outcome of a check with everything that it found to differ."""
    return Check(code, compared, len(differences), tuple(differences[:LISTED]))
