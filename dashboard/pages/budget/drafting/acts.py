"""What is done on 编制与下达: the province's offices make the steps of the procedure, the units answer and receive."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial

from dashboard.pages.budget.drafting.reading import books_of
from dashboard.pages.budget.drafting.words import driver_name, round_name, step_name
from dashboard.site.act import Deed, Done, act
from dashboard.site.fields import Area, Choice, Day, Fen, Field, FieldOutOfRange, Number, Text, Whole, blank
from dashboard.site.reading import Reading
from dashboard.words.wording import N_, _, name_of
from data_access.intake.originals import ORIGINALS
from rules.budget.proposal import METHODS
from rules.errors import NotAllowed, StaleRow
from workflows.budget import steps
from workflows.budget.issuing import issue as issue_plans, receive as receive_plan
from workflows.budget.proposals import ENTERED, Books, factors, proposals
from workflows.budget.register import BudgetRound, the_round
from workflows.people.accounts import Role
from workflows.people.rights import BUDGETING

UNITS = frozenset({Role.CITY})
ISSUED = "issued_fen"

NUMBER = Text("round", N_("预算"), most=12, hidden=True)
ROW_VERSION = Whole("row_version", N_("版本"), hidden=True, kept=False)
YEAR = Whole("year", N_("年度"), low=2000, high=2100, hidden=True)
REASON = Area("text", N_("理由"), rows=2)
WHY = Area("text", N_("理由（偏离测算数较多的必填）"), rows=2, required=False)
AMOUNT = Fen("amount", N_("金额（元）"))
DOCUMENT = Text("document", N_("文号"), most=80, required=False)
DOCUMENT_ON = blank(Day("document_on", N_("批准日期")))
VALUE = Number("value", N_("数值（比例写小数，金额写元）"), low=-1, high=10**13)
SOURCE = Text("source", N_("来源（文件或文号）"), most=200)


def _regions(reading: Reading) -> list[tuple[str, str]]:
    return [(code, name_of(reading.tree.region(code))) for code in reading.tree.subtree(reading.region)]


def _items(reading: Reading) -> list[tuple[str, str]]:
    return [(code, name_of(reading.scheme.item(code))) for code in reading.scheme.leaves()] + [
        (item.code, name_of(item)) for item in reading.scheme.items if reading.scheme.children(item.code)
    ]


def driver_names(reading: Reading) -> list[tuple[str, str]]:
    """What can be entered: what no book knows and an item of the profile needs; what the centre issued item by item."""
    found: list[tuple[str, str]] = []
    listed = factors(reading.scheme, reading.today.year + 1)
    needed = {name for one in listed for name in METHODS[one.method].drivers}
    for name in ENTERED:
        if name == ISSUED:
            items = [one.item for one in listed if one.method == "issued"]
            found += [
                (f"{name}:{item}", f"{driver_name(name)}：{name_of(reading.scheme.item(item))}") for item in items
            ]
        elif name in needed:
            found.append((name, driver_name(name)))
    return found


REGION = Choice("region", N_("地区"), _regions)
ITEM = Choice("item", N_("收支项目"), _items)
NAME = Choice("name", N_("测算参数"), driver_names)
HIDDEN_REGION, HIDDEN_ITEM = replace(REGION, hidden=True), replace(ITEM, hidden=True)


def _round(deed: Deed, version: Field[int] | None = ROW_VERSION) -> BudgetRound:
    """The round named by the form. Raises NotAllowed for none, StaleRow where it went on since."""
    number = deed[NUMBER]
    one = the_round(deed.connection, deed.reading.scheme.code, number)
    if one is None:
        raise NotAllowed(f"no budget {number}", region=deed.reading.scope.region)
    if version is not None and deed[version] != one.row_version:
        raise StaleRow(f"{number} went on")
    return one


def _own(deed: Deed) -> str:
    """The region named by the form. Raises NotAllowed outside the reader's own."""
    region, scope = deed[REGION], deed.reading.scope
    if not scope.covers(deed.reading.tree, region):
        raise NotAllowed(f"{region} is outside the scope", region=scope.region)
    return region


def _done(deed: Deed, one: BudgetRound, message: str, href: str = "", **details: object) -> Done:
    return Done(message, f"{deed.reading.scheme.code} {one.number}", details, href)


def _books(deed: Deed, year: int) -> Books:
    books = books_of(deed.reading, year)
    if books is None:
        raise NotAllowed("there is no ledger to draft from", action="budget_open")
    return books


@act("budget_open", N_("开始编制"), BUDGETING, (YEAR,), whole=True)
def begin(deed: Deed) -> Done:
    """Begin next year's budget with what is proposed for every item of every unit."""
    year, today = deed[YEAR], deed.reading.today
    if year not in (today.year, today.year + 1):
        raise YEAR.refusal(FieldOutOfRange, got=str(year), low=today.year, high=today.year + 1)
    made = proposals(_books(deed, year), {})
    one = steps.open_round(deed.connection, deed.reading.scheme, year, made, deed.by)
    message = _("{name}已按测算数列出草案。", name=round_name(one))
    return _done(deed, one, message, deed.reading.view.href(show=one.number, item=""))


