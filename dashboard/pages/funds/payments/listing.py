"""各地到账与发放: each region's month, what went wrong first; and the plan of the next month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from dash import html

from dashboard.components.level import level_tag
from dashboard.components.parts import Child, sentence
from dashboard.components.table import Cards, Column, Row, Table, rest
from dashboard.pages.funds.payments.pipe import JOINTS
from dashboard.pages.funds.payments.reading import NotPaid, Shown
from dashboard.pages.funds.payments.words import places
from dashboard.words import display, figures
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _, bracketed, name_of
from data_access.books.requests import Chain
from rules.alerts.threshold import Level
from rules.movements import Account

CODE = "payments"
# On a phone: what is to be said of a region, below it what it was sent and when.
CARDS = Cards(("region",), "said", ("disbursed", "arrived", "paid_on", "line", "approved", "reported"))
# The order of what is said of a region: unpaid, late, money lying idle, cut, nothing to say.
UNPAID, LATE, IDLE, CUT, WELL, OPEN = range(6)


def payment_table(shown: Shown) -> Table:
    """Rows of the regions below, or of the region itself; where a joint is chosen those that make it up, and the rest."""
    reading = shown.reading
    columns = (
        Column("region", _("地区")),
        Column("asked", _("申请"), "money"),
        Column("approved", _("审核"), "money"),
        Column("disbursed", _("拨付"), "money"),
        # Where the province pays into the expenditure account itself nothing is received apart.
        *([] if shown.payments.direct else [Column("arrived", _("到账日"))]),
        Column("paid_on", _("发放日")),
        Column("paid", _("发放"), "money", hidden=True),
        Column("closing", _("支出户结存"), "money"),
        # So small beside what is sent that 亿元 would show nothing of it.
        Column("difference", _("差额") + bracketed(display.unit_name("wan")), "money", unit="wan"),
        Column("said", _("说明"), className="written"),
    )
    found = []
    for code in shown.rows():
        chain = shown.payments.of(code)
        rank, words = said(shown, chain)
        found.append((rank, -chain.disbursed_fen, chain, words))
    found.sort(key=lambda one: one[:2])
    chosen = reading.view.measure if reading.view.measure in JOINTS else ""
    rows = [_row(shown, chain, words) for _rank, _fen, chain, words in found if not chosen or _part(chain, chosen)]
    whole = shown.payments.of(shown.region)
    total = _values(shown, whole, _("合计"))
    name, place = figures.below_no_region(reading)
    if chosen:
        name = _("其余{count}个地区", count=len(found) - len(rows))
    rows += rest(columns, rows, total, name, place)
    chains = [chain for _rank, _fen, chain, _words in found]
    if whole.disbursed_on is not None or whole.paid_on is not None:
        total |= _on_time(shown, chains)
    total["said"] = _difference(shown, whole)
    foot = [Row(total, style="sum")]
    title = _("各地到账与发放")
    return Table(CODE, title, columns, rows, foot=foot, **shown.rows_of)


def _part(chain: Chain, joint: str) -> int:
    return int(getattr(chain, f"{joint}_fen") or 0)


def _on_time(shown: Shown, chains: list[Chain]) -> dict[str, str]:
    """In the total's line: how many regions had the money, and paid all, on time."""
    there = sum(1 for one in chains if one.arrived_on is not None and not one.late)
    by = shown.due.get("paying_day")
    paid = [one for one in chains if one.paid_on is not None and not _after(one.paid_on, by)]
    whole = sum(1 for one in paid if not _unpaid_in(shown, one.region))
    return {"arrived": _("{count}地按时", count=there), "paid_on": _("{count}地按时", count=whole)}


def _values(shown: Shown, chain: Chain, name: str) -> dict[str, Any]:
    about, reached = shown.reading.about, chain.disbursed_on is not None

    def figure(what: str, fen: int | None, part: str = "") -> Figure:
        return about.figure(what, fen, part=part, place=chain.region)

    return {
        "region": name,
        "asked": figure("chain.asked", chain.asked_fen),
        "approved": figure("chain.approved", chain.approved_fen),
        "disbursed": figure("chain.disbursed", chain.sent_fen),
        "arrived": _day(chain.arrived_on),
        "paid_on": _day(chain.paid_on),
        "paid": figure("chain.paid", chain.out_fen),
        "closing": figure("account", chain.closing_fen, Account.EXPENDITURE),
        "difference": figure("chain.difference", chain.difference_fen if reached or chain.paid_on else None),
    }


