"""One signal by itself [/warnings/sNUMBER]: a subject at a level, also one on trial or only watched."""

from __future__ import annotations

from dashboard.site.reading import Reading
from dashboard.site.view import number_in
from rules.errors import NotAllowed
from workflows.warnings.standing import Standing, standing_by_number


def standing_of(reading: Reading) -> Standing | None:
    """The subject of the address; None where there is none. Raises NotAllowed when it is outside the reader's scope."""
    number = number_in(reading.view.subject.removeprefix("s"))
    if not reading.view.subject.startswith("s") or number is None:
        return None
    found = reading.ask(standing_by_number, number)
    if found is None or found.subject.scheme != reading.scheme.code:
        return None
    if not reading.scope.covers(reading.tree, found.subject.region):
        raise NotAllowed(f"{found.subject.region} is outside the scope", region=found.subject.region)
    return found
