"""What is said of statutory days: what and of which period, whose, on what ground, how it stands."""

from __future__ import annotations

from datetime import date

from dash import html

from dashboard.components.parts import Child, Strong, sentence
from dashboard.pages.calendar.reading import fen, told
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from rules.month import Month
from rules.scheme import ParameterValue
from rules.statutory.days import Level, StatutoryDay
from workflows.statutory.evidence import BEFORE_START, NONE_ISSUED, NOTHING_DUE, UNPLANNED, UNVERIFIED, Proof
from workflows.statutory.register import DONE, TAKEN_BACK
from workflows.statutory.standing import Standing, State, grouped

STATES = {
    State.AHEAD: N_("未到期"),
    State.SOON: N_("临近"),
    State.TODAY: N_("今天到期"),
    State.DONE: N_("已办结"),
    State.OVERDUE: N_("逾期"),
    State.VOID: N_("不需办理"),
}
STEPS = {DONE: N_("办结"), TAKEN_BACK: N_("撤回办结")}
REASONS = {
    NOTHING_DUE: N_("本期没有应上解的金额"),
    NONE_ISSUED: N_("当年没有下达应缴金额"),
    UNPLANNED: N_("当年没有收入计划"),
    UNVERIFIED: N_("国发〔2018〕18号执行至2021年底，此后没有录入预缴预拨"),
    BEFORE_START: N_("账目起始之前的事项，没有办结记录"),
}
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))


def day_words(day: date) -> str:
    """``11月16日 周一``."""
    return f"{display.short_day(day)} {_(WEEKDAYS[day.weekday()])}"


def period_words(period: str) -> str:
    """``2026年10月``, ``2026年第3季度``, ``2026年度``; "" for what is done once."""
    year, _mark, rest = period.partition("-")
    if not period:
        return ""
    if not rest:
        return _("{year}年度", year=year)
    if rest.startswith("Q"):
        return _("{year}年第{number}季度", year=year, number=rest[1:])
    return display.month_name(Month.at(int(year), int(rest)))


def what(day: StatutoryDay) -> str:
    """``月度定稿（2026年10月）``."""
    period = period_words(day.period)
    return _("{name}（{period}）", name=name_of(day.duty), period=period) if period else name_of(day.duty)


def whose(day: StatutoryDay) -> str:
    """``省级 财政、人社``; ``市县 财政``."""
    if not day.duty.departments:
        return _("系统管理员")
    names = _("、").join(department_name(one) for one in day.duty.departments)
    return _("市县 {names}", names=names) if day.duty.level is Level.UNIT else _("省级 {names}", names=names)


def ground(value: ParameterValue) -> str:
    """The article, or why the day is assumed."""
    said = value.source or _("暂定：{reason}", reason=value.reason or "")
    return said + (_("；待核") if value.unverified else "")


def moved(day: StatutoryDay) -> str:
    """Why it falls on another day than the rule's; "" where it does not."""
    if day.due == day.on:
        return ""
    said = N_("原{day}，遇休息日提前") if day.due < day.on else N_("原{day}，遇休息日顺延")
    return _(said, day=display.short_day(day.on))


def proof_words(proof: Proof | None) -> str:
    """``11月8日 张某某 财社〔2026〕21号``, as far as it is known."""
    if proof is None:
        return ""
    day = "" if proof.on is None else display.day_name(proof.on)
    return " ".join(part for part in (day, proof.who, proof.document) if part)


def state_words(reading: Reading, one: Standing) -> list[Child]:
    """How a day stands, as a sentence without its full stop."""
    if not told(reading, one):
        return [_("省级办理")]
    match one.state:
        case State.VOID:
            return [_("不需办理："), _(REASONS[one.reason])]
        case State.DONE:
            return _done(reading, one)
        case State.OVERDUE:
            said = sentence(N_("逾期{days}个工作日"), days=Strong(str(one.days)))
        case State.TODAY:
            said = [html.B(_("今天到期"))]
        case _:
            said = sentence(N_("还有{days}个工作日"), days=str(one.days))
    return [*said, *_left(reading, one)]


def _done(reading: Reading, one: Standing) -> list[Child]:
    said: list[Child] = [_("逾期办结") if one.late else _("已办结")]
    if one.due_fen:
        shown = display.printed(fen(reading, "due", one, one.due_fen))
        said += sentence(N_("，{amount}亿元全部到账"), amount=shown)
    proof = "" if one.of_units and one.by_facts else proof_words(one.proof)
    return [*said, " ", proof] if proof else said


def _left(reading: Reading, one: Standing) -> list[Child]:
    """What of it is not done yet: how many units, and how much."""
    behind = len(
        [share for _code, share in grouped(reading.tree, one, reading.region, reading.today) if not share.done]
    )
    if not one.of_units or not one.shares:
        return []
    if not one.left_fen:
        # Who has not done it is told once it is near.
        known = behind and one.state is not State.AHEAD
        return sentence(N_("，{count}个地区未办"), count=Strong(str(behind))) if known else []
    amount = display.printed(fen(reading, "left", one, one.left_fen))
    return sentence(N_("，{count}个地区未上解{amount}亿元"), count=Strong(str(behind)), amount=Strong(amount))
