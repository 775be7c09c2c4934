"""The month as a pipe: five stages with amount, day and by whom; between them what stayed behind, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.parts import Child, sentence
from dashboard.pages.funds.payments.reading import Shown
from dashboard.pages.funds.payments.words import places
from dashboard.words import display
from dashboard.words.passport import Printed
from dashboard.words.wording import N_, _, bracketed
from data_access.books.requests import Chain
from rules.movements import Account

JOINTS = ("cut", "off", "late", "kept")


@dataclass(frozen=True, slots=True)
class Stage:
    """``fen`` None before anything is known; ``due``: by when, where a document or profile says."""

    key: str
    label: str
    fen: int | None
    day: date | None
    who: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Joint:
    """What lies between two stages; ``label`` for an amount above and below nothing."""

    key: str
    fen: int | None
    label: str
    why: str


def stages(shown: Shown, chain: Chain) -> list[Stage]:
    """The scheme's own way: where the province pays into the expenditure account itself nothing is received apart."""
    due, route = shown.due, shown.reading.scheme.disburse_account
    direct = shown.payments.direct
    to = {Account.LOCAL_FISCAL: N_("经地方财政专户"), Account.CITY_EXPENDITURE: N_("经市级支出户")}
    sent = N_("拨入省社保局支出户") if direct else to.get(Account(route), N_("省级财政专户"))

    found = [
        Stage("asked", _("申请"), chain.asked_fen, chain.asked_on, _("省级经办"), due.get("request_day")),
        Stage("approved", _("审核"), chain.approved_fen, chain.approved_on, _("省财政厅"), None),
        Stage(
            "disbursed",
            _("拨付"),
            chain.sent_fen,
            chain.disbursed_on,
            _(sent),
            due.get("disbursement_day"),
        ),
    ]
    if not direct:
        arrived = chain.on_time_fen if chain.on_time_fen or chain.arrived_on else None
        found.append(
            Stage("on_time", _("到账"), arrived, chain.first_on, _("各地支出户"), due.get("paying_day")),
        )
    found.append(Stage("paid", _("发放"), chain.out_fen, chain.paid_on, _("发到本人"), due.get("paying_day")))
    return found


def joints(shown: Shown, chain: Chain) -> list[Joint]:
    """One fewer than the stages, in their order."""
    late = chain.late_fen
    found = [
        Joint("cut", chain.cut_fen, _("核减"), _cut_reason(shown)),
        Joint(
            "off",
            None if chain.disbursed_on is None else chain.off_fen,
            _("少拨") if (chain.off_fen or 0) > 0 else _("多拨"),
            "" if chain.off_fen else _("照审核数拨付"),
        ),
    ]
    if not shown.payments.direct:
        reached = chain.arrived_on is not None
        label = _("晚到") if late > 0 else _("上月拨付")
        found.append(Joint("late", late if reached else None, label, _late(shown, chain)))
    kept = chain.kept_fen if chain.paid_on is not None else None
    found.append(Joint("kept", kept, _("留存") if (kept or 0) > 0 else _("动用结存"), _("支出户")))
    return found


def _cut_reason(shown: Shown) -> str:
    """What was cut for, where one reason holds; else of how many units."""
    steps = [step for code in shown.units() if (step := shown.register.cut(code)) is not None]
    reasons = {step.text for step in steps}
    if len(reasons) == 1:
        return reasons.pop()
    cut = sum(
        1 for one in shown.payments.requests.of(shown.region, shown.month) if _is_cut(one.asked_fen, one.approved_fen)
    )
    return _("{count}个单位", count=cut) if cut else _("照申请核定")


def _is_cut(asked: int, approved: int | None) -> bool:
    return approved is not None and approved < asked


def _late(shown: Shown, chain: Chain) -> str:
    if not chain.late:
        return _("按时到账")
    whole = places(shown.reading.tree, chain.late)
    out = chain.disbursed_fen - chain.arrived_fen
    return _("{names}，尚未到齐", names=whole) if out > 0 else _("{names}，已补到", names=whole)


