"""未来六个月备付 and 到期存款: does what is liquid cover what the next months use, and what matures meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.funds import cash
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, between
from rules.month import Month
from workflows.cash.planning import CashPlan

PATH = "/funds"


def cover_section(reading: Reading) -> Component:
    """What is liquid at the ends of the next six months beside the following month's use; the first that does not hold."""
    title, note = _("未来六个月备付"), _("省级财政专户，预计 · 亿元")
    plan = cash.plan_of(reading)
    if plan is None:
        return parts.section(title, html.Div(why_none(reading), className="foot"), note=note)
    table = cover_table(reading)
    assert table is not None, "there is a plan"
    working = html.A(_("看算式"), href=_there(reading, f"{cash.MONTH}{_pivot(plan)}"))
    return parts.section(
        title,
        html.Div(html_table(table), className="scroll"),
        note=note,
        actions=[working, frame.exports(PATH, table.code, reading.view)],
        foot=mend_line(reading, plan) or None,
        className="cover bars",
    )


def why_none(reading: Reading) -> str:
    """Why there is no plan."""
    if not reading.is_province:
        return _("资金计划按省级财政专户编制，市县不单独编制。")
    if not reading.snapshot.facts.opened:
        return _("没有导入期初余额，可动用资金不能推算。")
    return _("预计按最近定稿的月份作出；本期没有定稿，或其预计已被后来月份的预计替代。")


def _there(reading: Reading, item: str) -> str:
    return replace(reading.view, path=PATH).href(tab="accounts", show="plan", item=item)


def _pivot(plan: CashPlan) -> str:
    """The month that a reader asks about: the first that does not hold, else the tightest of the next six."""
    return plan.result.short_month or min(cash.ahead(plan), key=lambda end: end.margin_fen).code


def cover_table(reading: Reading) -> Table | None:
    """The next six months; None where there is no plan."""
    plan = cash.plan_of(reading)
    if plan is None:
        return None
    columns = (
        Column("month", _("月末")),
        Column("bar", _("竖线：用款")),
        Column("liquid", _("可动用"), "money", what="cash.closing"),
        Column("use", _("下月用款"), "money", what="cash.next_use"),
        Column("margin", _("余缺"), "money", signed=True, what="cash.margin"),
    )
    shown = cash.ahead(plan)
    most = max(max(end.closing_fen, end.next_use_fen) for end in shown) or 1
    rows = []
    for end in shown:
        name: list[Child] = [cash.month_words(reading, end.code)]
        first = end.code == plan.result.short_month
        extra: dict[str, Child] = {"bar": parts.track(end.closing_fen / most, end.next_use_fen / most, mini=True)}
        if first:
            name += [" ", html.Span(_("首个不足"), className="tag strong")]
        values = {"month": name, "bar": "", "liquid": end.closing_fen, "use": end.next_use_fen}
        rows.append(
            Row(
                {**values, "margin": end.margin_fen},
                href=_there(reading, f"{cash.MONTH}{end.code}"),
                style="short" if first else "",
                extra=extra,
                period=end.code,
            )
        )
    return Table("cover", _("未来六个月备付"), columns, rows, about=reading.about)


def cover_sentence(reading: Reading) -> list[Child]:
    """省级专户够付到2027年2月末，3月末预计差18.30亿元，12月少转存18.30亿元即可。 Nothing where there is no plan."""
    plan = cash.plan_of(reading)
    if plan is None:
        return []
    result = plan.result
    if result.short_month is None or result.short_fen is None:
        tightest = min(cash.ahead(plan), key=lambda end: end.margin_fen)
        return sentence(
            N_("省级专户六个月均够付，最紧为{month}末，余{margin}亿元。"),
            month=cash.month_words(reading, tightest.code),
            margin=cash.printed(reading, "margin", tightest.margin_fen, tightest.code),
        )
    codes = [end.code for end in result.months]
    before = codes[: codes.index(result.short_month)]
    short = cash.figure(reading, "margin", -result.short_fen, result.short_month)
    values = {
        "month": cash.month_words(reading, result.short_month),
        "short": Strong(display.printed(short, absolute=True)),
    }
    if before:
        until = cash.month_words(reading, before[-1])
        said = sentence(N_("省级专户够付到{until}末，{month}末预计差{short}亿元，"), until=until, **values)
    else:
        said = sentence(N_("省级专户{month}末预计差{short}亿元，"), **values)
    return said + _mended(reading, plan)


