"""Steps of the management gap register: register, assess, sign, tell, object, answer, settle, take back.

苏政发〔2020〕45号 附件3 三: determined by the department of human resources together with finance and tax, without
force majeure; less-collected money is made good, overpaid money recovered, all by the local government. Who may do
what where is checked by the caller; the order of the steps and that no one signs twice is checked here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from data_access.store.numbering import next_number
from rules import management_gap
from rules.calculators.reading import read
from rules.deadlines import settled_by
from rules.department import SIGNERS
from rules.errors import PoolwatchError, StaleRow
from rules.month import SHANGHAI
from rules.scheme import MANAGEMENT_GAP, Scheme, load_scheme
from workflows.gap.register import ITEM, PAYMENT, SETTLEMENT, STEP, GapItem, gap_item
from workflows.people.accounts import By
from workflows.warnings.working_clock import working_day

PLAN_SHORTFALL = "plan_shortfall"
# Every kind of 附件3 三（二）（三） in the document's order, and the parameter without which it cannot be determined.
KINDS: Mapping[str, str | None] = {
    PLAN_SHORTFALL: None,
    "rate_cut": None,
    "base_floor": "base_difference_rate",
    "under_declared": "base_difference_rate",
    "less_other": None,
    "special_work_early": None,
    "disability_early": None,
    "lump_sum_backpay": "overpaid_months",
    "added_items": None,
    "pension_raise": "overpaid_months",
    "early_female_flexible": "early_female_from",
    "over_other": None,
}
OF_PENSIONS = frozenset(
    {"special_work_early", "disability_early", "lump_sum_backpay", "pension_raise", "early_female_flexible"}
)
OPEN_TO = {
    "assess": ("lead",),
    "exclude": ("lead", "assessed"),
    "sign": ("assessed", "signing"),
    "tell": ("determined",),
    "object": ("assessed", "signing", "determined", "told"),
    "answer": ("assessed", "signing", "determined", "told"),
    "withdraw": ("lead", "assessed", "signing", "determined", "told"),
}


class StepNotOpen(PoolwatchError):
    """The item is not in a state from which this step can be made."""

    code = "gap_step_not_open"


class AlreadySigned(PoolwatchError):
    """The department has signed already, or this person has signed or assessed."""

    code = "gap_already_signed"


class ObjectionOpen(PoolwatchError):
    """The other side's objection has to be answered first."""

    code = "gap_objection_open"


class YearNotOver(PoolwatchError):
    """A plan shortfall is known only when the year is over."""

    code = "gap_year_not_over"


class AmountTooLarge(PoolwatchError):
    """More than there is: an exclusion above the item, a payment above what is owed."""

    code = "gap_amount_too_large"


class AlreadyPaid(PoolwatchError):
    """Money has come in for the item, so it cannot be taken back as if nothing had happened."""

    code = "gap_already_paid"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is entered about an item: the rule's input without the profile's part, the facts and the evidence."""

    region: str
    inputs: Mapping[str, object]
    facts: str
    evidence: str
    expected: bool = False


def kinds(scheme: Scheme) -> tuple[str, ...]:
    """The kinds of items that a scheme can determine: those of its fund whose parameters its profile has."""
    return tuple(
        kind
        for kind, needs in KINDS.items()
        if (needs is None or needs in scheme.parameters) and (scheme.fund == "pension" or kind not in OF_PENSIONS)
    )


def item_inputs(scheme: Scheme, year: int, given: Mapping[str, object]) -> dict[str, object]:
    """The rule's input of an item, with the rate on base differences in force at the year's end where one is needed."""
    if KINDS[str(given["kind"])] != "base_difference_rate" or "rate" in given:
        return dict(given)
    in_force = scheme.parameter("base_difference_rate", date(year, 12, 31))
    return {**given, "rate": str(in_force.value)}


def determine(inputs: Mapping[str, object]) -> management_gap.Result:
    """What rule management_gap makes of one item. Raises InputError for what the rule refuses."""
    return management_gap.calculate(read(management_gap.Case, {"items": [dict(inputs)]}))


# --- steps


class NoManagementGap(PoolwatchError):
    """The scheme's document knows no 管理性缺口, and the province has not adopted one."""

    code = "gap_no_concept"


