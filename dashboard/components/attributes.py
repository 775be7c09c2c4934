"""Attributes of an HTML element whose names carry a hyphen, which Python's keywords cannot."""

from __future__ import annotations

from typing import Any


def attributes(**values: str | None) -> dict[str, Any]:
    """``aria_label="…"`` as the keyword ``aria-label`` of a component of ``dash.html``; None is left out."""
    return {name.replace("_", "-"): value for name, value in values.items() if value is not None}
