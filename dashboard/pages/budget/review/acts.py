"""What offices do on 月度比对: confirm that a month was compared, report an analysis, take it back, take note of a report."""

from __future__ import annotations

from dashboard.pages.budget.review import reading as books
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Area, Text, Whole
from dashboard.words import display
from dashboard.words.departments import department_name
from dashboard.words.wording import N_, _, name_of
from rules.budget.income_review import Side, sides
from rules.errors import NotAllowed, StaleRow
from workflows.income_reviews import register
from workflows.income_reviews.register import Review, load_review
from workflows.people.accounts import Role
from workflows.people.local_rights import REVIEWING, notes_for, reviews_for

UNIT = Text("unit_region", N_("地区"), most=12, hidden=True)
SIDE = Text("side", N_("部门"), most=20, hidden=True)
MONTH = Whole("month", N_("月份"), hidden=True)
VERSION = Whole("data_version", N_("数据版本"), hidden=True, kept=False)
KEYS = (UNIT, SIDE, MONTH, VERSION)
PROBLEM = Area("problem", N_("问题和原因"), rows=3, most=600, placeholder=N_("差在哪里、由什么造成"))
MEASURE = Area("measure", N_("措施"), rows=3, most=600, placeholder=N_("由谁、何时、怎样补上"))
WHY = Area("why", N_("撤回理由"), rows=2, most=200)
SAID = Area("said", N_("意见（可不填）"), rows=2, most=400, required=False)
NOTING = REVIEWING - {Role.CITY}


def _asked(deed: Deed) -> tuple[Side, Review]:
    """The comparison that was sent, as the register has it. Raises StaleRow where the month looked at is another, was
    signed anew, or is no unit's or department's to compare."""
    reading = deed.reading
    region, month, name = deed[UNIT], deed[MONTH], deed[SIDE]
    side = next((one for one in sides(reading.scheme) if one.department == name), None)
    seen = books.open_month(reading) and month == reading.snapshot.month
    if side is None or not seen or books.unit_of(reading, region) is None:
        raise StaleRow(f"{name} of {region} does not compare {month} here")
    if deed[VERSION] != reading.snapshot.version.id:
        raise StaleRow(f"{month} was signed anew")
    return side, load_review(deed.connection, reading.scheme.code, month, region, side.department)


def _own(deed: Deed) -> tuple[Side, Review]:
    """The same of the account's own office. Raises NotAllowed."""
    side, review = _asked(deed)
    if not reviews_for(deed.account, side.department, review.region, deed.reading.tree):
        raise NotAllowed(f"{deed.account.login} does not compare for {review.region}", action=deed.act.name)
    return side, review


def _subject(deed: Deed, review: Review) -> str:
    return f"{deed.reading.scheme.code} {review.region} {review.month} {review.side}"


def _names(deed: Deed, review: Review) -> dict[str, str]:
    region = name_of(deed.reading.tree.region(review.region))
    month = display.month_name(review.month)
    return {"region": region, "month": month, "department": department_name(review.side)}


@act("income_compare", N_("确认已比对"), REVIEWING, KEYS)
def confirm(deed: Deed) -> Done:
    """Confirm that the month was compared. Raises StaleRow, NotAllowed, ReviewRefused."""
    side, review = _own(deed)
    reading = deed.reading
    compared = books.compared_of(reading, side, review.region, review.month)
    beyond, version = books.beyond(reading), reading.snapshot.version.id
    register.compare(deed.connection, reading.scheme.code, review, compared, beyond, version, deed.by)
    said = _("{region}{department}已确认比对{month}收入计划。", **_names(deed, review))
    return Done(said, _subject(deed, review), {"due_fen": compared.due_fen, "actual_fen": compared.actual_fen})


@act("income_report", N_("报送分析"), REVIEWING, (*KEYS, PROBLEM, MEASURE))
def report(deed: Deed) -> Done:
    """Report an analysis to the province's office of the department. Raises StaleRow, NotAllowed, ReviewRefused."""
    side, review = _own(deed)
    reading = deed.reading
    compared = books.compared_of(reading, side, review.region, review.month)
    said, version = (deed[PROBLEM], deed[MEASURE]), reading.snapshot.version.id
    register.report(deed.connection, reading.scheme.code, review, compared, said, version, deed.by)
    told = _("{region}{department}已报送{month}收入计划执行分析。", **_names(deed, review))
    return Done(told, _subject(deed, review), {"due_fen": compared.due_fen, "actual_fen": compared.actual_fen})


@act("income_take_back", N_("撤回"), REVIEWING, (*KEYS, WHY))
def take_back(deed: Deed) -> Done:
    """Take a comparison or report back before the province took note. Raises StaleRow, NotAllowed, ReviewRefused."""
    _side, review = _own(deed)
    version = deed.reading.snapshot.version.id
    register.take_back(deed.connection, deed.reading.scheme.code, review, deed[WHY], version, deed.by)
    return Done(_("已撤回，原件留有记录，请重新比对或报送。"), _subject(deed, review))


@act("income_note", N_("已阅"), NOTING, (*KEYS, SAID), whole=True)
def note(deed: Deed) -> Done:
    """Take note of a report. Raises StaleRow, NotAllowed, ReviewRefused."""
    side, review = _asked(deed)
    if not notes_for(deed.account, side.department, deed.reading.tree):
        raise NotAllowed(f"{deed.account.login} takes no note for {side.department}", action=deed.act.name)
    version = deed.reading.snapshot.version.id
    register.note(deed.connection, deed.reading.scheme.code, review, deed[SAID], version, deed.by)
    return Done(_("已阅{region}{department}{month}分析。", **_names(deed, review)), _subject(deed, review))


ACTS = (confirm, report, take_back, note)
