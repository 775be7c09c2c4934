"""Forms of income and expenditure: 月报, 社预执行, 社决. Which rows or columns are items of which side, which are lines that
follow from others (合计, 本年收支结余, 年末滚存结余), which are parts 其中 of the one above.

Told by the words of the forms and by where they stand; an item is told by :mod:`names`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping as Map, Sequence
from dataclasses import replace
from typing import Literal

from data_access.intake.workbench.find import OF_WHICH, TOTAL, Form, Found, Skipped, squeezed
from data_access.intake.workbench.names import NUMBERED, Names, span_of, unnumbered
from rules.scheme import Side

Line = Literal["income", "expenditure", "result", "opening", "closing", "total"]
_OF = r"(?:本|当)?[年月期季]?(?:度)?(?:社会保险|社保|保险)?(?:基金)?(?:总)?"
LINES: dict[Line, re.Pattern[str]] = {
    "income": re.compile(rf"{_OF}收入(?:合计|总计|小计|共计|总额)?"),
    "expenditure": re.compile(rf"{_OF}支出(?:合计|总计|小计|共计|总额)?"),
    "opening": re.compile(
        r"(?:上年末?|上年年末|上期末?|上月末?|年初|期初|月初)(?:基金)?(?:累计|滚存)?(?:结余|余额|结转)(?:数|额)?"
    ),
    "closing": re.compile(
        r"(?:本|当)?(?:年|期|月)末(?:基金)?(?:累计|滚存)?(?:结余|余额|节余)(?:数|额)?|(?:基金)?(?:累计|滚存)(?:结余|余额|节余)"
    ),
    "result": re.compile(
        r"(?:(?:本|当)[年月期季](?:度)?)(?:基金)?(?:收支)?(?:相抵后?)?(?:结余|差额|节余)|(?:基金)?收支(?:相抵后?)?(?:结余|差额|相抵|节余)"
    ),
    "total": TOTAL,
}
HEADINGS = re.compile(r"栏次|行次|甲|项目")
LOOKED_AT = 200


def line_of(text: str) -> Line | None:
    """Which line of the form a text names, if it is no item."""
    bare = re.sub(r"[（(].*?[)）]$", "", unnumbered(text))
    return next((line for line, pattern in LINES.items() if pattern.fullmatch(bare)), None)


def formed(found: Found, names: Names) -> tuple[Found, ...]:
    """The table as the form that it is, each side of one with income at the left and expenditure at the right by itself;
    empty where it names no items of the scheme."""
    if names.scheme is None:
        return ()
    columns = _name_columns(found, names)
    if len(columns) > 1:
        ends = (*columns[1:], len(found.heads))
        halves = [_half(found, at, end) for at, end in zip(columns, ends, strict=True)]
        return tuple(_down(half, names, half.labels[0]) for half in halves)
    if columns:
        return (_down(found, names, columns[0]),)
    over = _over(found, names)
    return () if over is None else (over,)


# --- items down the rows


def _name_columns(found: Found, names: Names) -> tuple[int, ...]:
    """The columns that name items or lines of the form, at least two of them or as many as there are rows."""
    rows = sorted((*found.rows, *found.totals))[:LOOKED_AT]
    chosen = []
    for column in range(len(found.heads)):
        texts = [text for row in rows if (text := found.text(row, column))]
        hits = [text for text in texts if names.item(text, names.side or "income") or names.item(text, "expenditure")]
        lines = sum(line_of(text) not in (None, "total") for text in texts)
        if hits and 2 * (len(hits) + lines) >= len(texts) - 2:
            chosen.append(column)
    return tuple(chosen)


def _half(found: Found, start: int, end: int) -> Found:
    """What stands from a column of names to the next."""
    heads = tuple(head if start <= at < end else () for at, head in enumerate(found.heads))
    rows = tuple(row for row in sorted((*found.rows, *found.totals)) if found.text(row, start))
    totals = tuple(at for at in found.total_columns if start <= at < end)
    return replace(found, heads=heads, labels=(start,), rows=rows, totals=(), total_columns=totals)


def _down(found: Found, names: Names, column: int) -> Found:
    filled = sorted((*found.rows, *found.totals))
    first = found.header[-1] + 1 if found.header else 0
    texts = {row: found.text(row, column) for row in range(first, (filled or [0])[-1] + 1)}
    told = {row: line for row, text in texts.items() if text and (line := line_of(text)) and not _is_item(names, text)}
    aside = [row for row in filled if HEADINGS.fullmatch(squeezed(texts[row]))]
    rows = [row for row in filled if row not in told and row not in aside and texts[row]]
    base = names.side or _side_in(found.heads[column])
    own = _own_sides(names, {row: texts[row] for row in rows})
    sides = _like_above(_sides(rows, told, base), own, told)
    parts, wholes = _parts(found, rows, column, texts)
    lines = {row: line for row, line in told.items() if row in filled}
    place, beside = _places(found, names, column, filled)
    return replace(
        found,
        rows=tuple(rows),
        totals=tuple(lines),
        labels=tuple(dict.fromkeys((*place, *(at for at in found.labels if at < column), column))),
        skipped=_skipped(found, lines, aside, column),
        form=Form(True, sides, lines, frozenset(parts), frozenset(wholes), beside),
    )


def _places(found: Found, names: Names, column: int, rows: Sequence[int]) -> tuple[tuple[int, ...], dict[int, str]]:
    """The column of places before that of items, if any, and its text by row; a blank stands for the one above."""
    for at in range(column):
        texts = {row: found.text(row, at) for row in rows} if found.heads[at] else {}
        if any(names.region(text) for text in set(texts.values()) if text):
            last = ""
            return (at,), {row: (last := text or last) for row, text in texts.items()}
    return (), {}


def _is_item(names: Names, text: str) -> bool:
    """A name such as 收入 is a line; one that an item is called by in full is the item."""
    return (named := names.item(text)) is not None and named.told_by == "exact"


def _sides(rows: Sequence[int], told: Map[int, Line], base: Side | None) -> dict[int, Side]:
    """The side of each row: that of the heading above where the first heading leads, else of the total below."""
    marks: list[tuple[int, Side]] = [(row, line) for row, line in told.items() if line in ("income", "expenditure")]
    sides: dict[int, Side] = {}
    leading = bool(marks and rows) and marks[0][0] < rows[0]
    for row in sorted({*rows, *told}):
        if row in told and told[row] in ("income", "expenditure"):
            sides[row] = told[row]  # type: ignore[assignment]
            continue
        above = [side for at, side in marks if at < row]
        below = [side for at, side in marks if at > row]
        side = (above[-1] if above else base) if leading else (below[0] if below else above[-1] if above else base)
        if base is not None and not marks:
            side = base
        if side is not None:
            sides[row] = side
    return sides


def _own_sides(names: Names, texts: Map[int, str]) -> dict[int, Side]:
    """The sides of the items whose names are of one side alone, wherever they stand."""
    assert names.scheme is not None
    told = {row: named.code for row, text in texts.items() if (named := names.item(text))}
    return {row: names.scheme.item(code).side for row, code in told.items()}


def _like_above(sides: Map[int, Side], own: Map[int, Side], told: Map[int, Line]) -> dict[int, Side]:
    """Each row's own side; of one that has none that of the row above, as far as no line of the form is between them."""
    found: dict[int, Side] = {}
    above: Side | None = None
    for row, side in sorted({**sides, **own}.items()):
        above = None if row in told else own.get(row, above)
        found[row] = side if row in told else above or side
    return found