def register(connection: Connection, scheme: Scheme, year: int, finding: Finding, by: By) -> GapItem:
    """A new item 线索 with the next number of its year. Raises InputError for inputs the rule refuses, NoManagementGap
    where there is no such thing."""
    if not scheme.knows(MANAGEMENT_GAP, by.at.date()):
        raise NoManagementGap(f"{scheme.code} has no management gap", document=scheme.document)
    inputs = item_inputs(scheme, year, finding.inputs)
    row = {"year": year, "region": finding.region, "facts": finding.facts, "evidence": finding.evidence}
    row |= _by_rule(inputs) | {"expected": finding.expected, "excluded_fen": 0, "state": "lead"}
    number = _next_number(connection, scheme.code, year)
    return _add(connection, scheme.code, number, row, by, finding.facts)


def assess(connection: Connection, scheme: Scheme, item: GapItem, inputs: Mapping[str, object], by: By) -> None:
    """核定: the final inputs; the rule makes the amount of them. Raises YearNotOver for this year's plan shortfall."""
    _demand(item, "assess")
    if item.kind == PLAN_SHORTFALL and by.at.date() <= date(item.year, 12, 31):
        raise YearNotOver(f"{item.year} is not over", year=item.year)
    values = _by_rule(item_inputs(scheme, item.year, inputs))
    _change(connection, item, {**values, "expected": False, "state": "assessed"})
    _note(connection, item.id, "assess", by, amount_fen=int(str(values["amount_fen"])))


def exclude(connection: Connection, item: GapItem, amount_fen: int, why: str, document: str, by: By) -> None:
    """不可抗力剔除 with its grounds, before the first signature. Raises AmountTooLarge above the item's amount."""
    _demand(item, "exclude")
    if amount_fen > item.amount_fen:
        raise AmountTooLarge(f"{amount_fen} above {item.amount_fen}", most=item.amount_fen)
    _change(connection, item, {"excluded_fen": amount_fen, "excluded_why": why})
    _note(connection, item.id, "exclude", by, document=document, text=why, amount_fen=amount_fen)


def sign(connection: Connection, item: GapItem, document: str, by: By) -> None:
    """会签: one department's signature; with the third the item is determined 认定.

    Raises AlreadySigned when the department has signed, or the person has signed or assessed the item (four eyes);
    ObjectionOpen while the other side waits for an answer.
    """
    _demand(item, "sign")
    if item.objection_open:
        raise ObjectionOpen("an objection is open", number=item.number)
    assessed = item.last("assess")
    persons = {step.login for step in item.signed} | ({assessed.login} if assessed else set())
    departments = {step.department for step in item.signed}
    if by.department in departments or by.login in persons:
        raise AlreadySigned(f"{by.login} for {by.department}", name=by.name, department=by.department)
    complete = departments | {by.department} == set(SIGNERS)
    _change(connection, item, {"state": "determined" if complete else "signing"})
    _note(connection, item.id, "sign", by, document=document)


def tell(connection: Connection, item: GapItem, scheme: str, document: str, due_on: date, by: By) -> None:
    """告知 the local government by a document: from now on the amount is due, by a working day before the year in which
    it is told is settled. Raises ObjectionOpen as in signing."""
    _demand(item, "tell")
    due_on = working_day(connection, due_on, settled_by(load_scheme(scheme), by.at.astimezone(SHANGHAI).year))
    if item.objection_open:
        raise ObjectionOpen("an objection is open", number=item.number)
    due = item.recognised_fen if item.counted else 0
    _change(connection, item, {"state": "told"})
    _note(connection, item.id, "tell", by, document=document, amount_fen=due, due_on=due_on)
    owed = {"scheme": scheme, "year": item.year, "region": item.region, "basis": "management", "item": item.id}
    connection.execute(insert(SETTLEMENT).values(**owed, due_fen=due, due_on=due_on, document=document, row_version=1))


def object_to(connection: Connection, item: GapItem, text: str, document: str, by: By) -> None:
    """申辩 of the local government."""
    _demand(item, "object")
    _change(connection, item, {})
    _note(connection, item.id, "object", by, document=document, text=text)


def answer(connection: Connection, item: GapItem, text: str, document: str, by: By) -> None:
    """The answer to an objection. Raises StepNotOpen when none waits."""
    _demand(item, "answer")
    if not item.objection_open:
        raise StepNotOpen("no objection is open", number=item.number)
    _change(connection, item, {})
    _note(connection, item.id, "answer", by, document=document, text=text)


