"""The title of a slide: what its chart shows, said from the chart's own figures by rule, in at most two lines.

Each rule is a pure function of a ``Plot``: it says who, which way and by how much as the table prints it, or "" where the
figures do not carry a sentence; then the slide is called after its subject and period. Whoever reads 超过5个百分点 finds no
figure under it that reads −5.00: sides are told by what is read, not by what was rounded away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from dashboard.charts.plot import Plot
from dashboard.components.level import LONG
from dashboard.components.table import cell, raw
from dashboard.words import display
from dashboard.words.display import NO_VALUE, as_read
from dashboard.words.wording import N_, _, bracketed, language

NAMED = 3  # of several regions, how many are named; of more, how many there are
SAME_MONTH = 12
# Two or three names that end alike are said without their end; English names have none.
ALIKE = {
    2: (N_("{names}两市"), N_("{names}两州"), N_("{names}两县"), N_("{names}两区")),
    3: (N_("{names}三市"), N_("{names}三州"), N_("{names}三县"), N_("{names}三区")),
}


@dataclass(frozen=True, slots=True)
class Pace:
    """How a deviation from earlier years is said: of what (征缴), and whether being ahead is what calls for attention."""

    subject: str
    ahead_is_worse: bool = False


def subject(title: str, period: str) -> str:
    """The title of a slide without a sentence: its subject and period."""
    return title + bracketed(period) if period else title


def text(plot: Plot, place: int, key: str) -> str:
    """A cell as its table prints it."""
    column = next(one for one in plot.table.columns if one.key == key)
    return cell(plot.table, column, plot.rows[place])


def value(plot: Plot, place: int, key: str) -> Decimal | None:
    """The number that a cell reads as."""
    said = text(plot, place, key)
    return None if said in ("", NO_VALUE) else as_read(said)


def exact(plot: Plot, place: int, key: str) -> Fraction | None:
    """The cell's exact value."""
    found = raw(plot.rows[place].values.get(key))
    return None if found is None else Fraction(found)


def last(plot: Plot, key: str) -> int | None:
    """The place of the last known value, before what is expected."""
    until = len(plot.rows) if plot.expected is None else plot.expected
    return next((place for place in reversed(range(until)) if value(plot, place, key) is not None), None)


def names(found: Sequence[str]) -> str:
    """``长春、吉林两市``; names of several kinds whole; of more than three how many there are."""
    if len(found) > NAMED:
        return _("{count}个地区", count=len(found))
    for said in ALIKE.get(len(found), ()) if language() == "zh" else ():
        if all(name.endswith(said[-1]) and len(name) > 2 for name in found):
            return _(said, names=_("、").join(name[:-1] for name in found))
    return _("、").join(found)


def pace(plot: Plot, of: Pace, along: str, key: str) -> str:
    """甲、乙两市征缴慢于历史同期超过5个百分点: who is beyond the limit; else how many lag and who most; else who leads."""
    sign = -1 if of.ahead_is_worse else 1
    known = [(read * sign, place) for place in range(len(plot.rows)) if (read := value(plot, place, key)) is not None]
    if not known:
        return ""
    worst_first = sorted(known)
    limit = plot.limits[0].at if plot.limits else None
    if limit is not None:
        bound = Decimal(str(limit)) * sign
        beyond = [place for read, place in worst_first if read < bound and plot.levels.get(place)]
        if beyond:
            points = display.number(abs(Decimal(str(limit)))).rstrip("0").rstrip(".")
            who = names([text(plot, place, along) for place in beyond])
            return _(PACES[of.ahead_is_worse, "beyond"], who=who, subject=of.subject, points=points)
    behind = [place for read, place in worst_first if read < 0]
    if behind:
        points = display.number(abs(worst_first[0][0]))
        who = text(plot, behind[0], along)
        if len(behind) == 1:
            return _(PACES[of.ahead_is_worse, "one"], who=who, subject=of.subject, points=points)
        said = PACES[of.ahead_is_worse, "some"]
        return _(said, count=len(behind), subject=of.subject, who=who, points=points)
    return _(PACES[of.ahead_is_worse, "none"], subject=of.subject)


PACES = {
    (False, "beyond"): N_("{who}{subject}慢于历史同期超过{points}个百分点"),
    (False, "one"): N_("{who}{subject}慢于历史同期{points}个百分点，其他地区不慢"),
    (False, "some"): N_("{count}个地区{subject}慢于历史同期，{who}最慢，慢{points}个百分点"),
    (False, "none"): N_("各地{subject}均不慢于历史同期"),
    (True, "beyond"): N_("{who}{subject}快于历史同期超过{points}个百分点"),
    (True, "one"): N_("{who}{subject}快于历史同期{points}个百分点，其他地区不快"),
    (True, "some"): N_("{count}个地区{subject}快于历史同期，{who}最快，快{points}个百分点"),
    (True, "none"): N_("各地{subject}均不快于历史同期"),
}