def _parts(found: Found, rows: Sequence[int], column: int, texts: Map[int, str]) -> tuple[set[int], set[int]]:
    """The rows that are parts of one above them, and those that they are parts of: 其中 begins them, and what follows
    without a number, set in as far, goes on."""
    parts: set[int] = set()
    wholes: set[int] = set()
    whole: int | None = None
    inset = 0
    for at, row in enumerate(rows):
        raw = found.sheet.columns[column][row].as_py() or ""
        depth = len(raw) - len(raw.lstrip())
        begins = OF_WHICH.match(texts[row]) is not None
        goes_on = at > 0 and rows[at - 1] in parts and depth > 0 and depth >= inset and not NUMBERED.match(texts[row])
        if not (begins or goes_on):
            whole = row
            continue
        if begins:
            inset = depth
        parts.add(row)
        if whole is not None:
            wholes.add(whole)
    return parts, wholes


def _skipped(found: Found, lines: Iterable[int], aside: Iterable[int], column: int) -> tuple[Skipped, ...]:
    known = {one.line for one in found.skipped}
    more = [Skipped(int(found.sheet.lines[row]), "total", found.text(row, column)) for row in lines]
    more += [Skipped(int(found.sheet.lines[row]), "header", found.text(row, column)) for row in aside]
    fresh = [one for one in more if one.line not in known]
    return tuple(sorted((*found.skipped, *fresh), key=lambda one: one.line))


# --- items over the columns


def _over(found: Found, names: Names) -> Found | None:
    """A table whose columns are items; None where they are not."""
    sides: dict[int, Side] = {}
    lines: dict[int, Line] = {}
    items = 0
    for at, head in enumerate(found.heads):
        texts = [text for text in head if span_of(text) is None]
        if at in found.labels or not texts:
            continue
        side = _side_in(texts[:-1]) or names.side or _side_in(found.about)
        line = None if _is_item(names, texts[-1]) else line_of(texts[-1])
        if line in ("income", "expenditure"):
            side = line
        if line:
            lines[at] = line
        elif names.item(texts[-1], side):
            items += 1
        if side is not None:
            sides[at] = side
    if not items or items * 2 < len(sides) - len(lines):
        return None
    columns = tuple(sorted({*found.total_columns, *lines}))
    return replace(found, total_columns=columns, form=Form(False, sides, lines))


def _side_in(texts: Iterable[str]) -> Side | None:
    """The side that heads name: 收 入, 基金支出."""
    found: set[Side] = set()
    for text in texts:
        bare = squeezed(text)
        found |= {"income"} if "收入" in bare else set()
        found |= {"expenditure"} if "支出" in bare else set()
    return found.pop() if len(found) == 1 else None
