"""存款 of 账户与存款: every deposit with what becomes of it, how they lie at banks and what they yield, a single one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer as docked, frame, parts
from dashboard.components.drawer import Trio
from dashboard.components.parts import Child, Strong, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.funds import cash
from dashboard.pages.funds.acts import AMOUNT, BANK, REF, SEEN, TERM, WHAT, decide_deposit
from dashboard.pages.funds.cash import held
from dashboard.site.act import Values
from dashboard.site.fields import Field
from dashboard.site.reading import Reading
from dashboard.words import as_of, display
from dashboard.words.wording import N_, _, name_of
from data_access.books.funds import Deposit
from rules.movements import Account
from workflows.cash.decisions import Decision, Use, decisions

EVERY = "*"


def deposits_view(reading: Reading) -> Component:
    """All deposits in the order in which they mature."""
    calendar, note = deposit_table(reading), _("按到期日 · 亿元")
    return parts.section(
        _("存款到期"),
        html.Div(html_table(calendar), className="scroll")
        if calendar.rows
        else html.Div(_("没有未到期的定期存款。"), className="foot"),
        note=as_of.noted(reading, note) if reading.is_province else note,
        actions=[frame.exports(cash.PATH, calendar.code, reading.view)],
    )


def held_by(reading: Reading) -> list[Component]:
    """Deposits by bank and by kind; nothing where there are none."""
    titles = ((_("存放集中度"), bank_table(reading)), (_("品种与收益"), kind_table(reading)))
    return [
        parts.section(
            title,
            html.Div(html_table(table), className="scroll"),
            note=_("亿元"),
            actions=[frame.exports(cash.PATH, table.code, reading.view)],
        )
        for title, table in titles
        if table.rows
    ]


def concentration(reading: Reading) -> list[Child]:
    """How many banks, and how much the first of them holds."""
    found = _grouped(reading, _bank)
    if not found:
        return []
    part, own = found[0]
    share = reading.about.figure("deposit.bank.share", _share(own, held(reading)), part=part)
    rate = reading.about.figure("deposit.bank.rate", _rate(held(reading)), part=EVERY)
    return sentence(
        N_("分存{count}处，最多的{bank}占{share}%，加权年利率{rate}%。"),
        count=str(len(found)),
        bank=cash.bank_words(own[0]),
        share=Strong(display.printed(share)),
        rate=Strong(display.printed(rate)),
    )


def deposit_table(reading: Reading) -> Table:
    """The maturity calendar 到期日历, with what is decided of each."""
    columns = [
        Column("matures", _("到期日"), "day"),
        Column("days", _("剩余天数"), "count", what="deposit.days"),
        Column("region", _("地区"), hidden=reading.is_province),
        Column("bank", _("存放")),
        Column("kind", _("品种")),
        Column("amount", _("金额"), "money", what="deposit"),
        Column("rate", _("年利率%"), "percent", what="deposit.rate"),
        Column("starts", _("存入日"), "day", hidden=True),
    ]
    decided: dict[str, Decision] = {}
    if reading.is_province:
        columns.append(Column("after", _("到期后（拟）"), className="norm"))
        decided = cash.decided(reading)
    day = reading.snapshot.day
    rows = [
        Row(
            {
                "matures": d.matures_on,
                "days": (d.matures_on - day).days,
                "region": name_of(reading.tree.region(d.region)),
                "bank": cash.bank_words(d),
                "kind": cash.kind_words(d),
                "amount": d.amount_fen,
                "rate": Fraction(d.rate) * 100,
                "starts": d.starts_on,
                "after": cash.after_words(reading, d, decided.get(d.ref)),
            },
            href=reading.view.href(tab="accounts", item=cash.item_of(d)),
            selected=reading.view.item == cash.item_of(d),
            part=d.ref,
            place=d.region,
        )
        for d in held(reading)
    ]
    whole = {"matures": _("合计"), "amount": sum(int(r.values["amount"]) for r in rows)}
    foot = [Row(whole, style="sum", part=EVERY)] if rows else []
    return Table("deposits", _("存款到期"), columns, rows, foot=foot, about=reading.about)


# What a group is in figures' keys, in whatever language it is named, and its deposits.
Group = tuple[str, list[Deposit]]


def _grouped(reading: Reading, key: Callable[[Deposit], str]) -> list[Group]:
    """Deposits held by a key, the largest sum first."""
    found: dict[str, list[Deposit]] = {}
    for one in held(reading):
        found.setdefault(key(one), []).append(one)
    return sorted(found.items(), key=lambda group: (-_sum(group[1]), group[0]))


def _bank(one: Deposit) -> str:
    return "treasury" if one.kind == "bond" else f"bank.{one.bank}"


def _kind(one: Deposit) -> str:
    return f"kind.{one.account if one.account != Account.DEPOSIT else one.kind or 'deposit'}"


def _sum(found: Sequence[Deposit]) -> int:
    return sum(one.amount_fen for one in found)


def _rate(found: Sequence[Deposit]) -> Fraction | None:
    """The yearly rate in %, weighted by amount."""
    whole = _sum(found)
    return sum((Fraction(one.rate) * one.amount_fen * 100 for one in found), Fraction(0)) / whole if whole else None


def _share(own: Sequence[Deposit], every: Sequence[Deposit]) -> Fraction | None:
    whole = _sum(every)
    return Fraction(_sum(own) * 100, whole) if whole else None


def bank_table(reading: Reading) -> Table:
    """By bank: deposits, their share and weighted rate, the largest first."""
    return _group_table(reading, "banks", _("存放集中度"), _("存放"), _bank, cash.bank_words)


def kind_table(reading: Reading) -> Table:
    """By kind: the same; entrusted principal beside them, whose yield is booked when it comes."""
    found = _group_table(reading, "kinds", _("品种与收益"), _("品种"), _kind, cash.kind_words)
    entrusted = 0
    if reading.is_province and reading.snapshot.facts.opened:
        entrusted = int(reading.snapshot.facts.account(reading.region, Account.ENTRUSTED)[reading.snapshot.at])
    if not entrusted:
        return found
    principal = reading.about.figure("account", entrusted, part=Account.ENTRUSTED)
    beside = Row({"name": _("另：委托投资本金"), "amount": principal, "rate": None})
    return Table(found.code, found.title, found.columns, found.rows, foot=[*found.foot, beside], about=found.about)


def _group_table(
    reading: Reading, code: str, title: str, name: str, key: Callable[[Deposit], str], named: Callable[[Deposit], str]
) -> Table:
    every = held(reading)
    columns = (
        Column("name", name),
        Column("count", _("笔数"), "count", what="deposit.bank.count"),
        Column("amount", _("金额"), "money", what="deposit.bank"),
        Column("share", _("占比%"), "percent", places=1, what="deposit.bank.share"),
        Column("rate", _("加权年利率%"), "percent", what="deposit.bank.rate"),
    )

    def row(name: str, own: Sequence[Deposit], part: str) -> Row:
        amounts = {"count": len(own), "amount": _sum(own), "share": _share(own, every), "rate": _rate(own)}
        return Row({"name": name, **amounts}, part=part)

    rows = [row(named(own[0]), own, part) for part, own in _grouped(reading, key)]
    foot = [Row(row(_("合计"), every, EVERY).values, style="sum", part=EVERY)] if rows else []
    return Table(code, title, columns, rows, foot=foot, about=reading.about)


# --- one deposit


def deposit_drawer(reading: Reading, item: str) -> Component | None:
    """One deposit: what it is, what was decided of it, and the form for who decides; None for one that is not shown."""
    one = next((one for one in held(reading) if cash.item_of(one) == item), None)
    if one is None:
        return None
    about = reading.about
    leading = [
        Trio(
            _("金额"),
            display.printed(about.figure("deposit", one.amount_fen, part=one.ref, place=one.region)),
            _("亿元"),
        ),
        Trio(
            _("年利率"),
            display.printed(about.figure("deposit.rate", Fraction(one.rate) * 100, part=one.ref, place=one.region)),
            "%",
        ),
        Trio(
            _("剩余天数"),
            display.printed(
                about.figure(
                    "deposit.days", (one.matures_on - reading.snapshot.day).days, part=one.ref, place=one.region
                )
            ),
            _("天"),
        ),
    ]
    entries: list[tuple[str, Child | Sequence[Child]]] = [
        (_("编号"), html.Span(one.ref, className="written")),
        (_("品种"), cash.kind_words(one)),
        (_("地区"), name_of(reading.tree.region(one.region))),
        (_("存入日"), display.day_name(one.starts_on)),
        (_("到期日"), display.day_name(one.matures_on)),
        (_("数据"), docked.data_words(reading)),
    ]
    blocks = [*_decided(reading, one), docked.basis(entries)]
    title = _("{bank} {day}到期", bank=cash.bank_words(one), day=display.day_name(one.matures_on))
    return docked.drawer(reading, crumb=_("存款"), title=title, leading=leading, blocks=blocks)


def _decided(reading: Reading, one: Deposit) -> list[Component]:
    """What was decided, newest first, and the form where the reader may and it has not matured."""
    if not reading.is_province or one.account != Account.DEPOSIT:
        return []
    every = [found for found in reading.ask(decisions, reading.scheme.code) if found.deposit == one.ref]
    lines: list[Component] = [_step(reading, one, found) for found in reversed(every)]
    body: list[Child] = (
        [html.Ul(lines, className="journal")] if lines else [html.P(_("到期去向未定。"), className="muted")]
    )
    if decide_deposit.open_to(reading) and one.matures_on >= reading.today:
        body.append(decide_deposit.form(reading, _values(one, every[-1] if every else None)))
    return [docked.block(_("到期去向"), body, note=as_of.noted(reading))]


def _values(one: Deposit, now: Decision | None) -> Values:
    """What stands in the form: what holds, else that all of it is deposited again for a year."""
    values: dict[Field[Any], Any] = {REF: one.ref, SEEN: now.id if now else 0, WHAT: now.what if now else Use.REDEPOSIT}
    if now is not None and now.what == Use.REDEPOSIT:
        return {**values, AMOUNT: now.amount_fen, TERM: str(now.term_months), BANK: now.bank}
    return {**values, AMOUNT: one.amount_fen, TERM: "12", BANK: one.bank}


def _step(reading: Reading, one: Deposit, found: Decision) -> Component:
    said = [*cash.after_words(reading, one, found)]
    if found.bank:
        said += [_("，"), html.Span(found.bank, className="written")]
    who = html.Span(f"{found.decided_by_name} {display.moment(found.decided_at)}", className="muted")
    return html.Li([html.B(said), who, html.P(found.reason, className="written")])
