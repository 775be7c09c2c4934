"""Colours of the style sheet, read from its tokens: text stands out from its ground in both themes, parts from each other."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

SHEET = Path(__file__).parent.parent.parent.parent / "assets" / "css" / "poolwatch.css"
GROUNDS = ("bg", "bg-2")
# Text → the grounds it stands on; WCAG 2.2 AA asks for 4.5.
TEXTS = {
    "ink": (*GROUNDS, "bg-3", "accent-tint", "d3", "d4", "d5"),
    "t2": (*GROUNDS, "bg-3"),
    "t3": GROUNDS,
    "accent": (*GROUNDS, "accent-tint"),
    "on-accent": ("accent",),
    "blue-text": ("bg", "blue-tag", "blue-tint"),
    "yellow-text": ("bg", "yellow-tint"),
    "orange-text": ("bg", "orange-tint"),
    "red-text": ("bg", "red-tint"),
    "on-yellow": ("yellow-tag",),
    "on-orange": ("orange-tag",),
    "on-red": ("red-tag",),
}
# Fills of the bar that the accounts share, and of the heat of a band: none may be taken for another.
ACCOUNTS = ("brown-mid", "accent", "part-2", "part-3", "reserve", "below", "t3", "legacy")


def tokens(theme: str) -> dict[str, str]:
    """Token → colour, six digits; the dark ones lie over the light."""
    text = SHEET.read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for block in [":root"] if theme == "light" else [":root", '[data-theme="dark"]']:
        inside = text[text.index(block + " {") :].partition("}")[0]
        for name, digits in re.findall(r"--([a-z0-9-]+): #([0-9a-f]{3,6});", inside):
            found[name] = digits if len(digits) == 6 else "".join(2 * one for one in digits)
    return found


def luminance(digits: str) -> float:
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable_on_every_ground_it_stands_on(theme: str) -> None:
    known = tokens(theme)
    poor = {
        f"{text} on {ground}": round(contrast(known[text], known[ground]), 2)
        for text, grounds in TEXTS.items()
        for ground in grounds
        if contrast(known[text], known[ground]) < 4.5
    }
    assert not poor


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_account_has_the_colour_of_another(theme: str) -> None:
    known = tokens(theme)

    def apart(one: str, other: str) -> int:
        return sum(abs(int(known[one][at : at + 2], 16) - int(known[other][at : at + 2], 16)) for at in (0, 2, 4))

    near = [(one, other, apart(one, other)) for one, other in combinations(ACCOUNTS, 2) if apart(one, other) < 48]
    assert not near
