"""What one sender may deliver of one table. Rights decide it (``workflows.people.rights``); ``checks`` hold rows to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Allowance:
    """``within``: the region below and at which alone the rows lie, None for every one. ``values``: by column what its
    rows may say; a column that is not named may say anything. ``prefixes``: by column how codes must begin.
    ``second_person``: whether what is delivered counts only once another person has confirmed it. ``province``: the
    sender's, whose delivery it is where the rows do not say; None of who delivers for the nation.
    """

    within: str | None = None
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    second_person: bool = False
    province: str | None = None
