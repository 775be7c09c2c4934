"""The tables of 对账调节: sides, banks, items, months, and the statement as a form of two sides."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.components.table import Column, Row, Table
from dashboard.pages.funds import reconcile_reading as books
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import _
from data_access.books.reconciliation import OWN
from data_access.books.reconciling.statement import Item, Pair, State
from rules.month import Month
from rules.movements import Account
from workflows.reconciling.months import Reconciled
from workflows.reconciling.register import SIDES, Step, signatures

WHATS = ("booked", "transit", "unreached", "late", "explained", "adjusted", "difference")


def _parts(found: Reconciled, items: Iterable[Item]) -> dict[str, int]:
    """Settled items by what settles them, in fen."""
    sums = {"unreached": 0, "late": 0, "explained": 0}
    for one in items:
        if one.key in found.explained:
            sums["explained"] += one.fen
        elif one.state is not State.OPEN:
            sums[one.state.value] += one.fen
    return sums


def _open(found: Reconciled, items: Iterable[Item]) -> int:
    return sum(found.is_open(one) for one in items)


def side_table(reading: Reading) -> Table | None:
    """余额（发生额）调节表 of the month: the fund's book, then each department's. None where there is no statement."""
    found = books.read(reading)
    if found is None or not found.statement.departments:
        return None
    columns = (
        Column("side", _("单位")),
        Column("booked", _("账面数"), "money", what="statement.booked"),
        Column("transit", _("在途"), "money", what="statement.transit", signed=True),
        Column("unreached", _("未达账项"), "money", what="statement.unreached", signed=True),
        Column("late", _("时间差"), "money", what="statement.late", signed=True),
        Column("explained", _("已说明"), "money", what="statement.explained", signed=True),
        Column("adjusted", _("调节后数"), "money", what="statement.adjusted"),
        Column("difference", _("调节后差额"), "money", what="statement.difference", signed=True, sums=False),
        Column("open", _("待说明（笔）"), "count", what="statement.open"),
    )
    of = found.statement
    own_items = of.departments[0].own_items
    parts = _parts(found, own_items)
    first = {"side": _("基金账（归集到账）"), "booked": of.pooled_fen, "transit": of.transit_fen, **parts}
    adjusted = of.collected_fen + sum(parts.values())
    rows = [Row({**first, "adjusted": adjusted, "open": _open(found, own_items)}, part=OWN)]
    rows += [_side(found, pair) for pair in of.departments]
    note = _(
        "账面数为当月征缴入库；基金账列归集到省级财政专户的数，加在途（国库待划转的增减）为入库数。差额＝该单位调节后数－基金账调节后数。时间差是同一金额在以后补记、冲正的。"
    )
    return Table("reconcile", _("发生额调节表"), columns, rows, "wan", note=note, **books.rows_of(reading))


def _side(found: Reconciled, pair: Pair) -> Row:
    parts = _parts(found, pair.items)
    values = {"side": books.side_name(pair), "booked": pair.booked_fen, **parts}
    adjusted = pair.booked_fen + sum(parts.values())
    return Row(
        {
            **values,
            "adjusted": adjusted,
            "difference": found.difference_fen(pair),
            "open": _open(found, (*pair.own_items, *pair.items)),
        },
        part=pair.book,
    )


def bank_table(reading: Reading) -> Table | None:
    """余额调节表 of each account of which banks state entries: both balances, adjusted by what the other side has."""
    found = books.read(reading)
    if found is None or not found.statement.banks:
        return None
    columns = (
        Column("account", _("账户")),
        Column("region", _("地区")),
        Column("own", _("基金账余额"), "money", what="statement.bank.own"),
        Column("own_items", _("加：银行已记、基金账未记"), "money", what="statement.bank.own_items", signed=True),
        Column("own_adjusted", _("调节后"), "money", what="statement.bank.own_adjusted"),
        Column("bank", _("银行余额"), "money", what="statement.bank"),
        Column("items", _("加：基金账已记、银行未记"), "money", what="statement.bank.items", signed=True),
        Column("adjusted", _("调节后"), "money", what="statement.bank.adjusted"),
        Column("difference", _("调节后差额"), "money", what="statement.bank.difference", signed=True, sums=False),
        Column("open", _("待说明（笔）"), "count", what="statement.bank.open"),
    )
    rows = []
    for pair in found.statement.banks:
        own, theirs = found.settled_fen(pair.own_items), found.settled_fen(pair.items)
        rows.append(
            Row(
                {
                    "account": _(display.ACCOUNT_NAMES[Account(pair.account)]),
                    "region": books.place_name(reading, pair.region),
                    "own": pair.own_fen,
                    "own_items": own,
                    "own_adjusted": pair.own_fen + own,
                    "bank": pair.booked_fen,
                    "items": theirs,
                    "adjusted": pair.booked_fen + theirs,
                    "difference": found.difference_fen(pair),
                    "open": _open(found, (*pair.own_items, *pair.items)),
                },
                part=pair.account,
                place=pair.region,
            )
        )
    note = _("按流水号、金额和日期（前后3天）逐笔核对本年全部流水；上表只列已匹配、已说明的，待说明的见账项。")
    return Table("reconcile-banks", _("银行余额调节表"), columns, rows, "wan", note=note, **books.rows_of(reading))


def item_columns() -> tuple[Column, ...]:
    return (
        Column("book", _("应调整的账")),
        Column("region", _("地区")),
        Column("day", _("发生日"), "day"),
        Column("age", _("账龄（天）"), "count", what="statement.item.days"),
        Column("amount", _("应加（＋）应减（−）"), "money", what="statement.item", signed=True),
        Column("known", _("情况")),
        Column("text", _("摘要、说明"), className="written"),
        Column("expected", _("到账或预计核销日"), "day"),
    )


def item_row(reading: Reading, found: Reconciled, item: Item) -> Row:
    said = found.explained.get(item.key)
    month = Month(found.statement.month)
    end = min(month.last, books.looked_at(reading).day)
    # An item that arrived is as old as it became.
    until = min(item.cleared_on or end, end)
    told = [item.ref, item.text, *([said.text, _("{name} {day}", name=said.name, day=_day(said))] if said else [])]
    return Row(
        {
            "book": books.book_name(item.book, item.account),
            "region": books.place_name(reading, item.region),
            "day": item.day,
            "age": (until - item.day).days,
            "amount": item.fen,
            "known": books.what_is_known(found, item),
            "text": _("；").join(one for one in told if one),
            "expected": item.cleared_on or (said.expected_on if said else None),
        },
        part=f"{item.book}.{item.account}.{item.day}.{item.fen}.{item.number}",
        place=item.region,
        period=month.iso,
    )


def _day(said: Step) -> str:
    return display.short_day(display.local(said.happened_at).date())


def item_table(reading: Reading) -> Table | None:
    """Every item of the month, those to be explained first, then the oldest."""
    found = books.read(reading)
    if found is None:
        return None
    listed = sorted(found.statement.items, key=lambda one: (not found.is_open(one), one.day, one.key))
    rows = [item_row(reading, found, one) for one in listed]
    return Table("reconcile-items", _("调节账项"), item_columns(), rows, "wan", **books.rows_of(reading))


def month_table(reading: Reading) -> Table:
    """The last twelve months, newest first: which departments signed each, and when the last one did."""
    columns = (
        Column("month", _("月份")),
        Column("signed", _("已签部门")),
        Column("last", _("最后签署"), "day"),
    )
    steps, looked = books.steps(reading), books.month_of(reading)
    rows = []
    for month in books.months(reading):
        signed = signatures(steps, month)
        names = _("、").join(department_name(side) for side in SIDES if side in signed)
        last = max((display.local(one.happened_at).date() for one in signed.values()), default=None)
        values = {"month": display.month_name(month), "signed": names or display.NO_VALUE, "last": last}
        rows.append(Row(values, href=reading.view.href(number=str(int(month)), item=""), selected=month == looked))
    return Table("reconcile-months", _("各月签署"), columns, rows, of_now=True)


# --- the form


def form_table(reading: Reading) -> Table | None:
    """The statement on two sides, as it is printed, signed and filed."""
    found = books.read(reading)
    if found is None or not found.statement.pairs:
        return None
    columns = (
        Column("own", _("基金账")),
        Column("own_fen", _("金额"), "money"),
        Column("other", _("对方账")),
        Column("other_fen", _("金额"), "money"),
    )
    rows = [row for pair in found.statement.pairs for row in _form_rows(reading, found, pair)]
    rows += [Row({"own": line, "own_fen": None, "other": said}, style="sum") for line, said in _signed(found)]
    month = books.month_of(reading)
    title = _("{month}余额（发生额）调节表", month=display.month_name(month) if month else "")
    note = _("应加为正，应减为负。差额为对方调节后数减基金账调节后数，等于双方待说明账项之差。")
    return Table("reconcile-form", title, columns, rows, "yuan", note=note, **books.rows_of(reading))


def _form_rows(reading: Reading, found: Reconciled, pair: Pair) -> list[Row]:
    own = [one for one in pair.own_items if not found.is_open(one)]
    theirs = [one for one in pair.items if not found.is_open(one)]
    what = _("期末余额") if pair.account else _("当月征缴入库")
    name = books.side_name(pair)
    head = {"own": _("{what}（对{side}）", what=what, side=name), "own_fen": pair.own_fen}
    rows = [Row({**head, "other": f"{name} {what}", "other_fen": pair.booked_fen}, style="total")]
    for at in range(max(len(own), len(theirs))):
        ours, other = (of[at] if at < len(of) else None for of in (own, theirs))
        rows.append(Row({**_cells("own", reading, found, ours), **_cells("other", reading, found, other)}, indent=1))
    adjusted = _("调节后数")
    after = {"own_fen": pair.own_fen + found.settled_fen(own), "other_fen": pair.booked_fen + found.settled_fen(theirs)}
    rows.append(Row({"own": adjusted, "other": adjusted, **after}, style="total"))
    left = {"other": _("调节后差额"), "other_fen": found.difference_fen(pair)}
    return [*rows, Row({"own": "", "own_fen": None, **left})]


def _cells(side: str, reading: Reading, found: Reconciled, item: Item | None) -> dict[str, object]:
    if item is None:
        return {side: "", f"{side}_fen": None}
    pieces = (books.place_name(reading, item.region), display.day_name(item.day), books.what_is_known(found, item))
    return {side: " ".join(pieces), f"{side}_fen": item.fen}


def _signed(found: Reconciled) -> Iterable[tuple[str, str]]:
    for side in found.reporting:
        one = found.signed.get(side)
        if one is None:
            said = _("未签")
        else:
            said = _("{name} {day}", name=one.name, day=display.day_name(display.local(one.happened_at).date()))
            said += "" if found.stands(side) else _("；") + _("签后变动")
        yield _("{department}签署", department=department_name(side)), said
