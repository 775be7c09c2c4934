"""What readers do on 缺口分担. Rights by role stand in access.ACTIONS; region, department and state are checked here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from dashboard.pages.gap.forms import FIELDS, SIGNS_FOR, Field
from dashboard.pages.gap.reading import who_pays
from dashboard.pages.gap.words import KIND_NAMES
from dashboard.site.acting import Act, Conflict, Deed, Done, FieldNotChoice, FieldNotNumber, Form
from dashboard.words.wording import _
from rules.errors import NotAllowed
from workflows.gap import items as gap_items
from workflows.gap.general import planned_units
from workflows.gap.items import By, Finding, StaleRow
from workflows.gap.register import SIGNERS, GapItem, Payment, Settlement, gap_item
from workflows.gap.settlements import Share, book_credits, issue_shares, record_payment, report_budget, settlement_of
from workflows.people.accounts import Role

# How a department is named in the journal where the role alone says it.
DEPARTMENTS = {**SIGNS_FOR, Role.CITY: SIGNERS[0]}


def _fresh(act: Act) -> Act:
    """A row that someone else changed meanwhile is a conflict to the reader."""

    def performed(deed: Deed) -> Done:
        try:
            return act(deed)
        except StaleRow as stale:
            raise Conflict(str(stale), **stale.parameters) from stale

    return performed


def _by(deed: Deed) -> By:
    department = deed.account.department or DEPARTMENTS.get(deed.account.role, "")
    return By(deed.account.login, deed.account.name, department, deed.now)


def _of_province(deed: Deed) -> None:
    """Determining, settling and deducting is the province's."""
    if not deed.reading.sees_siblings:
        raise NotAllowed("the act is the province's", region=deed.reading.scope.region)


def _item(deed: Deed) -> GapItem:
    """The item as the reader saw it. Raises NotAllowed for one outside the reader's region, Conflict for a stale one."""
    number = deed.form.text("number", _("编号"), most=20)
    item = gap_item(deed.connection, deed.reading.scheme.code, number)
    if item is None or not deed.reading.scope.covers(deed.reading.tree, item.region):
        raise NotAllowed(f"no item {number}", region=deed.reading.scope.region)
    if deed.form.whole("row_version", _("编号")) != item.row_version:
        raise Conflict(f"{number} was changed", number=number)
    return item


def _inputs(form: Form, kind: str, fields: tuple[Field, ...]) -> dict[str, object]:
    """An item's inputs from its own fields, as the rule reads them."""
    found: dict[str, object] = {"kind": kind}
    for field in fields:
        value = _value(form, field)
        if value is not None:
            found[field.name] = value
    return found


def _value(form: Form, field: Field) -> object:
    label = _(field.label)
    if field.how == "tick":
        return True if form.ticked(field.name) else None
    if field.how == "people":
        return _people(form.text(field.name, label), label)
    if field.how == "day":
        return form.day(field.name, label).isoformat()
    if field.name == "force_majeure_fen" and not form.text(field.name, label, required=False):
        return None
    if field.how == "yuan":
        return form.fen(field.name, label)
    if field.how == "whole":
        return form.whole(field.name, label)
    high = Decimal(1) if field.how == "ratio" else None
    return format(form.decimal(field.name, label, low=Decimal(0), high=high), "f")


def _people(text: str, label: str) -> list[dict[str, str]]:
    names = ("backpaid_years", "total_years", "monthly_pension_yuan")
    people = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.replace("，", ",").split(",")]
        if len(parts) != len(names):
            raise FieldNotNumber(f"{line} is not three numbers", label=label, got=line)
        people.append(dict(zip(names, parts, strict=True)))
    return people


# --- items