def ends(plot: Plot, title: str, unit: str, along: str, key: str) -> str:
    """归集率白城市最高（99.12%），长春市最低（91.00%）: first and last of a ranking without a direction to judge."""
    known = sorted((read, place) for place in range(len(plot.rows)) if (read := value(plot, place, key)) is not None)
    if len(known) < 2 or known[0][0] == known[-1][0]:
        return ""
    low, high = (known[at][1] for at in (0, -1))
    behind = unit if unit in ("%", "‰") or language() == "zh" else f" {unit}"
    return _(
        "{title}{high}最高（{most}{unit}），{low}最低（{least}{unit}）",
        title=title,
        high=text(plot, high, along),
        most=text(plot, high, key),
        low=text(plot, low, along),
        least=text(plot, low, key),
        unit=behind,
    )


def growth(now: Fraction | None, before: Fraction | None) -> str:
    """比上年同期增长5.20%, 下降, 与上年同期持平; "" where a percentage says nothing: no base, or none above zero."""
    if now is None or before is None or before <= 0 or now < 0:
        return ""
    percent = display.number((now - before) * 100 / before)
    if as_read(percent) == 0:
        return _("与上年同期持平")
    rises = as_read(percent) > 0
    said = N_("比上年同期增长{percent}%") if rises else N_("比上年同期下降{percent}%")
    return _(said, percent=percent.removeprefix(display.MINUS))


def amount(plot: Plot, place: int, title: str, unit: str, key: str) -> str:
    """2026年10月累计结余41.20亿元."""
    month = text(plot, place, plot.along)
    return _("{month}{title}{amount}{unit}", month=month, title=title, amount=text(plot, place, key), unit=unit)


def level(plot: Plot, title: str, unit: str, key: str) -> str:
    """截至2026年10月，累计结余41.20亿元，比上年同期增长5.20%，预计2027年10月为40.10亿元: of a stock."""
    at = last(plot, key)
    if at is None:
        return ""
    said = amount(plot, at, title, unit, key)
    grown = growth(exact(plot, at, key), exact(plot, at - SAME_MONTH, key) if at >= SAME_MONTH else None)
    end = len(plot.rows) - 1
    coming = ""
    if plot.expected is not None and value(plot, end, key) is not None and end > at:
        coming = _("{months}个月后预计{amount}{unit}", months=end - at, amount=text(plot, end, key), unit=unit)
    return _("，").join(part for part in (said, grown, coming) if part)


def flows(plot: Plot, income: str, spent: str, unit: str) -> str:
    """2026年10月收入3.10亿元、支出2.90亿元，当月收支结余0.20亿元; of less income than spending 收支缺口."""
    at = last(plot, income)
    if at is None or (came := exact(plot, at, income)) is None or (went := exact(plot, at, spent)) is None:
        return ""
    # What the difference reads as is the difference of what is read, so that the sentence adds up.
    left = as_read(text(plot, at, income)) - as_read(text(plot, at, spent))
    said = (
        N_("{month}收入{income}{unit}、支出{spent}{unit}，当月收支结余{left}{unit}")
        if came > went
        else N_("{month}收入{income}{unit}、支出{spent}{unit}，当月收支缺口{left}{unit}")
    )
    if left == 0:
        said = N_("{month}收入{income}{unit}、支出{spent}{unit}，收支相抵")
    month, given = text(plot, at, plot.along), (text(plot, at, income), text(plot, at, spent))
    return _(said, month=month, income=given[0], spent=given[1], left=display.number(abs(left)), unit=unit)


def beside(plot: Plot, title: str, unit: str, key: str, before: str) -> str:
    """截至2026年10月征缴2.30亿元，比上年同期增长5.20%: a series beside that of the year before."""
    at = last(plot, key)
    if at is None:
        return ""
    said = amount(plot, at, title, unit, key)
    grown = growth(exact(plot, at, key), exact(plot, at, before))
    return _("，").join(part for part in (said, grown) if part)


def judged(plot: Plot, who: str, title: str, unit: str, key: str) -> str:
    """吉林市征缴进度较历史同期−5.60百分点，处于橙色预警: the newest value and the level it stands at."""
    at = last(plot, key)
    if at is None:
        return ""
    stands = plot.levels.get(at)
    word = _("处于{level}", level=_(LONG[stands])) if stands else _("未达到预警标准")
    return _("{who}{said}，{word}", who=who, said=amount(plot, at, title, unit, key), word=word)


def moved(plot: Plot, title: str, unit: str, key: str) -> str:
    """可支付月数由17.2升至17.8个月: the first and the last of a few periods."""
    at = last(plot, key)
    first = next((place for place in range(len(plot.rows)) if value(plot, place, key) is not None), None)
    if at is None or first is None or at == first:
        return ""
    before, now = value(plot, first, key), value(plot, at, key)
    assert before is not None and now is not None
    month, shown = text(plot, first, plot.along), text(plot, at, key)
    if before == now:
        return _("{title}{amount}{unit}，与{month}持平", title=title, amount=shown, unit=unit, month=month)
    said = (
        N_("{title}由{month}的{before}升至{amount}{unit}")
        if now > before
        else N_("{title}由{month}的{before}降至{amount}{unit}")
    )
    return _(said, title=title, month=month, before=text(plot, first, key), amount=shown, unit=unit)
