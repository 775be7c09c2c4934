"""Steps of 用款计划: needs, application, review, order; and 未按时足额发放 with its making up.

Every step is one row of the journal. Who may do what where is checked by the caller; the order of the steps, amounts,
months, that nobody reviews what he applied for himself, and that nobody else was faster are checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from data_access.store.numbering import take_turn
from rules.errors import PoolwatchError, StaleRow
from rules.month import SHANGHAI, Month
from workflows.fund_requests.register import APPROVED, SUBMITTED, TABLE, MonthRequests, load_month
from workflows.people.accounts import By

# Step → the states of the application in which it may be made; the others at any time.
OPEN_TO = {
    "need": ("drafting", "returned"),
    "draft": ("drafting", "returned"),
    "apply": ("drafting", "returned"),
    "return": (SUBMITTED,),
    "cut": (SUBMITTED,),
    "review": (SUBMITTED,),
    "order": (APPROVED,),
}
OF_UNITS = ("unpaid", "paid_up")
# Why rows take the place of others, and what their file is called, as the delivery keeps them.
AGAIN, FILE = "退回后重报", "用款计划"


class FundStepRefused(PoolwatchError):
    """A step cannot be made as asked; ``why`` is one of WHY."""

    WHY = ("not_open", "month", "four_eyes", "missing", "above", "nothing", "day", "more")

    def __init__(self, message: str, why: str, **parameters: object) -> None:
        super().__init__(message, **parameters)
        self.code = f"fund_{self.WHY[self.WHY.index(why)]}"


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one unit: the amount in fen, and the row version that was seen."""

    amount_fen: int
    row_version: int


@dataclass(frozen=True, slots=True)
class Said:
    """What goes with a step."""

    text: str = ""
    amount_fen: int | None = None
    persons: int | None = None
    document: str | None = None
    day: date | None = None
    batch: int | None = None


def report_needs(
    connection: Connection, register: MonthRequests, lines: Mapping[str, Line], note: str, by: By
) -> MonthRequests:
    """报用款需求 of some units, those whose amount is another than before. Raises FundStepRefused, StaleRow."""
    demand_open_month(register.month, by)
    return _write_lines(connection, register, "need", lines, note, by, register.need_fen)


def draw_lines(
    connection: Connection, register: MonthRequests, lines: Mapping[str, Line], reason: str, by: By
) -> MonthRequests:
    """编制申请: what is asked for some units, where it is not what they reported. Raises FundStepRefused, StaleRow."""
    demand_open_month(register.month, by)
    return _write_lines(connection, register, "draft", lines, reason, by, register.line_fen)


def apply(
    connection: Connection, register: MonthRequests, units: Sequence[str], said: Said, version: int, by: By
) -> MonthRequests:
    """提交申请 of every unit. Raises FundStepRefused while one has no amount, StaleRow."""
    demand_open_month(register.month, by)
    _demand_state(register, "apply")
    missing = [code for code in units if register.line_fen(code) is None]
    if missing:
        raise FundStepRefused(f"{len(missing)} units have no amount", "missing", count=len(missing))
    return _write_whole(connection, register, "apply", said, version, by)


def send_back(connection: Connection, register: MonthRequests, said: Said, version: int, by: By) -> MonthRequests:
    """退回修改 of the whole application. Raises FundStepRefused, StaleRow."""
    _demand_other(register, by)
    return _write_whole(connection, register, "return", said, version, by)


def cut(
    connection: Connection, register: MonthRequests, lines: Mapping[str, Line], reason: str, by: By
) -> MonthRequests:
    """核减 some units' lines to an amount, with the reason. Raises FundStepRefused for more than was asked, StaleRow."""
    _demand_other(register, by)
    for region, line in lines.items():
        asked = register.line_fen(region)
        if asked is None or line.amount_fen > asked:
            raise FundStepRefused(f"{region} asked for {asked}", "above", region=region, limit_fen=asked or 0)
    return _write_lines(connection, register, "cut", lines, reason, by, register.approved_fen)


def review(connection: Connection, register: MonthRequests, said: Said, version: int, by: By) -> MonthRequests:
    """审核: the application stands, less what was cut. Raises FundStepRefused, StaleRow."""
    _demand_other(register, by)
    return _write_whole(connection, register, "review", said, version, by)


def note_order(connection: Connection, register: MonthRequests, said: Said, version: int, by: By) -> MonthRequests:
    """登记拨付单: number, day and amount. Raises FundStepRefused for a day that has not come or more than is approved, StaleRow."""
    _demand_state(register, "order")
    _demand_past(said.day, by)
    approved = register.last("review")
    left = (approved.amount_fen or 0) - sum(one.amount_fen or 0 for one in register.orders) if approved else 0
    if (said.amount_fen or 0) > left:
        raise FundStepRefused(f"{left} fen are left to order", "more", limit_fen=left)
    return _write_whole(connection, register, "order", said, version, by)


