"""Which scheme a form of income and expenditure is of, where nobody says: by the fund and the places that stand above it."""

from __future__ import annotations

from collections.abc import Sequence

from data_access.intake.workbench.find import Found, squeezed
from data_access.intake.workbench.names import Names
from data_access.intake.workbench.places import region_in
from data_access.intake.workbench.statements import formed

FUND_WORDS = {"pension": "养老保险", "work_injury": "工伤保险"}


def likely(found: Found, schemes: Sequence[Names]) -> tuple[Names, ...]:
    """The schemes of whose items the table may be a form: those whose fund and province are named above it or at its heads,
    else those whose fund is, else all."""
    fitting = [one for one in schemes if formed(found, one)]
    said = "　".join(map(squeezed, (found.title, *found.about, found.sheet.name)))
    of_fund = [one for one in fitting if one.scheme is not None and FUND_WORDS.get(one.scheme.fund, "") in said]
    texts = [found.title, *found.about, *(text for head in found.heads for text in head)]
    in_place = [one for one in of_fund if region_in(texts, one) or any(one.region(text) for text in texts)]
    return tuple(in_place or of_fund or fitting)