def settle(connection: Connection, item: GapItem, by: By) -> None:
    """办结: made good or recovered in full. Called with the payment that completes it."""
    _change(connection, item, {"state": "settled"})
    _note(connection, item.id, "settle", by, amount_fen=item.recognised_fen)


def withdraw(connection: Connection, item: GapItem, scheme: str, why: str, document: str, by: By) -> GapItem:
    """Take an item back by a counter-entry of the opposite amount; both stay. Raises AlreadyPaid after a payment."""
    _demand(item, "withdraw")
    owed = connection.execute(select(SETTLEMENT).where(SETTLEMENT.c.item == item.id)).first()
    if owed and connection.execute(select(PAYMENT.c.id).where(PAYMENT.c.settlement == owed.id)).first():
        raise AlreadyPaid(f"{item.number} is paid in part", number=item.number)
    counter = {
        "year": item.year,
        "region": item.region,
        "kind": item.kind,
        "inputs": _json(item.inputs),
        "side": item.side,
        "amount_fen": -item.amount_fen,
        "counted": item.counted,
        "excluded_fen": -item.excluded_fen,
        "excluded_why": item.excluded_why,
        "facts": why,
        "evidence": document,
        "expected": item.expected,
        "state": "withdrawn",
        "corrects": item.id,
    }
    _change(connection, item, {"state": "withdrawn"})
    _note(connection, item.id, "withdraw", by, document=document, text=why, amount_fen=-item.recognised_fen)
    made = _add(connection, scheme, f"{item.number}-R", counter, by, why)
    if owed:
        values = {name: owed._mapping[name] for name in ("scheme", "year", "region", "basis", "due_on")}
        connection.execute(
            insert(SETTLEMENT).values(**values, item=made.id, due_fen=-owed.due_fen, document=document, row_version=1)
        )
    return made


# --- rows


def _demand(item: GapItem, step: str) -> None:
    if item.state not in OPEN_TO[step]:
        raise StepNotOpen(f"{step} of {item.number} in state {item.state}", number=item.number)


def _by_rule(inputs: Mapping[str, object]) -> dict[str, object]:
    found = determine(inputs).items[0]
    amounts = {"side": found.side, "amount_fen": found.amount_fen, "counted": found.counted}
    return {"kind": found.kind, "inputs": _json(inputs), **amounts}


def _json(inputs: Mapping[str, object]) -> str:
    return json.dumps(dict(inputs), ensure_ascii=False, default=str)


def _next_number(connection: Connection, scheme: str, year: int) -> str:
    prefix = f"{year % 100:02d}-"
    return f"{prefix}{next_number(connection, ITEM.c.number, prefix, ITEM.c.scheme == scheme):02d}"


def _add(connection: Connection, scheme: str, number: str, row: Mapping[str, object], by: By, text: str) -> GapItem:
    try:
        with connection.begin_nested():
            made = insert(ITEM).values(scheme=scheme, number=number, row_version=1, **row).returning(ITEM.c.id)
            item = int(connection.execute(made).scalar_one())
    except IntegrityError as problem:
        raise StaleRow(f"{number} was registered by someone else") from problem
    _note(connection, item, "register", by, text=text, amount_fen=int(str(row["amount_fen"])))
    found = gap_item(connection, scheme, number)
    assert found is not None
    return found


def _change(connection: Connection, item: GapItem, values: Mapping[str, object]) -> None:
    """Write the row as the reader saw it. Raises StaleRow when it is no longer that."""
    seen = update(ITEM).where(ITEM.c.id == item.id, ITEM.c.row_version == item.row_version)
    if not connection.execute(seen.values(**values, row_version=item.row_version + 1)).rowcount:
        raise StaleRow(f"{item.number} was changed meanwhile")


def _note(
    connection: Connection,
    item: int,
    step: str,
    by: By,
    *,
    document: str | None = None,
    text: str | None = None,
    amount_fen: int | None = None,
    due_on: date | None = None,
) -> None:
    connection.execute(
        insert(STEP).values(
            item=item,
            step=step,
            happened_at=by.at,
            login=by.login,
            name=by.name,
            department=by.department,
            document=document or None,
            text=text or None,
            amount_fen=amount_fen,
            due_on=due_on,
        )
    )
