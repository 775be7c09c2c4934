"""Where a table stands on a sheet: title, unit line, header of one to three rows, body, totals, notes and signatures.

Only the form decides; no name of ours is known here. What is no data is listed with what it is taken for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping as Map, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pyarrow.compute as pc

from data_access.intake.files.book import Kind, Sheet
from data_access.intake.importers.numbers import BEHIND, MARK, MISSING
from rules.scheme import Side

What = Literal["title", "unit", "preamble", "header", "total", "note", "signature", "other"]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

MOST_HEADER = 3
NUMBER = (
    rf"({MARK})?\s*['‘’`´]?[（(]?\s*[-+−‐-―△▲▽▼]?\s*([¥￥$€£]|RMB|CNY|人民币)?\s*[-+]?\s*[0-9][0-9,，.'’\s]*\s*"
    rf"(%|‰|[百千十]*[万亿萬億]?[元円]|[百千十]*[万亿萬億]|兆.*|[亿億][0-9]{{1,4}}[万萬][元円]?)?\s*[）)]?\s*[-−‐-―]?\s*({BEHIND})?"
)
DAY = r"(19|20)[0-9]{2}\s*[-/.年]\s*[0-9]{1,2}\s*([-/.月]\s*([0-9]{1,2}\s*日?)?)?([ T][0-9]{1,2}:[0-9]{2}.{0,20})?"
VALUE = re.compile(rf"(?:{NUMBER}|{DAY}|(?i:{MISSING.pattern}))")
YEAR = re.compile(r"(19|20)[0-9]{2}(\s*年度?)?")
MONTH = re.compile(r"((19|20)[0-9]{2}\s*年?\s*)?(0?[1-9]|1[0-2])\s*月(份)?")
YEARS_HEAD = re.compile(
    r"(会计|财政|日历)?年(份|度|别)?|期间|((calendar|fiscal|financial)?years?)|period", re.IGNORECASE
)
MONTH_OF_YEAR = re.compile(r"(19|20)[0-9]{2}[-/](0?[1-9]|1[0-2])")
TOTAL = re.compile(r"(.*[^其])?(合计|总计|小计|共计|合計|總計)|合|总|Total|TOTAL|Grand total|Sum")
LONGEST_TOTAL = 12  # with the blanks between its characters
TOTAL_WORDS = frozenset(("合计", "总计", "小计", "共计", "合計", "總計"))
NOTE = re.compile(r"(注|附注|备注|说明|编者注|资料来源|数据来源|来源|Source|Sources|Note|Notes|a\)|\*)\s*[:：.、]?.*")
SIGNATURE = re.compile(
    r".*(制表人?|填表人?|审核人?|复核人?|负责人|经办人|编制人|报出日期|联系电话|盖章|签字)\s*[:：（(].*"
)
# 填报单位 is who sends it.
UNIT = re.compile(
    r"(?:.*[\s　（(，,；;])?(?:金额|计量|货币)?单\s*位\s*[:：]?\s*(?P<unit>[^\s；;，,（）()：:]+)\s*[）)]?(?:[\s；;，,].*)?"
)
# The heading of what follows, between header and data.
SECTION = re.compile(
    r"[一二三四五六七八九十]{1,2}[、.．]|[（(][一二三四五六七八九十]{1,2}[)）]|(本年|当年|基金)?(收\s*入|支\s*出)$"
)
KEYED = re.compile(r"[^:：]{1,20}[:：].*")
# Columns that say nothing of what the table is about.
BESIDE = re.compile(r"行次|序号|栏次|编号|备注|No\.?|#")
OF_WHICH = re.compile(r"\s*(其中\s*[:：]?|#|＃|of which:?)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is not data: its line, what it is, and its first text."""

    line: int
    what: What
    text: str