def pipe(shown: Shown, chain: Chain) -> Component:
    """The pipe of a region. A joint leads to the table of those that make it up, a stage to what stands behind it."""
    made: list[Component] = []
    between = joints(shown, chain)
    for at, stage in enumerate(stages(shown, chain)):
        made.append(_stage(shown, stage, unit=at == 0))
        if at < len(between):
            made.append(_joint(shown, between[at]))
    return html.Section(made, className="pipe", **attributes(aria_label=_("从申请到发放")))


def _stage(shown: Shown, stage: Stage, *, unit: bool) -> Component:
    figure = shown.reading.printed(f"chain.{stage.key}", stage.fen)
    what: list[Child] = [figure, *([html.Span(_("亿元"), className="unit")] if unit and stage.fen is not None else [])]
    line = " ".join(part for part in (display.short_day(stage.day) if stage.day else "", stage.who) if part)
    if stage.fen is None:
        line = _owed(shown, stage)
    late = stage.day is not None and stage.due is not None and stage.day > stage.due
    content = [
        html.Div(stage.label, className="label"),
        html.Div(what, className="figure"),
        html.Div(html.B(line) if late else line, className="line"),
    ]
    return html.A(
        content,
        href=shown.reading.view.href(item=f"step-{stage.key}"),
        className="stage" if stage.fen is not None else "stage hollow",
    )


def _owed(shown: Shown, stage: Stage) -> str:
    """Who has to do it, or should have said so, by when."""
    if stage.due is None:
        return stage.who
    day = display.short_day(stage.due)
    if shown.reading.today <= stage.due:
        return _("{who}，应{day}前", who=stage.who, day=day)
    return _("{who}应{day}报，未报", who=stage.who, day=day)


def _joint(shown: Shown, joint: Joint) -> Component:
    view, on = shown.reading.view, shown.reading.view.measure == joint.key
    nothing = not joint.fen
    figure = display.printed(shown.reading.about.figure(f"chain.{joint.key}", joint.fen), absolute=True)
    said: list[Child] = [figure] if nothing else [f"{joint.label} ", html.B(figure)]
    content = [
        html.Div(said, className="amount"),
        html.Div(className="arrow", **attributes(aria_hidden="true")),
        html.Div("" if joint.fen is None else joint.why, className="line", title=joint.why),
    ]
    if nothing:
        return html.Div(content, className="joint none")
    return html.A(
        content,
        href=view.href(measure="" if on else joint.key, item=""),
        className="joint",
        **attributes(aria_current="true" if on else None),
    )


# --- the expenditure accounts, written out

ACCOUNTS = N_(
    "支出户：月初 {opening} ＋ 到账 {arrived} ＋ 追回 {recovered} − 发放 {paid} − 退回 {returned} ＝ 月末 {closing}"
)


def accounts_line(shown: Shown, chain: Chain) -> list[Child]:
    """Opening + arrived + recovered − paid − returned = closing; nothing without openings."""
    if chain.opening_fen is None or chain.closing_fen is None:
        return []
    of = shown.reading.printed
    terms = {
        "opening": of("chain.opening", chain.opening_fen),
        "arrived": of("chain.arrived", chain.arrived_fen),
        "recovered": of("chain.recovered", chain.recovered_fen),
    }
    less = {"paid": of("chain.paid", chain.paid_fen), "returned": of("chain.returned", chain.returned_fen)}
    closing = of("account", chain.closing_fen, part=Account.EXPENDITURE)
    return [
        *sentence(ACCOUNTS, **terms, **less, closing=closing),
        *_note(list(terms.values()), list(less.values()), closing),
    ]


def _note(terms: Sequence[Printed], less: Sequence[Printed], closing: Printed) -> list[Child]:
    note = display.rounding_note(terms, less, closing)
    return [bracketed(note)] if note else []
