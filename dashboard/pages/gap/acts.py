"""What readers do on 缺口分担: who may, with which fields; region, department and state are checked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Literal

from dashboard.pages.gap.inputs import INPUTS, given
from dashboard.pages.gap.reading import who_pays
from dashboard.pages.gap.words import KIND_NAMES, region_name
from dashboard.site.act import Act, Deed, Done, Layout, act
from dashboard.site.fields import Area, Choice, Day, Fen, Text, Tick, Whole
from dashboard.site.reading import Reading
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _
from rules.errors import NotAllowed, StaleRow
from rules.month import Month
from workflows.gap import items as gap_items
from workflows.gap.items import Finding
from workflows.gap.register import GapItem, Payment, Settlement, gap_item
from workflows.gap.settlements import book_credits, issue_shares, record_payment, report_budget, settlement_of
from workflows.people.accounts import Role
from workflows.people.rights import ASSESSING, MONITORS, SIGNING, signs_for

FINANCE = frozenset({Role.FINANCE})

NUMBER = Text("number", N_("编号"), most=20, hidden=True)
SETTLEMENT = Whole("settlement", N_("应缴"), hidden=True)
ROW_VERSION = Whole("row_version", N_("版本"), hidden=True, kept=False)
DOCUMENT = Text("document", N_("文号"), most=80)
LOCAL_DOCUMENT = Text("document", N_("文号"), most=80, required=False)
CONTENT = Area("text", N_("内容"))
REASON = Area("text", N_("理由"))
DUE_ON = Day("due_on", N_("限期"))


def _item(deed: Deed) -> GapItem:
    """The item as the reader saw it. Raises NotAllowed for one outside the reader's region, StaleRow for a stale one."""
    number = deed[NUMBER]
    item = gap_item(deed.connection, deed.reading.scheme.code, number)
    if item is None or not deed.reading.scope.covers(deed.reading.tree, item.region):
        raise NotAllowed(f"no item {number}", region=deed.reading.scope.region)
    if deed[ROW_VERSION] != item.row_version:
        raise StaleRow(f"{number} was changed", number=number)
    return item


# --- items


def _units(reading: Reading) -> list[tuple[str, str]]:
    units = reading.snapshot.plans.units_of(reading.tree.root, reading.snapshot.year) or reading.tree.codes
    return [(code, region_name(reading.tree, code)) for code in units]


def _kinds(reading: Reading) -> list[tuple[str, str]]:
    return [(kind, _(KIND_NAMES[kind])) for kind in gap_items.kinds(reading.scheme)]


KIND = Choice("kind", N_("类别"), _kinds, hidden=True)
REGION = Choice("region", N_("责任政府"), _units)
FACTS = Area("facts", N_("事由"))
EVIDENCE = Area("evidence", N_("证据"), rows=2)
EXPECTED = Tick("expected", N_("年度未终了，按预计数登记"))


def _of_kind(reading: Reading) -> Layout:
    """The fields of the kind that the view names."""
    kind = reading.view.show
    expected = (EXPECTED,) if kind == "plan_shortfall" else ()
    return (KIND, REGION, *INPUTS.get(kind, ()), FACTS, EVIDENCE, *expected)


@act("gap_register", N_("登记线索"), ASSESSING, _of_kind, whole=True)
def register(deed: Deed) -> Done:
    reading, kind = deed.reading, deed[KIND]
    finding = Finding(deed[REGION], given(deed, kind), deed[FACTS], deed[EVIDENCE], deed[EXPECTED])
    item = gap_items.register(deed.connection, reading.scheme, reading.snapshot.year, finding, deed.by)
    message = _("已登记线索{number}：{kind}。", number=item.number, kind=_(KIND_NAMES[kind]))
    return Done(message, _subject(deed, item), href=reading.view.href(item=item.number, show=""))


def _subject(deed: Deed, item: GapItem) -> str:
    return f"{deed.reading.scheme.code} {item.number}"


def _done(deed: Deed, item: GapItem, message: str) -> Done:
    return Done(message, _subject(deed, item))


@act("gap_assess", N_("核定"), ASSESSING, (NUMBER, ROW_VERSION), whole=True)
def assess(deed: Deed) -> Done:
    item = _item(deed)
    gap_items.assess(deed.connection, deed.reading.scheme, item, given(deed, item.kind), deed.by)
    return _done(deed, item, _("{number}已核定，可以会签。", number=item.number))


