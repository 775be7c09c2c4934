"""The band of figures on 总览: the province's six, and what a city sees in place of a balance."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from dash import html

from dashboard.components import parts, ranking
from dashboard.components.level import level_tag
from dashboard.components.parts import Cell, Child, Strong, known, pieces_of, sentence
from dashboard.components.table import Column, Row, Table
from dashboard.pages.overview import lasting
from dashboard.pages.overview.ranking import warned
from dashboard.pages.overview.since import compared, net_figure
from dashboard.pages.overview.warnings import gap_ahead_cell, gap_cell, warnings_cell
from dashboard.site.reading import MEETING, Reading
from dashboard.words import display, expected, figures
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _
from rules.movements import Account


def cells(reading: Reading) -> list[Cell]:
    flows = [_progress_cell(reading, "income"), _progress_cell(reading, "expenditure")]
    if reading.is_province:
        return [_balance_cell(reading), _months_cell(reading), *flows, gap_cell(reading), warnings_cell(reading)]
    premium = _progress_cell(reading, "premium")
    return [*flows, premium, _place_cell(reading), _net_cell(reading), warnings_cell(reading)]


def on_screen(reading: Reading) -> list[Cell]:
    """The band as it is shown: a phone has room for three, the third what the year is expected to end with."""
    every = cells(reading)
    if not reading.is_province:
        return [*every[:3], *(replace(one, only="not-phone") for one in every[3:])]
    ahead = gap_ahead_cell(reading)
    kept = every[:2] if ahead is not None else every[:3]
    return [*kept, *(replace(one, only="not-phone") for one in every[len(kept) :]), *([ahead] if ahead else [])]


def band_table(reading: Reading) -> Table:
    """The band for files: each figure with its unit and the lines under it."""
    columns = (
        Column("name", _("指标")),
        Column("figure", _("数值"), right=True),
        Column("unit", _("单位")),
        Column("lines", _("说明")),
    )
    rows = []
    for one in cells(reading):
        lines = [pieces_of(line) for line in one.lines]
        said = [piece for at, line in enumerate(lines) for piece in ([_("；")] if at else []) + line]
        figure = one.figure.figure if isinstance(one.figure, Printed) else one.figure
        unit = "" if one.figure == display.NO_VALUE else one.unit
        rows.append(Row({"name": one.label, "figure": figure, "unit": unit, "lines": said}))
    return Table("figures", _("主要数字"), columns, rows)


def _open(reading: Reading, item: str) -> str:
    return reading.view.href(item=item)


def _balance_cell(reading: Reading) -> Cell:
    facts, at, root = reading.snapshot.facts, reading.snapshot.at, reading.region
    if not facts.opened:
        why = _("没有期初余额，不能计算")
        return Cell(_("累计结余"), display.NO_VALUE, "", None, [why], _open(reading, "balance_total"))
    total = int(facts.account_total(root)[at])
    liquid = int(facts.account(root, Account.PROVINCIAL)[at])
    fixed = sum(int(facts.account(root, a)[at]) for a in (Account.DEPOSIT, Account.ENTRUSTED, Account.RESERVE))
    bar = None
    if total > 0:
        rest = total - liquid - fixed
        bar = parts.stack([(liquid / total, "fill-accent"), (fixed / total, "fill-2"), (rest / total, "fill-3")])
    lines = [
        available(reading, strong=True),
        sentence(N_("定期、委托投资等 {fixed}"), fixed=_strong(reading, "account.fixed", fixed)),
    ]
    if reading.compare == MEETING:
        lines = [_since(reading, "balance_total"), lines[0]]
    figure = figures.printed(reading, "balance_total")
    return Cell(_("累计结余"), figure, _("亿元"), bar, lines, _open(reading, "balance_total"))


def available(reading: Reading, *, strong: bool = False) -> list[Child]:
    """可动用: what lies in the province's account at sight."""
    liquid = int(reading.snapshot.facts.account(reading.region, Account.PROVINCIAL)[reading.snapshot.at])
    printed = display.printed(reading.about.figure("account", liquid, part=Account.PROVINCIAL))
    return sentence(N_("可动用 {liquid}"), liquid=Strong(printed) if strong else printed)


def _since(reading: Reading, code: str) -> list[Child]:
    """What the figure was at the last meeting, and how it moved."""
    return compared(reading, code).line


def _strong(reading: Reading, what: str, value: display.Number | None, **about: str) -> Strong:
    return Strong(display.printed(reading.about.figure(what, value, **about), signed=what.startswith(SIGNED)))


SIGNED = ("change", "growth", "mean", "median")


def _months_cell(reading: Reading) -> Cell:
    recent = figures.history(reading, "months_payable", _months_back(reading, 12))
    history = [float(found) for found in recent if found is not None]
    lines = [
        _ahead_words(reading) or [_("按近12个月月均支出")],
        _since(reading, "months_payable") if reading.compare == MEETING else _months_changed(reading),
    ]
    lasts = lasting.line(reading)
    return Cell(
        _("可支付月数"),
        figures.printed(reading, "months_payable"),
        _("个月"),
        parts.spark(history),
        [*lines, lasts] if lasts else lines,
        _open(reading, "months_payable"),
        linked=bool(lasts),
        mark=[level_tag(one.level) for one in warned(reading, "months_payable", [reading.region])],
    )


