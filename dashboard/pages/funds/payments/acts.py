"""What is done on 用款与拨付: who may, with which fields; region, department and row versions are checked here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.site.act import Act, Deed, Done, Layout, act
from dashboard.site.fields import Area, Day, Fen, Month, Text, Whole, blank
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _, name_of
from data_access.intake.entered import enter_rows
from data_access.intake.originals import ORIGINALS
from rules.department import Department
from rules.errors import NotAllowed
from rules.month import SHANGHAI
from workflows.fund_requests import steps
from workflows.fund_requests.register import MonthRequests, asking_units, load_month
from workflows.fund_requests.steps import Line, Said
from workflows.people.accounts import Role
from workflows.people.rights import department_of

# The units' agencies report and pay, the province's agency applies, its finance department reviews and sends.
LOCAL = frozenset({Role.AGENCY, Role.CITY})
APPLYING, REVIEWING = frozenset({Role.AGENCY}), frozenset({Role.FINANCE})
TABLE = "disbursement_request"

MONTH = Month("month", N_("用款月份"), hidden=True)
VERSION = Whole("row_version", N_("版本"), hidden=True, kept=False)
NOTE = Area("text", N_("说明"), rows=2, required=False)
REASON = Area("text", N_("理由"), rows=2)
CUT_FOR = Area(
    "text", N_("核减理由"), rows=2, phrases=(N_("停发人员重复申报"), N_("按实有人数核减"), N_("支出户结存可用"))
)
LOCAL_NUMBER = Text("document", N_("文号"), most=80, required=False)
ORDER_NUMBER = Text("document", N_("拨付单号"), most=80)
ORDERED_ON = Day("day", N_("拨付日期"))
AMOUNT = Fen("amount", N_("金额（元）"), low=1)
PERSONS = Whole("persons", N_("人数"), low=1, high=10**9)
NOT_PAID_FOR = Area("text", N_("原因"), rows=2, phrases=(N_("银行账户异常"), N_("待核领取资格"), N_("资金晚到")))
MADE_UP_BY = Day("day", N_("补发期限"))
MADE_UP_ON = Day("day", N_("补发日期"))


def unit(reading: Reading, code: str) -> tuple[Fen, Whole]:
    """The field of a unit's amount, and of the row version that was seen; blank leaves it as it is."""
    name = name_of(reading.tree.region(code)) if code in reading.tree else code
    return blank(Fen(f"fen_{code}", name)), Whole(f"seen_{code}", N_("版本"), hidden=True, kept=False)  # type: ignore[return-value]


def place(reading: Reading) -> str:
    """The region whose units a form is of: that of the drawer, else the one looked at."""
    return reading.view.item if reading.view.item in reading.tree else reading.region


def _units(reading: Reading, region: str = "") -> tuple[str, ...]:
    return asking_units(reading.tree, region or place(reading), reading.today)


def _of_units(*more: Any) -> Any:
    """The layout of a form over the units of a place."""

    def layout(reading: Reading) -> Layout:
        return (MONTH, *(field for code in _units(reading) for field in unit(reading, code)), *more)

    return layout


def _register(deed: Deed) -> MonthRequests:
    reading = deed.reading
    return load_month(deed.connection, reading.scheme.code, reading.tree.root, deed[MONTH])


def _lines(deed: Deed) -> dict[str, Line]:
    """What was written of each unit that the reader may speak for. Raises NotAllowed for a place outside the scope."""
    reading = deed.reading
    if not reading.scope.covers(reading.tree, place(reading)):
        raise NotAllowed(f"{place(reading)} is outside the scope", region=place(reading))
    found = {}
    for code in _units(reading):
        amount, seen = unit(reading, code)
        fen = deed[amount]
        if fen is not None:
            found[code] = Line(fen, deed[seen])
    return found


def speaks_for_agency(reading: Reading) -> bool:
    """Whether the reader is of an agency, or of a city or county without departments."""
    return department_of(reading.scope) in (None, Department.AGENCY)


def _demand_agency(deed: Deed) -> None:
    if not speaks_for_agency(deed.reading):
        raise NotAllowed(f"{deed.account.login} is of no agency", action=deed.act.name)


def _subject(deed: Deed, region: str = "") -> str:
    return f"{deed.reading.scheme.code} {deed[MONTH]} {region}".strip()


@act("fund_need", N_("报用款需求"), LOCAL, _of_units(NOTE))
def need(deed: Deed) -> Done:
    _demand_agency(deed)
    lines = _lines(deed)
    steps.report_needs(deed.connection, _register(deed), lines, deed[NOTE], deed.by)
    return Done(_("已报{count}个单位的用款需求。", count=len(lines)), _subject(deed, place(deed.reading)))


@act("fund_draft", N_("改申请数"), APPLYING, _of_units(REASON), whole=True)
def draft(deed: Deed) -> Done:
    steps.draw_lines(deed.connection, _register(deed), _lines(deed), deed[REASON], deed.by)
    return Done(_("申请数已改，原数保留在经过里。"), _subject(deed, place(deed.reading)))