@act("budget_figure", N_("改数"), BUDGETING, (NUMBER, REGION, ITEM, ROW_VERSION, AMOUNT, WHY), whole=True)
def figure(deed: Deed) -> Done:
    """Set one amount while the draft, or the second one, is open."""
    one = _round(deed, None)
    region, item = _own(deed), deed[ITEM]
    if one.adjustment and (one.year, region, item) not in deed.reading.running.snapshot.plans.rows:
        raise steps.BudgetRefused(f"there is no plan of {item} of {region} to adjust", "unit")
    told = (region, item, deed[AMOUNT], deed[WHY], deed[ROW_VERSION])
    one = steps.set_figure(deed.connection, deed.reading.scheme, one, *told, deed.by)
    message = _("{region}“{item}”已改。", region=_place(deed, region), item=name_of(deed.reading.scheme.item(item)))
    return _done(deed, one, message)


def _place(deed: Deed, region: str) -> str:
    return name_of(deed.reading.tree.region(region))


@act("budget_driver", N_("填写测算参数"), BUDGETING, (NUMBER, REGION, NAME, VALUE, SOURCE), whole=True)
def driver(deed: Deed) -> Done:
    """Enter what no book knows; proposals and the drafts that stood at them follow."""
    one = _round(deed, None)
    books, name, value = _books(deed, one.year), deed[NAME], deed[VALUE]
    if name.startswith(ISSUED):
        value = Decimal(int(value * 100))
    told = (_own(deed), name, value, deed[SOURCE], partial(proposals, books))
    one = steps.enter_driver(deed.connection, deed.reading.scheme, one, *told, deed.by)
    return _done(deed, one, _("测算参数已记入，测算数已重算。"))


@act("budget_advance", N_("办理本步"), BUDGETING, (NUMBER, ROW_VERSION, DOCUMENT, DOCUMENT_ON), whole=True)
def advance(deed: Deed) -> Done:
    """Make the step that the budget waits for."""
    one, tree = _round(deed), deed.reading.tree
    made = one.state
    told = (one.units(tree.root), deed[DOCUMENT], deed[DOCUMENT_ON])
    one = steps.advance(deed.connection, deed.reading.scheme, one, *told, deed.by)
    message = _("“{step}”已办，下一步：{next}。", step=step_name(one, made), next=step_name(one, one.state))
    return _done(deed, one, message, step=made)


@act("budget_back", N_("退回修改"), BUDGETING, (NUMBER, ROW_VERSION, REASON), whole=True)
def back(deed: Deed) -> Done:
    one = steps.send_back(deed.connection, deed.reading.scheme, _round(deed), deed[REASON], deed.by)
    return _done(deed, one, _("已退回“{step}”。", step=step_name(one, one.state)))


@act("budget_issue", N_("下达计划"), frozenset({Role.FINANCE}), (NUMBER, ROW_VERSION), whole=True)
def issue(deed: Deed) -> Done:
    """Hand the plans to the import; another person confirms them there."""
    one = _round(deed)
    told = (deed.site.var / ORIGINALS, deed.reading.scheme, one, one.units(deed.reading.tree.root))
    one = issue_plans(deed.connection, *told, deed.by)
    message = _("计划已作为第{number}批送导入，经第二人复核后入库、市县签收。", number=one.delivery)
    return replace(_done(deed, one, message, batch=one.delivery), refresh=True)


@act("budget_agree", N_("无修改意见"), UNITS, (NUMBER, REGION))
def agree(deed: Deed) -> Done:
    region = _own(deed)
    one = steps.answer(deed.connection, _round(deed, None), region, None, "", deed.by)
    return _done(deed, one, _("{region}已反馈：无修改意见。", region=_place(deed, region)))


@act("budget_want", N_("要求改数"), UNITS, (NUMBER, REGION, ITEM, AMOUNT, REASON))
def want(deed: Deed) -> Done:
    region, item = _own(deed), deed[ITEM]
    one = _round(deed, None)
    one = steps.answer(deed.connection, one, region, (item, deed[AMOUNT]), deed[REASON], deed.by)
    name = name_of(deed.reading.scheme.item(item))
    return _done(deed, one, _("{region}已反馈：“{item}”要求改数。", region=_place(deed, region), item=name))


@act("budget_receive", N_("签收"), UNITS, (NUMBER, REGION))
def receive(deed: Deed) -> Done:
    region = _own(deed)
    one = _round(deed, None)
    one = receive_plan(deed.connection, one, region, one.units(deed.reading.tree.root), deed.by)
    return _done(deed, one, _("{region}已签收{name}。", region=_place(deed, region), name=round_name(one)))


@act("budget_adjust", N_("提出预算调整"), BUDGETING, (REASON,), whole=True)
def adjust(deed: Deed) -> Done:
    """Begin an adjustment of the running year's budget."""
    reading, year = deed.reading, deed.reading.today.year
    rows = reading.running.snapshot.plans.rows
    versions = sorted({row.version for (of, _region, _item), given in rows.items() if of == year for row in given})
    one = steps.open_adjustment(deed.connection, reading.scheme, year, versions, deed[REASON], deed.by)
    return _done(deed, one, _("{name}已开始。", name=round_name(one)), reading.view.href(show=one.number, item=""))


ACTS = (begin, figure, driver, advance, back, issue, agree, want, receive, adjust)