def register(deed: Deed) -> Done:
    _of_province(deed)
    form, reading = deed.form, deed.reading
    kind = form.choice("kind", _("类别"), gap_items.kinds(reading.scheme))
    year = reading.snapshot.year
    region = form.text("region", _("责任政府"), most=12)
    if region not in planned_units(reading.snapshot.plans, year):
        raise FieldNotChoice(f"no unit {region}", label=_("责任政府"), got=region)
    finding = Finding(
        region, _inputs(form, kind, FIELDS[kind]), form.text("facts", _("事由")), form.text("evidence", _("证据")),
        form.ticked("expected"),
    )  # fmt: skip
    item = gap_items.register(deed.connection, reading.scheme, year, finding, _by(deed))
    message = _("已登记线索{number}：{kind}。", number=item.number, kind=_(KIND_NAMES[kind]))
    return Done(
        message, _subject(deed, item), {"kind": kind, "region": region}, reading.view.href(item=item.number, show="")
    )


def _subject(deed: Deed, item: GapItem) -> str:
    return f"{deed.reading.scheme.code} {item.number}"


def _done(deed: Deed, item: GapItem, message: str, **details: object) -> Done:
    return Done(message, _subject(deed, item), details)


def assess(deed: Deed) -> Done:
    _of_province(deed)
    item = _item(deed)
    inputs = _inputs(deed.form, item.kind, FIELDS[item.kind])
    gap_items.assess(deed.connection, deed.reading.scheme, item, inputs, _by(deed))
    return _done(deed, item, _("{number}已核定，可以会签。", number=item.number))


def exclude(deed: Deed) -> Done:
    _of_province(deed)
    item = _item(deed)
    amount = deed.form.fen("amount", _("剔除金额（元）"))
    why, document = deed.form.text("text", _("理由")), deed.form.text("document", _("文号"), most=80)
    gap_items.exclude(deed.connection, item, amount, why, document, _by(deed))
    return _done(deed, item, _("{number}已剔除不可抗力。", number=item.number), amount_fen=amount)


def sign(deed: Deed) -> Done:
    _of_province(deed)
    item = _item(deed)
    by = replace(_by(deed), department=SIGNS_FOR[deed.account.role])
    gap_items.sign(deed.connection, item, deed.form.text("document", _("文号"), most=80), by)
    return _done(deed, item, _("{number}已会签（{department}）。", number=item.number, department=_(by.department)))


def tell(deed: Deed) -> Done:
    _of_province(deed)
    item = _item(deed)
    document, due_on = deed.form.text("document", _("文号"), most=80), deed.form.day("due_on", _("限期"))
    gap_items.tell(deed.connection, item, deed.reading.scheme.code, document, due_on, _by(deed))
    return _done(deed, item, _("{number}已告知，计入应缴。", number=item.number), document=document)


def object_to(deed: Deed) -> Done:
    item = _item(deed)
    document = deed.form.text("document", _("文号"), most=80, required=False)
    gap_items.object_to(deed.connection, item, deed.form.text("text", _("内容")), document, _by(deed))
    return _done(deed, item, _("申辩已提交，答复前不会签、不告知。"))


def answer(deed: Deed) -> Done:
    _of_province(deed)
    item = _item(deed)
    document = deed.form.text("document", _("文号"), most=80, required=False)
    gap_items.answer(deed.connection, item, deed.form.text("text", _("内容")), document, _by(deed))
    return _done(deed, item, _("已答复{number}的申辩。", number=item.number))


def withdraw(deed: Deed) -> Done:
    _of_province(deed)
    item = _item(deed)
    why, document = deed.form.text("text", _("理由")), deed.form.text("document", _("文号"), most=80)
    gap_items.withdraw(deed.connection, item, deed.reading.scheme.code, why, document, _by(deed))
    return _done(deed, item, _("{number}已用红字冲回，原登记保留。", number=item.number))


# --- money


def _owed(deed: Deed) -> Settlement:
    number = deed.form.whole("settlement", _("应缴"))
    owed = settlement_of(deed.connection, deed.reading.scheme.code, number)
    if owed is None or owed.withdrawn or not deed.reading.scope.covers(deed.reading.tree, owed.region):
        raise NotAllowed(f"no settlement {number}", region=deed.reading.scope.region)
    if deed.form.whole("row_version", _("应缴")) != owed.row_version:
        raise Conflict(f"settlement {number} was changed", number=number)
    return owed