@act("fund_apply", N_("提交申请"), APPLYING, (MONTH, VERSION, LOCAL_NUMBER, NOTE), whole=True)
def apply(deed: Deed) -> Done:
    reading, register = deed.reading, _register(deed)
    units = _units(reading, reading.tree.root)
    day = deed.now.astimezone(SHANGHAI).date().isoformat()
    rows: list[Mapping[str, object]] = [
        {"month": int(register.month), "region": code, "asked_fen": register.line_fen(code), "asked_on": day}
        for code in units
        if register.line_fen(code) is not None
    ]
    total = sum(register.line_fen(code) or 0 for code in units)
    again = register.last("apply") is not None
    batch = _enter(deed, rows, register, steps.AGAIN if again else None)
    said = Said(deed[NOTE], total, document=deed[LOCAL_NUMBER] or None, batch=batch)
    steps.apply(deed.connection, register, units, said, deed[VERSION], deed.by)
    return Done(_("申请已提交，等省财政厅审核。"), _subject(deed), {"batch": batch, "amount_fen": total}, refresh=True)


@act("fund_return", N_("退回修改"), REVIEWING, (MONTH, VERSION, REASON), whole=True)
def send_back(deed: Deed) -> Done:
    steps.send_back(deed.connection, _register(deed), Said(deed[REASON]), deed[VERSION], deed.by)
    return Done(_("申请已退回，改后再提交。"), _subject(deed))


@act("fund_cut", N_("核减"), REVIEWING, _of_units(CUT_FOR), whole=True)
def cut(deed: Deed) -> Done:
    steps.cut(deed.connection, _register(deed), _lines(deed), deed[CUT_FOR], deed.by)
    return Done(_("已记核减，审核后生效。"), _subject(deed, place(deed.reading)))


@act("fund_review", N_("审核通过"), REVIEWING, (MONTH, VERSION, LOCAL_NUMBER, NOTE), whole=True)
def review(deed: Deed) -> Done:
    register, now = _register(deed), deed.now.astimezone(SHANGHAI).date()
    applied = register.last("apply")
    asked_on = now if applied is None else applied.happened_at.astimezone(SHANGHAI).date()
    lines = [code for code in _units(deed.reading, register.root) if register.line_fen(code) is not None]
    rows: list[Mapping[str, object]] = [
        {
            "month": int(register.month),
            "region": code,
            "asked_fen": register.line_fen(code),
            "asked_on": asked_on.isoformat(),
            "approved_fen": register.approved_fen(code),
            "approved_on": now.isoformat(),
        }
        for code in lines
    ]
    total = sum(register.approved_fen(code) or 0 for code in lines)
    batch = _enter(deed, rows, register, None) if rows else None
    said = Said(deed[NOTE], total, document=deed[LOCAL_NUMBER] or None, batch=batch)
    steps.review(deed.connection, register, said, deed[VERSION], deed.by)
    return Done(_("已审核，可以拨付。"), _subject(deed), {"batch": batch, "amount_fen": total}, refresh=True)


def _enter(deed: Deed, rows: list[Mapping[str, object]], register: MonthRequests, reason: str | None) -> int | None:
    """The rows of 用款计划 that follow, by the import; their file is named by month and step."""
    if not rows:
        return None
    scheme = deed.reading.scheme
    step = f"fund_request {scheme.code} {register.month} {register.row_version(register.root) + 1}"
    return enter_rows(
        deed.connection,
        deed.site.var / ORIGINALS,
        TABLE,
        [{"scheme": scheme.code, **row} for row in rows],
        step=step,
        name=f"{steps.FILE}-{register.month}",
        login=deed.account.login,
        province=scheme.province,
        now=deed.now,
        reason=reason,
    )


@act("fund_order", N_("登记拨付单"), REVIEWING, (MONTH, VERSION, ORDER_NUMBER, ORDERED_ON, AMOUNT, NOTE), whole=True)
def order(deed: Deed) -> Done:
    said = Said(deed[NOTE], deed[AMOUNT], document=deed[ORDER_NUMBER], day=deed[ORDERED_ON])
    steps.note_order(deed.connection, _register(deed), said, deed[VERSION], deed.by)
    return Done(_("已登记拨付单{number}。", number=said.document), _subject(deed))


def _one_unit(deed: Deed) -> str:
    """The unit of the drawer. Raises NotAllowed for none, or one outside the scope or of another department."""
    _demand_agency(deed)
    reading, code = deed.reading, deed.reading.view.item
    if code not in reading.tree or not reading.scope.covers(reading.tree, code) or code not in _units(reading, code):
        raise NotAllowed(f"{code} is no unit of the reader", region=code)
    return code


@act("fund_unpaid", N_("登记未发到"), LOCAL, (MONTH, VERSION, PERSONS, AMOUNT, NOT_PAID_FOR, MADE_UP_BY))
def unpaid(deed: Deed) -> Done:
    code = _one_unit(deed)
    said = Said(deed[NOT_PAID_FOR], deed[AMOUNT], deed[PERSONS], day=deed[MADE_UP_BY])
    steps.register_unpaid(deed.connection, _register(deed), code, said, deed[VERSION], deed.by)
    return Done(_("已登记，补发后请登记补发。"), _subject(deed, code))


@act("fund_paid_up", N_("登记补发"), LOCAL, (MONTH, VERSION, AMOUNT, MADE_UP_ON, NOTE))
def paid_up(deed: Deed) -> Done:
    code = _one_unit(deed)
    said = Said(deed[NOTE], deed[AMOUNT], day=deed[MADE_UP_ON])
    found = steps.make_up(deed.connection, _register(deed), code, said, deed[VERSION], deed.by)
    left = found.unpaid(code)
    message = _("已补发完。") if left is None or not left.open else _("已登记补发，还有未发到的。")
    return Done(message, _subject(deed, code))


ACTS: tuple[Act, ...] = (need, draft, apply, send_back, cut, review, order, unpaid, paid_up)
