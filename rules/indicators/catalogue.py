"""The one list of indicators, and how a declaration enters it."""

from __future__ import annotations

from collections.abc import Callable

from rules.indicators.declaration import Indicator, Number

INDICATORS: dict[str, Indicator] = {}


def _declare(compute: Callable[..., Number | str], **declared: object) -> None:
    """Enter an indicator under the name of its function, which takes the declared inputs by name."""
    code = compute.__name__
    INDICATORS[code] = Indicator(code=code, compute=compute, **declared)  # type: ignore[arg-type]
