"""What the names on a table stand for: regions, fund items, measures, spans of time. Nothing is guessed that could be two."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from data_access.intake.importers.codes import FOREIGN, KnownRegion, crosswalk
from data_access.intake.importers.places import Gazetteer, plain
from data_access.intake.importers.reasons import Unacceptable
from data_access.intake.workbench.find import OF_WHICH, TOTAL, squeezed
from rules.published import measure_told
from rules.scheme import Scheme, Side

Span = Literal["month", "to_date", "quarter", "year", "plan", "earlier"]
_DONE = r"(执行|实际|发生|完成)?(数|额|金额)?"
SPANS: dict[Span, re.Pattern[str]] = {
    # What was meant to be, what was and what the two make together are none of the figures themselves.
    "earlier": re.compile(
        r"(上|去)年(同期|同月)?(累计)?(数|决算数?|实际数?|执行数?|完成数?)?|上(月|季)(末|累计)?(数|金额)?|(较|比)上.*|同比.*|环比.*|[±增减].*"
        r"|占.*|比重.*|.*[%％].*|.*(完成|执行)(率|进度|比例)|完成.*预算.*|.*百分比|差(额|引|异)?"
    ),
    "plan": re.compile(r"(年初|年度|本年|当年|全年|调整后?)?的?(年度)?预算(安排|调整|批复)?(数|额|金额)?"),
    "month": re.compile(rf"(本|当|本期)月{_DONE}|(当|本)期{_DONE}"),
    "to_date": re.compile(
        rf"(截至本月|自年初)?(本年|当年|全年|年初至今|年初至本月)?累计{_DONE}|1[-—–~至]\d{{1,2}}月(累计)?{_DONE}|年初至今(累计)?{_DONE}|year to date"
    ),
    "quarter": re.compile(rf"(本|当)季(度)?(累计)?{_DONE}"),
    "year": re.compile(rf"(本|当)年{_DONE}|全年{_DONE}|(本年|当年)?决算(数|额|金额)?"),
}
# Heads that say that figures stand below, and nothing of which.
NEUTRAL = re.compile(r"(基金)?(收入|支出)?(执行|实际|完成)?(金额|数额|数)|收入|支出|(执行|实际|完成)数?")
WHOLE = ("全省", "全区", "全自治区")
QUALIFIED = re.compile(
    r"(?P<whole>.+?)\s*[（(]\s*(?:不含|不包括|不包含|excluding|excl\.|(?P<within>含|包括|包含|including|incl\.))\s*"
    r"(?P<parts>[^（）()]+?)\s*[)）]",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十]+[)）]?[、.．]?|[（(]?[0-9]{1,2}[)）]?[、.．)）])\s*")
# Other words for items than the profile's own; 收入 and 支出 at the end are left away before.
ITEM_WORDS: dict[str, tuple[str, ...]] = {
    "premium": ("工伤保险费", "失业保险费", "保险费", "征缴", "缴费", "单位缴费"),
    "lump_premium": ("趸缴", "一次性趸缴"),
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
    "benefit": ("工伤保险待遇", "工伤待遇", "待遇"),
    "benefit_medical": ("工伤医疗待遇", "医疗待遇", "工伤医疗"),
    "benefit_disability": ("伤残待遇", "伤残"),
    "benefit_death": ("工亡待遇", "工亡"),
    "assessment_cost": ("劳动能力鉴定", "劳动能力鉴定费", "鉴定费"),
    "prevention_cost": ("工伤预防", "工伤预防费", "工伤预防费用", "预防费"),
}


OWN_LEVEL = re.compile(r"(.+?[省市州盟])(?:本级|市直|省直|直属)")


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for, and how that was told: *exact* (its full name or code), *code* (a longer form of its code),
    *alias* (a word known for it), *short* (a name without its suffix, the only one of its kind here), *beside* (one of
    several, told by the places beside it) or *of_which* (a part of another row)."""

    code: str
    told_by: Literal["exact", "code", "alias", "short", "beside", "of_which"]


