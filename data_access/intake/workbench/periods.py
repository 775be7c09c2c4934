"""The months that the texts about a table name: 2026年9月, 2026年1—9月, 2026年前三季度, 2026年度, 二〇二六年九月."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from rules.month import DECEMBER, Month

Months = tuple[int, int]  # the first and the last, yyyymm

_YEAR, _MONTH = r"(?<![0-9])((?:19|20)[0-9]{2})", r"(1[0-2]|0?[1-9])"
RANGE = re.compile(rf"{_YEAR}年?[./-]?{_MONTH}月?(?:份)?[-~至到]+(?:\1年?[./-]?)?{_MONTH}月")
PART = re.compile(rf"{_YEAR}年(?:度)?(上半年|下半年|前三季度|前3季度|第?[一二三四1-4]季度)")
MONTH = re.compile(rf"{_YEAR}(?:年|[./-]){_MONTH}(?![0-9])(?:月|$|[./-][0-9]|[^0-9])|{_YEAR}(0[1-9]|1[0-2])(?![0-9])")
YEAR = re.compile(rf"{_YEAR}年(?!度?[0-9])")
PARTS = {"上半年": (1, 6), "下半年": (7, 12), "前三季度": (1, 9), "前3季度": (1, 9)}
# When a sheet was filled in is not what it is about.
FILLED_IN = re.compile(r"(填报|报出|报送|制表|编制|打印|查询|导出)(日期|时间)")
DASHES = re.compile(r"[—–―─－﹣‐‑−]+")
CHINESE = {sign: str(number) for number, sign in enumerate("〇一二三四五六七八九")} | {"○": "0", "零": "0"}


def months_of(texts: Iterable[str]) -> Months | None:
    """The one span of months that some texts name, the narrowest form of naming first; None where they name none or two."""
    plain = [text for text in map(_plain, texts) if not FILLED_IN.search(text)]
    for read in (_ranges, _parts, _months, _years):
        found = {span for text in plain for span in read(text)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _plain(text: str) -> str:
    bare = re.sub(r"\s+", "", DASHES.sub("-", unicodedata.normalize("NFKC", text)))
    bare = re.sub(r"[〇○零一二三四五六七八九]{4}(?=年)", lambda m: "".join(CHINESE[sign] for sign in m[0]), bare)
    return re.sub(r"(?<=年)([一二三四五六七八九]|十[一二]?)(?=月)", lambda m: str(_number(m[1])), bare)


def _number(text: str) -> int:
    return 10 + int(CHINESE.get(text[1:], "0")) if text.startswith("十") else int(CHINESE[text])


def _ranges(text: str) -> Iterator[Months]:
    for year, first, last in RANGE.findall(text):
        if int(first) < int(last):
            yield Month.at(int(year), int(first)), Month.at(int(year), int(last))


def _parts(text: str) -> Iterator[Months]:
    for year, part in PART.findall(text):
        first, last = PARTS.get(part) or _quarter(part)
        yield Month.at(int(year), first), Month.at(int(year), last)


def _quarter(part: str) -> Months:
    quarter = next(int(CHINESE.get(sign, sign)) for sign in part if sign in "一二三四1234")
    return quarter * 3 - 2, quarter * 3


def _months(text: str) -> Iterator[Months]:
    for year, month, other_year, other_month in MONTH.findall(text):
        one = Month.at(int(year or other_year), int(month or other_month))
        yield one, one


def _years(text: str) -> Iterator[Months]:
    for year in YEAR.findall(text):
        yield Month.at(int(year), 1), Month.at(int(year), DECEMBER)
