"""The five matters of the sheet: those of 请您关注, the most urgent first, each in one line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dashboard.components.parts import pieces_of
from dashboard.exports.blocks import Matter, Matters, plain
from dashboard.pages.overview.matters import MATTERS, AttentionLine, find_matters
from dashboard.pages.warnings import words as words, work
from dashboard.site.reading import Reading
from dashboard.words.wording import language, within
from rules.alerts.threshold import Level

# Chinese characters that the line of a matter holds; digits and Latin letters are half of one.
WIDTH = 39.0
AUTONOMOUS = re.compile(r"\u81ea\u6cbb")  # 自治


def matters_block(reading: Reading) -> Matters:
    """At most five matters, and how many more there are."""
    cases = work.matters(reading)
    found = [_case(reading, one) for one in cases[:MATTERS]]
    facts = find_matters(reading) if len(cases) < MATTERS else []
    return five([*found, *(_fact(one) for one in facts)], len(cases) + len(facts))


def five(found: Sequence[Matter], count: int) -> Matters:
    """The first five of ``count`` matters, and how many more there are."""
    return Matters(found[:MATTERS], max(0, count - MATTERS))


def _case(reading: Reading, one: work.Matter) -> Matter:
    place = words.place(reading, one.lead.subject)
    what = shortened(place, pieces_of(work.what(reading, one)))
    who, until = work.responsible(reading, one), work.due_words(one)
    return Matter(one.level, "", what, who, until, work.next_step(reading, one))


def _fact(one: AttentionLine) -> Matter:
    state = one.state if isinstance(one.state, str) else plain(pieces_of(one.state))
    return Matter(Level.NONE, one.tag, shortened("", pieces_of(one.what)), one.who, one.due, state)


def shortened(place: str, what: Sequence[str]) -> list[str]:
    """A place and what is the matter there, in one line: where it is too long the place is shortened, then what follows
    the last comma is left out; the type is never made smaller."""
    # Pingliang: effective rate below the rate in force.
    gap, what = (
        (": ", [within(one) for one in what[:1]] + list(what[1:]))
        if place and language() == "en"
        else (" " if place else "", what)
    )
    if width(f"{place}{gap}{plain(what)}") > WIDTH:
        place = short_place(place)
    kept = list(what)
    while width(f"{place}{gap}{plain(kept)}") > WIDTH and (last := _last_clause(kept)):
        kept = kept[:last]
    return [f"{place}{gap}", *kept] if place else kept


def _last_clause(what: Sequence[str]) -> int:
    """Where the last clause begins; 0 where there is one alone."""
    return max((at for at, piece in enumerate(what) if piece.startswith(("，", ", "))), default=0)


def short_place(name: str) -> str:
    """延边州 of 延边朝鲜族自治州, Yanbian of its English name; others as they are."""
    if language() == "en":
        return re.sub(r" (?:\w+ )*(?:Autonomous )?(?:Prefecture|County|District|City|Banner)$", "", name)
    return f"{name[:2]}{name[-1]}" if AUTONOMOUS.search(name) else name


def width(said: str) -> float:
    """The width of a text in Chinese characters."""
    return sum(1.0 if character > "\u2e7f" else 0.5 for character in said)
