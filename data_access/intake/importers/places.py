"""Regions by code or name: what is unambiguous is taken; totals, notes and parts of other rows are named as what they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Protocol

from data_access.intake.importers.reasons import Unacceptable

TOTAL = re.compile(r"(.{0,6}(合|总|小|共)\s*计|合計|total|sub-?total|grand total|sum)[:：]?", re.IGNORECASE)
PART = re.compile(r"(其中|#|of which|including)\s*[:：]?\s*.*", re.IGNORECASE)
NOTE = re.compile(
    r"(注|备注|说明|附注|资料来源|数据来源|填表说明)\s*[0-9一二三]?\s*[:：.、].*|(notes?|source)\s*[:：].*",
    re.IGNORECASE,
)
ROW_KINDS = {"note_row": NOTE, "total_row": TOTAL, "part_row": PART}
PEOPLES = "维吾尔|壮族|回族|藏族|蒙古族|朝鲜族|土家族|苗族|彝族|傣族|白族|侗族|布依族|哈萨克|柯尔克孜|羌族|景颇族|傈僳族|哈尼族|黎族"
SUFFIX = re.compile(
    rf"(({PEOPLES})*(自治区|自治州|自治县)|特别行政区|省|市|区|县|盟|地区"
    r"|(uygur|uyghur|zhuang|hui)*(autonomousregion)|province|municipality|city|district|county)$"
)


class Named(Protocol):
    """What a region is called."""

    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...


def refuse_row_kind(text: str) -> None:
    """Refuse what stands where a code should: a total, a note, a part of another row."""
    for reason, pattern in ROW_KINDS.items():
        if pattern.fullmatch(text):
            raise Unacceptable(reason)


def plain(text: str) -> str:
    """A name as it is compared: width, case, blanks, hyphens and apostrophes are no part of it."""
    return re.sub(r"[\s'’\-]+", "", unicodedata.normalize("NFKC", text)).casefold()


def short(name: str) -> str:
    """A name without 省, 市, 自治区 …; names of one character keep it."""
    cut = SUFFIX.sub("", name)
    return cut if len(cut) > 1 else name


class Gazetteer:
    """The names of regions: the full ones before the short ones before the aliases."""

    def __init__(self, regions: Mapping[str, Named], aliases: Mapping[str, str]) -> None:
        self.regions = regions
        self._full: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        self._aliases = {plain(name): code for name, code in aliases.items()}
        for code, region in regions.items():
            for name in {plain(region.name), plain(region.name_en)}:
                self._full.setdefault(name, []).append(code)
            for name in {short(plain(region.name)), short(plain(region.name_en))}:
                self._short.setdefault(name, []).append(code)

    def find(self, text: str, among: Callable[[str], bool]) -> str:
        """The region meant among those that can be. Raises Unacceptable: a total, a note, several, none."""
        code = self._by_code(text)
        if code is not None:
            return code
        name = plain(text)
        alias = self._aliases.get(name)
        if alias in self.regions and among(str(alias)):
            return str(alias)
        refuse_row_kind(text)
        # 吉林 is a province and a city: the short name of either.
        for found in (self._full.get(name, ()), self._short.get(short(name), ())):
            meant = [code for code in found if among(code)]
            if len(meant) == 1:
                return meant[0]
            if meant:
                raise Unacceptable(
                    "ambiguous_place", candidates=[f"{code} {self.regions[code].name}" for code in sorted(meant)]
                )
        raise Unacceptable("not_a_place")

    def _by_code(self, text: str) -> str | None:
        """Six digits, also as a spreadsheet's number, or a statistical code whose further digits are all zero."""
        digits = re.sub(r"\.0+$", "", text)
        if re.fullmatch(r"[0-9]{6}000(000)?", digits):
            digits = digits[:6]
        return digits if digits in self.regions else text if text in self.regions else None
