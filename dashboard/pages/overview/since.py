"""较上次会议: what a figure was in the month put before the last meeting, as it was signed, and how it moved since.

The words say the direction, never a sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from dashboard.components.parts import Child, sentence
from dashboard.site.reading import Reading
from dashboard.words import display, expected, figures, meetings
from dashboard.words.passport import Figure, Printed
from dashboard.words.wording import N_, NO_VALUE, _
from workflows.meetings.register import Meeting

GAP_AHEAD = "management_gap_forecast"
# What of 增减 is an amount of its own; of the others the part says which figure it is of.
CHANGES = {"net.since_start": "net.change"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of the period looked at beside that of the last meeting. ``then`` is None at a first meeting; ``change``
    is worded, empty where it cannot be told; of a progress stands instead how far ``ahead`` it is of 历史同期, and was
    (``pace``)."""

    code: str
    name: str
    unit: str
    now: Printed
    then: Printed | None
    change: Sequence[Child] = ()
    ahead: Sequence[Child] = ()
    pace: Sequence[Child] = ()

    @property
    def before(self) -> list[Child]:
        """上次 5,402.52 →, or that there was none."""
        if self.then is None or self.then == NO_VALUE:
            return [_("首次会议") if self.then is None else _("上次没有这个数")]
        return sentence(N_("上次 {figure} →"), figure=self.then)

    @property
    def line(self) -> list[Child]:
        """上次 5,402.52 → 减少16.32, for beside the figure itself."""
        if self.then is None or self.then == NO_VALUE:
            return self.before
        if not self.change:
            return sentence(N_("上次 {figure}"), figure=self.then)
        return sentence(N_("上次 {figure} → {change}"), figure=self.then, change=list(self.change))


def compared(reading: Reading, code: str) -> Compared:
    """One of: balance_total, months_payable, management_gap_forecast, net.since_start, and the progress 进度 of a side:
    income, expenditure, premium."""
    then = meetings.then(reading)
    if code in figures.LINES:
        return _progress(reading, then, code)
    now = _figure(reading, code)
    before = None if then is None else _figure(then, code)
    said = None if before is None else display.printed(before)
    change = [] if before is None else change_words(reading, code, before, now)
    unit = _("个月") if code == "months_payable" else _("亿元")
    return Compared(code, _(NAMES[code]), unit, display.printed(now), said, change)


NAMES = {
    "balance_total": N_("累计结余"),
    "months_payable": N_("可支付月数"),
    "management_gap_forecast": N_("预计管理性缺口"),
    "net.since_start": N_("历年归集净额（参考）"),
    "income": N_("收入完成预算"),
    "expenditure": N_("支出完成预算"),
    "premium": N_("征缴完成预算"),
}


def _figure(reading: Reading, code: str) -> Figure:
    if code == "net.since_start":
        return net_figure(reading)
    return figures.figure(reading, code, month=expected.last_month(reading) if code == GAP_AHEAD else None)


def net_figure(reading: Reading) -> Figure:
    """历年归集净额: what a place's income has been above its expenditure since the ledger began."""
    facts, at = reading.snapshot.facts, reading.snapshot.at
    net = int(facts.result_balance(reading.region)[at]) - facts.opening(reading.region)
    return reading.about.figure("net.since_start", net)


def change_words(reading: Reading, code: str, then: Figure, now: Figure) -> list[Child]:
    """增加1.31, 减少16.32, 持平, 由结余转为缺口; nothing where one of them is missing."""
    if then.value is None or now.value is None:
        return []
    if code == "balance_total" and (then.value < 0) != (now.value < 0):
        return [_("由结余转为缺口") if now.value < 0 else _("由缺口转为结余")]
    change = Fraction(now.value) - Fraction(then.value)
    what = CHANGES.get(code, "change.meeting")
    figure = reading.about.figure(what, change, part="" if code in CHANGES else code)
    printed = display.printed(figure, absolute=True)
    if change == 0:
        return [_("持平")]
    return sentence(N_("增加{amount}") if change > 0 else N_("减少{amount}"), amount=printed)


def _progress(reading: Reading, then: Reading | None, side: str) -> Compared:
    done = figures.progress(reading, side)
    before = None if then is None else figures.progress(then, side)
    said = None if before is None else before.progress_shown
    pace = [] if before is None else pace_then(before.pace)
    return Compared(side, _(NAMES[side]), "%", done.progress_shown, said, ahead=pace_now(done.pace), pace=pace)


def pace_now(deviation: Figure) -> list[Child]:
    """快于历史同期1.66, 慢于, 与历史同期持平: how far ahead of 历史同期 it is in points; nothing where that is not known."""
    points = display.printed(deviation, absolute=True)
    if not deviation.value:
        return [] if deviation.value is None else [_("与历史同期持平")]
    return sentence(N_("快于历史同期{points}") if deviation.value > 0 else N_("慢于历史同期{points}"), points=points)


def pace_then(deviation: Figure) -> list[Child]:
    """上次快0.92, 上次慢, 上次持平: how far ahead of 历史同期 it was in points; nothing where that was not known."""
    if deviation.value is None:
        return []
    points = display.printed(deviation, absolute=True)
    if deviation.value > 0:
        return sentence(N_("上次快{points}"), points=points)
    return sentence(N_("上次慢{points}"), points=points) if deviation.value < 0 else [_("上次持平")]


def said_of(reading: Reading) -> list[Child]:
    """第5次会议（8月26日，7月末数据）, and what of that month was corrected since; that there was none."""
    meeting, then = meetings.last(reading), meetings.then(reading)
    if meeting is None or then is None:
        return [_("没有上次会议的记录，首次会议不作对比。")]
    return [_("对比：{meeting}", meeting=named(meeting)), *restated(then)]


def named(meeting: Meeting) -> str:
    """第5次会议（8月26日，7月末数据）."""
    return _(
        "{meeting}（{day}，{month}末数据）",
        meeting=meetings.name(meeting.number),
        day=display.short_day(meeting.held_on),
        month=display.short_month(meeting.month or 0),
    )


def restated(then: Reading) -> list[Child]:
    """That a month was corrected since it was signed, and what its balance is now; nothing where it stands."""
    if then.snapshot.month is None:
        return []
    newest = replace(then.running, month=then.snapshot.month)
    shown = [
        (one.snapshot.facts.income(one.region), one.snapshot.facts.expenditure(one.region)) for one in (then, newest)
    ]
    at = then.snapshot.at + 1
    if all(list(signed[:at]) == list(now[:at]) for signed, now in zip(*shown, strict=True)):
        return []
    month = display.short_month(then.snapshot.month)
    if not then.is_province or not newest.snapshot.facts.opened:
        return [_("；{month}数为会上所用定稿数，其后有更正", month=month)]
    balance = display.printed(figures.figure(newest, "balance_total"))
    return sentence(
        N_("；{month}数为会上所用定稿数，其后有更正，累计结余现为{balance}亿元"), month=month, balance=balance
    )
