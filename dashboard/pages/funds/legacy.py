"""结余上解 of 资金运行: balances from before pooling as a closing list: owed, handed over, deposited, overdue."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.parts import Child, Strong, known, sentence
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.funds import advance, outflows
from dashboard.pages.funds.cash import held
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _, between, name_of
from data_access.books.funds import Deposit, LegacyDuty, load_legacy_duties
from rules.deadlines import legacy_share_due
from rules.money import round_half_up
from rules.movements import Account

PATH = "/funds"
NAMED = 3  # of the regions that have not handed over


def legacy(reading: Reading) -> Component:
    duties = _duties(reading)
    if not duties:
        return _none(reading)
    table = legacy_table(reading)
    owed = sum(duty.owed_fen for duty in duties)
    handed = sum(_handed(reading, duty) for duty in duties)
    unmatured = sum(_locked(reading, duty) for duty in duties)
    first = known(
        N_("历年结余应上解{owed}亿元，已上解{handed}亿元，完成{rate}%。"),
        N_("历年结余应上解{owed}亿元，已上解{handed}亿元。"),
        owed=Strong(reading.printed("legacy.owed", owed)),
        handed=Strong(reading.printed("legacy.handed", handed)),
        rate=Strong(reading.printed("legacy.rate", Fraction(handed * 100, owed) if owed > 0 else None)),
    )
    second: list[Child] = []
    behind = [row for row in table.rows if int(row.values["left"]) > 0]
    if behind:
        left, named = reading.printed("legacy.left", owed - handed), _behind(reading, behind)
        said = N_("尚未上解{left}亿元：{named}。") if len(behind) <= NAMED else N_("尚未上解{left}亿元，其中{named}。")
        second += sentence(said, left=left, named=named)
    if unmatured:
        locked = reading.printed("legacy.locked", unmatured)
        second += [between()] if second else []
        second += sentence(N_("未到期定期存款{amount}亿元，到期后上解，不算滞后。"), amount=locked)
    body = parts.section(
        _("历年结余上解"),
        html.Div(html_table(table), className="scroll"),
        note=_("亿元"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=[_schedule(reading), between(), *_interest(reading)],
    )
    return html.Div([parts.conclusion(first, second), body, outflows.section(reading), *advance.section(reading)])


def _schedule(reading: Reading) -> Component:
    """How much is due by the day looked at, and by which rule."""
    share = legacy_share_due(reading.scheme, reading.snapshot.day)
    code = "legacy_deadline" if "legacy_deadline" in reading.scheme.parameters else "legacy_years"
    rule = reading.scheme.parameter(code, reading.snapshot.day)
    said = _(
        "按制度文件，到{day}应累计上解{share}%，未到期定期到期后上解，不算逾期。",
        day=display.short_day(reading.snapshot.day),
        share=display.number(share * 100, 2),
    )
    assumed = _("暂定参数（文件未明确）：{reason}。", reason=rule.reason) if rule.assumed else ""
    return html.Span([said, between() if assumed else "", assumed], className="norm")


def _interest(reading: Reading) -> list[Child]:
    """What the deposits of what is not handed over yield; what was received on them is booked with all other interest."""
    deposits = _held(reading)
    amount = sum(one.amount_fen for one in deposits)
    if not amount:
        return []
    year = sum((one.amount_fen * Fraction(one.rate) for one in deposits), Fraction(0))
    return sentence(
        N_(
            "未上解部分存定期{amount}亿元，加权年利率{rate}%，一年利息{interest}亿元；已收利息与其他利息合并记账，不单列。"
        ),
        amount=reading.printed("legacy.locked", amount),
        rate=reading.printed("legacy.yield", year / amount * 100),
        interest=reading.printed("legacy.interest", round_half_up(year)),
    )


def _behind(reading: Reading, rows: Sequence[Row]) -> list[Child]:
    """Those that have most still to hand over, each with its amount and deadline."""
    named: list[Child] = []
    for row in sorted(rows, key=lambda row: -int(row.values["left"]))[:NAMED]:
        said = N_("{region}{amount}亿元（限{day}）")
        amount = reading.printed("legacy.left", int(row.values["left"]), place=row.place)
        day = display.day_name(row.values["due"]) if row.values["due"] else display.NO_VALUE
        named += [*([_("、")] if named else []), *sentence(said, region=row.values["region"], amount=amount, day=day)]
    return named


def _none(reading: Reading) -> Component:
    """Why there is nothing: the document asks for no handover, or what is owed was never entered."""
    if {"legacy_deadline", "legacy_as_of"}.isdisjoint(reading.scheme.parameters):
        return parts.message(_("制度文件没有规定历年结余上解。"))
    return parts.message(
        _("没有历年结余应上解数，无法判断上解进度。"),
        _("{document}要求上解，请录入应上解数。", document=reading.scheme.document),
    )


def _duties(reading: Reading) -> list[LegacyDuty]:
    inside = set(reading.tree.subtree(reading.region))
    known = reading.ask(load_legacy_duties, reading.scheme.code, reading.snapshot.version.id)
    return [duty for duty in known if duty.region in inside]


def _handed(reading: Reading, duty: LegacyDuty) -> int:
    """Handed over before the ledger began and since, to the day shown."""
    moved = reading.snapshot.facts.moved(duty.region, "legacy_transfer")
    return duty.handed_before_fen + int(moved[: reading.snapshot.at + 1].sum())


def _locked(reading: Reading, duty: LegacyDuty) -> int:
    return int(reading.snapshot.facts.account(duty.region, Account.LEGACY_DEPOSIT)[reading.snapshot.at])


def _held(reading: Reading) -> list[Deposit]:
    """The deposits of legacy balances in the region and below that have not matured on the day looked at."""
    return [one for one in held(reading) if one.account == Account.LEGACY_DEPOSIT]


KEYS = ("owed", "handed", "left", "locked", "due_by_now", "overdue")


def legacy_table(reading: Reading) -> Table:
    """The closing list: what each region owed, handed over, still holds and should have handed over by the day."""
    columns = (
        Column("region", _("地区")),
        Column("owed", _("应上解"), "money", what="legacy.owed"),
        Column("handed", _("已上解"), "money", what="legacy.handed"),
        Column("rate", _("完成%"), "percent", what="legacy.rate"),
        Column("left", _("尚未上解"), "money", what="legacy.left"),
        Column("locked", _("其中未到期定期"), "money", what="legacy.locked"),
        Column("matures", _("最近到期"), "day"),
        Column("days", _("剩余天数"), "count", what="legacy.days", sums=False),
        Column("due_by_now", _("按进度应已上解"), "money", what="legacy.due"),
        Column("overdue", _("逾期未上解"), "money", what="legacy.overdue"),
        Column("due", _("期限"), "day"),
    )
    rows = [_duty_row(reading, duty) for duty in _duties(reading)]
    rows.sort(key=lambda row: (-int(row.values["overdue"]), row.values["rate"] is None, row.values["rate"] or 0))
    whole = {key: sum(int(row.values[key]) for row in rows) for key in KEYS}
    whole_rate = Fraction(whole["handed"] * 100, whole["owed"]) if whole["owed"] > 0 else None
    foot = [Row({"region": _("合计"), **whole, "rate": whole_rate}, style="sum")]
    return Table("legacy", _("历年结余上解"), columns, rows, foot=foot, about=reading.about)


def _duty_row(reading: Reading, duty: LegacyDuty) -> Row:
    day, handed, locked = reading.snapshot.day, _handed(reading, duty), _locked(reading, duty)
    # The indicator's rule, unit by unit: never more than what no deposit holds.
    due = min(duty.owed_fen * legacy_share_due(reading.scheme, day), Fraction(duty.owed_fen - locked))
    by_now = max(round_half_up(due), 0)
    matures = min((one.matures_on for one in _held(reading) if one.region == duty.region), default=None)
    return Row(
        {
            "region": name_of(reading.tree.region(duty.region)),
            "owed": duty.owed_fen,
            "handed": handed,
            "rate": Fraction(handed * 100, duty.owed_fen) if duty.owed_fen > 0 else None,
            "left": duty.owed_fen - handed,
            "locked": locked,
            "matures": matures,
            "days": None if matures is None else (matures - day).days,
            "due_by_now": by_now,
            "overdue": max(by_now - handed, 0),
            "due": duty.due_on,
        },
        place=duty.region,
    )
