"""What the names on a table stand for: regions, fund items, measures, spans of time. Nothing is guessed that could be two."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from data_access.intake.importers.codes import KnownRegion, crosswalk
from data_access.intake.importers.places import Gazetteer, plain
from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.workbench.find import OF_WHICH, TOTAL, squeezed
from rules.scheme import Scheme

Span = Literal["month", "to_date", "quarter", "year", "earlier"]
SPANS: dict[Span, re.Pattern[str]] = {
    "month": re.compile(r"(本|当|本期)月(数|发生数?|实际)?|当期(数|发生数?)?|本期(数|发生数?)?"),
    "to_date": re.compile(
        r"(本年|当年|全年|年初至今|截至本月|自年初)?累计(数|发生数?|执行数?|实际)?|1[-—–~至]\d{1,2}月(累计)?(数)?|year to date"
    ),
    "quarter": re.compile(r"(本|当)季(度)?(数|累计)?"),
    "year": re.compile(r"本年(数|实际|决算数?|执行数?)?|全年(数)?|决算数"),
    "earlier": re.compile(
        r"上年(同期|同期数|数|决算数?|同月)?|去年同期|上(月|季)(数)?|同比.*|环比.*|增减.*|占.*|比重.*|.*[%％]"
    ),
}
NUMBERED = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十]+[)）]?[、.．]?|[（(]?[0-9]{1,2}[)）]?[、.．)）])\s*")
# Other words for items than the profile's own; 收入 and 支出 at the end are left away before.
ITEM_WORDS: dict[str, tuple[str, ...]] = {
    "premium_current": ("基本养老保险费", "养老保险费", "保险费", "当期征缴", "征缴", "缴费", "当年实缴", "当期缴费"),
    "premium_arrears": ("清理欠费", "清欠", "补缴欠费", "清理回收欠费"),
    "premium_prepaid": ("预缴", "预缴以后年度"),
    "premium_backpaid": ("补缴", "补缴以前年度"),
    "subsidy": ("财政补贴", "财政补助", "各级财政补贴"),
    "subsidy_central": ("中央财政补贴", "中央补助"),
    "subsidy_local": ("地方财政补贴", "地方补助"),
    "interest": ("利息",),
    "investment": ("委托投资", "投资收益", "委托投资收益"),
    "transfer_in": ("转移", "转入", "关系转移"),
    "other_income": ("其他",),
    "from_above": ("上级补助",),
    "from_below": ("下级上解",),
    "pension": ("基本养老金", "养老金", "养老保险待遇", "基本养老保险待遇", "离退休费"),
    "death_benefit": ("丧葬补助金和抚恤金", "丧葬抚恤补助", "丧葬抚恤"),
    "transfer_out": ("转移", "转出"),
    "other_expenditure": ("其他",),
    "to_below": ("补助下级",),
    "to_above": ("上解上级",),
}
# Measures of published tables, by the names that yearbooks print.
MEASURE_WORDS: dict[str, tuple[str, ...]] = {
    "income": ("基金收入", "收入", "本年收入", "总收入", "revenue", "income"),
    "expenditure": ("基金支出", "支出", "本年支出", "总支出", "expenses", "expenditure"),
    "balance": ("累计结余", "年末累计结余", "滚存结余", "基金累计结余", "结余", "balance", "accumulated balance"),
    "participants": (
        "年末参保职工",
        "年末参保人数",
        "参保人数",
        "参保人员",
        "参加养老保险人数",
        "contributors and retirees",
    ),
    "contributors": ("在职职工", "职工", "参保职工", "缴费人数", "在职人员", "staff and workers"),
    "retirees": ("离退休人员", "离退人员", "离退休、退职人员", "领取待遇人数", "离退休人数", "retirees"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for, and how that was told: *exact* (its full name or code), *alias* (a word known for it) or
    *short* (a name without its suffix, the only one of its kind here)."""

    code: str
    told_by: Literal["exact", "alias", "short"]


@dataclass(frozen=True)
class Names:
    """The names that may stand on a table of a scheme (None: a published one), inside a region and what is below it."""

    regions: Mapping[str, KnownRegion]
    inside: frozenset[str] | None
    scheme: Scheme | None
    side: Literal["income", "expenditure"] | None = None

    def region(self, text: str) -> Named | None:
        """A region by code or name, as the strict door tells them; None where it is none or several. On a table of the
        nation a short name is a province's before it is a city's."""
        name = OF_WHICH.sub("", text).strip()
        for among in (self._is_one, self._is_province) if self.inside is None else (self._is_one,):
            try:
                code = self._gazetteer.find(name, among)
            except Unacceptable:
                continue
            region = self.regions[code]
            exact = plain(name) in (code, plain(region.name), plain(region.name_en))
            return Named(code, "exact" if exact else "short") if among(code) else None
        return None

    def _is_one(self, code: str) -> bool:
        return (self.inside is None or code in self.inside) and self.regions[code].valid_to is None

    def _is_province(self, code: str) -> bool:
        return self._is_one(code) and self.regions[code].level in ("nation", "province")

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        return Gazetteer(self.regions, crosswalk()["places"])

    def item(self, text: str) -> Named | None:
        """A fund item of the scheme by name; a word that both sides use needs the table's side."""
        if self.scheme is None:
            return None
        bare = squeezed(NUMBERED.sub("", OF_WHICH.sub("", text)))
        side = self.side
        if match := re.fullmatch(r"(.+?)(收入|支出)", bare):
            named_side: Literal["income", "expenditure"] = "income" if match[2] == "收入" else "expenditure"
            side = side or named_side
        found: dict[str, Literal["exact", "alias"]] = {}
        for item in self.scheme.items:
            if side and item.side != side:
                continue
            if bare in (item.code, squeezed(item.name)) or bare.casefold() == squeezed(item.name_en).casefold():
                return Named(item.code, "exact")
            words = ITEM_WORDS.get(item.code, ())
            # 基本养老保险费收入 is what was paid, one of the parts of 基本养老保险费.
            whole = () if self.scheme.children(item.code) else (squeezed(item.name),)
            if bare in words or (match and match[1] in (*words, *whole)):
                found[item.code] = "alias"
        return Named(*next(iter(found.items()))) if len(found) == 1 else None

    def measure(self, text: str) -> Named | None:
        """A measure of published tables by name."""
        bare = squeezed(re.sub(r"[（(].*?[)）]", "", OF_WHICH.sub("", text)))
        for code, words in MEASURE_WORDS.items():
            if bare.casefold() in (code, *(squeezed(word) for word in words)):
                return Named(code, "exact" if bare == squeezed(words[0]) else "alias")
        return None


def span_of(text: str) -> Span | None:
    """Which span of time a header says: 本月数, 累计数; *earlier* is of another period and not taken."""
    bare = squeezed(text)
    return next((span for span, pattern in SPANS.items() if pattern.fullmatch(bare)), None)


def side_of(texts: tuple[str, ...]) -> Literal["income", "expenditure"] | None:
    """The side that a title speaks of; None where it speaks of both or neither."""
    said = "".join(texts)
    income, expenditure = "收入" in said, "支出" in said
    return None if income == expenditure else "income" if income else "expenditure"


def is_total(text: str) -> bool:
    return bool(TOTAL.fullmatch(squeezed(text)))
