"""用款与拨付: the sentence, the pipe, the table of one month."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Table, html_table
from dashboard.pages.funds.cover import cover_section, cover_sentence, maturing_section
from dashboard.pages.funds.payments import listing
from dashboard.pages.funds.payments.forms import next_step
from dashboard.pages.funds.payments.pipe import accounts_line, pipe
from dashboard.pages.funds.payments.reading import Shown, months, shown, standing
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.wording import N_, _, between
from data_access.books.requests import Chain
from rules.movements import Account

PATH = "/funds"
TAB = "payments"


def payments(reading: Reading) -> Component:
    """The tab."""
    found = shown(reading)
    chain = found.payments.of(found.region)
    now = standing(reading, found)
    second = [*_second(found), between(), *cover_sentence(now)]
    head = parts.conclusion(_first(found, chain), second, _actions(reading, found))
    table = _table(found)
    section = parts.section(
        table.title,
        html.Div(html_table(table, cards=listing.CARDS), className="sheet"),
        note=_note(found),
        actions=[frame.exports(PATH, listing.CODE, reading.view)],
        foot=[*accounts_line(found, chain), *([_("。差额＝拨付－发放。")] if chain.closing_fen is not None else [])],
    )
    body: Component = section
    if reading.is_province:
        body = html.Div([section, html.Div([cover_section(now), maturing_section(now)])], className="split cash")
    return html.Div([head, pipe(found, chain), body], className="payments")


def payment_table(reading: Reading) -> Table:
    """The table of the month chosen: what happened, of the next one the plan."""
    return _table(shown(reading))


def _table(found: Shown) -> Table:
    return listing.plan_table(found) if found.planned else listing.payment_table(found)


def _actions(reading: Reading, found: Shown) -> list[Component]:
    step = next_step(found)
    return [_switch(reading, found), *([step] if step is not None else [])]


def _switch(reading: Reading, found: Shown) -> Component:
    view = reading.view
    options = []
    for month in months(reading):
        name = as_of.month_words(reading, month)
        ahead = month == months(reading)[-1]
        options.append(
            (
                _("{month}计划", month=name) if ahead else name,
                view.href(show=month.iso, item="", measure=""),
                month == found.month,
            )
        )
    return parts.segment(options, label=_("月份"))


def _note(found: Shown) -> str:
    if found.planned:
        day = found.due.get("request_day")
        return " · ".join([_("亿元"), *([_("应于{day}前申请", day=display.short_day(day))] if day else [])])
    said = [_("亿元"), _("晚到、未发完在前")]
    day = found.due.get("paying_day")
    if day is not None:
        said.append(_("应于{day}前到账并发放", day=display.short_day(day)))
    return " · ".join(said)


def _first(found: Shown, chain: Chain) -> list[Child]:
    """拨付, 发放, how many regions had it in time, who was not paid."""
    reading, month = found.reading, as_of.month_words(found.reading, found.month)
    if chain.disbursed_on is None and chain.paid_on is None:
        return _before(found, chain, month)
    said = sentence(
        N_("{month}拨付{sent}亿元、发放{paid}亿元"),
        month=month,
        sent=Strong(reading.printed("chain.disbursed", chain.disbursed_fen)),
        paid=Strong(reading.printed("chain.paid", chain.paid_fen)),
    )
    rows = [found.payments.of(code) for code in found.rows()]
    well = sum(1 for one in rows if one.arrived_on is not None and not one.late)
    if reading.children():
        said += sentence(N_("，{count}个地区按时到账"), count=Strong(str(well)))
    unpaid = list(found.unpaid.values())
    if unpaid:
        said += [_("；"), *listing.unpaid_words(found, unpaid)]
    elif chain.paid_on is not None and not found.running:
        said.append(_("，没有登记未发到的"))
    return [*said, _("。")]


def _before(found: Shown, chain: Chain, month: str) -> list[Child]:
    """Before any money moved: what is asked and approved."""
    if chain.asked_fen is None:
        day = found.due.get("request_day")
        said = _("{month}用款尚未申请", month=month)
        return [said, _("，应于{day}前提交。", day=display.short_day(day)) if day else _("。")]
    asked = Strong(found.reading.printed("chain.asked", chain.asked_fen))
    if chain.approved_fen is None:
        return sentence(N_("{month}申请用款{asked}亿元，尚未审核。"), month=month, asked=asked)
    approved = Strong(found.reading.printed("chain.approved", chain.approved_fen))
    text = N_("{month}申请用款{asked}亿元，核定{approved}亿元，尚未拨付。")
    return sentence(text, month=month, asked=asked, approved=approved)


def _second(found: Shown) -> list[Child]:
    """Whether the provincial account, without deposits, covers the next month."""
    reading, facts = found.reading, found.reading.snapshot.facts
    if not reading.is_province or not facts.opened or not facts.months:
        return []
    at = max((place for place, month in enumerate(facts.months) if month <= found.month), default=None)
    if at is None:
        return []
    following = found.month if found.planned else found.month.plus(1)
    liquid = int(facts.account(reading.region, Account.PROVINCIAL)[at])
    about = reading.about
    held = display.printed(
        about.figure("account", liquid, part=Account.PROVINCIAL, period=display.period_month(facts.months[at]))
    )
    requests = found.payments.requests
    asked = requests.approved(reading.region, following)
    asked = requests.asked(reading.region, following) if asked is None else asked
    name = as_of.month_words(reading, following)
    if asked is None:
        return sentence(N_("省级专户可动用{liquid}亿元（不含定期）；{month}用款尚未申请。"), liquid=held, month=name)
    what = "chain.approved" if requests.approved(reading.region, following) is not None else "chain.asked"
    need = display.printed(about.figure(what, asked, period=display.period_month(following)))
    left = display.printed(about.figure("chain.left", liquid - asked), absolute=True)
    text = (
        N_("省级专户可动用{liquid}亿元（不含定期），{month}用款{need}亿元，够付，余{left}亿元。")
        if liquid >= asked
        else N_(
            "省级专户可动用{liquid}亿元（不含定期），{month}用款{need}亿元，差{left}亿元，须先支取到期存款或调入资金。"
        )
    )
    return sentence(text, liquid=held, month=name, need=need, left=left)
