"""Every working closes on its own page: the drawer's value again from its printed inputs by its formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from dashboard.pages.warnings.why import closing, closing_unit
from dashboard.words import display
from dashboard.words.passport import About
from dashboard.words.wording import set_language
from rules.indicators import INDICATORS
from rules.money import FEN_PER_YUAN, rounded
from tests.dashboard.conftest import Reader, nodes, words
from tests.demonstration_store import JILIN_CITY, PROVINCE, SCHEME

NUMBER = re.compile(r"[−+-]?[\d,]+(?:\.\d+)?")
FEN = st.integers(0, 10**13)
ABOUT = About(SCHEME, PROVINCE, PROVINCE, "2026-10", "2026-10", 1)


def printed(text: str) -> Decimal:
    found = NUMBER.search(text)
    assert found, text
    return Decimal(found[0].replace(",", "").replace("−", "-"))


def given_as(unit: str, text: str) -> Fraction:
    """An input as its printed words have it: amounts from the 元 in brackets, shares from their per cent."""
    if unit in ("fen", "fen_days"):
        return Fraction(printed(text.partition("（")[2])) * FEN_PER_YUAN
    if unit == "share":
        return Fraction(printed(text)) / 100
    return Fraction(printed(text))


@pytest.mark.parametrize("code", sorted(INDICATORS))
@pytest.mark.parametrize("region", [PROVINCE, JILIN_CITY])
def test_the_value_of_a_drawer_follows_from_what_is_printed_in_it(
    reader: Callable[[str], Reader], code: str, region: str
) -> None:
    address = f"/funds?scheme={SCHEME}&period=2026-10&region={region}&item={code}"
    drawer = reader("p-monitor").drawer(address)
    indicator = INDICATORS[code]
    parts = [node for node in nodes(drawer) if node["type"] in ("Dt", "Dd")]
    pairs = {words(term): words(text) for term, text in pairwise(parts) if term["type"] == "Dt"}
    if "无数值" in pairs:
        return
    inputs: dict[str, Fraction | None] = {}
    for one in indicator.inputs:
        if one.unit == "month":
            inputs[one.name] = Fraction(1)  # told with the value, not reckoned with
            continue
        text = pairs[one.label]
        inputs[one.name] = None if text == display.NO_VALUE else given_as(one.unit, text)
    again = indicator.compute(**inputs)
    assert not isinstance(again, str), (code, again)
    leading = next(node for node in nodes(drawer) if node["props"].get("className") == "figure")
    shown = printed(words(leading))
    exact = Fraction(rounded(again, indicator.scale))
    if indicator.unit == "yuan":
        exact = Fraction(round(exact * 100) * FEN_PER_YUAN, 1) / FEN_PER_YUAN / 10_000_000_000
        assert abs(Fraction(shown) - exact) <= Fraction(1, 200), code
    else:
        assert Fraction(shown) == exact, code


def test_the_general_gap_says_that_the_provinces_is_net() -> None:
    assert "净额" in INDICATORS["general_gap"].formula and "净额" in INDICATORS["general_gap"].inputs[0].label


@given(due=FEN, paid=FEN, held=FEN)
def test_a_difference_written_out_closes_or_says_by_how_much_it_is_off(due: int, paid: int, held: int) -> None:
    set_language("zh")
    unit = closing_unit([due, paid, held])
    terms, names = (due, paid, held, due - paid - held), ("due_fen", "paid_fen", "held_fen")
    told = [ABOUT.figure(f"unpaid_due.{name}", fen) for name, fen in zip(names, terms, strict=False)]
    result = ABOUT.figure("unpaid_due", terms[-1])
    lines = ["".join(map(str, line)) for line in closing(told, result, unit)]
    left, _equals, right = lines[0].partition(" ＝ ")
    shown = [printed(term) for term in left.split(" − ")]
    off = shown[0] - sum(shown[1:]) - printed(right)
    assert off == 0 if len(lines) == 1 else abs(off) == printed(lines[1].partition("相差")[2])