def _row(shown: Shown, chain: Chain, words: list[Child]) -> Row:
    view = shown.reading.view
    values = _values(shown, chain, name_of(shown.reading.tree.region(chain.region)))
    late = html.Span(className="late")
    extra: dict[str, Child] = {}
    if chain.late:
        extra["arrived"] = late
    if _after(chain.paid_on, shown.due.get("paying_day")):
        extra["paid_on"] = late
    if _unpaid_in(shown, chain.region):
        values["paid_on"], extra["paid_on"] = _("未发完"), late
    href = view.href(item="" if view.item == chain.region else chain.region)
    values["said"] = words
    return Row(values, href=href, place=chain.region, extra=extra, selected=view.item == chain.region)


def _day(day: date | None) -> str | None:
    return None if day is None else display.short_day(day)


def _after(day: date | None, due: date | None) -> bool:
    return day is not None and due is not None and day > due


def _unpaid_in(shown: Shown, region: str) -> list[NotPaid]:
    inside = set(shown.reading.tree.subtree(region))
    return [one for code, one in shown.unpaid.items() if code in inside]


def said(shown: Shown, chain: Chain) -> tuple[int, list[Child]]:
    """The rank of a region's worst matter, and everything that is to be said of it."""
    found: list[tuple[int, list[Child]]] = []
    if unpaid := _unpaid_in(shown, chain.region):
        found.append((UNPAID, unpaid_words(shown, unpaid, level=True)))
    if chain.late or _after(chain.disbursed_on, shown.due.get("disbursement_day")):
        found.append((LATE, _late_words(shown, chain)))
    level = shown.levels.get(("expenditure_account_months", chain.region), Level.NONE)
    if level is not Level.NONE:
        held = figures.printed(shown.reading, "expenditure_account_months", chain.region)
        found.append((IDLE, [level_tag(level), " ", *sentence(N_("支出户结存{months}个月，偏多"), months=held)]))
    if chain.cut_fen:
        found.append((CUT, _cut_words(shown, chain)))
    if not found:
        if chain.paid_on is None:
            return OPEN, []
        return WELL, [html.Span(_("按时"), className="checked")]
    words: list[Child] = []
    for place, (_rank, one) in enumerate(found):
        words += [*([_("；")] if place else []), *one]
    return found[0][0], words


def unpaid_words(shown: Shown, unpaid: list[NotPaid], *, level: bool = False) -> list[Child]:
    """丙县312人108.4万元未发到, by when it is made up and why; of several units the first is named."""
    reading, first = shown.reading, unpaid[0]
    place = first.region if len(unpaid) == 1 else reading.region if level is False else f"{first.region}+"
    about = reading.about
    persons = about.figure("chain.unpaid.persons", sum(one.persons for one in unpaid), place=place)
    amount = about.figure("chain.unpaid", sum(one.amount_fen for one in unpaid), place=place)
    worst = max((shown.levels.get(("unpaid_due", one.region), Level.NONE) for one in unpaid), default=Level.NONE)
    words: list[Child] = [level_tag(worst), " "] if level and worst is not Level.NONE else []
    words += sentence(
        N_("{names}{persons}人{amount}万元未发到"),
        names=places(reading.tree, [one.region for one in unpaid]),
        persons=display.printed(persons),
        amount=display.printed(amount, "wan"),
    )
    if level and first.step is not None:
        day = first.step.day
        words += [_("，"), html.Span(first.step.text, className="quoted")]
        words += [_("，{day}前补发", day=display.short_day(day))] if day else []
    return words


def _late_words(shown: Shown, chain: Chain) -> list[Child]:
    due = shown.due.get("paying_day")
    words: list[Child] = []
    if chain.late:
        amount = shown.reading.printed("chain.late", chain.late_fen, place=chain.region)
        words += sentence(N_("{names}{amount}亿元晚到"), names=places(shown.reading.tree, chain.late), amount=amount)
        if due is not None and chain.arrived_on is not None and chain.arrived_on > due:
            words.append(_("{count}天", count=(chain.arrived_on - due).days))
        if chain.disbursed_fen > chain.arrived_fen:
            words.append(_("，尚未到齐"))
    by = shown.due.get("disbursement_day")
    if by is not None and _after(chain.disbursed_on, by):
        words += [*([_("；")] if words else []), _("省级拨付晚于{day}", day=display.short_day(by))]
    return words


def _cut_words(shown: Shown, chain: Chain) -> list[Child]:
    amount = shown.reading.printed("chain.cut", chain.cut_fen, place=chain.region)
    reasons = {step.text for code in shown.units(chain.region) if (step := shown.register.cut(code)) is not None}
    words = sentence(N_("核减{amount}亿元"), amount=amount)
    return [*words, _("，"), html.Span(_("；").join(sorted(reasons)), className="quoted")] if reasons else words