@dataclass(frozen=True)
class Form:
    """What of a found table of income and expenditure is told by where it stands. ``down``: items go down the rows, else
    over the columns; the rest is by row or column: the side of each item and total, the kind of each line that is none,
    which are parts 其中 of the one above, which have such parts, and the place beside each row's item, where there is one."""

    down: bool
    sides: Map[int, Side]
    lines: Map[int, str]
    parts: frozenset[int] = frozenset()
    wholes: frozenset[int] = frozenset()
    beside: Map[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """One table on a sheet. Rows and columns are places in ``sheet``, counted from 0.

    ``heads``: for each column the texts of its header from the top down, without repetitions. ``labels``: the columns that
    say what a row is. ``about``: the texts above the header, which may name unit and period. ``totals`` are rows,
    ``total_columns`` columns that add others up: they are compared, never taken. ``form``: of a form of income and
    expenditure, once that is told.
    """

    sheet: Sheet
    title: str
    unit: str | None
    about: tuple[str, ...]
    header: tuple[int, ...]
    heads: tuple[tuple[str, ...], ...]
    labels: tuple[int, ...]
    rows: tuple[int, ...]
    totals: tuple[int, ...]
    total_columns: tuple[int, ...]
    skipped: tuple[Skipped, ...]
    form: Form | None = None

    def label(self, row: int) -> str:
        """The first text of a row in its label columns."""
        return next((text for column in self.labels if (text := self.text(row, column))), "")

    def text(self, row: int, column: int) -> str:
        """A cell without surrounding blanks."""
        return (self.sheet.columns[column][row].as_py() or "").strip()

    def address(self, row: int, column: int) -> str:
        """Where a cell stands, with the name of its sheet where it has one: 1月!D17."""
        at = self.sheet.address(row, column)
        return f"{self.sheet.name}!{at}" if self.sheet.name else at

    def without(self, lines: Collection[int]) -> Found:
        """The table without some lines of its sheet."""
        kept = tuple(row for row in self.rows if int(self.sheet.lines[row]) not in lines)
        return replace(self, rows=kept)

    def kind(self, row: int, column: int) -> Kind:
        """What a cell is beyond its text."""
        kinds = self.sheet.kinds
        return Kind.TEXT if kinds is None else Kind(int(kinds[column][row]))

    @property
    def hidden(self) -> tuple[int, ...]:
        """The lines of its rows that are hidden."""
        if not self.sheet.hidden_lines:
            return ()
        hidden = set(self.sheet.hidden_lines)
        return tuple(line for row in self.rows if (line := int(self.sheet.lines[row])) in hidden)

    @property
    def value_columns(self) -> tuple[int, ...]:
        """The columns that hold data."""
        return tuple(
            at for at, head in enumerate(self.heads) if at not in self.labels and at not in self.total_columns and head
        )


@lru_cache(maxsize=8192)
def squeezed(text: str) -> str:
    """A text without blanks, as 项　目 means 项目."""
    return re.sub(r"[\s\u3000\u00a0]+", "", text)


def find(sheet: Sheet) -> Found | None:
    """The main table of a sheet; None where there is none: no row of values under a row of texts."""
    if not sheet.height:
        return None
    filled, values = _masks(sheet)
    header, first = _header(sheet, filled, values)
    if first is None:
        return None
    heads = _heads(sheet, header)
    above = list(range(header[0] if header else first))
    rows, totals, below = _body(sheet, first, filled, values)
    labels = _labels(rows or totals, heads, filled, values)
    total_columns = tuple(
        at
        for at, head in enumerate(heads)
        if at not in labels and any(TOTAL.fullmatch(squeezed(text)) for text in head)
    )
    skipped = [*_above(sheet, above), *(Skipped(_line(sheet, at), "total", _first(sheet, at)) for at in totals), *below]
    about = tuple(dict.fromkeys(text for at in above for text in _texts(sheet, at)))
    return Found(
        sheet,
        _title(skipped),
        unit_of(about),
        about,
        header,
        heads,
        labels,
        rows,
        totals,
        total_columns,
        tuple(sorted(skipped, key=lambda one: one.line)),
    )


def unit_of(texts: Sequence[str]) -> str | None:
    """The unit that one of some texts names: 单位：万元."""
    for text in texts:
        if match := UNIT.fullmatch(text):
            return match["unit"]
    return None


# --- cells


def _masks(sheet: Sheet) -> tuple[Mask, Mask]:
    """[row, column]: where a cell is not blank, and where it is a value: a number, a day or a mark for none."""
    pattern = f"^(?:{VALUE.pattern})$"
    filled, values = [], []
    for column in sheet.columns:
        text = pc.utf8_trim_whitespace(pc.utf8_normalize(column.fill_null(""), form="NFKC"))
        filled.append(pc.not_equal(text, "").to_numpy(zero_copy_only=False))
        values.append(pc.match_substring_regex(text, pattern).to_numpy(zero_copy_only=False))
    return np.column_stack(filled).astype(bool), np.column_stack(values).astype(bool)


def _texts(sheet: Sheet, row: int) -> list[str]:
    return [text for column in sheet.columns if (text := (column[row].as_py() or "").strip())]


def _first(sheet: Sheet, row: int) -> str:
    return next(iter(_texts(sheet, row)), "")


def _line(sheet: Sheet, row: int) -> int:
    return int(sheet.lines[row])


# --- the header


def _header(sheet: Sheet, filled: Mask, values: Mask) -> tuple[tuple[int, ...], int | None]:
    """The header's rows and the first row under it: of the rows of texts that stand over values, those over most."""
    is_data = _data_rows(sheet, filled, values)
    best: tuple[int, tuple[int, ...], int] | None = None
    at = 0
    while at < sheet.height:
        if not is_data[at]:
            at += 1
            continue
        end = at
        while end < sheet.height and (is_data[end] or (end + 1 < sheet.height and is_data[end + 1])):
            end += 1
        header = _rows_over(sheet, at, is_data, filled)
        weight = int(values[at:end].sum())
        if header and (best is None or weight > best[0]):
            best = (weight, header, header[-1] + 1)
        at = end + 1
    return (best[1], best[2]) if best else ((), None)


def _data_rows(sheet: Sheet, filled: Mask, values: Mask) -> Mask:
    """Where a row has values, other than the years or months that head columns."""
    data: Mask = np.asarray(values.any(axis=1))
    for row in np.flatnonzero(data[:200]).tolist():
        texts = [squeezed(sheet.columns[at][row].as_py() or "") for at in np.flatnonzero(values[row]).tolist()]
        periods = [text for text in texts if any(one.fullmatch(text) for one in (YEAR, MONTH, MONTH_OF_YEAR))]
        # A row of one year is a row of that year; several beside each other, with nothing but labels, are a header.
        if (len(periods) >= 2 and len(periods) == len(texts)) or (_first(sheet, row) and _about(sheet, row)):
            data[row] = False
    return data


def _about(sheet: Sheet, row: int) -> bool:
    """Whether a row says something of the table as a whole: unit, sender, account, period."""
    texts = _texts(sheet, row)
    if any(UNIT.fullmatch(text) for text in texts):
        return True
    keyed = sum(bool(KEYED.fullmatch(text)) for text in texts)
    return keyed > 0 and keyed >= len(texts) / 2


def _rows_over(sheet: Sheet, first: int, is_data: Mask, filled: Mask) -> tuple[int, ...]:
    rows: list[int] = []
    below = first - 1
    while below > 0 and not is_data[below] and SECTION.match(_first(sheet, below)) and len(_texts(sheet, below)) == 1:
        below -= 1
    for at in range(below, max(-1, below - MOST_HEADER), -1):
        spread = len(set(_texts(sheet, at)))
        if is_data[at] or _about(sheet, at) or (spread < 2 and filled.shape[1] > 1):
            break
        rows.insert(0, at)
    return tuple(rows)


def _heads(sheet: Sheet, header: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """The header texts of each column from the top down: merged cells filled, as are upper cells left blank for those to
    their right."""
    grid = [[(column[row].as_py() or "").strip() for column in sheet.columns] for row in header]
    lines = [_line(sheet, row) for row in header]
    for area in sheet.merged:
        inside = [at for at, line in enumerate(lines) if area.top <= line <= area.bottom]
        if inside and area.left <= len(sheet.columns):
            text = grid[inside[0]][area.left - 1]
            for at in inside:
                for place in range(area.left - 1, min(area.right, len(sheet.columns))):
                    grid[at][place] = grid[at][place] or text
    for level, row in enumerate(grid[:-1]):
        for place in range(1, len(row)):
            if not row[place] and row[place - 1] and grid[level + 1][place] and not _under(grid, level, place):
                row[place] = row[place - 1]
    return tuple(tuple(dict.fromkeys(row[place] for row in grid if row[place])) for place in range(len(sheet.columns)))


def _under(grid: list[list[str]], level: int, place: int) -> bool:
    """Whether the cell to the left is a head of its own that says nothing of this one: one with no text under it."""
    return not any(row[place - 1] for row in grid[level + 1 :])


# --- the body


def _body(
    sheet: Sheet, first: int, filled: Mask, values: Mask
) -> tuple[tuple[int, ...], tuple[int, ...], list[Skipped]]:
    """Rows of data, rows of totals, and what stands below or between and is neither."""
    rows: list[int] = []
    totals: list[int] = []
    rest: list[Skipped] = []
    has_value: Mask = np.asarray(values.any(axis=1))
    texts = [column.to_pylist() for column in sheet.columns]
    for at in range(first, sheet.height):
        label = next((text for column in texts if (text := (column[at] or "").strip())), "")
        if TOTAL.fullmatch(squeezed(label)) or _says_total(texts, at):
            totals.append(at)
        elif SIGNATURE.fullmatch(label):
            rest.append(Skipped(_line(sheet, at), "signature", label))
        elif NOTE.fullmatch(label) and (not has_value[at] or filled[at].sum() == 1):
            rest.append(Skipped(_line(sheet, at), "note", label))
        elif not has_value[at]:
            rest.append(Skipped(_line(sheet, at), "note" if rest and rest[-1].what == "note" else "other", label))
        else:
            rows.append(at)
    return tuple(rows), tuple(totals), rest


def _says_total(texts: Sequence[Sequence[str | None]], row: int) -> bool:
    return any(
        (text := column[row]) and len(text) <= LONGEST_TOTAL and squeezed(text) in TOTAL_WORDS for column in texts
    )


def _labels(rows: Sequence[int], heads: Sequence[tuple[str, ...]], filled: Mask, values: Mask) -> tuple[int, ...]:
    """The leading columns that hold texts rather than values."""
    sample = list(rows[:500])
    found: list[int] = []
    for column in range(filled.shape[1]):
        texts = int((filled[sample, column] & ~values[sample, column]).sum())
        if (not heads[column] and not texts) or any(BESIDE.fullmatch(squeezed(text)) for text in heads[column]):
            continue
        if any(YEARS_HEAD.fullmatch(squeezed(text)) for text in heads[column]):
            found.append(column)
            continue
        if texts * 2 < len(sample) or not sample:
            break
        found.append(column)
    return tuple(found)


# --- above


def _above(sheet: Sheet, rows: Sequence[int]) -> list[Skipped]:
    found: list[Skipped] = []
    for at in rows:
        texts = _texts(sheet, at)
        if any(UNIT.fullmatch(text) for text in texts):
            what: What = "unit"
        elif len(set(texts)) == 1 and not any(one.what == "title" for one in found):
            what = "title"
        else:
            what = "preamble"
        found.append(Skipped(_line(sheet, at), what, "　".join(dict.fromkeys(texts))))
    return found


def _title(skipped: Sequence[Skipped]) -> str:
    return next((one.text for one in skipped if one.what == "title"), "")