def payment(deed: Deed) -> Done:
    _of_province(deed)
    owed, form = _owed(deed), deed.form
    made = Payment(
        "deducted" if form.choice("kind", _("方式"), ("paid", "deducted")) == "deducted" else "paid",
        form.day("day", _("日期")), form.fen("amount", _("金额"), low=-(10**13)),
        form.text("ledger_ref", _("账目单号"), most=80, required=False) or None, form.text("document", _("文号"), most=80),
    )  # fmt: skip
    record_payment(deed.connection, deed.reading.scheme.code, owed, made, _by(deed))
    details = {"amount_fen": made.amount_fen, "kind": made.kind}
    return Done(_("已登记。"), f"{deed.reading.scheme.code} settlement {owed.id}", details)


def budget(deed: Deed) -> Done:
    owed = _owed(deed)
    budgeted = deed.form.choice("budgeted", _("列入同级预算"), ("yes", "no")) == "yes"
    report_budget(
        deed.connection, owed, budgeted, deed.form.text("document", _("预算文号"), most=80, required=budgeted)
    )
    return Done(_("已登记。"), f"{deed.reading.scheme.code} settlement {owed.id}", {"budgeted": budgeted})


def issue(deed: Deed) -> Done:
    """Issue the local shares of the general gap as the rule gives them today."""
    _of_province(deed)
    found = who_pays(deed.reading)
    document, due_on = deed.form.text("document", _("下达文号"), most=80), deed.form.day("due_on", _("限期"))
    shares = found.general.shares if found.general else ()
    given = [Share(one.code, one.payable_fen, one.credit_used_fen) for one in shares]
    count = issue_shares(deed.connection, deed.reading.scheme.code, found.year, given, due_on, document)
    details = {"document": document, "count": count}
    message = _("已下达{count}个市县的地方分担。", count=count)
    return Done(message, f"{deed.reading.scheme.code} {found.year}", details, deed.reading.view.href(item=""))


def credits(deed: Deed) -> Done:
    """Book last year's over-collection of every unit from its plan and what came in."""
    _of_province(deed)
    reading = deed.reading
    year = reading.snapshot.year - 1
    results = year_results(deed, year)
    anomalies = prepaid_anomalies(deed, year, results)
    count = book_credits(deed.connection, reading.scheme, year, results, anomalies, _by(deed))
    message = _("{year}年超收已登记{count}地。", year=year, count=count)
    return Done(message, f"{reading.scheme.code} {year}", {"count": count}, reading.view.href(item=""))


def year_results(deed: Deed, year: int) -> Mapping[str, tuple[int, int]]:
    """Plan and collection of a year's local items by unit, for the units that have a plan."""
    snapshot, items = deed.reading.snapshot, deed.reading.scheme.local_items
    months = [month for month in snapshot.facts.months if month // 100 == year]
    if len(months) < 12:
        return {}
    first, last = snapshot.facts.index(months[0]), snapshot.facts.index(months[-1])
    results = {}
    for unit in planned_units(snapshot.plans, year):
        actual = int(snapshot.facts.items(unit, items)[first : last + 1].sum())
        results[unit] = (snapshot.plans.items(unit, items, year, date(year, 12, 31)) or 0, actual)
    return results


def prepaid_anomalies(deed: Deed, year: int, regions: Mapping[str, object]) -> Mapping[str, bool | None]:
    """预缴异常: whether more than usual was collected ahead by the year's end; None where it is not known."""
    values = deed.reading.snapshot.values("prepaid_share", year * 100 + 12)
    found: dict[str, bool | None] = {}
    for region in regions:
        value = values.get(region)
        found[region] = None if value is None or value.value is None else value.value > 1
    return found


ACTS: Mapping[str, Callable[[Deed], Done]] = {
    "gap_register": _fresh(register), "gap_assess": _fresh(assess), "gap_exclude": _fresh(exclude),
    "gap_sign": _fresh(sign), "gap_tell": _fresh(tell), "gap_object": _fresh(object_to),
    "gap_answer": _fresh(answer), "gap_withdraw": _fresh(withdraw), "gap_payment": _fresh(payment),
    "gap_budget": _fresh(budget), "gap_issue": issue, "gap_credits": credits,
}  # fmt: skip