def register_unpaid(
    connection: Connection, register: MonthRequests, region: str, said: Said, version: int, by: By
) -> MonthRequests:
    """登记未按时足额发放: persons, amount, reason, by when it is made up; said again it replaces what was said before.

    Raises FundStepRefused for a month that has not begun, nobody or nothing, a day in the past; StaleRow.
    """
    today = by.at.astimezone(SHANGHAI).date()
    if register.month > Month.of(today):
        raise FundStepRefused(f"{register.month} has not begun", "month", month=Month(register.month).iso)
    if not said.persons or not said.amount_fen:
        raise FundStepRefused("nobody or nothing", "nothing")
    if said.day is None or said.day < today:
        raise FundStepRefused(f"{said.day} is past", "day")
    return _write_unit(connection, register, region, "unpaid", said, version, by)


def make_up(
    connection: Connection, register: MonthRequests, region: str, said: Said, version: int, by: By
) -> MonthRequests:
    """登记补发, whole or in parts. Raises FundStepRefused where nothing is open, for more than that, a day ahead; StaleRow."""
    open_ = register.unpaid(region)
    left = 0 if open_ is None else open_.left_fen
    if not left or not said.amount_fen:
        raise FundStepRefused(f"nothing is open in {region}", "nothing")
    if said.amount_fen > left:
        raise FundStepRefused(f"{left} fen are open in {region}", "more", limit_fen=left)
    _demand_past(said.day, by)
    return _write_unit(connection, register, region, "paid_up", said, version, by)


# --- what is asked of every step


def demand_open_month(month: int, by: By) -> None:
    """Money is asked for of the running month and the next. Raises FundStepRefused for another."""
    running = Month.of(by.at.astimezone(SHANGHAI))
    if not running <= month <= running.plus(1):
        raise FundStepRefused(f"{month} is not asked for now", "month", month=Month(month).iso)


def _demand_state(register: MonthRequests, step: str) -> None:
    if register.state not in OPEN_TO[step]:
        raise FundStepRefused(f"{step} of {register.month}, which is {register.state}", "not_open")


def _demand_other(register: MonthRequests, by: By) -> None:
    """Nobody decides on what he applied for himself."""
    _demand_state(register, "review")
    applied = register.last("apply")
    if applied is not None and applied.login == by.login:
        raise FundStepRefused(f"{by.login} applied for {register.month}", "four_eyes")


def _demand_past(day: date | None, by: By) -> None:
    if day is None or day > by.at.astimezone(SHANGHAI).date():
        raise FundStepRefused(f"{day} has not come", "day")


# --- writing


def _write_lines(
    connection: Connection,
    register: MonthRequests,
    step: str,
    lines: Mapping[str, Line],
    text: str,
    by: By,
    stands: Callable[[str], int | None],
) -> MonthRequests:
    """One step for each unit whose amount is another than stands. Raises FundStepRefused where none is."""
    changed = {region: line for region, line in lines.items() if stands(region) != line.amount_fen}
    if not changed:
        raise FundStepRefused("no amount is another", "nothing")
    # A unit's line and the whole application wait for each other.
    _take_turn(connection, register, step)
    for region, line in changed.items():
        _insert(connection, register, region, step, Said(text, line.amount_fen), line.row_version, by)
    return load_month(connection, register.scheme, register.root, register.month)


def _write_whole(
    connection: Connection, register: MonthRequests, step: str, said: Said, version: int, by: By
) -> MonthRequests:
    _take_turn(connection, register, step)
    _insert(connection, register, register.root, step, said, version, by)
    return load_month(connection, register.scheme, register.root, register.month)


def _write_unit(
    connection: Connection,
    register: MonthRequests,
    region: str,
    step: str,
    said: Said,
    version: int,
    by: By,
) -> MonthRequests:
    _insert(connection, register, region, step, said, version, by)
    return load_month(connection, register.scheme, register.root, register.month)


def _take_turn(connection: Connection, register: MonthRequests, step: str) -> None:
    """Hold back the others, and look once more whether the application still stands so."""
    take_turn(connection, f"fund_request {register.scheme} {register.month}")
    now = load_month(connection, register.scheme, register.root, register.month)
    if now.row_version(now.root) != register.row_version(register.root):
        raise StaleRow(f"the application of {register.month} moved on")
    _demand_state(now, step)


def _insert(
    connection: Connection,
    register: MonthRequests,
    region: str,
    step: str,
    said: Said,
    version: int,
    by: By,
) -> None:
    values = {name: getattr(said, name) for name in Said.__slots__}
    row = {
        "scheme": register.scheme,
        "month": int(register.month),
        "region": region,
        "place": version + 1,
        "step": step,
    }
    who = {"happened_at": by.at, "login": by.login, "name": by.name, "department": by.department}
    if version != register.row_version(region):
        raise StaleRow(f"{region} of {register.month} is no longer at {version}")
    try:
        connection.execute(insert(TABLE).values(**row, **who, **values))
    except IntegrityError as problem:
        raise StaleRow(f"step {version + 1} of {region} in {register.month} is taken") from problem
