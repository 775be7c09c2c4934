"""Wording of what goes out of the system by mail, webhook and robots, in each reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboard.words import display
from dashboard.words.matters import KINDS, TO_DO
from dashboard.words.wording import N_, _, in_language, name_of
from rules.alerts.threshold import Level
from rules.indicators import INDICATORS
from workflows.matters.records import Kind
from workflows.people.outbox import Message
from workflows.warnings.watch import NOT_EVALUATED, Raised

TOLD = {
    "open": N_("【{colour}】新预警：{what}"),
    "refire": N_("【{colour}】再次触发：{what}"),
    "escalate": N_("【{colour}】升级：{what}"),
    "recover": N_("【{colour}】指标已回落：{what}"),
    "assigned": N_("【{colour}】转办：{what}"),
    "returned": N_("【{colour}】退回补充：{what}"),
    "ladder": N_("【{colour}】督办提醒：{what}"),
    "reminder": N_("【{colour}】催办：{what}"),
    "overdue": N_("【{colour}】逾期未反馈：{what}"),
    "ack_expired": N_("【{colour}】签收后超时未办：{what}"),
    "catch_up": N_("【{colour}】补发：{what}"),
    "cancelled": N_("【{colour}】已撤销：{what}"),
}
COLOUR = {
    Level.NONE: N_("无"),
    Level.BLUE: N_("蓝色"),
    Level.YELLOW: N_("黄色"),
    Level.ORANGE: N_("橙色"),
    Level.RED: N_("红色"),
}


@dataclass(frozen=True, slots=True)
class NotificationWords:
    """Words for channels outside the system; ``language`` (zh, en) is that of who has chosen none."""

    language: str

    def messages(self, messages: Sequence[Message], language: str | None) -> tuple[str, str]:
        """(subject, body) of one message, or of a digest 汇总 of several, the worst first."""
        with in_language(language or self.language):
            if len(messages) == 1:
                return _told(messages[0])[0], _line(messages[0])
            worst = _(COLOUR[messages[0].level])
            subject = _("预警{count}条，最高{colour}", count=len(messages), colour=worst)
            if messages[0].about:
                mine = sum(bool(message.about.get("act")) for message in messages)
                subject = _("需您办理{mine}项，知会{other}项", mine=mine, other=len(messages) - mine)
            return subject, "\n".join(_line(message) for message in messages)

    def alert(self, alert: Raised, language: str | None) -> tuple[str, str]:
        """(subject, body) of the system's own alert 系统告警."""
        with in_language(language or self.language):
            if alert.kind != NOT_EVALUATED:
                return _("【系统提示】{what}", what=expiry_title(alert.kind)), expiry_words(alert.kind)
            subject = _("【系统告警】预警判定已中断")
            if alert.last_success_at is None:
                return subject, _("从未有过成功的预警判定，请系统管理员检查刷新进程。")
            since = display.moment(alert.last_success_at)
            return subject, _("自{since}以来没有成功的预警判定，请系统管理员检查刷新进程。", since=since)


# --- what runs out


def expiry_title(code: str) -> str:
    """What runs out, by the code of an expiry: calendar:2027-01-01."""
    kind, day = _expiry(code)
    if kind == "calendar":
        return _("{year}年法定节假日尚未载入", year=day.year)
    return _("政策参数只核对到{day}", day=display.day_name(day - timedelta(days=1)))


def expiry_words(code: str) -> str:
    """What follows from it, and what to do."""
    kind, day = _expiry(code)
    if kind == "calendar":
        return _(
            "没有{year}年的放假安排，{day}起只按周一至周五算工作日，期限和逾期会算错。请在公布后导入工作日历。",
            year=day.year,
            day=display.day_name(day),
        )
    return _("{day}起沿用现值，标为待核。请核对新的文件，更新参数文件。", day=display.day_name(day))


def _expiry(code: str) -> tuple[str, date]:
    kind, _mark, day = code.partition(":")
    return kind, date.fromisoformat(day)


def _letter(message: Message) -> str:
    """What one person has to do, or is informed of: colour, what, where, until when."""
    about, kind = message.about, Kind(message.about["kind"] or "")
    known = INDICATORS.get(message.indicator)
    subject = f"{_(KINDS[kind])} {about['number']}" if known is None else name_of(known)
    what = f"{name_of(message)} {subject}" if message.name else subject
    if message.level:
        what = _("【{colour}】{what}", colour=_(COLOUR[message.level]), what=what)
    act, due = about["act"], about["due"]
    if not act:
        return _("知会：{what}，有新的进展", what=what)
    if due is None:
        return _("请您{act}：{what}", act=_(TO_DO[act]), what=what)
    day = display.short_day(display.local(datetime.fromisoformat(due)).date())
    return _("请您{act}：{what}，限{day}", act=_(TO_DO[act]), what=what, day=day)


def _told(message: Message) -> list[str]:
    """A sentence for each thing that happened: colour, what, where, which indicator."""
    if message.about:
        return [_letter(message)]
    known = INDICATORS.get(message.indicator)
    indicator = message.indicator if known is None else name_of(known)
    part = _("（{part}）", part=message.part) if message.part else ""
    what, colour = f"{name_of(message)} {indicator}{part}", _(COLOUR[message.level])
    kinds = (kind.partition(":")[0] for kind in message.told.split(","))
    return [_(TOLD.get(kind, TOLD["ladder"]), colour=colour, what=what) for kind in kinds]


def _line(message: Message) -> str:
    """The facts in a line: what was told, then period and value."""
    if message.about:
        return _letter(message)
    told, value = _("；").join(_told(message)), message.value or display.NO_VALUE
    return _("{told}，{period} 数值 {value}", told=told, period=message.period, value=value)
