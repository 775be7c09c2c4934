"""The two lines of 中长期测算: how long the money lasts, what the reform does, what a percentage point collected less does."""

from __future__ import annotations

from dash import html

from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.outlook import reserve
from dashboard.pages.outlook.reading import Outlook, sooner
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _
from rules.projection.stress import Outcome
from workflows.outlook.runs import POINT

ASSUMPTIONS = "#assumptions"


def first(reading: Reading, found: Outlook) -> list[Child]:
    """按中方案，全省基金可支撑到2046年；延迟退休使其推后5.0年；征缴率每低1个百分点提前约1.1年。"""
    of_reserve = reserve.reserve_years(reading, found, found.mid)
    rest = reserve.first(found, of_reserve) if of_reserve else [*_reform(found), *_point(found)]
    return [*_lasts(found), *rest, _("。")]


def lasts(found: Outlook) -> list[Child]:
    """按中方案可支撑到2046年."""
    return until(None if found.mid.exhausted is None else found.exhausted(found.mid), found.last_year)


def until(year: Printed | None, last: int) -> list[Child]:
    """The same of the year in which the fund is used up; None where that is after the last year projected."""
    if year is None:
        return sentence(N_("按中方案可支撑到{year}年后"), year=str(last))
    return sentence(N_("按中方案可支撑到{year}年"), year=Strong(year))


def _end(found: Outlook) -> str:
    return str(found.last_year)


def _lasts(found: Outlook) -> list[Child]:
    at, without = found.mid.exhausted, found.reform is False
    if at is None:
        text = (
            N_("按中方案、不延迟退休，全省基金可支撑到{year}年后")
            if without
            else N_("按中方案，全省基金可支撑到{year}年后")
        )
        said = sentence(text, year=Strong(_end(found)))
        end = found.mid.years[-1]
        amount = found.printed("closing", end.closing_fen, year=end.year)
        return [*said, *sentence(N_("，当年末结余{amount}亿元"), amount=Strong(amount))]
    text = N_("按中方案、不延迟退休，全省基金可支撑到{year}年") if without else N_("按中方案，全省基金可支撑到{year}年")
    return sentence(text, year=Strong(found.exhausted(found.mid)))


def _reform(found: Outlook) -> list[Child]:
    """What the retirement reform does: years later, nothing, or a year where it alone keeps the fund from being used up."""
    other = found.other
    if other is None:
        return []
    off = found.reform is False
    mine, theirs = found.mid.exhausted, other.exhausted
    with_reform, without = (theirs, mine) if off else (mine, theirs)
    if without is None:
        return [_("；延迟退休与否都不用尽")] if with_reform is None else []
    if with_reform is None:
        if off:
            return sentence(N_("；延迟退休可使其支撑到{year}年后"), year=Strong(_end(found)))
        return sentence(N_("；不延迟退休则{year}年用尽"), year=Strong(found.exhausted(other)))
    later = sooner(with_reform, without) or 0
    if not later:
        return [_("；延迟退休不改变用尽时间")]
    years = Strong(found.apart("later", later, absolute=True))
    if later < 0:
        return sentence(N_("；延迟退休使其提前{years}年"), years=years)
    return sentence(N_("；延迟退休可使其推后{years}年") if off else N_("；延迟退休使其推后{years}年"), years=years)


def point(found: Outlook) -> Outcome | None:
    """What a percentage point collected less comes to; None without a stress test."""
    every = found.test.shocks if found.test else ()
    return next((one for one in every if one.code == POINT.code), None)


def _point(found: Outlook) -> list[Child]:
    outcome = point(found)
    if outcome is None or outcome.exhausted is None:
        return []
    part = found.under(POINT.code)
    earlier = sooner(found.mid.exhausted, outcome.exhausted)
    if earlier is None:
        year = display.printed(found.figure("exhausted", outcome.exhausted.year, part))
        return sentence(N_("；征缴率每低1个百分点则{year}年用尽"), year=Strong(year))
    if not earlier:
        return [_("；征缴率低1个百分点不改变用尽时间")]
    return sentence(N_("；征缴率每低1个百分点提前约{years}年"), years=Strong(found.apart("sooner", earlier, part)))


def second(found: Outlook) -> list[Child]:
    """测算，非预算或预测；暂定参数n项。"""
    count = found.basis.open
    said: list[Child] = []
    if count:
        link = html.A(_("{count}项", count=count), href=ASSUMPTIONS)
        said = sentence(N_("测算，非预算或预测；暂定参数{count}。"), count=[link])
    else:
        said = [_("测算，非预算或预测；参数均已定。")]
    if found.by_totals:
        said.append(_("没有分年龄结构，按总量与增速测算。"))
    return said
