"""问题台账 in words: steps, states, where a problem comes from, what belongs to it."""

from __future__ import annotations

from datetime import date

from dash import html

from dashboard.components.parts import Child
from dashboard.site.reading import Reading
from dashboard.site.view import View
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.passport import Figure
from dashboard.words.wording import N_, _, language, name_of
from rules.persons.comparisons import FACTS, MEANINGS
from rules.scheme import load_scheme, profile_codes
from rules.violations import CATEGORIES, ORIGINS, STATES, sides_of
from workflows.issues.register import Issue

PATH = "/issues"
STEP_NAMES = {
    "register": N_("登记"),
    "verify": N_("核实"),
    "dismiss": N_("查否"),
    "amount": N_("更正金额"),
    "assign": N_("交办整改"),
    "answer": N_("反馈整改情况"),
    "recover": N_("记追回"),
    "exclude": N_("不可抗力剔除"),
    "extend": N_("延期"),
    "study": N_("拟提请研究"),
    "ask_close": N_("申请销号"),
    "close": N_("同意销号"),
    "decline": N_("退回补充"),
    "reopen": N_("重新整改"),
}


def place(reading: Reading, code: str) -> str:
    """A region with its city before it: 淮安市 涟水县; the province by its own name."""
    tree = reading.tree
    if code not in tree:
        return code
    above = [one for one in tree.path(code)[1:] if tree.region(one).kind != "own"] or [code]
    return " ".join(name_of(tree.region(one)) for one in above)


def origin(one: Issue) -> str:
    return name_of(ORIGINS[one.origin])


def side(reading: Reading, one: Issue) -> str:
    return name_of(sides_of(reading.scheme)[one.side])


def category(one: Issue) -> str:
    return name_of(CATEGORIES[one.category])


def department(one: Issue) -> str:
    return department_name(one.department)


def fact_name(code: str) -> str:
    """What a fact of a suspicion is called: 死亡日期."""
    return name_of(FACTS[code]) if code in FACTS else code


def fact_value(reading: Reading, code: str, text: str) -> str:
    """What a register says, in the reader's words: months and money as everywhere, codes and places by their names."""
    if code == "also_paid":
        scheme, _slash, region = text.partition("/")
        name = name_of(load_scheme(scheme)) if scheme in profile_codes() else scheme
        return f"{name} {place(reading, region)}"
    if code.endswith("_month"):
        return display.month_name(int(text))
    if code.endswith("_fen"):
        return display.money(int(text), "yuan")
    return name_of(MEANINGS[text]) if code in ("way", "worker") and text in MEANINGS else text


def in_language(chinese: str, english: str) -> str:
    """What a rule says in both languages, in the reader's."""
    return english if language() == "en" else chinese


def state(one: Issue) -> str:
    """How far it has come; a lead that did not hold and a request to close are said so."""
    if one.state == "closed" and not one.upheld:
        return _("查否")
    if one.asked_to_close is not None:
        return _("待同意销号")
    return name_of(STATES[one.state])


def late_days(one: Issue, today: date) -> int:
    """How many days it stands open past its deadline; 0 when it does not."""
    return (today - one.due_on).days if one.due_on is not None and one.overdue_on(today) else 0


def figure(reading: Reading, one: Issue, what: str, fen: int, part: str = "") -> Figure:
    """One of a problem's amounts. None where it concerns no money, or nobody has verified yet what is to come back."""
    reason = ""
    if not one.amount_fen and not one.to_recover_fen:
        reason = "no_amount"
    elif what != "issue" and not part and not one.determined:
        reason = "not_verified"
    value = fen if fen or not reason else None
    return reading.about_now.figure(what, value, part=part or one.ref, place=one.region, reason=reason or None)


def to_recover(reading: Reading, one: Issue) -> Figure:
    """应追回, or 应补发 of what is to be paid in addition."""
    return figure(reading, one, "issue.to_pay" if one.paid_out else "issue.due", one.to_recover_fen)


def recovered(reading: Reading, one: Issue) -> Figure:
    """已追回, or 已补发."""
    return figure(reading, one, "issue.paid" if one.paid_out else "issue.back", one.recovered_fen)


def wan(figure: Figure) -> list[Child]:
    """An amount with its unit: ``20.75 万元``."""
    return [*display.with_unit(display.printed(figure, "wan"), figure, "wan")]


def issue_href(reading: Reading, ref: str) -> str:
    """The address of one problem, with the filters of the list it is reached from."""
    return reading.view.href(path=f"{PATH}/{ref.lower()}", item="", number="")


def list_href(reading: Reading) -> str:
    return reading.view.href(path=PATH, item="")


def related_link(reading: Reading, one: Issue) -> Child | None:
    """The warning or the item of the gap register that the problem belongs to."""
    kind, _colon, number = (one.related or "").partition(":")
    view = reading.view
    if kind == "warning":
        href = View(f"/warnings/{number}", view.scheme, view.region, view.period).href()
        return html.A(_("预警 {number}", number=number), href=href)
    if kind == "gap":
        href = View("/gap", view.scheme, view.region, view.period, item=number).href()
        return html.A(_("管理性缺口台账 {number}", number=number), href=href)
    return None