EXCLUDED = Fen("amount", N_("剔除金额（元）"))


@act("gap_exclude", N_("剔除不可抗力"), ASSESSING, (NUMBER, ROW_VERSION, EXCLUDED, REASON, DOCUMENT), whole=True)
def exclude(deed: Deed) -> Done:
    item = _item(deed)
    gap_items.exclude(deed.connection, item, deed[EXCLUDED], deed[REASON], deed[DOCUMENT], deed.by)
    return _done(deed, item, _("{number}已剔除不可抗力。", number=item.number))


@act("gap_sign", N_("会签"), SIGNING, (NUMBER, ROW_VERSION, DOCUMENT), whole=True)
def sign(deed: Deed) -> Done:
    item = _item(deed)
    department = signs_for(deed.account)
    if department is None:
        raise NotAllowed(f"{deed.account.login} signs for no department", action="gap_sign")
    gap_items.sign(deed.connection, item, deed[DOCUMENT], deed.by)
    return _done(
        deed, item, _("{number}已会签（{department}）。", number=item.number, department=department_name(department))
    )


@act("gap_tell", N_("告知"), ASSESSING, (NUMBER, ROW_VERSION, DOCUMENT, DUE_ON), whole=True)
def tell(deed: Deed) -> Done:
    item = _item(deed)
    gap_items.tell(deed.connection, item, deed.reading.scheme.code, deed[DOCUMENT], deed[DUE_ON], deed.by)
    return _done(deed, item, _("{number}已告知，计入应缴。", number=item.number))


@act("gap_object", N_("提出申辩"), frozenset({Role.CITY}), (NUMBER, ROW_VERSION, CONTENT, LOCAL_DOCUMENT))
def object_to(deed: Deed) -> Done:
    item = _item(deed)
    gap_items.object_to(deed.connection, item, deed[CONTENT], deed[LOCAL_DOCUMENT], deed.by)
    return _done(deed, item, _("申辩已提交，答复前不会签、不告知。"))


@act("gap_answer", N_("答复申辩"), ASSESSING, (NUMBER, ROW_VERSION, CONTENT, LOCAL_DOCUMENT), whole=True)
def answer(deed: Deed) -> Done:
    item = _item(deed)
    gap_items.answer(deed.connection, item, deed[CONTENT], deed[LOCAL_DOCUMENT], deed.by)
    return _done(deed, item, _("已答复{number}的申辩。", number=item.number))


@act(
    "gap_withdraw",
    N_("撤销（红字冲回）"),
    MONITORS,
    (NUMBER, ROW_VERSION, REASON, DOCUMENT),
    whole=True,
)
def withdraw(deed: Deed) -> Done:
    item = _item(deed)
    gap_items.withdraw(deed.connection, item, deed.reading.scheme.code, deed[REASON], deed[DOCUMENT], deed.by)
    return _done(deed, item, _("{number}已用红字冲回，原登记保留。", number=item.number))


# --- money


def _owed(deed: Deed) -> Settlement:
    number = deed[SETTLEMENT]
    owed = settlement_of(deed.connection, deed.reading.scheme.code, number)
    if owed is None or owed.withdrawn or not deed.reading.scope.covers(deed.reading.tree, owed.region):
        raise NotAllowed(f"no settlement {number}", region=deed.reading.scope.region)
    if deed[ROW_VERSION] != owed.row_version:
        raise StaleRow(f"settlement {number} was changed", number=number)
    return owed


KIND_OF_PAYMENT = Choice("kind", N_("方式"), {"paid": N_("缴款"), "deducted": N_("财政结算扣缴")})
PAID = Fen("amount", N_("金额（元，更正用负数）"), low=-(10**15))
PAID_ON = Day("day", N_("日期"))
LEDGER_REF = Text("ledger_ref", N_("账目单号（直接入户·地方补助，可空）"), most=80, required=False)
RECEIPT = Text("document", N_("缴款书或文号"), most=80)