def _difference(shown: Shown, whole: Chain) -> list[Child]:
    """差额＝晚到＋留存, in the total's line."""
    if whole.disbursed_on is None or whole.paid_on is None or shown.payments.direct:
        return []
    names = ("late", "kept", "difference")
    late, kept, off = (shown.reading.printed(f"chain.{one}", getattr(whole, f"{one}_fen"), unit="wan") for one in names)
    note = display.rounding_note([late, kept], [], off)
    return [
        *sentence(N_("差额＝晚到 {late} ＋ 支出户留存 {kept}"), late=late, kept=kept),
        *([bracketed(note)] if note else []),
    ]


# --- the plan of a month that has not begun


def plan_table(shown: Shown) -> Table:
    """What each region's units need, what is asked and approved for them, beside what they were paid the month before."""
    reading = shown.reading
    columns = (
        Column("region", _("地区")),
        Column("reported", _("已报单位")),
        Column("need", _("用款需求"), "money"),
        Column("line", _("申请"), "money"),
        Column("approved", _("审核"), "money"),
        Column("before", _("上月审核"), "money"),
        Column("change", _("较上月"), "money", signed=True),
        Column("said", _("说明"), className="written"),
    )
    rows = [_plan_row(shown, code) for code in shown.rows()]
    total = _plan_values(shown, shown.region, _("合计"))
    rows += rest(columns, rows, total, *figures.below_no_region(reading))
    title = _("各地用款计划")
    foot = [Row(total, style="sum")]
    return Table(CODE, title, columns, rows, foot=foot, **shown.rows_of)


def _plan_row(shown: Shown, code: str) -> Row:
    view = shown.reading.view
    values = _plan_values(shown, code, name_of(shown.reading.tree.region(code)))
    href = view.href(item="" if view.item == code else code)
    return Row(values, href=href, place=code, selected=view.item == code)


def _plan_values(shown: Shown, code: str, name: str) -> dict[str, Any]:
    """Of the register where it has something of the month, else as delivered."""
    reading, register, requests = shown.reading, shown.register, shown.payments.requests
    units = shown.units(code)
    about = reading.about

    def summed(of: Callable[[str], int | None]) -> int | None:
        known = [fen for unit in units if (fen := of(unit)) is not None]
        return sum(known) if known else None

    need, line = summed(register.need_fen), summed(register.line_fen)
    asked, approved = requests.asked(code, shown.month), requests.approved(code, shown.month)
    cut = summed(register.approved_fen) if register.state == "submitted" else None
    before = requests.approved(code, shown.month.plus(-1))
    # While units are missing the rest is not compared with all of the month before.
    drawn = None if any(register.line_fen(unit) is None for unit in units) else line
    now = next((fen for fen in (approved, cut, asked, drawn) if fen is not None), None)
    reported = sum(1 for unit in units if register.need_fen(unit) is not None)
    last_month = display.period_month(shown.month.plus(-1))
    return {
        "region": name,
        "reported": _("{done} / {count}", done=reported, count=len(units)) if reported or not asked else None,
        "need": about.figure("fund.need", need, place=code),
        "line": about.figure("chain.asked", asked, place=code)
        if (asked is not None and register.drafted is False) or line is None
        else about.figure("fund.line", line, place=code),
        "approved": about.figure("chain.approved", approved, place=code)
        if approved is not None or cut is None
        else about.figure("fund.approved", cut, place=code),
        "before": about.figure("chain.approved", before, place=code, period=last_month),
        "change": about.figure("fund.change", None if now is None or before is None else now - before, place=code),
        "said": _plan_words(shown, code),
    }


def _plan_words(shown: Shown, code: str) -> list[Child]:
    """Units that have not reported and by when they should; what was drawn otherwise or cut, and why."""
    register = shown.register
    parts: list[list[Child]] = []
    missing = [unit for unit in shown.units(code) if register.line_fen(unit) is None]
    if missing and register.drafted and shown.payments.requests.asked(code, shown.month) is None:
        day = shown.due.get("request_day")
        by = _("，应{day}前报", day=display.short_day(day)) if day else ""
        parts.append([_("{names}未报", names=places(shown.reading.tree, missing)), by])
    chain = shown.payments.of(code)
    if chain.cut_fen:
        parts.append(_cut_words(shown, chain))
    elif register.state == "submitted" and any(register.cut(unit) for unit in shown.units(code)):
        left = sum((register.line_fen(u) or 0) - (register.approved_fen(u) or 0) for u in shown.units(code))
        amount = display.printed(shown.reading.about.figure("fund.cut", left, place=code))
        reasons = sorted({step.text for unit in shown.units(code) if (step := register.cut(unit))})
        parts.append([*sentence(N_("拟核减{amount}亿元"), amount=amount), _("，"), _("；").join(reasons)])
    return [one for place, part in enumerate(parts) for one in [*([_("；")] if place else []), *part]]