@dataclass(frozen=True)
class Names:
    """The names that may stand on a table of a scheme (None: a published one), inside a region and what is below it.
    ``provinces``: the other places of the table are provinces; ``country``: the other country that it is of; ``counted``: of
    units listed apart, by the names of its provinces, whether these hold their figures (within) or not (apart)."""

    regions: Mapping[str, KnownRegion]
    inside: frozenset[str] | None
    scheme: Scheme | None
    side: Side | None = None
    provinces: bool = False
    country: str | None = None
    counted: Mapping[str, str] = field(default_factory=dict)

    def region(self, text: str) -> Named | None:
        """A region by code or name, as the strict door tells them; None where it is none or several. Beside provinces
        吉林 is the province."""
        name = OF_WHICH.sub("", text).strip()
        if qualified := QUALIFIED.fullmatch(name):
            whole = self.region(qualified["whole"])
            return whole and replace(whole, told_by="alias")
        if self.scheme is not None and squeezed(name) in WHOLE:
            return Named(self.scheme.province, "alias")
        if (own := OWN_LEVEL.fullmatch(squeezed(name))) and (above := self.region(own[1])):
            return Named(f"{above.code}-0", "alias") if f"{above.code}-0" in self.regions else None
        for among in (self._is_one, self._is_province) if self.provinces else (self._is_one,):
            try:
                code = self._gazetteer.find(name, among)
            except Unacceptable:
                continue
            return Named(code, self._told_by(text, name, code, among)) if among(code) else None
        return None

    def _told_by(
        self, text: str, name: str, code: str, among: Callable[[str], bool]
    ) -> Literal["exact", "code", "short", "beside", "of_which"]:
        region = self.regions[code]
        if OF_WHICH.match(text):
            return "of_which"
        if among == self._is_province:
            return "beside"
        if plain(name) in (plain(code), plain(region.name), plain(region.name_en)):
            return "exact"
        return "code" if name[:6] == code else "short"

    def beside(self, texts: Iterable[str]) -> Names:
        """These names on a table that has some texts: whether every place among them that is only one is a province, or
        listed beside the provinces."""
        if self.inside is not None:
            return self
        texts = tuple(texts)
        told = {named.code for text in texts if (named := self.region(text)) is not None}
        beside = replace(self, provinces=bool(told) and all(map(self._is_beside, told)))
        return replace(beside, counted=dict(beside._declared(texts)))

    def _declared(self, texts: Iterable[str]) -> Iterable[tuple[str, str]]:
        """Of the units listed apart that a province's name speaks of, whether its figure holds theirs: 广东（不含深圳）."""
        for text in texts:
            if qualified := QUALIFIED.fullmatch(text.strip()):
                how = "within" if qualified["within"] else "apart"
                for name in re.split("[、,，和]|and", qualified["parts"]):
                    named = self.region(name.strip())
                    if named is not None and self.regions[named.code].kind == "separate":
                        yield named.code, how

    def _is_beside(self, code: str) -> bool:
        return self._is_province(code) or self.regions[code].kind == "separate"

    def _is_one(self, code: str) -> bool:
        inside = code in self.inside if self.inside is not None else self.regions[code].kind != FOREIGN
        return inside and self.regions[code].valid_to is None

    def _is_province(self, code: str) -> bool:
        return self._is_one(code) and self.regions[code].level in ("nation", "province")

    @cached_property
    def _gazetteer(self) -> Gazetteer:
        return Gazetteer(self.regions, crosswalk()["places"])

    @cached_property
    def _items(self) -> dict[tuple[str, Side | None], Named | None]:
        return {}

    def item(self, text: str, side: Side | None = None, *, whole: bool = False) -> Named | None:
        """A fund item of the scheme by name; a word that both sides use needs its own side or the table's. ``whole``: its
        parts stand apart, so it is the item that they are parts of."""
        # Tables of thousands of rows say the same few names.
        if (text, side) not in self._items:
            self._items[text, side] = self._item(text, side)
        named = self._items[text, side]
        above = self.scheme.item(named.code).parent if named and self.scheme and whole else None
        return Named(above, "alias") if above else named

    def _item(self, text: str, side: Side | None) -> Named | None:
        if self.scheme is None:
            return None
        bare = unnumbered(text)
        side = side or self.side
        if match := re.fullmatch(r"(.+?)(收入|支出)", bare):
            named_side: Side = "income" if match[2] == "收入" else "expenditure"
            side = side or named_side
        found: dict[str, Literal["exact", "alias"]] = {}
        for item in self.scheme.items:
            if side and item.side != side:
                continue
            if bare in (item.code, squeezed(item.name)) or bare.casefold() == squeezed(item.name_en).casefold():
                return Named(item.code, "exact")
            # 基本养老保险费收入 is what was paid, one of the parts of 基本养老保险费.
            parted = bool(self.scheme.children(item.code))
            words = () if parted and item.code == "premium" else ITEM_WORDS.get(item.code, ())
            whole = () if parted else (squeezed(item.name),)
            if bare in words or (match and match[1] in (*words, *whole)):
                found[item.code] = "alias"
        return Named(*next(iter(found.items()))) if len(found) == 1 else None

    def measure(self, text: str) -> Named | None:
        """A measure of published tables by name, whatever stands in brackets behind it."""
        told = measure_told(re.sub(r"[（(].*?[)）]", "", OF_WHICH.sub("", text)))
        return None if told is None else Named(told[0], "exact" if told[1] else "alias")


def unnumbered(text: str) -> str:
    """A name without its number, 其中 and blanks."""
    return squeezed(NUMBERED.sub("", OF_WHICH.sub("", text)))


def span_of(text: str) -> Span | None:
    """Which span of time a header says: 本月数, 累计数; *earlier* is of another period and not taken."""
    bare = squeezed(text)
    return next((span for span, pattern in SPANS.items() if pattern.fullmatch(bare)), None)


def side_of(texts: tuple[str, ...]) -> Side | None:
    """The side that a title speaks of; None where it speaks of both or neither."""
    said = "".join(texts)
    income, expenditure = "收入" in said, "支出" in said
    return None if income == expenditure else "income" if income else "expenditure"


def is_total(text: str) -> bool:
    return bool(TOTAL.fullmatch(squeezed(text)))
