"""A title in lines: whole in meaning, even in length (GB/T 9704—2012, 7.3.1), the same wherever the document is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

TITLE, NAME = 20.0, 12.0  # letters that a line holds: 二号 of the title, 36 points of the briefing's name
LATIN = 0.52  # of a letter is a digit or a Latin one

# What stays in one piece: dates and amounts with their units, Latin words, insurances and their funds, places.
WHOLE = re.compile(
    r"(?:\d+年)?[\d.,]+(?:[—–~～-][\d.,]+)?(?:个百分点|个月|万亿元|[万亿]?元|季度|年度?|月份?|[日号期次届项%％])?[末初底]?"
    r"|[0-9A-Za-z][0-9A-Za-z.,%'’/-]*"
    r"|(?:企业职工|机关事业单位|城乡居民|城镇职工|灵活就业人员|职工|居民)?(?:基本)?"
    r"(?:养老|医疗|失业|工伤|生育|社会|大病|长期护理)保险(?:基金|费)?"
    r"|历史同期|上年同期|序时进度|累计结余|征缴进度|待遇发放|收支缺口|管理性缺口|监督管理|情况"
    r"|(?:(?![的和与及于])[\u4e00-\u9fff]){2,3}(?:省|自治区|市|自治州|县)"
)
# After these and before those a reader pauses.
AFTER = re.compile(
    r"[的、，：；》）”]|(?:省|自治区)(?![级本内直])|市(?![场级本县直])|保险(?!基金|费)|基金|[年月](?![度报份末初底终内])|季度|月末"
)
BEFORE = re.compile(
    r"(?<![总共缓饱])和(?![谐平解])|(?<![参给])与(?!会)|(?<![涉普以波])及(?![时格])|以及"
    r"|有关(?:情况|问题|事项)|(?:预算执行|运行|执行|收支|征缴|管理|办理|进展|落实|整改)情况"
    r"|[快慢高低多少]于|情况(?=的?(?:报告|通报|汇报|分析|说明))"
)
NO_START, NO_END = "的了、，。：；》）”？！", "《（“"
SMALL = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"])
ANYWHERE, EVENLY, FURTHER = 250.0, 150.0, 25.0  # against squares of letters: a break without sense, a further line
NEVER = float("inf")


@lru_cache(maxsize=256)
def title_lines(text: str, room: float = TITLE) -> tuple[str, ...]:
    """The lines of a title in a room of so many of its letters. One that cannot be parted anywhere stays one line, for
    its writer to wrap."""
    upto = [0.0, *accumulate(1.0 if letter > "\u2e7f" else LATIN for letter in text)]
    if upto[-1] <= room:
        return (text,)
    for costs in (_costs(text), dict.fromkeys(range(1, len(text)), 0.0)):
        fewest = int(-(-upto[-1] // room))
        found = [_parted(upto, room, count, costs) for count in range(fewest, fewest + 3)]
        cost, ends = min((cost + FURTHER * place, ends) for place, (cost, ends) in enumerate(found))
        if cost < NEVER:
            return tuple(text[start:end].strip() for start, end in pairwise((0, *ends)))
    return (text,)


def _costs(text: str) -> dict[int, float]:
    """What it costs to part a text before its letter of each place."""
    if " " in text.strip() and not re.search("[\u4e00-\u9fff]{4}", text):
        return {found.end(): _after_word(text[: found.start()]) for found in re.finditer(r"(?<=\S) (?=[^\d\s(])", text)}
    inside = {at for found in WHOLE.finditer(text) for at in range(found.start() + 1, found.end())}
    good = {found.end() for found in AFTER.finditer(text)} | {found.start() for found in BEFORE.finditer(text)}
    costs, last = dict[int, float](), 0
    for at in range(1, len(text)):
        if at in inside or text[at] in NO_START or text[at - 1] in NO_END:
            continue
        if at in good:
            costs[at], last = 0.0, at
        else:
            # Most words have two letters.
            costs[at] = EVENLY if (at - last) % 2 == 0 else ANYWHERE
    return costs


def _after_word(before: str) -> float:
    """A small word does not end a line."""
    return EVENLY if before.rpartition(" ")[2].lower() in SMALL else 0.0


def _parted(
    upto: Sequence[float], room: float, count: int, costs: Mapping[int, float]
) -> tuple[float, tuple[int, ...]]:
    """The cheapest ends of so many lines, of a text as wide ``upto`` each place: their squared distance from the mean and
    what the breaks cost."""
    last = len(upto) - 1
    mean = upto[last] / count
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for place in range(count):
        reached: dict[int, tuple[float, tuple[int, ...]]] = {}
        for end in (last,) if place == count - 1 else costs:
            tried = [
                (cost + (mean - wide) ** 2 + costs.get(end, 0.0), (*ends, end))
                for start, (cost, ends) in best.items()
                if start < end and (wide := upto[end] - upto[start]) <= room
            ]
            if tried:
                reached[end] = min(tried)
        best = reached
    return best.get(last, (NEVER, ()))