def _months_changed(reading: Reading) -> list[Child]:
    earlier, now = _earlier_month(reading), figures.exact(figures.value(reading, "months_payable"))
    before = figures.history(reading, "months_payable", [earlier])[0] if earlier else None
    change = None if before is None or now is None else now - before
    year = reading.compare == "year"
    word = N_("同比 {change} 个月") if year else N_("环比 {change} 个月")
    changed = reading.about.figure("change.year" if year else "change.month", change, part="months_payable")
    return known(word, N_("没有可比的月份"), change=Strong(display.printed(changed, places=1, signed=True)))


def _ahead_words(reading: Reading) -> list[Child]:
    """12个月后 16.4（预计）; nothing where nothing can be expected yet."""
    later = expected.months_payable(reading)
    return [] if later is None else sentence(N_("12个月后 {months}（预计）"), months=Strong(later))


def _months_back(reading: Reading, count: int) -> list[int]:
    months, at = reading.snapshot.facts.months, reading.snapshot.at
    return list(months[max(0, at - count + 1) : at + 1])


def _earlier_month(reading: Reading) -> int | None:
    """The month compared with: a year before under 同比, else the month before; None where the ledger has none."""
    back = 12 if reading.compare == "year" else 1
    at = reading.snapshot.at - back
    return reading.snapshot.facts.months[at] if at >= 0 else None


def _progress_cell(reading: Reading, side: str) -> Cell:
    done = figures.progress(reading, side)
    label = {"income": N_("收入执行"), "expenditure": N_("支出执行"), "premium": N_("征缴执行")}[side]
    rate = None if done.progress is None else float(done.progress) / 100
    year = reading.snapshot.year
    named = _(label) if year == reading.today.year else _("{year}年{label}", year=year, label=_(label))
    return Cell(
        named,
        done.progress_shown,
        "%" if done.progress is not None else "",
        parts.track(rate, done.historical, spend=side == "expenditure"),
        _progress_lines(reading, side, done),
        _open(reading, f"{side}_deviation"),
    )


def _progress_lines(reading: Reading, side: str, done: figures.Progress) -> list[Child | list[Child]]:
    if reading.compare != MEETING:
        return [html.B([done.amount_shown, " / ", done.plan_shown]), _compared(reading, side, done)]
    before = compared(reading, side)
    after = [_("，"), *before.pace] if before.pace else []
    then = (
        before.before if before.then in (None, display.NO_VALUE) else sentence(N_("上次 {figure}%"), figure=before.then)
    )
    return [[*then, *after], figures.pace(done.pace, strong=True)]


def _compared(reading: Reading, side: str, done: figures.Progress) -> list[Child]:
    """The line under a progress figure, by the comparison chosen in the header."""
    if reading.compare == "history":
        return figures.pace(done.pace, strong=True)
    facts, at = reading.snapshot.facts, reading.snapshot.at
    amounts_of = figures.LINES[side]
    if side == "premium":
        amounts = facts.item(reading.region, "premium")
    else:
        amounts = facts.income(reading.region) if side == "income" else facts.expenditure(reading.region)
    if reading.compare == "month":
        now, before = int(amounts[at]), int(amounts[at - 1]) if at else None
        growth = _strong(reading, "growth.month", figures.growth(now, before), part=amounts_of)
        return known(N_("当月环比 {growth}%"), N_("上月没有可比的数"), growth=growth)
    first = reading.snapshot.year_start
    now = int(amounts[first : at + 1].sum())
    before = int(amounts[first - 12 : at - 11].sum()) if first >= 12 else None
    growth = _strong(reading, "growth", figures.growth(now, before), part=amounts_of)
    return known(N_("累计同比 {growth}%"), N_("上年没有可比的数"), growth=growth)


def _place_cell(reading: Reading) -> Cell:
    """A city's place among all: its rank and the number ranked, mean and median, nothing else of others."""
    values = {
        code: figures.exact(figures.value(reading, "premium_deviation", code)) for code in reading.peers(reading.region)
    }
    placed = ranking.rank(values)
    own = next((place for code, _value, place in placed if code == reading.region), None)
    known_values = sorted(value for value in values.values() if value is not None)
    count = len(known_values)
    mean = Fraction(sum(known_values)) / count if count else None
    median = Fraction(known_values[(count - 1) // 2] + known_values[count // 2]) / 2 if count else None
    return Cell(
        _("征缴名次"),
        display.NO_VALUE if own is None else str(own),
        _("共{count}个地区", count=count),
        None,
        [
            sentence(N_("平均 {mean} 百分点"), mean=_strong(reading, "mean", mean, part="premium_deviation")),
            sentence(N_("中位 {median} 百分点"), median=_strong(reading, "median", median, part="premium_deviation")),
        ]
        if count
        else [_("各地都没有可比的数")],
    )


def _net_cell(reading: Reading) -> Cell:
    """历年归集净额（参考）: a city has no balance of its own after pooling; never coloured."""
    facts, at = reading.snapshot.facts, reading.snapshot.at
    months = facts.months
    since = [_("{month}以来收入减支出", month=display.month_name(months[0])), _("结余由省统一管理")]
    return Cell(
        _("历年归集净额（参考）"),
        display.printed(net_figure(reading)),
        _("亿元"),
        parts.spark([float(value) for value in facts.result_balance(reading.region)[max(0, at - 35) : at + 1]]),
        [since[0], _since(reading, "net.since_start")] if reading.compare == MEETING else since,
    )
