"""When a draft says why it differs from its proposal: beyond the share either way, and from one of nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rules.budget.proposal import deviation, needs_reason


@pytest.mark.parametrize(
    ("drafted", "proposed", "asked"),
    [
        (105, 100, False),
        (106, 100, True),
        (95, 100, False),
        (94, 100, True),
        (0, 0, False),
        (1, 0, True),
        (9, None, False),
    ],
)
def test_a_draft_beyond_the_share_or_of_what_was_proposed_as_nothing_gives_its_reason(
    drafted: int, proposed: int | None, asked: bool
) -> None:
    assert needs_reason(drafted, proposed, Decimal("0.05")) is asked
    assert proposed != 0 or deviation(drafted, proposed) is None
