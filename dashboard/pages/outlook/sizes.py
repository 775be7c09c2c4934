"""改幅度: the form by which the stress test is looked at under other sizes and years, kept nowhere. 反推: how large a change must be
for the fund to be used up by a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked
from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.outlook.pressures import ON, SHARES
from dashboard.pages.outlook.reading import Outlook, outlook
from dashboard.pages.outlook.resized import YEAR, changeable, written
from dashboard.site.act import Deed, Done, Layout, Part, Values, act
from dashboard.site.fields import Choice, Field, Number, Whole, blank
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from rules.errors import PoolwatchError
from rules.projection import stress
from rules.projection.stress import BY_AGE, Reverse, Shock
from workflows.people import rights

# The way in which each makes the fund last shorter, and the most that is looked at.
WORST: dict[stress.On, Decimal] = {
    "collection": Decimal(-1),
    "wage": Decimal("-0.5"),
    "adjustment": Decimal("0.5"),
    "entrants": Decimal(-1),
    "mortality": Decimal(-1),
    "interest": Decimal(-1),
    "subsidies": Decimal(-1),
}
READERS = rights.PAGES["/outlook"]
REVERSE = "reverse"
OPENED = "shocks"  # the drawer; with what and by which year behind it: shocks:collection:2036


class YearsReversed(PoolwatchError):
    """A change would end before it begins."""

    code = "outlook_years"


# --- the drawer


def blocks(reading: Reading, found: Outlook) -> list[Component]:
    """The form of sizes and years, and the search for the size that uses the fund up."""
    if found.asked is None:
        return [docked.block(_("改幅度"), _("没有压力测试的结果。"))]
    note = _("不保存，地址里带着所改的数")
    sizes = docked.block(_("改幅度"), resize.form(reading, sizes_shown(found.asked)), note=note)
    answer = [html.P(_answer(reading, found), className="value", role="status")] if _asked_for(reading) else []
    found_size = docked.block(_("反推"), [*answer, reverse.form(reading, _looked_for(reading))])
    return [found_size, sizes] if answer else [sizes, found_size]


def _size_of(one: Shock) -> Field[Decimal]:
    unit = "%" if one.on in SHARES else _("个百分点")
    label = _("{what}（{unit}）", what=_(ON[one.on]), unit=unit)
    return Number(f"size-{one.code}", label, low=-100, high=100)


def _years_of(one: Shock) -> tuple[Field[int | None], Field[int | None]]:
    low, high = 2000, 2199
    return (
        blank(Whole(f"from-{one.code}", _("自（年）"), low=low, high=high)),
        blank(Whole(f"to-{one.code}", _("至（年）"), low=low, high=high)),
    )


def _changeable(asked: stress.Case | None) -> Iterator[Shock]:
    return (one for one in (asked.shocks if asked else ()) if changeable(one))


def layout(reading: Reading) -> Layout:
    """A line a shock: size, from and to which year; blank years are all."""
    found = outlook(reading)
    rows: list[Part] = [(_size_of(one), *_years_of(one)) for one in _changeable(found.asked if found else None)]
    return rows


def sizes_shown(asked: stress.Case) -> Values:
    values: dict[Field[int | None] | Field[Decimal], int | Decimal | None] = {}
    for one in _changeable(asked):
        first, last = _years_of(one)
        values |= {_size_of(one): (one.size * 100).normalize(), first: one.from_year, last: one.to_year}
    return values


@act("outlook_resize", N_("按此测算"), READERS, layout, whole=True, recorded=False)
def resize(deed: Deed) -> Done:
    """Show the page under other sizes. Raises YearsReversed, FieldProblem."""
    found = outlook(deed.reading)
    changed = []
    for one in _changeable(found.asked if found else None):
        first, last = (deed[field] for field in _years_of(one))
        if first and last and last < first:
            raise YearsReversed(f"{one.code} from {first} to {last}", name=_(ON[one.on]), first=first, last=last)
        changed.append(replace(one, size=(deed[_size_of(one)] / 100).normalize(), from_year=first, to_year=last))
    href = deed.reading.view.href(sizes=written(changed), item="", tab="")
    return Done(_("已按所填幅度测算。"), deed.reading.scheme.code, href=href)


def _on_options(reading: Reading) -> list[tuple[str, str]]:
    found = outlook(reading)
    totals = found is not None and found.by_totals
    return [(on, _(ON[on])) for on in WORST if not (totals and on in BY_AGE)]


WHAT = Choice("on", N_("变动什么"), _on_options)
BY = Whole("year", N_("到哪一年末用尽"), low=2000, high=2199)


@act("outlook_reverse", N_("反推"), READERS, ((WHAT, BY),), whole=True, recorded=False)
def reverse(deed: Deed) -> Done:
    """Show how large a change would have to be."""
    href = deed.reading.view.href(item=f"{OPENED}:{deed[WHAT]}:{deed[BY]}")
    return Done(_("已反推。"), deed.reading.scheme.code, href=href)


def _asked_for(reading: Reading) -> tuple[stress.On, int] | None:
    """What the address asks to be found: what changes, and the year."""
    _drawer, on, year = (*reading.view.item.split(":"), "", "")[:3]
    known = next((one for one in WORST if one == on), None)
    return (known, int(year)) if known and YEAR.fullmatch(year) else None


def _looked_for(reading: Reading) -> Values:
    asked = _asked_for(reading)
    return {WHAT: asked[0], BY: asked[1]} if asked else {}


def _answer(reading: Reading, found: Outlook) -> list[Child]:
    """征缴率每年低3.6个百分点，2036年末用尽。"""
    asked = _asked_for(reading)
    if asked is None or (found.by_totals and asked[0] in BY_AGE):
        return []
    on, year = asked
    size = stress.found(found.mid.case, Reverse(REVERSE, on, WORST[on], year)).size
    what = _(ON[on])
    if size is None:
        return sentence(N_("{what}变动到底，{year}年末也不用尽。"), what=what, year=str(year))
    if not size:
        return sentence(N_("{what}不变动，{year}年末前也已用尽。"), what=what, year=str(year))
    code = "reverse_share" if on in SHARES else "reverse_points"
    figure = found.figure(code, size * 100, f"{found.mid.part}@{on}", year)
    printed = Strong(display.printed(figure, signed=True))
    text = N_("{what} {size}%，{year}年用尽。") if on in SHARES else N_("{what}每年 {size} 个百分点，{year}年用尽。")
    return sentence(text, what=what, size=printed, year=str(year))


ACTS = (resize, reverse)