@act(
    "gap_payment",
    N_("登记缴款"),
    FINANCE,
    (SETTLEMENT, ROW_VERSION, KIND_OF_PAYMENT, PAID, PAID_ON, LEDGER_REF, RECEIPT),
    whole=True,
)
def payment(deed: Deed) -> Done:
    owed = _owed(deed)
    kind: Literal["paid", "deducted"] = "deducted" if deed[KIND_OF_PAYMENT] == "deducted" else "paid"
    made = Payment(kind, deed[PAID_ON], deed[PAID], deed[LEDGER_REF] or None, deed[RECEIPT])
    record_payment(deed.connection, deed.reading.scheme.code, owed, made, deed.by)
    return Done(_("已登记。"), f"{deed.reading.scheme.code} settlement {owed.id}")


BUDGETED = Choice("budgeted", N_("列入同级预算"), {"yes": N_("是"), "no": N_("否")})
BUDGET_DOCUMENT = Text("document", N_("预算文号"), most=80, required=False)


@act("gap_budget", N_("报告"), FINANCE | {Role.CITY}, (SETTLEMENT, ROW_VERSION, BUDGETED, BUDGET_DOCUMENT))
def budget(deed: Deed) -> Done:
    owed = _owed(deed)
    budgeted = deed[BUDGETED] == "yes"
    report_budget(deed.connection, owed, budgeted, deed[replace(BUDGET_DOCUMENT, required=budgeted)])
    return Done(_("已登记。"), f"{deed.reading.scheme.code} settlement {owed.id}")


ISSUED_BY = Text("document", N_("下达文号"), most=80)


@act("gap_issue", N_("下达地方分担"), FINANCE, (ISSUED_BY, DUE_ON), whole=True)
def issue(deed: Deed) -> Done:
    """Issue the local shares of the general gap as the rule gives them today."""
    found = who_pays(deed.reading)
    given_out = found.general.owed if found.general else ()
    count = issue_shares(deed.connection, deed.reading.scheme, found.year, given_out, deed[DUE_ON], deed[ISSUED_BY])
    message = _("已下达{count}个市县的地方分担。", count=count)
    return Done(message, f"{deed.reading.scheme.code} {found.year}", {"count": count}, deed.reading.view.href(item=""))


@act("gap_credits", N_("登记超收"), MONITORS, whole=True)
def credits(deed: Deed) -> Done:
    """Book last year's over-collection of every unit from its plan and what came in."""
    reading = deed.reading
    year = reading.snapshot.year - 1
    results = year_results(deed, year)
    anomalies = prepaid_anomalies(deed, year, results)
    count = book_credits(deed.connection, reading.scheme, year, results, anomalies, deed.by)
    message = _("{year}年超收已登记{count}地。", year=year, count=count)
    return Done(message, f"{reading.scheme.code} {year}", {"count": count}, reading.view.href(item=""))


def year_results(deed: Deed, year: int) -> Mapping[str, tuple[int, int]]:
    """Plan and collection of a year's local items by unit, for the units that have a plan."""
    snapshot, items = deed.reading.snapshot, deed.reading.scheme.local_items
    months = [month for month in snapshot.facts.months if Month(month).year == year]
    if len(months) < 12:
        return {}
    first, last = snapshot.facts.index(months[0]), snapshot.facts.index(months[-1])
    results = {}
    for unit in snapshot.plans.units_of(deed.reading.tree.root, year):
        actual = int(snapshot.facts.items(unit, items)[first : last + 1].sum())
        results[unit] = (snapshot.plans.items(unit, items, year, date(year, 12, 31)) or 0, actual)
    return results


def prepaid_anomalies(deed: Deed, year: int, regions: Mapping[str, object]) -> Mapping[str, bool | None]:
    """预缴异常: whether more than usual was collected ahead by the year's end; None where it is not known."""
    values = deed.reading.snapshot.values("prepaid_share", Month.at(year, 12))
    found: dict[str, bool | None] = {}
    for region in regions:
        value = values.get(region)
        found[region] = None if value is None or value.value is None else value.value > 1
    return found


# In the order in which an item goes through them, then the money.
OF_ITEM: Mapping[str, Act] = {
    "assess": assess,
    "exclude": exclude,
    "sign": sign,
    "tell": tell,
    "object": object_to,
    "answer": answer,
    "withdraw": withdraw,
}
ACTS = (register, *OF_ITEM.values(), payment, budget, issue, credits)