def _mended(reading: Reading, plan: CashPlan) -> list[Child]:
    """What makes every month hold."""
    result = plan.result
    undone = [one for one in result.mends if one.kind == "redeposit"]
    back = sum(one.amount_fen for one in result.mends if one.kind == "redeem")
    pieces: list[list[Child]] = []
    if len(undone) == 1:
        (one,) = undone
        amount = cash.printed(reading, "mend", one.amount_fen, one.month, one.code)
        month = cash.month_words(reading, one.month)
        pieces.append(sentence(N_("{month}少转存{amount}亿元"), month=month, amount=amount))
    elif undone:
        whole = sum(one.amount_fen for one in undone)
        amount = cash.printed(reading, "mend", whole, undone[0].month, "redeposit")
        pieces.append(sentence(N_("少转存合计{amount}亿元"), amount=amount))
    if back:
        amount = cash.printed(reading, "mend", back, result.short_month or "", "redeem")
        pieces.append(sentence(N_("提前支取{amount}亿元"), amount=amount))
    said = [child for at, piece in enumerate(pieces) for child in ([_("、")] if at else []) + piece]
    if not result.uncovered_fen:
        return [*said, _("即可。")]
    amount = cash.printed(reading, "uncovered", result.uncovered_fen, result.short_month or "")
    rest = sentence(N_("仍需另筹{amount}亿元。"), amount=amount)
    return [*said, _("，"), *rest] if said else rest


def mend_line(reading: Reading, plan: CashPlan) -> list[Child]:
    """12月转存380.00（含到期186.00）改为360.00: of the deposits that would mend the plan; nothing where all months hold."""
    lines: list[Child] = []
    principal = {one.ref: one.amount_fen for one in plan.held}
    for one in plan.result.mends:
        if one.kind != "redeposit":
            continue
        planned = next(made.amount_fen for made in plan.case.redeposits if made.code == one.code)
        said = sentence(
            N_("{month}转存{planned}亿元（含到期{matured}亿元）改为{after}亿元。"),
            month=cash.month_words(reading, one.month),
            planned=display.printed(reading.about_now.figure("deposit.next", planned, part=one.code)),
            matured=cash.printed(reading, "matured_with", min(planned, principal[one.code]), one.month, one.code),
            after=Strong(cash.printed(reading, "after", planned - one.amount_fen, one.month, one.code)),
        )
        lines += [*([between()] if lines else []), *said]
    return lines


# --- 到期存款


def maturing_section(reading: Reading) -> Component:
    """What matures within six months and what becomes of it; all deposits behind a link."""
    held, table = cash.own_deposits(reading), maturing_table(reading)
    every = html.A(
        _("全部{count}笔", count=len(held)),
        href=replace(reading.view, path=PATH).href(tab="accounts", show="deposits", item=""),
    )
    body: Component = html.Div(html_table(table), className="scroll")
    if not table.rows:
        body = html.Div(_("六个月内没有到期存款。"), className="foot")
    actions = [every, *([frame.exports(PATH, table.code, reading.view)] if table.rows else [])]
    return parts.section(_("到期存款"), body, note=_("六个月内 · 亿元"), actions=actions, className="cover ends")


def maturing_table(reading: Reading) -> Table:
    """The province's deposits that mature within six months, soonest first, with what is decided of each."""
    columns = (
        Column("matures", _("到期日"), "day"),
        Column("bank", _("存放")),
        Column("amount", _("金额"), "money", what="deposit"),
        Column("rate", _("年利率%"), "percent", what="deposit.rate"),
        Column("after", _("到期后（拟）"), className="norm"),
    )
    until, decided = _six_months_on(reading.snapshot.day), cash.decided(reading)
    found = [one for one in cash.own_deposits(reading) if one.matures_on <= until]
    rows = [
        Row(
            {
                "matures": one.matures_on,
                "bank": cash.bank_words(one),
                "amount": one.amount_fen,
                "rate": Fraction(one.rate) * 100,
                "after": cash.after_words(reading, one, decided.get(one.ref)),
            },
            href=replace(reading.view, path=PATH).href(tab="accounts", item=cash.item_of(one)),
            part=one.ref,
            place=one.region,
        )
        for one in found
    ]
    total = reading.about.figure("deposits.maturing", sum(one.amount_fen for one in found))
    foot = [Row({"matures": _("合计"), "amount": total}, style="sum")] if rows else []
    return Table("maturing", _("到期存款"), columns, rows, foot=foot, about=reading.about)


def _six_months_on(day: date) -> date:
    return Month.of(day).plus(cash.SIX).last
